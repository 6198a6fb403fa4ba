"""The forms of the resident's side: a remark on an article, a signature on screen, an invoice contested."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import DayField, FilterForm, PortalForm, UploadField


class RemarkForm(PortalForm):
    """A remark on one article."""

    text = forms.CharField(
        label=_("Your remark"),
        help_text=_("Say what you would like to have changed, or what is not clear."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write your remark.")},
    )


class SignForm(PortalForm):
    """A signature under the text that was read; the fingerprint says which text that was."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    name = forms.CharField(
        label=_("Your first name and last name"),
        help_text=_("This is your signature: write your name in full."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your first name and your last name.")},
    )
    agreed = forms.BooleanField(
        label=_("I have read the whole text and I agree with it."),
        error_messages={"required": _("Tick the box: you sign only what you have read and agree with.")},
    )

    def __init__(self, *args: Any, confirming: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if confirming:
            for field in self.fields.values():
                field.widget = forms.HiddenInput()


class ContestForm(PortalForm):
    """What is contested in an invoice, with a document."""

    text = forms.CharField(
        label=_("What do you contest, and why?"),
        help_text=_("Name the line and the amount. For example: I did not take the meal of 12 March."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write what you contest.")},
    )
    upload = UploadField(
        label=_("Document"),
        help_text=_("PDF, JPEG, PNG, HEIC or TIFF, 10 MB at most."),
        required=False,
    )


class PeriodForm(FilterForm):
    """The days of a statement of account."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        return cleaned
