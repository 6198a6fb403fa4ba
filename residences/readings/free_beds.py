"""The beds of a home that can be given on some days, by room type and with the price of that day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from partenamut.web.formats import euros
from residences.models import Bed, BedClosure, Convention, Occupancy, RestHome, RoomPrice, RoomType


def free_beds(home: RestHome, first: date, last: date | None, besides: Convention | None = None) -> list[Bed]:
    """The beds in service and free from a day to another or for good, one's own apart, by room type and number."""
    in_service = Q(last_day=None) if last is None else Q(last_day=None) | Q(last_day__gte=last)
    taken = _between(
        Occupancy.objects.exclude(convention=besides) if besides else Occupancy.objects, first, last
    )
    closed = _between(BedClosure.objects, first, last)
    rows = Bed.objects.filter(in_service, room__home=home, first_day__lte=first)
    rows = rows.exclude(pk__in=taken).exclude(pk__in=closed).select_related("room__room_type")
    return list(rows.order_by("room__room_type__position", "room__room_type__name", "room__number", "label"))


def bed_choices(beds: Iterable[Bed], on: date) -> list[tuple[str, list[tuple[int, str]]]]:
    """Beds as the choices of a form: each room type with its price of a day, and its beds."""
    groups: dict[RoomType, list[tuple[int, str]]] = {}
    for bed in beds:
        groups.setdefault(bed.room.room_type, []).append((bed.pk, str(bed)))
    prices = dict(
        RoomPrice.objects.on(on).filter(room_type__in=groups).values_list("room_type", "daily_price")
    )
    return [(_group(kind, prices.get(kind.pk)), choices) for kind, choices in groups.items()]


# --- inside -----------------------------------------------------------------------------------------------


def _group(kind: RoomType, price: object) -> str:
    if price is None:
        return _("%(type)s: no price on that day") % {"type": kind}
    return _("%(type)s: %(price)s a day") % {"type": kind, "price": euros(price)}  # type: ignore[arg-type]


def _between(rows: Any, first: date, last: date | None) -> Any:
    """The beds that dated rows name on a day between two."""
    begun = rows.all() if last is None else rows.filter(first_day__lte=last)
    return begun.filter(Q(last_day=None) | Q(last_day__gte=first)).values("bed")
