"""The frozen facts that a rise, a notice and an invoice are decided on; also the input of `manage.py decide`."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

from partenamut.money import check_euros
from partenamut.working_days import FIRST_YEAR, LAST_YEAR

from .parameters import HUNDRED

StayKind = Literal["indefinite", "short"]
Giver = Literal["manager", "resident"]
Channel = Literal["registered", "acknowledged", "oral"]
Cause = Literal["none", "death", "medical"]
DayCount = Annotated[int, Meta(ge=0, le=366)]

#: Digits after the point that an index, a percentage or a quantity may have.
_MOST_DIGITS = 12
_MOST = Decimal(10) ** 9
#: No index comes near it; a price over it stays an amount that can be written.
_LEAST_INDEX = Decimal("0.0001")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


class WrongFact(ValueError):
    """Raised for a fact that cannot be: `fact.<what> <field>`."""

    def __init__(self, what: str, field: str) -> None:
        super().__init__(f"fact.{what} {field}")


def check_days(facts: Struct, *names: str) -> None:
    """WrongFact for a day of a year whose calendar is not known."""
    for name in names:
        day: date | None = getattr(facts, name)
        if day is not None and not FIRST_YEAR < day.year < LAST_YEAR:
            raise WrongFact("day_out_of_reach", name)


def check_number(number: Decimal, name: str, *, positive: bool = False) -> None:
    """WrongFact for what is no plain number from zero, or clearly above zero where it must be."""
    plain = number.is_finite() and 0 <= number < _MOST and -int(number.as_tuple().exponent) <= _MOST_DIGITS
    if not plain or (positive and number < _LEAST_INDEX):
        raise WrongFact("not_a_number", name)


class PriceIncrease(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a rise of the daily price of a room type (art. 4 §1)."""

    id: str
    price_before_year: Decimal
    current_price: Decimal
    new_price: Decimal
    index_at_last_increase: Decimal
    index_now: Decimal
    notified_on: date

    def __post_init__(self) -> None:
        for name in ("price_before_year", "current_price", "new_price"):
            check_euros(getattr(self, name), name)
        check_number(self.index_at_last_increase, "index_at_last_increase", positive=True)
        check_number(self.index_now, "index_now", positive=True)
        check_days(self, "notified_on")


class Notice(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a notice, a death or a departure (art. 10)."""

    id: str
    stay_kind: StayKind
    entry: date
    given_by: Giver
    sent_on: date
    channel: Channel
    reason_given: bool
    breach: bool
    starts_on: date | None
    daily_price: Decimal
    left_on: date | None
    cause: Cause
    room_cleared_on: date | None
    manager_notice_running: bool

    def __post_init__(self) -> None:
        check_euros(self.daily_price, "daily_price")
        check_days(self, "entry", "sent_on", "starts_on", "left_on", "room_cleared_on")


class Supplement(Struct, frozen=True, forbid_unknown_fields=True):
    """A supplement taken: how many, at what price each, and whether the convention has it."""

    label: str
    quantity: Decimal
    unit_price: Decimal
    in_convention: bool

    def __post_init__(self) -> None:
        check_number(self.quantity, "quantity")
        check_euros(self.unit_price, "unit_price")


class Advance(Struct, frozen=True, forbid_unknown_fields=True):
    """What the home paid in the resident's name, and whether there is a document."""

    label: str
    amount: Decimal
    document: bool

    def __post_init__(self) -> None:
        check_euros(self.amount, "amount")


class LatePayment(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount that was paid after its due day, and whether a formal notice had been sent."""

    amount: Decimal
    due: date
    paid: date
    rate_percent: Decimal
    formal_notice: bool

    def __post_init__(self) -> None:
        check_euros(self.amount, "amount")
        check_number(self.rate_percent, "rate_percent")
        check_days(self, "due", "paid")


class ResidentInvoice(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a month's invoice (art. 4 and 6)."""

    id: str
    month: str
    daily_price: Decimal
    entry: date
    exit: date | None
    first_invoice: bool
    insurer_days: DayCount
    rebate_per_day: Decimal
    discount_percent: Decimal
    supplements: tuple[Supplement, ...]
    advances: tuple[Advance, ...]
    received_on: date
    late_payments: tuple[LatePayment, ...] = ()

    def __post_init__(self) -> None:
        check_euros(self.daily_price, "daily_price")
        check_euros(self.rebate_per_day, "rebate_per_day")
        check_number(self.discount_percent, "discount_percent")
        if self.discount_percent > HUNDRED:
            raise WrongFact("percent_above_hundred", "discount_percent")
        check_days(self, "entry", "exit", "received_on")
        if not _MONTH.fullmatch(self.month):
            raise WrongFact("not_a_month", "month")
        if not FIRST_YEAR < int(self.month[:4]) < LAST_YEAR:
            raise WrongFact("day_out_of_reach", "month")
        if self.exit is not None and self.exit < self.entry:
            raise WrongFact("exit_before_entry", "exit")

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(f"{self.month}-01")
