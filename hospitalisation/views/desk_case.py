"""The page of a claim at the desk, its documents, and the three ways to decide."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hospitalisation.deciding import Ruling, overruled
from hospitalisation.forms.desk import DepartForm, MessageForm, ReviewForm, VersionForm
from hospitalisation.models import Claim, Departure
from hospitalisation.readings import casefile
from hospitalisation.readings.bill import ShownLine
from hospitalisation.services import decisions, desk
from hospitalisation.views.desk import CASE, DOCUMENT, attempt, member_of_case, opened_case, to_case
from hospitalisation.views.desk_deeds import deeds_for
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents.models import Document
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.payments.models import Payable
from partenamut.registry.desk_views import watched

#: Lines of a bill that one page draws.
LINES_A_PAGE = 100


@require_safe
@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def case(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Everything about a claim on one page: facts, the bill explained, what is missing, documents, messages, history."""
    row, user = opened_case(request, public_id), user_of(request)
    taken = casefile.decisions_of(row)
    ruling = desk.ruling_of(row) if row.status in (*TO_DECIDE, Status.SECOND_READING) else None
    proposal = casefile.proposal(row, ruling) if ruling else None
    standing = casefile.standing(row, taken[0]) if taken else None
    return render(
        request,
        "hospitalisation/desk/case.html",
        {
            **casefile.head(row),
            "title": _("Claim %(number)s") % {"number": row.number},
            "own": row.member.has_on_their_side(user, localdate()),
            "proposal": proposal,
            "standing": standing,
            "decisions": taken,
            "lines": _page_of_lines(request, proposal or standing),
            "departures": casefile.departures(row, ruling or desk.ruling_of(row)),
            "deeds": deeds_for(row, user),
            "related": casefile.related(row),
            "files": casefile.documents(row),
            "notes": row.messages.select_related("author").order_by("pk"),
            "message_form": MessageForm(),
            "history": casefile.history(row),
            "payments": Payable.objects.visible_to(user, localdate()).of_case(row.public_id),
            "statements": row.statements.select_related("document").order_by("pk"),
        },
    )


@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def decide(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What will be decided, with the words of the letter; a POST decides it, once, on these very facts."""
    row = opened_case(request, public_id)
    if row.status not in TO_DECIDE:
        return _too_late(request, row)
    form = VersionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sentence = _("The decision is in force; its letter is being made.")
        done = attempt(request, form, to_case(row), sentence, _decides(row, form))
        if done:
            return done
    return _to_decide(request, row, form, "decide", {"title": _("Decide by the rules")})


@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def depart(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A proposal to pay other amounts than the rules, line by line, for a second reader."""
    row = opened_case(request, public_id)
    ruling = desk.ruling_of(row)
    choices = casefile.choices(row, ruling) if ruling else []
    if row.status not in TO_DECIDE:
        return _too_late(request, row)
    if not choices:
        return _too_late(
            request, row, [_("This claim has no line to be decided otherwise than by the rules.")]
        )
    form = DepartForm(request.POST if request.method == "POST" else None, choices=choices)
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
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, to_case(row), _("The proposal is read."), _reviews(departure, form))
        if done:
            return done
    instead = _instead(row, departure)
    extra = {
        "title": _("Second reading"),
        "departure": departure,
        "own": departure.proposed_by_id == user_of(request).pk,
        "instead": casefile.proposal(row, instead) if instead else None,
        "changed": _changes(row, departure),
    }
    return _to_decide(request, row, form, "review", extra, letter_of=instead)


@require_safe
@watched(member_of_case, DOCUMENT)
@requires(Permission.HANDLE_REQUESTS)
def document(request: HttpRequest, public_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponse:
    """A file that was sent with the claim, in the browser's viewer or (`?download`) to keep."""
    row = opened_case(request, public_id, DOCUMENT)
    attachment = get_object_or_404(row.attachments, public_id=attachment_id, removed_at=None)
    if attachment.upload is None:
        raise Http404
    return as_download(attachment.upload, inline="download" not in request.GET)


@require_safe
@watched(member_of_case, DOCUMENT)
@requires(Permission.HANDLE_REQUESTS)
def letter(request: HttpRequest, public_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """The receipt, a decision letter or a statement of the claim, as PDF."""
    row = opened_case(request, public_id, DOCUMENT)
    issued = {
        row.receipt_id,
        *row.decisions.values_list("letter", flat=True),
        *row.statements.values_list("document", flat=True),
    }
    found = get_object_or_404(Document, public_id=document_id, pk__in=issued - {None})
    return as_download(bytes_of(found, at=timezone.now()), inline=True)


# --- parts ------------------------------------------------------------------------------------------------


def _page_of_lines(request: HttpRequest, shown: casefile.Proposal | None) -> Page[ShownLine] | None:
    """The lines of the bill on this page of them; any other page number gives the nearest one."""
    if shown is None or not shown.lines:
        return None
    return Paginator(shown.lines, LINES_A_PAGE).get_page(request.GET.get("lines"))


def _to_decide(
    request: HttpRequest,
    row: Claim,
    form: VersionForm,
    template: str,
    extra: dict[str, Any],
    letter_of: Ruling | None = None,
) -> HttpResponse:
    """The page with the facts as they are now: after a change the next POST carries their new version."""
    row.refresh_from_db()
    ruling = desk.ruling_of(row)
    if row.status not in (*TO_DECIDE, Status.SECOND_READING) or ruling is None:
        return _too_late(request, row, [str(error) for error in form.non_field_errors()])
    form.carry(desk.version_of(row, ruling))
    shown = casefile.proposal(row, ruling)
    page = {
        **casefile.head(row),
        "form": form,
        "proposal": shown,
        "lines": _page_of_lines(request, shown),
        "related": casefile.related(row),
        "waiting": casefile.waiting_deposits(row),
        "files": casefile.documents(row),
        "letter": desk.preview(row, letter_of or ruling, actor=user_of(request), at=timezone.now()),
        "own_file": row.member.has_on_their_side(user_of(request), localdate()),
    }
    return render(request, f"hospitalisation/desk/{template}.html", page | extra)


def _too_late(request: HttpRequest, row: Claim, sentences: list[str] | None = None) -> HttpResponse:
    for sentence in sentences or [desk.why_not(row)]:
        messages.error(request, sentence)
    return to_case(row)


def _instead(row: Claim, departure: Departure) -> Ruling | None:
    """What would be granted against the rules; None where the facts have changed so that it fits no more."""
    try:
        return overruled(row, decisions.amounts_of(departure))
    except ValidationError:
        return None


def _changes(row: Claim, departure: Departure) -> list[casefile.ChangedLine]:
    """The lines of the proposal beside what the rules pay now."""
    ruling = desk.ruling_of(row)
    by_rules = casefile.choices(row, ruling) if ruling else []
    return casefile.changed_lines(by_rules, decisions.amounts_of(departure))


Deed = Callable[[User, datetime], object]


def _decides(row: Claim, form: VersionForm) -> Deed:
    version = form.cleaned_data["version"]
    return lambda actor, at: desk.decide_as_read(claim=row, version=version, actor=actor, at=at)


def _proposes(row: Claim, form: DepartForm) -> Deed:
    cleaned = form.cleaned_data
    return lambda actor, at: desk.propose_as_read(
        claim=row,
        version=cleaned["version"],
        amounts=cleaned["amounts"],
        reason=cleaned["reason"],
        actor=actor,
        at=at,
    )


def _reviews(departure: Departure, form: ReviewForm) -> Deed:
    cleaned = form.cleaned_data
    if cleaned["verdict"] == "reject":
        return lambda actor, at: decisions.reject_departure(
            departure=departure, note=cleaned["note"], actor=actor, at=at
        )
    return lambda actor, at: desk.confirm_as_read(
        departure=departure, version=cleaned["version"], note=cleaned["note"], actor=actor, at=at
    )
