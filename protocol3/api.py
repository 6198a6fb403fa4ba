"""Care projects over the REST API: services of one's projects, one at a time or a month's at once, and ledgers."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.casework.file_imports import SentBefore
from partenamut.casework.rows import MAX_LINES, MAX_TEXT
from partenamut.web.api import allows
from partenamut.web.api_fields import DayField, RowField, WordsField
from protocol3 import tasks
from protocol3.imports import LAYOUT, lines_of
from protocol3.messages import FAMILIES, MODALITIES, PLACES, said
from protocol3.models import (
    Assignment,
    Channel,
    ContactNature,
    Enrolment,
    Practitioner,
    Project,
    Service,
    ServiceImport,
    SupportAct,
)
from protocol3.readings import entry_imports as import_reading
from protocol3.readings.entry import month_written
from protocol3.readings.ledgers import LedgerView, ledger_of
from protocol3.rules.pseudocodes import PSEUDOCODES, found
from protocol3.services import entry, imports
from protocol3.services.entry import NotBillable
from protocol3.services.entry_faults import Act

PURPOSE = "api"
#: More lines that something stands against are not told at once.
MOST_PROBLEMS = 1_000
MayEnterServices = allows(Permission.ENTER_SERVICES)


# --- services ---------------------------------------------------------------------------------------------


class ActSerializer(serializers.ModelSerializer[SupportAct]):
    """An act of support (art. 10)."""

    description = WordsField(max_length=1000)
    contact_name = WordsField(max_length=150, required=False, allow_blank=True, default="")
    contact_function = WordsField(max_length=100, required=False, allow_blank=True, default="")
    contact_nature = serializers.ChoiceField(
        choices=ContactNature.choices, required=False, allow_blank=True, default=""
    )

    class Meta:
        model = SupportAct
        fields = (
            "starts_at",
            "ends_at",
            "description",
            "contact_name",
            "contact_function",
            "contact_nature",
        )


class ServiceSerializer(serializers.ModelSerializer[Service]):
    """A service as the API shows it."""

    project = serializers.UUIDField(source="enrolment.project.public_id", read_only=True)
    enrolment = serializers.UUIDField(source="enrolment.public_id", read_only=True)
    practitioner = serializers.UUIDField(source="practitioner.public_id", read_only=True)
    family = serializers.CharField(read_only=True)
    modality = serializers.CharField(read_only=True)
    state = serializers.SerializerMethodField()
    acts = ActSerializer(many=True, read_only=True)

    class Meta:
        model = Service
        fields: tuple[str, ...] = (
            "public_id",
            "project",
            "enrolment",
            "practitioner",
            "date",
            "family",
            "modality",
            "pseudocode",
            "units",
            "participants",
            "place",
            "starts_at",
            "ends_at",
            "description",
            "consent",
            "fit",
            "channel",
            "documented_minutes",
            "patient_record",
            "external_reference",
            "acts",
            "entered_at",
            "state",
        )
        read_only_fields = fields

    def get_state(self, service: Any) -> str:
        """open, billed, credited or withdrawn; whether an open one is billable, the ledger says."""
        if service.withdrawn_at is not None:
            return "withdrawn"
        if service.is_credited:
            return "credited"
        return "billed" if service.is_billed else "open"


class EntrySerializer(serializers.Serializer[Any]):
    """A service to enter: family and modality, or the pseudocode; without a practitioner, the user's own name."""

    enrolment = RowField()
    practitioner = RowField(required=False)
    date = DayField()
    family = serializers.ChoiceField(choices=list(FAMILIES.items()), required=False)
    modality = serializers.ChoiceField(choices=list(MODALITIES.items()), required=False)
    pseudocode = WordsField(max_length=6, required=False)
    units = serializers.IntegerField(min_value=1, max_value=200)
    place = serializers.ChoiceField(
        choices=list(PLACES.items()), required=False, allow_blank=True, default=""
    )
    starts_at = serializers.TimeField(required=False, allow_null=True, default=None)
    ends_at = serializers.TimeField(required=False, allow_null=True, default=None)
    description = WordsField(max_length=2000, required=False, allow_blank=True, default="")
    consent = serializers.BooleanField(required=False, allow_null=True, default=None)
    fit = serializers.BooleanField(required=False, allow_null=True, default=None)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, allow_blank=True, default="")
    patient_record = WordsField(max_length=60, required=False, allow_blank=True, default="")
    external_reference = WordsField(max_length=60, required=False, allow_blank=True, default="")
    acts = ActSerializer(many=True, required=False, default=list)
    anyway = serializers.BooleanField(
        default=False, help_text="Enters it although it is not billable, kept as such."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The values with their pseudocode and practitioner."""
        attrs["practitioner"] = attrs.get("practitioner") or self.context["own"]
        if attrs["practitioner"] is None:
            raise serializers.ValidationError({"practitioner": _("Say who gave the service.")})
        attrs["pseudocode"] = self._pseudocode(attrs)
        kind = PSEUDOCODES.get(attrs["pseudocode"])
        if kind is not None and kind.modality == "group":
            raise serializers.ValidationError(
                {"modality": _("A group comes as a batch, with one line for each beneficiary.")}
            )
        return attrs

    def _pseudocode(self, attrs: dict[str, Any]) -> str:
        family, modality = attrs.pop("family", None), attrs.pop("modality", None)
        given: str = attrs.get("pseudocode", "")
        if not (family and modality):
            if not given:
                raise serializers.ValidationError(
                    {"family": _("Say which service it is: family and modality, or the pseudocode.")}
                )
            return given
        row = found(family, attrs["practitioner"].profession, modality)
        if row is None or (given and given != row.code):
            raise serializers.ValidationError(
                {"family": _("The convention has no such pseudocode for this profession (art. 22, table 5).")}
            )
        return row.code


class ServiceApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What the API narrows services by."""

    project = django_filters.UUIDFilter(field_name="enrolment__project__public_id")
    enrolment = django_filters.UUIDFilter(field_name="enrolment__public_id")
    practitioner = django_filters.UUIDFilter(field_name="practitioner__public_id")
    pseudocode = django_filters.CharFilter(max_length=6)
    reference = django_filters.CharFilter(field_name="external_reference", max_length=60)
    month = django_filters.CharFilter(method="of_month", max_length=7)
    since = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="date", lookup_expr="lte")

    class Meta:
        model = Service
        fields: list[str] = []

    def of_month(self, rows: QuerySet[Service], _name: str, value: str) -> QuerySet[Service]:
        """Those of a month; none for what is no month."""
        first = month_written(value)
        return rows.filter(date__year=first.year, date__month=first.month) if first else rows.none()


class ServiceLineSerializer(ServiceSerializer):
    """A service in a list: what was done and said stays in the file, whose opening is logged."""

    class Meta(ServiceSerializer.Meta):
        fields = tuple(name for name in ServiceSerializer.Meta.fields if name not in ("description", "acts"))
        read_only_fields = fields


class ServiceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Service]):
    """Services of the user's projects: to read, and to enter."""

    queryset = Service.objects.none()
    serializer_class = ServiceSerializer
    permission_classes = (MayEnterServices,)
    filterset_class = ServiceApiFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Service]:
        """Those of the user's projects, the latest first."""
        rows: QuerySet[Service] = Service.objects.visible_to(user_of(self.request), localdate()).with_state()
        rows = rows.select_related("enrolment__project", "practitioner").order_by("-date", "-pk")
        return rows if self.action == "list" else rows.prefetch_related("acts")

    def get_serializer_class(self) -> type[ServiceSerializer]:
        """The whole service, or in a list its line."""
        return ServiceLineSerializer if self.action == "list" else ServiceSerializer

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One service; the opening is logged."""
        service = self.get_object()
        _note(request, service.enrolment)
        return Response(self.get_serializer(service).data)

    @extend_schema(request=EntrySerializer, responses={201: ServiceSerializer, 422: OpenApiTypes.OBJECT})
    def create(self, request: Request) -> Response:
        """A service entered; 422 with every rule that stops it, unless it is kept `anyway`."""
        sent = EntrySerializer(data=request.data, context=_rows_of(request))
        sent.is_valid(raise_exception=True)
        values = dict(sent.validated_data)
        acts = [Act(**act) for act in values.pop("acts")]
        try:
            service = entry.enter(**values, acts=acts, actor=user_of(request), at=now())
        except NotBillable as refused:
            return Response(_not_billable(refused), status=422)
        shown = self.get_queryset().get(pk=service.pk)
        return Response(self.get_serializer(shown).data, status=status.HTTP_201_CREATED)


def _rows_of(request: Request) -> dict[str, Any]:
    """Whom a service may be about, and who may have given it."""
    projects = Project.objects.worked_for(user_of(request), localdate())
    workers = Assignment.objects.filter(project__in=projects).values("practitioner")
    return {
        "enrolment_rows": Enrolment.objects.filter(project__in=projects).select_related(
            "project", "beneficiary"
        ),
        "practitioner_rows": Practitioner.objects.filter(pk__in=workers),
        "own": Practitioner.objects.filter(user=user_of(request)).first(),
    }


def _not_billable(refused: NotBillable) -> dict[str, Any]:
    verdict = refused.verdict
    return {
        "error": {"field": None, "message": str(refused.messages[0])},
        "codes": verdict.codes,
        "reasons": said(verdict.stopped_by, get_language() or "fr"),
    }


# --- projects and beneficiaries ---------------------------------------------------------------------------


class WorkerSerializer(serializers.ModelSerializer[Practitioner]):
    """A practitioner of a project."""

    class Meta:
        model = Practitioner
        fields = ("public_id", "last_name", "first_name", "profession", "inami_number")


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project with those who have a function in it today."""

    practitioners = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = ("public_id", "code", "name", "alternatives", "practitioners")

    @extend_schema_field(WorkerSerializer(many=True))
    def get_practitioners(self, project: Any) -> Any:
        """Each of them once."""
        people = {row.practitioner_id: row.practitioner for row in project.current}
        return WorkerSerializer(list(people.values()), many=True).data


class ProjectViewSet(viewsets.ReadOnlyModelViewSet[Project]):
    """The projects that the user works for."""

    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    permission_classes = (MayEnterServices,)
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Project]:
        """Those of today, by their codes."""
        today = localdate()
        current = Assignment.objects.on(today).select_related("practitioner").order_by("pk")
        rows: QuerySet[Project] = Project.objects.worked_for(user_of(self.request), today)
        return rows.prefetch_related(Prefetch("assignments", current, to_attr="current")).order_by("code")


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    """A beneficiary of a project, without the national number."""

    project = serializers.UUIDField(source="project.public_id", read_only=True)
    last_name = serializers.CharField(source="beneficiary.last_name", read_only=True)
    first_name = serializers.CharField(source="beneficiary.first_name", read_only=True)
    birth_date = serializers.DateField(source="beneficiary.birth_date", read_only=True)

    class Meta:
        model = Enrolment
        fields = (
            "public_id",
            "project",
            "last_name",
            "first_name",
            "birth_date",
            "enrolled_on",
            "left_on",
        )


class EnrolmentApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What the API narrows beneficiaries by."""

    project = django_filters.UUIDFilter(field_name="project__public_id")
    name = django_filters.CharFilter(
        field_name="beneficiary__search_name", lookup_expr="icontains", max_length=100
    )

    class Meta:
        model = Enrolment
        fields: list[str] = []


class BeneficiaryViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Enrolment]
):
    """The beneficiaries of the user's projects, and their ledgers."""

    queryset = Enrolment.objects.none()
    serializer_class = EnrolmentSerializer
    permission_classes = (MayEnterServices,)
    filterset_class = EnrolmentApiFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Enrolment]:
        """Those of the user's projects, by name."""
        rows: QuerySet[Enrolment] = Enrolment.objects.visible_to(user_of(self.request), localdate())
        return rows.select_related("beneficiary", "project").order_by("beneficiary__search_name", "pk")

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One of them; the opening is logged."""
        enrolment = self.get_object()
        _note(request, enrolment)
        return Response(self.get_serializer(enrolment).data)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, filterset_class=None)
    def ledger(self, request: Request, public_id: uuid.UUID) -> Response:
        """What a beneficiary has used and has left, over all projects; the opening is logged."""
        enrolment = self.get_object()
        _note(request, enrolment)
        return Response(_ledger(enrolment, ledger_of(enrolment, on=localdate())))


def _ledger(enrolment: Enrolment, view: LedgerView) -> dict[str, Any]:
    return {
        "on": view.on,
        "first_day": view.first_day,
        "last_day": view.last_day,
        "days_left": view.days_left,
        "initial_module_billed": view.module_billed,
        "series": [_series(line) for line in view.series],
        "closing": {"days": view.closing_days, "used": view.closing_used, "left": view.closing_left},
        "alternatives": [
            {"family": line.family, "used": line.used, "left": line.left} for line in view.alternatives
        ],
        "hospital_sessions": [
            {"family": line.family, "used": line.used, "left": line.left} for line in view.hospital
        ],
        "not_billable": _stopped(enrolment, view),
    }


def _series(line: Any) -> dict[str, Any]:
    return {
        "number": line.number,
        "used": line.used,
        "left": line.left,
        "groups_left": line.group_left,
        "families": [
            {
                "family": one.family,
                "sessions": one.sessions,
                "groups": one.groups,
                "support": one.support,
                "percent_sessions": one.percent,
                "share_kept": one.kept,
                "share_reachable": one.reachable,
            }
            for one in line.families
        ],
    }


def _stopped(enrolment: Enrolment, view: LedgerView) -> list[dict[str, Any]]:
    """The services of this project that are not billable, with the rules that stop them."""
    own = [one for one in view.stopped if one.entered.project_id == enrolment.project_id]
    rows = Service.objects.in_bulk([one.entered.pk for one in own])
    return [
        {
            "service": rows[one.entered.pk].public_id,
            "date": one.entered.facts.date,
            "codes": one.verdict.codes,
            "reasons": said(one.verdict.stopped_by, get_language() or "fr"),
        }
        for one in own
    ]


# --- a month's services at once ---------------------------------------------------------------------------


class BatchSerializer(serializers.Serializer[Any]):
    """A month's services: rows with the columns of the file, looked at only unless `dry_run` is false."""

    project = RowField()
    name = WordsField(max_length=150, default="API")
    dry_run = serializers.BooleanField(default=True)
    without_refused = serializers.BooleanField(
        default=False, help_text="Enters the other lines where some are refused."
    )
    keep = serializers.BooleanField(
        default=None,
        allow_null=True,
        help_text="Whether lines that are not billable are entered as such; needed where there are any.",
    )
    services = serializers.ListField(child=serializers.DictField(), allow_empty=False, max_length=MAX_LINES)

    def validate_services(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """The rows as texts; a column that no file has is refused."""
        names = set(LAYOUT.names)
        unknown = sorted({str(name)[:40] for row in rows for name in row if name not in names})
        if unknown:
            raise serializers.ValidationError(
                _("Unknown columns: %(names)s.") % {"names": ", ".join(unknown)[:200]}
            )
        return [{name: _cell(value) for name, value in row.items()} for row in rows]


def _cell(value: Any) -> str:
    """A value of a row as a file would have it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise serializers.ValidationError(_("A row has texts, whole numbers, yes and no only."))
    return str(value)[: MAX_TEXT + 1]


class ImportSerializer(serializers.ModelSerializer[ServiceImport]):
    """An import, how far it is, and what stands against its lines."""

    project = serializers.UUIDField(source="project.public_id", read_only=True)
    lines = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()

    class Meta:
        model = ServiceImport
        fields = ("public_id", "project", "file_name", "status", "created_at", "done_at", "lines", "problems")

    def get_lines(self, row: Any) -> dict[str, int]:
        """How many stand where."""
        counts = import_reading.counted(row)
        return {
            "billable": counts.billable,
            "not_billable": counts.not_billable,
            "refused": counts.refused,
            "entered": counts.entered,
        }

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_problems(self, row: Any) -> list[dict[str, Any]]:
        """The refused lines, the first thousand of them."""
        return import_reading.told_of(import_reading.refused_of(row), MOST_PROBLEMS)


class ServiceImportViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[ServiceImport]):
    """A month's services at once: a dry run, then the taking over in the background."""

    queryset = ServiceImport.objects.none()
    serializer_class = ImportSerializer
    permission_classes = (MayEnterServices,)
    filter_backends = ()
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[ServiceImport]:
        """Those of the user's projects."""
        mine = Project.objects.worked_for(user_of(self.request), localdate())
        rows: QuerySet[ServiceImport] = ServiceImport.objects.filter(project__in=mine)
        return rows.select_related("project").order_by("-pk")

    @extend_schema(
        request=BatchSerializer,
        responses={
            200: OpenApiTypes.OBJECT,
            202: ImportSerializer,
            409: OpenApiTypes.OBJECT,
            422: OpenApiTypes.OBJECT,
        },
    )
    def create(self, request: Request) -> Response:
        """The dry run of a batch; with `dry_run` false the batch itself, whole or as was said."""
        projects = Project.objects.worked_for(user_of(request), localdate())
        sent = BatchSerializer(data=request.data, context={"project_rows": projects})
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        if values["dry_run"]:
            return Response(_looked_at(values))
        try:
            row = self._take(request, values)
        except SentBefore as error:
            first = {"field": "services", "message": str(error.messages[0])}
            return Response({"error": first, "import": str(error.earlier.public_id)}, status=409)
        except ModelValidationError as error:
            refused = {"field": next(iter(error.message_dict), None), "message": " ".join(error.messages)}
            return Response({"error": refused, **_looked_at(values)}, status=422)
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED)

    @transaction.atomic
    def _take(self, request: Request, values: Mapping[str, Any]) -> ServiceImport:
        """Receives and starts together: what cannot start is not kept either."""
        who: dict[str, Any] = {"actor": user_of(request), "at": now()}
        row = imports.receive_batch(
            project=values["project"], sent=values["services"], name=values["name"], **who
        )
        return imports.start_import(
            service_import=row,
            keep=values["keep"],
            without_refused=values["without_refused"],
            ring=tasks.start_lines,
            **who,
        )


def _looked_at(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a dry run finds."""
    lines = lines_of(values["services"])
    imports.look(values["project"], lines, today=localdate())
    refused = sum(map(imports.is_refused, lines))
    stopped = sum(bool(line.errors) for line in lines) - refused
    return {
        "lines": {
            "billable": len(lines) - refused - stopped,
            "not_billable": stopped,
            "refused": refused,
            "entered": 0,
        },
        "problems": import_reading.shown(lines)[:MOST_PROBLEMS],
    }


def register(router: BaseRouter) -> None:
    """Puts the endpoints of the care projects under /api/v1/."""
    router.register("protocol3/projects", ProjectViewSet, basename="protocol3-project")
    router.register("protocol3/beneficiaries", BeneficiaryViewSet, basename="protocol3-beneficiary")
    router.register("protocol3/services", ServiceViewSet, basename="protocol3-service")
    router.register("protocol3/service-imports", ServiceImportViewSet, basename="protocol3-import")


def _note(request: Request, enrolment: Enrolment) -> None:
    note_access(
        person=enrolment.beneficiary.file_holder,
        actor=user_of(request),
        at=now(),
        purpose=PURPOSE,
        path=request.path,
    )
