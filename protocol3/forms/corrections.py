"""What is typed to take lines of a note back."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import FilterForm, PortalForm, Radios
from protocol3.models import CorrectionReason


class PickedField(forms.Field):
    """Services that were ticked, by their ids."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("Tick the lines that are taken back."),
        "invalid": _("One of the ticked lines is none of this list: tick them again."),
    }

    def to_python(self, value: Any) -> list[UUID]:
        """The ids, each once."""
        try:
            return list(dict.fromkeys(UUID(str(each)) for each in value or ()))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class PayBackForm(PortalForm):
    """Services that are paid back to INAMI, and who certifies it."""

    services = PickedField()
    signatory = forms.CharField(
        label=_("Person who certifies the note"),
        max_length=100,
        help_text=_("The name stands under the certification of the note."),
    )


class CorrectionForm(PayBackForm):
    """Services taken off a note to an insurer, and why."""

    reason = forms.ChoiceField(
        label=_("Why are these lines taken back?"),
        choices=[
            (CorrectionReason.REJECTION, _("The insurer rejected them")),
            (CorrectionReason.ERROR, _("We billed them by mistake")),
        ],
        widget=Radios,
    )
    explanation = forms.CharField(
        label=_("Explanation"),
        max_length=300,
        help_text=_("The insurer's reason, or what was wrong. It stands on the correction note."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("reason", "explanation", "signatory", "services")


class LineFilter(FilterForm):
    """Lines of a note by a text."""

    text = forms.CharField(label=_("Name, number of the individual note, pseudocode or day"), max_length=100)
