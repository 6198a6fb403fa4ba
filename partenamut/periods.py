"""Whole days: periods with both ends included, and sets of days. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct, field

#: First and last day of an uninterrupted run, as ordinals, both included.
Run = tuple[int, int]

LAST_DAY = date.max.toordinal()


class EndBeforeStart(ValueError):
    """Raised for a period whose last day lies before its first."""


class Period(Struct, frozen=True, forbid_unknown_fields=True):
    """From a first to a last day, both included; no last day: still open."""

    first: date = field(name="from")
    last: date | None = field(name="to")

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise EndBeforeStart("period.to_before_from")

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def run(self) -> Run:
        """First and last day as ordinals; an open period runs to the last day there is."""
        return self.first.toordinal(), LAST_DAY if self.last is None else self.last.toordinal()


class Days:
    """An immutable set of whole days, kept as sorted runs; large spans cost no more than short ones."""

    __slots__ = ("runs",)

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self.runs = _merged(runs)

    @classmethod
    def of(cls, periods: Iterable[Period]) -> "Days":
        """All days of the periods."""
        return cls([period.run for period in periods])

    def outside(self, periods: Iterable[Period]) -> "Days":
        """The days of this set that lie in none of the periods."""
        if not self.runs:
            return NO_DAYS
        runs = [period.run for period in periods]
        first, last = self.runs[0][0], self.runs[-1][1]
        for start, end in runs:
            if start <= first and last <= end:
                return NO_DAYS  # the usual case: one period holds them all
        return self - Days(runs)

    @classmethod
    def single(cls, first: int, last: int) -> "Days":
        """One run of days, given by its ordinals, both included."""
        return cls._from([(first, last)])

    @classmethod
    def between(cls, first: date, last: date) -> "Days":
        """The days from the first to the last, both included; none where the last comes first."""
        start, end = first.toordinal(), last.toordinal()
        return cls._from([(start, end)] if start <= end else [])

    @classmethod
    def _from(cls, runs: list[Run]) -> "Days":
        days = cls.__new__(cls)
        days.runs = runs
        return days

    def __len__(self) -> int:
        count = 0
        for first, last in self.runs:
            count += last - first + 1
        return count

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Days) and self.runs == other.runs

    def __hash__(self) -> int:
        return hash(tuple(self.runs))

    def __repr__(self) -> str:
        return f"Days({', '.join(f'{first}..{last}' for first, last in self.periods())})"

    def __and__(self, other: "Days") -> "Days":
        """The days in both."""
        shared = []
        for first, last in self.runs:
            for start, end in other.runs:
                if start > last:
                    break
                if end >= first:
                    shared.append((max(first, start), min(last, end)))
        return Days._from(shared)

    def __sub__(self, other: "Days") -> "Days":
        """The days of this set that are not in the other."""
        if not other.runs or not self.runs:
            return self
        left: list[Run] = []
        for first, last in self.runs:
            left.extend(_without(first, last, other.runs))
        return Days._from(left)

    @property
    def first(self) -> date:
        """The earliest day; IndexError for an empty set."""
        return date.fromordinal(self.runs[0][0])

    @property
    def last(self) -> date:
        """The latest day; IndexError for an empty set."""
        return date.fromordinal(self.runs[-1][1])

    def periods(self) -> list[tuple[date, date]]:
        """The runs as first and last day, both included."""
        return [(date.fromordinal(first), date.fromordinal(last)) for first, last in self.runs]

    def earliest(self, count: int) -> "Days":
        """The first so many days of the set."""
        if count >= len(self):
            return self
        taken: list[Run] = []
        for first, last in self.runs:
            if count <= 0:
                break
            end = min(last, first + count - 1)
            taken.append((first, end))
            count -= end - first + 1
        return Days._from(taken)

    def by_year(self) -> list[tuple[int, "Days"]]:
        """The days of each calendar year, in order, years without days left out."""
        if not self.runs:
            return []
        only_year = self.first.year
        if self.last.year == only_year:
            return [(only_year, self)]
        pieces: dict[int, list[Run]] = {}
        for first, last in self.runs:
            year = date.fromordinal(first).year
            while first <= last:
                end = min(last, year_end(year))
                pieces.setdefault(year, []).append((first, end))
                first, year = end + 1, year + 1
        return [(year, Days._from(runs)) for year, runs in pieces.items()]


def year_end(year: int) -> int:
    """The ordinal of 31 December."""
    return date(year, 12, 31).toordinal()


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later; an absent day becomes the month's last, never past 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _merged(runs: Iterable[Run]) -> list[Run]:
    merged: list[Run] = []
    for first, last in sorted(runs):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _without(first: int, last: int, holes: list[Run]) -> Iterator[Run]:
    for start, end in holes:
        if end < first:
            continue
        if start > last:
            break
        if start > first:
            yield first, start - 1
        first = end + 1
    if first <= last:
        yield first, last


NO_DAYS = Days()
