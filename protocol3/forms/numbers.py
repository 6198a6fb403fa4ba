"""Form field of the numbers that INAMI gives to projects and practitioners."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partenamut.web import formats
from partenamut.web.forms import FigureField


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
