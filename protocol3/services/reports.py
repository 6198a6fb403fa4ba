"""The statement of a beneficiary made on demand, and the trace of files that left."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.models import Document
from partenamut.documents.services import place
from partenamut.money import total
from partenamut.registry.models import Insurer
from protocol3.documents import (
    LineWords,
    ProjectWords,
    StatementWords,
    service_name,
    statement_order,
)
from protocol3.models import Affiliation, Beneficiary, Enrolment, NoteLine, Project
from protocol3.services.issuing import project_words

#: Lines of a statement; a longer period is asked in parts.
MOST_LINES = 2_000


def lines_between(enrolment: Enrolment, first_day: date, last_day: date) -> list[NoteLine]:
    """The lines billed for a person in a period, those taken back too, by date."""
    lines = NoteLine.objects.filter(note__enrolment=enrolment, date__range=(first_day, last_day))
    found = lines.select_related("note").order_by("date", "note_id", "position")
    return list(found[: MOST_LINES + 1])


def last_billed(enrolment: Enrolment) -> date | None:
    """The day of the last service billed for a person; None where nothing was."""
    found: date | None = NoteLine.objects.filter(note__enrolment=enrolment).aggregate(last=Max("date"))[
        "last"
    ]
    return found


@transaction.atomic
def issue_statement(
    *, enrolment: Enrolment, first_day: date, last_day: date, actor: User, at: datetime
) -> Document:
    """The statement of what was done for a person and what the insurer pays (art. 27 §3); the same words give the same paper."""
    lines = lines_between(enrolment, first_day, last_day)
    if len(lines) > MOST_LINES:
        raise ValidationError(
            _("This period has more than %(most)d lines: ask for a shorter one.") % {"most": MOST_LINES}
        )
    person, language = enrolment.beneficiary, enrolment.beneficiary.language
    words = StatementWords(
        issued_on=localdate(at),
        project=_project(enrolment.project),
        full_name=person.full_name,
        address_lines=_address(person),
        insurer_name=_insurers(person, first_day, last_day, language),
        first_day=first_day,
        last_day=last_day,
        lines=tuple(_line(line, language) for line in lines),
        total=total(line.amount for line in lines),
        language=language,
    )
    document = place(statement_order(words, _key(enrolment, words)), actor=actor, at=at)
    period = f"{first_day.isoformat()} - {last_day.isoformat()}"
    record(action="statement_printed", subject=person, actor=actor, at=at, note=period)
    return document


def note_file(*, project: Project, what: str, kind: str, query: str = "", actor: User, at: datetime) -> None:
    """Leaves the trace of who took which file of a project."""
    changes = {"list": [what, kind], "query": [None, query[:500]]}
    record(action="export", subject=project, actor=actor, at=at, changes=changes)


# --- inside


def _key(enrolment: Enrolment, words: StatementWords) -> str:
    """The key of a paper: whoever it is for, and what it says."""
    said = hashlib.sha256(msgspec.json.encode(words)).hexdigest()
    return f"protocol3/statement/{enrolment.public_id}/{said[:32]}"


def _project(project: Project) -> ProjectWords:
    return msgspec.convert({**project_words(project), "signatory": project.signatory}, ProjectWords)


def _address(person: Beneficiary) -> tuple[str, ...]:
    return tuple(filter(None, (person.street, f"{person.postal_code} {person.city}".strip())))


def _insurers(person: Beneficiary, first_day: date, last_day: date, language: str) -> str:
    """The insurers of a person in a period, in the order of their days."""
    rows: Iterable[Affiliation] = person.affiliations.select_related("insurer").order_by("first_day")
    period = [
        row.insurer
        for row in rows
        if row.first_day <= last_day and (row.last_day is None or row.last_day >= first_day)
    ]
    return ", ".join(dict.fromkeys(_name(insurer, language) for insurer in period))


def _name(insurer: Insurer, language: str) -> str:
    return insurer.name_nl if language == "nl" else insurer.name_fr


def _line(line: NoteLine, language: str) -> LineWords:
    return LineWords(
        date=line.date,
        pseudocode=line.pseudocode,
        units=line.units,
        unit_amount=line.unit_amount,
        amount=line.amount,
        what=service_name(line.pseudocode, language),
    )
