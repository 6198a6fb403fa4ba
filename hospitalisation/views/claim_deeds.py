"""What the member's side can still do with a claim: write, add documents, withdraw, appeal, have statements and letters made."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hospitalisation.documents import CONTACT
from hospitalisation.forms import claim as forms
from hospitalisation.models import AttachmentKind, Claim, Statement
from hospitalisation.readings.claim import takes_documents
from hospitalisation.services import claims, contesting, statements
from hospitalisation.views.claim import member_page, own_claim
from hospitalisation.workflow import CLAIM, Action, Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.casework.services import NoteMissing
from partenamut.documents.errors import UploadRefused
from partenamut.registry.mandates import note_mandate
from partenamut.web.files import FilesForm, named
from partenamut.web.resume import posted
from partenamut.workflow import TransitionRefused

form_page = require_http_methods(["GET", "POST"])

CaseView = Callable[[HttpRequest, Claim], HttpResponse]


def _on_claim(action: Action | None = None) -> Callable[[CaseView], Callable[..., HttpResponseBase]]:
    """Opens a page of a claim where its state allows the action; else says so on the claim's page."""

    def gate(view: CaseView) -> Callable[..., HttpResponseBase]:
        @form_page
        @member_page
        @wraps(view)
        def opened(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
            case = own_claim(request, public_id)
            note_mandate(request, case.member)
            possible = any(step.action == action for step in CLAIM.possible(Status(case.status)))
            if case.status == Status.DRAFT or (action and not possible):
                return _too_late(request, case)
            try:
                return view(request, case)
            except (TransitionRefused, PermissionDenied, NoteMissing):
                return _too_late(request, case)

        return opened

    return gate


def _too_late(request: HttpRequest, case: Claim) -> HttpResponse:
    messages.warning(
        request, _("This is not possible now. See where your claim stands, and what you can do with it.")
    )
    return _back(case)


def _back(case: Claim) -> HttpResponse:
    return redirect("hospitalisation:claim", case.public_id)


def _form_of(request: HttpRequest, case: Claim, form: Any, template: str, **more: object) -> HttpResponse:
    context = {"case": case, "form": form, "contact": CONTACT, **more}
    return render(request, f"hospitalisation/claim/{template}.html", context)


def _done(request: HttpRequest, case: Claim, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return _back(case)


# --- messages and documents -------------------------------------------------------------------------------


@_on_claim()
def message(request: HttpRequest, case: Claim) -> HttpResponse:
    """A message to the service with its files: all of it or nothing."""
    form = forms.MessageForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid() and _write(request, form, case):
        return _done(request, case, _("Your message is sent."))
    return _form_of(request, case, form, "message")


def _write(request: HttpRequest, form: forms.MessageForm, case: Claim) -> bool:
    at, user = now(), user_of(request)
    with transaction.atomic():
        refused = _attach_all(form, case, AttachmentKind.OTHER, user, at)
        if refused:
            transaction.set_rollback(True)
        else:
            claims.write(claim=case, text=form.cleaned_data["text"], actor=user, at=at)
    form.refuse_files(refused)
    return not refused


@_on_claim()
def document(request: HttpRequest, case: Claim) -> HttpResponse:
    """Documents added to a claim that was sent: all of them or none."""
    if not takes_documents(case):
        return _too_late(request, case)
    form = forms.DocumentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid() and _add(request, form, case):
        return _done(request, case, _("We have received your documents."))
    return _form_of(request, case, form, "document")


def _add(request: HttpRequest, form: forms.DocumentForm, case: Claim) -> bool:
    with transaction.atomic():
        kind = AttachmentKind(form.cleaned_data["kind"])
        refused = _attach_all(form, case, kind, user_of(request), now())
        if refused:
            transaction.set_rollback(True)
    form.refuse_files(refused)
    return not refused


def _attach_all(form: FilesForm, case: Claim, kind: AttachmentKind, user: User, at: datetime) -> list[str]:
    """Keeps the files; the sentences about those that are refused."""
    refused = form.files_refused
    for file in form.files_kept:
        try:
            claims.attach(claim=case, kind=kind, file=file, actor=user, at=at)
        except UploadRefused as error:
            refused.append(named(file, error.message))
    return refused


# --- statements -------------------------------------------------------------------------------------------


@form_page
@member_page
def issue_statement(request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """The statement as the claim stands, made once; then its PDF."""
    case = own_claim(request, public_id)
    if kind not in Statement.Kind.values:
        raise Http404
    if request.method == "GET":
        return _back(case)
    try:
        issued = statements.issue(claim=case, kind=Statement.Kind(kind), actor=user_of(request), at=now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(case)
    return redirect("hospitalisation:statement", issued.public_id)


@_on_claim()
def contest(request: HttpRequest, case: Claim) -> HttpResponse:
    """The letter to the hospital about what nobody owes, made once; then its PDF."""
    if request.method == "GET":
        return _back(case)
    try:
        letter = contesting.write_to_hospital(claim=case, actor=user_of(request), at=now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(case)
    return redirect("hospitalisation:claim_contest_letter", case.public_id, letter.public_id)


# --- the end of a claim -----------------------------------------------------------------------------------


@_on_claim(Action.WITHDRAW)
def withdraw(request: HttpRequest, case: Claim) -> HttpResponse:
    """The claim withdrawn, once confirmed."""
    form = forms.ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            claims.withdraw(claim=case, reason=form.cleaned_data["reason"], actor=user_of(request), at=now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _done(request, case, _("Your claim is withdrawn."))
    return _form_of(request, case, form, "withdraw")


@_on_claim(Action.APPEAL)
def appeal(request: HttpRequest, case: Claim) -> HttpResponse:
    """Why the member does not agree with the decision."""
    form = forms.AppealForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            claims.appeal(claim=case, reason=form.cleaned_data["reason"], actor=user_of(request), at=now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _done(request, case, _("We have received your appeal. We look at your claim again."))
    return _form_of(request, case, form, "appeal", decision=claims.in_force(case))
