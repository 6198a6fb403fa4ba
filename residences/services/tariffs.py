"""Use cases of what a home charges: authorised prices of room types, supplements and discounts (art. 4)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.errors import UploadRefused
from partenamut.documents.models import Upload
from partenamut.documents.services import receive
from partenamut.registry.services.rows import altered, begin, change, described, end, locked, saved
from residences.models import (
    AgreedPrice,
    CampaignPrice,
    ConventionSupplement,
    MutualityDiscount,
    Occupancy,
    PriceAuthorisation,
    RestHome,
    RoomPrice,
    RoomType,
    Supplement,
    SupplementPrice,
)
from residences.rules.included import LAWFUL, included_by
from residences.rules.parameters import HUNDRED
from residences.workflow import UNSIGNED, ConventionStatus

AUTHORISATION_FIELDS = ("authority", "decided_on", "reference")
PRICE_FIELDS = ("daily_price", "first_day", "authorisation", "index_value", "index_month")
#: Conventions whose text nobody has to keep to.
NOT_SIGNED = [*UNSIGNED, ConventionStatus.DISCARDED]
DAY = timedelta(days=1)


# --- authorisations -----------------------------------------------------------------------------------------


@transaction.atomic
def add_authorisation(
    *,
    home: RestHome,
    values: Mapping[str, Any],
    file: "File[Any] | None" = None,
    actor: User | None,
    at: datetime,
) -> PriceAuthorisation:
    """A decision of the administration on prices, with its document."""
    row = PriceAuthorisation(home=home, **values)
    _refuse_decision(row, localdate(at))
    row.upload = _received(file, actor, at)
    saved(row)
    changes = described(row, (*AUTHORISATION_FIELDS, "upload"))
    record(action="authorisation_entered", subject=row, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def change_authorisation(
    *,
    authorisation: PriceAuthorisation,
    changes: Mapping[str, Any],
    file: "File[Any] | None" = None,
    actor: User,
    at: datetime,
) -> PriceAuthorisation:
    """The decision put right, or with its document added; a new file takes the place of the one before."""
    row = locked(authorisation)
    trace = altered(row, changes)
    _refuse_decision(row, localdate(at))
    if file is not None:
        trace |= altered(row, {"upload": _received(file, actor, at)})
    if trace:
        saved(row)
        record(action="authorisation_changed", subject=row, actor=actor, at=at, changes=trace)
    return row


# --- prices of room types -----------------------------------------------------------------------------------


@transaction.atomic
def enter_first_price(
    *, room_type: RoomType, values: Mapping[str, Any], actor: User | None, at: datetime
) -> RoomPrice:
    """The first price of a room type, with the index it is measured from later; the next ones are rises (art. 4 §1)."""
    kind = locked(room_type)
    if kind.prices.exists():
        raise ValidationError(
            _(
                "This room type has its first price already: a new price is a rise, notified to the residents "
                "(art. 4 §1). Prepare it under “Prices”."
            )
        )
    _refuse_foreign_authorisation(kind, values)
    row = RoomPrice(room_type=kind, **values)
    return begin(
        row,
        action="room_price_entered",
        owners=[row],
        actor=actor,
        at=at,
        about=["room_type", "daily_price", "authorisation", "index_value", "index_month"],
    )


@transaction.atomic
def correct_first_price(
    *, price: RoomPrice, changes: Mapping[str, Any], actor: User, at: datetime
) -> RoomPrice:
    """The only price of a room type put right, as long as no convention rests on it."""
    kind = locked(price.room_type)
    if not may_be_corrected(kind):
        raise ValidationError(
            _(
                "Conventions or a rise rest on this price: it stays as it is. A new price is a rise, notified to the "
                "residents (art. 4 §1)."
            )
        )
    _refuse_foreign_authorisation(kind, changes)
    return change(
        price,
        changes,
        allowed=PRICE_FIELDS,
        action="room_price_corrected",
        about=["room_type"],
        actor=actor,
        at=at,
    )


def may_be_corrected(room_type: RoomType) -> bool:
    """Whether nothing rests on the first price of a room type yet."""
    return (
        room_type.prices.count() == 1
        and not AgreedPrice.objects.filter(room_type=room_type).exists()
        and not CampaignPrice.objects.filter(room_type=room_type).exists()
        and not Occupancy.objects.filter(bed__room__room_type=room_type).exists()
    )


# --- supplements --------------------------------------------------------------------------------------------


@transaction.atomic
def add_supplement(
    *,
    home: RestHome,
    label: str,
    unit: str,
    unit_price: Decimal,
    first_day: date,
    actor: User | None,
    at: datetime,
) -> Supplement:
    """A supplement with its first price; refused where the price of the room includes it (art. 4 §2)."""
    refuse_included(home, label, first_day)
    row = saved(Supplement(home=home, label=label, unit=unit))
    price = saved(SupplementPrice(supplement=row, unit_price=unit_price, first_day=first_day))
    changes = {**described(row, ("label", "unit")), **described(price, ("unit_price", "first_day"))}
    record(action="supplement_entered", subject=row, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def change_supplement(
    *, supplement: Supplement, changes: Mapping[str, Any], actor: User, at: datetime
) -> Supplement:
    """The supplement with other words; not once a signed convention names it."""
    row = locked(supplement)
    signed = ConventionSupplement.objects.filter(supplement=row).exclude(convention__status__in=NOT_SIGNED)
    if trace := altered(row, changes):
        if signed.exists():
            raise ValidationError(
                _(
                    "Signed conventions name this supplement: its words stay. End it and enter another one instead."
                )
            )
        refuse_included(row.home, row.label, localdate(at))
        saved(row)
        record(action="supplement_changed", subject=row, actor=actor, at=at, changes=trace)
    return row


@transaction.atomic
def price_supplement(
    *, supplement: Supplement, unit_price: Decimal, first_day: date, actor: User, at: datetime
) -> SupplementPrice:
    """A new price of a supplement from a day on; the one before ends on the day before."""
    row = locked(supplement)
    refuse_included(row.home, row.label, first_day)
    last = row.prices.order_by("-first_day").first()
    if last is not None and first_day <= last.first_day:
        raise ValidationError(
            {
                "first_day": _("The price before began on %(day)s: a new one begins later.")
                % {"day": f"{last.first_day:%d/%m/%Y}"}
            }
        )
    if last is not None and (last.last_day is None or last.last_day >= first_day):
        last.last_day = first_day - DAY
        saved(last)
    price = saved(SupplementPrice(supplement=row, unit_price=unit_price, first_day=first_day))
    about = {"label": [row.label] * 2}
    changes = {**about, **described(price, ("unit_price", "first_day"))}
    record(action="supplement_priced", subject=row, actor=actor, at=at, changes=changes)
    return price


@transaction.atomic
def end_supplement(*, supplement: Supplement, last_day: date | None, actor: User, at: datetime) -> Supplement:
    """The supplement charged until its last day; None offers it again at its last price."""
    row = locked(supplement)
    price = row.prices.order_by("-first_day").first()
    if price is None:
        raise ValidationError(_("This supplement has no price: it is not charged."))
    if last_day is None:
        refuse_included(row.home, row.label, price.first_day)
    elif last_day < price.first_day:
        raise ValidationError(
            {
                "last_day": _("The present price began on %(day)s: the last day is not before.")
                % {"day": f"{price.first_day:%d/%m/%Y}"}
            }
        )
    if trace := altered(price, {"last_day": last_day}):
        saved(price)
        changes = {"label": [row.label] * 2, **trace}
        record(action="supplement_ended", subject=row, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def discard_supplement(*, supplement: Supplement, actor: User, at: datetime) -> None:
    """A supplement entered by mistake taken away; ValidationError where a convention or an account has it."""
    row = locked(supplement)
    try:
        with transaction.atomic():
            row.prices.all().delete()
            row.delete()
    except ProtectedError as error:
        raise ValidationError(
            _("Conventions or accounts have this supplement: it stays. End it instead.")
        ) from error
    changes = {"name": [supplement.label, None]}
    record(action="supplement_discarded", subject=row.home, actor=actor, at=at, changes=changes)


def refuse_included(home: RestHome, label: str, on: date) -> None:
    """ValidationError where a label means what the price includes on a day or later (art. 4 §2)."""
    listed = home.included.filter(Q(last_day=None) | Q(last_day__gte=on)).order_by("position")
    element = included_by(label, listed) or included_by(label, LAWFUL)
    if element is not None:
        text = _(
            "“%(label)s” means something that the daily price includes, “%(element)s”: it cannot be charged as a "
            "supplement (art. 4 §2)."
        )
        # The words of the standard list are put into the language of the reader; a home's own are their own.
        raise ValidationError({"label": text % {"label": label, "element": _(element.text)}})


# --- discounts ----------------------------------------------------------------------------------------------


@transaction.atomic
def add_discount(
    *, home: RestHome, values: Mapping[str, Any], actor: User | None, at: datetime
) -> MutualityDiscount:
    """A discount on the accommodation for the members of a mutuality, from a day on (art. 4 §3)."""
    percent = values["percent"]
    if not 0 < percent <= HUNDRED:
        raise ValidationError(
            {"percent": _("A discount is more than 0 and at most 100 percent (art. 4 §3).")}
        )
    row = MutualityDiscount(home=home, **values)
    return begin(
        row,
        action="discount_entered",
        owners=[row],
        actor=actor,
        at=at,
        about=["mutuality_code", "name", "percent"],
    )


def end_discount(
    *, discount: MutualityDiscount, last_day: date | None, actor: User, at: datetime
) -> MutualityDiscount:
    """The discount with its last day; None gives it on."""
    return end(
        discount,
        last_day=last_day,
        action="discount_ended",
        owners=[discount],
        actor=actor,
        at=at,
        about=["mutuality_code", "name", "percent"],
    )


# --- inside -------------------------------------------------------------------------------------------------


def _refuse_decision(row: PriceAuthorisation, today: date) -> None:
    if row.decided_on > today:
        raise ValidationError({"decided_on": _("The decision cannot lie in the future.")})


def _refuse_foreign_authorisation(kind: RoomType, values: Mapping[str, Any]) -> None:
    chosen: PriceAuthorisation | None = values.get("authorisation")
    if chosen is not None and chosen.home_id != kind.home_id:
        raise ValidationError({"authorisation": _("Choose a price authorisation of this home.")})


def _received(file: "File[Any] | None", actor: User | None, at: datetime) -> Upload | None:
    if file is None:
        return None
    assert actor is not None
    try:
        return receive(file=file, kind="residences_authorisation", actor=actor, at=at)
    except UploadRefused as error:
        raise ValidationError({"document": error.message}) from error
