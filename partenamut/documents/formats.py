"""Days and euros as a reader of the language writes them."""

from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext

CENT = Decimal("0.01")
NARROW = "\u202f"
FIXED = "\u00a0"
MINUS = "\u2212"
# language: what groups the thousands, what begins the cents
SIGNS = {"fr": (NARROW, ","), "nl": (".", ","), "de": (".", ","), "en": (",", ".")}


def euro(amount: Decimal | str, language: str) -> str:
    """An amount of euros with two decimals, such as 1 234,50 € in French; ValueError for parts of a cent."""
    exact = amount if isinstance(amount, Decimal) else Decimal(amount)
    if not exact.same_quantum(CENT) and exact != exact.quantize(CENT):
        raise ValueError(f"not rounded to the cent: {amount}")
    group, comma = SIGNS[language]
    whole, _, cents = f"{abs(exact):,.2f}".partition(".")
    sign = MINUS if exact < 0 else ""
    return f"{sign}{whole.replace(',', group)}{comma}{cents}{FIXED}€"


def long_day(day: date | str, language: str) -> str:
    """A day in words, such as 3 mars 2026; the first of a French month is 1er."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    with translation.override(language):
        month = date_format(when, "F")
    number = f"{when.day}." if language == "de" else str(when.day)
    if language == "fr" and when.day == 1:
        number = "1er"
    return f"{number}{FIXED}{month} {when.year}"


def page_of(language: str) -> str:
    """The words of the footer, with {page} and {pages} still to be filled in."""
    with translation.override(language):
        return gettext("page {page} of {pages}")
