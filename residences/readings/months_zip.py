"""The PDFs of a month as one file: a paper for each debtor, named by the number of its invoice."""

from collections.abc import Iterator

from partenamut.documents.checks import clean_name
from partenamut.documents.zipping import TOGETHER, Batch
from partenamut.documents.zipping import zipped as written
from residences.models import InvoiceRun
from residences.services.papers import key_of, shares_of


def zipped(run: InvoiceRun) -> Iterator[bytes]:
    """The file in pieces; what is not made yet is named in a list."""
    return written(_batches(run), day=run.month)


def _batches(run: InvoiceRun) -> Iterator[Batch]:
    """Keys of documents with their places in the file, a few at a time, and the day they were issued."""
    batch: dict[str, str] = {}
    day = run.received_on
    rows = shares_of(run).select_related("invoice").order_by("invoice__number", "pk")
    for share in rows.iterator(chunk_size=1_000):
        day = share.invoice.issued_on
        name = clean_name(f"{share.invoice.number} {_plain(share.name)} {share.communication[-5:]}.pdf")
        batch[key_of(share)] = name
        if len(batch) == TOGETHER:
            yield batch, day
            batch = {}
    yield batch, day


def _plain(name: str) -> str:
    """A stroke in a name is no folder."""
    return name.replace("/", "-").replace("\\", "-")
