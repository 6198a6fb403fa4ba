"""The list of a project's beneficiaries: who they are insured with, what is open to them, how far they are."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    DateField,
    IntegerField,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.periods import add_months
from partenamut.registry.models import Insurer
from partenamut.registry.names import search_form
from partenamut.web.worklist import ChoiceFilter, Column, Link, ListFilter, ModelChoiceFilter, WorkList
from protocol3.messages import FAMILIES
from protocol3.models import (
    Affiliation,
    EligibilityRecord,
    Enrolment,
    Practitioner,
    PriorUnits,
    Project,
    SecondSeries,
    Service,
)
from protocol3.rules.parameters import CLOSING_DAYS, PERIOD_MONTHS, SERIES_UNITS
from protocol3.services.people_series import BASE_CODES

STATES = {
    "running": gettext_lazy("Running"),
    "closing": gettext_lazy("Closing series"),
    "ended": gettext_lazy("Ended"),
    "left": gettext_lazy("Left the project"),
}
STATE_TONES = {"running": "success", "closing": "warning", "ended": "neutral", "left": "neutral"}
TO_DO = {
    "eligibility": gettext_lazy("Eligibility not decided"),
    "receipt": gettext_lazy("Receipt of the information sheet missing"),
    "case_manager": gettext_lazy("No case manager"),
    "insurer": gettext_lazy("No insurer today"),
}


class _Tones(dict[Any, str]):
    """The tone of a state, found by its words in the language of the page."""

    def get(self, text: Any, default: Any = None) -> Any:
        """The tone of a text."""
        return next((STATE_TONES[code] for code, word in STATES.items() if str(word) == str(text)), default)


def state_of(enrolment: Enrolment, on: date) -> str:
    """Where a person stands in a project on a day: running, closing, ended or left."""
    rows = beneficiaries_of(enrolment.project, on=on).filter(pk=enrolment.pk)
    found: str = rows.values_list("state", flat=True)[0]
    return found


def beneficiaries_of(project: Project, *, on: date) -> QuerySet[Any]:
    """The people of a project with what the list shows of each, in one query."""
    person = OuterRef("beneficiary")
    records = EligibilityRecord.objects.filter(enrolment=OuterRef("pk")).order_by("-decided_at", "-pk")
    insured = Affiliation.objects.on(on).filter(beneficiary=person)
    base = Service.objects.standing().filter(enrolment__beneficiary=person, pseudocode__in=BASE_CODES)
    units = base.order_by().values("enrolment__beneficiary").annotate(total=Sum("units")).values("total")
    done = Service.objects.standing().filter(enrolment__beneficiary=person)
    first = done.order_by().values("enrolment__beneficiary").annotate(first=Min("date")).values("first")
    prior = PriorUnits.objects.filter(beneficiary=person)
    end = Least("beneficiary__died_on", "beneficiary__rest_home_entry")
    rows: QuerySet[Any] = Enrolment.objects.filter(project=project).select_related(
        "project", "beneficiary", "case_manager"
    )
    shown: QuerySet[Any] = rows.annotate(
        families=Subquery(
            records.values("families")[:1], output_field=ArrayField(CharField(max_length=25), null=True)
        ),
        insurer_key=Subquery(insured.values("insurer")[:1], output_field=IntegerField()),
        insurer_code=Subquery(insured.values("insurer__code")[:1]),
        insurer_fr=Subquery(insured.values("insurer__name_fr")[:1]),
        registration=Subquery(insured.values("registration_number")[:1]),
        units=Coalesce(Subquery(units), 0) + Coalesce(Subquery(prior.values("units")[:1]), 0),
        first_service=Coalesce(
            Subquery(prior.values("period_start")[:1]), Subquery(first), output_field=DateField()
        ),
        second_from=Subquery(SecondSeries.objects.filter(beneficiary=person).values("first_day")[:1]),
        end=end,
        state=Case(
            When(left_on__lt=on, then=Value("left")),
            When(end=None, first_service__lte=add_months(on, -PERIOD_MONTHS), then=Value("ended")),
            When(end=None, then=Value("running")),
            When(end__gte=on - timedelta(days=CLOSING_DAYS), then=Value("closing")),
            default=Value("ended"),
            output_field=CharField(),
        ),
    )
    return shown


# --- filters


class NameFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Names, accents and hyphens apart: every word must be found."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The people whose name holds every word."""
        for word in search_form(value or "").split()[:5]:
            qs = qs.filter(beneficiary__search_name__contains=word)
        return qs


class FamilyFilter(ChoiceFilter):
    """A service that the decision in force opens."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The people to whom it is open."""
        return qs.filter(families__contains=[value]) if value else qs


class InsurerFilter(ModelChoiceFilter):
    """The insurer of today."""

    def filter(self, qs: QuerySet[Any], value: Insurer | None) -> QuerySet[Any]:
        """The people insured there."""
        return qs.filter(insurer_key=value.pk) if value else qs


class ToDoFilter(ChoiceFilter):
    """What is still missing in a file."""

    MISSING = {
        "eligibility": {"families": None},
        "receipt": {"receipt": None},
        "case_manager": {"case_manager": None},
        "insurer": {"insurer_key": None},
    }

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The files in which it is missing."""
        return qs.filter(**self.MISSING[value]) if value else qs


def _project_id(request: HttpRequest | None) -> Any:
    match = request.resolver_match if request is not None else None
    return match.kwargs["project_id"] if match else None


def _managers(request: HttpRequest | None) -> QuerySet[Practitioner]:
    """Those who manage a case of the project."""
    theirs = Enrolment.objects.filter(project__public_id=_project_id(request))
    return Practitioner.objects.filter(pk__in=theirs.values("case_manager")).order_by(
        "last_name", "first_name", "pk"
    )


class BeneficiaryFilter(ListFilter):
    """By name, state, open service, case manager, insurer and what is missing."""

    name = NameFilter(label=gettext_lazy("Name"))
    state = ChoiceFilter(label=gettext_lazy("State"), choices=list(STATES.items()))
    service = FamilyFilter(label=gettext_lazy("Open service"), choices=list(FAMILIES.items()))
    case_manager = ModelChoiceFilter(label=gettext_lazy("Case manager"), queryset=_managers)
    insurer = InsurerFilter(
        label=gettext_lazy("Insurer"), queryset=lambda _request: Insurer.objects.order_by("code")
    )
    to_do = ToDoFilter(label=gettext_lazy("To do"), choices=list(TO_DO.items()))


# --- columns


def families_text(codes: list[str] | None) -> str:
    """The names of services; says so where nothing is decided or nothing is open."""
    if codes is None:
        return _("Not decided")
    # The module is open to whoever gets a base service: naming it too would only lengthen the line.
    named = [code for code in codes if code in FAMILIES and code != "initial_module"]
    return ", ".join(str(FAMILIES[code]) for code in named) or _("None")


def _limit(row: Any) -> int:
    return SERIES_UNITS[1] + (SERIES_UNITS[2] if row.second_from else 0)


class BeneficiaryList(WorkList):
    """The beneficiaries of a project, by name."""

    template_name = "protocol3/list.html"
    filterset_class = BeneficiaryFilter
    ordering = ("beneficiary__search_name",)
    export_name = gettext_lazy("beneficiaries")
    empty_text = gettext_lazy("Nobody is included in this project yet.")
    columns = (
        Column(
            "name",
            gettext_lazy("Name"),
            lambda row: f"{row.beneficiary.last_name} {row.beneficiary.first_name}",
            sort="beneficiary__search_name",
            url=lambda row: reverse("protocol3:beneficiary", args=[row.public_id]),
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: STATES[row.state],
            kind="status",
            tones=_Tones(),
        ),
        Column(
            "units", gettext_lazy("Units entered"), lambda row: f"{row.units} / {_limit(row)}", sort="units"
        ),
        Column(
            "case_manager",
            gettext_lazy("Case manager"),
            lambda row: row.case_manager.full_name if row.case_manager else "",
            sort="case_manager__last_name",
        ),
        Column("services", gettext_lazy("Open services"), lambda row: families_text(row.families)),
        Column(
            "insurer",
            gettext_lazy("Insurer"),
            lambda row: f"{row.insurer_code} {row.insurer_fr}" if row.insurer_code else "",
            sort="insurer_code",
        ),
        Column("enrolled_on", gettext_lazy("Included on"), "enrolled_on", kind="day", sort="enrolled_on"),
        Column("birth_date", gettext_lazy("Birth date"), "beneficiary.birth_date", kind="day", table=False),
        Column("registration", gettext_lazy("Registration number"), "registration", table=False),
        Column("first_service", gettext_lazy("First service"), "first_service", kind="day", table=False),
        Column("second_from", gettext_lazy("Second series from"), "second_from", kind="day", table=False),
        Column("end", gettext_lazy("Death or rest home"), "end", kind="day", table=False),
        Column("left_on", gettext_lazy("Left on"), "left_on", kind="day", table=False),
        Column("informed_on", gettext_lazy("Receipt signed on"), "informed_on", kind="day", table=False),
    )

    def __init__(self, project: Project, *, on: date) -> None:
        self.project = project
        way = Link(
            label=gettext_lazy("Include a person"), url=reverse("protocol3:include", args=[project.public_id])
        )
        super().__init__(beneficiaries_of(project, on=on), empty_action=way)

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="beneficiaries_exported",
            subject=self.project,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )
