"""The statement of an account between two days: invoices, credit notes and payments of each debtor, with what is open."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec
from django.db import transaction
from django.utils.timezone import localdate
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.models import Document
from partenamut.documents.services import place
from partenamut.money import ZERO, total
from residences.documents.statement import Kind, LineWords, StatementWords, statement_order
from residences.facts import home_terms
from residences.models import Convention, InvoiceShare, Payment
from residences.services.payments import with_balance


class Line(Struct, frozen=True):
    """An amount that was asked, taken off, received or paid back, and what is open after it."""

    day: date
    kind: Kind
    #: Number and address of the invoice that it is about, and the month of that invoice.
    invoice: str
    invoice_id: str
    month: date
    #: Of a payment: the bank's reference, or why it was undone.
    reference: str
    #: Euros asked (taken off: negative), and euros received (paid back: negative).
    asked: Decimal
    received: Decimal
    balance: Decimal


class DebtorAccount(Struct, frozen=True):
    """The account of one debtor; `contact_id` is empty for the resident."""

    contact_id: int | None
    name: str
    address_lines: tuple[str, ...]
    opening: Decimal
    lines: tuple[Line, ...]
    #: What was open after its due day at the end of the period.
    overdue: Decimal

    @property
    def closing(self) -> Decimal:
        """Euros open at the end; negative: paid too much, or to be paid back."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def asked(self) -> Decimal:
        """Euros asked in the period, less those taken off."""
        return total(line.asked for line in self.lines)

    @property
    def received(self) -> Decimal:
        """Euros received in the period, less those paid back."""
        return total(line.received for line in self.lines)


class Statement(Struct, frozen=True):
    """The account of a convention between two days, both included, debtor by debtor, the resident first."""

    first: date
    last: date
    debtors: tuple[DebtorAccount, ...]

    @property
    def opening(self) -> Decimal:
        """Euros open at the beginning, of all debtors."""
        return total(one.opening for one in self.debtors)

    @property
    def closing(self) -> Decimal:
        """Euros open at the end, of all debtors."""
        return total(one.closing for one in self.debtors)

    @property
    def overdue(self) -> Decimal:
        """Euros open after their due day at the end, of all debtors."""
        return total(one.overdue for one in self.debtors)


def statement_of(convention: Convention, first: date, last: date) -> Statement:
    """The account of a convention between two days; a fixed number of queries."""
    lines: defaultdict[int | None, list[Line]] = defaultdict(list)
    for who, line in [*_asked(convention, last), *_received(convention, last)]:
        lines[who].append(line)
    addressees = _addressees(convention)
    overdue = _overdue(convention, last)
    accounts = [
        _account(who, addressees[who], sorted(lines[who], key=_in_order), first, overdue.get(who, ZERO))
        for who in addressees
        if lines[who]
    ]
    return Statement(first, last, tuple(accounts))


@transaction.atomic
def print_statement(
    *, convention: Convention, contact_id: int | None, first: date, last: date, actor: User, at: datetime
) -> Document | None:
    """The statement of one debtor on paper; the same words give the same paper. None without such a debtor."""
    found = statement_of(convention, first, last)
    account = next((one for one in found.debtors if one.contact_id == contact_id), None)
    if account is None:
        return None
    home = convention.home
    words = StatementWords(
        language=convention.language,
        issued_on=localdate(at),
        home=home_terms(home),
        iban=home.iban,
        account_holder=home.account_holder or home.operator,
        name=account.name,
        address_lines=account.address_lines,
        resident=convention.resident.full_name,
        number=convention.number or "",
        first=first,
        last=last,
        opening=account.opening,
        lines=tuple(
            LineWords(line.day, line.kind, line.invoice, line.month, line.reference, line.asked, line.received, line.balance)
            for line in account.lines
        ),
        asked=account.asked,
        received=account.received,
        closing=account.closing,
        overdue=account.overdue,
    )  # fmt: skip
    said = hashlib.sha256(msgspec.json.encode(words)).hexdigest()
    key = f"residences/statement/{convention.public_id}/{said[:32]}"
    document = place(statement_order(words, key=key), actor=actor, at=at)
    record(
        action="statement_printed", subject=convention, actor=actor, at=at,
        note=f"{account.name}, {first.isoformat()} - {last.isoformat()}",
    )  # fmt: skip
    return document


# --- inside -----------------------------------------------------------------------------------------------

_KINDS: dict[str, Kind] = {"monthly": "invoice", "final": "final", "credit": "credit"}
_ORDER: tuple[Kind, ...] = ("invoice", "final", "credit", "payment", "paid_back", "undone")


def _in_order(line: Line) -> tuple[date, int, str]:
    return line.day, _ORDER.index(line.kind), line.invoice


def _asked(convention: Convention, last: date) -> Iterator[tuple[int | None, Line]]:
    rows = InvoiceShare.objects.filter(invoice__convention=convention, invoice__issued_on__lte=last)
    for row in rows.select_related("invoice").order_by("pk"):
        invoice = row.invoice
        yield (
            row.contact_id,
            Line(
                day=invoice.issued_on,
                kind=_KINDS[invoice.kind],
                invoice=invoice.number,
                invoice_id=str(invoice.public_id),
                month=invoice.month,
                reference=invoice.explanation if invoice.kind == "credit" else "",
                asked=row.amount,
                received=ZERO,
                balance=ZERO,
            ),
        )


def _received(convention: Convention, last: date) -> Iterator[tuple[int | None, Line]]:
    rows = Payment.objects.filter(share__invoice__convention=convention, received_on__lte=last)
    for row in rows.select_related("share__invoice").order_by("pk"):
        invoice = row.share.invoice
        undone: Kind = "undone" if row.reverses_id else "payment" if row.amount > 0 else "paid_back"
        yield (
            row.share.contact_id,
            Line(
                day=row.received_on,
                kind=undone,
                invoice=invoice.number,
                invoice_id=str(invoice.public_id),
                month=invoice.month,
                reference=row.reference or row.note,
                asked=ZERO,
                received=row.amount,
                balance=ZERO,
            ),
        )


def _addressees(convention: Convention) -> dict[int | None, tuple[str, tuple[str, ...]]]:
    """Each debtor with the address of their last share, the resident first."""
    rows = InvoiceShare.objects.filter(invoice__convention=convention).order_by("pk")
    found = {
        who: (name, tuple(lines))
        for who, name, lines in rows.values_list("contact_id", "name", "address_lines")
    }
    return dict(sorted(found.items(), key=lambda one: (one[0] is not None, one[1][0])))


def _overdue(convention: Convention, last: date) -> dict[int | None, Decimal]:
    rows = with_balance(InvoiceShare.objects.filter(invoice__convention=convention), last)
    late = rows.filter(invoice__issued_on__lte=last, invoice__due_on__lt=last, balance__gt=0)
    sums: defaultdict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for who, balance in late.values_list("contact_id", "balance"):
        sums[who] += balance
    return sums


def _account(
    who: int | None,
    addressee: tuple[str, tuple[str, ...]],
    lines: list[Line],
    first: date,
    overdue: Decimal,
) -> DebtorAccount:
    opening = total(line.asked - line.received for line in lines if line.day < first)
    shown, balance = [], opening
    for line in lines:
        if line.day >= first:
            balance += line.asked - line.received
            shown.append(msgspec.structs.replace(line, balance=balance))
    return DebtorAccount(who, *addressee, opening, tuple(shown), overdue)
