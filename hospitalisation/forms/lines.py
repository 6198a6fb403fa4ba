"""Rows of a hospital bill: a form for each line, and the lines that come out of them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from hospitalisation.models import ClaimLine, LineKind
from hospitalisation.services.bill_file import NOTHING_SPARED, Spared
from partenamut.money import ZERO
from partenamut.web.forms import DayField, EuroField, PortalForm, PortalRenderer

#: What one page can send; a longer bill comes as a file.
MOST_ROWS = 40
#: Nobody stays longer; the rules take no more.
MOST_DAYS = 36_600

ANSWERS = [("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]
_OF_LINE = (
    "kind",
    "label",
    "billed",
    "mandatory",
    "inami_tariff",
    "doctor_agreed",
    "quantity",
    "care_date",
    "comfort",
)


class LineForm(PortalForm):
    """A line of a bill; a row that was left empty counts for nothing."""

    mark_optional = False
    #: Drawn first; the others only some kinds need.
    FIRST = ("kind", "label", "billed", "mandatory")

    kind = forms.ChoiceField(
        label=_("What the line is for"), choices=[("", _("Choose")), *LineKind.choices], required=False
    )
    label = forms.CharField(label=_("Description on the bill"), max_length=150, required=False)
    billed = EuroField(label=_("Billed"), required=False)
    mandatory = EuroField(label=_("Paid by the compulsory insurance"), required=False)
    inami_tariff = EuroField(
        label=_("INAMI tariff"), required=False, help_text=_("Needed for a fee supplement.")
    )
    doctor_agreed = forms.TypedChoiceField(
        label=_("Has the doctor agreed to the tariffs?"),
        choices=ANSWERS,
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        help_text=_("Needed for a fee supplement."),
    )
    quantity = forms.IntegerField(
        label=_("Number of days"),
        min_value=0,
        max_value=MOST_DAYS,
        required=False,
        help_text=_(
            "Needed for what is counted by the day: room supplement, sundry costs, parent, guest house."
        ),
    )
    care_date = DayField(
        label=_("Day of care"), required=False, help_text=_("For care before or after the stay.")
    )
    comfort = forms.BooleanField(label=_("Telephone, flowers, fridge, television or drinks"), required=False)

    def __init__(self, *args: Any, spared: Spared = NOTHING_SPARED, **kwargs: Any) -> None:
        self.spared = spared
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The values; each thing that a kind needs and that is missing is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.is_filled_in(cleaned):
            return cleaned
        for name in ("kind", "billed"):
            if cleaned.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        if not self.errors:
            for name, sentence in self.spared.faults(self.line()):
                self.add_error(name, sentence)
        return cleaned

    def is_filled_in(self, cleaned: dict[str, Any]) -> bool:
        """Whether anything was typed in the row."""
        return bool(self.errors) or any(
            value not in (None, "", False) for name, value in cleaned.items() if name in _OF_LINE
        )

    def line(self, position: int = 0) -> ClaimLine:
        """The row as an unsaved line."""
        values = {name: self.cleaned_data.get(name) for name in _OF_LINE}
        values["mandatory"] = values["mandatory"] or ZERO
        return ClaimLine(position=position, **values)

    @property
    def first_fields(self) -> list[Any]:
        """The fields that every line has."""
        return [self[name] for name in self.FIRST]

    @property
    def other_fields(self) -> list[Any]:
        """The fields that only some kinds of lines need."""
        return [self[name] for name in self.fields if name not in self.FIRST and not self[name].is_hidden]

    @property
    def shows_others(self) -> bool:
        """Whether one of the further fields is filled in or wrong."""
        return any(field.errors or _typed(field.value()) for field in self.other_fields)


def _typed(value: Any) -> bool:
    return any(value) if isinstance(value, list) else value not in (None, "", False)


class _Lines(BaseFormSet):  # type: ignore[type-arg]
    default_error_messages = {
        "too_many_forms": _("A page takes %(num)d lines at most: send a longer bill as a file."),
        "missing_management_form": _("The lines did not arrive whole: check them and send again."),
    }

    def filled_in(self) -> list[LineForm]:
        """The rows in which something was typed."""
        return [form for form in self.forms if form.is_valid() and form.is_filled_in(form.cleaned_data)]


#: Rows of a bill; an empty row counts for nothing.
LineFormSet = formset_factory(
    LineForm,
    formset=_Lines,
    extra=3,
    max_num=MOST_ROWS,
    validate_max=True,
    absolute_max=MOST_ROWS + 1,
    renderer=PortalRenderer(),
)


def rows_of(formset: Any) -> list[ClaimLine]:
    """The lines that were typed, unsaved, in their order from 1 on; for a formset that is valid."""
    return [form.line(place) for place, form in enumerate(formset.filled_in(), 1)]


def initial_of(lines: Iterable[ClaimLine]) -> list[dict[str, Any]]:
    """Lines as the initial values of their rows."""
    return [
        {name: getattr(line, name) for name in _OF_LINE if name != "doctor_agreed"}
        | {"doctor_agreed": {True: "yes", False: "no", None: ""}[line.doctor_agreed]}
        for line in lines
    ]
