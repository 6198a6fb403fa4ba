"""A resident's invoice of a month (art. 4 and 6): its lines, its total, and what stops it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from partenamut.law import AwardWithoutGrounds, Reason, Remedy
from partenamut.money import ZERO, to_cents, total
from partenamut.periods import add_months

from . import articles, parameters
from .requests import LatePayment, ResidentInvoice

LineKind = Literal[
    "accommodation_current",
    "accommodation_next",
    "discount",
    "rebate",
    "supplement",
    "advance",
    "interest",
]


class InvoiceOutcome(StrEnum):
    """Whether the invoice can be issued."""

    ISSUED = "issued"
    REFUSED = "refused"


class Line(Struct, frozen=True):
    """A line in euros; days where it is counted by days of accommodation."""

    kind: LineKind
    days: int | None
    amount: Decimal
    #: Which supplement, advance or late payment it stands for, counted from 0.
    index: int | None = None


class InvoiceDecision(Struct, frozen=True):
    """The answer: the lines in the order of the contract, their total, and the days to pay and to dispute by."""

    outcome: InvoiceOutcome
    lines: tuple[Line, ...]
    total: Decimal
    due_on: date
    dispute_until: date
    reasons: tuple[Reason, ...]
    would_change: tuple[Remedy, ...]

    def __post_init__(self) -> None:
        if self.outcome is InvoiceOutcome.REFUSED and self.lines:
            raise AwardWithoutGrounds("what is refused has no lines")
        if self.total != total(line.amount for line in self.lines):
            raise AwardWithoutGrounds("an invoice adds up to the cent")


def invoice(facts: ResidentInvoice) -> InvoiceDecision:
    """The invoice of a month: accommodation ahead, supplements and advances behind, or what stops it."""
    checks = (_supplements(facts), _advances(facts))
    stopped = not all(check.met for check in checks)
    lines = () if stopped else tuple(line for line in _lines(facts) if line.amount)
    due_on = facts.received_on + timedelta(days=parameters.PAYMENT_DAYS)
    dispute_until = add_months(facts.received_on, parameters.DISPUTE_MONTHS)
    return InvoiceDecision(
        outcome=InvoiceOutcome.REFUSED if stopped else InvoiceOutcome.ISSUED,
        lines=lines,
        total=total(line.amount for line in lines),
        due_on=due_on,
        dispute_until=dispute_until,
        reasons=(*_explained(facts), *checks, *_terms(facts, due_on, dispute_until)),
        would_change=tuple(_remedies(facts, checks)),
    )


def days_due(first: date, last: date, entry: date, leaving: date | None) -> int:
    """The days of a stretch, both ends included, that lie between the entry and the last day due."""
    start, end = max(first, entry), last if leaving is None else min(last, leaving)
    return max((end - start).days + 1, 0)


def interest(late: LatePayment) -> Decimal:
    """Euros of interest on a late payment, by days; 0.00 without a formal notice (art. 6)."""
    days = (late.paid - late.due).days
    if not late.formal_notice or days <= 0:
        return ZERO
    return to_cents(late.amount * late.rate_percent * days / (parameters.HUNDRED * parameters.INTEREST_YEAR))


# --- the lines ----------------------------------------------------------------------------------------------


def _lines(facts: ResidentInvoice) -> Iterator[Line]:
    current, following = _accommodation_days(facts)
    accommodation = [
        Line("accommodation_current", current, to_cents(facts.daily_price * current)),
        Line("accommodation_next", following, to_cents(facts.daily_price * following)),
    ]
    yield from accommodation
    yield Line("discount", None, -_discount(facts, total(line.amount for line in accommodation)))
    yield Line("rebate", None, -to_cents(facts.rebate_per_day * facts.insurer_days))
    for index, taken in enumerate(facts.supplements):
        yield Line("supplement", None, to_cents(taken.quantity * taken.unit_price), index)
    for index, paid in enumerate(facts.advances):
        yield Line("advance", None, to_cents(paid.amount), index)
    for index, late in enumerate(facts.late_payments):
        yield Line("interest", None, interest(late), index)


def _accommodation_days(facts: ResidentInvoice) -> tuple[int, int]:
    """The days of this month (only on the first invoice), and those of the month after."""
    first = facts.first_day
    following = add_months(first, 1)
    current = days_due(first, following - timedelta(days=1), facts.entry, facts.exit)
    ahead = days_due(following, add_months(first, 2) - timedelta(days=1), facts.entry, facts.exit)
    return (current if facts.first_invoice else 0), ahead


def _discount(facts: ResidentInvoice, accommodation: Decimal) -> Decimal:
    return to_cents(accommodation * facts.discount_percent / parameters.HUNDRED)


# --- the rules looked at ------------------------------------------------------------------------------------


def _explained(facts: ResidentInvoice) -> Iterator[Reason]:
    """How the accommodation was reckoned, also where the invoice is stopped."""
    current, following = _accommodation_days(facts)
    if facts.first_invoice:
        yield Reason(
            "invoice.first_month", True, articles.FIRST_MONTH, (("entry", facts.entry), ("days", current))
        )
    ahead = add_months(facts.first_day, 1)
    figures = (("month", ahead), ("days", following), ("price", facts.daily_price), ("exit", facts.exit))
    yield Reason("invoice.in_advance", True, articles.IN_ADVANCE, figures)
    if facts.discount_percent:
        yield Reason("invoice.discount", True, articles.DISCOUNT, (("percent", facts.discount_percent),))
    if facts.insurer_days and facts.rebate_per_day:
        rebate = (("days", facts.insurer_days), ("amount", facts.rebate_per_day))
        yield Reason("invoice.rebate", True, articles.REBATE, rebate)


def _supplements(facts: ResidentInvoice) -> Reason:
    unknown = tuple(taken.label for taken in facts.supplements if not taken.in_convention)
    figures = (("labels", unknown), ("count", len(facts.supplements)))
    return Reason("invoice.supplement", not unknown, articles.SUPPLEMENT, figures)


def _advances(facts: ResidentInvoice) -> Reason:
    bare = tuple(paid.label for paid in facts.advances if not paid.document)
    figures = (("labels", bare), ("count", len(facts.advances)))
    return Reason("invoice.advance", not bare, articles.ADVANCE, figures)


def _terms(facts: ResidentInvoice, due_on: date, dispute_until: date) -> Iterator[Reason]:
    for late in facts.late_payments:
        figures = (
            ("amount", late.amount),
            ("due", late.due),
            ("paid", late.paid),
            ("days", max((late.paid - late.due).days, 0)),
            ("percent", late.rate_percent),
            ("interest", interest(late)),
        )
        yield Reason("invoice.formal_notice", late.formal_notice, articles.INTEREST, figures)
    received = ("received_on", facts.received_on)
    yield Reason("invoice.payment_term", True, articles.PAYMENT_TERM, (received, ("due_on", due_on)))
    yield Reason("invoice.dispute_term", True, articles.DISPUTE_TERM, (received, ("until", dispute_until)))


def _remedies(facts: ResidentInvoice, checks: tuple[Reason, ...]) -> Iterator[Remedy]:
    """What would let the invoice go out: the line left out, or the document handed in; only where it alone suffices."""
    supplement, advance = (check.met for check in checks)
    if not supplement and advance:
        kept = tuple(taken for taken in facts.supplements if taken.in_convention)
        yield Remedy("supplements", kept, InvoiceOutcome.ISSUED.value)
    if supplement and not advance:
        bare = [index for index, paid in enumerate(facts.advances) if not paid.document]
        if len(bare) == 1:
            yield Remedy(f"advances.{bare[0]}.document", True, InvoiceOutcome.ISSUED.value)
        kept_advances = tuple(paid for paid in facts.advances if paid.document)
        yield Remedy("advances", kept_advances, InvoiceOutcome.ISSUED.value)
