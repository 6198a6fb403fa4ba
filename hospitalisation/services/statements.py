"""Statements of a claim that was decided: what was reimbursed, and what the compulsory insurance paid."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from hospitalisation.deciding import replay
from hospitalisation.documents import statements as words
from hospitalisation.models import Claim, ClaimKind, Decision, Statement
from hospitalisation.services.claims import in_force
from hospitalisation.workflow import BEFORE_SENDING, TO_DECIDE, Status
from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import lock
from partenamut.money import ZERO
from partenamut.payments.models import Payable

#: States in which no decision stands: there is none yet, or it is being taken again.
_UNDECIDED = (*BEFORE_SENDING, *TO_DECIDE, Status.SECOND_READING, Status.WITHDRAWN)


def is_decided(claim: Claim, decision: Decision | None) -> bool:
    """Whether a decision stands that a statement can speak of."""
    return decision is not None and claim.status not in _UNDECIDED


def kinds_of(claim: Claim) -> list[Statement.Kind]:
    """The statements that a claim can have: what the compulsory insurance paid to a hospital is known of a stay only."""
    if claim.kind == ClaimKind.STAY:
        return [Statement.Kind.REIMBURSEMENT, Statement.Kind.THIRD_PARTY]
    return [Statement.Kind.REIMBURSEMENT]


def taken_off(claim: Claim, decision: Decision) -> tuple[Decimal, Decimal]:
    """Euros of a decision that were given back before as deposits, and euros that are due; as they stood when it was taken."""
    due = claim.interventions.aggregate(total=Sum("amount"))["total"] or ZERO
    return decision.amount - due, due


@transaction.atomic
def issue(*, claim: Claim, kind: Statement.Kind, actor: User, at: datetime) -> Statement:
    """The statement as a document; the same facts give the same one. ValidationError while nothing is decided."""
    locked = lock(claim)
    decision = in_force(locked)
    if not is_decided(locked, decision):
        raise ValidationError(_("A statement is made once the claim is decided."))
    if kind not in kinds_of(locked):
        raise ValidationError(_("There is no statement of this kind for this claim."))
    said = _words(locked, kind, decision)
    version = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]
    key = f"hospitalisation/{locked.public_id}/statement/{kind}/{version}"
    standing = Statement.objects.filter(claim=locked, document__key=key).first()
    if standing is not None:
        return standing
    document = words.order_statement(locked, kind, said, key=key, actor=actor, at=at)
    record(action="statement", subject=locked, actor=actor, at=at, changes={"kind": [None, kind]})
    return Statement.objects.create(claim=locked, kind=kind, document=document, issued_at=at)


def _words(claim: Claim, kind: Statement.Kind, decision: Decision) -> dict[str, object]:
    ruling = replay(decision)
    if kind == Statement.Kind.THIRD_PARTY:
        return words.third_party(claim, decision, ruling)
    deducted, due = taken_off(claim, decision)
    payment = Payable.objects.filter(origin_id=claim.public_id).exclude(paid_on=None).order_by("-pk").first()
    return words.reimbursement(
        claim, decision, ruling, deducted=deducted, due=due, paid_on=payment.paid_on if payment else None
    )
