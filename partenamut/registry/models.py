"""Members and those around them, insurers, residences: dated rows that no business owns alone."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.casework.models import FileImport, FileImportLine
from partenamut.constraints import not_before, one_at_a_time
from partenamut.fields import EncryptedTextField, blind_index
from partenamut.identifiers import parse_niss
from partenamut.periods import Period
from partenamut.registry.names import search_form

OPEN_END = _("The last day lies before the first.")

#: The words of a member's name, as the index holds them; a search must use this very expression.
NAME_WORDS = SearchVector("search_name", config="simple")


class DatedRow(models.Model):
    """A fact that holds from a first to a last day, both included; no last day: still open."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def period(self) -> Period:
        """The days it holds."""
        return Period(self.first_day, self.last_day)


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold on days."""

    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day)


class Insurer(models.Model):
    """A national union of mutualities, or one of the two public funds."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=3, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_nl = models.CharField(_("name in Dutch"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    source = models.CharField(_("source of the address"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("insurer")

    def __str__(self) -> str:
        return f"{self.code} {self.name_fr}"


class Mutuality(DatedRow):
    """A federation of an insurer (three digits, the first that of the union), with its successor after a merger."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=3)
    name = models.CharField(_("name"), max_length=120)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="mutualities")
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(_("source"), max_length=150, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mutuality")
        verbose_name_plural = _("mutualities")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-9][0-9]{2}$"),
                name="a_mutuality_code_has_three_digits",
                violation_error_message=_("The code of a mutuality has three figures."),
            ),
            models.UniqueConstraint(fields=["code", "first_day"], name="a_mutuality_code_starts_once_a_day"),
            not_before("a_mutuality_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class MemberQuerySet(models.QuerySet["Member"]):
    """Members, by who may see them and by their numbers."""

    def visible_to(self, user: User, on: date) -> Self:
        """All for those who read files; else oneself and those one acts for under a mandate of that day."""
        if user.may(Permission.READ_MEMBERS):
            return self
        return self.on_the_side_of(user, on)

    def on_the_side_of(self, user: User, on: date) -> Self:
        """Oneself and those one acts for under a mandate of that day, whatever else one may read."""
        mandates = Mandate.objects.on(on).filter(representative=user)
        return self.filter(Q(user=user) | Q(pk__in=mandates.values("member")))

    def with_niss(self, niss: str) -> Self:
        """The member of a NISS, however it is typed; WrongNumber if it cannot be one."""
        return self.filter(niss_index=blind_index(parse_niss(niss)))


class Member(models.Model):
    """A person insured with the mutuality."""

    class Language(models.TextChoices):
        """The language letters are written in."""

        FR = "fr", "Français"
        NL = "nl", "Nederlands"
        DE = "de", "Deutsch"
        EN = "en", "English"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="member"
    )
    niss = EncryptedTextField(_("NISS"))
    niss_index = models.CharField(max_length=64, unique=True, editable=False)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    search_name = models.CharField(max_length=220, editable=False, db_index=True)
    birth_date = models.DateField(_("birth date"))
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FR)
    street = models.CharField(_("street and number"), max_length=150)
    postal_code = models.CharField(_("postal code"), max_length=10)
    city = models.CharField(_("place"), max_length=100)
    country = models.CharField(_("country"), max_length=2, default="BE")
    mutuality = models.ForeignKey(Mutuality, on_delete=models.PROTECT, related_name="members")
    registration_number = models.CharField(_("registration number"), max_length=13, db_index=True)
    iban = EncryptedTextField(_("account number (IBAN)"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)

    objects: ClassVar = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mutuality", "registration_number"],
                name="a_registration_number_is_given_once",
                violation_error_message=_("Another member has this registration number."),
            )
        ]
        indexes: ClassVar = [GinIndex(NAME_WORDS, name="words_of_a_members_name")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"

    def has_on_their_side(self, user: User, on: date) -> bool:
        """Whether a user is this member, or acts for them on a day: such a user decides nothing about them."""
        return self.user_id == user.pk or self.mandates.on(on).filter(representative=user).exists()


class ContributionPeriod(DatedRow):
    """Days on which a member's contributions to the benefits are in order."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="contributions")

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("contributions in order")
        verbose_name_plural = _("contributions in order")
        constraints: ClassVar = [
            not_before("contributions_end_after_their_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "contributions_of_a_member_do_not_overlap",
                "member",
                message=_("This period overlaps another one of the same member."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.first_day} - {self.last_day or ''}"


class Dependency(DatedRow):
    """A person insured as a dependant of a member of the same household."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="dependants")
    dependant = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="dependencies")

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("dependant")
        constraints: ClassVar = [
            not_before("a_dependency_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            models.CheckConstraint(
                condition=~Q(holder=models.F("dependant")),
                name="nobody_depends_on_themselves",
                violation_error_message=_("A person cannot depend on themselves."),
            ),
            one_at_a_time(
                "a_person_depends_on_one_holder_at_a_time",
                "dependant",
                message=_("This person already depends on a member on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dependant} -> {self.holder}"


class CaregiverRecognition(DatedRow):
    """Days on which a member is recognised as the caregiver of another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    caregiver = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="recognitions")
    cared_for = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="caregivers")

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("recognised caregiver")
        constraints: ClassVar = [
            not_before("a_recognition_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            models.CheckConstraint(
                condition=~Q(caregiver=models.F("cared_for")),
                name="nobody_is_their_own_caregiver",
                violation_error_message=_("Nobody is their own caregiver."),
            ),
            one_at_a_time(
                "a_caregiver_is_recognised_once_at_a_time",
                "caregiver",
                "cared_for",
                message=_("This caregiver is already recognised on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caregiver} -> {self.cared_for}"


class Mandate(DatedRow):
    """The right of a user to act for a member."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="mandates")
    representative = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mandates"
    )
    basis = models.CharField(_("what the mandate rests on"), max_length=200)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        constraints: ClassVar = [
            not_before("a_mandate_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_mandate_of_two_people_runs_once_at_a_time",
                "member",
                "representative",
                message=_("This person already has a mandate on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.representative} -> {self.member}"


class HigherReimbursement(DatedRow):
    """Days on which a member has the right to higher reimbursement (BIM); it extends to those who depend on them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="higher_reimbursements")

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("higher reimbursement (BIM)")
        verbose_name_plural = _("higher reimbursement (BIM)")
        constraints: ClassVar = [
            not_before(
                "a_higher_reimbursement_ends_after_its_start", "first_day", "last_day", message=OPEN_END
            ),
            one_at_a_time(
                "higher_reimbursements_of_a_member_do_not_overlap",
                "member",
                message=_("This period overlaps another one of the same member."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.first_day} - {self.last_day or ''}"


class Tier(models.TextChoices):
    """The hospital insurances of the mutuality; who has none is in no row."""

    HOSPITALIA = "hospitalia", "Hospitalia"
    MEDIUM = "hospitalia_medium", "Hospitalia Medium"
    PLUS = "hospitalia_plus", "Hospitalia Plus"
    CONTINUITY = "hospitalia_continuity", "Hospitalia Continuity"


class HospitalInsurance(DatedRow):
    """Days on which a member is insured by one of the hospital insurances."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="hospital_insurances")
    tier = models.CharField(_("insurance"), max_length=24, choices=Tier)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("hospital insurance")
        constraints: ClassVar = [
            not_before(
                "a_hospital_insurance_ends_after_its_start", "first_day", "last_day", message=OPEN_END
            ),
            one_at_a_time(
                "a_member_has_one_hospital_insurance_at_a_time",
                "member",
                message=_("This member already has a hospital insurance on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_tier_display()} {self.first_day} - {self.last_day or ''}"


class SeriousIllnessOption(DatedRow):
    """Days on which a member has the option for care of a serious illness beside the hospital insurance."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="serious_illness_options")

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("serious-illness option")
        constraints: ClassVar = [
            not_before(
                "a_serious_illness_option_ends_after_its_start", "first_day", "last_day", message=OPEN_END
            ),
            one_at_a_time(
                "a_member_has_one_serious_illness_option_at_a_time",
                "member",
                message=_("This member already has this option on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.first_day} - {self.last_day or ''}"


class HospitalQuerySet(models.QuerySet["Hospital"]):
    """Hospitals, by name and by what they are on a day."""

    def open_on(self, day: date) -> Self:
        """Those that were not closed before a day."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gte=day))

    def named(self, text: str) -> Self:
        """Those whose name, street, place or postal code hold every word of a text, accents apart."""
        found = self
        for word in search_form(text).split():
            found = found.filter(search_text__contains=word)
        return found


class Hospital(models.Model):
    """A hospital in Belgium that a member can be admitted to."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street and number"), max_length=150)
    postal_code = models.CharField(_("postal code"), max_length=4)
    city = models.CharField(_("place"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    inami_number = models.CharField(_("INAMI number"), max_length=8, blank=True)
    closed_on = models.DateField(_("last day open"), null=True, blank=True)
    search_text = models.CharField(max_length=400, editable=False)

    objects: ClassVar = HospitalQuerySet.as_manager()

    class Meta:
        verbose_name = _("hospital")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "postal_code"],
                name="a_hospital_stands_once_in_the_list",
                violation_error_message=_("This hospital is already in the list."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Postal code and place."""
        return f"{self.postal_code} {self.city}"


class FranchiseList(models.Model):
    """The hospitals with a franchise in a calendar year, as a list that was taken over; without a list nobody knows."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(_("calendar year"), unique=True)
    hospitals = models.ManyToManyField(Hospital, related_name="franchise_lists", blank=True)
    source = models.CharField(_("source"), max_length=150)
    taken_over_on = models.DateField(_("taken over on"))

    class Meta:
        verbose_name = _("franchise list")

    def __str__(self) -> str:
        return str(self.year)


class StructureType(models.TextChoices):
    """What kind of place a residence is."""

    REST_HOME = "rest_home", _("Rest home")
    CONVALESCENCE_CENTRE = "convalescence_centre", _("Convalescence centre")
    PROTECTED_HOUSING = "protected_housing", _("Protected housing initiative")
    THERAPEUTIC_HOUSING = "therapeutic_housing", _("Specialised therapeutic housing")


class Label(models.TextChoices):
    """The four quality labels."""

    ACTIVATION = "activation", _("Activation")
    POST_CANCER = "post_cancer", _("Post-cancer")
    MENTAL_HEALTH = "mental_health", _("Mental health")
    ALZHEIMER = "alzheimer", _("Alzheimer")


class ResidenceQuerySet(models.QuerySet["Residence"]):
    """Residences, by who may see them and by what they are on a day."""

    def visible_to(self, user: User, on: date) -> Self:
        """All for those who manage them; else those one directs on that day."""
        return self if user.may(Permission.MANAGE_RESIDENCES) else self.directed_by(user, on)

    def partners(self, on: date) -> Self:
        """Those with a partner convention on a day."""
        return self.filter(pk__in=PartnerPeriod.objects.on(on).values("residence"))

    def public(self, on: date) -> Self:
        """Those with a public page: partners of that day or before."""
        return self.filter(pk__in=PartnerPeriod.objects.filter(first_day__lte=on).values("residence"))

    def directed_by(self, user: User, on: date) -> Self:
        """Those that a director runs on a day."""
        return self.filter(pk__in=Directorship.objects.on(on).filter(director=user).values("residence"))

    def with_label(self, label: str, on: date) -> Self:
        """Those that hold a label on a day."""
        return self.filter(pk__in=LabelGrant.objects.on(on).filter(label=label).values("residence"))

    def named(self, text: str) -> Self:
        """Those whose name, street, place or postal code hold every word of a text, accents apart."""
        found = self
        for word in search_form(text).split():
            found = found.filter(search_text__contains=word)
        return found


class Residence(models.Model):
    """A place to stay: partner for convalescence, rest home for short stays, or both."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address of its page"), max_length=90, unique=True)
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street and number"), max_length=150)
    postal_code = models.CharField(_("postal code"), max_length=4)
    city = models.CharField(_("place"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    structure_types = ArrayField(
        models.CharField(max_length=20, choices=StructureType), verbose_name=_("structure types")
    )
    accompanied = models.BooleanField(
        _("accompanied stays possible"),
        null=True,
        blank=True,
        help_text=_("Empty: to be asked from the residence."),
    )
    search_text = models.CharField(max_length=400, editable=False)

    objects: ClassVar = ResidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("residence")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(structure_types__len__gt=0),
                name="a_residence_has_a_structure_type",
                violation_error_message=_("Choose at least one structure type."),
            ),
            models.CheckConstraint(
                condition=Q(postal_code__regex=r"^[1-9][0-9]{3}$"),
                name="a_residence_has_a_belgian_postal_code",
                violation_error_message=_("The postal code has four figures."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The public page."""
        return reverse("registry:residence", args=[self.slug])

    @property
    def structures(self) -> list[str]:
        """The structure types in words."""
        return [str(StructureType(kind).label) for kind in self.structure_types]


class PartnerPeriod(DatedRow):
    """Days on which a residence is a partner of the mutuality."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residence = models.ForeignKey(Residence, on_delete=models.PROTECT, related_name="partner_periods")
    source = models.CharField(_("source"), max_length=150, blank=True)
    first_day_known = models.BooleanField(
        _("the first day is known"), default=True, help_text=_("No: the source bears no date.")
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner period")
        constraints: ClassVar = [
            not_before("a_partnership_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "partner_periods_of_a_residence_do_not_overlap",
                "residence",
                message=_("The residence already is a partner on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.residence}: {self.first_day} - {self.last_day or ''}"


class InamiApproval(DatedRow):
    """Days on which a rest home is approved by INAMI."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residence = models.ForeignKey(Residence, on_delete=models.PROTECT, related_name="inami_approvals")
    source = models.CharField(_("source"), max_length=150, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("INAMI approval")
        constraints: ClassVar = [
            not_before("an_approval_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "approvals_of_a_residence_do_not_overlap",
                "residence",
                message=_("The residence already is approved on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.residence}: {self.first_day} - {self.last_day or ''}"


class Directorship(DatedRow):
    """Days on which a user runs a residence."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residence = models.ForeignKey(Residence, on_delete=models.PROTECT, related_name="directorships")
    director = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="directorships"
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("directorship")
        constraints: ClassVar = [
            not_before("a_directorship_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_person_directs_a_residence_once_at_a_time",
                "residence",
                "director",
                message=_("This person already runs the residence on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.director} -> {self.residence}"


class LabelCriterion(DatedRow):
    """What a residence must prove for a label."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField(_("label"), max_length=20, choices=Label)
    code = models.SlugField(_("code"), max_length=40)
    text = models.CharField(_("criterion"), max_length=300)
    source = models.CharField(_("source"), max_length=150, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("label criterion")
        verbose_name_plural = _("label criteria")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["label", "code"], name="a_criterion_of_a_label_stands_once"),
            not_before("a_criterion_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
        ]

    def __str__(self) -> str:
        return self.text


class LabelGrant(DatedRow):
    """Days for which a label was granted to a residence; renewed by a new row, withdrawn by a last day and a reason."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residence = models.ForeignKey(Residence, on_delete=models.PROTECT, related_name="labels")
    label = models.CharField(_("label"), max_length=20, choices=Label)
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals"
    )
    withdrawn_because = models.TextField(_("why it was withdrawn"), blank=True)
    source = models.CharField(_("source"), max_length=150, blank=True)
    first_day_known = models.BooleanField(
        _("the first day is known"), default=True, help_text=_("No: the source bears no date.")
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("label")
        constraints: ClassVar = [
            not_before("a_label_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            models.CheckConstraint(
                condition=Q(withdrawn_because="") | Q(last_day__isnull=False),
                name="a_withdrawn_label_has_a_last_day",
                violation_error_message=_("A withdrawn label needs a last day."),
            ),
            # One constraint per label: a text cannot be compared in such an index without an extension.
            *(
                one_at_a_time(
                    f"a_residence_has_the_{label}_label_once_at_a_time",
                    "residence",
                    message=_("The residence already has this label on these days."),
                    condition=Q(label=label),
                )
                for label in Label.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.residence}: {self.get_label_display()}"


class LabelEvidence(models.Model):
    """What a residence showed for one criterion of a label: a text, a file, or both."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grant = models.ForeignKey(LabelGrant, on_delete=models.PROTECT, related_name="evidence")
    criterion = models.ForeignKey(LabelCriterion, on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField(_("seen on"))
    finding = models.TextField(_("finding"))
    upload = models.ForeignKey(
        "documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["grant", "criterion"], name="a_criterion_is_proved_once_per_grant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.grant}: {self.criterion}"


class MemberImport(FileImport):
    """A file of members."""

    class Meta:
        verbose_name = _("import")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=~Q(status="discarded"),
                name="a_file_of_members_is_imported_once",
                violation_error_message=_("This very file has been sent before."),
            )
        ]


class MemberImportLine(FileImportLine):
    """One line of a file of members."""

    member_import = models.ForeignKey(MemberImport, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        verbose_name = _("line")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member_import", "line_number"], name="a_line_of_an_import_stands_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["member_import", "status", "line_number"], name="lines_of_an_import_by_result"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_import}: {self.line_number}"
