"""What an agreed amendment writes into the rows of its convention, on its first day."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import saved
from residences.amending import (
    SETS,
    Move,
    guarantors_of,
    move_of,
    representative_of,
    supplements_of,
    until_of,
)
from residences.facts import occupancy_on
from residences.models import (
    AgreedBecause,
    AgreedPrice,
    Amendment,
    Convention,
    ConventionClause,
    ConventionSupplement,
    KeptBecause,
    KeptPrice,
    Occupancy,
    RoomPrice,
)

ONE_DAY = timedelta(days=1)


def reserve(amendment: Amendment) -> None:
    """The bed that the amendment needs, kept free beside the one the resident has; what it kept before is free."""
    amendment.reservations.all().delete()
    convention = amendment.convention
    place = occupancy_on(convention, amendment.effective_on)
    assert place is not None
    if SETS[amendment.kind] == "bed":
        days = (amendment.effective_on, place.last_day)
        bed = move_of(amendment).bed
    elif SETS[amendment.kind] == "until":
        days = (amendment.effective_on, until_of(amendment))
        bed = place.bed
    else:
        return
    first, last = days
    saved(Occupancy(convention=convention, bed=bed, first_day=first, last_day=last, reserved_for=amendment))


def write(amendment: Amendment, *, actor: User | None, at: datetime) -> None:
    """What the amendment sets, in the rows of its locked convention from its first day on."""
    convention = amendment.convention
    _WRITERS[SETS[amendment.kind]](amendment, convention)
    amendment.applied_at = at
    amendment.save(update_fields=["applied_at"])
    record(
        action="amendment_applied",
        subject=convention,
        actor=actor,
        at=at,
        changes={"kind": [None, amendment.kind], "effective_on": [None, amendment.effective_on]},
        note=str(amendment),
    )


# --- inside -----------------------------------------------------------------------------------------------


def _room(amendment: Amendment, convention: Convention) -> None:
    move, first = move_of(amendment), amendment.effective_on
    place, reservation = occupancy_on(convention, first), amendment.reservations.get()
    assert place is not None
    # A notice may have set a last day since the offer.
    reservation.last_day = place.last_day
    # The old bed first: a resident has one bed at a time.
    _cut(Occupancy.objects.given().filter(convention=convention), first)
    reservation.reserved_for = None
    saved(reservation)
    if move.same_type:
        return
    if move.kept:
        _keep_price(amendment, convention, move)
    else:
        _cut(KeptPrice.objects.filter(convention=convention), first)
        _agree(amendment, convention, move)


def _keep_price(amendment: Amendment, convention: Convention, move: Move) -> None:
    """The right to the price of the room before; one that the resident has already goes on."""
    first = amendment.effective_on
    if convention.kept_prices.on(first).exists():
        return
    saved(
        KeptPrice(
            convention=convention,
            because=KeptBecause.HEALTH,
            room_type=move.room_type,
            first_day=first,
            note=f"{amendment}",
        )
    )


def _agree(amendment: Amendment, convention: Convention, move: Move) -> None:
    """The price of the new room type from the first day, with the rises of it that were notified for later days."""
    first = amendment.effective_on
    last = convention.agreed_prices.order_by("first_day").last().last_day  # type: ignore[union-attr]
    _cut(AgreedPrice.objects.filter(convention=convention), first)
    rises = list(_notified_rises(convention, move, first))
    prices = [
        AgreedPrice(
            daily_price=move.price, because=AgreedBecause.AMENDMENT, amendment=amendment, first_day=first
        ),
        *(
            AgreedPrice(
                daily_price=row.daily_price,
                because=AgreedBecause.RISE,
                campaign=row.campaign,
                first_day=row.first_day,
            )
            for row in rises
        ),
    ]
    for price, following in zip(prices, [*prices[1:], None], strict=True):
        price.convention, price.room_type = convention, move.room_type
        price.last_day = following.first_day - ONE_DAY if following else last
        saved(price)


def _notified_rises(convention: Convention, move: Move, first: date) -> list[RoomPrice]:
    """The rises of the new room type notified for a day after the first, but those that left this resident out."""
    rows = RoomPrice.objects.filter(room_type=move.room_type, first_day__gt=first, campaign__isnull=False)
    return list(
        rows.exclude(campaign__exemptions__in=convention.exemptions.filter(withdrawn=False))
        .select_related("campaign")
        .order_by("first_day")
    )


def _supplements(amendment: Amendment, convention: Convention) -> None:
    first, wanted = amendment.effective_on, supplements_of(amendment)
    rows = ConventionSupplement.objects.filter(convention=convention)
    _cut(rows.exclude(supplement__in=wanted), first)
    kept = set(rows.on(first).values_list("supplement", flat=True))
    for supplement in wanted:
        if supplement.pk not in kept:
            rows.filter(supplement=supplement, first_day__gte=first).delete()
            saved(ConventionSupplement(convention=convention, supplement=supplement, first_day=first))


def _representative(amendment: Amendment, convention: Convention) -> None:
    convention.representative = representative_of(amendment)
    saved(convention)


def _guarantors(amendment: Amendment, convention: Convention) -> None:
    convention.guarantors.set(guarantors_of(amendment))


def _clauses(amendment: Amendment, convention: Convention) -> None:
    convention.clauses.all().delete()
    ConventionClause.objects.bulk_create(
        [
            ConventionClause(convention=convention, position=position, text=text)
            for position, text in enumerate(amendment.sets["clauses"], 1)
        ]
    )


def _until(amendment: Amendment, convention: Convention) -> None:
    place = occupancy_on(convention, amendment.effective_on - ONE_DAY)
    assert place is not None
    amendment.reservations.all().delete()
    place.last_day = until_of(amendment)
    saved(place)
    convention.until = until_of(amendment)
    saved(convention)


def _cut(rows: QuerySet[Any], first: date) -> None:
    """Dated rows that hold until the day before; those that would begin later are gone."""
    rows.filter(first_day__gte=first).delete()
    for row in rows.filter(Q(last_day=None) | Q(last_day__gte=first)):
        row.last_day = first - ONE_DAY
        saved(row)


_WRITERS: Mapping[str, Callable[[Amendment, Convention], None]] = {
    "bed": _room,
    "supplements": _supplements,
    "representative": _representative,
    "guarantors": _guarantors,
    "clauses": _clauses,
    "until": _until,
}
