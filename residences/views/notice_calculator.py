"""The notice calculator: the days, the reasons and what is due, of any facts; nothing is written."""

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partenamut.web import formats
from residences.facts import NoPrice
from residences.forms.endings import CalculatorForm
from residences.models import Convention, RestHome
from residences.notice_facts import agreed_price, manager_notice_running
from residences.readings.notices import told
from residences.rules import judge
from residences.views.endings import ENDING
from residences.views.loading import convention_of, directs, home_of, note_file_opened
from residences.workflow import RUNNING

#: Answers that recording begins with.
CARRIED = ("event", "sent_on", "channel", "starts_on", "left_on", "room_cleared_on", "breach")
#: Answers that do not belong to an event.
_LETTER = frozenset({"channel", "starts_on", "left_on", "reason_given", "breach", "manager_notice_running"})
NOT_OF = {
    "manager": frozenset({"left_on", "room_cleared_on", "manager_notice_running"}),
    "resident": frozenset({"room_cleared_on", "reason_given", "breach"}),
    "death": _LETTER,
    "medical": _LETTER,
}


@directs
@require_safe
def calculator(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A notice reckoned: for a convention of the home, or for facts typed freely."""
    home = home_of(request, home_id)
    convention = _named(request, home)
    form = CalculatorForm(_asked(request, convention), initial={"sent_on": localdate()})
    context: dict[str, Any] = {"home": home, "here": "endings", "convention": convention, "form": form}
    if form.is_bound and form.is_valid():
        decision = judge(form.facts)
        context |= {
            "told": told(form.facts, decision, today=localdate()),
            "facts": _facts(form),
            "record_url": _record_url(home, convention, form),
        }
    name = "_live" if request.headers.get("HX-Request") else "calculator"
    return render(request, f"residences/endings/{name}.html", context)


# --- inside -----------------------------------------------------------------------------------------------


def _named(request: HttpRequest, home: RestHome) -> Convention | None:
    """The convention that the address names; 404 for one of another home."""
    if not (text := request.GET.get("convention")):
        return None
    try:
        convention = convention_of(request, home, uuid.UUID(text))
    except ValueError:
        raise Http404 from None
    if not request.headers.get("HX-Request"):
        note_file_opened(request, convention.resident, ENDING)
    return convention


def _asked(request: HttpRequest, convention: Convention | None) -> QueryDict | None:
    """What is typed; else the facts of the convention; nothing where neither is there."""
    if any(name.partition("_")[0] in {"event", "sent", "entry", "stay"} for name in request.GET):
        return request.GET
    if convention is None or convention.entry is None:
        return None
    today = localdate()
    facts = QueryDict(mutable=True)
    facts.update(
        {
            "event": "resident",
            "sent_on": today.isoformat(),
            "channel": "registered",
            "reason_given": "on",
            "stay_kind": convention.kind,
            "entry": convention.entry.isoformat(),
            "daily_price": _price(convention),
        }
    )
    if manager_notice_running(convention, today):
        facts["manager_notice_running"] = "on"
    return facts


def _price(convention: Convention) -> str:
    try:
        return str(agreed_price(convention, localdate()))
    except NoPrice:
        return ""


def _facts(form: CalculatorForm) -> list[dict[str, Any]]:
    """What was reckoned with, for paper: every answer that belongs to the case."""
    apart = NOT_OF[form.cleaned_data["event"]]
    return [
        {"label": form[name].label, "value": _words(form.fields[name], value)}
        for name in form.fields
        if name not in apart and (value := form.cleaned_data.get(name)) not in (None, "", False)
    ]


def _words(field: Any, value: Any) -> Any:
    if hasattr(field, "choices"):
        return dict(field.choices).get(value, value)
    if value is True:
        return _("Yes")
    return formats.day(value) if isinstance(value, date) else formats.euros(value)


def _record_url(home: RestHome, convention: Convention | None, form: CalculatorForm) -> str:
    """Where the same facts are recorded on the convention; nothing without one that runs."""
    if convention is None or convention.status not in RUNNING:
        return ""
    carried = {name: value for name in CARRIED if (value := form.cleaned_data.get(name))}
    address = reverse("residences:record_termination", args=[home.public_id, convention.public_id])
    return f"{address}?{urlencode(carried)}"
