"""What the pages of months show: the months of a home, one of them account by account, what stands against some."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Count, DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.casework.services import may_take
from partenamut.law import Reason
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, SearchFilter, WorkList
from residences.deciding.reasons import restored
from residences.messages import messages, source
from residences.models import InvoiceRun, ItemStatus, RestHome, RunItem
from residences.rules.parameters import PAYMENT_DAYS
from residences.services.runs import FROM_DAY, months_open
from residences.workflow import INVOICE_RUN, RunStatus

TONES = {
    RunStatus.CHECKED: "info",
    RunStatus.ISSUING: "info",
    RunStatus.INTERRUPTED: "warning",
    RunStatus.PARTLY_ISSUED: "warning",
    RunStatus.ISSUED: "success",
    RunStatus.DISCARDED: "neutral",
}
ITEM_TONES = {
    ItemStatus.PENDING: "info",
    ItemStatus.REFUSED: "error",
    ItemStatus.ISSUED: "success",
    ItemStatus.NOTHING: "neutral",
}
_EUROS = DecimalField(max_digits=12, decimal_places=2)
#: Accounts that a page names before it sends to the list.
NAMED = 20


def month_name(month: date) -> str:
    """A month in words: May 2026."""
    return date_format(month, "F Y")


# --- the list ---------------------------------------------------------------------------------------------


class RunFilter(ListFilter):
    """Months by state and year."""

    status = ChoiceFilter(label=gettext_lazy("Status"), choices=RunStatus.choices)
    year = django_filters.NumberFilter(
        label=gettext_lazy("Year"), field_name="month__year", min_value=2000, max_value=2100
    )


class RunList(WorkList):
    """The months of a home that were invoiced or are being invoiced, the latest first."""

    columns = (
        Column(
            "month",
            gettext_lazy("Month"),
            value=lambda row: month_name(row.month),
            sort="month",
            url=lambda row: address("run", row),
        ),
        Column("status", gettext_lazy("Status"), "status", kind="status", sort="status", tones=TONES),
        Column("accounts", gettext_lazy("Accounts"), "accounts", kind="number"),
        Column("issued", gettext_lazy("Invoices issued"), "issued", kind="number"),
        Column("refused", gettext_lazy("Accounts held up"), "refused", kind="number", sort="refused"),
        Column("total", gettext_lazy("Total"), "total", kind="euros", sort="total"),
        Column("received_on", gettext_lazy("Handed over on"), "received_on", kind="day", sort="received_on"),
    )
    filterset_class = RunFilter
    ordering = ("-month", "-pk")
    export_name = gettext_lazy("months")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/months/runs.html"
    empty_text = gettext_lazy(
        "No month has been invoiced yet. The invoices of a month can be prepared from its 15th."
    )

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}


def runs_of(home: RestHome) -> QuerySet[Any]:
    """The runs of a home with their sums, in one query."""
    rows: QuerySet[Any] = InvoiceRun.objects.filter(home=home).select_related("home")
    summed: QuerySet[Any] = rows.annotate(
        accounts=Count("items", filter=~Q(items__status=ItemStatus.NOTHING)),
        issued=Count("items", filter=Q(items__status=ItemStatus.ISSUED)),
        refused=Count("items", filter=Q(items__status=ItemStatus.REFUSED)),
        total=Coalesce(Sum("items__total"), Value(Decimal(0)), output_field=_EUROS),
    )
    return summed


class OpenMonth(Struct, frozen=True):
    """A month whose invoices can be prepared."""

    month: date

    @property
    def code(self) -> str:
        """As it stands in a form: 2026-05."""
        return f"{self.month:%Y-%m}"

    @property
    def name(self) -> str:
        """In words."""
        return month_name(self.month)


def open_months(home: RestHome, today: date) -> list[OpenMonth]:
    """The months that can be invoiced now, the oldest first."""
    return [OpenMonth(month) for month in months_open(home, today)]


def next_opening(today: date) -> date:
    """The day on which the next month can be invoiced."""
    this = today.replace(day=FROM_DAY)
    return this if today < this else (this.replace(day=28) + timedelta(days=10)).replace(day=FROM_DAY)


# --- one month --------------------------------------------------------------------------------------------


class HeldUp(Struct, frozen=True):
    """An account that cannot be issued, and why."""

    name: str
    url: str
    reasons: Sequence["Said"]


class Said(Struct, frozen=True):
    """A rule in words, with its article."""

    message: str
    source: str


class ItemFilter(ListFilter):
    """Accounts by name and by what became of them."""

    text = SearchFilter(label=gettext_lazy("Resident"), fields=["convention__resident__search_name"])
    status = ChoiceFilter(label=gettext_lazy("Status"), choices=ItemStatus.choices)


class ItemList(WorkList):
    """The accounts of a month, those that are held up with their reasons."""

    columns = (
        Column(
            "resident",
            gettext_lazy("Resident"),
            value=lambda row: row.convention.resident.full_name,
            sort="convention__resident__search_name",
            url=lambda row: _account(row),  # noqa: PLW0108 (defined below)
        ),
        Column(
            "convention", gettext_lazy("Convention"), value="convention.number", sort="convention__number"
        ),
        Column("status", gettext_lazy("Status"), "status", kind="status", sort="status", tones=ITEM_TONES),
        Column("total", gettext_lazy("Total"), "total", kind="euros", sort="total"),
        Column(
            "invoice",
            gettext_lazy("Invoice"),
            value=lambda row: invoice.number if (invoice := getattr(row, "invoice", None)) else "",
            kind="link",
            url=lambda row: _invoice(row),  # noqa: PLW0108 (defined below)
        ),
        Column("why", gettext_lazy("Why it is held up"), value=lambda row: " ".join(sentences(row))),
    )
    filterset_class = ItemFilter
    ordering = ("convention__resident__search_name",)
    page_size = 100
    export_name = gettext_lazy("accounts-of-the-month")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/months/run.html"
    empty_text = gettext_lazy("No account belongs to this month.")

    def __init__(self, run: InvoiceRun) -> None:
        super().__init__(items_of(run))
        self.run = run

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="accounts_exported",
            subject=self.run,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        values = {"count": formats.number(count)}
        return ngettext("%(count)s account", "%(count)s accounts", count) % values


def items_of(run: InvoiceRun) -> QuerySet[Any]:
    """The accounts of a run."""
    rows: QuerySet[Any] = RunItem.objects.filter(run=run)
    return rows.select_related("convention__resident", "convention__home", "invoice", "run__home")


def held_up(run: InvoiceRun) -> list[HeldUp]:
    """The accounts that are held up, by name, each with what stands against it and where to mend it."""
    rows = items_of(run).filter(status=ItemStatus.REFUSED).order_by("convention__resident__search_name", "pk")
    return [
        HeldUp(row.convention.resident.full_name, _account(row), said(restored(row.problems)))
        for row in rows[:NAMED]
    ]


def counts_of(run: InvoiceRun) -> dict[str, int]:
    """How many accounts are in each state."""
    rows = run.items.order_by().values_list("status").annotate(count=Count("pk"))
    return dict.fromkeys(ItemStatus.values, 0) | dict(rows)


def said(reasons: tuple[Reason, ...]) -> list[Said]:
    """Reasons in the language of the page, with their articles."""
    spoken = messages(reasons, (get_language() or "fr")[:2])
    return [Said(text, source(reason.article)) for text, reason in zip(spoken, reasons, strict=True)]


def sentences(item: RunItem) -> list[str]:
    """Why an account is held up."""
    return [one.message for one in said(restored(item.problems))]


def actions_of(run: InvoiceRun, user: User) -> set[str]:
    """What the user can do with the run now, by the table of steps."""
    return {step.action.value for step in INVOICE_RUN.possible(RunStatus(run.status)) if may_take(user, step)}


def due_of(run: InvoiceRun) -> date:
    """The day by which the invoices of a run are to be paid."""
    return run.received_on + timedelta(days=PAYMENT_DAYS)


def address(name: str, run: InvoiceRun) -> str:
    """The address of a page of a run."""
    return reverse(f"residences:{name}", args=[run.home.public_id, run.public_id])


def what_is_invoiced(run: InvoiceRun) -> str:
    """Which days and entries the invoices of a month hold."""
    following = (run.month.replace(day=28) + timedelta(days=10)).replace(day=1)
    return _(
        "The accommodation of %(next)s in advance; supplements, advances and rebates of %(month)s and what is open "
        "from before (art. 6)."
    ) % {"next": month_name(following), "month": month_name(run.month)}


def _account(row: RunItem) -> str:
    convention = row.convention
    return reverse("residences:account", args=[convention.home.public_id, convention.public_id])


def _invoice(row: Any) -> str | None:
    invoice = getattr(row, "invoice", None)
    if invoice is None:
        return None
    return reverse("residences:invoice", args=[row.convention.home.public_id, invoice.public_id])
