"""The claims in figures for the mutuality's admin; or one of the tables as a file."""

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

from hospitalisation.forms.dashboard import DashboardForm
from hospitalisation.readings.dashboard import FILES, Asked, dashboard
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.periods import add_months
from partenamut.web.exports import STREAMS

KIND_NAMES = {"csv": gettext_lazy("CSV"), "xlsx": gettext_lazy("Excel (XLSX)"), "json": gettext_lazy("JSON")}
#: Months that the page shows first, this one included.
USUAL_MONTHS = 12


@require_safe
@requires(Permission.READ_AUDIT, Permission.MANAGE_REGISTRY)
def figures_of_claims(request: HttpRequest) -> HttpResponseBase:
    """The claims of a period by state, insurance and hospital, with their delays."""
    form = DashboardForm(request.GET)
    valid = form.is_valid()
    if valid and (made := _file(request, _asked(form.cleaned_data))) is not None:
        return made
    shown: dict[str, Any] = {"form": form, "page_has_errors": not valid, "path": request.path}
    if valid:
        asked = _asked(form.cleaned_data)
        shown |= {
            "asked": asked,
            "active": form.active(),
            "files": {what: _links(request, what) for what in FILES},
            **dashboard(asked),
        }
    return render(request, "hospitalisation/figures/dashboard.html", shown)


def _asked(cleaned: dict[str, Any]) -> Asked:
    """The days asked for; else the last twelve months."""
    last: date = cleaned.get("last") or localdate()
    first: date = cleaned.get("first") or add_months(last.replace(day=1), 1 - USUAL_MONTHS)
    return Asked(first, max(first, last), cleaned.get("kind") or "")


def _file(request: HttpRequest, asked: Asked) -> HttpResponseBase | None:
    """The file asked for, its taking noted; None where the page is asked."""
    kind, what = request.GET.get("export", ""), request.GET.get("what", "")
    if kind not in STREAMS or what not in FILES:
        return None
    user = user_of(request)
    record(
        action="export",
        subject=user,
        actor=user,
        at=timezone.now(),
        changes={"list": [None, f"hospital figures: {what}"], "format": [None, kind]},
        note=request.GET.urlencode()[:500],
    )
    columns, rows = FILES[what]
    title = _("hospital claims")
    name = f"{title}-{what}-{asked.first:%Y-%m-%d}-{asked.last:%Y-%m-%d}"
    return STREAMS[kind](name, columns, rows(asked))


def _links(request: HttpRequest, what: str) -> list[dict[str, Any]]:
    query = request.GET.copy()
    query["what"] = what
    links = []
    for kind, label in KIND_NAMES.items():
        query["export"] = kind
        links.append({"label": label, "url": f"?{query.urlencode()}"})
    return links
