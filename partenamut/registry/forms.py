"""Forms of the registry."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.casework.rows import MAX_BYTES
from partenamut.registry.franchise import bare
from partenamut.registry.models import (
    FranchiseList,
    Hospital,
    Insurer,
    Label,
    LabelCriterion,
    Member,
    Mutuality,
    Residence,
    StructureType,
    Tier,
)
from partenamut.registry.services import Finding
from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    FigureField,
    FilterForm,
    IbanField,
    NissField,
    PortalForm,
    Radios,
    UploadField,
    YesNoField,
)

F = TypeVar("F", bound=PortalForm)

TEXT = forms.Textarea(attrs={"rows": 3})
POSTAL_CODE = forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-5"})


def refuse(form: PortalForm, error: ValidationError) -> None:
    """Shows what a use case says against the form: beside the field it names, else above all fields."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


# --- the public list


#: The public page makes a link of it: eight figures at least, written in any of the usual ways.
IS_PHONE = RegexValidator(
    r"^\+?(?:[ ()./-]*[0-9]){8,15}[ ]*$",
    _("“%(label)s” is written with figures, for example 02 123 45 67 or +32 2 123 45 67."),
)


class ResidenceFilter(FilterForm):
    """What a visitor looks for."""

    text = forms.CharField(label=_("Name, street or place"), max_length=80)
    label = forms.ChoiceField(label=_("Quality label"), choices=[("", _("All")), *Label.choices])
    structure = forms.ChoiceField(
        label=_("Kind of residence"), choices=[("", _("All")), *StructureType.choices]
    )
    place = forms.ChoiceField(label=_("Place"))
    accompanied = forms.BooleanField(label=_("I want to be accompanied"))
    near = forms.RegexField(
        label=_("Sort from my postal code"),
        regex=r"^[1-9][0-9]{3}$",
        max_length=20,
        widget=POSTAL_CODE,
        error_messages={"invalid": _("“%(label)s”: a Belgian postal code has four figures.")},
    )

    def __init__(self, *args: Any, places: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *((place, place) for place in places)]


# --- members


class MemberForm(PortalForm):
    """The data of a member; with `correction=True` a reason is asked."""

    field_groups = (
        (_("Identity"), ["niss", "last_name", "first_name", "birth_date", "language"]),
        (_("Insurance"), ["mutuality", "registration_number"]),
        (_("Address"), ["street", "postal_code", "city", "country"]),
        (_("Contact and payment"), ["phone", "email", "iban"]),
        (_("Why"), ["reason"]),
    )

    niss = NissField(label=_("NISS"))
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    birth_date = DayField(label=_("Birth date"))
    language = forms.ChoiceField(label=_("Language of letters"), choices=Member.Language.choices)
    mutuality = forms.ModelChoiceField(label=_("Mutuality"), queryset=Mutuality.objects.none())
    registration_number = forms.CharField(label=_("Registration number"), max_length=13)
    street = forms.CharField(label=_("Street and number"), max_length=150)
    postal_code = forms.CharField(label=_("Postal code"), max_length=10, widget=POSTAL_CODE)
    city = forms.CharField(label=_("Place"), max_length=100)
    country = forms.RegexField(
        label=_("Country"),
        help_text=_("Two letters: BE for Belgium."),
        regex=r"^[A-Z]{2}$",
        max_length=2,
        initial="BE",
        error_messages={"invalid": _("“%(label)s” is written with two capital letters, for example BE.")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    iban = IbanField(label=_("Account number (IBAN)"), required=False)
    reason = forms.CharField(
        label=_("Why the data change"),
        help_text=_("It is kept with the correction, and can be read by whoever looks at the history."),
        max_length=500,
        widget=TEXT,
    )

    def __init__(self, *args: Any, correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mutuality"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Mutuality.objects.order_by("code", "first_day")
        if not correction:
            del self.fields["reason"]


class DaysForm(PortalForm):
    """From a first to a last day, or with no end known yet."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: no end is known yet."))

    def clean(self) -> dict[str, Any]:
        """The days, the last not before the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned


class PeriodForm(DaysForm):
    """From a first to a last day, with a remark."""

    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)


class OtherMemberForm(PeriodForm):
    """The same with another member, found by NISS."""

    field_order = ["niss", "first_day", "last_day", "note"]
    niss = NissField(label=_("NISS of the other person"), help_text=_("As on the identity card."))

    def clean_niss(self) -> Member:
        """The member of the number."""
        member = Member.objects.with_niss(self.cleaned_data["niss"]).first()
        if member is None:
            raise ValidationError(_("No member has this NISS."))
        return member


class OtherUserForm(PeriodForm):
    """The same with a user, found by address."""

    field_order = ["email", "first_day", "last_day", "note"]
    email = forms.EmailField(
        label=_("E-mail address of the user"), help_text=_("The one they log in with."), max_length=254
    )

    def clean_email(self) -> User:
        """The user of the address."""
        user = User.objects.filter(email=self.cleaned_data["email"].lower(), is_active=True).first()
        if user is None:
            raise ValidationError(_("No user has this e-mail address."))
        return user


class MandateForm(OtherUserForm):
    """A mandate: who, on what basis, from when."""

    field_order = ["email", "basis", "first_day", "last_day", "note"]
    basis = forms.CharField(
        label=_("What the mandate rests on"),
        help_text=_("For example: signed mandate, judgment."),
        max_length=200,
    )


class SourcedPeriodForm(PeriodForm):
    """The same with where it is known from."""

    field_order = ["first_day", "last_day", "source", "note"]
    source = forms.CharField(
        label=_("Source"), help_text=_("For example: convention signed on…"), max_length=150, required=False
    )


class InsuranceForm(PeriodForm):
    """A hospital insurance with its days."""

    field_order = ["tier", "first_day", "last_day", "note"]
    tier = forms.ChoiceField(label=_("Hospital insurance"), choices=Tier.choices, widget=Radios)


class TierForm(PortalForm):
    """The hospital insurance that follows from a day on."""

    tier = forms.ChoiceField(label=_("New hospital insurance"), choices=Tier.choices, widget=Radios)
    first_day = DayField(label=_("First day"), help_text=_("The first day of the new insurance."))
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)


class CorrectionForm(PortalForm):
    """What a row should have said, with the reason."""

    reason = forms.CharField(
        label=_("Why the data change"),
        help_text=_("It is kept with the correction, and can be read by whoever looks at the history."),
        max_length=500,
        widget=TEXT,
    )


class DaysCorrectionForm(CorrectionForm, DaysForm):
    """Other days of a row."""

    field_order = ["first_day", "last_day", "reason"]


class InsuranceCorrectionForm(DaysCorrectionForm):
    """Another insurance, or other days of it."""

    field_order = ["tier", "first_day", "last_day", "reason"]
    tier = forms.ChoiceField(label=_("Hospital insurance"), choices=Tier.choices, widget=Radios)


class EndForm(PortalForm):
    """The last day of what holds."""

    last_day = DayField(label=_("Last day"), help_text=_("The last day on which it still holds."))
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)


# --- residences


class ContactForm(PortalForm):
    """How to reach a residence."""

    phone = forms.CharField(label=_("Phone"), max_length=30, validators=[IS_PHONE])
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)


class ResidenceForm(PortalForm):
    """The data of a residence."""

    name = forms.CharField(label=_("Name"), max_length=120)
    structure_types = forms.MultipleChoiceField(
        label=_("Kind of residence"), choices=StructureType.choices, widget=forms.CheckboxSelectMultiple
    )
    street = forms.CharField(label=_("Street and number"), max_length=150)
    postal_code = forms.CharField(label=_("Postal code"), max_length=4, widget=POSTAL_CODE)
    city = forms.CharField(label=_("Place"), max_length=100)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[IS_PHONE])
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    accompanied = YesNoField(
        label=_("Can a resident be accompanied?"),
        help_text=_("Leave it open when the residence has not said so."),
        required=False,
    )


# --- labels


class LabelForm(PortalForm):
    """A label with a finding for each of its criteria."""

    first_day = DayField(label=_("First day of the label"))
    last_day = DayField(
        label=_("Last day of the label"), required=False, help_text=_("Empty: until it is withdrawn.")
    )
    seen_on = DayField(label=_("Day of the visit or of the documents"))

    def __init__(self, *args: Any, criteria: list[LabelCriterion], **kwargs: Any) -> None:
        self.criteria = criteria
        super().__init__(*args, **kwargs)

    def findings(self) -> list[Finding]:
        """What was typed for each criterion, without the files."""
        seen_on = self.cleaned_data["seen_on"]
        return [
            Finding(criterion, seen_on, self.cleaned_data[f"finding_{criterion.pk}"])
            for criterion in self.criteria
        ]

    def uploaded(self) -> dict[int, Any]:
        """The files, by the key of their criterion."""
        found = {criterion.pk: self.cleaned_data.get(f"file_{criterion.pk}") for criterion in self.criteria}
        return {key: file for key, file in found.items() if file}


def label_form(criteria: list[LabelCriterion], *args: Any, **kwargs: Any) -> LabelForm:
    """The form with two fields for each criterion."""
    fields: dict[str, Any] = {}
    for criterion in criteria:
        fields[f"finding_{criterion.pk}"] = forms.CharField(
            label=_("What was found: %(criterion)s") % {"criterion": criterion.text},
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        fields[f"file_{criterion.pk}"] = UploadField(
            label=_("Document: %(criterion)s") % {"criterion": criterion.text}, required=False
        )
    made: type[LabelForm] = type("CriteriaForm", (LabelForm,), fields)
    return made(*args, criteria=criteria, **kwargs)


class WithdrawalForm(PortalForm):
    """The end of a label, with its reason."""

    last_day = DayField(label=_("Last day of the label"))
    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=1000, widget=TEXT)


class CriterionForm(PortalForm):
    """What a residence must prove for a label."""

    label = forms.ChoiceField(label=_("Label"), choices=Label.choices, widget=Radios)
    text = forms.CharField(label=_("Criterion"), max_length=300, widget=TEXT)
    first_day = DayField(label=_("First day"))
    source = forms.CharField(label=_("Source"), max_length=150, required=False)


# --- insurers


class InsurerForm(PortalForm):
    """Names and address of an insurer."""

    name_fr = forms.CharField(label=_("Name in French"), max_length=120)
    name_nl = forms.CharField(label=_("Name in Dutch"), max_length=120)
    address = forms.CharField(
        label=_("Address"),
        help_text=_("Street, number, postal code and place. Without an address no note can be sent."),
        max_length=200,
        required=False,
    )
    source = forms.CharField(label=_("Source of the address"), max_length=120, required=False)


class MutualityForm(PortalForm):
    """A new mutuality."""

    insurer = forms.ModelChoiceField(label=_("Union"), queryset=Insurer.objects.none())
    code = forms.RegexField(
        label=_("Code"),
        regex=r"^[1-9][0-9]{2}$",
        max_length=3,
        help_text=_("Three figures, the first that of the union."),
        error_messages={"invalid": _("“%(label)s” has three figures.")},
        widget=POSTAL_CODE,
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    first_day = DayField(label=_("First day"))
    source = forms.CharField(label=_("Source"), max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["insurer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Insurer.objects.order_by("code")


class MutualityEndForm(PortalForm):
    """The end of a mutuality, after a merger."""

    last_day = DayField(label=_("Last day"))
    successor = forms.ModelChoiceField(
        label=_("Mutuality that takes its members over"), queryset=Mutuality.objects.none(), required=False
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)

    def __init__(self, *args: Any, mutuality: Mutuality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Mutuality.objects.exclude(pk=mutuality.pk).order_by("code", "first_day")


# --- hospitals


class HospitalNumberField(FigureField):
    """The eight figures that INAMI gave a hospital; check digits that do not fit only warn, after saving."""

    default_error_messages = {"check": _("“%(label)s” has eight figures: for example 7-10000-37.")}

    def parse(self, text: str) -> str:
        """Eight digits."""
        digits = bare(text)
        if len(digits) != 8:
            raise ValueError(digits)
        return digits

    def prepare_value(self, value: Any) -> Any:
        """A stored number as it is printed; a typed text as it was typed."""
        whole = isinstance(value, str) and value.isdigit() and len(value) == 8
        return f"{value[0]}-{value[1:6]}-{value[6:]}" if whole else value


class HospitalForm(PortalForm):
    """The data of a hospital."""

    name = forms.CharField(label=_("Name"), max_length=120)
    street = forms.CharField(label=_("Street and number"), max_length=150)
    postal_code = forms.RegexField(
        label=_("Postal code"),
        regex=r"^[1-9][0-9]{3}$",
        max_length=20,
        widget=POSTAL_CODE,
        error_messages={"invalid": _("“%(label)s”: a Belgian postal code has four figures.")},
    )
    city = forms.CharField(label=_("Place"), max_length=100)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[IS_PHONE])
    inami_number = HospitalNumberField(
        label=_("INAMI number"),
        required=False,
        help_text=_("Eight figures. The sites of one hospital can share a number."),
    )


class HospitalCloseForm(PortalForm):
    """The last day of a hospital."""

    last_day = DayField(
        label=_("Last day open"), required=False, help_text=_("Empty: the hospital is open again.")
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)


class FranchiseImportForm(PortalForm):
    """The list of the hospitals with a franchise in a year."""

    field_order = ["year", "source", "file"]
    year = forms.IntegerField(
        label=_("Calendar year"),
        min_value=2000,
        max_value=2098,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
    )
    source = forms.CharField(
        label=_("Source"),
        help_text=_("Where the list comes from and of which day it is: members can ask for it."),
        max_length=150,
    )
    file = UploadField(label=_("List of hospitals (CSV)"), accept=(".csv", ".txt"), max_bytes=MAX_BYTES)


class _HospitalChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Hospitals by name and place."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, postal code and place."""
        return f"{obj.name}, {obj.place}"


class ListedHospitalForm(PortalForm):
    """A hospital to add to a list."""

    hospital = _HospitalChoice(
        label=_("Hospital"),
        queryset=Hospital.objects.none(),
        to_field_name="public_id",
        widget=AutocompleteSelect,
        empty_label="",
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)

    def __init__(self, *args: Any, franchise_list: FranchiseList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["hospital"]
        assert isinstance(field, forms.ModelChoiceField)
        first_day = date(franchise_list.year, 1, 1)
        others = Hospital.objects.open_on(first_day).exclude(franchise_lists=franchise_list)
        field.queryset = others.order_by("name", "pk")


class NoteForm(PortalForm):
    """A remark that is kept with what is done."""

    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)


def hospital_values(hospital: Hospital) -> dict[str, Any]:
    """The data of a hospital as the form shows them."""
    return {name: getattr(hospital, name) for name in HospitalForm.base_fields}


# --- import


class ImportForm(PortalForm):
    """A file of members."""

    file = UploadField(label=_("File of members (CSV)"), accept=(".csv", ".txt"), max_bytes=MAX_BYTES)


def residence_values(residence: Residence) -> dict[str, Any]:
    """The data of a residence as the form shows them."""
    return {name: getattr(residence, name) for name in ResidenceForm.base_fields}


def member_values(member: Member) -> dict[str, Any]:
    """The data of a member as the form shows them."""
    return {name: getattr(member, name) for name in MemberForm.base_fields if name != "reason"}
