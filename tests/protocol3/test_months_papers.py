"""The papers of a month: found by their keys, made in chains, the same for ever, in the language of the project."""

import json
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest

from partenamut.documents import making
from partenamut.documents.models import Document, Rendered
from partenamut.registry.models import Insurer
from protocol3 import tasks
from protocol3.models import Note, Recap
from protocol3.services import closing as closings
from protocol3.services import papers
from tests.factories import protocol3 as make
from tests.protocol3 import months_world as world
from tests.protocol3.months_world import AT

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def data_of(rendered):
    """The data that a PDF carries for machines."""
    with pikepdf.open(BytesIO(bytes(rendered.content))) as pdf:
        (name,) = pdf.attachments
        return json.loads(pdf.attachments[name].get_file().read_bytes())


def test_the_paper_of_a_note_says_what_its_rows_say():
    project = world.month(codes=("500",), people=1)
    world.issued(project)
    note = Note.objects.get()
    said = data_of(papers.paper_of(note, at=AT))
    assert said["number"] == note.number
    assert said["registration_number"] == note.registration_number
    assert said["total"] == f"{note.total}"
    lines = list(note.lines.order_by("position"))
    assert [(line["pseudocode"], line["units"], line["amount"]) for line in said["lines"]] == [
        (line.pseudocode, line.units, f"{line.amount}") for line in lines
    ]
    assert said["language"] == "fr"


def test_the_paper_of_a_recap_lists_its_notes_and_certifies():
    project = world.month(codes=("500",), people=3)
    world.issued(project)
    recap = Recap.objects.get()
    said = data_of(papers.paper_of(recap, at=AT))
    assert [line["number"] for line in said["notes"]] == sorted(Note.objects.values_list("number", flat=True))
    assert said["certified_by"] == "Anne Dupont"
    assert said["total"] == f"{recap.total}"
    assert said["due_on"] == "2023-08-15"
    assert (said["first_day"], said["last_day"]) == ("2023-05-01", "2023-05-31")


def test_a_dutch_project_gets_dutch_papers():
    project = world.month(codes=("500",), people=1, language="nl")
    world.issued(project)
    recap = Recap.objects.get()
    said = data_of(papers.paper_of(recap, at=AT))
    assert said["recipient_name"] == "Landsbond 500"
    assert papers.document_of(recap).language == "nl"


def test_a_paper_is_made_once_and_stays_what_it_was():
    project = world.month(codes=("500",), people=1)
    world.issued(project)
    note = Note.objects.get()
    first = papers.paper_of(note, at=AT)
    project.name, project.iban = "Another name", "BE71096123456769"
    project.save()
    Insurer.objects.update(name_fr="Another insurer", address="Elsewhere 1, 1000 Bruxelles")
    assert papers.paper_of(note, at=AT + timedelta(days=400)).pk == first.pk
    assert data_of(papers.paper_of(Recap.objects.get(), at=AT))["recipient_name"] == "Union 500"
    assert Document.objects.filter(key=papers.key_of(note)).count() == 1


def test_a_correction_names_the_note_it_corrects_and_why():
    project = world.month(codes=("500",), people=1)
    world.issued(project)
    world.session(project.enrolments.get(), date(2023, 5, 30))
    world.issued(project, AT + timedelta(days=2))
    first, second = Note.objects.order_by("pk")
    said = data_of(papers.paper_of(second, at=AT))
    assert said["corrects"] == first.number
    assert said["reason"]


def test_chains_make_every_paper_once(monkeypatch):
    monkeypatch.setattr(papers, "MADE_TOGETHER", 2)
    project = world.month(codes=("100", "500"), people=4)
    closing = world.issued(project)
    tasks.start_papers(closing.pk)
    assert papers.made(closing) == 10
    tasks.start_papers(closing.pk)
    assert Rendered.objects.count() == Document.objects.count() == 10


def test_two_chains_that_order_the_same_notes_do_not_quarrel():
    project = world.month(codes=("500",), people=2)
    closing = world.issued(project)
    orders = [papers.note_paper(note) for note in Note.objects.order_by("pk")]
    one = making.ordered(orders, at=AT)
    again = making.ordered(orders, at=AT)
    assert {row.pk for row in one} == {row.pk for row in again}
    assert papers.made(closing) == 0


def test_chains_leave_an_interrupted_closing_alone():
    project = world.month(codes=("100", "500"), people=1)
    Insurer.objects.filter(code="100").update(address="")
    closing, clerk = world.issued(project), make.worker(project)
    Insurer.objects.filter(code="100").update(address="Rue 1, 1000 Bruxelles")
    closings.resume(closing=closing, actor=clerk, at=AT)
    closings.interrupt(closing=closing, actor=clerk, at=AT)
    assert papers.make_notes(closing.pk, part=0, parts=1, after=0, at=AT) is None
    assert papers.made(closing) == 0
    closings.resume(closing=closing, actor=clerk, at=AT)
    closings.run(closing.pk, at=AT)
    tasks.start_papers(closing.pk)
    assert papers.made(closing) == 4


def test_the_sweeper_rings_for_what_stands_still_and_for_nothing_else():
    project = world.month(codes=("500",), people=2)
    closing = world.issued(project)
    assert papers.standing_still(AT + timedelta(seconds=30)) == []
    assert papers.standing_still(AT + timedelta(minutes=2)) == [closing.pk]
    papers.paper_of(Note.objects.first(), at=AT + timedelta(minutes=2))
    assert papers.standing_still(AT + timedelta(minutes=2, seconds=30)) == []
    assert papers.standing_still(AT + timedelta(minutes=4)) == [closing.pk]
    tasks.continue_papers()
    assert papers.standing_still(AT + timedelta(days=1)) == []


def test_a_note_that_cannot_be_drawn_does_not_hold_the_others(monkeypatch):
    project = world.month(codes=("500",), people=3)
    closing = world.issued(project)
    real = making.bytes_of
    spoilt = papers.key_of(Note.objects.first())

    def failing(document, *, at):
        if document.key == spoilt:
            raise ValueError("a glyph that no font has")
        return real(document, at=at)

    monkeypatch.setattr(making, "bytes_of", failing)
    papers.make_notes(closing.pk, part=0, parts=1, after=0, at=AT)
    assert papers.made(closing) == 2
