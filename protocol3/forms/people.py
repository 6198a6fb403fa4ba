"""Forms of beneficiaries: who they are, with whom they are insured, and what is found about them."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partenamut.registry.forms import IS_PHONE, POSTAL_CODE, TEXT
from partenamut.registry.models import Insurer, Member
from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    NissField,
    PortalForm,
    Radios,
    UploadField,
)
from protocol3.models import (
    FinancingKind,
    FindingKind,
    Function,
    Instrument,
    Practitioner,
    Project,
    StayKind,
)
from protocol3.services.people_findings import BEHAVIOUR_ITEMS, MOST_BEHAVIOUR
from protocol3.services.people_stays import MOST

LONG = forms.Textarea(attrs={"rows": 5})
REGISTRATION = RegexValidator(
    r"^[0-9A-Za-z][0-9A-Za-z ./-]*$", _("“%(label)s” is written with figures, letters, dots and dashes.")
)


class InsurerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An insurer, by its name in the language of the page."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Insurer"))
        super().__init__(queryset=Insurer.objects.order_by("code"), widget=AutocompleteSelect, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Code and name."""
        return insurer_name(obj)


class CaseManagerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A case manager of a project; the form gives it those of its project."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Case manager"))
        super().__init__(queryset=Practitioner.objects.none(), empty_label=_("Nobody yet"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Name and profession."""
        return f"{obj.full_name}, {str(obj.get_profession_display()).lower()}"


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


class FactForm(PortalForm):
    """A fact; with `correction=True` a reason is asked, needed or (`reason_needed=False`) if the change asks for it."""

    reason_needed = True
    reason = forms.CharField(
        label=_("Why the data change"), help_text=_("It is kept in the history."), max_length=500, widget=TEXT
    )

    def __init__(self, *args: Any, correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not correction:
            del self.fields["reason"]
        elif not self.reason_needed:
            self.fields["reason"].required = False

    def not_after_today(self, *names: str) -> None:
        """Sets the last possible day of fields to today."""
        for name in names:
            field: Any = self.fields[name]
            field.max_value = localdate()


class PeriodFactForm(FactForm):
    """A fact of days, the last not before the first."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: no end is known yet."))

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned


# --- who they are -----------------------------------------------------------------------------------------


class NissForm(PortalForm):
    """Whom to include."""

    niss = NissField(label=_("NISS of the person"), help_text=_("As on the identity card: 85.07.30-033.28."))


class PersonForm(FactForm):
    """The data of a person."""

    niss = NissField(label=_("NISS"))
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    birth_date = DayField(label=_("Birth date"))
    language = forms.ChoiceField(label=_("Language"), choices=Member.Language.choices)
    street = forms.CharField(label=_("Street and number"), max_length=150, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=10, required=False, widget=POSTAL_CODE)
    city = forms.CharField(label=_("Place"), max_length=100, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[IS_PHONE])
    field_groups: Any = (
        (_("Identity"), ["niss", "last_name", "first_name", "birth_date", "language"]),
        (_("Address and phone"), ["street", "postal_code", "city", "phone"]),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_after_today("birth_date")


#: The data of a person without the number that names them.
PERSON = tuple(name for name in PersonForm.base_fields if name not in ("niss", "reason"))


class IncludeForm(PersonForm):
    """A person and their place in the project; of a person who is known only what is still to be said is asked."""

    niss = NissField(widget=forms.HiddenInput)
    insurer = InsurerField(empty_label=_("Choose an insurer"))
    registration_number = forms.CharField(
        label=_("Registration number with the insurer"),
        help_text=_("It stands on each individual note."),
        max_length=13,
        validators=[REGISTRATION],
    )
    insured_from = DayField(
        label=_("Insured there since"), required=False, help_text=_("Empty: from the day of inclusion.")
    )
    enrolled_on = DayField(label=_("Day of inclusion"))
    case_manager = CaseManagerField(required=False)
    field_groups = (
        (_("Identity"), ["last_name", "first_name", "birth_date", "language"]),
        (_("Address and phone"), ["street", "postal_code", "city", "phone"]),
        (_("Insurance"), ["insurer", "registration_number", "insured_from"]),
        (_("In the project"), ["enrolled_on", "case_manager"]),
    )

    def __init__(
        self, *args: Any, project: Project, is_known: bool = False, insured_with: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        give_case_managers(self, project)
        self.not_after_today("enrolled_on")
        for name in PERSON if is_known else ():
            del self.fields[name]
        if insured_with:
            self._only_if_another(insured_with)

    def _only_if_another(self, insurer: str) -> None:
        """Asks for an insurer only where the one on record is not that of the day of inclusion."""
        for name in ("insurer", "registration_number"):
            self.fields[name].required = False
        self.fields["insurer"].help_text = _("On record: %(insurer)s. Choose only if it is another one.") % {
            "insurer": insurer
        }

    def not_after_today(self, *names: str) -> None:
        """Only for what is asked."""
        super().not_after_today(*(name for name in names if name in self.fields))

    def clean(self) -> dict[str, Any]:
        """The insurance begins at inclusion or before, not before birth."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("insurer") and "registration_number" in cleaned and not cleaned["registration_number"]:
            self.add_error("registration_number", _("Fill in “%(label)s”."))
        since, included = cleaned.get("insured_from"), cleaned.get("enrolled_on")
        if since and included and since > included:
            self.add_error("insured_from", _("The insurance must have begun on the day of inclusion."))
        return cleaned

    def person(self) -> dict[str, Any]:
        """The data of the person, empty for one who is known."""
        return {name: self.cleaned_data[name] for name in PERSON if name in self.cleaned_data}


class CaseManagerForm(PortalForm):
    """Who manages the case."""

    case_manager = CaseManagerField(
        required=False, help_text=_("Trained in BelRAI, and not of the person's care team (art. 18).")
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_case_managers(self, project)


class ReceiptForm(PortalForm):
    """The signed receipt of the information sheet."""

    informed_on = DayField(label=_("Signed on"))
    receipt = UploadField(
        label=_("Signed receipt"), help_text=_("A PDF, a scan or a photo, 10 MB at most."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["informed_on"]
        field.max_value = localdate()


class LeaveForm(PortalForm):
    """The day a person leaves the project."""

    left_on = DayField(label=_("Last day in the project"))
    left_because = forms.CharField(
        label=_("Why"), help_text=_("For example: moved to another region."), max_length=200
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["left_on"]
        field.max_value = localdate()


class EndForm(FactForm):
    """Death, or entry in a rest home for good."""

    reason_needed = False
    died_on = DayField(label=_("Died on"), required=False)
    rest_home_entry = DayField(
        label=_("Entered a rest home for good on"),
        required=False,
        help_text=_("Not for a short stay: enter that as a stay."),
    )
    field_order = ("died_on", "rest_home_entry", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_after_today("died_on", "rest_home_entry")


# --- what is found ----------------------------------------------------------------------------------------


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


# --- what is decided --------------------------------------------------------------------------------------


class StartForm(PortalForm):
    """The first day of the period that a decision looks at."""

    period_start = DayField(
        label=_("Start of the period"),
        help_text=_("The day of the first service; the conditions are looked at on that day (art. 5)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["period_start"]
        field.max_value = localdate()


class DecideForm(StartForm):
    """The decision that was read: its day and the mark of its facts."""

    read = forms.CharField(max_length=64, widget=forms.HiddenInput)


class SecondSeriesForm(PortalForm):
    """A second series: the new event, and the concertation of the team."""

    event = forms.CharField(
        label=_("New event"),
        help_text=_(
            "What happened, and why more units are needed: a stay in hospital, a fall, a caregiver who stops."
        ),
        max_length=2000,
        widget=LONG,
    )
    concertation_on = DayField(label=_("Concertation of the team on"))
    taken_part = forms.CharField(
        label=_("Who took part"), help_text=_("Names and professions."), max_length=300, widget=TEXT
    )
    first_day = DayField(label=_("The second series begins on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["concertation_on"]
        field.max_value = localdate()


# --- choices ----------------------------------------------------------------------------------------------


def give_case_managers(form: PortalForm, project: Project) -> None:
    """Has a form offer the case managers of a project, and whoever is one already."""
    field: Any = form.fields["case_manager"]
    field.queryset = case_managers(project, localdate())


def case_managers(project: Project, on: date) -> Any:
    """Those who have the function of case manager in a project, on a day or before."""
    return (
        Practitioner.objects.filter(
            assignments__project=project,
            assignments__function=Function.CASE_MANAGER,
            assignments__first_day__lte=on,
        )
        .order_by("last_name", "first_name", "pk")
        .distinct()
    )


def insurer_name(insurer: Insurer) -> str:
    """Code and name of an insurer in the language of the page."""
    name = insurer.name_nl if get_language() == "nl" else insurer.name_fr
    return f"{insurer.code} {name}"


def values_of(row: Any, form: type[PortalForm]) -> dict[str, Any]:
    """The data of a row as a form shows them."""
    return {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}
