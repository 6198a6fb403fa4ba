"""Receive and remove files; order, render and read documents."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import translation

from partenamut.accounts.models import User
from partenamut.audit import services as audit
from partenamut.bulk import copy, reserve
from partenamut.documents import checks
from partenamut.documents.errors import KeyReused
from partenamut.documents.job import DataAttachment
from partenamut.documents.models import Document, Rendered, Upload
from partenamut.documents.words import freeze

#: Documents rendered by one task where many were ordered.
RENDERED_TOGETHER = 50
ORDERED = "document_ordered"
COLUMNS = [field.attname for field in Document._meta.concrete_fields]


@dataclass(frozen=True, slots=True)
class Order:
    """A document asked for: its business key, its template, and the words that are frozen into it."""

    key: str
    kind: str
    template: str
    context: Mapping[str, object]
    language: str
    title: str
    issued_on: date
    archived: bool = True
    attachments: Sequence[DataAttachment] = ()


def receive(
    *,
    file: "File[Any]",
    kind: str,
    actor: User,
    at: datetime,
    max_bytes: int = checks.MAX_BYTES,
) -> Upload:
    """The stored file, cleaned; UploadRefused with a sentence for the person."""
    checked = checks.check(file, max_bytes=max_bytes)
    upload = Upload(
        kind=kind,
        original_name=checked.name,
        content_type=checked.content_type,
        size=len(checked.content),
        sha256=_fingerprint(checked.content),
        uploaded_by=actor,
        uploaded_at=at,
    )
    upload.file.save(checked.name, ContentFile(checked.content), save=False)
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
            audit.record(action="file_received", subject=upload, actor=actor, at=at)
    except BaseException:
        upload.file.delete(save=False)
        raise
    return upload


def remove(*, upload: Upload, actor: User, at: datetime) -> Upload:
    """The upload marked as removed, its file deleted after the commit; removing twice changes nothing."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.removed_at is None:
            row.removed_at = at
            row.save(update_fields=["removed_at"])
            audit.record(action="file_removed", subject=row, actor=actor, at=at)
            place, storage = str(row.file.name), row.file.storage
            transaction.on_commit(lambda: storage.delete(place))
    return row


def order(
    *,
    key: str,
    kind: str,
    template: str,
    context: Mapping[str, object],
    language: str,
    title: str,
    issued_on: date,
    actor: User | None,
    at: datetime,
    archived: bool = True,
    attachments: Sequence[DataAttachment] = (),
) -> Document:
    """The document with its words frozen, rendered after the commit; the same key gives the same document.

    Raises KeyReused where the key stands for other words, NotFrozen for data that cannot be stored.
    """
    wanted = Order(key, kind, template, context, language, title, issued_on, archived, attachments)
    return place(wanted, actor=actor, at=at)


def place(wanted: Order, *, actor: User | None, at: datetime) -> Document:
    """As `order`, for an order that was written before."""
    said = _said(wanted)
    with transaction.atomic():
        document, is_new = Document.objects.get_or_create(
            key=wanted.key, defaults={**said, "created_by": actor, "created_at": at}
        )
        if is_new:
            audit.record(action=ORDERED, subject=document, actor=actor, at=at, note=wanted.kind)
            transaction.on_commit(lambda: _ring(document.pk), robust=True)
    if any(getattr(document, name) != value for name, value in said.items()):
        raise KeyReused(wanted.key)
    return document


def order_many(orders: Sequence[Order], *, actor: User | None, at: datetime) -> list[Document]:
    """The documents with their words frozen, in the order given; none is rendered before `ring` is called.

    For thousands at once, in the transaction of the caller. IntegrityError where a key has served before.
    """
    documents = [
        Document(pk=pk, key=wanted.key, **_said(wanted), created_by=actor, created_at=at)
        for pk, wanted in zip(reserve(Document, len(orders)), orders, strict=True)
    ]
    rows = ([getattr(document, name) for name in COLUMNS] for document in documents)
    notes = [wanted.kind for wanted in orders]
    with transaction.atomic():
        copy(Document, COLUMNS, rows)
        audit.record_many(action=ORDERED, subjects=documents, actor=actor, at=at, notes=notes)
    return documents


def ring(document_ids: Sequence[int]) -> None:
    """Have documents rendered behind the pages, a number of them in each task; call it after the commit."""
    from partenamut.documents.tasks import render_documents

    for start in range(0, len(document_ids), RENDERED_TOGETHER):
        # No retries here, as in `_ring`.
        render_documents.apply_async((list(document_ids[start : start + RENDERED_TOGETHER]),), retry=False)


def bytes_of(document: Document, *, at: datetime) -> Rendered:
    """The rendered document, made now if the worker has not done it yet; never twice."""
    with transaction.atomic():
        locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        made = Rendered.objects.filter(document=locked).select_related("document").first()
        return made or _render(locked, at)


def issue(
    *,
    key: str,
    kind: str,
    template: str,
    context: Mapping[str, object],
    language: str,
    title: str,
    issued_on: date,
    actor: User | None,
    at: datetime,
    archived: bool = True,
    attachments: Sequence[DataAttachment] = (),
) -> Rendered:
    """As `order`, rendered at once; for commands and small single documents."""
    with transaction.atomic():
        document = order(
            key=key,
            kind=kind,
            template=template,
            context=context,
            language=language,
            title=title,
            issued_on=issued_on,
            actor=actor,
            at=at,
            archived=archived,
            attachments=attachments,
        )
        return bytes_of(document, at=at)


def _render(document: Document, at: datetime) -> Rendered:
    # The engines are heavy, and most processes never render: they are loaded where the first page is made.
    from partenamut.documents import rendering

    content = rendering.render(
        document.template,
        document.context,
        language=document.language,
        title=document.title,
        archived=document.archived,
        attachments=document.attachments,
        issued_on=document.issued_on,
    )
    return Rendered.objects.create(
        document=document,
        content=content,
        sha256=_fingerprint(content),
        engine=rendering.engine_of(document.template),
        rendered_at=at,
    )


def _said(wanted: Order) -> dict[str, Any]:
    """What a document says, column by column."""
    return {
        "kind": wanted.kind,
        "template": wanted.template,
        "language": wanted.language,
        "title": wanted.title,
        "archived": wanted.archived,
        "issued_on": wanted.issued_on,
        "words": _frozen(wanted.context, wanted.attachments, wanted.language),
    }


def _frozen(context: Mapping[str, object], attachments: Sequence[DataAttachment], language: str) -> str:
    with translation.override(language):
        words: dict[str, Any] = {
            "context": freeze(context),
            "attachments": [asdict(file) for file in attachments],
        }
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _ring(document_id: int) -> None:
    from partenamut.documents.tasks import render_document

    # No retries here: without a broker the sweeper, or the first download, makes the bytes.
    render_document.apply_async((document_id,), retry=False)


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
