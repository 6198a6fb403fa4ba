"""What the rule says of each new price of a rise, in words: reasons, calculation, what to do."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.web import formats
from residences.documents.price_notices import steps_of
from residences.messages import condition, messages, remedy, source
from residences.models import CampaignPrice, PriceCampaign
from residences.price_facts import frozen_increase
from residences.readings.prices import index_address
from residences.rules import PriceDecision, PriceIncrease, weigh_increase
from residences.services.rises import Course, Obstacle, Weighed, obstacle_words

#: What the tag of a new price says, with its tint.
_STATES: dict[str, tuple[Any, str]] = {
    Course.UNCHANGED: (gettext_lazy("Stays as it is"), "neutral"),
    Course.RISE: (gettext_lazy("Within the limit"), "success"),
    Course.LOWER: (gettext_lazy("Goes down"), "info"),
    Obstacle.ABOVE: (gettext_lazy("Above the limit"), "error"),
    Obstacle.SAME: (gettext_lazy("The present price"), "warning"),
    Obstacle.NO_INDEX: (gettext_lazy("Index missing"), "error"),
    Obstacle.NO_PRICE: (gettext_lazy("No price"), "error"),
    Obstacle.LATER_PRICE: (gettext_lazy("Another price follows"), "error"),
}


class TypeCheck(Struct, frozen=True):
    """A room type of a rise as a page shows it."""

    name: str
    state: str
    tone: str
    headline: str
    present: Decimal | None
    new: Decimal | None
    maximum: Decimal | None
    reasons: list[dict[str, object]]
    steps: list[list[str]]
    remedies: list[str]
    #: Where the index that is missing is entered.
    index_url: str = ""

    @property
    def change(self) -> str:
        """The change in percent, with its sign; empty where nothing changes."""
        if self.present is None or self.new is None or self.new == self.present:
            return ""
        percent = (self.new / self.present - 1) * 100
        sign = "+" if percent > 0 else "\N{MINUS SIGN}"
        return f"{sign}{formats.number(abs(percent), 2)}{formats.NO_BREAK_SPACE}%"


def checks_of(types: Iterable[Weighed]) -> list[TypeCheck]:
    """Each room type of a rise weighed, those with a new price first."""
    shown = [check_of(each) for each in types]
    return sorted(shown, key=lambda each: each.new is None)


def check_of(each: Weighed) -> TypeCheck:
    """A new price weighed, in words; of a price that stays only the maximum."""
    standing, course, obstacle = each.standing, each.course, each.obstacle
    state, tone = _STATES[obstacle or course]
    present = standing.current.daily_price if standing.current else None
    rises = course is Course.RISE and obstacle in (Obstacle.NONE, Obstacle.ABOVE)
    facts, decision = (each.facts, each.decision) if rises else (None, None)
    return TypeCheck(
        name=standing.room_type.name,
        state=str(state),
        tone=tone,
        headline=obstacle_words(each) or _headline(course, present, each.new_price),
        present=present,
        new=each.new_price,
        maximum=each.decision.maximum if each.decision else None,
        reasons=_reasons(decision),
        steps=_steps(facts),
        remedies=[remedy(change) for change in decision.would_change] if decision else [],
        index_url=index_address(standing.before)
        if standing.before and standing.before.index_value is None
        else "",
    )


def notified_checks(campaign: PriceCampaign) -> list[TypeCheck]:
    """The new prices of a rise that was notified, with what they were measured against then."""
    rows = campaign.prices.select_related("room_type").order_by("room_type__position", "room_type__name")
    return [_notified(row, campaign) for row in rows]


# --- inside -----------------------------------------------------------------------------------------------


def _notified(price: CampaignPrice, campaign: PriceCampaign) -> TypeCheck:
    assert campaign.notified_on is not None
    facts = frozen_increase(price, campaign.index_now, campaign.notified_on)
    decision = weigh_increase(facts) if facts else None
    course = Course.RISE if facts else Course.LOWER
    state, tone = _STATES[course]
    return TypeCheck(
        name=price.room_type.name,
        state=str(state),
        tone=tone,
        headline=_headline(course, price.current_price, price.new_price),
        present=price.current_price,
        new=price.new_price,
        maximum=decision.maximum if decision else None,
        reasons=_reasons(decision),
        steps=_steps(facts),
        remedies=[],
    )


def _headline(course: Course, present: Decimal | None, new: Decimal | None) -> str:
    if new is None or present is None:
        return ""
    values = {"present": formats.euros(present), "new": formats.euros(new)}
    if course is Course.LOWER:
        return (
            _("The price goes down from %(present)s to %(new)s: that is no rise, and no limit applies.")
            % values
        )
    return _("From %(present)s to %(new)s a day.") % values


def _reasons(decision: PriceDecision | None) -> list[dict[str, object]]:
    if decision is None:
        return []
    sentences = messages(decision.reasons, _language())
    return [
        {
            "met": reason.met,
            "condition": condition(reason.code),
            "message": sentence,
            "source": source(reason.article),
        }
        for reason, sentence in zip(decision.reasons, sentences, strict=True)
    ]


def _steps(facts: PriceIncrease | None) -> list[list[str]]:
    return [list(step) for step in steps_of(facts, _language())] if facts else []


def _language() -> str:
    return (get_language() or "fr")[:2]
