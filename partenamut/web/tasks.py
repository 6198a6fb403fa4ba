"""Work behind the pages that belongs to no application."""

from celery import shared_task
from django.utils import timezone

from partenamut.web.health import record_heartbeat


@shared_task
def heartbeat() -> None:
    """Shows the full health check that schedule, broker and worker are all alive."""
    record_heartbeat(timezone.now())
