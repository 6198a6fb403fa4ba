"""The PDFs of a month as one file: a folder for each recapitulative note."""

from collections.abc import Iterator

from partenamut.documents.zipping import TOGETHER, Batch
from partenamut.documents.zipping import zipped as written
from protocol3.models import Closing
from protocol3.services.papers import key_of, notes_of, recaps_of


def zipped(closing: Closing) -> Iterator[bytes]:
    """The file in pieces; what is not made yet is named in a list."""
    return written(_batches(closing), day=closing.month)


def _batches(closing: Closing) -> Iterator[Batch]:
    """Keys of documents with their places in the file, a few at a time, and the day they were issued."""
    for recap in recaps_of(closing).order_by("number"):
        batch = {key_of(recap): f"{recap.number}/{recap.number}.pdf"}
        for note in (
            notes_of(closing).filter(recap=recap).order_by("pk").only("public_id", "number").iterator()
        ):
            batch[key_of(note)] = f"{recap.number}/{note.number}.pdf"
            if len(batch) == TOGETHER:
                yield batch, recap.issued_on
                batch = {}
        yield batch, recap.issued_on
