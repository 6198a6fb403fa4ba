"""The pages of notes, corrections and payments: what they show, what they do, what a stranger gets."""

import csv
import io
import json
import re
import subprocess
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from lxml import html
from openpyxl import load_workbook

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from partenamut.payments.communications import structured
from partenamut.web.formats import euros
from protocol3.models import CorrectionReason, Note, NoteLine, Payment, Recap, RecapKind, Reminder
from protocol3.services import corrections, payments
from protocol3.services.papers import paper_of
from tests.factories import protocol3 as make
from tests.protocol3.money_world import LATER, WHOLE, issued_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(LATER, tick=False), translation.override("en"):
        yield


@pytest.fixture
def world():
    return issued_world()


@pytest.fixture
def visitor(client, world):
    client.force_login(world.actor)
    client.cookies["django_language"] = "en"
    return client


def page(visitor, world, name, *args, query="", **data):
    """The answer to a GET, or to a POST with data."""
    url = reverse(f"protocol3:{name}", args=[world.project.public_id, *args]) + query
    return visitor.post(url, data) if data else visitor.get(url)


def text(response):
    """The words of the main part, blanks made plain."""
    return words(html.fromstring(response.content.decode()).xpath("//main")[0].text_content())


def words(content):
    return " ".join(content.replace("\u00a0", " ").replace("\u202f", " ").split())


def cells(response, caption):
    """The rows of a table by its caption, as texts; the foot too."""
    tree = html.fromstring(response.content.decode())
    found = next(
        one for one in tree.xpath("//table") if words(one.xpath("./caption")[0].text_content()) == caption
    )
    rows = found.xpath("./tbody/tr | ./tfoot/tr")
    return [[words(cell.text_content()) for cell in row.xpath("./th | ./td")] for row in rows]


def plain(amount):
    return words(euros(amount))


def credit(world, *places, reason=CorrectionReason.REJECTION):
    return corrections.take_back(
        recap=world.recap,
        services=[world.services[place].public_id for place in places],
        reason=reason,
        explanation="Not insured on this day.",
        signatory="",
        actor=world.actor,
        at=LATER,
    )


def dead(world):
    person = world.enrolments[0].beneficiary
    person.died_on = date(2023, 3, 7)
    person.save(update_fields=["died_on"])


# --- the lists


def test_the_list_shows_what_is_open_and_since_when(visitor, world):
    payments.register(
        recap=world.recap, amount=Decimal("800.00"), received_on=date(2023, 6, 1), actor=world.actor, at=LATER
    )
    shown = text(page(visitor, world, "recaps"))
    for amount in (3 * WHOLE, Decimal("800.00"), Decimal("18.40"), WHOLE):
        assert plain(amount) in shown
    assert "15/06/2023" in shown
    assert "Overdue (2)" in shown


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?month=2023-03-01", 3),
        ("?kind=correction", 1),
        ("?state=overdue", 2),
        ("?state=to_take_off", 1),
        ("?state=paid", 0),
        ("?text=R-2023-000001", 1),
        ("?text=nothing", 0),
    ],
)
def test_the_filters_of_the_list(visitor, world, query, count):
    credit(world, 0)
    rows = page(visitor, world, "recaps", query=query).context["work_list"].page
    assert len(rows) == count


def test_the_list_is_searched_by_communication_and_insurer(visitor, world):
    other = world.invoice(world.other)
    for query in (
        f"?text=%2B%2B%2B{structured(other.communication).strip('+')}%2B%2B%2B",
        f"?text={other.communication}",
    ):
        assert list(page(visitor, world, "recaps", query=query).context["work_list"].page) == [other]
    found = page(visitor, world, "recaps", query=f"?insurer={world.other.pk}").context["work_list"].page
    assert list(found) == [other]


def test_a_wrong_filter_gets_a_sentence(visitor, world):
    for name in ("recaps", "notes"):
        response = page(visitor, world, name, query="?month=soon&kind=nonsense")
        assert response.status_code == 200
        assert "Correct the filters" in text(response)


def test_an_empty_project_says_what_to_do(visitor, world):
    empty = make.ProjectFactory()
    make.ProjectUserFactory(project=empty, user=world.actor)
    for name in ("recaps", "notes", "payments"):
        response = visitor.get(reverse(f"protocol3:{name}", args=[empty.public_id]))
        assert "yet" in text(response)


def read_csv(response):
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_the_files_have_the_amounts_to_the_cent(visitor, world):
    rows = read_csv(page(visitor, world, "recaps", query="?export=csv"))
    assert [row["Total"] for row in rows] == [
        format(recap.total, "f").replace(".", ",") for recap in Recap.objects.order_by("number")
    ]
    assert {row["State"] for row in rows} == {"Overdue"}
    book = load_workbook(
        io.BytesIO(b"".join(page(visitor, world, "notes", query="?export=xlsx").streaming_content))
    )
    sheet = list(book.active.iter_rows(values_only=True))
    place = sheet[0].index("Total")
    assert sorted(Decimal(str(row[place])) for row in sheet[1:]) == sorted(
        Note.objects.values_list("total", flat=True)
    )
    assert Entry.objects.filter(action="export").count() == 2


def test_a_machine_reads_the_same_amounts(visitor, world):
    for name, amounts in (
        ("recaps", Recap.objects.values_list("total", flat=True)),
        ("notes", Note.objects.values_list("total", flat=True)),
    ):
        rows = json.loads(b"".join(page(visitor, world, name, query="?export=json").streaming_content))
        assert sorted(Decimal(row["total"]) for row in rows) == sorted(amounts)


def test_notes_are_found_by_person_and_number(visitor, world):
    note = Note.objects.get(last_name="Baert")
    for asked in ("baert", note.number):
        assert list(page(visitor, world, "notes", query=f"?text={asked}").context["work_list"].page) == [note]


def test_notes_of_a_recapitulative_note(visitor, world):
    found = page(visitor, world, "notes", query=f"?text={world.recap.number}").context["work_list"].page
    assert set(found) == set(world.recap.notes.all())


# --- the page of a note and its paper


def paper_words(paper):
    content = bytes(paper_of(paper, at=LATER).content)
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return words(done.stdout.decode())


def as_paper(amount):
    """An amount as the French paper writes it."""
    with translation.override("fr"):
        return words(euros(amount)).removesuffix(" €")


def test_the_page_of_a_recapitulative_note_has_the_figures_of_its_rows_and_its_paper(visitor, world):
    response = page(visitor, world, "recap", world.recap.public_id)
    rows = cells(response, "Individual notes")
    notes = list(world.recap.notes.order_by("pk"))
    assert [row[0::3] for row in rows[: len(notes)]] == [[note.number, plain(note.total)] for note in notes]
    assert [row[1] for row in rows[: len(notes)]] == [f"{note.last_name} {note.first_name}" for note in notes]
    assert [row[-1] for row in rows[len(notes) :]] == [
        plain(amount)
        for amount in (world.recap.services_total, world.recap.allowance_total, world.recap.total)
    ]
    assert sum(note.total for note in notes) == world.recap.total
    paper = paper_words(world.recap)
    for note in notes:
        assert note.number in paper
        assert f"{note.last_name} {note.first_name}" in paper
        assert as_paper(note.total) in paper
    for said in (world.recap.number, structured(world.recap.communication), as_paper(world.recap.total)):
        assert said in paper
    assert structured(world.recap.communication) in text(response)


def test_the_page_of_an_individual_note_has_the_lines_of_its_paper(visitor, world):
    note = world.recap.notes.get(last_name="Adam")
    response = page(visitor, world, "note", note.public_id)
    rows = cells(response, "Services billed")
    lines = list(note.lines.order_by("position"))
    assert len(lines) == 4
    expected = [
        [str(line.position), f"{line.date:%d/%m/%Y}", line.pseudocode, str(line.units), plain(line.amount)]
        for line in lines
    ]
    assert [[*row[:3], *row[4:6]] for row in rows[:-1]] == expected
    assert rows[-1][1] == plain(note.total) == plain(2 * WHOLE)
    paper = paper_words(note)
    for line in lines:
        pattern = rf"{line.position} {line.date:%d/%m/%Y} {line.pseudocode} .*? {line.units} {re.escape(as_paper(line.amount))}"
        assert re.search(pattern, paper), pattern
    for said in (
        note.number,
        note.last_name,
        note.first_name,
        note.registration_number,
        as_paper(note.total),
    ):
        assert said in paper
        if said != as_paper(note.total):
            assert said in text(response)


def test_a_correction_and_its_paper_say_the_same_negative_figures(visitor, world):
    made = credit(world, 0)
    note = made.notes.get()
    rows = cells(page(visitor, world, "note", note.public_id), "Services billed")
    assert [row[4] for row in rows[:-1]] == ["-2", "-2"]
    assert rows[-1][1] == plain(-WHOLE)
    paper = paper_words(note).replace("\u2212", "-")
    assert as_paper(WHOLE) in paper
    assert note.corrects.number in paper
    assert "Not insured on this day." in paper


def test_the_papers_are_downloaded_and_the_trail_says_by_whom(visitor, world):
    note = world.recap.notes.first()
    for name, row in (("recap_pdf", world.recap), ("note_pdf", note)):
        response = page(visitor, world, name, row.public_id)
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF")
    assert Entry.objects.filter(action="recap_taken", subject_id=world.recap.public_id).exists()
    assert Access.objects.filter(person_id=note.enrolment.beneficiary.public_id, actor=world.actor).exists()


def test_opening_a_note_is_noted_for_the_person(visitor, world):
    note = world.recap.notes.first()
    page(visitor, world, "note", note.public_id)
    assert Access.objects.filter(person_id=note.enrolment.beneficiary.public_id).count() == 1


def test_the_national_number_is_masked_on_the_page(visitor, world):
    shown = text(page(visitor, world, "recap", world.recap.public_id))
    for note in world.recap.notes.all():
        assert note.niss[6:9] + "." + note.niss[9:] not in shown
        assert note.niss not in shown


# --- corrections


def test_lines_are_chosen_looked_at_and_taken_back(visitor, world):
    first = page(visitor, world, "correct_recap", world.recap.public_id)
    assert len(cells(first, "Lines that can be taken back")) == 3
    typed = {
        "services": [str(service.public_id) for service in world.services[:2]],
        "reason": "rejection",
        "explanation": "Not insured\nsince February.",
        "signatory": "Anne Dupont",
    }
    look = page(visitor, world, "correct_recap", world.recap.public_id, **typed)
    assert "Nothing has been issued yet" in text(look)
    assert plain(-2 * WHOLE) in text(look)
    assert Recap.objects.count() == 2
    done = page(visitor, world, "correct_recap", world.recap.public_id, **typed, confirmed="1")
    made = Recap.objects.get(kind=RecapKind.CORRECTION)
    assert done["Location"] == reverse("protocol3:recap", args=[world.project.public_id, made.public_id])
    assert made.total == -2 * WHOLE
    assert "Not insured" in made.notes.get().explanation


def test_what_was_typed_comes_back_with_the_errors(visitor, world):
    service = str(world.services[0].public_id)
    typed = {"services": [service], "reason": "", "explanation": "Too late <b>", "signatory": "Anne"}
    response = page(visitor, world, "correct_recap", world.recap.public_id, **typed)
    body = response.content.decode()
    assert "Too late &lt;b&gt;" in body
    assert re.search(rf'value="{service}"[^>]* checked', body)
    assert "Error:" in body


def test_change_leads_back_with_everything_that_was_typed(visitor, world):
    service = str(world.services[0].public_id)
    typed = {"services": [service], "reason": "error", "explanation": "Wrong day", "signatory": "Anne"}
    response = page(visitor, world, "correct_recap", world.recap.public_id, **typed, change="1")
    body = response.content.decode()
    assert re.search(rf'value="{service}"[^>]* checked', body)
    assert "Wrong day" in body
    assert "Error:" not in body


@pytest.mark.parametrize("services", [[], ["nonsense"], ["00000000-0000-0000-0000-000000000007"]])
def test_wrong_lines_get_a_sentence(visitor, world, services):
    typed = {"services": services, "reason": "error", "explanation": "x", "signatory": "Anne"}
    response = page(visitor, world, "correct_recap", world.recap.public_id, **typed)
    assert response.status_code == 200
    assert "Error:" in response.content.decode()
    assert Recap.objects.count() == 2


def test_a_line_taken_back_meanwhile_stops_the_whole_correction(visitor, world):
    credit(world, 0)
    typed = {
        "services": [str(service.public_id) for service in world.services[:2]],
        "reason": "error",
        "explanation": "x",
        "signatory": "Anne",
        "confirmed": "1",
    }
    response = page(visitor, world, "correct_recap", world.recap.public_id, **typed)
    assert "was taken back already by note" in text(response)
    assert Recap.objects.filter(kind=RecapKind.CORRECTION).count() == 1


def test_the_links_go_both_ways(visitor, world):
    made = credit(world, 0)
    original, own = world.recap.notes.get(last_name="Adam"), made.notes.get()
    assert made.number in text(page(visitor, world, "recap", world.recap.public_id))
    assert world.recap.number in text(page(visitor, world, "recap", made.public_id))
    assert own.number in text(page(visitor, world, "note", original.public_id))
    assert original.number in text(page(visitor, world, "note", own.public_id))


def test_lines_are_found_by_name_day_and_number(visitor, world):
    for asked, count in (("adam", 2), ("09/03/2023", 1), ("2023-03-09", 1), ("zzz", 0), ("794570", 3)):
        response = page(visitor, world, "correct_recap", world.recap.public_id, query=f"?text={asked}")
        assert len(response.context["billed"]) == count, asked


def test_a_correction_is_not_corrected(visitor, world):
    made = credit(world, 0)
    response = page(visitor, world, "correct_recap", made.public_id)
    assert response.status_code == 302
    assert "Take lines back" not in text(page(visitor, world, "recap", made.public_id))


def test_the_excess_is_listed_with_its_rule_and_paid_back(visitor, world):
    dead(world)
    listed = text(page(visitor, world, "excess"))
    assert "lies after the last day of the period" in listed
    assert "art. 11" in listed
    typed = {"services": [str(world.services[1].public_id)], "signatory": "Anne Dupont"}
    assert plain(-WHOLE) in text(page(visitor, world, "excess", **typed))
    page(visitor, world, "excess", **typed, confirmed="1")
    made = Recap.objects.get(kind=RecapKind.REPAYMENT)
    shown = text(page(visitor, world, "recap", made.public_id))
    assert "INAMI" in shown
    assert "To be paid back" in shown
    assert "INAMI" in paper_words(made)
    assert "Nothing is to be paid back" in text(page(visitor, world, "excess"))


# --- payments


def typed_payment(world, **changes):
    given = {
        "communication": structured(world.recap.communication),
        "amount": "818,40",
        "received_on_day": "12",
        "received_on_month": "6",
        "received_on_year": "2023",
        "reference": "B1",
        "note": "",
    }
    return given | changes


def test_a_payment_is_registered_from_the_note(visitor, world):
    form = page(visitor, world, "register_payment", query=f"?note={world.recap.public_id}")
    assert 'value="818.40"' in form.content.decode()
    response = page(visitor, world, "register_payment", **typed_payment(world))
    shown = text(visitor.get(response["Location"]))
    assert "Paid" in shown
    assert "818.40 €" in shown
    assert Payment.objects.get().amount == 3 * WHOLE


@pytest.mark.parametrize(
    ("amount", "sentence"), [("900,00", "81.60 € more than is open"), ("18,40", "800.00 € stays open")]
)
def test_too_much_or_too_little_is_said(visitor, world, amount, sentence):
    response = page(visitor, world, "register_payment", **typed_payment(world, amount=amount))
    assert sentence in text(visitor.get(response["Location"]))
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"communication": "123"}, "has 12 figures"),
        ({"communication": ""}, "Fill in"),
        ({"communication": "090933755493"}, "No note of this project"),
        ({"amount": "0"}, "at least"),
        ({"amount": "1,234"}, "two figures"),
        ({"received_on_day": "31"}, "does not exist"),
        ({"received_on_year": "2024"}, "future"),
        ({"received_on_month": "1"}, "cannot have come before"),
        ({"reference": "x" * 61}, "61 characters"),
    ],
)
def test_a_wrong_payment_gets_a_sentence_and_nothing_is_lost(visitor, world, changes, sentence):
    typed = typed_payment(world, **changes)
    response = page(visitor, world, "register_payment", **typed)
    assert response.status_code == 200
    assert sentence in text(response)
    for value in typed.values():
        assert not value or value in response.content.decode()
    assert not Payment.objects.exists()


def test_a_payment_is_undone_on_its_page(visitor, world):
    page(visitor, world, "register_payment", **typed_payment(world))
    payment = Payment.objects.get()
    assert "Fill in" in text(page(visitor, world, "undo_payment", payment.public_id, because=" "))
    page(visitor, world, "undo_payment", payment.public_id, because="Meant for another note.")
    assert Payment.objects.count() == 2
    listed = text(page(visitor, world, "payments"))
    assert "Undone" in listed
    assert "Undoes another" in listed
    assert plain(Decimal("-818.40")) in listed


def test_the_payments_are_filtered_and_exported(visitor, world):
    page(visitor, world, "register_payment", **typed_payment(world))
    assert len(page(visitor, world, "payments", query="?since=2023-06-13").context["work_list"].page) == 0
    found = page(visitor, world, "payments", query=f"?text={world.recap.communication}")
    assert len(found.context["work_list"].page) == 1
    (row,) = read_csv(page(visitor, world, "payments", query="?export=csv"))
    assert (row["Amount"], row["Reference of the bank"]) == ("818,40", "B1")
    assert "Undo" not in row


def send(visitor, world, content):
    url = reverse("protocol3:import_payments", args=[world.project.public_id])
    return visitor.post(url, {"file": SimpleUploadedFile("bank.csv", content)})


def confirm(visitor, world, kept):
    return page(visitor, world, "import_payments", kept=kept, confirmed="1")


def test_a_file_is_looked_at_then_taken_over_once(visitor, world):
    content = (
        "date;amount;communication;reference\r\n"
        f"2023-06-12;818,40;{world.recap.communication};B1\r\n"
        "2023-06-12;1,00;123;B2\r\n"
    ).encode()
    look = send(visitor, world, content)
    assert "Nothing has been registered yet" in text(look)
    assert "12 figures" in text(look)
    assert not Payment.objects.exists()
    for _turn in range(2):
        confirm(visitor, world, look.context["kept"])
    assert Payment.objects.get().amount == 3 * WHOLE


def test_a_kept_file_is_bound_to_its_sender_and_project(visitor, world):
    content = (
        f"date;amount;communication;reference\r\n2023-06-12;1,00;{world.recap.communication};B1".encode()
    )
    kept = send(visitor, world, content).context["kept"]
    visitor.force_login(make.worker(world.project))
    for wrong in (kept, "", "nonsense"):
        answer = confirm(visitor, world, wrong)
        assert "not at hand any more" in text(visitor.get(answer["Location"]))
    assert not Payment.objects.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a;b\r\n1;2", b"\xff\xfe"])
def test_a_wrong_file_gets_a_sentence(visitor, world, content):
    response = send(visitor, world, content)
    assert response.status_code == 200
    assert "Error:" in response.content.decode()


def test_the_template_of_the_file_can_be_downloaded(visitor, world):
    assert b"communication" in page(visitor, world, "payments_template").content


# --- reminders


def test_a_reminder_is_made_and_downloaded(visitor, world):
    offered = text(page(visitor, world, "remind", world.recap.public_id))
    assert plain(3 * WHOLE) in offered
    page(visitor, world, "remind", world.recap.public_id, go="1")
    letter = Reminder.objects.get()
    assert letter.amount == 3 * WHOLE
    response = page(visitor, world, "reminder", world.recap.public_id, letter.public_id)
    assert response.content.startswith(b"%PDF")
    again = visitor.post(reverse("protocol3:remind", args=[world.project.public_id, world.recap.public_id]))
    assert "one a day" in text(visitor.get(again["Location"]))


def test_before_it_is_due_the_page_says_from_when(visitor, world):
    with time_machine.travel(LATER - timedelta(days=10), tick=False):
        shown = text(page(visitor, world, "recap", world.recap.public_id))
    assert "Make a reminder" not in shown
    assert "15/06/2023 (art. 24)" in shown


# --- who may


@pytest.mark.parametrize(
    "name", ["recaps", "notes", "payments", "excess", "register_payment", "import_payments"]
)
def test_the_project_of_others_is_not_there(client, world, name):
    stranger = make.worker(make.ProjectFactory())
    client.force_login(stranger)
    assert client.get(reverse(f"protocol3:{name}", args=[world.project.public_id])).status_code == 404


def test_rows_of_another_project_are_not_there(visitor, world):
    other = issued_world()
    note = other.recap.notes.first()
    paid = payments.register(
        recap=other.recap, amount=Decimal(1), received_on=date(2023, 6, 1), actor=other.actor, at=LATER
    )
    wanted = [
        ("recap", other.recap.public_id),
        ("recap_pdf", other.recap.public_id),
        ("correct_recap", other.recap.public_id),
        ("remind", other.recap.public_id),
        ("note", note.public_id),
        ("note_pdf", note.public_id),
        ("undo_payment", paid.public_id),
    ]
    for name, key in wanted:
        assert page(visitor, world, name, key).status_code == 404, name
        assert page(visitor, world, name, key, x="1").status_code in (404, 405), name


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ADMIN, Role.ADVISER])
def test_only_those_who_bill_may(client, world, role):
    client.force_login(make.worker(world.project, role))
    for name in ("recaps", "notes", "payments", "excess"):
        assert client.get(reverse(f"protocol3:{name}", args=[world.project.public_id])).status_code == 403


def test_nothing_issued_is_changed_by_any_of_it(visitor, world):
    before = list(NoteLine.objects.order_by("pk").values())
    credit(world, 0)
    page(visitor, world, "register_payment", **typed_payment(world))
    kept = NoteLine.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()
    assert list(kept) == before
