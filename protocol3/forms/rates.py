"""Forms of the amounts of services."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.registry.forms import TEXT, PeriodForm
from partenamut.web.forms import EuroField

SOURCE_LENGTH = 150
CENT = Decimal("0.01")


class RatesForm(PeriodForm):
    """The amounts of several services for the same days; what is not known yet stays empty."""

    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy(
            "Where the amounts are published, for example a circular of INAMI and its date."
        ),
        max_length=SOURCE_LENGTH,
    )
    note = None  # type: ignore[assignment]

    def __init__(self, *args: Any, services: Sequence[str], **kwargs: Any) -> None:
        self.services = services
        self.field_groups = [
            (gettext_lazy("Days and source"), ["first_day", "last_day", "source"]),
            (gettext_lazy("Amounts a unit"), services),
        ]
        super().__init__(*args, **kwargs)

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The amounts that were typed, by service."""
        typed = {key: self.cleaned_data.get(key) for key in self.services}
        return {key: amount for key, amount in typed.items() if amount is not None}

    @property
    def days(self) -> tuple[date, date | None]:
        """First and last day."""
        return self.cleaned_data["first_day"], self.cleaned_data["last_day"]

    def clean(self) -> dict[str, Any]:
        """The days and the amounts, one at least."""
        cleaned = super().clean()
        if not self.amounts and not set(self.services) & set(self.errors):
            self.add_error(None, _("Fill in one amount at least."))
        return cleaned


def rates_form(
    services: Mapping[str, Any], before: Mapping[str, str], *args: Any, **kwargs: Any
) -> RatesForm:
    """The form with a field for each service, and beside it what held before."""
    fields = {
        key: EuroField(label=label, help_text=before.get(key, ""), required=False, min_value=CENT)
        for key, label in services.items()
    }
    made: type[RatesForm] = type("AmountsForm", (RatesForm,), fields)
    return made(*args, services=list(services), **kwargs)


class RateForm(PeriodForm):
    """An amount put right, or ended; why is kept with it."""

    field_order = ("amount", "first_day", "last_day", "source", "note")
    amount = EuroField(label=gettext_lazy("Amount a unit"), min_value=CENT)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=SOURCE_LENGTH)
    note = forms.CharField(
        label=gettext_lazy("Why it changes"),
        help_text=gettext_lazy(
            "It is kept with the change, and can be read by whoever looks at the history."
        ),
        max_length=500,
        widget=TEXT,
    )
