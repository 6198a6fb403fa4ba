"""Files of services as pages and the API show them: the list, and each line with its rule and its article."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from msgspec import Struct

from partenamut.casework.rows import REASONS
from partenamut.web.exports import Column, stream_csv
from partenamut.web.worklist import Link, WorkList
from protocol3.imports import LAYOUT, Line, reason_of
from protocol3.messages import condition, messages, source
from protocol3.models import Project, ServiceImport, ServiceImportLine
from protocol3.services.imports import SENTENCES, is_refused, not_billable

LINES_A_PAGE = 50
Status = ServiceImport.Status
LineStatus = ServiceImportLine.Status
TONES = {
    Status.CHECKED: "warning",
    Status.RUNNING: "info",
    Status.DONE: "success",
    Status.DISCARDED: "neutral",
}


class Problem(Struct, frozen=True):
    """What stands against a line: the column or the rule it names, the sentence, the article."""

    code: str
    about: str
    message: str
    source: str = ""


class TornLine(Struct, frozen=True):
    """A line with what stands against it."""

    number: int
    problems: tuple[Problem, ...]


class Counted(Struct, frozen=True):
    """How many lines of an import stand where."""

    billable: int
    not_billable: int
    refused: int
    entered: int

    @property
    def ready(self) -> int:
        """Those that can be entered."""
        return self.billable + self.not_billable

    @property
    def all(self) -> int:
        """All lines."""
        return self.ready + self.refused + self.entered

    @property
    def percent(self) -> int:
        """How far a run is, in hundredths of the lines that it takes over."""
        wanted = self.ready + self.entered
        return round(100 * self.entered / wanted) if wanted else 100


class ImportList(WorkList):
    """The files of services of a project, the latest first."""

    template_name = "protocol3/list.html"
    ordering = ("-created_at",)
    export_name = gettext_lazy("imports")
    empty_text = gettext_lazy("No file of services has been sent yet.")
    columns = (
        Column(
            "file",
            gettext_lazy("File"),
            "file_name",
            url=lambda row: reverse("protocol3:service_import", args=[row.public_id]),
        ),
        Column("created_at", gettext_lazy("Sent"), "created_at", kind="moment", sort="created_at"),
        Column("created_by", gettext_lazy("By"), "created_by.name"),
        Column("status", gettext_lazy("State"), "status", kind="status", tones=TONES),
        Column("lines", gettext_lazy("Lines"), "line_count", kind="number"),
        Column("entered", gettext_lazy("Entered"), "entered_count", kind="number"),
        Column("refused", gettext_lazy("Refused"), "refused_count", kind="number"),
    )

    def __init__(self, project: Project, *, add: Link) -> None:
        rows: QuerySet[ServiceImport] = ServiceImport.objects.filter(project=project)
        super().__init__(
            rows.select_related("created_by").annotate(
                line_count=Count("lines"),
                entered_count=Count("lines", filter=Q(lines__status=LineStatus.CREATED)),
                refused_count=Count("lines", filter=Q(lines__status=LineStatus.REFUSED)),
            ),
            empty_action=add,
        )


def counted(service_import: ServiceImport) -> Counted:
    """How many lines stand where."""
    by_status = dict(service_import.lines.values_list("status").annotate(count=Count("pk")))
    ready, stopped = by_status.get(LineStatus.READY, 0), not_billable(service_import).count()
    return Counted(
        ready - stopped, stopped, by_status.get(LineStatus.REFUSED, 0), by_status.get(LineStatus.CREATED, 0)
    )


def page_of(rows: QuerySet[ServiceImportLine], number: str | None) -> tuple[Page[Any], list[TornLine]]:
    """A page of lines with what stands against them, by their place in the file."""
    page = Paginator(rows.order_by("line_number"), LINES_A_PAGE).get_page(number)
    return page, [TornLine(row.line_number, problems(row.errors)) for row in page]


def refused_of(service_import: ServiceImport) -> QuerySet[ServiceImportLine]:
    """The lines that are left out."""
    rows: QuerySet[ServiceImportLine] = service_import.lines.filter(status=LineStatus.REFUSED)
    return rows


def problems(errors: Iterable[Sequence[Any]]) -> tuple[Problem, ...]:
    """What stands against a line, in the active language."""
    return tuple(_problem(error) for error in errors)


def _problem(error: Sequence[Any]) -> Problem:
    reason = reason_of(error)
    if reason is not None:
        sentence = messages((reason,), get_language() or "fr")[0]
        return Problem(reason.code, condition(reason.code), sentence, source(reason.article))
    column, code = error[0], error[1]
    figures = error[2] if len(error) > 2 else {}
    sentence = SENTENCES.get(code, code)
    return Problem(code, column, str(sentence % figures if figures else sentence))


def shown(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The lines of a dry run that something stands against, as the API gives them."""
    return [_told(line.number, line.errors) | {"refused": is_refused(line)} for line in lines if line.errors]


def told_of(rows: QuerySet[ServiceImportLine], most: int) -> list[dict[str, Any]]:
    """The first lines with what stands against them, as the API gives them."""
    return [_told(row.line_number, row.errors) for row in rows.order_by("line_number")[:most]]


def _told(number: int, errors: Iterable[Sequence[Any]]) -> dict[str, Any]:
    found = [
        {"code": one.code, "about": one.about, "message": one.message, "source": one.source}
        for one in problems(errors)
    ]
    return {"line": number, "problems": found}


def template() -> HttpResponse:
    """A file with the right columns and one invented line."""
    response = HttpResponse(LAYOUT.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="services.csv"'
    return response


class _Row:
    def __init__(self, line: ServiceImportLine) -> None:
        self.values, self.errors = line.decoded, line.errors


def refused_lines(service_import: ServiceImport) -> StreamingHttpResponse:
    """The refused lines as a file to correct and send again, with the reasons in a last column."""
    columns = [Column(name, name, value=_reader(name)) for name in LAYOUT.names]
    reasons = Column(REASONS, REASONS, value=lambda row: _sentences(row.errors))
    rows = refused_of(service_import).order_by("line_number").iterator(chunk_size=1_000)
    return stream_csv(gettext_lazy("refused-lines"), [*columns, reasons], (_Row(line) for line in rows))


def _reader(name: str) -> Any:
    return lambda row: row.values.get(name, "")


def _sentences(errors: Iterable[Sequence[Any]]) -> str:
    said = problems(errors)
    parts = [f"{one.about}: {one.message}" if one.about else one.message for one in said]
    return " ".join(
        f"{part} ({one.source})" if one.source else part for part, one in zip(parts, said, strict=True)
    )
