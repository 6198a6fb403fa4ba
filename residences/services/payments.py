"""What each debtor owes, payments registered and undone, money paid back to who left."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import (
    Case,
    DecimalField,
    Exists,
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
from partenamut.money import ZERO
from partenamut.payments.communications import communication_digits, structured
from partenamut.registry.services.rows import described, locked, saved
from partenamut.sentences import day
from partenamut.web.formats import euros
from residences.models import (
    BankLine,
    Dispute,
    DisputeStatus,
    InvoiceKind,
    InvoiceShare,
    Payment,
    RestHome,
)
from residences.services.issuing import hold

_TRACED = ("received_on", "amount", "reference", "note")
_EUROS = DecimalField(max_digits=12, decimal_places=2)


class ShareState(TextChoices):
    """What is still to happen with a debtor's share of an invoice; written out as its words."""

    OVERDUE = "overdue", gettext_lazy("Overdue")
    DISPUTED = "disputed", gettext_lazy("Disputed")
    TO_BE_PAID = "to_be_paid", gettext_lazy("To be paid")
    PARTLY_PAID = "partly_paid", gettext_lazy("Partly paid")
    PAID = "paid", gettext_lazy("Paid")
    OVERPAID = "overpaid", gettext_lazy("Paid too much")
    TO_PAY_BACK = "to_pay_back", gettext_lazy("To be paid back")
    TAKEN_OFF = "taken_off", gettext_lazy("Taken off")

    def __str__(self) -> str:
        return str(self.label)


def with_balance(shares: QuerySet[InvoiceShare], on: date) -> QuerySet[Any]:
    """Shares with `credited`, `received`, `balance`, `disputed` and `state` as of a day.

    What a credit note takes back counts on the share of the same debtor of the invoice that it corrects.
    """
    taken = (
        InvoiceShare.objects.filter(invoice__credits=OuterRef("invoice"), invoice__issued_on__lte=on)
        .annotate(who=Coalesce("contact_id", 0))
        .filter(who=Coalesce(OuterRef("contact_id"), 0))
        .order_by()
        .values("who")
    )
    paid = Payment.objects.filter(share=OuterRef("pk"), received_on__lte=on).order_by().values("share")
    contested = Dispute.objects.filter(invoice=OuterRef("invoice"), lodged_on__lte=on)
    return shares.annotate(
        credited=_sum(taken),
        received=_sum(paid),
        disputed=Exists(contested.filter(Q(status=DisputeStatus.OPEN) | Q(answered_at__date__gt=on))),
    ).annotate(
        balance=Case(
            When(invoice__credits__isnull=False, then=Value(ZERO)),
            default=F("amount") + F("credited") - F("received"),
            output_field=_EUROS,
        ),
        state=Case(
            When(invoice__credits__isnull=False, then=Value(ShareState.TAKEN_OFF.value)),
            When(balance__lt=0, amount__lt=0, then=Value(ShareState.TO_PAY_BACK.value)),
            When(balance__lt=0, then=Value(ShareState.OVERPAID.value)),
            When(balance=0, then=Value(ShareState.PAID.value)),
            When(disputed=True, then=Value(ShareState.DISPUTED.value)),
            When(invoice__due_on__lt=on, then=Value(ShareState.OVERDUE.value)),
            When(received__gt=0, then=Value(ShareState.PARTLY_PAID.value)),
            default=Value(ShareState.TO_BE_PAID.value),
        ),
    )


def shares_of(home: RestHome) -> QuerySet[InvoiceShare]:
    """What the debtors of a home owe of its invoices, credit notes too."""
    rows: QuerySet[InvoiceShare] = InvoiceShare.objects.filter(invoice__home=home)
    return rows.select_related("invoice__home", "invoice__convention__resident", "contact")


def share_of(*, home: RestHome, communication: str, actor: User, on: date) -> InvoiceShare:
    """The share of an invoice of the home that bears a structured communication, typed in any of the usual ways."""
    digits = communication_digits(communication)
    found: InvoiceShare | None = shares_of(home).filter(communication=digits).first()
    if found is None:
        raise ValidationError({"communication": _unknown(home, digits, actor, on)})
    return found


@transaction.atomic
def register(
    *,
    share: InvoiceShare,
    amount: Decimal,
    received_on: date,
    reference: str = "",
    note: str = "",
    bank_line: BankLine | None = None,
    actor: User,
    at: datetime,
) -> Payment:
    """The payment received for a share of an invoice; a negative amount was paid back to its debtor."""
    hold([share.invoice.convention_id])
    row = with_balance(shares_of(share.invoice.home).filter(pk=share.pk), localdate(at)).get()
    code = obstacle(row, amount, received_on, localdate(at))
    # What the bank received before the invoice was issued came all the same: it is assigned by hand.
    if code and not (bank_line and code == "before_issue"):
        field, sentence = _REFUSED[code]
        raise ValidationError({field: sentence(row)})
    payment = Payment(
        share=share,
        amount=amount,
        received_on=received_on,
        reference=reference.strip(),
        note=note.strip(),
        bank_line=bank_line,
        registered_by=actor,
        registered_at=at,
    )
    _refuse_again(payment)
    saved(payment)
    record(
        action="payment_registered" if amount > 0 else "money_paid_back",
        subject=share.invoice,
        actor=actor,
        at=at,
        changes=described(payment, _TRACED),
        note=share.name,
    )
    return payment


@transaction.atomic
def undo(*, payment: Payment, because: str, actor: User, at: datetime) -> Payment:
    """The payment that takes another one back, with its reason; both stay, and a line of the bank waits again."""
    share, line = payment.share, payment.bank_line
    if line is not None:
        locked(line)
    hold([share.invoice.convention_id])
    if payment.reverses_id is not None:
        raise ValidationError(_("This line itself undoes a payment: register the payment again instead."))
    if Payment.objects.filter(reverses=payment).exists():
        raise ValidationError(_("This payment was undone already."))
    if not because.strip():
        raise ValidationError({"because": _("Write why the payment is undone.")})
    undone = saved(
        Payment(
            share=share,
            amount=-payment.amount,
            received_on=max(localdate(at), payment.received_on),
            note=because.strip(),
            reverses=payment,
            bank_line=line,
            registered_by=actor,
            registered_at=at,
        )
    )
    if line is not None:
        _waits_again(line)
    record(
        action="payment_undone",
        subject=share.invoice,
        actor=actor,
        at=at,
        changes=described(undone, _TRACED),
        note=share.name,
    )
    return undone


def obstacle(share: Any, amount: Decimal, received_on: date, today: date) -> str:
    """What stands against a payment on a share with its balance, as a code; empty where nothing does."""
    checks = {
        "credit_note": share.invoice.kind == InvoiceKind.CREDIT,
        "zero": amount == 0,
        "too_much_back": amount < 0 and -amount > max(-share.balance, ZERO),
        "future": received_on > today,
        "before_issue": received_on < share.invoice.issued_on,
    }
    return next((code for code, wrong in checks.items() if wrong), "")


# --- inside -----------------------------------------------------------------------------------------------


def _waits_again(line: BankLine) -> None:
    """The line in the list of those to be assigned, also where the rest of it was set aside."""
    BankLine.objects.filter(pk=line.pk).update(
        status=BankLine.Status.READY,
        errors=[["undone", {}]],
        set_aside_because="",
        set_aside_at=None,
        set_aside_by=None,
    )


def _sum(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(sum=Sum("amount")).values("sum")), ZERO, output_field=_EUROS)


def _unknown(home: RestHome, digits: str, actor: User, on: date) -> str:
    values = {"communication": structured(digits)}
    elsewhere = InvoiceShare.objects.filter(
        communication=digits, invoice__home__in=RestHome.objects.directed_by(actor, on)
    )
    found = elsewhere.select_related("invoice__home__residence").first()
    if found is not None:
        return _(
            "%(communication)s belongs to invoice %(number)s of another home, %(home)s: register it there."
        ) % {**values, "number": found.invoice.number, "home": found.invoice.home}
    return (
        _(
            "No invoice of this home has the communication %(communication)s: compare it with the bank statement; "
            "the money may be for somebody else."
        )
        % values
    )


def _of_a_credit_note(share: InvoiceShare) -> str:
    original = share.invoice.credits
    assert original is not None
    of_the_same = original.shares.filter(contact=share.contact_id).first() or original.shares.first()
    return _(
        "Credit note %(number)s takes an amount off invoice %(original)s: register the payment for that one, with "
        "%(communication)s."
    ) % {
        "number": share.invoice.number,
        "original": original.number,
        "communication": structured(of_the_same.communication if of_the_same else ""),
    }


def _too_much_back(share: Any) -> str:
    if share.balance >= 0:
        return _("Nothing is to be paid back on invoice %(number)s: %(name)s has not paid too much.") % {
            "number": share.invoice.number,
            "name": share.name,
        }
    return _("At most %(amount)s can be paid back on invoice %(number)s: that is what was paid too much.") % {
        "amount": euros(-share.balance),
        "number": share.invoice.number,
    }


def _before_issue(share: Any) -> str:
    return _("Invoice %(number)s was issued on %(day)s: the money cannot have come before.") % {
        "number": share.invoice.number,
        "day": day(share.invoice.issued_on),
    }


#: Code of what stands against a payment -> the field that is wrong, and the sentence.
_REFUSED: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "credit_note": ("communication", _of_a_credit_note),
    "zero": ("amount", lambda _share: _("The amount is not zero.")),
    "too_much_back": ("amount", _too_much_back),
    "future": (
        "received_on",
        lambda _share: _("This day lies in the future: a payment is registered once it is there."),
    ),
    "before_issue": ("received_on", _before_issue),
}


def _refuse_again(payment: Payment) -> None:
    """A form that is sent twice says the very same twice; the reference of the bank tells a second payment from it."""
    same = Payment.objects.filter(
        share=payment.share, amount=payment.amount, received_on=payment.received_on, reference=""
    )
    if not payment.reference and same.filter(reverses=None, reversed_by=None).exists():
        raise ValidationError(
            {
                "reference": _(
                    "A payment of this amount is registered already for this day and invoice, without a reference. "
                    "If another one has come, write the reference of the bank."
                )
            }
        )
