"""Use cases of files of services: received and checked in a dry run, taken over line by line, again from where it stopped."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from msgspec import structs

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework import file_imports
from partenamut.casework.file_imports import CHUNK
from protocol3 import imports
from protocol3.deciding import reckon
from protocol3.facts import Entered, File, files_of
from protocol3.imports import Line, kept
from protocol3.models import Beneficiary, GroupSession, Project, Service, ServiceImport, ServiceImportLine
from protocol3.rules.pseudocodes import PSEUDOCODES
from protocol3.services import entry
from protocol3.services.closing import refuse_while_issuing
from protocol3.services.diary import Diary
from protocol3.services.entry import NotBillable
from protocol3.services.entry_faults import FAULTS, Act, faults

Status = ServiceImport.Status
LineStatus = ServiceImportLine.Status
#: Lines taken over in one transaction: so many are done again after a worker was killed, and no more.
BATCH = 50

#: code of an error -> sentence, also of what is wrong with a service when it is entered
SENTENCES: Mapping[str, Any] = {
    **imports.SENTENCES,
    **{f"entry.{code}": sentence for code, sentence in FAULTS.items()},
}
#: Fields of a service that have another name as a column.
_COLUMNS = {"starts_at": "start", "ends_at": "end"}


def receive_file(
    *, project: Project, content: bytes, file_name: str, actor: User, at: datetime
) -> ServiceImport:
    """The file with each line checked, nothing entered yet; FileRefused or SentBefore with a sentence."""
    sha256 = _refuse_twice(project, content)
    return _receive(project, imports.read(content), file_name, sha256, actor, at)


def receive_batch(
    *, project: Project, sent: Sequence[Mapping[str, Any]], name: str, actor: User, at: datetime
) -> ServiceImport:
    """The same for lines that came by the API."""
    sha256 = _refuse_twice(project, json.dumps(sent, sort_keys=True, default=str).encode())
    return _receive(project, imports.lines_of(sent), name, sha256, actor, at)


def look(project: Project, lines: Sequence[Line], *, today: date) -> None:
    """Puts on every line what stands against it: what is written wrong, then what makes it not billable."""
    known = imports.known_around(project, lines)
    for line in lines:
        imports.clean(line, known)
    imports.mark_duplicates(lines)
    fine = sorted((line for line in lines if not line.errors), key=_in_order)
    _look_at_entry(project, fine, today)
    _look_at_billing(project, [line for line in fine if not line.errors])


def is_refused(line: Line) -> bool:
    """Whether it cannot be entered at all; one that is only not billable can be kept."""
    return any(imports.reason_of(error) is None or error[1] == "p3.pseudocode" for error in line.errors)


@transaction.atomic
def check_again(*, service_import: ServiceImport, actor: User, at: datetime) -> ServiceImport:
    """The import with its lines checked as the facts stand now."""
    row = file_imports.unstarted(service_import)
    rows = list(row.lines.order_by("pk"))
    lines = [Line(each.line_number, json.loads(each.values)) for each in rows]
    look(row.project, lines, today=localdate(at))
    for each, line in zip(rows, lines, strict=True):
        each.errors, each.status = line.errors, _status(line)
    ServiceImportLine.objects.bulk_update(rows, ["errors", "status"], batch_size=CHUNK)
    record(action="import_checked", subject=row, actor=actor, at=at)
    return row


@transaction.atomic
def start_import(
    *,
    service_import: ServiceImport,
    keep: bool | None,
    without_refused: bool,
    ring: Callable[[int], None],
    actor: User,
    at: datetime,
) -> ServiceImport:
    """The import, running in the background; started again, it goes on where it stopped.

    Half a file is taken over only on purpose: `without_refused`. `keep`: whether lines that are not billable are
    kept as such, or left out; it must be said where there are any.
    """
    row = file_imports.locked(service_import)
    if row.status == Status.CHECKED:
        if not without_refused and row.lines.filter(status=LineStatus.REFUSED).exists():
            raise ValidationError(
                {
                    "without_refused": _(
                        "The file has refused lines: correct them and send it again, or tick that the others are taken over."
                    )
                }
            )
        _choose(row, keep)
    return file_imports.start(row, ring=ring, actor=actor, at=at)


def discard_import(*, service_import: ServiceImport, actor: User, at: datetime) -> ServiceImport:
    """The import given up before it began; what its lines said is deleted."""
    return file_imports.discard(service_import, actor=actor, at=at)


@transaction.atomic
def take_over(*, import_id: int, at: datetime, size: int = BATCH) -> bool:
    """Enters the next lines by their dates, each whole or not at all; whether there are more.

    Safe to repeat and to kill: a batch is written whole, and one worker at a time has an import in hand.
    """
    found = ServiceImport.objects.select_for_update(of=("self",), skip_locked=True)
    row = found.select_related("project", "created_by").filter(pk=import_id, status=Status.RUNNING).first()
    if row is None:
        return False
    rows = list(row.lines.filter(status=LineStatus.READY).order_by("pk")[:size])
    done = _enter_all(row, rows, at)
    ServiceImportLine.objects.bulk_update(done, ["status", "errors", "values", "service"], batch_size=CHUNK)
    if rows:
        return len(done) == len(rows)
    file_imports.finish(row, at=at)
    return False


def not_billable(service_import: ServiceImport) -> QuerySet[ServiceImportLine]:
    """The lines that can be entered and are not billable."""
    lines: QuerySet[ServiceImportLine] = service_import.lines.filter(status=LineStatus.READY)
    return lines.exclude(errors=[])


# --- looking ----------------------------------------------------------------------------------------------


def _in_order(line: Line) -> tuple[date, int]:
    """By date, and on one date as the file has them: the order in which the ledger takes them."""
    return line.day, line.number


def _service_of(line: Line) -> tuple[Service, list[Act]]:
    said = dict(line.cleaned)
    acts = [Act(*act) for act in said.pop("acts")]
    said.pop("room")
    service = Service(**said)
    service.documented_minutes = sum(act.minutes for act in acts) if acts else None
    return service, acts


def _look_at_entry(project: Project, lines: Sequence[Line], today: date) -> None:
    diary = Diary(
        project,
        {line.cleaned["practitioner"].pk for line in lines},
        {line.cleaned["date"] for line in lines},
    )
    for line in lines:
        service, acts = _service_of(line)
        found = faults(service, acts, today=today, diary=diary)
        for fault in found:
            line.refuse(_COLUMNS.get(fault.field, fault.field), f"entry.{fault.code}", **fault.figures)
        if not found:
            diary.enter(service, [(act.starts_at, act.ends_at) for act in acts])


def _look_at_billing(project: Project, lines: Sequence[Line]) -> None:
    by_person: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_person[line.cleaned["enrolment"].beneficiary_id].append(line)
    people = Beneficiary.objects.filter(pk__in=by_person)
    days = {line.cleaned["date"] for line in lines}
    for person, file in files_of(people, project, also_on=days).items():
        _look_at_file(project, file, by_person[person])


def _look_at_file(project: Project, file: File, lines: Sequence[Line]) -> None:
    """The lines of one person among their services, in the order in which they will be entered."""
    new = {-number: line for number, line in enumerate(lines, 1)}
    mine = [
        Entered(key, line.cleaned["enrolment"].pk, project.pk, False, entry.facts_of(_service_of(line)[0]))
        for key, line in new.items()
    ]
    together = sorted([*file.entered, *mine], key=lambda one: (not one.billed, one.facts.date, one.pk < 0))
    for taken in reckon(structs.replace(file, entered=tuple(together))).taken:
        if taken.entered.pk < 0:
            new[taken.entered.pk].errors.extend(kept(reason) for reason in taken.verdict.stopped_by)


# --- receiving --------------------------------------------------------------------------------------------


def _refuse_twice(project: Project, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    file_imports.refuse_twice(ServiceImport.objects.filter(project=project), sha256)
    return sha256


def _receive(
    project: Project, lines: list[Line], name: str, sha256: str, actor: User, at: datetime
) -> ServiceImport:
    look(project, lines, today=localdate(at))
    received = ServiceImport(
        project=project, file_name=name[-150:], sha256=sha256, created_at=at, created_by=actor
    )
    rows = [
        ServiceImportLine(
            service_import=received,
            line_number=line.number,
            values=line.json,
            errors=line.errors,
            status=_status(line),
        )
        # In the order in which they are entered; the number is that of the file.
        for line in sorted(lines, key=_in_order)
    ]
    return file_imports.write(received, lines, rows, ServiceImport.objects.filter(project=project))


def _status(line: Line) -> str:
    return LineStatus.REFUSED if is_refused(line) else LineStatus.READY


def _choose(row: ServiceImport, keep: bool | None) -> None:
    """Leaves out the lines that are not billable, unless they are kept on purpose."""
    stopped = not_billable(row)
    if keep is None and stopped.exists():
        raise ValidationError(
            {"keep": _("Say what becomes of the lines that are not billable: left out, or kept as such.")}
        )
    if not keep:
        stopped.update(status=LineStatus.REFUSED)


# --- taking over ------------------------------------------------------------------------------------------


def _enter_all(
    row: ServiceImport, rows: Sequence[ServiceImportLine], at: datetime
) -> list[ServiceImportLine]:
    """Enters lines until one must wait; those that were looked at, with what became of each."""
    lines = [Line(each.line_number, json.loads(each.values)) for each in rows]
    known = imports.known_around(row.project, lines)
    done: list[ServiceImportLine] = []
    for each, line in zip(rows, lines, strict=True):
        if not _month_is_free(row.project, line.day):
            break  # its notes are being issued: the schedule rings again
        imports.clean(line, known)
        each.service = None if line.errors else _enter(line, row, at, anyway=bool(each.errors))
        each.errors = line.errors
        each.status = LineStatus.CREATED if each.service else LineStatus.REFUSED
        if each.service:
            each.values = ""  # now the service says it
        done.append(each)
    return done


def _month_is_free(project: Project, day: date) -> bool:
    try:
        refuse_while_issuing(project, day)
    except ValidationError:
        return False
    return True


def _enter(line: Line, row: ServiceImport, at: datetime, *, anyway: bool) -> Service | None:
    said = dict(line.cleaned)
    acts = [Act(*act) for act in said.pop("acts")]
    room = said.pop("room")
    try:
        with transaction.atomic():
            said["group"] = _group(row, said, room, at)
            return entry.enter(**said, acts=acts, anyway=anyway, actor=row.created_by, at=at)
    except NotBillable as refused:
        line.errors.extend(kept(reason) for reason in refused.verdict.stopped_by)
    except ValidationError as error:
        _refuse(line, error)
    return None


def _group(row: ServiceImport, said: Mapping[str, Any], room: str, at: datetime) -> GroupSession | None:
    """The one entry of a group that comes line by line: its first line makes it, the others join."""
    if PSEUDOCODES[said["pseudocode"]].modality != "group":
        return None
    of = ("practitioner", "date", "pseudocode", "participants", "starts_at", "ends_at")
    same = {name: said[name] for name in of} | {"project": row.project}
    found: GroupSession | None = GroupSession.objects.filter(**same).order_by("pk").first()
    if found is not None or said["participants"] is None:
        return found
    group: GroupSession = GroupSession.objects.create(
        **same, room=room, description=said["description"], entered_by=row.created_by, entered_at=at
    )
    return group


def _refuse(line: Line, error: ValidationError) -> None:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, errors in by_field.items():
        for one in errors:
            if one.code in FAULTS:
                line.refuse(_COLUMNS.get(name, name), f"entry.{one.code}", **(one.params or {}))
            elif name == "external_reference" or "reference" in str(one.code or ""):
                line.refuse("reference", "reference.known")
            else:
                line.refuse("", "refused")
