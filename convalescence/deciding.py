"""A request decided by the rules or otherwise, ready to be put in force; nothing is written here."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from convalescence.answers import answer_of
from convalescence.facts import facts_of
from convalescence.models import Benefit, Decision, Request
from convalescence.rules import RULESETS, decide
from convalescence.rules import Decision as RuleDecision
from convalescence.rules import Request as Facts
from convalescence.rules.allotment import Line, amount_of, price
from convalescence.rules.decide import per_day
from convalescence.rules.weighing import Outcome
from partenamut.periods import Days

try:
    RELEASE = version("partenamut-portal")
except PackageNotFoundError:
    RELEASE = "0.1.0"


class Ruling(msgspec.Struct, frozen=True):
    """What a request comes to: the facts, the rules' decision, and the days and amount that are granted."""

    facts: Facts
    decision: RuleDecision
    outcome: Outcome
    lines: tuple[Line, ...]

    @property
    def departs(self) -> bool:
        """Whether other days are granted than those of the rules."""
        return self.lines != self.decision.lines

    @property
    def days(self) -> int:
        """Days granted."""
        return sum(line.days for line in self.lines)

    @property
    def amount(self) -> Decimal:
        """Euros granted."""
        return amount_of(self.lines)

    @property
    def runs(self) -> list[tuple[date, date]]:
        """First and last day of each run granted."""
        return Days((line.first.toordinal(), line.last.toordinal()) for line in self.lines).periods()

    def as_record(self) -> dict[str, Any]:
        """The columns of a stored decision; sentences are made from the reasons when they are read."""
        with override("fr"):
            answer = answer_of(self.decision, "fr", by_year=not self.facts_are_a_caregivers)
        award = {"days": self.days, "amount": self.amount, "lines": self.lines}
        return {
            "ruleset": Benefit(_ruleset_of(self.facts)).value,
            "facts": msgspec.to_builtins(self.facts, str_keys=True),
            "answer": msgspec.to_builtins({"rules": answer, "award": award}, str_keys=True),
            "outcome": self.outcome.value,
            "release": RELEASE,
        }

    @property
    def facts_are_a_caregivers(self) -> bool:
        """Whether the quota is a stay's rather than a year's."""
        return _ruleset_of(self.facts) == Benefit.CAREGIVER


def ruled(request: Request, *, on: date) -> Ruling:
    """What the rules say of a request on the facts as they stand."""
    return of_facts(facts_of(request, on=on))


def of_facts(facts: Facts) -> Ruling:
    """What the rules say of facts, stored or supposed."""
    decision = decide(facts)
    return Ruling(facts, decision, decision.outcome, decision.lines)


def overruled(request: Request, first_day: date | None, last_day: date | None, *, on: date) -> Ruling:
    """The ruling with the days an adviser chose, none for a refusal; ValidationError for days outside the stay."""
    ruling = ruled(request, on=on)
    days = Days.between(first_day, last_day) if first_day and last_day else Days()
    if days - ruling.facts.stay.days:
        raise ValidationError(_("The days granted must lie within the stay."))
    lines = price(days, per_day(ruling.facts))
    outcome = _outcome(days, ruling.facts.stay.days)
    overruling = Ruling(ruling.facts, ruling.decision, outcome, lines)
    if not overruling.departs:
        raise ValidationError(_("This is what the rules say: decide by the rules instead."))
    return overruling


def replay(decision: Decision) -> RuleDecision:
    """The rules asked again about the facts a decision was taken on."""
    return decide(stored_facts(decision))


def stored_facts(decision: Decision) -> Facts:
    """The facts a decision was taken on."""
    # JSON knows no numbers as keys: the years of the days used come back as text.
    return msgspec.convert(decision.facts, RULESETS[decision.ruleset], str_keys=True)


def lines_of(decision: Decision) -> list[Line]:
    """The paid stretches of a stored decision."""
    lines: Sequence[object] = decision.answer["award"]["lines"]
    return msgspec.convert(lines, list[Line])


def _outcome(days: Days, whole: Days) -> Outcome:
    if not days:
        return Outcome.REFUSED
    return Outcome.GRANTED if days == whole else Outcome.PARTIALLY_GRANTED


def _ruleset_of(facts: Facts) -> str:
    return next(name for name, request_type in RULESETS.items() if isinstance(facts, request_type))
