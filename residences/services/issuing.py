"""Invoices issued: numbers without a gap, lines, what each debtor owes; final accounts and credit notes."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.audit.services import record, record_many
from partenamut.bulk import copy, reserve
from partenamut.casework.services import next_numbers
from partenamut.identifiers import parse_communication, structured_communication
from partenamut.money import ZERO, split, total
from residences.account_facts import Books, books_of
from residences.deciding import Due, Plan, Scope, plan
from residences.deciding.reasons import stored
from residences.documents.invoices import line_label
from residences.messages import message
from residences.models import (
    Contact,
    Convention,
    InterestCharge,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceShare,
    LineKind,
    Occupancy,
    RestHome,
)

_INVOICE = (
    "id", "public_id", "number", "kind", "home", "convention", "item", "credits", "month", "issued_on", "received_on",
    "due_on", "dispute_until", "total", "inami_days", "inami_amount", "said", "explanation", "issued_by",
)  # fmt: skip
_LINE = (
    "invoice", "position", "kind", "label", "first_day", "last_day", "days", "quantity", "unit_price", "amount",
    "percent", "entry", "contact", "takes_back",
)  # fmt: skip
_SHARE = ("id", "public_id", "invoice", "contact", "name", "address_lines", "amount", "communication")


class Ready(Struct, frozen=True):
    """An account to be issued: its plan, its convention, and its item of a run if it has one."""

    plan: Plan
    convention: Convention
    kind: InvoiceKind = InvoiceKind.MONTHLY
    item_id: int | None = None
    explanation: str = ""


def hold(conventions: Iterable[int]) -> list[Convention]:
    """The conventions, locked until the transaction ends: nothing is entered on their accounts meanwhile."""
    rows = Convention.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(conventions))
    return list(rows.select_related("resident", "representative", "home__residence").order_by("pk"))


def write(
    home: RestHome, ready: Sequence[Ready], *, received_on: date, actor: User | None, at: datetime
) -> list[Invoice]:
    """The invoices of accounts, with their lines and shares, in the transaction of the caller."""
    if not ready:
        return []
    keys, numbers = reserve(Invoice, len(ready)), next_numbers(home.code, localdate(at).year, len(ready))
    rooms, contacts = _rooms(ready, received_on), _contacts(ready)
    invoices = [
        Invoice(
            pk=key,
            number=number,
            kind=one.kind,
            home=home,
            convention=one.convention,
            item_id=one.item_id,
            month=one.plan.month,
            issued_on=localdate(at),
            received_on=received_on,
            due_on=one.plan.due_on,
            dispute_until=one.plan.dispute_until,
            total=one.plan.total,
            inami_days=one.plan.inami_days,
            inami_amount=one.plan.inami_amount,
            said=said_of(one.convention, rooms.get(one.convention.pk, ""))
            | {"reasons": stored(one.plan.reasons)},
            explanation=one.explanation,
            issued_by=actor,
        )
        for key, number, one in zip(keys, numbers, ready, strict=True)
    ]
    columns: Any = [Invoice._meta.get_field(name) for name in _INVOICE]
    copy(Invoice, _INVOICE, ([getattr(row, column.attname) for column in columns] for row in invoices))
    pairs = list(zip(invoices, ready, strict=True))
    copy(InvoiceLine, _LINE, (row for invoice, one in pairs for row in _lines(invoice, one)))
    _write_shares([
        (invoice, who, contacts.get(who or 0), amount) for invoice, one in pairs for who, amount in one.plan.shares
    ])  # fmt: skip
    InterestCharge.objects.bulk_create(
        InterestCharge(payment_id=payment, invoice=invoice, amount=amount)
        for invoice, one in pairs
        for payment, amount in one.plan.interest.items()
    )
    record_many(
        action="invoice_issued", subjects=invoices, actor=actor, at=at, notes=[row.number for row in invoices]
    )
    return invoices


def said_of(convention: Convention, room: str) -> dict[str, Any]:
    """Home, resident, room and language as the invoice says them."""
    home, residence = convention.home, convention.home.residence
    return {
        "language": convention.language,
        "resident": convention.resident.full_name,
        "room": room,
        "convention": convention.number or "",
        "home": {
            "name": residence.name,
            "operator": home.operator,
            "address_lines": [residence.street, f"{residence.postal_code} {residence.city}"],
            "phone": residence.phone,
            "email": residence.email,
            "operating_title": home.operating_title,
            "enterprise_number": home.enterprise_number,
            "iban": home.iban,
            "account_holder": home.account_holder or home.operator,
        },
    }


@transaction.atomic
def issue_final(
    *,
    convention: Convention,
    indemnity: Decimal,
    explanation: str,
    received_on: date,
    actor: User,
    at: datetime,
) -> Invoice:
    """The final account: accommodation to the last day due or credited beyond it, open entries, the indemnity.

    ValidationError where the last day is not known, something stands against it, or it was issued already.
    """
    (row,) = hold([convention.pk])
    if row.ended_on is None:
        raise ValidationError(_("The last day the price is due is not known yet: end the convention first."))
    standing = Invoice.objects.filter(convention=row, kind=InvoiceKind.FINAL, credited_by=None)
    if standing.exists():
        raise ValidationError(
            _("The final account is issued already: take it back with a credit note first.")
        )
    planned = plan_final(row, indemnity=indemnity, received_on=received_on)
    if planned.problems:
        raise ValidationError([message(reason) for reason in planned.problems])
    ready = Ready(planned, row, InvoiceKind.FINAL, explanation=explanation)
    (invoice,) = write(row.home, [ready], received_on=received_on, actor=actor, at=at)
    ring_paper(invoice)
    return invoice


def plan_final(convention: Convention, *, indemnity: Decimal, received_on: date) -> Plan:
    """What the final account of an ended convention would hold."""
    assert convention.ended_on is not None
    books = _books(convention, received_on)
    last = max(convention.ended_on, convention.entry or convention.ended_on)
    scope = Scope.final(last, received_on, indemnity)
    return plan(books.accounts[convention.pk], books, scope)


@transaction.atomic
def credit_note(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLine] | None = None,
    explanation: str,
    actor: User,
    at: datetime,
) -> Invoice:
    """A credit note that takes back lines of an invoice; all that still stand where none are named.

    Days of accommodation that are taken back and still due stand on the next invoice.
    """
    (row,) = hold([invoice.convention_id])
    taken = _to_take_back(invoice, lines)
    if not explanation.strip():
        raise ValidationError({"explanation": _("Say why this is taken back: it stands on the credit note.")})
    today = localdate(at)
    (key,), (number,) = reserve(Invoice, 1), next_numbers(row.home.code, today.year, 1)
    terms = plan(*_empty(row, today))
    note = Invoice.objects.create(
        pk=key,
        number=number,
        kind=InvoiceKind.CREDIT,
        home=row.home,
        convention=row,
        credits=invoice,
        month=invoice.month,
        issued_on=today,
        received_on=today,
        due_on=terms.due_on,
        dispute_until=terms.dispute_until,
        total=-total(line.amount for line in taken),
        said={**said_of(row, invoice.said.get("room", "")), "reasons": [], "corrects": invoice.number},
        explanation=explanation.strip(),
        issued_by=actor,
    )
    shares = list(_shares_back(invoice, taken))
    copy(InvoiceLine, _LINE, (_back(note, place, line) for place, line in enumerate(taken, 1)))
    people = Contact.objects.in_bulk([who for who, _amount in shares if who])
    _write_shares([(note, who, people.get(who or 0), amount) for who, amount in shares])
    changes = {"total": [None, note.total], "of": [None, invoice.number]}
    record(action="invoice_credited", subject=note, actor=actor, at=at, changes=changes, note=explanation)
    ring_paper(note)
    return note


def ring_paper(invoice: Invoice) -> None:
    """Has a worker make the PDFs of an invoice after the commit; without a broker they are made when asked for."""
    from residences.tasks import start_invoice

    transaction.on_commit(lambda: start_invoice(invoice.pk), robust=True)


# --- inside -----------------------------------------------------------------------------------------------


def _books(convention: Convention, on: date) -> Books:
    return books_of(Convention.objects.filter(pk=convention.pk), until=date.max, on=on)


def _empty(convention: Convention, today: date) -> tuple[Any, Books, Scope]:
    """An account asked for nothing but its terms."""
    books = _books(convention, today)
    return books.accounts[convention.pk], books, Scope.monthly(today.replace(day=1), today)


def _rooms(ready: Sequence[Ready], day: date) -> dict[int, str]:
    """The number of the room that each resident has on a day, or had last."""
    keys = [one.convention.pk for one in ready]
    rows = Occupancy.objects.given().filter(convention__in=keys, first_day__lte=day).order_by("first_day")
    found = dict(rows.values_list("convention_id", "bed__room__number"))
    first = [one.convention for one in ready if one.convention.pk not in found and one.convention.bed]
    return found | {one.pk: one.bed.room.number for one in first if one.bed}


def _contacts(ready: Sequence[Ready]) -> dict[int, Contact]:
    return Contact.objects.in_bulk({who for one in ready for who, _amount in one.plan.shares if who})


def _lines(invoice: Invoice, one: Ready) -> Iterator[tuple[Any, ...]]:
    with override(one.convention.language):
        for place, line in enumerate(one.plan.lines, start=1):
            yield (invoice.pk, place, line.kind.value, line_label(line)[:200], *_figures(line), None)


def _figures(line: Due) -> tuple[Any, ...]:
    """First and last day, days, quantity, price of one, amount, discount, entry and debtor of a line."""
    entry, stretch, late = line.entry, line.stretch, line.late
    if entry is not None:
        return (
            entry.day, entry.day, None, entry.quantity, entry.unit_price, line.amount, ZERO, entry.pk, None,
        )  # fmt: skip
    if late is not None:
        facts = line.late_facts
        assert facts is not None
        days = (facts.paid - facts.due).days
        return facts.due, facts.paid, days, None, ZERO, line.amount, ZERO, None, late.contact_id
    if stretch is None:
        return None, None, None, None, ZERO, line.amount, ZERO, None, None
    if line.kind == LineKind.DISCOUNT:
        return stretch.first, stretch.last, None, None, ZERO, line.amount, stretch.percent, None, None
    count = stretch.count
    return stretch.first, stretch.last, count, None, stretch.price, line.amount, stretch.percent, None, None


def _write_shares(rows: Sequence[tuple[Invoice, int | None, Contact | None, Decimal]]) -> None:
    """What each debtor owes; the number of the row makes the structured communication."""
    keys = reserve(InvoiceShare, len(rows))
    # Written out first: an addressee may be read from the database, which answers nothing while it takes the rows.
    shares = [
        (
            key,
            uuid.uuid4(),
            invoice.pk,
            who,
            *_addressee(invoice.convention, contact),
            amount,
            parse_communication(structured_communication(key)),
        )
        for key, (invoice, who, contact, amount) in zip(keys, rows, strict=True)
    ]
    copy(InvoiceShare, _SHARE, shares)


def _addressee(convention: Convention, contact: Contact | None) -> tuple[str, list[str]]:
    """Who is written to, and where: a resident at their representative's, or in the home."""
    if contact is not None:
        return contact.name, [contact.street, f"{contact.postal_code} {contact.city}"]
    person = convention.representative
    if person is None:
        residence = convention.home.residence
        lines = [residence.name, residence.street, f"{residence.postal_code} {residence.city}"]
        return convention.resident.full_name, lines
    with override(convention.language):
        attention = _("For the attention of %(name)s") % {"name": person.name}
    return convention.resident.full_name, [attention, person.street, f"{person.postal_code} {person.city}"]


def _to_take_back(invoice: Invoice, lines: Sequence[InvoiceLine] | None) -> list[InvoiceLine]:
    """The lines to be taken back; ValidationError where there is none, or one was taken back before."""
    if invoice.kind == InvoiceKind.CREDIT:
        raise ValidationError(
            _("A credit note is not taken back: enter a correction on the account instead.")
        )
    standing = {line.pk: line for line in invoice.lines.filter(taken_back_by=None).order_by("position")}
    if lines is None:
        taken = list(standing.values())
    else:
        gone = [line for line in lines if line.pk not in standing]
        if gone:
            raise ValidationError(
                _("“%(line)s” is no line of this invoice, or was taken back before.")
                % {"line": gone[0].label}
            )
        wanted = {line.pk for line in lines}
        taken = [line for key, line in standing.items() if key in wanted]
    if not taken:
        raise ValidationError(_("Nothing of this invoice is left to be taken back."))
    return taken


def _back(note: Invoice, place: int, line: InvoiceLine) -> tuple[Any, ...]:
    return (
        note.pk, place, LineKind.CREDITED.value, line.label, line.first_day, line.last_day, line.days, line.quantity,
        line.unit_price, -line.amount, line.percent, None, line.contact_id, line.pk,
    )  # fmt: skip


def _shares_back(invoice: Invoice, taken: Sequence[InvoiceLine]) -> Iterator[tuple[int | None, Decimal]]:
    """What each debtor gets back: all notes together give each what they owed, to the cent; interest its own debtor."""
    lines = list(invoice.lines.select_related("taken_back_by"))
    alone = {line.pk for line in lines if line.kind == LineKind.INTEREST}
    owed = {share.contact_id: share.amount for share in invoice.shares.order_by("pk")}
    for line in lines:
        if line.pk in alone:
            owed[line.contact_id] = owed.get(line.contact_id, ZERO) - line.amount
    now = {line.pk for line in taken}
    before = [line for line in lines if line.pk not in alone and hasattr(line, "taken_back_by")]
    given = _parts(owed, total(line.amount for line in before))
    after = _parts(owed, total(line.amount for line in [*before, *taken] if line.pk not in alone))
    back = {who: given[who] - after[who] for who in owed}
    for line in lines:
        if line.pk in now and line.pk in alone:
            back[line.contact_id] = back.get(line.contact_id, ZERO) - line.amount
    some = {who: amount for who, amount in back.items() if amount}
    yield from (some or {next(iter(back)): ZERO}).items()


def _parts(owed: dict[int | None, Decimal], amount: Decimal) -> dict[int | None, Decimal]:
    """An amount shared as the whole of the invoice was."""
    weights = [abs(part) for part in owed.values()]
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    return dict(zip(owed, split(amount, weights), strict=True))
