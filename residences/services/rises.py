"""What a rise of prices comes to: each new price weighed by the rule, the conventions it concerns, what stands against it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.web import formats
from residences.messages import figure
from residences.models import (
    AgreedPrice,
    CampaignExemption,
    Convention,
    KeptPrice,
    Occupancy,
    PriceCampaign,
    RestHome,
    StayKind,
)
from residences.price_facts import Standing, increase, standings
from residences.rules import PriceDecision, PriceIncrease, PriceOutcome, parameters, weigh_increase


class Course(StrEnum):
    """What a new price of a room type is beside the present one."""

    UNCHANGED = "unchanged"
    SAME = "same"
    LOWER = "lower"
    RISE = "rise"


class Obstacle(StrEnum):
    """Why a new price cannot be notified."""

    NONE = ""
    NO_PRICE = "no_price"
    LATER_PRICE = "later_price"
    SAME = "same"
    NO_INDEX = "no_index"
    ABOVE = "above"


class Weighed(Struct, frozen=True):
    """A room type in a campaign: what its new price is measured against, and what the rule says of it."""

    standing: Standing
    new_price: Decimal | None
    #: None where a price or an index is missing; without a new price they hold the present one.
    facts: PriceIncrease | None
    decision: PriceDecision | None

    @property
    def course(self) -> Course:
        """Rise, lower, the same, or unchanged."""
        current = self.standing.current
        if self.new_price is None:
            return Course.UNCHANGED
        if current is None or self.new_price > current.daily_price:
            return Course.RISE
        return Course.SAME if self.new_price == current.daily_price else Course.LOWER

    @property
    def obstacle(self) -> Obstacle:
        """What stands against the new price; nothing where none is asked."""
        if self.new_price is None:
            return Obstacle.NONE
        if self.standing.current is None:
            return Obstacle.NO_PRICE
        if self.standing.later is not None:
            return Obstacle.LATER_PRICE
        if self.course is Course.SAME:
            return Obstacle.SAME
        return self._limit() if self.course is Course.RISE else Obstacle.NONE

    def _limit(self) -> Obstacle:
        if self.decision is None:
            return Obstacle.NO_INDEX
        return Obstacle.NONE if self.decision.outcome is PriceOutcome.ALLOWED else Obstacle.ABOVE


class Concerned(Struct, frozen=True):
    """A convention whose price changes with a campaign, or would if the price were not kept."""

    convention: Convention
    agreed: AgreedPrice
    first_day: date
    new_price: Decimal
    kept: KeptPrice | None
    exemption: CampaignExemption | None

    @property
    def because(self) -> str:
        """Why the price is kept; empty where it changes."""
        if self.exemption is not None:
            return "" if self.exemption.withdrawn else self.exemption.because
        return self.kept.because if self.kept else ""

    @property
    def note(self) -> str:
        """What was noted with it."""
        if self.exemption is not None:
            return self.exemption.note
        return self.kept.note if self.kept else ""

    @property
    def because_words(self) -> str:
        """Why the price is kept, in words."""
        source = self.exemption if self.exemption is not None and self.exemption.because else self.kept
        return str(source.get_because_display()) if source and self.because else ""

    @property
    def room(self) -> str:
        """The number of the room on the first day; empty where none is known."""
        places: list[Occupancy] = self.convention.places  # type: ignore[attr-defined]
        on_the_day = [place for place in places if self.first_day in place.period]
        return on_the_day[0].bed.room.number if on_the_day else ""


class Plan(Struct, frozen=True):
    """A campaign as it would be notified on a day."""

    campaign: PriceCampaign
    notified_on: date
    in_force_from: date
    types: list[Weighed]
    concerned: list[Concerned]

    @property
    def changed(self) -> list[Weighed]:
        """The room types that get a new price."""
        return [each for each in self.types if each.new_price is not None]

    @property
    def raised(self) -> list[Concerned]:
        """The conventions whose price changes."""
        return [each for each in self.concerned if not each.because]

    @property
    def left_out(self) -> list[Concerned]:
        """The conventions whose price is kept."""
        return [each for each in self.concerned if each.because]

    @property
    def fingerprint(self) -> str:
        """Changes with anything that would be sent or written."""
        parts = [
            str(self.in_force_from),
            *(f"{each.standing.room_type.pk}={each.new_price}" for each in self.changed),
            *(f"{each.convention.pk}:{each.because}:{each.new_price}" for each in self.concerned),
        ]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()


def plan_of(campaign: PriceCampaign, notified_on: date) -> Plan:
    """A draft as it would be if it were notified on a day."""
    asked = dict(campaign.prices.values_list("room_type", "new_price"))
    types = weighed(campaign.home, asked, campaign.index_now, notified_on)
    start = in_force_from(notified_on)
    exemptions = {row.convention_id: row for row in campaign.exemptions.all()}
    concerned = concerned_by(campaign.home, asked, start, exemptions) if asked else []
    return Plan(campaign, notified_on, start, types, concerned)


def in_force_from(notified_on: date) -> date:
    """The 30th day after the notification (art. 4 §1)."""
    return notified_on + timedelta(days=parameters.DAYS_TO_RISE)


def weighed(
    home: RestHome, asked: Mapping[int, Decimal], index_now: Decimal | None, notified_on: date
) -> list[Weighed]:
    """Each room type of a home with the new price that is asked for it, by its key, weighed as notified on a day."""
    found = standings(home, in_force_from(notified_on))
    return [_weighed(each, asked.get(each.room_type.pk), index_now, notified_on) for each in found]


def obstacles(plan: Plan) -> list[str]:
    """What stands against the notification of a plan, in sentences; empty where it may be sent."""
    if not plan.changed:
        return [_("Enter the new price of one room type at least.")]
    return [obstacle_words(each) for each in plan.changed if each.obstacle]


def obstacle_words(each: Weighed) -> str:
    """What stands against a new price and what to do, in a sentence with its article; empty for nothing."""
    return _OBSTACLES[each.obstacle](each) if each.obstacle else ""


def concerned_by(
    home: RestHome,
    prices: Mapping[int, Decimal],
    day: date,
    exemptions: Mapping[int, CampaignExemption],
) -> list[Concerned]:
    """The conventions of a home that pay one of the prices on a day or later, by the name of the resident."""
    return concerned_among(running_from(home, day), prices, day, exemptions)


def concerned_among(
    conventions: "QuerySet[Convention]",
    prices: Mapping[int, Decimal],
    day: date,
    exemptions: Mapping[int, CampaignExemption],
) -> list[Concerned]:
    """Those of some conventions that pay one of the prices on a day or later, by the name of the resident."""
    rows = _with_prices(conventions, day).select_related("resident", "representative")
    rows = rows.order_by("resident__search_name", "pk")
    found = (_concerned(row, prices, day, exemptions.get(row.pk)) for row in rows)
    return [each for each in found if each is not None]


def running_from(home: RestHome, day: date) -> "QuerySet[Convention]":
    """The signed conventions of a home whose price may be due on a day or later."""
    rows = Convention.objects.filter(home=home, signed_on__isnull=False)
    rows = rows.filter(Q(ended_on=None) | Q(ended_on__gte=day)).exclude(ended_on__lt=F("entry"))
    return rows.exclude(kind=StayKind.SHORT, until__lt=day)


def priced_type(agreed: AgreedPrice, kept: KeptPrice | None) -> int:
    """The key of the room type whose price a convention pays: the one whose price is kept, else its own."""
    return kept.room_type_id if kept else agreed.room_type_id


def kept_on(kept: Iterable[KeptPrice], day: date) -> KeptPrice | None:
    """The price kept on a day, among those of a convention."""
    return next((row for row in kept if day in row.period), None)


# --- inside -----------------------------------------------------------------------------------------------


def _with_prices(rows: "QuerySet[Convention]", day: date) -> "QuerySet[Convention]":
    """The conventions with what is agreed, kept and occupied from a day on."""
    from_then = Q(last_day=None) | Q(last_day__gte=day)
    agreed = AgreedPrice.objects.filter(from_then).select_related("room_type").order_by("first_day")
    kept = KeptPrice.objects.filter(from_then).select_related("room_type").order_by("first_day")
    places = Occupancy.objects.given().filter(from_then).select_related("bed__room")
    return rows.prefetch_related(
        Prefetch("agreed_prices", agreed, "prices"),
        Prefetch("kept_prices", kept, "keeps"),
        Prefetch("occupancies", places.order_by("first_day"), "places"),
    )


def _weighed(
    standing: Standing, new_price: Decimal | None, index_now: Decimal | None, notified_on: date
) -> Weighed:
    facts = None
    if standing.current and standing.before and standing.before.index_value and index_now:
        asked = standing.current.daily_price if new_price is None else new_price
        facts = increase(standing, asked, index_now, notified_on)
    return Weighed(standing, new_price, facts, weigh_increase(facts) if facts else None)


def _concerned(
    convention: Convention, prices: Mapping[int, Decimal], day: date, exemption: CampaignExemption | None
) -> Concerned | None:
    agreed: Sequence[AgreedPrice] = convention.prices  # type: ignore[attr-defined]
    for row in agreed:
        first = max(day, row.first_day)
        kept = kept_on(convention.keeps, first)  # type: ignore[attr-defined]
        new = prices.get(priced_type(row, kept))
        if new is not None and (row.daily_price != new or kept):
            return Concerned(convention, row, first, new, kept, exemption)
    return None


def _above(each: Weighed) -> str:
    assert each.facts is not None
    assert each.decision is not None
    return _(
        "%(type)s: %(new)s a day is above the maximum of %(maximum)s (art. 4 §1): %(before)s before the first rise of "
        "the year, with the index from %(then)s to %(now)s and 5 points more. Ask at most %(maximum)s."
    ) % {
        "type": each.standing.room_type,
        "new": formats.euros(each.facts.new_price),
        "maximum": formats.euros(each.decision.maximum),
        "before": formats.euros(each.facts.price_before_year),
        "then": figure(each.facts.index_at_last_increase),
        "now": figure(each.facts.index_now),
    }


def _no_index(each: Weighed) -> str:
    before = each.standing.before
    return _(
        "%(type)s: the price of %(price)s in force from %(day)s has no consumer price index, and without it the maximum "
        "cannot be reckoned (art. 4 §1). Enter the index of that price on the page of prices, then come back."
    ) % {
        "type": each.standing.room_type,
        "price": formats.euros(before.daily_price) if before else "",
        "day": formats.day(before.first_day) if before else "",
    }


def _later(each: Weighed) -> str:
    later = each.standing.later
    return _(
        "%(type)s: another price is in force from %(day)s already. Notify this one on a later day, so that it comes "
        "after that one."
    ) % {"type": each.standing.room_type, "day": formats.day(later.first_day) if later else ""}


_OBSTACLES = {
    Obstacle.NO_PRICE: lambda each: (
        _(
            "%(type)s has no price on the day before the new one: enter its price under Rest home, it is no rise."
        )
        % {"type": each.standing.room_type}
    ),
    Obstacle.LATER_PRICE: _later,
    Obstacle.SAME: lambda each: (
        _("%(type)s: %(new)s is its present price. Leave the field empty where the price stays as it is.")
        % {"type": each.standing.room_type, "new": formats.euros(each.new_price or 0)}
    ),
    Obstacle.NO_INDEX: _no_index,
    Obstacle.ABOVE: _above,
}
