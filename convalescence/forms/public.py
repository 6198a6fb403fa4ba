"""The questions of the open eligibility check."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convalescence.models import Benefit, MedicalCriterion
from convalescence.rules import Caregiver, Convalescence, ShortStay, Stay
from convalescence.rules import Request as Facts
from partenamut.periods import Period
from partenamut.web.forms import DayField, PortalForm, YesNoField

ANONYMOUS = "check"


class CheckForm(PortalForm):
    """What every benefit asks; a "no" is an answer, never an error."""

    arrival = DayField(label=_("Day of arrival"), help_text=_("For example, 07 03 2026. This day counts."))
    departure = DayField(label=_("Day of departure"), help_text=_("This day does not count."))
    contributions = YesNoField(
        label=_("Are your contributions in order?"),
        help_text=_("Those for the Partenamut benefits, on all days of the stay."),
    )

    def clean(self) -> dict[str, Any]:
        """The only dates that are refused are impossible ones."""
        cleaned: dict[str, Any] = super().clean() or {}
        arrival, departure = cleaned.get("arrival"), cleaned.get("departure")
        if arrival and departure and departure <= arrival:
            self.add_error("departure", _("The departure must come after the arrival."))
        return cleaned

    @property
    def stay(self) -> Stay:
        """The stay that was typed."""
        return Stay(self.cleaned_data["arrival"], self.cleaned_data["departure"])

    def facts(self, today: date) -> Facts:
        """The answers as the facts of the rules."""
        raise NotImplementedError

    def holds(self, name: str) -> tuple[Period, ...]:
        """The whole stay where the answer is yes, no day where it is no."""
        stay = self.stay.days
        return (Period(stay.first, stay.last),) if self.cleaned_data[name] else ()

    @property
    def used(self) -> dict[int, int]:
        """The days that were granted before, in the year of arrival."""
        return {self.stay.arrival.year: self.cleaned_data.get("days_used") or 0}


def _days_used(limit: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("How many days were you granted before, in the year of arrival?"),
        help_text=_("Leave it empty if there were none."),
        min_value=0,
        max_value=limit,
        required=False,
    )


class ConvalescenceCheck(CheckForm):
    """Convalescence in a partner residence."""

    criteria = forms.MultipleChoiceField(
        label=_("Why do you need to recover?"),
        help_text=_("Tick all that apply to you. Tick nothing if none does."),
        choices=MedicalCriterion.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    partner = YesNoField(
        label=_("Is the residence a partner of Partenamut?"), help_text=_("The list of residences tells you.")
    )
    days_used = _days_used(28)

    field_order = ("criteria", "partner", "arrival", "departure", "days_used", "contributions")
    mark_optional = False

    def facts(self, today: date) -> Convalescence:
        """The facts of a stay asked for today."""
        return Convalescence(
            id=ANONYMOUS,
            submitted_on=today,
            stay=self.stay,
            criteria=tuple(self.cleaned_data["criteria"]),
            partner=self.holds("partner"),
            contributions=self.holds("contributions"),
            days_used=self.used,
        )


class ShortStayCheck(CheckForm):
    """Short stay in a rest home."""

    rest_home = YesNoField(label=_("Is the residence a rest home?"))
    approved = YesNoField(label=_("Has INAMI approved it?"), help_text=_("The rest home can tell you."))
    days_used = _days_used(14)
    invoice = YesNoField(
        label=_("Do you have the invoice of the rest home?"),
        help_text=_("You get it after the stay; it can come later."),
    )

    field_order = ("rest_home", "approved", "arrival", "departure", "days_used", "contributions", "invoice")
    mark_optional = False

    def facts(self, today: date) -> ShortStay:
        """The facts of a claim."""
        return ShortStay(
            id=ANONYMOUS,
            stay=self.stay,
            rest_home=self.cleaned_data["rest_home"],
            inami_approved=self.holds("approved"),
            contributions=self.holds("contributions"),
            days_used=self.used,
            invoice_received=self.cleaned_data["invoice"],
        )


class CaregiverCheck(CheckForm):
    """The caregiver who accompanies a stay."""

    granted = YesNoField(label=_("Is the convalescence stay of the person you care for granted?"))
    recognised = YesNoField(label=_("Has Partenamut recognised you as this person's caregiver?"))

    field_order = ("granted", "recognised", "arrival", "departure", "contributions")

    def facts(self, today: date) -> Caregiver:
        """The facts of a claim for days within the stay."""
        return Caregiver(
            id=ANONYMOUS,
            cared_for_stay=self.stay,
            cared_for_granted=self.cleaned_data["granted"],
            stay=self.stay,
            recognised=self.holds("recognised"),
            contributions=self.holds("contributions"),
            extension=False,
        )


CHECKS: dict[str, type[CheckForm]] = {
    Benefit.CONVALESCENCE: ConvalescenceCheck,
    Benefit.SHORT_STAY: ShortStayCheck,
    Benefit.CAREGIVER: CaregiverCheck,
}
