"""The sweepers: late documents are rendered, files of nobody are deleted."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partenamut.documents import services, tasks
from partenamut.documents.models import Document, Rendered
from tests.documents import files, samples


def ordered(key, at, **context):
    return services.order(
        key=key,
        kind="statement",
        template=samples.STATEMENT,
        context=samples.statement(**context),
        language="fr",
        title="Relevé",
        issued_on=samples.DAY,
        actor=None,
        at=at,
    )


def test_rendering_a_second_time_changes_nothing(at, db):
    document = ordered("a", at)
    tasks.render_document(document.pk)
    first = Rendered.objects.get()
    tasks.render_document(document.pk)
    assert Rendered.objects.get().rendered_at == first.rendered_at


def test_the_sweeper_renders_what_waits_and_leaves_what_is_fresh(db):
    now = timezone.now()
    late = ordered("late", now - timedelta(minutes=5))
    fresh = ordered("fresh", now)
    tasks.render_open_documents()
    assert list(Document.objects.to_render()) == [fresh]
    assert Rendered.objects.get().document == late


def test_one_document_that_fails_does_not_hold_the_others(db, settings):
    from partenamut.celery import app

    before = timezone.now() - timedelta(minutes=5)
    broken = ordered("broken", before, columns=[])
    whole = ordered("whole", before)
    propagated = app.conf.task_eager_propagates
    app.conf.task_eager_propagates = False
    try:
        tasks.render_open_documents()
    finally:
        app.conf.task_eager_propagates = propagated
    assert Rendered.objects.get().document == whole
    assert list(Document.objects.to_render()) == [broken]


@pytest.mark.parametrize(("age", "left"), [(timedelta(hours=2), 2), (timedelta(days=2), 1)])
def test_only_old_files_without_a_row_are_deleted(age, left, person, at, shelf, monkeypatch):
    upload = services.receive(file=SimpleUploadedFile("a.pdf", files.PDF), kind="x", actor=person, at=at)
    default_storage.save("uploads/ab/orphan", ContentFile(b"x"))
    monkeypatch.setattr(default_storage, "get_modified_time", lambda _place: timezone.now() - age)
    tasks.drop_orphan_files()
    assert len(shelf()) == left
    assert upload.file.name in shelf()


def test_without_any_file_there_is_nothing_to_delete(db, shelf):
    tasks.drop_orphan_files()
    assert shelf() == []
