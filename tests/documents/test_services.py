"""Files received and removed; documents ordered, rendered once, and the same ever after."""

import hashlib
import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy

from partenamut.audit.models import Entry
from partenamut.documents import rendering, services
from partenamut.documents.errors import KeyReused, RenderingRefused
from partenamut.documents.models import Document, Rendered, Upload
from partenamut.documents.words import NotFrozen
from tests.documents import files, samples
from tests.factories.accounts import UserFactory


def received(person, at, content=files.PDF, name="certificat.pdf"):
    upload = SimpleUploadedFile(name, content)
    return services.receive(file=upload, kind="certificate", actor=person, at=at)


def asked(at, **changes):
    """What one passes to order a letter."""
    return {
        "key": "convalescence/17/decision/1",
        "kind": "decision",
        "template": samples.LETTER,
        "context": samples.letter(),
        "language": "fr",
        "title": "Votre décision",
        "issued_on": samples.DAY,
        "actor": None,
        "at": at,
    } | changes


@pytest.fixture
def document(person, at):
    return services.order(**asked(at, actor=person))


@pytest.fixture
def rendered(document, at):
    return services.bytes_of(document, at=at)


# --- files ------------------------------------------------------------------------------------------------


def test_a_received_file_says_what_it_is(person, at, shelf):
    upload = received(person, at)
    with upload.file.open("rb") as stored:
        data = stored.read()
    assert upload.sha256 == hashlib.sha256(data).hexdigest()
    assert (upload.size, upload.content_type) == (len(data), "application/pdf")
    assert (upload.original_name, upload.uploaded_by, upload.uploaded_at) == ("certificat.pdf", person, at)
    assert "certificat" not in upload.file.name
    assert Entry.objects.get(subject_id=upload.public_id).action == "file_received"


def test_the_same_file_twice_lies_in_two_places(person, at, shelf):
    assert received(person, at).file.name != received(person, at).file.name
    assert len(shelf()) == 2


def test_a_file_whose_row_is_refused_is_not_kept(person, at, shelf):
    upload = SimpleUploadedFile("a.pdf", files.PDF)
    with pytest.raises(DatabaseError):
        services.receive(file=upload, kind="a\0b", actor=person, at=at)
    assert shelf() == []


def test_a_removed_file_is_gone_and_its_row_stays(person, at, shelf, django_capture_on_commit_callbacks):
    upload = received(person, at)
    later = at + timedelta(hours=1)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(upload=upload, actor=person, at=later)
        services.remove(upload=upload, actor=person, at=later + timedelta(hours=1))
    assert Upload.objects.get().removed_at == later
    assert list(Upload.objects.kept()) == []
    assert shelf() == []
    assert [entry.action for entry in Entry.objects.order_by("pk")] == ["file_received", "file_removed"]


def test_a_removal_that_is_rolled_back_keeps_the_file(person, at, shelf, django_capture_on_commit_callbacks):
    upload = received(person, at)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        services.remove(upload=upload, actor=person, at=at)
        transaction.set_rollback(True)
    assert len(shelf()) == 1


# --- documents --------------------------------------------------------------------------------------------


def test_an_order_freezes_its_words(document):
    stored = Document.objects.get(pk=document.pk)
    assert stored.context["tables"][0]["total"] == ["Total", "1234.50"]
    assert stored.context["subject"] == "Votre demande d’intervention"
    assert Entry.objects.get(subject_id=document.public_id).action == "document_ordered"


def test_words_are_not_readable_in_the_database(document):
    with connection.cursor() as cursor:
        cursor.execute("select words from documents_document")
        (words,) = cursor.fetchone()
    assert "Élodie" not in words
    assert "decision" not in words


def test_lazy_sentences_are_spoken_in_the_language_of_the_reader(at, db):
    context = samples.letter(subject=gettext_lazy("January"))
    assert services.order(**asked(at, context=context, language="nl")).context["subject"] == "januari"


def test_the_same_key_gives_the_same_document(document, person, at):
    again = services.order(**asked(at + timedelta(days=1), actor=UserFactory()))
    assert again == document
    assert again.created_by == person
    assert Entry.objects.filter(action="document_ordered").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Autre"},
        {"language": "nl"},
        {"issued_on": date(2026, 11, 4)},
        {"archived": False},
        {"kind": "other"},
        {"context": samples.letter(subject="Autre")},
        {"attachments": [samples.DATA]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_key_does_not_serve_for_other_words(document, at, change):
    with pytest.raises(KeyReused):
        services.order(**asked(at, **change))


def test_what_cannot_be_frozen_orders_nothing(at, db):
    with pytest.raises(NotFrozen):
        services.order(**asked(at, context={"rate": 0.5}))
    assert Document.objects.count() == 0


def test_the_bytes_are_those_of_the_words(rendered, document):
    made = samples.made(samples.LETTER, samples.letter(), title="Votre décision", attachments=[])
    assert bytes(rendered.content) == made
    assert rendered.sha256 == hashlib.sha256(made).hexdigest()
    assert rendered.engine.startswith("weasyprint ")


def test_the_bytes_are_made_once(rendered, document, at, monkeypatch):
    monkeypatch.setattr(rendering, "render", lambda *_args, **_options: pytest.fail("rendered twice"))
    assert services.bytes_of(document, at=at) == rendered
    assert Rendered.objects.count() == 1


def test_a_statement_with_its_data_is_issued_at_once(person, at):
    rendered = services.issue(
        **asked(
            at,
            actor=person,
            template=samples.STATEMENT,
            context=samples.statement(),
            attachments=[samples.DATA],
        )
    )
    assert samples.page_complaints(bytes(rendered.content), "ua1", "3a") == []
    assert rendered.engine.startswith("typst ")
    assert rendered.document.attachments == [samples.DATA]


def test_a_template_that_fails_leaves_the_order_open(at, db):
    document = services.order(**asked(at, context=samples.letter(tables=[{"columns": [], "rows": [["x"]]}])))
    with pytest.raises(ValueError, match="zip"):
        services.bytes_of(document, at=at)
    assert list(Document.objects.to_render()) == [document]


def test_nothing_is_issued_where_rendering_fails(at, db):
    with pytest.raises(RenderingRefused):
        services.issue(**asked(at, template="documents/none.typ"))
    assert Document.objects.count() == 0


def test_ordering_rings_after_the_commit(at, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        document = services.order(**asked(at))
        assert not Rendered.objects.exists()
    assert len(callbacks) == 1
    assert Rendered.objects.get().document == document


def test_a_missing_broker_does_not_disturb_the_order(
    at, db, django_capture_on_commit_callbacks, monkeypatch, caplog
):
    def down(*_args, **_options):
        raise ConnectionError("no broker")

    monkeypatch.setattr("partenamut.documents.tasks.render_document.apply_async", down)
    with django_capture_on_commit_callbacks() as callbacks:
        document = services.order(**asked(at))
    assert list(_robust(callbacks)) == [True]
    assert services.bytes_of(document, at=at)


def _robust(callbacks):
    """Whether Django would log the failure of each callback and go on."""
    for callback in callbacks:
        with pytest.raises(ConnectionError):
            callback()
        yield True


# --- written once -----------------------------------------------------------------------------------------

INSERT = "insert into documents_rendered (document_id, content, sha256, engine, rendered_at)"
TAMPERING = [
    "update documents_rendered set content = 'x'",
    "update documents_rendered set sha256 = repeat('0', 64)",
    "update documents_rendered set content = 'x', sha256 = encode(sha256('x'), 'hex')",
    "update documents_rendered set rendered_at = now()",
    "update documents_rendered set document_id = document_id",
    "delete from documents_rendered",
    "truncate documents_rendered",
    "truncate documents_rendered cascade",
    "update documents_document set words = 'x'",
    "update documents_document set title = 'x'",
    "update documents_document set key = key",
    "delete from documents_document",
    "truncate documents_document cascade",
    INSERT + " select document_id, 'x', encode(sha256('x'), 'hex'), 'none', now() from documents_rendered",
    INSERT + " select max(id) + 0, 'x', repeat('0', 64), 'none', now() from documents_document",
    "update documents_upload set sha256 = 'x'",
    "update documents_upload set file = 'elsewhere'",
    "update documents_upload set uploaded_by_id = uploaded_by_id + 1",
    "update documents_upload set size = 0",
    "update documents_upload set removed_at = '1999-01-01'",
    "delete from documents_upload",
    "truncate documents_upload cascade",
]


@pytest.mark.parametrize("statement", TAMPERING, ids=range(len(TAMPERING)))
def test_the_database_refuses_tampering(statement, rendered, person, at, shelf):
    received(person, at)
    refused = pytest.raises(DatabaseError, match=r"Cannot (update|delete|truncate)|violates")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # or pending checks would refuse a truncate first
        cursor.execute(statement)


def test_bytes_that_are_not_those_of_the_fingerprint_are_refused(document, at):
    with pytest.raises(IntegrityError, match="the_fingerprint_is_that_of_the_content"), transaction.atomic():
        Rendered.objects.create(
            document=document, content=b"x", sha256="0" * 64, engine="none", rendered_at=at
        )


def test_rows_refuse_as_well(rendered, document):
    rendered.engine = "other"
    for change in (rendered.save, rendered.delete, document.delete):
        with pytest.raises(Exception, match=r"Cannot|protected"), transaction.atomic():
            change()


# --- at the same time -------------------------------------------------------------------------------------


def at_once(count, work):
    """The results and errors of a piece of work done by so many threads, each with its own connection."""
    results, start = [], threading.Barrier(count)

    def run():
        start.wait()
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.services
def test_downloads_at_the_same_time_make_the_bytes_once(transactional_db, at, monkeypatch):
    document = Document.objects.create(
        **{name: value for name, value in asked(at).items() if name not in ("context", "actor", "at")},
        words='{"attachments": [], "context": {}}',
        created_at=at,
    )
    made = []

    def slowly(*_args, **_options):
        made.append(1)
        threading.Event().wait(0.1)
        return b"%%PDF %d" % len(made)

    monkeypatch.setattr(rendering, "render", slowly)
    results = at_once(6, lambda: services.bytes_of(document, at=at).pk)
    assert len(set(results)) == 1
    assert made == [1]


@pytest.mark.services
def test_orders_at_the_same_time_give_one_document(transactional_db, at):
    results = at_once(6, lambda: services.order(**asked(at)).pk)
    assert len(set(results)) == 1
    assert Document.objects.count() == Rendered.objects.count() == 1


def test_amounts_never_pass_through_floats(at, db):
    context = samples.letter(subject=Decimal("0.10"))
    assert services.order(**asked(at, context=context)).context["subject"] == "0.10"


def test_the_storage_is_not_served():
    from django.conf import settings

    assert not settings.MEDIA_URL.startswith("http")
    assert not settings.MEDIA_ROOT.is_relative_to(settings.STATIC_ROOT)
    assert default_storage.__class__.__name__ == "InMemoryStorage"
