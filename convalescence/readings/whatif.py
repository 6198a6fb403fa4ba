"""The same rules on changed facts, side by side; nothing is read from the database and nothing is written."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct, structs

from convalescence.deciding import of_facts
from convalescence.readings.casefile import Proposal, proposal
from convalescence.rules import Caregiver, Convalescence, ShortStay, Stay
from convalescence.rules import Request as Facts
from partenamut.periods import Period

#: What is supposed about dated facts: as the registry has them, on every day of the stay, on none.
REGISTRY, ALWAYS, NEVER = "registry", "always", "never"


class Line(Struct, frozen=True):
    """One line of the comparison: what it is about, and what both sides say."""

    label: str
    as_is: str
    supposed: str
    #: Whether the rule is met on each side; None where the line is no rule.
    was_met: bool | None = None
    is_met: bool | None = None

    @property
    def differs(self) -> bool:
        """Whether the two sides say different things."""
        return (self.as_is, self.was_met) != (self.supposed, self.is_met)


class Comparison(Struct, frozen=True):
    """Both sides: what the rules say of the facts as they are, and of those supposed."""

    as_is: Proposal
    supposed: Proposal
    lines: list[Line]


def compare(facts: Facts, supposed: Facts) -> Comparison:
    """The two decisions, line by line."""
    left, right = proposal(of_facts(facts)), proposal(of_facts(supposed))
    lines = [
        Line(_("Outcome"), left.outcome, right.outcome),
        Line(_("Days paid"), left.days, right.days),
        Line(_("Amount"), left.amount, right.amount),
        *(
            Line(one.condition, one.message, other.message, one.met, other.met)
            for one, other in zip(left.reasons, right.reasons, strict=True)
        ),
    ]
    return Comparison(left, right, lines)


def suppose(facts: Facts, changes: dict[str, Any]) -> Facts:
    """The facts with what is supposed of them; names that this benefit does not have are left out."""
    stay = Stay(changes["arrival"], changes["departure"])
    whole = (Period(stay.arrival, date.fromordinal(stay.departure.toordinal() - 1)),)
    values: dict[str, Any] = {"stay": stay}
    for name in ("partner", "contributions", "inami_approved", "recognised"):
        if name in changes:
            values[name] = {REGISTRY: getattr(facts, name), ALWAYS: whole, NEVER: ()}[changes[name]]
    for name in _PLAIN & changes.keys():
        values[name] = changes[name]
    if used := dict(_used(changes)):
        values["days_used"] = {**facts.days_used, **used}  # type: ignore[union-attr]
    if changes.get("criteria") is not None:
        values["criteria"] = tuple(changes["criteria"])
    return structs.replace(facts, **values)


def years_of(facts: Facts) -> Iterable[int]:
    """The calendar years whose used days can be supposed: those of the stay, and one more."""
    if isinstance(facts, Caregiver):
        return ()
    return range(facts.stay.arrival.year, max(facts.stay.departure.year, facts.stay.arrival.year + 1) + 1)


def dated_names(facts: Facts) -> dict[str, str]:
    """The dated facts of this benefit, with their names for people."""
    match facts:
        case Convalescence():
            return {"partner": _("Partner residence"), "contributions": _("Contributions in order")}
        case ShortStay():
            return {"inami_approved": _("Approved by INAMI"), "contributions": _("Contributions in order")}
        case Caregiver():
            return {"recognised": _("Recognised caregiver"), "contributions": _("Contributions in order")}


#: Facts that are simply replaced.
_PLAIN = {
    "submitted_on",
    "rest_home",
    "invoice_received",
    "cared_for_granted",
    "extension",
    "days_used_in_stay",
}


def _used(changes: dict[str, Any]) -> Iterable[tuple[int, int]]:
    for name, value in changes.items():
        if name.startswith("used_") and value is not None:
            yield int(name.removeprefix("used_")), value
