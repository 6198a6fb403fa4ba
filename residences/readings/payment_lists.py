"""The lists of payments and of disputes."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from partenamut.payments.communications import structured
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, SearchFilter
from residences.models import Dispute, DisputeStatus, Payment, RestHome
from residences.readings.money import MoneySearch, Taken, address

DISPUTE_TONES = {
    DisputeStatus.OPEN: "warning",
    DisputeStatus.UPHELD: "success",
    DisputeStatus.PARTLY: "success",
    DisputeStatus.REJECTED: "neutral",
}


# --- payments -----------------------------------------------------------------------------------------------


def payments_of(home: RestHome) -> QuerySet[Payment]:
    """The payments of a home, those undone too."""
    rows: QuerySet[Payment] = Payment.objects.filter(share__invoice__home=home)
    return rows.select_related(
        "share__invoice__home", "share__invoice__convention__resident", "registered_by", "reversed_by"
    )


def undo_text(payment: Payment) -> str:
    """What can be done with a payment, in a word."""
    if payment.reverses_id is not None:
        return _("Undoes another")
    return _("Undone") if hasattr(payment, "reversed_by") else _("Undo")


def undo_url(payment: Payment) -> str | None:
    """Where a payment is undone; None where it cannot be."""
    if payment.reverses_id is not None or hasattr(payment, "reversed_by"):
        return None
    return address("undo_payment", payment.share.invoice.home, payment.public_id)


class PaymentFilter(ListFilter):
    """Payments by day, way and text."""

    text = MoneySearch(
        path="share__",
        label=gettext_lazy("Name, number, structured communication or reference"),
        also=("reference", "note"),
    )
    since = DayFilter(label=gettext_lazy("Received from"), field_name="received_on", lookup_expr="gte")
    until = DayFilter(label=gettext_lazy("Received until"), field_name="received_on", lookup_expr="lte")
    way = ChoiceFilter(
        label=gettext_lazy("How it was registered"),
        method="by_way",
        choices=[
            ("bank", gettext_lazy("From a file of the bank")),
            ("hand", gettext_lazy("By hand")),
            ("back", gettext_lazy("Paid back")),
            ("undone", gettext_lazy("Undone")),
        ],
    )

    def by_way(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that came that way."""
        ways = {
            "bank": Q(bank_line__isnull=False, reverses=None),
            "hand": Q(bank_line=None, reverses=None),
            "back": Q(amount__lt=0, reverses=None),
            "undone": Q(reverses__isnull=False) | Q(reversed_by__isnull=False),
        }
        return rows.filter(ways[value])


class PaymentList(Taken):
    """The payments of a home, the latest first; one that was undone stays, with the one that undoes it."""

    columns = (
        Column("received_on", gettext_lazy("Day"), "received_on", kind="day", sort="received_on"),
        Column("amount", gettext_lazy("Amount"), "amount", kind="euros", sort="amount"),
        Column("debtor", gettext_lazy("Debtor"), "share.name", sort="share__name"),
        Column(
            "resident",
            gettext_lazy("Resident"),
            lambda row: row.share.invoice.convention.resident.full_name,
            sort="share__invoice__convention__resident__search_name",
        ),
        Column(
            "invoice",
            gettext_lazy("Invoice"),
            "share.invoice.number",
            kind="link",
            sort="share__invoice__number",
            url=lambda row: address("share", row.share.invoice.home, row.share.public_id),
        ),
        Column(
            "communication",
            gettext_lazy("Structured communication"),
            lambda row: structured(row.share.communication),
            table=False,
        ),
        Column("reference", gettext_lazy("Reference of the bank"), "reference", sort="reference"),
        Column("note", gettext_lazy("Note"), "note"),
        Column("registered_by", gettext_lazy("Registered by"), "registered_by.name", table=False),
        Column("registered_at", gettext_lazy("Registered"), "registered_at", kind="moment", table=False),
        Column("undo", gettext_lazy("Undo"), undo_text, export=False, url=undo_url),
    )
    filterset_class = PaymentFilter
    ordering = ("-received_on",)
    export_name = gettext_lazy("payments-received")
    empty_text = gettext_lazy("No payment has been registered yet.")
    counted = ngettext_lazy("%(count)s payment", "%(count)s payments", "n")


# --- disputes -----------------------------------------------------------------------------------------------


def disputes_of(home: RestHome) -> QuerySet[Any]:
    """The disputes of the invoices of a home."""
    answered = ExpressionWrapper(~Q(status=DisputeStatus.OPEN), output_field=BooleanField())
    rows: QuerySet[Any] = Dispute.objects.filter(invoice__home=home).annotate(is_answered=answered)
    return rows.select_related(
        "invoice__home", "invoice__convention__resident", "lodged_by", "answered_by", "credit_note"
    )


class DisputeFilter(ListFilter):
    """Disputes by state and by name or number."""

    text = SearchFilter(
        label=gettext_lazy("Name or number"),
        fields=["invoice__number", "invoice__convention__resident__search_name"],
    )
    status = ChoiceFilter(label=gettext_lazy("State"), choices=DisputeStatus.choices)


class DisputeList(Taken):
    """The disputes of a home, those to be answered first."""

    columns = (
        Column(
            "invoice",
            gettext_lazy("Invoice"),
            "invoice.number",
            kind="link",
            sort="invoice__number",
            url=lambda row: address("dispute", row.invoice.home, row.public_id),
        ),
        Column(
            "resident",
            gettext_lazy("Resident"),
            lambda row: row.invoice.convention.resident.full_name,
            sort="invoice__convention__resident__search_name",
        ),
        Column("lodged_on", gettext_lazy("Lodged on"), "lodged_on", kind="day", sort="lodged_on"),
        Column("lodged_by", gettext_lazy("By"), "lodged_by.name"),
        Column("total", gettext_lazy("Invoice total"), "invoice.total", kind="euros"),
        Column("status", gettext_lazy("State"), "status", kind="status", tones=DISPUTE_TONES, sort="status"),
        Column("answered_at", gettext_lazy("Answered on"), "answered_at", kind="day", sort="answered_at"),
        Column("credit_note", gettext_lazy("Credit note"), "credit_note.number"),
        Column("text", gettext_lazy("What is contested"), "text", table=False),
        Column("answer", gettext_lazy("Answer"), "answer", table=False),
    )
    filterset_class = DisputeFilter
    ordering = ("is_answered", "-lodged_on")
    export_name = gettext_lazy("disputes")
    empty_text = gettext_lazy("No invoice has been contested.")
    counted = ngettext_lazy("%(count)s dispute", "%(count)s disputes", "n")
