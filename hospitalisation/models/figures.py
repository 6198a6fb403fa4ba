"""The figures of the insurances and of the patient's share a day as dated rows that an administrator edits."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hospitalisation.messages import figure_name
from hospitalisation.rules.terms import WITHOUT_VALUE, Measure, Name
from partenamut.fields import EuroField
from partenamut.registry.models import Tier


class TierFigure(models.Model):
    """A figure of an insurance from a day on, until the next row of the same figure; it stands instead of the published one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    tier = models.CharField(_("insurance"), max_length=24, choices=Tier)
    name = models.CharField(_("figure"), max_length=40, choices=[(name.value, name.value) for name in Name])
    first_day = models.DateField(_("first day"))
    measure = models.CharField(
        _("measure"), max_length=20, choices=[(measure.value, measure.value) for measure in Measure]
    )
    value = models.DecimalField(
        _("value"), max_digits=9, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    source = models.CharField(_("source"), max_length=200)
    to_confirm = models.BooleanField(_("to be confirmed"), default=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure of an insurance")
        verbose_name_plural = _("figures of the insurances")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tier", "name", "first_day"],
                condition=Q(withdrawn_at=None),
                name="a_figure_starts_once_a_day",
                violation_error_message=_("This figure already has a version from that day on."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="a_figure_is_not_negative",
                violation_error_message=_("A figure is zero or more."),
            ),
            models.CheckConstraint(
                condition=~Q(measure__in=[measure.value for measure in WITHOUT_VALUE]) | Q(value=0),
                name="a_figure_without_value_has_none",
                violation_error_message=_("This measure has no value: leave it at zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()}: {figure_name(self.name)}"


class DayShareRow(models.Model):
    """Euros a day that stay with the patient in hospital, by category, from a day on."""

    class Category(models.TextChoices):
        """The categories of patients that the share a day knows."""

        BIM = "bim", _("Higher reimbursement (BIM)")
        CHILD = "child", _("Dependent child")
        ORDINARY_WITH_DEPENDANTS = "ordinary_with_dependants", _("Ordinary, with dependants")
        ORDINARY = "ordinary", _("Ordinary")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    category = models.CharField(_("category"), max_length=24, choices=Category)
    valid_from = models.DateField(_("first day"))
    first_day = EuroField(_("first day of the stay"))
    following_days = EuroField(_("following days"))
    from_day_91 = EuroField(_("from the 91st day"))
    source = models.CharField(_("source"), max_length=150)

    class Meta:
        verbose_name = _("patient's share a day")
        verbose_name_plural = _("patient's shares a day")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["category", "valid_from"],
                name="a_share_a_day_starts_once",
                violation_error_message=_("This category already has amounts from that day on."),
            ),
            models.CheckConstraint(
                condition=Q(first_day__gte=0, following_days__gte=0, from_day_91__gte=0),
                name="a_share_a_day_is_not_negative",
                violation_error_message=_("An amount is zero or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.valid_from}"
