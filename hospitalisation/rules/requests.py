"""The frozen facts that a bill and a deposit are decided on; also the input of `manage.py decide`."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from partenamut.money import CENT, ZERO, check_euros
from partenamut.periods import Period

from .parameters import Category
from .terms import Tier

Room = Literal["common", "double", "individual"]
Kind = Literal[
    "stay",
    "room_supplement",
    "fee",
    "fee_supplement",
    "pharmacy_reimbursable",
    "pharmacy_other",
    "parapharmacy",
    "implant",
    "sundry",
    "parent_stay",
    "compression",
    "guest_house",
    "pre_hospital",
    "post_hospital",
    "serious_illness_care",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Kinds that are counted by days.
BY_DAY: tuple[Kind, ...] = ("room_supplement", "parent_stay", "guest_house", "sundry")
#: Kinds of care given before and after the stay.
AROUND_STAY: tuple[Kind, ...] = ("pre_hospital", "post_hospital")
#: What a kind cannot be decided without.
NEEDED: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(BY_DAY, ("quantity",)),
    "fee_supplement": ("inami_tariff", "doctor_agreed"),
}

#: Lines of a bill: no real one has more, and each is explained.
MOST_LINES = 20_000
_MOST_FAST = Decimal(10) ** 9


class WrongFact(ValueError):
    """Raised for a fact that cannot be: `fact.<what> <field>`."""

    def __init__(self, what: str, field: str) -> None:
        super().__init__(f"fact.{what} {field}")


def _check(amount: Decimal, name: str) -> None:
    # Nearly every amount has two decimals: the exact check is for the others.
    if not (amount.same_quantum(CENT) and ZERO <= amount < _MOST_FAST):
        check_euros(amount, name)


# Bills have many lines, and none of them points back: the collector need not look at them.
class BillLine(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A line of a bill in euros: what was billed, what the compulsory insurance pays, and what the kind needs."""

    kind: Kind
    billed: Decimal
    inami_tariff: Decimal | None = None
    mandatory: Decimal = ZERO
    doctor_agreed: bool | None = None
    quantity: Annotated[int, Meta(ge=0, le=36_600)] | None = None
    #: The day of care before or after the stay, where it is known.
    care_date: date | None = None
    #: Telephone, flowers, fridge, television or drinks.
    comfort: bool = False

    def __post_init__(self) -> None:
        billed, mandatory, tariff = self.billed, self.mandatory, self.inami_tariff
        # Checked in place, not by a call each: a bill has some hundred amounts, nearly all with two decimals.
        if not (billed.same_quantum(CENT) and ZERO <= billed < _MOST_FAST):
            check_euros(billed, "billed")
        if mandatory is not ZERO:
            if not (mandatory.same_quantum(CENT) and ZERO <= mandatory <= billed):
                check_euros(mandatory, "mandatory")
            if mandatory > billed:
                raise WrongFact("mandatory_above_billed", "mandatory")
        if tariff is not None and not (tariff.same_quantum(CENT) and ZERO <= tariff < _MOST_FAST):
            check_euros(tariff, "inami_tariff")
        if self.kind in NEEDED:
            self._has(NEEDED[self.kind])

    def _has(self, needed: tuple[str, ...]) -> None:
        for name in needed:
            if getattr(self, name) is None:
                raise WrongFact(f"{name}_missing", name)


class HospitalCover(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a bill: the insurance, the stay, what was used of the year, and the lines."""

    id: str
    tier: Tier
    admission: date
    discharge: date
    day_hospital: bool
    room: Room
    #: None where no list of that calendar year stands.
    hospital_has_franchise: bool | None
    intervention_used_this_year: Decimal
    lines: Annotated[tuple[BillLine, ...], Meta(max_length=MOST_LINES)]
    serious_illness_option: bool = True
    serious_illness_used_this_year: Decimal = ZERO
    #: Days on which the option was in force; none given: on all days.
    option_periods: tuple[Period, ...] = ()
    belgian_hospital: bool = True

    def __post_init__(self) -> None:
        if self.discharge < self.admission:
            raise WrongFact("discharge_before_admission", "discharge")
        _check(self.intervention_used_this_year, "intervention_used_this_year")
        _check(self.serious_illness_used_this_year, "serious_illness_used_this_year")

    @property
    def nights(self) -> int:
        """Nights of the stay; 0 for a day hospital."""
        return self.discharge.toordinal() - self.admission.toordinal()

    @property
    def shared_room(self) -> bool:
        """Whether the room is common or double."""
        return self.room != "individual"


class HospitalDeposit(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a deposit that a hospital asked."""

    id: str
    tier: Tier
    room: Room
    day_hospital: bool
    category: Category
    room_supplement_per_day: Decimal
    paid: Decimal
    paid_on: date
    admission: date | None
    belgian_hospital: bool
    receipt: bool
    claim_form: bool

    def __post_init__(self) -> None:
        check_euros(self.room_supplement_per_day, "room_supplement_per_day")
        check_euros(self.paid, "paid")
