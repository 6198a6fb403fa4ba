"""The paper of an amendment: both copies, what changes before and after, and the page that both sides signed."""

import pytest

from partenamut.documents.models import Document
from partenamut.documents.services import bytes_of
from residences.services.amendments import signed_key
from tests.documents.samples import page_complaints, pdfua_complaints, table_complaints, text_of
from tests.factories import residences as make
from tests.residences.amendment_world import JUNE, agreed, offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def convention():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    resident = make.ResidentFactory(language="en")
    return make.signed(home, actor=director, resident=resident, where=make.bed(home, "101"), supplements=[])


def paper_of(document, folder):
    content = bytes(bytes_of(document, at=make.AT).content)
    (folder / "paper.pdf").write_bytes(content)
    return content, " ".join(text_of(content, folder).split())


def test_the_offered_paper_has_two_copies_with_the_change(convention, tmp_path):
    home, director = convention.home, convention.created_by
    double = make.room_type(home, "Double", "41.85", 24)
    edition = offered(
        convention, director, "room", make.bed(home, "205", kind=double), explanation="Plus près de sa sœur."
    )
    content, text = paper_of(edition.document, tmp_path)
    for words in ("Copy for the resident", "Copy for the manager"):
        assert text.count(words) == 1
    assert text.count(edition.sha256) == 2
    assert text.count("Plus près de sa sœur.") == 2
    assert text.count("48.92") == text.count("41.85") == 2
    assert text.count(f"{convention} / 1,") >= 2
    assert "01/06/2026" in text
    assert page_complaints(content, "PDF_UA_1", "PDF_A_3A") == []
    assert pdfua_complaints(content, tmp_path) == []
    assert table_complaints(content, tables=2 * 3) == []


def test_the_signed_paper_says_who_signed(convention, tmp_path):
    amendment = agreed(
        convention, convention.created_by, "clauses", ["Le chat <Minou> est bienvenu."], first=JUNE
    )
    content, text = paper_of(Document.objects.get(key=signed_key(amendment)), tmp_path)
    assert "Le chat <Minou> est bienvenu." in text
    assert text.count("Simone Lambert") >= 2
    assert page_complaints(content, "PDF_UA_1", "PDF_A_3A") == []
    assert table_complaints(content, tables=1 + 1 + 2) == []


def test_a_paper_of_many_clauses_stays_readable(convention, tmp_path):
    clauses = [f"Clause {place}: " + "le résident garde son propre fauteuil. " * 40 for place in range(1, 21)]
    edition = offered(convention, convention.created_by, "clauses", clauses)
    _content, text = paper_of(edition.document, tmp_path)
    assert text.count("Clause 20:") == 2
    assert text.count(edition.sha256) == 2
