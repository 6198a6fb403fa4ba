"""The life of a claim, as a table: a stay with its bill, a deposit, receipts of a serious illness."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partenamut.accounts.roles import Permission as P
from partenamut.workflow import Step, Workflow


class Status(TextChoices):
    """Where a claim stands."""

    DRAFT = "draft", _("Being prepared")
    ANNOUNCED = "announced", pgettext_lazy("stay in hospital", "Announced")
    RECEIVED = "received", _("Received")
    INFORMATION_ASKED = "information_asked", _("Something is missing")
    EXAMINED = "examined", _("Complete, being examined")
    SECOND_READING = "second_reading", _("Being decided")
    DECIDED = "decided", _("Decided, to be paid")
    NOTHING_DUE = "nothing_due", _("Decided, nothing to pay")
    REFUSED = "refused", _("Refused")
    PAYMENT_PROPOSED = "payment_proposed", _("Payment being approved")
    PAYMENT_APPROVED = "payment_approved", _("Payment approved")
    PAID = "paid", _("Paid")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    APPEALED = "appealed", _("Appeal received")


class Action(TextChoices):
    """What can be done with a claim."""

    ANNOUNCE = "announce", _("Announce the admission")
    SEND = "send", _("Send")
    ASK_INFORMATION = "ask_information", _("Ask for what is missing")
    ANSWER = "answer", _("Answer")
    EXAMINE = "examine", _("Declare complete")
    DECIDE = "decide", _("Decide")
    PROPOSE_DEPARTURE = "propose_departure", _("Depart from the rules")
    REVIEW_DEPARTURE = "review_departure", _("Read again")
    PROPOSE_PAYMENT = "propose_payment", _("Prepare the payment")
    STOP_PAYMENT = "stop_payment", _("Stop the payment")
    APPROVE_PAYMENT = "approve_payment", _("Approve the payment")
    UNAPPROVE_PAYMENT = "unapprove_payment", _("Withdraw the approval")
    PAY = "pay", _("Pay")
    RETURN_PAYMENT = "return_payment", _("Payment returned")
    WITHDRAW = "withdraw", _("Withdraw")
    APPEAL = "appeal", _("Appeal")
    REOPEN = "reopen", _("Reopen")


S, A = Status, Action
#: States in which the member's side may still change what is claimed.
BEFORE_SENDING = (S.DRAFT, S.ANNOUNCED)
#: States in which a claim waits for a decision.
TO_DECIDE = (S.RECEIVED, S.INFORMATION_ASKED, S.EXAMINED)
#: States that a decision leads to.
OUTCOMES = (S.DECIDED, S.NOTHING_DUE, S.REFUSED)
#: States in which a decision stands and no payment is under way: it can be looked at again.
SETTLED = (*OUTCOMES, S.PAID)
_DESK_TOO = (P.HANDLE_REQUESTS,)

CLAIM = Workflow[Status, Action](
    "hospital-claim",
    S.DRAFT,
    [
        Step(A.ANNOUNCE, (S.DRAFT,), (S.ANNOUNCED,), P.FILE_REQUESTS, _DESK_TOO),
        Step(A.SEND, BEFORE_SENDING, (S.RECEIVED,), P.FILE_REQUESTS, _DESK_TOO),
        Step(
            A.ASK_INFORMATION,
            (S.RECEIVED, S.EXAMINED),
            (S.INFORMATION_ASKED,),
            P.HANDLE_REQUESTS,
            needs_note=True,
        ),
        Step(A.ANSWER, (S.INFORMATION_ASKED,), (S.RECEIVED,), P.FILE_REQUESTS, _DESK_TOO),
        Step(A.EXAMINE, (S.RECEIVED, S.INFORMATION_ASKED), (S.EXAMINED,), P.HANDLE_REQUESTS),
        Step(A.DECIDE, TO_DECIDE, OUTCOMES, P.HANDLE_REQUESTS),
        Step(A.PROPOSE_DEPARTURE, TO_DECIDE, (S.SECOND_READING,), P.HANDLE_REQUESTS, needs_note=True),
        Step(A.REVIEW_DEPARTURE, (S.SECOND_READING,), (*OUTCOMES, S.EXAMINED), P.CONFIRM_DEPARTURES),
        Step(A.PROPOSE_PAYMENT, (S.DECIDED,), (S.PAYMENT_PROPOSED,), P.HANDLE_REQUESTS),
        Step(
            A.STOP_PAYMENT,
            (S.PAYMENT_PROPOSED,),
            (S.DECIDED,),
            P.APPROVE_PAYMENTS,
            also=(P.RUN_PAYMENTS,),
        ),
        Step(A.APPROVE_PAYMENT, (S.PAYMENT_PROPOSED,), (S.PAYMENT_APPROVED,), P.APPROVE_PAYMENTS),
        Step(A.UNAPPROVE_PAYMENT, (S.PAYMENT_APPROVED,), (S.PAYMENT_PROPOSED,), P.APPROVE_PAYMENTS),
        Step(A.PAY, (S.PAYMENT_APPROVED,), (S.PAID,), P.RUN_PAYMENTS),
        Step(A.RETURN_PAYMENT, (S.PAYMENT_APPROVED, S.PAID), (S.PAYMENT_PROPOSED,), P.RUN_PAYMENTS),
        Step(
            A.WITHDRAW,
            (*BEFORE_SENDING, *TO_DECIDE, *OUTCOMES),
            (S.WITHDRAWN,),
            P.FILE_REQUESTS,
            _DESK_TOO,
        ),
        Step(A.APPEAL, SETTLED, (S.APPEALED,), P.FILE_REQUESTS, _DESK_TOO, needs_note=True),
        Step(A.REOPEN, (S.APPEALED, *SETTLED), (S.EXAMINED,), P.HANDLE_REQUESTS, needs_note=True),
    ],
)
