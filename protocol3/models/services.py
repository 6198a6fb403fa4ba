"""Services done for beneficiaries, group sessions, the acts of support, and files of services."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.casework.models import FileImport, FileImportLine
from partenamut.fields import EncryptedTextField
from partenamut.sentences import within
from protocol3.messages import FAMILIES, MODALITIES, PLACES
from protocol3.models.beneficiaries import Enrolment
from protocol3.models.projects import Practitioner, Project
from protocol3.rules.pseudocodes import PSEUDOCODES


class Channel(models.TextChoices):
    """How a remote session is held (art. 9)."""

    PHONE = "phone", _("Telephone")
    VIDEO = "video", _("Secured video call")


class GroupSession(models.Model):
    """One entry for a whole group; each beneficiary who took part has a service of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="group_sessions")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    date = models.DateField(_("date"))
    pseudocode = models.CharField(_("pseudocode"), max_length=6)
    participants = models.PositiveSmallIntegerField(_("people who took part"))
    starts_at = models.TimeField(_("begins at"))
    ends_at = models.TimeField(_("ends at"))
    room = models.CharField(_("collective room"), max_length=150)
    description = EncryptedTextField(_("description"), max_length=2000)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("group session")

    def __str__(self) -> str:
        return f"{self.project} {self.date} {self.pseudocode}"


class ServiceQuerySet(models.QuerySet["Service"]):
    """Services, by who may see them and by what became of them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of projects that the user works for on that day."""
        return self.filter(enrolment__project__in=Project.objects.worked_for(user, on))

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def with_state(self) -> Self:
        """With `is_billed` (a line stands on a note) and `is_credited` (that line was taken back)."""
        from protocol3.models.billing import LineKind, NoteLine

        billed = NoteLine.objects.filter(service=OuterRef("pk"), credits=None, kind=LineKind.SERVICE)
        credit = NoteLine.objects.filter(service=OuterRef("pk"), credits__isnull=False, kind=LineKind.SERVICE)
        return self.annotate(is_billed=Exists(billed), is_credited=Exists(credit))

    def open(self) -> Self:
        """Those that stand and were never billed."""
        return self.standing().with_state().filter(is_billed=False)


class Service(models.Model):
    """A service done for a beneficiary; changed until it is billed, withdrawn rather than deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="services", verbose_name=_("beneficiary")
    )
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="services", verbose_name=_("practitioner")
    )
    date = models.DateField(_("date"))
    pseudocode = models.CharField(_("pseudocode"), max_length=6)
    units = models.PositiveSmallIntegerField(_("units"))
    participants = models.PositiveSmallIntegerField(_("people who took part"), null=True, blank=True)
    place = models.CharField(_("where it was given"), max_length=10, choices=list(PLACES.items()), blank=True)
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    description = EncryptedTextField(_("description"), max_length=2000, blank=True)
    consent = models.BooleanField(_("prior consent to a remote session"), null=True, blank=True)
    fit = models.BooleanField(_("able to follow a remote session"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True)
    documented_minutes = models.PositiveSmallIntegerField(_("minutes logged"), null=True, blank=True)
    patient_record = models.CharField(_("reference of the patient record"), max_length=60, blank=True)
    external_reference = models.CharField(_("reference of the sender"), max_length=60, blank=True)
    group = models.ForeignKey(
        GroupSession, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(_("why it was withdrawn"), max_length=200, blank=True)

    objects: ClassVar = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "external_reference"],
                condition=~Q(external_reference="") & Q(withdrawn_at=None),
                name="a_reference_of_a_sender_comes_once",
                violation_error_message=_("A service with this reference has been received already."),
            ),
            models.CheckConstraint(
                condition=Q(pseudocode__regex=r"^[0-9]{6}$"),
                name="a_pseudocode_has_six_figures",
                violation_error_message=_("A pseudocode has six figures."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | ~Q(starts_at=F("ends_at")),
                name="a_service_takes_time",
                violation_error_message=_("The service must end after it begins."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["date", "enrolment"], name="services_by_day")]

    def __str__(self) -> str:
        return f"{self.date} {self.pseudocode} ({self.units})"

    @property
    def family(self) -> str:
        """The code of its family; empty for a pseudocode that the convention does not have."""
        kind = PSEUDOCODES.get(self.pseudocode)
        return kind.family if kind else ""

    @property
    def modality(self) -> str:
        """The code of its modality; empty for a pseudocode that the convention does not have."""
        kind = PSEUDOCODES.get(self.pseudocode)
        return kind.modality if kind else ""

    @property
    def kind_text(self) -> str:
        """Family and modality in words."""
        if not self.family:
            return self.pseudocode
        return f"{FAMILIES[self.family]}, {within(MODALITIES[self.modality])}"


class ContactNature(models.TextChoices):
    """How a contact with the care team took place (art. 10)."""

    MEETING = "meeting", _("Meeting")
    PHONE = "phone", _("Telephone")
    MAIL = "mail", _("E-mail or letter")


class SupportAct(models.Model):
    """An act of support: start, end, description; for a contact also with whom (art. 10)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="acts")
    starts_at = models.TimeField(_("begins at"))
    ends_at = models.TimeField(_("ends at"))
    description = EncryptedTextField(_("description"), max_length=1000)
    contact_name = models.CharField(_("contact: name"), max_length=150, blank=True)
    contact_function = models.CharField(_("contact: function"), max_length=100, blank=True)
    contact_nature = models.CharField(_("contact: nature"), max_length=10, choices=ContactNature, blank=True)

    class Meta:
        verbose_name = _("act of support")
        verbose_name_plural = _("acts of support")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="an_act_ends_after_it_begins",
                violation_error_message=_("The act must end after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.starts_at}"


class ServiceImport(FileImport):
    """A file of services of a project: looked at in a dry run, then taken over line by line."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="imports")

    class Meta:
        verbose_name = _("import of services")
        verbose_name_plural = _("imports of services")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "sha256"],
                condition=~Q(status="discarded"),
                name="a_file_of_services_is_imported_once",
                violation_error_message=_("This very file has been sent before."),
            )
        ]


class ServiceImportLine(FileImportLine):
    """One line of a file of services."""

    service_import = models.ForeignKey(ServiceImport, on_delete=models.PROTECT, related_name="lines")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("line of services")
        verbose_name_plural = _("lines of services")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service_import", "line_number"], name="a_line_of_services_stands_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["service_import", "status", "line_number"], name="lines_of_services_by_result"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_import}: {self.line_number}"
