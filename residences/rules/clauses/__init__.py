"""What a special clause may not say: it adds to the convention, and never weakens a rule of it (art. 12)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from partenamut.law import Reason
from residences.rules import articles
from residences.rules.included import STANDARD, included_by

from . import money, price, stay, terms
from .patterns import Rule
from .words import NEGATION, TURN

#: Ends a sentence; not after an abbreviation or inside a number.
_END = re.compile(
    r"(?<!\bart)(?<!\bex)(?<!\bbv)(?<!\bmax)(?<!\bmin)(?<!\bca)(?<!\bz\.b)(?<!\bmme)(?<!\bmr)[.!?]+(?=\s|$)|\n+"
)
#: A line broken inside a sentence: the next one goes on in small letters.
_SOFT = re.compile(r"(?<!\n)\n(?=[ \t]*[a-zà-ÿ])")
_APART = {"ß": "ss", "œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "’": "'", "‘": "'", "‑": "-", "–": "-"}
_QUOTE = 160
_RULES = (*money.RULES, *price.RULES, *stay.RULES)


class Sentence(Struct, frozen=True):
    """A sentence without accents or capitals, and where each of its characters stands in the text."""

    plain: str
    places: tuple[int, ...]


def broken_rules(text: str) -> tuple[Reason, ...]:
    """The rules of the convention that a special clause breaks, each with the words found; nothing for one that adds."""
    found: dict[tuple[str, str], Reason] = {}
    for sentence in _sentences(text):
        for reason, first, last in _broken_in(sentence.plain):
            quote = _quoted(text, sentence.places, first, last)
            said = Reason(reason.code, False, reason.article, (("words", quote), *reason.figures))
            found.setdefault((reason.code, quote), said)
    return tuple(found.values())


# --- inside -------------------------------------------------------------------------------------------------


Finding = tuple[Reason, int, int]


def _broken_in(plain: str) -> Iterator[Finding]:
    yield from terms.broken(plain)
    segments = list(_segments(plain))
    for rule in _RULES:
        if rule.may_break(plain):
            yield from _first(rule, segments)
    yield from _included(segments)


def _first(rule: Rule, segments: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """The first part of the sentence that breaks a rule."""
    for start, part in segments:
        if rule.negated and NEGATION.search(part):
            continue
        hits = [pattern.search(part) for pattern in rule.needs]
        if all(hits):
            spans = [hit.span() for hit in hits if hit]
            first, last = min(span[0] for span in spans), max(span[1] for span in spans)
            yield Reason(rule.code, False, rule.article), start + first, start + last
            return


def _included(segments: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """A charge for what the price includes already."""
    for start, part in segments:
        if not price.CHARGED.search(part) or NEGATION.search(part) or price.NOT_CHARGED.search(part):
            continue
        if (element := included_by(part, STANDARD)) is not None:
            reason = Reason("clause.included", False, articles.INCLUDED, (("element", element.text),))
            yield reason, start, start + len(part.rstrip())
            return


def _segments(plain: str) -> Iterator[tuple[int, str]]:
    """The parts of a sentence that words like "but" set apart, with their places."""
    start = 0
    for turn in TURN.finditer(plain):
        yield start, plain[start : turn.start()]
        start = turn.end()
    yield start, plain[start:]


def _sentences(text: str) -> Iterator[Sentence]:
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(_SOFT.sub(" ", text)):
        for piece in unicodedata.normalize("NFKD", _APART.get(character, character)).lower():
            if not unicodedata.combining(piece):
                characters.append(" " if piece.isspace() and piece != "\n" else piece)
                places.append(place)
    plain = "".join(characters)
    start = 0
    for end in [*(match.start() for match in _END.finditer(plain)), len(plain)]:
        if plain[start:end].strip(" .!?\n"):
            yield Sentence(plain[start:end], tuple(places[start:end]))
        start = end


def _quoted(text: str, places: Sequence[int], first: int, last: int) -> str:
    """The words as they were typed, whole words, cut where they are many."""
    words = text[places[first] : places[last - 1] + 1].strip(" ,.;:\n")
    words = " ".join(words.split())
    return words if len(words) <= _QUOTE else f"{words[: _QUOTE - 1].rstrip()}…"
