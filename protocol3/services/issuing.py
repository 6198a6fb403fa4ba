"""An insurer's share of a closing issued: individual notes, their lines and the recapitulative note, or nothing."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localdate
from msgspec import Struct

from partenamut.audit.services import record
from partenamut.bulk import check_now, copy, copy_text, keys_by_index, reserve
from partenamut.casework.services import next_number, next_numbers
from partenamut.identifiers import parse_communication, structured_communication
from partenamut.money import ZERO
from partenamut.periods import add_months
from partenamut.registry.models import Insurer
from protocol3.deciding import Planned, billable_of, month_end, sums_of
from protocol3.models import (
    Beneficiary,
    Closing,
    ClosingShare,
    CorrectionReason,
    Enrolment,
    Note,
    NoteLine,
    Project,
    Recap,
    RecapKind,
    ShareStatus,
)
from protocol3.rules.pseudocodes import OPERATING_ALLOWANCE
from protocol3.workflow import ClosingStatus

_NOTE = (
    "id", "public_id", "number", "recap", "enrolment", "corrects", "reason", "explanation",
    "last_name", "first_name", "niss", "registration_number", "total",
)  # fmt: skip
_LINE = (
    "note", "position", "kind", "service", "date", "pseudocode", "rate_key", "units", "unit_amount", "amount", "series",
)  # fmt: skip


class Interrupted(Exception):
    """Raised where the closing was interrupted, or handed over anew, since its month was planned."""


class Moved(Exception):
    """Raised where another project billed something to the same people since the month was planned."""


@transaction.atomic
def issue_share(
    closing: Closing, share: ClosingShare, planned: Sequence[Planned], *, at: datetime
) -> Recap | None:
    """The recapitulative note of an insurer with its notes; None where something stands against it, and it says what.

    Raises Interrupted or Moved, with nothing written, where the plan does not hold any more.
    """
    locked = ClosingShare.objects.select_for_update(of=("self",)).select_related("insurer").get(pk=share.pk)
    if locked.status == ShareStatus.ISSUED:
        return None
    problems = problems_of(locked.insurer, planned)
    if problems:
        refuse(locked, problems)
        return None
    _hold_shared_people(closing, planned)
    keys_by_index()
    notes = _with_lines(planned)
    # What other insurers wait for comes last: the closing, and the numbers.
    _hold_closing(closing)
    recap = _issue(closing, locked, planned, notes, at)
    locked.status, locked.issued_at, locked.notes = ShareStatus.ISSUED, at, recap.notes_count
    locked.services_total, locked.allowance_total = recap.services_total, recap.allowance_total
    locked.problems = []
    locked.save(
        update_fields=["status", "issued_at", "notes", "services_total", "allowance_total", "problems"]
    )
    return recap


def refuse(share: ClosingShare, problems: list[list[str]]) -> None:
    """The share put aside with what stands against it; the others go on."""
    share.status, share.problems = ShareStatus.REFUSED, problems
    share.save(update_fields=["status", "problems"])


def problems_of(insurer: Insurer | None, planned: Sequence[Planned]) -> list[list[str]]:
    """What stands against a note to an insurer: codes, each with whom it concerns."""
    if insurer is None or not planned:
        return [["nothing", ""]]
    problems = []
    if not insurer.address.strip():
        problems.append(["address", str(insurer)])
    nameless = {one.beneficiary_id for one in planned if not one.insured.registration_number.strip()}
    people = Beneficiary.objects.filter(pk__in=nameless)
    return problems + [["registration_number", person.full_name] for person in people]


def due_on(month: date, issued_on: date | None = None) -> date:
    """The day a month's notes are to be paid by: the 15th of the third month after (art. 24).

    House rule: what is issued later than in the month after has as long as if the month before had been billed.
    """
    if issued_on is not None:
        month = max(month, add_months(issued_on.replace(day=1), -1))
    return add_months(month, 3).replace(day=15)


def sent_by(month: date) -> date:
    """The last day a month's notes may be sent: the last of the month after (art. 24)."""
    return month_end(add_months(month, 1))


def project_words(project: Project) -> dict[str, Any]:
    """The project as its notes name it."""
    return {
        "name": project.name,
        "address_lines": [project.street, f"{project.postal_code} {project.city}"],
        "contact": project.email or project.phone,
        "inami_number": project.inami_number,
        "enterprise_number": project.enterprise_number,
        "iban": project.iban,
        "account_holder": project.account_holder,
        "language": project.language,
    }


def insurer_words(insurer: Insurer, language: str) -> dict[str, Any]:
    """An insurer as notes name it."""
    name = insurer.name_nl if language == "nl" else insurer.name_fr
    return {
        "code": insurer.code,
        "name": name,
        "address_lines": [part.strip() for part in insurer.address.split(",")],
    }


def recap_identity(project: Project, year: int) -> tuple[str, str]:
    """The next number of a recapitulative note, and the digits of its structured communication."""
    number = next_number(f"{project.code}-R", year)
    digits = f"{project.pk % 1000:03d}{year % 100:02d}{int(number.rpartition('-')[2]) % 100000:05d}"
    return number, parse_communication(structured_communication(int(digits)))


# --- inside -----------------------------------------------------------------------------------------------


class _Person(Struct, frozen=True):
    """A beneficiary as a note names them."""

    pk: int
    search_name: str
    last_name: str
    first_name: str
    niss: str


class _Note(Struct, frozen=True):
    """An individual note before it has its number; its lines stand already."""

    key: int
    person: _Person
    planned: list[Planned]


def _with_lines(planned: Sequence[Planned]) -> list[_Note]:
    """The notes of an insurer, with their lines written under keys that are theirs."""
    grouped = _by_note(planned)
    keys = reserve(Note, len(grouped))
    notes = [_Note(key, person, ones) for key, (person, ones) in zip(keys, grouped, strict=True)]
    copy_text(NoteLine, _LINE, (line for note in notes for line in _lines(note.key, note.planned)))
    check_now(NoteLine, "service")
    return notes


def _hold_shared_people(closing: Closing, planned: Sequence[Planned]) -> None:
    """Locks the people whom other projects bill too; Moved where what is billable of them has changed."""
    elsewhere = Enrolment.objects.filter(beneficiary__enrolments__project=closing.project)
    shared = set(elsewhere.exclude(project=closing.project).values_list("beneficiary", flat=True))
    shared &= {one.beneficiary_id for one in planned}
    if not shared:
        return
    people = Beneficiary.objects.filter(pk__in=shared)
    held = list(people.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    insurer = planned[0].insured.insurer_id
    now = billable_of(Beneficiary.objects.filter(pk__in=held), closing.project, closing.month)
    before = {one.entered.pk for one in planned if one.beneficiary_id in shared}
    if not before <= {service for service, owed_by in now.items() if owed_by == insurer}:
        raise Moved


def _hold_closing(closing: Closing) -> None:
    """Holds the closing as it is: nobody interrupts it, and so nobody enters a service, before the insurer is issued.

    Several insurers hold it at the same time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT status, started_at FROM "{Closing._meta.db_table}" WHERE id = %s FOR SHARE',  # noqa: S608
            [closing.pk],
        )
        if cursor.fetchone() != (ClosingStatus.ISSUING.value, closing.started_at):
            raise Interrupted


def _issue(
    closing: Closing, share: ClosingShare, planned: Sequence[Planned], notes: Sequence[_Note], at: datetime
) -> Recap:
    project, insurer, day = closing.project, share.insurer, localdate(at)
    assert insurer is not None
    first = _first_of_month(project, insurer, closing.month)
    _count, services, allowances = sums_of(planned)
    said = {
        "project": project_words(project),
        "insurer": insurer_words(insurer, project.language),
        "signatory": closing.signatory,
    }
    originals = _originals(first)
    note_numbers = next_numbers(project.code, day.year, len(notes))
    number, communication = recap_identity(project, day.year)
    recap = Recap.objects.create(
        number=number,
        kind=RecapKind.CORRECTION if first else RecapKind.INVOICE,
        project=project,
        insurer=insurer,
        share=share,
        corrects=first,
        month=closing.month,
        issued_on=day,
        issued_by=closing.started_by,
        said=said,
        notes_count=len(notes),
        services_total=services,
        allowance_total=allowances,
        total=services + allowances,
        communication=communication,
        due_on=due_on(closing.month, day),
    )
    copy(Note, _NOTE, _note_rows(recap, notes, note_numbers, originals))
    record(
        action="recap_issued",
        subject=recap,
        actor=closing.started_by,
        at=at,
        changes={"notes": [None, len(notes)], "total": [None, recap.total]},
    )
    return recap


def _by_note(planned: Iterable[Planned]) -> list[tuple[_Person, list[Planned]]]:
    """The services of each beneficiary under each registration number, in the order of names."""
    grouped: defaultdict[tuple[int, str], list[Planned]] = defaultdict(list)
    for one in planned:
        grouped[one.beneficiary_id, one.insured.registration_number].append(one)
    rows = Beneficiary.objects.filter(pk__in={person for person, _number in grouped})
    people = {row[0]: _Person(*row) for row in rows.values_list(*_Person.__struct_fields__)}
    named = [(people[person], ones) for (person, _number), ones in grouped.items()]
    return sorted(named, key=lambda pair: (pair[0].search_name, pair[0].pk))


def _first_of_month(project: Project, insurer: Insurer, month: date) -> Recap | None:
    """The note that a later one of the same month is linked to."""
    issued = Recap.objects.filter(project=project, insurer=insurer, month=month, kind=RecapKind.INVOICE)
    return issued.order_by("pk").first()


def _originals(first: Recap | None) -> dict[int, int]:
    """The first note of each beneficiary of a month, by enrolment."""
    if first is None:
        return {}
    return dict(Note.objects.filter(recap=first).values_list("enrolment_id", "pk"))


def _note_rows(
    recap: Recap, notes: Sequence[_Note], numbers: Sequence[str], originals: Mapping[int, int]
) -> Iterator[tuple[Any, ...]]:
    reason = CorrectionReason.LATE.value if recap.kind == RecapKind.CORRECTION else ""
    for note, number in zip(notes, numbers, strict=True):
        enrolment = note.planned[0].entered.enrolment_id
        yield (
            note.key,
            uuid.uuid4(),
            number,
            recap.pk,
            enrolment,
            originals.get(enrolment),
            reason,
            "",
            note.person.last_name,
            note.person.first_name,
            note.person.niss,
            note.planned[0].insured.registration_number,
            sum((one.amount + one.allowance for one in note.planned), ZERO),
        )


def _lines(note_id: int, ones: Iterable[Planned]) -> Iterable[str]:
    """For each service its line, and one for the operating allowance where some was left; as COPY takes them."""
    position = 0
    for one in ones:
        service, pk, series = one.entered.facts, one.entered.pk, one.series
        day = service.date.isoformat()
        position += 1
        yield (
            f"{note_id}\t{position}\tservice\t{pk}\t{day}\t{service.pseudocode}\t{one.rate_key}\t{service.units}\t"
            f"{one.unit_amount}\t{one.amount}\t{series}\n"
        )
        if one.allowance_units:
            position += 1
            yield (
                f"{note_id}\t{position}\tallowance\t{pk}\t{day}\t{OPERATING_ALLOWANCE}\toperating_allowance\t"
                f"{one.allowance_units}\t{one.allowance_unit}\t{one.allowance}\t{series}\n"
            )
