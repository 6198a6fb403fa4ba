"""The period of a beneficiary's statement."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import DayField, PortalForm


class PeriodForm(PortalForm):
    """A first and a last day, both included."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        """ValidationError where the last day comes before the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            raise ValidationError({"last": _("The last day cannot come before the first.")})
        return cleaned
