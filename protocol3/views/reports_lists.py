"""The notes, their lines and the payments of a project as files for other programs: CSV, XLSX and JSON."""

from typing import Any

from django.db.models import CharField, F, Func, QuerySet, Value
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.permissions import user_of
from partenamut.registry.models import Insurer
from partenamut.web.worklist import ChoiceFilter, Column, ModelChoiceFilter, SearchFilter, WorkList
from protocol3.messages import RATES
from protocol3.models import LineKind, Note, NoteLine, Payment, Project, RecapKind
from protocol3.readings.money import KIND_TONES
from protocol3.services.reports import note_file
from protocol3.views.money_lists import NoteFilter, PaymentFilter

_NONE = Insurer.objects.none()


def notes_of(project: Project) -> QuerySet[Note]:
    """The individual notes of a project."""
    return _with_month(Note.objects.filter(recap__project=project), "recap__month")


def lines_of(project: Project) -> QuerySet[NoteLine]:
    """The lines of all notes of a project, those that take back too."""
    return _with_month(NoteLine.objects.filter(note__recap__project=project), "note__recap__month")


def payments_of(project: Project) -> QuerySet[Payment]:
    """The payments of a project, those undone too."""
    return _with_month(Payment.objects.filter(recap__project=project), "recap__month")


def _with_month(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """The rows with `month_text`, 2023-05: a text that the database makes, so that exports need no objects."""
    text = Func(F(path), Value("YYYY-MM"), function="to_char", output_field=CharField())
    found: QuerySet[Any] = rows.annotate(month_text=text)
    return found


class ProjectReport(WorkList):
    """A list of a project whose files are noted: who took which."""

    template_name = "protocol3/list.html"
    export_kinds = ("csv", "xlsx", "json")

    def __init__(self, project: Project, rows: QuerySet[Any]) -> None:
        super().__init__(rows)
        self.project = project

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Leaves the trace on the project."""
        note_file(
            project=self.project,
            what=str(self.export_name),
            kind=kind,
            query=request.GET.urlencode(),
            actor=user_of(request),
            at=now(),
        )


class NoteReport(ProjectReport):
    """Individual notes with everything that stands on them."""

    columns = (
        Column("number", _("Number"), "number", sort="number"),
        Column("month", _("Month"), "month_text", sort="recap__month"),
        Column("issued_on", _("Issued on"), "recap.issued_on", kind="day", table=False),
        Column("recap", _("Recapitulative note"), "recap.number", sort="recap__number"),
        Column("kind", _("Kind"), "recap.kind", kind="status", tones=KIND_TONES, sort="recap__kind"),
        Column("insurer_code", _("Insurer"), "recap.insurer.code", sort="recap__insurer__code"),
        Column("insurer", _("Name of the insurer"), "recap.insurer.name_fr", table=False),
        Column("last_name", _("Last name"), "last_name", sort="last_name"),
        Column("first_name", _("First name"), "first_name", sort="first_name"),
        Column("niss", _("NISS"), "niss", table=False),
        Column("registration_number", _("Registration number"), "registration_number", table=False),
        Column("corrects", _("Corrects"), "corrects.number", table=False),
        Column("reason", _("Reason"), "reason", table=False),
        Column("explanation", _("Explanation"), "explanation", table=False),
        Column("total", _("Total"), "total", kind="euros", sort="total"),
    )
    filterset_class = NoteFilter
    ordering = ("-recap__month", "number")
    export_name = _("individual-notes")
    empty_text = _("No note has been issued yet: close a month, and its notes stand here.")


class LineFilter(NoteFilter):
    """Lines by person, month, insurer, kind of note, kind of line and service."""

    to_recap = "note__recap__"
    text = SearchFilter(
        label=_("Name or number"), fields=["note__last_name", "note__first_name", "note__number"]
    )
    month = ChoiceFilter(label=_("Month"), field_name="note__recap__month", choices=())
    insurer = ModelChoiceFilter(label=_("Insurer"), field_name="note__recap__insurer", queryset=_NONE)
    kind = ChoiceFilter(label=_("Kind"), field_name="note__recap__kind", choices=RecapKind.choices)
    line = ChoiceFilter(label=_("Line"), field_name="kind", choices=LineKind.choices)
    service = ChoiceFilter(label=_("Service"), field_name="rate_key", choices=list(RATES.items()))


class LineReport(ProjectReport):
    """The lines of the notes, one a row; a negative one takes another back."""

    columns = (
        Column("note", _("Individual note"), "note.number", sort="note__number"),
        Column("position", _("Line"), "position", kind="number", table=False),
        Column("month", _("Month"), "month_text", sort="note__recap__month"),
        Column("recap", _("Recapitulative note"), "note.recap.number", table=False),
        Column("recap_kind", _("Kind of note"), "note.recap.kind", table=False),
        Column("insurer_code", _("Insurer"), "note.recap.insurer.code", sort="note__recap__insurer__code"),
        Column("last_name", _("Last name"), "note.last_name", sort="note__last_name"),
        Column("first_name", _("First name"), "note.first_name"),
        Column("registration_number", _("Registration number"), "note.registration_number", table=False),
        Column("date", _("Date"), "date", kind="day", sort="date"),
        Column("pseudocode", _("Pseudocode"), "pseudocode", sort="pseudocode"),
        Column("service", _("Service"), "rate_key", table=False),
        Column("kind", _("Line"), "kind", table=False),
        Column("series", _("Series"), "series", table=False),
        Column("units", _("Number"), "units", kind="number", sort="units"),
        Column("unit_amount", _("Amount a unit"), "unit_amount", kind="euros", table=False),
        Column("amount", _("Total"), "amount", kind="euros", sort="amount"),
        Column("takes_back", _("Takes back a line of"), "credits.note.number", table=False),
    )
    filterset_class = LineFilter
    ordering = ("-date", "note__number", "position")
    export_name = _("lines-of-notes")
    empty_text = _("No note has been issued yet: close a month, and its lines stand here.")


class PaymentReportFilter(PaymentFilter):
    """Payments by text, day, month of the note, insurer and kind of note."""

    month = ChoiceFilter(label=_("Month of the note"), field_name="recap__month", choices=())
    kind = ChoiceFilter(label=_("Kind of note"), field_name="recap__kind", choices=RecapKind.choices)


class PaymentReport(ProjectReport):
    """Payments with the notes that they pay; one that undoes another is negative."""

    columns = (
        Column("received_on", _("Received on"), "received_on", kind="day", sort="received_on"),
        Column("amount", _("Amount"), "amount", kind="euros", sort="amount"),
        Column("recap", _("Recapitulative note"), "recap.number", sort="recap__number"),
        Column("month", _("Month of the note"), "month_text", sort="recap__month"),
        Column("kind", _("Kind of note"), "recap.kind", kind="status", tones=KIND_TONES),
        Column("insurer_code", _("Insurer"), "recap.insurer.code", sort="recap__insurer__code"),
        Column("communication", _("Structured communication"), "recap.communication"),
        Column("reference", _("Reference of the bank"), "reference", sort="reference"),
        Column("note", _("Note"), "note", table=False),
        Column("registered_by", _("Registered by"), "registered_by.name", table=False),
        Column("registered_at", _("Registered"), "registered_at", kind="moment", table=False),
    )
    filterset_class = PaymentReportFilter
    ordering = ("-received_on",)
    export_name = _("payments-received")
    empty_text = _("No payment has been registered yet.")
