"""Forms of prices: a rise being prepared, who keeps the price, the index of a price, works."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.money import CENT
from partenamut.web import formats
from partenamut.web.fields import CompactField
from partenamut.web.forms import AutocompleteSelect, DayField, EuroField, PortalForm, Radios
from residences.models import Convention, KeptBecause, PriceAuthorisation, PriceCampaign, RoomType

#: What a rise has beside its prices.
VALUES = ("index_now", "index_month", "index_source", "explanation", "authorisation")
#: The highest index that the columns hold.
MOST = Decimal("99999.99")
_MONTH = re.compile(r"(?:(0?[1-9]|1[0-2])[/.\- ]([12][0-9]{3})|([12][0-9]{3})-(0[1-9]|1[0-2]))")


class IndexField(EuroField):
    """A consumer price index with two decimals, typed with a comma or a point."""

    default_error_messages = {
        "invalid": gettext_lazy("“%(label)s” is a number, for example 128,40."),
        "min_value": gettext_lazy("“%(label)s” is a number above zero, for example 128,40."),
        "max_value": gettext_lazy("“%(label)s” is too large: an index has five figures before the comma at most."),
    }  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-5"})
        super().__init__(min_value=CENT, max_value=MOST, **kwargs)


class MonthField(CompactField):
    """A month typed as 04/2026; its first day."""

    default_error_messages = {"check": gettext_lazy("“%(label)s” is a month, for example 04/2026.")}

    def parse(self, text: str) -> Any:
        """The first day of the month; ValueError for what is none."""
        found = _MONTH.fullmatch(text)
        if found is None:
            raise ValueError(text)
        month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        return date(int(year), int(month), 1)

    def prepare_value(self, value: Any) -> Any:
        """A stored day as its month; a typed text as it was typed."""
        return formats.month(value) if isinstance(value, date) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Wide enough for 04/2026."""
        return super().widget_attrs(widget) | {"class": "govuk-input--width-5", "autocomplete": "off"}


class AuthorisationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the price authorisations of a home, by its public id."""

    def to_python(self, value: Any) -> PriceAuthorisation | None:
        """The authorisation; ValidationError for what is none of the list, whatever was sent."""
        try:
            found: PriceAuthorisation | None = super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None
        return found


class IndexForm(PortalForm):
    """The consumer price index that belongs to a price, and its month."""

    index_value = IndexField(
        label=gettext_lazy("Consumer price index at this price"),
        help_text=gettext_lazy("In the same base as the index of the rises to come, for example 125,00."),
    )
    index_month = MonthField(
        label=gettext_lazy("Month of the index"), help_text=gettext_lazy("For example 12/2025.")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_index_month(self) -> date:
        """The month, which has begun."""
        return _begun(self.cleaned_data["index_month"], self.today)


class RiseForm(PortalForm):
    """A rise being prepared; `rise_form` adds a field for each room type."""

    index_now = IndexField(
        label=gettext_lazy("Consumer price index now"),
        help_text=gettext_lazy("In the same base as the index of the present prices, for example 128,40."),
    )
    index_month = MonthField(
        label=gettext_lazy("Month of the index"), help_text=gettext_lazy("For example 04/2026.")
    )
    index_source = forms.CharField(
        label=gettext_lazy("Source of the index"),
        help_text=gettext_lazy("Where it is published, for example Statbel, 29 April 2026."),
        max_length=150,
    )
    explanation = forms.CharField(
        label=gettext_lazy("Why the prices rise"),
        help_text=gettext_lazy("It stands in every letter."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    authorisation = AuthorisationField(
        label=gettext_lazy("Price authorisation"),
        help_text=gettext_lazy("Those entered under “Rest home” can be chosen; it stands in every letter."),
        queryset=PriceAuthorisation.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("None yet"),
    )

    #: Field name -> room type; filled in by `rise_form`.
    types: Mapping[str, RoomType]

    def __init__(self, *args: Any, today: date, authorisations: Any, **kwargs: Any) -> None:
        self.field_groups = [
            (gettext_lazy("The index"), ["index_now", "index_month", "index_source"]),
            (gettext_lazy("New prices a person and day"), list(self.types)),
            (gettext_lazy("For the letters"), ["explanation", "authorisation"]),
        ]
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["authorisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = authorisations

    @property
    def values(self) -> dict[str, Any]:
        """What stands beside the prices."""
        return {name: self.cleaned_data.get(name) for name in VALUES}

    @property
    def prices(self) -> dict[RoomType, Decimal]:
        """The new prices that could be read, by room type."""
        typed = {kind: self.cleaned_data.get(name) for name, kind in self.types.items()}
        return {kind: price for kind, price in typed.items() if price is not None}

    @property
    def misread(self) -> list[str]:
        """What is wrong with what was typed in the index and the prices, without a word on what is still empty."""
        names = [name for name in ("index_now", *self.types) if str(self[name].data or "").strip()]
        return [str(error) for name in names for error in self.errors.get(name, [])]

    def clean_index_month(self) -> date:
        """The month, which has begun."""
        return _begun(self.cleaned_data["index_month"], self.today)


def price_name(room_type: RoomType) -> str:
    """The name of the field of a room type."""
    return f"price_{room_type.public_id.hex}"


def rise_form(
    hints: Sequence[tuple[RoomType, str]],
    data: Any,
    *,
    campaign: PriceCampaign | None = None,
    today: date,
    authorisations: Any,
) -> RiseForm:
    """The form with a field for each room type, what it is measured against beside it."""
    fields: dict[str, Any] = {
        price_name(kind): EuroField(label=kind.name, help_text=hint, required=False, min_value=CENT)
        for kind, hint in hints
    }
    types = {price_name(kind): kind for kind, _hint in hints}
    fields |= {"types": types, "field_order": [*VALUES[:3], *types, *VALUES[3:]]}
    made: type[RiseForm] = type("HomeRiseForm", (RiseForm,), fields)
    initial = _initial(campaign) if campaign else None
    return made(data, initial=initial, today=today, authorisations=authorisations)


class ExemptionForm(PortalForm):
    """A resident whose price a rise leaves as it is."""

    convention = forms.ChoiceField(label=gettext_lazy("Resident"), widget=AutocompleteSelect)
    because = forms.ChoiceField(
        label=gettext_lazy("Why the price is kept"),
        choices=KeptBecause.choices,
        widget=Radios(
            hints={
                KeptBecause.HEALTH: gettext_lazy(
                    "The resident moved to another room for reasons of health (art. 4 §1)."
                ),
                KeptBecause.WORKS: gettext_lazy(
                    "The resident lived here before works or a new building (art. 4 §1)."
                ),
            }
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("What the right rests on"),
        help_text=gettext_lazy("For example the room before and the day of the move, or the works."),
        max_length=200,
    )

    def __init__(self, *args: Any, conventions: Iterable[Convention], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(row.public_id): row for row in conventions}
        field = self.fields["convention"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Choose a resident")),
            *(
                (key, f"{row.resident.last_name} {row.resident.first_name}")
                for key, row in self.known.items()
            ),
        ]

    @property
    def said(self) -> dict[str, Any]:
        """The convention, the reason and the note."""
        return {**self.cleaned_data, "convention": self.known[self.cleaned_data["convention"]]}


class WorksForm(PortalForm):
    """Works, and the last day before them."""

    day = DayField(
        label=gettext_lazy("Last day before the works"),
        help_text=gettext_lazy("All who lived in the home on that day keep their price from then on."),
    )
    note = forms.CharField(
        label=gettext_lazy("The works"),
        help_text=gettext_lazy("For example: new north wing, from 3 March 2026."),
        max_length=200,
    )
    #: What was seen on the page that asks for the last word.
    seen = forms.CharField(required=False, max_length=64, label="", widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """The day, which has come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise ValidationError(_("That day has not come: nobody knows who will live here then."))
        return day


def _begun(month: date, today: date) -> date:
    if month > today:
        raise ValidationError(_("“%(label)s” lies in the future: its index cannot be known."))
    return month


def _initial(campaign: PriceCampaign) -> dict[str, Any]:
    values = {name: getattr(campaign, name) for name in VALUES if name != "authorisation"}
    values["authorisation"] = campaign.authorisation.public_id if campaign.authorisation else None
    prices = campaign.prices.select_related("room_type")
    return values | {price_name(row.room_type): row.new_price for row in prices}
