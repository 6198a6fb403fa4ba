"""Interest that a late share bears as of a day, by calendar year at the legal rate (art. 6); nothing is written here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from partenamut.money import ZERO, total
from residences.deciding import late_by_year
from residences.models import LegalInterest, Payment, Reminder, ReminderLevel
from residences.rules.invoice import interest


@dataclass(frozen=True, slots=True)
class YearOfInterest:
    """What an amount bears in a calendar year."""

    year: int
    amount: Decimal
    first_day: date
    last_day: date
    percent: Decimal
    interest: Decimal

    @property
    def days(self) -> int:
        """The days, both included."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True, slots=True)
class Interest:
    """What a share bears as of a day; `noticed_on` is empty where no formal notice makes it owed yet."""

    noticed_on: date | None
    rows: tuple[YearOfInterest, ...]
    #: Years whose legal rate is not entered: what they bear is not known.
    unknown_years: tuple[int, ...]

    @property
    def total(self) -> Decimal:
        """Euros of all years that are known."""
        return total(row.interest for row in self.rows)


def rates() -> dict[int, Decimal]:
    """The legal rate of each calendar year, in percent."""
    return dict(LegalInterest.objects.values_list("year", "percent"))


def interest_of(share: Any, on: date, known: Mapping[int, Decimal] | None = None) -> Interest:
    """The interest of a share with its balance, as if the open amount were paid on a day.

    Late payments after a formal notice count until their interest stands on an invoice.
    """
    percents = rates() if known is None else known
    notices = Reminder.objects.filter(share=share, level=ReminderLevel.FORMAL_NOTICE, issued_on__lte=on)
    noticed_on = notices.order_by("issued_on").values_list("issued_on", flat=True).first()
    found = [
        piece
        for amount, paid in _late(share, noticed_on, on)
        for piece in _by_year(amount, share.invoice.due_on, paid, percents)
    ]
    rows = tuple(row for row in found if isinstance(row, YearOfInterest))
    return Interest(noticed_on, rows, tuple(sorted({row for row in found if isinstance(row, int)})))


# --- inside -----------------------------------------------------------------------------------------------


def _late(share: Any, noticed_on: date | None, on: date) -> Iterator[tuple[Decimal, date]]:
    if noticed_on is not None:
        paid = Payment.objects.filter(
            share=share,
            amount__gt=0,
            received_on__gt=share.invoice.due_on,
            received_on__range=(noticed_on, on),
            reverses=None,
            reversed_by=None,
            interest=None,
        )
        yield from paid.order_by("received_on", "pk").values_list("amount", "received_on")
    if share.balance > ZERO and share.invoice.due_on < on:
        yield share.balance, on


def _by_year(
    amount: Decimal, due: date, paid: date, percents: Mapping[int, Decimal]
) -> Iterator[YearOfInterest | int]:
    """What an amount bears in each year; the year alone where its rate is not known."""
    years = range(date.fromordinal(due.toordinal() + 1).year, paid.year + 1)
    unknown = [year for year in years if year not in percents]
    yield from unknown
    for late in late_by_year(amount, due, paid, {**dict.fromkeys(unknown, ZERO), **percents}):
        first = date.fromordinal(late.due.toordinal() + 1)
        if first.year not in unknown:
            yield YearOfInterest(first.year, amount, first, late.paid, late.rate_percent, interest(late))
