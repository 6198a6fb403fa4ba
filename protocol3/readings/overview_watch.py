"""What the ledgers of a project say today: services that wait, those that cannot be billed, people near a limit."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from msgspec import Struct

from partenamut.periods import add_months
from protocol3.deciding import Reckoning, Taken, reckon
from protocol3.facts import Insured, files_of, insurers_of
from protocol3.models import (
    Beneficiary,
    Enrolment,
    Financing,
    LineKind,
    NoteLine,
    Project,
    Service,
    Stay,
)
from protocol3.readings.people import beneficiaries_of
from protocol3.rules.parameters import PERIOD_MONTHS, SERIES_UNITS

#: How long before its last day a period is announced, and with how many units left a series.
SOON = timedelta(days=60)
FEW_UNITS = 12


class Short(Struct, frozen=True):
    """A series with few units left."""

    enrolment_id: int
    number: int
    left: int


class Watch(Struct, frozen=True):
    """The services of a project that were not billed, those billed that should not be, and limits that come near."""

    billable: tuple[Taken, ...]
    #: Not billable as the facts stand; days without an insurer are in `uninsured`.
    stopped: tuple[Taken, ...]
    uninsured: tuple[Taken, ...]
    excess: tuple[Taken, ...]
    #: Inclusions whose period ends soon, with its last day.
    ending: tuple[tuple[int, date], ...]
    short: tuple[Short, ...]


def watch(project: Project, on: date) -> Watch:
    """The ledgers of those people of a project about whom something may have to be done; queries do not grow."""
    keys = _with_open_services(project) | _near_a_limit(project, on) | _perhaps_in_excess(project)
    people = Beneficiary.objects.filter(pk__in=sorted(keys))
    enrolments = dict(
        Enrolment.objects.filter(project=project, beneficiary__in=keys).values_list("beneficiary_id", "pk")
    )
    insurers = insurers_of(people)
    found = Watch((), (), (), (), (), ())
    parts: list[Watch] = []
    for person, file in files_of(people, project).items():
        reckoning = reckon(file)
        parts.append(_of_person(reckoning, project, enrolments[person], insurers.get(person, ()), on))
    return _together(parts) if parts else found


# --- whose ledger is looked at


def _with_open_services(project: Project) -> set[int]:
    opened = Service.objects.open().filter(enrolment__project=project)
    return set(opened.order_by().values_list("enrolment__beneficiary", flat=True).distinct())


def _near_a_limit(project: Project, on: date) -> set[int]:
    """Those who have used nearly all of a series, or whose period began nearly three years ago."""
    oldest = add_months(on, -PERIOD_MONTHS)
    running = beneficiaries_of(project, on=on).filter(state="running")
    near = Q(units__gte=SERIES_UNITS[1] - FEW_UNITS) | Q(first_service__range=(oldest, oldest + SOON))
    return set(running.filter(near).order_by().values_list("beneficiary_id", flat=True))


def _perhaps_in_excess(project: Project) -> set[int]:
    """Those with a service billed on a day that a later fact may close: after an end, in a stay, financed otherwise."""
    people = Beneficiary.objects.filter(enrolments__project=project)
    billed = NoteLine.objects.filter(
        kind=LineKind.SERVICE, credits=None, credited_by=None, note__recap__project=project
    )
    own = billed.filter(service__enrolment__beneficiary=OuterRef("pk"))
    ended = people.filter(
        Exists(own.filter(date__gt=OuterRef("died_on")))
        | Exists(own.filter(date__gt=OuterRef("rest_home_entry")))
    )
    of_row = billed.filter(service__enrolment__beneficiary=OuterRef("beneficiary"))
    stays = Stay.objects.filter(
        Exists(of_row.filter(date__gte=OuterRef("arrival"), date__lt=OuterRef("departure")))
        | Q(departure=None) & Exists(of_row.filter(date__gte=OuterRef("arrival"))),
        beneficiary__in=people,
    )
    financed = Financing.objects.filter(
        Exists(of_row.filter(date__gte=OuterRef("first_day"), date__lte=OuterRef("last_day")))
        | Q(last_day=None) & Exists(of_row.filter(date__gte=OuterRef("first_day"))),
        beneficiary__in=people,
    )
    # Told in one query: a person comes once.
    keys = ended.values_list("pk").union(
        stays.values_list("beneficiary"), financed.values_list("beneficiary")
    )
    return {key for (key,) in keys}


# --- what is said of each


def _of_person(
    reckoning: Reckoning, project: Project, enrolment: int, insurers: Iterable[Insured], on: date
) -> Watch:
    waiting = [
        one for one in reckoning.taken if not one.entered.billed and one.entered.project_id == project.pk
    ]
    fine = [one for one in waiting if one.verdict.billable]
    insured = [one for one in fine if any(one.entered.facts.date in each.period for each in insurers)]
    return Watch(
        billable=tuple(insured),
        stopped=tuple(one for one in waiting if not one.verdict.billable),
        uninsured=tuple(one for one in fine if one not in insured),
        excess=tuple(one for one in reckoning.excess if one.entered.project_id == project.pk),
        ending=_ending(reckoning, enrolment, on),
        short=_short(reckoning, enrolment, on),
    )


def _ending(reckoning: Reckoning, enrolment: int, on: date) -> tuple[tuple[int, date], ...]:
    """The last day of the period where it comes soon; after death or entry in a rest home nobody is warned."""
    ledger = reckoning.ledger
    if ledger.end_event is not None or ledger.last_day is None or not on <= ledger.last_day <= on + SOON:
        return ()
    return ((enrolment, ledger.last_day),)


def _short(reckoning: Reckoning, enrolment: int, on: date) -> tuple[Short, ...]:
    """The series in use where few units are left, while the period runs."""
    ledger = reckoning.ledger
    if ledger.end_event is not None or ledger.last_day is None or ledger.last_day < on:
        return ()
    second = ledger.in_second or (ledger.facts.series2 is not None and ledger.facts.series2.first <= on)
    series = ledger.series[2 if second else 1]
    return (Short(enrolment, series.number, series.left),) if series.left <= FEW_UNITS else ()


def _together(parts: list[Watch]) -> Watch:
    return Watch(
        *(
            tuple(one for part in parts for one in getattr(part, name))
            for name in ("billable", "stopped", "uninsured", "excess", "ending", "short")
        )
    )
