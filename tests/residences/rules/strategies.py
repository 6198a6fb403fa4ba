"""Lines at random, close to every edge: ends of months and years, leap days, public holidays, whole cents."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tests.residences.rules.oracle import easter, months_later

Line = dict[str, Any]

ONE = timedelta(days=1)
YEARS = (2023, 2024, 2025, 2026, 2028)
EDGES = sorted(
    {
        day
        for year in YEARS
        for day in [
            date(year, 1, 31),
            date(year, 3, 1) - ONE,
            date(year, 4, 30),
            date(year, 5, 1),
            date(year, 7, 21),
            date(year, 8, 15),
            date(year, 11, 1),
            date(year, 11, 11),
            date(year, 11, 30),
            date(year, 12, 25),
            date(year, 12, 31),
            easter(year),
            easter(year) + 39 * ONE,
            easter(year) + 50 * ONE,
        ]
    }
)


def near(day: date, before: int, after: int) -> st.SearchStrategy[date]:
    """A day near another."""
    return st.integers(-before, after).map(lambda count: day + count * ONE)


edges = st.sampled_from(EDGES).flatmap(lambda day: near(day, 6, 6))


def maybe(days: st.SearchStrategy[date]) -> st.SearchStrategy[str | None]:
    """A day as the contract writes it, or none."""
    return st.one_of(st.none(), days.map(date.isoformat))


def euros(most: int) -> st.SearchStrategy[str]:
    """Money from zero as the contract writes it."""
    return st.one_of(st.sampled_from(["0.00", "0.01", "48.92", "41.85", "84.28"]), _amounts(most))


def _amounts(most: int) -> st.SearchStrategy[str]:
    return st.integers(0, most * 100).map(lambda cents: f"{Decimal(cents).scaleb(-2):f}")


# --- price_increase ---------------------------------------------------------------------------------------


@st.composite
def exact_cents(draw: st.DrawFn) -> tuple[str, str, str]:
    """An old price and two indexes whose limit is a whole number of cents."""
    then = draw(st.sampled_from([100, 125, 128, 160, 200]))
    now = draw(st.integers(then - 10, then + 25))
    growth = Fraction(now, then) + Fraction(5, 100)
    cents = growth.denominator * draw(st.integers(1, 40))
    return f"{Decimal(cents).scaleb(-2):f}", f"{then}.00", str(now)


@st.composite
def any_limit(draw: st.DrawFn) -> tuple[str, str, str]:
    """An old price and two indexes."""
    index = st.integers(9000, 14000).map(lambda hundredths: f"{Decimal(hundredths).scaleb(-2):f}")
    longer = st.integers(90_000_000, 140_000_000).map(lambda parts: f"{Decimal(parts).scaleb(-6):f}")
    return draw(euros(200)), draw(st.one_of(index, longer)), draw(st.one_of(index, longer))


@st.composite
def price_increases(draw: st.DrawFn) -> Line:
    """A rise a few cents above, at, or below the limit of the year."""
    old, then, now = draw(st.one_of(exact_cents(), any_limit()))
    limit = Fraction(old) * (Fraction(now) / Fraction(then) + Fraction(5, 100))
    cents = max(int(limit * 100) + draw(st.integers(-2, 2)), 0)
    new = draw(st.one_of(st.just(f"{Decimal(cents).scaleb(-2):f}"), euros(300)))
    return {
        "id": "x",
        "price_before_year": old,
        "current_price": draw(st.one_of(st.just(old), euros(200))),
        "new_price": new,
        "index_at_last_increase": then,
        "index_now": now,
        "notified_on": draw(edges).isoformat(),
    }


# --- notice -----------------------------------------------------------------------------------------------


@st.composite
def notices(draw: st.DrawFn) -> Line:
    """A notice around the end of the trial and around the holidays, with a departure in every position."""
    sent = draw(edges)
    sent_on_day = draw(st.one_of(st.integers(1, 32), st.integers(29, 32), st.integers(33, 900)))
    entry = sent - (sent_on_day - 1) * ONE
    ends = draw(st.sampled_from([8, 20, 35, 97]))  # about where each of the notices ends
    left = st.one_of(near(sent, 20, 5), near(sent + ends * ONE, 6, 6), near(sent, 0, 120))
    cause = draw(st.sampled_from(["none"] * 6 + ["death", "medical"]))
    return {
        "id": "x",
        "stay_kind": draw(st.sampled_from(["indefinite", "indefinite", "short"])),
        "entry": entry.isoformat(),
        "given_by": draw(st.sampled_from(["manager", "resident"])),
        "sent_on": sent.isoformat(),
        "channel": draw(st.sampled_from(["registered", "registered", "acknowledged", "oral"])),
        "reason_given": draw(st.sampled_from([True, True, False])),
        "breach": draw(st.booleans()),
        "starts_on": draw(maybe(st.one_of(near(sent, 3, 9), edges))),
        "daily_price": draw(euros(150)),
        "left_on": draw(maybe(left)),
        "cause": cause,
        "room_cleared_on": draw(maybe(near(sent, 0, 40))),
        "manager_notice_running": draw(st.sampled_from([False, False, True])),
    }


# --- resident_invoice -------------------------------------------------------------------------------------


percents = st.one_of(
    st.sampled_from(["0", "0.00", "3", "3.00", "2.5", "100", "100.00", "99.999", "33.333333"]),
    st.integers(0, 100_000).map(lambda parts: f"{Decimal(parts).scaleb(-3):f}"),
)
supplements = st.fixed_dictionaries(
    {
        "label": st.text("aé ß%&'\"", max_size=8),
        "quantity": st.one_of(st.integers(0, 40), st.sampled_from([0.5, 1.25, 2.333])),
        "unit_price": euros(60),
        "in_convention": st.sampled_from([True] * 6 + [False]),
    }
)
advances = st.fixed_dictionaries(
    {
        "label": st.text("aé ß%&'\"", max_size=8),
        "amount": euros(300),
        "document": st.sampled_from([True] * 6 + [False]),
    }
)


@st.composite
def late_payments(draw: st.DrawFn) -> Line:
    """An amount paid before, on or after its due day."""
    due = draw(edges)
    return {
        "amount": draw(euros(3000)),
        "due": due.isoformat(),
        "paid": draw(st.one_of(near(due, 3, 40), near(due, 0, 900))).isoformat(),
        "rate_percent": draw(st.sampled_from(["2.00", "1.75", "4.50", "5.75", "0", "12.3456"])),
        "formal_notice": draw(st.booleans()),
    }


@st.composite
def resident_invoices(draw: st.DrawFn) -> Line:
    """A month with the entry and the exit before, in, between and after the two months that it invoices."""
    first = draw(edges).replace(day=1)
    bounds = [first, months_later(first, 1), months_later(first, 2)]
    around = st.one_of(near(first, 80, 110), st.sampled_from(bounds).flatmap(lambda day: near(day, 2, 2)))
    entry = draw(st.one_of(around, st.just(first - 400 * ONE)))
    leaves = draw(st.one_of(st.none(), st.integers(0, 100).map(lambda count: entry + count * ONE), around))
    line: Line = {
        "id": "x",
        "month": first.isoformat()[:7],
        "daily_price": draw(euros(150)),
        "entry": entry.isoformat(),
        "exit": None if leaves is None else max(leaves, entry).isoformat(),
        "first_invoice": draw(st.booleans()),
        "insurer_days": draw(st.one_of(st.just(0), st.integers(0, 31))),
        "rebate_per_day": draw(st.sampled_from(["0.34", "0.00", "0.39", "1.05"])),
        "discount_percent": draw(percents),
        "supplements": draw(st.lists(supplements, max_size=3)),
        "advances": draw(st.lists(advances, max_size=3)),
        "received_on": draw(edges).isoformat(),
    }
    late = draw(st.one_of(st.none(), st.lists(late_payments(), max_size=3)))
    return line if late is None else {**line, "late_payments": late}
