"""What is typed about payments."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.payments.bank_lines import MAX_BYTES
from partenamut.payments.communications import communication_digits
from partenamut.web.forms import DayField, EuroField, PortalForm, UploadField


class PaymentForm(PortalForm):
    """A payment as the bank statement shows it."""

    communication = forms.CharField(
        label=_("Structured communication"),
        max_length=40,
        help_text=_("As on the bank statement, with or without +++ and /."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "inputmode": "text"}),
    )
    amount = EuroField(label=_("Amount"), min_value=Decimal("0.01"))
    received_on = DayField(label=_("Received on"))
    reference = forms.CharField(
        label=_("Reference of the bank"),
        max_length=60,
        required=False,
        help_text=_("With it, the same payment is never registered twice."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean_communication(self) -> str:
        """The twelve digits; an error that says what is wrong with them."""
        return communication_digits(self.cleaned_data["communication"])

    def clean_received_on(self) -> Any:
        """The day, not a future one."""
        day = self.cleaned_data["received_on"]
        if day > localdate():
            raise ValidationError(
                _("“%(label)s” lies in the future: a payment is registered once it is there.")
            )
        return day


class UndoForm(PortalForm):
    """Why a payment is undone."""

    because = forms.CharField(
        label=_("Why is this payment undone?"),
        max_length=200,
        help_text=_("For example: it was meant for another note."),
    )


class PaymentsFileForm(PortalForm):
    """A file of the bank."""

    file = UploadField(label=_("File of payments (CSV)"), accept=(".csv", ".txt"), max_bytes=MAX_BYTES)
