"""What the resident's side has still to pay: by invoice, by debtor and together; the list of invoices."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from partenamut.money import ZERO, total
from partenamut.payments.communications import structured
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, WorkList
from residences.models import Convention, Entry, Invoice, InvoiceKind, InvoiceShare, Payment
from residences.readings.own import Todo
from residences.services.payments import ShareState, with_balance

TONES = {
    ShareState.OVERDUE: "error",
    ShareState.DISPUTED: "info",
    ShareState.PARTLY_PAID: "warning",
    ShareState.TO_BE_PAID: "warning",
    ShareState.TO_PAY_BACK: "info",
    ShareState.OVERPAID: "info",
    ShareState.PAID: "success",
    ShareState.TAKEN_OFF: "neutral",
}
#: Of several debtors the state that asks for most stands for the invoice.
_ORDER = tuple(TONES)


class Sums(Struct, frozen=True):
    """What is to be paid now, what of it is late, and what the next invoice will charge of the entries."""

    balance: Decimal
    overdue: Decimal
    coming: Decimal


class Share(Struct, frozen=True):
    """What one debtor owes of an invoice, and how to pay it."""

    row: Any
    state: ShareState
    communication: str

    @property
    def tone(self) -> str:
        """The tint of its state."""
        return TONES[self.state]


# --- sums -------------------------------------------------------------------------------------------------


def sums_of(convention: Convention, on: date) -> Sums:
    """What is open on an account: invoices and credit notes less payments."""
    rows = _owed([convention], on)
    coming = Entry.objects.filter(convention=convention).open().aggregate(sum=Sum("amount"))["sum"]
    return Sums(
        balance=total(row.balance for row in rows),
        overdue=total(row.balance for row in rows if row.state == ShareState.OVERDUE),
        coming=coming or ZERO,
    )


def todos_of(conventions: Sequence[Convention], on: date) -> dict[int, list[Todo]]:
    """What is to be paid, for each of some conventions."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in _owed(conventions, on):
        if row.balance > 0 and row.state != ShareState.DISPUTED:
            found[row.invoice.convention_id].append(row)
    return {one.pk: [_todo(one, found[one.pk], on)] for one in conventions if found[one.pk]}


def _todo(convention: Convention, rows: Sequence[Any], on: date) -> Todo:
    late = [row for row in rows if row.invoice.due_on < on]
    said = late or rows
    count = len({row.invoice_id for row in said})
    values = {
        "count": count,
        "amount": formats.euros(total(row.balance for row in said)),
        "day": formats.day(min(row.invoice.due_on for row in said)),
    }
    if late:
        text = ngettext(
            "%(count)d invoice is not paid in time: %(amount)s.",
            "%(count)d invoices are not paid in time: %(amount)s.",
            count,
        )
    else:
        text = ngettext(
            "%(count)d invoice is to be paid by %(day)s: %(amount)s.",
            "%(count)d invoices are to be paid, the first by %(day)s: %(amount)s.",
            count,
        )
    url = reverse("residences:own_invoices", args=[convention.public_id])
    return Todo(text % values, url, _("My invoices"), "warning")


# --- invoices ---------------------------------------------------------------------------------------------


def invoices_of(convention: Convention, on: date) -> QuerySet[Any]:
    """The invoices of a convention, each with its shares as they stand in `standing`."""
    shares = with_balance(InvoiceShare.objects.order_by("pk"), on)
    rows: QuerySet[Any] = Invoice.objects.filter(convention=convention)
    return rows.prefetch_related(Prefetch("shares", shares, to_attr="standing"))


def to_pay(invoice: Any) -> Decimal:
    """What is still to be paid of an invoice."""
    return total(max(share.balance, ZERO) for share in invoice.standing)


def state_of(invoice: Any) -> ShareState:
    """Where an invoice stands: of several debtors, where most is still to happen."""
    states = [ShareState(share.state) for share in invoice.standing]
    return min(states, key=_ORDER.index, default=ShareState.PAID)


def shares_of(invoice: Invoice, on: date) -> list[Share]:
    """Who pays what of an invoice, with what is still open."""
    rows: QuerySet[Any] = with_balance(invoice.shares.order_by("pk"), on)
    return [Share(row, ShareState(row.state), structured(row.communication)) for row in rows]


def payments_of(invoice: Invoice) -> list[Payment]:
    """What was paid of an invoice, the latest first."""
    rows = Payment.objects.filter(share__invoice=invoice).select_related("share")
    return list(rows.order_by("-received_on", "-pk"))


class InvoiceFilter(ListFilter):
    """Invoices by kind, and from a day on."""

    kind = ChoiceFilter(label=gettext_lazy("Kind"), choices=InvoiceKind.choices)
    since = DayFilter(field_name="issued_on", lookup_expr="gte", label=gettext_lazy("From"))


class OwnInvoices(WorkList):
    """One's invoices, the latest first."""

    columns = (
        Column("number", gettext_lazy("Invoice"), "number", sort="number"),
        Column("kind", gettext_lazy("Kind"), "kind"),
        Column("state", gettext_lazy("State"), lambda row: str(state_of(row).label)),
        Column("month", gettext_lazy("Month"), lambda row: formats.month(row.month), sort="month"),
        Column("issued_on", gettext_lazy("Issued on"), "issued_on", kind="day", sort="issued_on"),
        Column("due_on", gettext_lazy("To be paid by"), "due_on", kind="day", sort="due_on"),
        Column("total", gettext_lazy("Total"), "total", kind="euros", sort="total"),
        Column("to_pay", gettext_lazy("Still to be paid"), to_pay, kind="euros"),
    )
    filterset_class = InvoiceFilter
    ordering = ("-issued_on",)
    page_size = 20
    export_name = gettext_lazy("my-invoices")
    empty_text = gettext_lazy("No invoice has been made yet.")
    template_name = "residences/own/invoices.html"
    rows_template = "residences/own/invoice_cards.html"

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        values = {"count": formats.number(count)}
        return ngettext("%(count)s invoice", "%(count)s invoices", count) % values


# --- inside -----------------------------------------------------------------------------------------------


def _owed(conventions: Sequence[Convention], on: date) -> list[Any]:
    """What every debtor owes of the invoices of some conventions, as of a day."""
    shares = InvoiceShare.objects.filter(invoice__convention__in=conventions).select_related("invoice")
    return list(with_balance(shares, on).order_by("pk"))
