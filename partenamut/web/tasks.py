"""What beat asks of the frame itself: a sign of life, and old sessions away."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from partenamut.web import health


@shared_task(ignore_result=True, expires=health.HEARTBEAT_EVERY.total_seconds())
def heartbeat() -> None:
    """Note that beat, broker and a worker are at work; for beat."""
    health.record_heartbeat(timezone.now())


@shared_task(ignore_result=True)
def forget_old_sessions() -> None:
    """Delete the sessions that have ended; for beat."""
    call_command("clearsessions")
