"""What an amendment sets, as its row says it, and the terms that follow from it on its first day."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from msgspec import Struct, structs

from residences.difference import changed_numbers
from residences.facts import agreed_on, occupancy_on, party_of, room_price, signed_terms, supplement_terms
from residences.models import (
    Amendment,
    AmendmentKind,
    Bed,
    Contact,
    Convention,
    RoomType,
    Supplement,
)
from residences.text import Terms, Text, as_data, written
from residences.workflow import AmendmentStatus

K = AmendmentKind

#: What a kind sets, by the name under which its row keeps it; both changes of room set the same.
SETS: Mapping[str, str] = {
    K.ROOM: "bed",
    K.ROOM_HEALTH: "bed",
    K.SUPPLEMENTS: "supplements",
    K.REPRESENTATIVE: "representative",
    K.GUARANTORS: "guarantors",
    K.CLAUSES: "clauses",
    K.PROLONGATION: "until",
}
ROOMS = (K.ROOM, K.ROOM_HEALTH)
#: Kinds whose rows bear no days: they are written into the convention on the first day of the amendment.
WAITING = (K.REPRESENTATIVE, K.GUARANTORS, K.CLAUSES)


class Move(Struct, frozen=True):
    """A change of room: the bed, the price of a day, and whether it is that of the room before."""

    bed: Bed
    price: Decimal
    #: The room type that the price is asked for.
    room_type: RoomType
    #: The type of the new room is that of the room before: nothing of the price changes.
    same_type: bool
    #: The price of the room before is kept, for reasons of health (art. 4 §1).
    kept: bool


def kinds_alike(kind: str) -> list[str]:
    """The kinds that set the same thing as a kind."""
    return [other for other, name in SETS.items() if name == SETS[kind]]


def held(convention: Convention, kind: str, day: date) -> Any:
    """What a convention has on a day, as an amendment of a kind would set it."""
    waiting = signed_ones(convention, kind).filter(applied_at=None, effective_on__lte=day).last()
    return waiting.sets[SETS[kind]] if waiting else _HELD[SETS[kind]](convention, day)


def signed_ones(convention: Convention, kind: str) -> QuerySet[Amendment]:
    """The signed amendments of a convention that set the same as a kind, by their first days."""
    rows = Amendment.objects.filter(convention=convention, status=AmendmentStatus.SIGNED)
    return rows.filter(kind__in=kinds_alike(kind)).order_by("effective_on", "turn")


def in_force(convention: Convention, on: date) -> Terms:
    """The terms of a signed convention on a day, with the signed amendments that wait for a day until then."""
    terms = signed_terms(convention, on)
    waiting = Amendment.objects.filter(
        convention=convention, status=AmendmentStatus.SIGNED, applied_at=None, effective_on__lte=on
    )
    for amendment in waiting.order_by("effective_on", "turn"):
        terms = changed(terms, amendment)
    return terms


def changed(terms: Terms, amendment: Amendment) -> Terms:
    """The terms with what the amendment sets; nothing is written."""
    return structs.replace(terms, **_CHANGED[SETS[amendment.kind]](terms, amendment))


def texts(amendment: Amendment) -> tuple[Text, Text]:
    """The whole text on the first day of the amendment: without it, and with it."""
    convention = amendment.convention
    before = in_force(convention, amendment.effective_on)
    return written(before, convention.language), written(changed(before, amendment), convention.language)


def content_of(amendment: Amendment) -> dict[str, Any]:
    """The text after the amendment as data, with the text before it and what the amendment says of itself."""
    before, after = texts(amendment)
    return {
        **as_data(after),
        "before": as_data(before),
        "changed": changed_numbers(before, after),
        "turn": amendment.turn,
        "convention": str(amendment.convention),
        "signed_on": plain(amendment.convention.signed_on),
        "kind": amendment.kind,
        "effective_on": amendment.effective_on.isoformat(),
        "explanation": amendment.explanation,
    }


# --- what a row sets --------------------------------------------------------------------------------------


def bed_of(amendment: Amendment) -> Bed:
    """The bed that a change of room gives."""
    found: Bed = Bed.objects.select_related("room__room_type").get(pk=amendment.sets["bed"])
    return found


def move_of(amendment: Amendment) -> Move:
    """What a change of room means for the price; NoPrice where the new room has none on that day (art. 4 §1)."""
    convention, day = amendment.convention, amendment.effective_on
    bed, place, now = bed_of(amendment), occupancy_on(convention, day), agreed_on(convention, day)
    assert place is not None
    assert now is not None
    wanted = bed.room.room_type
    if wanted == place.bed.room.room_type:
        return Move(bed, now.daily_price, now.room_type, same_type=True, kept=False)
    asked = room_price(wanted, day).daily_price
    if amendment.kind == K.ROOM_HEALTH and asked >= now.daily_price:
        return Move(bed, now.daily_price, now.room_type, same_type=False, kept=True)
    return Move(bed, asked, wanted, same_type=False, kept=False)


def supplements_of(amendment: Amendment) -> list[Supplement]:
    """The supplements that a convention has from the first day on."""
    return list(Supplement.objects.filter(pk__in=amendment.sets["supplements"]).order_by("label"))


def representative_of(amendment: Amendment) -> Contact | None:
    """The representative from the first day on; None: the resident acts alone."""
    return Contact.objects.filter(pk=amendment.sets["representative"]).first()


def guarantors_of(amendment: Amendment) -> list[Contact]:
    """Those who stand surety from the first day on."""
    return list(Contact.objects.filter(pk__in=amendment.sets["guarantors"]).order_by("name", "pk"))


def until_of(amendment: Amendment) -> date:
    """The new last day of a short stay."""
    return date.fromisoformat(amendment.sets["until"])


def words_of(amendment: Amendment) -> list[str]:
    """What the amendment sets, in a few words each; empty for nothing."""
    return [str(word) for word in _WORDS[SETS[amendment.kind]](amendment)]


def plain(value: Any) -> Any:
    """What a row keeps of a bed, contacts, supplements, clauses or a day."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    return value.pk


# --- inside -----------------------------------------------------------------------------------------------


def _bed_held(convention: Convention, day: date) -> Any:
    place = occupancy_on(convention, day)
    return place.bed_id if place else None


_HELD: Mapping[str, Any] = {
    "bed": _bed_held,
    "supplements": lambda convention, day: sorted(
        convention.supplements.on(day).values_list("supplement", flat=True)
    ),
    "representative": lambda convention, _day: convention.representative_id,
    "guarantors": lambda convention, _day: sorted(convention.guarantors.values_list("pk", flat=True)),
    "clauses": lambda convention, _day: list(
        convention.clauses.order_by("position").values_list("text", flat=True)
    ),
    "until": lambda convention, _day: plain(convention.until),
}


_WORDS: Mapping[str, Any] = {
    "bed": lambda amendment: [bed_of(amendment)],
    "supplements": supplements_of,
    "representative": lambda amendment: [representative_of(amendment) or ""],
    "guarantors": guarantors_of,
    "clauses": lambda amendment: amendment.sets["clauses"],
    "until": lambda amendment: [amendment.sets["until"]],
}


def _other_room(terms: Terms, amendment: Amendment) -> dict[str, Any]:
    move = move_of(amendment)
    room = move.bed.room
    kept = terms.kept_because if move.same_type else ""
    return {
        "room": room.number,
        "beds": room.beds.on(amendment.effective_on).count(),
        "room_type": room.room_type.name,
        "daily_price": move.price,
        "kept_because": (terms.kept_because or "health") if move.kept else kept,
    }


def _other_supplements(_terms: Terms, amendment: Amendment) -> dict[str, Any]:
    return {"supplements": supplement_terms(supplements_of(amendment), amendment.effective_on)}


def _other_representative(_terms: Terms, amendment: Amendment) -> dict[str, Any]:
    person = representative_of(amendment)
    return {"representative": party_of(person) if person else None}


def _other_guarantors(_terms: Terms, amendment: Amendment) -> dict[str, Any]:
    return {"guarantors": tuple(party_of(person) for person in guarantors_of(amendment))}


_CHANGED: Mapping[str, Any] = {
    "bed": _other_room,
    "supplements": _other_supplements,
    "representative": _other_representative,
    "guarantors": _other_guarantors,
    "clauses": lambda _terms, amendment: {"clauses": tuple(amendment.sets["clauses"])},
    "until": lambda _terms, amendment: {"until": until_of(amendment)},
}
