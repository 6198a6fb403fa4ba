"""The forms of a claim that came on paper: a stay with its bill, a deposit, receipts of a serious illness."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hospitalisation.forms.member import DepositForm, StayForm
from hospitalisation.models import AttachmentKind, Certificate, ClaimLine
from hospitalisation.services.bill_file import FileRefused, read_bill, write_bill
from partenamut.registry.models import Member
from partenamut.web.forms import DayField, PortalForm, Radios, UploadField

#: How many wrong lines of a file are named at once.
FAULTS_SHOWN = 10
#: Characters of a bill that a page carries along.
BILL_LENGTH = 2_000_000


class PastDayField(DayField):
    """A day that is not in the future."""

    def validate(self, value: Any) -> None:
        """ValidationError for a day after today."""
        self.max_value = localdate()
        super().validate(value)


class PaperFields(PortalForm):
    """What every paper claim has: the day it came, and what came with it."""

    received_on = PastDayField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The stamp of the post room: the claim counts from this day."),
    )
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("Documents on paper"),
        choices=AttachmentKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def kinds(self) -> list[AttachmentKind]:
        """The documents that came."""
        return [AttachmentKind(kind) for kind in self.cleaned_data["papers"]]


class PaperStayForm(PaperFields, StayForm):
    """A stay on paper; `member` is whose it is."""

    certificate = forms.ChoiceField(
        label=gettext_lazy("Original certificate of care given"),
        choices=Certificate.choices,
        required=False,
        widget=Radios,
    )
    certificate_on = PastDayField(label=gettext_lazy("Certificate received on"), required=False)

    field_order = (
        "received_on",
        "hospital",
        "place",
        "country",
        "admission",
        "admitted",
        "discharge",
        "day_hospital",
        "room",
        "papers",
        "certificate",
        "certificate_on",
    )

    def __init__(self, *args: Any, member: Member, only_announce: bool = False, **kwargs: Any) -> None:
        self.member, self.only_announce = member, only_announce
        super().__init__(*args, **kwargs)

    @property
    def person(self) -> Member | None:
        """Whose stay it is."""
        return self.member

    def clean(self) -> dict[str, Any]:
        """A stay that can be; a certificate with its day."""
        cleaned = super().clean()
        certificate, on = cleaned.get("certificate"), cleaned.get("certificate_on")
        if certificate and on is None and "certificate_on" not in self.errors:
            self.add_error("certificate_on", _("Give the day on which the certificate was received."))
        if on and not certificate and "certificate" not in self.errors:
            self.add_error("certificate", _("Say how the certificate was received."))
        received, discharge = cleaned.get("received_on"), cleaned.get("discharge")
        if received and discharge and received < discharge and not self.only_announce:
            self.add_error("received_on", _("The claim was received before the discharge: check both days."))
        return cleaned


class PaperDepositForm(PaperFields, DepositForm):
    """A deposit on paper, of a stay that is known."""

    field_order = ("received_on", "week", "paid", "paid_on", "room_supplement_per_day", "papers")

    @property
    def deposit(self) -> dict[str, object]:
        """The answers as the services take them."""
        names = ("week", "paid", "paid_on", "room_supplement_per_day")
        return {name: self.cleaned_data[name] for name in names}


class PaperReceiptsForm(PaperFields):
    """Receipts of a serious illness on paper."""

    take_over = forms.BooleanField(
        label=gettext_lazy("Replace the draft that the member has begun in the portal"), required=False
    )

    def __init__(self, *args: Any, has_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_draft:
            del self.fields["take_over"]


class BillForm(PortalForm):
    """A long bill as a file; the page carries its lines along until the claim is sent."""

    file = UploadField(
        label=gettext_lazy("Or: a file with the lines"),
        help_text=gettext_lazy("A CSV file, 2 MB at most. It takes the place of the lines above."),
        accept=(".csv", ".txt"),
        max_bytes=2 * 2**20,
        required=False,
    )
    kept = forms.CharField(max_length=BILL_LENGTH, required=False, strip=False, widget=forms.HiddenInput)
    drop = forms.BooleanField(label=gettext_lazy("Leave the lines of the file away"), required=False)

    lines: list[ClaimLine]

    def __init__(self, *args: Any, lines: list[ClaimLine] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: The lines of the file, or those that were kept of it.
        self.lines = lines or []

    def clean(self) -> dict[str, Any]:
        """The lines of the file read; each fault with its line, the first ones by name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.lines = []
        file = cleaned.get("file")
        content = file.read() if file else (cleaned.get("kept") or "").encode()
        if content and not (cleaned.get("drop") and not file):
            self._read(content)
        return cleaned

    def _read(self, content: bytes) -> None:
        try:
            found = read_bill(content)
        except FileRefused as error:
            self.add_error("file", error)
            return
        if found.faults:
            sentences = [str(fault) for fault in found.faults[:FAULTS_SHOWN]]
            if len(found.faults) > FAULTS_SHOWN:
                sentences.append(_("%(count)d faults in all.") % {"count": len(found.faults)})
            self.add_error("file", ValidationError(sentences))
        else:
            self.lines = found.lines

    @property
    def carried(self) -> str:
        """The lines as text for the page to carry along."""
        return write_bill(self.lines) if self.lines else ""
