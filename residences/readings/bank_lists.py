"""The files of the bank and their lines: what waits, what was registered, known or set aside."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, TextChoices, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from partenamut.sentences import day
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, Tab
from residences.models import BankFile, BankLine, RestHome
from residences.readings.money import Taken, address
from residences.services.bank_assigning import lines_of
from residences.services.bank_files import fault_of
from residences.services.bank_lines import REMARKS


class BankFileList(Taken):
    """The files of the bank that were sent, the latest first."""

    columns = (
        Column(
            "file",
            gettext_lazy("File"),
            "file_name",
            url=lambda row: address("bank_file_check", row.home, row.public_id),
        ),
        Column("created_at", gettext_lazy("Sent"), "created_at", kind="moment", sort="created_at"),
        Column("created_by", gettext_lazy("By"), "created_by.name"),
        Column(
            "status",
            gettext_lazy("State"),
            "status",
            kind="status",
            tones={BankFile.Status.CHECKED: "warning", BankFile.Status.DONE: "success"},
        ),
        Column("lines", gettext_lazy("Lines"), "line_count", kind="number"),
        Column("payments", gettext_lazy("Payments"), "payment_count", kind="number"),
        Column("waiting", gettext_lazy("To be assigned"), "waiting_count", kind="number"),
    )
    ordering = ("-created_at",)
    export_name = gettext_lazy("files-of-the-bank")
    empty_text = gettext_lazy("No file of the bank has been sent yet.")
    counted = ngettext_lazy("%(count)s file", "%(count)s files", "n")


def files_of(home: RestHome) -> QuerySet[Any]:
    """The files of a home with how many lines they have, and what became of them."""
    to_assign = Q(
        lines__status__in=(BankLine.Status.READY, BankLine.Status.REFUSED), lines__set_aside_at=None
    )
    done = Q(status=BankFile.Status.DONE)
    rows: QuerySet[Any] = BankFile.objects.filter(home=home).select_related("home", "created_by")
    counted: QuerySet[Any] = rows.annotate(
        line_count=Count("lines"),
        payment_count=Count("lines", filter=Q(lines__status=BankLine.Status.CREATED)),
        waiting_count=Count("lines", filter=to_assign & done),
    )
    return counted


class BankLineState(TextChoices):
    """What became of a line; written out as its words."""

    TO_ASSIGN = "to_assign", gettext_lazy("To be assigned")
    UNREADABLE = "unreadable", gettext_lazy("Cannot be read")
    ASSIGNED = "assigned", gettext_lazy("Registered")
    SET_ASIDE = "set_aside", gettext_lazy("Set aside")
    KNOWN = "known", gettext_lazy("Known or money out")

    def __str__(self) -> str:
        return str(self.label)


LINE_TONES = {
    BankLineState.TO_ASSIGN: "warning",
    BankLineState.UNREADABLE: "error",
    BankLineState.ASSIGNED: "success",
    BankLineState.SET_ASIDE: "neutral",
    BankLineState.KNOWN: "neutral",
}


def bank_lines_of(home: RestHome) -> QuerySet[Any]:
    """The lines of the files of a home with `rest` and `state`."""
    status = BankLine.Status
    rows: QuerySet[Any] = lines_of(home).annotate(
        state=Case(
            When(set_aside_at__isnull=False, then=Value(BankLineState.SET_ASIDE.value)),
            When(status=status.READY, then=Value(BankLineState.TO_ASSIGN.value)),
            When(status=status.REFUSED, then=Value(BankLineState.UNREADABLE.value)),
            When(status=status.CREATED, then=Value(BankLineState.ASSIGNED.value)),
            default=Value(BankLineState.KNOWN.value),
        ),
        of_home=F("file__home__public_id"),
    )
    return rows


def remark_of(row: Any) -> str:
    """Why a line waits, or why it was set aside."""
    if row.set_aside_at is not None:
        return str(row.set_aside_because)
    if row.status == BankLine.Status.REFUSED:
        return fault_of(row, timezone.now())
    return remark_text(*row.errors[0]) if row.errors else ""


def remark_text(code: str, figures: Mapping[str, str]) -> str:
    """The sentence of a code with its figures."""
    said = dict(figures)
    if "day" in said:
        said["day"] = day(date.fromisoformat(said["day"]))
    if "amount" in said:
        said["amount"] = formats.euros(Decimal(said["amount"]))
    return str(REMARKS[code]) % said if said else str(REMARKS[code])


def _said(name: str) -> Any:
    return lambda row: row.decoded.get(name, "")


class BankLineFilter(ListFilter):
    """Lines by state and day."""

    state = ChoiceFilter(label=gettext_lazy("State"), choices=BankLineState.choices)
    since = DayFilter(label=gettext_lazy("Received from"), field_name="received_on", lookup_expr="gte")
    until = DayFilter(label=gettext_lazy("Received until"), field_name="received_on", lookup_expr="lte")


class BankLineList(Taken):
    """The lines of the files of the bank, those of the latest days first."""

    columns = (
        Column(
            "line",
            gettext_lazy("Line"),
            lambda row: f"{row.file.file_name}, {row.line_number}",
            url=lambda row: reverse("residences:assign_line", args=[row.of_home, row.public_id]),
        ),
        Column("received_on", gettext_lazy("Day"), "received_on", kind="day", sort="received_on"),
        Column("amount", gettext_lazy("Amount"), "amount", kind="euros", sort="amount"),
        Column("rest", gettext_lazy("Not assigned"), "rest", kind="euros", sort="rest"),
        Column("name", gettext_lazy("Who paid"), _said("name")),
        Column("communication", gettext_lazy("Communication"), _said("communication")),
        Column("account", gettext_lazy("Account"), _said("account"), table=False),
        Column("reference", gettext_lazy("Reference of the bank"), "reference", table=False),
        Column("why", gettext_lazy("To be minded"), remark_of),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: BankLineState(row.state),
            kind="status",
            tones=LINE_TONES,
        ),
    )
    filterset_class = BankLineFilter
    ordering = ("-received_on",)
    export_name = gettext_lazy("lines-of-the-bank")
    empty_text = gettext_lazy("No line waits: every payment of the files has found its invoice.")
    counted = ngettext_lazy("%(count)s line", "%(count)s lines", "n")


def line_tabs(rows: QuerySet[Any], current: str) -> list[Tab]:
    """The states of the lines, those that wait first."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return [
        Tab(
            label=state.label,
            query=f"state={state.value}",
            current=current == state.value,
            count=counts.get(state.value, 0),
        )
        for state in BankLineState
    ] + [Tab(label=_("All"), query="", current=not current, count=sum(counts.values()))]
