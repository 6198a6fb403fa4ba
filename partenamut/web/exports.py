"""Lists as files: CSV for the spreadsheets of fr, nl and de, XLSX, and JSON for machines; in flat memory, without formulas."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Literal, TypeVar

import xlsxwriter
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext

from partenamut.web import formats

Kind = Literal["text", "day", "moment", "euros", "number", "status", "link"]
Text = str | Promise

_Response = TypeVar("_Response", bound=HttpResponseBase)

BATCH = 2_000
#: A workbook is written whole before its first byte leaves: more rows would hold a web worker too long.
XLSX_ROWS = 200_000
_XLSX_DIGITS = 15
_XLSX_FIRST_YEAR = 1900

# What a spreadsheet reads as the start of a formula, also behind blanks and marks that it drops.
_FORMULA = re.compile(
    r"[\t\r\n]|[\s\x00-\x1f\x7f\ufeff\u00ad\u200b-\u200f\u2060\u202a-\u202e\u2066-\u2069]*"
    r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]"
)
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_WIDTHS: Mapping[Kind, int] = {
    "day": 12,
    "moment": 17,
    "euros": 14,
    "number": 12,
    "status": 18,
    "text": 26,
    "link": 26,
}


class TooManyRows(Exception):
    """The list is longer than a workbook may be (`XLSX_ROWS`); CSV has no such limit."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list and of its export: `value` is a dotted attribute path or a function of the row."""

    key: str
    label: Text
    value: str | Callable[[Any], object]
    kind: Kind = "text"
    #: The database field (or annotation) that the header sorts by; None: this column does not sort.
    sort: str | None = None
    #: Whether it stands in the table on the page, and in the files.
    table: bool = True
    export: bool = True
    #: Where a cell leads; a "link" without it asks the row's `get_absolute_url`.
    url: Callable[[Any], str | None] | None = None
    #: Colour of a "status" cell by stored value (names of the tag component).
    tones: Mapping[Any, str] = field(default_factory=dict)

    @property
    def is_numeric(self) -> bool:
        """Whether its cells line up on the right."""
        return self.kind in ("euros", "number")

    def read(self, row: Any) -> object:
        """The stored value of this column for `row`; None where a relation on the path is empty."""
        if callable(self.value):
            return self.value(row)
        for name in self.value.split("."):
            row = getattr(row, name, None) if row is not None else None
        return row() if callable(row) else row


def without_formula(text: str) -> str:
    """`text`, with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if _FORMULA.match(text) else text


def stream_csv(name: Text, columns: Sequence[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """A CSV download (UTF-8 with BOM, semicolons, 07/03/2026, 1234,50) of any length in constant memory."""
    chunks = _spoken(_csv_chunks(_exported(columns), rows), translation.get_language())
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    return _as_download(response, name, "csv")


def stream_xlsx(name: Text, columns: Sequence[Column], rows: Iterable[Any]) -> FileResponse:
    """An XLSX download with real dates and numbers; raises TooManyRows above `XLSX_ROWS`."""
    # The response closes the file, and closing removes it.
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115
    try:
        with tempfile.TemporaryDirectory() as folder:
            _write_workbook(file, folder, str(name), _exported(columns), rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _as_download(FileResponse(file, content_type=kind), name, "xlsx")


def stream_json(name: Text, columns: Sequence[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """A JSON download in constant memory: a list of objects by column key, stored values, days as 2026-03-07, euros as text."""
    chunks = _spoken(_json_chunks(_exported(columns), rows), translation.get_language())
    response = StreamingHttpResponse(chunks, content_type="application/json")
    return _as_download(response, name, "json")


#: How each kind of file is made.
STREAMS: Mapping[str, Callable[[Text, Sequence[Column], Iterable[Any]], HttpResponseBase]] = {
    "csv": stream_csv,
    "xlsx": stream_xlsx,
    "json": stream_json,
}


def choice_labels(model: type[Model], column: Column) -> Mapping[Any, Text]:
    """Stored value -> label of the field that the column shows; empty where it has no choices."""
    found = _field(model, column.value) if isinstance(column.value, str) else None
    return dict(found.flatchoices) if found is not None and found.choices else {}


# --- rows, a batch at a time and column by column


def _exported(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.export]


def _labels(columns: Sequence[Column], rows: Iterable[Any]) -> list[dict[Any, str]]:
    """Stored value -> label in the language of now, for each column; empty where it has no choices."""
    if not isinstance(rows, QuerySet):
        return [{} for _ in columns]
    known = [choice_labels(rows.model, column) for column in columns]
    return [{value: str(label) for value, label in labels.items()} for labels in known]


def _batches(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[Sequence[object]]]:
    """Batches of `rows`, each as one sequence of values per column, as they are to be written."""
    labels = _labels(columns, rows)
    for batch in _stored(columns, rows):
        yield [_written(*each) for each in zip(columns, labels, batch, strict=True)]


def _written(column: Column, labels: Mapping[Any, str], values: Sequence[object]) -> Sequence[object]:
    """Choices by their labels, and only the day where a column asks for days."""
    if labels:
        return [labels.get(value, value) for value in values]
    if column.kind == "day" and datetime in set(map(type, values)):
        return [_local(value).date() if isinstance(value, datetime) else value for value in values]
    return values


def _stored(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[Sequence[object]]]:
    """The same with stored values: bare tuples where the database knows every column, else objects."""
    if not isinstance(rows, QuerySet):
        yield from _read_batches(columns, iter(rows))
        return
    paths = [path for column in columns if (path := _database_path(rows, column.value))]
    if len(paths) < len(columns):
        yield from _read_batches(columns, rows.iterator(chunk_size=BATCH))
        return
    tuples = rows.prefetch_related(None).select_related(None).values_list(*paths).iterator(chunk_size=BATCH)
    while batch := list(islice(tuples, BATCH)):
        yield list(zip(*batch, strict=True))


def _read_batches(columns: Sequence[Column], source: Iterator[Any]) -> Iterator[list[Sequence[object]]]:
    while batch := list(islice(source, BATCH)):
        yield [list(map(column.read, batch)) for column in columns]


def _database_path(rows: QuerySet[Any], value: str | Callable[[Any], object]) -> str | None:
    """The lookup that gives the same as `value` on an object, or None when only Python knows."""
    # values_list would change what DISTINCT and UNION compare.
    if callable(value) or rows.query.distinct or rows.query.combinator:
        return None
    if value in rows.query.annotations:
        return value
    found = _field(rows.model, value)
    return value.replace(".", "__") if found is not None and not found.is_relation else None


def _field(model: type[Model], path: str) -> Field[Any, Any] | None:
    """The column that the dotted `path` ends in, going through to-one relations only."""
    found: Any = None
    for name in path.split("."):
        if found is not None:
            if not found.is_relation:
                return None
            model = found.related_model
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if not found.concrete or found.many_to_many:
            return None
    return found  # type: ignore[no-any-return]


# --- CSV: a column of a batch at a time, for a million rows


def _csv_chunks(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _csv_lines([_csv_column([str(column.label)]) for column in columns])
    for batch in _batches(columns, rows):
        yield _csv_lines([_csv_column(values) for values in batch])


def _spoken(chunks: Iterator[bytes], language: str | None) -> Iterator[bytes]:
    """Each chunk made in `language`: a body is read after the language of its request was put away."""
    while True:
        with translation.override(language):
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


def _csv_lines(columns: Sequence[Sequence[str]]) -> bytes:
    # Every cell is quoted: a text with a comma stays one cell where the comma is the separator.
    lines = '"\r\n"'.join(map('";"'.join, zip(*columns, strict=True)))
    return f'"{lines}"\r\n'.encode("utf-8", "replace")


def _csv_column(values: Sequence[Any]) -> list[str]:
    """The cells of one column, fast where all are of one type."""
    types = set(map(type, values))
    if len(types) == 1 and (known := _CSV_COLUMNS.get(types.pop())):
        return known(values)
    return [_quotable(_csv_cell(value)) for value in values]


def _texts(values: Sequence[str]) -> list[str]:
    # A formula starts with none of the letters and digits that nearly every text starts with.
    safe = [value if value[:1].isalnum() else without_formula(value) for value in values]
    return [_quotable(value) for value in safe] if '"' in "".join(safe) else safe


def _amounts(values: Sequence[Decimal]) -> list[str]:
    plain = " ".join(map(str, values))
    return [_comma(value) for value in values] if "E" in plain else plain.replace(".", ",").split(" ")


def _quotable(text: str) -> str:
    return text.replace('"', '""')


# The same few thousand days come back in every batch.
_day = lru_cache(maxsize=40_000)(formats.day)

_CSV_COLUMNS: Mapping[type, Callable[[Sequence[Any]], list[str]]] = {
    str: _texts,
    date: lambda values: list(map(_day, values)),
    Decimal: _amounts,
    int: lambda values: list(map(str, values)),
}


def _csv_cell(value: object) -> str:
    """`value` as a spreadsheet of fr, nl or de reads it; numbers and days need no apostrophe."""
    known = _CSV_CELLS.get(type(value))
    return known(value) if known else without_formula(str(value))


def _comma(value: Any) -> str:
    return format(value, "f").replace(".", ",")


def _moment(value: datetime) -> str:
    local = _local(value)
    return f"{formats.day(local)} {local:%H:%M}"


def _local(value: datetime) -> datetime:
    return timezone.make_naive(value) if timezone.is_aware(value) else value


def _yes_no(value: Any) -> str:
    return gettext("Yes") if value else gettext("No")


_CSV_CELLS: Mapping[type, Callable[[Any], str]] = {
    str: without_formula,
    type(None): lambda _: "",
    bool: _yes_no,
    int: str,
    Decimal: _comma,
    float: lambda value: _comma(Decimal(str(value))),
    date: _day,
    datetime: _moment,
}


# --- JSON: what is stored, for a machine


def _json_chunks(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[bytes]:
    keys, before = [column.key for column in columns], "[\n"
    for batch in _stored(columns, rows):
        cells = [
            [_json_cell(value, column.kind) for value in values]
            for column, values in zip(columns, batch, strict=True)
        ]
        lines = [
            json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False)
            for row in zip(*cells, strict=True)
        ]
        yield (before + ",\n".join(lines)).encode("utf-8", "replace")
        before = ",\n"
    yield b"[]\n" if before.startswith("[") else b"\n]\n"


def _json_cell(value: object, kind: Kind) -> object:
    """`value` as a machine reads it: no label, no separator of a language; an amount keeps its cents as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return (_local(value).date() if kind == "day" else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


# --- XLSX


def _write_workbook(
    file: Any, folder: str, name: str, columns: Sequence[Column], rows: Iterable[Any]
) -> None:
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
    sheet = workbook.add_worksheet(_FORBIDDEN_IN_SHEET_NAME.sub(" ", name)[:31].strip() or None)
    cells = _XlsxCells(workbook, sheet)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.kind])
        sheet.write_string(0, place, without_formula(str(column.label)), cells.bold)
    sheet.freeze_panes(1, 0)
    line = 0
    for batch in _batches(columns, rows):
        for values in zip(*batch, strict=True):
            line += 1
            if line > XLSX_ROWS:
                raise TooManyRows(XLSX_ROWS)
            for place, value in enumerate(values):
                cells.write(line, place, value, columns[place].kind)
    workbook.close()


class _XlsxCells:
    """Writes each value as its own kind of cell: a text can only become a text, never a formula or a link."""

    def __init__(self, workbook: Any, sheet: Any) -> None:
        self.sheet = sheet
        self.bold = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        self.moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        self.euros = workbook.add_format({"num_format": '#,##0.00\u00a0"€"'})

    def write(self, line: int, place: int, value: object, kind: Kind) -> None:
        """Put `value` in a cell; None leaves it empty."""
        if value is None or value == "":
            return
        if isinstance(value, date) and value.year >= _XLSX_FIRST_YEAR:
            self._write_day(line, place, value)
        elif _is_number(value):
            self.sheet.write_number(line, place, value, self.euros if kind == "euros" else None)
        else:
            self.sheet.write_string(line, place, _csv_cell(value))

    def _write_day(self, line: int, place: int, value: date) -> None:
        if isinstance(value, datetime):
            self.sheet.write_datetime(line, place, _local(value), self.moment)
        else:
            self.sheet.write_datetime(line, place, value, self.day)


def _is_number(value: object) -> bool:
    """Whether a workbook keeps all digits of `value` as a number (it has fifteen)."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return len(str(abs(value)).replace(".", "")) <= _XLSX_DIGITS and Decimal(value).is_finite()


# --- the download


def _as_download(response: _Response, name: Text, extension: str) -> _Response:
    filename = f"{slugify(str(name)) or 'export'}.{extension}"
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    # Personal data: nothing between the portal and the reader keeps a copy.
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
