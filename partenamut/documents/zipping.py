"""Many PDFs as one file, written while it leaves: no more than a few of them are in memory."""

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from partenamut.documents.models import Rendered

#: Documents that are read at once.
TOGETHER = 50

#: Key of each document with its place in the file, and the day that the file shows for them.
Batch = tuple[Mapping[str, str], date]


class _Pipe(io.RawIOBase):
    """Takes what is written and hands it on; nobody can go back in it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: object) -> int:
        block = bytes(memoryview(part))  # type: ignore[arg-type]
        self.parts.append(block)
        return len(block)

    def taken(self) -> bytes:
        """What was written since the last time."""
        block, self.parts = b"".join(self.parts), []
        return block


def zipped(batches: Iterable[Batch], *, day: date) -> Iterator[bytes]:
    """The file in pieces; what is not made yet is named in a list of that day."""
    # Said here: the pieces leave after the language of the reader is forgotten.
    heading, name = _("Not made yet, download again later:"), _("missing")
    return _pieces(batches, day, heading, name)


def as_zip(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """The file as a download that nobody keeps."""
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(batches: Iterable[Batch], day: date, heading: str, name: str) -> Iterator[bytes]:
    pipe = _Pipe()
    missing: list[str] = []
    with ZipFile(pipe, "w", ZIP_STORED) as file:
        for places, issued_on in batches:
            rows = Rendered.objects.filter(document__key__in=places)
            found = {key: bytes(content) for key, content in rows.values_list("document__key", "content")}
            for key, place in places.items():
                if key not in found:
                    missing.append(place)
                    continue
                file.writestr(_entry(place, issued_on), found[key])
                yield pipe.taken()
        if missing:
            file.writestr(_entry(f"{name}.txt", day), "\n".join([heading, *missing, ""]))
    yield pipe.taken()


def _entry(place: str, day: date) -> ZipInfo:
    """The head of a paper: its day is that of the paper, so that the same papers give the same file."""
    return ZipInfo(place, (day.year, day.month, day.day, 0, 0, 0))
