"""Use cases of imports: receive and check a file of members, take its lines over, again from where it stopped."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework import file_imports
from partenamut.casework.file_imports import CHUNK
from partenamut.fields import blind_index
from partenamut.registry.imports import (
    DATED,
    Known,
    Line,
    Spell,
    check,
    clean,
    compare,
    known_around,
    new_spells,
    read,
    spell_of,
)
from partenamut.registry.models import Member, MemberImport, MemberImportLine
from partenamut.registry.services.insurances import (
    add_higher_reimbursement,
    add_insurance,
    end_higher_reimbursement,
    end_insurance,
)
from partenamut.registry.services.members import (
    CORRECTABLE,
    add_contributions,
    close_contributions,
    correct_member,
    create_member,
)

LineStatus = MemberImportLine.Status
BATCH = 200


def receive_members(*, content: bytes, file_name: str, actor: User, at: datetime) -> MemberImport:
    """The file with each line checked, nothing taken over yet; FileRefused or SentBefore with a sentence."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = MemberImport.objects.all()
    file_imports.refuse_twice(known, sha256)
    lines = read(content)
    check(lines, timezone.localdate(at))
    received = MemberImport(file_name=file_name[-150:], sha256=sha256, created_at=at, created_by=actor)
    return file_imports.write(received, lines, [_row(received, line) for line in lines], known)


@transaction.atomic
def check_again(*, member_import: MemberImport, actor: User, at: datetime) -> MemberImport:
    """The import with its lines checked against the registry as it stands now."""
    row = file_imports.unstarted(member_import)
    rows = list(row.lines.order_by("line_number"))
    lines = [Line(each.line_number, json.loads(each.values)) for each in rows]
    check(lines, timezone.localdate(at))
    for each, line in zip(rows, lines, strict=True):
        each.errors = line.errors
        each.status = LineStatus.REFUSED if line.errors else LineStatus.READY
    MemberImportLine.objects.bulk_update(rows, ["errors", "status"], batch_size=CHUNK)
    record(action="import_checked", subject=row, actor=actor, at=at)
    return row


def start_import(*, member_import: MemberImport, actor: User, at: datetime) -> MemberImport:
    """The import, running in the background; started again, it goes on where it stopped."""
    return file_imports.start(member_import, ring=ring, actor=actor, at=at)


def discard_import(*, member_import: MemberImport, actor: User, at: datetime) -> MemberImport:
    """The import given up before it began; what its lines said is deleted."""
    return file_imports.discard(member_import, actor=actor, at=at)


@transaction.atomic
def take_over(*, member_import: MemberImport, at: datetime, size: int = BATCH) -> bool:
    """Takes the next lines over, each whole or not at all; whether there may be more. Safe to repeat and to kill."""
    waiting = member_import.lines.filter(status=LineStatus.READY)
    rows = list(waiting.order_by("line_number").select_for_update(skip_locked=True)[:size])
    lines = [Line(row.line_number, json.loads(row.values)) for row in rows]
    known = known_around(lines, timezone.localdate(at))
    for row, line in zip(rows, lines, strict=True):
        row.status = _take(line, known, member_import, at)
        row.errors = line.errors
        if row.status != LineStatus.REFUSED:
            row.values = ""  # now the member says it
    MemberImportLine.objects.bulk_update(rows, ["status", "errors", "values"], batch_size=CHUNK)
    if rows or waiting.exists():
        return bool(rows)
    file_imports.finish(member_import, at=at)
    return False


def ring(import_id: int) -> None:
    """Has a worker take the next lines over."""
    from partenamut.registry.tasks import import_members

    import_members.apply_async((import_id,), retry=False)


# --- inside


def _row(received: MemberImport, line: Line) -> MemberImportLine:
    return MemberImportLine(
        member_import=received,
        line_number=line.number,
        values=line.json,
        errors=line.errors,
        status=LineStatus.REFUSED if line.errors else LineStatus.READY,
    )


def _take(line: Line, known: Known, member_import: MemberImport, at: datetime) -> str:
    cleaned = clean(line, timezone.localdate(at))
    compare(line, cleaned, known)
    if line.errors:
        return LineStatus.REFUSED
    try:
        with transaction.atomic():
            return _write(line, cleaned, known, member_import, at)
    except ValidationError:
        line.errors.append(("", "refused"))
        return LineStatus.REFUSED


def _write(
    line: Line, cleaned: Mapping[str, Any], known: Known, member_import: MemberImport, at: datetime
) -> str:
    actor, note = member_import.created_by, str(member_import)
    given = {name: value for name, value in cleaned.items() if name in CORRECTABLE and name in line.values}
    given["mutuality"] = known.mutualities[cleaned["mutuality"]]
    member = known.members.get(blind_index(cleaned["niss"]))
    if member is None:
        full = {name: cleaned[name] for name in CORRECTABLE} | given
        member = create_member(**full, actor=actor, at=at, note=note)
        result = LineStatus.CREATED
    else:
        changes = {name: value for name, value in given.items() if getattr(member, name) != value}
        if changes:
            correct_member(member=member, changes=changes, reason=note, actor=actor, at=at)
        result = LineStatus.UPDATED if changes else LineStatus.UNCHANGED
    moved = [_write_dated(member, name, cleaned[name], actor, at, note) for name in DATED if cleaned[name]]
    return LineStatus.UPDATED if any(moved) and result == LineStatus.UNCHANGED else result


#: dated column -> the rows of a member, the use case that adds one, the one that ends one and what it calls the row
_USE_CASES: Mapping[str, tuple[str, Callable[..., Any], Callable[..., Any], str]] = {
    "contributions": ("contributions", add_contributions, close_contributions, "period"),
    "higher_reimbursement": (
        "higher_reimbursements",
        add_higher_reimbursement,
        end_higher_reimbursement,
        "right",
    ),
    "hospital_insurance": ("hospital_insurances", add_insurance, end_insurance, "insurance"),
}


def _write_dated(
    member: Member, name: str, spells: list[Spell], actor: User, at: datetime, note: str
) -> bool:
    rows, add, end, called = _USE_CASES[name]
    held = {row.first_day: row for row in getattr(member, rows).all()}
    added, closing = new_spells(spells, [spell_of(row) for row in held.values()])
    by = {"actor": actor, "at": at, "note": note}
    for spell in closing:
        end(**{called: held[spell.period.first]}, last_day=spell.period.last, **by)
    for spell in added:
        tier = {"tier": spell.tier} if spell.tier else {}
        add(member=member, first_day=spell.period.first, last_day=spell.period.last, **tier, **by)
    return bool(added or closing)
