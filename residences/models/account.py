"""The account of a resident: what was taken and paid for, absences, insured days, debtors, the end of the stay."""

import uuid
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.casework.models import DecisionRecord, FileImport, FileImportLine
from partenamut.constraints import not_before, one_at_a_time
from partenamut.documents.models import Document, Upload
from partenamut.fields import EuroField
from partenamut.registry.models import OPEN_END, DatedQuerySet, DatedRow
from residences.models.conventions import Contact, Convention
from residences.models.homes import RestHome, Supplement


class EntryKind(models.TextChoices):
    """What an entry of the account is."""

    SUPPLEMENT = "supplement", _("Supplement")
    ADVANCE = "advance", _("Advance at its exact amount")
    CARE = "care", _("Care of a resident not sufficiently insured")
    CORRECTION = "correction", _("Correction")


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, by who may see them and by what became of them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of conventions that the user may see."""
        return self.filter(convention__in=Convention.objects.visible_to(user, on))

    def open(self) -> Self:
        """Those that no invoice has yet."""
        return self.filter(withdrawn_at=None, line=None)


class Entry(models.Model):
    """Something taken by a resident or paid in their name, to be charged in arrears (art. 4 and 6)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    date = models.DateField(_("date"))
    label = models.CharField(_("what"), max_length=150)
    supplement = models.ForeignKey(
        Supplement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entries",
        verbose_name=_("supplement"),
    )
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=8,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    unit_price = EuroField(_("price of one"))
    #: Negative only for a correction in the resident's favour.
    amount = EuroField(_("amount"))
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(_("why withdrawn"), max_length=200, blank=True)

    objects: ClassVar = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the account")
        verbose_name_plural = _("entries of the account")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="correction") | Q(amount__gte=0),
                name="only_a_correction_takes_off",
                violation_error_message=_("Only a correction can be negative."),
            ),
            models.CheckConstraint(
                condition=Q(kind="supplement", supplement__isnull=False)
                | (~Q(kind="supplement") & Q(supplement=None)),
                name="an_entry_of_a_supplement_names_it",
                violation_error_message=_("Choose a supplement of the convention (art. 4 §4)."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["convention", "date"], name="entries_by_day")]

    def __str__(self) -> str:
        return f"{self.date} {self.label}"


class EntryImport(FileImport):
    """A file of entries of a home, for the accounts of several residents."""

    home = models.ForeignKey(RestHome, on_delete=models.PROTECT, related_name="entry_imports")

    class Meta:
        verbose_name = _("file of entries")
        verbose_name_plural = _("files of entries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["home", "sha256"],
                condition=~Q(status="discarded"),
                name="a_file_of_entries_is_taken_over_once",
                violation_error_message=_("This very file has been sent before."),
            )
        ]


class EntryImportLine(FileImportLine):
    """A line of a file of entries, with the entry that it became."""

    entry_import = models.ForeignKey(EntryImport, on_delete=models.PROTECT, related_name="lines")
    entry = models.OneToOneField(
        Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="import_line"
    )

    class Meta:
        verbose_name = _("line of a file of entries")
        verbose_name_plural = _("lines of a file of entries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry_import", "line_number"], name="a_line_of_a_file_of_entries_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_import}: {self.line_number}"


class AbsenceReason(models.TextChoices):
    """Why a resident is away (art. 5)."""

    HOSPITAL = "hospital", _("Hospital")
    MEDICAL = "medical", _("Another medical reason")
    WEEKEND = "weekend", _("Weekend")
    HOLIDAY = "holiday", _("Holiday")
    OTHER = "other", _("Another reason")


class Absence(DatedRow):
    """Days a resident is away; the price stays due (art. 5)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="absences")
    reason = models.CharField(_("reason"), max_length=10, choices=AbsenceReason)
    announced_on = models.DateField(
        _("announced on"),
        null=True,
        blank=True,
        help_text=_("Beforehand, except for medical reasons (art. 5)."),
    )
    insurer_pays = models.BooleanField(
        _("the insurer intervenes on these days"),
        default=False,
        help_text=_("No: no rebate is due for them (art. 4 §7)."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        constraints: ClassVar = [
            not_before("an_absence_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_resident_is_away_once_at_a_time",
                "convention",
                message=_("An absence on these days is recorded already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention}: {self.first_day}"


class InsurerIntervention(DatedRow):
    """Days on which an insurer intervenes for a resident, and INAMI's intervention a day (art. 4 §7, art. 6)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="interventions")
    category = models.CharField(_("category of dependence"), max_length=5, blank=True)
    daily_amount = EuroField(_("intervention of INAMI a day"), validators=[MinValueValidator(0)])

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("intervention of an insurer")
        verbose_name_plural = _("interventions of an insurer")
        constraints: ClassVar = [
            not_before("an_intervention_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "an_insurer_intervenes_once_at_a_time",
                "convention",
                message=_("Another intervention is recorded on these days: end that first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention}: {self.daily_amount}"


class DebtorShare(DatedRow):
    """The part of the invoices that one debtor pays; the shares of a day make 100 percent together."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="debtors")
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("debtor"),
        help_text=_("Empty: the resident."),
    )
    percent = models.DecimalField(
        _("percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of a debtor")
        verbose_name_plural = _("shares of debtors")
        constraints: ClassVar = [
            not_before("a_share_ends_after_its_start", "first_day", "last_day", message=OPEN_END)
        ]

    def __str__(self) -> str:
        return f"{self.contact or self.convention.resident}: {self.percent}"


class Termination(models.Model):
    """A notice given, a death or a departure, as it was recorded; taken back only with a reason (art. 10)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="terminations")
    cause = models.CharField(
        _("cause"),
        max_length=8,
        choices=[
            ("none", _("Notice")),
            ("death", _("Death")),
            ("medical", _("Departure for medical reasons")),
        ],
    )
    given_by = models.CharField(
        _("given by"),
        max_length=8,
        choices=[("manager", _("The manager")), ("resident", _("The resident's side"))],
    )
    sent_on = models.DateField(
        _("sent or handed over on"), help_text=_("For a death or a departure: that day.")
    )
    channel = models.CharField(
        _("how"),
        max_length=12,
        choices=[
            ("registered", _("By registered letter")),
            ("acknowledged", _("With an acknowledgement of receipt")),
            ("oral", _("By word of mouth")),
        ],
        default="registered",
    )
    reasons = models.TextField(_("reasons of the manager"), max_length=2000, blank=True)
    breach = models.BooleanField(_("safety rules or the needs of community life were broken"), default=False)
    starts_on = models.DateField(_("the letter names a later first day"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    room_cleared_on = models.DateField(_("room cleared on"), null=True, blank=True)
    upload = models.ForeignKey(
        Upload,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("letter received"),
    )
    letter = models.OneToOneField(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(_("why withdrawn"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("notice or departure")
        verbose_name_plural = _("notices and departures")

    def __str__(self) -> str:
        return f"{self.convention}: {self.get_cause_display()} {self.sent_on}"


class NoticeDecisionRecord(DecisionRecord):
    """What the rules said of a notice, with its facts; a new one after each change, none is overwritten."""

    termination = models.ForeignKey(Termination, on_delete=models.PROTECT, related_name="decisions")

    class Meta(DecisionRecord.Meta):
        verbose_name = _("decision on a notice")
        verbose_name_plural = _("decisions on notices")

    def __str__(self) -> str:
        return f"{self.termination}: {self.outcome}"
