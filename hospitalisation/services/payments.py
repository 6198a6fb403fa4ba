"""What becomes of a claim when its payment moves."""

from datetime import datetime

from hospitalisation.models import Claim
from hospitalisation.workflow import Action, Status
from partenamut.accounts.models import User
from partenamut.casework.services import advance, lock
from partenamut.payments.models import Payable
from partenamut.payments.workflow import Status as PaymentStatus

_MOVES = {
    PaymentStatus.APPROVED: (Status.PAYMENT_PROPOSED, Action.APPROVE_PAYMENT),
    PaymentStatus.PROPOSED: (Status.PAYMENT_APPROVED, Action.UNAPPROVE_PAYMENT),
    PaymentStatus.CANCELLED: (Status.PAYMENT_PROPOSED, Action.STOP_PAYMENT),
    PaymentStatus.PAID: (Status.PAYMENT_APPROVED, Action.PAY),
}


_WITH_PAYMENT = (Status.PAYMENT_APPROVED, Status.PAID)


def follow(payable: Payable, actor: User | None, at: datetime) -> None:
    """Moves the claim along with its payment; called in the payment's own transaction."""
    claim = lock(Claim.objects.get(public_id=payable.origin_id))
    if payable.status == PaymentStatus.RETURNED:
        # A claim that is looked at again goes its own way: what was paid before is counted anew when it is decided.
        if claim.status in _WITH_PAYMENT:
            advance(claim, Action.RETURN_PAYMENT, actor=actor, at=at)
        return
    source, action = _MOVES.get(PaymentStatus(payable.status), (None, None))
    if action is not None and claim.status == source:
        advance(claim, action, actor=actor, at=at)
