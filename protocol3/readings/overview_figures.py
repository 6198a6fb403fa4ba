"""The figures of a project in a year: units, money, the limits of the convention with where they lead, refusals."""

from calendar import isleap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Sum
from django.db.models.functions import ExtractMonth
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.money import ZERO, total
from partenamut.registry.models import Insurer
from partenamut.web import formats
from protocol3.deciding import Taken
from protocol3.facts import allowance_billed, alternatives_billed, rates_by_key
from protocol3.messages import FAMILIES, condition
from protocol3.models import (
    Convention,
    CorrectionReason,
    Enrolment,
    LineKind,
    NoteLine,
    Project,
    ProjectYear,
    Recap,
    Refusal,
    Service,
)
from protocol3.readings.overview_money import Money, Sums, money_of
from protocol3.readings.overview_watch import Watch
from protocol3.rules.ledger import rate_on
from protocol3.rules.parameters import SECOND_SERIES_PERCENT, UNDER_60_PERCENT
from protocol3.rules.pseudocodes import CAPPED_FAMILIES, PSEUDOCODES
from protocol3.services.eligibility import counts
from protocol3.services.people_series import quota
from protocol3.workflow import ClosingStatus

#: The pseudocodes of the services under a yearly amount; groups for caregivers have none.
CAPPED_CODES = [code for code, kind in PSEUDOCODES.items() if kind.family in CAPPED_FAMILIES]


class Limit(Struct, frozen=True):
    """A limit of the convention: what is used, where it leads by the end of the year, and what to say of it."""

    label: str
    used: Decimal
    projected: Decimal
    limit: Decimal
    texts: tuple[str, str, str]
    #: The figures behind it, in a sentence.
    behind: str = ""

    @property
    def warning(self) -> str:
        """What to say where it is passed, or will be at this pace; empty where it holds."""
        values = {"label": self.label, "most": self.texts[2]}
        if self.used > self.limit:
            return _("%(label)s: %(used)s, and %(most)s is the most.") % {"used": self.texts[0], **values}
        if self.projected > self.limit:
            text = _(
                "%(label)s: %(projected)s by the end of the year at this pace, and %(most)s is the most."
            )
            return text % {"projected": self.texts[1], **values}
        return ""


def years_of(project: Project, on: date) -> list[int]:
    """The years that have services or a convention, and this one where the convention runs; the latest first."""
    days = Service.objects.filter(enrolment__project=project).aggregate(first=Min("date"), last=Max("date"))
    known = {day.year for day in days.values() if day is not None}
    for first, last in Convention.objects.filter(project=project).values_list("first_day", "last_day"):
        known |= {first.year, min(last or on, on).year}
    known = {year for year in known if year <= on.year} or {on.year}
    return list(range(max(known), min(known) - 1, -1))


def usual_year(project: Project, years: list[int], on: date) -> int:
    """The year that a reader wants first: this one once it has services, else the last one that was billed."""
    if on.year in years and Service.objects.filter(enrolment__project=project, date__year=on.year).exists():
        return on.year
    billed: date | None = Recap.objects.filter(project=project).aggregate(last=Max("month"))["last"]
    return billed.year if billed is not None and billed.year in years else years[0]


def units_chart(project: Project, year: int) -> dict[str, Any]:
    """Units entered by month and family, withdrawn services left out; for the chart of columns."""
    rows = (
        Service.objects.standing()
        .filter(enrolment__project=project, date__range=(date(year, 1, 1), date(year, 12, 31)))
        .order_by()
        .annotate(month=ExtractMonth("date"))
        .values_list("month", "pseudocode")
        .annotate(sum=Sum("units"))
    )
    found: Counter[tuple[int, str]] = Counter()
    for month, pseudocode, units in rows:
        kind = PSEUDOCODES.get(pseudocode)
        if kind is not None:
            found[month, kind.family] += units
    families = [family for family in FAMILIES if any(key[1] == family for key in found)]
    return {
        "series": [str(FAMILIES[family]) for family in families],
        "rows": _monthly(lambda month: [found[month, family] for family in families]),
        "total": sum(found.values()),
    }


# --- money


def money_charts(project: Project, year: int) -> dict[str, Any]:
    """What was billed, paid and is open, by month and by insurer; for the charts of columns."""
    money = money_of(Recap.objects.filter(project=project), year)
    return charts_of(money, year)


def charts_of(money: Money, year: int) -> dict[str, Any]:
    """The charts of sums of a year: of each column the paid part and the open one."""
    by_month, by_insurer = money.by(1), money.by(2)
    insurers = Insurer.objects.in_bulk([key for key in by_insurer if key is not None])
    named = sorted(((insurers[key], sums) for key, sums in by_insurer.items()), key=lambda one: one[0].code)
    return {
        "whole": money.whole,
        "repaid": money.repaid,
        "series": [_("Paid"), _("Open")],
        "months": _monthly(lambda month: _parts(by_month.get(date(year, month, 1), Sums()))),
        "insurers": [
            {"label": str(insurer), "short": insurer.code, "values": _parts(sums)} for insurer, sums in named
        ],
    }


def _parts(sums: Sums) -> list[Decimal]:
    return [sums.paid, sums.open]


def _monthly(values: Callable[[int], list[Any]]) -> list[dict[str, Any]]:
    return [
        {
            "label": str(MONTHS[month]),
            "short": str(MONTHS_3[month]),
            "values": values(month),
        }
        for month in range(1, 13)
    ]


# --- the limits of the convention


def limits(project: Project, year: int, seen: Watch, on: date, *, bills: bool = True) -> list[Limit]:
    """The limits of a year with where they lead; the amounts only for those who bill."""
    found = [_under_60(project, year, on), _second_series(project, year, on)]
    if bills:
        maximum = ProjectYear.objects.filter(project=project, year=year).first()
        if maximum is not None:
            found += _amounts(project, maximum, seen, on)
    return [one for one in found if one is not None]


def pace(so_far: Decimal, year: int, on: date) -> Decimal:
    """What comes of a figure by 31 December if the year goes on as it began; a year that is over stays as it is."""
    if on.year != year:
        return so_far
    days = 366 if isleap(year) else 365
    return so_far * days / on.timetuple().tm_yday


def _under_60(project: Project, year: int, on: date) -> Limit | None:
    """Art. 5: of those included, how many came before 60; the year's growth goes on to its end."""
    # Nobody is left out of the count: an inclusion without a key is no one's.
    nobody = Enrolment(project=project)
    included, young = counts(nobody, on=min(on, date(year, 12, 31)))
    if not included:
        return None
    before, young_before = counts(nobody, on=date(year - 1, 12, 31))
    later = before + pace(Decimal(included - before), year, on)
    young_later = young_before + pace(Decimal(young - young_before), year, on)
    used = _percent(young, included)
    projected = _percent(max(young_later, Decimal(0)), later)
    behind = _("%(young)d of %(included)d people included came before 60.")
    return Limit(
        _("People under 60 (art. 5)"),
        used,
        projected,
        Decimal(UNDER_60_PERCENT),
        _percents(used, projected, UNDER_60_PERCENT),
        behind % {"young": young, "included": included},
    )


def _second_series(project: Project, year: int, on: date) -> Limit | None:
    """Art. 12 §3: second series granted, of those who began a first one in the year."""
    found = quota(project, year)
    if not found.started and not found.granted:
        return None
    used = _percent(found.granted, found.started)
    behind = _(
        "%(granted)d second series granted; %(started)d people began a first one: %(left)d more can be granted."
    )
    return Limit(
        _("Second series (art. 12 §3)"),
        used,
        # Both numbers grow with the year: their share stays what it is.
        used,
        Decimal(SECOND_SERIES_PERCENT),
        _percents(used, used, SECOND_SERIES_PERCENT),
        behind % {"granted": found.granted, "started": found.started, "left": found.left},
    )


def _amounts(project: Project, maximum: ProjectYear, seen: Watch, on: date) -> Iterable[Limit]:
    """Art. 23 and art. 2, 1 c: the operating allowance, and night visits with care education."""
    year = maximum.year
    waiting = [one for one in seen.billable if one.entered.facts.date.year == year]
    yield _amount(
        _("Operating allowance (art. 23)"),
        allowance_billed(project, year),
        _allowance_to_bill(waiting),
        maximum.allowance_maximum,
        year,
        on,
    )
    if maximum.alternatives_maximum is not None:
        open_ones = (one for one in waiting if one.entered.facts.pseudocode in CAPPED_CODES)
        yield _amount(
            _("Night visits and care education (art. 2, 1 c)"),
            alternatives_billed(project, year),
            total(one.verdict.amount for one in open_ones),
            maximum.alternatives_maximum,
            year,
            on,
        )


def _allowance_to_bill(waiting: Iterable[Taken]) -> Decimal:
    """Euros that the open billable services will bring, the maximum left out of account."""
    rates = rates_by_key()
    return total(
        one.verdict.allowance_units * (rate_on(rates, "operating_allowance", one.entered.facts.date) or ZERO)
        for one in waiting
    )


def _amount(label: str, billed: Decimal, waiting: Decimal, limit: Decimal, year: int, on: date) -> Limit:
    used = billed + waiting
    projected = pace(used, year, on)
    behind = _("%(billed)s billed, %(waiting)s to be billed.") % {
        "billed": formats.euros(billed),
        "waiting": formats.euros(waiting),
    }
    if used > limit:
        behind += " " + _("What passes the maximum is not financed.")
    elif projected > limit:
        behind += " " + _reached(limit, projected, year)
    texts = (formats.euros(used), formats.euros(projected), formats.euros(limit))
    return Limit(label, used, projected, limit, texts, behind)


def _reached(limit: Decimal, projected: Decimal, year: int) -> str:
    days = int(limit / projected * (366 if isleap(year) else 365))
    day = date.fromordinal(date(year, 1, 1).toordinal() + max(0, days - 1))
    return _("At this pace the maximum is reached on %(day)s.") % {"day": formats.day(day)}


def _percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    if not whole:
        return Decimal(100 if part else 0)
    return (100 * Decimal(part) / Decimal(whole)).quantize(Decimal("0.1"))


def _percents(used: Decimal, projected: Decimal, limit: int) -> tuple[str, str, str]:
    return formats.percent(used), formats.percent(projected), formats.percent(limit)


# --- what was refused


def refusals(project: Project, year: int) -> list[dict[str, Any]]:
    """Services that a closing of the year did not bill and that no note bills since, by rule; the most first."""
    rows = (
        Refusal.objects.filter(closing__project=project, closing__month__year=year)
        .exclude(closing__status=ClosingStatus.DISCARDED)
        .exclude(Exists(NoteLine.objects.filter(service=OuterRef("service"), credits=None)))
        .exclude(service__withdrawn_at__isnull=False)
        .order_by()
        .values_list("service", "codes")
    )
    rules: defaultdict[str, set[int]] = defaultdict(set)
    for service, codes in rows.iterator(chunk_size=5_000):
        for code in codes:
            rules[code].add(service)
    return [
        {"label": condition(code), "value": len(services)}
        for code, services in sorted(rules.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def taken_back(project: Project, year: int) -> list[dict[str, Any]]:
    """Lines taken back by reason and explanation, with their number and euros; rejections by the insurers first."""
    rows = (
        NoteLine.objects.filter(
            note__recap__project=project, credits__isnull=False, kind=LineKind.SERVICE, date__year=year
        )
        .order_by()
        .values("note__reason", "note__explanation")
        .annotate(count=Count("pk"), amount=Sum("amount"))
    )
    order = (
        CorrectionReason.REJECTION,
        CorrectionReason.EXCESS,
        CorrectionReason.ERROR,
        CorrectionReason.LATE,
    )
    found = sorted(rows, key=lambda row: (order.index(row["note__reason"]), -row["count"]))
    return [
        {
            "reason": CorrectionReason(row["note__reason"]).label,
            "explanation": row["note__explanation"],
            "count": row["count"],
            "amount": -row["amount"],
        }
        for row in found
    ]
