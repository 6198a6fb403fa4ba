"""The director's pages of money: what they show, what they refuse, and that nothing typed is lost."""

import io
import json
import uuid
import zipfile
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from partenamut.audit.models import Access, Entry
from partenamut.payments.communications import structured
from residences.models import BankFile, BankLine, Dispute, Payment, Reminder
from residences.services import bank_assigning, bank_files, disputes, payments, reminders
from tests.factories import residences as make
from tests.residences.money_world import LATER, MARCH, TODAY, UNTIL, money_world

pytestmark = pytest.mark.django_db
HEAD = "date;amount;communication;reference;name"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def world():
    return money_world()


@pytest.fixture
def client(world):
    return logged_in(world.director)


def logged_in(user):
    browser = Client(headers={"accept-language": "en"})
    browser.cookies["language"] = "en"
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def url(world, name, *args):
    return reverse(f"residences:{name}", args=[world.home.public_id, *args])


def text(response):
    return response.content.decode()


def bank(*lines, name="banque.csv"):
    content = "\r\n".join([HEAD, *lines]).encode()
    return SimpleUploadedFile(name, content, "text/csv")


def received(world, *lines):
    return bank_files.receive(
        home=world.home, content=bank(*lines).read(), file_name="b.csv", actor=world.director, at=LATER
    )


def waiting_line(world, line="2026-04-20;600,00;avril;B1;Marc Moreau"):
    bank_files.take_over(file=received(world, line), actor=world.director, at=LATER)
    return bank_assigning.waiting(world.home).get()


# --- lists


def many(world, count, first=0):
    for place in range(first, first + count):
        row = make.invoice(world.simone, total="100.00", month=MARCH)
        share = make.share(row)
        world.pay("10.00", share, reference=f"R{place}")
        reminders.remind(share=share, level="reminder", actor=world.director, at=LATER)
        row.disputes.create(lodged_on=TODAY, lodged_by=world.herself, text="Trop")
        bank_files.take_over(
            file=received(world, f"2026-04-20;5,0{place};;L{place};"), actor=world.director, at=LATER
        )


@pytest.mark.parametrize(
    "name", ["payments", "shares", "reminders", "disputes", "bank_files", "bank_lines", "make_reminders"]
)
def test_a_list_takes_as_many_queries_for_one_row_as_for_many(
    world, client, name, django_assert_max_num_queries
):
    path = url(world, name) + ("?state=to_assign" if name == "bank_lines" else "")
    many(world, 1)
    client.get(path)
    with django_assert_max_num_queries(24) as first:
        assert client.get(path).status_code == 200
    many(world, 4, first=1)
    with django_assert_max_num_queries(len(first)):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("name", ["payments", "shares", "reminders", "disputes", "bank_files", "bank_lines"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_list_leaves_as_a_file_and_a_trace(world, client, name, kind):
    many(world, 2)
    path = url(world, name)
    response = client.get(f"{path}?export={kind}")
    assert b"".join(response.streaming_content)
    assert Entry.objects.filter(action="export", subject_id=world.home.public_id).count() == 1


def test_the_lists_filter_by_state_age_way_and_communication(world, client):
    world.pay("1500.00")
    many(world, 1)
    shares = url(world, "shares")
    assert world.shared.number in text(client.get(f"{shares}?state=overdue"))
    assert world.invoice.number not in text(client.get(f"{shares}?state=overdue"))
    found = text(client.get(f"{shares}?text={world.sons.communication}"))
    assert "Marc Moreau" in found
    assert "1 amount" in found
    assert "2 overdue amounts" in text(client.get(f"{url(world, 'reminders')}?age=1&step=first"))
    assert "0 overdue amounts" in text(client.get(f"{url(world, 'reminders')}?age=61"))
    assert "0 payments" in text(client.get(f"{url(world, 'payments')}?way=undone"))
    assert "2 payments" in text(client.get(f"{url(world, 'payments')}?way=hand"))


def test_wrong_filters_are_said_and_never_an_error(world, client):
    for name in ("payments", "shares", "reminders", "bank_lines"):
        response = client.get(f"{url(world, name)}?state=x&age=x&way=x&since=2026-99-99&page=0&sort=x")
        assert response.status_code == 200


# --- registered and undone


def test_a_payment_is_registered_from_a_share_and_said(world, client):
    path = url(world, "register_payment") + f"?share={world.share.public_id}"
    page = text(client.get(path))
    assert structured(world.share.communication) in page
    assert 'value="1500.00"' in page or 'value="1500,00"' in page
    typed = {
        "what": "received", "communication": structured(world.share.communication), "amount": "1.400,00",
        "received_on_day": "20", "received_on_month": "4", "received_on_year": "2026",
    }  # fmt: skip
    response = client.post(url(world, "register_payment"), typed, follow=True)
    assert response.redirect_chain[-1][0] == url(world, "share", world.share.public_id)
    assert "100.00 € stays open" in text(response).replace("\xa0", " ")
    assert Payment.objects.get().amount == Decimal("1400.00")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"communication": "+++090/9337/55494+++"}, "last two figures"),
        ({"communication": "facture"}, "written with figures"),
        ({"communication": "090933755493"}, "No invoice of this home"),
        ({"amount": "abc"}, "amount in euros"),
        ({"amount": "0"}, "at least"),
        ({"amount": "-5"}, "at least"),
        ({"amount": "1,005"}, "two figures"),
        ({"received_on_day": "31"}, "does not exist"),
        ({"received_on_day": "6", "received_on_month": "5"}, "future"),
        ({"received_on_day": "1", "received_on_month": "3"}, "cannot have come before"),
        ({"what": "paid_back"}, "Nothing is to be paid back"),
        ({"what": "stolen"}, "Choose"),
    ],
)
def test_a_wrong_payment_gets_a_sentence_and_nothing_is_lost(world, client, changes, words):
    typed = {
        "what": "received", "communication": world.share.communication, "amount": "12,50",
        "received_on_day": "20", "received_on_month": "4", "received_on_year": "2026",
        "reference": "REF 7", "note": "Guichet",
    }  # fmt: skip
    response = client.post(url(world, "register_payment"), typed | changes)
    assert response.status_code == 200
    assert words in text(response)
    for value in ("REF 7", "Guichet"):
        assert value in text(response)
    assert not Payment.objects.exists()


def test_money_paid_back_is_negative(world, client):
    world.pay("1600.00")
    typed = {
        "what": "paid_back", "communication": world.share.communication, "amount": "100",
        "received_on_day": "4", "received_on_month": "5", "received_on_year": "2026",
    }  # fmt: skip
    client.post(url(world, "register_payment"), typed)
    assert world.now().balance == 0


def test_a_payment_is_undone_on_its_page(world, client):
    payment = world.pay("10.00")
    path = url(world, "undo_payment", payment.public_id)
    assert "Fill in" in text(client.post(path, {}))
    client.post(path, {"because": "Erreur de personne"})
    assert Payment.objects.count() == 2
    assert "undone already" in text(client.post(path, {"because": "Encore"}))


def test_the_page_of_a_share_says_what_runs_and_who_looked(world, client):
    reminders.remind(share=world.share, level="formal_notice", actor=world.director, at=LATER)
    page = text(client.get(url(world, "share", world.share.public_id))).replace("\xa0", " ")
    assert "4.77 €" in page
    assert "Formal notice was given on 04/05/2026" in page
    assert "one a day" in page
    assert Access.objects.filter(person_id=world.simone.resident.member.public_id).exists()


def test_a_year_without_a_rate_is_said_on_the_page(world, client):
    make.models.LegalInterest.objects.filter(year=2026).delete()
    assert "2026 is not entered yet" in text(client.get(url(world, "share", world.share.public_id)))


def test_what_stands_in_favour_elsewhere_is_minded(world, client):
    other = make.share(make.invoice(world.simone, total="100.00"))
    world.pay("150.00", other)
    page = text(client.get(url(world, "share", world.share.public_id))).replace("\xa0", " ")
    assert "50.00 € stands in favour" in page


# --- files of the bank


def test_a_file_is_checked_then_taken_over(world, client):
    file = bank(
        f"2026-04-20;1500,00;{world.share.communication};B1;",
        "2026-04-20;600,00;avril;B2;Marc Moreau",
        "2026-04-20;-9,00;frais;B3;Banque",
        "31/02/2026;1,00;;B4;",
    )
    page = client.post(url(world, "bank_file"), {"file": file}, follow=True)
    for words in (world.invoice.number, "no structured communication", "left the account", "not a day"):
        assert words in text(page), words
    assert not Payment.objects.exists()
    sent = BankFile.objects.get()
    done = client.post(url(world, "take_over_bank_file", sent.public_id), follow=True)
    assert "1 payment is registered" in text(done)
    assert "2 lines wait" in text(done)
    again = client.post(url(world, "take_over_bank_file", sent.public_id), follow=True)
    assert "begun already" in text(again)
    assert Payment.objects.count() == 1


def test_the_same_file_sent_again_leads_to_the_first(world, client):
    line = "2026-04-20;600,00;avril;B2;"
    client.post(url(world, "bank_file"), {"file": bank(line)})
    response = client.post(url(world, "bank_file"), {"file": bank(line)})
    assert "has been sent before" in text(response)
    assert url(world, "bank_file_check", BankFile.objects.get().public_id) in text(response)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("x.csv", b"a;b\r\n1;2\r\n"), "name the columns"),
        (SimpleUploadedFile("x.csv", b"\xff\xfe\x00"), "CSV"),
        (SimpleUploadedFile("x.pdf", b"%PDF"), "not accepted"),
        (SimpleUploadedFile("x.csv", b""), "empty"),
        (None, "Add a file"),
    ],
)
def test_a_wrong_file_gets_a_sentence(world, client, file, words):
    response = client.post(url(world, "bank_file"), {"file": file} if file else {})
    assert response.status_code == 200
    assert words in text(response)


def test_a_file_is_given_up(world, client):
    file = received(world, "2026-04-20;600,00;avril;B2;")
    path = url(world, "discard_bank_file", file.public_id)
    assert "deleted" in text(client.get(path))
    client.post(path)
    assert not BankLine.objects.exists()
    response = client.post(url(world, "take_over_bank_file", file.public_id), follow=True)
    assert response.status_code == 200


def test_the_template_is_downloaded(world, client):
    response = client.get(url(world, "bank_file_template"))
    assert b"communication" in response.content


def test_a_line_is_found_by_name_and_assigned(world, client):
    line = waiting_line(world)
    path = url(world, "assign_line", line.public_id)
    assert "Marc Moreau" in text(client.get(path))
    assert "No open invoice" in text(client.get(path + "?text=Personne"))
    assert "Choose an answer" in text(client.post(path, {"amount": "600,00"}))
    too_much = client.post(path, {"share": str(world.sons.public_id), "amount": "700"})
    assert "At most" in text(too_much)
    response = client.post(path, {"share": str(world.sons.public_id), "amount": "600,00"}, follow=True)
    assert "is assigned to invoice" in text(response)
    assert world.now(world.sons).balance == 0
    assert "Registered" in text(client.get(path))


def test_a_share_that_is_not_offered_is_not_assigned(world, client):
    line, foreign = waiting_line(world), money_world()
    path = url(world, "assign_line", line.public_id)
    for share in (foreign.share.public_id, uuid.uuid4(), "x"):
        assert client.post(path, {"share": str(share), "amount": "1"}).status_code == 200
    assert not Payment.objects.exists()


def test_a_line_is_set_aside_and_taken_up_again(world, client):
    line = waiting_line(world)
    aside = url(world, "set_line_aside", line.public_id)
    assert "Fill in" in text(client.post(aside, {}))
    client.post(aside, {"because": "Loyer de la coiffeuse"})
    assert "Loyer de la coiffeuse" in text(client.get(url(world, "bank_lines") + "?state=set_aside"))
    client.post(url(world, "take_line_up", line.public_id))
    assert bank_assigning.waiting(world.home).count() == 1


# --- letters


def test_letters_for_several_are_confirmed_made_and_taken_in_one_file(world, client):
    path = url(world, "make_reminders")
    wife = make.share(world.shared)
    chosen = [str(world.share.public_id), str(wife.public_id)]
    assert "Tick at least one" in text(client.post(path, {"level": "reminder"}))
    looked = client.post(path, {"level": "reminder", "shares": chosen})
    assert "2 letters will be made" in text(looked)
    assert not Reminder.objects.exists()
    done = client.post(path, {"level": "reminder", "shares": chosen, "confirmed": "1"}, follow=True)
    assert "2 letters are made" in text(done)
    response = client.get(url(world, "reminder_letters"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert len(packed.namelist()) == 2
    assert Entry.objects.filter(action="letters_taken").count() == 1
    letter = Reminder.objects.first()
    pdf = client.get(url(world, "reminder_letter", letter.public_id))
    assert pdf.content.startswith(b"%PDF")


def test_who_cannot_get_a_letter_is_named_with_the_reason(world, client):
    disputes.lodge(invoice=world.invoice, text="Trop", upload=None, actor=world.herself, at=make.at(UNTIL))
    page = text(client.get(url(world, "make_reminders")))
    assert "answer the dispute first" in page
    forced = client.post(
        url(world, "make_reminders"),
        {"level": "formal_notice", "shares": [str(world.share.public_id)], "confirmed": "1"},
    )
    assert forced.status_code == 200
    assert not Reminder.objects.exists()


def test_no_letters_no_file(world, client):
    assert client.get(url(world, "reminder_letters")).status_code == 404


# --- disputes


@pytest.fixture
def dispute(world):
    return disputes.lodge(
        invoice=world.invoice,
        text="Je n'ai pas pris ce repas.",
        upload=make.upload(world.herself),
        actor=world.herself,
        at=make.at(UNTIL),
    )


def test_a_dispute_is_answered_after_a_second_look(world, client, dispute):
    path = url(world, "dispute", dispute.public_id)
    assert "Je n&#x27;ai pas pris ce repas." in text(client.get(path))
    line = world.invoice.lines.get(amount="100.00")
    typed = {"status": "partly", "lines": [str(line.pk)], "text": "Le repas est repris."}
    looked = client.post(path, typed)
    assert "a credit note of 100.00 €" in text(looked).replace("\xa0", " ")
    assert Dispute.objects.get().status == "open"
    again = client.post(path, typed | {"again": "1"})
    assert "Le repas est repris." in text(again)
    done = client.post(path, typed | {"confirmed": "1"}, follow=True)
    assert "credit note" in text(done)
    assert world.now().balance == 1400
    twice = client.post(path, typed | {"confirmed": "1"})
    assert twice.status_code == 200
    assert world.now().balance == 1400


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"status": "partly", "text": "Voici."}, "Tick the lines"),
        ({"status": "rejected", "text": ""}, "Fill in"),
        ({"text": "Voici."}, "Choose an answer"),
        ({"status": "open", "text": "Voici."}, "Choose an answer"),
        ({"status": "partly", "lines": ["999999"], "text": "Voici."}, "Voici."),
    ],
)
def test_half_an_answer_is_refused_and_kept(world, client, dispute, typed, words):
    response = client.post(url(world, "dispute", dispute.public_id), typed | {"confirmed": "1"})
    assert response.status_code == 200
    assert words in text(response)
    assert Dispute.objects.get().status == "open"


def test_lines_go_with_an_answer_in_part_only(world, client, dispute):
    line = world.invoice.lines.first()
    typed = {"status": "rejected", "lines": [str(line.pk)], "text": "Non."}
    assert "choose that answer" in text(client.post(url(world, "dispute", dispute.public_id), typed))


def test_the_document_of_a_dispute_is_read(world, client, dispute):
    assert client.get(url(world, "dispute_document", dispute.public_id)).status_code == 200


# --- statements


def test_the_statement_shows_prints_and_leaves_as_a_file(world, client):
    world.pay("1000.00", reference="B77")
    path = url(world, "statement", world.simone.public_id)
    page = text(client.get(path)).replace("\xa0", " ")
    assert world.invoice.number in page
    assert "500.00 €" in page
    assert "B77" in page
    data = json.loads(b"".join(client.get(path + "?export=json").streaming_content))
    assert [(row["asked"], row["received"], row["balance"]) for row in data] == [
        ("1500.00", "0.00", "1500.00"),
        ("0.00", "1000.00", "500.00"),
    ]
    for kind in ("csv", "xlsx"):
        assert b"".join(client.get(f"{path}?export={kind}").streaming_content)
    paper = client.post(url(world, "statement_paper", world.simone.public_id), {"debtor": ""})
    assert paper.content.startswith(b"%PDF")


def test_the_days_of_a_statement_are_asked_and_wrong_ones_said(world, client):
    path = url(world, "statement", world.simone.public_id)
    assert world.invoice.number not in text(client.get(f"{path}?first=2026-04-01&last=2026-05-01"))
    wrong = client.get(f"{path}?first=2026-05-01&last=2026-04-01&export=csv")
    assert "last day lies before" in text(wrong)
    assert client.get(f"{path}?first=abc").status_code == 200


def test_a_debtor_that_is_none_has_no_paper(world, client):
    path = url(world, "statement_paper", world.simone.public_id)
    for debtor in ("x", str(world.son.pk), "99999999999", "-1"):
        assert client.post(path, {"debtor": debtor}).status_code == 404


# --- whose


def test_another_home_s_money_is_not_there(world, client):
    elsewhere = money_world()
    line = waiting_line(elsewhere)
    payment = elsewhere.pay("10.00")
    assert payments.shares_of(world.home).count() == 3
    for name, key in (
        ("share", elsewhere.share.public_id),
        ("assign_line", line.public_id),
        ("set_line_aside", line.public_id),
        ("undo_payment", payment.public_id),
        ("bank_file_check", line.file.public_id),
        ("statement", elsewhere.simone.public_id),
    ):
        assert client.get(url(world, name, key)).status_code == 404, name
        assert client.get(url(elsewhere, name, key)).status_code == 404, name
    stranger = client.get(url(world, "register_payment") + f"?share={elsewhere.share.public_id}")
    assert elsewhere.share.communication[:3] not in text(stranger).split("id_communication")[1][:200]
    assert client.get(url(world, "register_payment") + "?share=x").status_code == 200


def test_a_residents_side_sees_none_of_these_pages(world):
    herself = logged_in(world.herself)
    assert herself.get(url(world, "payments")).status_code == 403


def test_a_file_without_a_payment_that_fits_boasts_of_none(world, client):
    file = bank("2026-04-20;5,00;sans communication;B1;")
    page = client.post(url(world, "bank_file"), {"file": file}, follow=True)
    assert "Keep the lines to be assigned" in text(page)
    done = client.post(url(world, "take_over_bank_file", BankFile.objects.get().public_id), follow=True)
    assert "is registered" not in text(done)
    assert "1 line waits" in text(done)


def test_the_question_box_of_a_director_names_no_other_service(world, client):
    pages = [client.get(url(world, name)) for name in ("payments", "home", "register_payment")]
    assert all("Reach the mutuality" in text(page) for page in pages)
    assert not any("convalescence@" in text(page) for page in pages)


def test_a_colon_is_set_as_the_language_sets_it(world, client):
    world.pay("100.00")
    address = url(world, "invoice", world.invoice.public_id)
    assert "20/04/2026: <" in text(client.get(address))
    client.cookies["language"] = "fr"
    assert "20/04/2026\u00a0: <" in text(client.get(address, headers={"accept-language": "fr"}))
