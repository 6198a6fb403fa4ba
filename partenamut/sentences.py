"""Reasons spoken as sentences: each business brings its table of codes, this speaks it fast in any language."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from threading import local
from typing import Any

from django.utils import translation

from partenamut.law import Article, Figures, Reason

#: The sentence of one code: whether the rule is met, and its figures by name.
Sentence = Callable[[bool, dict[str, Any]], str]

#: The language in which this thread is speaking sentences; asking the framework for it each time is slow.
_spoken = local()


def language_of_now() -> str:
    """The language being spoken, else the active one."""
    return getattr(_spoken, "language", None) or (translation.get_language() or "fr")[:2]


def gettext(text: str) -> str:
    """The text in the language being spoken, else in the active one."""
    language = getattr(_spoken, "language", None)
    return _text(language, text) if language else translation.gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The text for a number in the language being spoken, else in the active one."""
    language = getattr(_spoken, "language", None)
    return (
        _counted(language, singular, plural, number)
        if language
        else translation.ngettext(singular, plural, number)
    )


class Sentences:
    """The sentences of a business, by code."""

    def __init__(self, table: Mapping[str, Sentence]) -> None:
        self.table = table
        self._said = lru_cache(maxsize=16384)(self._sentence)

    def message(self, reason: Reason) -> str:
        """The sentence of a reason in the active language."""
        return self.messages((reason,), translation.get_language() or "fr")[0]

    def messages(self, reasons: tuple[Reason, ...], language: str) -> list[str]:
        """The sentences of many reasons in a language."""
        _spoken.language = language
        try:
            return [self._said(language, reason.code, reason.met, reason.figures) for reason in reasons]
        finally:
            _spoken.language = None

    def said(self, reasons: Iterable[Reason], language: str) -> list[dict[str, object]]:
        """Reasons as the contract shows them: code, met, source and sentence in a language, which must be active."""
        kept = tuple(reasons)
        return [
            {"code": reason.code, "met": reason.met, "source": reason.article.source, "message": sentence}
            for reason, sentence in zip(kept, self.messages(kept, language), strict=True)
        ]

    def _sentence(self, _language: str, code: str, met: bool, figures: Figures) -> str:
        """The language is a part of the key only: it is the one being spoken."""
        return self.table[code](met, dict(figures))


def source(article: Article) -> str:
    """The document, article and house rule of a reason in the active language."""
    place = ", ".join(gettext(part) for part in (article.document, article.article) if part)
    if not article.house_rule:
        return place
    if not place:
        return gettext("House rule: %(rule)s") % {"rule": gettext(article.house_rule)}
    return gettext("%(place)s (house rule: %(rule)s)") % {"place": place, "rule": gettext(article.house_rule)}


def within(name: object) -> str:
    """A name as it stands inside a sentence of the language being spoken: small, but in German, whose nouns stay large."""
    text = str(name)
    return text if language_of_now() == "de" else text.lower()


def day(value: date) -> str:
    """A day as it is written in Belgium: 07/03/2026."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


@lru_cache(maxsize=1024)
def _text(language: str, text: str) -> str:
    with translation.override(language):
        return translation.gettext(text)


@lru_cache(maxsize=8192)
def _counted(language: str, singular: str, plural: str, number: int) -> str:
    with translation.override(language):
        return translation.ngettext(singular, plural, number)
