"""Text and data as documents take them: plain, normalised, printable with the bundled fonts."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from fontTools.ttLib import TTFont

from partenamut.documents.fonts import BOLD, FOLDER, REGULAR

REPLACEMENT = "\u25a1"
KEPT_CONTROLS = "\n\t"


class NotFrozen(TypeError):
    """Raised for a value that a stored document cannot hold, such as a float or a model row."""


@lru_cache(maxsize=1)
def _covered() -> frozenset[str]:
    regular, bold = (set(TTFont(FOLDER / name, lazy=True).getBestCmap()) for name in (REGULAR, BOLD))
    return frozenset(chr(code) for code in regular & bold) | frozenset(KEPT_CONTROLS)


def unprintable(text: str) -> str:
    """The characters of a text that no document can show, each once; empty if all is well."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(sorted(set(normal) - _covered()))


def printable(text: str) -> str:
    """The text in NFC, a white square for what the fonts lack, without control characters."""
    covered = _covered()
    shown = []
    for character in unicodedata.normalize("NFC", text):
        if character in covered:
            shown.append(character)
        elif unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn"):
            shown.append(REPLACEMENT)
    return "".join(shown)


def freeze(value: object) -> Any:
    """The value as plain JSON data: days and amounts become text, lazy sentences are spoken now; NotFrozen."""
    if value is None or type(value) is str or isinstance(value, bool | int):
        return value
    if isinstance(value, str | Promise):
        return "".join(list(str(value)))  # a plain str: what was marked as safe is marked no longer
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): freeze(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [freeze(item) for item in value]
    raise NotFrozen(f"a document cannot hold {type(value).__name__}")


def shown(value: Any) -> Any:
    """Frozen data with every text made printable; the form in which templates see it."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value
