"""Payments of the insurers registered and undone, what is still open, and reminders."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.services import place
from partenamut.money import ZERO
from partenamut.payments.communications import communication_digits, structured
from partenamut.registry.services.rows import described, locked, saved
from protocol3.deciding import month_end
from protocol3.documents import ProjectWords, ReminderWords, reminder_order
from protocol3.models import Payment, Project, Recap, RecapKind, Reminder
from protocol3.services.corrections import is_credit

_TRACED = ("received_on", "amount", "reference", "note")
_EUROS = DecimalField(max_digits=12, decimal_places=2)


class RecapState(TextChoices):
    """What is still to happen with the amount of a note; written out as its words."""

    OVERDUE = "overdue", gettext_lazy("Overdue")
    TO_BE_PAID = "to_be_paid", gettext_lazy("To be paid")
    PARTLY_PAID = "partly_paid", gettext_lazy("Partly paid")
    PAID = "paid", gettext_lazy("Paid")
    OVERPAID = "overpaid", gettext_lazy("Paid too much")
    TO_TAKE_OFF = "to_take_off", gettext_lazy("To be taken off")
    TO_PAY_BACK = "to_pay_back", gettext_lazy("To be paid back")
    PAID_BACK = "paid_back", gettext_lazy("Paid back")

    def __str__(self) -> str:
        return str(self.label)


#: A note that takes amounts off another one of the same insurer.
CREDIT = Q(kind=RecapKind.CORRECTION, share=None)


def with_balance(recaps: QuerySet[Recap], on: date) -> QuerySet[Any]:
    """Notes with `credited`, `received`, `balance` and `state` as of a day.

    What a correction takes off counts on the note that it corrects; what goes back to INAMI does not.
    """
    taken = Recap.objects.filter(CREDIT, corrects=OuterRef("pk")).order_by().values("corrects")
    paid = Payment.objects.filter(recap=OuterRef("pk")).order_by().values("recap")
    return recaps.annotate(
        credited=Coalesce(
            Subquery(taken.annotate(sum=Sum("total")).values("sum")), ZERO, output_field=_EUROS
        ),
        received=Coalesce(
            Subquery(paid.annotate(sum=Sum("amount")).values("sum")), ZERO, output_field=_EUROS
        ),
    ).annotate(
        balance=Case(
            When(CREDIT, then=Value(ZERO)),
            default=F("total") + F("credited") - F("received"),
            output_field=_EUROS,
        ),
        state=Case(
            When(CREDIT, then=Value(RecapState.TO_TAKE_OFF.value)),
            When(kind=RecapKind.REPAYMENT, balance__lt=0, then=Value(RecapState.TO_PAY_BACK.value)),
            When(kind=RecapKind.REPAYMENT, then=Value(RecapState.PAID_BACK.value)),
            When(balance__lt=0, then=Value(RecapState.OVERPAID.value)),
            When(balance=0, then=Value(RecapState.PAID.value)),
            When(due_on__lt=on, then=Value(RecapState.OVERDUE.value)),
            When(received__gt=0, then=Value(RecapState.PARTLY_PAID.value)),
            default=Value(RecapState.TO_BE_PAID.value),
        ),
    )


def recap_of(*, project: Project, communication: str, actor: User, on: date) -> Recap:
    """The note of the project that bears a structured communication, typed in any of the usual ways."""
    digits = communication_digits(communication)
    found: Recap | None = Recap.objects.filter(communication=digits, project=project).first()
    if found is not None:
        return found
    elsewhere = Recap.objects.visible_to(actor, on).filter(communication=digits).first()
    if elsewhere is not None:
        raise ValidationError(
            _(
                "%(communication)s belongs to note %(number)s of another project, %(project)s: register it there."
            )
            % {
                "communication": structured(digits),
                "number": elsewhere.number,
                "project": elsewhere.project.name,
            }
        )
    raise ValidationError(
        _(
            "No note of this project has the communication %(communication)s: compare it with the bank statement; "
            "the money may be for another project."
        )
        % {"communication": structured(digits)}
    )


@transaction.atomic
def register(
    *,
    recap: Recap,
    amount: Decimal,
    received_on: date,
    reference: str = "",
    note: str = "",
    actor: User,
    at: datetime,
) -> Payment:
    """The payment received for a note, or the money paid back to INAMI for a note of repayment."""
    row = locked(recap)
    _refuse_note(row)
    _refuse_values(row, amount, received_on, localdate(at))
    payment = Payment(
        recap=row,
        amount=-amount if row.kind == RecapKind.REPAYMENT else amount,
        received_on=received_on,
        reference=reference.strip(),
        note=note.strip(),
        registered_by=actor,
        registered_at=at,
    )
    _refuse_again(payment)
    saved(payment)
    record(action="payment_registered", subject=row, actor=actor, at=at, changes=described(payment, _TRACED))
    return payment


@transaction.atomic
def undo(*, payment: Payment, because: str, actor: User, at: datetime) -> Payment:
    """The payment that takes another one back, with its reason; both stay in the list."""
    recap = locked(payment.recap)
    if payment.reverses_id is not None:
        raise ValidationError(_("This line itself undoes a payment: register the payment again instead."))
    if Payment.objects.filter(reverses=payment).exists():
        raise ValidationError(_("This payment was undone already."))
    if not because.strip():
        raise ValidationError({"because": _("Write why the payment is undone.")})
    undone = saved(
        Payment(
            recap=recap,
            amount=-payment.amount,
            received_on=localdate(at),
            note=because.strip(),
            reverses=payment,
            registered_by=actor,
            registered_at=at,
        )
    )
    record(action="payment_undone", subject=recap, actor=actor, at=at, changes=described(undone, _TRACED))
    return undone


@transaction.atomic
def remind(*, recap: Recap, actor: User, at: datetime) -> Reminder:
    """The reminder letter for what is open of a note; not before it is due, and one a day."""
    locked(recap)
    today = localdate(at)
    row: Any = (
        with_balance(Recap.objects.filter(pk=recap.pk), today).select_related("project", "insurer").get()
    )
    turn = _next_reminder(row, today)
    document = place(
        reminder_order(_reminder_words(row, turn, today), f"protocol3/reminder/{row.number}/{turn}"),
        actor=actor,
        at=at,
    )
    reminder = Reminder.objects.create(
        recap=row, issued_on=today, amount=row.balance, issued_by=actor, document=document
    )
    changes = {"amount": [None, row.balance], "turn": [None, turn]}
    record(action="reminder_sent", subject=row, actor=actor, at=at, changes=changes)
    return reminder


def obstacle_to_reminder(recap: Any, today: date) -> str:
    """Why no reminder can be made of a note with its balance; empty where one can."""
    if is_credit(recap) or recap.due_on is None:
        return _("This note takes amounts back: nobody owes anything on it.")
    if recap.balance <= 0:
        return _("Nothing is open on this note.")
    if today <= recap.due_on:
        return _("It is due on %(day)s (art. 24): a reminder can be made from the day after.") % {
            "day": f"{recap.due_on:%d/%m/%Y}"
        }
    if recap.reminders.filter(issued_on=today).exists():
        return _("A reminder was made today: one a day is enough.")
    return ""


# --- inside -----------------------------------------------------------------------------------------------


def _refuse_note(recap: Recap) -> None:
    if recap.kind != RecapKind.REPAYMENT and is_credit(recap):
        raise ValidationError(
            {
                "communication": _(
                    "Note %(number)s takes an amount off note %(original)s: register the payment for that one, "
                    "with %(communication)s."
                )
                % {
                    "number": recap.number,
                    "original": recap.corrects,
                    "communication": structured(recap.corrects.communication if recap.corrects else ""),
                }
            }
        )


def _refuse_values(recap: Recap, amount: Decimal, received_on: date, today: date) -> None:
    if amount <= 0:
        raise ValidationError(
            {
                "amount": _(
                    "The amount is more than zero; a payment registered by mistake is undone in the list."
                )
            }
        )
    if received_on > today:
        raise ValidationError(
            {"received_on": _("This day lies in the future: a payment is registered once it is there.")}
        )
    if received_on < recap.issued_on:
        raise ValidationError(
            {
                "received_on": _("Note %(number)s was issued on %(day)s: the money cannot have come before.")
                % {"number": recap.number, "day": f"{recap.issued_on:%d/%m/%Y}"}
            }
        )


def _refuse_again(payment: Payment) -> None:
    """A form that is sent twice says the very same twice; the reference of the bank tells a second payment from it."""
    same = Payment.objects.filter(
        recap=payment.recap, amount=payment.amount, received_on=payment.received_on, reference=""
    )
    if not payment.reference and same.filter(reverses=None, reversed_by=None).exists():
        raise ValidationError(
            {
                "reference": _(
                    "A payment of this amount is registered already for this day and note, without a reference. "
                    "If another one has come, write the reference of the bank."
                )
            }
        )


def _next_reminder(recap: Any, today: date) -> int:
    obstacle = obstacle_to_reminder(recap, today)
    if obstacle:
        raise ValidationError(obstacle)
    return int(recap.reminders.aggregate(count=Count("pk"))["count"]) + 1


def _reminder_words(recap: Any, turn: int, today: date) -> ReminderWords:
    """The words of a reminder: project, account and insurer as the note named them."""
    said = recap.said
    assert recap.due_on is not None
    return ReminderWords(
        issued_on=today,
        project=msgspec.convert({**said["project"], "signatory": recap.project.signatory}, ProjectWords),
        recipient_name=said["insurer"]["name"],
        recipient_address_lines=tuple(said["insurer"]["address_lines"]),
        recap_number=recap.number,
        recap_issued_on=recap.issued_on,
        first_day=recap.month,
        last_day=month_end(recap.month),
        total=recap.total + recap.credited,
        paid=recap.received,
        due_on=recap.due_on,
        communication=recap.communication,
        language=recap.project.language,
        turn=turn,
    )
