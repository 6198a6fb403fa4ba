"""What the home answers to an invoice that is contested."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import PortalForm, Radios
from residences.forms.months import LineChoice
from residences.models import Dispute, DisputeStatus, InvoiceLine


class AnswerForm(PortalForm):
    """Accepted wholly, for some lines, or rejected; with the reasons."""

    status = forms.ChoiceField(
        label=_("What do you answer?"),
        choices=[
            (DisputeStatus.UPHELD, _("Accept it wholly")),
            (DisputeStatus.PARTLY, _("Accept it for some lines")),
            (DisputeStatus.REJECTED, _("Reject it")),
        ],
        widget=Radios(
            hints={
                DisputeStatus.UPHELD: _("A credit note takes back all of the invoice that still stands."),
                DisputeStatus.PARTLY: _(
                    "A credit note takes back the lines that you tick. To charge another amount instead, enter it on "
                    "the account afterwards."
                ),
                DisputeStatus.REJECTED: _("The invoice stays as it is; it can be reminded of again."),
            }
        ),
    )
    lines = LineChoice(
        label=_("Lines that are taken back"),
        queryset=InvoiceLine.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = forms.CharField(
        label=_("Your answer, with its reasons"),
        help_text=_("The resident's side reads it on the portal."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lines"]
        assert isinstance(field, LineChoice)
        field.queryset = dispute.invoice.lines.filter(taken_back_by=None).order_by("position")

    def clean(self) -> dict[str, Any]:
        """Lines belong to an answer that accepts some, and to no other."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        status, lines = cleaned.get("status"), cleaned.get("lines")
        if status == DisputeStatus.PARTLY and not lines and "lines" not in self.errors:
            self.add_error("lines", _("Tick the lines that you take back."))
        if status in (DisputeStatus.UPHELD, DisputeStatus.REJECTED) and lines:
            self.add_error(
                "lines", _("Lines are ticked only where some of them are accepted: choose that answer.")
            )
        return cleaned
