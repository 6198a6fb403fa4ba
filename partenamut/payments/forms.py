"""What people type about payments."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partenamut.payments.models import Payable
from partenamut.web.forms import DayField, IbanField, PortalForm

#: How many payments are chosen at once: what one person can still look through.
AT_ONCE = 200


class ConfirmForm(PortalForm):
    """Nothing to type: the button says it."""


class ReasonForm(PortalForm):
    """Why, in words that the trail keeps."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 4}))


class ReturnForm(PortalForm):
    """Why the bank gave a payment back."""

    reason = forms.CharField(
        label=_("Reason that the bank gives"),
        help_text=_("For example: account closed (AC04)."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AccountForm(PortalForm):
    """Another account for a payment that came back."""

    iban = IbanField(
        label=_("New account number (IBAN)"),
        help_text=_("Leave empty to pay to the account in the member's file."),
        required=False,
    )


class PaidForm(PortalForm):
    """The day on which the bank executed a payment."""

    on = DayField(label=_("Day of payment"), help_text=_("As on the bank statement."))


class PayablesField(forms.Field):
    """Payables by their random ids, out of those the user may see, whatever became of them meanwhile."""

    widget = forms.CheckboxSelectMultiple
    queryset: QuerySet[Payable]
    default_error_messages = {
        "required": _("Choose at least one payment."),
        "unknown": _("One of these payments does not exist: choose again."),
        "too_many": _("Choose %(most)d payments at most."),
    }

    def to_python(self, value: Any) -> list[Payable]:
        """The payables in the order of their numbers; ValidationError for unknown or too many ones."""
        texts = set(value or ())
        if len(texts) > AT_ONCE:
            raise forms.ValidationError(self.error_messages["too_many"], "too_many", {"most": AT_ONCE})
        ids = [random_id for text in texts if (random_id := _random_id(text))]
        found = list(self.queryset.filter(public_id__in=ids).order_by("number"))
        if len(found) < len(texts):
            raise forms.ValidationError(self.error_messages["unknown"], "unknown")
        return found


def _random_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class ChoiceForm(PortalForm):
    """Some payables out of those the user may see."""

    payables = PayablesField(label=_("Payments"))

    def __init__(self, *args: Any, queryset: QuerySet[Payable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payables"].queryset = queryset  # type: ignore[attr-defined]

    @property
    def chosen(self) -> set[str]:
        """The ids that are ticked."""
        return set(self["payables"].value() or ())


class BatchForm(ChoiceForm):
    """Payables and the day on which the bank shall execute them."""

    execution_date = DayField(
        label=_("Execution date"), help_text=_("A day on which banks are open, today or later.")
    )
