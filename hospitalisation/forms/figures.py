"""Forms of the figures of the insurances and of the patient's share a day."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hospitalisation.messages import tier as tier_name
from hospitalisation.models import DayShareRow, TierFigure
from hospitalisation.readings.figures import MEASURE_NAMES, MISSING, TIERS, TO_CONFIRM
from hospitalisation.rules import Name
from hospitalisation.services.figures import measures_of
from partenamut.web import formats
from partenamut.web.forms import DayField, EuroField, FilterForm, PortalForm, Radios

_TEXT = forms.Textarea(attrs={"rows": 3})


class FiguresFilter(FilterForm):
    """Which day, which insurance, and only what is to be found out."""

    day = DayField(label=_("Figures on"))
    tier = forms.ChoiceField(
        label=_("Insurance"), choices=[("", _("All")), *((each.value, tier_name(each)) for each in TIERS)]
    )
    state = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("All figures")),
            (TO_CONFIRM, _("Only those to be confirmed")),
            (MISSING, _("Only those not known yet")),
        ],
    )


class ValueField(EuroField):
    """The value of a figure, in whatever it is measured: a number with a comma or a point."""

    widget = forms.TextInput  # type: ignore[assignment]
    default_error_messages = {
        "invalid": _("“%(label)s” is a number, for example 125,50."),
        "min_value": _("“%(label)s” is zero or more."),
        "max_value": _("“%(label)s” is too high: look at it again."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A short input with a number pad; never completed by the browser."""
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "govuk-input--width-10"}
        return super().widget_attrs(widget) | attrs

    def prepare_value(self, value: Any) -> Any:
        """A stored value without needless decimals; a typed text as it was typed."""
        if not isinstance(value, Decimal):
            return value
        return formats.number(value.to_integral_value() if value == value.to_integral_value() else value)


class FigureForm(PortalForm):
    """A version of a figure; with `correction` the one that stands in place of a wrong one."""

    measure = forms.ChoiceField(label=_("What the figure is"), widget=Radios())
    value = ValueField(
        label=_("Value"),
        required=False,
        max_value=Decimal("9999999.99"),
        help_text=_("Euros, percent or days, by what you chose. Empty for an answer without a value."),
    )
    first_day = DayField(
        label=_("First day"),
        help_text=_("It counts for stays that begin from this day on, until the next version."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Where it is written: a document with its date or page."),
    )
    to_confirm = forms.BooleanField(
        label=_("To be confirmed: it counts, and members are told so"), required=False
    )
    reason = forms.CharField(
        label=_("Why is it corrected?"), max_length=500, widget=_TEXT, help_text=_("It stays in the trail.")
    )

    def __init__(self, *args: Any, name: Name, correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(measure.value, MEASURE_NAMES[measure]) for measure in measures_of(name)]
        self.fields["measure"].choices = choices  # type: ignore[attr-defined]
        if not correction:
            del self.fields["reason"]

    def clean_value(self) -> Decimal:
        """The value; zero where nothing was typed."""
        return self.cleaned_data["value"] or Decimal(0)


def initial_of(figure: TierFigure) -> dict[str, Any]:
    """A version as the form shows it."""
    shown = {name: getattr(figure, name) for name in ("measure", "first_day", "source", "to_confirm")}
    return {**shown, "value": figure.value or None}


class ReasonForm(PortalForm):
    """Why something is withdrawn."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"), max_length=500, widget=_TEXT, help_text=_("It stays in the trail.")
    )


class _Amounts(PortalForm):
    """The amounts of a day."""

    first_day = EuroField(label=_("First day of the stay"))
    following_days = EuroField(label=_("Following days"), help_text=_("Each, up to the 90th."))
    from_day_91 = EuroField(label=_("From the 91st day"), help_text=_("Each."))
    source = forms.CharField(label=_("Source"), max_length=150)


class ShareForm(_Amounts):
    """What stays with a category of patients a day, from a day on."""

    category = forms.ChoiceField(
        label=_("Category of patient"), choices=DayShareRow.Category.choices, widget=Radios()
    )
    valid_from = DayField(label=_("From"), help_text=_("Until the next amounts of this category."))
    field_order = ("category", "valid_from", "first_day", "following_days", "from_day_91", "source")


class ShareCorrectionForm(_Amounts):
    """The amounts put right, with why."""

    reason = forms.CharField(
        label=_("Why is it corrected?"), max_length=500, widget=_TEXT, help_text=_("It stays in the trail.")
    )
