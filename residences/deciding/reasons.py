"""Why an invoice is what it is, rule by rule, and what stands against one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from partenamut.law import Article, Reason
from partenamut.money import ZERO, total
from residences.account_facts import Account, Books
from residences.deciding.days import OpenDays, Scope, last_of
from residences.models import EntryKind
from residences.rules import InvoiceDecision, ResidentInvoice, articles
from residences.rules.parameters import HUNDRED

#: Where each rule of an invoice is written.
ARTICLES: dict[str, Article] = {
    "invoice.first_month": articles.FIRST_MONTH,
    "invoice.in_advance": articles.IN_ADVANCE,
    "invoice.caught_up": articles.CAUGHT_UP,
    "invoice.given_back": articles.GIVEN_BACK,
    "invoice.discount": articles.DISCOUNT,
    "invoice.rebate": articles.REBATE,
    "invoice.rebated_too_much": articles.REBATE,
    "invoice.absence": articles.ABSENCE,
    "invoice.inami": articles.INAMI,
    "invoice.supplement": articles.SUPPLEMENT,
    "invoice.advance": articles.ADVANCE,
    "invoice.care": articles.NOT_INSURED,
    "invoice.formal_notice": articles.INTEREST,
    "invoice.indemnity": articles.INDEMNITY,
    "invoice.payment_term": articles.PAYMENT_TERM,
    "invoice.dispute_term": articles.DISPUTE_TERM,
    "invoice.price": articles.PRICE_DUE,
    "invoice.debtors": articles.DEBTORS,
    "invoice.interest_rate": articles.INTEREST_RATE,
    "invoice.error": articles.ACCOUNT,
}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STOPPING = ("invoice.supplement", "invoice.advance")
#: Said once, with the first question to the rules.
_ONCE = (
    "invoice.supplement",
    "invoice.advance",
    "invoice.formal_notice",
    "invoice.payment_term",
    "invoice.dispute_term",
)


def stops(reason: Reason) -> bool:
    """Whether a reason of the rules stands against the invoice."""
    return reason.code in _STOPPING and not reason.met


def problems_of(account: Account, books: Books, days: OpenDays) -> Iterator[Reason]:
    """What stands against an invoice before the rules are asked: a figure that is not known is never guessed."""
    if days.without_price:
        missing = days.without_price
        yield reason_of("invoice.price", met=False, day=missing.first, days=len(missing))
    percent = sum((share for _who, share in account.debtors), ZERO)
    if percent != HUNDRED:
        yield reason_of("invoice.debtors", met=False, percent=percent)
    for year in sorted(_years(account) - set(books.interest)):
        yield reason_of("invoice.interest_rate", met=False, year=year)


def reason_of(code: str, *, met: bool = True, **figures: object) -> Reason:
    """A reason with its article."""
    return Reason(code, met, ARTICLES[code], tuple(figures.items()))


def reasons_of(
    account: Account,
    days: OpenDays,
    scope: Scope,
    decided: Sequence[tuple[ResidentInvoice, InvoiceDecision]],
) -> Iterator[Reason]:
    """Every rule that the invoice was looked at by, in the order of its lines."""
    for place, (facts, decision) in enumerate(decided):
        yield from _of_decision(account, facts, decision, first=not place)
    for stretch in days.to_give_back:
        yield reason_of(
            "invoice.given_back",
            first=stretch.first,
            last=stretch.last,
            days=stretch.count,
            price=stretch.price,
            percent=stretch.percent,
        )
    if days.rebated_too_much:
        count = sum(one.count for one in days.rebated_too_much)
        yield reason_of("invoice.rebated_too_much", days=count)
    yield from _absences(account, scope)
    yield from _beside(account, days, scope)
    codes = ("invoice.formal_notice", "invoice.payment_term", "invoice.dispute_term")
    yield from (reason for reason in decided[0][1].reasons if reason.code in codes)


def _of_decision(
    account: Account, facts: ResidentInvoice, decision: InvoiceDecision, *, first: bool
) -> Iterator[Reason]:
    """The reasons of one answer that say something of its days; the entries are looked at with the first."""
    for reason in decision.reasons:
        figures = dict(reason.figures)
        if reason.code == "invoice.first_month" and facts.entry != account.entry:
            yield _caught_up(facts)
        elif reason.code in ("invoice.supplement", "invoice.advance"):
            if first and figures["count"]:
                yield reason
        elif reason.code == "invoice.in_advance":
            if figures["days"]:
                yield reason
        elif reason.code not in _ONCE:
            yield reason


def _caught_up(facts: ResidentInvoice) -> Reason:
    month = facts.first_day
    last = min(last_of(month), facts.exit or last_of(month))
    days = (last - facts.entry).days + 1
    return reason_of("invoice.caught_up", month=month, days=days, price=facts.daily_price)


def _absences(account: Account, scope: Scope) -> Iterator[Reason]:
    """The price stays due while the resident is away (art. 5)."""
    for away in account.absences:
        if away.first <= last_of(scope.month) and away.last >= scope.month:
            yield reason_of(
                "invoice.absence",
                first=away.first,
                last=None if away.last == date.max else away.last,
                announced_late=away.announced_late,
                insurer_pays=away.insurer_pays,
            )


def _beside(account: Account, days: OpenDays, scope: Scope) -> Iterator[Reason]:
    """What the rules of a month do not speak of: INAMI's intervention, care, the indemnity."""
    if days.mentioned:
        count = sum(one.count for one in days.mentioned)
        amount = total(one.price * one.count for one in days.mentioned)
        yield reason_of("invoice.inami", days=count, amount=amount)
    care = [one.amount for one in account.entries if one.kind == EntryKind.CARE]
    if care:
        yield reason_of("invoice.care", amount=total(care))
    if scope.indemnity:
        yield reason_of("invoice.indemnity", owed=scope.indemnity)


def _years(account: Account) -> set[int]:
    """The calendar years in which interest runs: from the day after the due day."""
    return {
        year
        for late in account.late
        for year in range(date.fromordinal(late.due.toordinal() + 1).year, late.paid.year + 1)
    }


# --- as they are stored -----------------------------------------------------------------------------------


def stored(reasons: Iterable[Reason]) -> list[Any]:
    """Reasons as a column keeps them: code, whether met, figures."""
    found: list[Any] = msgspec.to_builtins([[one.code, one.met, dict(one.figures)] for one in reasons])
    return found


def restored(rows: Iterable[Any]) -> tuple[Reason, ...]:
    """Stored reasons as the rules gave them, with their articles."""
    return tuple(
        Reason(code, met, ARTICLES[code], tuple((name, _figure(value)) for name, value in figures.items()))
        for code, met, figures in rows
    )


def _figure(value: object) -> object:
    """A figure as it was before it was stored: days come back as days, lists as tuples."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value
