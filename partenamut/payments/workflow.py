"""The life of a payable and of a batch, as tables."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partenamut.accounts.roles import Permission
from partenamut.workflow import Step, Workflow


class Status(TextChoices):
    """Where a payable stands."""

    PROPOSED = "proposed", pgettext_lazy("payment", "To approve")
    APPROVED = "approved", pgettext_lazy("payment", "Approved")
    BATCHED = "batched", pgettext_lazy("payment", "In a batch")
    PAID = "paid", pgettext_lazy("payment", "Paid")
    RETURNED = "returned", pgettext_lazy("payment", "Returned by the bank")
    CANCELLED = "cancelled", pgettext_lazy("payment", "Cancelled")


class Action(TextChoices):
    """What is done to a payable."""

    APPROVE = "approve", _("Approve the payment")
    WITHDRAW_APPROVAL = "withdraw_approval", _("Withdraw the approval")
    CANCEL = "cancel", _("Cancel the payment")
    BATCH = "batch", _("Put in a batch")
    UNBATCH = "unbatch", _("Take out of a discarded batch")
    PAY = "pay", _("Mark as paid")
    RETURN = "return", _("Record a return")
    PROPOSE_AGAIN = "propose_again", _("Propose again")


class BatchStatus(TextChoices):
    """Where a batch stands."""

    PREPARED = "prepared", pgettext_lazy("batch", "Prepared")
    SENT = "sent", pgettext_lazy("batch", "Released to the bank")
    SETTLED = "settled", pgettext_lazy("batch", "Settled")
    DISCARDED = "discarded", pgettext_lazy("batch", "Discarded")


class BatchAction(TextChoices):
    """What is done to a batch."""

    RELEASE = "release", _("Release the batch")
    SETTLE = "settle", _("Settle the batch")
    DISCARD = "discard", _("Discard the batch")


S, A = Status, Action
PAYABLE: Workflow[Status, Action] = Workflow(
    "payment",
    S.PROPOSED,
    [
        Step(A.APPROVE, (S.PROPOSED,), (S.APPROVED,), Permission.APPROVE_PAYMENTS),
        Step(A.WITHDRAW_APPROVAL, (S.APPROVED,), (S.PROPOSED,), Permission.APPROVE_PAYMENTS, needs_note=True),
        Step(
            A.CANCEL,
            (S.PROPOSED,),
            (S.CANCELLED,),
            Permission.APPROVE_PAYMENTS,
            also=(Permission.RUN_PAYMENTS,),
            needs_note=True,
        ),
        Step(A.BATCH, (S.APPROVED,), (S.BATCHED,), Permission.RUN_PAYMENTS),
        Step(A.UNBATCH, (S.BATCHED,), (S.APPROVED,), Permission.RUN_PAYMENTS, needs_note=True),
        Step(A.PAY, (S.BATCHED,), (S.PAID,), Permission.RUN_PAYMENTS),
        # A bank gives a transfer back up to some days after it was executed.
        Step(A.RETURN, (S.BATCHED, S.PAID), (S.RETURNED,), Permission.RUN_PAYMENTS, needs_note=True),
        Step(A.PROPOSE_AGAIN, (S.RETURNED,), (S.PROPOSED,), Permission.RUN_PAYMENTS),
    ],
)

B, D = BatchStatus, BatchAction
BATCH: Workflow[BatchStatus, BatchAction] = Workflow(
    "payment-batch",
    B.PREPARED,
    [
        Step(D.RELEASE, (B.PREPARED,), (B.SENT,), Permission.RUN_PAYMENTS),
        Step(D.SETTLE, (B.SENT,), (B.SETTLED,), Permission.RUN_PAYMENTS),
        Step(D.DISCARD, (B.PREPARED,), (B.DISCARDED,), Permission.RUN_PAYMENTS, needs_note=True),
    ],
)

#: States in which a payment is still under way: a case has one such payable at most.
ACTIVE = (S.PROPOSED, S.APPROVED, S.BATCHED, S.RETURNED)
#: States in which a second person has approved.
AFTER_APPROVAL = (S.APPROVED, S.BATCHED, S.PAID, S.RETURNED)
#: States in which the bank has, or had, the order.
WITH_THE_BANK = (S.BATCHED, S.PAID, S.RETURNED)


def moves(workflow: Workflow[Any, Any]) -> list[tuple[str, str]]:
    """Every pair of states that the table allows, for the database to enforce."""
    return sorted({(str(a), str(b)) for step in workflow.steps for a in step.sources for b in step.targets})
