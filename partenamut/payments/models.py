"""What is owed to whom, and the batches that pay it. What was approved or sent is never rewritten."""

import uuid
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import Case
from partenamut.fields import EncryptedTextField, EuroField
from partenamut.payments import origins
from partenamut.payments.workflow import (
    ACTIVE,
    AFTER_APPROVAL,
    BATCH,
    PAYABLE,
    WITH_THE_BANK,
    BatchStatus,
    Status,
    moves,
)
from partenamut.registry.models import Member

STAFF_RIGHTS = (Permission.APPROVE_PAYMENTS, Permission.RUN_PAYMENTS, Permission.READ_MEMBERS)
LATER_STATES = [status for status in Status if status != Status.PROPOSED]
ONCE_SENT = [*WITH_THE_BANK, Status.CANCELLED]
NEVER_DELETED = (
    pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
    WRITTEN_ONCE[1],
)


def _changed(*names: str) -> Any:
    """Any of the columns is given another value."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names))


def _sees_payments(user: User) -> bool:
    return any(user.may(right) for right in STAFF_RIGHTS)


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches, by who may see them."""

    def visible_to(self, user: User) -> Self:
        """All for those who approve or run payments, none for others."""
        return self if any(user.may(right) for right in STAFF_RIGHTS[:2]) else self.none()


class Batch(Case):
    """Payables sent to the bank in one file, prepared by one person and released by another."""

    workflow = BATCH

    status = models.CharField(
        _("status"),
        max_length=24,
        choices=BatchStatus,
        default=BatchStatus.PREPARED,
        editable=False,
        db_index=True,
    )
    execution_date = models.DateField(_("execution date"))
    line_count = models.PositiveIntegerField(_("payments"))
    total = EuroField(_("total"))
    file = EncryptedTextField(_("file"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("released by"),
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    objects: ClassVar = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of payments")
        verbose_name_plural = _("batches of payments")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(released_by=F("prepared_by")),
                name="who_prepares_a_batch_does_not_release_it",
                violation_error_message=_("Whoever prepared a batch does not release it: ask a colleague."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[BatchStatus.SENT, BatchStatus.SETTLED])
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="a_sent_batch_was_released_by_someone",
                violation_error_message=_("A batch is sent by the person who releases it."),
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False),
                name="a_batch_has_a_number",
                violation_error_message=_("A batch has a number."),
            ),
        ]
        triggers: ClassVar = [
            *NEVER_DELETED,
            pgtrigger.FSM(name="follows_its_workflow", field="status", transitions=moves(BATCH)),
            pgtrigger.Protect(
                name="starts_as_prepared",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status=BatchStatus.PREPARED)
                | pgtrigger.Q(new__released_by__isnull=False),
            ),
            pgtrigger.Protect(
                name="keeps_its_file",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "public_id",
                    "number",
                    "execution_date",
                    "line_count",
                    "total",
                    "file",
                    "sha256",
                    "prepared_by",
                    "prepared_at",
                ),
            ),
            pgtrigger.Protect(
                name="is_released_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__released_by__isnull=False)
                & _changed("released_by", "released_at"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        """The page of the batch."""
        return reverse("payments:batch", args=[self.public_id])

    @property
    def content(self) -> bytes:
        """The file, byte for byte as it was made."""
        return self.file.encode()


class PayableQuerySet(models.QuerySet["Payable"]):
    """Payables, by who may see them and by where they stand."""

    def visible_to(self, user: User, on: date) -> Self:
        """All for staff; else one's own and those of the members one acts for on that day."""
        if _sees_payments(user):
            return self
        return self.filter(payee__in=Member.objects.visible_to(user, on))

    def of_case(self, origin_id: uuid.UUID) -> Self:
        """Those that pay a case, the newest first."""
        return self.filter(origin_id=origin_id).order_by("-pk")

    def active(self) -> Self:
        """Those under way: neither paid nor cancelled."""
        return self.filter(status__in=ACTIVE)


class Payable(Case):
    """An amount owed to a member, decided by one person and approved by another."""

    workflow = PAYABLE

    status = models.CharField(
        _("status"), max_length=24, choices=Status, default=Status.PROPOSED, editable=False, db_index=True
    )
    payee = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="payables", verbose_name=_("payee")
    )
    payee_name = models.CharField(_("payee"), max_length=201)
    iban = EncryptedTextField(_("account number (IBAN)"), blank=True)
    amount = EuroField(_("amount"))
    purpose = models.CharField(_("what is paid"), max_length=200)
    origin_label = models.SlugField(_("benefit"), max_length=40)
    origin_number = models.CharField(_("case"), max_length=24)
    origin_id = models.UUIDField(_("case"), db_index=True)
    due_on = models.DateField(_("due on"), db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    batch = models.ForeignKey(
        Batch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payables",
        verbose_name=_("batch"),
    )
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    returned_because = models.CharField(_("why it was returned"), max_length=300, blank=True)
    corrected_iban = EncryptedTextField(_("account number given after a return"), blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = PayableQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="a_payment_is_more_than_zero",
                violation_error_message=_("A payment is more than zero."),
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("decided_by")),
                name="who_decides_does_not_approve_the_payment",
                violation_error_message=_(
                    "Whoever took the decision does not approve its payment: ask a colleague."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("corrected_by")),
                name="who_corrects_the_account_does_not_approve",
                violation_error_message=_(
                    "Whoever entered the account number does not approve it: ask a colleague."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=AFTER_APPROVAL)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="nothing_is_paid_without_an_approval",
                violation_error_message=_("Nothing is paid without an approval."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WITH_THE_BANK) | (Q(batch__isnull=False) & ~Q(iban="")),
                name="nothing_is_paid_outside_a_batch",
                violation_error_message=_("Nothing is paid outside a batch, nor without an account number."),
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PAID) | Q(paid_on__isnull=False),
                name="a_paid_payment_has_its_day",
                violation_error_message=_("Enter the day on which it was paid."),
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False),
                name="a_payment_has_a_number",
                violation_error_message=_("A payment has a number."),
            ),
            models.UniqueConstraint(
                fields=["origin_id"],
                condition=Q(status__in=ACTIVE),
                name="a_case_is_paid_once_at_a_time",
                violation_error_message=_("A payment of this case is already under way."),
            ),
        ]
        triggers: ClassVar = [
            *NEVER_DELETED,
            pgtrigger.FSM(name="follows_its_workflow", field="status", transitions=moves(PAYABLE)),
            pgtrigger.Protect(
                name="starts_as_proposed",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status__in=LATER_STATES)
                | pgtrigger.Q(new__approved_by__isnull=False),
            ),
            pgtrigger.Protect(
                name="keeps_what_it_pays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "public_id",
                    "number",
                    "payee",
                    "payee_name",
                    "amount",
                    "purpose",
                    "origin_label",
                    "origin_number",
                    "origin_id",
                    "decided_by",
                ),
            ),
            pgtrigger.Protect(
                name="keeps_its_account_once_approved",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=LATER_STATES)
                & _changed("iban", "corrected_iban", "corrected_by", "approved_by", "approved_at"),
            ),
            pgtrigger.Protect(
                name="keeps_its_batch_once_sent",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=ONCE_SENT) & _changed("batch"),
            ),
            pgtrigger.Protect(
                name="keeps_its_day_once_paid",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status=Status.PAID) & _changed("paid_on"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        """The page of the payment."""
        return reverse("payments:payable", args=[self.public_id])

    @property
    def account(self) -> str:
        """The account it goes to: the approved one, else the one given after a return, else the member's own."""
        return self.iban or self.corrected_iban or self.payee.iban

    @property
    def origin_name(self) -> str:
        """The business it comes from, by its name for people."""
        return origins.origin_name(self.origin_label)

    @property
    def case_url(self) -> str:
        """The page of the case that it pays."""
        return origins.case_url(self.origin_label, self.origin_id)


class BatchLine(models.Model):
    """One transfer in the file of a batch, as it was sent; stays when the payable goes into a later batch."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lines")
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="lines")
    end_to_end_id = models.CharField(_("reference at the bank"), max_length=35, unique=True)
    payee_name = models.CharField(_("payee"), max_length=70)
    iban = EncryptedTextField(_("account number (IBAN)"))
    amount = EuroField(_("amount"))
    remittance = models.CharField(_("communication"), max_length=140)

    class Meta:
        verbose_name = _("line of a batch")
        verbose_name_plural = _("lines of a batch")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "payable"], name="a_payment_stands_once_in_a_batch")
        ]
        triggers: ClassVar[list[Any]] = [
            *WRITTEN_ONCE,
            pgtrigger.Trigger(
                name="adds_up_to_its_batch",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_lines"),  # type: ignore[no-untyped-call]
                func="""
                    IF EXISTS (
                        SELECT 1 FROM payments_batch batch JOIN (
                            SELECT batch_id, count(*) AS lines, sum(amount) AS amount
                            FROM payments_batchline
                            WHERE batch_id IN (SELECT batch_id FROM new_lines)
                            GROUP BY batch_id
                        ) written ON written.batch_id = batch.id
                        WHERE written.lines <> batch.line_count OR written.amount <> batch.total
                    ) THEN
                        RAISE EXCEPTION 'pgtrigger: the lines do not add up to their batch';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id
