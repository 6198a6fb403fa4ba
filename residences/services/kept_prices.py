"""What is recorded beside the prices: residents who keep theirs through works, the index of a price that has none."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import described, locked, saved
from residences.models import Convention, KeptBecause, KeptPrice, Occupancy, RestHome, RoomPrice, RoomType


class Present(Struct, frozen=True):
    """A resident who lived in a home on a day, with the room, and the price they keep already, if any."""

    convention: Convention
    room: str
    room_type: RoomType
    kept: KeptPrice | None

    @property
    def kept_because(self) -> str:
        """Why the price is kept already, in words."""
        return str(self.kept.get_because_display()) if self.kept else ""


def present_on(home: RestHome, day: date) -> list[Present]:
    """Who lived in a home on a day, absent for a while or not, by name."""
    rows = Occupancy.objects.given().on(day).filter(
        convention__home=home, convention__signed_on__isnull=False, convention__entry__lte=day
    )  # fmt: skip
    rows = rows.filter(Q(convention__ended_on=None) | Q(convention__ended_on__gte=day))
    rows = rows.exclude(convention__ended_on__lt=F("convention__entry"))
    rows = rows.select_related("convention__resident", "convention__home", "bed__room__room_type")
    # A right that begins later stands against one without an end, too.
    kept = KeptPrice.objects.filter(Q(last_day=None) | Q(last_day__gte=day), convention__home=home)
    known: Mapping[int, KeptPrice] = {row.convention_id: row for row in kept.order_by("-first_day")}
    return [
        Present(row.convention, row.bed.room.number, row.bed.room.room_type, known.get(row.convention_id))
        for row in rows.order_by("convention__resident__search_name", "pk")
    ]


def fingerprint(residents: list[Present]) -> str:
    """Changes with whoever would get the right, and with the room type whose price they would keep."""
    parts = [f"{each.convention.pk}:{each.room_type.pk}" for each in residents if each.kept is None]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


@transaction.atomic
def record_works(
    *, home: RestHome, day: date, note: str, seen: str, actor: User, at: datetime
) -> list[KeptPrice]:
    """The right to keep the price for all who lived in a home on the last day before works (art. 4 §1).

    Those who keep a price already are left as they are; ValidationError (code "changed") where it is not any more
    what was seen.
    """
    locked(home)
    if day > localdate(at):
        raise ValidationError({"day": _("That day has not come: nobody knows who will live here then.")})
    if not note.strip():
        raise ValidationError({"note": _("Write which works they are.")})
    residents = present_on(home, day)
    if fingerprint(residents) != seen:
        raise ValidationError(
            _("Something has changed since you looked: look at who keeps the price once more, then confirm."),
            code="changed",
        )
    found = [_keep(each, day, note.strip(), actor, at) for each in residents if each.kept is None]
    if not found:
        raise ValidationError({"day": _("Nobody who lived here on that day is without the right.")})
    return found


@transaction.atomic
def record_index(
    *, price: RoomPrice, index_value: Decimal, index_month: date, actor: User, at: datetime
) -> RoomPrice:
    """A price with the consumer price index that belongs to it; one that it has is not changed here."""
    row = locked(price)
    if row.index_value is not None:
        raise ValidationError(_("This price has its consumer price index already."))
    row.index_value, row.index_month = index_value, index_month
    saved(row)
    changes = without_euros(described(row, ["daily_price", "first_day", "index_value", "index_month"]))
    record(action="price_index_recorded", subject=row.room_type, actor=actor, at=at, changes=changes)
    return row


def without_euros(changes: Mapping[str, list[object]]) -> dict[str, list[object]]:
    """Changes for the trail, an index with its comma: with a point it would be read as euros."""
    return {
        name: [str(value).replace(".", ",") if isinstance(value, Decimal) else value for value in values]
        if name.startswith("index_")
        else values
        for name, values in changes.items()
    }


def _keep(each: Present, day: date, note: str, actor: User, at: datetime) -> KeptPrice:
    row = saved(
        KeptPrice(
            convention=each.convention,
            because=KeptBecause.WORKS,
            room_type=each.room_type,
            note=note,
            first_day=day,
        )
    )
    changes = described(row, ["because", "room_type", "first_day"])
    record(action="price_kept", subject=each.convention, actor=actor, at=at, changes=changes, note=note)
    return row
