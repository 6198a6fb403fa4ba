"""What is typed about payments: one that came or was paid back, a file of the bank, a line given to a share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.payments.communications import communication_digits
from partenamut.web.forms import DayField, EuroField, PortalForm, Radios, UploadField

CENT = Decimal("0.01")
MEGABYTE = 1024 * 1024
RECEIVED, PAID_BACK = "received", "paid_back"


class PaymentForm(PortalForm):
    """A payment as the bank statement shows it."""

    what = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=[
            (RECEIVED, gettext_lazy("Money was received")),
            (PAID_BACK, gettext_lazy("Money was paid back")),
        ],
        initial=RECEIVED,
        widget=Radios(
            hints={
                PAID_BACK: gettext_lazy("To somebody who paid too much, or who left and is owed something.")
            }
        ),
    )
    communication = forms.CharField(
        label=gettext_lazy("Structured communication"),
        max_length=40,
        help_text=gettext_lazy("Of the invoice, as on the bank statement, with or without +++ and /."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    amount = EuroField(label=gettext_lazy("Amount"), min_value=CENT)
    received_on = DayField(label=gettext_lazy("Day"))
    reference = forms.CharField(
        label=gettext_lazy("Reference of the bank"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("With it, the same payment is never registered twice."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

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

    def deed(self) -> dict[str, Any]:
        """What is registered: an amount that was paid back is negative."""
        said = dict(self.cleaned_data)
        if said.pop("what") == PAID_BACK:
            said["amount"] = -said["amount"]
        return said


class UndoForm(PortalForm):
    """Why a payment is undone."""

    because = forms.CharField(
        label=gettext_lazy("Why is this payment undone?"),
        max_length=200,
        help_text=gettext_lazy("For example: it was meant for another invoice."),
    )


class BankFileForm(PortalForm):
    """A file of the bank."""

    file = UploadField(
        label=gettext_lazy("File of the bank"),
        help_text=gettext_lazy("CODA (.cod) or a list in CSV, 2 MB at most."),
        accept=(".csv", ".txt", ".cod", ".coda"),
        max_bytes=2 * MEGABYTE,
    )


class SetAsideForm(PortalForm):
    """Why a line of the bank is no payment of an invoice."""

    because = forms.CharField(
        label=gettext_lazy("Why is this line set aside?"),
        max_length=300,
        help_text=gettext_lazy(
            "For example: a gift, or the rent of the hairdresser. The line stays to be found."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AssignForm(PortalForm):
    """Which share a line of the bank pays, and how much of it."""

    share = forms.ChoiceField(label=gettext_lazy("Which invoice does it pay?"), widget=Radios)
    amount = EuroField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("Less than the line: the rest stays in the list, for another invoice."),
    )

    def __init__(self, *args: Any, shares: Sequence[tuple[str, str]], rest: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"amount": abs(rest)}, **kwargs})
        field, amount = self.fields["share"], self.fields["amount"]
        assert isinstance(field, forms.ChoiceField)
        assert isinstance(amount, EuroField)
        field.choices = list(shares)
        amount.min_value, self.sign = CENT, -1 if rest < 0 else 1

    def clean_amount(self) -> Decimal:
        """The amount with the sign of the line."""
        amount: Decimal = self.cleaned_data["amount"]
        return amount * self.sign
