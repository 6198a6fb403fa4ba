"""Forms of files of services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.casework.rows import MAX_BYTES
from partenamut.web.forms import PortalForm, Radios, UploadField


class FileForm(PortalForm):
    """A file of services."""

    file = UploadField(label=_("File of services (CSV)"), accept=(".csv", ".txt"), max_bytes=MAX_BYTES)


class StartForm(PortalForm):
    """What becomes of the lines that cannot simply be entered; only what there is, is asked."""

    keep = forms.TypedChoiceField(
        label=_("Lines that are not billable"),
        choices=[("no", _("Leave them out")), ("yes", _("Enter them, kept as not billable"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=Radios,
    )
    without_refused = forms.BooleanField(
        label=_("Take the other lines over without the refused ones"), required=False
    )

    def __init__(self, *args: Any, stopped: int, refused: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not stopped:
            del self.fields["keep"]
        if not refused:
            del self.fields["without_refused"]
        self.mark_optional = False
