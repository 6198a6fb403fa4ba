"""Amounts in euros as Decimal, rounded once to the cent, half up. Pure."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

#: No amount of the portal comes near it: what is higher is a slip of the keyboard.
MOST_EUROS = Decimal(10) ** 12
_CENTS = -2


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
    if not _within_reach(amount) or amount != amount.quantize(CENT):
        raise NotAnAmount(text)
    return amount.quantize(CENT)


def check_euros(amount: Decimal, name: str, *, negative: bool = False) -> None:
    """NotAnAmount, with the name of the field, for what is no number of euros and cents; from zero unless told."""
    if not _within_reach(amount) or int(amount.as_tuple().exponent) < _CENTS:
        raise NotAnAmount(f"money.not_an_amount {name}")
    if amount < 0 and not negative:
        raise NotAnAmount(f"money.not_an_amount {name}")


def _within_reach(amount: Decimal) -> bool:
    # Compared, not reckoned with: the absolute value of 1E+999999999 does not exist.
    return amount.is_finite() and -MOST_EUROS < amount < MOST_EUROS


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum in euros; 0.00 for nothing."""
    return sum(amounts, ZERO)


def split(amount: Decimal, weights: Sequence[int | Decimal]) -> list[Decimal]:
    """Shares of an amount by weight that add up to the cent (largest remainder; the first wins a tie).

    What is owed the other way is shared the same way.
    """
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("shares need a positive weight")
    if amount < 0:
        return [-share for share in split(-amount, weights)]
    cents = int(amount.quantize(CENT) * 100)
    exact = [Decimal(cents) * Decimal(weight) / Decimal(whole) for weight in weights]
    shares = [int(share // 1) for share in exact]
    order = sorted(range(len(exact)), key=lambda index: (shares[index] - exact[index], index))
    for index in order[: cents - sum(shares)]:
        shares[index] += 1
    return [Decimal(share).scaleb(-2) for share in shares]
