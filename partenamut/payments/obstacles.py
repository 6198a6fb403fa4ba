"""Why a step of a payment is not possible, in sentences for the person who tries; nothing where it is."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.payments import sepa
from partenamut.payments.bank_days import is_bank_day, next_bank_day
from partenamut.payments.models import Batch, Payable
from partenamut.payments.workflow import BatchStatus, Status

#: Banks keep orders for a year at most.
LONGEST_WAIT = timedelta(days=365)


def obstacle_to_approval(payable: Payable, user: User) -> str:
    """Why this person cannot be the second one, in a sentence; nothing if they can."""
    if payable.decided_by_id == user.pk:
        return _("You took the decision that this pays: ask a colleague to approve it.")
    if payable.corrected_by_id == user.pk:
        return _("You entered the account number after the return: ask a colleague to approve it.")
    return ""


def obstacle_of_closeness(payable: Payable, user: User, on: date) -> str:
    """Why this person is too close to the payee to approve, in a sentence; nothing if they are not. A query."""
    if payable.payee.has_on_their_side(user, on):
        return _("This is your own file, or you act for this person: a colleague decides on it.")
    return ""


def obstacle_to_payment(payable: Payable) -> str:
    """Why a payable cannot go into a batch, in a sentence; nothing if it can."""
    if payable.batch is not None:
        return _("It is already in batch %(number)s.") % {"number": payable.batch.number}
    if payable.status != Status.APPROVED:
        return _("It is not approved: it stands as “%(state)s”.") % {"state": Status(payable.status).label}
    if not payable.iban:
        return _(
            "It had no account number when it was approved: add one to the member's file, "
            "withdraw the approval and have it approved again."
        )
    if not sepa.sepa_text(payable.payee_name, sepa.NAME_LENGTH):
        return _("Banks cannot write this name.")
    return ""


def obstacle_to_day(day: date, today: date) -> str:
    """Why nothing can be executed on a day, in a sentence; nothing if it can."""
    if day < today:
        return _("The execution date lies in the past.")
    if day > today + LONGEST_WAIT:
        return _("The execution date is more than a year away.")
    if not is_bank_day(day):
        near = next_bank_day(day).strftime("%d/%m/%Y")
        return _("Banks do not execute payments on that day; the next day is %(day)s.") % {"day": near}
    return ""


def obstacle_to_release(batch: Batch, user: User, today: date) -> str:
    """Why this person cannot release the batch now, in a sentence; nothing if they can."""
    if batch.prepared_by_id == user.pk:
        return _("You prepared this batch: ask a colleague to release it.")
    if batch.execution_date < today:
        return _("The execution date has passed: discard the batch and prepare a new one.")
    return ""


def obstacle_to_paid(payable: Payable, day: date, today: date) -> str:
    """Why a payable cannot be marked as paid on a day, in a sentence; nothing if it can."""
    number = {"number": payable.number}
    if payable.status == Status.PAID and payable.paid_on != day:
        return _("%(number)s is already marked as paid on another day.") % number
    if payable.batch is None or payable.batch.status not in (BatchStatus.SENT, BatchStatus.SETTLED):
        return _("%(number)s is in no batch that was released to the bank.") % number
    if payable.status not in (Status.BATCHED, Status.PAID):
        return _("%(number)s was returned by the bank.") % number
    if day > today:
        return _("%(number)s: the day of payment lies in the future.") % number
    if day < payable.batch.execution_date:
        return _("%(number)s: the day of payment lies before the execution date.") % number
    return ""
