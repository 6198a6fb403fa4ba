"""Pages of months: the closings of a project, one closing, what it does not bill, its issue and its progress."""

import uuid
from collections.abc import Callable
from datetime import datetime
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

from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents.zipping import as_zip
from partenamut.web.progress import still_made
from partenamut.workflow import TransitionRefused
from protocol3.forms.months import CertifyForm, CloseMonthForm
from protocol3.models import Closing
from protocol3.readings import months as reading
from protocol3.readings.months_progress import progress_of
from protocol3.readings.months_zip import zipped
from protocol3.services import closing as closings_of
from protocol3.services import papers
from protocol3.services.issuing import sent_by
from protocol3.views.loading import project_of
from protocol3.workflow import SETTLED, ClosingAction, ClosingStatus

bills = requires(Permission.BILL_PROJECT)

#: Services that a page names before it sends to the whole list.
NAMED = 10


@bills
@require_safe
def closings(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The months of the project: those ready to close, those that are late, and every closing."""
    project, today = project_of(request, project_id), localdate()
    return reading.ClosingList(reading.closings_of(project)).respond(
        request,
        title=_("Months"),
        ready=reading.ready_months(project, today),
        late=reading.late_closings(project, today),
        project=project,
        here="months",
    )


@bills
@require_POST
def close_month(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Prepares the closing of a month, or leads to the one that stands already."""
    project, form = project_of(request, project_id), CloseMonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["month"])))
        return redirect("protocol3:closings", project.public_id)
    try:
        closing = closings_of.prepare(
            project=project, month=form.cleaned_data["month"], actor=user_of(request), at=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("protocol3:closings", project.public_id)
    return redirect(reading.address("closing", closing))


@bills
@require_safe
def closing(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponse:
    """A closing: what is billed to each insurer, what is not and why, and what can be done."""
    found, user, at = _load(request, project_id, closing_id), user_of(request), timezone.now()
    progress = progress_of(found, at) if found.started_at else None
    excess = reading.excess_of(found)
    context = _page(found) | {
        "actions": reading.actions_of(found, user),
        "may_check": found.status in (ClosingStatus.CHECKED, ClosingStatus.INTERRUPTED),
        "may_begin_anew": found.status in SETTLED,
        "lines": reading.insurer_lines(found),
        "total": closings_of.total_of(found),
        "chart": reading.months_chart(found),
        "rules": reading.rule_counts(found),
        "not_billed": found.refusals.count(),
        "excess": excess[:NAMED],
        "excess_count": excess.count(),
        "problems": reading.problems_of(found, user),
        "came_late": reading.came_late(found),
        "progress": progress,
        "still_made": still_made(progress.papers_missing) if progress and progress.papers_missing else "",
    }
    return render(request, "protocol3/months/closing.html", context)


@bills
@require_safe
def closing_refusals(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponseBase:
    """The services that a closing does not bill, each with its rules."""
    found = _load(request, project_id, closing_id)
    return reading.RefusalList(found).respond(
        request,
        title=_("Not billable in %(month)s") % {"month": reading.month_name(found.month)},
        back=reading.address("closing", found),
        back_label=reading.month_name(found.month),
        project=found.project,
        here="months",
    )


@bills
@require_safe
def closing_progress(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponse:
    """The bar of a closing, asked for every other second; the page itself where nothing asks."""
    found = _load(request, project_id, closing_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(reading.address("closing", found))
    progress = progress_of(found, timezone.now())
    context = _page(found) | {"progress": progress, "say": request.GET.get("said") != str(progress.tenth)}
    response = render(request, "protocol3/months/_progress.html", context)
    if not progress.is_moving or request.GET.get("was") != found.status:
        response["HX-Refresh"] = "true"
    return response


@bills
@require_safe
def closing_papers(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponseBase:
    """The PDFs of the month that are made, as one file that is written while it leaves."""
    found, user, at = _load(request, project_id, closing_id), user_of(request), timezone.now()
    count = papers.made(found)
    if not count:
        messages.warning(request, _("No PDF of this month is made yet: wait a minute, then try again."))
        return redirect(reading.address("closing", found))
    papers.take_away(closing=found, count=count, actor=user, at=at)
    return as_zip(zipped(found), f"{found.project.code}-{found.month:%Y-%m}-{found.turn}.zip")


# --- what can be done


@bills
@require_POST
def check_closing(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponse:
    """Checks the month again, as the facts stand now."""
    return _do(
        request, project_id, closing_id, closings_of.check_again, _("Every service was checked again.")
    )


@bills
@require_POST
def interrupt_closing(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponse:
    """Stops the issue after the insurer in hand."""
    done = _("The issue is interrupted. What was issued stays issued; resume when you are ready.")
    return _do(request, project_id, closing_id, closings_of.interrupt, done)


@bills
@require_POST
def resume_closing(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponse:
    """Goes on with the insurers that are still open."""
    done = _("The notes of the insurers that are still open are being issued.")
    return _do(request, project_id, closing_id, closings_of.resume, done)


@bills
@require_http_methods(["GET", "POST"])
def discard_closing(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponse:
    """Gives a closing up before anything was issued."""
    if request.method == "POST":
        done = _("The closing is given up. Its services are open; the month can be closed again.")
        return _do(request, project_id, closing_id, closings_of.discard, done)
    found = _load(request, project_id, closing_id)
    if not reading.may(found, user_of(request), ClosingAction.DISCARD):
        return _moved_on(request, found)
    return render(request, "protocol3/months/discard.html", _page(found))


@bills
@require_http_methods(["GET", "POST"])
def issue_closing(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> HttpResponse:
    """Who certifies the costs; then the last word on the total; then the notes are handed to a worker."""
    found, user, at = _load(request, project_id, closing_id), user_of(request), timezone.now()
    if not reading.may(found, user, ClosingAction.ISSUE):
        return _moved_on(request, found)
    posted = request.POST if request.method == "POST" else None
    form = CertifyForm(posted, initial={"signatory": found.project.signatory})
    if not form.is_valid():
        return render(request, "protocol3/months/issue.html", _page(found) | {"form": form})
    try:
        if form.is_confirmed and _issued(found, form, user, at):
            messages.success(request, _("The notes are being issued. You can leave this page: it goes on."))
            return redirect(reading.address("closing", found))
        closings_of.check_again(closing=found, actor=user, at=at)
    except TransitionRefused:
        return _moved_on(request, found)
    except ValidationError as error:
        form.add_error(None, error)
        return render(request, "protocol3/months/issue.html", _page(found) | {"form": form})
    return render(request, "protocol3/months/confirm.html", _last_word(found, form))


def _issued(found: Closing, form: CertifyForm, user: User, at: datetime) -> bool:
    """Whether the closing was handed over; not where the month comes to another total than the one certified."""
    said = form.cleaned_data
    try:
        closings_of.issue(closing=found, signatory=said["signatory"], seen=said["seen"], actor=user, at=at)
    except ValidationError as error:
        if getattr(error, "code", "") != "changed":
            raise
        form.add_error(None, error)
        return False
    return True


def _last_word(found: Closing, form: CertifyForm) -> dict[str, Any]:
    total = closings_of.total_of(found)
    return _page(found) | {
        "form": form,
        "asked": form.asked() | {"seen": f"{total}"} if form.cleaned_data else {},
        "lines": [line for line in reading.insurer_lines(found) if line.share],
        "total": total,
        "problems": found.shares.exclude(problems=[]).count(),
    }


def _load(request: HttpRequest, project_id: uuid.UUID, closing_id: uuid.UUID) -> Closing:
    project = project_of(request, project_id)
    rows = Closing.objects.visible_to(user_of(request), localdate()).filter(project=project)
    found: Closing = get_object_or_404(
        rows.select_related("project", "started_by", "prepared_by"), public_id=closing_id
    )
    return found


def _page(found: Closing) -> dict[str, Any]:
    """What every page of a closing shows."""
    today = localdate()
    return {
        "closing": found,
        "project": found.project,
        "here": "months",
        "month": reading.month_name(found.month),
        "tone": reading.TONES[ClosingStatus(found.status)],
        "due_on": reading.due_of(found, today),
        "sent_by": sent_by(found.month),
        "is_late": today > sent_by(found.month),
        "url": reading.address("closing", found),
        "back": reverse("protocol3:closings", args=[found.project.public_id]),
    }


def _do(
    request: HttpRequest,
    project_id: uuid.UUID,
    closing_id: uuid.UUID,
    deed: Callable[..., object],
    done: str,
) -> HttpResponse:
    """One step of a closing, and back to it with what came of it."""
    found = _load(request, project_id, closing_id)
    try:
        deed(closing=found, actor=user_of(request), at=timezone.now())
    except TransitionRefused:
        return _moved_on(request, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(reading.address("closing", found))


def _moved_on(request: HttpRequest, found: Closing) -> HttpResponse:
    """Back to the closing as it stands: somebody, or a worker, was faster."""
    found.refresh_from_db()
    messages.error(
        request,
        _("This cannot be done now: the closing is “%(state)s”. Look at it as it stands, then go on.")
        % {"state": found.get_status_display()},
    )
    return redirect(reading.address("closing", found))
