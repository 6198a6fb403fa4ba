"""The days that an invoice charges, gives back and rebates."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from partenamut.money import ZERO
from partenamut.periods import Days, add_months
from residences.account_facts import Account, Books
from residences.rules.accommodation import Charged, Stretch, cut, last_charged, open_days


class Scope(Struct, frozen=True):
    """What an invoice is asked for: the month behind, the last days that it charges, the day it is handed over."""

    month: date
    #: Accommodation is charged to the first of these days, insured days are rebated to the other.
    charged_to: date
    rebated_to: date
    received_on: date
    #: What is owed in place of a notice (art. 10), on a final account.
    indemnity: Decimal = ZERO

    @classmethod
    def monthly(cls, month: date, received_on: date) -> "Scope":
        """The invoice of a month: the accommodation of the month after, the rest of this one."""
        return cls(month, last_of(add_months(month, 1)), last_of(month), received_on)

    @classmethod
    def final(cls, last: date, received_on: date, indemnity: Decimal) -> "Scope":
        """The last account of a stay whose price is due to a day."""
        return cls(min(last, received_on).replace(day=1), last, last, received_on, indemnity)


class OpenDays(Struct, frozen=True):
    """The days of an account that an invoice is about."""

    to_charge: tuple[Stretch, ...]
    to_give_back: tuple[Stretch, ...]
    to_rebate: tuple[Stretch, ...]
    rebated_too_much: tuple[Stretch, ...]
    #: Days with INAMI's intervention that no invoice has mentioned yet.
    mentioned: tuple[Stretch, ...]
    without_price: Days


def last_of(month: date) -> date:
    """The last day of a month given by its first."""
    return add_months(month, 1) - timedelta(days=1)


def days_of(account: Account, books: Books, scope: Scope) -> OpenDays:
    """The days of an account as they stand against its invoices."""
    first = account.entry
    if account.invoiced_until is not None:
        first = max(first, account.invoiced_until + timedelta(days=1))
    last = _end(account, scope.charged_to, account.charged)
    due, without_price = cut(first, last, account.prices, account.discounts)
    missing, beyond = open_days(due, account.charged)
    insured = _insured(account, scope)
    rebates = [part for one in insured for part in cut(one.first, one.last, books.rebates)[0]]
    to_rebate, too_much = open_days(rebates, account.rebated)
    return OpenDays(
        to_charge=_until(missing, scope.charged_to),
        to_give_back=beyond,
        to_rebate=_until(to_rebate, scope.rebated_to),
        rebated_too_much=too_much,
        mentioned=tuple(_mentioned(account, scope, insured)),
        without_price=without_price,
    )


def _end(account: Account, asked: date, charged: Iterable[Charged]) -> date:
    """The last day looked at: a later invoice stands, so its days are looked at too."""
    last = max(asked, last_charged(charged) or asked)
    return last if account.last_due is None else min(last, account.last_due)


def _insured(account: Account, scope: Scope) -> list[Stretch]:
    """The days of the stay on which an insurer intervenes, at INAMI's amounts; absences without it left out.

    Before the portal, insured days were rebated a month behind the price.
    """
    first = account.entry
    if account.invoiced_until is not None:
        first = max(first, account.invoiced_until.replace(day=1))
    stay = Days.between(first, _end(account, scope.rebated_to, account.rebated))
    unpaid = Days(
        [
            (away.first.toordinal(), away.last.toordinal())
            for away in account.absences
            if not away.insurer_pays
        ]
    )
    return [
        Stretch(*run, one.price)
        for one in account.insured
        for run in ((Days.between(one.first, one.last) & stay) - unpaid).periods()
    ]


def _mentioned(account: Account, scope: Scope, insured: Iterable[Stretch]) -> Iterable[Stretch]:
    since = scope.month if account.invoiced_month is None else add_months(account.invoiced_month, 1)
    for one in _until(insured, scope.rebated_to):
        if one.last >= since:
            yield Stretch(max(one.first, since), one.last, one.price)


def _until(stretches: Iterable[Stretch], last: date) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(one.first, min(one.last, last), one.price, one.percent)
        for one in stretches
        if one.first <= last
    )
