"""The ledger of each beneficiary reckoned, and a month planned for billing; nothing is written here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from msgspec import Struct

from partenamut.law import Reason
from partenamut.money import ZERO, total
from partenamut.periods import add_months
from protocol3.facts import Entered, File, Insured, allowance_left, files_of, insurers_of, rates_by_key
from protocol3.models import Beneficiary, Enrolment, Project
from protocol3.rules import Ledger, Verdict, articles, take
from protocol3.rules.ledger import allowance, rate_on
from protocol3.rules.pseudocodes import PSEUDOCODES, RateKey


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

    def of_insurer(self, insurer_id: int) -> list[Planned]:
        """What is billed to one insurer."""
        return [one for one in self.planned if one.insured.insurer_id == insurer_id]

    @property
    def insurer_ids(self) -> list[int]:
        """The insurers that something is billed to."""
        return sorted({one.insured.insurer_id for one in self.planned})


def reckon(file: File) -> Reckoning:
    """The services of a file taken one by one."""
    ledger = Ledger(file.facts)
    return Reckoning(file, ledger, tuple(Taken(one, take(ledger, one.facts)) for one in file.entered))


def month_end(month: date) -> date:
    """The last day of a month named by its first."""
    return date.fromordinal(add_months(month, 1).toordinal() - 1)


def plan_month(project: Project, month: date) -> MonthPlan:
    """What the project can bill for a month as the facts stand, each service to the insurer of its day."""
    last = month_end(month)
    included = Enrolment.objects.filter(
        project=project, services__date__range=(month, last), services__withdrawn_at=None
    )
    people = Beneficiary.objects.filter(pk__in=included.values("beneficiary"))
    insurers = insurers_of(people)
    planned: list[Planned] = []
    stopped: list[Stopped] = []
    for person, file in files_of(people, project).items():
        for one in _of_month(reckon(file).taken, project, month, last):
            entry = _planned(person, one, file, insurers.get(person, ()))
            if isinstance(entry, Planned):
                planned.append(entry)
            else:
                stopped.append(entry)
    planned.sort(key=lambda one: (one.entered.facts.date, one.entered.pk))
    return _with_allowance(planned, stopped, project, month)


def totals_by_insurer(planned: Iterable[Planned]) -> dict[int, tuple[int, Decimal, Decimal]]:
    """For each insurer the beneficiaries, the euros of services and those of the operating allowance."""
    grouped: defaultdict[int, list[Planned]] = defaultdict(list)
    for one in planned:
        grouped[one.insured.insurer_id].append(one)
    return {
        insurer: (
            len({one.beneficiary_id for one in ones}),
            total(one.amount for one in ones),
            total(one.allowance for one in ones),
        )
        for insurer, ones in grouped.items()
    }


# --- inside -----------------------------------------------------------------------------------------------


def _of_month(taken: Iterable[Taken], project: Project, first: date, last: date) -> Iterator[Taken]:
    """The services of the project in the month that are not billed yet."""
    for one in taken:
        entered = one.entered
        if not entered.billed and entered.project_id == project.pk and first <= entered.facts.date <= last:
            yield one


def _planned(person: int, one: Taken, file: File, insurers: Iterable[Insured]) -> Planned | Stopped:
    service, verdict = one.entered.facts, one.verdict
    if not verdict.billable:
        return Stopped(one.entered.pk, verdict.stopped_by)
    insured = next((each for each in insurers if service.date in each.period), None)
    if insured is None:
        reason = Reason("p3.insurer", False, articles.INSURER, (("day", service.date),))
        return Stopped(one.entered.pk, (reason,))
    key = PSEUDOCODES[service.pseudocode].rate_key
    unit = rate_on(file.facts.rates, key, service.date) or ZERO
    series = str(verdict.series) if verdict.series is not None else ""
    return Planned(person, one.entered, insured, key, unit, verdict.amount, series, verdict.allowance_units)


def _with_allowance(
    planned: list[Planned], stopped: list[Stopped], project: Project, month: date
) -> MonthPlan:
    """Gives each service its operating allowance by date, until the maximum of the year is reached (art. 23)."""
    left, rates, without = allowance_left(project, month.year), rates_by_key(), 0
    made = []
    for one in planned:
        rate = rate_on(rates, "operating_allowance", one.entered.facts.date)
        units, amount = allowance(one.allowance_units, left, rate)
        left, without = left - amount, without + one.allowance_units - units
        made.append(
            Planned(
                one.beneficiary_id,
                one.entered,
                one.insured,
                one.rate_key,
                one.unit_amount,
                one.amount,
                one.series,
                units,
                rate if units and rate else ZERO,
                amount,
            )
        )
    return MonthPlan(tuple(made), tuple(stopped), without)
