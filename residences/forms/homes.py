"""Forms of a rest home: what the mutuality keeps of it, what its director keeps, the account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.registry.models import Residence, StructureType
from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    EnterpriseField,
    IbanField,
    PortalForm,
    Radios,
)
from residences.models import Allowed, RestHome
from residences.models.homes import OPERATING_TITLE

LANGUAGES: Any = RestHome._meta.get_field("language").choices
LINES = forms.Textarea(attrs={"rows": 4})
MOST_BEDS = 999


class CapitalsField(forms.RegexField):
    """A short text of capitals; small letters are taken as capitals."""

    def to_python(self, value: Any) -> Any:
        """The text in capitals."""
        text = super().to_python(value)
        return text.upper() if isinstance(text, str) else text


class KeptForm(PortalForm):
    """What only the mutuality changes of a home: its operator and its operating title."""

    field_groups: Any = (
        (_("Operator"), ["operator", "enterprise_number"]),
        (_("Operating title"), ["operating_title", "allowed"]),
    )

    operator = forms.CharField(
        label=_("Operator"), help_text=_("As conventions name the manager of the home."), max_length=120
    )
    enterprise_number = EnterpriseField(label=_("Enterprise number (BCE)"), required=False)
    operating_title = CapitalsField(
        label=_("Number of the operating title"),
        help_text=_("For example MR/192.094.112."),
        regex=OPERATING_TITLE,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
        error_messages={"invalid": _("“%(label)s” is written like MR/192.094.112.")},
    )
    allowed = forms.MultipleChoiceField(
        label=_("What the title allows"), choices=Allowed.choices, widget=forms.CheckboxSelectMultiple
    )


class OwnHomeForm(PortalForm):
    """What the home itself keeps up to date."""

    field_groups: Any = (
        (_("Who signs for the home"), ["manager_name", "manager_function"]),
        (_("The home"), ["capacity", "language"]),
        (_("What conventions say besides"), ["courts", "house_rules_dated"]),
    )

    manager_name = forms.CharField(label=_("Represented by"), max_length=120)
    manager_function = forms.CharField(
        label=_("Function"), help_text=_("For example director."), max_length=80
    )
    capacity = forms.IntegerField(
        label=_("Number of authorised beds"),
        help_text=_("As on the operating title; never more beds than that are in service together."),
        min_value=1,
        max_value=MOST_BEDS,
    )
    language = forms.ChoiceField(
        label=_("Language of the home"),
        help_text=_("Of its lists and of the invoices it keeps; residents have papers in their own."),
        choices=LANGUAGES,
        widget=Radios,
    )
    courts = forms.CharField(
        label=_("Competent courts (art. 11)"),
        help_text=_("One a line, each with its address."),
        max_length=1000,
        required=False,
        widget=LINES,
    )
    house_rules_dated = DayField(
        label=_("Day of the internal rules"),
        help_text=_("Of the version that residents get before they sign."),
        required=False,
    )


class OpenHomeForm(KeptForm, OwnHomeForm):
    """A residence of the registry opened as a rest home."""

    field_order = ("residence", "code", "operator", "enterprise_number", "operating_title", "allowed")
    field_groups = (
        (_("Residence"), ["residence", "code"]),
        *KeptForm.field_groups,
        *OwnHomeForm.field_groups,
    )

    residence = forms.ModelChoiceField(
        label=_("Residence of the registry"),
        help_text=_("Rest homes only; a residence that is not there yet is entered in the registry first."),
        queryset=Residence.objects.none(),
        widget=AutocompleteSelect,
    )
    code = CapitalsField(
        label=_("Short code"),
        help_text=_(
            "Two to six letters, at the head of the numbers of conventions and invoices; it never changes."
        ),
        regex=r"^[A-Z]{2,6}$",
        max_length=6,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "autocapitalize": "characters"}),
        error_messages={"invalid": _("“%(label)s” has two to six letters, without figures or spaces.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["residence"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Residence.objects.filter(
            structure_types__contains=[StructureType.REST_HOME], rest_home=None
        ).order_by("name", "city")

    def clean_code(self) -> str:
        """A code that no other home has."""
        code: str = self.cleaned_data["code"]
        if RestHome.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another home has this code: choose another one."))
        return code


class AccountForm(PortalForm):
    """The account on which residents pay."""

    iban = IbanField(label=_("Account number (IBAN)"))
    account_holder = forms.CharField(label=_("Holder of the account"), max_length=70)


def values_of(home: RestHome, fields: Any) -> dict[str, Any]:
    """The data of a home as a form shows them."""
    return {name: getattr(home, name) for name in fields}
