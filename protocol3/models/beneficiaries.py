"""Beneficiaries of the projects: who they are, with which insurer, what was found about them, where they stayed."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.models import WRITTEN_ONCE
from partenamut.casework.models import DecisionRecord
from partenamut.constraints import not_before, one_at_a_time
from partenamut.documents.models import Upload
from partenamut.fields import EncryptedTextField
from partenamut.registry.models import OPEN_END, DatedQuerySet, DatedRow, Insurer, Member
from protocol3.messages import FAMILIES
from protocol3.models.projects import Practitioner, Project


class BeneficiaryQuerySet(models.QuerySet["Beneficiary"]):
    """Beneficiaries, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those enrolled in a project that the user works for on that day."""
        return self.filter(
            pk__in=Enrolment.objects.filter(project__in=Project.objects.worked_for(user, on)).values(
                "beneficiary"
            )
        )


class Beneficiary(models.Model):
    """A person of any insurer for whom a project works; one row a person, over all projects."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.OneToOneField(
        Member, null=True, blank=True, on_delete=models.PROTECT, related_name="protocol3"
    )
    niss = EncryptedTextField(_("NISS"))
    niss_index = models.CharField(max_length=64, unique=True, editable=False)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    search_name = models.CharField(max_length=220, editable=False, db_index=True)
    birth_date = models.DateField(_("birth date"))
    language = models.CharField(_("language"), max_length=2, choices=Member.Language, default="fr")
    street = models.CharField(_("street and number"), max_length=150, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    city = models.CharField(_("place"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    died_on = models.DateField(_("died on"), null=True, blank=True)
    rest_home_entry = models.DateField(
        _("entered a rest home for good on"),
        null=True,
        blank=True,
        help_text=_("Not for a short stay: this ends the period of services (art. 11)."),
    )

    objects: ClassVar = BeneficiaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("beneficiary")
        verbose_name_plural = _("beneficiaries")
        constraints: ClassVar = [
            not_before(
                "nobody_dies_before_birth",
                "birth_date",
                "died_on",
                message=_("The day of death lies before the birth date."),
            ),
            not_before(
                "nobody_enters_a_rest_home_before_birth",
                "birth_date",
                "rest_home_entry",
                message=_("The entry lies before the birth date."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def file_holder(self) -> "Member | Beneficiary":
        """Under whom the opening of the file is logged: the member, who can look it up, where the person is one."""
        return self.member or self


class Affiliation(DatedRow):
    """Days on which a person is insured with an insurer, under a registration number."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="affiliations")
    insurer = models.ForeignKey(
        Insurer, on_delete=models.PROTECT, related_name="+", verbose_name=_("insurer")
    )
    registration_number = models.CharField(_("registration number"), max_length=13)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("insurer of a beneficiary")
        verbose_name_plural = _("insurers of a beneficiary")
        constraints: ClassVar = [
            not_before("an_affiliation_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_person_has_one_insurer_at_a_time",
                "beneficiary",
                message=_("The person is already insured elsewhere on these days: end that first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.beneficiary}: {self.insurer}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those of projects that the user works for on that day."""
        return self.filter(project__in=Project.objects.worked_for(user, on))


class Enrolment(models.Model):
    """A person included in a project, and the information they were given (art. 27)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="enrolments")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="enrolments")
    enrolled_on = models.DateField(_("included on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    left_because = models.CharField(_("why"), max_length=200, blank=True)
    case_manager = models.ForeignKey(
        Practitioner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("case manager"),
    )
    informed_on = models.DateField(_("receipt of the information sheet signed on"), null=True, blank=True)
    receipt = models.ForeignKey(
        Upload,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("signed receipt"),
    )

    objects: ClassVar = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("inclusion in a project")
        verbose_name_plural = _("inclusions in a project")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "beneficiary"],
                name="a_person_is_included_in_a_project_once",
                violation_error_message=_("This person is already included in the project."),
            ),
            not_before(
                "nobody_leaves_before_being_included",
                "enrolled_on",
                "left_on",
                message=_("The day of leaving lies before the day of inclusion."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.beneficiary} ({self.project})"


class Caregiver(models.Model):
    """A caregiver of a beneficiary, recognised or not."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="caregivers")
    name = models.CharField(_("name"), max_length=150)
    relation = models.CharField(_("relation"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)

    class Meta:
        verbose_name = _("caregiver")

    def __str__(self) -> str:
        return self.name


class Instrument(models.TextChoices):
    """The BelRAI instrument."""

    SCREENER = "screener", _("BelRAI Screener")
    HC = "hc", _("BelRAI HC")


def _score(label: Any, most: int) -> Any:
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MaxValueValidator(most)],
        help_text=_("Empty: not assessed."),
    )


class Assessment(models.Model):
    """BelRAI scores of a day, with who assessed; a score that was not assessed stays empty."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="assessments")
    instrument = models.CharField(_("instrument"), max_length=10, choices=Instrument)
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = models.CharField(_("assessed by"), max_length=150)
    aivq = _score(_("AIVQ (instrumental activities)"), 48)
    avq = _score(_("AVQ (daily activities)"), 16)
    cps = _score(_("CPS (cognition)"), 6)
    cps2 = _score(_("CPS2 (cognition)"), 8)
    psychic = models.DecimalField(
        _("psychic troubles"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(99)],
        help_text=_("Empty: not assessed."),
    )
    behaviour = ArrayField(
        models.PositiveSmallIntegerField(),
        size=5,
        verbose_name=_("behaviour, last five items"),
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("BelRAI assessment")
        verbose_name_plural = _("BelRAI assessments")

    def __str__(self) -> str:
        return f"{self.beneficiary} {self.assessed_on}"


class FindingKind(models.TextChoices):
    """What may be found about a person, and opens or carries services (art. 5 and 26)."""

    DEGENERATIVE = "degenerative", _("Chronic degenerative or heavily disabling condition (before 60)")
    INEFFICIENT_CARE = "inefficient_care", _("Care is not organised efficiently")
    NEURODEGENERATIVE = "neurodegenerative", _("Neurodegenerative disease")
    FALL = "fall", _("A fall in the 30 days before")
    HOME_ADAPTATION = "home_adaptation", _("Home to be adapted, to live there 6 months or more")
    DEMENTIA = "dementia", _("Diagnosis of dementia")
    DEMENTIA_ASSESSMENT = "dementia_assessment", _("Specialised assessment of dementia (102933)")
    DEMENTIA_ASSESSMENT_ACCREDITED = (
        "dementia_assessment_accredited",
        _("Specialised assessment of dementia by an accredited doctor (102992)"),
    )
    ASKS_PSYCHOLOGY = "asks_psychology", _("Psychological support asked for")
    REFUSES_CARE = "refuses_care", _("Refuses necessary care")
    HOSPITAL_REFERENT = "hospital_referent", _("The hospital's referent found AIVQ of 3 or more")


class Finding(DatedRow):
    """A finding about a person, with its evidence, who made it and since when."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(_("finding"), max_length=32, choices=FindingKind)
    found_by = models.CharField(_("found by"), max_length=150)
    evidence = EncryptedTextField(_("evidence"), max_length=2000)
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        constraints: ClassVar = [
            not_before("a_finding_ends_after_its_start", "first_day", "last_day", message=OPEN_END)
        ]

    def __str__(self) -> str:
        return f"{self.beneficiary}: {self.get_kind_display()}"


class StayKind(models.TextChoices):
    """Stays that decide what is billable (art. 26)."""

    HOSPITAL = "hospital", _("Full hospitalisation")
    REST_HOME = "rest_home", _("Rest home")
    SHORT = "short", _("Short stay in a rest home")
    PSYCHIATRIC = "psychiatric", _("Psychiatric care home")


class Stay(models.Model):
    """A stay away from home: the day of arrival counts, the day of departure does not."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="stays")
    kind = models.CharField(_("stay"), max_length=15, choices=StayKind)
    place = models.CharField(_("where"), max_length=150, blank=True)
    arrival = models.DateField(_("arrival"))
    departure = models.DateField(_("departure"), null=True, blank=True, help_text=_("Empty: still there."))

    class Meta:
        verbose_name = _("stay")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(departure=None) | Q(departure__gt=F("arrival")),
                name="a_stay_away_lasts_a_night_at_least",
                violation_error_message=_("The departure must come after the arrival."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.beneficiary}: {self.get_kind_display()} {self.arrival}"


class FinancingKind(models.TextChoices):
    """What else may finance days of a person (art. 26)."""

    FIRST_LINE = "first_line_psychology", _("First-line psychological care")
    OTHER = "other", _("Financed in another way")


class Financing(DatedRow):
    """Days financed otherwise: first-line psychology stops psychological support, the rest stops everything."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="financings")
    kind = models.CharField(_("financing"), max_length=25, choices=FinancingKind)
    note = models.CharField(_("what"), max_length=200, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("other financing")
        verbose_name_plural = _("other financing")
        constraints: ClassVar = [
            not_before("a_financing_ends_after_its_start", "first_day", "last_day", message=OPEN_END)
        ]

    def __str__(self) -> str:
        return f"{self.beneficiary}: {self.get_kind_display()}"


class PriorUnits(models.Model):
    """What was done for a person under the convention before (art. 30)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.OneToOneField(Beneficiary, on_delete=models.PROTECT, related_name="prior_units")
    period_start = models.DateField(_("first day of the period"), null=True, blank=True)
    initial_module = models.BooleanField(_("initial module billed"), default=False)
    units = models.PositiveSmallIntegerField(_("units of the three base services"), default=0)
    group_units = models.PositiveSmallIntegerField(_("of which in groups"), default=0)
    caregiver_group = models.PositiveSmallIntegerField(_("units of groups for caregivers"), default=0)
    care_education = models.PositiveSmallIntegerField(_("units of care education"), default=0)
    source = models.CharField(_("source"), max_length=150)

    class Meta:
        verbose_name = _("units of the convention before")
        verbose_name_plural = _("units of the convention before")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(group_units__lte=F("units")),
                name="group_units_are_a_part_of_the_units",
                violation_error_message=_("The units in groups are a part of the units."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.beneficiary}: {self.units}"


class SecondSeries(models.Model):
    """A second series granted: the new event, the concertation of the team, from when (art. 12 §3)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.OneToOneField(Beneficiary, on_delete=models.PROTECT, related_name="second_series")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="second_series")
    first_day = models.DateField(_("from"))
    event = EncryptedTextField(_("new event"), max_length=2000)
    concertation_on = models.DateField(_("concertation of the team on"))
    taken_part = models.CharField(_("who took part"), max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("granted"))

    class Meta:
        verbose_name = _("second series")
        verbose_name_plural = _("second series")

    def __str__(self) -> str:
        return f"{self.beneficiary}: {self.first_day}"


class EligibilityRecord(DecisionRecord):
    """Which services a person may get, decided on the facts at the start of the period; the latest is in force."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="eligibilities")
    period_start = models.DateField(_("start of the period"))
    families = ArrayField(
        models.CharField(max_length=25, choices=list(FAMILIES.items())),
        verbose_name=_("services"),
        default=list,
    )

    class Meta:
        verbose_name = _("eligibility")
        verbose_name_plural = _("eligibilities")
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.outcome}"
