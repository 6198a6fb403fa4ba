"""The work-list of the conventions of a home: who lives where, in which state, and what is to be done."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import django_filters
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.registry.names import search_form
from partenamut.web.worklist import ChoiceFilter, Column, Link, ListFilter, ModelChoiceFilter, WorkList
from residences.models import (
    ArticleComment,
    Convention,
    Edition,
    Occupancy,
    RestHome,
    RoomType,
    Side,
    Signature,
    StayKind,
)
from residences.workflow import ConventionStatus

S = ConventionStatus
STATUS_TONES: Mapping[str, str] = {
    S.DRAFT: "neutral",
    S.READY: "info",
    S.SIGNED: "success",
    S.IN_FORCE: "success",
    S.NOTICE_GIVEN: "warning",
    S.ENDED: "neutral",
    S.DISCARDED: "neutral",
}
#: What is to be done with a convention, the first that fits.
TO_DO = {
    "answer": gettext_lazy("Answer a remark"),
    "finish": gettext_lazy("Finish the draft"),
    "both": gettext_lazy("Both sides sign"),
    "resident": gettext_lazy("The resident's side signs"),
    "manager": gettext_lazy("The manager signs"),
    "receipt": gettext_lazy("Record the receipt"),
}
TO_SIGN = ("both", "resident", "manager")


def conventions_of(home: RestHome, on: date) -> QuerySet[Any]:
    """The conventions of a home with what the list shows of each, in one query; discarded ones only when asked for."""
    theirs = Occupancy.objects.given().filter(convention=OuterRef("pk"))
    # The bed of that day, else the last one before, else the first to come.
    place = theirs.order_by(Case(When(first_day__lte=on, then=Value(0)), default=Value(1)), "-first_day")
    latest = Edition.objects.filter(convention=OuterRef("pk"), amendment=None).order_by("-turn")
    signed = Signature.objects.filter(edition=OuterRef("latest"))
    remarks = ArticleComment.objects.filter(
        edition__convention=OuterRef("pk"), edition__amendment=None, answer=""
    )
    rows: QuerySet[Any] = Convention.objects.filter(home=home).select_related("home", "resident")
    shown: QuerySet[Any] = rows.annotate(
        latest=Subquery(latest.values("pk")[:1]),
        by_resident=Exists(signed.filter(side=Side.RESIDENT)),
        by_manager=Exists(signed.filter(side=Side.MANAGER)),
        remarked=Exists(remarks),
        place_bed=Coalesce(
            Subquery(place.values(name=Concat("bed__room__number", Value("-"), "bed__label"))[:1]),
            Concat("bed__room__number", Value("-"), "bed__label"),
            output_field=CharField(),
        ),
        place_type=Coalesce(
            Subquery(place.values("bed__room__room_type")[:1]),
            F("bed__room__room_type"),
            output_field=IntegerField(),
        ),
        place_type_name=Coalesce(
            Subquery(place.values("bed__room__room_type__name")[:1]), F("bed__room__room_type__name")
        ),
        last=Coalesce("ended_on", "until"),
    ).annotate(to_do=_to_do())
    return shown


def _to_do() -> Case:
    unsigned = Q(status__in=(S.DRAFT, S.READY))
    return Case(
        When(Q(remarked=True) & unsigned, then=Value("answer")),
        When(status=S.DRAFT, then=Value("finish")),
        When(status=S.READY, by_resident=False, by_manager=False, then=Value("both")),
        When(status=S.READY, by_resident=False, then=Value("resident")),
        When(status=S.READY, then=Value("manager")),
        When(Q(receipt_on=None) & ~unsigned & ~Q(status=S.DISCARDED), then=Value("receipt")),
        default=Value(""),
        output_field=CharField(),
    )


# --- filters ----------------------------------------------------------------------------------------------


class ResidentFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Names of residents, accents and hyphens apart: every word must be found."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The conventions of residents whose name holds every word."""
        for word in search_form(value or "").split()[:5]:
            qs = qs.filter(resident__search_name__contains=word)
        return qs


class ToDoFilter(ChoiceFilter):
    """What is to be done; "sign" for whatever waits for a signature."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The conventions with which it is to be done."""
        if value == "sign":
            return qs.filter(to_do__in=TO_SIGN)
        return qs.filter(to_do=value) if value else qs


def _types(request: HttpRequest | None) -> QuerySet[RoomType]:
    match = request.resolver_match if request is not None else None
    if match is None:
        return RoomType.objects.none()
    rows = RoomType.objects.filter(home__public_id=match.kwargs["home_id"])
    return rows.order_by("position", "name")


class ConventionFilter(ListFilter):
    """By resident, state, what is to be done, room type and duration."""

    name = ResidentFilter(label=gettext_lazy("Name of the resident"))
    status = ChoiceFilter(label=gettext_lazy("Status"), choices=S.choices)
    to_do = ToDoFilter(
        label=gettext_lazy("To do"), choices=[("sign", gettext_lazy("To sign")), *TO_DO.items()]
    )
    room_type = ModelChoiceFilter(
        label=gettext_lazy("Room type"), queryset=_types, method="of_type", to_field_name="public_id"
    )
    kind = ChoiceFilter(label=gettext_lazy("Duration"), choices=StayKind.choices)

    def of_type(self, qs: QuerySet[Any], _name: str, value: RoomType | None) -> QuerySet[Any]:
        """The conventions whose room is of the type."""
        return qs.filter(place_type=value.pk) if value else qs

    def filter_queryset(self, queryset: Any) -> Any:
        """The rows that pass; discarded ones only where they are asked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("status") else rows.exclude(status=S.DISCARDED)


# --- the list ---------------------------------------------------------------------------------------------


def _address(row: Any) -> str:
    return reverse("residences:convention", args=[row.home.public_id, row.public_id])


def _bed(row: Any) -> str:
    return "" if row.place_bed in (None, "-") else str(row.place_bed)


class ConventionList(WorkList):
    """The conventions of a home, by resident."""

    columns = (
        Column(
            "resident",
            gettext_lazy("Resident"),
            lambda row: f"{row.resident.last_name} {row.resident.first_name}",
            sort="resident__search_name",
            url=_address,
        ),
        Column("status", gettext_lazy("Status"), "status", kind="status", sort="status", tones=STATUS_TONES),
        Column("to_do", gettext_lazy("To do"), lambda row: TO_DO.get(row.to_do, ""), sort="to_do"),
        Column("bed", gettext_lazy("Room and bed"), _bed, sort="place_bed"),
        Column("room_type", gettext_lazy("Room type"), "place_type_name", sort="place_type_name"),
        Column("kind", gettext_lazy("Duration"), "kind", sort="kind"),
        Column("entry", gettext_lazy("Entry"), "entry", kind="day", sort="entry"),
        Column("last", gettext_lazy("Until"), "last", kind="day", sort="last"),
        Column(
            "number",
            gettext_lazy("Number"),
            lambda row: row.number or "",
            kind="link",
            sort="number",
            url=lambda row: _address(row) if row.number else None,
        ),
        Column("signed_on", gettext_lazy("Signed on"), "signed_on", kind="day", table=False),
        Column("receipt_on", gettext_lazy("Copy received on"), "receipt_on", kind="day", table=False),
        Column("birth_date", gettext_lazy("Birth date"), "resident.birth_date", kind="day", table=False),
        Column("language", gettext_lazy("Language"), "language", table=False),
    )
    template_name = "residences/list.html"
    filterset_class = ConventionFilter
    ordering = ("resident__search_name",)
    export_name = gettext_lazy("conventions")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = gettext_lazy("No convention yet: write the first one.")

    def __init__(self, home: RestHome, *, on: date, empty_action: Link | None = None) -> None:
        self.home = home
        super().__init__(conventions_of(home, on), empty_action=empty_action)

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="conventions_exported",
            subject=self.home,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )
