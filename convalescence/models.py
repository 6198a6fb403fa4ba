"""Requests for the three benefits, what is sent with them, the decisions on them and the days they use."""

import uuid
from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from convalescence.workflow import RECOGNITION, REQUEST, RecognitionStatus, Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import Case, CaseAttachment, CaseMessage, DecisionRecord, SecondReading
from partenamut.constraints import one_at_a_time
from partenamut.documents.models import Document
from partenamut.fields import EncryptedTextField
from partenamut.registry.models import DatedRow, Mandate, Member, Residence


class Benefit(models.TextChoices):
    """The three benefits; the values are the names of their rules."""

    CONVALESCENCE = "convalescence", _("Convalescence")
    SHORT_STAY = "short_stay", _("Short stay in a rest home")
    CAREGIVER = "caregiver", _("Caregiver who accompanies")


class MedicalCriterion(models.TextChoices):
    """The three medical criteria."""

    RECENT_HOSPITALISATION = "recent_hospitalisation", _("I was in hospital recently")
    HEAVY_TREATMENT = (
        "heavy_treatment",
        _("I had a heavy treatment recently (chemotherapy, radiotherapy, rays or dialysis)"),
    )
    DAILY_LIVING_HELP = "daily_living_help", _("I need help in the acts of daily life")


class Channel(models.TextChoices):
    """How a request came in."""

    WEB = "web", _("Portal")
    PAPER = "paper", _("Paper")


def _own_members(user: User, on: date) -> models.QuerySet[Member]:
    return Member.objects.visible_to(user, on)


class RequestQuerySet(models.QuerySet["Request"]):
    """Requests, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """All sent ones for those who read files; else one's own and those of people one acts for."""
        own = Q(member__user=user) | Q(
            member__in=Mandate.objects.on(on).filter(representative=user).values("member")
        )
        if user.may(Permission.READ_MEMBERS):
            return self.filter(~Q(status=Status.DRAFT) | Q(filed_by=user) | own)
        return self.filter(own)

    def sent(self) -> Self:
        """Those that left the draft."""
        return self.exclude(status=Status.DRAFT)


class Request(Case):
    """A request for one of the three benefits; the caregiver is the member of their own claim."""

    workflow = REQUEST

    status = models.CharField(
        _("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    benefit = models.CharField(_("benefit"), max_length=20, choices=Benefit)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="requests", verbose_name=_("member")
    )
    channel = models.CharField(_("came in by"), max_length=5, choices=Channel, default=Channel.WEB)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_on = models.DateField(_("sent on"), null=True, blank=True, db_index=True)
    arrival = models.DateField(_("arrival"), null=True, blank=True)
    departure = models.DateField(_("departure"), null=True, blank=True)
    criteria = ArrayField(
        models.CharField(max_length=24, choices=MedicalCriterion),
        verbose_name=_("medical criteria"),
        default=list,
        blank=True,
    )
    residence = models.ForeignKey(
        Residence,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
        verbose_name=_("residence"),
    )
    place = models.CharField(_("rest home that is not in the list"), max_length=200, blank=True)
    accompanied = models.BooleanField(_("accompanied"), null=True, blank=True)
    companion = models.ForeignKey(
        Member,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("caregiver who comes along"),
    )
    cared_for_request = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="caregiver_claims",
        verbose_name=_("stay of the person cared for"),
    )
    extension = models.BooleanField(_("exceptional extension to 28 days"), default=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned_requests",
        verbose_name=_("assigned to"),
    )
    receipt = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(arrival=None) | Q(departure=None) | Q(departure__gt=F("arrival")),
                name="a_stay_lasts_a_night_at_least",
                violation_error_message=_("The departure must come after the arrival."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | Q(
                    number__isnull=False,
                    submitted_on__isnull=False,
                    arrival__isnull=False,
                    departure__isnull=False,
                ),
                name="a_sent_request_has_number_and_dates",
            ),
            models.UniqueConstraint(
                fields=["member", "benefit"],
                condition=Q(status=Status.DRAFT),
                name="a_member_has_one_draft_per_benefit",
                violation_error_message=_("There already is a draft of this request."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "submitted_on", "id"], name="requests_by_status_and_age"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_benefit_display()} ({self.get_status_display()})"

    @property
    def place_name(self) -> str:
        """The name of the residence, listed or not."""
        return self.residence.name if self.residence else self.place

    @property
    def nights(self) -> int:
        """Days that count; 0 while the dates are not known."""
        return (self.departure - self.arrival).days if self.arrival and self.departure else 0


class AttachmentKind(models.TextChoices):
    """What a document is sent for."""

    MEDICAL_PROOF = "medical_proof", _("Medical proof")
    INVOICE = "invoice", _("Invoice")
    OTHER = "other", _("Other document")


class Attachment(CaseAttachment):
    """A document of a request: a file, or a paper that was received."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("document"), max_length=15, choices=AttachmentKind)

    class Meta:
        verbose_name = _("document of a request")
        verbose_name_plural = _("documents of a request")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.request}"


class Message(CaseMessage):
    """A message between the member's side and the service."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="messages")

    class Meta:
        verbose_name = _("message")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.request} {self.sent_at:%Y-%m-%d %H:%M}"


class Decision(DecisionRecord):
    """A decision on a request; the latest one is in force, the earlier ones stay as they were."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
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
                name="a_departure_is_read_by_a_second_person",
                violation_error_message=_("A decision that departs from the rules needs a second reader."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.outcome}"


class Departure(SecondReading):
    """A proposal to decide otherwise than the rules: which days to grant and why, until a second reader has read it."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="departures")
    first_day = models.DateField(_("first day granted"), null=True, blank=True)
    last_day = models.DateField(_("last day granted"), null=True, blank=True)

    class Meta:
        verbose_name = _("departure from the rules")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(verdict="open"), name="a_request_has_one_open_departure"
            ),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None) | Q(last_day__gte=F("first_day")),
                name="granted_days_end_after_their_start",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("proposed_by")),
                name="nobody_reads_their_own_departure",
                violation_error_message=_("Another person than the one who proposed it must read it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_verdict_display()}"


class GrantedDays(DatedRow):
    """A run of days granted to a person; given back when the request is decided otherwise or withdrawn."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="granted_days")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="granted_days")

    class Meta:
        verbose_name = _("granted days")
        verbose_name_plural = _("granted days")
        constraints: ClassVar = [
            one_at_a_time(
                "a_day_of_a_person_is_paid_once",
                "member",
                message=_("These days are already granted to this person for another stay."),
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="granted_runs_end_after_their_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.first_day} - {self.last_day}"


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    """Requests to recognise a caregiver, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """All for those who read files; else those in which one is, or acts for, one of the two people."""
        if user.may(Permission.READ_MEMBERS):
            return self
        own = _own_members(user, on)
        return self.filter(Q(caregiver__in=own) | Q(cared_for__in=own))


class Recognition(Case):
    """A request to recognise a member as the caregiver of another."""

    workflow = RECOGNITION

    status = models.CharField(
        _("status"),
        max_length=24,
        choices=RecognitionStatus,
        default=RecognitionStatus.SUBMITTED,
        editable=False,
        db_index=True,
    )
    caregiver = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="recognition_requests")
    cared_for = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField(_("asked on"))
    relation = models.CharField(_("relation"), max_length=100)
    help_given = EncryptedTextField(_("help given"), max_length=2000)
    answer = models.TextField(_("answer"), blank=True)

    objects: ClassVar = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("recognition of a caregiver")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["caregiver", "cared_for"],
                condition=Q(status=RecognitionStatus.SUBMITTED),
                name="a_recognition_is_asked_once_at_a_time",
                violation_error_message=_("This recognition has already been asked for."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.caregiver} -> {self.cared_for}"


class SavedView(models.Model):
    """Filters of the queue that a user keeps under a name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name of the view"), max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("saved view")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="a_view_of_a_user_has_its_own_name",
                violation_error_message=_("You already have a view of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class StatementOfYear(models.Model):
    """The statement of days and payments of a member for a year, as issued on a day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="statements")
    year = models.PositiveSmallIntegerField(_("year"))
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("statement of a year")
        triggers: ClassVar = [
            pgtrigger.Protect(name="is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.year}"
