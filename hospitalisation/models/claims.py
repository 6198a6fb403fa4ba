"""Claims of stays, deposits and receipts of a serious illness, with what is sent, said, decided and paid."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hospitalisation.workflow import BEFORE_SENDING, CLAIM, Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import Case, CaseAttachment, CaseMessage, DecisionRecord, SecondReading
from partenamut.documents.models import Document
from partenamut.fields import EncryptedTextField, EuroField
from partenamut.registry.models import Hospital, Member


class ClaimKind(models.TextChoices):
    """What is claimed."""

    STAY = "stay", _("Stay in hospital")
    DEPOSIT = "deposit", _("Deposit")
    SERIOUS_ILLNESS = "serious_illness", _("Care of a serious illness")


class Room(models.TextChoices):
    """The room; the values are those of the rules."""

    COMMON = "common", _("Common room")
    DOUBLE = "double", _("Double room")
    INDIVIDUAL = "individual", _("Individual room")


class Channel(models.TextChoices):
    """How a claim came in."""

    WEB = "web", _("Portal")
    PAPER = "paper", _("Paper")


class LineKind(models.TextChoices):
    """What a line of a bill is for; the values are those of the rules."""

    STAY = "stay", _("Stay (price of the days)")
    ROOM_SUPPLEMENT = "room_supplement", _("Room supplement")
    FEE = "fee", _("Fees at the INAMI tariff")
    FEE_SUPPLEMENT = "fee_supplement", _("Fee supplement")
    PHARMACY_REIMBURSABLE = "pharmacy_reimbursable", _("Reimbursable medicines")
    PHARMACY_OTHER = "pharmacy_other", _("Medicines that are not reimbursable")
    PARAPHARMACY = "parapharmacy", _("Parapharmacy")
    IMPLANT = "implant", _("Implants")
    SUNDRY = "sundry", _("Sundry costs")
    PARENT_STAY = "parent_stay", _("Stay of a parent with a child")
    COMPRESSION = "compression", _("Compression stockings and sleeves")
    GUEST_HOUSE = "guest_house", _("Guest house of a relative")
    PRE_HOSPITAL = "pre_hospital", _("Care before the stay")
    POST_HOSPITAL = "post_hospital", _("Care after the stay")
    SERIOUS_ILLNESS_CARE = "serious_illness_care", _("Care of a serious illness")


class Certificate(models.TextChoices):
    """How the original certificate of care given reached us: the law wants it on paper."""

    NOT_YET = "", _("Not received yet")
    POST = "post", _("By post")
    AGENCY_BOX = "agency_box", _("In the box of an agency")


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """All that were announced or sent for those who read files; else one's own and those of people one acts for."""
        own = Q(member__in=Member.objects.on_the_side_of(user, on))
        if user.may(Permission.READ_MEMBERS):
            return self.filter(~Q(status=Status.DRAFT) | Q(filed_by=user) | own)
        return self.filter(own)

    def sent(self) -> Self:
        """Those that the desk has received."""
        return self.exclude(status__in=BEFORE_SENDING)


class Claim(Case):
    """What a member claims from the hospital insurance: a stay with its bill, a deposit, receipts of a serious illness."""

    workflow = CLAIM

    status = models.CharField(
        _("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    kind = models.CharField(_("claim"), max_length=16, choices=ClaimKind)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="hospital_claims", verbose_name=_("member")
    )
    channel = models.CharField(_("came in by"), max_length=5, choices=Channel, default=Channel.WEB)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    announced_on = models.DateField(_("announced on"), null=True, blank=True)
    submitted_on = models.DateField(_("sent on"), null=True, blank=True, db_index=True)
    hospital = models.ForeignKey(
        Hospital,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claims",
        verbose_name=_("hospital"),
    )
    place = models.CharField(_("hospital that is not in the list"), max_length=200, blank=True)
    country = models.CharField(_("country of the hospital"), max_length=2, default="BE")
    admission = models.DateField(_("admission"), null=True, blank=True)
    discharge = models.DateField(_("discharge"), null=True, blank=True)
    day_hospital = models.BooleanField(_("day hospital (no night)"), default=False)
    room = models.CharField(_("room"), max_length=10, choices=Room, blank=True)
    #: Whether the admission took place: it was announced for a day that may still change.
    admitted = models.BooleanField(_("admitted"), default=False)
    #: The stay that a deposit belongs to.
    stay = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deposits",
        verbose_name=_("stay"),
    )
    year = models.PositiveSmallIntegerField(
        _("calendar year"), null=True, blank=True, help_text=_("Of the receipts of a serious illness.")
    )
    certificate = models.CharField(
        _("original certificate of care given"), max_length=10, choices=Certificate, blank=True, default=""
    )
    certificate_on = models.DateField(_("certificate received on"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned_hospital_claims",
        verbose_name=_("assigned to"),
    )
    receipt = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("hospital claim")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(admission=None) | Q(discharge=None) | Q(discharge__gte=F("admission")),
                name="a_discharge_follows_its_admission",
                violation_error_message=_("The discharge lies before the admission."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN]) | Q(number__isnull=False),
                name="a_claim_that_left_the_draft_has_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ClaimKind.DEPOSIT) | Q(stay__isnull=False),
                name="a_deposit_belongs_to_a_stay",
                violation_error_message=_("A deposit belongs to a stay: announce the admission first."),
            ),
            models.CheckConstraint(
                condition=Q(certificate="", certificate_on=None)
                | ~Q(certificate="") & Q(certificate_on__isnull=False),
                name="a_certificate_came_on_a_day",
                violation_error_message=_("Give the day on which the certificate was received."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "submitted_on", "id"], name="hospital_claims_by_age"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_kind_display()} ({self.get_status_display()})"

    @property
    def place_name(self) -> str:
        """The name of the hospital, listed or not; a deposit has that of its stay."""
        if self.stay is not None:
            return self.stay.place_name
        return self.hospital.name if self.hospital else self.place

    @property
    def abroad(self) -> bool:
        """Whether the hospital lies outside Belgium."""
        return self.country != "BE"

    @property
    def nights(self) -> int:
        """Nights of the stay; 0 while the dates are not known."""
        return (self.discharge - self.admission).days if self.admission and self.discharge else 0


class Deposit(models.Model):
    """What a hospital asked in advance for seven days of a stay."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="deposit")
    paid = EuroField(_("paid"))
    paid_on = models.DateField(_("paid on"))
    week = models.PositiveSmallIntegerField(
        _("week of the stay"), help_text=_("1 for the first seven days, 2 for the next.")
    )
    room_supplement_per_day = EuroField(_("room supplement a day"), default=0)

    class Meta:
        verbose_name = _("deposit")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(paid__gt=0, room_supplement_per_day__gte=0, week__gte=1),
                name="a_deposit_is_positive",
                violation_error_message=_("A deposit is more than zero, and its week is counted from 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.paid}"


class ClaimLine(models.Model):
    """A line of the bill as it was billed; what becomes of it is what the rules say, or the decision in force."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=24, choices=LineKind)
    #: What was bought can tell an illness: it is kept like other medical words.
    label = EncryptedTextField(_("description"), max_length=150, blank=True)
    billed = EuroField(_("billed"))
    mandatory = EuroField(_("compulsory insurance"), default=0)
    inami_tariff = EuroField(_("INAMI tariff"), null=True, blank=True)  # type: ignore[misc]
    doctor_agreed = models.BooleanField(_("the doctor has agreed to the tariffs"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("days"), null=True, blank=True)
    care_date = models.DateField(_("day of care"), null=True, blank=True)
    comfort = models.BooleanField(_("telephone, flowers, fridge, television or drinks"), default=False)

    class Meta:
        verbose_name = _("line of a bill")
        verbose_name_plural = _("lines of a bill")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "position"], name="a_line_of_a_bill_has_its_place"),
            models.CheckConstraint(
                condition=Q(billed__gte=0, mandatory__gte=0, mandatory__lte=F("billed")),
                name="a_line_of_a_bill_is_not_negative",
                violation_error_message=_("The compulsory insurance pays no more than was billed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_kind_display()}"


class AttachmentKind(models.TextChoices):
    """What a document is sent for."""

    CLAIM_FORM = "claim_form", _("Signed claim form")
    BILL = "bill", _("Hospital bill")
    RECEIPT = "receipt", _("Receipt")
    PHARMACY = "pharmacy", _("Pharmacy attestation (BVAC)")
    OTHER = "other", _("Other document")


class Attachment(CaseAttachment):
    """A document of a claim: a file, or a paper that was received."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("document"), max_length=12, choices=AttachmentKind)

    class Meta:
        verbose_name = _("document of a claim")
        verbose_name_plural = _("documents of a claim")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.claim}"


class Message(CaseMessage):
    """A message between the member's side and the service."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="messages")

    class Meta:
        verbose_name = _("message")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.claim} {self.sent_at:%Y-%m-%d %H:%M}"


class Decision(DecisionRecord):
    """A decision on a claim line by line; the latest one is in force, the earlier ones stay as they were."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="decisions")
    #: Euros granted, before what was already given back as deposits is taken off.
    amount = EuroField(_("granted"))
    departs_because = EncryptedTextField(_("why it departs from the rules"), blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("second reader"),
    )
    appeal_until = models.DateField(_("appeal until"))
    letter = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("decision")
        triggers: ClassVar = WRITTEN_ONCE
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(departs_because="")
                | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("decided_by")),
                name="a_departure_on_a_claim_is_read_by_a_second_person",
                violation_error_message=_("A decision that departs from the rules needs a second reader."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.outcome}"


class Departure(SecondReading):
    """A proposal to pay other amounts than the rules say, line by line, until a second reader has read it."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="departures")
    #: Euros of the insurance by the place of the line; lines that are left out stay as the rules say.
    amounts = models.JSONField(_("amounts"))

    class Meta:
        verbose_name = _("departure from the rules")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(verdict="open"),
                name="a_claim_has_one_open_departure",
                violation_error_message=_("A proposal to depart from the rules is already being read."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("proposed_by")),
                name="nobody_reads_their_own_departure_on_a_claim",
                violation_error_message=_("Another person than the one who proposed it must read it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_verdict_display()}"


class Intervention(models.Model):
    """Euros that the decision in force on a claim uses of a calendar year: of the ceiling, or of the serious-illness option."""

    class Budget(models.TextChoices):
        """What is used."""

        HOSPITAL = "hospital", _("Hospital insurance")
        SERIOUS_ILLNESS = "serious_illness", _("Serious-illness option")

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="hospital_interventions")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="interventions")
    budget = models.CharField(_("budget"), max_length=16, choices=Budget)
    year = models.PositiveSmallIntegerField(_("calendar year"))
    amount = EuroField(_("amount"))

    class Meta:
        verbose_name = _("intervention of a year")
        verbose_name_plural = _("interventions of a year")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["claim", "budget", "year"], name="a_claim_uses_a_budget_of_a_year_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="an_intervention_is_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "year", "budget"], name="interventions_of_a_member_year")
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.year}: {self.amount}"


class Statement(models.Model):
    """A statement of reimbursement, or of third-party payments, of a claim, as issued on a day."""

    class Kind(models.TextChoices):
        """What it states."""

        REIMBURSEMENT = "reimbursement", _("Statement of reimbursement")
        THIRD_PARTY = "third_party", _("Statement of third-party payments")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(_("statement"), max_length=15, choices=Kind)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("statement")
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_kind_display()}"


class SavedView(models.Model):
    """Filters of the queue of claims that a user keeps under a name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_claim_views"
    )
    name = models.CharField(_("name of the view"), max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("saved view")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="a_view_of_claims_has_its_own_name",
                violation_error_message=_("You already have a view of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
