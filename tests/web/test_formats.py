"""How days, amounts and numbers are written, in each language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from partenamut.web import formats

DAY = date(2026, 3, 7)


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_a_day_is_written_the_same_in_every_language(language):
    with translation.override(language):
        assert formats.day(DAY) == "07/03/2026"
        assert formats.day(date(1987, 12, 31)) == "31/12/1987"


def test_a_moment_is_told_in_brussels():
    late = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    assert formats.day(late) == "07/03/2026"
    assert formats.moment(late) == "07/03/2026\u00a000:30"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "1\u202f234\u202f567,50\u00a0€"),
        ("nl", "1.234.567,50\u00a0€"),
        ("de", "1.234.567,50\u00a0€"),
        ("en", "1,234,567.50\u00a0€"),
    ],
)
def test_euros(language, text):
    with translation.override(language):
        assert formats.euros(Decimal("1234567.5")) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0,00\u00a0€"),
        (Decimal("-12.3"), "-12,30\u00a0€"),
        (Decimal("999.99"), "999,99\u00a0€"),
        (1000, "1\u202f000,00\u00a0€"),
    ],
)
def test_small_and_negative_euros(amount, text):
    with translation.override("fr"):
        assert formats.euros(amount) == text


def test_numbers_keep_their_decimals_unless_told():
    with translation.override("fr"):
        assert formats.number(1370308) == "1\u202f370\u202f308"
        assert formats.number(Decimal("0.125")) == "0,125"
        assert formats.number(Decimal("2.5"), 2) == "2,50"
        assert formats.percent(Decimal("12.5")) == "12,5\u00a0%"


@pytest.mark.parametrize("written", ["30", "3E+1", "30.0"])
def test_round_numbers_are_never_written_with_an_exponent(written):
    with translation.override("fr"):
        assert formats.number(Decimal(written).normalize()) == "30"
        assert formats.percent(Decimal(written).normalize()) == "30\N{NO-BREAK SPACE}%"


def test_periods_name_both_days():
    with translation.override("en"):
        assert formats.period(DAY, date(2026, 3, 20)) == "from 07/03/2026 to 20/03/2026"
        assert formats.period(DAY, DAY) == "07/03/2026"
        assert formats.period(DAY, None) == "from 07/03/2026"


def test_niss_as_on_the_card_and_masked():
    assert formats.niss("85073003328") == "85.07.30-033.28"
    assert formats.masked_niss("85073003328") == "85.07.30-***.**"


@pytest.mark.parametrize("odd", ["", "8507300332", "8507300332a", "850730033281"])
def test_what_is_no_niss_is_left_or_hidden(odd):
    assert formats.niss(odd) == odd
    assert formats.masked_niss(odd) == "***"


def test_iban_in_groups_of_four_that_stay_on_one_line():
    assert formats.iban("BE71096123456769") == "BE71\u00a00961\u00a02345\u00a06769"
    assert formats.iban("BE71 0961 2345 6769") == "BE71\u00a00961\u00a02345\u00a06769"
    assert formats.iban("NO9386011117947") == "NO93\u00a08601\u00a01117\u00a0947"


@pytest.mark.parametrize(
    ("digits", "text"),
    [("12345678901", "1-23456-78-901"), ("79600178", "7-96001-78"), ("123", "123"), ("abcdefgh", "abcdefgh")],
)
def test_inami_numbers(digits, text):
    assert formats.inami(digits) == text


@pytest.mark.parametrize(("digits", "text"), [("0123456749", "0123.456.749"), ("12", "12"), ("", "")])
def test_enterprise_numbers(digits, text):
    assert formats.enterprise(digits) == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("021234567", "02 123 45 67"),
        ("+32 2 123 45 67", "02 123 45 67"),
        ("0032470123456", "0470 12 34 56"),
        ("0470/12.34.56", "0470 12 34 56"),
        ("087 12 34 56", "087 12 34 56"),
        ("+33 1 23 45 67 89", "+33 1 23 45 67 89"),
        ("call me", "call me"),
    ],
)
def test_phone_numbers(typed, text):
    assert formats.phone(typed).replace("\u00a0", " ") == text


def test_filters_write_the_same_and_leave_nothing_empty():
    page = Template(
        "{% load formats %}{{ amount|euros }} {{ day|day }} {{ niss|niss }} {{ n|number:1 }} [{{ none|euros }}{{ none|day }}]"
        " {% period day %}"
    )
    with translation.override("nl"):
        values = {"amount": Decimal(5), "day": DAY, "niss": "85073003328", "n": 1234, "none": None}
        assert page.render(Context(values)) == (
            "5,00\u00a0€ 07/03/2026 85.07.30-033.28 1.234,0 [] " + formats.period(DAY, None)
        )
