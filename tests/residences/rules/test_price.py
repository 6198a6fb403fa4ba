"""The rise of a price against the slow second telling, at the cent, and against its own promises."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings

from partenamut.law import AwardWithoutGrounds
from residences.rules import PriceOutcome
from tests.residences.rules import oracle, strategies
from tests.residences.rules.lines import cases, rise, told, weighed
from tests.residences.rules.strategies import Line

OWN = [pytest.param(line, expected, id=why) for why, line, expected in cases("price_increase")]


@pytest.mark.parametrize(("line", "expected"), OWN)
def test_a_worked_case(line: Line, expected: Line) -> None:
    answer = told("price_increase", line)
    assert {name: answer[name] for name in expected} == expected
    assert oracle.price_increase(line) == answer


@settings(max_examples=500, deadline=None)
@given(strategies.price_increases())
def test_the_limit_is_that_of_the_sheet(line: Line) -> None:
    assert told("price_increase", line) == oracle.price_increase(line)


@settings(max_examples=300, deadline=None)
@given(strategies.price_increases())
def test_the_limit_is_cut_and_the_next_cent_is_above_it(line: Line) -> None:
    exact = Fraction(line["price_before_year"]) * (
        Fraction(line["index_now"]) / Fraction(line["index_at_last_increase"]) + Fraction(1, 20)
    )
    maximum = Fraction(weighed(line).maximum)
    assert maximum <= exact < maximum + Fraction(1, 100)


@settings(max_examples=300, deadline=None)
@given(strategies.price_increases())
def test_the_suggested_price_is_allowed_and_the_highest_that_is(line: Line) -> None:
    decision = weighed(line)
    assert [change.field for change in decision.would_change] == (
        [] if decision.outcome is PriceOutcome.ALLOWED else ["new_price"]
    )
    for change in decision.would_change:
        assert isinstance(change.value, Decimal)
        asked = line | {"new_price": str(change.value)}
        a_cent_more = line | {"new_price": str(change.value + Decimal("0.01"))}
        assert weighed(asked).outcome.value == oracle.price_increase(asked)["outcome"] == change.outcome
        assert weighed(a_cent_more).outcome is PriceOutcome.REFUSED


@settings(max_examples=200, deadline=None)
@given(strategies.price_increases())
def test_the_limit_and_the_notification_are_told_in_this_order(line: Line) -> None:
    decision = weighed(line)
    assert [reason.code for reason in decision.reasons] == ["price.yearly_limit", "price.notification"]
    assert [reason.met for reason in decision.reasons] == [decision.outcome is PriceOutcome.ALLOWED, True]


@pytest.mark.parametrize(
    ("then", "now", "percent"),
    [
        ("125.00", "129.00", "3.20"),
        ("120.00", "124.00", "3.33"),
        ("125.00", "120.00", "-4.00"),
        ("125.00", "125", "0.00"),
    ],
)
def test_the_change_of_the_index_is_shown_in_percent(then: str, now: str, percent: str) -> None:
    (limit, _notified) = weighed(rise(index_at_last_increase=then, index_now=now)).reasons
    assert str(dict(limit.figures)["index_rise"]) == percent


def test_the_largest_figures_are_reckoned_to_the_cent() -> None:
    line = rise(
        price_before_year="999999999999.99", index_at_last_increase="0.0001", index_now="999999999.999"
    )
    assert str(weighed(line).maximum) == oracle.price_increase(line)["maximum"]


def test_a_rise_cannot_be_allowed_against_its_reasons() -> None:
    refused = weighed(rise(new_price="52.94"))
    with pytest.raises(AwardWithoutGrounds):
        msgspec.structs.replace(refused, outcome=PriceOutcome.ALLOWED)
