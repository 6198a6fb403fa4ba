"""Projects with their conventions and yearly limits, those who work for them, and the amounts of the services."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.constraints import not_before, one_at_a_time
from partenamut.fields import EuroField
from partenamut.registry.models import OPEN_END, DatedQuerySet, DatedRow
from protocol3.messages import FAMILIES, PROFESSIONS, RATES
from protocol3.rules.pseudocodes import ALTERNATIVES


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects, by who may see them."""

    def visible_to(self, user: User, on: date) -> Self:
        """All for those who manage them; else those one works for on that day."""
        return self if user.may(Permission.MANAGE_PROJECTS) else self.worked_for(user, on)

    def worked_for(self, user: User, on: date) -> Self:
        """Those a user works for on a day."""
        return self.filter(pk__in=ProjectUser.objects.on(on).filter(user=user).values("project"))


class Project(models.Model):
    """A care project with a convention with INAMI."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(
        _("code"),
        max_length=6,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z][A-Z0-9]{1,5}$", _("Two to six capitals or figures, a letter first."))
        ],
        help_text=_("It stands at the head of the numbers of its notes, for example NAM-2023-000001."),
    )
    name = models.CharField(_("name"), max_length=150)
    street = models.CharField(_("street and number"), max_length=150)
    postal_code = models.CharField(_("postal code"), max_length=4)
    city = models.CharField(_("place"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    inami_number = models.CharField(_("INAMI number"), max_length=11)
    enterprise_number = models.CharField(_("enterprise number (BCE)"), max_length=10)
    iban = models.CharField(_("account number (IBAN)"), max_length=34)
    account_holder = models.CharField(_("holder of the account"), max_length=100)
    signatory = models.CharField(_("person who signs the notes"), max_length=100)
    contact_name = models.CharField(_("contact person for INAMI"), max_length=100, blank=True)
    contact_phone = models.CharField(_("direct phone"), max_length=30, blank=True)
    contact_email = models.EmailField(_("e-mail address of the contact person"), blank=True)
    language = models.CharField(
        _("language of its notes"),
        max_length=2,
        choices=[("fr", "Français"), ("nl", "Nederlands")],
        default="fr",
    )
    alternatives = ArrayField(
        models.CharField(max_length=20, choices=[(code, FAMILIES[code]) for code in ALTERNATIVES]),
        verbose_name=_("alternative services offered in 2022"),
        default=list,
        blank=True,
    )

    objects: ClassVar = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")

    def __str__(self) -> str:
        return self.name


class Convention(DatedRow):
    """Days of a project's convention with INAMI; outside of them a service has no legal basis."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="conventions")
    reference = models.CharField(_("reference"), max_length=100, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("convention with INAMI")
        verbose_name_plural = _("conventions with INAMI")
        constraints: ClassVar = [
            not_before("a_convention_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_project_has_one_convention_at_a_time",
                "project",
                message=_("The project already has a convention on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.first_day} - {self.last_day or ''}"


class ProjectYear(models.Model):
    """The maximum of the operating allowance of a project in a calendar year (art. 23), in euros."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField(_("year"))
    allowance_maximum = EuroField(_("maximum of the operating allowance"), validators=[MinValueValidator(0)])
    alternatives_maximum = EuroField(  # type: ignore[misc]
        _("maximum of night visits and care education"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Art. 2, 1 c: the yearly amount of the convention; empty where the project offers none."),
    )

    class Meta:
        verbose_name = _("maximum of a year")
        verbose_name_plural = _("maximums of years")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "year"],
                name="a_project_has_one_maximum_a_year",
                violation_error_message=_("This year already has its maximum: change that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.year}"


class ProjectUser(DatedRow):
    """Days on which a user works for a project in the portal."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="users")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="projects", verbose_name=_("user")
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("user of a project")
        verbose_name_plural = _("users of a project")
        constraints: ClassVar = [
            not_before("work_for_a_project_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            one_at_a_time(
                "a_user_works_for_a_project_once_at_a_time",
                "project",
                "user",
                message=_("This person already works for the project on these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} -> {self.project}"


class Practitioner(models.Model):
    """A person who gives services: their profession, visa and training (art. 17 to 20)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="practitioner",
        verbose_name=_("log-in"),
    )
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    profession = models.CharField(_("profession"), max_length=25, choices=list(PROFESSIONS.items()))
    inami_number = models.CharField(_("INAMI number"), max_length=11, blank=True)
    visa = models.CharField(_("visa number"), max_length=30, blank=True)
    belrai_trained_on = models.DateField(_("trained in BelRAI on"), null=True, blank=True)

    class Meta:
        verbose_name = _("practitioner")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


class Function(models.TextChoices):
    """The functions that the convention finances (art. 16bis and 17)."""

    CASE_MANAGER = "case_manager", _("Case manager")
    OCCUPATIONAL_THERAPIST = "occupational_therapist", _("Occupational therapist")
    PSYCHOLOGIST = "psychologist", _("Psychologist or clinical orthopedagogue")
    CARE_ASSISTANT = "care_assistant", _("Care assistant")
    EDUCATOR = "educator", _("Leader of groups or care education")


class Assignment(DatedRow):
    """Days on which a practitioner has a function in a project, with the hours a week (art. 17 §2)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="assignments")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="assignments")
    function = models.CharField(_("function"), max_length=25, choices=Function)
    hours_per_week = models.DecimalField(
        _("hours a week"), max_digits=4, decimal_places=1, validators=[MinValueValidator(0)]
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("function in a project")
        verbose_name_plural = _("functions in a project")
        constraints: ClassVar = [
            not_before("an_assignment_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            models.CheckConstraint(
                condition=Q(hours_per_week__gte=0, hours_per_week__lte=60),
                name="hours_a_week_are_possible",
                violation_error_message=_("The hours a week lie between 0 and 60."),
            ),
            # One constraint per function: a text cannot be compared in such an index without an extension.
            *(
                one_at_a_time(
                    f"one_{function}_function_at_a_time",
                    "project",
                    "practitioner",
                    message=_("This person already has the function on these days."),
                    condition=Q(function=function),
                )
                for function in Function.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner}: {self.get_function_display()}"


class Rate(DatedRow):
    """Euros a unit of a service, from a first to a last day, with their source (art. 22)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rate_key = models.CharField(_("service"), max_length=30, choices=list(RATES.items()))
    amount = EuroField(_("amount a unit"), validators=[MinValueValidator(0)])
    source = models.CharField(_("source"), max_length=150)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("amount of a service")
        verbose_name_plural = _("amounts of services")
        constraints: ClassVar = [
            not_before("an_amount_ends_after_its_start", "first_day", "last_day", message=OPEN_END),
            *(
                one_at_a_time(
                    f"one_{key}_amount_at_a_time",
                    message=_("This service already has an amount on these days."),
                    condition=Q(rate_key=key),
                )
                for key in RATES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rate_key_display()}: {self.amount}"
