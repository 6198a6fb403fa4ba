"""What becomes of the lines of a bill and of the bill as a whole, in euros."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from .terms import Name

Flag = Literal[
    "unlawful_supplement",
    "agreed_doctor_supplement",
    "figure_missing",
    "to_confirm",
    "outside_days",
    "comfort",
    "no_option",
    "abroad",
    "departed",
]
Flags = tuple[Flag, ...]
TO_CONFIRM: Flags = ("to_confirm",)
FIGURE_MISSING: Flags = ("figure_missing",)
UNLAWFUL: Flags = ("unlawful_supplement",)
ABROAD: Flags = ("abroad",)
AGREED_DOCTOR: Flags = ("agreed_doctor_supplement",)
#: Flags of lines that nobody owes.
UNLAWFUL_FLAGS = frozenset({"unlawful_supplement", "agreed_doctor_supplement"})


class CoverLine(Struct, frozen=True, gc=False):
    """What becomes of a line, in euros, before franchise and ceiling; which figure it rests on."""

    mandatory: Decimal
    insurance: Decimal
    patient: Decimal
    unlawful: Decimal
    flags: Flags
    figure: Name | None


class Totals(Struct, frozen=True):
    """The bill in euros: billed = mandatory + insurance + patient + unlawful; franchise and over_ceiling lie in patient."""

    billed: Decimal
    mandatory: Decimal
    insurance: Decimal
    franchise: Decimal
    over_ceiling: Decimal
    unlawful: Decimal
    patient: Decimal
