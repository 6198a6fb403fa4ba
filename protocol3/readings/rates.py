"""What pages show of the amounts of services: which are known for a year, and which are missing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.periods import Days
from partenamut.registry.history import Event, history_of
from partenamut.web import formats
from protocol3.messages import RATES
from protocol3.models import Convention, Rate


class Coverage(Struct, frozen=True):
    """The amounts of a service in a year, and the days without one."""

    key: str
    label: Any
    rates: list[Any]
    gaps: list[tuple[date, date]]


def coverage(year: int) -> list[Coverage]:
    """Each of the services with its amounts in the year and the days that have none."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = Rate.objects.filter(Q(last_day=None) | Q(last_day__gte=first), first_day__lte=last)
    known: dict[str, list[Rate]] = {key: [] for key in RATES}
    for row in rows.order_by("first_day"):
        known[row.rate_key].append(row)
    return [Coverage(key, RATES[key], found, _gaps(found, first, last)) for key, found in known.items()]


def missing(year: int) -> list[Coverage]:
    """The services that have no amount on some day of the year."""
    return [each for each in coverage(year) if each.gaps]


def years_needed(on: date) -> list[int]:
    """The calendar years of all conventions; one without an end counts until the year of the day."""
    days = Convention.objects.aggregate(first=Min("first_day"), last=Max("last_day"))
    if days["first"] is None:
        return []
    last = days["last"].year if days["last"] else on.year
    if Convention.objects.filter(last_day=None).exists():
        last = max(last, on.year)
    return list(range(days["first"].year, last + 1))


def years_missing(on: date) -> list[tuple[int, list[Coverage]]]:
    """The years in which a convention runs and amounts are missing, with these."""
    return [(year, lacking) for year in years_needed(on) if (lacking := missing(year))]


def amounts_before(year: int) -> dict[str, str]:
    """The last amount of each service before the year, in words: what a new one is compared with."""
    last = _last_before(date(year, 1, 1))
    return {
        key: _("Until %(day)s: %(amount)s")
        % {"day": formats.day(rate.last_day), "amount": formats.euros(rate.amount)}
        for key, rate in last.items()
        if rate.last_day is not None
    }


def leaps(added: Iterable[Rate]) -> list[Rate]:
    """Those of new amounts that differ by more than a fifth from the one before: perhaps a slip of the pen."""
    found = []
    for rate in added:
        before = _last_before(rate.first_day).get(rate.rate_key)
        if before is not None and abs(rate.amount - before.amount) * 5 > before.amount:
            found.append(rate)
    return found


def history() -> list[Event]:
    """Who entered or changed which amount."""
    return history_of(*Rate.objects.all())


def _last_before(day: date) -> dict[str, Rate]:
    rows = Rate.objects.filter(first_day__lt=day).order_by("first_day")
    return {row.rate_key: row for row in rows}


def _gaps(rates: Iterable[Rate], first: date, last: date) -> list[tuple[date, date]]:
    return Days.between(first, last).outside(rate.period for rate in rates).periods()
