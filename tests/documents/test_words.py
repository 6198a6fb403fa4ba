"""What documents hold and show: plain data, printable text, days and euros in the reader's language."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as some

from partenamut.documents.formats import euro, long_day, page_of
from partenamut.documents.templatetags import documents as tags
from partenamut.documents.words import NotFrozen, freeze, printable, shown, unprintable

PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


def test_days_and_amounts_become_text():
    assert freeze({"day": date(2026, 3, 1), "amount": Decimal("1E+2"), "rows": (Decimal("2.50"),)}) == {
        "day": "2026-03-01",
        "amount": "100",
        "rows": ["2.50"],
    }


def test_a_lazy_sentence_is_spoken_in_the_language_of_the_moment():
    lazy = gettext_lazy("January")
    with translation.override("nl"):
        spoken = freeze(lazy)
    assert spoken == "januari"
    assert type(spoken) is str


def test_nothing_stays_marked_as_safe():
    assert not isinstance(freeze(mark_safe("<b>")), SafeString)
    assert freeze([mark_safe("<b>")]) == ["<b>"]


@pytest.mark.parametrize("value", [1.5, b"x", object(), {1, 2}, {"deep": [{"deeper": 0.1}]}])
def test_what_cannot_be_stored_is_refused(value):
    with pytest.raises(NotFrozen):
        freeze(value)


@given(PLAIN)
def test_freezing_twice_changes_nothing(value):
    assert freeze(freeze(value)) == freeze(value)


@given(PLAIN)
def test_what_is_shown_can_be_printed(value):
    assert shown(shown(freeze(value))) == shown(freeze(value))


@given(some.text())
def test_printable_text_has_nothing_unprintable(text):
    assert unprintable(printable(text)) == ""


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("E\u0301lodie", "Élodie"),
        ("a\x00b\u202ec\ud800d", "abcd"),
        ("tab\tline\n", "tab\tline\n"),
        ("Κώστας Иван Nguyễn Ștefan", "Κώστας Иван Nguyễn Ștefan"),
        ("张", "□"),
        ("1\u202f000\u00a0€ \u2212 5", "1\u202f000\u00a0€ \u2212 5"),
    ],
)
def test_text_is_made_printable(typed, printed):
    assert printable(typed) == printed


def test_a_form_can_name_what_cannot_be_printed():
    assert unprintable("Bonjour 🙂 张 🙂") == "张🙂"


@pytest.mark.parametrize(
    ("amount", "language", "written"),
    [
        ("1234.50", "fr", "1\u202f234,50\u00a0€"),
        ("1234567.00", "nl", "1.234.567,00\u00a0€"),
        (Decimal("0.05"), "de", "0,05\u00a0€"),
        ("1234.5", "en", "1,234.50\u00a0€"),
        ("-12.30", "fr", "\u221212,30\u00a0€"),
        ("0", "fr", "0,00\u00a0€"),
    ],
)
def test_euros_are_written_as_the_reader_writes_them(amount, language, written):
    assert euro(amount, language) == written


def test_parts_of_a_cent_are_refused():
    with pytest.raises(ValueError, match="cent"):
        euro("1.005", "fr")


@pytest.mark.parametrize(
    ("day", "language", "written"),
    [
        ("2026-03-01", "fr", "1er\u00a0mars 2026"),
        (date(2026, 3, 2), "fr", "2\u00a0mars 2026"),
        ("2026-03-01", "nl", "1\u00a0maart 2026"),
        ("2026-03-01", "de", "1.\u00a0März 2026"),
        ("2026-03-01", "en", "1\u00a0March 2026"),
    ],
)
def test_days_are_written_in_words(day, language, written):
    assert long_day(day, language) == written


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_footer_has_both_numbers(language):
    assert "{page}" in page_of(language)
    assert "{pages}" in page_of(language)


def test_the_footer_is_french_for_a_french_reader():
    assert page_of("fr") == "page {page} sur {pages}"


def test_the_filters_follow_the_language_of_the_letter():
    with translation.override("nl"):
        assert tags.euro("1234.50") == "1.234,50\u00a0€"
        assert tags.long_day("2026-03-01") == "1\u00a0maart 2026"
    assert tags.euro("") == ""
    assert tags.long_day(None) == ""


def test_a_row_goes_with_its_columns_or_not_at_all():
    assert tags.beside(["a"], [{"label": "A"}]) == [({"label": "A"}, "a")]
    with pytest.raises(ValueError, match="zip"):
        tags.beside(["a", "b"], [{"label": "A"}])
