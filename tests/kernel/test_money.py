"""Euros: exact, rounded once, shared to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partenamut.money import NotAnAmount, parse_euros, split, to_cents, total


@pytest.mark.parametrize(
    ("amount", "cents"), [("0.125", "0.13"), ("0.005", "0.01"), ("-0.005", "-0.01"), ("2.344", "2.34")]
)
def test_half_a_cent_goes_up(amount: str, cents: str) -> None:
    assert to_cents(Decimal(amount)) == Decimal(cents)


def test_a_float_is_no_amount() -> None:
    with pytest.raises(NotAnAmount):
        to_cents(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["12,50", "12.50", " 12,5 €", "1 2,50"])
def test_people_write_a_comma_or_a_point(text: str) -> None:
    assert parse_euros(text) == Decimal("12.50")


@pytest.mark.parametrize("text", ["", "abc", "12,505", "1,2,3", "NaN", "Infinity", "1E+40", "1E+400000000"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_euros(text)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_shares_add_up_to_the_cent(cents: int, weights: list[int]) -> None:
    amount = Decimal(cents).scaleb(-2)
    shares = split(amount, weights)
    assert total(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - amount * weight / sum(weights)) < Decimal("0.01")


def test_shares_without_weight_are_refused() -> None:
    with pytest.raises(ValueError, match="weight"):
        split(Decimal("1.00"), [0, 0])
