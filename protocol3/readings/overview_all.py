"""All projects side by side for the mutuality: sums, limits, what is late or missing; never a person."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from partenamut.money import ZERO
from partenamut.periods import add_months
from partenamut.registry.models import Insurer
from partenamut.web.exports import Column
from protocol3.facts import rates_by_key
from protocol3.messages import RATES
from protocol3.models import (
    Affiliation,
    Closing,
    EligibilityRecord,
    Enrolment,
    LineKind,
    NoteLine,
    PriorUnits,
    Project,
    ProjectYear,
    Recap,
    Refusal,
    SecondSeries,
    Service,
)
from protocol3.readings.overview_money import Money, Sums, overdue
from protocol3.rules.eligibility import EligibilityOutcome, age_on
from protocol3.rules.ledger import rate_on
from protocol3.rules.parameters import FULL_AGE, SECOND_SERIES_PERCENT, UNDER_60_PERCENT
from protocol3.rules.pseudocodes import PSEUDOCODES
from protocol3.services.issuing import sent_by
from protocol3.services.people_series import BASE_CODES
from protocol3.workflow import ENDED, ClosingStatus


class Row(Struct, frozen=True):
    """A project in a year."""

    project: Project
    included: int
    under_60: int
    second: int
    started: int
    services: int
    sums: Sums
    allowance: Decimal
    maximum: Decimal | None

    @property
    def young_over(self) -> bool:
        """Whether more than 15 % of those included came before 60 (art. 5)."""
        return self.under_60 * 100 > UNDER_60_PERCENT * self.included

    @property
    def second_over(self) -> bool:
        """Whether more second series were granted than 30 % of the first ones (art. 12 §3)."""
        return self.second * 100 > SECOND_SERIES_PERCENT * self.started

    @property
    def allowance_percent(self) -> int | None:
        """Hundredths of the year's maximum that are billed; None without a maximum."""
        return int(100 * self.allowance / self.maximum) if self.maximum else None


class Late(Struct, frozen=True):
    """A month of a project that was to be billed and is not, or whose closing stands still."""

    project: Project
    month: date
    services: int
    state: str

    @property
    def sent_by(self) -> date:
        """The last day on which its notes could be sent."""
        return sent_by(self.month)


class Debt(Struct):
    """What is overdue of a project."""

    project: Project
    notes: int = 0
    amount: Decimal = ZERO
    oldest: date | None = None


class Missing(Struct, frozen=True):
    """An amount that services of a month wait for."""

    month: date
    service: Any
    count: int


def years_of_all(on: date) -> list[int]:
    """The years in which a project had services, and this one; the latest first."""
    days = Service.objects.filter(date__lte=on).aggregate(first=Min("date"), last=Max("date"))
    known = {day.year for day in days.values() if day is not None} or {on.year}
    return list(range(max(known), min(known) - 1, -1))


def usual_year(years: list[int], on: date) -> int:
    """The year that a reader wants first: this one once something is billed, else the last one that was."""
    billed: date | None = Recap.objects.filter(month__lte=on).aggregate(last=Max("month"))["last"]
    return billed.year if billed is not None and billed.year in years else years[0]


def rows_of(year: int, money: Money, on: date) -> list[Row]:
    """Every project with its figures of a year; the number of queries does not grow with the projects."""
    included, under_60 = _included(min(on, date(year, 12, 31)))
    second = _counted(SecondSeries.objects.filter(first_day__year=year), "project")
    started = _started(year)
    services = _counted(
        Service.objects.standing().filter(date__range=(date(year, 1, 1), date(year, 12, 31))),
        "enrolment__project",
    )
    allowance = dict(
        NoteLine.objects.filter(kind=LineKind.ALLOWANCE, date__year=year)
        .order_by()
        .values_list("note__recap__project")
        .annotate(sum=Sum("amount"))
    )
    maximum = dict(ProjectYear.objects.filter(year=year).values_list("project", "allowance_maximum"))
    sums = money.by(0)
    return [
        Row(
            project,
            included[project.pk],
            under_60[project.pk],
            second.get(project.pk, 0),
            started.get(project.pk, 0),
            services.get(project.pk, 0),
            sums.get(project.pk, Sums()),
            allowance.get(project.pk, ZERO),
            maximum.get(project.pk),
        )
        for project in Project.objects.order_by("name", "pk")
    ]


def late_months(on: date) -> list[Late]:
    """Months past their last day of sending with services that no closing looked at, or a closing that stands still."""
    before = add_months(on.replace(day=1), -1)
    refused = Refusal.objects.filter(service=OuterRef("pk")).exclude(closing__status=ClosingStatus.DISCARDED)
    waiting = (
        Service.objects.open()
        .filter(~Exists(refused), date__lt=before)
        .order_by()
        .annotate(month=TruncMonth("date"))
        .values_list("enrolment__project", "month")
        .annotate(count=Count("pk"))
    )
    found = {(project, month): count for project, month, count in waiting}
    standing = Closing.objects.exclude(status__in=ENDED).filter(month__lt=before)
    states = {(closing.project_id, closing.month): closing.get_status_display() for closing in standing}
    projects = Project.objects.in_bulk({project for project, _month in {*found, *states}})
    rows = [
        Late(projects[key[0]], key[1], found.get(key, 0), states.get(key, "")) for key in {*found, *states}
    ]
    return sorted(rows, key=lambda row: (row.month, row.project.name))


def debts(on: date) -> list[Debt]:
    """What is overdue, by project, the oldest first."""
    found: dict[int, Debt] = {}
    rows: Any = overdue(Recap.objects.all(), on).select_related("project")
    for row in rows:
        debt = found.setdefault(row.project_id, Debt(row.project, oldest=row.due_on))
        debt.notes, debt.amount = debt.notes + 1, debt.amount + row.balance
    return list(found.values())


def missing_amounts(on: date) -> list[Missing]:
    """The amounts that open services wait for, by month (art. 22)."""
    rates = rates_by_key()
    rows = (
        Service.objects.open()
        .filter(date__lte=on)
        .order_by()
        .values_list("date", "pseudocode")
        .annotate(count=Count("pk"))
    )
    found: Counter[tuple[date, str]] = Counter()
    for day, pseudocode, count in rows:
        for key in _needed(pseudocode):
            if rate_on(rates, key, day) is None:
                found[day.replace(day=1), key] += count
    return [Missing(month, RATES[key], count) for (month, key), count in sorted(found.items())]


def insurers_without_address() -> list[Insurer]:
    """Insurers of beneficiaries to whom no note can be sent: their address is not known."""
    insured = Affiliation.objects.filter(insurer=OuterRef("pk"))
    return list(Insurer.objects.filter(Exists(insured), address="").order_by("code"))


# --- the file of the sums

COLUMNS = (
    Column("code", _("Code"), lambda row: row[0].code),
    Column("project", _("Project"), lambda row: row[0].name),
    Column("month", _("Month"), lambda row: f"{row[1]:%Y-%m}"),
    Column("insurer", _("Insurer"), lambda row: str(row[2])),
    Column("billed", _("Billed"), lambda row: row[3].billed, kind="euros"),
    Column("paid", _("Paid"), lambda row: row[3].paid, kind="euros"),
    Column("open", _("Open"), lambda row: row[3].open, kind="euros"),
)


def sums_rows(money: Money) -> Iterator[tuple[Project, date, Insurer, Sums]]:
    """The sums of a year by project, month and insurer, one a row."""
    projects, insurers = Project.objects.in_bulk(), Insurer.objects.in_bulk()
    for project, month, insurer in sorted(money.cells):
        yield projects[project], month, insurers[insurer], money.cells[project, month, insurer]


# --- inside


def _included(on: date) -> tuple[Counter[int], Counter[int]]:
    """How many people each project includes on a day, and how many of them came before 60; as eligibility counts them."""
    latest = EligibilityRecord.objects.filter(enrolment=OuterRef("pk")).order_by("-decided_at", "-pk")
    rows = (
        Enrolment.objects.filter(Q(left_on=None) | Q(left_on__gte=on), enrolled_on__lte=on)
        .order_by()
        .annotate(
            outcome=Subquery(latest.values("outcome")[:1]), start=Subquery(latest.values("period_start")[:1])
        )
        .values_list("project", "enrolled_on", "beneficiary__birth_date", "outcome", "start")
    )
    included: Counter[int] = Counter()
    under_60: Counter[int] = Counter()
    for project, enrolled_on, born, outcome, start in rows.iterator(chunk_size=5_000):
        if outcome in (None, EligibilityOutcome.ELIGIBLE.value):
            included[project] += 1
            under_60[project] += age_on(born, start or enrolled_on) < FULL_AGE
    return included, under_60


def _started(year: int) -> Counter[int]:
    """How many people began a first series in each project in a year; as the quota of second series counts them."""
    prior = PriorUnits.objects.filter(beneficiary=OuterRef("beneficiary"), units__gt=0)
    standing = Q(services__withdrawn_at=None, services__pseudocode__in=BASE_CODES)
    rows = (
        Enrolment.objects.filter(~Exists(prior))
        .annotate(began=Min("services__date", filter=standing))
        .filter(began__year=year)
        .values_list("project", flat=True)
    )
    return Counter(rows)


def _counted(rows: Any, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk")))


def _needed(pseudocode: str) -> Iterable[Any]:
    """The amounts that a service needs."""
    kind = PSEUDOCODES.get(pseudocode)
    if kind is None:
        return ()
    return (kind.rate_key, "operating_allowance") if kind.is_base else (kind.rate_key,)
