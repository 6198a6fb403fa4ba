"""How far the issue of a month and the making of its papers have come."""

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from partenamut.web import formats
from partenamut.web.progress import PACE, Progress, likely_end
from protocol3.models import Closing, ShareStatus
from protocol3.services import papers
from protocol3.workflow import SETTLED, ClosingStatus


def progress_of(closing: Closing, at: datetime) -> Progress:
    """How far a closing has come."""
    wanted = closing.shares.exclude(status=ShareStatus.REFUSED)
    notes = wanted.aggregate(sum=Sum("notes"))["sum"] or 0
    issued = wanted.filter(status=ShareStatus.ISSUED)
    notes_issued = issued.aggregate(sum=Sum("notes"))["sum"] or 0
    is_issuing = closing.status == ClosingStatus.ISSUING
    counted = wanted if is_issuing else issued
    rows = notes if is_issuing else notes_issued
    whole, made = rows + counted.count(), papers.made(closing)
    begun = closing.finished_at or closing.started_at or at
    done = papers.made_since(closing, at - PACE) if whole > made else 0
    return Progress(
        is_issuing=is_issuing,
        is_resting=closing.status not in (ClosingStatus.ISSUING, *SETTLED),
        rows=rows,
        rows_issued=notes_issued,
        papers=whole,
        papers_made=made,
        ends_at=likely_end(at, begun=begun, left=whole - made, done=done),
        sentence=_sentence(rows, notes_issued, whole, made),
    )


def _sentence(notes: int, issued: int, whole: int, made: int) -> str:
    values = {
        "issued": formats.number(issued),
        "notes": formats.number(notes),
        "made": formats.number(made),
        "papers": formats.number(whole),
    }
    return (
        _("%(issued)s of %(notes)s individual notes are issued, %(made)s of %(papers)s PDFs are made.")
        % values
    )
