"""Forms of an account: entries, documents, absences, insured days, debtors, the supplements of a day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.web.forms import DayField, EuroField, PortalForm, UploadField, YesNoField, prepare_field
from residences.forms.figures import NumberField
from residences.models import AbsenceReason, Contact, Convention, Supplement

CENT = Decimal("0.01")
MOST = Decimal("99999.99")
DOCUMENT = gettext_lazy("A PDF or a picture, 10 MB at most.")


class EntryForm(PortalForm):
    """What every entry says: which day."""

    day = DayField(
        label=gettext_lazy("Date"), help_text=gettext_lazy("A day of the stay, not in the future.")
    )

    field_order: tuple[str, ...] = ("day",)

    def __init__(self, *args: Any, convention: Convention, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.convention, self.today = convention, today


class SupplementForm(EntryForm):
    """A supplement that the resident took."""

    supplement = forms.ModelChoiceField(
        label=gettext_lazy("Supplement"),
        help_text=gettext_lazy("Only those of the convention can be charged (art. 4 §4)."),
        queryset=Supplement.objects.none(),
        empty_label=gettext_lazy("Choose…"),
        to_field_name="public_id",
    )
    quantity = NumberField(label=gettext_lazy("Quantity"), min_value=CENT, max_value=Decimal(999), initial=1)

    field_order = ("supplement", "day", "quantity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["supplement"]
        assert isinstance(field, forms.ModelChoiceField)
        # All of the home's: one that the convention lacks is refused with its article.
        field.queryset = self.convention.home.supplements.order_by("label")


class AdvanceForm(EntryForm):
    """What the home paid in the resident's name (art. 4 §5)."""

    label = forms.CharField(
        label=gettext_lazy("What was paid"), help_text=gettext_lazy("For example: pharmacy."), max_length=150
    )
    amount = EuroField(
        label=gettext_lazy("Exact amount paid"),
        help_text=gettext_lazy("Nothing may be added to it (art. 4 §5)."),
        min_value=CENT,
        max_value=MOST,
    )
    document = UploadField(
        label=gettext_lazy("Document"),
        help_text=gettext_lazy(
            "The invoice or receipt, a PDF or a picture. Without it the account cannot be invoiced (art. 4 §5)."
        ),
        required=False,
    )

    field_order: tuple[str, ...] = ("label", "day", "amount", "document")


class CareForm(AdvanceForm):
    """Care of a resident not sufficiently insured (art. 4 §6)."""

    label = forms.CharField(label=gettext_lazy("Which care"), max_length=150)
    amount = EuroField(label=gettext_lazy("Amount charged"), min_value=CENT, max_value=MOST)
    inami_amount = EuroField(
        label=gettext_lazy("What INAMI would have paid"),
        help_text=gettext_lazy("Care is charged at most at this amount (art. 4 §6)."),
        min_value=CENT,
        max_value=MOST,
    )
    document = UploadField(label=gettext_lazy("Document"), help_text=DOCUMENT, required=False)

    field_order = ("label", "day", "amount", "inami_amount", "document")


class CorrectionForm(AdvanceForm):
    """A correction for or against the resident."""

    label = forms.CharField(label=gettext_lazy("What is corrected"), max_length=150)
    amount = EuroField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("With a minus sign where it is in the resident's favour, for example -7,50."),
        min_value=-MOST,
        max_value=MOST,
    )
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"),
        help_text=gettext_lazy("Say what is corrected and why."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = UploadField(label=gettext_lazy("Document"), help_text=DOCUMENT, required=False)

    field_order = ("label", "day", "amount", "explanation", "document")


class DocumentForm(PortalForm):
    """The document of an entry."""

    document = UploadField(label=gettext_lazy("Document"), help_text=DOCUMENT)


class BecauseForm(PortalForm):
    """Why something is taken back."""

    because = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class AbsenceForm(PortalForm):
    """Days of absence (art. 5)."""

    first_day = DayField(label=gettext_lazy("First day of absence"))
    last_day = DayField(
        label=gettext_lazy("Last day of absence"),
        help_text=gettext_lazy("Empty: not back yet."),
        required=False,
    )
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=AbsenceReason.choices)
    announced_on = DayField(
        label=gettext_lazy("Announced on"),
        help_text=gettext_lazy("Beforehand, except for medical reasons (art. 5)."),
        required=False,
    )
    insurer_pays = YesNoField(
        label=gettext_lazy("Does the insurer intervene on these days?"),
        help_text=gettext_lazy("No: they are not rebated (art. 4 §7)."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class InterventionForm(PortalForm):
    """Days on which an insurer intervenes, and INAMI's amount a day."""

    first_day = DayField(label=gettext_lazy("First day"))
    last_day = DayField(
        label=gettext_lazy("Last day"), help_text=gettext_lazy("Empty: until further notice."), required=False
    )
    category = forms.CharField(
        label=gettext_lazy("Category of dependence"),
        help_text=gettext_lazy("For example O, A, B, C or Cd."),
        max_length=5,
        required=False,
    )
    daily_amount = EuroField(
        label=gettext_lazy("INAMI's intervention a day"),
        help_text=gettext_lazy("It is mentioned on the invoice (art. 6); the resident does not pay it."),
        max_value=Decimal("999.99"),
    )


class DebtorsForm(PortalForm):
    """Who pays which part, from a day on; one field for the resident and one for each contact."""

    first_day = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Invoices handed over from this day on are shared so."),
    )

    def __init__(self, *args: Any, convention: Convention, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, Contact | None] = {"resident": None}
        labels = {"resident": _("%(name)s, resident, in percent") % {"name": convention.resident}}
        for contact in convention.resident.contacts.order_by("name", "pk"):
            name = f"contact_{contact.pk}"
            self.people[name] = contact
            values = {"name": contact.name, "role": contact.get_role_display()}
            labels[name] = _("%(name)s, %(role)s, in percent") % values
        for name, label in labels.items():
            field = NumberField(label=label, min_value=Decimal(0), max_value=Decimal(100), required=False)
            self.fields[name] = field
            prepare_field(name, field)

    @property
    def shares(self) -> list[tuple[Contact | None, Decimal]]:
        """Those who pay something, with their part."""
        return [
            (who, self.cleaned_data[name]) for name, who in self.people.items() if self.cleaned_data.get(name)
        ]


class DayGrid(PortalForm):
    """The supplements of a day: a quantity for each resident and supplement of their convention."""

    day = DayField(label=gettext_lazy("Date"))

    def __init__(self, *args: Any, cells: Mapping[tuple[int, int], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = {self.name_of(cell): cell for cell in cells}
        for name, cell in self.cells.items():
            field = NumberField(label=cells[cell], min_value=CENT, max_value=Decimal(999), required=False)
            field.widget.attrs["aria-label"] = cells[cell]
            self.fields[name] = field
            prepare_field(name, field)

    @staticmethod
    def name_of(cell: tuple[int, int]) -> str:
        """The name of the field of a resident and a supplement."""
        return f"q_{cell[0]}_{cell[1]}"

    @property
    def quantities(self) -> dict[tuple[int, int], Decimal]:
        """What was typed, by cell."""
        return {
            cell: self.cleaned_data[name] for name, cell in self.cells.items() if self.cleaned_data.get(name)
        }

    def clean(self) -> dict[str, Any]:
        """At least one quantity."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in self.cells):
            raise ValidationError(_("Type how many of at least one supplement."))
        return cleaned

    def refuse(self, errors: Mapping[tuple[int, int], str]) -> None:
        """Shows what stands against cells beside them."""
        for cell, sentence in errors.items():
            name = self.name_of(cell)
            self.add_error(name if name in self.fields else None, sentence)


class EntryFileForm(PortalForm):
    """A file of entries."""

    file = UploadField(
        label=gettext_lazy("File of entries"),
        help_text=gettext_lazy("A list in CSV, 2 MB at most."),
        accept=(".csv", ".txt"),
        max_bytes=2 * 1024 * 1024,
    )


class TakeOverForm(PortalForm):
    """Whether the lines that can be entered are entered without the refused ones; asked where there are some."""

    without_refused = forms.BooleanField(
        label=gettext_lazy("Enter the other lines without the refused ones"), required=False
    )

    def __init__(self, *args: Any, refused: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not refused:
            del self.fields["without_refused"]
        self.mark_optional = False
