"""What differs between two texts of a convention: article by article, line by line, word by word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec import Struct

from residences.text import ArticleText, Block, Party, Text, changed_articles

#: Stands for what is written above the articles.
PARTIES = 0
#: Two lines that share less than this are no two versions of one line.
_ALIKE = 0.65
_WORDS = re.compile(r"\s+|\w(?:\S*\w)?|[^\w\s]")


class Piece(Struct, frozen=True):
    """Some words of a line, and what became of them: "same", "inserted" or "deleted"."""

    kind: str
    text: str


class Line(Struct, frozen=True):
    """A line of an article: all of it the same, inserted or deleted, or "changed" in some of its words."""

    kind: str
    pieces: tuple[Piece, ...]


class Run(Struct, frozen=True):
    """Lines that follow one another: those that changed, or those that stay as they are."""

    changed: bool
    lines: tuple[Line, ...]


class ArticleChange(Struct, frozen=True):
    """An article that says something else: its runs of lines, and how it reads before and after."""

    number: int
    title: str
    source: str
    runs: tuple[Run, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def changed_numbers(before: Text, after: Text) -> list[int]:
    """The articles that say something else; 0 for the parties."""
    parties = [PARTIES] if parties_of(before).plain != parties_of(after).plain else []
    return [*parties, *changed_articles(before, after)]


def differences(before: Text, after: Text) -> list[ArticleChange]:
    """The articles that say something else, with their words marked."""
    was = {article.number: article for article in (parties_of(before), *before.articles)}
    wanted = set(changed_numbers(before, after))
    return [
        _change(was[article.number], article)
        for article in (parties_of(after), *after.articles)
        if article.number in wanted
    ]


def parties_of(text: Text) -> ArticleText:
    """The parties of a convention, in the form of an article."""
    terms = text.terms
    with override(text.language):
        manager = _("The manager: %(operator)s, %(home)s, represented by %(name)s, %(function)s.") % {
            "operator": terms.home.operator,
            "home": terms.home.name,
            "name": terms.home.manager_name,
            "function": terms.home.manager_function,
        }
        resident = _("The resident: %(who)s.") % {"who": _said(terms.resident)}
        if terms.representative is None:
            side = _("The resident acts alone.")
        else:
            side = _("Represented by: %(who)s.") % {"who": _said(terms.representative)}
        blocks = (Block(manager), Block(resident), Block(side))
        return ArticleText(PARTIES, _("The parties"), "", blocks)


def compared(before: str, after: str) -> tuple[Piece, ...]:
    """A line in two versions: the words that stay, those taken out and those put in."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for code, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code == "equal":
            pieces.append(Piece("same", "".join(old[first:last])))
            continue
        pieces += [Piece("deleted", "".join(old[first:last]))] if last > first else []
        pieces += [Piece("inserted", "".join(new[start:end]))] if end > start else []
    return tuple(_joined(pieces))


# --- inside -----------------------------------------------------------------------------------------------


def _said(party: Party) -> str:
    return ", ".join(part for part in (party.name, party.quality, *party.address_lines) if part)


def _change(before: ArticleText, after: ArticleText) -> ArticleChange:
    lines = list(_lines(before.plain, after.plain))
    return ArticleChange(
        after.number, after.title, after.source, tuple(_runs(lines)), before.plain, after.plain
    )


def _runs(lines: Sequence[Line]) -> Iterator[Run]:
    start = 0
    for place, line in enumerate(lines, 1):
        last = place == len(lines)
        if last or (lines[place].kind == "same") != (line.kind == "same"):
            yield Run(line.kind != "same", tuple(lines[start:place]))
            start = place


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for code, first, last, start, end in matcher.get_opcodes():
        if code == "equal":
            yield from (_whole("same", line) for line in before[first:last])
        else:
            yield from _replaced(before[first:last], after[start:end])


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Lines in place of others: the two most alike are one line that changed, and so on around them."""
    best, row, column = max(
        ((_likeness(old, new), -i, -j) for i, old in enumerate(before) for j, new in enumerate(after)),
        default=(0.0, 0, 0),
    )
    if best < _ALIKE:
        yield from (_whole("deleted", line) for line in before)
        yield from (_whole("inserted", line) for line in after)
        return
    row, column = -row, -column
    yield from _replaced(before[:row], after[:column])
    yield Line("changed", compared(before[row], after[column]))
    yield from _replaced(before[row + 1 :], after[column + 1 :])


def _likeness(before: str, after: str) -> float:
    old, new = before.split(), after.split()
    return SequenceMatcher(None, old, new, autojunk=False).ratio() if old and new else 0.0


def _whole(kind: str, line: str) -> Line:
    return Line(kind, (Piece(kind, line),))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Pieces without a lone blank between two changes: it goes with both, so that whole phrases are marked."""
    group: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind != "same" or (piece.text.isspace() and group and place + 1 < len(pieces)):
            group.append(piece)
        else:
            yield from _together(group)
            group = []
            yield piece
    yield from _together(group)


def _together(group: Sequence[Piece]) -> Iterable[Piece]:
    deleted = "".join(piece.text for piece in group if piece.kind != "inserted")
    inserted = "".join(piece.text for piece in group if piece.kind != "deleted")
    if deleted.strip() and inserted.strip():
        return (Piece("deleted", deleted), Piece("inserted", inserted))
    return group
