"""The PDFs of a month as one file, written while it leaves: no more than a few papers are in memory."""

import io
from collections.abc import Iterator
from datetime import date
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from partenamut.documents.models import Rendered
from protocol3.models import Closing
from protocol3.services.papers import key_of, notes_of, recaps_of

PAPERS_TOGETHER = 50


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


def zipped(closing: Closing) -> Iterator[bytes]:
    """The file in pieces: a folder for each recapitulative note; what is not made yet is named in a list."""
    said = _("Not made yet, download again later:"), _("missing")
    return _pieces(closing, *said)


def _pieces(closing: Closing, heading: str, name: str) -> Iterator[bytes]:
    pipe = _Pipe()
    missing: list[str] = []
    with ZipFile(pipe, "w", ZIP_STORED) as file:
        for places, day in _batches(closing):
            rows = Rendered.objects.filter(document__key__in=places)
            found = {key: bytes(content) for key, content in rows.values_list("document__key", "content")}
            for key, place in places.items():
                if key not in found:
                    missing.append(place)
                    continue
                file.writestr(_entry(place, day), found[key])
                yield pipe.taken()
        if missing:
            text = "\n".join([heading, *missing, ""])
            file.writestr(_entry(f"{name}.txt", closing.month), text)
    yield pipe.taken()


def _batches(closing: Closing) -> Iterator[tuple[dict[str, str], date]]:
    """Keys of documents with their places in the file, a few at a time, and the day they were issued."""
    for recap in recaps_of(closing).order_by("number"):
        batch = {key_of(recap): f"{recap.number}/{recap.number}.pdf"}
        for note in (
            notes_of(closing).filter(recap=recap).order_by("pk").only("public_id", "number").iterator()
        ):
            batch[key_of(note)] = f"{recap.number}/{note.number}.pdf"
            if len(batch) == PAPERS_TOGETHER:
                yield batch, recap.issued_on
                batch = {}
        yield batch, recap.issued_on


def _entry(place: str, day: date) -> ZipInfo:
    """The head of a paper: its day is that of the note, so that the same papers give the same file."""
    return ZipInfo(place, (day.year, day.month, day.day, 0, 0, 0))
