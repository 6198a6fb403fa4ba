"""Working days in Belgium: Monday to Friday without public holidays. Pure."""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5
#: The years whose public holidays the calendar knows; a day outside them is never guessed.
FIRST_YEAR, LAST_YEAR = 1901, 2099


class UnknownCalendar(ValueError):
    """Raised for a day of a year whose public holidays are not known."""


@lru_cache(maxsize=256)
def public_holidays(year: int) -> frozenset[date]:
    """The legal public holidays of a year; UnknownCalendar outside the years that the calendar knows."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnknownCalendar(f"no public holidays are known for {year}")
    # The package knows the days of the whole world: it is loaded where it is needed only.
    from holidays.countries.belgium import Belgium

    return frozenset(Belgium(years=year))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=256)
def holiday_names(year: int, language: str) -> dict[date, str]:
    """The public holidays of a year with their names in a language of the portal."""
    from holidays.countries.belgium import Belgium

    spoken = "en_US" if language == "en" else language
    return dict(Belgium(years=year, language=spoken).items())  # type: ignore[no-untyped-call]


def is_working_day(day: date) -> bool:
    """Whether a day is worked."""
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


def working_days_after(day: date, count: int) -> list[date]:
    """The next so many working days, the day itself left out."""
    found: list[date] = []
    while len(found) < count:
        day += timedelta(days=1)
        if is_working_day(day):
            found.append(day)
    return found
