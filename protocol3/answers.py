"""Decisions as the contract of `manage.py decide` and the API shows them, with sentences."""

from partenamut.rulesets import Ruleset
from protocol3.messages import said
from protocol3.rules import Billing, Eligibility, assess, bill
from protocol3.rules.billing import Billed


def eligibility(request: Eligibility, language: str) -> dict[str, object]:
    """The services a person may get, as the contract's object; sentences in the language, which must be active."""
    decision = assess(request)
    return {
        "id": request.id,
        "outcome": decision.outcome,
        "families": decision.families,
        "reasons": said(decision.reasons, language),
        "would_change": decision.would_change,
    }


def billing(request: Billing, language: str) -> dict[str, object]:
    """Each service with what stops it or its euros, as the contract's object."""
    decision = bill(request)
    return {
        "id": request.id,
        "outcome": decision.outcome,
        "services": [_service(one, language) for one in decision.services],
        "totals": {
            month: {"services": sums.services, "allowance": sums.allowance, "total": sums.total}
            for month, sums in decision.totals.items()
        },
        "warnings": decision.warnings,
        "reasons": said(decision.reasons, language),
        "would_change": decision.would_change,
    }


def _service(one: Billed, language: str) -> dict[str, object]:
    verdict = one.verdict
    return {
        "billable": verdict.billable,
        "codes": verdict.codes,
        "amount": verdict.amount,
        "series": verdict.series,
        "allowance": one.allowance,
        "reasons": said(verdict.stopped_by, language) if verdict.stopped_by else [],
    }


RULESETS_ON_OFFER = [
    Ruleset("protocol3_eligibility", Eligibility, eligibility),
    Ruleset("protocol3_billing", Billing, billing),
]
