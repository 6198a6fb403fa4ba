"""Members found by number, or by a name as people write it: accents, particles, parts, typing errors.

Three ways, each with an index of its own, so that a million members are searched in milliseconds: the words of the
name and what they begin with; the same words one typing error away; and, where the server has pg_trgm, names that
share enough groups of three letters.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from string import ascii_lowercase

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import QuerySet

from partenamut.fields import blind_index
from partenamut.identifiers import WrongNumber, parse_niss
from partenamut.registry.models import NAME_WORDS, Member
from partenamut.registry.names import search_form

LIMIT = 50
#: Candidates that are compared letter by letter before the closest are shown.
POOL = 300
#: With fewer than these, names one typing error away are shown as well.
FEW = 10
WORDS = 6
WORD_LENGTH = 40
#: Share of the letter groups of a typed word that a similar name must have.
SIMILAR = 0.3
TOO_FAR = 99

#: Words that belong to the one behind them, and that people join to it or not; the longer ones first.
PARTICLES = (
    *("van den", "van der", "van de", "vanden", "vander", "vande", "van", "den", "der", "ten", "ter"),
    *("de la", "de", "du", "des", "la", "le", "el", "al", "d", "t", "l", "o"),
)

_THRESHOLD = "pg_trgm.word_similarity_threshold"
_DAY = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")


@dataclass(frozen=True)
class Found:
    """The members found, closest first; `more`: others fit too, a fuller name would tell them apart."""

    members: list[Member] = field(default_factory=list)
    more: bool = False
    #: "niss", "registration", "name", "similar", or "" when nothing was found.
    by: str = ""

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)


def find_members(text: str, *, within: QuerySet[Member] | None = None, limit: int = LIMIT) -> Found:
    """Members by NISS, registration number, or name with or without a birth date; at most `limit`."""
    people = (Member.objects.all() if within is None else within).select_related("mutuality")
    text = text.strip()[:200]
    if (bare := _bare_number(text)) and (found := _by_number(people, bare)):
        return found
    text, born = _without_day(text)
    if born:
        people = people.filter(birth_date=born)
    words = [word[:WORD_LENGTH] for word in search_form(text).split()[:WORDS]]
    if not words or (len(words) == 1 and len(words[0]) < 2):
        return _born_then(people, limit) if born else Found()
    return _by_name(people, words, limit)


def has_similarity() -> bool:
    """Whether the server compares groups of letters (pg_trgm)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None


# --- numbers


def _bare_number(text: str) -> str:
    """The letters and figures of what may be a number; nothing for a name or a single date."""
    bare = "".join(character for character in text if character.isalnum()).upper()
    return bare if bare.isascii() and any(map(str.isdigit, bare)) and not _DAY.fullmatch(text) else ""


def _by_number(people: QuerySet[Member], bare: str) -> Found | None:
    try:
        members = list(people.filter(niss_index=blind_index(parse_niss(bare))))
        if members:
            return Found(members, by="niss")
    except WrongNumber:
        pass  # eleven figures can be a registration number too
    members = list(people.filter(registration_number=bare).order_by("search_name", "pk")[: LIMIT + 1])
    return Found(members[:LIMIT], len(members) > LIMIT, "registration") if members else None


def _without_day(text: str) -> tuple[str, date | None]:
    """The text without its first date, and the date."""
    if not (match := _DAY.search(text)):
        return text, None
    day, month, year = map(int, match.groups())
    try:
        return text.replace(match[0], " "), date(year, month, day)
    except ValueError:
        return text, None


def _born_then(people: QuerySet[Member], limit: int) -> Found:
    members = list(people.order_by("search_name", "pk")[: limit + 1])
    return Found(members[:limit], len(members) > limit, "name" if members else "")


# --- names


def _by_name(people: QuerySet[Member], words: list[str], limit: int) -> Found:
    with _through_indexes():
        by, candidates = "name", _spelt(people, words)
        if len(candidates) < FEW:
            by = "name" if candidates else "similar"
            candidates |= _pool(people, _query(_one_error_away(words)))
        if not candidates and has_similarity():
            candidates = _alike(people, words)
    ranked = sorted(
        candidates.values(),
        key=lambda member: (_farness(words, member.search_name), member.search_name, member.pk),
    )
    return Found(ranked[:limit], len(ranked) > limit, by if ranked else "")


@contextmanager
def _through_indexes() -> Iterator[None]:
    """Only index scans that gather before they read: many spellings look too common to the planner, which reads all."""
    with transaction.atomic():
        _configure(enable_seqscan="off", enable_indexscan="off", **{_THRESHOLD: str(SIMILAR)})
        yield
        _configure(enable_seqscan="on", enable_indexscan="on")


def _configure(**settings: str) -> None:
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])


def _spelt(people: QuerySet[Member], words: list[str]) -> dict[int, Member]:
    """Whole names and words first: the beginnings of a common name would crowd them out of the pool."""
    started = people.filter(search_name__startswith=" ".join(words)).order_by("search_name", "pk")
    found = {member.pk: member for member in started[:POOL]} | _pool(people, _query(_written(words, "")))
    return found if len(found) >= POOL else found | _pool(people, _query(_written(words, ":*")))


def _pool(people: QuerySet[Member], query: str) -> dict[int, Member]:
    search = SearchQuery(query, config="simple", search_type="raw")
    # In no order: the index gives what it finds first, and the closest of it are shown.
    rows = people.annotate(words=NAME_WORDS).filter(words=search)[:POOL]
    return {member.pk: member for member in rows}


def _query(alternatives: Iterable[Iterable[str]]) -> str:
    """Every word in one of its spellings, for the full-text index."""
    return " & ".join(f"({' | '.join(dict.fromkeys(spellings))})" for spellings in alternatives)


def _written(words: list[str], end: str) -> Iterator[list[str]]:
    """Each word with its particles, apart and joined: 'van der meer' is 'vandermeer' too, and the other way round."""
    place = 0
    while place < len(words):
        length = _particles(words, place)
        particles, word = words[place : place + length], words[place + length]
        joined = "".join([*particles, word])
        apart = [_all_of([*particles, word + end])] if particles else []
        yield [*apart, joined + end, *_split(joined, end)]
        place += length + 1


def _particles(words: list[str], place: int) -> int:
    """How many words at this place are particles of the word that follows them."""
    for particle in PARTICLES:
        parts = particle.split()
        if words[place : place + len(parts)] == parts and place + len(parts) < len(words):
            return len(parts)
    return 0


def _split(word: str, end: str) -> Iterator[str]:
    for particle in PARTICLES:
        rest = word.removeprefix(particle.replace(" ", ""))
        if rest != word and len(rest) > 2:
            yield _all_of([*particle.split(), rest + end])


def _all_of(words: Iterable[str]) -> str:
    return f"({' & '.join(words)})"


def _one_error_away(words: list[str]) -> Iterator[list[str]]:
    """Each word with one letter too many, missing, wrong or swapped, or cut in two; short ones as they are."""
    for word in words:
        yield [word, *_cut(word), *_edits(word)] if len(word) > 3 else [f"{word}:*"]


def _cut(word: str) -> list[str]:
    return [_all_of([word[:place], word[place:]]) for place in range(2, len(word) - 1)]


def _edits(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _alike(people: QuerySet[Member], words: list[str]) -> dict[int, Member]:
    """Members whose name has a word like each typed one, by groups of three letters."""
    for word in words:
        people = people.filter(search_name__trigram_word_similar=word)
    return {member.pk: member for member in people[:POOL] if _resembles(words, member.search_name)}


# --- closeness


def _resembles(words: list[str], name: str) -> bool:
    """Whether each typed word has one in the name with a third of its letters wrong at most."""
    return all(
        any(_edits_between(word, other[: len(word) + 1]) <= max(1, len(word) // 3) for other in name.split())
        for word in words
    )


def _farness(words: list[str], name: str) -> float:
    """How far a name is from the words typed: 0 for the same words in the same order."""
    theirs = name.split()
    far: float = sum(min((_word_farness(word, other) for other in theirs), default=1.0) for word in words)
    in_order = name.startswith(" ".join(words))
    return round(far + (0 if in_order else 0.05) + 0.01 * abs(len(theirs) - len(words)), 4)


def _word_farness(word: str, other: str) -> float:
    if word == other:
        return 0
    if other.startswith(word):
        return 0.1 + 0.01 * min(len(other) - len(word), 9)
    return min(1.0, 0.25 * _edits_between(word, other))


@lru_cache(maxsize=50_000)
def _edits_between(first: str, second: str) -> int:
    """Letters to insert, drop, change or swap with their neighbour; TOO_FAR for words of very different length."""
    if abs(len(first) - len(second)) > 3:
        return TOO_FAR
    above: list[int] = []
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, 1):
        above, before, row = row, above, [place]
        for at, other in enumerate(second, 1):
            cost = min(above[at] + 1, row[at - 1] + 1, above[at - 1] + (letter != other))
            if place > 1 and at > 1 and first[place - 2 : place] == second[at - 2 : at][::-1]:
                cost = min(cost, before[at - 2] + 1)
            row.append(cost)
    return row[-1]
