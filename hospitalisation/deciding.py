"""A claim decided by the rules or otherwise, ready to be put in force; nothing is written here."""

from collections.abc import Mapping
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from hospitalisation.facts import cover_facts, deposit_facts, terms_on
from hospitalisation.messages import message, said
from hospitalisation.models import Claim, ClaimKind, Decision
from hospitalisation.rules import (
    Cover,
    DepositDecision,
    DepositOutcome,
    Figure,
    HospitalCover,
    HospitalDeposit,
    Name,
    Terms,
    Tier,
    cover,
    judge_deposit,
)
from hospitalisation.rules.requests import WrongFact
from hospitalisation.rules.terms import Reading
from partenamut.law import Reason

try:
    RELEASE = version("partenamut-portal")
except PackageNotFoundError:
    RELEASE = "0.1.0"

#: Reasons that a bill cannot be settled by the rules alone; a supplement that nobody owes is none of them.
UNDECIDED = frozenset({"cover.figure_missing", "cover.abroad", "cover.franchise_unknown"})


class StoredTerms(msgspec.Struct, frozen=True):
    """The figures a decision was taken on, as they are kept with it."""

    tier: Tier
    reading: Reading
    figures: dict[Name, Figure]

    def read(self) -> Terms:
        """The figures as the rules take them."""
        return Terms(self.tier, self.figures, self.reading)


class Ruling(msgspec.Struct, frozen=True):
    """What a claim comes to: facts, figures, what the rules say, and the euros that are granted."""

    facts: HospitalCover | HospitalDeposit
    terms: StoredTerms | None
    decision: Cover | DepositDecision
    #: Euros of the insurance by the place of the line, counted from 0, where a person decides otherwise.
    overruled: dict[int, Decimal]

    @property
    def departs(self) -> bool:
        """Whether other amounts are granted than those of the rules."""
        return bool(self.overruled)

    @property
    def amount(self) -> Decimal:
        """Euros granted, before what was given back as deposits is taken off."""
        decision = self.decision
        return decision.totals.insurance if isinstance(decision, Cover) else decision.reimbursed

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every rule that was looked at."""
        return self.decision.reasons

    @property
    def obstacles(self) -> list[str]:
        """Sentences about what stops a decision by the rules; none where it can be taken."""
        if isinstance(self.decision, DepositDecision):
            waiting = self.decision.outcome is DepositOutcome.PENDING
            return [message(reason) for reason in self.reasons if not reason.met] if waiting else []
        if self.departs:
            return []
        return [message(reason) for reason in self.reasons if reason.code in UNDECIDED]

    def as_record(self) -> dict[str, Any]:
        """The columns of a stored decision; sentences are made again from the reasons when they are read."""
        with override("fr"):
            reasons = said(self.reasons, "fr")
        answer = {
            "reasons": reasons,
            "outcome": self.decision.outcome,
            "lines": getattr(self.decision, "lines", ()),
            "totals": getattr(self.decision, "totals", None),
            "terms": self.terms,
            "overruled": self.overruled,
        }
        return {
            "ruleset": ruleset_of(self.facts),
            "facts": msgspec.to_builtins(self.facts, str_keys=True),
            "answer": msgspec.to_builtins(answer, str_keys=True),
            "outcome": self.decision.outcome.value,
            "amount": self.amount,
            "release": RELEASE,
        }


def ruled(claim: Claim) -> Ruling:
    """What the rules say of a claim on the facts as they stand."""
    if claim.kind == ClaimKind.DEPOSIT:
        deposit = deposit_facts(claim)
        return Ruling(deposit, None, judge_deposit(deposit), {})
    return _of_bill(cover_facts(claim), {})


def overruled(claim: Claim, amounts: Mapping[int, Decimal]) -> Ruling:
    """The ruling with the euros an adviser chose for some lines; ValidationError for what cannot be."""
    if claim.kind == ClaimKind.DEPOSIT:
        raise ValidationError(_("A deposit is decided by the rules: its maximum is that of the law."))
    facts = cover_facts(claim)
    by_rules = _of_bill(facts, {})
    assert isinstance(by_rules.decision, Cover)
    lines = by_rules.decision.lines
    if any(not 0 <= place < len(lines) for place in amounts):
        raise ValidationError(_("The bill has changed since you read it: look at it again."))
    # A line that the rules could not decide is decided by whoever names its amount, also where that is nothing.
    kept = {
        place: amount
        for place, amount in amounts.items()
        if amount != lines[place].insurance or _undecided(lines[place].flags)
    }
    if not kept:
        raise ValidationError(_("This is what the rules say: decide by the rules instead."))
    try:
        return _of_bill(facts, kept)
    except WrongFact as error:
        raise ValidationError(
            _(
                "The insurance pays no more than what is left of a line, and nothing of a line that nobody owes."
            )
        ) from error


def replay(decision: Decision) -> Ruling:
    """The rules asked again about the facts and figures that a decision was taken on."""
    if decision.ruleset == "hospital_deposit":
        deposit = msgspec.convert(decision.facts, HospitalDeposit)
        return Ruling(deposit, None, judge_deposit(deposit), {})
    facts = msgspec.convert(decision.facts, HospitalCover)
    terms = msgspec.convert(decision.answer["terms"], StoredTerms, str_keys=True)
    kept = msgspec.convert(decision.answer["overruled"], dict[int, Decimal], str_keys=True)
    return Ruling(facts, terms, cover(facts, terms.read(), kept), kept)


def ruleset_of(facts: HospitalCover | HospitalDeposit) -> str:
    """The name of the rules that facts are decided by."""
    return "hospital_cover" if isinstance(facts, HospitalCover) else "hospital_deposit"


def _of_bill(facts: HospitalCover, amounts: dict[int, Decimal]) -> Ruling:
    terms = terms_on(facts.admission)[facts.tier]
    stored = StoredTerms(terms.tier, terms.reading, terms.figures)
    return Ruling(facts, stored, cover(facts, terms, amounts), amounts)


def _undecided(flags: tuple[str, ...]) -> bool:
    return "figure_missing" in flags or "abroad" in flags
