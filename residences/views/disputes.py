"""Invoices contested by the resident's side: the list, one answered, its document."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.responses import as_download
from partenamut.money import total
from partenamut.registry.forms import refuse
from partenamut.web.resume import posted
from residences.forms.disputes import AnswerForm
from residences.models import Dispute, DisputeStatus, RestHome
from residences.readings.money import address
from residences.readings.payment_lists import DISPUTE_TONES, DisputeList, disputes_of
from residences.services import disputes as services
from residences.views.loading import directs, home_of, note_file_opened

#: Why a file is opened; it stands in the access log.
DISPUTE = gettext_noop("Invoice contested by a resident")


@directs
@require_safe
def disputes(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The disputes of the home, those to be answered first."""
    home = home_of(request, home_id)
    return DisputeList(home, disputes_of(home)).respond(
        request,
        title=_("Disputes"),
        lead=_(
            "The resident's side can contest an invoice on the portal within one month of its receipt (art. 6). Until "
            "you answer, nobody is reminded of it."
        ),
        **_shell(home, "payments", _("Payments")),
    )


@directs
@require_http_methods(["GET", "POST"])
def dispute(request: HttpRequest, home_id: uuid.UUID, dispute_id: uuid.UUID) -> HttpResponse:
    """What is contested, and the answer: written, looked at once more, given."""
    home = home_of(request, home_id)
    found = _dispute(home, dispute_id)
    note_file_opened(request, found.invoice.convention.resident, DISPUTE)
    form = AnswerForm(posted(request), dispute=found)
    context: dict[str, Any] = {
        "dispute": found,
        "is_open": found.status == DisputeStatus.OPEN,
        "tone": DISPUTE_TONES[DisputeStatus(found.status)],
        "lines": found.invoice.lines.order_by("position"),
        "form": form,
        **_shell(home),
    }
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        if "confirmed" not in request.POST:
            return render(request, "residences/disputes/confirm.html", context | _looked_at(found, form))
        if _answered(request, found, form):
            return redirect("residences:dispute", home.public_id, found.public_id)
    return render(request, "residences/disputes/dispute.html", context)


@directs
@require_safe
def document(request: HttpRequest, home_id: uuid.UUID, dispute_id: uuid.UUID) -> HttpResponse:
    """The document that came with a dispute."""
    found = _dispute(home_of(request, home_id), dispute_id)
    if found.upload is None:
        raise Http404
    return as_download(found.upload)


# --- inside -----------------------------------------------------------------------------------------------


def _shell(home: RestHome, name: str = "disputes", label: str = "") -> dict[str, Any]:
    return {
        "home": home,
        "here": "payments",
        "back": address(name, home),
        "back_label": label or _("Disputes"),
    }


def _dispute(home: RestHome, dispute_id: uuid.UUID) -> Dispute:
    rows = disputes_of(home).select_related("upload", "invoice__convention__resident__member")
    found: Dispute = get_object_or_404(rows, public_id=dispute_id)
    return found


def _looked_at(found: Dispute, form: AnswerForm) -> dict[str, Any]:
    """What the answer would bring about."""
    status = form.cleaned_data["status"]
    lines = list(form.cleaned_data["lines"])
    if status == DisputeStatus.UPHELD:
        lines = list(found.invoice.lines.filter(taken_back_by=None).order_by("position"))
    return {
        "answer": form.cleaned_data["text"],
        "rejected": status == DisputeStatus.REJECTED,
        "taken": lines,
        "total": total(line.amount for line in lines),
    }


def _answered(request: HttpRequest, found: Dispute, form: AnswerForm) -> bool:
    try:
        done = services.answer(
            dispute=found,
            status=form.cleaned_data["status"],
            text=form.cleaned_data["text"],
            lines=list(form.cleaned_data["lines"]),
            actor=user_of(request),
            at=timezone.now(),
        )
    except ValidationError as error:
        refuse(form, error)
        return False
    if done.credit_note is None:
        messages.success(request, _("Your answer is given. The resident's side reads it on the portal."))
    else:
        messages.success(
            request,
            _("Your answer is given; credit note %(number)s takes the lines back.")
            % {"number": done.credit_note.number},
        )
    return True
