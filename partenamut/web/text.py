"""Text that people type: one Unicode form, and no character that hides or turns what is read."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

# Controls but tab and line ends, overrides of the reading direction, halves of surrogate pairs.
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@deconstructible
class SafeText:
    """Refuses control characters, overrides of the reading direction and lone surrogates."""

    message = _("“%(label)s” holds invisible characters that cannot be kept: type it again without copying.")
    code = "unsafe_text"

    def __call__(self, value: str) -> None:
        """Nothing for a safe text; ValidationError with code unsafe_text otherwise."""
        if UNSAFE.search(value):
            raise ValidationError(self.message, code=self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SafeText)

    def __hash__(self) -> int:
        return hash(SafeText)


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC): what looks the same is stored the same."""
    return unicodedata.normalize("NFC", text)


def shown(text: str) -> str:
    """The text as a page can show it again: each unsafe character becomes a visible replacement mark."""
    return UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)
