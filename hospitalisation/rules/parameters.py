"""The figures of the deposit and of the patient's share a day, dated, each with its article."""

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from partenamut.law import UNDATED, Article, Dated, Version

from . import articles

Category = Literal["ordinary", "child", "bim"]

#: Days that one deposit covers; a new one may be asked after them.
DEPOSIT_DAYS = 7
#: Euros a deposit, by category of patient; the category of each amount is to be confirmed.
DEPOSIT_MAXIMUM: dict[Category, Dated[Decimal]] = {
    "ordinary": Dated(
        "deposit of an ordinary patient", [Version(UNDATED, Decimal("150.00"), articles.DEPOSIT_AMOUNTS)]
    ),
    "child": Dated(
        "deposit of a dependent child", [Version(UNDATED, Decimal("75.00"), articles.DEPOSIT_AMOUNTS)]
    ),
    "bim": Dated(
        "deposit with higher reimbursement", [Version(UNDATED, Decimal("50.00"), articles.DEPOSIT_AMOUNTS)]
    ),
}

#: Months within which the hospital's bill is to reach the member.
BILL_MONTHS = 2

ShareCategory = Literal["bim", "child", "ordinary_with_dependants", "ordinary"]


class DayShare(Struct, frozen=True):
    """Euros a day that stay with the patient: the first day, the following ones, and those from the 91st."""

    category: ShareCategory
    valid_from: date
    first_day: Decimal
    following_days: Decimal
    from_day_91: Decimal
    source: str

    def over(self, nights: int) -> Decimal:
        """Euros for so many days of a stay."""
        first = min(nights, 1)
        late = max(nights - 90, 0)
        return (
            self.first_day * first + self.following_days * (nights - first - late) + self.from_day_91 * late
        )


class Range(Struct, frozen=True):
    """A figure that nobody knows before the stay, three times: low, likely and high."""

    low: Decimal
    likely: Decimal
    high: Decimal
    article: Article = articles.ASSUMED


def _range(low: int, likely: int, high: int) -> Range:
    return Range(Decimal(low), Decimal(likely), Decimal(high))


#: House assumptions of an estimate, in euros or percent; what the visitor knows stands in their place.
ASSUMED: dict[str, Range] = {
    "room_supplement_a_day": _range(40, 70, 150),
    "fees_at_tariff": _range(300, 800, 2_000),
    "fees_at_tariff_by_day": _range(150, 400, 1_000),
    "fee_supplement_percent": _range(50, 100, 300),
    # What stays with the patient of the fees at the tariff: "often very low" (guide).
    "fee_own_share_percent": _range(0, 5, 10),
    "sundry_a_day": _range(2, 6, 12),
    "medicines": _range(20, 60, 200),
    "parent_a_night": _range(10, 25, 50),
}
