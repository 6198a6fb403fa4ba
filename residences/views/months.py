"""Pages of months: the invoices of a home month by month, one month, its issue, its progress, its PDFs."""

import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.zipping import as_zip
from partenamut.registry.forms import refuse
from partenamut.web.progress import still_made
from partenamut.web.resume import posted
from partenamut.workflow import TransitionRefused
from residences.forms.months import IssueForm, PrepareForm
from residences.models import InvoiceRun
from residences.readings import runs as reading
from residences.readings.months_zip import zipped
from residences.readings.runs_progress import progress_of
from residences.services import papers
from residences.services import runs as services
from residences.views.loading import directs, home_of
from residences.workflow import RunAction, RunStatus

HERE = "months"


@directs
@require_safe
def runs(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The months of the home: those that can be invoiced, and every one that was."""
    home, today = home_of(request, home_id), localdate()
    return reading.RunList(reading.runs_of(home)).respond(
        request,
        title=_("Months"),
        open_months=reading.open_months(home, today),
        next_opening=reading.next_opening(today),
        home=home,
        here=HERE,
    )


@directs
@require_POST
def prepare_run(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """Prepares the invoices of a month, or leads to those that stand already."""
    home, form = home_of(request, home_id), PrepareForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["month"])))
        return redirect("residences:runs", home.public_id)
    try:
        run = services.prepare(
            home=home, month=form.cleaned_data["month"], actor=user_of(request), at=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("residences:runs", home.public_id)
    return redirect(reading.address("run", run))


@directs
@require_safe
def run(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponseBase:
    """One month: every account, what stands against some, what can be done."""
    found = _load(request, home_id, run_id)
    progress = progress_of(found, timezone.now()) if found.started_at else None
    context = _page(found) | {
        "actions_open": reading.actions_of(found, user_of(request)),
        "may_check": found.status in (RunStatus.CHECKED, RunStatus.INTERRUPTED),
        "counts": reading.counts_of(found),
        "held_up": reading.held_up(found),
        "total": services.total_of(found),
        "what": reading.what_is_invoiced(found),
        "progress": progress,
        "still_made": still_made(progress.papers_missing) if progress and progress.papers_missing else "",
    }
    return reading.ItemList(found).respond(request, title=reading.month_name(found.month), **context)


@directs
@require_safe
def run_progress(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """The bar of a month, asked for every other second; the page itself where nothing asks."""
    found = _load(request, home_id, run_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(reading.address("run", found))
    progress = progress_of(found, timezone.now())
    context = {
        "progress": progress,
        "url": reading.address("run_progress", found),
        "was": found.status,
        "say": request.GET.get("said") != str(progress.tenth),
    }
    response = render(request, "components/progress.html", context)
    if not progress.is_moving or request.GET.get("was") != found.status:
        response["HX-Refresh"] = "true"
    return response


@directs
@require_safe
def run_papers(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponseBase:
    """The PDFs of the month that are made, as one file that is written while it leaves."""
    found, user, at = _load(request, home_id, run_id), user_of(request), timezone.now()
    count = papers.made(found)
    if not count:
        messages.warning(request, _("No PDF of this month is made yet: wait a minute, then try again."))
        return redirect(reading.address("run", found))
    papers.take_away(run=found, count=count, actor=user, at=at)
    return as_zip(zipped(found), f"{found.home.code}-{found.month:%Y-%m}.zip")


# --- what can be done


@directs
@require_POST
def check_run(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """Checks the month again, as the facts stand now."""
    return _do(request, home_id, run_id, services.check_again, _("Every account was checked again."))


@directs
@require_POST
def interrupt_run(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """Stops the issue after the accounts in hand."""
    done = _("The issue is interrupted. What was issued stays issued; resume when you are ready.")
    return _do(request, home_id, run_id, services.interrupt, done)


@directs
@require_POST
def resume_run(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """Goes on with the accounts that are still open."""
    done = _("The invoices of the accounts that are still open are being issued.")
    return _do(request, home_id, run_id, services.resume, done)


@directs
@require_http_methods(["GET", "POST"])
def discard_run(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """Gives the invoices of a month up before any was issued."""
    if request.method == "POST":
        done = _("The invoices of this month are given up. The month can be prepared again.")
        return _do(request, home_id, run_id, services.discard, done, to_list=True)
    found = _load(request, home_id, run_id)
    if RunAction.DISCARD.value not in reading.actions_of(found, user_of(request)):
        return _moved_on(request, found)
    return render(request, "residences/months/discard.html", _page(found) | _to_month(found))


@directs
@require_http_methods(["GET", "POST"])
def issue_run(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """The last word on the total and the day; then the invoices are handed to a worker."""
    found, user, at = _load(request, home_id, run_id), user_of(request), timezone.now()
    if RunAction.ISSUE.value not in reading.actions_of(found, user):
        return _moved_on(request, found)
    form = IssueForm(posted(request), initial={"received_on": localdate(at)})
    if request.method == "POST" and form.is_valid():
        try:
            services.issue(
                run=found,
                received_on=form.cleaned_data["received_on"],
                seen=_seen(request),
                actor=user,
                at=at,
            )
        except TransitionRefused:
            return _moved_on(request, found)
        except ValidationError as error:
            _look_again(found, error, user, at)
            refuse(form, error)
        else:
            messages.success(
                request, _("The invoices are being issued. You can leave this page: it goes on.")
            )
            return redirect(reading.address("run", found))
    context = _page(found) | {
        **_to_month(found),
        "form": form,
        "total": services.total_of(found),
        "counts": reading.counts_of(found),
        "what": reading.what_is_invoiced(found),
    }
    return render(request, "residences/months/issue.html", context)


def _look_again(found: InvoiceRun, error: ValidationError, user: Any, at: Any) -> None:
    """Where the month has changed since it was looked at, the page shows it as it stands now."""
    if getattr(error, "code", "") == "changed":
        services.check_again(run=found, actor=user, at=at)


def _seen(request: HttpRequest) -> Decimal | None:
    """The total that the page showed; an unreadable one is none that was seen."""
    try:
        return Decimal(request.POST.get("seen", "")[:20])
    except InvalidOperation:
        return Decimal(-1)


def _load(request: HttpRequest, home_id: uuid.UUID, run_id: uuid.UUID) -> InvoiceRun:
    home = home_of(request, home_id)
    rows = InvoiceRun.objects.filter(home=home).select_related("home__residence", "started_by", "prepared_by")
    found: InvoiceRun = get_object_or_404(rows, public_id=run_id)
    return found


def _page(found: InvoiceRun) -> dict[str, Any]:
    """What every page of a month shows."""
    return {
        "run": found,
        "home": found.home,
        "here": HERE,
        "month": reading.month_name(found.month),
        "tone": reading.TONES[RunStatus(found.status)],
        "due_on": reading.due_of(found),
        "url": reading.address("run", found),
        "back": reverse("residences:runs", args=[found.home.public_id]),
        "back_label": _("Months"),
    }


def _to_month(found: InvoiceRun) -> dict[str, str]:
    """The way back from a page of one step."""
    return {"back": reading.address("run", found), "back_label": reading.month_name(found.month)}


def _do(
    request: HttpRequest,
    home_id: uuid.UUID,
    run_id: uuid.UUID,
    deed: Callable[..., object],
    done: str,
    *,
    to_list: bool = False,
) -> HttpResponse:
    """One step of a month, and back to it with what came of it."""
    found = _load(request, home_id, run_id)
    try:
        deed(run=found, actor=user_of(request), at=timezone.now())
    except TransitionRefused:
        return _moved_on(request, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
        if to_list:
            return redirect("residences:runs", found.home.public_id)
    return redirect(reading.address("run", found))


def _moved_on(request: HttpRequest, found: InvoiceRun) -> HttpResponse:
    """Back to the month as it stands: somebody, or a worker, was faster."""
    found.refresh_from_db()
    messages.error(
        request,
        _("This cannot be done now: the invoices of this month are “%(state)s”. Look at them, then go on.")
        % {"state": found.get_status_display()},
    )
    return redirect(reading.address("run", found))
