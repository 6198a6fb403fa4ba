"""Whether a supplement's label means an element that the daily price includes (art. 4 §2 and §3)."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from .included_list import STANDARD, Element

__all__ = ["BY_CODE", "LAWFUL", "STANDARD", "Element", "folded", "included_by"]


class Guarded(Protocol):
    """An element of the price: of the standard list by its code, or the home's own with words of its own."""

    @property
    def code(self) -> str:
        """The code of the standard element, or nothing."""

    @property
    def text(self) -> str:
        """How the list names it."""

    @property
    def guard_words(self) -> Sequence[str]:
        """What betrays it: words that must all occur; `-word` must not, `word*` begins so, `=` stands alone."""


G = TypeVar("G", bound=Guarded)

BY_CODE = {element.code: element for element in STANDARD}
#: What every home includes, whether its list names it or not.
LAWFUL = tuple(element for element in STANDARD if not element.is_comfort)

#: A plural or a feminine form is the same word.
_ENDINGS = ("", "s", "x", "es", "e", "en", "n")
#: What is served to others than the resident is never in the price.
_VISITORS = (
    *("visiteur", "visiteuse", "visite", "invite", "hote", "famille", "convive", "accompagnant", "accompagnateur"),
    *("bezoek*", "gast", "gaste*", "genodigde", "familie", "begeleider"),
    *("besuch*", "angehorige*", "begleit*", "visitor", "guest", "family", "relative", "companion"),
)  # fmt: skip
#: Words that say nothing of what is charged: beside them a guard with `=` still stands alone.
_FILLER_WORDS = """
    de du des d la le les l un une et ou en a au aux par pour avec sur son sa ses dans mois mensuel mensuelle jour
    journalier journaliere semaine annee an supplement supplementaire extra frais forfait prix tarif cout redevance
    location louer abonnement utilisation usage mise disposition fourniture individuel individuelle resident
    residente chambre studio
    van het een in voor per met op zijn haar uw maand dag week jaar toeslag kost kosten prijs huur gebruik bijdrage
    bewoner kamer individueel
    der die das den dem ein eine einen einer und im fur pro mit von zur zum monat tag woche jahr zuschlag gebuhr preis
    miete nutzung aufpreis pauschale zimmer
    the of and for to with on at his her their one month monthly day daily year yearly fee charge charges cost rental
    rent use supply lump sum room
"""
_FILLER = frozenset(_FILLER_WORDS.split())


def included_by(label: str, elements: Iterable[G] = STANDARD) -> G | None:  # type: ignore[assignment]
    """The first of the elements that the label of a supplement means; None where it is free to be charged.

    What is for visitors is never meant. Accents, capitals and plurals make no difference.
    """
    words = folded(label)
    if not words or any(_occurs(term, words) for term in _VISITORS):
        return None
    return next((element for element in elements if _means(element, words)), None)


def folded(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, without accents."""
    apart = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", apart)
    kept = (sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return tuple("".join(kept).split())


def _means(element: Guarded, words: tuple[str, ...]) -> bool:
    standard = BY_CODE.get(element.code)
    guards = (*element.guard_words, *(standard.guard_words if standard else ()))
    return folded(element.text) == words or any(_fits(guard, words) for guard in guards)


def _fits(guard: str, words: tuple[str, ...]) -> bool:
    """Whether a guard is met: every word of it occurs, none that it excludes, and nothing beside where it stands alone."""
    terms = guard.removeprefix("=").split()
    wanted = [term for term in terms if not term.startswith("-")]
    if not wanted or not all(_occurs(term, words) for term in wanted):
        return False
    if any(_occurs(term[1:], words) for term in terms if term.startswith("-")):
        return False
    return not guard.startswith("=") or all(
        word in _FILLER or any(_same(word, term) for term in wanted) for word in words
    )


def _occurs(term: str, words: tuple[str, ...]) -> bool:
    return any(_same(word, term) for word in words)


def _same(word: str, term: str) -> bool:
    """Whether a word is that of a term, in the singular or the plural, or begins as a term with a star does."""
    if term.endswith("*"):
        return word.startswith(term[:-1])
    return word.startswith(term) and word[len(term) :] in _ENDINGS
