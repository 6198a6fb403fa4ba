"""A real worker, another process, does what the pages order: through Redis, or through a folder without it."""

from datetime import UTC, date, datetime

import pytest

from partenamut.celery import app
from partenamut.documents import services
from partenamut.documents.models import Rendered
from partenamut.documents.tasks import render_document
from tests.documents import samples

pytestmark = [pytest.mark.services]

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def order(key):
    return services.order(
        key=key,
        kind="letter",
        template=samples.LETTER,
        context=samples.letter(),
        language="fr",
        title="Lettre",
        issued_on=date(2026, 11, 3),
        actor=None,
        at=AT,
    )


def test_a_worker_renders_what_was_ordered(worker):
    assert not app.conf.task_always_eager
    document = order("worker-1")
    assert not Rendered.objects.filter(document=document).exists()
    worker(lambda: Rendered.objects.filter(document=document).exists())


def test_ringing_twice_renders_once(worker):
    document = order("worker-2")
    for _ in range(3):
        render_document.delay(document.pk)
    last = order("worker-3")
    worker(lambda: Rendered.objects.filter(document=last).exists())
    assert Rendered.objects.filter(document=document).count() == 1


def test_tasks_run_at_once_elsewhere():
    assert app.conf.task_always_eager
