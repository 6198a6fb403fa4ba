"""Work behind the pages that belongs to no application."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from partenamut.web.health import record_heartbeat


@shared_task
def heartbeat() -> None:
    """Shows the full health check that schedule, broker and worker are all alive."""
    record_heartbeat(timezone.now())


@shared_task
def forget_old_sessions() -> None:
    """Deletes the sessions that have ended."""
    call_command("clearsessions")
