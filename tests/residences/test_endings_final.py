"""The end of a convention and its final account: what closes, what is due, what is paid back; by hand and by night."""

import re
import subprocess
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from lxml import html

from partenamut.documents.services import bytes_of
from residences import tasks
from residences.models import Amendment, DebtorShare, Invoice, Payment
from residences.services import ended, endings, issuing, settling
from residences.services.notices import end_of
from tests.factories import residences as make
from tests.factories.residences import at

pytestmark = [pytest.mark.django_db, pytest.mark.services]

MAY_4 = date(2026, 5, 4)
#: The day on which the resident has left and the notice is over.
MAY_22 = date(2026, 5, 22)


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    """With accommodation invoiced elsewhere to the end of May."""
    row = make.signed(home, actor=director, language="en")
    row.invoiced_until = date(2026, 5, 31)
    row.save()
    DebtorShare.objects.get_or_create(
        convention=row, contact=None, first_day=row.entry, defaults={"percent": 100}
    )
    return row


def leave(convention, director, day, *, seen=MAY_22):
    endings.record_departure(convention=convention, left_on=day, actor=director, at=at(seen))
    convention.refresh_from_db()


def finish(convention, director, day=MAY_22):
    ended.end(convention=convention, actor=director, at=at(day))
    convention.refresh_from_db()


def gone(convention, director, left_on=date(2026, 5, 21)):
    """A notice of 4 May, observed or not, and its end."""
    make.notice_given(convention, actor=director)
    leave(convention, director, left_on)
    finish(convention, director)


def settled(convention, director, day=MAY_22, explanation=""):
    return settling.settle(
        convention=convention, received_on=day, explanation=explanation, actor=director, at=at(day)
    )


# --- the end --------------------------------------------------------------------------------------------------


def test_the_end_closes_what_is_dated_and_frees_the_bed(home, director, convention):
    supplement = make.supplement(home)
    convention.supplements.create(supplement=supplement, first_day=convention.entry)
    convention.interventions.create(daily_amount=Decimal("60.00"), first_day=convention.entry)
    convention.interventions.filter(daily_amount=60).update(last_day=date(2026, 5, 31))
    convention.interventions.create(daily_amount=Decimal("61.00"), first_day=date(2026, 6, 1))
    convention.absences.create(reason="hospital", first_day=date(2026, 5, 20))
    gone(convention, director)
    last = date(2026, 5, 21)
    assert (convention.status, convention.ended_on) == ("ended", last)
    for name in ("agreed_prices", "supplements", "absences", "occupancies"):
        assert {row.last_day for row in getattr(convention, name).all()} == {last}, name
    assert [(str(row.daily_amount), row.last_day) for row in convention.interventions.all()] == [
        ("60.00", last)
    ]
    # The debtors go on: the final account comes after.
    assert convention.debtors.get().last_day is None


def test_an_open_amendment_is_discarded_and_its_bed_is_free_again(home, director, convention):
    amendment = Amendment.objects.create(
        convention=convention, turn=1, kind="room", effective_on=date(2026, 6, 1), created_by=director
    )
    kept = make.bed(home, "999")
    convention.occupancies.create(bed=kept, first_day=date(2026, 6, 1), reserved_for=amendment)
    gone(convention, director)
    amendment.refresh_from_db()
    assert amendment.status == "discarded"
    assert not kept.occupancies.exists()


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (None, "Nothing ends this convention"),
        ({}, "21/05/2026, has not come yet"),
        ({"channel": "oral"}, "Nothing ends this convention"),
        ({"cause": "death"}, "on which day the room was cleared"),
        ({"left_on": date(2026, 5, 10)}, "10/05/2026, has not come yet"),
    ],
)
def test_a_convention_is_not_ended_too_soon(director, convention, event, word):
    if event is not None:
        make.notice_given(convention, actor=director, **event)
    with pytest.raises(ValidationError, match=word):
        finish(convention, director, MAY_4)
    convention.refresh_from_db()
    assert convention.status != "ended"


def test_who_left_without_notice_is_ended_on_that_day_with_the_indemnity(director, convention):
    make.notice_given(
        convention, actor=director, channel="oral", left_on=date(2026, 5, 3), sent_on=date(2026, 5, 3)
    )
    finish(convention, director, MAY_4)
    assert convention.ended_on == date(2026, 5, 3)
    assert end_of(convention).indemnity == Decimal("733.80")


# --- by night -------------------------------------------------------------------------------------------------


def short(home, director, until, **kwargs):
    return make.signed(
        home, actor=director, entry=date(2026, 4, 20), kind="short", until=until, respite=True, **kwargs
    )


def test_a_short_stay_ends_by_itself_after_its_last_day(home, director):
    over, not_yet = short(home, director, date(2026, 5, 3)), short(home, director, MAY_4)
    with time_machine.travel(at(MAY_4), tick=False):
        tasks.end_conventions()
        tasks.end_conventions()
    for convention, status, last in ((over, "ended", date(2026, 5, 3)), (not_yet, "in_force", None)):
        convention.refresh_from_db()
        assert (convention.status, convention.ended_on) == (status, last)
    assert ended.end_due(date(2026, 5, 5), at=at(date(2026, 5, 5))) == 1


def test_a_notice_ends_by_night_once_the_room_is_left(home, director):
    left, there, died, early = (make.signed(home, actor=director) for _number in range(4))
    for convention in (left, there):
        make.notice_given(convention, actor=director)
    make.notice_given(died, actor=director, cause="death")
    leave(left, director, date(2026, 5, 21))
    make.notice_given(early, actor=director, left_on=date(2026, 5, 30))
    assert ended.end_due(date(2026, 5, 21), at=at(date(2026, 5, 21))) == 0
    assert ended.end_due(MAY_22, at=at(MAY_22)) == 1
    left.refresh_from_db()
    assert left.status == "ended"
    endings.record_departure(
        convention=died, room_cleared_on=date(2026, 5, 20), actor=director, at=at(MAY_22)
    )
    assert ended.end_due(MAY_22, at=at(MAY_22)) == 1
    there.refresh_from_db()
    early.refresh_from_db()
    # One has not said when they left; the other stays in the room to the 30th, though nothing is due after the 21st.
    assert (there.status, early.status) == ("notice_given", "notice_given")
    assert ended.end_due(date(2026, 5, 31), at=at(date(2026, 5, 31))) == 1


def test_a_notice_before_the_entry_ends_by_night_on_its_own_last_day(home, director):
    convention = make.signed(home, actor=director, entry=date(2026, 6, 1), offered=at(date(2026, 5, 1)))
    make.notice_given(convention, actor=director)
    # Sent on Monday 4 May in the trial: from 7 to 13 May.
    assert ended.end_due(date(2026, 5, 13), at=at(date(2026, 5, 13))) == 0
    assert ended.end_due(date(2026, 5, 14), at=at(date(2026, 5, 14))) == 1
    convention.refresh_from_db()
    assert (convention.status, convention.ended_on) == ("ended", date(2026, 5, 31))
    assert not convention.occupancies.exists()


def test_signed_conventions_begin_on_their_day_of_entry(home, director):
    convention = make.signed(home, actor=director, entry=date(2026, 6, 1), offered=at(date(2026, 5, 1)))
    assert convention.status == "signed"
    with time_machine.travel(at(date(2026, 6, 1)), tick=False):
        tasks.start_conventions()
    convention.refresh_from_db()
    assert convention.status == "in_force"


def test_one_that_cannot_be_ended_keeps_no_other_from_it(home, director):
    """One whose prices are gone cannot be asked again."""
    stays, goes = (make.signed(home, actor=director) for _number in range(2))
    for convention in (stays, goes):
        make.notice_given(convention, actor=director)
        leave(convention, director, date(2026, 5, 21))
    stays.agreed_prices.all().delete()
    assert ended.end_due(MAY_22, at=at(MAY_22)) == 1
    goes.refresh_from_db()
    assert goes.status == "ended"


# --- the final account ------------------------------------------------------------------------------------------


def test_days_paid_in_advance_are_given_back(home, director):
    convention = make.signed(home, actor=director, language="en")
    DebtorShare.objects.get_or_create(
        convention=convention, contact=None, first_day=convention.entry, defaults={"percent": 100}
    )
    make.notice_given(convention, actor=director, sent_on=date(2026, 2, 16))
    # Monday 16 February: from 19 February to 5 March.
    leave(convention, director, date(2026, 3, 5), seen=date(2026, 3, 6))
    finish(convention, director, date(2026, 3, 6))
    invoice = settled(convention, director, date(2026, 3, 6))
    # 12 January to 5 March: 20 + 28 + 5 days at 48.92.
    assert invoice.total == Decimal("48.92") * 53
    assert convention.ended_on == date(2026, 3, 5)


def test_the_indemnity_stands_on_the_final_account(director, convention):
    gone(convention, director, left_on=date(2026, 5, 15))
    invoice = settled(convention, director)
    lines = {line.kind: line.amount for line in invoice.lines.all()}
    assert lines == {"indemnity": Decimal("293.52")}
    assert invoice.kind == "final"


def test_the_preview_holds_what_is_issued(director, convention):
    gone(convention, director, left_on=date(2026, 5, 15))
    before = settling.settlement_of(convention, received_on=MAY_22)
    assert before.invoice is None
    invoice = settled(convention, director)
    after = settling.settlement_of(convention, received_on=MAY_22)
    assert after.invoice == invoice
    assert before.total == after.total == invoice.total
    assert [one.balance for one in before.debtors] == [one.balance for one in after.debtors]


def test_payments_are_counted_against_the_whole_stay(home, director):
    convention = make.signed(home, actor=director, language="en")
    DebtorShare.objects.get_or_create(
        convention=convention, contact=None, first_day=convention.entry, defaults={"percent": 100}
    )
    gone(convention, director)
    invoice = settled(convention, director)
    share = invoice.shares.get()
    Payment.objects.create(
        share=share,
        received_on=MAY_22,
        amount=invoice.total + 10,
        registered_by=director,
        registered_at=at(MAY_22),
    )
    found = settling.settlement_of(convention, received_on=MAY_22)
    assert found.balance == Decimal("-10.00")


def test_it_is_issued_once_and_again_after_a_credit_note(director, convention):
    gone(convention, director, left_on=date(2026, 5, 15))
    invoice = settled(convention, director)
    with pytest.raises(ValidationError, match="issued already"):
        settled(convention, director)
    issuing.credit_note(invoice=invoice, explanation="Erreur.", actor=director, at=at(MAY_22))
    assert settling.final_invoice(convention) is None
    assert settled(convention, director).total == invoice.total


def test_a_running_convention_has_no_final_account(director, convention):
    with pytest.raises(ValidationError, match="End the convention first"):
        settled(convention, director)


@pytest.mark.parametrize(
    ("day", "word"), [(date(2026, 5, 1), "after the last day"), (date(2026, 7, 30), "month ahead")]
)
def test_a_day_that_cannot_be_is_refused(director, convention, day, word):
    gone(convention, director)
    with pytest.raises(ValidationError, match=word):
        settling.settle(convention=convention, received_on=day, explanation="", actor=director, at=at(MAY_22))


def test_a_stay_that_never_began_has_nothing_to_pay(home, director):
    convention = make.signed(
        home, actor=director, entry=date(2026, 6, 1), offered=at(date(2026, 5, 1)), language="en"
    )
    DebtorShare.objects.get_or_create(
        convention=convention, contact=None, first_day=date(2026, 5, 1), defaults={"percent": 100}
    )
    make.notice_given(convention, actor=director, cause="death")
    finish(convention, director, MAY_4)
    found = settling.settlement_of(convention, received_on=MAY_4)
    assert found.total == 0
    assert found.balance == 0


def test_the_statement_tells_every_amount(director, convention, tmp_path):
    gone(convention, director, left_on=date(2026, 5, 15))
    invoice = settled(convention, director, explanation="Bonne route.")
    path = tmp_path / "statement.pdf"
    document = settling.statement_of_end(invoice)
    path.write_bytes(bytes(bytes_of(document, at=at(MAY_22)).content))
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    text = re.sub(r"\s+", " ", text)
    for part in (
        f"Final account of the stay of {convention.resident.full_name}",
        "due until 15/05/2026",
        "6 days at 48.92 € are owed",
        "293.52 €",
        "Bonne route.",
        invoice.number,
        "is left to be paid by 30/05/2026",
        "contested until 22/06/2026",
        "art. 6",
    ):
        assert part in text


# --- its page ---------------------------------------------------------------------------------------------------


@pytest.fixture
def visitor(client, director):
    with time_machine.travel(at(MAY_22), tick=False), translation.override("en"):
        client.force_login(director)
        client.cookies["django_language"] = "en"
        yield client


def words(response):
    main = html.fromstring(response.content.decode()).xpath("//main")[0]
    return re.sub(r"\s+", " ", main.text_content())


def url(name, convention):
    return reverse(f"residences:{name}", args=[convention.home.public_id, convention.public_id])


def test_the_page_explains_issues_and_offers_the_statement(visitor, director, convention):
    gone(convention, director, left_on=date(2026, 5, 15))
    address = url("final_account", convention)
    text = words(visitor.get(address))
    assert "Nothing is issued yet" in text
    assert "The notice was not observed: its days, without supplements (art. 10)." in text
    assert "293.52 € is left to be paid for the whole stay." in text
    assert not Invoice.objects.exists()
    wrong = visitor.post(address, {"received_on": "2026-05-01", "explanation": ""})
    assert "handed over after the last day due" in words(wrong)
    done = visitor.post(address, {"received_on": "2026-05-22", "explanation": "Fin."}, follow=True)
    text = words(done)
    assert "is issued" in text
    assert "Issue the final account" not in text
    statement = visitor.get(url("final_statement", convention))
    assert statement.content.startswith(b"%PDF")
    again = visitor.post(address, {"received_on": "2026-05-22"})
    assert "issued already" in words(again)
    assert Invoice.objects.count() == 1


def test_the_page_of_a_running_convention_leads_back(visitor, convention):
    assert "End the convention first" in words(visitor.get(url("final_account", convention), follow=True))
    assert visitor.get(url("final_statement", convention)).status_code == 404
