"""An estimate in words for a page: the insurances side by side, what was assumed, what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hospitalisation import messages
from hospitalisation.readings.bill import in_words
from hospitalisation.rules import Tier, Totals
from hospitalisation.rules.estimate import Assumption, Level, Option, StayEstimate
from partenamut.money import ZERO, total
from partenamut.web.formats import euros, percent

_ASSUMED = {
    "room_supplement_a_day": gettext_noop("Room supplement a day"),
    "fees_at_tariff": gettext_noop("Fees at the INAMI tariff, of all doctors together"),
    "fees_at_tariff_by_day": gettext_noop("Fees at the INAMI tariff, of all doctors together"),
    "fee_supplement_percent": gettext_noop("Fee supplement, in percent of the tariff"),
    "fee_own_share_percent": gettext_noop("Your own share of the fees, in percent of the tariff"),
    "sundry_a_day": gettext_noop("Sundry costs a day"),
    "medicines": gettext_noop("Medicines that are not reimbursable, for the stay"),
    "parent_a_night": gettext_noop("Stay of a parent, a night"),
    "doctor_agreed": gettext_noop("The doctor has agreed to the tariffs"),
    "comfort": gettext_noop("The sundry costs are telephone, flowers, fridge, television or drinks"),
    "franchise": gettext_noop("The hospital is on the list with a franchise"),
}
_UNKNOWN = {
    "share_of_day_hospital": gettext_noop(
        "What stays with you of the price of a day hospital: no source gives it. It is not counted."
    ),
    "share_a_day": gettext_noop(
        "Your share a day for this category of patient on that day: no source gives it. It is not counted."
    ),
}


@dataclass(frozen=True)
class TierRow:
    """An insurance with what it makes of the stay."""

    code: str
    name: str
    is_own: bool
    low: Totals
    likely: Totals
    high: Totals
    #: Names of figures that no source gives.
    missing: list[str]
    #: Names of figures that are to be confirmed.
    to_confirm: list[str]
    reasons: list[dict[str, Any]]


@dataclass(frozen=True)
class KindRow:
    """A kind of cost of the stay by scenario."""

    kind: str
    low: Decimal
    likely: Decimal
    high: Decimal


@dataclass(frozen=True)
class ShownEstimate:
    """An estimate as a page shows it, in the active language."""

    answer: StayEstimate
    own: Tier | None

    @property
    def room(self) -> str:
        """The room, as it stands in a sentence."""
        return messages.room(self.answer.plan.room)

    @property
    def tiers(self) -> list[TierRow]:
        """The insurances side by side."""
        return [self._tier(option) for option in self.answer.options]

    @property
    def chart(self) -> list[dict[str, Any]]:
        """What the patient likely pays with each insurance."""
        return [
            {"label": messages.tier(option.tier), "value": option.likely.totals.patient}
            for option in self.answer.options
        ]

    @property
    def kinds(self) -> list[KindRow]:
        """What the stay costs, kind by kind, after the compulsory insurance."""
        found = dict.fromkeys(line.kind for level in Level for line in self.answer.lines[level])
        return [
            KindRow(messages.kind(kind), *(self._of_kind(kind, level) for level in Level)) for kind in found
        ]

    @property
    def sums(self) -> KindRow:
        """The whole of it."""
        low, likely, high = (
            total(line.billed - line.mandatory for line in self.answer.lines[level]) for level in Level
        )
        return KindRow(_("Together"), low, likely, high)

    @property
    def assumed(self) -> list[list[str]]:
        """What was assumed, with its three values."""
        return [
            [_(_ASSUMED[one.name]), *(_value(one, level) for level in Level)] for one in self.answer.assumed
        ]

    @property
    def assumed_source(self) -> str:
        """Where the assumptions come from."""
        return messages.source(self.answer.assumed[0].article) if self.answer.assumed else ""

    @property
    def unknown(self) -> list[str]:
        """What is not counted since nobody knows it."""
        missing = [
            _("%(tier)s: %(figures)s. What it brings is not counted.")
            % {"tier": messages.tier(row.tier), "figures": ", ".join(map(messages.figure_name, row.missing))}
            for row in self.answer.options
            if row.missing
        ]
        return [*(_(_UNKNOWN[name]) for name in self.answer.unknown), *missing]

    @property
    def to_confirm(self) -> list[str]:
        """The figures that count and are to be confirmed, by insurance."""
        return [
            f"{messages.tier(row.tier)}: {', '.join(map(messages.figure_name, row.to_confirm))}"
            for row in self.answer.options
            if row.to_confirm
        ]

    @property
    def unlawful(self) -> Decimal:
        """Euros that were typed as supplements and that nobody owes."""
        return max((option.likely.totals.unlawful for option in self.answer.options), default=ZERO)

    def _tier(self, option: Option) -> TierRow:
        return TierRow(
            code=option.tier.value,
            name=messages.tier(option.tier),
            is_own=option.tier is self.own,
            low=option.low.totals,
            likely=option.likely.totals,
            high=option.high.totals,
            missing=[messages.figure_name(name) for name in option.missing],
            to_confirm=[messages.figure_name(name) for name in option.to_confirm],
            reasons=in_words(option.likely.reasons),
        )

    def _of_kind(self, kind: str, level: Level) -> Decimal:
        lines: Sequence[Any] = self.answer.lines[level]
        return total(line.billed - line.mandatory for line in lines if line.kind == kind)


def _value(one: Assumption, level: Level) -> str:
    value = getattr(one, level.value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return percent(value) if one.name.endswith("_percent") else euros(value)
