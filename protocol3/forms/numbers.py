"""Form fields of the numbers that projects and practitioners bear."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.identifiers import parse_enterprise
from partenamut.web import formats
from partenamut.web.fields import CompactField


class FigureField(CompactField):
    """A number of figures only, with a number pad on phones."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Wide enough for the printed form; never completed by the browser."""
        return super().widget_attrs(widget) | {
            "inputmode": "numeric",
            "autocomplete": "off",
            "class": "govuk-input--width-10",
        }


class EnterpriseField(FigureField):
    """An enterprise number (BCE); cleaned to ten digits, shown as the register prints it."""

    default_error_messages = {
        "length": _("“%(label)s” has 10 figures, for example 0123.456.749."),
        "characters": _("“%(label)s” is written with figures, for example 0123.456.749."),
        "check": _("“%(label)s” is not a valid number: compare it with the register of enterprises."),
    }

    def parse(self, text: str) -> str:
        """Ten digits."""
        return parse_enterprise(text)

    def prepare_value(self, value: Any) -> Any:
        """A stored number as it is printed; a typed text as it was typed."""
        return formats.enterprise(value) if isinstance(value, str) else value


class InamiField(FigureField):
    """An INAMI number of 8 or 11 figures; its check digits are looked at after saving, where a mismatch only warns."""

    default_error_messages = {
        "check": _("“%(label)s” has 11 figures, or 8 without the qualification: for example 1-23456-78-901."),
    }

    def parse(self, text: str) -> str:
        """Eight or eleven digits."""
        digits = "".join(character for character in text if character not in " .-/\u00a0\u202f\u2011")
        if not (digits.isascii() and digits.isdigit() and len(digits) in (8, 11)):
            raise ValueError(digits)
        return digits

    def prepare_value(self, value: Any) -> Any:
        """A stored number as it is printed; a typed text as it was typed."""
        return formats.inami(value) if isinstance(value, str) else value
