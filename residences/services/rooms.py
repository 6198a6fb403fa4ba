"""Use cases of room types, rooms and beds: never a bed more than the home is authorised for, never an occupied one less."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from string import ascii_uppercase
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, begin, change, described, end, locked, saved
from residences.models import Bed, BedClosure, Occupancy, RestHome, Room, RoomType
from residences.workflow import ConventionStatus

TYPE_FIELDS = ("name", "area_m2", "description", "position")
ROOM_FIELDS = ("number", "floor", "room_type")
#: What the texts of conventions say of a room (art. 3).
SAID = ("number", "room_type")
DAY = timedelta(days=1)


# --- room types ---------------------------------------------------------------------------------------------


@transaction.atomic
def add_room_type(*, home: RestHome, values: Mapping[str, Any], actor: User | None, at: datetime) -> RoomType:
    """A new kind of room; its first price comes afterwards."""
    row = saved(RoomType(home=home, **values))
    changes = described(row, TYPE_FIELDS)
    record(action="room_type_entered", subject=row, actor=actor, at=at, changes=changes)
    return row


def change_room_type(
    *, room_type: RoomType, changes: Mapping[str, Any], actor: User, at: datetime
) -> RoomType:
    """The room type with other words; texts that were offered keep theirs."""
    return change(
        room_type,
        changes,
        allowed=TYPE_FIELDS,
        action="room_type_changed",
        about=["name"],
        actor=actor,
        at=at,
    )


# --- rooms --------------------------------------------------------------------------------------------------


@transaction.atomic
def add_room(
    *,
    home: RestHome,
    values: Mapping[str, Any],
    beds: int,
    first_day: date,
    actor: User | None,
    at: datetime,
) -> Room:
    """A new room with its beds, called A, B, C, in service from a day on."""
    locked(home)
    _refuse_foreign_type(home, values)
    room = saved(Room(home=home, **values))
    changes = described(room, ROOM_FIELDS)
    record(action="room_entered", subject=room, actor=actor, at=at, changes=changes)
    for label in ascii_uppercase[:beds]:
        _add_bed(room, label, first_day, actor, at)
    refuse_beyond_capacity(home, first_day)
    return room


@transaction.atomic
def change_room(*, room: Room, changes: Mapping[str, Any], actor: User, at: datetime) -> Room:
    """The room with another number, floor or type; not the first or last while somebody lives there (art. 3)."""
    home = locked(room.home)
    _refuse_foreign_type(home, changes)
    row = locked(room)
    trace = altered(row, changes)
    if set(trace) & set(SAID) and (living := _stays(row.beds.all(), localdate(at)).first()):
        raise ValidationError(
            _(
                "The number and the type of the room stand in the convention of %(resident)s, who has a bed in it "
                "(art. 3): they stay until the room is empty."
            )
            % {"resident": living.convention.resident}
        )
    if trace:
        saved(row)
        about = {"number": [row.number, row.number]}
        record(action="room_changed", subject=row, actor=actor, at=at, changes={**about, **trace})
    return row


# --- beds ---------------------------------------------------------------------------------------------------


@transaction.atomic
def add_bed(*, room: Room, first_day: date, actor: User, at: datetime) -> Bed:
    """One more bed in a room, with the next letter, in service from a day on."""
    home = locked(room.home)
    taken = set(room.beds.values_list("label", flat=True))
    label = next((letter for letter in ascii_uppercase if letter not in taken), "")
    if not label:
        raise ValidationError(_("The room has had as many beds as there are letters: enter another room."))
    bed = _add_bed(room, label, first_day, actor, at)
    refuse_beyond_capacity(home, first_day)
    return bed


@transaction.atomic
def remove_bed(*, bed: Bed, last_day: date | None, actor: User, at: datetime) -> Bed:
    """The bed taken out for good after its last day: the room has one less; None keeps it after all."""
    home = locked(bed.room.home)
    row = locked(bed)
    if last_day is not None:
        _refuse_occupied([row], last_day + DAY, None)
    removed = end(
        row,
        last_day=last_day,
        action="bed_removed" if last_day else "bed_kept",
        owners=[row],
        actor=actor,
        at=at,
        about=["room", "label"],
    )
    if last_day is None:
        refuse_beyond_capacity(home, localdate(at))
    return removed


@transaction.atomic
def close_bed(
    *, bed: Bed, first_day: date, last_day: date | None, because: str, actor: User, at: datetime
) -> BedClosure:
    """The bed out of service on these days, with the reason; refused while somebody has it."""
    locked(bed.room.home)
    row = locked(bed)
    if first_day < row.first_day or (row.last_day and first_day > row.last_day):
        raise ValidationError({"first_day": _("The bed is not one of the room on that day.")})
    _refuse_occupied([row], first_day, last_day)
    closure = BedClosure(bed=row, first_day=first_day, last_day=last_day, because=because)
    return begin(closure, action="bed_closed", owners=[closure], actor=actor, at=at, about=["bed", "because"])


@transaction.atomic
def reopen_bed(*, closure: BedClosure, first_day: date, actor: User, at: datetime) -> Bed:
    """The bed in service again from a day on; a closure that would have no day left is taken away."""
    home = locked(closure.bed.room.home)
    row = locked(closure)
    if row.last_day is not None and first_day > row.last_day + DAY:
        raise ValidationError({"first_day": _("The bed is in service again before that day.")})
    before = row.last_day
    if first_day <= row.first_day:
        row.delete()
    else:
        row.last_day = first_day - DAY
        saved(row)
    # Told of the bed: the closure itself may be gone.
    changes = {"label": [str(row.bed)] * 2, "last_day": [before, first_day - DAY]}
    record(action="bed_reopened", subject=row.bed, actor=actor, at=at, changes=changes, note=row.because)
    refuse_beyond_capacity(home, first_day)
    return row.bed


# --- what was entered by mistake ----------------------------------------------------------------------------


@transaction.atomic
def discard_bed(*, bed: Bed, actor: User, at: datetime) -> None:
    """A bed that was entered by mistake taken away; ValidationError where a convention has named it."""
    _discard(bed, [*bed.closures.all(), bed], bed.room.home, str(bed), actor, at)


@transaction.atomic
def discard_room(*, room: Room, actor: User, at: datetime) -> None:
    """A room that was entered by mistake taken away with its beds; ValidationError where a convention has named one."""
    beds = list(room.beds.all())
    closures = [closure for bed in beds for closure in bed.closures.all()]
    _discard(room, [*closures, *beds, room], room.home, room.number, actor, at)


@transaction.atomic
def discard_room_type(*, room_type: RoomType, actor: User, at: datetime) -> None:
    """A room type without rooms or prices taken away."""
    _discard(room_type, [room_type], room_type.home, room_type.name, actor, at)


def _discard(
    row: models.Model, parts: Iterable[models.Model], home: RestHome, name: str, actor: User, at: datetime
) -> None:
    try:
        with transaction.atomic():
            for part in parts:
                part.delete()
    except ProtectedError as error:
        raise ValidationError(
            _("%(name)s is in use or has been: it stays. Take it out of service or end it instead.")
            % {"name": name}
        ) from error
    action = f"{row._meta.model_name}_discarded"
    record(action=action, subject=home, actor=actor, at=at, changes={"name": [name, None]})


# --- capacity -----------------------------------------------------------------------------------------------


def most_in_service(home: RestHome, since: date) -> tuple[int, date]:
    """The most beds that are in service together on a day, from a day on, and the first such day."""
    beds = list(
        Bed.objects.filter(Q(last_day=None) | Q(last_day__gte=since), room__home=home).prefetch_related(
            "closures"
        )
    )
    # The number only grows on a day on which a bed comes or comes back.
    days = {since, *(bed.first_day for bed in beds)}
    days |= {one.last_day + DAY for bed in beds for one in bed.closures.all() if one.last_day is not None}
    counts = [(sum(in_service(bed, day) for bed in beds), day) for day in sorted(days) if day >= since]
    return max(counts, key=lambda pair: pair[0])


def in_service(bed: Bed, day: date) -> bool:
    """Whether a bed can be given on a day; its closures are best fetched before."""
    return day in bed.period and not any(day in closure.period for closure in bed.closures.all())


def refuse_beyond_capacity(home: RestHome, since: date, *, field: str | None = None) -> None:
    """ValidationError where more beds are in service on a day than the home is authorised for."""
    most, day = most_in_service(home, since)
    if most <= home.capacity:
        return
    text = _(
        "%(beds)d beds would be in service on %(day)s, and the home is authorised for %(capacity)d: take a bed out of "
        "service first, or correct the number of authorised beds."
    ) % {"beds": most, "day": f"{day:%d/%m/%Y}", "capacity": home.capacity}
    raise ValidationError({field: text} if field else text)


# --- inside -------------------------------------------------------------------------------------------------


def _add_bed(room: Room, label: str, first_day: date, actor: User | None, at: datetime) -> Bed:
    bed = Bed(room=room, label=label, first_day=first_day)
    return begin(bed, action="bed_entered", owners=[bed], actor=actor, at=at, about=["room", "label"])


def _refuse_foreign_type(home: RestHome, values: Mapping[str, Any]) -> None:
    chosen: RoomType | None = values.get("room_type")
    if chosen is not None and chosen.home_id != home.pk:
        raise ValidationError({"room_type": _("Choose a room type of this home.")})


def _stays(beds: Iterable[Bed], since: date) -> Any:
    """The stays in beds, and what keeps them free, on a day or after it."""
    rows = Occupancy.objects.filter(Q(last_day=None) | Q(last_day__gte=since), bed__in=list(beds))
    return rows.exclude(convention__status=ConventionStatus.DISCARDED).order_by("first_day")


def _refuse_occupied(beds: Iterable[Bed], first: date, last: date | None) -> None:
    rows = _stays(beds, first).select_related("bed__room", "convention__resident")
    if last is not None:
        rows = rows.filter(first_day__lte=last)
    taken = rows.first()
    if taken is None:
        return
    values = {
        "bed": taken.bed,
        "resident": taken.convention.resident,
        "first": f"{taken.first_day:%d/%m/%Y}",
        "last": f"{taken.last_day:%d/%m/%Y}" if taken.last_day else "",
    }
    if taken.last_day is None:
        text = _(
            "Bed %(bed)s is given to %(resident)s from %(first)s, without an end (art. 3): agree on another room by an "
            "amendment, or end the convention first."
        )
    else:
        text = _(
            "Bed %(bed)s is given to %(resident)s from %(first)s to %(last)s (art. 3): choose other days, or agree on "
            "another room by an amendment first."
        )
    raise ValidationError(text % values)
