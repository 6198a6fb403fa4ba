"""A bill as a CSV file or pasted text: its lines, and what is wrong with each of them."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hospitalisation.models import ClaimLine, LineKind
from hospitalisation.rules.cover import SUPPLEMENTS
from hospitalisation.services.rows import line_faults
from partenamut.casework import rows
from partenamut.casework.rows import FileRefused, ImportColumn, Layout
from partenamut.money import ZERO
from partenamut.web.fields import EuroField

__all__ = [
    "MOST_LINES",
    "NOTHING_SPARED",
    "BillFile",
    "FileRefused",
    "LineFault",
    "Spared",
    "as_text",
    "read_bill",
    "template",
    "write_bill",
]

#: A person waits while so many lines are read and explained.
MOST_LINES = 5_000
#: The rules take no more.
MOST_DAYS = 36_600

COLUMNS = (
    ImportColumn("kind", True, 60, gettext_lazy("What the line is for."), "room_supplement"),
    ImportColumn("label", False, 150, gettext_lazy("Description on the bill."), "Chambre individuelle"),
    ImportColumn("billed", True, 20, gettext_lazy("Euros billed."), "640,00"),
    ImportColumn("mandatory", False, 20, gettext_lazy("Euros that the compulsory insurance pays."), "0,00"),
    ImportColumn("inami_tariff", False, 20, gettext_lazy("INAMI tariff, for a fee supplement."), ""),
    ImportColumn(
        "doctor_agreed",
        False,
        10,
        gettext_lazy("Whether the doctor has agreed to the tariffs: yes or no, for a fee supplement."),
        "",
    ),
    ImportColumn("quantity", False, 6, gettext_lazy("Number of days, for what is counted by the day."), "4"),
    ImportColumn(
        "care_date",
        False,
        10,
        gettext_lazy("Day of care before or after the stay: 2026-03-02 or 02/03/2026."),
        "",
    ),
    ImportColumn(
        "comfort",
        False,
        10,
        gettext_lazy("Telephone, flowers, fridge, television or drinks: yes or no."),
        "",
    ),
)
_COLUMN = {column.name: column for column in COLUMNS}
LAYOUT = Layout(COLUMNS, rows.Line)

_YES = frozenset({"yes", "oui", "ja", "1", "true", "x"})
_NO = frozenset({"no", "non", "nee", "nein", "0", "false"})


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line of the file: its number there, the column, a sentence."""

    number: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(what)s") % {"line": self.number, "what": self.sentence}


@dataclass(frozen=True)
class BillFile:
    """The lines of a bill, unsaved, in their order from 1 on; and the faults of those that could not be read."""

    lines: list[ClaimLine]
    faults: list[LineFault]


@dataclass(frozen=True)
class Spared:
    """What a bill can be looked at without: it changes nothing in a shared room, or for who has no insurance."""

    shared_room: bool = False
    insured: bool = True

    def fields(self, kind: str) -> frozenset[str]:
        """The fields of a kind of line that change nothing."""
        if self.shared_room and kind in SUPPLEMENTS:
            return frozenset({"quantity", "inami_tariff", "doctor_agreed"})
        return frozenset() if self.insured else frozenset({"quantity", "inami_tariff"})

    def faults(self, line: ClaimLine) -> list[tuple[str, str]]:
        """What is wrong with a line, but for what it can do without."""
        spared = self.fields(line.kind)
        return [
            (name, sentence)
            for name, sentence in line_faults(line)
            if name not in spared or getattr(line, name) is not None
        ]


#: Every line says what its kind needs.
NOTHING_SPARED = Spared()


def read_bill(content: bytes, spared: Spared = NOTHING_SPARED) -> BillFile:
    """The lines and faults of a file; FileRefused, with a sentence, for one that is no list of lines at all."""
    lines: list[ClaimLine] = []
    faults: list[LineFault] = []
    for row in LAYOUT.read(_in_unicode(content), most=MOST_LINES):
        found, wrong = _line(row, len(lines) + 1, spared)
        faults += [LineFault(row.number, column, sentence) for column, sentence in wrong]
        if not wrong:
            lines.append(found)
    return BillFile(lines, faults)


def write_bill(lines: Iterable[ClaimLine]) -> str:
    """The lines as text that `read_bill` reads back; for a page that keeps nothing."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(LAYOUT.names)
    writer.writerows([_written(getattr(line, name)) for name in LAYOUT.names] for line in lines)
    return out.getvalue()


def as_text(content: bytes) -> str:
    """The file as a page shows it again to be corrected; marks stand where it cannot be read."""
    return _in_unicode(content).decode("utf-8-sig", "replace")


def template() -> bytes:
    """The head of a file and one invented line."""
    return LAYOUT.template()


# --- inside


def _in_unicode(content: bytes) -> bytes:
    """The file in UTF-8 with plain spaces; one from a spreadsheet of western Europe is put into it."""
    if b"\x00" in content[:1000] and not content.startswith(_UTF16):
        return content  # no text: refused, with a sentence, where it is read
    for encoding in ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).translate(_SPACES).encode()
        except UnicodeDecodeError:
            continue
    return content


_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Spaces that stand in amounts copied from a bill.
_SPACES = {0xA0: " ", 0x202F: " ", 0x2009: " "}


def _line(row: rows.Line, position: int, spared: Spared) -> tuple[ClaimLine, list[tuple[str, str]]]:
    wrong = [(name, str(rows.SENTENCES[code])) for name, code in row.errors]
    values: dict[str, Any] = {}
    for name, read in _READ.items():
        text = row.values.get(name, "")
        code = rows.wrong_text(_COLUMN[name], text)
        if code:
            wrong.append((name, f"{name}: {rows.SENTENCES[code]}"))
            continue
        try:
            values[name] = read(text)
        except ValidationError as error:
            wrong += [(name, f"{name}: {sentence}") for sentence in error.messages]
    if values.get("mandatory") is None:
        values["mandatory"] = ZERO
    line = ClaimLine(position=position, **values)
    return line, wrong or spared.faults(line)


def _kind(text: str) -> str:
    found = _kinds((get_language() or "fr")[:2]).get(text.lower().replace("’", "'"))
    if found is None:
        raise ValidationError(
            _("“%(text)s” is no kind of line: take one of the list beside the template.")
            % {"text": text[:40]}
        )
    return found


@lru_cache
def _kinds(_language: str) -> dict[str, str]:
    """The kinds by code, and by their names in the language of the page."""
    return {
        **{str(label).lower().replace("’", "'"): value for value, label in LineKind.choices},
        **{value: value for value in LineKind.values},
    }


def _euros(name: str) -> Callable[[str], Any]:
    field = EuroField(label=name, required=False)

    def read(text: str) -> Any:
        try:
            return field.to_python(text)
        except ValidationError as error:
            error.params = {**(error.params or {}), "label": name}
            raise

    return read


def _yes_no(text: str) -> bool | None:
    answer = text.lower()
    if answer in _YES or answer in _NO:
        return answer in _YES
    if answer:
        raise ValidationError(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
    return None


def _days(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_DAYS):
        raise ValidationError(_("“%(text)s” is no number of days.") % {"text": text[:40]})
    return int(text)


def _day(text: str) -> date | None:
    if not text:
        return None
    day, month, year = text.split("/") if text.count("/") == 2 else reversed((*text.split("-"), "", "")[:3])
    try:
        return date.fromisoformat(f"{year:>04}-{month:>02}-{day:>02}")
    except ValueError:
        raise ValidationError(
            _("“%(text)s” is no day: write 2026-03-02 or 02/03/2026.") % {"text": text[:40]}
        ) from None


#: In the order of the columns: the first fault of a line is the leftmost one.
_READ: dict[str, Callable[[str], Any]] = {
    "kind": _kind,
    "label": str,
    "billed": _euros("billed"),
    "mandatory": _euros("mandatory"),
    "inami_tariff": _euros("inami_tariff"),
    "doctor_agreed": _yes_no,
    "quantity": _days,
    "care_date": _day,
    "comfort": lambda text: bool(_yes_no(text)),
}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else " ".join(str(value).split())
