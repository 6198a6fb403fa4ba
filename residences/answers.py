"""Decisions as the contract of `manage.py decide` and the API shows them, with sentences."""

from partenamut.rulesets import Ruleset
from residences.messages import said
from residences.rules import Notice, PriceIncrease, ResidentInvoice, invoice, judge, weigh_increase


def price_increase(request: PriceIncrease, language: str) -> dict[str, object]:
    """Whether a price may rise, as the contract's object; sentences in the language, which must be active."""
    decision = weigh_increase(request)
    return {
        "id": request.id,
        "outcome": decision.outcome,
        "maximum": decision.maximum,
        "in_force_from": decision.in_force_from,
        "reasons": said(decision.reasons, language),
        "would_change": decision.would_change,
    }


def notice(request: Notice, language: str) -> dict[str, object]:
    """What a notice is worth and what remains due, as the contract's object."""
    decision = judge(request)
    return {
        "id": request.id,
        "outcome": decision.outcome,
        "runs_from": decision.runs_from,
        "ends_on": decision.ends_on,
        "days": decision.days,
        "indemnity": decision.indemnity,
        "price_due_until": decision.price_due_until,
        "reasons": said(decision.reasons, language),
        "would_change": decision.would_change,
    }


def resident_invoice(request: ResidentInvoice, language: str) -> dict[str, object]:
    """The lines of a month's invoice, as the contract's object."""
    decision = invoice(request)
    return {
        "id": request.id,
        "outcome": decision.outcome,
        "lines": [{"kind": line.kind, "days": line.days, "amount": line.amount} for line in decision.lines],
        "total": decision.total,
        "due_on": decision.due_on,
        "dispute_until": decision.dispute_until,
        "reasons": said(decision.reasons, language),
        "would_change": decision.would_change,
    }


RULESETS_ON_OFFER = [
    Ruleset("price_increase", PriceIncrease, price_increase),
    Ruleset("notice", Notice, notice),
    Ruleset("resident_invoice", ResidentInvoice, resident_invoice),
]
