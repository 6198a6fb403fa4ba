"""The ledger of each beneficiary reckoned, and a month planned for billing; nothing is written here."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache

from django.db.models import QuerySet
from msgspec import Struct

from partenamut.bulk import uncollected
from partenamut.law import Reason
from partenamut.money import ZERO
from partenamut.periods import add_months
from protocol3.facts import (
    Entered,
    File,
    Insured,
    allowance_left,
    alternatives_left,
    files_of,
    insurers_of,
    rates_by_key,
)
from protocol3.models import Beneficiary, Enrolment, Project
from protocol3.rules import Ledger, Verdict, articles, take
from protocol3.rules.ledger import allowance, rate_on
from protocol3.rules.pseudocodes import CAPPED_FAMILIES, PSEUDOCODES, RateKey


class Taken(Struct, frozen=True):
    """A service with what the rules say of it."""

    entered: Entered
    verdict: Verdict


class Reckoning(Struct, frozen=True):
    """The ledger of a beneficiary after all services, and each of them."""

    file: File
    ledger: Ledger
    taken: tuple[Taken, ...]

    @property
    def excess(self) -> list[Taken]:
        """Services that were billed and are not billable as the facts stand now: to be paid back (art. 12)."""
        return [one for one in self.taken if one.entered.billed and not one.verdict.billable]


class Planned(Struct, frozen=True):
    """A service to be billed: to whom, at what amount, with which operating allowance."""

    beneficiary_id: int
    entered: Entered
    insured: Insured
    rate_key: RateKey
    unit_amount: Decimal
    amount: Decimal
    series: str
    allowance_units: int = 0
    allowance_unit: Decimal = ZERO
    allowance: Decimal = ZERO


class Stopped(Struct, frozen=True):
    """A service that is not billed, and why."""

    service_id: int
    reasons: tuple[Reason, ...]


class MonthPlan(Struct, frozen=True):
    """What a month bills and what it does not; units that found no operating allowance any more."""

    planned: tuple[Planned, ...]
    stopped: tuple[Stopped, ...]
    units_without_allowance: int
    #: Services of the project that were billed earlier and are not billable as the facts stand now.
    excess: tuple[int, ...] = ()

    def by_insurer(self) -> dict[int, list[Planned]]:
        """What is billed to each insurer."""
        found: defaultdict[int, list[Planned]] = defaultdict(list)
        for one in self.planned:
            found[one.insured.insurer_id].append(one)
        return dict(found)


def reckon(file: File) -> Reckoning:
    """The services of a file taken one by one."""
    ledger = Ledger(file.facts)
    return Reckoning(file, ledger, tuple(Taken(one, take(ledger, one.facts)) for one in file.entered))


def month_end(month: date) -> date:
    """The last day of a month named by its first."""
    return date.fromordinal(add_months(month, 1).toordinal() - 1)


def plan_month(project: Project, month: date, *, issued_to: Container[int] = ()) -> MonthPlan:
    """What the project can bill for a month as the facts stand, each service to the insurer of its day.

    Services of the insurers `issued_to` wait for the next closing of the month.
    """
    with uncollected():
        billable, stopped, excess = _weighed(people_of_month(project, month), project, month)
        billable, too_much = _within_maximum(billable, project, month)
        stopped += too_much
        waiting = [one for one in billable if one.insured.insurer_id not in issued_to]
        planned, without = _with_allowance(waiting, project, month)
    return MonthPlan(tuple(planned), tuple(stopped), without, tuple(excess))


def people_of_month(project: Project, month: date) -> QuerySet[Beneficiary]:
    """The people for whom the project did something in a month."""
    included = Enrolment.objects.filter(
        project=project, services__date__range=(month, month_end(month)), services__withdrawn_at=None
    )
    return Beneficiary.objects.filter(pk__in=included.values("beneficiary"))


def billable_of(people: QuerySet[Beneficiary], project: Project, month: date) -> dict[int, int]:
    """The services of some people that are billable now, each with its insurer: to see whether a plan still holds."""
    billable, _stopped, _excess = _weighed(people, project, month)
    return {one.entered.pk: one.insured.insurer_id for one in billable}


def sums_of(planned: Iterable[Planned]) -> tuple[int, Decimal, Decimal]:
    """Of what is billed the beneficiaries, the euros of services and those of the operating allowance."""
    people: set[int] = set()
    services = allowances = ZERO
    for one in planned:
        people.add(one.beneficiary_id)
        services += one.amount
        allowances += one.allowance
    return len(people), services, allowances


# --- inside -----------------------------------------------------------------------------------------------


class _Billable(Struct, frozen=True):
    """A service that can be billed, before the operating allowance is shared out."""

    beneficiary_id: int
    entered: Entered
    insured: Insured
    verdict: Verdict


def _weighed(
    people: QuerySet[Beneficiary], project: Project, month: date
) -> tuple[list[_Billable], list[Stopped], list[int]]:
    """The services of a month by date, those stopped, and those billed that are not billable any more."""
    insurers, last = insurers_of(people), month_end(month)
    billable: list[_Billable] = []
    stopped: list[Stopped] = []
    excess: list[int] = []
    for person, file in files_of(people, project).items():
        reckoning = reckon(file)
        excess += [one.entered.pk for one in reckoning.excess if one.entered.project_id == project.pk]
        own = insurers.get(person, ())
        for one in _of_month(reckoning.taken, project, month, last):
            entry = _placed(person, one, own)
            if isinstance(entry, Stopped):
                stopped.append(entry)
            else:
                billable.append(entry)
    billable.sort(key=lambda one: (one.entered.facts.date, one.entered.pk))
    return billable, stopped, excess


def _of_month(taken: Iterable[Taken], project: Project, first: date, last: date) -> Iterator[Taken]:
    """The services of the project in the month that are not billed yet."""
    for one in taken:
        entered = one.entered
        if not entered.billed and entered.project_id == project.pk and first <= entered.facts.date <= last:
            yield one


def _placed(person: int, one: Taken, insurers: Iterable[Insured]) -> _Billable | Stopped:
    """A service with the insurer of its day, or what stops it."""
    if one.verdict.stopped_by:
        return Stopped(one.entered.pk, one.verdict.stopped_by)
    day = one.entered.facts.date
    for insured in insurers:
        if day in insured.period:
            return _Billable(person, one.entered, insured, one.verdict)
    return Stopped(one.entered.pk, (Reason("p3.insurer", False, articles.INSURER, (("day", day),)),))


def _within_maximum(
    billable: list[_Billable], project: Project, month: date
) -> tuple[list[_Billable], list[Stopped]]:
    """Night visits and care education by date until the project's amount of the year is reached, and those beyond it."""
    left = alternatives_left(project, month.year)
    if left is None:
        return billable, []
    kept: list[_Billable] = []
    beyond: list[Stopped] = []
    for one in billable:
        amount = one.verdict.amount
        if PSEUDOCODES[one.entered.facts.pseudocode].family not in CAPPED_FAMILIES:
            kept.append(one)
        elif amount <= left:
            kept.append(one)
            left -= amount
        else:
            figures = (("amount", amount), ("left", max(left, ZERO)))
            reason = Reason("p3.alternatives_maximum", False, articles.ALTERNATIVES_MAXIMUM, figures)
            beyond.append(Stopped(one.entered.pk, (reason,)))
    return kept, beyond


def _with_allowance(
    billable: Iterable[_Billable], project: Project, month: date
) -> tuple[list[Planned], int]:
    """Gives each service its operating allowance by date, until the maximum of the year is reached (art. 23)."""
    left, rates, without = allowance_left(project, month.year), rates_by_key(), 0
    rate_of = cache(lambda key, day: rate_on(rates, key, day))
    # Nearly always all units fit: their euros are then those of a few figures that come again and again.
    whole = cache(lambda units, rate: allowance(units, rate * units, rate))
    planned = []
    for one in billable:
        service, verdict = one.entered.facts, one.verdict
        key = PSEUDOCODES[service.pseudocode].rate_key
        rate = rate_of("operating_allowance", service.date)
        units, euros = whole(verdict.allowance_units, rate or ZERO)
        if euros > left:
            units, euros = allowance(verdict.allowance_units, left, rate)
        left, without = left - euros, without + verdict.allowance_units - units
        planned.append(
            Planned(
                one.beneficiary_id,
                one.entered,
                one.insured,
                key,
                rate_of(key, service.date) or ZERO,
                verdict.amount,
                "" if verdict.series is None else str(verdict.series),
                units,
                rate if units and rate else ZERO,
                euros,
            )
        )
    return planned, without
