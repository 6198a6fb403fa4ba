"""The form of the figures of the claims."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hospitalisation.models import ClaimKind
from partenamut.web.forms import DayField, FilterForm


class DashboardForm(FilterForm):
    """Which claims are counted."""

    first = DayField(label=_("Sent from"))
    last = DayField(label=_("Sent until"))
    kind = forms.ChoiceField(label=_("Claim"), choices=[("", _("All")), *ClaimKind.choices])

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return cleaned
