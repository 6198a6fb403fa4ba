"""Forms of months: which month is closed, and who certifies it."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.web.forms import PortalForm

#: Years in which services can lie.
YEARS = range(2000, 2101)


class CloseMonthForm(PortalForm):
    """The month that a button names."""

    month = forms.CharField(max_length=7, label=gettext_lazy("Month"), widget=forms.HiddenInput)

    def clean_month(self) -> date:
        """The first day of the month."""
        try:
            month = date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            month = date.min
        if month.year not in YEARS:
            raise ValidationError(_("This is no month: choose one of those that are ready to close."))
        return month


class CertifyForm(PortalForm):
    """The certification of the recapitulative notes (art. 24 and annex)."""

    signatory = forms.CharField(
        label=gettext_lazy("Name of the person who certifies"),
        help_text=gettext_lazy("The person responsible for the institution; the name stands on every note."),
        max_length=100,
    )
    exact = forms.BooleanField(
        label=gettext_lazy("I certify that the costs stated are exact"),
        error_messages={
            "required": gettext_lazy("Tick the box: without the certification no note is issued.")
        },
    )
    #: The total that is certified; filled in on the page that asks for the last word.
    seen = forms.DecimalField(
        required=False, max_digits=12, decimal_places=2, label="", widget=forms.HiddenInput
    )
    confirmed = forms.BooleanField(required=False, label="", widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """What the last page sends along."""
        return {"signatory": self.cleaned_data["signatory"], "exact": "on", "confirmed": "on"}

    @property
    def is_confirmed(self) -> bool:
        """Whether the last word was given, on a total that was seen."""
        return bool(self.cleaned_data["confirmed"]) and self.cleaned_data["seen"] is not None
