"""Forms under an offered text: the manager's signature on screen, the copy that was signed on paper."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import DayField, PortalForm, UploadField


class ManagerSignForm(PortalForm):
    """The manager's signature under the text that was read; the fingerprint says which text that was."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    name = forms.CharField(label=_("Signed by"), max_length=150)
    quality = forms.CharField(label=_("In what quality"), max_length=100)
    agreed = forms.BooleanField(
        label=_("I have read the text above and sign it for the manager."),
        error_messages={"required": _("Tick the box: you sign only what you have read and agree with.")},
    )


class PaperForm(PortalForm):
    """A copy signed on paper: the file, the day, and who signed."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    upload = UploadField(label=_("Signed copy"), help_text=_("PDF, JPEG, PNG, HEIC or TIFF, 10 MB at most."))
    signed_on = DayField(label=_("Signed on"), help_text=_("The day that stands under the signatures."))
    resident_name = forms.CharField(label=_("Signed for the resident's side by"), max_length=150)
    manager_name = forms.CharField(label=_("Signed for the manager by"), max_length=150)
    same_text = forms.BooleanField(
        label=_("The paper bears the fingerprint above at the foot of its pages"),
        error_messages={
            "required": _(
                "Compare the fingerprint at the foot of the pages with the one above, then tick the box."
            )
        },
    )

    def __init__(self, *args: Any, today: date, signed: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_on"].max_value = today  # type: ignore[attr-defined]
        for side in ("resident", "manager"):
            # A side that signed on screen is not asked again.
            if side in signed:
                del self.fields[f"{side}_name"]
