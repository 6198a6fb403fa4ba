"""Files of entries as pages show them: the list, the dry run by what becomes of each line, what was entered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy, ngettext_lazy
from msgspec import Struct

from partenamut.casework.rows import REASONS
from partenamut.money import total
from partenamut.web import exports
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter
from residences.models import Entry, EntryImport, EntryImportLine, EntryKind, RestHome
from residences.readings.money import Taken, address
from residences.services.entry_lines import LAYOUT, LineState, Looked

Status, LineStatus = EntryImport.Status, EntryImportLine.Status
TONES = {Status.CHECKED: "warning", Status.DONE: "success", Status.DISCARDED: "neutral"}
#: So many lines of a kind are shown; a file to correct has them all.
SHOWN = 200


class ImportFilter(ListFilter):
    """Files by what became of them."""

    status = ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[(one.value, one.label) for one in (Status.CHECKED, Status.DONE, Status.DISCARDED)],
    )


class EntryImportList(Taken):
    """The files of entries that were sent, the latest first."""

    columns = (
        Column(
            "file",
            gettext_lazy("File"),
            "file_name",
            url=lambda row: address("entry_import", row.home, row.public_id),
        ),
        Column("created_at", gettext_lazy("Sent"), "created_at", kind="moment", sort="created_at"),
        Column("created_by", gettext_lazy("By"), "created_by.name"),
        Column("status", gettext_lazy("State"), "status", kind="status", tones=TONES),
        Column("lines", gettext_lazy("Lines"), "line_count", kind="number"),
        Column("entered", gettext_lazy("Entered"), "entered_count", kind="number"),
        Column("refused", gettext_lazy("Refused"), "refused_count", kind="number"),
    )
    filterset_class = ImportFilter
    ordering = ("-created_at",)
    export_name = gettext_lazy("files-of-entries")
    empty_text = gettext_lazy("No file of entries has been sent yet.")
    counted = ngettext_lazy("%(count)s file", "%(count)s files", "n")


def imports_of(home: RestHome) -> QuerySet[Any]:
    """The files of a home with how many lines they have, and what became of them."""
    rows: QuerySet[Any] = EntryImport.objects.filter(home=home).select_related("home", "created_by")
    counted: QuerySet[Any] = rows.annotate(
        line_count=Count("lines"),
        entered_count=Count("lines", filter=Q(lines__status=LineStatus.CREATED)),
        known_count=Count("lines", filter=Q(lines__status=LineStatus.UNCHANGED)),
        refused_count=Count("lines", filter=Q(lines__status=LineStatus.REFUSED)),
    )
    return counted


# --- the dry run ------------------------------------------------------------------------------------------


class TornLine(Struct, frozen=True):
    """A line that is refused: what it says, and what stands against it by column."""

    number: int
    said: dict[str, str]
    problems: Sequence[tuple[str, str]]


class Checked(Struct, frozen=True):
    """A file in its dry run, by what becomes of its lines."""

    ready: Sequence[Looked]
    known: Sequence[Looked]
    refused: Sequence[TornLine]

    @property
    def total(self) -> Decimal:
        """The euros that would be entered."""
        return total(one.entry.amount for one in self.ready if one.entry is not None)

    @property
    def accounts(self) -> int:
        """On how many accounts something would be entered."""
        return len({one.entry.convention_id for one in self.ready if one.entry is not None})


def checked(file: EntryImport, found: Iterable[Looked]) -> Checked:
    """The lines of a file by what becomes of them."""
    said = {row.line_number: row.decoded for row in file.lines.all()}
    of: dict[LineState, list[Looked]] = {state: [] for state in LineState}
    for one in found:
        of[one.state].append(one)
    torn = [TornLine(one.number, said[one.number], one.problems) for one in of[LineState.REFUSED]]
    return Checked(of[LineState.READY], of[LineState.KNOWN], torn)


# --- what became of it ------------------------------------------------------------------------------------


class Done(Struct, frozen=True):
    """A file that was taken over: what was entered, which advances wait for their document, what was left out."""

    by_kind: Sequence[tuple[str, int, Decimal]]
    waiting: Sequence[Entry]
    refused: Sequence[TornLine]


def done(file: EntryImport) -> Done:
    """What became of a file, in two queries."""
    rows = Entry.objects.filter(import_line__entry_import=file).select_related(
        "convention__resident", "upload", "line"
    )
    entries = list(rows.order_by("import_line__line_number"))
    counts = Counter(entry.kind for entry in entries)
    by_kind = [
        (str(kind.label), counts[kind], total(entry.amount for entry in entries if entry.kind == kind))
        for kind in EntryKind
        if counts[kind]
    ]
    waiting = [entry for entry in entries if _waits(entry)]
    return Done(by_kind, waiting, [_torn(row) for row in _refused_of(file)])


def _waits(entry: Entry) -> bool:
    """Whether an advance still lacks its document."""
    bare = entry.upload is None or entry.upload.removed_at is not None
    return entry.kind == EntryKind.ADVANCE and bare and entry.withdrawn_at is None


def _refused_of(file: EntryImport) -> QuerySet[EntryImportLine]:
    rows: QuerySet[EntryImportLine] = file.lines.filter(status=LineStatus.REFUSED).order_by("line_number")
    return rows


def _torn(row: EntryImportLine) -> TornLine:
    return TornLine(row.line_number, row.decoded, [(column, text) for column, text in row.errors])


# --- files to download ------------------------------------------------------------------------------------


def template() -> HttpResponse:
    """A file with the right columns and one invented line."""
    response = HttpResponse(LAYOUT.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="entries.csv"'
    return response


def refused_lines(lines: Iterable[TornLine]) -> StreamingHttpResponse:
    """The refused lines as a file to correct and send again, with the reasons in a last column."""
    columns = [exports.Column(name, name, value=_reader(name)) for name in LAYOUT.names]
    reasons = exports.Column(REASONS, REASONS, value=_reasons)
    return exports.stream_csv(gettext_lazy("refused-lines"), [*columns, reasons], lines)


def _reader(name: str) -> Any:
    return lambda row: row.said.get(name, "")


def _reasons(row: TornLine) -> str:
    return " ".join(f"{column}: {text}" if column else text for column, text in row.problems)
