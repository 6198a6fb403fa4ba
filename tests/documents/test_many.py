"""Thousands of documents ordered at once, and rendered when they are rung for."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from partenamut.audit.models import Entry
from partenamut.documents import services, tasks
from partenamut.documents.errors import KeyReused
from partenamut.documents.models import Document, Rendered
from partenamut.documents.services import Order
from partenamut.documents.words import NotFrozen
from tests.documents import samples


def wanted(number=0, **changes):
    """An order of a statement."""
    said = {
        "key": f"many/{number}",
        "kind": "statement",
        "template": samples.STATEMENT,
        "context": samples.statement(remarks=[f"Relevé {number}"]),
        "language": "fr",
        "title": f"Relevé {number}",
        "issued_on": samples.DAY,
        "attachments": (samples.DATA,),
    }
    return Order(**said | changes)


def test_many_say_what_one_alone_would_say(person, at):
    (among_many,) = services.order_many([wanted(1)], actor=person, at=at)
    alone = services.place(replace(wanted(1), key="alone"), actor=person, at=at)
    names = [
        "kind",
        "template",
        "words",
        "language",
        "title",
        "issued_on",
        "archived",
        "created_by",
        "created_at",
    ]
    stored = Document.objects.get(pk=among_many.pk)
    assert [getattr(stored, name) for name in names] == [getattr(alone, name) for name in names]
    assert stored.attachments == [samples.DATA]


def test_they_come_in_the_order_given_with_an_entry_each(person, at):
    made = services.order_many([wanted(number) for number in (3, 1, 2)], actor=person, at=at)
    assert [document.key for document in made] == ["many/3", "many/1", "many/2"]
    assert len({document.pk for document in made}) == 3
    entries = Entry.objects.filter(action="document_ordered", actor=person, at=at)
    assert {entry.subject_id for entry in entries} == {document.public_id for document in made}
    assert {(entry.subject_type, entry.note) for entry in entries} == {("documents.document", "statement")}


def test_words_are_not_readable_in_the_database(at, db):
    from django.db import connection

    services.order_many([wanted()], actor=None, at=at)
    with connection.cursor() as cursor:
        cursor.execute("select words from documents_document")
        (words,) = cursor.fetchone()
    assert "Relevé" not in words
    assert words


def test_thousands_take_a_handful_of_queries(at, db, django_assert_max_num_queries):
    orders = [wanted(number) for number in range(2500)]
    with django_assert_max_num_queries(10):
        made = services.order_many(orders, actor=None, at=at)
    assert Document.objects.count() == Entry.objects.count() == len(made) == 2500


def test_none_is_rendered_before_it_is_rung_for(at, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = services.order_many([wanted(number) for number in range(3)], actor=None, at=at)
    assert not Rendered.objects.exists()
    services.ring([document.pk for document in made[:2]])
    assert {rendered.document_id for rendered in Rendered.objects.all()} == {made[0].pk, made[1].pk}


def test_bells_are_rung_for_a_number_of_them_together(monkeypatch):
    rung = []
    monkeypatch.setattr(
        tasks.render_documents, "apply_async", lambda arguments, **_options: rung.append(arguments[0])
    )
    services.ring(range(120))
    assert [len(ids) for ids in rung] == [50, 50, 20]
    assert [number for ids in rung for number in ids] == list(range(120))


def test_a_key_that_has_served_orders_nothing(at, db):
    services.place(wanted(2), actor=None, at=at)
    with pytest.raises(IntegrityError, match="a_document_is_ordered_once"), transaction.atomic():
        services.order_many([wanted(1), wanted(2)], actor=None, at=at)
    assert list(Document.objects.values_list("key", flat=True)) == ["many/2"]
    assert Entry.objects.count() == 1


def test_what_cannot_be_frozen_orders_nothing(at, db):
    with pytest.raises(NotFrozen):
        services.order_many([wanted(1), wanted(2, context={"rate": 0.5})], actor=None, at=at)
    assert Document.objects.count() == 0


def test_an_order_placed_twice_is_one_document(at, db):
    first = services.place(wanted(1), actor=None, at=at)
    assert services.place(wanted(1), actor=None, at=at) == first
    with pytest.raises(KeyReused):
        services.place(wanted(1, title="Autre"), actor=None, at=at)


def test_one_that_fails_does_not_hold_the_others(at, db):
    broken = wanted(1, context=samples.statement(columns=[]))
    made = services.order_many([broken, wanted(2)], actor=None, at=at)
    tasks.render_documents([document.pk for document in made])
    assert [rendered.document for rendered in Rendered.objects.all()] == [made[1]]
    assert list(Document.objects.to_render()) == [made[0]]


def test_a_second_call_finds_them_made(at, db):
    (document,) = services.order_many([wanted(1)], actor=None, at=at)
    tasks.render_documents([document.pk])
    before = Rendered.objects.get()
    tasks.render_documents([document.pk])
    assert Rendered.objects.get() == before
