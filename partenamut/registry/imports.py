"""Files of members: what a file must be, what a line must say, and why it is refused."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from partenamut.casework import rows
from partenamut.casework.rows import (
    MAX_LINES,
    Error,
    ImportColumn,
    Layout,
    wrong_text,
)
from partenamut.fields import blind_index
from partenamut.identifiers import WrongNumber, niss_birth_date, parse_iban, parse_niss
from partenamut.periods import Days, EndBeforeStart, Period
from partenamut.registry.models import (
    ContributionPeriod,
    HigherReimbursement,
    HospitalInsurance,
    Member,
    Mutuality,
    Tier,
)

CHUNK = 1_000

EARLIEST_BIRTH = date(1900, 1, 1)


COLUMNS = (
    ImportColumn("niss", True, 20, _("National number, with or without dots."), "85.07.30-033.28"),
    ImportColumn("last_name", True, 100, _("Last name."), "Peeters"),
    ImportColumn("first_name", True, 100, _("First name."), "Anne"),
    ImportColumn("birth_date", True, 10, _("Year-month-day or day/month/year."), "1985-07-30"),
    ImportColumn("language", False, 2, _("fr, nl, de or en; empty: fr."), "fr"),
    ImportColumn("street", True, 150, _("Street and number."), "Rue d'Essai 1"),
    ImportColumn("postal_code", True, 10, _("Four figures for Belgium."), "1000"),
    ImportColumn("city", True, 100, _("Place."), "Bruxelles"),
    ImportColumn("country", False, 2, _("Two letters; empty: BE."), "BE"),
    ImportColumn("mutuality", True, 3, _("Code of the mutuality."), "509"),
    ImportColumn("registration_number", True, 13, _("Number with the mutuality."), "0001234567890"),
    ImportColumn("iban", False, 45, _("Account number."), "BE71 0961 2345 6769"),
    ImportColumn("phone", False, 30, _("Phone."), "02 123 45 67"),
    ImportColumn("email", False, 254, _("E-mail address."), "anne@example.org"),
    ImportColumn(
        "contributions",
        False,
        500,
        _("Periods in order: first day, two dots, last day (empty: still open); a bar between two periods."),
        "2020-01-01..2023-12-31|2024-02-01..",
    ),
    ImportColumn(
        "higher_reimbursement",
        False,
        500,
        _("Periods with higher reimbursement (BIM) in their own right, written in the same way."),
        "",
    ),
    ImportColumn(
        "hospital_insurance",
        False,
        500,
        _(
            "Hospital insurances: hospitalia, hospitalia_medium, hospitalia_plus or hospitalia_continuity, "
            "a colon, and the period written in the same way."
        ),
        "hospitalia:2020-01-01..2023-12-31|hospitalia_plus:2024-01-01..",
    ),
)
NAMES = tuple(column.name for column in COLUMNS)

#: The columns of dated rows, and where the registry keeps them.
DATED: Mapping[str, Any] = {
    "contributions": ContributionPeriod,
    "higher_reimbursement": HigherReimbursement,
    "hospital_insurance": HospitalInsurance,
}

#: code of an error -> sentence; a line keeps the codes, so that each reader sees their own language
SENTENCES: dict[str, Any] = {
    **rows.SENTENCES,
    "niss.length": _("A NISS has 11 figures."),
    "niss.characters": _("A NISS is written with figures only."),
    "niss.check": _("The check digits of the NISS do not fit."),
    "niss.duplicate": _("Several lines of the file have this NISS."),
    "birth_date.invalid": _("This is not a date (write 1985-07-30 or 30/07/1985)."),
    "birth_date.future": _("The birth date lies in the future or before 1900."),
    "birth_date.niss": _("The birth date is not the one that the NISS carries."),
    "language.unknown": _("The language is fr, nl, de or en."),
    "postal_code.invalid": _("A Belgian postal code has four figures."),
    "country.invalid": _("The country is written with two letters."),
    "mutuality.unknown": _("No mutuality in force has this code."),
    "registration_number.duplicate": _("Several lines of the file have this registration number."),
    "registration_number.taken": _("Another member has this registration number."),
    "iban.length": _("A Belgian account number has BE and 14 figures."),
    "iban.characters": _("An account number begins with two letters."),
    "iban.check": _("The check digits of the account number do not fit."),
    "email.invalid": _("This is not an e-mail address."),
    "contributions.invalid": _("The periods are not written as 2020-01-01..2023-12-31|2024-02-01.."),
    "contributions.reversed": _("A period ends before it begins."),
    "contributions.overlap": _("Two periods of the line overlap."),
    "contributions.known": _("A period overlaps another one that is already known."),
    "higher_reimbursement.invalid": _("The periods are not written as 2020-01-01..2023-12-31|2024-02-01.."),
    "higher_reimbursement.reversed": _("A period ends before it begins."),
    "higher_reimbursement.overlap": _("Two periods of the line overlap."),
    "higher_reimbursement.known": _("A period overlaps another one that is already known."),
    "hospital_insurance.invalid": _(
        "The insurances are not written as hospitalia:2020-01-01..2023-12-31|hospitalia_plus:2024-01-01.."
    ),
    "hospital_insurance.tier": _(
        "An insurance is hospitalia, hospitalia_medium, hospitalia_plus or hospitalia_continuity."
    ),
    "hospital_insurance.reversed": _("A period ends before it begins."),
    "hospital_insurance.overlap": _("Two periods of the line overlap."),
    "hospital_insurance.known": _(
        "The member has another insurance on these days: change it on the page of the member."
    ),
    "refused": _("The registry refuses the line: check it and enter the member by hand."),
}


@dataclass
class Line(rows.Line):
    """One line, with the member it speaks of."""

    @cached_property
    def index(self) -> str:
        """The blind index of its NISS; empty for a wrong one."""
        try:
            return blind_index(parse_niss(self.values.get("niss", "")))
        except WrongNumber:
            return ""


LAYOUT = Layout(COLUMNS, Line)


def read(content: bytes) -> list[Line]:
    """The lines of a file; FileRefused with a sentence when it cannot be read as a list of members."""
    return LAYOUT.read(content, most=MAX_LINES)


# --- the lines


@dataclass(frozen=True)
class Spell:
    """A period of a dated column; an insurance says which one."""

    period: Period
    tier: str = ""


@dataclass(frozen=True)
class Known:
    """What the registry holds around some lines, read at once for all of them."""

    mutualities: Mapping[str, Mutuality]
    #: blind index of the NISS -> member
    members: Mapping[str, Member]
    #: (mutuality, registration number) -> blind index of the member who has it
    registrations: Mapping[tuple[int, str], str]
    #: dated column -> member -> what is known already
    dated: Mapping[str, Mapping[int, list[Spell]]]


def known_around(lines: Sequence[Line], on: date) -> Known:
    """The mutualities in force on a day, and the members that the lines speak of."""
    mutualities = {row.code: row for row in Mutuality.objects.on(on)}
    indexes = [line.index for line in lines if line.index]
    members = {row.niss_index: row for row in Member.objects.filter(niss_index__in=indexes)}
    numbers = [line.values.get("registration_number", "") for line in lines]
    taken = Member.objects.filter(registration_number__in=numbers)
    registrations = {
        (mutuality, number): index
        for mutuality, number, index in taken.values_list("mutuality_id", "registration_number", "niss_index")
    }
    keys = [row.pk for row in members.values()]
    dated = {name: _held(model, keys) for name, model in DATED.items()}
    return Known(mutualities, members, registrations, dated)


def spell_of(row: Any) -> Spell:
    """What a dated row of the registry says."""
    return Spell(row.period, getattr(row, "tier", ""))


def check(lines: Sequence[Line], on: date) -> None:
    """Puts every error on its line: what is written wrong, what stands twice, what the registry contradicts."""
    _mark_duplicates(lines)
    for start in range(0, len(lines), CHUNK):
        part = lines[start : start + CHUNK]
        known = known_around(part, on)
        for line in part:
            cleaned = clean(line, on)
            compare(line, cleaned, known)


def clean(line: Line, on: date) -> dict[str, Any]:
    """The values in the types of the registry; what is wrong is put on the line."""
    cleaned: dict[str, Any] = {}
    for column in COLUMNS:
        text = line.values.get(column.name, "")
        code = wrong_text(column, text)
        if code:
            line.errors.append((column.name, code))
        elif text or column.name in _EMPTY:
            _clean_one(line, column.name, text, cleaned)
    if not line.errors:
        line.errors.extend(_contradictions(cleaned, on))
    return cleaned


def compare(line: Line, cleaned: Mapping[str, Any], known: Known) -> None:
    """Puts on the line what the registry contradicts."""
    if line.errors:
        return
    mutuality = known.mutualities.get(cleaned["mutuality"])
    index = line.index
    if mutuality is None:
        line.errors.append(("mutuality", "mutuality.unknown"))
    elif known.registrations.get((mutuality.pk, cleaned["registration_number"]), index) != index:
        line.errors.append(("registration_number", "registration_number.taken"))
    if (member := known.members.get(index)) is not None:
        for name in DATED:
            held = known.dated[name].get(member.pk, [])
            # What the line closes no longer runs on; the others are compared with that.
            held = [_closed(old, cleaned[name]) for old in held]
            if any(_overlaps_others(spell, held) for spell in cleaned[name]):
                line.errors.append((name, f"{name}.known"))


def new_spells(spells: Sequence[Spell], held: Sequence[Spell]) -> tuple[list[Spell], list[Spell]]:
    """The periods to add, and those that close an open one of the same first day."""
    added = [spell for spell in spells if all(spell.period.first != old.period.first for old in held)]
    closing = [spell for spell in spells if any(_closes(spell, old) for old in held)]
    return added, closing


def _closes(spell: Spell, old: Spell) -> bool:
    """Whether it is a known open one, now with its last day."""
    same = spell.tier == old.tier and spell.period.first == old.period.first
    return same and old.period.last is None and spell.period.last is not None


def _closed(old: Spell, spells: Sequence[Spell]) -> Spell:
    return next((spell for spell in spells if _closes(spell, old)), old)


def _overlaps_others(spell: Spell, held: Sequence[Spell]) -> bool:
    """Whether it shares days with a known period other than itself."""
    days = Days.of([spell.period])
    return any(old != spell and days & Days.of([old.period]) for old in held)


def _held(model: Any, members: Sequence[int]) -> dict[int, list[Spell]]:
    held: dict[int, list[Spell]] = {}
    for row in model.objects.filter(member__in=members):
        held.setdefault(row.member_id, []).append(spell_of(row))
    return held


def _mark_duplicates(lines: Sequence[Line]) -> None:
    niss = Counter(line.index for line in lines if line.index)
    numbers = Counter(map(_registration, lines))
    for line in lines:
        if niss[line.index] > 1:
            line.errors.append(("niss", "niss.duplicate"))
        elif (registration := _registration(line))[1] and numbers[registration] > 1:
            line.errors.append(("registration_number", "registration_number.duplicate"))


def _registration(line: Line) -> tuple[str, str]:
    return line.values.get("mutuality", ""), line.values.get("registration_number", "")


def _clean_one(line: Line, name: str, text: str, cleaned: dict[str, Any]) -> None:
    reader = _READERS.get(name)
    try:
        cleaned[name] = reader(text) if reader else text
    except WrongNumber as error:
        line.errors.append((name, f"{name}.{error.code}"))
    except EndBeforeStart:
        line.errors.append((name, f"{name}.reversed"))
    except _Wrong as error:
        line.errors.append((name, f"{name}.{error}"))


def _contradictions(cleaned: Mapping[str, Any], on: date) -> Iterator[Error]:
    born = cleaned["birth_date"]
    if not EARLIEST_BIRTH <= born <= on:
        yield "birth_date", "birth_date.future"
    elif (carried := niss_birth_date(cleaned["niss"])) is not None and carried != born:
        yield "birth_date", "birth_date.niss"
    code = cleaned["postal_code"]
    if cleaned["country"] == "BE" and not (len(code) == 4 and code.isascii() and code.isdigit()):
        yield "postal_code", "postal_code.invalid"


# --- reading one value


class _Wrong(ValueError):
    """Says with a code why a text is not what its column holds."""


def _day(text: str, code: str = "invalid") -> date:
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong(code) from None


def _language(text: str) -> str:
    if (text or "fr").lower() not in Member.Language.values:
        raise _Wrong("unknown")
    return (text or "fr").lower()


def _country(text: str) -> str:
    country = (text or "BE").upper()
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise _Wrong("invalid")
    return country


def _email(text: str) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise _Wrong("invalid") from None
    return text


def _iban(text: str) -> str:
    return parse_iban(text) if text else ""


def _periods(text: str) -> list[Spell]:
    return _apart([Spell(_period(part)) for part in _parts(text)])


def _insurances(text: str) -> list[Spell]:
    spells = []
    for part in _parts(text):
        tier, _colon, period = part.partition(":")
        if tier.strip().lower() not in Tier.values:
            raise _Wrong("tier")
        spells.append(Spell(_period(period), tier.strip().lower()))
    return _apart(spells)


def _parts(text: str) -> Iterator[str]:
    return filter(None, map(str.strip, text.split("|")))


def _period(text: str) -> Period:
    first, dots, last = text.partition("..")
    if not dots:
        raise _Wrong("invalid")
    return Period(_day(first.strip()), _day(last.strip()) if last.strip() else None)


def _apart(spells: list[Spell]) -> list[Spell]:
    periods = [spell.period for spell in spells]
    if sum(len(Days.of([period])) for period in periods) != len(Days.of(periods)):
        raise _Wrong("overlap")
    return spells


_READERS: dict[str, Callable[[str], Any]] = {
    "niss": parse_niss,
    "birth_date": _day,
    "language": _language,
    "country": _country,
    "iban": _iban,
    "email": _email,
    "contributions": _periods,
    "higher_reimbursement": _periods,
    "hospital_insurance": _insurances,
}
#: Columns that have a value also where they are empty or missing.
_EMPTY = ("language", "country", "iban", "phone", "email", *DATED)
