"""Rows -> the frozen facts of a rise: what a new price of a room type is measured against (art. 4 §1)."""

from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from residences.models import CampaignPrice, RestHome, RoomPrice, RoomType
from residences.rules import PriceIncrease

ONE_DAY = timedelta(days=1)


class Standing(Struct, frozen=True):
    """The prices of a room type around a day on which a new one is to come into force."""

    room_type: RoomType
    #: In force on 31 December of the year before, or the first of the year (house rule).
    before: RoomPrice | None
    #: The one that the new price replaces.
    current: RoomPrice | None
    #: The first one entered for that day or a later one.
    later: RoomPrice | None


def standings(home: RestHome, day: date) -> list[Standing]:
    """Each room type of a home, in the order of its list, with what a price from that day is measured against."""
    types = home.room_types.order_by("position", "name")
    prices: dict[int, list[RoomPrice]] = {}
    rows = RoomPrice.objects.filter(room_type__home=home).select_related("authorisation")
    for row in rows.order_by("first_day"):
        prices.setdefault(row.room_type_id, []).append(row)
    return [_standing(room_type, prices.get(room_type.pk, []), day) for room_type in types]


def increase(standing: Standing, new_price: Decimal, index_now: Decimal, notified_on: date) -> PriceIncrease:
    """The facts of a rise; the prices and the index that it is measured against must be known."""
    assert standing.before is not None
    assert standing.before.index_value is not None
    assert standing.current is not None
    return PriceIncrease(
        id=str(standing.room_type.public_id),
        price_before_year=standing.before.daily_price,
        current_price=standing.current.daily_price,
        new_price=new_price,
        index_at_last_increase=standing.before.index_value,
        index_now=index_now,
        notified_on=notified_on,
    )


def frozen_increase(price: CampaignPrice, index_now: Decimal, notified_on: date) -> PriceIncrease | None:
    """The facts of a rise as it was notified; None where the price went down, which no limit applies to."""
    before, current, index_then = price.price_before_year, price.current_price, price.index_then
    if before is None or current is None or index_then is None or price.new_price <= current:
        return None
    return PriceIncrease(
        id=str(price.room_type.public_id),
        price_before_year=before,
        current_price=current,
        new_price=price.new_price,
        index_at_last_increase=index_then,
        index_now=index_now,
        notified_on=notified_on,
    )


def _standing(room_type: RoomType, rows: list[RoomPrice], day: date) -> Standing:
    """`rows` by their first day."""
    year_end = date(day.year - 1, 12, 31)
    of_the_year = [row for row in rows if year_end < row.first_day < day]
    return Standing(
        room_type=room_type,
        before=_on(rows, year_end) or next(iter(of_the_year), None),
        current=_on(rows, day - ONE_DAY),
        later=next((row for row in rows if row.first_day >= day), None),
    )


def _on(rows: list[RoomPrice], day: date) -> RoomPrice | None:
    return next((row for row in rows if day in row.period), None)
