"""Files of rows: what a CSV file must be, its columns, and its lines as texts with what is wrong with them."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 10 * 1024 * 1024
#: A person waits while so many lines are checked.
MAX_LINES = 10_000
#: No column holds a longer text.
MAX_TEXT = 4_000
#: The column that the file of refused lines adds; it says nothing to an import.
REASONS = "reasons"

#: code of an error -> sentence; a line keeps the codes, so that each reader sees their own language
SENTENCES: dict[str, Any] = {
    "missing": _("The column is empty."),
    "too_long": _("The text is too long."),
    "unsafe": _("The text holds invisible characters."),
    "columns": _("The line has more or fewer columns than the head of the file."),
}


@dataclass(frozen=True)
class ImportColumn:
    """A column of the file."""

    name: str
    required: bool
    limit: int
    help: Any
    example: str


#: The column, a code of `SENTENCES`, and what a sentence needs besides.
Error = tuple[Any, ...]


@dataclass
class Line:
    """One line: its number in the file, what it says, and what is wrong with it."""

    number: int
    values: dict[str, str]
    errors: list[Error] = field(default_factory=list)

    @property
    def json(self) -> str:
        """The values as the encrypted column keeps them."""
        return json.dumps(self.values, ensure_ascii=False)


L = TypeVar("L", bound=Line)


class FileRefused(ValidationError):
    """Raised for a file that cannot be read as a list of rows, with a sentence."""


@dataclass(frozen=True)
class Layout(Generic[L]):
    """The columns of a kind of file, and the class of its lines."""

    columns: Sequence[ImportColumn]
    line: type[L]

    @property
    def names(self) -> list[str]:
        """The names of the columns, in their order."""
        return [column.name for column in self.columns]

    def read(self, content: bytes, *, most: int = MAX_LINES) -> list[L]:
        """The lines of a file; FileRefused when it is too large, empty, no CSV, in another encoding or has other columns."""
        rows = _rows(_text(content))
        head = [name.strip().lower() for name in next(rows, [])]
        self._check_head(head)
        lines = [
            self._line(number, head, row) for number, row in enumerate(rows, 2) if any(map(str.strip, row))
        ]
        refuse_size(len(lines), most)
        return lines

    def template(self) -> bytes:
        """The head of a file and one invented line."""
        example = ";".join(column.example for column in self.columns)
        return f"\ufeff{';'.join(self.names)}\r\n{example}\r\n".encode()

    def _check_head(self, head: Sequence[str]) -> None:
        if not set(head) & set(self.names):
            raise FileRefused(_("The first line does not name the columns: take the template as a start."))
        unknown = [name or "?" for name in head if name not in (*self.names, REASONS)]
        if unknown:
            raise FileRefused(_("Unknown columns: %(names)s."), params={"names": ", ".join(unknown)[:200]})
        twice = [name for name, count in Counter(head).items() if count > 1]
        if twice:
            raise FileRefused(_("Columns that stand twice: %(names)s."), params={"names": ", ".join(twice)})
        missing = [column.name for column in self.columns if column.required and column.name not in head]
        if missing:
            raise FileRefused(_("Missing columns: %(names)s."), params={"names": ", ".join(missing)})

    def _line(self, number: int, head: Sequence[str], row: Sequence[str]) -> L:
        values = {name: _plain(value) for name, value in zip(head, row, strict=False) if name != REASONS}
        line = self.line(number, values)
        if len(row) != len(head):
            line.errors.append(("", "columns"))
        return line


def refuse_size(count: int, most: int = MAX_LINES) -> None:
    """FileRefused for a file without a line, or with more than are checked at once."""
    if not count:
        raise FileRefused(_("The file has no line below its head."))
    if count > most:
        raise FileRefused(
            _("The file has %(count)s lines; %(limit)s at most: cut it in several files."),
            params={"count": count, "limit": most},
        )


def wrong_text(column: ImportColumn, text: str) -> str:
    """The code of what is wrong with a text as a text; empty where nothing is."""
    if not text:
        return "missing" if column.required else ""
    if len(text) > column.limit:
        return "too_long"
    return "" if text.isprintable() else "unsafe"


# --- inside


def _text(content: bytes) -> str:
    if not content.strip():
        raise FileRefused(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise FileRefused(_("The file is too large: 10 MB at most."))
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or b"\x00" in content[:1000]:
        raise FileRefused(_("This is no CSV file: save the sheet as “CSV UTF-8” and send it again."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(
            _("The file is not written in UTF-8: save the sheet as “CSV UTF-8” and send it again.")
        ) from None


def _rows(text: str) -> Iterator[list[str]]:
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise FileRefused(_("The file cannot be read as CSV: a quotation mark is not closed.")) from None


def _plain(value: str) -> str:
    """The text without blanks around it, nor the apostrophe by which our own files keep sheets from calculating."""
    text = value.strip()[: MAX_TEXT + 1]
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
