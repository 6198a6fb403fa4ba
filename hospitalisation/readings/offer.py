"""What each insurance pays, figure by figure, side by side, with where it is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from hospitalisation import messages
from hospitalisation.rules import Figure, Measure, Name, Terms, Tier

#: The insurances that pay; a waiting one and none pay nothing.
_COMPARED = (Tier.HOSPITALIA, Tier.MEDIUM, Tier.PLUS)


@dataclass(frozen=True)
class OfferCell:
    """A figure of an insurance in words."""

    tier: str
    text: str
    source: str
    to_confirm: bool
    is_missing: bool


@dataclass(frozen=True)
class OfferRow:
    """A figure with what each insurance has for it."""

    name: str
    cells: list[OfferCell]


@dataclass(frozen=True)
class Comparison:
    """The insurances that pay, side by side."""

    tiers: list[str]
    rows: list[OfferRow]


def comparison(terms: Mapping[Tier, Terms]) -> Comparison:
    """What each insurance pays by the figures given, in the active language."""
    names = [messages.tier(tier) for tier in _COMPARED]
    return Comparison(names, [OfferRow(messages.figure_name(name), _cells(name, terms)) for name in Name])


def _cells(name: Name, terms: Mapping[Tier, Terms]) -> list[OfferCell]:
    return [_cell(messages.tier(tier), terms[tier].figure(name)) for tier in _COMPARED]


def _cell(tier: str, figure: Figure) -> OfferCell:
    is_missing = figure.measure is Measure.MISSING
    return OfferCell(
        tier,
        messages.measured(figure.measure, figure.value),
        "" if is_missing else messages.source(figure.article),
        figure.to_confirm,
        is_missing,
    )
