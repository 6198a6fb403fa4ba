"""The numbers of the field, with their check digits."""

import pytest

from partenamut.identifiers import (
    WrongNumber,
    inami_number_fits,
    niss_birth_date,
    parse_communication,
    parse_enterprise,
    parse_iban,
    parse_niss,
    pseudocode_fits,
    structured_communication,
)


@pytest.mark.parametrize("text", ["85073003328", "85.07.30-033.28", " 85 07 30 033 28 "])
def test_a_niss_is_read_as_it_is_printed(text: str) -> None:
    assert parse_niss(text) == "85073003328"


@pytest.mark.parametrize(
    ("text", "code"),
    [("85073003327", "check"), ("8507300332", "length"), ("85O73003328", "characters"), ("", "length")],
)
def test_a_wrong_niss_says_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(WrongNumber) as refused:
        parse_niss(text)
    assert refused.value.code in (code, "characters")


def test_a_niss_tells_the_birth_date() -> None:
    born = niss_birth_date("85073003328")
    assert born is not None
    assert born.isoformat() == "1985-07-30"


@pytest.mark.parametrize(
    "text", ["BE68 5390 0754 7034", "be68539007547034", "FR14 2004 1010 0505 0001 3M02 606"]
)
def test_an_iban_of_any_country_is_read(text: str) -> None:
    assert parse_iban(text) == "".join(text.split()).upper()


@pytest.mark.parametrize("text", ["BE68 5390 0754 7035", "BE685390075470", "XX00", "", "BE68 5390 0754 7O34"])
def test_a_wrong_iban_is_refused(text: str) -> None:
    with pytest.raises(WrongNumber):
        parse_iban(text)


def test_a_structured_communication_round_trips() -> None:
    for number in (0, 1, 97, 1234567890, 9999999999):
        written = structured_communication(number)
        assert written.startswith("+++")
        assert parse_communication(written)[:10] == f"{number:010d}"
    with pytest.raises(WrongNumber):
        parse_communication("+++123/4567/89012+++")


def test_other_numbers() -> None:
    assert parse_enterprise("BE 0203.201.340") == "0203201340"
    assert pseudocode_fits("794474")
    assert not pseudocode_fits("794475")
    assert not inami_number_fits("12345678")
