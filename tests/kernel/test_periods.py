"""Whole days, against plain Python sets of days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partenamut.periods import Days, EndBeforeStart, Period, add_months

START = date(2026, 12, 1).toordinal()
runs = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), max_size=6).map(
    lambda pairs: [(START + first, START + first + length) for first, length in pairs]
)


def plain(spans: list[tuple[int, int]]) -> set[int]:
    """The same days as a set."""
    return {day for first, last in spans for day in range(first, last + 1)}


@given(runs, runs)
def test_sets_of_days_behave_as_sets(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    one, other = Days(left), Days(right)
    assert plain((one & other).runs) == plain(left) & plain(right)
    assert plain((one - other).runs) == plain(left) - plain(right)
    assert len(one) == len(plain(left))
    assert bool(one) == bool(plain(left))
    periods = [Period(date.fromordinal(first), date.fromordinal(last)) for first, last in right]
    assert one.outside(periods) == one - other


@given(runs, st.integers(0, 40))
def test_the_earliest_days_come_first(spans: list[tuple[int, int]], count: int) -> None:
    assert plain(Days(spans).earliest(count).runs) == set(sorted(plain(spans))[:count])


@given(runs)
def test_every_day_belongs_to_its_year(spans: list[tuple[int, int]]) -> None:
    years = Days(spans).by_year()
    assert [year for year, _days in years] == sorted({date.fromordinal(day).year for day in plain(spans)})
    for year, days in years:
        assert plain(days.runs) == {day for day in plain(spans) if date.fromordinal(day).year == year}


def test_a_period_ends_after_its_start() -> None:
    with pytest.raises(EndBeforeStart):
        Period(date(2026, 1, 2), date(2026, 1, 1))
    assert date(2030, 1, 1) in Period(date(2026, 1, 1), None)
    assert date(2026, 1, 1) in Period(date(2026, 1, 1), date(2026, 1, 1))
    assert date(2025, 12, 31) not in Period(date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(9999, 11, 1), 3, date.max),
    ],
)
def test_calendar_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later
