"""The figures of the deposit and of the patient's share a day, dated, each with its article."""

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from partenamut.law import UNDATED, Dated, Version

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
