"""The work-lists of the settings of a home, and those of the mutuality's admin."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.web import formats
from partenamut.web.worklist import (
    ChoiceFilter,
    Column,
    DayFilter,
    ListFilter,
    ModelChoiceFilter,
    SearchFilter,
    WorkList,
)
from residences.models import Allowed, Room, RoomType
from residences.services.rooms import in_service

TEMPLATE = "residences/list.html"
FILES = ("csv", "xlsx", "json")
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
IN_FORCE = [("now", _("In force")), ("over", _("Over or to come"))]


def at_home(name: str) -> Any:
    """The address of the page of a row that belongs to a home."""
    return lambda row: reverse(f"residences:{name}", args=[row.home.public_id, row.public_id])


class InForceFilter(ListFilter):
    """Dated rows that hold today, or do not."""

    state = ChoiceFilter(label=_("State"), choices=IN_FORCE, method="in_force")

    def in_force(self, qs: Any, _name: str, value: str) -> Any:
        """Those of today, or the others."""
        today = localdate()
        holds = Q(first_day__lte=today) & (Q(last_day=None) | Q(last_day__gte=today))
        return qs.filter(holds if value == "now" else ~holds)


# --- rooms --------------------------------------------------------------------------------------------------


def beds_in_words(room: Room) -> str:
    """The beds of a room today, those out of service said so."""
    today = localdate()
    beds = [bed for bed in room.beds.all() if bed.last_day is None or bed.last_day >= today]
    return ", ".join(bed.label if in_service(bed, today) else f"({bed.label})" for bed in beds)


def _types(request: Any) -> QuerySet[RoomType]:
    """The room types of the home whose list is asked for."""
    home_id = request.resolver_match.kwargs["home_id"]
    return RoomType.objects.filter(home__public_id=home_id).order_by("position", "name")


class RoomFilter(ListFilter):
    """Rooms by number or floor, and by type."""

    text = SearchFilter(label=_("Room number or floor"), fields=["number", "floor"])
    room_type = ModelChoiceFilter(label=_("Room type"), queryset=_types, to_field_name="public_id")


class RoomList(WorkList):
    """The rooms of a home with their beds."""

    columns = (
        Column("number", _("Room"), "number", sort="number", url=at_home("settings_room")),
        Column("floor", _("Floor"), "floor", sort="floor"),
        Column("room_type", _("Room type"), lambda room: room.room_type.name, sort="room_type__name"),
        Column("beds", _("Beds (out of service in brackets)"), beds_in_words),
    )
    filterset_class = RoomFilter
    ordering = ("number",)
    page_size = 100
    export_name = _("rooms")
    export_kinds = FILES
    empty_text = _("No room has been entered yet: without a bed no convention can be drafted.")
    template_name = TEMPLATE


class RoomTypeList(WorkList):
    """The room types with the price of today."""

    columns = (
        Column("name", _("Room type"), "name", sort="name", url=at_home("settings_room_type")),
        Column("area", _("Area in m²"), "area_m2", kind="number", sort="area_m2"),
        Column("rooms", _("Rooms"), "room_count", kind="number", sort="room_count"),
        Column("price", _("Price a day today"), "price", kind="euros", sort="price"),
        Column("since", _("Since"), "price_since", kind="day"),
        Column("index", _("Index at that price"), "index", kind="number"),
        Column("description", _("Description"), "description", table=False),
    )
    ordering = ("position", "name")
    export_name = _("room-types")
    export_kinds = FILES
    empty_text = _("No room type has been entered yet: rooms and prices come after it.")
    template_name = TEMPLATE


class AuthorisationList(WorkList):
    """The price authorisations."""

    columns = (
        Column("authority", _("Authority"), "authority", url=at_home("settings_authorisation")),
        Column("decided_on", _("Decided on"), "decided_on", kind="day", sort="decided_on"),
        Column("reference", _("Reference"), "reference"),
        Column("document", _("Document"), lambda row: _("Yes") if row.upload_id else _("None")),
    )
    ordering = ("-decided_on",)
    export_name = _("price-authorisations")
    export_kinds = FILES
    empty_text = _("No price authorisation has been entered yet: prices rest on one (art. 4 §1).")
    template_name = TEMPLATE


# --- supplements and discounts ------------------------------------------------------------------------------


class SupplementFilter(ListFilter):
    """Supplements by name, and whether they are charged today."""

    text = SearchFilter(label=_("Supplement"), fields=["label"])
    offered = ChoiceFilter(label=_("Charged today"), choices=YES_NO, method="is_offered")

    def is_offered(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those with a price today, or without."""
        return qs.filter(price__isnull=value == "no")


class SupplementList(WorkList):
    """The supplements with the price of today."""

    columns = (
        Column("label", _("Supplement"), "label", sort="label", url=at_home("settings_supplement")),
        Column("unit", _("Unit"), "unit"),
        Column("price", _("Price of one today"), "price", kind="euros", sort="price"),
        Column("since", _("Since"), "price_since", kind="day"),
        Column("until", _("Until"), "price_until", kind="day"),
    )
    filterset_class = SupplementFilter
    ordering = ("label",)
    export_name = _("supplements")
    export_kinds = FILES
    empty_text = _("No supplement has been entered yet: nothing is charged beside the price.")
    template_name = TEMPLATE


class DiscountList(WorkList):
    """The discounts for members of mutualities."""

    columns = (
        Column("code", _("Code"), "mutuality_code", sort="mutuality_code", url=at_home("settings_discount")),
        Column("name", _("Mutuality"), "name", sort="name"),
        Column("percent", _("Percent"), "percent", kind="number", sort="percent"),
        Column("first_day", _("First day"), "first_day", kind="day", sort="first_day"),
        Column("last_day", _("Last day"), "last_day", kind="day", sort="last_day"),
    )
    filterset_class = InForceFilter
    ordering = ("mutuality_code", "-first_day")
    export_name = _("discounts")
    export_kinds = FILES
    empty_text = _("No discount has been entered yet.")
    template_name = TEMPLATE


# --- what the price includes, clauses -----------------------------------------------------------------------


class IncludedList(WorkList):
    """What the price includes, in the order of the conventions."""

    columns = (
        Column("text", _("What the price includes"), "text"),
        Column("guard_words", _("Own words"), lambda row: ", ".join(row.guard_words)),
        Column("first_day", _("First day"), "first_day", kind="day"),
        Column("last_day", _("Last day"), "last_day", kind="day"),
    )
    filterset_class = InForceFilter
    ordering = ("position",)
    page_size = 200
    export_name = _("included-in-the-price")
    export_kinds = FILES
    empty_text = _(
        "The list is empty: no convention can be offered without it (art. 4 §2). Load the standard list."
    )
    template_name = TEMPLATE
    rows_template = "residences/settings/_included.html"


class ClauseList(WorkList):
    """The special clauses, in the order of the conventions."""

    columns = (
        Column("text", _("Clause"), "text"),
        Column("first_day", _("First day"), "first_day", kind="day"),
        Column("last_day", _("Last day"), "last_day", kind="day"),
    )
    filterset_class = InForceFilter
    ordering = ("position",)
    export_name = _("special-clauses")
    export_kinds = FILES
    empty_text = _("The home has no special clause (art. 12).")
    template_name = TEMPLATE
    rows_template = "residences/settings/_clauses.html"


# --- the mutuality's admin ----------------------------------------------------------------------------------


class ManagedHomeFilter(ListFilter):
    """Homes by name, code or place, what their title allows, and whether somebody directs them."""

    text = SearchFilter(
        label=_("Name, code or place"),
        fields=["residence__name", "code", "residence__city", "residence__postal_code", "operator"],
    )
    allowed = ChoiceFilter(label=_("What the title allows"), choices=Allowed.choices, method="is_allowed")
    directed = ChoiceFilter(label=_("Director today"), choices=YES_NO, method="is_directed")

    def is_allowed(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those whose title allows it."""
        return qs.filter(allowed__contains=[value])

    def is_directed(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those with a director today, or without."""
        return qs.filter(directed=value == "yes")


class ManagedHomeList(WorkList):
    """All rest homes, for those who manage them."""

    columns = (
        Column(
            "name",
            _("Rest home"),
            "residence.name",
            sort="residence__name",
            url=lambda home: reverse("residences:managed_home", args=[home.public_id]),
        ),
        Column("code", _("Code"), "code", sort="code"),
        Column("city", _("Place"), lambda home: f"{home.residence.postal_code} {home.residence.city}"),
        Column("operator", _("Operator"), "operator", sort="operator"),
        Column("title", _("Operating title"), "operating_title", sort="operating_title"),
        Column(
            "allowed",
            _("What the title allows"),
            lambda home: ", ".join(str(Allowed(code).label) for code in home.allowed),
        ),
        Column("beds", _("Beds today"), "beds_today", kind="number", sort="beds_today"),
        Column("capacity", _("Authorised beds"), "capacity", kind="number", sort="capacity"),
        Column("director", _("Director today"), lambda home: _("Yes") if home.directed else _("Nobody")),
        Column(
            "enterprise",
            _("Enterprise number (BCE)"),
            lambda home: formats.enterprise(home.enterprise_number),
            table=False,
        ),
    )
    filterset_class = ManagedHomeFilter
    ordering = ("residence__name",)
    export_name = _("rest-homes")
    export_kinds = FILES
    empty_text = _("No rest home has been opened yet.")
    template_name = TEMPLATE


class RebateFilter(ListFilter):
    """The rebates in force on a day."""

    day = DayFilter(label=_("In force on"), method="on_day")

    def on_day(self, qs: QuerySet[Any], _name: str, value: date) -> QuerySet[Any]:
        """The one that holds on the day."""
        held = qs.filter(first_day__lte=value).order_by("-first_day").values("pk")[:1]
        return qs.filter(pk__in=list(held.values_list("pk", flat=True)))


class RebateList(WorkList):
    """The rebates for insured days, each in force until the next begins."""

    columns = (
        Column(
            "first_day",
            _("First day"),
            "first_day",
            kind="day",
            sort="first_day",
            url=lambda row: reverse("residences:change_rebate", args=[row.public_id]),
        ),
        Column("amount", _("Rebate a day"), "amount", kind="euros", sort="amount"),
        Column("pivot_index", _("Pivot index"), "pivot_index", kind="number"),
        Column("index_base", _("Base of the index"), "index_base"),
        Column("source", _("Source"), "source"),
    )
    filterset_class = RebateFilter
    ordering = ("-first_day",)
    export_name = _("rebates-for-insured-days")
    export_kinds = FILES
    empty_text = _("No rebate has been entered yet: none is taken off invoices (art. 4 §7).")
    template_name = TEMPLATE


class RateList(WorkList):
    """The legal rates of interest by year."""

    columns = (
        Column(
            "year",
            _("Year"),
            lambda row: str(row.year),
            sort="year",
            url=lambda row: reverse("residences:change_interest_rate", args=[row.year]),
        ),
        Column("percent", _("Legal rate in percent"), "percent", kind="number", sort="percent"),
        Column("source", _("Source"), "source"),
    )
    ordering = ("-year",)
    export_name = _("legal-rates-of-interest")
    export_kinds = FILES
    empty_text = _("No rate has been entered yet: no interest can be reckoned (art. 6).")
    template_name = "residences/settings/rates.html"
