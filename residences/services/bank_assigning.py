"""Movements whose communication fits nothing: given to a share by hand, in parts if need be, or set aside with a reason."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.money import ZERO
from partenamut.registry.names import search_form
from partenamut.registry.services.rows import locked, saved
from partenamut.web.formats import euros
from residences.models import BankFile, BankLine, InvoiceShare, Payment, RestHome
from residences.services.issuing import hold
from residences.services.payments import register, shares_of, with_balance

Status = BankLine.Status
#: Shares that are offered for a line.
OFFERED = 20


def lines_of(home: RestHome) -> QuerySet[Any]:
    """The lines of the files that a home took over, with `rest`, what is not given to a share yet."""
    given = Payment.objects.filter(bank_line=OuterRef("pk")).order_by().values("bank_line")
    sums = Subquery(given.annotate(sum=Sum("amount")).values("sum"))
    rows = BankLine.objects.filter(file__home=home, file__status=BankFile.Status.DONE)
    return rows.select_related("file").annotate(rest=F("amount") - Coalesce(sums, ZERO))


def waiting(home: RestHome) -> QuerySet[Any]:
    """The lines that wait until somebody says whose they are, or that cannot be read."""
    return lines_of(home).filter(status__in=(Status.READY, Status.REFUSED), set_aside_at=None)


def offered(line: Any, text: str, *, at: datetime) -> list[Any]:
    """Open shares that a line may pay: those found by a text, else of its amount or of who paid."""
    home = line.file.home
    rows = with_balance(shares_of(home), localdate(at))
    rows = rows.filter(balance__gt=0) if line.amount > 0 else rows.filter(balance__lt=0)
    fits, named = Q(balance=line.rest), Q(pk=None)
    for word in (text or line.decoded.get("name", "")).split()[:5]:
        plain = search_form(word, "")
        named |= Q(name__icontains=word) | Q(invoice__convention__resident__search_name__contains=plain)
    if text:
        found = named | Q(invoice__number__icontains=text.strip()) | _of_amount(text)
        return list(rows.filter(found).order_by("invoice__due_on", "pk")[:OFFERED])
    return sorted(
        rows.filter(fits | named).order_by("invoice__due_on", "pk")[:OFFERED],
        key=lambda row: row.balance != line.rest,
    )


@transaction.atomic
def assign(*, line: BankLine, share: InvoiceShare, amount: Decimal, actor: User, at: datetime) -> Payment:
    """The payment that a line makes for a share; what it has beyond waits for another one."""
    row = _open_line(line)
    if share.invoice.home_id != row.file.home_id:
        raise ValidationError({"share": _("Choose a share of this home.")})
    if not (ZERO < amount <= row.rest or row.rest <= amount < ZERO):
        raise ValidationError(
            {"amount": _("At most %(rest)s of this line is left to be assigned.") % {"rest": euros(row.rest)}}
        )
    assert row.received_on is not None
    payment = register(
        share=share,
        amount=amount,
        received_on=row.received_on,
        reference=_reference(row, share),
        bank_line=row,
        actor=actor,
        at=at,
    )
    if amount == row.rest:
        BankLine.objects.filter(pk=row.pk).update(status=Status.CREATED)
    changes = {"amount": [None, amount], "invoice": [None, share.invoice.number]}
    record(action="bank_line_assigned", subject=row, actor=actor, at=at, changes=changes, note=share.name)
    return payment


@transaction.atomic
def set_aside(*, line: BankLine, because: str, actor: User, at: datetime) -> BankLine:
    """The line out of the list, with its reason; it stays to be found."""
    row = locked(line)
    if row.set_aside_at is not None or row.status not in (Status.READY, Status.REFUSED):
        raise ValidationError(_("This line does not wait any more: look at the list again."))
    if not because.strip():
        raise ValidationError({"because": _("Say why the line is set aside.")})
    row.set_aside_because, row.set_aside_at, row.set_aside_by = because.strip(), at, actor
    saved(row)
    record(action="bank_line_set_aside", subject=row, actor=actor, at=at, note=row.set_aside_because)
    return row


@transaction.atomic
def take_up(*, line: BankLine, actor: User, at: datetime) -> BankLine:
    """A line that was set aside, back in the list."""
    row = locked(line)
    if row.set_aside_at is None:
        raise ValidationError(_("This line is not set aside."))
    note = row.set_aside_because
    row.set_aside_because, row.set_aside_at, row.set_aside_by = "", None, None
    saved(row)
    record(action="bank_line_taken_up", subject=row, actor=actor, at=at, note=note)
    return row


# --- inside -----------------------------------------------------------------------------------------------


def _open_line(line: BankLine) -> Any:
    """The line with its rest, locked; ValidationError where nothing of it waits."""
    locked(line)
    row = lines_of(line.file.home).filter(pk=line.pk).first()
    if row is None or row.status != Status.READY or row.set_aside_at is not None:
        raise ValidationError(_("This line does not wait any more: look at the list again."))
    return row


def _reference(line: BankLine, share: InvoiceShare) -> str:
    """The bank's reference; counted where the share had it before and it was undone."""
    hold([share.invoice.convention_id])
    same = Payment.objects.filter(share=share, bank_line=line, reverses=None).count()
    return f"{line.reference[:52]} ({same + 1})" if same else line.reference


def _of_amount(text: str) -> Q:
    plain = text.replace("€", "").replace(" ", "").replace(",", ".")
    try:
        return Q(balance=Decimal(plain)) | Q(amount=Decimal(plain))
    except ArithmeticError:
        return Q(pk=None)
