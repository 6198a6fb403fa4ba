"""The page of a claim for the member's side, and what can be downloaded from it."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from hospitalisation.documents import CONTACT, DEFENCE
from hospitalisation.forms import claim as forms
from hospitalisation.models import Attachment, Claim, ClaimQuerySet, Decision, Statement
from hospitalisation.readings import claim as reading
from hospitalisation.readings import timeline
from hospitalisation.readings.own import own_claims
from hospitalisation.readings.states import TONES
from hospitalisation.services.contesting import AGAIN, letters_of
from hospitalisation.workflow import Status
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents import services as documents
from partenamut.documents.models import Document
from partenamut.documents.responses import as_download
from partenamut.payments.models import Payable
from partenamut.registry.mandates import note_mandate

member_page = requires(Permission.FILE_REQUESTS)


@require_safe
@member_page
def claim(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Where a claim stands, what is expected, what was decided and why, what was said and sent, what can be done."""
    case = own_claim(request, public_id)
    user, today = user_of(request), localdate()
    note_mandate(request, case.member)
    decisions = list(case.decisions.select_related("letter").order_by("decided_at", "pk"))
    decision = decisions[-1] if decisions else None
    outcome = reading.outcome_of(case, decision, _page_of_lines(request))
    context = {
        "case": case,
        "tone": TONES[case.status],
        "expected": timeline.expected(case, today),
        "events": timeline.events(case, user, today),
        "actions": reading.actions_of(case, user, today, decision),
        "steps": reading.steps_of(case),
        "stay_rows": reading.stay_rows(case),
        "outcome": outcome,
        "decided": reading.decided_of(case, decision, today),
        "again": decision is not None and case.status in AGAIN,
        "payment": Payable.objects.visible_to(user, today).of_case(case.public_id).first(),
        "certificate": reading.certificate_of(case),
        "files": reading.files_of(case),
        "takes_documents": reading.takes_documents(case),
        "takes_messages": case.status != Status.DRAFT,
        "papers": reading.papers_of(case, decisions),
        "deposits": reading.deposits_of(case),
        "thread": reading.thread_of(case, user),
        "message_form": forms.MessageForm(),
        "contact": CONTACT,
        "defence": DEFENCE,
    }
    return render(request, "hospitalisation/claim/claim.html", context)


# --- downloads --------------------------------------------------------------------------------------------


@require_safe
@member_page
def receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The receipt of the announcement or of the claim as a PDF."""
    case = own_claim(request, public_id)
    note_mandate(request, case.member)
    return _pdf(case.receipt)


@require_safe
@member_page
def letter(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The letter of a decision as a PDF."""
    rows = Decision.objects.filter(claim__in=_own(request)).select_related("claim__member", "letter")
    taken = get_object_or_404(rows, public_id=public_id)
    note_mandate(request, taken.claim.member)
    return _pdf(taken.letter)


@require_safe
@member_page
def attachment(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A file that was sent with a claim."""
    rows = Attachment.objects.filter(claim__in=_own(request), removed_at=None, upload__isnull=False)
    found = get_object_or_404(rows.select_related("upload", "claim__member"), public_id=public_id)
    if found.upload is None:
        raise Http404
    note_mandate(request, found.claim.member)
    return as_download(found.upload)


@require_safe
@member_page
def statement(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A statement that was made, as a PDF."""
    rows = Statement.objects.filter(claim__in=_own(request)).select_related("document", "claim__member")
    issued = get_object_or_404(rows, public_id=public_id)
    note_mandate(request, issued.claim.member)
    return _pdf(issued.document)


@require_safe
@member_page
def contest_letter(request: HttpRequest, public_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """A letter to the hospital that was made, as a PDF."""
    case = own_claim(request, public_id)
    document = get_object_or_404(letters_of(case), public_id=document_id)
    note_mandate(request, case.member)
    return _pdf(document)


# --- parts ------------------------------------------------------------------------------------------------


def own_claim(request: HttpRequest, public_id: uuid.UUID) -> Claim:
    """The claim of this address if it is the user's own, or of somebody they act for; else 404."""
    rows = _own(request).select_related(
        "member__user", "hospital", "receipt", "stay__hospital", "stay__member", "deposit"
    )
    found: Claim = get_object_or_404(rows, public_id=public_id)
    return found


def _own(request: HttpRequest) -> ClaimQuerySet:
    return own_claims(user_of(request), localdate())


def _pdf(document: Document | None) -> HttpResponse:
    if document is None:
        raise Http404
    return as_download(documents.bytes_of(document, at=now()))


def _page_of_lines(request: HttpRequest) -> int:
    """The page of a long bill; anything else shows what is to be looked at first."""
    typed = request.GET.get("lines", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
