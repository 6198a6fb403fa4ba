"""The steps of each request: their order, their words, and the gate that opens a draft to its owner."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from convalescence.models import Benefit, Request
from convalescence.readings.reach import own_requests
from convalescence.workflow import Status
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission


class Step(Struct, frozen=True):
    """A page of a request that is being prepared: the name of its address and what it is about."""

    name: str
    label: str | Promise


MEDICAL = Step("medical", gettext_lazy("Medical reason"))
RESIDENCE = Step("choose_residence", gettext_lazy("Residence"))
DATES = Step("dates", gettext_lazy("Dates"))
CAREGIVER = Step("caregiver", gettext_lazy("Caregiver"))
REST_HOME = Step("rest_home", gettext_lazy("Rest home"))
INVOICE = Step("draft_invoice", gettext_lazy("Invoice"))
ACCOMPANY = Step("accompany", gettext_lazy("Stay"))
CHECK = Step("check_answers", gettext_lazy("Check and send"))

STEPS: dict[str, tuple[Step, ...]] = {
    Benefit.CONVALESCENCE: (MEDICAL, RESIDENCE, DATES, CAREGIVER, CHECK),
    Benefit.SHORT_STAY: (REST_HOME, DATES, INVOICE, CHECK),
    Benefit.CAREGIVER: (ACCOMPANY, CHECK),
}

DraftView = Callable[[HttpRequest, Request], HttpResponse]


def on_draft(*benefits: Benefit, when_sent: str = "") -> Callable[[DraftView], Callable[..., HttpResponse]]:
    """Opens a page to the owner of a draft of these benefits; 404 to others; what was sent leads to its own page.

    A form that is sent twice leads to the page `when_sent`: the same receipt as the first time.
    """

    def gate(view: DraftView) -> Callable[..., HttpResponse]:
        @requires(Permission.FILE_REQUESTS)
        @wraps(view)
        def opened(request: HttpRequest, public_id: str) -> HttpResponse:
            draft = own_request(request, public_id)
            if draft.benefit not in benefits:
                raise Http404
            if draft.status != Status.DRAFT:
                twice = when_sent and request.method == "POST"
                return redirect(when_sent, draft.public_id) if twice else _sent_already(request, draft)
            return view(request, draft)

        return opened  # type: ignore[return-value]

    return gate


def own_request(request: HttpRequest, public_id: str) -> Request:
    """The request of this address if it is the user's own, or of somebody they act for; else 404."""
    rows = own_requests(user_of(request), localdate()).select_related(
        "member__user",
        "residence",
        "companion__user",
        "cared_for_request__member__user",
        "cared_for_request__residence",
    )
    found: Request = get_object_or_404(rows, public_id=public_id)
    return found


def frame(request: HttpRequest, draft: Request, step: Step) -> dict[str, object]:
    """What the page of a step shows around its form."""
    steps = STEPS[draft.benefit]
    place = steps.index(step)
    return {
        "draft": draft,
        "step": step,
        "labels": [each.label for each in steps],
        "current": place + 1,
        "for_another": draft.member.user_id != user_of(request).pk,
        "back_url": back_url(draft, step),
        "changing": "change" in request.GET,
    }


def back_url(draft: Request, step: Step) -> str:
    """The page before: the step before, or the list."""
    steps = STEPS[draft.benefit]
    place = steps.index(step)
    return reverse(f"convalescence:{steps[place - 1].name}", args=[draft.public_id]) if place else _list_url()


def onward(request: HttpRequest, draft: Request, step: Step) -> HttpResponse:
    """To the next step; to the answers where one of them was changed; to the list for later."""
    if "later" in request.POST:
        messages.success(request, _("Your request is saved. Go on whenever you like."))
        return redirect(_list_url())
    steps = STEPS[draft.benefit]
    following = CHECK if "change" in request.GET else steps[steps.index(step) + 1]
    return redirect(f"convalescence:{following.name}", draft.public_id)


def first_open(draft: Request) -> Step:
    """The first step that has no answer yet."""
    for step, answered in zip(STEPS[draft.benefit], _answered(draft), strict=False):
        if not answered:
            return step
    return CHECK


def _answered(draft: Request) -> tuple[bool, ...]:
    dated = bool(draft.arrival and draft.departure)
    if draft.benefit == Benefit.CONVALESCENCE:
        return bool(draft.criteria), draft.residence_id is not None, dated, draft.accompanied is not None
    if draft.benefit == Benefit.SHORT_STAY:
        return bool(draft.residence_id or draft.place), dated
    return (draft.cared_for_request_id is not None and dated,)


def _list_url() -> str:
    return reverse("convalescence:requests")


def _sent_already(request: HttpRequest, sent: Request) -> HttpResponse:
    if request.method == "POST":
        # A second tab that was still open: what was answered there is not in the request, and must not seem so.
        messages.warning(
            request,
            _(
                "This request has already been sent: your last answer is not in it. Write it to us in a message."
            ),
        )
    else:
        messages.info(request, _("This request has already been sent. Here it is."))
    return redirect("convalescence:request", sent.public_id)
