"""The life of a request and of a recognition, each as a table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.roles import Permission as P
from partenamut.workflow import Step, Workflow


class Status(TextChoices):
    """Where a request stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent")
    INFORMATION_ASKED = "information_asked", _("Information asked")
    SECOND_READING = "second_reading", _("Being decided")
    PENDING_INVOICE = "pending_invoice", _("Waiting for the invoice")
    GRANTED = "granted", _("Granted")
    PARTIALLY_GRANTED = "partially_granted", _("Partially granted")
    REFUSED = "refused", _("Refused")
    STAY_CONFIRMED = "stay_confirmed", _("Stay confirmed")
    INVOICE_RECEIVED = "invoice_received", _("Invoice received")
    PAYMENT_PROPOSED = "payment_proposed", _("Payment being approved")
    PAYMENT_APPROVED = "payment_approved", _("Payment approved")
    PAID = "paid", _("Paid")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    APPEALED = "appealed", _("Appeal received")


class Action(TextChoices):
    """What can be done with a request."""

    SEND = "send", _("Send")
    ASK_INFORMATION = "ask_information", _("Ask for information")
    ANSWER = "answer", _("Answer")
    DECIDE = "decide", _("Decide")
    PROPOSE_DEPARTURE = "propose_departure", _("Depart from the rules")
    REVIEW_DEPARTURE = "review_departure", _("Read again")
    CHANGE_DATES = "change_dates", _("Change the dates")
    CONFIRM_STAY = "confirm_stay", _("Confirm the stay")
    RECEIVE_INVOICE = "receive_invoice", _("Send the invoice")
    PROPOSE_PAYMENT = "propose_payment", _("Prepare the payment")
    STOP_PAYMENT = "stop_payment", _("Stop the payment")
    APPROVE_PAYMENT = "approve_payment", _("Approve the payment")
    UNAPPROVE_PAYMENT = "unapprove_payment", _("Withdraw the approval")
    PAY = "pay", _("Pay")
    RETURN_PAYMENT = "return_payment", _("Payment returned")
    WITHDRAW = "withdraw", _("Withdraw")
    APPEAL = "appeal", _("Appeal")
    REOPEN = "reopen", _("Reopen")


class RecognitionStatus(TextChoices):
    """Where a request to recognise a caregiver stands."""

    SUBMITTED = "submitted", _("Sent")
    RECOGNISED = "recognised", _("Recognised")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RecognitionAction(TextChoices):
    """What can be done with a request to recognise a caregiver."""

    RECOGNISE = "recognise", _("Recognise")
    REFUSE = "refuse", _("Refuse")
    WITHDRAW = "withdraw", _("Withdraw")


S, A = Status, Action
_DECIDED = (S.GRANTED, S.PARTIALLY_GRANTED)
_OPEN = (S.SUBMITTED, S.INFORMATION_ASKED)
_AFTER_STAY = (*_DECIDED, S.STAY_CONFIRMED)
_OUTCOMES = (S.GRANTED, S.PARTIALLY_GRANTED, S.REFUSED, S.PENDING_INVOICE)
#: The member's side takes these steps, or the desk for a member who writes or calls.
_DESK_TOO = (P.HANDLE_REQUESTS,)

REQUEST = Workflow[Status, Action](
    "request",
    S.DRAFT,
    [
        Step(A.SEND, (S.DRAFT,), (S.SUBMITTED,), P.FILE_REQUESTS, _DESK_TOO),
        Step(A.ASK_INFORMATION, (S.SUBMITTED,), (S.INFORMATION_ASKED,), P.HANDLE_REQUESTS, needs_note=True),
        Step(A.ANSWER, (S.INFORMATION_ASKED,), (S.SUBMITTED,), P.FILE_REQUESTS, _DESK_TOO),
        Step(A.DECIDE, _OPEN, _OUTCOMES, P.HANDLE_REQUESTS),
        Step(A.PROPOSE_DEPARTURE, _OPEN, (S.SECOND_READING,), P.HANDLE_REQUESTS, needs_note=True),
        Step(A.REVIEW_DEPARTURE, (S.SECOND_READING,), (*_OUTCOMES, S.SUBMITTED), P.CONFIRM_DEPARTURES),
        Step(
            A.CHANGE_DATES, (*_OPEN, *_DECIDED, S.PENDING_INVOICE), (S.SUBMITTED,), P.FILE_REQUESTS, _DESK_TOO
        ),
        Step(A.CONFIRM_STAY, _DECIDED, (S.STAY_CONFIRMED,), P.FILE_REQUESTS, _DESK_TOO),
        Step(
            A.RECEIVE_INVOICE,
            (*_AFTER_STAY, S.PENDING_INVOICE),
            (S.INVOICE_RECEIVED, S.SUBMITTED),
            P.FILE_REQUESTS,
            _DESK_TOO,
        ),
        Step(A.PROPOSE_PAYMENT, (S.INVOICE_RECEIVED,), (S.PAYMENT_PROPOSED,), P.HANDLE_REQUESTS),
        Step(
            A.STOP_PAYMENT,
            (S.PAYMENT_PROPOSED,),
            (S.INVOICE_RECEIVED,),
            P.APPROVE_PAYMENTS,
            also=(P.RUN_PAYMENTS,),
        ),
        Step(A.APPROVE_PAYMENT, (S.PAYMENT_PROPOSED,), (S.PAYMENT_APPROVED,), P.APPROVE_PAYMENTS),
        Step(A.UNAPPROVE_PAYMENT, (S.PAYMENT_APPROVED,), (S.PAYMENT_PROPOSED,), P.APPROVE_PAYMENTS),
        Step(A.PAY, (S.PAYMENT_APPROVED,), (S.PAID,), P.RUN_PAYMENTS),
        Step(A.RETURN_PAYMENT, (S.PAYMENT_APPROVED, S.PAID), (S.PAYMENT_PROPOSED,), P.RUN_PAYMENTS),
        Step(
            A.WITHDRAW,
            (*_OPEN, *_AFTER_STAY, S.PENDING_INVOICE, S.INVOICE_RECEIVED),
            (S.WITHDRAWN,),
            P.FILE_REQUESTS,
            _DESK_TOO,
        ),
        Step(
            A.APPEAL,
            (S.REFUSED, S.PARTIALLY_GRANTED),
            (S.APPEALED,),
            P.FILE_REQUESTS,
            _DESK_TOO,
            needs_note=True,
        ),
        Step(
            A.REOPEN,
            (S.APPEALED, S.REFUSED, *_AFTER_STAY, S.PENDING_INVOICE, S.INVOICE_RECEIVED),
            (S.SUBMITTED,),
            P.HANDLE_REQUESTS,
            needs_note=True,
        ),
    ],
)

R, RA = RecognitionStatus, RecognitionAction
RECOGNITION = Workflow[RecognitionStatus, RecognitionAction](
    "recognition",
    R.SUBMITTED,
    [
        Step(RA.RECOGNISE, (R.SUBMITTED,), (R.RECOGNISED,), P.HANDLE_REQUESTS),
        Step(RA.REFUSE, (R.SUBMITTED,), (R.REFUSED,), P.HANDLE_REQUESTS, needs_note=True),
        Step(RA.WITHDRAW, (R.SUBMITTED,), (R.WITHDRAWN,), P.FILE_REQUESTS, _DESK_TOO),
    ],
)
