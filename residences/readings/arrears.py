"""What a home has still to receive after its due day, by age."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.money import ZERO, total
from residences.models import RestHome
from residences.services.payments import shares_of, with_balance

#: Days after the due day: from, to (nothing: and more).
AGES = ((1, 30), (31, 60), (61, 90), (91, None))


class Age(Struct, frozen=True):
    """The arrears of an age: how many shares, how many euros, and the part of them that is disputed."""

    first: int
    last: int | None
    count: int
    amount: Decimal
    disputed: Decimal

    @property
    def label(self) -> str:
        """The age in words."""
        if self.last is None:
            return _("Over %(days)d days") % {"days": self.first - 1}
        return _("%(first)d to %(last)d days") % {"first": 0 if self.first == 1 else self.first, "last": self.last}  # fmt: skip


class Arrears(Struct, frozen=True):
    """The arrears of a home as of a day, the youngest first."""

    on: date
    ages: tuple[Age, ...]

    @property
    def count(self) -> int:
        """How many shares are late."""
        return sum(age.count for age in self.ages)

    @property
    def amount(self) -> Decimal:
        """Euros of all ages."""
        return total(age.amount for age in self.ages)

    @property
    def disputed(self) -> Decimal:
        """Euros of them that are disputed."""
        return total(age.disputed for age in self.ages)

    @property
    def chart(self) -> list[dict[str, Any]]:
        """Rows of a bar chart in euros."""
        return [{"label": age.label, "value": age.amount} for age in self.ages]


def arrears_of(home: RestHome, on: date) -> Arrears:
    """What is open after its due day on a day, by age; one query."""
    rows = with_balance(shares_of(home), on).filter(balance__gt=0, invoice__due_on__lt=on)
    found = [
        ((on - due_on).days, balance, disputed)
        for due_on, balance, disputed in rows.values_list("invoice__due_on", "balance", "disputed")
    ]
    return Arrears(on, tuple(_age(first, last, found) for first, last in AGES))


def _age(first: int, last: int | None, found: list[tuple[int, Decimal, bool]]) -> Age:
    mine = [row for row in found if first <= row[0] and (last is None or row[0] <= last)]
    return Age(
        first,
        last,
        len(mine),
        total(amount for _days, amount, _disputed in mine),
        sum((amount for _days, amount, disputed in mine if disputed), ZERO),
    )
