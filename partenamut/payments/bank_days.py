"""The days on which banks settle euro payments."""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5


@lru_cache(maxsize=64)
def closing_days(year: int) -> frozenset[date]:
    """The days of a year, weekends aside, on which the TARGET system of the European Central Bank is closed."""
    # The package knows the days of the whole world: it is loaded where it is needed only.
    from holidays.financial.european_central_bank import EuropeanCentralBank

    return frozenset(EuropeanCentralBank(years=year))  # type: ignore[no-untyped-call]


def is_bank_day(day: date) -> bool:
    """Whether banks execute payments on a day."""
    return day.weekday() < SATURDAY and day not in closing_days(day.year)


def next_bank_day(day: date) -> date:
    """The day itself, or the first one after it on which banks execute payments."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day
