"""Template help of the desk of claims."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template

register = template.Library()


@register.filter
def beside(rows: Iterable[Any], others: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Two lists of the same length, pair by pair."""
    return zip(rows, others, strict=True)
