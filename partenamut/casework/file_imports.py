"""The life of a file of rows: sent once, checked, begun, finished or given up; what its lines do is the caller's."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.models import FileImport, FileImportLine
from partenamut.casework.rows import Line

Status = FileImport.Status
LineStatus = FileImportLine.Status
CHUNK = 1_000

I = TypeVar("I", bound=FileImport)  # noqa: E741 - an import


class SentBefore(ValidationError):
    """Raised for a file that was sent before; `earlier` is what became of it."""

    def __init__(self, earlier: Any) -> None:
        super().__init__(_("This very file has been sent before."), code="sent_before")
        self.earlier = earlier


def refuse_twice(imports: models.QuerySet[I], sha256: str) -> None:
    """SentBefore where one of the imports is of this very file, unless it was given up."""
    earlier = imports.filter(sha256=sha256).exclude(status=Status.DISCARDED).first()
    if earlier is not None:
        raise SentBefore(earlier)


def write(received: I, lines: Sequence[Line], rows: Sequence[FileImportLine], among: models.QuerySet[I]) -> I:
    """The import with the rows of its lines, written together; SentBefore where the same file came meanwhile."""
    actor, at = received.created_by, received.created_at
    try:
        with transaction.atomic():
            received.save(force_insert=True)
            type(rows[0])._default_manager.bulk_create(rows, batch_size=CHUNK)
            changes = {
                "lines": [None, len(lines)],
                "refused": [None, sum(row.status == LineStatus.REFUSED for row in rows)],
            }
            record(action="import_checked", subject=received, actor=actor, at=at, changes=changes)
    except IntegrityError:
        refuse_twice(among, received.sha256)
        raise
    return received


@transaction.atomic
def start(row: I, *, ring: Callable[[int], None], actor: User, at: datetime) -> I:
    """The import, running in the background; started again, it goes on where it stopped."""
    row = locked(row)
    if row.status not in (Status.CHECKED, Status.RUNNING):
        raise ValidationError(_("This import is over."))
    if row.status == Status.CHECKED:
        if not _lines(row).filter(status=LineStatus.READY).exists():
            raise ValidationError(_("No line of the file can be taken over."))
        row.status = Status.RUNNING
        row.save(update_fields=["status"])
        record(action="import_started", subject=row, actor=actor, at=at)
    transaction.on_commit(lambda: ring(row.pk), robust=True)
    return row


@transaction.atomic
def discard(row: I, *, actor: User, at: datetime) -> I:
    """The import given up before it began; what its lines said is deleted."""
    row = unstarted(row)
    _lines(row).all().delete()
    row.status = Status.DISCARDED
    row.save(update_fields=["status"])
    record(action="import_discarded", subject=row, actor=actor, at=at)
    return row


def finish(row: FileImport, *, at: datetime) -> None:
    """The import, done, where it was running."""
    row = locked(row)
    if row.status != Status.RUNNING:
        return
    row.status, row.done_at = Status.DONE, at
    row.save(update_fields=["status", "done_at"])
    record(action="import_done", subject=row, actor=None, at=at)


def unstarted(row: I) -> I:
    """The import, locked; ValidationError where it has begun."""
    row = locked(row)
    if row.status != Status.CHECKED:
        raise ValidationError(_("This import has begun already."))
    return row


def locked(row: I) -> I:
    """The import as it stands now, locked until the transaction ends."""
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _lines(row: FileImport) -> models.Manager[FileImportLine]:
    lines: models.Manager[FileImportLine] = row.lines  # type: ignore[attr-defined]
    return lines
