"""Amounts in euros as Decimal, rounded once to the cent, half up. Pure."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class NotAnAmount(ValueError):
    """Raised for a float, a text that is no amount, or more than two decimals where cents are asked."""


def to_cents(amount: Decimal | int) -> Decimal:
    """The amount in euros rounded half up to the cent; NotAnAmount for a float."""
    if isinstance(amount, float):
        raise NotAnAmount("an amount is never a float")
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def parse_euros(text: str) -> Decimal:
    """The euros written in a text with a point or a comma; NotAnAmount if it is none or has parts of a cent."""
    plain = "".join(text.replace("€", "").split()).replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise NotAnAmount(text) from error
    if not amount.is_finite() or amount != amount.quantize(CENT):
        raise NotAnAmount(text)
    return amount.quantize(CENT)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum in euros; 0.00 for nothing."""
    return sum(amounts, ZERO)


def split(amount: Decimal, weights: Sequence[int | Decimal]) -> list[Decimal]:
    """Shares of an amount by weight that add up to the cent (largest remainder; the first wins a tie)."""
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("shares need a positive weight")
    cents = int(amount.quantize(CENT) * 100)
    exact = [Decimal(cents) * Decimal(weight) / Decimal(whole) for weight in weights]
    shares = [int(share // 1) for share in exact]
    order = sorted(range(len(exact)), key=lambda index: (shares[index] - exact[index], index))
    for index in order[: cents - sum(shares)]:
        shares[index] += 1
    return [Decimal(share).scaleb(-2) for share in shares]
