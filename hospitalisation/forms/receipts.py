"""Rows of receipts of a serious illness: the day, who gave the care, what was billed and what is already paid."""

from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hospitalisation.forms.lines import MOST_ROWS
from hospitalisation.models import ClaimLine, LineKind
from hospitalisation.services.rows import line_faults
from partenamut.web.forms import DayField, EuroField, PortalForm, PortalRenderer


class ReceiptRow(PortalForm):
    """A receipt; a row that was left empty counts for nothing."""

    mark_optional = False

    care_date = DayField(label=gettext_lazy("Day of care"), required=False)
    label = forms.CharField(label=gettext_lazy("Who gave the care?"), max_length=150, required=False)
    billed = EuroField(label=gettext_lazy("Billed"), required=False)
    mandatory = EuroField(label=gettext_lazy("Paid by the compulsory insurance"), required=False)

    def __init__(self, *args: Any, year: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.today = year, today

    def clean(self) -> dict[str, Any]:
        """All that a receipt needs, on a day of the year."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.is_filled_in(cleaned):
            return cleaned
        for name in ("care_date", "label", "billed"):
            if cleaned.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        day = cleaned.get("care_date")
        if day and day.year != self.year:
            sentence = _("This claim is for care given in %(year)s. Make another claim for another year.")
            self.add_error("care_date", sentence % {"year": f"{self.year:04d}"})
        elif day and day > self.today:
            self.add_error("care_date", _("This day lies in the future."))
        if not self.errors:
            for name, sentence in line_faults(self.line()):
                self.add_error(name, sentence)
        return cleaned

    def is_filled_in(self, cleaned: dict[str, Any]) -> bool:
        """Whether anything was typed in the row."""
        return bool(self.errors) or any(value not in (None, "") for value in cleaned.values())

    def line(self, position: int = 0) -> ClaimLine:
        """The row as an unsaved line."""
        typed = self.cleaned_data
        return ClaimLine(
            position=position,
            kind=LineKind.SERIOUS_ILLNESS_CARE,
            label=typed["label"],
            billed=typed["billed"],
            mandatory=typed.get("mandatory") or 0,
            care_date=typed["care_date"],
        )

    @property
    def first_fields(self) -> list[Any]:
        """All its fields."""
        return list(self.visible_fields())


class _Receipts(BaseFormSet):  # type: ignore[type-arg]
    default_error_messages = {
        "too_many_forms": gettext_lazy(
            "A claim takes %(num)d receipts at most: make another one for the rest."
        ),
        "missing_management_form": gettext_lazy("The lines did not arrive whole: check them and send again."),
    }

    def filled_in(self) -> list[ReceiptRow]:
        """The rows in which something was typed."""
        return [form for form in self.forms if form.is_valid() and form.is_filled_in(form.cleaned_data)]


#: Rows of receipts; an empty row counts for nothing.
ReceiptFormSet = formset_factory(
    ReceiptRow,
    formset=_Receipts,
    extra=2,
    max_num=MOST_ROWS,
    validate_max=True,
    absolute_max=MOST_ROWS + 1,
    renderer=PortalRenderer(),
)


def initial_receipts(lines: Any) -> list[dict[str, Any]]:
    """Lines as the initial values of their rows."""
    names = ("care_date", "label", "billed", "mandatory")
    return [{name: getattr(line, name) for name in names} for line in lines]
