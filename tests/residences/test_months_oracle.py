"""Random stays invoiced month after month against a slow count day by day: every day is charged exactly once."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from partenamut.periods import add_months
from residences.models import Invoice, InvoiceLine
from residences.services import issuing, runs
from tests.residences import months_world as world

pytestmark = pytest.mark.django_db

FIRST, MONTHS = date(2026, 1, 1), 8
ONE = timedelta(days=1)
REBATE = Decimal("0.34")


def days_between(first, last):
    """Each day, both included."""
    while first <= last:
        yield first
        first += ONE


class Life:
    """A stay as chance has it, and what becomes known of it when."""

    def __init__(self, home, chance):
        self.chance = chance
        self.entry = FIRST + timedelta(days=chance.randrange(100))
        before = chance.random() < 0.3
        self.invoiced_until = date(2026, 1, 31) if before else None
        if before:
            self.entry = date(2025, 11, 10)
        self.convention = world.stay(
            home, self.entry, f"{chance.randrange(4000, 9000) / 100}", self.invoiced_until,
            mutuality_code=chance.choice((134, 509)),
        )  # fmt: skip
        if chance.random() < 0.7:
            world.insured(self.convention, self.entry + timedelta(days=chance.randrange(40)))
        self.events = sorted(self._events(), key=lambda event: event[0])

    def _events(self):
        """The month before whose invoices something becomes known, and what."""
        chance = self.chance
        for _turn in range(chance.randrange(3)):
            month = chance.randrange(2, MONTHS)
            # Known some weeks late or ahead: rises, and rooms changed by an amendment.
            yield month, self._reprice, add_months(FIRST, month) + timedelta(days=chance.randrange(-40, 40))
        for _turn in range(chance.randrange(3)):
            month = chance.randrange(1, MONTHS)
            yield (
                month,
                self._leave_for_some_days,
                add_months(FIRST, month) + timedelta(days=chance.randrange(-35, 20)),
            )
        if chance.random() < 0.6:
            month = chance.randrange(3, MONTHS)
            yield month, self._end, add_months(FIRST, month) + timedelta(days=chance.randrange(-20, 50))

    def become_known(self, month):
        """Writes what becomes known before the invoices of a month."""
        for when, deed, day in self.events:
            if when == month:
                deed(day)

    def _reprice(self, day):
        latest = self.convention.agreed_prices.latest("first_day")
        if day > latest.first_day:
            world.agreed(self.convention, f"{self.chance.randrange(4000, 9000) / 100}", day)

    def _leave_for_some_days(self, day):
        first, last = max(day, self.entry), max(day, self.entry) + timedelta(days=self.chance.randrange(12))
        others = self.convention.absences.values_list("first_day", "last_day")
        if all(last < start or end < first for start, end in others):
            world.away(self.convention, first, last, pays=self.chance.random() < 0.3)

    def _end(self, day):
        world.end(self.convention, max(day, self.entry))

    # --- the slow count

    def due(self, horizon):
        """What each day costs, counted one by one."""
        self.convention.refresh_from_db()
        last = min(horizon, self.convention.ended_on or horizon)
        first = self.entry if self.invoiced_until is None else self.invoiced_until + ONE
        prices = list(self.convention.agreed_prices.all())
        return {
            day: next(
                price.daily_price
                for price in prices
                if price.first_day <= day and (price.last_day is None or day <= price.last_day)
            )
            for day in days_between(first, last)
        }

    def rebated(self, horizon):
        """The days on which an insurer paid, counted one by one."""
        last = min(horizon, self.convention.ended_on or horizon)
        first = self.entry if self.invoiced_until is None else self.invoiced_until.replace(day=1)
        insured = self.convention.interventions.first()
        if insured is None:
            return set()
        unpaid = {
            day
            for absence in self.convention.absences.filter(insurer_pays=False)
            for day in days_between(absence.first_day, absence.last_day)
        }
        return {day for day in days_between(max(first, insured.first_day), last) if day not in unpaid}


def charged(convention):
    """What all invoices together charged of each day: euros, and how often; the days rebated, and how often."""
    euros, times, rebates = Counter(), Counter(), Counter()
    for line in InvoiceLine.objects.filter(invoice__convention=convention, first_day__isnull=False):
        sign = -1 if line.amount < 0 else 1
        for day in days_between(line.first_day, line.last_day):
            if line.kind.startswith("accommodation"):
                euros[day] += sign * line.unit_price
                times[day] += sign
            elif line.kind == "rebate":
                rebates[day] -= sign
    return euros, times, rebates


def check(life, month):
    """Every day of the stay charged once at its price, no other day; every insured day rebated once."""
    euros, times, rebates = charged(life.convention)
    due = life.due(issuing.Scope.monthly(month, month).charged_to)
    assert {day: count for day, count in times.items() if count} == dict.fromkeys(due, 1)
    assert {day: amount for day, amount in euros.items() if amount} == due
    insured = life.rebated(add_months(month, 1) - ONE)
    assert {day: count for day, count in rebates.items() if count} == dict.fromkeys(insured, 1)


def check_discounts(life):
    """Each discount is that of its days; none for members of another mutuality."""
    discounts = InvoiceLine.objects.filter(invoice__convention=life.convention, kind="discount")
    if life.convention.resident.mutuality_code != 134:
        assert not discounts.exists()
        return
    days = InvoiceLine.objects.filter(
        invoice__convention=life.convention, kind__startswith="accommodation", percent__gt=0
    )
    exact = sum(line.amount * line.percent / 100 for line in days)
    # Each line is rounded once, so all of them are off by half a cent each at most.
    assert abs(sum(line.amount for line in discounts) + exact) <= Decimal("0.005") * len(discounts)


@pytest.mark.parametrize("seed", range(8))
def test_every_day_is_charged_exactly_once_over_whole_stays(seed):
    chance = random.Random(seed)
    home = world.residence()
    world.discount(home, last=date(2026, 4, 10))
    world.discount(home, "5", first=date(2026, 5, 1))
    lives = [Life(home, chance) for _turn in range(5)]
    for place in range(MONTHS):
        month = add_months(FIRST, place)
        for life in lives:
            life.become_known(place)
        if chance.random() < 0.15:
            continue  # a month that nobody invoiced is caught up by the next one
        run = runs.prepare(
            home=home, month=month, actor=home.director, at=world.moment(month.replace(day=28))
        )
        if not run.items.filter(status="pending").exists():
            continue
        world.issued(home, month, world.moment(month.replace(day=28)))
        for life in lives:
            if life.entry <= issuing.Scope.monthly(month, month).charged_to:
                check(life, month)
    for life in lives:
        check_discounts(life)
    world.check_books(home)
    assert Invoice.objects.filter(home=home).count() > MONTHS


@pytest.mark.parametrize("seed", range(4))
def test_the_final_account_leaves_no_day_open_and_none_too_much(seed):
    chance = random.Random(100 + seed)
    home = world.residence()
    world.discount(home)
    lives = [Life(home, chance) for _turn in range(4)]
    for place in range(4):
        month = add_months(FIRST, place)
        for life in lives:
            life.become_known(place)
        world.issued(home, month, world.moment(month.replace(day=28)))
    for life in lives:
        last = max(life.entry, date(2026, 5, 1) + timedelta(days=chance.randrange(-30, 45)))
        world.end(life.convention, last)
        at = world.moment(date(2026, 6, 20))
        invoice = issuing.issue_final(
            convention=life.convention, indemnity=Decimal(0), explanation="", received_on=at.date(), actor=home.director,
            at=at,
        )  # fmt: skip
        euros, times, rebates = charged(life.convention)
        due = life.due(last)
        assert {day: count for day, count in times.items() if count} == dict.fromkeys(due, 1)
        assert {day: amount for day, amount in euros.items() if amount} == due
        assert {day for day, count in rebates.items() if count} == life.rebated(last)
        assert invoice.kind == "final"
    world.check_books(home)
