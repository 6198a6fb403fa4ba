"""The services of a project as a list, and one service with what became of it."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Case, CharField, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.registry.names import search_form
from partenamut.web import formats
from partenamut.web.exports import Column
from partenamut.web.worklist import ChoiceFilter, Link, ListFilter, ModelChoiceFilter, Tab, WorkList
from protocol3.deciding import month_end, reckon
from protocol3.facts import file_of, files_of
from protocol3.messages import FAMILIES, PLACES
from protocol3.models import Beneficiary, LineKind, NoteLine, Practitioner, Project, Service
from protocol3.readings.entry_check import Check, Told, check_of, told
from protocol3.rules import Verdict
from protocol3.rules.pseudocodes import PSEUDOCODES
from protocol3.services.entry import facts_of

OPEN, NOT_BILLABLE, BILLED, CREDITED, WITHDRAWN = "open", "not_billable", "billed", "credited", "withdrawn"
STATES = {
    OPEN: gettext_lazy("To be billed"),
    NOT_BILLABLE: gettext_lazy("Not billable"),
    BILLED: gettext_lazy("Billed"),
    CREDITED: gettext_lazy("Taken back"),
    WITHDRAWN: gettext_lazy("Withdrawn"),
}
TONES = {OPEN: "info", NOT_BILLABLE: "error", BILLED: "success", CREDITED: "warning", WITHDRAWN: "neutral"}
WORDS = 5


#: Action of the audit -> what was done.
DEEDS = {
    "service_entered": gettext_lazy("Service entered"),
    "service_changed": gettext_lazy("Service changed"),
    "service_withdrawn": gettext_lazy("Service withdrawn"),
    "group_entered": gettext_lazy("Group session entered"),
    "group_changed": gettext_lazy("Group session changed"),
    "services_exported": gettext_lazy("List of services downloaded"),
}


class State:
    """The state of a service: said in the reader's language, compared by its code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __str__(self) -> str:
        return str(STATES[self.code])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and other.code == self.code

    def __hash__(self) -> int:
        return hash(self.code)


def not_billable(project: Project) -> list[int]:
    """The open services of a project that the rules stop as the facts stand; each beneficiary reckoned once."""
    open_services = Service.objects.open().filter(enrolment__project=project)
    people = Beneficiary.objects.filter(pk__in=open_services.values("enrolment__beneficiary"))
    return [
        taken.entered.pk
        for file in files_of(people, project).values()
        for taken in reckon(file).taken
        if taken.entered.project_id == project.pk and not taken.entered.billed and not taken.verdict.billable
    ]


def services_of(project: Project) -> QuerySet[Service]:
    """The services of a project, each with its state."""
    rows: QuerySet[Service] = Service.objects.with_state().filter(enrolment__project=project)
    state = Case(
        When(withdrawn_at__isnull=False, then=Value(WITHDRAWN)),
        When(is_credited=True, then=Value(CREDITED)),
        When(is_billed=True, then=Value(BILLED)),
        When(pk__in=not_billable(project), then=Value(NOT_BILLABLE)),
        default=Value(OPEN),
        output_field=CharField(),
    )
    return rows.annotate(state=state).select_related("enrolment__beneficiary", "practitioner", "group")


# --- filters ----------------------------------------------------------------------------------------------


class NameFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Words of the beneficiary's name, with or without accents."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The services of people whose name holds every word."""
        for word in search_form(value or "").split()[:WORDS]:
            qs = qs.filter(enrolment__beneficiary__search_name__contains=word)
        return qs


class FamilyFilter(ChoiceFilter):
    """A family of services, whatever the pseudocode."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The services of the family."""
        codes = [row.code for row in PSEUDOCODES.values() if row.family == value]
        return qs.filter(pseudocode__in=codes) if value else qs


class MonthFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A month, written 2023-05 or 05/2023."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The services of its days; none for what is no month."""
        if not value:
            return qs
        first = month_written(value)
        return qs.filter(date__range=(first, month_end(first))) if first else qs.none()


class PersonFilter(django_filters.UUIDFilter):  # type: ignore[misc]
    """One inclusion, from a link of the beneficiary's page."""


def month_written(text: str) -> date | None:
    """The first day of a month written 2023-05 or 05/2023; None for what is none."""
    year, _slash, month = text.strip().partition("-")
    if "/" in text:
        month, _slash, year = text.strip().partition("/")
    try:
        return date(int(year), int(month), 1)
    except ValueError:
        return None


def _practitioners(request: HttpRequest | None) -> QuerySet[Practitioner]:
    match = request.resolver_match if request is not None else None
    project: uuid.UUID = match.kwargs["project_id"] if match else uuid.UUID(int=0)
    theirs = Service.objects.filter(enrolment__project__public_id=project).values("practitioner")
    return Practitioner.objects.filter(pk__in=theirs).order_by("last_name", "first_name", "pk")


class ServiceFilter(ListFilter):
    """Services by beneficiary, practitioner, family, month and state."""

    name = NameFilter(label=gettext_lazy("Beneficiary"), max_length=100)
    practitioner = ModelChoiceFilter(label=gettext_lazy("Practitioner"), queryset=_practitioners)
    family = FamilyFilter(label=gettext_lazy("Service"), choices=list(FAMILIES.items()))
    month = MonthFilter(label=gettext_lazy("Month (05/2023)"), max_length=7)
    state = ChoiceFilter(label=gettext_lazy("State"), field_name="state", choices=list(STATES.items()))
    enrolment = PersonFilter(
        label=gettext_lazy("File of a beneficiary"),
        field_name="enrolment__public_id",
        widget=forms.HiddenInput,
    )


class ServiceList(WorkList):
    """The services of a project, the latest first."""

    filterset_class = ServiceFilter
    ordering = ("-date",)
    export_name = gettext_lazy("services")
    empty_text = gettext_lazy("No service has been entered yet.")
    template_name = "protocol3/list.html"
    columns = (
        Column(
            "date",
            gettext_lazy("Day"),
            "date",
            kind="day",
            sort="date",
            url=lambda row: reverse("protocol3:service", args=[row.public_id]),
        ),
        Column(
            "beneficiary",
            gettext_lazy("Beneficiary"),
            lambda row: f"{row.enrolment.beneficiary.last_name} {row.enrolment.beneficiary.first_name}",
            sort="enrolment__beneficiary__search_name",
            url=lambda row: reverse("protocol3:beneficiary", args=[row.enrolment.public_id]),
        ),
        Column("service", gettext_lazy("Service"), "kind_text"),
        Column("pseudocode", gettext_lazy("Pseudocode"), "pseudocode", sort="pseudocode"),
        Column("units", gettext_lazy("Units"), "units", kind="number", sort="units"),
        Column(
            "practitioner",
            gettext_lazy("Practitioner"),
            "practitioner.full_name",
            sort="practitioner__last_name",
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: State(row.state),
            kind="status",
            sort="state",
            tones={State(code): tone for code, tone in TONES.items()},
        ),
        Column(
            "participants", gettext_lazy("People who took part"), "participants", kind="number", table=False
        ),
        Column("place", gettext_lazy("Place"), "place", table=False),
        Column("starts_at", gettext_lazy("Begins at"), lambda row: _clock(row.starts_at), table=False),
        Column("ends_at", gettext_lazy("Ends at"), lambda row: _clock(row.ends_at), table=False),
        Column("minutes", gettext_lazy("Minutes logged"), "documented_minutes", kind="number", table=False),
        Column("patient_record", gettext_lazy("Patient record"), "patient_record", table=False),
        Column("reference", gettext_lazy("Reference of the sender"), "external_reference", table=False),
        Column("withdrawn", gettext_lazy("Why it was withdrawn"), "withdrawn_because", table=False),
    )

    def __init__(self, project: Project) -> None:
        self.project = project
        super().__init__(services_of(project), empty_action=actions_of(project)[0])

    def count_text(self, count: int, *, more: bool) -> str:
        """How many services."""
        shown = formats.number(count)
        if more:
            return _("More than %(count)s services") % {"count": shown}
        return ngettext("%(count)s service", "%(count)s services", count) % {"count": shown}

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="services_exported",
            subject=self.project,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )


def actions_of(project: Project) -> list[Link]:
    """Enter, enter a group, import."""
    args = [project.public_id]
    return [
        Link(label=gettext_lazy("Enter a service"), url=reverse("protocol3:enter_service", args=args)),
        Link(label=gettext_lazy("Enter a group session"), url=reverse("protocol3:enter_group", args=args)),
        Link(label=gettext_lazy("Import a file"), url=reverse("protocol3:service_imports", args=args)),
    ]


def tabs_of(request: HttpRequest) -> list[Tab]:
    """The ready-made lists by state."""
    here = request.GET.urlencode()
    made = [("", gettext_lazy("All")), *((f"state={code}", label) for code, label in STATES.items())]
    return [Tab(label=label, query=query, current=query == here) for query, label in made]


# --- one service ------------------------------------------------------------------------------------------


class Billed(Struct, frozen=True):
    """A line of a note that bills a service, or takes it back."""

    line: NoteLine
    takes_back: bool


class ServiceSheet(Struct, frozen=True):
    """A service with its verdict as the facts stand now, and the lines it stands on."""

    service: Service
    state: str
    tone: str
    billable: bool
    check: Check | None
    #: What stops a service that was billed already: to be paid back (art. 12).
    excess: tuple[Told, ...]
    lines: tuple[Billed, ...]

    @property
    def can_change(self) -> bool:
        """Whether it can still be changed or withdrawn."""
        return not self.lines and self.service.withdrawn_at is None


def sheet_of(service: Service) -> ServiceSheet:
    """What a page shows of a service."""
    lines = tuple(
        Billed(line, line.credits_id is not None)
        for line in NoteLine.objects.filter(service=service, kind=LineKind.SERVICE)
        .select_related("note__recap")
        .order_by("pk")
    )
    check = None
    excess: tuple[Told, ...] = ()
    if not lines and service.withdrawn_at is None:
        check = check_of(service.enrolment, facts_of(service), replacing=service)
    elif lines and not lines[-1].takes_back:
        verdict = _verdict(service)
        excess = told(verdict.stopped_by) if verdict else ()
    code = _state(service, lines, check)
    return ServiceSheet(
        service, str(STATES[code]), TONES[code], check is None or check.billable, check, excess, lines
    )


def facts_shown(service: Service) -> list[dict[str, Any]]:
    """What was entered, as labels and values; empty ones left out."""
    return [{"label": label, "value": value} for label, value in _facts(service) if value not in ("", None)]


def _facts(service: Service) -> Iterator[tuple[Any, Any]]:
    yield _("Beneficiary"), service.enrolment.beneficiary.full_name
    yield _("Day"), formats.day(service.date)
    yield _("Service"), service.kind_text
    yield _("Pseudocode"), service.pseudocode
    yield _("Units"), service.units
    yield _("Practitioner"), service.practitioner.full_name
    yield _("Place"), PLACES.get(service.place, "")
    yield _("Time"), times(service.starts_at, service.ends_at)
    yield _("People who took part"), service.participants
    yield _("Collective room"), service.group.room if service.group else ""
    yield _("What was done"), service.description
    yield from _remote(service)
    yield _("Minutes logged"), service.documented_minutes
    yield _("Patient record"), service.patient_record
    yield _("Reference of the sender"), service.external_reference


def _remote(service: Service) -> Iterator[tuple[Any, Any]]:
    if service.place == "remote":
        yield _("Prior consent"), _("Recorded") if service.consent else _("Not recorded")
        yield _("Able to follow it"), _("Yes") if service.fit else _("Not recorded")
        yield _("Channel"), service.get_channel_display()


def times(starts_at: Any, ends_at: Any) -> str:
    """From a time to another; empty where there is none."""
    return f"{starts_at:%H:%M} – {ends_at:%H:%M}" if starts_at and ends_at else ""


def _clock(moment: Any) -> str:
    return f"{moment:%H:%M}" if moment else ""


def _verdict(service: Service) -> Verdict | None:
    reckoning = reckon(file_of(service.enrolment.beneficiary, service.enrolment.project))
    return next((one.verdict for one in reckoning.taken if one.entered.pk == service.pk), None)


def _state(service: Service, lines: tuple[Billed, ...], check: Check | None) -> str:
    if service.withdrawn_at is not None:
        return WITHDRAWN
    if lines:
        return CREDITED if lines[-1].takes_back else BILLED
    return OPEN if check is None or check.billable else NOT_BILLABLE
