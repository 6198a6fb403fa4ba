"""The first page of a project, and the page over all projects for the mutuality's admin."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from msgspec import structs

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.web.exports import STREAMS
from protocol3.models import Recap
from protocol3.readings import overview_all as every
from protocol3.readings import overview_figures as figures
from protocol3.readings.overview_money import money_of
from protocol3.readings.overview_waiting import deadlines, waiting
from protocol3.readings.overview_watch import watch
from protocol3.views.loading import project_of


@require_safe
@requires(Permission.ENTER_SERVICES)
def project(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """What waits in a project, what is due, and its figures of a year."""
    found, today = project_of(request, project_id), localdate()
    bills = user_of(request).may(Permission.BILL_PROJECT)
    years = figures.years_of(found, today)
    year = _year(request, years) or figures.usual_year(found, years, today)
    seen = watch(found, today)
    limits = figures.limits(found, year, seen, today, bills=bills)
    context = {
        "project": found,
        "here": "home",
        "waits": waiting(found, seen, today, bills=bills),
        "deadlines": deadlines(found, seen, today) if bills else [],
        "years": years,
        "year": year,
        "units": figures.units_chart(found, year),
        "limits": [structs.asdict(limit) | {"warning": limit.warning} for limit in limits],
        "limit_heads": [_("Limit of"), _("Used"), _("Expected by 31/12"), _("At most")],
        "refusals": figures.refusals(found, year),
        **(_money(found, year) if bills else {}),
    }
    return render(request, "protocol3/reports/overview.html", context)


def _money(found: Any, year: int) -> dict[str, Any]:
    return {"money": figures.money_charts(found, year), "taken_back": figures.taken_back(found, year)}


@require_safe
@requires(Permission.MANAGE_PROJECTS)
def all_projects(request: HttpRequest) -> HttpResponseBase:
    """All projects side by side: sums, limits, what is late or missing; or the sums of the year as a file."""
    today = localdate()
    years = every.years_of_all(today)
    year = _year(request, years) or every.usual_year(years, today)
    money = money_of(Recap.objects.all(), year)
    if stream := STREAMS.get(request.GET.get("export", "")):
        projects = _("projects")
        return stream(f"{projects}-{year}", every.COLUMNS, every.sums_rows(money))
    context = {
        "years": years,
        "year": year,
        "rows": every.rows_of(year, money, today),
        "late": every.late_months(today),
        "debts": every.debts(today),
        "missing": every.missing_amounts(today),
        "insurers": every.insurers_without_address(),
        "money": figures.charts_of(money, year),
        "exports": [
            {"label": label, "url": f"?year={year}&export={kind}"}
            for kind, label in (("csv", _("CSV")), ("xlsx", _("Excel (XLSX)")), ("json", _("JSON")))
        ],
    }
    return render(request, "protocol3/reports/all_projects.html", context)


def _year(request: HttpRequest, years: list[int]) -> int | None:
    """The year asked for where it is one of the choices."""
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year) == asked), None)
