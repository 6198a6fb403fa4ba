"""The page of an account: what the next invoice will hold and why, the entries, the days, who pays, the prices."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.periods import add_months
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, WorkList
from residences.account_facts import books_of
from residences.deciding import Due, Plan, Scope, last_of, plan
from residences.documents.invoices import line_label
from residences.messages import source
from residences.models import (
    Absence,
    AgreedPrice,
    Contact,
    Convention,
    DebtorShare,
    Entry,
    EntryKind,
    InsurerIntervention,
)
from residences.readings.own_account import EXPLAINED, WRITTEN
from residences.readings.runs import Said, month_name, said
from residences.services.account_days import announced_late


class Coming(Struct, frozen=True):
    """A line of the next invoice: what, how it is counted, how much, by which rule."""

    label: str
    counted: str
    amount: Decimal
    text: str
    source: str


class Next(Struct, frozen=True):
    """The next invoice of an account as it would be made today."""

    month: str
    total: Decimal
    lines: Sequence[Coming]
    reasons: Sequence[Said]
    problems: Sequence[Said]
    #: Each debtor with what they would owe.
    shares: Sequence[tuple[str, Decimal]]
    inami_days: int
    inami_amount: Decimal


class Away(Struct, frozen=True):
    """An absence, and whether it was announced late."""

    row: Absence
    announced_late: bool


# --- the next invoice -------------------------------------------------------------------------------------


def next_invoice(convention: Convention, today: date) -> Next:
    """What the next monthly invoice will hold, every line explained."""
    month = _next_month(convention, today)
    books = books_of(Convention.objects.filter(pk=convention.pk), until=last_of(month), on=today)
    planned = plan(books.accounts[convention.pk], books, Scope.monthly(month, today))
    return Next(
        month=month_name(month),
        total=planned.total,
        lines=[_coming(line) for line in planned.lines],
        reasons=said(planned.reasons),
        problems=said(planned.problems),
        shares=_shares(convention, planned),
        inami_days=planned.inami_days,
        inami_amount=planned.inami_amount,
    )


def _next_month(convention: Convention, today: date) -> date:
    """This month, or the one after the last that was invoiced."""
    last = (
        convention.invoices.filter(kind="monthly").order_by("-month").values_list("month", flat=True).first()
    )
    this = today.replace(day=1)
    return this if last is None else max(add_months(last, 1), add_months(this, -1))


def _coming(line: Due) -> Coming:
    return Coming(
        label=line_label(line),
        counted=_counted(line),
        amount=line.amount,
        text=str(EXPLAINED[line.kind]),
        source=source(WRITTEN[line.kind]),
    )


def _counted(line: Due) -> str:
    """So many days or pieces at so much."""
    if line.entry is not None:
        if line.entry.quantity == 1:
            return formats.day(line.entry.day)
        values = {
            "day": formats.day(line.entry.day),
            "quantity": formats.number(line.entry.quantity.normalize()),
            "price": formats.euros(line.entry.unit_price),
        }
        return _("%(day)s: %(quantity)s at %(price)s") % values
    if line.stretch is None or not line.stretch.price or line.kind == "discount":
        return ""
    counted = {"days": line.stretch.count, "price": formats.euros(line.stretch.price)}
    return ngettext("%(days)d day at %(price)s", "%(days)d days at %(price)s", line.stretch.count) % counted


def _shares(convention: Convention, planned: Plan) -> list[tuple[str, Decimal]]:
    if len(planned.shares) < 2:
        return []
    names = dict(Contact.objects.filter(resident=convention.resident).values_list("pk", "name"))
    return [(names[who] if who else convention.resident.full_name, amount) for who, amount in planned.shares]


# --- the days ---------------------------------------------------------------------------------------------


def absences_of(convention: Convention) -> list[Away]:
    """The absences, the latest first, those announced late marked."""
    return [Away(row, announced_late(row)) for row in convention.absences.order_by("-first_day")]


def interventions_of(convention: Convention) -> list[InsurerIntervention]:
    """On which days an insurer intervenes, the latest first."""
    return list(convention.interventions.order_by("-first_day"))


def debtors_of(convention: Convention) -> list[DebtorShare]:
    """Who pays which part when, the latest first."""
    rows = convention.debtors.select_related("contact", "convention__resident")
    return list(rows.order_by("-first_day", "pk"))


def prices_of(convention: Convention) -> list[AgreedPrice]:
    """The prices of the convention, the latest first."""
    rows = convention.agreed_prices.select_related("room_type", "campaign", "amendment")
    return list(rows.order_by("-first_day"))


# --- the entries ------------------------------------------------------------------------------------------


class EntryFilter(ListFilter):
    """Entries by kind, by what became of them, and from a day on."""

    kind = ChoiceFilter(label=gettext_lazy("Kind"), choices=EntryKind.choices)
    state = ChoiceFilter(
        label=gettext_lazy("Status"),
        choices=[
            ("open", gettext_lazy("Not invoiced yet")),
            ("bare", gettext_lazy("Without a document")),
            ("invoiced", gettext_lazy("Invoiced")),
            ("withdrawn", gettext_lazy("Withdrawn")),
        ],
        method="in_state",
    )
    since = DayFilter(field_name="date", lookup_expr="gte", label=gettext_lazy("From"))

    def in_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that are open, without a document, invoiced or withdrawn."""
        if value == "invoiced":
            return rows.filter(line__isnull=False)
        if value == "withdrawn":
            return rows.filter(withdrawn_at__isnull=False)
        still = rows.filter(withdrawn_at=None, line=None)
        return still.filter(upload=None) if value == "bare" else still


def state_of(row: Any) -> str:
    """What became of an entry, in words."""
    if row.withdrawn_at is not None:
        return _("Withdrawn: %(reason)s") % {"reason": row.withdrawn_because}
    if hasattr(row, "line"):
        return str(row.line.invoice.number)
    if row.kind == EntryKind.ADVANCE and row.upload is None:
        return _("Waits for its document")
    return _("on the next one")


class EntryList(WorkList):
    """The entries of an account, the latest first."""

    columns = (
        Column("date", gettext_lazy("Date"), "date", kind="day", sort="date"),
        Column("label", gettext_lazy("What"), "label", url=lambda row: _address("entry", row)),
        Column("kind", gettext_lazy("Kind"), "kind"),
        Column("quantity", gettext_lazy("Quantity"), lambda row: row.quantity.normalize(), kind="number"),
        Column("unit_price", gettext_lazy("Price of one"), "unit_price", kind="euros"),
        Column("amount", gettext_lazy("Amount"), "amount", kind="euros", sort="amount"),
        Column("explanation", gettext_lazy("Explanation"), "explanation", table=False),
        Column(
            "invoice",
            gettext_lazy("Invoice"),
            value=lambda row: state_of(row),  # noqa: PLW0108
            kind="link",
            url=lambda row: (
                reverse(
                    "residences:invoice", args=[row.convention.home.public_id, row.line.invoice.public_id]
                )
                if hasattr(row, "line")
                else None
            ),
        ),
        Column(
            "document",
            gettext_lazy("Document"),
            lambda row: row.upload.original_name if row.upload else "",
            kind="link",
            url=lambda row: _address("entry_file", row) if row.upload else None,
        ),
    )
    filterset_class = EntryFilter
    ordering = ("-date",)
    page_size = 25
    export_name = gettext_lazy("account")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/accounts/account.html"
    empty_text = gettext_lazy("Nothing was entered on the account yet.")

    def __init__(self, convention: Convention) -> None:
        rows = Entry.objects.filter(convention=convention)
        super().__init__(rows.select_related("line__invoice", "upload", "convention__home"))
        self.convention = convention

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the account."""
        record(
            action="accounts_exported",
            subject=self.convention,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": formats.number(count)}


def _address(name: str, row: Entry) -> str:
    convention = row.convention
    return reverse(
        f"residences:{name}", args=[convention.home.public_id, convention.public_id, row.public_id]
    )
