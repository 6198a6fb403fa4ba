"""Files of a month's services: their columns, what a line must say, why it is refused; rules told in any language."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from django.utils.translation import gettext_lazy as _

from partenamut.casework import rows
from partenamut.casework.rows import MAX_LINES, Error, ImportColumn, Layout, wrong_text
from partenamut.fields import blind_index
from partenamut.identifiers import WrongNumber, parse_niss
from partenamut.law import Article, Reason
from partenamut.registry.names import search_form
from protocol3.messages import FAMILIES, MODALITIES, PLACES
from protocol3.models import (
    Affiliation,
    Assignment,
    Channel,
    ContactNature,
    Enrolment,
    Practitioner,
    Project,
    Service,
)
from protocol3.rules import articles
from protocol3.rules.pseudocodes import PSEUDOCODES, found

COLUMNS = (
    ImportColumn("niss", False, 20, _("National number; or the registration number."), "85.07.30-033.28"),
    ImportColumn("registration_number", False, 13, _("Number with the insurer of the day."), ""),
    ImportColumn("date", True, 10, _("Year-month-day or day/month/year."), "2023-03-06"),
    ImportColumn(
        "family",
        False,
        25,
        _("Code of the service, with its modality; or the pseudocode. Codes: see below."),
        "case_management",
    ),
    ImportColumn("modality", False, 25, _("Code of the way it was given."), "session"),
    ImportColumn("pseudocode", False, 6, _("Six figures; may be left out beside family and modality."), ""),
    ImportColumn("units", True, 4, _("Units, with figures."), "2"),
    ImportColumn("participants", False, 4, _("People who took part in a group."), ""),
    ImportColumn("place", False, 10, _("home, remote, hospital or collective."), "home"),
    ImportColumn("room", False, 150, _("Collective room of a group."), ""),
    ImportColumn("start", False, 5, _("Begins at, for example 09:30."), "09:00"),
    ImportColumn("end", False, 5, _("Ends at."), "10:00"),
    ImportColumn("description", False, 2000, _("What was done; of support without acts, its one act."), ""),
    ImportColumn(
        "acts",
        False,
        4000,
        _(
            "Acts of support: from-to and what was done, a bar between two acts; a contact in square brackets: "
            "name / function / meeting, phone or mail."
        ),
        "",
    ),
    ImportColumn("minutes", False, 4, _("Minutes of support, where its end is left out."), ""),
    ImportColumn("consent", False, 10, _("Prior consent to a remote session: yes or no."), ""),
    ImportColumn("fit", False, 10, _("Able to follow a remote session: yes or no."), ""),
    ImportColumn("channel", False, 10, _("phone or video."), ""),
    ImportColumn("practitioner", True, 210, _("INAMI number, or last name and first name."), "Maes Ines"),
    ImportColumn("patient_record", False, 60, _("Reference of the patient record."), ""),
    ImportColumn("reference", False, 60, _("Your own reference; it comes once for a person."), "2023-000123"),
)

#: Codes that the columns take, for the page that describes them.
CODES: Mapping[str, Mapping[str, Any]] = {"family": FAMILIES, "modality": MODALITIES, "place": PLACES}

SENTENCES: dict[str, Any] = {
    **rows.SENTENCES,
    "person.missing": _("Neither a NISS nor a registration number is given."),
    "niss.length": _("A NISS has 11 figures."),
    "niss.characters": _("A NISS is written with figures only."),
    "niss.check": _("The check digits of the NISS do not fit."),
    "person.unknown": _("Nobody included in the project has this number: include the person first."),
    "person.two": _("The NISS and the registration number are those of two people."),
    "date.invalid": _("This day does not exist, or is not written as 2023-03-31 or 31/03/2023."),
    "number.invalid": _("This is not a whole number."),
    "time.invalid": _("This is not a time of day (write 09:30)."),
    "answer.invalid": _("The answer is yes or no."),
    "code.unknown": _("This code is not one of the list below the columns."),
    "service.missing": _("Say which service it is: family and modality, or the pseudocode."),
    "service.none": _(
        "The convention has no pseudocode for this service given by this profession (art. 22, table 5)."
    ),
    "service.other": _("The pseudocode is not that of this family, modality and profession."),
    "practitioner.unknown": _("Nobody with a function in the project has this number or name."),
    "practitioner.several": _("Several people of the project have this name: give the INAMI number."),
    "acts.invalid": _(
        "The acts are not written as 09:00-09:40 what was done|10:00-10:20 letter [name / function / phone]."
    ),
    "times.missing": _("A session has the time at which it began and ended (art. 9)."),
    "reference.duplicate": _("Line %(line)d has this reference already."),
    "reference.known": _("A service with this reference was received already."),
    "refused": _("The service cannot be entered as it stands: enter it by hand to see why."),
}

_CONTACT = re.compile(
    r"(?P<text>.*?)\s*\[(?P<name>[^/\]]+)/(?P<function>[^/\]]+)/(?P<nature>[^/\]]+)\]", re.DOTALL
)
_ACT = re.compile(r"(?P<start>\d{1,2}[:h]\d{2})\s*-\s*(?P<end>\d{1,2}[:h]\d{2})\s+(?P<said>.+)", re.DOTALL)
_TIME = re.compile(r"(\d{1,2})[:h]?(\d{2})")
_DAY = 24 * 60
WITH_TIMES = ("session", "session_in_hospital", "group")
BY_ACTS = ("support", "closing")


@dataclass
class Line(rows.Line):
    """One line, with whom it speaks of."""

    cleaned: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def index(self) -> str:
        """The blind index of its NISS; empty for a wrong one."""
        try:
            return blind_index(parse_niss(self.values.get("niss", "")))
        except WrongNumber:
            return ""

    @property
    def day(self) -> date:
        """The day it speaks of; the last of all days where that cannot be read."""
        try:
            return _day(self.values.get("date", ""))
        except _Wrong:
            return date.max

    def refuse(self, column: str, code: str, **figures: Any) -> None:
        """Puts an error on the line."""
        self.errors.append((column, code, figures) if figures else (column, code))


LAYOUT = Layout(COLUMNS, Line)


class LoggedAct(NamedTuple):
    """An act of support as a line says it."""

    starts_at: time
    ends_at: time
    description: str
    contact_name: str = ""
    contact_function: str = ""
    contact_nature: str = ""


def read(content: bytes) -> list[Line]:
    """The lines of a file; FileRefused with a sentence when it cannot be read as a list of services."""
    return LAYOUT.read(content, most=MAX_LINES)


def lines_of(sent: Sequence[Mapping[str, Any]]) -> list[Line]:
    """The lines of a batch that came by the API: columns by name, everything as a text."""
    rows.refuse_size(len(sent))
    names = LAYOUT.names
    return [
        Line(number, {name: str(row.get(name) or "").strip() for name in names})
        for number, row in enumerate(sent, 1)
    ]


# --- rules as a line keeps them ---------------------------------------------------------------------------


def kept(reason: Reason) -> Error:
    """A rule that is not met, as a line keeps it: told in the language of who reads it."""
    article = [reason.article.document, reason.article.article, reason.article.house_rule]
    return ("", reason.code, {"article": article, "figures": msgspec.to_builtins(dict(reason.figures))})


def reason_of(error: Sequence[Any]) -> Reason | None:
    """The rule that a line keeps; None for an error of another kind."""
    said = error[2] if len(error) > 2 else {}
    if "article" not in said:
        return None
    figures = tuple((name, _figure(name, value)) for name, value in said["figures"].items())
    return Reason(error[1], False, Article(*said["article"]), figures)


def _figure(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in ("day", "first", "last") and isinstance(value, str) else value


# --- the lines --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """The people of a project around some lines, read at once for all of them."""

    by_niss: Mapping[str, Enrolment]
    by_number: Mapping[str, list[tuple[Affiliation, Enrolment]]]
    by_inami: Mapping[str, Practitioner]
    by_name: Mapping[str, list[Practitioner]]
    #: (enrolment, reference) of what was received before
    references: frozenset[tuple[int, str]]


def known_around(project: Project, lines: Sequence[Line]) -> Known:
    """Those whom the lines may speak of, and the references they may repeat."""
    included = Enrolment.objects.filter(project=project).select_related("beneficiary", "project")
    people = {row.beneficiary_id: row for row in included}
    numbers = {line.values.get("registration_number", "") for line in lines} - {""}
    by_number: dict[str, list[tuple[Affiliation, Enrolment]]] = {}
    for row in Affiliation.objects.filter(registration_number__in=numbers, beneficiary__in=people):
        by_number.setdefault(row.registration_number, []).append((row, people[row.beneficiary_id]))
    workers = Practitioner.objects.filter(
        pk__in=Assignment.objects.filter(project=project).values("practitioner")
    )
    by_name: dict[str, list[Practitioner]] = {}
    for worker in workers:
        for name in {(worker.last_name, worker.first_name), (worker.first_name, worker.last_name)}:
            by_name.setdefault(search_form(*name), []).append(worker)
    references = {line.values.get("reference", "") for line in lines} - {""}
    taken = Service.objects.standing().filter(enrolment__project=project, external_reference__in=references)
    return Known(
        {row.beneficiary.niss_index: row for row in people.values()},
        by_number,
        {worker.inami_number: worker for worker in workers if worker.inami_number},
        by_name,
        frozenset(taken.values_list("enrolment_id", "external_reference")),
    )


def clean(line: Line, known: Known) -> None:
    """Fills `cleaned` with what the use case of a service takes; what is wrong is put on the line."""
    values: dict[str, Any] = {}
    for column in COLUMNS:
        text = " ".join(line.values.get(column.name, "").split())
        code = wrong_text(column, text)
        if code:
            line.refuse(column.name, code)
        elif text:
            _read_one(line, column.name, text, values)
    enrolment = _person(line, values, known)
    practitioner = _practitioner(line, known)
    _known_pseudocode(line, values)
    if line.errors or enrolment is None or practitioner is None:
        return
    if (enrolment.pk, values.get("reference", "")) in known.references:
        line.refuse("reference", "reference.known")
    pseudocode = _pseudocode(line, values, practitioner)
    acts = _acts(line, values, pseudocode)
    if not line.errors:
        line.cleaned = _said(values, enrolment, practitioner, pseudocode) | {"acts": acts}


def mark_duplicates(lines: Sequence[Line]) -> None:
    """Refuses every line that repeats the reference of another one for the same person."""
    first: dict[tuple[int, str], int] = {}
    for line in lines:
        reference = line.cleaned.get("external_reference")
        if not line.errors and reference:
            before = first.setdefault((line.cleaned["enrolment"].pk, reference), line.number)
            if before != line.number:
                line.refuse("reference", "reference.duplicate", line=before)


# --- one value --------------------------------------------------------------------------------------------


class _Wrong(ValueError):
    """Says with a code why a text is not what its column holds."""


def _read_one(line: Line, name: str, text: str, values: dict[str, Any]) -> None:
    reader = _READERS.get(name)
    try:
        values[name] = reader(text) if reader else text
    except WrongNumber as error:
        line.refuse(name, f"niss.{error.code}")
    except _Wrong as error:
        line.refuse(name, str(error))


def _day(text: str) -> date:
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong("date.invalid") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise _Wrong("number.invalid")
    return int(text)


def _moment(text: str) -> time:
    said = _TIME.fullmatch(text.strip())
    try:
        return time(int(said[1]), int(said[2])) if said else _no_time()
    except ValueError:
        return _no_time()


def _no_time() -> time:
    raise _Wrong("time.invalid")


def _answer(text: str) -> bool:
    answers = {
        "yes": True,
        "oui": True,
        "ja": True,
        "1": True,
        "no": False,
        "non": False,
        "nee": False,
        "nein": False,
        "0": False,
    }
    if text.lower() not in answers:
        raise _Wrong("answer.invalid")
    return answers[text.lower()]


def _one_of(codes: Sequence[str]) -> Callable[[str], str]:
    def read_code(text: str) -> str:
        if text.lower() not in codes:
            raise _Wrong("code.unknown")
        return text.lower()

    return read_code


def _acts_written(text: str) -> list[LoggedAct]:
    return [_act_written(part.strip()) for part in text.split("|") if part.strip()]


def _act_written(text: str) -> LoggedAct:
    act = _ACT.fullmatch(text)
    if act is None:
        raise _Wrong("acts.invalid")
    contact = _CONTACT.fullmatch(act["said"])
    starts_at, ends_at = _moment(act["start"]), _moment(act["end"])
    if contact is None:
        return LoggedAct(starts_at, ends_at, act["said"])
    nature = contact["nature"].strip().lower()
    if nature not in ContactNature.values:
        raise _Wrong("acts.invalid")
    return LoggedAct(
        starts_at,
        ends_at,
        contact["text"].strip() or contact["name"].strip(),
        contact["name"].strip(),
        contact["function"].strip(),
        nature,
    )


_READERS: dict[str, Callable[[str], Any]] = {
    "niss": parse_niss,
    "date": _day,
    "family": _one_of(list(FAMILIES)),
    "modality": _one_of(list(MODALITIES)),
    "units": _number,
    "participants": _number,
    "place": _one_of(list(PLACES)),
    "start": _moment,
    "end": _moment,
    "acts": _acts_written,
    "minutes": _number,
    "consent": _answer,
    "fit": _answer,
    "channel": _one_of(list(Channel.values)),
}


# --- the line as a whole ----------------------------------------------------------------------------------


def _person(line: Line, values: Mapping[str, Any], known: Known) -> Enrolment | None:
    """The inclusion in the project of whom the line speaks; what stands against it is put on the line."""
    if not line.values.get("niss") and not line.values.get("registration_number"):
        line.refuse("niss", "person.missing")
        return None
    by_niss = known.by_niss.get(line.index) if line.index else None
    by_number = _numbered(values, known)
    if by_niss is not None and by_number is not None and by_niss != by_number:
        line.refuse("registration_number", "person.two")
    person = by_niss or by_number
    if person is None and not any(
        column in ("niss", "registration_number") for column, *_rest in line.errors
    ):
        line.refuse("niss" if line.values.get("niss") else "registration_number", "person.unknown")
    return person


def _numbered(values: Mapping[str, Any], known: Known) -> Enrolment | None:
    day = values.get("date")
    for row, enrolment in known.by_number.get(values.get("registration_number", ""), ()):
        if day is not None and day in row.period:
            return enrolment
    return None


def _practitioner(line: Line, known: Known) -> Practitioner | None:
    text = line.values.get("practitioner", "")
    if not text:
        return None
    digits = "".join(character for character in text if character not in " .-/")
    if digits.isascii() and digits.isdigit():
        by_number = known.by_inami.get(digits)
        if by_number is None:
            line.refuse("practitioner", "practitioner.unknown")
        return by_number
    named = known.by_name.get(search_form(text), [])
    if len(named) != 1:
        line.refuse("practitioner", "practitioner.several" if named else "practitioner.unknown")
        return None
    return named[0]


def _known_pseudocode(line: Line, values: Mapping[str, Any]) -> None:
    """Refuses what the convention does not have by its rule, whoever the line speaks of."""
    given = values.get("pseudocode", "")
    if given and given not in PSEUDOCODES:
        figures = (("pseudocode", given),)
        line.errors.append(kept(Reason("p3.pseudocode", False, articles.PSEUDOCODE, figures)))


def _pseudocode(line: Line, values: Mapping[str, Any], practitioner: Practitioner) -> str:
    """The pseudocode that is given or that follows."""
    given, family, modality = (values.get(name, "") for name in ("pseudocode", "family", "modality"))
    if not given and not (family and modality):
        line.refuse("family", "service.missing")
    elif family and modality:
        row = found(family, practitioner.profession, modality)
        if row is None:
            line.refuse("family", "service.none")
        elif given and row.code != given:
            line.refuse("pseudocode", "service.other")
        return row.code if row else ""
    return str(given)


def _acts(line: Line, values: Mapping[str, Any], pseudocode: str) -> list[LoggedAct]:
    """The acts of support: those written out, or the one that times and description make."""
    kind = PSEUDOCODES.get(pseudocode)
    if kind is None:
        return []
    if kind.modality in WITH_TIMES and not ("start" in values and "end" in values):
        line.refuse("start", "times.missing")
    if kind.modality not in BY_ACTS:
        return []
    return values.get("acts") or list(_one_act(values))


def _one_act(values: Mapping[str, Any]) -> Iterator[LoggedAct]:
    start, end = values.get("start"), values.get("end")
    if start is not None and end is None and values.get("minutes"):
        last = min(start.hour * 60 + start.minute + values["minutes"], _DAY - 1)
        end = time(last // 60, last % 60)
    if start is not None and end is not None and values.get("description"):
        yield LoggedAct(start, end, values["description"][:1000])


def _said(
    values: Mapping[str, Any], enrolment: Enrolment, practitioner: Practitioner, pseudocode: str
) -> dict[str, Any]:
    by_acts = PSEUDOCODES[pseudocode].modality in BY_ACTS
    remote = values.get("place") == "remote"
    return {
        "enrolment": enrolment,
        "practitioner": practitioner,
        "date": values["date"],
        "pseudocode": pseudocode,
        "units": values["units"],
        "participants": values.get("participants"),
        "place": values.get("place", ""),
        "starts_at": None if by_acts else values.get("start"),
        "ends_at": None if by_acts else values.get("end"),
        "description": values.get("description", ""),
        "consent": values.get("consent") if remote else None,
        "fit": values.get("fit") if remote else None,
        "channel": values.get("channel", "") if remote else "",
        "patient_record": values.get("patient_record", ""),
        "external_reference": values.get("reference", ""),
        "room": values.get("room", ""),
    }
