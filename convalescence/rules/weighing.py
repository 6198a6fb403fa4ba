"""The facts of a request weighed: which days each rule takes away, and which are left to be paid."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from msgspec import Struct

from partenamut.periods import NO_DAYS, Days

from . import conditions, parameters
from .allotment import Part, Quota, allot, stay_quota, yearly_quota
from .requests import Caregiver, Convalescence, Request, ShortStay


class Outcome(StrEnum):
    """What a decision comes to."""

    GRANTED = "granted"
    PARTIALLY_GRANTED = "partially_granted"
    REFUSED = "refused"
    PENDING = "pending"


class Lost(Struct, frozen=True):
    """Days of the stay lost to each rule that is looked at day by day; a rule a benefit lacks takes none."""

    place: Days = NO_DAYS
    contributions: Days = NO_DAYS
    recognition: Days = NO_DAYS
    outside: Days = NO_DAYS
    elsewhere: Days = NO_DAYS


class Weighing(Struct, frozen=True):
    """The days of a stay, those lost, those eligible, those within the quota, and those paid."""

    whole: Days
    lost: Lost
    quota: Quota
    eligible: Days
    parts: list[Part]
    #: Days within the quota, whether or not a rule refuses the whole stay.
    allotted: Days
    paid: Days
    outcome: Outcome

    @property
    def fits(self) -> bool:
        """Whether every day of the stay is within the quota, refusals aside."""
        return self.allotted is self.whole or self.allotted == self.whole


def weigh(request: Request) -> Weighing:
    """The days of a request weighed by the rules of its benefit."""
    return _WEIGH[type(request)](request)


def caregiver_limit(request: Caregiver) -> int:
    """Days a stay, longer with the exceptional extension."""
    return parameters.CAREGIVER_DAYS_EXTENDED if request.extension else parameters.CAREGIVER_DAYS_PER_STAY


def _convalescence(request: Convalescence) -> Weighing:
    whole = request.stay.days
    lost = Lost(
        place=whole.outside(request.partner),
        contributions=whole.outside(request.contributions),
        elsewhere=_paid_elsewhere(request, whole),
    )
    quota = yearly_quota(parameters.CONVALESCENCE_DAYS_PER_YEAR, request.days_used)
    refused = not request.criteria or not conditions.asked_in_time(request)
    return _weighed(whole, lost, quota, refused=refused)


def _short_stay(request: ShortStay) -> Weighing:
    whole = request.stay.days
    lost = Lost(
        place=whole.outside(request.inami_approved),
        contributions=whole.outside(request.contributions),
        elsewhere=_paid_elsewhere(request, whole),
    )
    quota = yearly_quota(parameters.SHORT_STAY_DAYS_PER_YEAR, request.days_used)
    refused = not request.rest_home or not conditions.short_enough(request)
    return _weighed(whole, lost, quota, refused=refused, pending=not request.invoice_received)


def _caregiver(request: Caregiver) -> Weighing:
    whole = request.stay.days
    lost = Lost(
        contributions=whole.outside(request.contributions),
        recognition=whole.outside(request.recognised),
        outside=whole - request.cared_for_stay.days,
        elsewhere=_paid_elsewhere(request, whole),
    )
    quota = stay_quota(caregiver_limit(request) - request.days_used_in_stay)
    return _weighed(whole, lost, quota, refused=not request.cared_for_granted)


def _weighed(whole: Days, lost: Lost, quota: Quota, *, refused: bool, pending: bool = False) -> Weighing:
    eligible = whole
    for days in (lost.place, lost.contributions, lost.recognition, lost.outside, lost.elsewhere):
        if days.runs:
            eligible = eligible - days
    parts = quota(eligible)
    allotted = allot(parts)
    paid = NO_DAYS if refused else allotted
    return Weighing(whole, lost, quota, eligible, parts, allotted, paid, _outcome(whole, paid, pending))


def _outcome(whole: Days, paid: Days, pending: bool) -> Outcome:
    if not paid.runs:
        return Outcome.REFUSED
    if pending:
        return Outcome.PENDING
    return Outcome.GRANTED if paid is whole or paid == whole else Outcome.PARTIALLY_GRANTED


def _paid_elsewhere(request: Request, whole: Days) -> Days:
    if not request.paid_elsewhere:
        return NO_DAYS
    return whole & Days(run for stay in request.paid_elsewhere for run in stay.days.runs)


_WEIGH: dict[type[Request], Callable[[Any], Weighing]] = {
    Convalescence: _convalescence,
    ShortStay: _short_stay,
    Caregiver: _caregiver,
}
