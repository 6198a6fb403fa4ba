"""The formats of partenamut.web.formats as filters; an empty value stays empty."""

from collections.abc import Callable
from typing import Any

from django import template

from partenamut.web import formats

register = template.Library()


def _filled(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def apply(value: Any) -> str:
        return "" if value is None or value == "" else write(value)

    apply.__name__, apply.__doc__ = write.__name__, write.__doc__
    return apply


for _name in (
    "day",
    "moment",
    "euros",
    "percent",
    "niss",
    "masked_niss",
    "iban",
    "enterprise",
    "inami",
    "phone",
):
    register.filter(_name, _filled(getattr(formats, _name)))


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """The number with the separators of the language; `value|number:2` fixes the decimals."""
    return "" if value is None or value == "" else formats.number(value, decimals)


@register.simple_tag
def period(first: Any, last: Any = None) -> str:
    """Both days in words, both included: {% period stay.first stay.last %}."""
    return formats.period(first, last) if first else ""
