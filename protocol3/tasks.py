"""Work behind the pages of the care projects: issue closings, ring again for those cut short, prepare months."""

from celery import shared_task
from django.utils import timezone

from protocol3.models import Closing
from protocol3.services import closing as closings
from protocol3.workflow import ClosingStatus


@shared_task(time_limit=1_800, soft_time_limit=1_700)
def issue_closing(closing_id: int) -> None:
    """Issues the open insurers of a closing; a second call, or one at the same time, changes nothing."""
    closings.run(closing_id, at=timezone.now())


@shared_task(ignore_result=True)
def continue_closings() -> None:
    """Rings for every closing that is being issued: one in hand is left alone, one cut short goes on; for beat."""
    for closing_id in Closing.objects.filter(status=ClosingStatus.ISSUING).values_list("pk", flat=True):
        issue_closing.delay(closing_id)
