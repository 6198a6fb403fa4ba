"""The documents of many rows, found by their keys: a prefix and the public id of the row. Ordered and made in parts."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import CharField, Exists, Max, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from partenamut.documents.models import Document, Rendered
from partenamut.documents.services import Order, bytes_of, order_many, place

logger = logging.getLogger(__name__)


def keyed(rows: QuerySet[Any], prefix: str) -> QuerySet[Any]:
    """The rows, each with the key of its document as `key`."""
    found: QuerySet[Any] = rows.annotate(
        key=Concat(Value(prefix), Cast("public_id", CharField()), output_field=CharField())
    )
    return found


def unmade(rows: QuerySet[Any], prefix: str) -> QuerySet[Any]:
    """The rows whose document is still to be made."""
    return keyed(rows, prefix).exclude(Exists(Rendered.objects.filter(document__key=OuterRef("key"))))


def made(rows: QuerySet[Any], prefix: str, *, since: datetime | None = None) -> int:
    """How many documents of the rows are made; only those since a moment where one is given."""
    found = Rendered.objects.filter(document__key__in=keyed(rows, prefix).values("key"))
    return (found.filter(rendered_at__gte=since) if since else found).count()


def last_made(rows: QuerySet[Any], prefix: str) -> datetime | None:
    """When the latest document of the rows was made."""
    found = Rendered.objects.filter(document__key__in=keyed(rows, prefix).values("key"))
    latest: datetime | None = found.aggregate(last=Max("rendered_at"))["last"]
    return latest


def ordered(orders: Sequence[Order], *, at: datetime) -> list[Document]:
    """The documents of the orders; those that somebody ordered before are taken as they are."""
    keys = [wanted.key for wanted in orders]
    known = {row.key: row for row in Document.objects.filter(key__in=keys)}
    missing = [wanted for wanted in orders if wanted.key not in known]
    try:
        return [*known.values(), *(order_many(missing, actor=None, at=at) if missing else ())]
    except IntegrityError:
        # Another worker, or a reader, was faster with one of them.
        return [place(wanted, actor=None, at=at) for wanted in orders]


def rendered(document: Document, *, at: datetime) -> None:
    """Renders a document in a transaction of its own; one that fails is told of and does not hold the others."""
    try:
        bytes_of(document, at=at)
    except (ValueError, LookupError, RuntimeError, ObjectDoesNotExist):
        logger.exception("the paper of a row was not made")
