"""What becomes of a request when its payment moves."""

from datetime import datetime

from convalescence.models import Request
from convalescence.workflow import Action, Status
from partenamut.accounts.models import User
from partenamut.casework.services import advance, lock
from partenamut.payments.models import Payable
from partenamut.payments.workflow import Status as PaymentStatus

ORIGIN = "convalescence"

_MOVES = {
    PaymentStatus.APPROVED: (Status.PAYMENT_PROPOSED, Action.APPROVE_PAYMENT),
    PaymentStatus.PROPOSED: (Status.PAYMENT_APPROVED, Action.UNAPPROVE_PAYMENT),
    PaymentStatus.CANCELLED: (Status.PAYMENT_PROPOSED, Action.STOP_PAYMENT),
    PaymentStatus.PAID: (Status.PAYMENT_APPROVED, Action.PAY),
}


def follow(payable: Payable, actor: User | None, at: datetime) -> None:
    """Moves the request along with its payment; called in the payment's own transaction."""
    request = lock(Request.objects.get(public_id=payable.origin_id))
    if payable.status == PaymentStatus.RETURNED:
        advance(request, Action.RETURN_PAYMENT, actor=actor, at=at)
        return
    source, action = _MOVES.get(PaymentStatus(payable.status), (None, None))
    if action is not None and request.status == source:
        advance(request, action, actor=actor, at=at)
