"""The forms on the page of a claim: messages, documents, withdrawal, appeal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hospitalisation.models import AttachmentKind
from partenamut.web.files import FilesField, FilesForm
from partenamut.web.forms import PortalForm, Radios


class MessageForm(FilesForm, PortalForm):
    """A message to the service, with files."""

    text = forms.CharField(label=_("Your message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    uploads = FilesField(label=_("Files"))


class DocumentForm(FilesForm, PortalForm):
    """Documents of one kind that come after the claim was sent."""

    kind = forms.ChoiceField(
        label=_("What do you send?"),
        choices=AttachmentKind.choices,
        widget=Radios,
        initial=AttachmentKind.OTHER,
    )
    uploads = FilesField(label=_("Files"))
    mark_optional = False

    def clean(self) -> dict[str, Any]:
        """At least one file."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.files_kept and not self.files_refused:
            self.add_error("uploads", _("Choose the file that you send."))
        return cleaned


class ReasonForm(PortalForm):
    """Why a claim is withdrawn; it may stay empty."""

    reason = forms.CharField(
        label=_("Why? (you need not say)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    mark_optional = False


class AppealForm(PortalForm):
    """Why the person does not agree."""

    reason = forms.CharField(
        label=_("Why do you not agree?"),
        help_text=_("Say which line or which rule you mean, and why. You can send files with a message."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
