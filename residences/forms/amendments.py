"""Forms of amendments: the kind, and what each kind sets."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partenamut.web.formats import day as written_day
from partenamut.web.formats import euros
from partenamut.web.forms import DayField, PortalForm, Radios
from residences.amending import held
from residences.models import (
    Amendment,
    AmendmentKind,
    Bed,
    Contact,
    ContactRole,
    Convention,
    StayKind,
    Supplement,
    SupplementPrice,
)
from residences.readings.free_beds import bed_choices, free_beds
from residences.services.amendment_faults import last_day_of
from residences.services.conventions import clause_errors

K = AmendmentKind
#: Empty fields for clauses beside those that hold.
MORE_CLAUSES = 2
MOST_CLAUSES = 40
TEXT = forms.Textarea(attrs={"rows": 3})

HINTS: dict[str, Any] = {
    K.ROOM: _(
        "Another bed from a day on, at the price of its room type. The resident's side must agree (art. 3)."
    ),
    K.ROOM_HEALTH: _("The price stays that of the room before, where the new one costs more (art. 4 §1)."),
    K.SUPPLEMENTS: _("What is not in the convention is never charged (art. 4 §4)."),
    K.REPRESENTATIVE: _("Who acts for the resident."),
    K.GUARANTORS: _("Who stands surety, jointly and severally (art. 13)."),
    K.CLAUSES: _("A clause may add to the convention; it cannot weaken a rule of it (art. 12)."),
    K.PROLONGATION: _("The short stay goes on in the same bed to a later day (art. 2)."),
}


class NewAmendmentForm(PortalForm):
    """What an amendment changes, from when and why."""

    kind = forms.ChoiceField(label=_("What changes?"), widget=Radios(hints=HINTS))
    effective_on = DayField(
        label=_("First day"),
        help_text=_("Today or later; up to 30 days back for a change of room for reasons of health."),
        required=False,
    )
    explanation = forms.CharField(
        label=_("Why"),
        help_text=_("The resident's side reads it with the text."),
        max_length=1000,
        widget=TEXT,
    )

    def __init__(self, *args: Any, convention: Convention, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        short = convention.kind == StayKind.SHORT
        kinds = [(value, label) for value, label in K.choices if short or value != K.PROLONGATION]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.mark_optional = False
        if short:
            self.fields["effective_on"].help_text = _(
                "Not asked for a prolongation: that begins on the day after the last day of the stay."
            )


class AmendmentForm(PortalForm):
    """What every kind asks: its first day and why; each adds the field that it sets."""

    sets: ClassVar[str]

    effective_on = DayField(label=_("First day"))
    explanation = forms.CharField(
        label=_("Why"),
        help_text=_("The resident's side reads it with the text."),
        max_length=1000,
        widget=TEXT,
    )

    def __init__(self, *args: Any, amendment: Amendment, **kwargs: Any) -> None:
        self.amendment = amendment
        initial = {
            "effective_on": amendment.effective_on,
            "explanation": amendment.explanation,
            **self.held(amendment),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.order_fields([name for name in self.fields if name not in ("effective_on", "explanation")])
        if amendment.kind == K.PROLONGATION:
            # It begins after the stay as agreed: that day is not chosen.
            del self.fields["effective_on"]
        if amendment.open_articles:
            del self.fields["explanation"]
        self.fill(amendment.convention, self.day())

    def held(self, amendment: Amendment) -> dict[str, Any]:
        """What the amendment sets now, as the form shows it."""
        return {self.sets: amendment.sets[self.sets]}

    def fill(self, convention: Convention, day: date) -> None:
        """Gives the fields the choices of the home and the resident."""

    def day(self) -> date:
        """The first day as typed, else that of the amendment."""
        if not self.is_bound or "effective_on" not in self.fields:
            return self.amendment.effective_on
        try:
            typed = self.fields["effective_on"].clean(self["effective_on"].data)
        except forms.ValidationError:
            return self.amendment.effective_on
        return typed or self.amendment.effective_on

    def value(self) -> Any:
        """What the amendment is to set."""
        return self.cleaned_data[self.sets]

    def changes(self) -> dict[str, Any]:
        """The first day and the explanation, where they are asked."""
        names = ("effective_on", "explanation")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class RoomForm(AmendmentForm):
    """The new bed."""

    sets = "bed"

    bed = forms.ModelChoiceField(
        label=_("New room and bed"),
        help_text=_("Beds that are free from the first day on."),
        queryset=Bed.objects.none(),
    )

    def fill(self, convention: Convention, day: date) -> None:
        """Every bed of the home is understood; those that are free are offered, but the one the resident has."""
        field = self.fields["bed"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Bed.objects.filter(room__home=convention.home).select_related("room__room_type")
        own = held(convention, self.amendment.kind, day)
        beds = free_beds(convention.home, day, last_day_of(convention), besides=convention)
        field.choices = [("", ""), *bed_choices((bed for bed in beds if bed.pk != own), day)]


class SupplementsForm(AmendmentForm):
    """The supplements from the first day on."""

    sets = "supplements"

    supplements = forms.ModelMultipleChoiceField(
        label=_("Supplements from then on"),
        help_text=_("Only those that are ticked can be charged (art. 4 §4)."),
        queryset=Supplement.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def fill(self, convention: Convention, day: date) -> None:
        """The supplements of the home with their prices of the day."""
        field = self.fields["supplements"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        prices = SupplementPrice.objects.on(day).filter(supplement__home=convention.home)
        priced = prices.select_related("supplement").order_by("supplement__label")
        field.queryset = convention.home.supplements.all()
        field.choices = [(row.supplement_id, _priced(row)) for row in priced]


class RepresentativeForm(AmendmentForm):
    """Who acts for the resident."""

    sets = "representative"

    representative = forms.ModelChoiceField(
        label=_("Representative from then on"),
        queryset=Contact.objects.none(),
        empty_label=_("Nobody: the resident acts alone"),
        widget=Radios,
        required=False,
    )

    def fill(self, convention: Convention, day: date) -> None:
        """The representatives among the contacts of the resident."""
        field = self.fields["representative"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _contacts(convention, ContactRole.REPRESENTATIVE)


class GuarantorsForm(AmendmentForm):
    """Who stands surety."""

    sets = "guarantors"

    guarantors = forms.ModelMultipleChoiceField(
        label=_("Guarantors from then on"),
        help_text=_("None ticked: nobody stands surety."),
        queryset=Contact.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def fill(self, convention: Convention, day: date) -> None:
        """The guarantors among the contacts of the resident."""
        field = self.fields["guarantors"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = _contacts(convention, ContactRole.GUARANTOR)


class ClausesForm(AmendmentForm):
    """The special clauses, one field each; an empty one goes."""

    sets = "clauses"
    mark_optional = False

    def held(self, amendment: Amendment) -> dict[str, Any]:
        """Each clause in a field of its own."""
        return {f"clause_{place}": text for place, text in enumerate(amendment.sets["clauses"], 1)}

    def fill(self, convention: Convention, day: date) -> None:
        """A field for each clause, and some that are empty."""
        typed = sum(1 for name in self.data if name.startswith("clause_")) if self.is_bound else 0
        count = max(len(self.amendment.sets["clauses"]) + MORE_CLAUSES, min(typed, MOST_CLAUSES))
        rest = dict(self.fields)
        self.fields.clear()
        for place in range(1, count + 1):
            field = forms.CharField(
                label=_("Clause %(place)d") % {"place": place}, max_length=2000, widget=TEXT, required=False
            )
            self.fields[f"clause_{place}"] = field
        self.fields.update(rest)

    def clean(self) -> dict[str, Any]:
        """The clauses, each measured against the rules of the convention."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self._names():
            for wrong in clause_errors(cleaned.get(name) or ""):
                self.add_error(name, wrong)
        return cleaned

    def value(self) -> list[str]:
        """The clauses that are not empty."""
        return [text for name in self._names() if (text := self.cleaned_data[name])]

    def _names(self) -> list[str]:
        return [name for name in self.fields if name.startswith("clause_")]


class ProlongationForm(AmendmentForm):
    """The new last day of a short stay."""

    sets = "until"

    until = DayField(label=_("New last day"))

    def held(self, amendment: Amendment) -> dict[str, Any]:
        """The last day that is set so far."""
        return {"until": date.fromisoformat(amendment.sets["until"])}

    def fill(self, convention: Convention, day: date) -> None:
        """Says which day it was."""
        if convention.until is not None:
            self.fields["until"].help_text = _("The stay lasts until %(day)s now.") % {
                "day": written_day(convention.until)
            }


FORMS: dict[str, type[AmendmentForm]] = {
    K.ROOM: RoomForm,
    K.ROOM_HEALTH: RoomForm,
    K.SUPPLEMENTS: SupplementsForm,
    K.REPRESENTATIVE: RepresentativeForm,
    K.GUARANTORS: GuarantorsForm,
    K.CLAUSES: ClausesForm,
    K.PROLONGATION: ProlongationForm,
}


# --- inside -----------------------------------------------------------------------------------------------


def _contacts(convention: Convention, role: str) -> Any:
    return convention.resident.contacts.filter(role=role).order_by("name", "pk")


def _priced(row: SupplementPrice) -> str:
    supplement = row.supplement
    said = gettext("%(label)s: %(price)s") % {"label": supplement.label, "price": euros(row.unit_price)}
    return f"{said} ({supplement.unit})" if supplement.unit else said
