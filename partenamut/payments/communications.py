"""Structured communications as people type them, as banks write them into a text, and as papers show them."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from partenamut.identifiers import WrongNumber, parse_communication

_STRUCTURED = re.compile(r"[+*]{3}\s*\d{3}\s*/\s*\d{4}\s*/\s*\d{5}\s*[+*]{3}")
_WRONG = {
    "characters": gettext_lazy(
        "A structured communication is written with figures, for example +++090/9337/55493+++."
    ),
    "length": gettext_lazy("A structured communication has 12 figures: count them again."),
    "check": gettext_lazy(
        "The last two figures of the communication do not fit the others: one is mistyped, compare it with "
        "the bank statement."
    ),
}


def structured(communication: str) -> str:
    """Twelve digits as +++ddd/dddd/ddddd+++."""
    return f"+++{communication[:3]}/{communication[3:7]}/{communication[7:]}+++"


def communication_digits(text: str) -> str:
    """The twelve digits of a typed communication; ValidationError that says what is wrong with it."""
    try:
        return parse_communication(text)
    except WrongNumber as error:
        raise ValidationError(str(_WRONG[error.code])) from error


def communication_in(text: str) -> str:
    """The structured communication marked as one within a text; the text itself where none is."""
    found = _STRUCTURED.search(text)
    return found.group() if found else text


def with_communication(rows: QuerySet[Any], text: str, path: str = "communication") -> QuerySet[Any] | None:
    """The rows with a structured communication; None where the text is none."""
    try:
        return rows.filter(**{path: parse_communication(text)})
    except WrongNumber:
        return None
