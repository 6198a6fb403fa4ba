"""The sheets once more, told day by day and as slowly as possible: what the rules are held against."""

from collections import Counter
from datetime import date, timedelta

from convalescence.rules import Caregiver, Convalescence, Request, ShortStay, Stay

ONE = timedelta(days=1)


def days(stay: Stay) -> list[date]:
    """Every day that counts."""
    return [stay.arrival + ONE * count for count in range((stay.departure - stay.arrival).days)]


def paid_days(request: Request) -> list[date]:
    """The days paid, the earliest first."""
    match request:
        case Convalescence():
            if request.submitted_on > request.stay.arrival or not request.criteria:
                return []
            return _within_year(request, [day for day in days(request.stay) if _in(day, request.partner)], 28)
        case ShortStay():
            if not request.rest_home or request.stay.departure > three_months_after(request.stay.arrival):
                return []
            return _within_year(
                request, [day for day in days(request.stay) if _in(day, request.inami_approved)], 14
            )
        case Caregiver():
            if not request.cared_for_granted:
                return []
            there = set(days(request.cared_for_stay))
            good = [day for day in days(request.stay) if day in there and _in(day, request.recognised)]
            left = max(0, (28 if request.extension else 14) - request.days_used_in_stay)
            return _payable(request, good)[:left]


def three_months_after(day: date) -> date:
    """The same day three months later, or the last of that month."""
    year, month = (day.year, day.month + 3) if day.month <= 9 else (day.year + 1, day.month - 9)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError


def _within_year(request: Convalescence | ShortStay, good: list[date], limit: int) -> list[date]:
    used = Counter(request.days_used)
    paid = []
    for day in _payable(request, good):
        if used[day.year] < limit:
            used[day.year] += 1
            paid.append(day)
    return paid


def _payable(request: Request, good: list[date]) -> list[date]:
    elsewhere = {day for stay in request.paid_elsewhere for day in days(stay)}
    return [day for day in good if _in(day, request.contributions) and day not in elsewhere]


def _in(day: date, periods: tuple[object, ...]) -> bool:
    return any(day in period for period in periods)  # type: ignore[operator]
