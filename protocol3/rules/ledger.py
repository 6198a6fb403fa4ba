"""A beneficiary's ledger: what was counted so far, and what is left; only what is billable counts.

The same ledger runs when a service is entered, at the monthly closing and in `manage.py decide`.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from partenamut.money import ZERO, to_cents
from partenamut.periods import LAST_DAY, NO_DAYS, Days, add_months

from . import parameters
from .pseudocodes import Family, Pseudocode, RateKey
from .requests import Billing, Rate, Service, Stay

Series = Literal[1, 2, "closing", "alternative"]


class FamilyUnits(Struct):
    """Units of one family in one series: face to face (hospital too), in groups, and in support."""

    sessions: int = 0
    groups: int = 0
    support: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.sessions + self.groups + self.support

    def present(self, family: str) -> int:
        """The units that count as done in presence: of case management the sessions alone."""
        return self.sessions if family == "case_management" else self.sessions + self.groups

    def share_kept(self, family: str, *, left: int = 0, more_support: int = 0) -> bool:
        """Whether the least share of sessions is reached, or can be with so many units left of the series."""
        reachable = self.present(family) + left
        if family == "case_management":
            return reachable >= parameters.CASE_MANAGEMENT_SESSIONS
        whole = reachable + self.support + more_support
        return 100 * reachable >= parameters.SESSIONS_PERCENT * whole


class SeriesCount(Struct):
    """A series: units counted, those of groups, and each family's."""

    number: int
    used: int = 0
    group_used: int = 0
    families: dict[str, FamilyUnits] = {}
    #: Units of the whole series, and of groups within it.
    limit: int = 0
    group_limit: int = 0

    def __post_init__(self) -> None:
        self.limit = parameters.SERIES_UNITS[self.number]
        self.group_limit = parameters.SERIES_GROUP_UNITS[self.number]

    @property
    def left(self) -> int:
        """Units left, none below zero."""
        return max(0, self.limit - self.used)

    @property
    def group_left(self) -> int:
        """Units of groups left, none below zero."""
        return max(0, self.group_limit - self.group_used)

    def of(self, family: str) -> FamilyUnits:
        """The units of a family."""
        units = self.families.get(family)
        if units is None:
            units = self.families[family] = FamilyUnits()
        return units


class Ledger:
    """The counts of one beneficiary, and the facts they are counted against."""

    def __init__(self, facts: Billing) -> None:
        self.facts = facts
        self.families = frozenset(facts.families)
        prior = facts.prior_units
        self.series = {
            1: SeriesCount(1, prior.units if prior else 0, prior.group_units if prior else 0, {}),
            2: SeriesCount(2, families={}),
        }
        self.in_second = False
        self.closing_used = 0
        self.alternative_used: defaultdict[str, int] = defaultdict(int)
        if prior:
            self.alternative_used["caregiver_group"] = prior.caregiver_group
            self.alternative_used["care_education"] = prior.care_education
        self.hospital_sessions: defaultdict[str, int] = defaultdict(int)
        self.module_billed = facts.initial_module_billed
        self.seen_outside_hospital = False
        self.day_units: defaultdict[tuple[date, Family, str], int] = defaultdict(int)
        self.end_event = _earlier(facts.death, facts.rest_home_entry)
        #: The first day of period 1; None while nothing is billable.
        self.first_day = facts.period_start
        #: The last day of period 1: the day before the third anniversary, or the day of death or entry.
        self.last_day = _earlier(_period_end(facts.period_start), self.end_event)
        self.hospital_days = _days(facts.hospital_stays)
        self.psychiatric_days = _days(facts.psychiatric_stays)
        self.rest_home_days = _days(facts.rest_home_stays) - _days(facts.short_stays)
        self.financed_days = frozenset(facts.financed_otherwise)

    # --- the period

    @property
    def closing_days(self) -> tuple[date, date] | None:
        """The first and last day of period 2; None without death or entry in a rest home."""
        if self.end_event is None:
            return None
        first = self.end_event.toordinal() + 1
        return date.fromordinal(min(first, LAST_DAY)), date.fromordinal(
            min(first + parameters.CLOSING_DAYS - 1, LAST_DAY)
        )

    # --- the series

    def series_for(self, service: Service, kind: Pseudocode) -> Series | None:
        """The series that a service counts in; None where it fits in none, or counts in none."""
        if kind.is_alternative:
            return "alternative"
        if kind.modality == "closing":
            return "closing"
        return self.series_with_room(service) if kind.is_base else None

    def series_with_room(self, service: Service) -> Literal[1, 2] | None:
        """Series 1 while the units fit and the second has not begun, else series 2 where it is granted."""
        if not self.in_second and self.series[1].used + service.units <= self.series[1].limit:
            return 1
        granted = self.facts.series2
        if granted is None or service.date < granted.first:
            return None
        return 2 if self.series[2].used + service.units <= self.series[2].limit else None

    def below_share(self) -> list[tuple[int, str]]:
        """The series and families whose least share of sessions is not reached as they stand."""
        return [
            (count.number, family)
            for count in self.series.values()
            for family, units in count.families.items()
            if units.total and not units.share_kept(family)
        ]

    def count(self, service: Service, kind: Pseudocode, series: Series | None) -> None:
        """Counts a billable service in the series it was given."""
        self._start(service.date)
        self.day_units[service.date, kind.family, shared_day(kind)] += service.units
        if kind.family == "initial_module":
            self.module_billed = True
        elif kind.is_alternative:
            self.alternative_used[kind.family] += service.units
        elif kind.modality == "closing":
            self.closing_used += service.units
        else:
            self._count_in_series(service, kind, 2 if series == 2 else 1)

    def _count_in_series(self, service: Service, kind: Pseudocode, number: int) -> None:
        self.in_second = self.in_second or number == 2
        count = self.series[number]
        count.used += service.units
        units = count.of(kind.family)
        if kind.modality == "support":
            units.support += service.units
            return
        if kind.modality == "group":
            units.groups += service.units
            count.group_used += service.units
        else:
            units.sessions += service.units
        if kind.modality == "session_in_hospital":
            self.hospital_sessions[kind.family] += 1
        else:
            self.seen_outside_hospital = True

    def _start(self, day: date) -> None:
        if self.facts.period_start is None and (self.first_day is None or day < self.first_day):
            self.first_day, self.last_day = day, _earlier(_period_end(day), self.end_event)


def rate_on(rates: dict[str, tuple[Rate, ...]], key: RateKey, day: date) -> Decimal | None:
    """Euros a unit on a day; None where the amount is not known, never an old one (art. 22)."""
    for rate in rates.get(key, ()):
        if rate.first <= day and (rate.last is None or day <= rate.last):
            return rate.amount
    return None


def allowance(units: int, left: Decimal, rate: Decimal | None) -> tuple[int, Decimal]:
    """How many units of the operating allowance still fit under the maximum, and their euros (art. 23)."""
    if not units or not rate or left < rate:
        return 0, ZERO
    fitting = min(units, int(left // rate))
    return fitting, to_cents(rate * fitting)


def shared_day(kind: Pseudocode) -> str:
    """What shares the units of a day: sessions at home, remote and in hospital do."""
    return "session" if kind.modality == "session_in_hospital" else kind.modality


def _period_end(first: date | None) -> date | None:
    if first is None:
        return None
    return date.fromordinal(add_months(first, parameters.PERIOD_MONTHS).toordinal() - 1)


def _earlier(one: date | None, other: date | None) -> date | None:
    known = [day for day in (one, other) if day is not None]
    return min(known) if known else None


def _days(stays: Iterable[Stay]) -> Days:
    runs = [run for stay in stays for run in stay.days.runs]
    return Days(runs) if runs else NO_DAYS
