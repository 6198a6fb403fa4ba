"""The letters about the end of a stay and the statement of the final account, read back from their PDFs."""

import io
import re
import subprocess
from datetime import date

import pikepdf
import pytest

from partenamut.documents.models import Document
from partenamut.documents.services import bytes_of
from residences.services import endings
from tests.factories import residences as make
from tests.factories.residences import at

pytestmark = pytest.mark.django_db

MAY_4 = date(2026, 5, 4)
REASONS = {"given_by": "manager", "reasons": "Dettes répétées depuis janvier.\nAucune réponse à nos lettres."}


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    return make.signed(home, actor=director, language="en")


def read(document, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(bytes(bytes_of(document, at=at(MAY_4)).content))
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    return re.sub(r"\s+", " ", text)


def test_a_manager_s_notice_bears_reasons_dates_articles_and_how_it_is_sent(convention, director, tmp_path):
    row = make.notice_given(convention, actor=director, **REASONS)
    text = read(row.letter, tmp_path)
    for part in (
        f"Notice that ends the convention of {convention.resident.full_name}",
        "Dettes répétées depuis janvier.",
        "Aucune réponse à nos lettres.",
        "by registered letter",
        "from 07/05/2026 to 06/08/2026: 92 days",
        "After the trial the manager's notice is of 3 months.",
        "art. 10",
        convention.number,
        "Justice de paix de Namur",
        "Odile Fictive",
        "6 August 2026",
    ):
        assert part in text
    assert "Acknowledgement of receipt" not in text


def test_a_notice_that_is_handed_over_bears_its_receipt(convention, director, tmp_path):
    row = make.notice_given(convention, actor=director, channel="acknowledged", **REASONS)
    text = read(row.letter, tmp_path)
    assert "Acknowledgement of receipt" in text
    assert "with an acknowledgement of receipt" in text


def test_the_receipt_of_a_resident_s_notice_tells_its_dates_and_what_is_due(convention, director, tmp_path):
    row = make.notice_given(convention, actor=director)
    first = row.letter
    text = read(first, tmp_path)
    assert "from 07/05/2026 to 21/05/2026: 15 days" in text
    assert "due until 21/05/2026, absences included (art. 5 and 10)" in text
    endings.record_departure(
        convention=convention, left_on=date(2026, 5, 15), actor=director, at=at(date(2026, 5, 16))
    )
    row.refresh_from_db()
    assert row.letter != first
    text = read(row.letter, tmp_path)
    assert "6 days at 48.92 € are owed" in text
    assert "293.52" in text
    assert "due until 15/05/2026" in text


def test_a_notice_by_word_of_mouth_is_answered_with_what_is_missing(convention, director, tmp_path):
    row = make.notice_given(convention, actor=director, channel="oral")
    text = read(row.letter, tmp_path)
    assert "does not count" in text
    assert "the convention goes on, and the price stays due (art. 10)" in text
    assert "Send the notice by registered letter." in text


def test_after_a_death_the_nearest_is_written_to_and_then_told_until_when(home, director, tmp_path):
    resident = make.ResidentFactory()
    make.contact(resident, role="welfare_centre", name="CPAS de Namur")
    make.contact(resident, role="family", name="Paul Lambert")
    convention = make.signed(home, actor=director, resident=resident, language="en")
    row = make.notice_given(convention, actor=director, cause="death")
    text = read(row.letter, tmp_path)
    assert "Paul Lambert" in text
    assert "CPAS" not in text
    assert f"condolences on the death of {resident.full_name} on 04/05/2026" in text
    assert "Please tell us on which day room" in text
    assert "48.92" in text
    endings.record_departure(
        convention=convention, room_cleared_on=date(2026, 5, 9), actor=director, at=at(date(2026, 5, 11))
    )
    row.refresh_from_db()
    text = read(row.letter, tmp_path)
    assert "until the room is cleared, on 09/05/2026 (art. 10)" in text
    assert "Once the room is cleared we look at it together" in text
    assert "The final account follows" in text


def test_without_a_contact_the_heirs_are_written_to_in_the_home(convention, director, tmp_path):
    row = make.notice_given(convention, actor=director, cause="death")
    assert f"To the heirs of {convention.resident.full_name}" in read(row.letter, tmp_path)


def test_a_medical_departure_has_its_letter(convention, director, tmp_path):
    row = make.notice_given(convention, actor=director, cause="medical")
    text = read(row.letter, tmp_path)
    assert "left our home for medical reasons" in text
    assert "due until the room is cleared" in text


def test_a_representative_is_written_to(home, director, tmp_path):
    resident = make.ResidentFactory()
    person = make.contact(resident)
    convention = make.signed(home, actor=director, resident=resident, representative=person, language="en")
    text = read(make.notice_given(convention, actor=director, **REASONS).letter, tmp_path)
    assert "Paul Lambert Rue d'Ailleurs 8 5100 Jambes" in text


def test_leaving_during_the_manager_s_notice_has_a_letter_of_its_own(convention, director, tmp_path):
    notice = make.notice_given(convention, actor=director, **REASONS)
    endings.record_departure(
        convention=convention, left_on=date(2026, 5, 30), actor=director, at=at(date(2026, 6, 1))
    )
    departure = convention.terminations.get(given_by="resident")
    text = read(departure.letter, tmp_path)
    assert "during the manager's notice: no notice is owed" in text
    assert "due until 30/05/2026, and no indemnity is asked" in text
    # The notice was written once: nothing of it is sent again.
    assert Document.objects.filter(key__startswith=f"residences/ending/{notice.public_id}/").count() == 1


def test_reasons_of_the_manager_are_text_and_nothing_else(convention, director, tmp_path):
    reasons = '<b>Dettes</b> & <img src="file:///etc/passwd"> {{ 7 }}'
    row = make.notice_given(convention, actor=director, given_by="manager", reasons=reasons)
    assert '<b>Dettes</b> & <img src="file:///etc/passwd"> {{ 7 }}' in read(row.letter, tmp_path)


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_every_letter_is_made_in_the_language_of_the_convention_and_tagged(home, director, language):
    events = [
        {"given_by": "manager", "reasons": "Dettes.", "channel": "acknowledged"},
        {"left_on": date(2026, 5, 3), "sent_on": date(2026, 5, 2)},
        {"channel": "oral", "left_on": date(2026, 5, 3)},
        {"cause": "death"},
        {"cause": "medical", "room_cleared_on": MAY_4},
    ]
    for event in events:
        convention = make.signed(home, actor=director, language=language)
        row = make.notice_given(convention, actor=director, moment=at(MAY_4), **event)
        made = bytes_of(row.letter, at=at(MAY_4))
        assert row.letter.language == language
        with pikepdf.open(io.BytesIO(bytes(made.content))) as pdf:
            assert str(pdf.Root.Lang) == language
            assert pdf.Root.MarkInfo.Marked
