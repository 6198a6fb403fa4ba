"""Which days of a stay are paid, from the first to the last, within a quota, and at what amount."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

from partenamut.law import Dated
from partenamut.money import to_cents, total
from partenamut.periods import NO_DAYS, Days, Run


class Part(Struct, frozen=True):
    """Days that share a quota: those asked, and how many are left; the year is 0 for a quota a stay."""

    year: int
    asked: Days
    left: int


#: Cuts a set of days into the parts that each have a quota of their own.
Quota = Callable[[Days], list[Part]]


class Line(Struct, frozen=True):
    """A stretch of paid days, first and last included, in euros a day and in all."""

    first: date
    last: date
    days: int
    per_day: Decimal
    amount: Decimal


class YearShare(Struct, frozen=True):
    """One calendar year of a stay: its limit, days used before, payable days asked and days granted."""

    year: int
    limit: int
    used: int
    asked: int
    granted: int

    @property
    def left_before(self) -> int:
        """Days left before this decision."""
        return max(0, self.limit - self.used)


def yearly_quota(limit: int, days_used: Mapping[int, int]) -> Quota:
    """The quota of so many days a calendar year, less those used."""
    return lambda days: [
        Part(year, part, max(0, limit - days_used.get(year, 0))) for year, part in days.by_year()
    ]


def stay_quota(left: int) -> Quota:
    """The quota of so many days for the whole stay."""
    return lambda days: [Part(0, days, max(0, left))]


def allot(parts: list[Part]) -> Days:
    """The days asked within the quota of each part, the earliest first."""
    if len(parts) == 1:
        return parts[0].asked.earliest(parts[0].left)
    runs: list[Run] = []
    for part in parts:
        runs.extend(part.asked.earliest(part.left).runs)
    return Days(runs) if runs else NO_DAYS


def latest_full_run(eligible: Days, quota: Quota) -> int:
    """How many days the longest uninterrupted payable run that ends on the last eligible day has."""
    length = 0
    for part in reversed(quota(Days(eligible.runs[-1:]))):
        length += min(len(part.asked), part.left)
        if part.left < len(part.asked):
            break
    return length


def year_shares(
    whole: Days, parts: list[Part], paid: Days, limit: int, days_used: Mapping[int, int]
) -> tuple[YearShare, ...]:
    """What each calendar year of a stay asks of its quota and gets."""
    asked = {part.year: part for part in parts}
    shares = []
    for year in range(whole.first.year, whole.last.year + 1):
        part, used = asked.get(year), days_used.get(year, 0)
        days = len(part.asked) if part else 0
        shares.append(YearShare(year, limit, used, days, min(days, part.left) if part and paid.runs else 0))
    return tuple(shares)


def price(days: Days, per_day: Dated[Decimal]) -> tuple[Line, ...]:
    """The paid stretches, each day at the amount in force on it."""
    return tuple(
        Line(
            first,
            last,
            count := last.toordinal() - first.toordinal() + 1,
            rate.value,
            to_cents(rate.value * count),
        )
        for first_day, last_day in days.periods()
        for first, last, rate in per_day.within(first_day, last_day)
    )


def amount_of(lines: tuple[Line, ...]) -> Decimal:
    """The sum of the stretches in euros."""
    return lines[0].amount if len(lines) == 1 else total(line.amount for line in lines)
