"""Dated figures are never guessed; an article says where it stands."""

from datetime import date

import pytest

from partenamut.law import Article, Dated, NotInForce, Reason, Version, unmet

ARTICLE = Article("Convention", "art. 3")
FIGURE = Dated("figure", [Version(date(2024, 1, 1), 20, ARTICLE), Version(date(2026, 1, 1), 30, ARTICLE)])


def test_the_version_of_the_day_is_in_force() -> None:
    assert FIGURE.on(date(2025, 12, 31)).value == 20
    assert FIGURE.on(date(2026, 1, 1)).value == 30


def test_before_the_first_version_nothing_is_guessed() -> None:
    with pytest.raises(NotInForce):
        FIGURE.on(date(2023, 12, 31))


def test_a_period_is_cut_where_the_version_changes() -> None:
    stretches = FIGURE.within(date(2025, 12, 30), date(2026, 1, 2))
    assert [(first, last, version.value) for first, last, version in stretches] == [
        (date(2025, 12, 30), date(2025, 12, 31), 20),
        (date(2026, 1, 1), date(2026, 1, 2), 30),
    ]


def test_two_versions_of_a_day_are_refused() -> None:
    with pytest.raises(ValueError, match="first day of its own"):
        Dated("figure", [Version(date(2026, 1, 1), 1, ARTICLE), Version(date(2026, 1, 1), 2, ARTICLE)])


def test_a_source_names_document_article_and_house_rule() -> None:
    assert ARTICLE.source == "Convention, art. 3"
    assert (
        Article("Convention", "art. 3", "rounded up").source == "Convention, art. 3; house rule: rounded up"
    )
    assert Article("", "", "a day is paid once").source == "house rule: a day is paid once"


def test_what_is_not_met_is_named() -> None:
    assert unmet([Reason("a", True, ARTICLE), Reason("b", False, ARTICLE)]) == {"b"}
