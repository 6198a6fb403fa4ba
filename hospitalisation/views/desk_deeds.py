"""What an adviser can do with a claim, as one table; each line is a small page with its form."""

import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hospitalisation.forms.desk import (
    AskForm,
    AssignForm,
    CertificateForm,
    MessageForm,
    ObjectionForm,
    PaperForm,
    PlainForm,
    ReasonForm,
    StayForm,
    VersionForm,
)
from hospitalisation.models import Claim, ClaimKind, Departure
from hospitalisation.readings import casefile
from hospitalisation.services import claims, decisions, desk
from hospitalisation.views.desk import CASE, attempt, member_of_case, opened_case, to_case
from hospitalisation.workflow import CLAIM, TO_DECIDE, Action, Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.casework.deeds import Deed, Text
from partenamut.casework.services import may_take
from partenamut.registry.desk_views import View, say, watched

CLOSED = (Status.PAID, Status.WITHDRAWN)


def _is_correctable(case: Claim) -> bool:
    return case.kind != ClaimKind.DEPOSIT and case.status in desk.CORRECTABLE


DEEDS = (
    Deed(
        "ask",
        gettext_lazy("Ask for what is missing"),
        AskForm,
        lambda case, form, actor, at: decisions.ask_information(
            claim=case, text=form.cleaned_data["text"], actor=actor, at=at
        ),
        done=gettext_lazy("The question is sent to the member."),
        submit=gettext_lazy("Send the question"),
        action=Action.ASK_INFORMATION,
    ),
    Deed(
        "examine",
        gettext_lazy("Declare complete"),
        PlainForm,
        lambda case, _form, actor, at: decisions.examine(claim=case, actor=actor, at=at),
        done=gettext_lazy("The claim is complete: it can be decided."),
        submit=gettext_lazy("Declare complete"),
        action=Action.EXAMINE,
        lead=gettext_lazy(
            "Everything is there, or you do without what is missing: the claim is examined now."
        ),
    ),
    Deed(
        "certificate",
        gettext_lazy("Note the original certificate"),
        CertificateForm,
        lambda case, form, actor, at: claims.note_certificate(
            claim=case, **form.cleaned_data, actor=actor, at=at
        ),
        done=gettext_lazy("The certificate is noted."),
        submit=gettext_lazy("Note it"),
        fits=lambda case: case.kind == ClaimKind.STAY and case.status not in CLOSED,
        lead=gettext_lazy("The law wants the original certificate of care given on paper."),
    ),
    Deed(
        "papers",
        gettext_lazy("Note a document received on paper"),
        PaperForm,
        lambda case, form, actor, at: claims.note_paper(claim=case, **form.cleaned_data, actor=actor, at=at),
        done=gettext_lazy("The paper is noted."),
        submit=gettext_lazy("Note it"),
        fits=lambda case: case.status not in CLOSED,
    ),
    Deed(
        "stay",
        gettext_lazy("Correct the stay"),
        StayForm,
        lambda case, form, actor, at: desk.correct_stay(
            claim=case,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            actor=actor,
            at=at,
            **form.stay,
        ),
        done=gettext_lazy("The stay is corrected."),
        submit=gettext_lazy("Correct it"),
        fits=_is_correctable,
        lead=gettext_lazy("What was told wrongly; the rules are asked again on what you write here."),
    ),
    Deed(
        "appeal",
        gettext_lazy("Note an appeal"),
        ObjectionForm,
        lambda case, form, actor, at: claims.appeal(
            claim=case, reason=form.cleaned_data["reason"], actor=actor, at=at
        ),
        done=gettext_lazy("The appeal is noted."),
        submit=gettext_lazy("Note the appeal"),
        action=Action.APPEAL,
        lead=gettext_lazy("An appeal that came by post or by phone."),
    ),
    Deed(
        "reopen",
        gettext_lazy("Reopen"),
        ReasonForm,
        lambda case, form, actor, at: decisions.reopen(
            claim=case, reason=form.cleaned_data["reason"], actor=actor, at=at
        ),
        done=gettext_lazy("The claim is to be decided again."),
        submit=gettext_lazy("Reopen the claim"),
        action=Action.REOPEN,
        lead=gettext_lazy("The decision in force stays until the new one."),
    ),
    Deed(
        "assign",
        gettext_lazy("Assign"),
        AssignForm,
        lambda case, form, actor, at: decisions.assign(
            claim=case, assignee=form.chosen(actor), actor=actor, at=at
        ),
        done=gettext_lazy("The claim is assigned."),
        submit=gettext_lazy("Assign"),
    ),
    Deed(
        "withdraw",
        gettext_lazy("Withdraw for the member"),
        ReasonForm,
        lambda case, form, actor, at: claims.withdraw(
            claim=case, reason=form.cleaned_data["reason"], actor=actor, at=at
        ),
        done=gettext_lazy("The claim is withdrawn; what it used of the year is free again."),
        submit=gettext_lazy("Withdraw the claim"),
        action=Action.WITHDRAW,
        lead=gettext_lazy("Only at the request of the member: say how it was asked."),
        warning=True,
    ),
)


def deeds_for(case: Claim, user: User) -> list[dict[str, Any]]:
    """What the user can do with the claim now: the ways to decide first; deciding needs distance to the member."""
    near = case.member.has_on_their_side(user, localdate())
    links = [] if near else [*_deciding(case, user)]
    if case.kind != ClaimKind.DEPOSIT and case.status in TO_DECIDE and not near:
        links.append(_link(case, "case_lines", _("Correct the lines of the bill")))
    return links + [
        _link(case, f"case_{deed.slug}", deed.title, warning=deed.warning)
        for deed in DEEDS
        if deed.open_to(case, user) and not (near and deed.slug == "stay")
    ]


def _deciding(case: Claim, user: User) -> list[dict[str, Any]]:
    pages = {
        Action.DECIDE: (_("Decide by the rules"), "case_decide"),
        Action.PROPOSE_DEPARTURE: (_("Depart from the rules"), "case_depart"),
        Action.REVIEW_DEPARTURE: (_("Read the proposal"), "case_review"),
        Action.PROPOSE_PAYMENT: (_("Prepare the payment"), "case_payment"),
    }
    return [
        _link(case, name, label)
        for step in CLAIM.possible(Status(case.status))
        if step.action in pages and may_take(user, step) and _fits(case, step.action, user)
        for label, name in [pages[step.action]]
    ]


def _fits(case: Claim, action: Action, user: User) -> bool:
    if action == Action.PROPOSE_DEPARTURE:
        return case.kind != ClaimKind.DEPOSIT
    if action == Action.REVIEW_DEPARTURE:
        return not case.departures.filter(verdict=Departure.Verdict.OPEN, proposed_by=user).exists()
    return True


def _link(case: Claim, name: str, label: Text, *, warning: bool = False) -> dict[str, Any]:
    url = reverse(f"hospitalisation:{name}", args=[case.public_id])
    return {"label": label, "url": url, "warning": warning}


def page(deed: Deed) -> View:
    """The page of a deed."""

    @watched(member_of_case, CASE)
    @requires(Permission.HANDLE_REQUESTS)
    def view(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        case, user = opened_case(request, public_id), user_of(request)
        if not deed.open_to(case, user):
            messages.error(request, desk.why_not_now(case))
            return to_case(case)
        form = deed.form(request.POST if request.method == "POST" else None, case=case)
        if request.method == "POST" and form.is_valid():
            back = attempt(
                request,
                form,
                to_case(case),
                str(deed.done),
                lambda actor, at: deed.do(case, form, actor, at),
            )
            if back:
                return back
        return drawn(request, case, form, {"deed": deed})

    view.__doc__ = f"The page of a claim: {deed.slug}."
    return view


def drawn(request: HttpRequest, case: Claim, form: Form, extra: dict[str, Any]) -> HttpResponse:
    """The page of a deed with the claim as it is now; a form that was read on older facts carries their new version."""
    case.refresh_from_db()
    if isinstance(form, VersionForm):
        form.carry(desk.version_of(case, desk.ruling_of(case)))
    return render(request, "hospitalisation/desk/deed.html", {**casefile.head(case), "form": form, **extra})


@require_POST
@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def take(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The claim on one's own desk, unless a colleague was faster."""
    case, form = opened_case(request, public_id), PlainForm(request.POST)
    form.is_valid()
    deed = lambda actor, at: desk.take(claim=case, actor=actor, at=at)  # noqa: E731
    if not attempt(request, form, to_case(case), _("The claim is on your desk."), deed):
        say(request, form)
    return to_case(case)


@require_POST
@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def write(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A message to the member."""
    case, form = opened_case(request, public_id), MessageForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        deed = lambda actor, at: claims.write(claim=case, text=text, actor=actor, at=at)  # noqa: E731
        if done := attempt(request, form, to_case(case), _("The message is sent."), deed):
            return done
    return drawn(request, case, form, {"deed": WRITING})


WRITING = {
    "title": gettext_lazy("Write to the member"),
    "submit": gettext_lazy("Send the message"),
    "lead": "",
}


urlpatterns: list[URLPattern] = [
    path(f"desk/claims/<uuid:public_id>/{deed.slug}/", page(deed), name=f"case_{deed.slug}") for deed in DEEDS
]
