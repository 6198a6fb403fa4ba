"""The papers of a convention: both copies with the forms, the page of signatures, the inventories."""

from datetime import date
from io import BytesIO

import pikepdf
import pytest

from partenamut.documents.models import Document
from partenamut.documents.services import bytes_of
from residences.documents.conventions import foot
from residences.services import conventions, inventories, signing
from tests.documents.samples import (
    elements,
    page_complaints,
    pdfua_complaints,
    qpdf_complaints,
    table_complaints,
    text_of,
)
from tests.factories import residences as make

pytestmark = pytest.mark.django_db

HOSTILE = "<b>Le chat</b> {{ x }} & co."


@pytest.fixture
def home():
    return make.RestHomeFactory(house_rules_dated=date(2024, 3, 1))


@pytest.fixture
def director(home):
    return make.director_of(home)


def offered(home, director, **changes):
    resident = changes.pop("resident", None) or make.ResidentFactory(language="en")
    convention = make.draft(home, actor=director, resident=resident, where=make.bed(home, "101"), **changes)
    conventions.set_clauses(convention=convention, texts=[HOSTILE], actor=director, at=make.AT)
    return conventions.prepare(convention=convention, actor=director, at=make.AT)


def made(document, folder):
    content = bytes(bytes_of(document, at=make.AT).content)
    return content, " ".join(text_of(content, folder).split())


def test_both_copies_carry_the_whole_text_and_every_page_its_fingerprint(home, director, tmp_path):
    edition = offered(home, director)
    content, text = made(edition.document, tmp_path)
    for copy in ("Copy for the resident", "Copy for the manager"):
        assert text.count(copy) == 1
    for number in range(1, 14):
        assert text.count(f"Article {number}. ") == 2
    assert text.count("Source: ") == 2 * 13
    assert text.count(HOSTILE) == 2
    assert text.count("48.92") >= 2
    assert text.count(edition.sha256) == 2
    with _opened(content) as pdf:
        pages = len(pdf.pages)
    convention = edition.convention
    convention.refresh_from_db()
    assert text.count(foot(convention.number, edition.sha256)) == pages + 2
    for part in (
        "Inventory of fixtures",
        "Inventory of the resident's furniture",
        "Receipt of the resident's copy",
    ):
        assert text.count(part) == 1
    assert "internal rules of 1 March 2024" in text.replace("\u00a0", " ")


def _opened(content):
    return pikepdf.open(BytesIO(content))


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_it_is_tagged_and_archived_in_every_language(home, director, tmp_path, language):
    resident = make.ResidentFactory(language=language)
    contact = make.contact(resident)
    edition = offered(home, director, resident=resident, representative=contact)
    content, text = made(edition.document, tmp_path)
    assert page_complaints(content, "ua1", "3a") == []
    assert pdfua_complaints(content, tmp_path) == []
    assert qpdf_complaints(content, tmp_path) == []
    # The parties and the prices of both copies, the two inventories and the receipt; no supplement is chosen.
    assert table_complaints(content, tables=2 * 2 + 3) == []
    assert "Paul Lambert" in text
    with _opened(content) as pdf:
        assert str(pdf.Root.Lang).lower().startswith(language)


def test_the_page_of_signatures_names_both_sides_and_the_fingerprint(home, director, tmp_path):
    edition = offered(home, director)
    for side, name in (("resident", "Simone <i>L</i>"), ("manager", "Odile Fictive")):
        signing.sign(
            edition=edition,
            read=edition.sha256,
            side=side,
            name=name,
            quality="resident" if side == "resident" else "Directrice",
            actor=director,
            at=make.AT,
        )
    document = Document.objects.get(key=signing.signatures_key(edition.convention))
    content, text = made(document, tmp_path)
    assert "Simone <i>L</i>" in text
    assert "04/05/2026 at 09:30" in text
    assert "".join(text.split()).count(edition.sha256) == 3
    assert page_complaints(content, "ua1", "3a") == []
    assert pdfua_complaints(content, tmp_path) == []
    assert elements(content, "TH") == [("TH", "Row")] * 12


def test_the_inventories_are_papers_in_the_language_of_the_convention(home, director, tmp_path):
    convention = make.signed(home, actor=director, resident=make.ResidentFactory(language="en"))
    row = inventories.begin_inspection(
        convention=convention,
        kind="entry",
        done_on=date(2026, 1, 10),
        present="Paul",
        actor=director,
        at=make.AT,
    )
    first = inventories.inspection_paper(inspection=row, actor=director, at=make.AT)
    assert inventories.inspection_paper(inspection=row, actor=director, at=make.AT).pk == first.pk
    content, text = bytes(first.content), " ".join(text_of(bytes(first.content), tmp_path).split())
    assert "Inventory of fixtures, at the entry" in text
    assert "Washbasin, toilet and shower" in text
    assert page_complaints(content, "ua1", "3a") == []
    assert table_complaints(content, tables=2) == []
    inventories.change_inspection(
        inspection=row, changes={}, lines=[("Floor", HOSTILE)], actor=director, at=make.AT
    )
    second = inventories.inspection_paper(inspection=row, actor=director, at=make.AT)
    assert second.pk != first.pk
    empty = inventories.furniture_paper(convention=convention, actor=director, at=make.AT)
    assert "Nothing is written in it." in text_of(bytes(empty.content), tmp_path)
    make.furniture(convention, "Armchair of velvet")
    full = inventories.furniture_paper(convention=convention, actor=director, at=make.AT)
    content = bytes(full.content)
    assert "Armchair of velvet" in text_of(content, tmp_path)
    assert page_complaints(content, "ua1", "3a") == []
    assert pdfua_complaints(content, tmp_path) == []
