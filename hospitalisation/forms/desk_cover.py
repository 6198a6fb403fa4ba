"""Forms of the cover of a member and of what is supposed of a bill."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from hospitalisation.forms.desk_queue import RowField
from hospitalisation.forms.lines import MOST_ROWS
from hospitalisation.models import ClaimLine, Room
from hospitalisation.readings.whatif import AS_IS, NO, YES
from hospitalisation.rules import HospitalCover, Tier
from partenamut.registry.models import Hospital
from partenamut.registry.models import Tier as Insurance
from partenamut.web.forms import AutocompleteSelect, DayField, EuroField, PortalForm, Radios

#: Rows that one click adds.
MORE = 5
TIERS = [(Tier.NONE.value, _("No hospital insurance")), *Insurance.choices]


class CoverDayForm(PortalForm):
    """The day on which a cover is looked at."""

    day = DayField(label=_("Cover on"))


class SupposeForm(PortalForm):
    """What is supposed of a bill; begins with the facts as they are."""

    tier = forms.ChoiceField(label=_("Insurance"), choices=TIERS)
    room = forms.ChoiceField(label=_("Room"), choices=Room.choices, widget=Radios)
    doctor = forms.ChoiceField(
        label=_("Have the doctors agreed to the tariffs?"),
        choices=[(AS_IS, _("As on the bill")), (YES, _("All have")), (NO, _("None has"))],
        initial=AS_IS,
        widget=Radios,
    )
    franchise = forms.ChoiceField(
        label=_("Is the hospital on the franchise list?"),
        choices=[(AS_IS, _("As the list says")), (YES, _("Yes")), (NO, _("No"))],
        initial=AS_IS,
        widget=Radios,
    )
    used = EuroField(label=_("Paid already by the insurance that year"), required=False)


def initial_of(facts: HospitalCover) -> dict[str, Any]:
    """The facts as the form shows them."""
    return {
        "tier": facts.tier.value,
        "room": facts.room,
        "doctor": AS_IS,
        "franchise": AS_IS,
        "used": facts.intervention_used_this_year,
    }


class TypedStayForm(PortalForm):
    """The stay of a bill that is nowhere stored."""

    hospital = RowField(
        label=_("Hospital"),
        queryset=Hospital.objects.none(),
        required=False,
        widget=AutocompleteSelect,
        help_text=_("Only the franchise depends on it."),
    )
    admission = DayField(label=_("Admission"))
    discharge = DayField(label=_("Discharge"))
    day_hospital = forms.BooleanField(label=_("Day hospital (no night)"), required=False)
    room = forms.ChoiceField(label=_("Room"), choices=Room.choices, widget=Radios)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_hospitals(self)

    def clean(self) -> dict[str, Any]:
        """Days in their order; a day hospital has no night."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        check_days(self, cleaned)
        return cleaned


def offer_hospitals(form: Any) -> None:
    """Has the field `hospital` offer every hospital by name and place."""
    field: Any = form.fields["hospital"]
    field.queryset = Hospital.objects.order_by("name", "pk")
    field.label_from_instance = lambda row: f"{row.name}, {row.place}"


def check_days(form: Any, cleaned: dict[str, Any]) -> None:
    """Says at the discharge what is wrong with both days of a stay."""
    admission, discharge = cleaned.get("admission"), cleaned.get("discharge")
    if admission and discharge and discharge < admission:
        form.add_error("discharge", _("The discharge lies before the admission."))
    elif admission and discharge and cleaned.get("day_hospital") and discharge != admission:
        form.add_error("discharge", _("A day hospital has no night: both days are the same."))


def needs_lines(form: Any, formset: Any, lines: list[ClaimLine]) -> bool:
    """Whether a bill has lines; says so at its first row where it has none."""
    if lines:
        return True
    sentence = _("Enter at least one line of the bill.")
    if formset.forms:
        formset.forms[0].add_error("billed", sentence)
    else:
        form.add_error(None, sentence)
    return False


def more_rows(typed: QueryDict, prefix: str = "lines") -> QueryDict:
    """What was typed, with some more empty rows where they were asked for."""
    count = typed.get(f"{prefix}-TOTAL_FORMS", "")
    if "more" not in typed or not (count.isascii() and count.isdigit()):
        return typed
    data = typed.copy()
    data[f"{prefix}-TOTAL_FORMS"] = str(min(int(count[:4]) + MORE, MOST_ROWS))
    return data
