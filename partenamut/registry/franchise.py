"""Files of hospitals with a franchise in a calendar year: what a line must say, and which hospital it means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from partenamut.casework import rows
from partenamut.casework.rows import Error, ImportColumn, Layout, wrong_text
from partenamut.registry.models import Hospital
from partenamut.registry.names import search_form

#: There are some hundred hospitals in the country, with all their sites.
MAX_LINES = 2_000

COLUMNS = (
    ImportColumn("inami_number", False, 20, _("The eight figures of INAMI."), "7-10000-37"),
    ImportColumn("name", False, 120, _("Name; needed with the postal code where there is no number."), ""),
    ImportColumn("postal_code", False, 10, _("Four figures."), ""),
    ImportColumn("street", False, 150, _("Street and number; only for whoever reads the file."), ""),
    ImportColumn("city", False, 100, _("Place; only for whoever reads the file."), ""),
)

#: code of an error -> sentence
SENTENCES: dict[str, Any] = {
    **rows.SENTENCES,
    "empty": _("The line names no hospital: give the INAMI number, or the name with the postal code."),
    "number": _("An INAMI number of a hospital has eight figures."),
    "unknown": _("No hospital of the registry fits: enter it first, or correct the line."),
    "several": _(
        "Several hospitals of the registry have this number: give the name and the postal code as well."
    ),
    "twice": _("This hospital stands in line %(line)s already."),
    "closed": _("This hospital closed on %(day)s, before the year began."),
}


@dataclass
class Line(rows.Line):
    """One line, with the hospital it means once it is found."""

    hospital: Hospital | None = None

    @property
    def named(self) -> str:
        """What the line says of its hospital."""
        texts = [self.values.get(name, "") for name in ("inami_number", "name", "postal_code", "city")]
        return ", ".join(filter(None, texts))

    @property
    def sentences(self) -> list[str]:
        """Why the line is wrong."""
        said = []
        for name, code, *more in self.errors:
            sentence = str(SENTENCES[code]) % (more[0] if more else {})
            said.append(f"{name}: {sentence}" if name else sentence)
        return said


LAYOUT = Layout(COLUMNS, Line)


def read(content: bytes, year: int) -> list[Line]:
    """The lines of a file, each with its hospital or its errors; FileRefused when it cannot be read as such a list."""
    lines = LAYOUT.read(content, most=MAX_LINES)
    known = _Known(Hospital.objects.all())
    seen: dict[int, int] = {}
    for line in lines:
        _check_texts(line)
        if not line.errors:
            _find(line, known, date(year, 1, 1))
        if line.hospital is not None:
            first = seen.setdefault(line.hospital.pk, line.number)
            if first != line.number:
                line.errors.append(("", "twice", {"line": first}))
    return lines


# --- inside


class _Known:
    """The hospitals of the registry by their numbers, and by name with postal code."""

    def __init__(self, hospitals: Iterable[Hospital]) -> None:
        self.by_number: dict[str, list[Hospital]] = {}
        self.by_name: dict[tuple[str, str], list[Hospital]] = {}
        for hospital in hospitals:
            if hospital.inami_number:
                self.by_number.setdefault(hospital.inami_number, []).append(hospital)
            key = search_form(hospital.name), hospital.postal_code
            self.by_name.setdefault(key, []).append(hospital)


def _check_texts(line: Line) -> None:
    for column in COLUMNS:
        if code := wrong_text(column, line.values.get(column.name, "")):
            line.errors.append((column.name, code))


def _find(line: Line, known: _Known, first_day: date) -> None:
    number, name, postal_code = (
        line.values.get(column, "") for column in ("inami_number", "name", "postal_code")
    )
    error: Error | None = None
    found: Sequence[Hospital] = ()
    if number:
        digits = bare(number)
        found = known.by_number.get(digits, [])
        error = None if len(digits) == 8 else ("inami_number", "number")
    elif not (name and postal_code):
        error = ("", "empty")
    if error is None and len(found) != 1 and name and postal_code:
        named = known.by_name.get((search_form(name), postal_code), [])
        found = [hospital for hospital in named if hospital in found] if found else named
    if error is None:
        error = _misfit(found, first_day)
    if error is None:
        line.hospital = found[0]
    else:
        line.errors.append(error)


def _misfit(found: Sequence[Hospital], first_day: date) -> Error | None:
    if not found:
        return ("", "unknown")
    if len(found) > 1:
        return ("", "several")
    closed = found[0].closed_on
    return ("", "closed", {"day": f"{closed:%d/%m/%Y}"}) if closed and closed < first_day else None


def bare(number: str) -> str:
    """The figures of an INAMI number, however it is typed; empty where it holds anything else."""
    digits = "".join(character for character in number if character not in " .-/\u00a0\u202f\u2011")
    return digits if digits.isascii() and digits.isdigit() else ""
