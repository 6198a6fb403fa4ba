"""The frozen facts that each benefit is decided on; also the input objects of `manage.py decide`."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from partenamut.periods import Days, Period

Criterion = Literal["recent_hospitalisation", "heavy_treatment", "daily_living_help"]
DayCount = Annotated[int, Meta(ge=0)]
DaysUsed = dict[Annotated[int, Meta(ge=1, le=9999)], DayCount]


class EmptyStay(ValueError):
    """Raised for a stay without a night: the departure must come after the arrival."""


class Stay(Struct, frozen=True, forbid_unknown_fields=True):
    """A stay: the day of arrival counts, the day of departure does not (house rule)."""

    arrival: date
    departure: date

    def __post_init__(self) -> None:
        if self.departure <= self.arrival:
            raise EmptyStay("stay.departure_not_after_arrival")

    @property
    def days(self) -> Days:
        """The days that count."""
        return Days.single(self.arrival.toordinal(), self.departure.toordinal() - 1)

    @property
    def nights(self) -> int:
        """How many days count."""
        return self.departure.toordinal() - self.arrival.toordinal()


class Convalescence(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a convalescence stay."""

    id: str
    submitted_on: date
    stay: Stay
    criteria: tuple[Criterion, ...]
    partner: tuple[Period, ...]
    contributions: tuple[Period, ...]
    days_used: DaysUsed
    paid_elsewhere: tuple[Stay, ...] = ()


class ShortStay(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a short stay in a rest home."""

    id: str
    stay: Stay
    rest_home: bool
    inami_approved: tuple[Period, ...]
    contributions: tuple[Period, ...]
    days_used: DaysUsed
    invoice_received: bool
    paid_elsewhere: tuple[Stay, ...] = ()


class Caregiver(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a caregiver who accompanies a convalescence stay."""

    id: str
    cared_for_stay: Stay
    cared_for_granted: bool
    stay: Stay
    recognised: tuple[Period, ...]
    contributions: tuple[Period, ...]
    extension: bool
    days_used_in_stay: DayCount = 0
    paid_elsewhere: tuple[Stay, ...] = ()


Request = Convalescence | ShortStay | Caregiver
