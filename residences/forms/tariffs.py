"""Forms of what a home charges: price authorisations, first prices, supplements, discounts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web import formats
from partenamut.web.forms import DayField, EuroField, PortalForm, UploadField
from residences.forms.figures import MonthField, NumberField
from residences.models import PriceAuthorisation, RestHome

CENT = Decimal("0.01")
MOST_A_DAY = Decimal("9999.99")


class AuthorisationForm(PortalForm):
    """A decision of the administration on prices."""

    authority = forms.CharField(label=_("Authority"), max_length=60, initial="AViQ")
    decided_on = DayField(label=_("Day of the decision"))
    reference = forms.CharField(label=_("Reference"), max_length=60, required=False)
    document = UploadField(
        label=_("The decision itself"), help_text=_("A PDF or a picture, 10 MB at most."), required=False
    )


class AuthorisationChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A price authorisation, named by its authority, day and reference."""

    def label_from_instance(self, obj: Any) -> str:
        """AViQ 22/12/2015, with the reference where there is one."""
        parts = [obj.authority, formats.day(obj.decided_on), obj.reference]
        return " ".join(part for part in parts if part)


class FirstPriceForm(PortalForm):
    """The first price of a room type, with the index that later rises are measured from."""

    field_groups: Any = (
        (_("Price"), ["daily_price", "first_day", "authorisation"]),
        (_("Consumer price index at that price (art. 4 §1)"), ["index_value", "index_month"]),
    )

    daily_price = EuroField(label=_("Price a day and person"), min_value=CENT, max_value=MOST_A_DAY)
    first_day = DayField(label=_("In force from"))
    authorisation = AuthorisationChoice(
        label=_("Price authorisation"),
        queryset=PriceAuthorisation.objects.none(),
        empty_label=_("Choose…"),
    )
    index_value = NumberField(
        label=_("Index"),
        help_text=_("The next rise is measured from it."),
        min_value=Decimal("0.01"),
    )
    index_month = MonthField(label=_("Month of the index"), help_text=_("For example 12/2025."))

    def __init__(self, *args: Any, home: RestHome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authorisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = home.authorisations.order_by("-decided_on", "-pk")


class SupplementWordsForm(PortalForm):
    """What a supplement is called, and by what it is counted."""

    label = forms.CharField(
        label=_("Supplement"),
        help_text=_("As conventions and invoices name it, for example visitor's dinner."),
        max_length=120,
    )
    unit = forms.CharField(
        label=_("Unit"), help_text=_("Such as meal or hour."), max_length=40, required=False
    )


class SupplementPriceForm(PortalForm):
    """A price of a supplement from a day on."""

    unit_price = EuroField(label=_("Price of one"), min_value=CENT, max_value=MOST_A_DAY)
    first_day = DayField(label=_("In force from"))


class SupplementForm(SupplementWordsForm, SupplementPriceForm):
    """A new supplement with its price."""

    field_order = ("label", "unit", "unit_price", "first_day")


class LastDayForm(PortalForm):
    """The last day of what is offered; empty goes on with it."""

    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: it goes on."))


class DiscountForm(PortalForm):
    """A discount for the members of a mutuality."""

    mutuality_code = forms.IntegerField(
        label=_("Code of the mutuality"),
        help_text=_("Three figures, for example 134."),
        min_value=100,
        max_value=999,
    )
    name = forms.CharField(label=_("Name of the mutuality"), max_length=120)
    percent = NumberField(
        label=_("Percent"), help_text=_("Off the price of accommodation, for example 3."), max_value=None
    )
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: no end is known yet."))
