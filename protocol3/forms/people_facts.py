"""Forms of what is found about a beneficiary: scores, findings, caregivers, stays, insurers, units before."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partenamut.registry.forms import IS_PHONE
from partenamut.web.forms import (
    DayField,
    PortalForm,
    Radios,
    UploadField,
)
from protocol3.forms.people import (
    LONG,
    REGISTRATION,
    FactForm,
    InsurerField,
    PeriodFactForm,
)
from protocol3.models import (
    FinancingKind,
    FindingKind,
    Instrument,
    StayKind,
)
from protocol3.services.people_findings import BEHAVIOUR_ITEMS, MOST_BEHAVIOUR
from protocol3.services.people_stays import MOST


class BehaviourField(forms.CharField):
    """The five items of the behaviour scale in one line; cleaned to a list, None for nothing."""

    default_error_messages = {
        "items": _("“%(label)s” has five items; %(count)s are written. Write all five, or none."),
        "figures": _("“%(label)s” is written with five figures from 0 to 3, for example 0 0 1 0 0."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "govuk-input--width-10"}))
        super().__init__(max_length=40, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The five scores."""
        parts = [part for part in re.split(r"[\s,;/-]+", super().clean(value)) if part]
        if len(parts) == 1 and len(parts[0]) > 1:
            parts = list(parts[0])
        if not parts:
            return None
        if not all(len(part) == 1 and part in "0123456789" and int(part) <= MOST_BEHAVIOUR for part in parts):
            raise ValidationError(self.error_messages["figures"], code="figures")
        if len(parts) != BEHAVIOUR_ITEMS:
            text = self.error_messages["items"]
            raise ValidationError(text, code="items", params={"count": len(parts)})
        return [int(part) for part in parts]

    def prepare_value(self, value: Any) -> Any:
        """The stored scores in a line; a typed text as it was typed."""
        return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


class DecimalScoreField(forms.DecimalField):
    """A score with one decimal, typed with a comma or a point in any language."""

    default_error_messages = {"invalid": _("“%(label)s” is a number with one decimal, for example 1,5.")}

    def to_python(self, value: Any) -> Any:
        """The score."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def _score(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False)


class AssessmentForm(FactForm):
    """BelRAI scores of a day."""

    instrument = forms.ChoiceField(label=_("Instrument"), choices=Instrument.choices, widget=Radios)
    assessed_on = DayField(label=_("Assessed on"))
    assessed_by = forms.CharField(label=_("Assessed by"), help_text=_("Name and profession."), max_length=150)
    aivq = _score(_("AIVQ, instrumental activities (0 to 48)"), 48)
    avq = _score(_("AVQ, daily activities (0 to 16)"), 16)
    cps = _score(_("CPS, cognition (0 to 6)"), 6)
    cps2 = _score(_("CPS2, cognition (0 to 8)"), 8)
    psychic = DecimalScoreField(
        label=_("Psychic troubles"), min_value=0, max_value=99, max_digits=4, decimal_places=1, required=False
    )
    behaviour = BehaviourField(
        label=_("Behaviour, the last five items"), help_text=_("Five figures from 0 to 3: 0 0 1 0 0.")
    )
    field_groups = (
        (
            _("Scores: leave empty what was not assessed"),
            ["aivq", "avq", "cps", "cps2", "psychic", "behaviour"],
        ),
    )
    field_order = ("instrument", "assessed_on", "assessed_by", *field_groups[0][1], "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_after_today("assessed_on")


class FindingForm(PeriodFactForm):
    """A finding with its evidence."""

    kind = forms.ChoiceField(label=_("What was found"), choices=FindingKind.choices, widget=Radios)
    found_by = forms.CharField(label=_("Found by"), help_text=_("Name and profession."), max_length=150)
    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("What it rests on: the report, the fall and its day, what the person asked for."),
        max_length=2000,
        widget=LONG,
    )
    document = UploadField(label=_("Document"), required=False)
    field_order = ("kind", "first_day", "last_day", "found_by", "evidence", "document", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_after_today("first_day")
        self.fields["first_day"].label = _("Since")
        self.fields["first_day"].help_text = _("For a fall: the day of the fall.")
        self.fields["last_day"].help_text = _(
            "Empty: it still holds. A fall counts for 30 days, without another end."
        )


class FindingCorrectionForm(FindingForm):
    """A finding corrected or ended; another kind is another finding."""

    kind = None  # type: ignore[assignment]


class CaregiverForm(PortalForm):
    """A caregiver."""

    name = forms.CharField(label=_("Name"), max_length=150)
    relation = forms.CharField(
        label=_("Relation"), help_text=_("For example: daughter, neighbour."), max_length=100
    )
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[IS_PHONE])
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)


class StayForm(FactForm):
    """A stay away from home."""

    reason_needed = False
    kind = forms.ChoiceField(label=_("Stay"), choices=StayKind.choices, widget=Radios)
    place = forms.CharField(label=_("Where"), max_length=150, required=False)
    arrival = DayField(label=_("Arrival"), help_text=_("This day counts as a day of the stay."))
    departure = DayField(
        label=_("Departure"),
        required=False,
        help_text=_("This day does not count. Empty: still there."),
    )
    field_order = ("kind", "place", "arrival", "departure", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_after_today("arrival")
        if "reason" in self.fields:
            self.fields["reason"].help_text = _("Needed for a correction; not to write in the departure.")

    def clean(self) -> dict[str, Any]:
        """The departure after the arrival."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        arrival, departure = cleaned.get("arrival"), cleaned.get("departure")
        if arrival and departure and departure <= arrival:
            self.add_error("departure", _("The departure must come after the arrival."))
        return cleaned


class FinancingForm(PeriodFactForm):
    """Days that something else finances."""

    kind = forms.ChoiceField(label=_("Financing"), choices=FinancingKind.choices, widget=Radios)
    note = forms.CharField(
        label=_("What"),
        help_text=_("For example the name of the convention."),
        max_length=200,
        required=False,
    )
    field_order = ("kind", "first_day", "last_day", "note", "reason")


class InsurerForm(PortalForm):
    """Another insurer from a day on."""

    insurer = InsurerField(empty_label=_("Choose an insurer"))
    registration_number = forms.CharField(
        label=_("Registration number with the insurer"), max_length=13, validators=[REGISTRATION]
    )
    first_day = DayField(
        label=_("From"),
        help_text=_("The insurer before ends the day before; each day is billed to the insurer of that day."),
    )


class InsurerCorrectionForm(PeriodFactForm):
    """An affiliation corrected."""

    insurer = InsurerField(empty_label=None)
    registration_number = forms.CharField(
        label=_("Registration number with the insurer"), max_length=13, validators=[REGISTRATION]
    )
    field_order = ("insurer", "registration_number", "first_day", "last_day", "reason")


class PriorUnitsForm(FactForm):
    """What the convention before did."""

    reason_needed = False
    period_start = DayField(
        label=_("First day of the period"),
        required=False,
        help_text=_("Of the first service that was billed; empty where none was."),
    )
    initial_module = forms.BooleanField(label=_("The initial module was billed"), required=False)
    units = forms.IntegerField(
        label=_("Units of case management, occupational therapy and psychology"),
        min_value=0,
        max_value=MOST["units"],
    )
    group_units = forms.IntegerField(
        label=_("Of which in groups"), min_value=0, max_value=MOST["group_units"]
    )
    caregiver_group = forms.IntegerField(
        label=_("Units of groups for caregivers"), min_value=0, max_value=MOST["caregiver_group"]
    )
    care_education = forms.IntegerField(
        label=_("Units of care education"), min_value=0, max_value=MOST["care_education"]
    )
    source = forms.CharField(
        label=_("Source"), help_text=_("For example: notes of 2022, file of the project."), max_length=150
    )
    field_order = (
        "period_start",
        "initial_module",
        "units",
        "group_units",
        "caregiver_group",
        "care_education",
        "source",
        "reason",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_after_today("period_start")
        if "reason" in self.fields:
            self.fields["reason"].help_text = _("Needed where you correct what was recorded.")

    def clean(self) -> dict[str, Any]:
        """The units in groups are a part of the units."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        units, groups = cleaned.get("units"), cleaned.get("group_units")
        if units is not None and groups is not None and groups > units:
            self.add_error("group_units", _("The units in groups are a part of the units."))
        return cleaned
