"""Days of accommodation, and insured days: what is due against what was charged, so that a day is charged once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from partenamut.money import ZERO
from partenamut.periods import NO_DAYS, Days, add_months


class Stretch(Struct, frozen=True):
    """Days in a row at one price a day, under one discount in percent; both ends included."""

    first: date
    last: date
    price: Decimal
    percent: Decimal = ZERO

    @property
    def count(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


class Charged(Struct, frozen=True):
    """Days that a line charged, or took back."""

    stretch: Stretch
    taken_back: bool = False


Rate = tuple[Decimal, Decimal]


def open_days(
    due: Iterable[Stretch], charged: Iterable[Charged]
) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """The stretches still to be charged, and those to be taken back at the price and discount they were charged at.

    A day stands charged where it was charged at the price that is due; the discount of that moment stays.
    """
    standing = _standing(charged)
    owed: defaultdict[Decimal, Days] = defaultdict(Days)
    percents: dict[Decimal, list[tuple[Decimal, Days]]] = defaultdict(list)
    for stretch in due:
        days = Days.between(stretch.first, stretch.last)
        owed[stretch.price] = _with(owed[stretch.price], days)
        percents[stretch.price].append((stretch.percent, days))
    paid: defaultdict[Decimal, Days] = defaultdict(Days)
    for (price, _percent), days in standing.items():
        paid[price] = _with(paid[price], days)
    missing = [
        Stretch(first, last, price, percent)
        for price, parts in percents.items()
        for percent, days in parts
        for first, last in (days - paid[price]).periods()
    ]
    beyond = [
        Stretch(first, last, price, percent)
        for (price, percent), days in standing.items()
        for first, last in (days - owed[price]).periods()
    ]
    return _ordered(missing), _ordered(beyond)


def last_charged(charged: Iterable[Charged]) -> date | None:
    """The last day that stands charged; None where none does."""
    return max((days.last for days in _standing(charged).values() if days), default=None)


def cut(
    first: date, last: date, prices: Sequence[Stretch], percents: Sequence[Stretch] = ()
) -> tuple[list[Stretch], Days]:
    """The days between two as stretches of one price and discount, and the days that have no price.

    Of `percents` only the percent counts; days outside of them have none.
    """
    wanted = Days.between(first, last)
    found, priced = [], NO_DAYS
    for price in prices:
        days = wanted & Days.between(price.first, price.last)
        priced = _with(priced, days)
        for percent in percents:
            reduced = days & Days.between(percent.first, percent.last)
            days = days - reduced
            found += [Stretch(*run, price.price, percent.percent) for run in reduced.periods()]
        found += [Stretch(*run, price.price) for run in days.periods()]
    return list(_ordered(found)), wanted - priced


def by_month(stretch: Stretch, together: date | None = None) -> list[tuple[date, Stretch]]:
    """The stretch cut by calendar months, each with its first day; `together` and the month after stay one piece."""
    pieces, first = [], stretch.first
    while first <= stretch.last:
        month = first.replace(day=1)
        if together is not None and month == add_months(together, 1):
            month = together
        end = add_months(month, 2 if month == together else 1)
        last = min(stretch.last, date.fromordinal(end.toordinal() - 1))
        pieces.append((month, Stretch(first, last, stretch.price, stretch.percent)))
        first = date.fromordinal(last.toordinal() + 1)
    return pieces


def _standing(charged: Iterable[Charged]) -> dict[Rate, Days]:
    """The days that stand charged, by price and discount."""
    standing: defaultdict[Rate, Days] = defaultdict(Days)
    for one in charged:
        rate = (one.stretch.price, one.stretch.percent)
        days = Days.between(one.stretch.first, one.stretch.last)
        standing[rate] = standing[rate] - days if one.taken_back else _with(standing[rate], days)
    return standing


def _with(some: Days, more: Days) -> Days:
    return Days([*some.runs, *more.runs])


def _ordered(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    return tuple(sorted(stretches, key=lambda one: (one.first, one.last)))
