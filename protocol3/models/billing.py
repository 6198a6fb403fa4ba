"""Monthly closings, the notes they issue, what was taken back of them, and what was paid."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import Case
from partenamut.documents.models import Document
from partenamut.fields import EncryptedTextField, EuroField
from partenamut.registry.models import Insurer
from protocol3.messages import RATES
from protocol3.models.beneficiaries import Enrolment
from protocol3.models.projects import Project
from protocol3.models.services import Service
from protocol3.workflow import CLOSING, SETTLED, ClosingStatus


class ClosingQuerySet(models.QuerySet["Closing"]):
    """Closings, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of projects that the user works for on that day."""
        return self.filter(project__in=Project.objects.worked_for(user, on))


class Closing(Case):
    """The closing of a month of a project; a late service makes another one of the same month."""

    workflow = CLOSING

    status = models.CharField(
        _("status"),
        max_length=24,
        choices=ClosingStatus,
        default=ClosingStatus.CHECKED,
        editable=False,
        db_index=True,
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="closings")
    month = models.DateField(_("month"), help_text=_("Its first day."))
    turn = models.PositiveSmallIntegerField(_("closing of the month"), default=1)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    #: Written in the certification of the recapitulative notes.
    signatory = models.CharField(_("person who certifies"), max_length=100, blank=True)
    #: As the last check found it; empty before one.
    units_without_allowance = models.PositiveIntegerField(_("units without operating allowance"), null=True)
    excess = ArrayField(
        models.BigIntegerField(), verbose_name=_("services billed that are no longer billable"), null=True
    )

    objects: ClassVar = ClosingQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "month", "turn"], name="a_closing_of_a_month_has_its_turn"
            ),
            models.UniqueConstraint(
                fields=["project", "month"],
                condition=~Q(status__in=[state.value for state in SETTLED]),
                name="a_month_is_closed_once_at_a_time",
                violation_error_message=_("This month is already being closed."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_month_is_named_by_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.month:%m/%Y}"


class ShareStatus(models.TextChoices):
    """What became of an insurer's share of a closing."""

    PENDING = "pending", _("To be issued")
    REFUSED = "refused", _("Cannot be issued")
    ISSUED = "issued", _("Issued")


class ClosingShare(models.Model):
    """What a closing bills to one insurer: issued whole or not at all."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="shares")
    insurer = models.ForeignKey(
        Insurer, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("insurer")
    )
    status = models.CharField(_("status"), max_length=10, choices=ShareStatus, default=ShareStatus.PENDING)
    #: Codes of what stands against it, each with the names it concerns: [["address", ""], ...].
    problems = models.JSONField(_("what stands against it"), default=list)
    notes = models.PositiveIntegerField(_("individual notes"), default=0)
    services_total = EuroField(_("services"), default=0)
    allowance_total = EuroField(_("operating allowance"), default=0)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)

    class Meta:
        verbose_name = _("share of an insurer")
        verbose_name_plural = _("shares of insurers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["closing", "insurer"],
                nulls_distinct=False,
                name="an_insurer_has_one_share_of_a_closing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.closing}: {self.insurer}"


class Refusal(models.Model):
    """A service that a closing did not bill, with the rules that stopped it."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="refusals")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="refusals")
    codes = ArrayField(models.CharField(max_length=30), verbose_name=_("rules"))
    #: The reasons as the rules gave them; sentences are made from them when they are read.
    reasons = models.JSONField(_("reasons"))

    class Meta:
        verbose_name = _("service not billed")
        verbose_name_plural = _("services not billed")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["closing", "service"], name="a_closing_refuses_a_service_once")
        ]

    def __str__(self) -> str:
        return f"{self.closing}: {self.service}"


class RecapKind(models.TextChoices):
    """What a recapitulative note is for."""

    INVOICE = "invoice", _("Recapitulative note")
    CORRECTION = "correction", _("Correction note")
    REPAYMENT = "repayment", _("Repayment to INAMI")


class CorrectionReason(models.TextChoices):
    """Why a note was corrected."""

    LATE = "late", _("Service entered late")
    EXCESS = "excess", _("Billed beyond a maximum: paid back to INAMI")
    REJECTION = "rejection", _("Rejected by the insurer")
    ERROR = "error", _("Billed by mistake")


class RecapQuerySet(models.QuerySet["Recap"]):
    """Recapitulative notes, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of projects that the user works for on that day."""
        return self.filter(project__in=Project.objects.worked_for(user, on))


class Recap(models.Model):
    """A recapitulative note as it was issued; never changed. To INAMI (no insurer) for what is paid back."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=RecapKind)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="recaps")
    insurer = models.ForeignKey(
        Insurer, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("insurer")
    )
    share = models.OneToOneField(ClosingShare, null=True, on_delete=models.PROTECT, related_name="recap")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    month = models.DateField(_("month"))
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Project, insurer, account and certification as the note says them.
    said = models.JSONField(_("as written on the note"))
    notes_count = models.PositiveIntegerField(_("individual notes"))
    services_total = EuroField(_("services"))
    allowance_total = EuroField(_("operating allowance"))
    total = EuroField(_("total"))
    communication = models.CharField(_("structured communication"), max_length=12, unique=True)
    due_on = models.DateField(_("payment due on"), null=True)

    objects: ClassVar = RecapQuerySet.as_manager()

    class Meta:
        verbose_name = _("recapitulative note")
        triggers: ClassVar = WRITTEN_ONCE
        indexes: ClassVar = [models.Index(fields=["project", "month"], name="recaps_by_month")]

    def __str__(self) -> str:
        return self.number


class NoteQuerySet(models.QuerySet["Note"]):
    """Individual notes, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of projects that the user works for on that day."""
        return self.filter(recap__project__in=Project.objects.worked_for(user, on))


class Note(models.Model):
    """An individual note of a beneficiary and month as it was issued; never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24, unique=True)
    recap = models.ForeignKey(Recap, on_delete=models.PROTECT, related_name="notes")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="notes")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    reason = models.CharField(_("reason"), max_length=10, choices=CorrectionReason, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    niss = EncryptedTextField(_("NISS"))
    registration_number = models.CharField(_("registration number"), max_length=13)
    total = EuroField(_("total"))

    objects: ClassVar = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("individual note")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return self.number

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


class LineKind(models.TextChoices):
    """What a line bills."""

    SERVICE = "service", _("Service")
    ALLOWANCE = "allowance", _("Operating allowance")


class NoteLine(models.Model):
    """A line of an individual note: date, pseudocode, number, total; a negative one takes another back."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="lines")
    credits = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="credited_by")
    date = models.DateField(_("date"))
    pseudocode = models.CharField(_("pseudocode"), max_length=6)
    rate_key = models.CharField(_("service"), max_length=30, choices=list(RATES.items()))
    units = models.SmallIntegerField(_("number"))
    unit_amount = EuroField(_("amount a unit"))
    amount = EuroField(_("total"))
    series = models.CharField(_("series"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("line of a note")
        verbose_name_plural = _("lines of a note")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "kind"],
                condition=Q(credits=None),
                name="a_service_is_billed_once",
                violation_error_message=_("This service has been billed already."),
            ),
            models.CheckConstraint(
                condition=Q(credits=None, amount__gte=0) | Q(credits__isnull=False, amount__lte=0),
                name="a_line_that_takes_back_is_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note}: {self.position}"


class Payment(models.Model):
    """Euros received for a recapitulative note; a mistake is undone by a negative one, with its reason."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recap = models.ForeignKey(Recap, on_delete=models.PROTECT, related_name="payments")
    received_on = models.DateField(_("received on"))
    amount = EuroField(_("amount"))
    reference = models.CharField(_("reference of the bank"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    #: The payment that this one undoes: one undoes a payment once.
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("registered"))

    class Meta:
        verbose_name = _("payment received")
        verbose_name_plural = _("payments received")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="a_payment_has_an_amount",
                violation_error_message=_("The amount is not zero."),
            ),
            models.UniqueConstraint(
                fields=["recap", "reference"],
                condition=~Q(reference=""),
                name="a_payment_of_the_bank_comes_once",
                violation_error_message=_("This payment of the bank has been registered already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recap}: {self.amount}"


class Reminder(models.Model):
    """A reminder of a recapitulative note that was not paid in time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recap = models.ForeignKey(Recap, on_delete=models.PROTECT, related_name="reminders")
    issued_on = models.DateField(_("issued on"))
    amount = EuroField(_("amount asked"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("reminder")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.recap} {self.issued_on}"
