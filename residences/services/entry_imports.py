"""Files of entries: looked at in a dry run, then taken over whole; the same file, or the same entry, comes once."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record, record_many
from partenamut.casework import file_imports
from partenamut.casework.rows import Line
from partenamut.web.formats import euros
from residences.models import Entry, EntryImport, EntryImportLine, RestHome
from residences.services.entry_lines import LineState, Looked, conventions_of, look, read
from residences.services.issuing import hold

Status, LineStatus = EntryImport.Status, EntryImportLine.Status
_BECOMES = {
    LineState.READY: LineStatus.CREATED,
    LineState.KNOWN: LineStatus.UNCHANGED,
    LineState.REFUSED: LineStatus.REFUSED,
}


def receive(*, home: RestHome, content: bytes, file_name: str, actor: User, at: datetime) -> EntryImport:
    """The file with each line checked, nothing entered yet; FileRefused or SentBefore with a sentence."""
    sha256 = hashlib.sha256(content).hexdigest()
    files = EntryImport.objects.filter(home=home)
    file_imports.refuse_twice(files, sha256)
    lines = read(content)
    received = EntryImport(
        home=home, file_name=file_name[-150:], sha256=sha256, created_at=at, created_by=actor
    )
    found = look(home, lines, today=localdate(at))
    rows = [_row(received, line, one) for line, one in zip(lines, found, strict=True)]
    return file_imports.write(received, lines, rows, files)


def looked_at(file: EntryImport, *, at: datetime) -> list[Looked]:
    """The dry run: what would become of each line now; nothing is written."""
    return look(file.home, _lines(file.lines.order_by("line_number")), today=localdate(at))


@transaction.atomic
def take_over(*, file: EntryImport, without_refused: bool, actor: User, at: datetime) -> EntryImport:
    """The file with the entries of its lines made, all or none; refused lines are left out on purpose only."""
    home = RestHome.objects.select_for_update(of=("self",), no_key=True).get(pk=file.home_id)
    row = file_imports.unstarted(file)
    rows = list(row.lines.order_by("line_number"))
    lines = _lines(rows)
    hold(one.pk for one in conventions_of(home, lines).values())
    found = look(home, lines, today=localdate(at))
    _refuse(found, without_refused=without_refused)
    made = _write(row, rows, found, actor, at)
    row.status, row.done_at = Status.DONE, at
    row.save(update_fields=["status", "done_at"])
    refused = sum(one.state is LineState.REFUSED for one in found)
    changes = {"entries": [None, len(made)], "refused": [None, refused]}
    record(action="entries_imported", subject=row, actor=actor, at=at, changes=changes, note=row.file_name)
    return row


def discard(*, file: EntryImport, actor: User, at: datetime) -> EntryImport:
    """The file given up before it was taken over; what its lines said is deleted."""
    return file_imports.discard(file, actor=actor, at=at)


# --- inside -----------------------------------------------------------------------------------------------


def _row(received: EntryImport, line: Line, one: Looked) -> EntryImportLine:
    refused = one.state is LineState.REFUSED
    return EntryImportLine(
        entry_import=received,
        line_number=line.number,
        values=line.json,
        errors=line.errors,
        status=LineStatus.REFUSED if refused else LineStatus.READY,
    )


def _lines(rows: Iterable[EntryImportLine]) -> list[Line]:
    return [Line(row.line_number, row.decoded, row.errors) for row in rows]


def _refuse(found: Sequence[Looked], *, without_refused: bool) -> None:
    if not any(one.state is LineState.READY for one in found):
        raise ValidationError(_("No line of the file can be taken over."))
    if not without_refused and any(one.state is LineState.REFUSED for one in found):
        raise ValidationError(
            {"without_refused": _("Some lines are refused: say that the others are entered without them.")}
        )


def _write(
    file: EntryImport, rows: Sequence[EntryImportLine], found: Iterable[Looked], actor: User, at: datetime
) -> list[Entry]:
    """The entries of the lines that are ready, and what became of every line."""
    made, notes = [], []
    for row, one in zip(rows, found, strict=True):
        row.status = _BECOMES[one.state]
        # In the words of who took the file over: the facts behind them may change.
        row.errors = [list(problem) for problem in one.problems]
        if row.status != LineStatus.REFUSED:
            row.values = ""  # now the account says it
        if one.state is LineState.READY and one.entry is not None:
            one.entry.entered_by, one.entry.entered_at = actor, at
            row.entry = one.entry
            made.append(one.entry)
            said = {"label": one.entry.label, "amount": euros(one.entry.amount)}
            where = {"line": row.line_number, "file": file.file_name}
            notes.append(_("%(label)s, %(amount)s: line %(line)d of %(file)s") % (said | where))
    Entry.objects.bulk_create(made, batch_size=file_imports.CHUNK)
    for row in rows:
        row.entry = row.entry  # the key that the entry has now
    EntryImportLine.objects.bulk_update(
        rows, ["status", "errors", "values", "entry"], batch_size=file_imports.CHUNK
    )
    record_many(action="entry_made", subjects=made, actor=actor, at=at, notes=notes)
    return made
