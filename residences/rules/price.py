"""The rise of a daily price against the limit of the calendar year (art. 4 §1)."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from partenamut.law import AwardWithoutGrounds, Reason, Remedy

from . import articles, parameters
from .requests import PriceIncrease


class PriceOutcome(StrEnum):
    """What becomes of a rise."""

    ALLOWED = "allowed"
    REFUSED = "refused"


class PriceDecision(Struct, frozen=True):
    """The answer to a rise: the highest price of the year, in euros a day, and the first day of the new one."""

    outcome: PriceOutcome
    maximum: Decimal
    in_force_from: date
    reasons: tuple[Reason, ...]
    would_change: tuple[Remedy, ...]

    def __post_init__(self) -> None:
        if (self.outcome is PriceOutcome.ALLOWED) != all(reason.met for reason in self.reasons):
            raise AwardWithoutGrounds("a rise is allowed exactly where every rule is met")


def weigh_increase(facts: PriceIncrease) -> PriceDecision:
    """Whether the new price stays within the limit of the calendar year, and from when it may be asked."""
    most = maximum(facts)
    start = facts.notified_on + timedelta(days=parameters.DAYS_TO_RISE)
    limit = Reason(
        "price.yearly_limit",
        facts.new_price <= most,
        articles.PRICE_LIMIT,
        (
            ("before", facts.price_before_year),
            ("new", facts.new_price),
            ("maximum", most),
            ("index_then", facts.index_at_last_increase),
            ("index_now", facts.index_now),
            ("index_rise", index_rise(facts)),
        ),
    )
    notified = Reason(
        "price.notification",
        True,
        articles.PRICE_NOTIFIED,
        (("notified_on", facts.notified_on), ("in_force_from", start)),
    )
    outcome = PriceOutcome.ALLOWED if limit.met else PriceOutcome.REFUSED
    remedies = () if limit.met else (Remedy("new_price", most, PriceOutcome.ALLOWED.value),)
    return PriceDecision(outcome, most, start, (limit, notified), remedies)


def maximum(facts: PriceIncrease) -> Decimal:
    """The highest daily price of the calendar year in euros, cut to the cent; reckoned exactly."""
    growth = _growth(facts) + parameters.POINTS_ABOVE_INDEX
    euros, cents = divmod(Fraction(facts.price_before_year) * growth * 100 // 1, 100)
    # Written out, for the product of two decimals is rounded beyond 28 digits.
    return Decimal(f"{euros}.{cents:02}")


def index_rise(facts: PriceIncrease) -> Decimal:
    """The rise of the index in percent, to two decimals, for people to read."""
    return Decimal(round((_growth(facts) - 1) * 10000)).scaleb(-2)


def _growth(facts: PriceIncrease) -> Fraction:
    return Fraction(facts.index_now) / Fraction(facts.index_at_last_increase)
