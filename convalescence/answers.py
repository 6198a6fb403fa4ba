"""Decisions as the contract of `manage.py decide` and the API shows them, with sentences."""

from convalescence.messages import said
from convalescence.rules import RULESETS, Caregiver, Decision, Request, decide
from partenamut.rulesets import Ruleset


def answer(request: Request, language: str) -> dict[str, object]:
    """The decision on the facts as the contract's object; sentences in the language, which must be active."""
    decision = decide(request)
    return {"id": request.id, **answer_of(decision, language, by_year=not isinstance(request, Caregiver))}


def answer_of(decision: Decision, language: str, *, by_year: bool) -> dict[str, object]:
    """A decision as the contract's object; days by year only where the quota is a year's."""
    years = {"days_by_year": decision.days_by_year} if by_year else {}
    left = {"remaining_days": decision.remaining_days} if by_year else {}
    return {
        "outcome": decision.outcome,
        "payable_days": decision.payable_days,
        **years,
        "amount": decision.amount,
        **left,
        "reasons": said(decision.reasons, language),
        "would_change": decision.would_change,
    }


RULESETS_ON_OFFER = [Ruleset(name, request_type, answer) for name, request_type in RULESETS.items()]
