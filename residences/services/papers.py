"""The PDFs of invoices, one for each debtor: ordered from the frozen rows, found by their keys, made by workers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Value
from django.db.models.functions import Mod
from django.utils.translation import override

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents import making
from partenamut.documents.models import Document, Rendered
from partenamut.documents.services import Order, bytes_of, place
from residences.deciding.reasons import restored
from residences.documents.invoices import HomeWords, InvoiceWords, LineWords, ShareWords, invoice_order
from residences.messages import messages, source
from residences.models import Invoice, InvoiceLine, InvoiceRun, InvoiceShare
from residences.workflow import RunStatus

KEY = "residences/invoice/"
#: Papers ordered and rendered by one task; about a second of work.
MADE_TOGETHER = 50
#: Tasks of one run that work beside each other.
PARTS = 4
#: Papers that nothing was made of for so long are rung for again.
STANDS_STILL = timedelta(minutes=1)
#: Invoices that belong to no run are swept up once they are so old.
LEFT_LYING = timedelta(minutes=2)

#: States in which the workers leave the papers of a run alone.
_AT_REST = (RunStatus.INTERRUPTED, RunStatus.CHECKED, RunStatus.DISCARDED)


def key_of(share: InvoiceShare) -> str:
    """The key of the document of an invoice for one debtor."""
    return f"{KEY}{share.public_id}"


def paper_of(share: InvoiceShare, *, at: datetime) -> Rendered:
    """The PDF of an invoice for one debtor: made now if no worker has made it yet."""
    with transaction.atomic():
        document: Document | None = Document.objects.filter(key=key_of(share)).first()
        return bytes_of(document or place(order_of(with_words(_one(share)).get()), actor=None, at=at), at=at)


def order_of(share: InvoiceShare) -> Order:
    """What is ordered for a debtor, in the language of the convention."""
    invoice, said = share.invoice, share.invoice.said
    language = said["language"]
    reasons = restored(said["reasons"])
    with override(language):
        sentences = zip(messages(reasons, language), (source(one.article) for one in reasons), strict=True)
        explained = tuple(sentences)
    words = InvoiceWords(
        number=invoice.number,
        kind=invoice.kind,  # type: ignore[arg-type]
        issued_on=invoice.issued_on,
        received_on=invoice.received_on,
        due_on=invoice.due_on,
        dispute_until=invoice.dispute_until,
        month=invoice.month,
        home=msgspec.convert(said["home"], HomeWords),
        resident=said["resident"],
        room=said["room"],
        convention=said["convention"],
        debtor=share.name,
        debtor_address_lines=tuple(share.address_lines),
        lines=tuple(_line(line) for line in _loaded(invoice, "ordered_lines")),
        total=invoice.total,
        part=share.amount,
        shares=tuple(ShareWords(one.name, one.amount) for one in _loaded(invoice, "ordered_shares")),
        inami_days=invoice.inami_days,
        inami_amount=invoice.inami_amount,
        reasons=explained,
        communication=share.communication,
        language=language,
        corrects=said.get("corrects", ""),
        explanation=invoice.explanation,
    )
    return invoice_order(words, key_of(share))


def with_words(shares: QuerySet[InvoiceShare]) -> QuerySet[InvoiceShare]:
    """Shares with all that their papers say, in a few queries."""
    lines = Prefetch("invoice__lines", InvoiceLine.objects.order_by("position"), to_attr="ordered_lines")
    others = Prefetch("invoice__shares", InvoiceShare.objects.order_by("pk"), to_attr="ordered_shares")
    return shares.select_related("invoice").prefetch_related(lines, others)


# --- the papers of a run, made by workers -------------------------------------------------------------------


def shares_of(run: InvoiceRun | int) -> QuerySet[InvoiceShare]:
    """What a run billed to debtors."""
    found: QuerySet[InvoiceShare] = InvoiceShare.objects.filter(invoice__item__run=run)
    return found


def make_papers(run_id: int, *, part: int, parts: int, after: int, at: datetime) -> int | None:
    """Makes the next papers of a part of a run; the last one looked at, None when none is left.

    Safe to repeat and to run beside each other: a document is ordered once and rendered once.
    """
    if InvoiceRun.objects.values_list("status", flat=True).get(pk=run_id) in _AT_REST:
        return None
    own = making.unmade(shares_of(run_id), KEY).annotate(part=Mod("pk", Value(parts)))
    shares = list(with_words(own.filter(part=part, pk__gt=after)).order_by("pk")[:MADE_TOGETHER])
    _make(shares, at)
    return shares[-1].pk if len(shares) == MADE_TOGETHER else None


def make_invoice(invoice_id: int, *, at: datetime) -> None:
    """Makes the papers of one invoice; a second call finds them made."""
    _make(list(with_words(making.unmade(InvoiceShare.objects.filter(invoice=invoice_id), KEY))), at)


def standing_still(at: datetime) -> list[int]:
    """The runs with papers to be made that nobody has made any of for a minute."""
    waiting = Exists(making.unmade(InvoiceShare.objects.filter(invoice__item__run=OuterRef("pk")), KEY))
    before = at - STANDS_STILL
    over = InvoiceRun.objects.filter(waiting, finished_at__lt=before).exclude(status__in=_AT_REST)
    runs = over.order_by("pk").values_list("pk", flat=True)
    return [run for run in runs if (last_made(run) or before) <= before]


def left_lying(at: datetime) -> list[int]:
    """The invoices of no run whose papers nobody has made."""
    first_day = (at - LEFT_LYING - timedelta(days=30)).date()
    waiting = making.unmade(
        InvoiceShare.objects.filter(invoice__item=None, invoice__issued_on__gte=first_day), KEY
    )
    return sorted(set(waiting.values_list("invoice_id", flat=True)))


def made(run: InvoiceRun | int) -> int:
    """How many papers of a run are made."""
    return making.made(shares_of(run), KEY)


def last_made(run: InvoiceRun | int) -> datetime | None:
    """When the latest paper of a run was made."""
    return making.last_made(shares_of(run), KEY)


def made_since(run: InvoiceRun | int, since: datetime) -> int:
    """How many papers of a run were made since a moment."""
    return making.made(shares_of(run), KEY, since=since)


def take_away(*, run: InvoiceRun, count: int, actor: User, at: datetime) -> None:
    """The line in the trail that says who took the papers of a whole month away."""
    changes = {"files": [None, count]}
    record(action="invoices_taken", subject=run, actor=actor, at=at, changes=changes)


# --- inside -----------------------------------------------------------------------------------------------


def _make(shares: Sequence[InvoiceShare], at: datetime) -> None:
    for document in making.ordered([order_of(share) for share in shares], at=at):
        making.rendered(document, at=at)


def _one(share: InvoiceShare) -> QuerySet[InvoiceShare]:
    found: QuerySet[InvoiceShare] = InvoiceShare.objects.filter(pk=share.pk)
    return found


def _loaded(invoice: Invoice, name: str) -> Sequence[Any]:
    rows: Sequence[Any] = getattr(invoice, name)
    return rows


def _line(line: InvoiceLine) -> LineWords:
    return LineWords(
        kind=line.kind,
        what=line.label,
        first_day=line.first_day,
        last_day=line.last_day,
        quantity=line.quantity if line.days is None else line.days,  # type: ignore[arg-type]
        unit_price=line.unit_price,
        amount=line.amount,
    )
