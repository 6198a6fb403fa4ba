"""What is decided about a beneficiary: eligibility, and a second series."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import accepted
from partenamut.registry.forms import refuse
from partenamut.web.resume import posted
from protocol3.forms.eligibility import DecideForm, SecondSeriesForm, StartForm, TakeBackForm
from protocol3.models import Enrolment, SecondSeries
from protocol3.readings import people_file
from protocol3.services import eligibility as deciding
from protocol3.services import people_series
from protocol3.views.people import opened, works_for_a_project


@works_for_a_project
@require_http_methods(["GET", "POST"])
def eligibility(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The decision before it is stored, condition by condition; a POST stores it, on these very facts."""
    enrolment = opened(request, enrolment_id)
    data = posted(request)
    if data is None:
        return _preview(request, enrolment, _start_form(request, enrolment))
    form = DecideForm(data)

    def decide(cleaned: dict[str, Any]) -> None:
        deciding.decide(enrolment=enrolment, **cleaned, actor=user_of(request), at=timezone.now())

    if request.method == "POST" and accepted(form, decide):
        messages.success(request, _("The decision is in force."))
        return redirect("protocol3:beneficiary", enrolment.public_id)
    return _preview(request, enrolment, form)


@works_for_a_project
@require_http_methods(["GET", "POST"])
def second_series(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """A second series to grant, with the conditions and the quota of the year; or the one granted, to take back."""
    enrolment = opened(request, enrolment_id)
    granted = SecondSeries.objects.filter(beneficiary=enrolment.beneficiary).first()
    form = TakeBackForm(posted(request)) if granted else SecondSeriesForm(posted(request))
    deed = people_series.take_back if granted else people_series.grant

    def do(cleaned: dict[str, Any]) -> None:
        deed(enrolment=enrolment, **cleaned, actor=user_of(request), at=timezone.now())

    if request.method == "POST" and accepted(form, do):
        done = _("The second series is taken back.") if granted else _("The second series is granted.")
        messages.success(request, done)
        return redirect("protocol3:beneficiary", enrolment.public_id)
    today = localdate()
    context = {
        **people_file.head(enrolment, on=today),
        "form": form,
        "granted": granted,
        "quotas": people_series.quotas(enrolment.project, until=today.year),
    }
    return render(request, "protocol3/people/second_series.html", context)


# --- parts ------------------------------------------------------------------------------------------------


def _start_form(request: HttpRequest, enrolment: Enrolment) -> StartForm:
    if any(name.startswith("period_start") for name in request.GET):
        return StartForm(request.GET)
    usual = deciding.usual_start(enrolment)
    return StartForm({"period_start": min(usual, localdate()).isoformat()})


def _preview(request: HttpRequest, enrolment: Enrolment, form: StartForm) -> HttpResponse:
    """The page; where the day is wrong, only the question for another one."""
    start = _start(enrolment, form)
    shown = deciding.preview(enrolment, period_start=start) if start else None
    context = {
        **people_file.head(enrolment, on=localdate()),
        "form": form,
        "start": start,
        "facts": people_file.facts_shown(shown.facts) if shown else [],
        "shown": people_file.previewed(shown) if shown else None,
        "read": shown.version if shown else "",
        "records": people_file.records(enrolment),
    }
    return render(request, "protocol3/people/eligibility.html", context)


def _start(enrolment: Enrolment, form: StartForm) -> date | None:
    """The day that is asked about; None where it cannot be one, with what is wrong in the form."""
    form.is_valid()
    start: date | None = form.cleaned_data.get("period_start")
    if start is None:
        return None
    try:
        deciding.possible_start(enrolment, start, on=localdate())
    except ValidationError as error:
        refuse(form, error)
        return None
    return start
