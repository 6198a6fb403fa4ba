"""Monthly runs, the invoices as issued, what each debtor owes, the payments, reminders and disputes."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import Case, FileImport, FileImportLine
from partenamut.documents.models import Document, Upload
from partenamut.fields import EuroField
from residences.models.account import Entry
from residences.models.conventions import Contact, Convention
from residences.models.homes import RestHome
from residences.workflow import INVOICE_RUN, RunStatus


class InvoiceRunQuerySet(models.QuerySet["InvoiceRun"]):
    """Runs, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of homes that the user directs on that day."""
        return self.filter(home__in=RestHome.objects.directed_by(user, on))


class InvoiceRun(Case):
    """The invoices of a month of a home: the accommodation of the month after, the rest of this one (art. 6)."""

    workflow = INVOICE_RUN

    status = models.CharField(
        _("status"),
        max_length=24,
        choices=RunStatus,
        default=RunStatus.CHECKED,
        editable=False,
        db_index=True,
    )
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="runs")
    month = models.DateField(_("month"), help_text=_("Its first day."))
    #: The day the invoices are handed over: from it run the terms to pay and to dispute.
    received_on = models.DateField(_("handed over on"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects: ClassVar = InvoiceRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoices of a month")
        verbose_name_plural = _("invoices of months")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home", "month"],
                condition=~Q(status=RunStatus.DISCARDED.value),
                name="a_home_invoices_a_month_once",
                violation_error_message=_("The invoices of this month are made or being made already."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="a_run_is_named_by_the_first_day_of_its_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.home} {self.month:%m/%Y}"


class ItemStatus(models.TextChoices):
    """What became of one account in a run."""

    PENDING = "pending", _("To be issued")
    REFUSED = "refused", _("Cannot be issued")
    ISSUED = "issued", _("Issued")
    NOTHING = "nothing", _("Nothing to invoice")


class RunItem(models.Model):
    """One account in a run: issued whole or not at all; one that cannot be never blocks the others."""

    run = models.ForeignKey(InvoiceRun, on_delete=models.PROTECT, related_name="items")
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="run_items")
    status = models.CharField(_("status"), max_length=10, choices=ItemStatus, default=ItemStatus.PENDING)
    #: Codes of what stands against it, each with its figures: [["invoice.advance", {"labels": [...]}], ...].
    problems = models.JSONField(_("what stands against it"), default=list, blank=True)
    total = EuroField(_("total"), default=0)

    class Meta:
        verbose_name = _("account in a run")
        verbose_name_plural = _("accounts in a run")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "convention"], name="a_run_has_an_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.convention}"


class InvoiceKind(models.TextChoices):
    """What an invoice is."""

    MONTHLY = "monthly", _("Monthly invoice")
    FINAL = "final", _("Final account")
    CREDIT = "credit", _("Credit note")


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of conventions that the user may see."""
        return self.filter(convention__in=Convention.objects.visible_to(user, on))


class Invoice(models.Model):
    """An invoice as it was issued; never changed: a credit note takes it back."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=InvoiceKind)
    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="invoices")
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="invoices")
    item = models.OneToOneField(
        RunItem, null=True, blank=True, on_delete=models.PROTECT, related_name="invoice"
    )
    credits = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credited_by"
    )
    month = models.DateField(_("month"))
    issued_on = models.DateField(_("issued on"))
    received_on = models.DateField(_("handed over on"))
    due_on = models.DateField(_("to be paid by"))
    dispute_until = models.DateField(_("can be disputed until"))
    total = EuroField(_("total"))
    #: What INAMI paid the home for this resident this month, as the invoice mentions it (art. 6).
    inami_days = models.PositiveSmallIntegerField(_("days with INAMI's intervention"), default=0)
    inami_amount = EuroField(_("INAMI's intervention"), default=0)
    #: Home, resident, room, account, language and reasons as the invoice says them.
    said = models.JSONField(_("as written on the invoice"))
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        triggers: ClassVar = WRITTEN_ONCE
        indexes: ClassVar = [
            models.Index(fields=["home", "month"], name="invoices_by_month"),
            models.Index(fields=["convention", "month"], name="invoices_of_a_convention"),
        ]

    def __str__(self) -> str:
        return self.number


class LineKind(models.TextChoices):
    """What a line charges or takes off."""

    ACCOMMODATION_CURRENT = "accommodation_current", _("Accommodation of this month")
    ACCOMMODATION_NEXT = "accommodation_next", _("Accommodation of next month, in advance")
    ACCOMMODATION_CREDIT = "accommodation_credit", _("Accommodation billed before and not due")
    DISCOUNT = "discount", _("Discount")
    REBATE = "rebate", _("Rebate for insured days")
    SUPPLEMENT = "supplement", _("Supplement")
    ADVANCE = "advance", _("Advance")
    CARE = "care", _("Care")
    CORRECTION = "correction", _("Correction")
    INTEREST = "interest", _("Interest")
    INDEMNITY = "indemnity", _("Indemnity in place of notice")
    CREDITED = "credited", _("Taken back")


class InvoiceLine(models.Model):
    """A line of an invoice; accommodation names its days, so that each day is charged once."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=22, choices=LineKind)
    label = models.CharField(_("what"), max_length=200)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=8, decimal_places=2, null=True, blank=True)
    unit_price = EuroField(_("price of one"), default=0)
    amount = EuroField(_("amount"))
    #: The discount under which days of accommodation were charged, so that what is taken back is the same.
    percent = models.DecimalField(_("discount"), max_digits=5, decimal_places=2, default=0)
    entry = models.OneToOneField(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="line")
    #: Who alone owes a line of interest (empty: the resident); other lines are shared among all.
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    #: On a credit note: the line that it takes back, once.
    takes_back = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )

    class Meta:
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of an invoice")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.invoice}: {self.position}"


class InvoiceShare(models.Model):
    """What one debtor owes of an invoice, with the structured communication to pay it by; never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="shares")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("debtor")
    )
    name = models.CharField(_("debtor"), max_length=150)
    address_lines = models.JSONField(_("address"), default=list, blank=True)
    amount = EuroField(_("amount"))
    communication = models.CharField(_("structured communication"), max_length=12, unique=True)

    class Meta:
        verbose_name = _("share of an invoice")
        verbose_name_plural = _("shares of an invoice")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "contact"],
                nulls_distinct=False,
                name="a_debtor_has_one_share_of_an_invoice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.name}"


class BankFile(FileImport):
    """A file of the bank of a home: payments matched by their structured communication."""

    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="bank_files")

    class Meta:
        verbose_name = _("file of the bank")
        verbose_name_plural = _("files of the bank")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home", "sha256"],
                condition=~Q(status="discarded"),
                name="a_file_of_the_bank_is_taken_over_once",
                violation_error_message=_("This very file has been sent before."),
            )
        ]


class BankLine(FileImportLine):
    """A line of a bank file; one whose communication fits nothing waits until somebody says whose it is."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="lines")
    #: Day and euros as they were read; no day and zero where they cannot be. Negative: money that left the account.
    received_on = models.DateField(_("received on"), null=True, blank=True)
    amount = EuroField(_("amount"), default=0)
    #: By it a movement is known again in another file of the home.
    reference = models.CharField(_("reference of the bank"), max_length=60, blank=True)
    set_aside_because = models.CharField(_("why set aside"), max_length=300, blank=True)
    set_aside_at = models.DateTimeField(_("set aside"), null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("line of a bank file")
        verbose_name_plural = _("lines of a bank file")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "line_number"], name="a_line_of_a_bank_file_stands_once"),
            models.CheckConstraint(
                condition=Q(set_aside_at=None) | ~Q(set_aside_because=""),
                name="a_line_is_set_aside_with_a_reason",
                violation_error_message=_("Say why the line is set aside."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["reference"], name="bank_lines_by_reference")]

    def __str__(self) -> str:
        return f"{self.file}: {self.line_number}"


class Payment(models.Model):
    """Euros received from a debtor, or paid back (negative); a mistake is undone by another one, with its reason."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    share = models.ForeignKey(InvoiceShare, on_delete=models.PROTECT, related_name="payments")
    received_on = models.DateField(_("received on"))
    amount = EuroField(_("amount"))
    reference = models.CharField(_("reference of the bank"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    #: The payment that this one undoes: one undoes a payment once.
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    #: One transfer may pay several shares; what undoes a payment bears its line too.
    bank_line = models.ForeignKey(
        BankLine, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("registered"))

    class Meta:
        verbose_name = _("payment of a resident")
        verbose_name_plural = _("payments of residents")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="a_payment_of_a_resident_has_an_amount",
                violation_error_message=_("The amount is not zero."),
            ),
            models.UniqueConstraint(
                fields=["share", "reference"],
                condition=~Q(reference=""),
                name="a_resident_s_payment_of_the_bank_comes_once",
                violation_error_message=_("This payment of the bank has been registered already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share}: {self.amount}"


class ReminderLevel(models.TextChoices):
    """How firmly a debtor is asked to pay; interest runs only after a formal notice (art. 6)."""

    REMINDER = "reminder", _("Reminder")
    FORMAL_NOTICE = "formal_notice", _("Formal notice")


class Reminder(models.Model):
    """A letter to a debtor who did not pay in time; never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    share = models.ForeignKey(InvoiceShare, on_delete=models.PROTECT, related_name="reminders")
    level = models.CharField(_("letter"), max_length=15, choices=ReminderLevel)
    issued_on = models.DateField(_("issued on"))
    amount = EuroField(_("amount asked"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("reminder to a debtor")
        verbose_name_plural = _("reminders to debtors")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.share} {self.issued_on}"


class InterestCharge(models.Model):
    """A late payment whose interest stands on an invoice, so that it is charged once."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="interest")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="interest_charges")
    amount = EuroField(_("interest"))

    class Meta:
        verbose_name = _("interest charged")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount}"


class DisputeStatus(models.TextChoices):
    """Where a dispute stands."""

    OPEN = "open", _("To be answered")
    UPHELD = "upheld", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    REJECTED = "rejected", _("Rejected")


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Disputes, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of conventions that the user may see."""
        return self.filter(invoice__convention__in=Convention.objects.visible_to(user, on))


class Dispute(models.Model):
    """An invoice contested by the resident's side, within a month of its receipt (art. 6)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="disputes")
    lodged_on = models.DateField(_("lodged on"))
    lodged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what is contested"), max_length=2000)
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )
    status = models.CharField(_("status"), max_length=10, choices=DisputeStatus, default=DisputeStatus.OPEN)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    #: What takes back the lines that were contested rightly.
    credit_note = models.OneToOneField(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="settles"
    )

    objects: ClassVar = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute of an invoice")
        verbose_name_plural = _("disputes of invoices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(status="open"),
                name="an_invoice_is_disputed_once_at_a_time",
                violation_error_message=_("This invoice is contested already: the home has still to answer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.get_status_display()}"
