"""Rows -> frozen terms and facts: the only bridge from the database to the text and the rules."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import structs

from residences.models import (
    AgreedPrice,
    Bed,
    Contact,
    Convention,
    InsurerDayRebate,
    KeptPrice,
    Occupancy,
    PriceAuthorisation,
    Resident,
    RestHome,
    RoomPrice,
    RoomType,
    Supplement,
)
from residences.text import (
    DiscountTerms,
    HomeTerms,
    Party,
    RebateTerms,
    SupplementTerms,
    Terms,
    TypeTerms,
)


class NoPrice(LookupError):
    """Raised where a room type has no price on a day: it is never guessed."""


def room_price(room_type: RoomType, day: date) -> RoomPrice:
    """The price of a room type in force on a day; NoPrice without one."""
    found: RoomPrice | None = room_type.prices.on(day).select_related("authorisation").first()
    if found is None:
        raise NoPrice(f"{room_type} has no price on {day}")
    return found


def price_for(convention: Convention, room_type: RoomType, day: date) -> Decimal:
    """Euros a day for a resident in a room of a type: that of the type whose price they keep, else the room's own."""
    kept = kept_price(convention, day)
    return room_price(kept.room_type if kept else room_type, day).daily_price


def kept_price(convention: Convention, day: date) -> KeptPrice | None:
    """The right to keep a price that a convention has on a day (art. 4 §1)."""
    found: KeptPrice | None = convention.kept_prices.on(day).select_related("room_type").first()
    return found


def rebate_on(day: date) -> InsurerDayRebate | None:
    """The rebate for an insured day in force on a day; None before the first (art. 4 §7)."""
    found: InsurerDayRebate | None = (
        InsurerDayRebate.objects.filter(first_day__lte=day).order_by("-first_day").first()
    )
    return found


def occupancy_on(convention: Convention, day: date) -> Occupancy | None:
    """The bed that a convention gives on a day, else the last one before, else the first; beds kept free apart."""
    rows = convention.occupancies.given().select_related("bed__room__room_type").order_by("first_day")
    found: Occupancy | None = rows.filter(first_day__lte=day).last() or rows.first()
    return found


def agreed_on(convention: Convention, day: date) -> AgreedPrice | None:
    """The price that a convention has on a day, else the last one before, else the first."""
    rows = convention.agreed_prices.select_related("room_type").order_by("first_day")
    found: AgreedPrice | None = rows.filter(first_day__lte=day).last() or rows.first()
    return found


def signed_terms(convention: Convention, on: date) -> Terms:
    """The terms of a signed convention on a day: the bed and the price are those of that day."""
    place, price = occupancy_on(convention, on), agreed_on(convention, on)
    terms = terms_of(convention, on, bed=place.bed if place else None, price=price)
    return structs.replace(terms, prices_on=on)


def terms_of(
    convention: Convention, on: date, *, bed: Bed | None = None, price: AgreedPrice | None = None
) -> Terms:
    """The terms of a convention as its rows and those of its home stand on a day; the draft must be complete."""
    assert convention.entry is not None
    bed = bed or convention.bed
    assert bed is not None
    room = bed.room
    home, resident = convention.home, convention.resident
    authorisation = _authorisation(home, on)
    kept = kept_price(convention, on)
    return Terms(
        home=home_terms(home),
        resident=party_of(resident),
        birth_date=resident.birth_date,
        representative=party_of(convention.representative) if convention.representative else None,
        kind=convention.kind,
        respite=convention.respite,
        rehabilitation=convention.rehabilitation,
        entry=convention.entry,
        until=convention.until,
        room=room.number,
        beds=room.beds.on(max(on, convention.entry)).count(),
        room_type=room.room_type.name,
        daily_price=price.daily_price if price else price_for(convention, room.room_type, on),
        kept_because=kept.because if kept else "",
        authority=authorisation.authority if authorisation else "",
        authorised_on=authorisation.decided_on if authorisation else None,
        room_types=_types(home, on),
        included=tuple(home.included.on(on).order_by("position").values_list("text", flat=True)),
        supplements=_supplements(convention, on),
        discounts=tuple(
            DiscountTerms(row.mutuality_code, row.name, row.percent)
            for row in home.discounts.on(on).order_by("mutuality_code")
        ),
        rebate=_rebate(on),
        insured=resident.insured,
        clauses=tuple(convention.clauses.order_by("position").values_list("text", flat=True)),
        guarantors=tuple(party_of(row) for row in convention.guarantors.order_by("name", "pk")),
    )


def home_terms(home: RestHome) -> HomeTerms:
    """The home as its papers name it."""
    residence = home.residence
    return HomeTerms(
        name=residence.name,
        operator=home.operator,
        address_lines=(residence.street, f"{residence.postal_code} {residence.city}"),
        phone=residence.phone,
        email=residence.email,
        manager_name=home.manager_name,
        manager_function=home.manager_function,
        operating_title=home.operating_title,
        allowed=tuple(home.allowed),
        courts=tuple(home.court_lines),
        house_rules_dated=home.house_rules_dated,
    )


def party_of(person: Resident | Contact) -> Party:
    """A resident or contact as papers name them."""
    quality = person.relation if isinstance(person, Contact) else ""
    name = person.name if isinstance(person, Contact) else person.full_name
    return Party(
        name=name,
        address_lines=(person.street, f"{person.postal_code} {person.city}"),
        quality=quality,
        phone=person.phone,
        email=person.email,
    )


def supplement_terms(supplements: Iterable[Supplement], *days: date) -> tuple[SupplementTerms, ...]:
    """Supplements as the text names them, each at its price of the first of the days that has one."""
    found = []
    for supplement in supplements:
        prices = (supplement.prices.on(day).first() for day in days)
        price = next((price for price in prices if price is not None), None)
        if price is not None:
            found.append(SupplementTerms(supplement.label, supplement.unit, price.unit_price))
    return tuple(found)


def _types(home: RestHome, on: date) -> tuple[TypeTerms, ...]:
    prices = RoomPrice.objects.on(on).filter(room_type__home=home).select_related("room_type")
    rows = prices.order_by("room_type__position", "room_type__name")
    return tuple(TypeTerms(row.room_type.name, row.room_type.area_m2, row.daily_price) for row in rows)


def _supplements(convention: Convention, on: date) -> tuple[SupplementTerms, ...]:
    """Those of the convention on its entry or later, at the prices of the day of the offer."""
    day = max(on, convention.entry or on)
    rows: Any = convention.supplements.on(day).select_related("supplement").order_by("supplement__label")
    return supplement_terms((row.supplement for row in rows), on, day)


def _authorisation(home: RestHome, on: date) -> PriceAuthorisation | None:
    found: PriceAuthorisation | None = (
        home.authorisations.filter(decided_on__lte=on).order_by("-decided_on", "-pk").first()
    )
    return found


def _rebate(on: date) -> RebateTerms | None:
    row = rebate_on(on)
    return RebateTerms(row.first_day, row.amount, row.pivot_index, row.index_base) if row else None
