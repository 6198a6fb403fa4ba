"""The list of a home's invoices as those who run it see it: by month, kind, state and resident."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, Link, ListFilter, SearchFilter, WorkList
from residences.models import Invoice, InvoiceKind, InvoiceShare, RestHome
from residences.readings.own_money import TONES, state_of, to_pay
from residences.readings.runs import month_name
from residences.services.payments import ShareState, with_balance


def invoices_of(home: RestHome, on: date) -> QuerySet[Any]:
    """The invoices of a home, each with its shares as they stand on a day in `standing`."""
    shares = with_balance(InvoiceShare.objects.order_by("pk"), on)
    rows: QuerySet[Any] = Invoice.objects.filter(home=home).select_related("home", "convention__resident")
    return rows.prefetch_related(Prefetch("shares", shares, to_attr="standing"))


class InvoiceFilter(ListFilter):
    """Invoices by month, kind, state of a debtor's share, resident and day of issue."""

    text = SearchFilter(
        label=gettext_lazy("Resident, or number"), fields=["convention__resident__search_name", "number"]
    )
    month = django_filters.ChoiceFilter(
        label=gettext_lazy("Month"), empty_label=gettext_lazy("All"), method="of_month"
    )
    kind = ChoiceFilter(label=gettext_lazy("Kind"), choices=InvoiceKind.choices)
    state = ChoiceFilter(label=gettext_lazy("Status"), choices=ShareState.choices, method="of_state")
    since = DayFilter(field_name="issued_on", lookup_expr="gte", label=gettext_lazy("Issued from"))
    until = DayFilter(field_name="issued_on", lookup_expr="lte", label=gettext_lazy("Issued until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = self.queryset.prefetch_related(None).order_by("-month").values_list("month", flat=True)
        choices = [(f"{month:%Y-%m}", month_name(month)) for month in months.distinct()]
        self.filters["month"].extra["choices"] = choices

    def of_month(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those of a month."""
        return rows.filter(month=f"{value}-01")

    def of_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those of which a debtor's share stands so today."""
        shares = with_balance(InvoiceShare.objects.filter(invoice=OuterRef("pk")), timezone.localdate())
        return rows.filter(Exists(shares.filter(state=value)))


class InvoiceList(WorkList):
    """The invoices of a home, the latest first."""

    columns = (
        Column(
            "number",
            gettext_lazy("Invoice"),
            "number",
            sort="number",
            kind="link",
            url=lambda row: address("invoice", row),
        ),
        Column("kind", gettext_lazy("Kind"), "kind"),
        Column(
            "resident",
            gettext_lazy("Resident"),
            value=lambda row: row.convention.resident.full_name,
            sort="convention__resident__search_name",
        ),
        Column("month", gettext_lazy("Month"), lambda row: formats.month(row.month), sort="month"),
        Column("issued_on", gettext_lazy("Issued on"), "issued_on", kind="day", sort="issued_on"),
        Column("due_on", gettext_lazy("To be paid by"), "due_on", kind="day", sort="due_on"),
        Column("total", gettext_lazy("Total"), "total", kind="euros", sort="total"),
        Column("to_pay", gettext_lazy("Still to be paid"), to_pay, kind="euros"),
        Column("state", gettext_lazy("Status"), state_of, kind="status", tones=TONES),
    )
    filterset_class = InvoiceFilter
    ordering = ("-number",)
    export_name = gettext_lazy("invoices")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/list.html"
    empty_text = gettext_lazy("No invoice has been issued yet. Prepare those of a month first.")

    def __init__(self, home: RestHome, on: date) -> None:
        months = Link(label=gettext_lazy("Months"), url=reverse("residences:runs", args=[home.public_id]))
        super().__init__(invoices_of(home, on), empty_action=months)
        self.home = home

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="invoices_exported",
            subject=self.home,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        values = {"count": formats.number(count)}
        return ngettext("%(count)s invoice", "%(count)s invoices", count) % values


def address(name: str, invoice: Invoice) -> str:
    """The address of a page of an invoice."""
    return reverse(f"residences:{name}", args=[invoice.home.public_id, invoice.public_id])
