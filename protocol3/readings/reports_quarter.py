"""The numbers of a quarter for INAMI (art. 28): billable services done, each counted once, and what differs from the notes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from partenamut.periods import add_months
from partenamut.web.exports import Column
from protocol3.deciding import Taken, month_end, reckon
from protocol3.facts import Insured, files_of, insurers_of
from protocol3.messages import FAMILIES, MODALITIES, PROFESSIONS
from protocol3.models import Beneficiary, Enrolment, LineKind, NoteLine, Project, RecapKind, Service
from protocol3.rules.pseudocodes import PSEUDOCODES

_QUARTER = re.compile(r"(\d{4})-([1-4])")


class Quarter(Struct, frozen=True, order=True):
    """A calendar quarter."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return month_end(add_months(self.first, 2))

    @property
    def due(self) -> date:
        """The last day on which its numbers can be sent: within the month after (art. 28 §1)."""
        return month_end(add_months(self.first, 3))

    @property
    def code(self) -> str:
        """As it stands in addresses: 2023-2."""
        return f"{self.year}-{self.number}"

    def __str__(self) -> str:
        return gettext("Q%(number)d %(year)d") % {"number": self.number, "year": self.year}


class Why:
    """Why a service counts otherwise in the file than on the notes of its quarter."""

    OPEN = "open"
    LATE = "late"
    CREDITED = "credited"
    EXCESS = "excess"


WORDS = {
    Why.OPEN: _("Billable, not billed yet"),
    Why.LATE: _("Billed later, by a correction note"),
    Why.CREDITED: _("On a note, taken back since"),
    Why.EXCESS: _("On a note, not billable any more"),
}
#: Whether the file counts it more (the notes of the quarter have it not) or less.
SIGNS = {Why.OPEN: 1, Why.LATE: 1, Why.CREDITED: -1, Why.EXCESS: -1}


class Done(Struct, frozen=True):
    """A service of the quarter that is in the file, on the notes of its month, or both."""

    service_id: int
    enrolment_id: int
    day: date
    pseudocode: str
    units: int
    in_file: bool
    #: On a first note of its month; later ones do not count.
    on_notes: bool
    note: str = ""
    why: str = ""

    @property
    def month(self) -> date:
        """The month in which it was done."""
        return self.day.replace(day=1)


class Line(Struct, frozen=True):
    """A line of the file: services and units of a pseudocode in a month; beside them those on the notes."""

    project: Project
    quarter: Quarter
    month: date
    pseudocode: str
    services: int
    units: int
    services_on_notes: int
    units_on_notes: int

    @property
    def family(self) -> Any:
        """The type of service."""
        return FAMILIES[PSEUDOCODES[self.pseudocode].family]

    @property
    def kind(self) -> str:
        """How it is given, and by whom."""
        kind = PSEUDOCODES[self.pseudocode]
        words = [MODALITIES[kind.modality], PROFESSIONS[kind.profession] if kind.profession else ""]
        return ", ".join(str(word) for word in words if word)

    @property
    def difference(self) -> int:
        """Units that the file has more than the notes."""
        return self.units - self.units_on_notes


class Report(Struct, frozen=True):
    """The numbers of a quarter, and the services by which they differ from its notes."""

    quarter: Quarter
    lines: tuple[Line, ...]
    differences: tuple[Done, ...]

    @property
    def services(self) -> int:
        """All services of the file."""
        return sum(line.services for line in self.lines)

    @property
    def units(self) -> int:
        """All units of the file."""
        return sum(line.units for line in self.lines)

    def causes(self) -> list[tuple[Any, int, int]]:
        """Each cause of a difference with its services and the units it adds (or takes away)."""
        found = []
        for why, words in WORDS.items():
            ones = [one for one in self.differences if one.why == why]
            if ones:
                found.append((words, len(ones), SIGNS[why] * sum(one.units for one in ones)))
        return found


def quarter_of(code: str) -> Quarter | None:
    """The quarter written as in an address (2023-2); None for anything else."""
    match = _QUARTER.fullmatch(code)
    return Quarter(int(match[1]), int(match[2])) if match and int(match[1]) else None


def quarter_on(day: date) -> Quarter:
    """The quarter of a day."""
    return Quarter(day.year, (day.month + 2) // 3)


def runs_in(project: Project, quarter: Quarter) -> bool:
    """Whether a convention of the project holds on a day of a quarter."""
    ending = Q(last_day=None) | Q(last_day__gte=quarter.first)
    return project.conventions.filter(ending, first_day__lte=quarter.last).exists()


def quarters_of(project: Project, on: date) -> list[Quarter]:
    """The quarters with services up to today, and the one before today's while the convention runs; the latest first."""
    days = (
        Service.objects.standing()
        .filter(enrolment__project=project, date__lte=on)
        .order_by()
        .values_list("date__year", "date__quarter")
        .distinct()
    )
    found, before = {Quarter(*one) for one in days}, quarter_on(add_months(on, -3))
    if not found or runs_in(project, before):
        found.add(before)
    return sorted(found, reverse=True)


def report_of(project: Project, quarter: Quarter) -> Report:
    """The file of a quarter as the facts stand; a fixed number of queries."""
    done = list(done_in(project, quarter))
    counted: defaultdict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for one in done:
        cell = counted[one.month, one.pseudocode]
        if one.in_file:
            cell["services"] += 1
            cell["units"] += one.units
        if one.on_notes:
            cell["services_on_notes"] += 1
            cell["units_on_notes"] += one.units
    names = ("services", "units", "services_on_notes", "units_on_notes")
    order = list(PSEUDOCODES)
    lines = tuple(
        Line(project, quarter, month, pseudocode, *(counted[month, pseudocode][name] for name in names))
        for month, pseudocode in sorted(counted, key=lambda key: (key[0], order.index(key[1])))
    )
    different = sorted((one for one in done if one.why), key=lambda one: (one.day, one.service_id))
    return Report(quarter, lines, tuple(different))


def done_in(project: Project, quarter: Quarter) -> Iterator[Done]:
    """The services of a quarter that the file or the notes of their months have."""
    first, last = quarter.first, quarter.last
    people = Beneficiary.objects.filter(
        pk__in=Enrolment.objects.filter(project=project, services__date__range=(first, last)).values(
            "beneficiary"
        )
    )
    billed = {line.service_id: line for line in _lines(project, quarter)}
    insurers = insurers_of(people)
    seen = set()
    for person, file in files_of(people, project).items():
        for one in reckon(file).taken:
            entered = one.entered
            if entered.project_id == project.pk and first <= entered.facts.date <= last:
                seen.add(entered.pk)
                found = _done(one, billed.get(entered.pk), insurers.get(person, ()))
                if found is not None:
                    yield found
    # What was taken back is in no ledger any more: the notes alone know it.
    for key, line in billed.items():
        if key not in seen and _on_first_note(line):
            yield _from_line(line, Why.CREDITED)


def differences_rows(report: Report) -> Iterator[tuple[Done, Enrolment]]:
    """The services that differ, each with its inclusion, for the table and the file."""
    enrolments = Enrolment.objects.select_related("beneficiary").in_bulk(
        {one.enrolment_id for one in report.differences}
    )
    for one in report.differences:
        yield one, enrolments[one.enrolment_id]


#: The file for INAMI: no names, and nothing of the notes.
COLUMNS = (
    Column("project", _("INAMI number of the project"), "project.inami_number"),
    Column("year", _("Year"), "quarter.year", kind="number"),
    Column("quarter", _("Quarter"), "quarter.number", kind="number"),
    Column("month", _("Month"), lambda line: f"{line.month:%Y-%m}"),
    Column("type", _("Type of service"), "family"),
    Column("kind", _("Given as"), "kind"),
    Column("pseudocode", _("Pseudocode"), "pseudocode"),
    Column("services", _("Services"), "services", kind="number"),
    Column("units", _("Units"), "units", kind="number"),
)
DIFFERENCES = (
    Column("date", _("Date"), lambda row: row[0].day, kind="day"),
    Column("beneficiary", _("Beneficiary"), lambda row: row[1].beneficiary.full_name),
    Column("pseudocode", _("Pseudocode"), lambda row: row[0].pseudocode),
    Column("units", _("Units"), lambda row: SIGNS[row[0].why] * row[0].units, kind="number"),
    Column("why", _("Why it differs"), lambda row: WORDS[row[0].why]),
    Column("note", _("Individual note"), lambda row: row[0].note),
)


# --- inside


def _lines(project: Project, quarter: Quarter) -> Iterable[NoteLine]:
    """The lines that billed services of the quarter, with their notes."""
    lines = NoteLine.objects.filter(
        kind=LineKind.SERVICE,
        credits=None,
        note__recap__project=project,
        date__range=(quarter.first, quarter.last),
    )
    return lines.select_related("note__recap").only(
        "service_id", "date", "pseudocode", "units", "note__number", "note__enrolment_id", "note__recap__kind"
    )


def _on_first_note(line: NoteLine | None) -> bool:
    return line is not None and line.note.recap.kind == RecapKind.INVOICE


def _done(one: Taken, line: NoteLine | None, insurers: Iterable[Insured]) -> Done | None:
    """What a standing service is to file and notes; None where it is in neither."""
    day = one.entered.facts.date
    insured = line is not None or any(day in each.period for each in insurers)
    in_file, on_notes = one.verdict.billable and insured, _on_first_note(line)
    if not in_file and not on_notes:
        return None
    return Done(
        one.entered.pk,
        one.entered.enrolment_id,
        day,
        one.entered.facts.pseudocode,
        one.entered.facts.units,
        in_file,
        on_notes,
        line.note.number if line else "",
        _why(in_file, on_notes, line),
    )


def _why(in_file: bool, on_notes: bool, line: NoteLine | None) -> str:
    if in_file == on_notes:
        return ""
    if on_notes:
        return Why.EXCESS
    return Why.OPEN if line is None else Why.LATE


def _from_line(line: NoteLine, why: str) -> Done:
    return Done(
        line.service_id,
        line.note.enrolment_id,
        line.date,
        line.pseudocode,
        line.units,
        in_file=False,
        on_notes=True,
        note=line.note.number,
        why=why,
    )
