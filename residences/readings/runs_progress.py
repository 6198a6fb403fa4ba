"""How far the issue of a month's invoices and the making of their papers have come."""

from datetime import datetime

from django.utils.translation import gettext as _

from partenamut.web import formats
from partenamut.web.progress import PACE, Progress, likely_end
from residences.models import InvoiceRun, ItemStatus
from residences.services import papers
from residences.services.runs import OVER
from residences.workflow import RunStatus


def progress_of(run: InvoiceRun, at: datetime) -> Progress:
    """How far a run has come."""
    is_issuing = run.status == RunStatus.ISSUING
    issued = run.items.filter(status=ItemStatus.ISSUED).count()
    pending = run.items.filter(status=ItemStatus.PENDING).count() if is_issuing else 0
    # An account has one paper at least; those of several debtors are known once they are issued.
    whole, made = papers.shares_of(run).count() + pending, papers.made(run)
    begun = run.finished_at or run.started_at or at
    done = papers.made_since(run, at - PACE) if whole > made else 0
    return Progress(
        is_issuing=is_issuing,
        is_resting=run.status not in (RunStatus.ISSUING, *OVER),
        rows=issued + pending,
        rows_issued=issued,
        papers=whole,
        papers_made=made,
        ends_at=likely_end(at, begun=begun, left=whole - made, done=done),
        sentence=_sentence(issued + pending, issued, whole, made),
    )


def _sentence(rows: int, issued: int, whole: int, made: int) -> str:
    values = {
        "issued": formats.number(issued),
        "rows": formats.number(rows),
        "made": formats.number(made),
        "papers": formats.number(whole),
    }
    return _("%(issued)s of %(rows)s invoices are issued, %(made)s of %(papers)s PDFs are made.") % values
