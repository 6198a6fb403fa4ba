"""The list of notices and departures of a home."""

import uuid

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partenamut.web.worklist import Link, Tab
from residences.readings.endings_list import EndingList, EndingState, counts_of, endings_of
from residences.views.loading import directs, home_of


@directs
@require_safe
def notices(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The notices, deaths and departures of a home, what runs first."""
    home = home_of(request, home_id)
    rows = endings_of(home, localdate())
    reckon = Link(label=_("Notice calculator"), url=reverse("residences:calculator", args=[home.public_id]))
    return EndingList(rows, empty_action=reckon).respond(
        request,
        title=_("Notices and departures"),
        actions=[reckon],
        tabs=_tabs(rows, request.GET.get("state", "")),
        home=home,
        here="endings",
    )


def _tabs(rows: object, current: str) -> list[Tab]:
    counts = counts_of(rows)
    tabs = [Tab(label=_("All"), query="", current=not current, count=sum(counts.values()))]
    return tabs + [
        Tab(
            label=state.label,
            query=f"state={state.value}",
            current=current == state.value,
            count=counts.get(state.value, 0),
        )
        for state in (EndingState.RUNNING, EndingState.TO_END, EndingState.TO_SETTLE)
    ]
