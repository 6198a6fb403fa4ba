"""Work behind the pages: render what was ordered, ring again for what is open, drop files nobody owns."""

import logging
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init
from django.core.files.storage import default_storage
from django.utils import timezone

from partenamut.documents import rendering, services
from partenamut.documents.models import Document, Upload

logger = logging.getLogger(__name__)

SWEPT_AT_ONCE = 500
OPEN_FOR = timedelta(minutes=2)
ORPHAN_FOR = timedelta(days=1)
UPLOADS = "uploads"


@shared_task(acks_late=True, ignore_result=True)
def render_document(document_id: int) -> None:
    """Make the bytes of one document; a second call finds them made."""
    services.bytes_of(Document.objects.get(pk=document_id), at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def render_documents(document_ids: list[int]) -> None:
    """Make the bytes of many documents; one that fails is logged and does not hold the others."""
    for document in Document.objects.filter(pk__in=document_ids, rendered=None).order_by("pk"):
        try:
            services.bytes_of(document, at=timezone.now())
        except Exception:
            logger.exception("a document was not rendered")


@shared_task(ignore_result=True)
def render_open_documents() -> None:
    """Ring for each document that has waited more than two minutes, oldest first; for beat."""
    late = Document.objects.filter(rendered=None, created_at__lt=timezone.now() - OPEN_FOR)
    for document_id in late.order_by("pk").values_list("pk", flat=True)[:SWEPT_AT_ONCE]:
        render_document.delay(document_id)


@shared_task(ignore_result=True)
def drop_orphan_files() -> None:
    """Delete files a day old whose row was rolled back, or whose removal did not reach the disk; for beat."""
    for place in _old_files(timezone.now() - ORPHAN_FOR):
        if not Upload.objects.filter(file=place, removed_at=None).exists():
            default_storage.delete(place)
            logger.info("deleted an orphan file")


def _old_files(before: datetime) -> list[str]:
    if not default_storage.exists(UPLOADS):
        return []
    places = []
    for folder in default_storage.listdir(UPLOADS)[0]:
        for name in default_storage.listdir(f"{UPLOADS}/{folder}")[1]:
            place = f"{UPLOADS}/{folder}/{name}"
            if default_storage.get_modified_time(place) < before:
                places.append(place)
    return places


@worker_process_init.connect
def _warm_up(**_signal: Any) -> None:
    rendering.warm_up()
