"""What the pages of prices show: present prices, their history, rises, who keeps a price."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import django_filters
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, Link, ListFilter, ModelChoiceFilter, WorkList
from residences.messages import figure
from residences.models import KeptBecause, KeptPrice, PriceCampaign, RestHome, RoomPrice, RoomType
from residences.price_facts import standings
from residences.services.rises import in_force_from
from residences.workflow import CampaignStatus

TONES = {
    CampaignStatus.DRAFT: "info",
    CampaignStatus.NOTIFIED: "success",
    CampaignStatus.DISCARDED: "neutral",
}
PAST, PRESENT, COMING = "past", "present", "coming"
STATES = {
    PAST: gettext_lazy("Ended"),
    PRESENT: gettext_lazy("In force"),
    COMING: gettext_lazy("To come"),
}


class TypePrice(Struct, frozen=True):
    """A room type with its price of today and the next one that is known."""

    room_type: RoomType
    present: RoomPrice | None
    coming: RoomPrice | None

    @property
    def lacks_index(self) -> bool:
        """Whether a rise of it cannot be weighed yet."""
        return self.present is not None and self.present.index_value is None


def board(home: RestHome, today: date) -> list[TypePrice]:
    """Each room type with its price of today, in the order of the home's list."""
    rows = RoomPrice.objects.filter(room_type__home=home).exclude(last_day__lt=today)
    rows = rows.select_related("authorisation").order_by("first_day")
    by_type: dict[int, list[RoomPrice]] = {}
    for row in rows:
        by_type.setdefault(row.room_type_id, []).append(row)
    return [
        _type_price(room_type, by_type.get(room_type.pk, []), today)
        for room_type in home.room_types.order_by("position", "name")
    ]


def campaigns_of(home: RestHome) -> QuerySet[PriceCampaign]:
    """The rises of a home, the latest first."""
    rows: QuerySet[PriceCampaign] = home.campaigns.select_related("prepared_by").order_by("-pk")
    return rows


def draft_of(home: RestHome) -> PriceCampaign | None:
    """The rise that is being prepared in a home."""
    found: PriceCampaign | None = home.campaigns.filter(status=CampaignStatus.DRAFT).first()
    return found


def hints(home: RestHome, today: date) -> list[tuple[RoomType, str]]:
    """Each room type with what a new price notified today is measured against, in a sentence."""
    start = in_force_from(today)
    return [(each.room_type, _hint(each, start)) for each in standings(home, start)]


# --- addresses


def address(name: str, campaign: PriceCampaign, *args: Any) -> str:
    """The address of a page of a rise."""
    return reverse(f"residences:{name}", args=[campaign.home.public_id, campaign.public_id, *args])


def index_address(price: RoomPrice) -> str:
    """Where the index of a price is entered."""
    return reverse("residences:price_index", args=[price.room_type.home.public_id, price.public_id])


def links(home: RestHome, *wanted: tuple[Any, str]) -> list[Link]:
    """Links to pages of a home: label and name of each."""
    return [
        Link(label=label, url=reverse(f"residences:{name}", args=[home.public_id])) for label, name in wanted
    ]


# --- the history of prices


def _types_of(request: HttpRequest) -> Any:
    """The room types of the home of the address."""
    assert request.resolver_match is not None
    home_id = request.resolver_match.kwargs["home_id"]
    return RoomType.objects.filter(home__public_id=home_id).order_by("position", "name")


def index_shown(price: RoomPrice) -> str:
    """The index of a price with its month; what to do where it has none."""
    if price.index_value is None:
        return _("Enter the index")
    month = f" ({formats.month(price.index_month)})" if price.index_month else ""
    return f"{figure(price.index_value)}{month}"


class PriceFilter(ListFilter):
    """Prices by room type, state and day."""

    room_type = ModelChoiceFilter(label=gettext_lazy("Room type"), queryset=_types_of)
    state = ChoiceFilter(label=gettext_lazy("State"), choices=list(STATES.items()))
    year = django_filters.NumberFilter(
        label=gettext_lazy("In force in the year"), method="in_year", min_value=1950, max_value=2100
    )

    def in_year(self, rows: Any, _name: str, value: Any) -> Any:
        """Those in force on a day of the year."""
        first, last = date(int(value), 1, 1), date(int(value), 12, 31)
        return rows.filter(Q(last_day=None) | Q(last_day__gte=first), first_day__lte=last)


class PriceList(WorkList):
    """Every price of a home's room types, with its authorisation and index."""

    columns = (
        Column("room_type", gettext_lazy("Room type"), "room_type.name", sort="room_type__name"),
        Column(
            "daily_price",
            gettext_lazy("Price a day"),
            "daily_price",
            kind="euros",
            sort="daily_price",
        ),
        Column("first_day", gettext_lazy("From"), "first_day", kind="day", sort="first_day"),
        Column("last_day", gettext_lazy("Until"), "last_day", kind="day", sort="last_day"),
        Column(
            "state",
            gettext_lazy("State"),
            value=lambda row: str(STATES[row.state]),
            kind="status",
        ),
        Column(
            "index_shown",
            gettext_lazy("Consumer price index"),
            value=index_shown,
            url=lambda row: None if row.index_value else index_address(row),
            export=False,
        ),
        Column("index", gettext_lazy("Consumer price index"), "index_value", kind="number", table=False),
        Column("index_month", gettext_lazy("Month of the index"), "index_month", kind="day", table=False),
        Column(
            "authorisation",
            gettext_lazy("Authorisation"),
            value=lambda row: str(row.authorisation) if row.authorisation else "",
        ),
        Column(
            "rise",
            gettext_lazy("Rise"),
            value=lambda row: row.campaign.number if row.campaign else "",
            url=lambda row: address("campaign", row.campaign) if row.campaign else None,
        ),
    )
    filterset_class = PriceFilter
    ordering = ("room_type__position", "room_type__name", "-first_day")
    export_name = gettext_lazy("prices")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/prices/prices.html"
    empty_text = gettext_lazy("No price yet. Enter the room types with their first price under “Rest home”.")


def prices_of(home: RestHome, today: date) -> QuerySet[RoomPrice]:
    """Every price of a home, each with its `state` on a day."""
    rows: QuerySet[RoomPrice] = RoomPrice.objects.filter(room_type__home=home).annotate(
        state=Case(
            When(first_day__gt=today, then=Value(COMING)),
            When(last_day__lt=today, then=Value(PAST)),
            default=Value(PRESENT),
        )
    )
    return rows.select_related("room_type__home", "authorisation", "campaign__home")


# --- who keeps a price


class KeptFilter(ListFilter):
    """Kept prices by reason, and whether they hold today."""

    because = ChoiceFilter(label=gettext_lazy("Why"), choices=KeptBecause.choices)
    today = ChoiceFilter(
        label=gettext_lazy("Today"),
        choices=[("yes", gettext_lazy("In force")), ("no", gettext_lazy("Not in force"))],
        method="held_today",
    )

    def held_today(self, rows: Any, _name: str, value: str) -> Any:
        """Those that hold today, or the others."""
        held = KeptPrice.objects.on(localdate()).values("pk")
        return rows.filter(pk__in=held) if value == "yes" else rows.exclude(pk__in=held)


class KeptList(WorkList):
    """The rights to keep a price, by resident."""

    columns = (
        Column(
            "resident",
            gettext_lazy("Resident"),
            value=lambda row: row.convention.resident.full_name,
            sort="convention__resident__search_name",
            url=lambda row: reverse(
                "residences:convention", args=[row.convention.home.public_id, row.convention.public_id]
            ),
        ),
        Column("because", gettext_lazy("Why"), "because"),
        Column("room_type", gettext_lazy("Price of"), "room_type.name", sort="room_type__name"),
        Column("first_day", gettext_lazy("From"), "first_day", kind="day", sort="first_day"),
        Column("last_day", gettext_lazy("Until"), "last_day", kind="day"),
        Column("note", gettext_lazy("Note"), "note"),
    )
    filterset_class = KeptFilter
    ordering = ("convention__resident__search_name", "-first_day")
    export_name = gettext_lazy("kept-prices")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/list.html"
    empty_text = gettext_lazy(
        "Nobody keeps a price. It is kept by who lived here before works, and by who changed rooms for reasons of health "
        "(art. 4 §1)."
    )

    def __init__(self, home: RestHome, **kwargs: Any) -> None:
        super().__init__(kept_of(home), **kwargs)
        self.home = home

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="kept_prices_exported",
            subject=self.home,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )


def kept_of(home: RestHome) -> QuerySet[KeptPrice]:
    """Every right to keep a price in a home."""
    rows: QuerySet[KeptPrice] = KeptPrice.objects.filter(convention__home=home)
    return rows.select_related("convention__resident", "convention__home", "room_type")


# --- inside


def _type_price(room_type: RoomType, rows: Sequence[RoomPrice], today: date) -> TypePrice:
    present = next((row for row in rows if today in row.period), None)
    return TypePrice(room_type, present, next((row for row in rows if row.first_day > today), None))


def _hint(standing: Any, start: date) -> str:
    current, before = standing.current, standing.before
    if current is None or before is None:
        return _("No price yet on %(day)s.") % {"day": formats.day(start)}
    values = {
        "price": formats.euros(current.daily_price),
        "before": formats.euros(before.daily_price),
        "year": str(start.year),
        "index": figure(before.index_value) if before.index_value else "",
        "month": formats.month(before.index_month) if before.index_month else "–",
    }
    if not before.index_value:
        return _("Now %(price)s; %(before)s before the first rise of %(year)s, without an index.") % values
    return (
        _(
            "Now %(price)s; %(before)s before the first rise of %(year)s, index %(index)s (%(month)s). Empty: it stays."
        )
        % values
    )
