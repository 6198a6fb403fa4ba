"""Pages of payables: the list, one payable, its steps, many approvals at once."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.money import total
from partenamut.payments import services
from partenamut.payments.acts import PAYABLE_ACTS, open_to, payable_acts
from partenamut.payments.forms import AT_ONCE, ChoiceForm
from partenamut.payments.lists import TONES, PayableList, tabs, ways
from partenamut.payments.models import Payable
from partenamut.payments.obstacles import obstacle_to_approval
from partenamut.payments.timeline import history
from partenamut.payments.workflow import ACTIVE, Action, Status
from partenamut.workflow import TransitionRefused

HANDLERS = (Permission.APPROVE_PAYMENTS, Permission.RUN_PAYMENTS)


@requires(*HANDLERS)
@require_GET
def payables(request: HttpRequest) -> HttpResponseBase:
    """All payments with their filters, tabs and files."""
    rows = _visible(request)
    return PayableList(rows).respond(
        request,
        title=_("Payments"),
        actions=ways(user_of(request), "payments:approve", "payments:prepare", "payments:batches"),
        tabs=tabs(rows, ACTIVE, request.GET.get("status", "")),
    )


@requires(*HANDLERS)
@require_GET
def payable(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What a payment pays, where it stands, what happened, what can be done."""
    found, user = _load(request, public_id), user_of(request)
    note_access(person=found.payee, actor=user, at=now(), purpose="payment", path=request.path)
    waits_for_approval = found.status == Status.PROPOSED and user.may(Permission.APPROVE_PAYMENTS)
    context = {
        "payable": found,
        "tone": TONES[Status(found.status)],
        "acts": [
            {"action": act, "label": act.label, "tone": PAYABLE_ACTS[act].tone}
            for act in payable_acts(found, user)
        ],
        "obstacle": obstacle_to_approval(found, user) if waits_for_approval else "",
        "history": history(found),
    }
    return render(request, "payments/payable.html", context)


@requires(*HANDLERS)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, public_id: uuid.UUID, action: str) -> HttpResponse:
    """One step of a payment: what it needs is asked, then it is taken."""
    found = _load(request, public_id)
    if action not in PAYABLE_ACTS:
        raise Http404
    if request.method == "GET" and not open_to(found, action):
        messages.error(request, services.moved_on(found))
        return redirect(found)
    step = PAYABLE_ACTS[action]
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
    context = {"subject": found, "payable": found, "form": form, "label": Action(action).label, "step": step}
    return render(request, "payments/act.html", context)


@requires(Permission.APPROVE_PAYMENTS)
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest) -> HttpResponse:
    """Many payments approved at once: choose, look at the totals, confirm."""
    form = ChoiceForm(request.POST if request.method == "POST" else None, queryset=_visible(request))
    if not form.is_valid():
        return render(request, "payments/approve.html", _to_approve(request, form))
    chosen = form.cleaned_data["payables"]
    if "confirmed" not in request.POST:
        return render(request, "payments/approve_review.html", _review(request, chosen))
    approved, refused = services.approve_each(payables=chosen, actor=user_of(request), at=now())
    _say(request, len(approved), refused)
    return redirect("payments:payables")


def _visible(request: HttpRequest) -> QuerySet[Payable]:
    rows = Payable.objects.visible_to(user_of(request), localdate())
    return rows.select_related("batch", "decided_by", "approved_by")


def _load(request: HttpRequest, public_id: uuid.UUID) -> Payable:
    return get_object_or_404(_visible(request).select_related("payee"), public_id=public_id)


def _to_approve(request: HttpRequest, form: ChoiceForm) -> dict[str, object]:
    """The payables that wait for an approval: those this user can give, and those for a colleague."""
    waiting = _visible(request).filter(status=Status.PROPOSED).order_by("due_on", "pk")
    rows = [(payable, obstacle_to_approval(payable, user_of(request))) for payable in waiting[: 2 * AT_ONCE]]
    mine = [payable for payable, obstacle in rows if not obstacle][:AT_ONCE]
    everything = {str(payable.public_id) for payable in mine} if "all" in request.GET else set()
    return {
        "form": form,
        "payables": mine,
        "chosen": form.chosen | everything,
        "for_others": [{"payable": payable, "why": why} for payable, why in rows if why],
        "at_once": AT_ONCE,
    }


def _review(request: HttpRequest, chosen: Sequence[Payable]) -> dict[str, object]:
    """What an approval would cover, with its totals for each benefit, and what it leaves out and why."""
    user = user_of(request)
    rows = [(payable, _why_not(payable, obstacle_to_approval(payable, user))) for payable in chosen]
    fitting = [payable for payable, why in rows if not why]
    names = sorted({payable.origin_name for payable in fitting})
    by_benefit = {name: [payable for payable in fitting if payable.origin_name == name] for name in names}
    return {
        "payables": fitting,
        "total": total(payable.amount for payable in fitting),
        "benefits": [
            {"name": name, "count": len(rows), "total": total(row.amount for row in rows)}
            for name, rows in by_benefit.items()
        ],
        "left_out": [{"payable": payable, "why": why} for payable, why in rows if why],
    }


def _why_not(payable: Payable, obstacle: str) -> str:
    return obstacle if payable.status == Status.PROPOSED else services.moved_on(payable)


def _say(request: HttpRequest, approved: int, refused: Sequence[str]) -> None:
    if approved:
        done = ngettext("%(count)d payment is approved.", "%(count)d payments are approved.", approved)
        messages.success(request, done % {"count": approved})
    for sentence in refused:
        messages.warning(request, sentence)
