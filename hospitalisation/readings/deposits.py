"""What becomes of a deposit before it is claimed: the legal maximum, what is given back, and why."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct, convert

from hospitalisation import messages
from hospitalisation.facts import patient_category, tier_of
from hospitalisation.models import AttachmentKind, Claim
from hospitalisation.readings.bill import in_words
from hospitalisation.rules import DepositDecision, DepositOutcome, HospitalDeposit, judge_deposit
from hospitalisation.rules.deposit import legal_maximum
from hospitalisation.rules.requests import Room
from partenamut.money import ZERO
from partenamut.web.formats import euros


class Verdict(Struct, frozen=True):
    """The answer about a deposit, with its sentences."""

    decision: DepositDecision
    tone: str
    sentence: str
    advice: str
    reasons: list[dict[str, Any]]


def maximum_without_supplement(stay: Claim, on: date) -> Decimal:
    """The legal maximum of seven days before the room supplement; 0.00 where no deposit may be asked."""
    return legal_maximum(_facts(stay, ZERO, on, ZERO))


def judged(stay: Claim, *, paid: Decimal, paid_on: date, room_supplement_per_day: Decimal) -> Verdict:
    """What the rules say of a deposit that would be claimed with its receipt and the claim form."""
    decision = judge_deposit(_facts(stay, paid, paid_on, Decimal(room_supplement_per_day)))
    tone, sentence = _said(decision)
    # The papers are asked for on the page that shows this: nothing is said of them before.
    shown = [reason for reason in decision.reasons if reason.code not in _PAPERS]
    return Verdict(decision, tone, sentence, _advice(decision, paid), in_words(shown))


def has_claim_form(stay: Claim) -> bool:
    """Whether the signed claim form of a stay is there: it serves its deposits too."""
    return bool(stay.attachments.filter(removed_at=None, kind=AttachmentKind.CLAIM_FORM).exists())


# --- inside

_PAPERS = frozenset({"deposit.receipt", "deposit.claim_form"})


def _facts(stay: Claim, paid: Decimal, paid_on: date, supplement: Decimal) -> HospitalDeposit:
    return HospitalDeposit(
        id=str(stay.public_id),
        tier=tier_of(stay.member, stay.admission or paid_on),
        room=convert(stay.room, Room),
        day_hospital=stay.day_hospital,
        category=patient_category(stay.member, paid_on),
        room_supplement_per_day=supplement,
        paid=paid,
        paid_on=paid_on,
        admission=stay.admission if stay.admitted else None,
        belgian_hospital=not stay.abroad,
        # They are asked on the same page.
        receipt=True,
        claim_form=True,
    )


def _said(decision: DepositDecision) -> tuple[str, str]:
    amount = {"amount": euros(decision.reimbursed)}
    if decision.outcome is DepositOutcome.REIMBURSABLE:
        return "success", _("With the receipt and the signed claim form, %(amount)s is given back.") % amount
    if decision.outcome is DepositOutcome.PENDING:
        return "warning", _("This deposit is given back once the admission has taken place: tell us then.")
    return "error", _(
        "As things stand, this deposit is not given back: the reasons are below. You can still send it: an adviser reads it."
    )


def _advice(decision: DepositDecision, paid: Decimal) -> str:
    if not decision.legal_maximum:
        return str(
            next(messages.message(reason) for reason in decision.reasons if reason.code == "deposit.room")
        )
    if paid > decision.legal_maximum:
        values = {"over": euros(paid - decision.legal_maximum)}
        return (
            _("The hospital asked %(over)s more than the law allows.") % values
            + " "
            + messages.what_to_do("deposit_too_high")
        )
    return ""
