"""Forms of projects: their data, conventions, yearly maximums and users."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.registry.forms import IS_PHONE, POSTAL_CODE, TEXT, OtherUserForm, PeriodForm
from partenamut.web.forms import EnterpriseField, EuroField, IbanField, PortalForm, Radios
from protocol3.forms.numbers import InamiField
from protocol3.messages import FAMILIES
from protocol3.models import Project, ProjectYear
from protocol3.rules.pseudocodes import ALTERNATIVES

LANGUAGES: Any = Project._meta.get_field("language").choices
FIRST_YEAR, LAST_YEAR = 2023, 2099
#: The letters and figures of a code; small letters are taken as capitals.
CODE = forms.TextInput(attrs={"class": "govuk-input--width-5", "autocapitalize": "characters"})


class CapitalsField(forms.RegexField):
    """A short code; small letters are taken as capitals."""

    def to_python(self, value: Any) -> Any:
        """The text in capitals."""
        text = super().to_python(value)
        return text.upper() if isinstance(text, str) else text


class OwnProjectForm(PortalForm):
    """What a project keeps up to date itself."""

    field_groups: Any = (
        (_("Address"), ["street", "postal_code", "city", "phone", "email"]),
        (_("Contact person for INAMI (art. 28 §4)"), ["contact_name", "contact_phone", "contact_email"]),
        (_("Notes"), ["account_holder", "signatory", "language"]),
    )

    street = forms.CharField(label=_("Street and number"), max_length=150)
    postal_code = forms.RegexField(
        label=_("Postal code"),
        regex=r"^[1-9][0-9]{3}$",
        max_length=4,
        widget=POSTAL_CODE,
        error_messages={"invalid": _("“%(label)s”: a Belgian postal code has four figures.")},
    )
    city = forms.CharField(label=_("Place"), max_length=100)
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("The phone or the e-mail address stands on the recapitulative note."),
        max_length=30,
        required=False,
        validators=[IS_PHONE],
    )
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    contact_name = forms.CharField(
        label=_("Name of the contact person"),
        help_text=_("The person who sends INAMI the numbers of services. Tell INAMI when it changes."),
        max_length=100,
        required=False,
    )
    contact_phone = forms.CharField(
        label=_("Direct phone"), max_length=30, required=False, validators=[IS_PHONE]
    )
    contact_email = forms.EmailField(
        label=_("E-mail address of the contact person"), required=False, max_length=254
    )
    account_holder = forms.CharField(label=_("Holder of the account"), max_length=100)
    signatory = forms.CharField(
        label=_("Person who signs the notes"),
        help_text=_("Certifies on the recapitulative note that the costs are exact."),
        max_length=100,
    )
    language = forms.ChoiceField(label=_("Language of its notes"), choices=LANGUAGES, widget=Radios)

    def clean(self) -> dict[str, Any]:
        """The data, with a phone or an address: the recapitulative note shows one of them (art. 24)."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = {"phone", "email"} - set(self.errors)
        if len(typed) == 2 and not cleaned.get("phone") and not cleaned.get("email"):
            self.add_error("phone", _("Fill in the phone or the e-mail address of the project."))
        return cleaned


class ProjectForm(OwnProjectForm):
    """All the data of a project; without its code once notes bear it."""

    field_order = ("name", "code", "inami_number", "enterprise_number", "iban")
    field_groups = (
        (_("Project"), ["name", "code"]),
        (_("Numbers"), ["inami_number", "enterprise_number", "iban"]),
        *OwnProjectForm.field_groups,
        (_("Alternative services"), ["alternatives"]),
    )

    name = forms.CharField(label=_("Name"), max_length=150)
    code = CapitalsField(
        label=_("Code"),
        help_text=_("It stands at the head of the numbers of its notes, for example NAM-2023-000001."),
        regex=r"^[A-Z][A-Z0-9]{1,5}$",
        max_length=6,
        widget=CODE,
        error_messages={"invalid": _("“%(label)s” has two to six capitals or figures, a letter first.")},
    )
    inami_number = InamiField(label=_("INAMI number"))
    enterprise_number = EnterpriseField(label=_("Enterprise number (BCE)"))
    iban = IbanField(label=_("Account number (IBAN)"))
    alternatives = forms.MultipleChoiceField(
        label=_("Alternative services offered in 2022"),
        help_text=_("Only what a project offered in 2022 is billable (art. 5, 2). Leave all open if none."),
        choices=[(code, FAMILIES[code]) for code in ALTERNATIVES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, code_stays: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if code_stays:
            del self.fields["code"]


class ConventionForm(PeriodForm):
    """The days of a convention with INAMI."""

    field_order = ("reference", "first_day", "last_day", "note")
    reference = forms.CharField(label=_("Reference of the convention"), max_length=100, required=False)


class YearForm(PortalForm):
    """The maximums of a calendar year."""

    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    allowance_maximum = EuroField(
        label=_("Maximum of the operating allowance"),
        help_text=_("For the whole calendar year, as INAMI set it for this project (art. 23)."),
    )
    alternatives_maximum = EuroField(
        label=_("Maximum of night visits and care education"),
        help_text=_("The yearly amount of the convention (art. 2, 1 c); empty if it names none."),
        required=False,
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)

    def __init__(self, *args: Any, project: Project, year: ProjectYear | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        if year is not None:
            del self.fields["year"]
        if not set(project.alternatives) & {"night_visit", "care_education"}:
            del self.fields["alternatives_maximum"]

    def clean_year(self) -> int:
        """A year that has no maximum yet."""
        year: int = self.cleaned_data["year"]
        if self.project.years.filter(year=year).exists():
            raise forms.ValidationError(_("This year already has its maximum: change that one."))
        return year


class WorksForForm(OtherUserForm):
    """A user who works for a project, found by the address they log in with."""


def project_values(project: Project, fields: Any) -> dict[str, Any]:
    """The data of a project as a form shows them."""
    return {name: getattr(project, name) for name in fields}
