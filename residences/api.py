"""Rest homes over the REST API: what a director reads of the own homes; rooms, beds, prices, occupancy."""

import uuid
from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.web.api import allows
from residences import api_billing
from residences.models import (
    Bed,
    BedClosure,
    Occupancy,
    RestHome,
    Room,
    RoomPrice,
    SupplementPrice,
)
from residences.readings import occupancy

MayDirect = allows(Permission.DIRECT_RESIDENCE)
MONTH = OpenApiParameter("month", str, description="The month, as 2026-05; the present one without it.")
FIRST, LAST = date(1950, 2, 1), date(2098, 11, 1)


# --- homes --------------------------------------------------------------------------------------------------


class RestHomeSerializer(serializers.ModelSerializer[RestHome]):
    """A rest home that the user directs."""

    name = serializers.CharField(source="residence.name", read_only=True)
    allowed: Any = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = RestHome
        fields = ("public_id", "code", "name", "operator", "operating_title", "allowed", "capacity")


class RestHomeViewSet(viewsets.ReadOnlyModelViewSet[RestHome]):
    """The rest homes that the user directs, and how full each is."""

    queryset = RestHome.objects.none()
    serializer_class = RestHomeSerializer
    permission_classes = (MayDirect,)
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[RestHome]:
        """Those of today, by their codes."""
        rows: QuerySet[RestHome] = RestHome.objects.directed_by(user_of(self.request), localdate())
        return rows.select_related("residence").order_by("code")

    @extend_schema(parameters=[MONTH], responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def occupancy(self, request: Request, public_id: uuid.UUID) -> Response:
        """Who has which bed in a month, and the rate of occupancy; that it was read is kept."""
        home = self.get_object()
        plan = occupancy.plan_of(home, _month(request), localdate())
        record(
            action="occupancy_exported",
            subject=home,
            actor=user_of(request),
            at=now(),
            changes={"format": [None, "api"]},
            note=f"{plan.first:%Y-%m}",
        )
        return Response(_plan(plan))


def _month(request: Request) -> date:
    text = request.query_params.get("month", "")
    if not text:
        return localdate().replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = date.min
    if len(text) != 7 or not FIRST <= found <= LAST:
        raise serializers.ValidationError({"month": _("Write the month like 2026-05.")})
    return found


def _plan(plan: occupancy.Plan) -> dict[str, Any]:
    return {
        "month": f"{plan.first:%Y-%m}",
        "figures": [_figures(each) for each in plan.figures],
        "together": _figures(plan.total),
        "beds": [
            {
                "bed": row.bed.public_id,
                "name": str(row.bed),
                "room": group.room.public_id,
                "spans": [_span(span) for span in row.spans if span.state != occupancy.ABSENT],
            }
            for group in plan.rooms
            for row in group.beds
        ],
    }


def _figures(each: occupancy.Figures) -> dict[str, Any]:
    return {
        "label": each.label,
        "beds": each.beds,
        "days_in_service": each.serving,
        "days_taken": each.taken,
        "rate_percent": each.rate,
    }


def _span(span: occupancy.Span) -> dict[str, Any]:
    return {
        "state": span.state,
        "first_day": span.first,
        "last_day": span.last,
        "name": span.name,
        "convention": span.convention.public_id if span.convention else None,
    }


# --- rooms and beds -----------------------------------------------------------------------------------------


class OfHomeFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Rows of one of the homes."""

    home = django_filters.UUIDFilter(method="of_home")
    #: Where the home stands, seen from the row.
    path = "home"

    def of_home(self, qs: QuerySet[Any], _name: str, value: uuid.UUID) -> QuerySet[Any]:
        """Those of the home."""
        return qs.filter(**{f"{self.path}__public_id": value})


class RoomFilter(OfHomeFilter):
    """Rooms of a home or of a type."""

    room_type = django_filters.UUIDFilter(field_name="room_type__public_id")

    class Meta:
        model = Room
        fields: list[str] = []


class RoomSerializer(serializers.ModelSerializer[Room]):
    """A room with its type."""

    home = serializers.UUIDField(source="home.public_id", read_only=True)
    room_type = serializers.UUIDField(source="room_type.public_id", read_only=True)
    room_type_name = serializers.CharField(source="room_type.name", read_only=True)
    area_m2 = serializers.IntegerField(source="room_type.area_m2", read_only=True)

    class Meta:
        model = Room
        fields = ("public_id", "home", "number", "floor", "room_type", "room_type_name", "area_m2")


class RoomViewSet(viewsets.ReadOnlyModelViewSet[Room]):
    """The rooms of the user's homes."""

    queryset = Room.objects.none()
    serializer_class = RoomSerializer
    permission_classes = (MayDirect,)
    filterset_class = RoomFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Room]:
        """By home and number."""
        rows = Room.objects.filter(home__in=_own(self.request)).select_related("home", "room_type")
        return rows.order_by("home__code", "number", "pk")


class BedFilter(OfHomeFilter):
    """Beds of a home, and those that can be given on a day."""

    path = "room__home"
    free_on = django_filters.DateFilter(method="free_on_day")

    class Meta:
        model = Bed
        fields: list[str] = []

    def free_on_day(self, qs: Any, _name: str, value: date) -> Any:
        """Those in service on the day that nobody has."""
        held = Occupancy.objects.on(value).values("bed")
        shut = BedClosure.objects.on(value).values("bed")
        return qs.on(value).exclude(pk__in=held).exclude(pk__in=shut)


class BedSerializer(serializers.ModelSerializer[Bed]):
    """A bed with its room and the days it is in service."""

    home = serializers.UUIDField(source="room.home.public_id", read_only=True)
    room = serializers.UUIDField(source="room.public_id", read_only=True)
    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Bed
        fields = ("public_id", "home", "room", "name", "label", "first_day", "last_day")


class BedViewSet(viewsets.ReadOnlyModelViewSet[Bed]):
    """The beds of the user's homes; `free_on` leaves those that can be given on a day."""

    queryset = Bed.objects.none()
    serializer_class = BedSerializer
    permission_classes = (MayDirect,)
    filterset_class = BedFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Bed]:
        """By home, room and name."""
        rows = Bed.objects.filter(room__home__in=_own(self.request)).select_related("room__home")
        return rows.order_by("room__home__code", "room__number", "label", "pk")


# --- prices -------------------------------------------------------------------------------------------------


class DatedFilter(OfHomeFilter):
    """Dated rows of a home, and those in force on a day."""

    on = django_filters.DateFilter(method="on_day")

    def on_day(self, qs: Any, _name: str, value: date) -> Any:
        """Those in force on the day."""
        return qs.on(value)


class PriceFilter(DatedFilter):
    """Prices of the room types of a home, and those in force on a day."""

    path = "room_type__home"

    class Meta:
        model = RoomPrice
        fields: list[str] = []


class PriceSerializer(serializers.ModelSerializer[RoomPrice]):
    """A price of a room type, with the index it was set at."""

    home = serializers.UUIDField(source="room_type.home.public_id", read_only=True)
    room_type = serializers.UUIDField(source="room_type.public_id", read_only=True)
    room_type_name = serializers.CharField(source="room_type.name", read_only=True)

    class Meta:
        model = RoomPrice
        fields = (
            "public_id",
            "home",
            "room_type",
            "room_type_name",
            "daily_price",
            "first_day",
            "last_day",
            "index_value",
            "index_month",
        )


class PriceViewSet(viewsets.ReadOnlyModelViewSet[RoomPrice]):
    """The prices a day and person of the user's homes, by room type."""

    queryset = RoomPrice.objects.none()
    serializer_class = PriceSerializer
    permission_classes = (MayDirect,)
    filterset_class = PriceFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[RoomPrice]:
        """By home, type and first day."""
        rows = RoomPrice.objects.filter(room_type__home__in=_own(self.request))
        return rows.select_related("room_type__home").order_by(
            "room_type__home__code", "room_type__position", "room_type__name", "first_day", "pk"
        )


class SupplementPriceFilter(DatedFilter):
    """Prices of the supplements of a home, and those in force on a day."""

    path = "supplement__home"

    class Meta:
        model = SupplementPrice
        fields: list[str] = []


class SupplementPriceSerializer(serializers.ModelSerializer[SupplementPrice]):
    """A price of a supplement."""

    home = serializers.UUIDField(source="supplement.home.public_id", read_only=True)
    supplement = serializers.UUIDField(source="supplement.public_id", read_only=True)
    name = serializers.CharField(source="supplement.label", read_only=True)
    unit = serializers.CharField(source="supplement.unit", read_only=True)

    class Meta:
        model = SupplementPrice
        fields = ("public_id", "home", "supplement", "name", "unit", "unit_price", "first_day", "last_day")


class SupplementPriceViewSet(viewsets.ReadOnlyModelViewSet[SupplementPrice]):
    """The prices of the supplements of the user's homes."""

    queryset = SupplementPrice.objects.none()
    serializer_class = SupplementPriceSerializer
    permission_classes = (MayDirect,)
    filterset_class = SupplementPriceFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[SupplementPrice]:
        """By home, supplement and first day."""
        rows = SupplementPrice.objects.filter(supplement__home__in=_own(self.request))
        return rows.select_related("supplement__home").order_by(
            "supplement__home__code", "supplement__label", "first_day", "pk"
        )


# --- where they stand ---------------------------------------------------------------------------------------


def _own(request: Request) -> QuerySet[RestHome]:
    """The homes that the user directs today."""
    rows: QuerySet[RestHome] = RestHome.objects.directed_by(user_of(request), localdate())
    return rows


def register(router: BaseRouter) -> None:
    """Puts the endpoints of the rest homes under /api/v1/."""
    router.register("rest-homes/homes", RestHomeViewSet, basename="rest-home")
    router.register("rest-homes/rooms", RoomViewSet, basename="rest-home-room")
    router.register("rest-homes/beds", BedViewSet, basename="rest-home-bed")
    router.register("rest-homes/prices", PriceViewSet, basename="rest-home-price")
    router.register("rest-homes/supplements", SupplementPriceViewSet, basename="rest-home-supplement")
    api_billing.register(router)
