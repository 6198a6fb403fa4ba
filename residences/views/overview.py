"""The rest homes that a director runs, and the first page of each: what waits, how full it is, what was invoiced."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partenamut.accounts.permissions import user_of
from partenamut.web.worklist import Column, ListFilter, WorkList
from residences.models import RestHome
from residences.readings import overview_figures as figures
from residences.readings.arrears import arrears_of
from residences.readings.homes import remarks, visible_homes
from residences.readings.occupancy import occupancy_on
from residences.readings.overview_waiting import waiting
from residences.views.loading import directs, home_of


class OwnHomes(WorkList):
    """The rest homes that a director runs."""

    columns = (
        Column(
            "name",
            gettext_lazy("Rest home"),
            lambda row: row.residence.name,
            kind="link",
            sort="residence__name",
            url=lambda row: reverse("residences:home", args=[row.public_id]),
        ),
        Column("code", gettext_lazy("Short code"), "code", sort="code"),
        Column("city", gettext_lazy("Place"), lambda row: row.residence.city, sort="residence__city"),
        Column("beds", gettext_lazy("Beds"), lambda row: row.beds_today, kind="number"),
    )
    filterset_class = ListFilter
    ordering = ("residence__name",)
    export_name = gettext_lazy("rest-homes")
    empty_text = gettext_lazy(
        "No rest home is opened for your residence. Ask the administration of the mutuality to open it."
    )
    template_name = "residences/list.html"


@require_safe
@directs
def homes(request: HttpRequest) -> HttpResponseBase:
    """The rest homes that the user runs; who has only one goes straight to it."""
    user, today = user_of(request), localdate()
    own = RestHome.objects.directed_by(user, today)
    if not request.GET and len(only := list(own[:2])) == 1:
        return redirect("residences:home", only[0].public_id)
    rows = visible_homes(user, today).filter(pk__in=own.values("pk"))
    return OwnHomes(rows).respond(request, title=_("My rest homes"))


@require_safe
@directs
def home(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """What waits in a home today, how full it is, and its money over the last twelve months."""
    found, today = home_of(request, home_id), localdate()
    months = figures.occupancy_of(found, today)
    context: dict[str, Any] = {
        "home": found,
        "here": "home",
        "today": today,
        "waits": waiting(found, today),
        "remarks": remarks(found, today),
        "now": occupancy_on(found, today),
        "rate_series": [_("Rate of occupancy")],
        "occupancy": figures.occupancy_chart(months),
        "was_open": any(month.serving for month in months),
        "invoiced": figures.invoiced_of(found, today),
        "arrears": arrears_of(found, today),
    }
    return render(request, "residences/overview/home.html", context)
