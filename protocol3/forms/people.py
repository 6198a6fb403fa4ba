"""Forms of beneficiaries: who they are, their inclusion in a project, its end; what the other forms about them share."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partenamut.registry.forms import IS_PHONE, POSTAL_CODE, TEXT, DaysForm
from partenamut.registry.models import Insurer, Member
from partenamut.sentences import within
from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    NissField,
    PortalForm,
    UploadField,
)
from protocol3.models import (
    Function,
    Practitioner,
    Project,
)

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
        return f"{obj.full_name}, {within(obj.get_profession_display())}"


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


class PeriodFactForm(DaysForm, FactForm):
    """A fact of days."""


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
