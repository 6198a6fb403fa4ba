"""Why each day of a decided stay is paid or not: runs of days with the same answer."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from msgspec import Struct

from convalescence.deciding import lines_of, stored_facts
from convalescence.models import Decision
from convalescence.rules.allotment import Line
from convalescence.rules.weighing import Weighing, weigh
from partenamut.periods import NO_DAYS, Days


class Stretch(Struct, frozen=True):
    """Days in a row, first and last included: what each brings in euros, and why it brings nothing."""

    first: date
    last: date
    days: int
    per_day: Decimal
    amount: Decimal
    why: str


def stretches(decision: Decision) -> list[Stretch]:
    """All days of the stay in order, paid and unpaid."""
    lines = lines_of(decision)
    paid = Days((line.first.toordinal(), line.last.toordinal()) for line in lines)
    weighing = weigh(stored_facts(decision))
    unpaid = _unpaid(weighing, weighing.whole - paid, departs=bool(decision.departs_because))
    return sorted([*_paid(lines), *unpaid], key=lambda stretch: stretch.first)


def _paid(lines: list[Line]) -> Iterator[Stretch]:
    for line in lines:
        yield Stretch(line.first, line.last, line.days, line.per_day, line.amount, "")


def _unpaid(weighing: Weighing, days: Days, *, departs: bool) -> Iterator[Stretch]:
    """Each day at the first reason that takes it away."""
    lost = weighing.lost
    causes = (
        (lost.place, _("not paid: the place does not qualify on these days")),
        (lost.contributions, _("not paid: contributions are not in order on these days")),
        (lost.recognition, _("not paid: the caregiver is not recognised on these days")),
        (lost.outside, _("not paid: outside the stay of the person cared for")),
        (lost.elsewhere, _("not paid: another benefit pays these days")),
        (
            weighing.eligible - weighing.paid if weighing.paid else NO_DAYS,
            _("not paid: beyond the limit of days"),
        ),
        (
            weighing.whole,
            _("not paid: decided by an adviser") if departs else _("not paid: see the conditions"),
        ),
    )
    for cause, why in causes:
        here = days & cause
        days = days - here
        for first, last in here.periods():
            yield Stretch(first, last, (last - first).days + 1, Decimal(0), Decimal(0), why)
