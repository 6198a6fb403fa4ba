"""The steps that people take on pages: what is asked, which service does it, what is said afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.payments import services
from partenamut.payments.forms import AccountForm, ConfirmForm, PaidForm, ReasonForm, ReturnForm
from partenamut.payments.models import Batch, Payable
from partenamut.payments.obstacles import obstacle_to_approval, obstacle_to_release
from partenamut.payments.workflow import BATCH, PAYABLE, Action, BatchAction, BatchStatus, Status
from partenamut.workflow import Step

#: A row, what was typed, who and when.
Run = Callable[[Any, Mapping[str, Any], User, datetime], object]


@dataclass(frozen=True, slots=True)
class Act:
    """One step: its form, its explanation, its service, its sentence at the end (with %(number)s)."""

    form: type[forms.Form]
    lead: str | Promise
    run: Run
    done: str | Promise
    tone: str = ""


PAYABLE_ACTS: dict[str, Act] = {
    Action.APPROVE: Act(
        ConfirmForm,
        _("You confirm that this amount is owed to this person."),
        lambda payable, _typed, actor, at: services.approve(payable=payable, actor=actor, at=at),
        _("%(number)s is approved."),
    ),
    Action.WITHDRAW_APPROVAL: Act(
        ReasonForm,
        _("The payment then waits for an approval again."),
        lambda payable, typed, actor, at: services.withdraw_approval(
            payable=payable, **typed, actor=actor, at=at
        ),
        _("The approval of %(number)s is withdrawn."),
        "secondary",
    ),
    Action.CANCEL: Act(
        ReasonForm,
        _("Nothing is paid, and the case goes back to those who handle it."),
        lambda payable, typed, actor, at: services.cancel(payable=payable, **typed, actor=actor, at=at),
        _("%(number)s is cancelled."),
        "warning",
    ),
    Action.PAY: Act(
        PaidForm,
        _("The bank statement shows that the bank executed this payment."),
        lambda payable, typed, actor, at: services.mark_paid(payables=[payable], **typed, actor=actor, at=at),
        _("%(number)s is paid."),
        "secondary",
    ),
    Action.RETURN: Act(
        ReturnForm,
        _("The bank gave the money back: the payment waits for a new account number or a new try."),
        lambda payable, typed, actor, at: services.mark_returned(
            payable=payable, **typed, actor=actor, at=at
        ),
        _("The return of %(number)s is kept."),
        "warning",
    ),
    Action.PROPOSE_AGAIN: Act(
        AccountForm,
        _("The payment goes to a colleague for approval, then into another batch."),
        lambda payable, typed, actor, at: services.propose_again(
            payable=payable, **typed, actor=actor, at=at
        ),
        _("%(number)s waits for an approval."),
    ),
}
BATCH_ACTS: dict[str, Act] = {
    BatchAction.RELEASE: Act(
        ConfirmForm,
        _("You confirm the number of payments and the total. The file can then be downloaded for the bank."),
        lambda batch, _typed, actor, at: services.release_batch(batch=batch, actor=actor, at=at),
        _("%(number)s is released: download its file and give it to the bank."),
    ),
    BatchAction.SETTLE: Act(
        PaidForm,
        _("Every payment of this batch that the bank has not returned becomes paid. Record returns first."),
        lambda batch, typed, actor, at: services.mark_batch_paid(batch=batch, **typed, actor=actor, at=at),
        _("The payments of %(number)s are paid."),
    ),
    BatchAction.DISCARD: Act(
        ReasonForm,
        _("The file is never sent; its payments stay approved and can go into another batch."),
        lambda batch, typed, actor, at: services.discard_batch(batch=batch, **typed, actor=actor, at=at),
        _("%(number)s is discarded."),
        "warning",
    ),
}


def payable_acts(payable: Payable, user: User) -> list[Action]:
    """What this user can do now with a payable, in the order of the table."""
    steps = [step for step in PAYABLE.possible(Status(payable.status)) if _may(user, step)]
    at_the_bank = payable.batch is not None and payable.batch.status in (
        BatchStatus.SENT,
        BatchStatus.SETTLED,
    )
    hidden = set() if at_the_bank else {Action.PAY, Action.RETURN}
    if obstacle_to_approval(payable, user):
        hidden.add(Action.APPROVE)
    return [step.action for step in steps if step.action in PAYABLE_ACTS and step.action not in hidden]


def batch_acts(batch: Batch, user: User, today: date) -> list[BatchAction]:
    """What this user can do now with a batch."""
    steps = [step for step in BATCH.possible(BatchStatus(batch.status)) if _may(user, step)]
    hidden = {BatchAction.RELEASE} if obstacle_to_release(batch, user, today) else set()
    return [step.action for step in steps if step.action not in hidden]


def open_to(subject: Payable | Batch, action: str) -> bool:
    """Whether a payable or a batch stands where a step begins."""
    if isinstance(subject, Batch):
        return any(step.action == action for step in BATCH.possible(BatchStatus(subject.status)))
    return any(step.action == action for step in PAYABLE.possible(Status(subject.status)))


def _may(user: User, step: Step[Any, Any]) -> bool:
    return any(user.may(Permission(right)) for right in step.permissions)
