"""The use cases of payments: who decides does not approve, who prepares does not release."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock, next_number
from partenamut.identifiers import WrongNumber, parse_iban
from partenamut.money import total
from partenamut.payments import listeners, sepa
from partenamut.payments.models import Batch, BatchLine, Payable
from partenamut.payments.obstacles import (
    obstacle_of_closeness,
    obstacle_to_approval,
    obstacle_to_day,
    obstacle_to_paid,
    obstacle_to_payment,
    obstacle_to_release,
)
from partenamut.payments.workflow import BATCH, PAYABLE, Action, BatchAction, BatchStatus, Status
from partenamut.registry.models import Member
from partenamut.workflow import TransitionRefused

# --- one payable


@transaction.atomic
def propose(
    *,
    payee: Member,
    amount: Decimal,
    purpose: str,
    origin_label: str,
    origin_number: str,
    origin_id: uuid.UUID,
    decided_by: User,
    due_on: date,
    actor: User | None,
    at: datetime,
    again: bool = False,
) -> Payable:
    """The payable of a case, to be approved by a second person; the one that stands if it says the same.

    ValidationError when another payment of the case is under way, or it was paid and `again` does not say
    that this is a supplement.
    """
    payable = Payable(
        payee=payee,
        payee_name=payee.full_name,
        amount=amount,
        purpose=purpose,
        origin_label=origin_label,
        origin_number=origin_number,
        origin_id=origin_id,
        decided_by=decided_by,
        due_on=due_on,
    )
    standing = _standing(origin_id, paid_too=not again)
    if standing is None and _created(payable, at):
        changes = {"amount": [None, amount], "origin": [None, origin_number]}
        record(action="propose", subject=payable, actor=actor, at=at, changes=changes)
        return payable
    standing = standing or _standing(origin_id)
    if standing is None or not _same(standing, payable):
        raise ValidationError(_not_twice(standing), code="paid_twice")
    return standing


@transaction.atomic
def approve(*, payable: Payable, actor: User, at: datetime) -> Payable:
    """The payable approved, with the account it goes to; ValidationError for one's own decision or money."""
    locked = lock(payable)
    if locked.status == Status.APPROVED and locked.approved_by_id == actor.pk:
        return locked
    PAYABLE.step(Action.APPROVE, Status(locked.status))
    _refuse(
        [
            obstacle_to_approval(locked, actor),
            obstacle_of_closeness(locked, actor, timezone.localdate(at)),
        ]
    )
    locked.iban, locked.approved_by, locked.approved_at = locked.account, actor, at
    locked.save(update_fields=["iban", "approved_by", "approved_at"])
    approved = advance(locked, Action.APPROVE, actor=actor, at=at)
    listeners.approval.tell(approved, actor=actor, at=at)
    return approved


def approve_each(
    *, payables: Iterable[Payable], actor: User, at: datetime
) -> tuple[list[Payable], list[str]]:
    """Those approved, each in a transaction of its own, and a sentence for each that could not be."""
    approved, refused = [], []
    for payable in payables:
        try:
            approved.append(approve(payable=payable, actor=actor, at=at))
        except ValidationError as error:
            refused += [f"{payable.number}: {sentence}" for sentence in error.messages]
        except TransitionRefused:
            refused.append(moved_on(payable))
    return approved, refused


def moved_on(case: Payable | Batch) -> str:
    """Says where a payable or a batch stands now, for a person who saw it in another state."""
    now = type(case)._default_manager.get(pk=case.pk)
    said = {"number": now.number, "state": now.get_status_display()}
    return _("%(number)s has moved on meanwhile: it now stands as “%(state)s”.") % said


@transaction.atomic
def withdraw_approval(*, payable: Payable, reason: str, actor: User, at: datetime) -> Payable:
    """The payable to be approved again; NoteMissing without a reason."""
    locked = lock(payable)
    if locked.status == Status.PROPOSED:
        return locked
    locked = advance(locked, Action.WITHDRAW_APPROVAL, actor=actor, at=at, note=reason)
    _forget_approval(locked)
    listeners.approval.tell(locked, actor=actor, at=at)
    return locked


@transaction.atomic
def cancel(*, payable: Payable, reason: str, actor: User, at: datetime) -> Payable:
    """The payable cancelled before its approval; its business is told; NoteMissing without a reason."""
    locked = lock(payable)
    if locked.status == Status.CANCELLED:
        return locked
    locked = advance(locked, Action.CANCEL, actor=actor, at=at, note=reason)
    listeners.settlement.tell(locked, actor=actor, at=at)
    return locked


@transaction.atomic
def propose_again(*, payable: Payable, iban: str = "", actor: User, at: datetime) -> Payable:
    """A returned payable to be approved anew, for another account; without one, for that in the member's file."""
    account = _checked_iban(iban)
    locked = lock(payable)
    if locked.status == Status.PROPOSED and locked.corrected_iban == account:
        return locked
    locked = advance(locked, Action.PROPOSE_AGAIN, actor=actor, at=at)
    locked.corrected_iban, locked.corrected_by = account, (actor if account else None)
    locked.batch = locked.paid_on = None
    locked.returned_because = ""
    locked.save(update_fields=["corrected_iban", "corrected_by", "batch", "paid_on", "returned_because"])
    _forget_approval(locked)
    return locked


# --- batches


@transaction.atomic
def prepare_batch(*, payables: Iterable[Payable], execution_date: date, actor: User, at: datetime) -> Batch:
    """A numbered batch with its file; ValidationError with a sentence for each payable that cannot be paid."""
    if not actor.may(Permission.RUN_PAYMENTS):
        raise PermissionDenied("prepare")
    locked = _locked([payable.pk for payable in payables])
    if standing := _batch_of_exactly(locked, execution_date, actor):
        return standing
    _refuse([obstacle_to_day(execution_date, timezone.localdate(at)), *_unpayable(locked)])
    batch = _written(locked, execution_date, actor, at)
    Payable.objects.filter(pk__in=[payable.pk for payable in locked]).update(batch=batch)
    for payable in locked:
        advance(payable, Action.BATCH, actor=actor, at=at, note=str(batch.number))
    return batch


@transaction.atomic
def release_batch(*, batch: Batch, actor: User, at: datetime) -> Batch:
    """The batch released to the bank by another person than the one who prepared it; ValidationError otherwise."""
    locked = lock(batch)
    if locked.status == BatchStatus.SENT and locked.released_by_id == actor.pk:
        return locked
    BATCH.step(BatchAction.RELEASE, BatchStatus(locked.status))
    _refuse([obstacle_to_release(locked, actor, timezone.localdate(at))])
    locked.released_by, locked.released_at = actor, at
    locked.save(update_fields=["released_by", "released_at"])
    return advance(locked, BatchAction.RELEASE, actor=actor, at=at)


@transaction.atomic
def discard_batch(*, batch: Batch, reason: str, actor: User, at: datetime) -> Batch:
    """A batch that is not sent after all; its payables are approved and wait for another."""
    locked = lock(batch)
    if locked.status == BatchStatus.DISCARDED:
        return locked
    locked = advance(locked, BatchAction.DISCARD, actor=actor, at=at, note=reason)
    for payable in Payable.objects.filter(batch=locked).order_by("pk"):
        advance(payable, Action.UNBATCH, actor=actor, at=at, note=reason)
    Payable.objects.filter(batch=locked).update(batch=None)
    return locked


@transaction.atomic
def batch_file(*, batch: Batch, actor: User, at: datetime) -> bytes:
    """The file of a released batch, the same bytes each time; the audit keeps who took it."""
    if not actor.may(Permission.RUN_PAYMENTS):
        raise PermissionDenied("download")
    if batch.status not in (BatchStatus.SENT, BatchStatus.SETTLED):
        raise TransitionRefused("download", batch.status)
    content = batch.content
    if hashlib.sha256(content).hexdigest() != batch.sha256:
        raise FileChanged(batch.number)
    record(action="download", subject=batch, actor=actor, at=at)
    return content


class FileChanged(Exception):
    """Raised when the bytes of a batch no longer have the fingerprint they were made with."""


@transaction.atomic
def mark_paid(*, payables: Sequence[Payable], on: date, actor: User, at: datetime) -> list[Payable]:
    """The payables paid on a day; their batch is settled with its last one; ValidationError with each problem."""
    ids = [payable.pk for payable in payables]
    batches = _locked_batches(ids)
    locked = _locked(ids)
    _refuse(obstacle_to_paid(payable, on, timezone.localdate(at)) for payable in locked)
    for payable in locked:
        if payable.status != Status.PAID:
            Payable.objects.filter(pk=payable.pk).update(paid_on=on)
            paid = advance(payable, Action.PAY, actor=actor, at=at, note=on.isoformat())
            listeners.settlement.tell(paid, actor=actor, at=at)
    _settle(batches, actor, at)
    return _locked(ids)


@transaction.atomic
def mark_batch_paid(*, batch: Batch, on: date, actor: User, at: datetime) -> Batch:
    """The batch with all its payables paid that the bank has not returned; settled with them."""
    locked = lock(batch)
    if locked.status == BatchStatus.SETTLED:
        return locked
    BATCH.step(BatchAction.SETTLE, BatchStatus(locked.status))
    waiting = Payable.objects.filter(batch=locked, status=Status.BATCHED)
    mark_paid(payables=list(waiting), on=on, actor=actor, at=at)
    return lock(locked)


@transaction.atomic
def mark_returned(*, payable: Payable, reason: str, actor: User, at: datetime) -> Payable:
    """The payable that the bank gave back, with its reason; its business is told; NoteMissing without one."""
    batches = _locked_batches([payable.pk])
    locked = lock(payable)
    if locked.status == Status.RETURNED:
        return locked
    if locked.batch is None or locked.batch.status not in (BatchStatus.SENT, BatchStatus.SETTLED):
        raise TransitionRefused(Action.RETURN, locked.status)
    locked = advance(locked, Action.RETURN, actor=actor, at=at, note=reason)
    locked.returned_because = reason.strip()
    locked.save(update_fields=["returned_because"])
    listeners.settlement.tell(locked, actor=actor, at=at)
    _settle(batches, actor, at)
    return locked


def debtor() -> sepa.Debtor:
    """Who pays, from the settings; ValidationError where they name no valid account."""
    try:
        iban = parse_iban(settings.PAYMENTS_DEBTOR_IBAN)
    except WrongNumber as error:
        sentence = _("The settings name no valid account to pay from: set PAYMENTS_DEBTOR_IBAN.")
        raise ValidationError(sentence, code="debtor") from error
    return sepa.Debtor(settings.PAYMENTS_DEBTOR_NAME, iban, settings.PAYMENTS_DEBTOR_BIC)


# --- inside


def _standing(origin_id: uuid.UUID, *, paid_too: bool = False) -> Payable | None:
    rows = Payable.objects.of_case(origin_id)
    return (rows.exclude(status=Status.CANCELLED) if paid_too else rows.active()).first()


def _created(payable: Payable, at: datetime) -> bool:
    """Whether the payable was stored; not when somebody else stored one of the same case at this moment."""
    try:
        with transaction.atomic():
            payable.number = next_number("PAY", timezone.localdate(at).year)
            payable.full_clean()
            payable.save(force_insert=True)
    except (IntegrityError, ValidationError):
        if _standing(payable.origin_id) is None:
            raise
        return False
    return True


def _same(standing: Payable, asked: Payable) -> bool:
    names = ("payee_id", "amount", "origin_label", "decided_by_id")
    return all(getattr(standing, name) == getattr(asked, name) for name in names)


def _not_twice(standing: Payable | None) -> str:
    number = standing.number if standing else ""
    if standing and standing.status == Status.PAID:
        return _("This case was already paid by %(number)s.") % {"number": number}
    return _("Another payment of this case is under way: %(number)s.") % {"number": number}


def _forget_approval(payable: Payable) -> None:
    payable.iban, payable.approved_by, payable.approved_at = "", None, None
    payable.save(update_fields=["iban", "approved_by", "approved_at"])


def _checked_iban(text: str) -> str:
    try:
        return parse_iban(text) if text.strip() else ""
    except WrongNumber as error:
        raise ValidationError(_("This is not a valid account number (IBAN)."), code="iban") from error


def _locked(ids: Sequence[int]) -> list[Payable]:
    """The rows, locked in one order whoever asks, so that two people never wait for each other."""
    rows = list(Payable.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    # A join would show the batch as it was before the wait for the lock.
    prefetch_related_objects(rows, "batch")
    return rows


def _locked_batches(ids: Sequence[int]) -> list[Batch]:
    """The batches of payables, locked before them."""
    held = Payable.objects.filter(pk__in=ids, batch__isnull=False)
    return list(Batch.objects.select_for_update().filter(pk__in=held.values("batch")).order_by("pk"))


def _batch_of_exactly(payables: Sequence[Payable], execution_date: date, actor: User) -> Batch | None:
    """The batch that the same click has made a moment ago."""
    batch = payables[0].batch if payables else None
    if batch is None or {payable.batch_id for payable in payables} != {batch.pk}:
        return None
    same = (batch.execution_date, batch.prepared_by_id, batch.line_count, batch.status) == (
        execution_date,
        actor.pk,
        len(payables),
        BatchStatus.PREPARED,
    )
    return batch if same else None


def _unpayable(payables: Sequence[Payable]) -> list[str]:
    if not payables:
        return [_("Choose at least one payment.")]
    return [
        f"{payable.number} ({payable.payee_name}): {obstacle}"
        for payable in payables
        if (obstacle := obstacle_to_payment(payable))
    ]


def _refuse(sentences: Iterable[str]) -> None:
    """ValidationError with all the sentences, if there is one."""
    problems = [ValidationError(sentence, code="refused") for sentence in sentences if sentence]
    if problems:
        raise ValidationError(problems)


def _written(payables: Sequence[Payable], execution_date: date, actor: User, at: datetime) -> Batch:
    """The batch with its number, its file and its lines."""
    payer = debtor()
    number = next_number("LOT", timezone.localdate(at).year)
    earlier = _earlier_orders(payables)
    transfers = [_transfer(payable, earlier.get(payable.pk, 0)) for payable in payables]
    content = sepa.transfer_file(
        number=number,
        debtor=payer,
        execution_date=execution_date,
        made_at=timezone.localtime(at).replace(tzinfo=None),
        transfers=transfers,
    )
    batch = Batch.objects.create(
        number=number,
        execution_date=execution_date,
        line_count=len(transfers),
        total=total(transfer.amount for transfer in transfers),
        file=content.decode(),
        sha256=hashlib.sha256(content).hexdigest(),
        prepared_by=actor,
        prepared_at=at,
    )
    BatchLine.objects.bulk_create(
        BatchLine(
            batch=batch,
            payable=payable,
            end_to_end_id=transfer.end_to_end_id,
            payee_name=transfer.name,
            iban=transfer.iban,
            amount=transfer.amount,
            remittance=transfer.remittance,
        )
        for payable, transfer in zip(payables, transfers, strict=True)
    )
    changes = {"total": [None, batch.total], "payments": [None, batch.line_count]}
    record(action="prepare", subject=batch, actor=actor, at=at, changes=changes)
    return batch


def _earlier_orders(payables: Sequence[Payable]) -> dict[int, int]:
    """How often each payable stood in a batch before."""
    lines = BatchLine.objects.filter(payable__in=payables).order_by()
    return dict(lines.values_list("payable").annotate(Count("pk")))


def _transfer(payable: Payable, earlier: int) -> sepa.Transfer:
    number = str(payable.number)
    return sepa.Transfer(
        # A bank refuses a reference that it has seen.
        end_to_end_id=f"{number}-{earlier + 1}" if earlier else number,
        name=sepa.sepa_text(payable.payee_name, sepa.NAME_LENGTH),
        iban=payable.iban,
        amount=payable.amount,
        remittance=sepa.remittance(payable.purpose, number),
    )


def _settle(batches: Sequence[Batch], actor: User, at: datetime) -> None:
    for batch in batches:
        waits = Payable.objects.filter(batch=batch, status=Status.BATCHED).exists()
        if not waits and batch.status == BatchStatus.SENT:
            advance(batch, BatchAction.SETTLE, actor=actor, at=at)
