"""Forms of what the price includes, of special clauses, and of the figures that hold for all homes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.registry.forms import TEXT
from partenamut.web.forms import DayField, EuroField, PortalForm
from residences.forms.figures import NumberField
from residences.models import LegalInterest


class GuardWordsField(forms.CharField):
    """Words of a person, one or a few on each line; cleaned to a list."""

    def clean(self, value: Any) -> Any:
        """The lines that say something."""
        text = super().clean(value) or ""
        return [line.strip() for line in text.replace(";", "\n").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """A stored list line by line; a typed text as it was typed."""
        return "\n".join(value) if isinstance(value, list) else value


class IncludedForm(PortalForm):
    """An element that the price includes."""

    text = forms.CharField(
        label=_("What the price includes"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    guard_words = GuardWordsField(
        label=_("Words that no supplement may bear"),
        help_text=_("One a line, for example garden. A supplement with such a word is refused (art. 4 §2)."),
        max_length=400,
        required=False,
        widget=TEXT,
    )


class NewIncludedForm(IncludedForm):
    """An element from a day on."""

    first_day = DayField(label=_("First day"))


class StandardListForm(PortalForm):
    """The day from which the standard list holds."""

    first_day = DayField(label=_("First day"), help_text=_("From this day on conventions show the list."))


class ClauseForm(PortalForm):
    """A special clause."""

    text = forms.CharField(
        label=_("Clause"),
        help_text=_("It may add to the convention; a rule of the law it cannot weaken."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class NewClauseForm(ClauseForm):
    """A clause from a day on."""

    first_day = DayField(label=_("First day"), help_text=_("Conventions drafted from this day on have it."))


# --- figures for all homes ----------------------------------------------------------------------------------

WHY = forms.CharField(
    label=_("Why it changes"),
    help_text=_("It is kept with the change, and can be read by whoever looks at the history."),
    max_length=500,
    widget=TEXT,
)


class RebateForm(PortalForm):
    """A rebate for insured days, from a day on; with `correction=True` a reason is asked."""

    first_day = DayField(label=_("First day"))
    amount = EuroField(label=_("Rebate a day"), max_value=Decimal("99.99"))
    pivot_index = NumberField(label=_("Pivot index"), min_value=Decimal("0.01"))
    index_base = forms.CharField(label=_("Base of the index"), max_length=20, initial="2004=100")
    source = forms.CharField(
        label=_("Source"), help_text=_("Where the amount is published, and when."), max_length=150
    )
    note = WHY

    def __init__(self, *args: Any, correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not correction:
            del self.fields["note"]


class RateForm(PortalForm):
    """The legal rate of a year; with `year` given only its figures, and why they change."""

    year = forms.IntegerField(label=_("Year"), min_value=1950, max_value=2098)
    percent = NumberField(label=_("Legal rate in percent"), min_value=Decimal(0), max_value=Decimal(100))
    source = forms.CharField(
        label=_("Source"),
        help_text=_("For example Moniteur belge and the day of publication."),
        max_length=150,
    )
    note = WHY

    def __init__(self, *args: Any, rate: LegalInterest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["year" if rate else "note"]
