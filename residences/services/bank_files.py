"""Files of the bank: looked at in a dry run, then taken over; the same file, or the same movement, comes once."""

import hashlib
from collections import Counter
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
from residences.models import BankFile, BankLine, Payment, RestHome
from residences.services.bank_lines import LineState, Looked, Movement, look, movement_of, read_file
from residences.services.issuing import hold

Status, LineStatus = BankFile.Status, BankLine.Status
#: What becomes of a line that is looked at, as its row says it.
_BECOMES = {
    LineState.MATCHED: LineStatus.CREATED,
    LineState.TO_ASSIGN: LineStatus.READY,
    LineState.KNOWN: LineStatus.UNCHANGED,
    LineState.MONEY_OUT: LineStatus.UNCHANGED,
}


def receive(*, home: RestHome, content: bytes, file_name: str, actor: User, at: datetime) -> BankFile:
    """The file with each line read, nothing registered yet; FileRefused or SentBefore with a sentence."""
    sha256 = hashlib.sha256(content).hexdigest()
    files = BankFile.objects.filter(home=home)
    file_imports.refuse_twice(files, sha256)
    lines = read_file(home, content)
    received = BankFile(home=home, file_name=file_name[-150:], sha256=sha256, created_at=at, created_by=actor)
    rows = [_row(received, line, at) for line in lines]
    return file_imports.write(received, lines, rows, files)


def looked_at(file: BankFile, *, actor: User, at: datetime) -> list[Looked]:
    """The dry run: what would become of each line now; nothing is written."""
    rows = list(file.lines.order_by("line_number"))
    found = {one.number: one for one in _looked(file, rows, actor, at)}
    unreadable = (Looked(row.line_number, LineState.UNREADABLE) for row in rows)
    return [found.get(one.number, one) for one in unreadable]


@transaction.atomic
def take_over(*, file: BankFile, actor: User, at: datetime) -> BankFile:
    """The file with its payments registered, all or none; what fits nothing waits to be assigned."""
    RestHome.objects.select_for_update(of=("self",), no_key=True).get(pk=file.home_id)
    row = file_imports.unstarted(file)
    lines = list(row.lines.order_by("line_number"))
    before = _looked(row, lines, actor, at)
    hold({one.share.invoice.convention_id for one in before if one.share is not None})
    _write(row, lines, _looked(row, lines, actor, at), actor, at)
    row.status, row.done_at = Status.DONE, at
    row.save(update_fields=["status", "done_at"])
    counts = Counter(line.status for line in lines)
    changes = {
        "payments": [None, counts[LineStatus.CREATED]],
        "to_assign": [None, counts[LineStatus.READY]],
        "refused": [None, counts[LineStatus.REFUSED]],
    }
    record(
        action="bank_file_taken_over", subject=row, actor=actor, at=at, changes=changes, note=row.file_name
    )
    return row


def discard(*, file: BankFile, actor: User, at: datetime) -> BankFile:
    """The file given up before it was taken over; what its lines said is deleted."""
    return file_imports.discard(file, actor=actor, at=at)


def fault_of(row: BankLine, at: datetime) -> str:
    """What cannot be read of a line, in words; empty where all can."""
    try:
        movement_of(Line(row.line_number, row.decoded, row.errors), localdate(at))
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


# --- inside -----------------------------------------------------------------------------------------------


def _row(received: BankFile, line: Line, at: datetime) -> BankLine:
    row = BankLine(file=received, line_number=line.number, values=line.json, errors=line.errors)
    try:
        found = movement_of(line, localdate(at))
    except ValidationError:
        row.status = LineStatus.REFUSED
        return row
    row.status = LineStatus.READY
    row.received_on, row.amount, row.reference = found.received_on, found.amount, found.reference
    return row


def _looked(file: BankFile, rows: Iterable[BankLine], actor: User, at: datetime) -> list[Looked]:
    return look(
        file.home, [_movement(row) for row in rows if row.received_on], actor=actor, today=localdate(at)
    )


def _movement(row: BankLine) -> Movement:
    said = row.decoded
    assert row.received_on is not None
    texts = {name: said.get(name, "") for name in ("communication", "name", "account")}
    return Movement(row.line_number, row.received_on, row.amount, reference=row.reference, **texts)


def _write(
    file: BankFile, rows: Sequence[BankLine], found: Iterable[Looked], actor: User, at: datetime
) -> None:
    """The payments of the lines that fit, and what became of every line."""
    by_number = {one.number: one for one in found}
    payments, subjects, notes = [], [], []
    for row in rows:
        one = by_number.get(row.line_number)
        if one is None:
            continue
        row.status = _BECOMES[one.state]
        row.errors = [[one.code, dict(one.figures)]] if one.code else []
        if row.status == LineStatus.UNCHANGED:
            row.values = ""  # said already, or no business of the residents' accounts
        if one.share is not None:
            payments.append(_payment(row, one, actor, at))
            subjects.append(one.share.invoice)
            notes.append(_("%(amount)s, %(name)s") % {"amount": euros(row.amount), "name": one.share.name})
    BankLine.objects.bulk_update(rows, ["status", "errors", "values"], batch_size=file_imports.CHUNK)
    Payment.objects.bulk_create(payments, batch_size=file_imports.CHUNK)
    record_many(action="payment_registered", subjects=subjects, actor=actor, at=at, notes=notes)


def _payment(row: BankLine, one: Looked, actor: User, at: datetime) -> Payment:
    assert row.received_on is not None
    return Payment(
        share=one.share,
        received_on=row.received_on,
        amount=row.amount,
        reference=row.reference,
        bank_line=row,
        registered_by=actor,
        registered_at=at,
    )
