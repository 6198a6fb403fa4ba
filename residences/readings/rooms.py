"""What pages show of a room and of a room type: beds with who has them, prices with what rests on them, what changed."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.registry.history import Event, history_of
from partenamut.web import formats
from residences.models import Bed, BedClosure, Occupancy, Room, RoomPrice, RoomType
from residences.readings.occupancy import is_kept


class BedState(Struct, frozen=True):
    """A bed of a room: who has it now or later, its days out of service, and how it stands today."""

    bed: Bed
    state: str
    tone: str
    stays: tuple[str, ...]
    closures: tuple[BedClosure, ...]
    is_over: bool


def beds_of(room: Room, on: date) -> list[BedState]:
    """The beds of a room as they stand on a day, the removed ones last."""
    since = Q(last_day=None) | Q(last_day__gte=on)
    stays = Occupancy.objects.filter(since).select_related("convention__resident").order_by("first_day")
    closures = BedClosure.objects.filter(since).select_related("bed__room").order_by("first_day")
    rows = room.beds.prefetch_related(
        Prefetch("occupancies", stays, to_attr="ahead"), Prefetch("closures", closures, to_attr="closed")
    )
    found = [_bed_state(bed, on) for bed in rows.select_related("room").order_by("label")]
    return sorted(found, key=lambda each: each.is_over)


def room_history(room: Room) -> list[Event]:
    """Who changed what of a room and its beds."""
    beds = list(room.beds.all())
    return history_of(room, *beds, *BedClosure.objects.filter(bed__in=beds))


def prices_of(room_type: RoomType) -> list[RoomPrice]:
    """The prices of a room type, the latest first."""
    return list(room_type.prices.select_related("authorisation", "campaign").order_by("-first_day"))


def type_history(room_type: RoomType) -> list[Event]:
    """Who changed what of a room type and its prices."""
    return history_of(room_type, *room_type.prices.all())


# --- inside -------------------------------------------------------------------------------------------------


def _bed_state(bed: Any, on: date) -> BedState:
    is_over = bed.last_day is not None and bed.last_day < on
    state, tone = _state(bed, on, is_over)
    stays = tuple(
        (_("Kept for %(name)s %(days)s") if is_kept(stay) else _("%(name)s %(days)s"))
        % {"name": stay.convention.resident, "days": formats.period(stay.first_day, stay.last_day)}
        for stay in bed.ahead
    )
    return BedState(bed, state, tone, stays, tuple(bed.closed), is_over)


def _state(bed: Any, on: date, is_over: bool) -> tuple[str, str]:
    if is_over:
        return _("Taken out for good"), "neutral"
    if bed.first_day > on:
        return _("In service from %(day)s") % {"day": formats.day(bed.first_day)}, "info"
    if any(on in closure.period for closure in bed.closed):
        return _("Out of service"), "warning"
    stay = next((stay for stay in bed.ahead if on in stay.period), None)
    if stay is None:
        return _("Free"), "success"
    return (_("Kept"), "info") if is_kept(stay) else (_("Taken"), "neutral")
