"""What the pages of money share, and what each debtor owes: the list of shares, and one share."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy
from msgspec import Struct

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.money import total
from partenamut.payments.communications import structured, with_communication
from partenamut.web import formats
from partenamut.web.worklist import (
    ChoiceFilter,
    Column,
    DayFilter,
    Link,
    ListFilter,
    SearchFilter,
    Tab,
    WorkList,
)
from residences.models import Dispute, DisputeStatus, InvoiceShare, Payment, Reminder, RestHome
from residences.services.interest import Interest, interest_of
from residences.services.payments import ShareState, shares_of, with_balance
from residences.services.reminders import obstacle_to_letter, with_letters

LIST = "residences/list.html"
TONES = {
    ShareState.OVERDUE: "error",
    ShareState.DISPUTED: "warning",
    ShareState.TO_BE_PAID: "info",
    ShareState.PARTLY_PAID: "warning",
    ShareState.PAID: "success",
    ShareState.OVERPAID: "warning",
    ShareState.TO_PAY_BACK: "warning",
    ShareState.TAKEN_OFF: "neutral",
}


def address(name: str, home: RestHome, *args: object) -> str:
    """The address of a page of money of a home."""
    return reverse(f"residences:{name}", args=[home.public_id, *args])


def links(home: RestHome, *wanted: tuple[Any, str]) -> list[Link]:
    """Links to pages of a home: label and name of each."""
    return [Link(label=label, url=address(name, home)) for label, name in wanted]


class Taken(WorkList):
    """A list of a home whose files are noted: who took which."""

    template_name = LIST
    export_kinds = ("csv", "xlsx", "json")
    #: The heading over the rows, by their number `n`, shown as `count`.
    counted: Any = None

    def __init__(self, home: RestHome, rows: QuerySet[Any], *, empty_action: Link | None = None) -> None:
        super().__init__(rows, empty_action=empty_action)
        self.home = home

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        if self.counted is None or more:
            return super().count_text(count, more=more)
        return str(self.counted % {"n": count, "count": formats.number(count)})

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Leaves a trace of who took which list."""
        query = request.META.get("QUERY_STRING", "")[:500]
        changes = {"list": [type(self).__name__, kind], "query": [None, query]}
        record(action="export", subject=self.home, actor=user_of(request), at=timezone.now(), changes=changes)


class MoneySearch(SearchFilter):
    """A name, a number, or a structured communication in any of the usual ways."""

    def __init__(self, *, path: str, **kwargs: Any) -> None:
        self.path = path
        fields = [
            f"{path}name",
            f"{path}invoice__number",
            f"{path}invoice__convention__resident__search_name",
        ]
        super().__init__(fields=[*fields, *kwargs.pop("also", ())], **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows with that communication, else those in which each word occurs."""
        found = with_communication(qs, value or "", f"{self.path}communication")
        return super().filter(qs, value) if found is None else found


# --- what each debtor owes ----------------------------------------------------------------------------------


class ShareFilter(ListFilter):
    """Shares by name, number or communication, by state and by day."""

    text = MoneySearch(path="", label=gettext_lazy("Name, number or structured communication"))
    state = ChoiceFilter(label=gettext_lazy("State"), choices=ShareState.choices)
    since = DayFilter(field_name="invoice__issued_on", lookup_expr="gte", label=gettext_lazy("Issued from"))
    until = DayFilter(field_name="invoice__issued_on", lookup_expr="lte", label=gettext_lazy("Issued until"))


OF_A_SHARE = (
    Column(
        "invoice",
        gettext_lazy("Invoice"),
        "invoice.number",
        kind="link",
        sort="invoice__number",
        url=lambda row: address("share", row.invoice.home, row.public_id),
    ),
    Column("debtor", gettext_lazy("Debtor"), "name", sort="name"),
    Column(
        "resident",
        gettext_lazy("Resident"),
        lambda row: row.invoice.convention.resident.full_name,
        sort="invoice__convention__resident__search_name",
    ),
)


class ShareList(Taken):
    """What the debtors of a home owe, the latest first."""

    columns = (
        *OF_A_SHARE,
        Column("kind", gettext_lazy("Kind"), "invoice.kind", table=False),
        Column("month", gettext_lazy("Month"), lambda row: formats.month(row.invoice.month), table=False),
        Column("issued_on", gettext_lazy("Issued on"), "invoice.issued_on", kind="day", table=False),
        Column("due_on", gettext_lazy("To be paid by"), "invoice.due_on", kind="day", sort="invoice__due_on"),
        Column("amount", gettext_lazy("Asked"), "amount", kind="euros", sort="amount"),
        Column("credited", gettext_lazy("Taken off"), "credited", kind="euros", table=False),
        Column("received", gettext_lazy("Received"), "received", kind="euros", sort="received"),
        Column("balance", pgettext_lazy("money", "Open"), "balance", kind="euros", sort="balance"),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: ShareState(row.state),
            kind="status",
            tones=TONES,
            sort="state",
        ),
        Column(
            "communication",
            gettext_lazy("Structured communication"),
            lambda row: structured(row.communication),
            table=False,
        ),
    )
    filterset_class = ShareFilter
    ordering = ("-invoice__number",)
    export_name = gettext_lazy("amounts-owed")
    empty_text = gettext_lazy("No invoice has been issued yet.")
    counted = ngettext_lazy("%(count)s amount", "%(count)s amounts", "n")


def state_tabs(rows: QuerySet[Any], current: str) -> list[Tab]:
    """The whole list, and the states that ask for something."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    tabs = [Tab(label=_("All"), query="", current=not current, count=sum(counts.values()))]
    shown = (
        ShareState.OVERDUE,
        ShareState.DISPUTED,
        ShareState.TO_BE_PAID,
        ShareState.PARTLY_PAID,
        ShareState.OVERPAID,
        ShareState.TO_PAY_BACK,
    )
    return tabs + [
        Tab(label=state.label, query=f"state={state.value}", current=current == state.value, count=count)
        for state in shown
        if (count := counts.get(state.value, 0)) or state is ShareState.OVERDUE
    ]


class ShareView(Struct, frozen=True):
    """A share as its page shows it."""

    row: Any
    state: ShareState
    communication: str
    payments: Sequence[Payment]
    reminders: Sequence[Reminder]
    dispute: Dispute | None
    interest: Interest
    #: Why no reminder, and no formal notice, can be made; empty where one can.
    no_reminder: str
    no_formal_notice: str
    #: What the same debtor paid too much, or is owed, on other invoices of the convention.
    in_favour: Decimal

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES[self.state]


def share_view(share: InvoiceShare, on: date) -> ShareView:
    """A share with what became of it as of a day."""
    rows = shares_of(share.invoice.home).filter(pk=share.pk)
    row: Any = with_letters(with_balance(rows, on), on).select_related("invoice__credits").get()
    payments = row.payments.select_related("registered_by", "reverses", "reversed_by", "interest__invoice")
    return ShareView(
        row=row,
        state=ShareState(row.state),
        communication=structured(row.communication),
        payments=list(payments.order_by("received_on", "pk")),
        reminders=list(row.reminders.select_related("issued_by").order_by("pk")),
        dispute=row.invoice.disputes.filter(status=DisputeStatus.OPEN).first(),
        interest=interest_of(row, on),
        no_reminder=obstacle_to_letter(row, "reminder", on),
        no_formal_notice=obstacle_to_letter(row, "formal_notice", on),
        in_favour=_in_favour(row, on),
    )


def _in_favour(share: InvoiceShare, on: date) -> Decimal:
    others = InvoiceShare.objects.filter(
        invoice__convention=share.invoice.convention_id, contact=share.contact_id
    )
    balances = with_balance(others, on).filter(balance__lt=0).values_list("balance", flat=True)
    return -total(balances)
