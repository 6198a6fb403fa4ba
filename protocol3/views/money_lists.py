"""The lists of recapitulative notes, individual notes and payments."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.payments.communications import structured, with_communication
from partenamut.registry.models import Insurer
from partenamut.web import formats
from partenamut.web.worklist import (
    ChoiceFilter,
    Column,
    DayFilter,
    ListFilter,
    ModelChoiceFilter,
    SearchFilter,
    Tab,
    WorkList,
)
from protocol3.models import Payment, Recap, RecapKind
from protocol3.readings.money import KIND_TONES, TONES
from protocol3.services.payments import RecapState

LIST = "protocol3/list.html"


def recap_url(recap: Recap) -> str:
    """The page of a recapitulative note."""
    return reverse("protocol3:recap", args=[recap.project.public_id, recap.public_id])


def note_url(note: Any) -> str:
    """The page of an individual note."""
    return reverse("protocol3:note", args=[note.recap.project.public_id, note.public_id])


def undo_text(payment: Payment) -> str:
    """What can be done with a payment, in a word."""
    if payment.reverses_id is not None:
        return str(_("Undoes another"))
    return str(_("Undone")) if hasattr(payment, "reversed_by") else str(_("Undo"))


def undo_url(payment: Payment) -> str | None:
    """Where a payment is undone; None where it cannot be."""
    if payment.reverses_id is not None or hasattr(payment, "reversed_by"):
        return None
    return reverse("protocol3:undo_payment", args=[payment.recap.project.public_id, payment.public_id])


def recipient(recap: Recap) -> str:
    """Whom a note goes to, as it says."""
    said = recap.said["insurer"]
    return " ".join(filter(None, [said["code"], said["name"]]))


class RecapSearch(SearchFilter):
    """A number, or a structured communication in any of the usual ways."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The notes with that communication, else those whose number holds each word."""
        found = with_communication(qs, value or "")
        return super().filter(qs, value) if found is None else found


class PaymentSearch(SearchFilter):
    """The same, from a payment."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The payments of the notes found, or with the reference."""
        found = with_communication(qs, value or "", "recap__communication")
        return super().filter(qs, value) if found is None else found


class _OfProject(ListFilter):
    """Filters whose choices are the months and insurers of the rows."""

    #: From a row to its recapitulative note.
    to_recap = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.queryset.order_by()
        if "month" in self.filters:
            months = rows.values_list(f"{self.to_recap}month", flat=True).distinct()
            self.filters["month"].extra["choices"] = _months(months)
        if "insurer" in self.filters:
            known = rows.values(f"{self.to_recap}insurer")
            self.filters["insurer"].queryset = Insurer.objects.filter(pk__in=known).order_by("code")


class RecapFilter(_OfProject):
    """Recapitulative notes by number, month, insurer, kind and state."""

    text = RecapSearch(label=_("Number or structured communication"), fields=["number", "communication"])
    month = ChoiceFilter(label=_("Month"), choices=())
    insurer = ModelChoiceFilter(label=_("Insurer"), queryset=Insurer.objects.none())
    kind = ChoiceFilter(label=_("Kind"), choices=RecapKind.choices)
    state = ChoiceFilter(label=_("State"), choices=RecapState.choices)


class NoteFilter(_OfProject):
    """Individual notes by person, month, insurer and kind."""

    to_recap = "recap__"
    # No national number here: a filter stands in the address.
    text = SearchFilter(
        label=_("Name or number"), fields=["last_name", "first_name", "number", "recap__number"]
    )
    month = ChoiceFilter(label=_("Month"), field_name="recap__month", choices=())
    insurer = ModelChoiceFilter(
        label=_("Insurer"), field_name="recap__insurer", queryset=Insurer.objects.none()
    )
    kind = ChoiceFilter(label=_("Kind"), field_name="recap__kind", choices=RecapKind.choices)


class PaymentFilter(_OfProject):
    """Payments by day, insurer and text."""

    to_recap = "recap__"
    text = PaymentSearch(
        label=_("Number, structured communication or reference"),
        fields=["recap__number", "recap__communication", "reference", "note"],
    )
    since = DayFilter(label=_("Received from"), field_name="received_on", lookup_expr="gte")
    until = DayFilter(label=_("Received until"), field_name="received_on", lookup_expr="lte")
    insurer = ModelChoiceFilter(
        label=_("Insurer"), field_name="recap__insurer", queryset=Insurer.objects.none()
    )


class _Traced(WorkList):
    """A list whose files are noted: who took which."""

    template_name = LIST
    export_kinds = ("csv", "xlsx", "json")

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Leaves a trace of who took which list."""
        user = user_of(request)
        query = request.META.get("QUERY_STRING", "")[:500]
        changes = {"list": [str(type(self).__name__), kind], "query": [None, query]}
        record(action="export", subject=user, actor=user, at=now(), changes=changes)


class RecapList(_Traced):
    """The recapitulative notes of a project, the latest month first."""

    columns = (
        Column("number", _("Number"), "number", kind="link", sort="number", url=recap_url),
        Column("month", _("Month"), lambda row: formats.month(row.month), sort="month"),
        Column("insurer", _("Insurer"), recipient, sort="insurer__code"),
        Column("kind", _("Kind"), "kind", kind="status", tones=KIND_TONES, sort="kind"),
        Column("issued_on", _("Issued on"), "issued_on", kind="day", sort="issued_on", table=False),
        Column("notes", _("Individual notes"), "notes_count", kind="number", table=False),
        Column("services", _("Services"), "services_total", kind="euros", table=False),
        Column("allowance", _("Operating allowance"), "allowance_total", kind="euros", table=False),
        Column("total", _("Total"), "total", kind="euros", sort="total"),
        Column("credited", _("Taken off"), "credited", kind="euros", table=False),
        Column("received", _("Received"), "received", kind="euros", sort="received"),
        Column("balance", _("Balance"), "balance", kind="euros", sort="balance"),
        Column("due_on", _("Due on"), "due_on", kind="day", sort="due_on"),
        Column(
            "state", _("State"), lambda row: RecapState(row.state), kind="status", tones=TONES, sort="state"
        ),
        Column(
            "communication",
            _("Structured communication"),
            lambda row: structured(row.communication),
            table=False,
        ),
        Column("corrects", _("Corrects"), "corrects.number", table=False),
    )
    filterset_class = RecapFilter
    ordering = ("-month", "number")
    export_name = _("recapitulative-notes")
    empty_text = _("No note has been issued yet: close a month, and its notes stand here.")


class NoteList(_Traced):
    """The individual notes of a project, the latest month first."""

    columns = (
        Column("number", _("Number"), "number", kind="link", sort="number", url=note_url),
        Column("month", _("Month"), lambda row: formats.month(row.recap.month), sort="recap__month"),
        Column("last_name", _("Last name"), "last_name", sort="last_name"),
        Column("first_name", _("First name"), "first_name", sort="first_name"),
        Column("registration", _("Registration number"), "registration_number", table=False),
        Column("insurer", _("Insurer"), lambda row: recipient(row.recap), sort="recap__insurer__code"),
        Column("kind", _("Kind"), "recap.kind", kind="status", tones=KIND_TONES, sort="recap__kind"),
        Column("reason", _("Reason"), "reason", sort="reason"),
        Column("explanation", _("Explanation"), "explanation", table=False),
        Column("total", _("Total"), "total", kind="euros", sort="total"),
        Column(
            "recap",
            _("Recapitulative note"),
            "recap.number",
            kind="link",
            sort="recap__number",
            url=lambda row: recap_url(row.recap),
        ),
        Column("corrects", _("Corrects"), "corrects.number", table=False),
        Column("issued_on", _("Issued on"), "recap.issued_on", kind="day", table=False),
    )
    filterset_class = NoteFilter
    ordering = ("-recap__month", "number")
    export_name = _("individual-notes")
    empty_text = _("No note has been issued yet: close a month, and its notes stand here.")


class PaymentList(_Traced):
    """The payments of a project, the latest first; one that was undone stays, with the one that undoes it."""

    columns = (
        Column("received_on", _("Received on"), "received_on", kind="day", sort="received_on"),
        Column("amount", _("Amount"), "amount", kind="euros", sort="amount"),
        Column(
            "recap",
            _("Recapitulative note"),
            "recap.number",
            kind="link",
            sort="recap__number",
            url=lambda row: recap_url(row.recap),
        ),
        Column("insurer", _("Insurer"), lambda row: recipient(row.recap), sort="recap__insurer__code"),
        Column(
            "communication",
            _("Structured communication"),
            lambda row: structured(row.recap.communication),
        ),
        Column("reference", _("Reference of the bank"), "reference", sort="reference"),
        Column("note", _("Note"), "note"),
        Column("registered_by", _("Registered by"), "registered_by.name", table=False),
        Column("registered_at", _("Registered"), "registered_at", kind="moment", table=False),
        Column("undo", _("Undo"), undo_text, export=False, url=undo_url),
    )
    filterset_class = PaymentFilter
    ordering = ("-received_on",)
    export_name = _("payments-received")
    empty_text = _("No payment has been registered yet.")


def state_tabs(rows: QuerySet[Any], current: str) -> list[Tab]:
    """The whole list, and the states that ask for something."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    tabs = [Tab(label=_("All"), query="", current=not current, count=sum(counts.values()))]
    shown = (
        RecapState.OVERDUE,
        RecapState.TO_BE_PAID,
        RecapState.PARTLY_PAID,
        RecapState.OVERPAID,
        RecapState.TO_PAY_BACK,
    )
    return tabs + [
        Tab(label=state.label, query=f"state={state.value}", current=current == state.value, count=count)
        for state in shown
        if (count := counts.get(state.value, 0)) or state is RecapState.OVERDUE
    ]


def _months(months: Iterable[date]) -> list[tuple[str, str]]:
    return [(month.isoformat(), formats.month(month)) for month in sorted(months, reverse=True)]
