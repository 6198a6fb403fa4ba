"""The lists of payables and of batches."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.payments.models import Payable
from partenamut.payments.origins import origins
from partenamut.payments.workflow import BatchStatus, Status
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

TONES = {
    Status.PROPOSED: "info",
    Status.APPROVED: "info",
    Status.BATCHED: "neutral",
    Status.PAID: "success",
    Status.RETURNED: "error",
    Status.CANCELLED: "neutral",
}
BATCH_TONES = {
    BatchStatus.PREPARED: "info",
    BatchStatus.SENT: "warning",
    BatchStatus.SETTLED: "success",
    BatchStatus.DISCARDED: "neutral",
}


def _benefits() -> list[tuple[str, Any]]:
    return [(origin.label, origin.name) for origin in origins()]


def _batch_url(payable: Payable) -> str | None:
    return payable.batch.get_absolute_url() if payable.batch else None


class PayableFilter(ListFilter):
    """Payables by state, benefit, due day, batch and text."""

    text = SearchFilter(label=_("Name or number"), fields=["payee_name", "number", "origin_number"])
    status = ChoiceFilter(label=_("Status"), choices=Status.choices)
    benefit = ChoiceFilter(label=_("Benefit"), field_name="origin_label", choices=_benefits)
    since = DayFilter(label=_("Due from"), field_name="due_on", lookup_expr="gte")
    until = DayFilter(label=_("Due until"), field_name="due_on", lookup_expr="lte")
    batch = SearchFilter(label=_("Batch"), fields=["batch__number"])


class PayableList(WorkList):
    """What is owed to whom, and where it stands."""

    columns = (
        Column("number", _("Number"), "number", kind="link", sort="number"),
        Column("payee", _("Payee"), "payee_name", sort="payee_name"),
        Column("amount", _("Amount"), "amount", kind="euros", sort="amount"),
        Column("purpose", _("What is paid"), "purpose", table=False),
        Column("benefit", _("Benefit"), "origin_name", sort="origin_label"),
        Column(
            "case",
            _("Case"),
            "origin_number",
            kind="link",
            url=lambda payable: payable.case_url or None,
            sort="origin_number",
        ),
        Column("due_on", _("Due on"), "due_on", kind="day", sort="due_on"),
        Column("status", _("Status"), "status", kind="status", tones=TONES, sort="status"),
        Column("batch", _("Batch"), "batch.number", kind="link", url=_batch_url, sort="batch__number"),
        Column("decided_by", _("Decided by"), "decided_by.name", table=False),
        Column("approved_by", _("Approved by"), "approved_by.name", table=False),
        Column("approved_at", _("Approved"), "approved_at", table=False),
        Column("paid_on", _("Paid on"), "paid_on", kind="day", table=False),
        Column("returned_because", _("Why it was returned"), "returned_because", table=False),
    )
    filterset_class = PayableFilter
    ordering = ("due_on",)
    export_name = _("payments")
    empty_text = _("No payment has been proposed yet: the advisers' decisions lead here.")

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Leaves a trace of who took which list."""
        user = user_of(request)
        changes = {"list": ["payments", kind], "query": [None, request.META.get("QUERY_STRING", "")[:500]]}
        record(action="export", subject=user, actor=user, at=now(), changes=changes)


class BatchFilter(ListFilter):
    """Batches by number, state and day."""

    text = SearchFilter(label=_("Number"), fields=["number"])
    status = ChoiceFilter(label=_("Status"), choices=BatchStatus.choices)
    since = DayFilter(label=_("Executed from"), field_name="execution_date", lookup_expr="gte")
    until = DayFilter(label=_("Executed until"), field_name="execution_date", lookup_expr="lte")


class BatchList(WorkList):
    """The batches, the newest first."""

    columns = (
        Column("number", _("Number"), "number", kind="link", sort="number"),
        Column("execution_date", _("Execution date"), "execution_date", kind="day", sort="execution_date"),
        Column("line_count", _("Payments"), "line_count", kind="number", sort="line_count"),
        Column("total", _("Total"), "total", kind="euros", sort="total"),
        Column("status", _("Status"), "status", kind="status", tones=BATCH_TONES, sort="status"),
        Column("prepared_by", _("Prepared by"), "prepared_by.name", sort="prepared_by__name"),
        Column("released_by", _("Released by"), "released_by.name", sort="released_by__name"),
    )
    filterset_class = BatchFilter
    ordering = ("-number",)
    export_name = _("batches")
    empty_text = _("No batch has been prepared yet.")


def tabs(rows: QuerySet[Any], statuses: Iterable[Status | BatchStatus], current: str) -> list[Tab]:
    """The whole list and its states, each with its count."""
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    whole = Tab(label=_("All"), query="", current=not current, count=sum(counts.values()))
    return [whole, *(_tab(status, counts.get(status, 0), current) for status in statuses)]


def _tab(status: Status | BatchStatus, count: int, current: str) -> Tab:
    return Tab(label=status.label, query=f"status={status}", current=current == status, count=count)


#: The pages for many payments at once: label, address, the rights that open it.
WAYS = (
    (_("Approve several"), "payments:approve", (Permission.APPROVE_PAYMENTS,)),
    (_("Prepare a batch"), "payments:prepare", (Permission.RUN_PAYMENTS,)),
    (_("Batches"), "payments:batches", (Permission.APPROVE_PAYMENTS, Permission.RUN_PAYMENTS)),
    (_("Payments"), "payments:payables", (Permission.APPROVE_PAYMENTS, Permission.RUN_PAYMENTS)),
)


def ways(user: User, *names: str) -> list[Link]:
    """The links to those of the named pages that the user may open."""
    return [
        Link(label=label, url=reverse(name))
        for label, name, rights in WAYS
        if name in names and any(user.may(right) for right in rights)
    ]
