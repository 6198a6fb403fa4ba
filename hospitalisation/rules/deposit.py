"""A deposit that a hospital asked: the legal maximum, and whether the insurance gives it back."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct, structs

from partenamut.law import AwardWithoutGrounds, Reason, Remedy
from partenamut.money import ZERO, to_cents

from . import articles, parameters
from .requests import HospitalDeposit
from .terms import Tier

DepositFlag = Literal["deposit_too_high"]


class DepositOutcome(StrEnum):
    """What becomes of a deposit."""

    REIMBURSABLE = "reimbursable"
    PENDING = "pending"
    REFUSED = "refused"


class DepositDecision(Struct, frozen=True):
    """The answer in euros: the legal maximum, what is given back, and every rule looked at."""

    outcome: DepositOutcome
    legal_maximum: Decimal
    reimbursed: Decimal
    flags: tuple[DepositFlag, ...]
    reasons: tuple[Reason, ...]
    would_change: tuple[Remedy, ...]

    def __post_init__(self) -> None:
        if self.reimbursed and self.outcome is not DepositOutcome.REIMBURSABLE:
            raise AwardWithoutGrounds("a deposit that is refused or waits gives nothing back")
        if self.reimbursed > self.legal_maximum:
            raise AwardWithoutGrounds("no more than the legal maximum is given back")


def legal_maximum(facts: HospitalDeposit) -> Decimal:
    """Euros that the hospital may ask for seven days; 0.00 in the day hospital but for an individual room."""
    individual = facts.room == "individual"
    if facts.day_hospital and not individual:
        return ZERO
    base = parameters.DEPOSIT_MAXIMUM[facts.category].on(facts.paid_on).value
    supplement = facts.room_supplement_per_day * parameters.DEPOSIT_DAYS if individual else ZERO
    return to_cents(base + supplement)


def judge_deposit(facts: HospitalDeposit) -> DepositDecision:
    """What becomes of a deposit: refused, waiting for something, or given back up to the legal maximum."""
    maximum = legal_maximum(facts)
    outcome = _outcome(facts, maximum)
    return DepositDecision(
        outcome=outcome,
        legal_maximum=maximum,
        reimbursed=min(to_cents(facts.paid), maximum) if outcome is DepositOutcome.REIMBURSABLE else ZERO,
        flags=("deposit_too_high",) if facts.paid > maximum else (),
        reasons=_reasons(facts, maximum),
        would_change=_remedies(facts, maximum, outcome),
    )


_PAYING = frozenset({Tier.HOSPITALIA, Tier.MEDIUM, Tier.PLUS})


def _outcome(facts: HospitalDeposit, maximum: Decimal) -> DepositOutcome:
    if facts.tier not in _PAYING or not facts.belgian_hospital or not maximum:
        return DepositOutcome.REFUSED
    if facts.admission is None or not facts.receipt or not facts.claim_form:
        return DepositOutcome.PENDING
    return DepositOutcome.REIMBURSABLE


def _reasons(facts: HospitalDeposit, maximum: Decimal) -> tuple[Reason, ...]:
    amounts = (
        ("maximum", maximum),
        ("paid", facts.paid),
        ("room", facts.room),
        ("supplement", facts.room_supplement_per_day),
        ("category", facts.category),
    )
    base = parameters.DEPOSIT_MAXIMUM[facts.category].on(facts.paid_on)
    day_room = (("room", facts.room), ("day_hospital", facts.day_hospital))
    return (
        Reason("deposit.insurance", facts.tier in _PAYING, articles.DEPOSIT, (("tier", facts.tier),)),
        Reason("deposit.belgian_hospital", facts.belgian_hospital, articles.DEPOSIT),
        Reason("deposit.room", maximum > 0, articles.DEPOSIT, day_room),
        Reason("deposit.maximum", facts.paid <= maximum, base.article, amounts),
        Reason(
            "deposit.admission",
            facts.admission is not None,
            articles.DEPOSIT,
            (("admission", facts.admission),),
        ),
        Reason("deposit.receipt", facts.receipt, articles.DEPOSIT),
        Reason("deposit.claim_form", facts.claim_form, articles.DEPOSIT),
    )


def _remedies(facts: HospitalDeposit, maximum: Decimal, outcome: DepositOutcome) -> tuple[Remedy, ...]:
    """The one thing that is missing, where only one is; what was paid above the maximum stays above it."""
    if outcome is not DepositOutcome.PENDING or facts.paid > maximum:
        return ()
    supposed = (
        ("admission", facts.paid_on, structs.replace(facts, admission=facts.admission or facts.paid_on)),
        ("receipt", True, structs.replace(facts, receipt=True)),
        ("claim_form", True, structs.replace(facts, claim_form=True)),
    )
    return tuple(
        Remedy(field, value, DepositOutcome.REIMBURSABLE.value)
        for field, value, changed in supposed
        if changed != facts and _outcome(changed, maximum) is DepositOutcome.REIMBURSABLE
    )
