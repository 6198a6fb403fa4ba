"""A rise of prices from its draft to the notices: exemptions, the notification, conventions signed meanwhile (art. 4 §1)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock, next_number
from partenamut.documents.services import Order, order_many, ring
from partenamut.registry.services.rows import altered, described, saved
from residences.documents.price_notices import administration_order, resident_order
from residences.models import (
    AgreedBecause,
    AgreedPrice,
    CampaignExemption,
    CampaignPrice,
    Convention,
    PriceCampaign,
    PriceNotice,
    RestHome,
    RoomPrice,
    RoomType,
)
from residences.services.kept_prices import without_euros
from residences.services.price_letters import administration_words, prices_of, resident_words
from residences.services.rises import (
    Concerned,
    Plan,
    concerned_among,
    kept_on,
    obstacles,
    plan_of,
    priced_type,
    running_from,
)
from residences.workflow import CampaignAction, CampaignStatus

FIELDS = ("index_now", "index_month", "index_source", "explanation", "authorisation")
ONE_DAY = timedelta(days=1)


@transaction.atomic
def create_draft(
    *,
    home: RestHome,
    values: Mapping[str, Any],
    prices: Mapping[RoomType, Decimal],
    actor: User,
    at: datetime,
) -> PriceCampaign:
    """A rise being prepared, with the new prices by room type; one at a time in a home."""
    campaign = saved(PriceCampaign(home=home, prepared_by=actor, **_own(home, values)))
    _write_prices(campaign, prices)
    changes = {**without_euros(described(campaign, FIELDS)), **_price_changes({}, prices)}
    record(action="campaign_drafted", subject=campaign, actor=actor, at=at, changes=changes)
    return campaign


@transaction.atomic
def change_draft(
    *,
    campaign: PriceCampaign,
    values: Mapping[str, Any],
    prices: Mapping[RoomType, Decimal],
    actor: User,
    at: datetime,
) -> PriceCampaign:
    """The draft with other values and new prices; a room type that is left out keeps its price."""
    row = _draft(campaign)
    trace = without_euros(altered(row, _own(row.home, values)))
    before = {price.room_type: price.new_price for price in row.prices.select_related("room_type")}
    trace |= _price_changes(before, prices)
    if not trace:
        return row
    saved(row)
    _write_prices(row, prices)
    record(action="campaign_changed", subject=row, actor=actor, at=at, changes=trace)
    return row


@transaction.atomic
def discard(*, campaign: PriceCampaign, actor: User, at: datetime) -> PriceCampaign:
    """The draft given up; nothing was sent."""
    return advance(campaign, CampaignAction.DISCARD, actor=actor, at=at)


@transaction.atomic
def exempt(
    *,
    campaign: PriceCampaign,
    convention: Convention,
    because: str,
    note: str,
    actor: User,
    at: datetime,
) -> CampaignExemption:
    """A convention whose price the draft leaves as it is, with the reason (art. 4 §1)."""
    row = _draft(campaign)
    if convention.home_id != row.home_id:
        raise ValidationError({"convention": _("Choose a resident of this home.")})
    if not note.strip():
        raise ValidationError({"note": _("Write what the right to keep the price rests on.")})
    known = CampaignExemption.objects.filter(campaign=row, convention=convention).first()
    exemption = known or CampaignExemption(campaign=row, convention=convention)
    exemption.because, exemption.note, exemption.withdrawn = because, note.strip(), False
    saved(exemption)
    _record_exemption("exemption_added", exemption, actor, at)
    return exemption


@transaction.atomic
def take_back(
    *, campaign: PriceCampaign, convention: Convention, actor: User, at: datetime
) -> CampaignExemption:
    """The convention taken into the draft after all, though its price was kept."""
    row = _draft(campaign)
    found = next((each for each in _plan(row, at).left_out if each.convention.pk == convention.pk), None)
    if found is None:
        raise ValidationError(_("This resident is not left out of the rise."))
    exemption = found.exemption or CampaignExemption(
        campaign=row, convention=convention, because=found.because, note=found.note
    )
    exemption.withdrawn = True
    saved(exemption)
    _record_exemption("exemption_taken_back", exemption, actor, at)
    return exemption


@transaction.atomic
def notify(*, campaign: PriceCampaign, seen: str, actor: User, at: datetime) -> PriceCampaign:
    """The rise notified to residents and administration: prices from the 30th day, and a letter for each.

    TransitionRefused once it was notified; ValidationError where a price is refused, or (code "changed") where it is
    not any more what was seen.
    """
    home = _locked_home(campaign.home, running_from(campaign.home, localdate(at)))
    row = advance(campaign, CampaignAction.NOTIFY, actor=actor, at=at)
    row.home = home
    plan = _plan(row, at)
    if wrong := obstacles(plan):
        raise ValidationError(wrong)
    if seen != plan.fingerprint:
        raise ValidationError(
            _("Something has changed since you looked: look at what will be sent once more, then confirm."),
            code="changed",
        )
    row.number = next_number(f"{home.code}-PR", plan.notified_on.year)
    row.notified_on, row.in_force_from = plan.notified_on, plan.in_force_from
    row.save(update_fields=["number", "notified_on", "in_force_from"])
    _freeze(plan)
    _begin_prices(plan, actor, at)
    for each in plan.raised:
        _raise(row, each.convention, actor, at)
    _send(row, plan.raised, actor, at, plan=plan)
    campaign.refresh_from_db()
    return row


@transaction.atomic
def apply_notified_rises(
    convention: Convention, at: datetime, *, since: date | None = None, actor: User | None = None
) -> list[PriceCampaign]:
    """The rises that a convention, or an amendment of it, still has to be told of and get: those notified before it
    was signed and in force later. `since` is the day of the signature; safe to repeat.
    """
    home = _locked_home(convention.home, Convention.objects.filter(pk=convention.pk))
    due = home.campaigns.filter(
        status=CampaignStatus.NOTIFIED, in_force_from__gt=since or localdate(at)
    ).order_by("in_force_from")
    changed = []
    for campaign in due:
        campaign.home = home
        if _apply_late(campaign, convention, actor, at):
            changed.append(campaign)
    return changed


# --- inside -----------------------------------------------------------------------------------------------


def _draft(campaign: PriceCampaign) -> PriceCampaign:
    """The draft, locked; ValidationError where it is none any more."""
    row = lock(campaign)
    if row.status != CampaignStatus.DRAFT:
        raise ValidationError(_("This rise is no draft any more: what was notified is not changed."))
    return row


def _locked_home(home: RestHome, conventions: Any) -> RestHome:
    """The home, locked against another notification and another signature, after the conventions it may write."""
    # Conventions come first, as they do where one is signed: otherwise two of us could wait for each other.
    list(conventions.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    rows = RestHome.objects.select_related("residence")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=home.pk)


def _plan(campaign: PriceCampaign, at: datetime) -> Plan:
    return plan_of(campaign, localdate(at))


def _own(home: RestHome, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a draft; ValidationError for an authorisation of another home."""
    authorisation = values.get("authorisation")
    if authorisation is not None and authorisation.home_id != home.pk:
        raise ValidationError({"authorisation": _("Choose an authorisation of this home.")})
    return {name: values[name] for name in FIELDS if name in values}


def _write_prices(campaign: PriceCampaign, prices: Mapping[RoomType, Decimal]) -> None:
    if any(room_type.home_id != campaign.home_id for room_type in prices):
        raise ValidationError(_("Choose room types of this home."))
    campaign.prices.all().delete()
    for room_type, price in prices.items():
        saved(CampaignPrice(campaign=campaign, room_type=room_type, new_price=price))


def _price_changes(
    before: Mapping[RoomType, Decimal], after: Mapping[RoomType, Decimal]
) -> dict[str, list[object]]:
    """Room type -> [new price before, new price now], where they differ."""
    names = {**before, **after}
    return {
        str(room_type): [before.get(room_type), after.get(room_type)]
        for room_type in names
        if before.get(room_type) != after.get(room_type)
    }


def _record_exemption(action: str, exemption: CampaignExemption, actor: User, at: datetime) -> None:
    changes = described(exemption, ["convention", "because"])
    record(
        action=action, subject=exemption.campaign, actor=actor, at=at, changes=changes, note=exemption.note
    )


def _freeze(plan: Plan) -> None:
    """Writes what each new price was measured against, and who was left out and why."""
    for each in plan.changed:
        standing = each.standing
        assert standing.before is not None
        assert standing.current is not None
        CampaignPrice.objects.filter(campaign=plan.campaign, room_type=standing.room_type).update(
            price_before_year=standing.before.daily_price,
            current_price=standing.current.daily_price,
            index_then=standing.before.index_value,
        )
    for out in plan.left_out:
        if out.exemption is None:
            saved(
                CampaignExemption(
                    campaign=plan.campaign, convention=out.convention, because=out.because, note=out.note
                )
            )


def _begin_prices(plan: Plan, actor: User, at: datetime) -> None:
    """The new price of each room type from the day it comes into force; the one before ends the day before."""
    campaign = plan.campaign
    for each in plan.changed:
        current, new = each.standing.current, each.new_price
        assert current is not None
        assert new is not None
        last_day, current.last_day = current.last_day, plan.in_force_from - ONE_DAY
        saved(current)
        saved(
            RoomPrice(
                room_type=each.standing.room_type,
                daily_price=new,
                authorisation=campaign.authorisation,
                index_value=campaign.index_now,
                index_month=campaign.index_month,
                campaign=campaign,
                first_day=plan.in_force_from,
                last_day=last_day,
            )
        )
        changes = {"daily_price": [current.daily_price, new], "first_day": [None, plan.in_force_from]}
        record(
            action="room_price_notified",
            subject=each.standing.room_type,
            actor=actor,
            at=at,
            changes=changes,
            note=campaign.number or "",
        )


def _raise(campaign: PriceCampaign, convention: Convention, actor: User | None, at: datetime) -> int:
    """How many prices agreed with a convention a campaign changed; those it brought before stay."""
    own = {row.room_type_id: row for row in RoomPrice.objects.filter(campaign=campaign)}
    changed = 0
    agreed: Sequence[AgreedPrice] = convention.prices  # type: ignore[attr-defined]
    for row in agreed:
        assert campaign.in_force_from is not None
        first = max(campaign.in_force_from, row.first_day)
        new = own.get(priced_type(row, kept_on(convention.keeps, first)))  # type: ignore[attr-defined]
        # A price of the campaign that has ended by then has given way to a later rise.
        if new is None or first not in new.period or row.daily_price == new.daily_price:
            continue
        changes = {"daily_price": [row.daily_price, new.daily_price], "first_day": [row.first_day, first]}
        _replace(row, first, new.daily_price, campaign)
        record(
            action="convention_price_changed",
            subject=convention,
            actor=actor,
            at=at,
            changes=changes,
            note=campaign.number or "",
        )
        changed += 1
    return changed


def _replace(row: AgreedPrice, first: date, new: Decimal, campaign: PriceCampaign) -> None:
    if row.first_day == first:
        # It had not begun: what was signed stands in the text of the convention or the amendment.
        row.daily_price, row.because, row.campaign = new, AgreedBecause.RISE, campaign
        saved(row)
        return
    last_day, row.last_day = row.last_day, first - ONE_DAY
    saved(row)
    saved(
        AgreedPrice(
            convention=row.convention,
            room_type=row.room_type,
            daily_price=new,
            because=AgreedBecause.RISE,
            campaign=campaign,
            first_day=first,
            last_day=last_day,
        )
    )


def _apply_late(campaign: PriceCampaign, convention: Convention, actor: User | None, at: datetime) -> bool:
    """Whether a notified rise changed a price of a convention that was signed after it."""
    assert campaign.in_force_from is not None
    asked = {row.room_type_id: row.new_price for row in campaign.prices.all()}
    exemptions = {row.convention_id: row for row in campaign.exemptions.filter(convention=convention)}
    own = Convention.objects.filter(pk=convention.pk)
    found = concerned_among(own, asked, campaign.in_force_from, exemptions)
    if not found or found[0].because or not _raise(campaign, found[0].convention, actor, at):
        return False
    if not campaign.notices.filter(convention=convention).exists():
        _send(campaign, found, actor, at)
    return True


def _send(
    campaign: PriceCampaign,
    concerned: Sequence[Concerned],
    actor: User | None,
    at: datetime,
    *,
    plan: Plan | None = None,
) -> None:
    """A letter to each resident or representative, with a plan one to the administration; rendered behind the pages."""
    prices = prices_of(campaign)
    orders: list[Order] = []
    notices: list[PriceNotice] = []
    for each in concerned:
        each.convention.home = campaign.home
        words = resident_words(campaign, each, prices, localdate(at))
        orders.append(resident_order(words, f"{_key(campaign)}/{each.convention.public_id}"))
        notices.append(PriceNotice(campaign=campaign, convention=each.convention, recipient=words.recipient))
    if plan is not None:
        to_all = administration_words(plan, prices)
        orders.append(administration_order(to_all, f"{_key(campaign)}/administration"))
        notices.append(PriceNotice(campaign=campaign, recipient=to_all.authority))
    documents = order_many(orders, actor=actor, at=at)
    for notice, document in zip(notices, documents, strict=True):
        notice.document = document
    PriceNotice.objects.bulk_create(notices)
    transaction.on_commit(lambda: ring([document.pk for document in documents]), robust=True)


def _key(campaign: PriceCampaign) -> str:
    return f"residences/prices/{campaign.public_id}"
