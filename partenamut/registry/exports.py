"""Files that leave the registry."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from partenamut.casework.rows import REASONS
from partenamut.registry import franchise
from partenamut.registry.imports import LAYOUT, NAMES, SENTENCES
from partenamut.registry.models import MemberImport, MemberImportLine
from partenamut.web.exports import Column, stream_csv


def refused_lines(member_import: MemberImport) -> StreamingHttpResponse:
    """The refused lines as a file to correct and send again, with the reasons in a last column."""
    lines = member_import.lines.filter(status=MemberImportLine.Status.REFUSED).order_by("line_number")
    columns = [Column(name, name, value=_reader(name)) for name in NAMES]
    reasons = Column(REASONS, REASONS, value=lambda row: " ".join(sentences(row.errors)))
    rows = ({"values": line.decoded, "errors": line.errors} for line in lines.iterator(chunk_size=1_000))
    return stream_csv(_("refused-lines"), [*columns, reasons], (_Row(**row) for row in rows))


def template() -> HttpResponse:
    """The head of the file and one invented line."""
    return _download(LAYOUT.template(), "members.csv")


def franchise_template() -> HttpResponse:
    """The head of a list of hospitals and one invented line."""
    return _download(franchise.LAYOUT.template(), "franchise.csv")


def sentences(errors: list[list[str]]) -> list[str]:
    """The reasons of a refused line, each with its column."""
    said = [(name, str(SENTENCES.get(code, code))) for name, code in errors]
    return [f"{name}: {sentence}" if name else sentence for name, sentence in said]


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Row:
    def __init__(self, values: dict[str, str], errors: list[list[str]]) -> None:
        self.values, self.errors = values, errors


def _reader(name: str) -> Any:
    return lambda row: row.values.get(name, "")
