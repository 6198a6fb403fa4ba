"""The page of a request at the desk, its documents, and the three ways to decide."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convalescence import services
from convalescence.deciding import Ruling, overruled, ruled
from convalescence.forms.desk import DepartForm, MessageForm, ReviewForm, VersionForm
from convalescence.models import Departure, Request
from convalescence.readings import casefile
from convalescence.readings.queue import TONES
from convalescence.services import desk
from convalescence.views.desk import CASE, DOCUMENT, attempt, member_of_case, opened_case, to_case
from convalescence.views.desk_deeds import deeds_for
from convalescence.workflow import Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents.models import Document
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.payments.models import Payable
from partenamut.registry.desk_views import watched


@require_safe
@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def case(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Everything about a request on one page: facts, what the rules say and why, documents, messages, history."""
    row, user = opened_case(request, public_id), user_of(request)
    decision = services.in_force(row)
    return render(
        request,
        "convalescence/desk/case.html",
        {
            **_head(row),
            **_ruling(row),
            "title": _("Request %(number)s") % {"number": row.number},
            "decision": decision,
            "standing": casefile.standing(decision) if decision else None,
            "decisions": row.decisions.select_related("letter", "decided_by", "confirmed_by").order_by("-pk"),
            "departures": row.departures.select_related("proposed_by", "reviewed_by").order_by("-pk"),
            "deeds": deeds_for(row, user),
            "files": casefile.documents(row),
            "notes": row.messages.select_related("author").order_by("pk"),
            "message_form": MessageForm(),
            "history": casefile.history(row),
            "payments": Payable.objects.visible_to(user, localdate()).of_case(row.public_id),
        },
    )


@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def decide(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What will be decided, with the words of the letter; a POST decides it, once, on these very facts."""
    row = opened_case(request, public_id)
    if row.status not in desk.TO_DECIDE:
        return _too_late(request, row)
    form = VersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sentence = _("The decision is in force; its letter is being made.")
        done = attempt(request, form, to_case(row), sentence, _decides(row, form))
        if done:
            return done
    return _to_decide(request, row, form, "decide", {"title": _("Decide by the rules")})


@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def depart(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A proposal to decide otherwise than the rules, for a second reader."""
    row = opened_case(request, public_id)
    if row.status not in desk.TO_DECIDE:
        return _too_late(request, row)
    form = DepartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sentence = _("The proposal waits for a second reader.")
        done = attempt(request, form, to_case(row), sentence, _proposes(row, form))
        if done:
            return done
    return _to_decide(request, row, form, "depart", {"title": _("Depart from the rules")})


@watched(member_of_case, CASE)
@requires(Permission.CONFIRM_DEPARTURES)
def review(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The proposal beside what the rules say; a POST confirms it or sends it back with a note."""
    row = opened_case(request, public_id)
    departure = row.departures.filter(verdict=Departure.Verdict.OPEN).select_related("proposed_by").first()
    if row.status != Status.SECOND_READING or departure is None:
        return _too_late(request, row)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, to_case(row), _("The proposal is read."), _reviews(departure, form))
        if done:
            return done
    extra = {
        "title": _("Second reading"),
        "departure": departure,
        "own": departure.proposed_by_id == user_of(request).pk,
        "instead": _instead(row, departure),
    }
    return _to_decide(request, row, form, "review", extra)


@require_safe
@watched(member_of_case, DOCUMENT)
@requires(Permission.HANDLE_REQUESTS)
def document(request: HttpRequest, public_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponse:
    """A file that was sent with the request, in the browser's viewer or (`?download`) to keep."""
    row = opened_case(request, public_id, DOCUMENT)
    attachment = get_object_or_404(row.attachments, public_id=attachment_id, removed_at=None)
    if attachment.upload is None:
        raise Http404
    return as_download(attachment.upload, inline="download" not in request.GET)


@require_safe
@watched(member_of_case, DOCUMENT)
@requires(Permission.HANDLE_REQUESTS)
def letter(request: HttpRequest, public_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """The receipt or a decision letter of the request, as PDF."""
    row = opened_case(request, public_id, DOCUMENT)
    issued = {row.receipt_id, *row.decisions.values_list("letter", flat=True)}
    found = get_object_or_404(Document, public_id=document_id, pk__in=issued - {None})
    return as_download(bytes_of(found, at=timezone.now()), inline=True)


# --- parts ------------------------------------------------------------------------------------------------


def _head(row: Request) -> dict[str, Any]:
    return {"case": row, "tone": TONES[row.status], "facts": casefile.facts(row, localdate())}


def _ruling(row: Request) -> dict[str, Any]:
    """What the rules say, where the request still waits for a decision."""
    if row.status not in (*desk.TO_DECIDE, Status.SECOND_READING):
        return {"proposal": None}
    return {
        "proposal": casefile.proposal(ruled(row, on=localdate())),
        "stretch_columns": casefile.stretch_columns(),
    }


def _to_decide(
    request: HttpRequest, row: Request, form: VersionForm, template: str, extra: dict[str, Any]
) -> HttpResponse:
    """The page with the facts as they are now: after a change the next POST carries their new version."""
    row.refresh_from_db(fields=["status"])
    if row.status not in (*desk.TO_DECIDE, Status.SECOND_READING):
        return _too_late(request, row, [str(error) for error in form.non_field_errors()])
    ruling = ruled(row, on=localdate())
    form.carry(desk.version_of(row, ruling))
    shown = {
        **_head(row),
        "form": form,
        "proposal": casefile.proposal(ruling),
        "stretch_columns": casefile.stretch_columns(),
        "files": casefile.documents(row),
        "letter": desk.preview(row, ruling, actor=user_of(request), at=timezone.now()),
    }
    return render(request, f"convalescence/desk/{template}.html", shown | extra)


def _too_late(request: HttpRequest, row: Request, sentences: list[str] | None = None) -> HttpResponse:
    for sentence in sentences or [desk.why_not(row)]:
        messages.error(request, sentence)
    return to_case(row)


def _instead(row: Request, departure: Departure) -> casefile.Proposal | None:
    """What would be granted against the rules; None where the facts have changed so that it fits no more."""
    try:
        ruling: Ruling = overruled(row, departure.first_day, departure.last_day, on=localdate())
    except ValidationError:
        return None
    return casefile.proposal(ruling)


def _decides(row: Request, form: VersionForm) -> Any:
    def deed(actor: User, at: datetime) -> object:
        return desk.decide_as_read(request=row, version=form.cleaned_data["version"], actor=actor, at=at)

    return deed


def _proposes(row: Request, form: DepartForm) -> Any:
    def deed(actor: User, at: datetime) -> object:
        cleaned = form.cleaned_data
        return desk.propose_as_read(
            request=row,
            version=cleaned["version"],
            first_day=cleaned["first_day"],
            last_day=cleaned["last_day"],
            reason=cleaned["reason"],
            actor=actor,
            at=at,
        )

    return deed


def _reviews(departure: Departure, form: ReviewForm) -> Any:
    def deed(actor: User, at: datetime) -> object:
        cleaned = form.cleaned_data
        if cleaned["verdict"] == "reject":
            return services.reject_departure(departure=departure, note=cleaned["note"], actor=actor, at=at)
        return desk.confirm_as_read(
            departure=departure, version=cleaned["version"], note=cleaned["note"], actor=actor, at=at
        )

    return deed
