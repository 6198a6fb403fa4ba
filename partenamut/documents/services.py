"""Receive and remove files; order, render and read documents."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import translation

from partenamut.accounts.models import User
from partenamut.audit import services as audit
from partenamut.documents import checks
from partenamut.documents.errors import KeyReused
from partenamut.documents.job import DataAttachment
from partenamut.documents.models import Document, Rendered, Upload
from partenamut.documents.words import freeze


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
    words = _frozen(context, attachments, language)
    said = {
        "kind": kind,
        "template": template,
        "language": language,
        "title": title,
        "archived": archived,
        "issued_on": issued_on,
    }
    with transaction.atomic():
        document, is_new = Document.objects.get_or_create(
            key=key, defaults={**said, "words": words, "created_by": actor, "created_at": at}
        )
        if is_new:
            audit.record(action="document_ordered", subject=document, actor=actor, at=at, note=kind)
            transaction.on_commit(lambda: _ring(document.pk), robust=True)
    if document.words != words or any(getattr(document, name) != value for name, value in said.items()):
        raise KeyReused(key)
    return document


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
