"""The text of a convention or amendment as the resident's side reads it: articles, remarks, signatures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from residences.difference import PARTIES, parties_of
from residences.models import Amendment, ArticleComment, Convention, Edition, Side, Signature
from residences.readings.amendments import article_name
from residences.text import Block, Table, Text, from_data
from residences.workflow import ConventionStatus


class Part(Struct, frozen=True):
    """A paragraph with its list, or with its table as the table component draws it."""

    text: str
    items: tuple[str, ...]
    caption: str
    columns: tuple[dict[str, object], ...]
    rows: tuple[tuple[str, ...], ...]


class Article(Struct, frozen=True):
    """An article with the remarks made on it, in this text and in the ones before."""

    number: int
    title: str
    source: str
    parts: tuple[Part, ...]
    remarks: tuple[ArticleComment, ...]

    @property
    def name(self) -> str:
        """Its number and title; the parties stand above the articles and have no number."""
        return article_name(self.number, self.title)


def articles_of(edition: Edition, numbers: Iterable[int] | None = None) -> list[Article]:
    """The articles of an offered text with their remarks; only some of them where numbers are given."""
    wanted = None if numbers is None else set(numbers)
    shown = articles_in(from_data(edition.content), _remarks(edition))
    return [article for article in shown if wanted is None or article.number in wanted]


def articles_in(
    text: Text, remarks: Mapping[int, Sequence[ArticleComment]] = MappingProxyType({})
) -> list[Article]:
    """The parties and the articles of a text, with the remarks given for each."""
    return [
        Article(
            article.number,
            article.title,
            article.source,
            tuple(_part(block) for block in article.blocks),
            tuple(remarks.get(article.number, ())),
        )
        for article in (parties_of(text), *text.articles)
    ]


def article_of(edition: Edition, number: int) -> Article | None:
    """One article of an offered text; None where it has none of that number."""
    return next(iter(articles_of(edition, [number])), None)


def language_of(edition: Edition) -> str:
    """The language the text is written in."""
    return str(edition.content["language"])


def signatures_of(edition: Edition) -> list[Signature]:
    """Who signed a text, in their order."""
    return list(edition.signatures.order_by("recorded_at", "pk"))


def signed_by_resident(edition: Edition) -> bool:
    """Whether the resident's side has signed a text."""
    return any(row.side == Side.RESIDENT for row in edition.signatures.all())


def can_be_signed(edition: Edition, *, latest: bool) -> bool:
    """Whether the resident's side can sign a text now."""
    return latest and _status(edition) == ConventionStatus.READY and not signed_by_resident(edition)


def can_be_remarked(edition: Edition, *, latest: bool) -> list[int]:
    """The articles on which a remark can be made now."""
    case = edition.amendment or edition.convention
    reopened = case.status == ConventionStatus.DRAFT and bool(case.open_articles)
    if not latest or not (case.status == ConventionStatus.READY or reopened):
        return []
    return changed_in(edition) if edition.amendment else [PARTIES, *range(1, 14)]


def changed_in(edition: Edition) -> list[int]:
    """The articles that the text of an amendment changes."""
    return [int(number) for number in edition.content.get("changed", [])]


def remarks_open(case: Convention | Amendment) -> list[int]:
    """The articles that a remark has opened and that the home is working on."""
    return list(case.open_articles) if case.status == ConventionStatus.DRAFT else []


# --- inside -----------------------------------------------------------------------------------------------


def _status(edition: Edition) -> str:
    return str((edition.amendment or edition.convention).status)


def _remarks(edition: Edition) -> dict[int, list[ArticleComment]]:
    """Those on this text and on the ones offered before it, the oldest first."""
    rows = ArticleComment.objects.filter(
        edition__convention=edition.convention,
        edition__amendment=edition.amendment,
        edition__turn__lte=edition.turn,
    ).select_related("made_by")
    found: defaultdict[int, list[ArticleComment]] = defaultdict(list)
    for row in rows.order_by("made_at", "pk"):
        found[row.article].append(row)
    return found


def _part(block: Block) -> Part:
    table = block.table
    if table is None:
        return Part(block.text, block.items, "", (), ())
    return Part(block.text, block.items, table.caption, tuple(_columns(table)), table.rows)


def _columns(table: Table) -> Sequence[dict[str, Any]]:
    last = len(table.headings) - 1
    return [{"label": heading, "numeric": place == last} for place, heading in enumerate(table.headings)]
