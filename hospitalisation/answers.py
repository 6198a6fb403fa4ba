"""Decisions as the contract of `manage.py decide` and the API shows them, with sentences."""

from hospitalisation.messages import said
from hospitalisation.rules import HospitalCover, HospitalDeposit, cover, judge_deposit
from partenamut.rulesets import Ruleset


def hospital_cover(request: HospitalCover, language: str) -> dict[str, object]:
    """Who pays what of a bill by the figures of the sources, as the contract's object; the language must be active."""
    decision = cover(request)
    return {
        "id": request.id,
        "outcome": decision.outcome,
        "lines": decision.lines,
        "totals": decision.totals,
        "reasons": said(decision.reasons, language),
        "would_change": (),
    }


def hospital_deposit(request: HospitalDeposit, language: str) -> dict[str, object]:
    """What becomes of a deposit, as the contract's object."""
    decision = judge_deposit(request)
    return {
        "id": request.id,
        "outcome": decision.outcome,
        "legal_maximum": decision.legal_maximum,
        "reimbursed": decision.reimbursed,
        "flags": decision.flags,
        "reasons": said(decision.reasons, language),
        "would_change": decision.would_change,
    }


RULESETS_ON_OFFER = [
    Ruleset("hospital_cover", HospitalCover, hospital_cover),
    Ruleset("hospital_deposit", HospitalDeposit, hospital_deposit),
]
