"""Pages of batches: the list, a new one, one batch with its lines, its steps and its file."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.payments import services
from partenamut.payments.acts import BATCH_ACTS, batch_acts, open_to
from partenamut.payments.bank_days import next_bank_day
from partenamut.payments.forms import AT_ONCE, BatchForm
from partenamut.payments.lists import BATCH_TONES, TONES, BatchList, tabs, ways
from partenamut.payments.models import Batch, BatchLine, Payable
from partenamut.payments.obstacles import obstacle_to_payment, obstacle_to_release
from partenamut.payments.timeline import history
from partenamut.payments.workflow import BatchAction, BatchStatus, Status
from partenamut.workflow import TransitionRefused

HANDLERS = (Permission.APPROVE_PAYMENTS, Permission.RUN_PAYMENTS)


@requires(*HANDLERS)
@require_GET
def batches(request: HttpRequest) -> HttpResponseBase:
    """All batches."""
    rows = _visible(request)
    return BatchList(rows).respond(
        request,
        title=_("Batches of payments"),
        actions=ways(user_of(request), "payments:prepare", "payments:payables"),
        tabs=tabs(rows, BatchStatus, request.GET.get("status", "")),
    )


@requires(Permission.RUN_PAYMENTS)
@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """A new batch of approved payments."""
    seen = Payable.objects.visible_to(user_of(request), localdate()).select_related("batch")
    initial = {"execution_date": next_bank_day(localdate() + timedelta(days=1))}
    form = BatchForm(request.POST if request.method == "POST" else None, queryset=seen, initial=initial)
    if form.is_valid():
        try:
            batch = services.prepare_batch(**form.cleaned_data, actor=user_of(request), at=now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("%(number)s is prepared: a colleague releases it.") % {"number": batch.number}
            )
            return redirect(batch)
    return render(request, "payments/prepare.html", _to_prepare(form, seen))


@requires(*HANDLERS)
@require_GET
def batch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A batch: what it pays, who made and released it, what became of each line."""
    found, user = _load(request, public_id), user_of(request)
    prepared = found.status == BatchStatus.PREPARED and user.may(Permission.RUN_PAYMENTS)
    sent = found.status in (BatchStatus.SENT, BatchStatus.SETTLED)
    context = {
        "batch": found,
        "tone": BATCH_TONES[BatchStatus(found.status)],
        "acts": [
            {"action": act, "label": _label(act), "tone": BATCH_ACTS[act].tone}
            for act in batch_acts(found, user, localdate())
        ],
        "obstacle": obstacle_to_release(found, user, localdate()) if prepared else "",
        "may_download": sent and user.may(Permission.RUN_PAYMENTS),
        "lines": [_state(line, found) for line in found.lines.select_related("payable").order_by("pk")],
        "history": history(found),
    }
    return render(request, "payments/batch.html", context)


@requires(Permission.RUN_PAYMENTS)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, public_id: uuid.UUID, action: str) -> HttpResponse:
    """One step of a batch: what it needs is asked, then it is taken."""
    found = _load(request, public_id)
    if action not in BATCH_ACTS:
        raise Http404
    if request.method == "GET" and not open_to(found, action):
        messages.error(request, services.moved_on(found))
        return redirect(found)
    step = BATCH_ACTS[action]
    form = step.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            step.run(found, form.cleaned_data, user_of(request), now())
        except TransitionRefused:
            messages.error(request, services.moved_on(found))
            return redirect(found)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, step.done % {"number": found.number})
            return redirect(found)
    label = _label(BatchAction(action))
    return render(
        request,
        "payments/act.html",
        {"subject": found, "batch": found, "form": form, "label": label, "step": step},
    )


@requires(Permission.RUN_PAYMENTS)
@require_GET
def download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The file for the bank, the same bytes each time, once the batch is released."""
    found = _load(request, public_id)
    try:
        content = services.batch_file(batch=found, actor=user_of(request), at=now())
    except TransitionRefused:
        messages.error(
            request, _("The file of %(number)s leaves after its release only.") % {"number": found.number}
        )
        return redirect(found)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.number}.xml"',
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(content, content_type="application/xml", headers=headers)


def _visible(request: HttpRequest) -> QuerySet[Batch]:
    return Batch.objects.visible_to(user_of(request)).select_related("prepared_by", "released_by")


def _load(request: HttpRequest, public_id: uuid.UUID) -> Batch:
    return get_object_or_404(_visible(request), public_id=public_id)


def _label(action: BatchAction) -> str:
    return _("Mark all as paid") if action == BatchAction.SETTLE else str(action.label)


def _to_prepare(form: BatchForm, seen: QuerySet[Payable]) -> dict[str, Any]:
    """The approved payables: those that can go into a batch, all ticked at first, and those that cannot yet."""
    rows = [
        (row, obstacle_to_payment(row))
        for row in seen.filter(status=Status.APPROVED).order_by("due_on", "pk")[: 2 * AT_ONCE]
    ]
    fitting = [row for row, why in rows if not why][:AT_ONCE]
    return {
        "form": form,
        "payables": fitting,
        "chosen": form.chosen if form.is_bound else {str(row.public_id) for row in fitting},
        "left_out": [{"payable": row, "why": why} for row, why in rows if why],
        "total": sum(row.amount for row in fitting),
        "at_once": AT_ONCE,
    }


def _state(line: BatchLine, found: Batch) -> dict[str, Any]:
    """A line with what became of it: a payable that has left this batch came back, or was never sent in it."""
    if line.payable.batch_id == found.pk:
        status = Status(line.payable.status)
        return {"line": line, "label": status.label, "tone": TONES[status]}
    sent = found.status != BatchStatus.DISCARDED
    return {
        "line": line,
        "label": Status.RETURNED.label if sent else _("Not sent"),
        "tone": "error" if sent else "neutral",
    }
