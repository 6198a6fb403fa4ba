"""The letters and the statement as they are read: on paper, aloud, and by a validator."""

from datetime import timedelta
from decimal import Decimal

import pytest

from partenamut.documents.services import bytes_of
from partenamut.payments.communications import structured
from residences.models import Convention
from residences.services import reminders
from residences.services.statements import print_statement
from tests.documents.samples import page_complaints, pdfua_complaints, table_complaints, text_of
from tests.factories import residences as make
from tests.residences.money_world import LATER, TODAY, money_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    found = money_world()
    Convention.objects.update(language="en")
    found.share.refresh_from_db()
    return found


def paper_of(document, folder):
    content = bytes(bytes_of(document, at=LATER).content)
    (folder / "paper.pdf").write_bytes(content)
    return content, " ".join(text_of(content, folder).split())


def letter(world, level, folder):
    share = make.models.InvoiceShare.objects.get(pk=world.share.pk)
    made = reminders.remind(share=share, level=level, actor=world.director, at=LATER)
    return paper_of(made.document, folder)


def sound(content, folder, *, tables):
    assert page_complaints(content, "PDF_UA_1", "PDF_A_3A") == []
    assert pdfua_complaints(content, folder) == []
    assert table_complaints(content, tables=tables) == []


def test_a_reminder_asks_and_speaks_of_no_interest(world, tmp_path):
    world.pay("500.00")
    content, text = letter(world, "reminder", tmp_path)
    for words in (
        "Simone Lambert", world.invoice.number, structured(world.share.communication), "28/03/2026", "05/04/2026",
        "1,000.00", "500.00", "Odile Fictive", "art. 6",
    ):  # fmt: skip
        assert words in text, words
    assert "nterest" not in text
    sound(content, tmp_path, tables=1)


def test_a_formal_notice_says_that_interest_runs_and_at_which_rate(world, tmp_path):
    content, text = letter(world, "formal_notice", tmp_path)
    for words in (
        "formal notice", "article 1153", "legal rate", "In 2026 that rate is 4 %", "06/04/2026 to 04/05/2026",
        "29", "4.77", "Justice de paix de Namur",
    ):  # fmt: skip
        assert words in text.replace("\xa0", " "), words
    sound(content, tmp_path, tables=2)


def test_a_statement_shows_every_line_with_what_is_open(world, tmp_path):
    world.pay("1000.00", reference="B77")
    paper = print_statement(
        convention=Convention.objects.get(pk=world.simone.pk), contact_id=None, first=TODAY - timedelta(days=60),
        last=TODAY, actor=world.director, at=LATER,
    )  # fmt: skip
    content, text = paper_of(paper, tmp_path)
    for words in (world.invoice.number, "(B77)", "1,500.00", "1,000.00", "Of which overdue", "500.00"):
        assert words in text, words
    assert world.now().balance == Decimal("500.00")
    sound(content, tmp_path, tables=1)
