"""Rows -> frozen facts: the only bridge from the database to the rules. A fixed number of queries for any number of people."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, QuerySet, Sum
from msgspec import Struct, structs

from partenamut.money import ZERO
from partenamut.periods import Period
from partenamut.registry.models import DatedRow
from protocol3.models import (
    Affiliation,
    Beneficiary,
    Convention,
    EligibilityRecord,
    Financing,
    FinancingKind,
    Finding,
    FindingKind,
    LineKind,
    NoteLine,
    PriorUnits,
    Project,
    ProjectYear,
    Rate,
    SecondSeries,
    Service,
    Stay,
    StayKind,
)
from protocol3.rules import Billing
from protocol3.rules import Service as Facts
from protocol3.rules import requests as law
from protocol3.rules.pseudocodes import CAPPED_FAMILIES

M = TypeVar("M", bound=Model)
People = QuerySet[Beneficiary]


class Entered(Struct, frozen=True):
    """A service as the ledger takes it, and the row it comes from."""

    pk: int
    enrolment_id: int
    project_id: int
    billed: bool
    facts: Facts


class File(Struct, frozen=True):
    """What the database knows of a beneficiary: the facts, and the services in the order the ledger takes them."""

    beneficiary_id: int
    facts: Billing
    #: What was billed first, as it stands for good; then by date, and on one date in the order entered.
    entered: tuple[Entered, ...]


class Insured(Struct, frozen=True):
    """Days on which a person is insured with an insurer."""

    period: Period
    insurer_id: int
    registration_number: str


def file_of(beneficiary: Beneficiary, project: Project, *, also_on: Iterable[date] = ()) -> File:
    """The file of one beneficiary as a project bills it; `also_on`: days that are asked about."""
    people = Beneficiary.objects.filter(pk=beneficiary.pk)
    return files_of(people, project, also_on=also_on)[beneficiary.pk]


def files_of(people: People, project: Project, *, also_on: Iterable[date] = ()) -> dict[int, File]:
    """The files of beneficiaries as a project bills them, by their keys."""
    keys = people.values("pk")
    entered = entered_services(people)
    stays = _by_person(Stay.objects.filter(beneficiary__in=keys))
    financings = _by_person(Financing.objects.filter(beneficiary__in=keys))
    prior = {row.beneficiary_id: row for row in PriorUnits.objects.filter(beneficiary__in=keys)}
    second = {row.beneficiary_id: row for row in SecondSeries.objects.filter(beneficiary__in=keys)}
    referents = set(
        Finding.objects.filter(beneficiary__in=keys, kind=FindingKind.HOSPITAL_REFERENT).values_list(
            "beneficiary_id", flat=True
        )
    )
    eligibilities = _eligibilities(people, project)
    rates, convention = rates_by_key(), _periods(Convention.objects.filter(project=project))
    files = {}
    persons = people.values_list("pk", "public_id", "died_on", "rest_home_entry")
    for person, public_id, died_on, rest_home_entry in persons.iterator(chunk_size=10_000):
        own = entered.get(person, ())
        facts = Billing(
            id=str(public_id),
            families=eligibilities[person].families if person in eligibilities else (),
            eligible_from=eligibilities[person].first if person in eligibilities else None,
            death=died_on,
            rest_home_entry=rest_home_entry,
            **(_stays(stays[person]) if person in stays else _NO_STAYS),
            **(_financed(financings[person], also_on, own) if person in financings else _NOT_FINANCED),
            **_before(prior.get(person)),
            series2=_second(second.get(person)),
            hospital_referent=person in referents,
            allowance_left=ZERO,
            rates=rates,
            services=(),
            convention=convention,
        )
        files[person] = File(person, facts, own)
    return files


def entered_services(people: People) -> dict[int, tuple[Entered, ...]]:
    """The services of beneficiaries in all projects, in the order the ledger takes them; credited ones left out."""
    rows = (
        Service.objects.standing()
        .filter(enrolment__beneficiary__in=people.values("pk"))
        .order_by("date", "pk")
        .values_list(
            "enrolment__beneficiary_id",
            "pk",
            "enrolment_id",
            "enrolment__project_id",
            "date",
            "pseudocode",
            "units",
            "participants",
            "place",
            "consent",
            "documented_minutes",
        )
    )
    lines = NoteLine.objects.filter(
        kind=LineKind.SERVICE, service__enrolment__beneficiary__in=people.values("pk")
    )
    billed = set(lines.filter(credits=None).values_list("service_id", flat=True))
    credited = set(lines.filter(credits__isnull=False).values_list("service_id", flat=True))
    found: defaultdict[int, list[Entered]] = defaultdict(list)
    for (
        person,
        pk,
        enrolment,
        project,
        day,
        code,
        units,
        people_there,
        place,
        consent,
        minutes,
    ) in rows.iterator(chunk_size=10_000):
        if pk not in credited:
            facts = service_facts(day, code, units, people_there, place, consent, minutes)
            found[person].append(Entered(pk, enrolment, project, pk in billed, facts))
    return {
        person: tuple(sorted(own, key=lambda one: not one.billed)) if billed else tuple(own)
        for person, own in found.items()
    }


def service_facts(
    day: date,
    pseudocode: str,
    units: int,
    participants: int | None,
    place: str,
    consent: bool | None,
    documented_minutes: int | None,
) -> Facts:
    """A service of the database, or of a form, as the rules take it."""
    return Facts(day, pseudocode, units, participants, place or None, consent, documented_minutes)  # type: ignore[arg-type]


def insurers_of(people: People) -> dict[int, list[Insured]]:
    """With which insurer each person is insured when."""
    found: defaultdict[int, list[Insured]] = defaultdict(list)
    rows = Affiliation.objects.filter(beneficiary__in=people.values("pk")).values_list(
        "beneficiary_id", "first_day", "last_day", "insurer_id", "registration_number"
    )
    for person, first, last, insurer, number in rows.iterator(chunk_size=10_000):
        found[person].append(Insured(Period(first, last), insurer, number))
    return found


def allowance_left(project: Project, year: int) -> Decimal:
    """Euros of the operating allowance that the project can still bill for a calendar year (art. 23)."""
    maximum = ProjectYear.objects.filter(project=project, year=year).first()
    if maximum is None:
        return ZERO
    return maximum.allowance_maximum - allowance_billed(project, year)


def allowance_billed(project: Project, year: int) -> Decimal:
    """Euros of the operating allowance billed for services of a calendar year, what was taken back left out."""
    lines = NoteLine.objects.filter(
        kind=LineKind.ALLOWANCE, note__recap__project=project, date__year=year
    ).aggregate(total=Sum("amount"))
    return lines["total"] or ZERO


def alternatives_left(project: Project, year: int) -> Decimal | None:
    """Euros of night visits and care education still to be billed for a year (art. 2, 1 c); None without a maximum."""
    maximum = ProjectYear.objects.filter(project=project, year=year).first()
    if maximum is None or maximum.alternatives_maximum is None:
        return None
    return maximum.alternatives_maximum - alternatives_billed(project, year)


def alternatives_billed(project: Project, year: int) -> Decimal:
    """Euros of night visits and care education billed for a calendar year, what was taken back left out."""
    lines = NoteLine.objects.filter(
        note__recap__project=project, date__year=year, rate_key__in=CAPPED_FAMILIES
    ).aggregate(total=Sum("amount"))
    return lines["total"] or ZERO


def rates_by_key() -> dict[str, tuple[law.Rate, ...]]:
    """The amounts of all services, dated."""
    rates: defaultdict[str, list[law.Rate]] = defaultdict(list)
    for row in Rate.objects.all():
        rates[row.rate_key].append(law.Rate(row.first_day, row.last_day, row.amount))
    return {key: tuple(found) for key, found in rates.items()}


def with_services(file: File, services: Iterable[Facts]) -> Billing:
    """The facts of a file with services, as the rules are asked from outside."""
    return structs.replace(file.facts, services=tuple(services))


# --- inside -----------------------------------------------------------------------------------------------


def _by_person(rows: Iterable[M]) -> dict[int, list[M]]:
    found: defaultdict[int, list[M]] = defaultdict(list)
    for row in rows:
        found[row.beneficiary_id].append(row)  # type: ignore[attr-defined]
    return found


class _Eligible(Struct, frozen=True):
    """The services open to a person by the latest decision, and the first day that any decision was taken for."""

    families: tuple[Any, ...]
    first: date


def _eligibilities(people: People, project: Project) -> dict[int, _Eligible]:
    records = EligibilityRecord.objects.filter(
        enrolment__project=project, enrolment__beneficiary__in=people.values("pk")
    ).order_by("decided_at", "pk")
    found: dict[int, _Eligible] = {}
    for person, families, start in records.values_list(
        "enrolment__beneficiary_id", "families", "period_start"
    ):
        before = found.get(person)
        found[person] = _Eligible(tuple(families), min(start, before.first) if before else start)
    return found


_STAY_FIELDS = {
    StayKind.HOSPITAL: "hospital_stays",
    StayKind.REST_HOME: "rest_home_stays",
    StayKind.SHORT: "short_stays",
    StayKind.PSYCHIATRIC: "psychiatric_stays",
}
_NO_STAYS: dict[str, Any] = dict.fromkeys(_STAY_FIELDS.values(), ())
_NOT_FINANCED: dict[str, Any] = {"first_line_psychology": (), "financed_otherwise": ()}


def _stays(rows: Iterable[Stay]) -> dict[str, Any]:
    found: dict[str, list[law.Stay]] = {kind: [] for kind in StayKind.values}
    for row in rows:
        found[row.kind].append(law.Stay(row.arrival, row.departure or date.max))
    return {name: tuple(found[kind]) for kind, name in _STAY_FIELDS.items()}


def _financed(
    rows: Iterable[Financing], also_on: Iterable[date], entered: Iterable[Entered]
) -> dict[str, Any]:
    """First-line psychology as periods; other financing as the days of services, or asked about, that it covers."""
    days = {*also_on, *(one.facts.date for one in entered)}
    first_line = [row.period for row in rows if row.kind == FinancingKind.FIRST_LINE]
    other = [row.period for row in rows if row.kind == FinancingKind.OTHER]
    financed = {day for day in days if any(day in period for period in other)}
    return {"first_line_psychology": tuple(first_line), "financed_otherwise": tuple(sorted(financed))}


def _before(row: PriorUnits | None) -> dict[str, Any]:
    if row is None:
        return {"period_start": None, "initial_module_billed": False}
    return {
        "period_start": row.period_start,
        "initial_module_billed": row.initial_module,
        "prior_units": law.PriorUnits(row.units, row.group_units, row.caregiver_group, row.care_education),
    }


def _second(row: SecondSeries | None) -> law.SecondSeries | None:
    return law.SecondSeries(row.first_day) if row else None


def _periods(rows: Iterable[DatedRow]) -> tuple[Period, ...]:
    return tuple(sorted((row.period for row in rows), key=lambda period: period.first))
