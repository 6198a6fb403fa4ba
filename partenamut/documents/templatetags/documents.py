"""Filters of letters: frozen data holds days and amounts as text, readers want them written out."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.translation import get_language

from partenamut.documents import formats

register = template.Library()


@register.filter
def euro(amount: str) -> str:
    """A frozen amount in the language of the letter; empty stays empty."""
    return formats.euro(amount, get_language() or "fr") if amount else ""


@register.filter
def long_day(day: str) -> str:
    """A frozen day in words; empty stays empty."""
    return formats.long_day(day, get_language() or "fr") if day else ""


@register.filter
def beside(row: Sequence[str], columns: Sequence[Mapping[str, str]]) -> list[tuple[Mapping[str, str], str]]:
    """Each cell of a row with its column; ValueError where their number differs."""
    return list(zip(columns, row, strict=True))
