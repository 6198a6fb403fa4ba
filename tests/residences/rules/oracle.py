"""The sheet of rest homes told a second time: line objects in, answers out, day by day and in fractions."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

Line = dict[str, Any]

ONE = timedelta(days=1)
FIXED_HOLIDAYS = {(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)}
AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
NOTHING: Line = {
    "runs_from": None,
    "ends_on": None,
    "days": None,
    "indemnity": "0.00",
    "price_due_until": None,
}


def day(text: str | None) -> date | None:
    """A day as the contract writes it."""
    return None if text is None else date.fromisoformat(text)


def written(told: date | None) -> str | None:
    """A day as the contract answers it."""
    return None if told is None else told.isoformat()


def euros(cents: int) -> str:
    """Cents as the contract writes money."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def rounded(amount: Fraction) -> int:
    """Euros in cents; a half goes away from zero."""
    cents = floor(abs(amount) * 100 + Fraction(1, 2))
    return -cents if amount < 0 else cents


# --- days -------------------------------------------------------------------------------------------------


def easter(year: int) -> date:
    """The Sunday after the church's full moon of spring, by the epact of the reformed calendar."""
    century = year // 100 + 1
    leap_centuries_dropped = 3 * century // 4 - 12
    moon_set_right = (8 * century + 5) // 25 - 5
    golden = year % 19 + 1
    epact = (11 * golden + 20 + moon_set_right - leap_centuries_dropped) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full_moon, before_march = date(year, 3, 21), date(year, 3, 1) - ONE
    while (epact + (full_moon - before_march).days) % 30 != 14:  # the moon is fourteen days old
        full_moon += ONE
    sunday = full_moon + ONE
    while sunday.isoweekday() != 7:
        sunday += ONE
    return sunday


def works(today: date) -> bool:
    """Whether a day is from Monday to Friday and no public holiday."""
    movable = {easter(today.year) + count * ONE for count in AFTER_EASTER}
    return today.isoweekday() <= 5 and (today.month, today.day) not in FIXED_HOLIDAYS and today not in movable


def months_later(first: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = first.year, first.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    number = first.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def days_of(month: str) -> Iterator[date]:
    """Each day of a month written as the contract does."""
    today = date.fromisoformat(f"{month}-01")
    number = today.month
    while today.month == number:
        yield today
        today += ONE


# --- price_increase ---------------------------------------------------------------------------------------


def price_increase(line: Line) -> Line:
    """Whether a price may rise, and from when."""
    old, now, then = (
        Fraction(line[name]) for name in ("price_before_year", "index_now", "index_at_last_increase")
    )
    limit = old * (1 + (now / then - 1) + Fraction(5, 100))
    maximum = floor(limit * 100)
    in_force = date.fromisoformat(line["notified_on"])
    for _ in range(30):
        in_force += ONE
    return {
        "outcome": "allowed" if Fraction(line["new_price"]) <= Fraction(maximum, 100) else "refused",
        "maximum": euros(maximum),
        "in_force_from": written(in_force),
    }


# --- notice -----------------------------------------------------------------------------------------------


def notice(line: Line) -> Line:
    """What a notice is worth, when it runs, and what is due."""
    left, resident = day(line["left_on"]), line["given_by"] == "resident"
    if line["cause"] != "none":
        return {**NOTHING, "outcome": "not_needed", "price_due_until": line["room_cleared_on"]}
    if resident and line["manager_notice_running"]:
        return {**NOTHING, "outcome": "not_needed", "price_due_until": written(left)}
    if line["channel"] == "oral":
        owed = _short_notice(line) if resident and left else 0
        return {**NOTHING, "outcome": "void", "indemnity": _priced(line, owed)}
    if not resident and not line["reason_given"]:
        return {**NOTHING, "outcome": "void"}
    first = _runs_from(line)
    last = _ends_on(line, first)
    length = len(list(_days(first, last)))
    owed = len(list(_days(left + ONE, last))) if resident and left else 0
    return {
        "outcome": "valid",
        "runs_from": written(first),
        "ends_on": written(last),
        "days": length,
        "indemnity": _priced(line, min(owed, length)),
        "price_due_until": written(min(left, last) if resident and left else last),
    }


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE


def _priced(line: Line, days: int) -> str:
    return euros(rounded(Fraction(line["daily_price"]) * days))


def _in_trial_or_short(line: Line) -> bool:
    entry, sent = date.fromisoformat(line["entry"]), date.fromisoformat(line["sent_on"])
    first_thirty = {entry + count * ONE for count in range(30)}
    return line["stay_kind"] == "short" or sent in first_thirty


def _short_notice(line: Line) -> int:
    return 7 if _in_trial_or_short(line) else 15


def _runs_from(line: Line) -> date:
    today, working = date.fromisoformat(line["sent_on"]), 0
    while working < 2:
        today += ONE
        working += works(today)
    return max(today + ONE, day(line["starts_on"]) or date.min)


def _ends_on(line: Line, first: date) -> date:
    if line["given_by"] == "manager" and not _in_trial_or_short(line):
        return months_later(first, 1 if line["breach"] else 3) - ONE
    return list(_days(first, first + 100 * ONE))[_short_notice(line) - 1]


# --- resident_invoice -------------------------------------------------------------------------------------


def resident_invoice(line: Line) -> Line:
    """The lines of a month's invoice, what is owed, and until when it is paid and contested."""
    refused = not all(one["in_convention"] for one in line["supplements"]) or not all(
        one["document"] for one in line["advances"]
    )
    lines = [] if refused else [one for one in _lines(line) if one[2]]
    received = date.fromisoformat(line["received_on"])
    return {
        "outcome": "refused" if refused else "issued",
        "lines": [{"kind": kind, "days": days, "amount": euros(cents)} for kind, days, cents in lines],
        "total": euros(sum(cents for _kind, _days_due, cents in lines)),
        "due_on": written(received + 8 * ONE),
        "dispute_until": written(months_later(received, 1)),
    }


def _lines(line: Line) -> Iterator[tuple[str, int | None, int]]:
    price = Fraction(line["daily_price"])
    this_month = date.fromisoformat(f"{line['month']}-01")
    current = _days_due(line, this_month) if line["first_invoice"] else 0
    coming = _days_due(line, months_later(this_month, 1))
    yield "accommodation_current", current, rounded(price * current)
    yield "accommodation_next", coming, rounded(price * coming)
    yield (
        "discount",
        None,
        -rounded(price * (current + coming) * Fraction(line["discount_percent"]) / 100),
    )
    yield "rebate", None, -rounded(line["insurer_days"] * Fraction(line["rebate_per_day"]))
    for one in line["supplements"]:
        yield "supplement", None, rounded(Fraction(str(one["quantity"])) * Fraction(one["unit_price"]))
    for one in line["advances"]:
        yield "advance", None, rounded(Fraction(one["amount"]))
    for one in line.get("late_payments", []):
        if one["formal_notice"]:
            late = (date.fromisoformat(one["paid"]) - date.fromisoformat(one["due"])).days
            a_year = Fraction(one["amount"]) * Fraction(one["rate_percent"]) / 100
            yield "interest", None, rounded(a_year * max(0, late) / 365)


def _days_due(line: Line, month: date) -> int:
    entry, leaves = date.fromisoformat(line["entry"]), day(line["exit"])
    return sum(
        1
        for today in days_of(month.isoformat()[:7])
        if entry <= today and (leaves is None or today <= leaves)
    )
