"""Lists of the bank: amounts and days as they are written there, and CODA with what a real bank puts into it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import coda as library
import pytest
from django.core.exceptions import ValidationError

from partenamut.casework.rows import FileRefused
from partenamut.payments.bank_lines import amount_of, day_of
from partenamut.payments.coda_files import is_coda, read_coda
from partenamut.payments.communications import communication_in
from tests.payments.coda_samples import Move, coda

#: The sample that the library brings along: a statement of a real bank, made anonymous.
REAL = Path(library.__file__).with_name("CODA.txt").read_bytes()


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,50", "1234.50"), ("1,234.50 EUR", "1234.50"), ("+12,5 €", "12.50"), ("-3,00", "-3.00")],
)
def test_amounts_of_banks_are_read_with_their_sign(text, amount):
    assert amount_of(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1,2,3,4567", "1e9999", "nan"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValidationError, match="not an amount"):
        amount_of(text)


def test_days_are_read_in_the_ways_of_banks():
    for text in ("2026-04-20", "20/04/2026", "20-04-2026", "20.04.2026"):
        assert day_of(text) == date(2026, 4, 20)
    with pytest.raises(ValidationError, match="not a day"):
        day_of("31/02/2026")


def test_a_communication_is_found_within_a_text():
    assert communication_in("Facture +++090/9337/55493+++ merci") == "+++090/9337/55493+++"
    assert communication_in("Facture mars") == "Facture mars"


# --- CODA


def test_a_movement_is_read_with_its_communication_and_who_paid():
    found = read_coda(coda(Move("1500.00", structured="090933755493")))
    (line,) = found.lines
    assert found.accounts == ("BE71096123456769",)
    assert line.values == {
        "date": "2026-04-20",
        "amount": "1500.00",
        "communication": "+++090/9337/55493+++",
        "reference": "OL9456574JBBNEUBCRCL1 2026-001-00010000",
        "name": "MOREAU MARC",
        "account": "BE71096123456769",
    }


def test_a_long_free_text_is_put_together_again():
    text = "FACTURE DU MOIS DE MARS POUR MADAME JEANNE MOREAU QUI HABITE LA CHAMBRE NUMERO CENT DEUX"
    (line,) = read_coda(coda(Move("-20.00", text=text))).lines
    assert "".join(line.values["communication"].split()) == "".join(text.split())
    assert line.values["amount"] == "-20.00"


def test_the_transfers_of_a_sum_stand_in_for_it():
    parts = (Move("10.00", structured="090933755493", code="5"), Move("20.00", text="LOYER", code="5"))
    lines = read_coda(coda(Move("30.00", code="1", details=parts))).lines
    assert [line.values["amount"] for line in lines] == ["10.00", "20.00"]
    assert len({line.values["reference"] for line in lines}) == 2


def test_the_statement_of_a_real_bank_is_read():
    assert is_coda(REAL)
    found = read_coda(REAL)
    assert found.accounts == ("435000000080",)
    assert sum(Decimal(line.values["amount"]) for line in found.lines) == Decimal("9405296.99")
    assert "+++702/6005/21948+++" in {line.values["communication"] for line in found.lines}
    references = [line.values["reference"] for line in found.lines]
    assert len(set(references)) == len(references)


@pytest.mark.parametrize(
    "damaged",
    [
        lambda whole: whole[: len(whole) - 300],
        lambda whole: whole.replace(b"000000001500000", b"000000001600000", 1),
        lambda whole: whole.replace(b"200426", b"209926"),
        lambda whole: b"\r\n".join(whole.split(b"\r\n")[:1] + whole.split(b"\r\n")[2:]),
    ],
)
def test_a_file_that_was_cut_or_changed_is_refused(damaged):
    with pytest.raises(FileRefused, match="do not add up"):
        read_coda(damaged(coda(Move("1500.00", structured="090933755493"))))


def test_an_account_in_another_currency_is_refused():
    with pytest.raises(FileRefused, match="not in euros"):
        read_coda(coda(Move("1.00"), currency="USD"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"date;amount;communication;reference\r\n",
        b"0" * 128,
        REAL[:127],
        b"%PDF",
    ],
)
def test_what_is_no_coda_is_told_apart(content):
    assert not is_coda(content)
