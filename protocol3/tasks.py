"""Work behind the pages of the care projects: prepare months, issue closings, make papers, ring for what was cut short."""

from celery import shared_task
from django.utils import timezone

from partenamut.periods import add_months
from protocol3.models import Closing, Recap, ServiceImport
from protocol3.services import closing as closings
from protocol3.services import imports, papers
from protocol3.workflow import ClosingStatus


@shared_task(ignore_result=True)
def prepare_closings() -> None:
    """Prepares and checks last month's closing of every project with services; for beat, on the 1st.

    House rule: it issues nothing. A person certifies that the costs are exact (art. 24), so issuing is theirs.
    """
    now = timezone.now()
    closings.prepare_month(add_months(timezone.localdate(now).replace(day=1), -1), at=now)


@shared_task(time_limit=1_800, soft_time_limit=1_700, ignore_result=True)
def issue_closing(closing_id: int) -> None:
    """Issues the open insurers of a closing; a second call, or one at the same time, changes nothing."""
    closings.run(closing_id, at=timezone.now())


@shared_task(ignore_result=True)
def continue_closings() -> None:
    """Rings for every closing that is being issued: one in hand is left alone, one cut short goes on; for beat."""
    issuing = Closing.objects.filter(status=ClosingStatus.ISSUING).order_by("started_at")
    for closing_id in issuing.values_list("pk", flat=True):
        issue_closing.delay(closing_id)


@shared_task(acks_late=True, ignore_result=True)
def render_notes(closing_id: int, part: int, parts: int, after: int = 0) -> None:
    """Makes the next papers of a part of a closing's notes, then rings for those behind them."""
    last = papers.make_notes(closing_id, part=part, parts=parts, after=after, at=timezone.now())
    if last is not None:
        render_notes.apply_async((closing_id, part, parts, last), retry=False)


@shared_task(acks_late=True, ignore_result=True)
def render_recap(recap_id: int) -> None:
    """Makes the paper of one recapitulative note; a second call finds it made."""
    papers.make_recap(Recap.objects.select_related("corrects", "project").get(pk=recap_id), at=timezone.now())


@shared_task(ignore_result=True)
def continue_papers() -> None:
    """Rings for the papers of closings that stand still; for beat."""
    for closing_id in papers.standing_still(timezone.now()):
        start_papers(closing_id)


def start_papers(closing_id: int) -> None:
    """Rings for the papers of a closing: several chains for its notes, one task for each recapitulative note."""
    for recap_id in papers.unmade_recaps(closing_id):
        render_recap.apply_async((recap_id,), retry=False)
    for part in range(papers.PARTS):
        render_notes.apply_async((closing_id, part, papers.PARTS), retry=False)


@shared_task(ignore_result=True)
def enter_lines(import_id: int) -> None:
    """Enters the next lines of a file of services, then rings for the ones behind them."""
    if imports.take_over(import_id=import_id, at=timezone.now()):
        enter_lines.apply_async((import_id,), retry=False)


def start_lines(import_id: int) -> None:
    """Rings for the lines of a file of services; without a broker the schedule rings again."""
    enter_lines.apply_async((import_id,), retry=False)


@shared_task(ignore_result=True)
def continue_service_imports() -> None:
    """Rings for every import of services that was cut short; one in hand is left alone; for beat."""
    running = ServiceImport.objects.filter(status=ServiceImport.Status.RUNNING)
    for import_id in running.values_list("pk", flat=True):
        enter_lines.delay(import_id)
