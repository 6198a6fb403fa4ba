"""Forms of the tools at the desk: what if, orientation, recognitions."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from convalescence.forms.desk import RowField
from convalescence.models import Benefit, MedicalCriterion
from convalescence.readings.whatif import ALWAYS, NEVER, REGISTRY, dated_names, years_of
from convalescence.rules import Caregiver, Convalescence, ShortStay
from convalescence.rules import Request as Facts
from partenamut.registry.models import Label, Residence, StructureType
from partenamut.web.forms import AutocompleteSelect, DayField, PortalForm, Radios, YesNoField

DATED = [
    (REGISTRY, _("As the registry says")),
    (ALWAYS, _("On every day of the stay")),
    (NEVER, _("On no day")),
]
MOST_DAYS = 366


class StayForm(PortalForm):
    """Both dates of a stay, of a night at least."""

    arrival = DayField(label=_("Arrival"))
    departure = DayField(label=_("Departure"))

    def clean(self) -> dict[str, Any]:
        """A departure after the arrival."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        arrival, departure = cleaned.get("arrival"), cleaned.get("departure")
        if arrival and departure and departure <= arrival:
            self.add_error("departure", _("The departure must come after the arrival."))
        return cleaned


class SupposeForm(StayForm):
    """What is supposed of the facts; begins with the facts as they are."""

    def __init__(self, *args: Any, facts: Facts, **kwargs: Any) -> None:
        kwargs["initial"] = initial_of(facts)
        super().__init__(*args, **kwargs)
        for name, label in dated_names(facts).items():
            self.fields[name] = forms.ChoiceField(label=label, choices=DATED, initial=REGISTRY)
        for year in years_of(facts):
            label = _("Days used in %(year)d") % {"year": year}
            self.fields[f"used_{year}"] = forms.IntegerField(label=label, min_value=0, max_value=MOST_DAYS)
        self._own(facts)
        for name in self.fields:
            self._prepare(name)

    def _own(self, facts: Facts) -> None:
        match facts:
            case Convalescence():
                self.fields["submitted_on"] = DayField(label=_("Sent on"))
                self.fields["criteria"] = forms.MultipleChoiceField(
                    label=_("Medical criteria"),
                    choices=MedicalCriterion.choices,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
            case ShortStay():
                self.fields["rest_home"] = YesNoField(label=_("Is it a rest home?"))
                self.fields["invoice_received"] = YesNoField(label=_("Has the invoice come in?"))
            case Caregiver():
                self.fields["cared_for_granted"] = YesNoField(
                    label=_("Is the stay of the person cared for granted?")
                )
                self.fields["extension"] = YesNoField(label=_("Is the extension to 28 days granted?"))
                self.fields["days_used_in_stay"] = forms.IntegerField(
                    label=_("Days already paid for this stay"), min_value=0, max_value=MOST_DAYS
                )

    def _prepare(self, name: str) -> None:
        from partenamut.web.forms import prepare_field

        prepare_field(name, self.fields[name])


def initial_of(facts: Facts) -> dict[str, Any]:
    """The facts as the form shows them."""
    values: dict[str, Any] = {"arrival": facts.stay.arrival, "departure": facts.stay.departure}
    for name in (
        "submitted_on",
        "rest_home",
        "invoice_received",
        "cared_for_granted",
        "extension",
        "days_used_in_stay",
    ):
        if hasattr(facts, name):
            values[name] = getattr(facts, name)
    if isinstance(facts, Convalescence):
        values["criteria"] = list(facts.criteria)
    if not isinstance(facts, Caregiver):
        values |= {f"used_{year}": facts.days_used.get(year, 0) for year in years_of(facts)}
    return values


class MemberStayForm(StayForm):
    """A stay that a member thinks of, before any request."""

    benefit = forms.ChoiceField(
        label=_("Benefit"),
        choices=[
            (Benefit.CONVALESCENCE, Benefit.CONVALESCENCE.label),
            (Benefit.SHORT_STAY, Benefit.SHORT_STAY.label),
        ],
        widget=Radios,
    )
    residence = RowField(
        label=_("Residence"),
        queryset=Residence.objects.none(),
        required=False,
        widget=AutocompleteSelect,
    )

    criteria = forms.MultipleChoiceField(
        label=_("Medical criteria"),
        choices=MedicalCriterion.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["residence"]
        field.queryset = Residence.objects.order_by("name", "pk")
        field.label_from_instance = lambda row: f"{row.name}, {row.postal_code} {row.city}"


class NeedForm(StayForm):
    """What a member looks for in a residence."""

    label = forms.ChoiceField(
        label=_("Quality label"), choices=[("", _("Any")), *Label.choices], required=False
    )
    structure = forms.ChoiceField(
        label=_("Kind of place"), choices=[("", _("Any")), *StructureType.choices], required=False
    )
    postal_code = forms.CharField(
        label=_("Near this postal code"),
        max_length=4,
        required=False,
        validators=[RegexValidator(r"^[1-9][0-9]{3}$", _("A Belgian postal code has four figures."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
    )
    accompanied = forms.BooleanField(label=_("Somebody comes along"), required=False)


class AnswerForm(PortalForm):
    """The answer to a request to recognise a caregiver."""

    verdict = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("recognise", _("Recognise")), ("refuse", _("Refuse"))],
        widget=Radios,
    )
    first_day = DayField(label=_("From"), required=False)
    last_day = DayField(label=_("Until"), help_text=_("Empty: until further notice."), required=False)
    answer = forms.CharField(
        label=_("Reason or remark"),
        help_text=_("Both people read it in their letter. Needed for a refusal."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_groups = [(_("Recognised"), ["first_day", "last_day"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"first_day": localdate()})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A first day to recognise, a reason to refuse."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        verdict, first, last = (cleaned.get(name) for name in ("verdict", "first_day", "last_day"))
        if verdict == "recognise" and first is None and "first_day" not in self.errors:
            self.add_error("first_day", _("Enter the first day of the recognition."))
        if verdict == "recognise" and first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        if verdict == "refuse" and not (cleaned.get("answer") or "").strip():
            self.add_error("answer", _("Write why the caregiver is not recognised."))
        return cleaned
