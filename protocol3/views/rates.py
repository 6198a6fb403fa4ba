"""Pages of the amounts of the services: all of them, those of a new year in one form, one put right."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.history import history_of
from partenamut.registry.lists import way
from partenamut.web import formats
from partenamut.web.resume import posted
from protocol3.forms.projects import FIRST_YEAR, LAST_YEAR
from protocol3.forms.rates import RateForm, rates_form
from protocol3.messages import RATES
from protocol3.models import Rate
from protocol3.readings import rates as reading
from protocol3.services import rates as services
from protocol3.views.manage_projects import manages_projects
from protocol3.views.project_lists import RateList
from protocol3.views.projects import FORM


@manages_projects
@require_safe
def rates(request: HttpRequest) -> HttpResponseBase:
    """All amounts ever entered, and what is missing for the years of the conventions."""
    today = localdate()
    lacking = reading.years_missing(today)
    years = {today.year, today.year + 1} - {year for year, _missing in lacking}
    return RateList(Rate.objects.all()).respond(
        request,
        title=_("Amounts of the services"),
        lead=_("Euros a unit, indexed every 1 January (art. 22). A month without its amounts is not billed."),
        actions=[_enter(year) for year in sorted(years) if reading.missing(year)],
        lacking=lacking,
        service_count=len(RATES),
        history=reading.history(),
        back=reverse("protocol3:manage_projects"),
        back_label=_("Care projects"),
    )


@manages_projects
@require_http_methods(["GET", "POST"])
def rate_year(request: HttpRequest, year: int) -> HttpResponse:
    """The amounts of a year: those that are known, and one form for all that are missing."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    lines = reading.coverage(year)
    # What somebody else entered meanwhile is refused in words, never dropped.
    asked = {line.key: line.label for line in lines if line.gaps or request.POST.get(line.key)}
    if not asked:
        return render(request, "protocol3/projects/rate_year.html", _year_page(year, lines))
    form = rates_form(
        asked,
        reading.amounts_before(year),
        posted(request),
        initial={"first_day": date(year, 1, 1), "last_day": date(year, 12, 31)},
    )

    def add(_cleaned: dict[str, Any]) -> None:
        first, last = form.days
        by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        added = services.add_rates(
            amounts=form.amounts, first_day=first, last_day=last, source=form.cleaned_data["source"], **by
        )
        _warn_of_leaps(request, added)

    return form_page(
        request,
        form,
        add,
        submit=_("Keep the amounts"),
        done=_("The amounts are kept."),
        **_year_page(year, lines),
        template="protocol3/projects/rate_year.html",
    )


@manages_projects
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, rate_id: uuid.UUID) -> HttpResponse:
    """An amount put right or ended, with a reason."""
    row = get_object_or_404(Rate, public_id=rate_id)

    def change(cleaned: dict[str, Any]) -> None:
        by = {"note": cleaned.pop("note"), "actor": user_of(request), "at": timezone.now()}
        services.change_rate(rate=row, changes=cleaned, **by)

    return form_page(
        request,
        RateForm(posted(request), initial={name: getattr(row, name) for name in services.CHANGEABLE}),
        change,
        title=row.get_rate_key_display(),
        lead=_("An amount that changes from a day on: end this one the day before, then enter the new one."),
        warning=_(
            "Months closed from now on use what you write here. Notes that were issued keep their amounts."
        ),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        back=reverse("protocol3:rates"),
        back_label=_("Amounts of the services"),
        template=FORM,
        history=history_of(row),
    )


# --- inside


def _enter(year: int) -> Any:
    return way(_("Enter the amounts of %(year)s") % {"year": year}, "protocol3:rate_year", year)


def _year_page(year: int, lines: list[reading.Coverage]) -> dict[str, Any]:
    rows = [[line.label, _amounts(line), _gaps(line)] for line in lines]
    return {
        "title": _("Amounts of %(year)s") % {"year": year},
        "columns": [
            {"label": _("Service")},
            {"label": _("Amount a unit"), "numeric": True},
            {"label": _("Missing")},
        ],
        "rows": rows,
        "back": reverse("protocol3:rates"),
        "back_label": _("Amounts of the services"),
    }


def _amounts(line: reading.Coverage) -> str:
    return ", ".join(formats.euros(each.amount) for each in line.rates) or "–"


def _gaps(line: reading.Coverage) -> Any:
    if not line.gaps:
        return {"text": _("Nothing"), "tone": "success"}
    whole = not line.rates
    text = _("The whole year") if whole else ", ".join(formats.period(*gap) for gap in line.gaps)
    return {"text": text, "tone": "warning"}


def _warn_of_leaps(request: HttpRequest, added: list[Rate]) -> None:
    if leaps := reading.leaps(added):
        names = ", ".join(f"{each.get_rate_key_display()} {formats.euros(each.amount)}" for each in leaps)
        messages.warning(
            request,
            _("These amounts differ by more than a fifth from the ones before, check them: %(names)s.")
            % {"names": names},
        )
