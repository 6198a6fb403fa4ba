"""The invoice of an account planned by the rules, line by line with its reasons; nothing is written here."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from msgspec import Struct, structs

from partenamut.law import Reason
from partenamut.money import ZERO, split, to_cents, total
from residences.account_facts import Account, Books, Late, OpenEntry
from residences.deciding.days import OpenDays, Scope, days_of, last_of
from residences.deciding.reasons import problems_of, reasons_of, stops
from residences.models import EntryKind, LineKind
from residences.rules import (
    Advance,
    InvoiceDecision,
    LatePayment,
    ResidentInvoice,
    Supplement,
    invoice,
)
from residences.rules.accommodation import Stretch, by_month
from residences.rules.parameters import HUNDRED

__all__ = ["Due", "OpenDays", "Plan", "Scope", "days_of", "last_of", "late_by_year", "plan", "shared"]

#: The order of the lines on paper.
ORDER = (
    LineKind.ACCOMMODATION_CURRENT,
    LineKind.ACCOMMODATION_NEXT,
    LineKind.ACCOMMODATION_CREDIT,
    LineKind.DISCOUNT,
    LineKind.REBATE,
    LineKind.SUPPLEMENT,
    LineKind.ADVANCE,
    LineKind.CARE,
    LineKind.CORRECTION,
    LineKind.INTEREST,
    LineKind.INDEMNITY,
)
_PLACE = {kind: place for place, kind in enumerate(ORDER)}


class Due(Struct, frozen=True):
    """A line to be invoiced."""

    kind: LineKind
    amount: Decimal
    stretch: Stretch | None = None
    #: The entry that it charges.
    entry: OpenEntry | None = None
    #: The late payment whose interest it is, with the days of one calendar year.
    late: Late | None = None
    late_facts: LatePayment | None = None


class Plan(Struct, frozen=True):
    """The invoice of an account: its lines and reasons, what each debtor owes, or what stands against it."""

    convention_id: int
    month: date
    lines: tuple[Due, ...]
    reasons: tuple[Reason, ...]
    problems: tuple[Reason, ...]
    due_on: date
    dispute_until: date
    #: Each debtor (None: the resident) with what they owe.
    shares: tuple[tuple[int | None, Decimal], ...]
    inami_days: int
    inami_amount: Decimal

    @property
    def total(self) -> Decimal:
        """Euros of all lines."""
        return total(line.amount for line in self.lines)

    @property
    def interest(self) -> dict[int, Decimal]:
        """Euros of interest by late payment."""
        found: dict[int, Decimal] = {}
        for line in self.lines:
            if line.late is not None:
                found[line.late.payment_id] = found.get(line.late.payment_id, ZERO) + line.amount
        return found


class _Asked(Struct, frozen=True):
    """One question to the rules, with the rows that its figures come from."""

    facts: ResidentInvoice
    decision: InvoiceDecision
    stretch: Stretch | None = None
    rebate: Stretch | None = None


def plan(account: Account, books: Books, scope: Scope) -> Plan:
    """The invoice of an account as the rules make it; what stands against it, and no line, where it cannot be."""
    days = days_of(account, books, scope)
    problems = list(problems_of(account, books, days))
    asked = [] if problems else list(_asked(account, books, scope, days))
    problems += [reason for one in asked for reason in one.decision.reasons if stops(reason)]
    lines = [] if problems else _lines(account, books, scope, days, asked)
    terms = asked[0].decision if asked else invoice(_facts(account, scope))
    decided = [(one.facts, one.decision) for one in asked]
    return Plan(
        convention_id=account.convention_id,
        month=scope.month,
        lines=tuple(lines),
        reasons=() if problems else tuple(reasons_of(account, days, scope, decided)),
        problems=tuple(problems),
        due_on=terms.due_on,
        dispute_until=terms.dispute_until,
        shares=() if problems else tuple(shared(account.debtors, lines)),
        inami_days=sum(one.count for one in days.mentioned),
        inami_amount=total(to_cents(one.price * one.count) for one in days.mentioned),
    )


def late_by_year(
    amount: Decimal, due: date, paid: date, percents: Mapping[int, Decimal]
) -> Iterator[LatePayment]:
    """An amount paid late after a formal notice, cut by calendar year at the legal rate of that year (art. 6)."""
    since = due
    while since < paid:
        # The first day that bears interest is the one after the due day.
        year = date.fromordinal(since.toordinal() + 1).year
        until = min(paid, date(year, 12, 31))
        yield LatePayment(amount, since, until, percents[year], formal_notice=True)
        since = until


def shared(
    debtors: Iterable[tuple[int | None, Decimal]], lines: Iterable[Due]
) -> Iterator[tuple[int | None, Decimal]]:
    """What each debtor owes, which adds up to the cent; interest is owed by one of them alone."""
    known, rows = dict(debtors), list(lines)
    together = split(total(line.amount for line in rows if line.late is None), list(known.values()))
    amounts = dict(zip(known, together, strict=True))
    for line in rows:
        if line.late is not None:
            who = line.late.contact_id
            amounts[who] = amounts.get(who, ZERO) + line.amount
    owing = {who: amount for who, amount in amounts.items() if amount}
    yield from (owing or {next(iter(amounts)): ZERO}).items()


# --- what the rules are asked -----------------------------------------------------------------------------


def _asked(account: Account, books: Books, scope: Scope, days: OpenDays) -> Iterator[_Asked]:
    """One question for each stretch of one price and discount; supplements and the like with the first."""
    pieces = [piece for stretch in days.to_charge for piece in by_month(stretch, scope.month)]
    rebates = [piece for stretch in days.to_rebate for piece in by_month(stretch)]
    for place, (piece, rebate) in enumerate(zip_longest(pieces, rebates)):
        facts = _facts(account, scope, piece, rebate[1] if rebate else None)
        if not place:
            facts = _with_entries(facts, account, books)
        yield _Asked(facts, invoice(facts), piece[1] if piece else None, rebate[1] if rebate else None)
    if not pieces and not rebates:
        facts = _with_entries(_facts(account, scope), account, books)
        yield _Asked(facts, invoice(facts))


def _facts(
    account: Account,
    scope: Scope,
    piece: tuple[date, Stretch] | None = None,
    rebate: Stretch | None = None,
) -> ResidentInvoice:
    """The facts of a stretch: its days lie between the entry and the exit that the rules are told."""
    # Without a stretch: a stay that was over before the month asks for no accommodation.
    over = date.fromordinal(scope.month.toordinal() - 1)
    month, stretch = piece or (scope.month, Stretch(over, over, ZERO))
    return ResidentInvoice(
        id=str(account.convention_id),
        month=f"{month:%Y-%m}",
        daily_price=stretch.price,
        entry=stretch.first,
        exit=stretch.last,
        first_invoice=piece is not None and stretch.first <= last_of(month),
        insurer_days=rebate.count if rebate else 0,
        rebate_per_day=rebate.price if rebate else ZERO,
        discount_percent=stretch.percent,
        supplements=(),
        advances=(),
        received_on=scope.received_on,
    )


def _with_entries(facts: ResidentInvoice, account: Account, books: Books) -> ResidentInvoice:
    return structs.replace(
        facts,
        supplements=tuple(
            Supplement(one.label, one.quantity, one.unit_price, one.in_convention)
            for one in _of_kind(account, EntryKind.SUPPLEMENT)
        ),
        advances=tuple(
            Advance(one.label, one.amount, one.documented) for one in _of_kind(account, EntryKind.ADVANCE)
        ),
        late_payments=tuple(facts for _late, facts in _late_payments(account, books)),
    )


def _of_kind(account: Account, kind: EntryKind) -> list[OpenEntry]:
    return [one for one in account.entries if one.kind == kind]


def _late_payments(account: Account, books: Books) -> Iterator[tuple[Late, LatePayment]]:
    """Each late payment, cut by calendar year at the legal rate of that year (art. 6)."""
    for late in account.late:
        for piece in late_by_year(late.amount, late.due, late.paid, books.interest):
            yield late, piece


# --- what comes of it ---------------------------------------------------------------------------------------


def _lines(account: Account, books: Books, scope: Scope, days: OpenDays, asked: list[_Asked]) -> list[Due]:
    found = [line for one in asked for line in _decided(account, books, scope, one)]
    found += _given_back(days)
    found += [
        Due(LineKind(one.kind), one.amount, entry=one)
        for kind in (EntryKind.CARE, EntryKind.CORRECTION)
        for one in _of_kind(account, kind)
    ]
    found.append(Due(LineKind.INDEMNITY, scope.indemnity))
    return sorted((line for line in found if line.amount), key=lambda line: _PLACE[line.kind])


def _decided(account: Account, books: Books, scope: Scope, one: _Asked) -> Iterator[Due]:
    """The lines of one answer of the rules, each with what it stands for."""
    entries = {
        "supplement": _of_kind(account, EntryKind.SUPPLEMENT),
        "advance": _of_kind(account, EntryKind.ADVANCE),
    }
    late = list(_late_payments(account, books)) if one.facts.late_payments else []
    for line in one.decision.lines:
        if line.kind in entries:
            assert line.index is not None
            yield Due(LineKind(line.kind), line.amount, entry=entries[line.kind][line.index])
        elif line.kind == "interest":
            assert line.index is not None
            payment, facts = late[line.index]
            yield Due(LineKind.INTEREST, line.amount, late=payment, late_facts=facts)
        elif line.kind == "rebate":
            yield Due(LineKind.REBATE, line.amount, one.rebate)
        else:
            yield _accommodation(scope, one, line.kind, line.amount)


def _accommodation(scope: Scope, one: _Asked, kind: str, amount: Decimal) -> Due:
    """A line of accommodation with the days of its month, or the discount on the whole stretch."""
    stretch = one.stretch
    assert stretch is not None
    if kind == "discount":
        return Due(LineKind.DISCOUNT, amount, stretch)
    end = last_of(one.facts.first_day)
    if kind == "accommodation_current":
        part = structs.replace(stretch, last=min(stretch.last, end))
    else:
        part = structs.replace(stretch, first=max(stretch.first, date.fromordinal(end.toordinal() + 1)))
    ahead = part.first > last_of(scope.month)
    return Due(LineKind.ACCOMMODATION_NEXT if ahead else LineKind.ACCOMMODATION_CURRENT, amount, part)


def _given_back(days: OpenDays) -> Iterator[Due]:
    """Days charged and not due, at the price and discount they were charged at; rebates that were too much."""
    for stretch in days.to_give_back:
        amount = to_cents(stretch.price * stretch.count)
        yield Due(LineKind.ACCOMMODATION_CREDIT, -amount, stretch)
        yield Due(LineKind.DISCOUNT, to_cents(amount * stretch.percent / HUNDRED), stretch)
    for stretch in days.rebated_too_much:
        yield Due(LineKind.REBATE, to_cents(stretch.price * stretch.count), stretch)
