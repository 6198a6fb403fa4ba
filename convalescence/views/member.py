"""The member's pages of requests that were sent: list, page, what can still be done."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convalescence import services
from convalescence.deciding import replay
from convalescence.documents import CONTACT, amount_of, appeal_words
from convalescence.facts import days_left_of
from convalescence.forms import member as forms
from convalescence.messages import remedy
from convalescence.models import Attachment, AttachmentKind, Decision, Request
from convalescence.readings import timeline
from convalescence.readings.daybook import stretches
from convalescence.readings.estimate import estimate, in_words
from convalescence.readings.reach import own_members, own_requests
from convalescence.views.answers import cards
from convalescence.views.member_draft import go_on
from convalescence.views.member_lists import MyRequests
from convalescence.views.steps import own_request
from convalescence.workflow import REQUEST, Action, Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.casework.services import may_take
from partenamut.documents import services as documents
from partenamut.documents.errors import UploadRefused
from partenamut.documents.models import Document
from partenamut.documents.responses import as_download
from partenamut.payments.models import Payable
from partenamut.registry.mandates import note_mandate
from partenamut.web.files import FilesForm, named
from partenamut.web.resume import posted
from partenamut.web.worklist import Link
from partenamut.workflow import TransitionRefused

form_page = require_http_methods(["GET", "POST"])
member_page = requires(Permission.FILE_REQUESTS)


@require_safe
@member_page
def requests(request: HttpRequest) -> HttpResponseBase:
    """My requests and those of people I act for, drafts too, with the days left this year."""
    user, today = user_of(request), localdate()
    members = list(own_members(user, today))
    left = days_left_of(members, today.year)
    new_url = reverse("convalescence:new")
    rows = own_requests(user, today).select_related("member", "residence")
    action = Link(label=_("Make a request"), url=new_url)
    return MyRequests(rows, empty_action=action).respond(
        request,
        title=_("My requests"),
        actions=[action] if members else [],
        meters=[(member, left[member.pk]) for member in members],
        year=today.year,
    )


# --- the page of a request --------------------------------------------------------------------------------


@require_safe
@member_page
def request_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where a request stands, what is expected, what can be done, what was said; a draft goes on where it stopped."""
    case = _opened(request, public_id)
    if case.status == Status.DRAFT:
        return go_on(case)
    user, today = user_of(request), localdate()
    decisions = list(case.decisions.order_by("decided_at", "pk"))
    decision = decisions[-1] if decisions else None
    context = {
        "case": case,
        "tone": timeline.tone(case.status),
        "expected": timeline.expected(case, today),
        "events": timeline.events(case, decisions, user, today),
        "actions": _actions(case, user, today, decision),
        "decision": decision,
        "amount": amount_of(decision) if decision else None,
        "estimate": estimate(case, on=today)
        if case.status in (Status.SUBMITTED, Status.INFORMATION_ASKED)
        else None,
        "payment": Payable.objects.visible_to(user, today).of_case(case.public_id).first(),
        "thread": _thread(case, user),
        "cards": cards(case, editable=False),
        "form": forms.MessageForm(),
        "contact": CONTACT,
    }
    return render(request, "convalescence/member/request.html", context)


def _opened(request: HttpRequest, public_id: str) -> Request:
    """The request; whoever opens it for somebody else leaves a line that the person can read."""
    case = own_request(request, public_id)
    note_mandate(request, case.member)
    return case


#: Action -> address of its page and its words; the order of the page.
_PAGES: dict[Action, tuple[str, Any]] = {
    Action.CONFIRM_STAY: ("confirm_stay", lambda: _("Confirm the stay")),
    Action.RECEIVE_INVOICE: ("send_invoice", lambda: _("Send the invoice")),
    Action.APPEAL: ("appeal", lambda: _("Appeal against the decision")),
    Action.CHANGE_DATES: ("change_dates", lambda: _("Change the dates")),
    Action.WITHDRAW: ("withdraw", lambda: _("Withdraw the request")),
}


def _actions(case: Request, user: User, today: date, decision: Decision | None) -> list[dict[str, str]]:
    """What the table of the workflow lets the user do from here, on a day on which the service would do it."""
    possible = {Action(step.action) for step in REQUEST.possible(Status(case.status)) if may_take(user, step)}
    if case.departure and today < case.departure:
        possible -= {Action.CONFIRM_STAY, Action.RECEIVE_INVOICE}
    if decision and today > decision.appeal_until:
        possible.discard(Action.APPEAL)
    return [
        {"label": label(), "url": reverse(f"convalescence:{name}", args=[case.public_id]), "name": name}
        for action, (name, label) in _PAGES.items()
        if action in possible
    ]


def _thread(case: Request, user: User) -> list[dict[str, object]]:
    """The messages with the files that came with them, the oldest first."""
    files: dict[tuple[int, Any], list[Attachment]] = {}
    rows = case.attachments.filter(removed_at=None).select_related("upload", "added_by").order_by("pk")
    for row in rows:
        files.setdefault((row.added_by_id, row.upload.uploaded_at if row.upload else None), []).append(row)
    return [
        {
            "who": CONTACT.name
            if message.from_service
            else _("You")
            if message.author_id == user.pk
            else message.author.name,
            "from_service": message.from_service,
            "at": message.sent_at,
            "text": message.text,
            "files": files.get((message.author_id, message.sent_at), []),
        }
        for message in case.messages.select_related("author").order_by("sent_at", "pk")
    ]


@require_safe
@member_page
def sent(request: HttpRequest, public_id: str) -> HttpResponse:
    """The request has been sent: its number, the date, what comes next."""
    case = own_request(request, public_id)
    if case.status == Status.DRAFT:
        return go_on(case)
    delay = timeline.decision_delay(case.benefit, localdate())
    return render(
        request, "convalescence/member/sent.html", {"case": case, "delay": delay, "contact": CONTACT}
    )


@require_safe
@member_page
def decision(request: HttpRequest, public_id: str) -> HttpResponse:
    """The decision in force: every rule, every day, what would change it, how to appeal."""
    case = _opened(request, public_id)
    taken = services.in_force(case)
    if taken is None:
        raise Http404
    answer = replay(taken)
    today = localdate()
    context = {
        "case": case,
        "decision": taken,
        "amount": amount_of(taken),
        "days": taken.answer["award"]["days"],
        "reasons": in_words(answer.reasons),
        "changes": [] if taken.departs_because else [remedy(change) for change in answer.would_change],
        "stretches": stretches(taken),
        "appeal_words": appeal_words(taken.appeal_until),
        "may_appeal": any(
            each["name"] == "appeal" for each in _actions(case, user_of(request), today, taken)
        ),
        "contact": CONTACT,
    }
    return render(request, "convalescence/member/decision.html", context)


# --- downloads --------------------------------------------------------------------------------------------


@require_safe
@member_page
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt as a PDF."""
    return _pdf(_opened(request, public_id).receipt)


@require_safe
@member_page
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letter of a decision as a PDF."""
    own = own_requests(user_of(request), localdate())
    rows = Decision.objects.filter(request__in=own).select_related("request__member", "letter")
    taken = get_object_or_404(rows, public_id=public_id)
    note_mandate(request, taken.request.member)
    return _pdf(taken.letter)


@require_safe
@member_page
def attachment(request: HttpRequest, public_id: str) -> HttpResponse:
    """A file that was sent with a request."""
    own = own_requests(user_of(request), localdate())
    rows = Attachment.objects.filter(request__in=own, removed_at=None, upload__isnull=False).select_related(
        "upload", "request__member"
    )
    found = get_object_or_404(rows, public_id=public_id)
    if found.upload is None:
        raise Http404
    note_mandate(request, found.request.member)
    return as_download(found.upload)


def _pdf(document: Document | None) -> HttpResponse:
    if document is None:
        raise Http404
    return as_download(documents.bytes_of(document, at=now()))


# --- what can still be done -------------------------------------------------------------------------------

CaseView = Callable[[HttpRequest, Request], HttpResponse]


def _on_sent(action: Action | None = None) -> Callable[[CaseView], Callable[..., HttpResponseBase]]:
    """Opens a page of a sent request where its state allows the action; else says so on the request's page."""

    def gate(view: CaseView) -> Callable[..., HttpResponseBase]:
        @form_page
        @member_page
        @wraps(view)
        def opened(request: HttpRequest, public_id: str) -> HttpResponse:
            case = own_request(request, public_id)
            if case.status == Status.DRAFT:
                return go_on(case)
            if action and not any(step.action == action for step in REQUEST.possible(Status(case.status))):
                return _too_late(request, case)
            try:
                return view(request, case)
            except (TransitionRefused, PermissionDenied):
                return _too_late(request, case)

        return opened

    return gate


def _too_late(request: HttpRequest, case: Request) -> HttpResponse:
    messages.warning(
        request, _("This is not possible now. See where your request stands, and what you can do with it.")
    )
    return redirect("convalescence:request", case.public_id)


def _form_of(
    request: HttpRequest, case: Request, form: Any, template: str, **context: object
) -> HttpResponse:
    page = {"case": case, "form": form, "contact": CONTACT, **context}
    return render(request, f"convalescence/member/{template}.html", page)


def _done(request: HttpRequest, case: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("convalescence:request", case.public_id)


@_on_sent()
def message(request: HttpRequest, case: Request) -> HttpResponse:
    """A message to the service with its files: all of it or nothing."""
    form = forms.MessageForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid() and _write(request, form, case):
        return _done(request, case, _("Your message is sent."))
    return _form_of(request, case, form, "message")


def _write(request: HttpRequest, form: forms.MessageForm, case: Request) -> bool:
    at, user = now(), user_of(request)
    with transaction.atomic():
        refused = _attach_all(form, case, AttachmentKind.OTHER, user, at)
        if refused:
            transaction.set_rollback(True)
        else:
            services.write(request=case, text=form.cleaned_data["text"], actor=user, at=at)
    form.refuse_files(refused)
    return not refused


def _attach_all(form: FilesForm, case: Request, kind: AttachmentKind, user: User, at: Any) -> list[str]:
    """The sentences about files that were refused."""
    refused = form.files_refused
    for file in form.files_kept:
        try:
            services.attach(request=case, kind=kind, file=file, actor=user, at=at)
        except UploadRefused as error:
            refused.append(named(file, error.message))
    return refused


@_on_sent(Action.RECEIVE_INVOICE)
def send_invoice(request: HttpRequest, case: Request) -> HttpResponse:
    """The invoice of the stay, once it is over."""
    if case.departure and localdate() < case.departure:
        sentence = _("Your stay is not over. Send the invoice from %(day)s on.")
        messages.info(request, sentence % {"day": f"{case.departure:%d/%m/%Y}"})
        return redirect("convalescence:request", case.public_id)
    form = forms.InvoiceForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid() and _receive(request, form, case):
        return _done(request, case, _("We have received your invoice."))
    return _form_of(request, case, form, "invoice")


def _receive(request: HttpRequest, form: forms.InvoiceForm, case: Request) -> bool:
    """The first good file is the invoice, the others come with it."""
    at, user = now(), user_of(request)
    refused = form.files_refused
    with transaction.atomic():
        if not refused:
            for place, file in enumerate(form.files_kept):
                try:
                    if place:
                        services.attach(
                            request=case, kind=AttachmentKind.INVOICE, file=file, actor=user, at=at
                        )
                    else:
                        services.receive_invoice(request=case, file=file, actor=user, at=at)
                except UploadRefused as error:
                    refused.append(named(file, error.message))
        if refused:
            transaction.set_rollback(True)
    form.refuse_files(refused)
    return not refused


@_on_sent(Action.CHANGE_DATES)
def change_dates(request: HttpRequest, case: Request) -> HttpResponse:
    """Other dates: the request is decided (again)."""
    initial = {"arrival": case.arrival, "departure": case.departure}
    form = forms.NewDatesForm(posted(request), initial=initial, draft=case, today=localdate())
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        services.change_dates(
            request=case,
            arrival=typed["arrival"],
            departure=typed["departure"],
            actor=user_of(request),
            at=now(),
        )
        return _done(request, case, _("The dates are changed. We look at your request with the new dates."))
    return _form_of(request, case, form, "change_dates", overlap=form.overlap)


@_on_sent(Action.CONFIRM_STAY)
def confirm_stay(request: HttpRequest, case: Request) -> HttpResponse:
    """The stay took place on the dates of the request."""
    if request.method == "POST":
        try:
            services.confirm_stay(request=case, actor=user_of(request), at=now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("convalescence:request", case.public_id)
        return _done(request, case, _("Thank you, your stay is confirmed. Now send us the invoice."))
    return _form_of(request, case, None, "confirm_stay")


@_on_sent(Action.WITHDRAW)
def withdraw(request: HttpRequest, case: Request) -> HttpResponse:
    """The request withdrawn, once confirmed."""
    form = forms.ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        services.withdraw(request=case, reason=form.cleaned_data["reason"], actor=user_of(request), at=now())
        return _done(request, case, _("Your request is withdrawn. Its days are free again."))
    return _form_of(request, case, form, "withdraw")


@_on_sent(Action.APPEAL)
def appeal(request: HttpRequest, case: Request) -> HttpResponse:
    """Why the member does not agree with the decision."""
    form = forms.AppealForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.appeal(
                request=case, reason=form.cleaned_data["reason"], actor=user_of(request), at=now()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _done(request, case, _("We have received your appeal. We look at your request again."))
    return _form_of(request, case, form, "appeal", decision=services.in_force(case))
