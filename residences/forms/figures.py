"""Form fields of the plain figures of a home: numbers with a comma, the month of an index."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web import formats

_MONTH = re.compile(
    r"\s*(?:(?P<month>[0-9]{1,2})\s*[/.-]\s*(?P<year>[0-9]{4})|(?P<y>[0-9]{4})-(?P<m>[0-9]{2}))\s*"
)


class NumberField(forms.DecimalField):
    """A plain number, typed with a comma or a point; two figures after it at most."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_value", Decimal(99_999))
        super().__init__(
            decimal_places=2,
            error_messages={
                "invalid": _("“%(label)s” is a number, for example 125,30."),
                "max_decimal_places": _("“%(label)s” has two figures at most after the comma."),
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        """The number; a comma is read as a point."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """A stored number with the decimal sign of the language; a typed text as it was typed."""
        return formats.number(value) if isinstance(value, Decimal) else value


class MonthField(forms.CharField):
    """A month, written 12/2025; cleaned to its first day."""

    default_error_messages = {"invalid": _("“%(label)s” is a month, for example 12/2025.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "govuk-input--width-5", "autocomplete": "off"}
        super().__init__(max_length=10, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        """The first day of the month; None when nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        typed = _MONTH.fullmatch(text)
        try:
            year, month = (typed["year"] or typed["y"], typed["month"] or typed["m"]) if typed else ("", "")
            day = date(int(year), int(month), 1)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not 1950 <= day.year <= 2098:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day

    def prepare_value(self, value: Any) -> Any:
        """A stored day as its month; a typed text as it was typed."""
        return formats.month(value) if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the typed month is another one."""
        return bool(self.prepare_value(initial) != data)
