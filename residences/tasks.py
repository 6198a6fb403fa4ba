"""Work behind the pages of the rest homes: issue the invoices of a month, make papers, ring for what was cut short."""

from celery import shared_task
from django.utils import timezone

from residences.models import InvoiceRun
from residences.services import amendments, ended, papers, signing
from residences.services import runs as runs_of
from residences.workflow import RunStatus

# --- the invoices of a month ------------------------------------------------------------------------------


@shared_task(time_limit=1_800, soft_time_limit=1_700, ignore_result=True)
def issue_run(run_id: int) -> None:
    """Issues the open accounts of a run; a second call, or one at the same time, changes nothing."""
    runs_of.run(run_id, at=timezone.now())


@shared_task(ignore_result=True)
def continue_runs() -> None:
    """Rings for every run that is being issued: one in hand is left alone, one cut short goes on; for beat."""
    issuing = InvoiceRun.objects.filter(status=RunStatus.ISSUING).order_by("started_at")
    for run_id in issuing.values_list("pk", flat=True):
        issue_run.delay(run_id)


@shared_task(acks_late=True, ignore_result=True)
def render_invoices(run_id: int, part: int, parts: int, after: int = 0) -> None:
    """Makes the next papers of a part of a run, then rings for those behind them."""
    last = papers.make_papers(run_id, part=part, parts=parts, after=after, at=timezone.now())
    if last is not None:
        render_invoices.apply_async((run_id, part, parts, last), retry=False)


@shared_task(acks_late=True, ignore_result=True)
def render_invoice(invoice_id: int) -> None:
    """Makes the papers of one invoice; a second call finds them made."""
    papers.make_invoice(invoice_id, at=timezone.now())


@shared_task(ignore_result=True)
def continue_invoice_papers() -> None:
    """Rings for the papers of runs that stand still, and of invoices that nobody rang for; for beat."""
    now = timezone.now()
    for run_id in papers.standing_still(now):
        start_papers(run_id)
    for invoice_id in papers.left_lying(now):
        start_invoice(invoice_id)


def start_papers(run_id: int) -> None:
    """Rings for the papers of a run: several chains beside each other."""
    for part in range(papers.PARTS):
        render_invoices.apply_async((run_id, part, papers.PARTS), retry=False)


def start_invoice(invoice_id: int) -> None:
    """Rings for the papers of one invoice."""
    render_invoice.apply_async((invoice_id,), retry=False)


# --- the first and the last day of a convention -----------------------------------------------------------


@shared_task(ignore_result=True)
def start_conventions() -> None:
    """Begins the signed conventions whose day of entry has come; for beat, each night, and safe to repeat."""
    now = timezone.now()
    signing.start_due(timezone.localdate(now), at=now)


@shared_task(ignore_result=True)
def apply_amendments() -> None:
    """Writes signed amendments into their conventions on their first day; for beat, each night, safe to repeat."""
    now = timezone.now()
    amendments.apply_due(timezone.localdate(now), at=now)


@shared_task(ignore_result=True)
def end_conventions() -> None:
    """Ends short stays after their last day, and notices whose room is free (art. 10); for beat, safe to repeat."""
    now = timezone.now()
    ended.end_due(timezone.localdate(now), at=now)
