"""Reminders, formal notices and the interest that runs after them (art. 6)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from residences.account_facts import books_of
from residences.deciding import Scope, plan
from residences.models import Convention, LegalInterest, Reminder, ReminderLevel
from residences.services import disputes, reminders
from residences.services.interest import interest_of
from residences.services.issuing import credit_note
from tests.factories import residences as make
from tests.residences.money_world import DUE, LATER, TODAY, money_world

pytestmark = pytest.mark.django_db
REMINDER, FORMAL = ReminderLevel.REMINDER, ReminderLevel.FORMAL_NOTICE


@pytest.fixture
def world():
    return money_world()


def remind(world, level=REMINDER, share=None, at=LATER):
    return reminders.remind(share=share or world.share, level=level, actor=world.director, at=at)


def test_no_letter_before_the_day_after_it_is_due(world):
    with pytest.raises(ValidationError, match=r"05/04/2026 \(art. 6\)"):
        remind(world, at=make.at(DUE))
    assert remind(world, at=make.at(DUE + timedelta(days=1)))


def test_one_letter_a_day_and_another_the_next(world):
    remind(world)
    with pytest.raises(ValidationError, match="one a day"):
        remind(world, FORMAL)
    remind(world, FORMAL, at=LATER + timedelta(days=1))
    assert Reminder.objects.count() == 2


def test_a_second_formal_notice_adds_nothing(world):
    remind(world, FORMAL)
    with pytest.raises(ValidationError, match="interest is owed already"):
        remind(world, FORMAL, at=LATER + timedelta(days=1))
    assert remind(world, at=LATER + timedelta(days=1))


def test_nobody_is_reminded_of_what_is_paid_or_taken_off(world):
    note = credit_note(invoice=world.shared, explanation="Erreur", actor=world.director, at=LATER)
    world.pay("1500.00")
    for share in (world.share, world.sons, make.share(note)):
        with pytest.raises(ValidationError, match="Nothing is open"):
            remind(world, share=share)


def test_a_disputed_invoice_is_not_reminded_of_until_it_is_answered(world):
    lodged = disputes.lodge(
        invoice=world.invoice,
        text="Trop cher",
        upload=None,
        actor=world.herself,
        at=make.at(date(2026, 4, 20)),
    )
    with pytest.raises(ValidationError, match="disputed"):
        remind(world)
    disputes.answer(
        dispute=lodged, status="rejected", text="Le prix est celui de la convention.", actor=world.director, at=LATER
    )  # fmt: skip
    assert remind(world).amount == Decimal("1500.00")


def test_a_reminder_asks_what_is_open_of_one_debtor(world):
    world.pay("100.00", world.sons)
    letter = remind(world, share=world.sons).document
    assert world.shared.number in letter.title
    assert "500,00" in letter.words
    assert "Marc Moreau" in letter.words


def test_a_formal_notice_names_the_rate_of_the_year_and_what_runs(world):
    letter = remind(world, FORMAL).document
    # 1 500.00 at 4 % over the 29 days from 6 April to 4 May 2026.
    assert '"29","4\xa0%","4.77"' in letter.words
    assert "1153" in letter.words
    assert "art. 6" in letter.words


def test_no_formal_notice_without_the_rate_of_the_year(world):
    LegalInterest.objects.filter(year=2026).delete()
    with pytest.raises(ValidationError, match="2026 is not entered yet"):
        remind(world, FORMAL)
    assert remind(world)


def test_several_at_once_leave_out_those_that_cannot_be(world):
    world.pay("1500.00")
    wife = make.share(world.shared)
    made, left_out = reminders.remind_many(
        shares=[world.share, wife, world.sons], level=REMINDER, actor=world.director, at=LATER
    )
    assert {one.share for one in made} == {wife, world.sons}
    assert [(one.share, "Nothing is open" in one.why) for one in left_out] == [(world.share, True)]


def test_the_overdue_shares_of_a_home_are_listed_with_their_letters(world):
    remind(world, FORMAL)
    world.pay("600.00", world.sons)
    rows = {row.pk: row for row in reminders.overdue_of(world.home, TODAY)}
    assert set(rows) == {world.share.pk, make.share(world.shared).pk}
    row = rows[world.share.pk]
    assert (row.letters, row.last_letter_on, row.noticed_on) == (1, TODAY, TODAY)
    assert not reminders.overdue_of(world.home, DUE).exists()


# --- interest


def test_interest_runs_by_calendar_year_from_the_due_day(world):
    share = make.share(
        make.invoice(world.simone, total="1000.00", month=date(2025, 11, 1), received_on=date(2025, 12, 13))
    )
    remind(world, FORMAL, share)
    found = interest_of(world.now(share), TODAY)
    # Due on 21 December 2025: ten days at 4.50 %, then 124 days at 4 %.
    assert [(row.year, row.days, row.percent, row.interest) for row in found.rows] == [
        (2025, 10, Decimal("4.50"), Decimal("1.23")),
        (2026, 124, Decimal("4.00"), Decimal("13.59")),
    ]
    assert found.total == Decimal("14.82")


def test_without_a_formal_notice_interest_is_shown_and_not_owed(world):
    found = interest_of(world.now(), TODAY)
    assert found.noticed_on is None
    assert found.total == Decimal("4.77")


def test_a_year_without_a_rate_is_named_and_not_guessed(world):
    LegalInterest.objects.filter(year=2026).delete()
    found = interest_of(world.now(), TODAY)
    assert (found.rows, found.unknown_years) == ((), (2026,))


def test_the_interest_shown_is_the_interest_that_the_next_invoice_charges(world):
    remind(world, FORMAL, at=make.at(date(2026, 4, 10)))
    world.pay("700.00", received_on=date(2026, 4, 15))
    world.pay("800.00", received_on=TODAY)
    shown = interest_of(world.now(), TODAY).total
    books = books_of(Convention.objects.filter(pk=world.simone.pk), until=TODAY, on=TODAY)
    charged = plan(books.accounts[world.simone.pk], books, Scope.monthly(date(2026, 5, 1), TODAY))
    assert shown == sum(charged.interest.values())
    assert shown == Decimal("0.77") + Decimal("2.54")


def test_what_was_paid_before_the_formal_notice_bears_nothing(world):
    world.pay("700.00", received_on=date(2026, 4, 15))
    remind(world, FORMAL, at=make.at(date(2026, 4, 16)))
    assert interest_of(world.now(), TODAY).total == Decimal("2.54")
