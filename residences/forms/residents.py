"""Forms of residents and the people around them."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.registry.forms import IS_PHONE, POSTAL_CODE
from partenamut.web.forms import DayField, NissField, PortalForm, Radios
from residences.models import ContactRole, Resident
from residences.services.residents import IDENTITY

LANGUAGES = Resident._meta.get_field("language").choices or []


class SearchForm(PortalForm):
    """A resident by name or national number; a number never stands in an address."""

    mark_optional = False

    text = forms.CharField(
        label=_("Name or NISS"),
        help_text=_("Part of a name is enough; the NISS as on the identity card."),
        max_length=100,
        error_messages={"required": _("Type a name or a NISS.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )


class NissForm(PortalForm):
    """Whose convention it is."""

    niss = NissField(
        label=_("NISS of the resident"), help_text=_("As on the identity card: 85.07.30-033.28.")
    )


class ResidentForm(PortalForm):
    """The data of a resident; of a member the name and birth date stand in the register."""

    last_name = forms.CharField(label=_("Last name"), max_length=100)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    birth_date = DayField(label=_("Birth date"))
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("The convention and letters are written in it."), choices=LANGUAGES
    )
    street = forms.CharField(
        label=_("Street and number"), help_text=_("Where the resident lived before."), max_length=150
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=10, widget=POSTAL_CODE)
    city = forms.CharField(label=_("Place"), max_length=100)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[IS_PHONE])
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    mutuality_code = forms.IntegerField(
        label=_("Code of the mutuality"),
        help_text=_("The three figures on the vignettes, such as 134; a discount depends on it (art. 4 §3)."),
        min_value=100,
        max_value=999,
        required=False,
    )
    insured = forms.BooleanField(
        label=_("Sufficiently insured"),
        help_text=_(
            "Without it small care material and care staff are charged, at most what INAMI would pay (art. 4 §6)."
        ),
        required=False,
        initial=True,
    )
    field_groups: Any = (
        (_("Identity"), ["last_name", "first_name", "birth_date", "language"]),
        (_("Address before the entry"), ["street", "postal_code", "city"]),
        (_("Contact"), ["phone", "email"]),
        (_("Health insurance"), ["mutuality_code", "insured"]),
    )

    def __init__(self, *args: Any, is_member: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in IDENTITY if is_member else ():
            del self.fields[name]
        if "birth_date" in self.fields:
            field: Any = self.fields["birth_date"]
            field.max_value = localdate()


class EnterForm(ResidentForm):
    """Whoever is not known yet, after their number was typed."""

    niss = NissField(label=_("NISS"), widget=forms.HiddenInput)


class KnownForm(PortalForm):
    """Whoever is known already: only the number goes along."""

    niss = NissField(label=_("NISS"), widget=forms.HiddenInput)


class ContactForm(PortalForm):
    """A person or body beside a resident."""

    role = forms.ChoiceField(
        label=_("What is this person or body to the resident?"),
        choices=ContactRole.choices,
        widget=Radios(
            hints={
                ContactRole.REPRESENTATIVE: _("Signs in the resident's name; receives letters and invoices."),
                ContactRole.GUARANTOR: _("Answers for all that the resident owes (art. 13)."),
                ContactRole.FAMILY: _("Receives the notice of a new price, or pays a part of the invoices."),
                ContactRole.WELFARE_CENTRE: _("Pays a part of the invoices."),
            }
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=150)
    relation = forms.CharField(
        label=_("Relation"),
        help_text=_("Such as daughter, or administrator of the person."),
        max_length=100,
        required=False,
    )
    street = forms.CharField(label=_("Street and number"), max_length=150)
    postal_code = forms.CharField(label=_("Postal code"), max_length=10, widget=POSTAL_CODE)
    city = forms.CharField(label=_("Place"), max_length=100)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[IS_PHONE])
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    field_groups: Any = (
        (_("Who"), ["name", "relation"]),
        (_("Address"), ["street", "postal_code", "city"]),
        (_("Contact"), ["phone", "email"]),
    )


def values_of(row: Any, form: type[PortalForm]) -> dict[str, Any]:
    """The data of a row as a form shows them."""
    return {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}
