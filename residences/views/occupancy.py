"""The occupancy plan of a home: a month by beds, on screen, on paper and as a file."""

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.periods import add_months
from partenamut.web import formats
from partenamut.web.exports import STREAMS, Column, Kind
from residences.forms.occupancy import OccupancyFilter
from residences.models import RestHome
from residences.readings import occupancy as reading
from residences.views.loading import directs, home_of


def _column(key: str, label: Any, kind: Kind = "text") -> Column:
    """A column that reads its own part of a line."""
    return Column(key, label, lambda line: line[key], kind=kind)


COLUMNS = (
    _column("room", gettext_lazy("Room")),
    _column("floor", gettext_lazy("Floor")),
    _column("room_type", gettext_lazy("Room type")),
    _column("bed", gettext_lazy("Bed")),
    _column("state", gettext_lazy("State")),
    _column("first_day", gettext_lazy("First day in the month"), "day"),
    _column("last_day", gettext_lazy("Last day in the month"), "day"),
    _column("days", gettext_lazy("Days in the month"), "number"),
    _column("name", gettext_lazy("Resident, or why")),
    _column("since", gettext_lazy("Since"), "day"),
    _column("until", gettext_lazy("Until"), "day"),
)
KINDS = (("csv", gettext_lazy("CSV")), ("xlsx", gettext_lazy("Excel (XLSX)")), ("json", gettext_lazy("JSON")))
#: Months whose neighbours a calendar has.
FIRST, LAST = date(1950, 2, 1), date(2098, 11, 1)


@directs
@require_safe
def occupancy(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """Who has which bed in a month, what is free, and how full the home is; with `export` a file of it."""
    home, today = home_of(request, home_id), localdate()
    form = OccupancyFilter(request.GET, home=home)
    asked = form.cleaned_data if form.is_valid() else {}
    free_on: date | None = asked.get("free_on")
    month: date = asked.get("month") or (free_on or today).replace(day=1)
    month = min(max(month, FIRST), LAST)
    plan = reading.plan_of(home, month, today, room_type=asked.get("room_type"), free_on=free_on)
    kind = request.GET.get("export", "")
    if kind in STREAMS and form.is_valid():
        return _file(request, home, kind, plan)
    return render(request, "residences/settings/occupancy.html", _page(request, home, form, plan))


def _file(request: HttpRequest, home: RestHome, kind: str, plan: reading.Plan) -> HttpResponseBase:
    """The plan as a file; who took it is kept."""
    record(
        action="occupancy_exported",
        subject=home,
        actor=user_of(request),
        at=timezone.now(),
        changes={"format": [None, kind]},
        note=request.GET.urlencode()[:500],
    )
    name = _("occupancy-%(code)s-%(month)s") % {"code": home.code, "month": f"{plan.first:%Y-%m}"}
    return STREAMS[kind](name, COLUMNS, reading.lines_of(plan))


def _page(request: HttpRequest, home: RestHome, form: OccupancyFilter, plan: reading.Plan) -> dict[str, Any]:
    """What the page of a month shows."""
    return {
        "home": home,
        "here": "occupancy",
        "form": form,
        "plan": plan,
        "month": formats.month(plan.first),
        "previous_url": _address(request, month=f"{add_months(plan.first, -1):%Y-%m}"),
        "next_url": _address(request, month=f"{add_months(plan.first, 1):%Y-%m}"),
        "clear_url": request.path if form.active() or not form.is_valid() else "",
        "exports": [
            {"label": label, "url": _address(request, month=f"{plan.first:%Y-%m}", export=kind)}
            for kind, label in KINDS
        ],
        "figures": _figures(plan),
    }


def _address(request: HttpRequest, **changes: str) -> str:
    """The address of this page with some parts changed, the other filters kept."""
    query = request.GET.copy()
    for name in ("export", "page"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _figures(plan: reading.Plan) -> dict[str, Any]:
    """The rate of the month by room type, as a table."""
    rows = [
        [
            each.label,
            *(formats.number(number) for number in (each.beds, each.serving, each.taken)),
            "–" if each.rate is None else formats.percent(each.rate),
        ]
        for each in (*plan.figures, plan.total)
    ]
    columns = [
        {"label": _("Room type")},
        {"label": _("Beds"), "numeric": True},
        {"label": _("Days in service"), "numeric": True},
        {"label": _("Days taken"), "numeric": True},
        {"label": _("Rate of occupancy"), "numeric": True},
    ]
    return {"columns": columns, "rows": rows}
