"""The paper of an amendment: what changes from when, article by article, in two copies, with the signatures."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from partenamut.documents.services import Order
from partenamut.sentences import day
from residences.difference import PARTIES, ArticleChange, Line, Run, differences
from residences.documents.conventions import foot, signature_words
from residences.models import AmendmentKind, Signature
from residences.text import fingerprint, from_data

TEMPLATE = "documents/residences_amendment.html"


def amendment_order(content: dict[str, Any], *, key: str, offered_on: date, turn: int) -> Order:
    """The amendment as offered: both copies, each with places to sign."""
    return _order(content, key, offered_on, offered_on, turn, ())


def signed_order(
    content: dict[str, Any], *, key: str, offered_on: date, turn: int, signatures: Sequence[Signature]
) -> Order:
    """The amendment as both sides signed it: who signed when and how stands in the place of the lines to sign on."""
    last = max(one.signed_on for one in signatures)
    return _order(content, key, last, offered_on, turn, signatures)


# --- inside -----------------------------------------------------------------------------------------------


def _order(
    content: dict[str, Any],
    key: str,
    issued_on: date,
    offered_on: date,
    turn: int,
    signatures: Sequence[Signature],
) -> Order:
    language = content["language"]
    with override(language):
        values = {"turn": content["turn"], "convention": content["convention"]}
        title = _("Amendment %(turn)d to convention %(convention)s") % values
        sha256 = fingerprint(content)
        context = {
            "heading": title,
            "terms": content["terms"],
            "turn": turn,
            "offered_on": offered_on,
            "fingerprint": sha256,
            "foot": foot(f"{content['convention']} / {content['turn']}", sha256),
            "made": _("Made in two copies, one for each side."),
            "signatures": [signature_words(one) for one in signatures],
            **_copies(signed=bool(signatures)),
            **_changes(content),
        }
        return Order(
            key=key,
            kind="rest-home-amendment",
            template=TEMPLATE,
            context=context,
            language=language,
            title=title,
            issued_on=issued_on,
        )


def _copies(*, signed: bool) -> dict[str, object]:
    """On paper each side signs both copies; what was signed is one text."""
    if signed:
        return {"copies": [_("As signed by both sides")]}
    return {"copies": [_("Copy for the resident"), _("Copy for the manager")]}


def _changes(content: dict[str, Any]) -> dict[str, object]:
    first = date.fromisoformat(content["effective_on"])
    found = differences(from_data(content["before"]), from_data(content))
    return {
        "kind": str(AmendmentKind(content["kind"]).label),
        "introduction": " ".join(_sentences(content, first)),
        "explanation": content["explanation"],
        "before": _("Until then"),
        "after": _("From %(day)s") % {"day": day(first)},
        "articles": [_article(change) for change in found],
    }


def _sentences(content: dict[str, Any], first: date) -> list[str]:
    signed = date.fromisoformat(content["signed_on"])
    return [
        _("The parties signed convention %(number)s on %(day)s.")
        % {"number": content["convention"], "day": day(signed)},
        _("They change it from %(day)s as written below (art. 1).") % {"day": day(first)},
        _("Everything else stays as it was agreed. This amendment is joined to the convention."),
    ]


def _article(change: ArticleChange) -> dict[str, object]:
    values = {"number": change.number, "title": change.title}
    partly = change.number != PARTIES and any(not run.changed for run in change.runs)
    return {
        "heading": change.title if change.number == PARTIES else _("Article %(number)s. %(title)s") % values,
        "source": _("Source: %(source)s") % {"source": change.source} if change.source else "",
        "rest": _("The rest of the article stays as it is.") if partly else "",
        "rows": [row for run in change.runs if run.changed for row in _rows(run)],
    }


def _rows(run: Run) -> Iterator[dict[str, object]]:
    """Lines as they were and as they are to be; lines taken out stand beside those put in their place."""
    out: list[Line] = []
    into: list[Line] = []
    for line in run.lines:
        if line.kind == "changed":
            yield from _beside(out, into)
            out, into = [], []
            yield {"before": _pieces(line, leave="inserted"), "after": _pieces(line, leave="deleted")}
        else:
            (out if line.kind == "deleted" else into).append(line)
    yield from _beside(out, into)


def _beside(out: Sequence[Line], into: Sequence[Line]) -> Iterator[dict[str, object]]:
    for before, after in zip_longest(out, into):
        yield {
            "before": _pieces(before) if before else [],
            "after": _pieces(after) if after else [],
            "whole": True,
        }


def _pieces(line: Line, leave: str = "") -> list[dict[str, str]]:
    return [{"kind": piece.kind, "text": piece.text} for piece in line.pieces if piece.kind != leave]
