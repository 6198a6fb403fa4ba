"""The frozen facts that eligibility and billing are decided on; also the input objects of `manage.py decide`."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from partenamut.money import check_euros
from partenamut.periods import Days, EndBeforeStart, Period

from .pseudocodes import Family

Count = Annotated[int, Meta(ge=0)]
Score = Annotated[float, Meta(ge=0)]
Alternative = Literal["caregiver_group", "night_visit", "care_education"]
Place = Literal["home", "remote", "hospital", "collective"]


class EmptyStay(ValueError):
    """Raised for a stay without a night: the departure must come after the arrival."""


class Stay(Struct, frozen=True, forbid_unknown_fields=True):
    """A stay: the day of arrival counts, the day of departure does not."""

    arrival: date
    departure: date

    def __post_init__(self) -> None:
        if self.departure <= self.arrival:
            raise EmptyStay("stay.departure_not_after_arrival")

    @property
    def days(self) -> Days:
        """The days that count."""
        return Days.single(self.arrival.toordinal(), self.departure.toordinal() - 1)


class Scores(Struct, frozen=True, forbid_unknown_fields=True):
    """BelRAI scores; what was not assessed is missing, and never met."""

    aivq: Score | None = None
    avq: Score | None = None
    cps: Score | None = None
    cps2: Score | None = None
    psychic: Score | None = None
    behaviour: Annotated[tuple[Count, ...], Meta(min_length=5, max_length=5)] | None = None


class Eligibility(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a person at the start of the period (art. 5)."""

    id: str
    birth_date: date
    period_start: date
    derogation: bool
    project_beneficiaries: Count
    project_under_60: Count
    scores: Scores
    inefficient_care: bool
    neurodegenerative: bool
    fall_last_30_days: bool
    home_adaptation: bool
    dementia_diagnosis: bool
    dementia_assessment_code: str | None
    asks_psychology: bool
    refuses_care: bool
    project_alternatives: tuple[Alternative, ...]


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    """A service done for a beneficiary; what a kind of service does not need is left out."""

    date: date
    pseudocode: str
    units: Count
    participants: Count | None = None
    place: Place | None = None
    consent: bool | None = None
    documented_minutes: Count | None = None


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """Euros a unit, from a first to a last day."""

    first: date = field(name="from")
    last: date | None = field(name="to")
    amount: Decimal

    def __post_init__(self) -> None:
        check_euros(self.amount, "amount")
        if self.last is not None and self.last < self.first:
            raise EndBeforeStart("period.to_before_from")


class SecondSeries(Struct, frozen=True, forbid_unknown_fields=True):
    """A second series, granted from a day on."""

    first: date = field(name="from")


class PriorUnits(Struct, frozen=True):
    """Units of the convention before (art. 30); the contract leaves open which others are sent along."""

    units: Count = 0
    group_units: Count = 0
    caregiver_group: Count = 0
    care_education: Count = 0


class Billing(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a beneficiary and the services done, in the order they were entered."""

    id: str
    families: tuple[Family, ...]
    period_start: date | None
    rest_home_entry: date | None
    death: date | None
    short_stays: tuple[Stay, ...]
    rest_home_stays: tuple[Stay, ...]
    psychiatric_stays: tuple[Stay, ...]
    hospital_stays: tuple[Stay, ...]
    first_line_psychology: tuple[Period, ...]
    financed_otherwise: tuple[date, ...]
    series2: SecondSeries | None
    initial_module_billed: bool
    hospital_referent: bool
    allowance_left: Decimal
    rates: dict[str, tuple[Rate, ...]]
    services: tuple[Service, ...]
    prior_units: PriorUnits | None = None
    #: The days of the project's convention with INAMI; None where that is not asked.
    convention: tuple[Period, ...] | None = None
    #: The first day that the eligibility was decided for (art. 5); None where that is not asked.
    eligible_from: date | None = None

    def __post_init__(self) -> None:
        check_euros(self.allowance_left, "allowance_left", negative=True)
