"""What an adviser does with a claim beside deciding: each deed once, in its state, with clear errors and its trail."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hospitalisation.models import AttachmentKind, Intervention, Message
from hospitalisation.services import claims, decisions, desk
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.payments.models import Payable
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory
from tests.hospitalisation.test_desk_case import english, text, url, version
from tests.together import at_once, refusals

pytestmark = pytest.mark.django_db
AT = make.AT


@pytest.fixture(autouse=True)
def _a_day():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = UserFactory(roles=[Role.ADVISER], name="Aline Renard")
    client.force_login(user)
    return user


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique des Tilleuls")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.fixture
def claim(hospital):
    return make.sent(hospital=hospital)


def day(name, value):
    return {f"{name}_{part}": getattr(value, part) for part in ("day", "month", "year")}


def status_of(claim):
    return claims.lock(claim).status


# --- what is missing --------------------------------------------------------------------------------------


def test_what_is_missing_stands_in_the_question_in_the_members_language(client, me, hospital):
    claim = make.sent(make.insured(language="nl"), hospital=hospital)
    first = english(client, url(claim, "ask")).context["form"].initial["text"]
    assert first.count("\n- ") == 2
    english(client, url(claim, "ask"), {"text": "Waar is het attest?"})
    assert status_of(claim) == Status.INFORMATION_ASKED
    assert Message.objects.get().text == "Waar is het attest?"
    again = english(client, url(claim, "ask"), follow=True)
    assert "This is not possible now: the claim is “Something is missing”" in text(again)
    # a paper that came by post is enough to go on
    english(client, url(claim, "examine"), {})
    assert status_of(claim) == Status.EXAMINED


@pytest.mark.parametrize("typed", ["", " ", "x" * 4001])
def test_a_question_that_cannot_be_sent_asks_nothing(client, me, claim, typed):
    assert client.post(url(claim, "ask"), {"text": typed}).status_code == 200
    assert status_of(claim) == Status.RECEIVED
    assert not Message.objects.exists()


def test_a_claim_is_declared_complete_once_its_missing_pieces_are_shown(client, me, claim):
    page = english(client, url(claim, "examine"))
    assert "Original certificate of care given, on paper Missing" in text(page)
    english(client, url(claim, "examine"), {})
    assert status_of(claim) == Status.EXAMINED
    assert "not possible now" in text(english(client, url(claim, "examine"), {}, follow=True))


# --- papers -----------------------------------------------------------------------------------------------


def test_the_original_certificate_is_noted_with_its_way_and_day(client, me, claim):
    typed = {"certificate": "agency_box", **day("received_on", date(2026, 4, 30))}
    english(client, url(claim, "certificate"), typed)
    claim.refresh_from_db()
    assert (claim.certificate, claim.certificate_on) == ("agency_box", date(2026, 4, 30))
    words = text(english(client, url(claim)))
    assert "In the box of an agency, 30/04/2026" in words
    assert Entry.objects.filter(subject_id=claim.public_id, action="certificate", actor=me).exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"certificate": "post", **day("received_on", date(2026, 5, 5))},
        {"certificate": "pigeon", **day("received_on", date(2026, 5, 1))},
        {"certificate": "", **day("received_on", date(2026, 5, 1))},
        {
            "certificate": "post",
            "received_on_day": "31",
            "received_on_month": "2",
            "received_on_year": "2026",
        },
        {"certificate": "post"},
    ],
)
def test_a_certificate_that_cannot_be_is_not_noted(client, me, claim, typed):
    page = english(client, url(claim, "certificate"), typed)
    assert page.status_code == 200
    assert page.context["form"].errors
    claim.refresh_from_db()
    assert (claim.certificate, claim.certificate_on) == ("", None)


def test_a_deposit_has_no_certificate(client, me, claim):
    answer = english(client, url(make.deposit(claim), "certificate"), follow=True)
    assert "not possible now" in text(answer)


def test_a_paper_is_noted_and_completes_the_claim(client, me, claim):
    typed = {"kind": "pharmacy", "note": "BVAC of April", **day("received_on", date(2026, 5, 2))}
    english(client, url(claim, "papers"), typed)
    page = english(client, url(claim))
    assert "BVAC of April" in text(page)
    assert {piece.name: piece.there for piece in page.context["pieces"]}["Pharmacy attestation (BVAC)"]
    wrong = english(client, url(claim, "papers"), {**typed, **day("received_on", date(2026, 5, 5))})
    assert "cannot be after 04/05/2026" in text(wrong)
    assert claim.attachments.filter(kind=AttachmentKind.PHARMACY).count() == 1


def test_a_message_reaches_the_member_and_an_empty_one_does_not(client, me, claim):
    english(client, url(claim, "write"), {"text": "We have your bill."})
    assert Message.objects.get().from_service
    page = english(client, url(claim, "write"), {"text": " "})
    assert page.context["form"].errors["text"]
    assert client.get(url(claim, "write")).status_code == 405
    assert Message.objects.count() == 1


# --- whose desk -------------------------------------------------------------------------------------------


def test_a_claim_is_taken_once_and_assigned_to_a_colleague(client, me, claim):
    english(client, url(claim, "take"), {})
    claim.refresh_from_db()
    assert claim.assignee == me
    other = UserFactory(roles=[Role.ADVISER], name="Odile Lambert")
    client.force_login(other)
    answer = english(client, url(claim, "take"), {}, follow=True)
    assert "Aline Renard has taken this claim" in text(answer)
    english(client, url(claim, "assign"), {"assignee": str(other.public_id)})
    claim.refresh_from_db()
    assert claim.assignee == other
    english(client, url(claim, "assign"), {"assignee": "nobody"})
    claim.refresh_from_db()
    assert claim.assignee is None
    wrong = english(client, url(claim, "assign"), {"assignee": str(claim.public_id)})
    assert wrong.context["form"].errors["assignee"]


# --- correcting -------------------------------------------------------------------------------------------


def stay_typed(client, claim, listed, /, **changes):
    page = english(client, url(claim, "stay"))
    return {
        "version": version(page),
        "hospital": str(listed.public_id),
        "country": "BE",
        "room": "individual",
        "admitted": "yes",
        "reason": "The bill says so",
        **day("admission", make.ADMISSION),
        **day("discharge", make.DISCHARGE),
        **changes,
    }


def test_a_stay_is_corrected_with_its_trail_and_the_rules_are_asked_again(client, me, claim, hospital):
    english(client, url(claim, "stay"), stay_typed(client, claim, hospital, room="double"))
    page = english(client, url(claim))
    assert page.context["proposal"].amount == Decimal("301.71")
    entry = Entry.objects.filter(subject_id=claim.public_id, action="stay").latest("pk")
    assert entry.changes == {"room": ["individual", "double"]}
    assert (entry.actor, entry.note) == (me, "The bill says so")
    assert "Individual room → Double room" in text(page)
    assert "The bill says so" in text(page)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (day("discharge", date(2026, 3, 1)), "discharge", "The discharge lies before the admission."),
        ({"day_hospital": "on"}, "discharge", "A day hospital has no night"),
        ({"hospital": ""}, "hospital", "Choose a hospital of the list, or write the name of another."),
        ({"place": "CHU"}, "place", "not both"),
        ({"country": "FR"}, "country", "lie in Belgium"),
        ({"country": "B1"}, "country", "two letters"),
        ({"hospital": "nowhere"}, "hospital", "Choose a hospital of the list."),
        ({"room": ""}, "room", "Choose an answer"),
        ({"reason": " "}, "reason", "Why is it corrected?"),
        (day("admission", date(1999, 12, 31)), "admission", "cannot be before"),
        (day("discharge", date(2026, 5, 5)), "discharge", "cannot be after"),
        ({"admission_month": "13"}, "admission", "the month is a number"),
        ({}, "__all__", "Nothing was changed"),
    ],
)
def test_a_stay_that_cannot_be_is_explained_and_nothing_is_lost(
    client, me, claim, hospital, changes, field, sentence
):
    page = english(client, url(claim, "stay"), stay_typed(client, claim, hospital, **changes))
    assert sentence in str(page.context["form"].errors[field])
    assert sentence in text(page)
    for name, typed in changes.items():
        assert page.context["form"].data[name] == str(typed)
    assert not Entry.objects.filter(subject_id=claim.public_id, action="stay").exists()


def test_a_hospital_abroad_is_decided_by_a_person(client, me, claim, hospital):
    typed = stay_typed(client, claim, hospital, hospital="", place="Hôpital de Lille", country="fr")
    english(client, url(claim, "stay"), typed)
    page = english(client, url(claim))
    assert "Hôpital de Lille (abroad: FR)" in text(page)
    assert page.context["proposal"].obstacles


def test_a_stay_that_was_decided_is_not_corrected(client, me, claim, hospital):
    typed = stay_typed(client, claim, hospital, room="double")
    decisions.decide(claim=claim, actor=me, at=AT)
    assert "not possible now" in text(english(client, url(claim, "stay"), typed, follow=True))
    claim.refresh_from_db()
    assert claim.room == "individual"


def test_a_correction_of_what_a_colleague_has_corrected_writes_nothing(client, me, claim, hospital):
    typed = stay_typed(client, claim, hospital, room="double")
    claims.write_lines(claim=claim, lines=make.usual_lines()[:3], actor=me, at=AT)
    page = english(client, url(claim, "stay"), typed)
    assert "has changed since you opened the page" in text(page)
    claim.refresh_from_db()
    assert claim.room == "individual"
    # what was typed stands there still, and goes through on the facts as they are
    assert page.context["form"]["room"].value() == "double"
    english(client, url(claim, "stay"), {**typed, "version": version(page)})
    claim.refresh_from_db()
    assert claim.room == "double"


def test_the_year_of_receipts_is_corrected(client, me):
    member = make.insured()
    actor = make.filer(member)
    draft = claims.start_serious_illness(member=member, year=2025, actor=actor, at=AT)
    claims.write_lines(claim=draft, lines=[make.line("serious_illness_care", "90.00")], actor=actor, at=AT)
    claims.note_paper(
        claim=draft, kind=AttachmentKind.RECEIPT, received_on=AT.date(), note="", actor=actor, at=AT
    )
    claim = claims.send(claim=draft, actor=actor, at=AT)
    page = english(client, url(claim, "stay"))
    assert list(page.context["form"].fields) == ["version", "year", "reason"]
    typed = {"version": version(page), "year": "1890", "reason": "Typing error"}
    assert "2000 at least" in text(english(client, url(claim, "stay"), typed))
    english(client, url(claim, "stay"), {**typed, "year": "2026"})
    claim.refresh_from_db()
    assert claim.year == 2026


def rows_typed(page, **changes):
    """What the page of the lines would send as it stands, with these changes."""
    formset = page.context["formset"]
    typed = {
        f"{formset.prefix}-{name}": str(formset.management_form[name].value())
        for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    for form in formset:
        for field in form:
            value = field.value()
            if (field.name == "comfort" and not value) or value in (None, "") or isinstance(value, list):
                continue
            typed[field.html_name] = str(value)
    return {"version": version(page), "reason": "The scan was read wrongly", **typed, **changes}


def test_lines_are_corrected_in_their_rows(client, me, claim):
    page = english(client, url(claim, "lines"))
    typed = rows_typed(
        page,
        **{"lines-2-billed": "1 600,00", "lines-5-kind": "", "lines-5-billed": "", "lines-5-mandatory": ""},
    )
    answer = english(client, url(claim, "lines"), typed, follow=True)
    assert "The lines are corrected" in text(answer)
    lines = list(claim.lines.order_by("position"))
    assert [line.billed for line in lines] == [
        Decimal(amount) for amount in ("2400.00", "800.00", "1600.00", "640.00", "84.20")
    ]
    assert lines[4].label == "Ibuprofène"
    entry = Entry.objects.filter(subject_id=claim.public_id, action="lines").latest("pk")
    assert entry.changes == {"total": ["6555.20", "5524.20"]}
    assert entry.note == "The scan was read wrongly"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lines-2-billed": "-5"}, "is 0.00 € at least"),
        ({"lines-0-mandatory": "9999,00"}, "The compulsory insurance pays no more than was billed."),
        ({"lines-3-quantity": ""}, "A line of this kind needs its number of days."),
        ({"lines-2-billed": "much"}, "is an amount in euros"),
        ({"reason": ""}, "Why is it corrected?"),
        ({"lines-TOTAL_FORMS": "x"}, "did not arrive whole"),
        ({"lines-TOTAL_FORMS": "9999"}, "40 lines at most"),
    ],
)
def test_lines_that_cannot_be_are_explained_and_none_is_written(client, me, claim, changes, sentence):
    page = english(client, url(claim, "lines"))
    answer = english(client, url(claim, "lines"), rows_typed(page, **changes))
    assert sentence in text(answer)
    assert claims.lock(claim).lines.count() == 6
    assert claim.lines.get(position=3).billed == Decimal("2600.00")


def test_all_lines_emptied_are_refused(client, me, claim):
    page = english(client, url(claim, "lines"))
    typed = {
        name: value
        for name, value in rows_typed(page).items()
        if not name.startswith("lines-") or "FORMS" in name
    }
    assert "A bill has at least one line." in text(english(client, url(claim, "lines"), typed))
    assert claim.lines.count() == 6


def test_a_long_bill_is_corrected_by_the_file_it_gives(client, me, hospital):
    lines = [make.line("fee", "10.00", mandatory="4.00", label="=1+1") for _ in range(60)]
    claim = make.sent(hospital=hospital, lines=lines)
    page = english(client, url(claim, "lines"))
    assert page.context["formset"] is None
    given = client.get(f"{url(claim, 'lines')}?file").content.decode("utf-8-sig")
    # no text of the file calculates in a sheet
    assert ";=1+1" not in given
    corrected = given.replace("10.00", "11,50", 1).encode()

    def send(content, name="bill.csv"):
        typed = {
            "version": version(english(client, url(claim, "lines"))),
            "reason": "Wrong figure",
            "file": SimpleUploadedFile(name, content),
        }
        return english(client, url(claim, "lines"), typed, follow=True)

    assert "send it as a file" in text(
        english(client, url(claim, "lines"), {"version": version(page), "reason": "x"})
    )
    assert "This is no CSV file" in text(send(b"PK\x03\x04 no list"))
    assert "is not accepted" in text(send(corrected, "bill.exe"))
    faulty = send(corrected.replace(b"4.00", b"40.00", 2))
    assert "Line 2: The compulsory insurance pays no more than was billed." in text(faulty)
    assert claim.lines.filter(billed=Decimal("11.50")).count() == 0
    send(corrected)
    stored = list(claim.lines.order_by("position"))
    assert [line.billed for line in stored[:2]] == [Decimal("11.50"), Decimal("10.00")]
    assert len(stored) == 60
    assert stored[0].label == "=1+1"


def test_lines_that_a_colleague_has_corrected_meanwhile_are_not_written_over(client, me, claim):
    typed = rows_typed(english(client, url(claim, "lines")), **{"lines-2-billed": "1600,00"})
    claims.write_lines(claim=claim, lines=make.usual_lines()[:2], actor=me, at=AT)
    answer = english(client, url(claim, "lines"), typed)
    assert "has changed since you opened the page" in text(answer)
    assert 'value="1600,00"' in answer.content.decode()
    assert claim.lines.count() == 2


# --- after the decision -----------------------------------------------------------------------------------


def test_the_payment_is_prepared_with_what_is_due_after_the_deposits(client, me, claim):
    deposit = make.deposit(claim)
    decisions.decide(claim=deposit, actor=me, at=AT)
    decisions.decide(claim=claim, actor=me, at=AT)
    page = english(client, url(claim, "payment"))
    words = text(page)
    assert "Granted 3,051.71 €" in words
    assert "Given back as deposits 570.00 €" in words
    assert "Due 2,481.71 €" in words
    answer = english(client, url(claim, "payment"), {"version": version(page)}, follow=True)
    payable = Payable.objects.get(origin_id=claim.public_id)
    assert payable.amount == Decimal("2481.71")
    assert payable.number in text(answer)
    assert "not possible now" in text(english(client, url(claim, "payment"), follow=True))


def gone_round_the_desk(stay):
    """A deposit of a stay that was given back without the desk, which refuses it once the stay is decided."""
    Intervention.objects.create(
        member=stay.member,
        claim=make.deposit(stay),
        budget=Intervention.Budget.HOSPITAL,
        year=2026,
        amount=Decimal("570.00"),
    )


def test_a_payment_of_another_amount_than_was_read_is_not_prepared(client, me, claim):
    decisions.decide(claim=claim, actor=me, at=AT)
    page = english(client, url(claim, "payment"))
    gone_round_the_desk(claim)
    answer = english(client, url(claim, "payment"), {"version": version(page)})
    assert "has changed since you opened the page" in text(answer)
    assert not Payable.objects.exists()
    assert answer.context["paying"]["due"] == Decimal("2481.71")


def test_nothing_is_left_to_pay_after_deposits_as_high_as_what_is_granted(client, me, hospital):
    claim = make.sent(hospital=hospital, lines=[make.line("stay", "500.00", mandatory="0.00")])
    decisions.decide(claim=claim, actor=me, at=AT)
    gone_round_the_desk(claim)
    page = english(client, url(claim, "payment"))
    answer = english(client, url(claim, "payment"), {"version": version(page)})
    assert "nothing is left to pay" in text(answer)
    assert not Payable.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_payment_prepared_twice_at_once_is_one_payment(hospital):
    claim = make.sent(hospital=hospital)
    me = UserFactory(roles=[Role.ADVISER])
    decisions.decide(claim=claim, actor=me, at=AT)
    claim.refresh_from_db()
    read = desk.version_of(claim, desk.ruling_of(claim))

    def call():
        mine = type(claim).objects.get(pk=claim.pk)
        return desk.pay_as_read(claim=mine, version=read, actor=me, at=AT)

    results = at_once(call, call, call)
    assert len(refusals(results)) == 2
    assert Payable.objects.count() == 1


def test_a_decided_claim_is_reopened_with_a_reason_and_decided_again(client, me, claim):
    decisions.decide(claim=claim, actor=me, at=AT)
    assert client.post(url(claim, "reopen"), {"reason": ""}).status_code == 200
    assert status_of(claim) == Status.DECIDED
    english(client, url(claim, "reopen"), {"reason": "A receipt came late"})
    assert status_of(claim) == Status.EXAMINED
    page = english(client, url(claim, "decide"))
    english(client, url(claim, "decide"), {"version": version(page)})
    assert claim.decisions.count() == 2
    words = text(english(client, url(claim)))
    assert "A receipt came late" in words
    assert "Earlier decisions" in words


def test_a_withdrawal_for_the_member_frees_the_year(client, me, claim):
    decisions.decide(claim=claim, actor=me, at=AT)
    assert client.post(url(claim, "withdraw"), {"reason": " "}).status_code == 200
    english(client, url(claim, "withdraw"), {"reason": "Asked by phone"})
    assert status_of(claim) == Status.WITHDRAWN
    assert not claim.interventions.exists()


def test_a_stay_with_a_deposit_is_not_withdrawn(client, me, claim):
    make.deposit(claim)
    page = english(client, url(claim, "withdraw"), {"reason": "Asked by phone"})
    assert "A deposit of this stay has been claimed" in text(page)
    assert "Asked by phone" in page.content.decode()
    assert status_of(claim) == Status.RECEIVED


def test_an_appeal_that_came_by_post_is_noted(client, me, claim):
    decisions.decide(claim=claim, actor=me, at=AT)
    english(client, url(claim, "appeal"), {"reason": "The franchise is not due"})
    assert status_of(claim) == Status.APPEALED
    assert "The franchise is not due" in text(english(client, url(claim)))
    english(client, url(claim, "reopen"), {"reason": "Appeal"})
    assert status_of(claim) == Status.EXAMINED


# --- files ------------------------------------------------------------------------------------------------


def test_a_paper_and_the_file_of_another_claim_are_not_there(client, me, claim, hospital):
    paper = claim.attachments.first()
    name = "hospitalisation:case_document"
    assert client.get(reverse(name, args=[claim.public_id, paper.public_id])).status_code == 404
    other = make.sent(hospital=hospital)
    assert client.get(reverse(name, args=[other.public_id, paper.public_id])).status_code == 404
