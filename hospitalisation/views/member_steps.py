"""The steps of a claim that is being prepared: their order, their words, and the gate that opens it to its owner."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from hospitalisation.documents import CONTACT
from hospitalisation.models import Claim, ClaimKind
from hospitalisation.views.claim import own_claim
from hospitalisation.workflow import BEFORE_SENDING, Status
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.mandates import note_mandate

member_page = requires(Permission.FILE_REQUESTS)


class Step(Struct, frozen=True):
    """A page of a claim that is being prepared: its name in the address and what it is about."""

    name: str
    label: str | Promise


STAY = Step("stay", gettext_lazy("Stay"))
LINES = Step("lines", gettext_lazy("Lines of the bill"))
RECEIPTS = Step("lines", gettext_lazy("Receipts"))
DOCUMENTS = Step("documents", gettext_lazy("Documents"))
REVIEW = Step("review", gettext_lazy("Check and send"))

STEPS: dict[str, tuple[Step, ...]] = {
    ClaimKind.STAY: (STAY, LINES, DOCUMENTS, REVIEW),
    ClaimKind.SERIOUS_ILLNESS: (RECEIPTS, DOCUMENTS, REVIEW),
}

ClaimView = Callable[[HttpRequest, Claim], HttpResponse]


def step_of(claim: Claim, name: str) -> Step:
    """The step of a claim by its name; 404 where its kind has none of that name."""
    for step in STEPS.get(claim.kind, ()):
        if step.name == name:
            return step
    raise Http404


def on_claim(view: ClaimView) -> Callable[..., HttpResponse]:
    """Opens a page to the owner of a claim; 404 to others; who acts for somebody leaves a line in the access log."""

    @member_page
    @wraps(view)
    def opened(request: HttpRequest, public_id: str) -> HttpResponse:
        return view(request, loaded(request, public_id))

    return opened  # type: ignore[return-value]


def loaded(request: HttpRequest, public_id: str) -> Claim:
    """The claim of the address, the mandate noted."""
    claim = own_claim(request, public_id)  # type: ignore[arg-type]
    note_mandate(request, claim.member)
    return claim


def is_open(claim: Claim) -> bool:
    """Whether the member's side may still change what is claimed."""
    return claim.status in BEFORE_SENDING


def sent_already(request: HttpRequest, claim: Claim, step: Step | None = None) -> HttpResponse:
    """To the page of a claim that is no longer prepared, with a word about what was typed since."""
    if claim.status == Status.WITHDRAWN:
        messages.info(request, _("This claim was withdrawn. Here it is."))
    elif request.method == "POST" and step is REVIEW:
        return redirect("hospitalisation:sent", claim.public_id)
    elif request.method == "POST":
        # A second tab that was still open: what was answered there is not in the claim, and must not seem so.
        messages.warning(
            request,
            _(
                "This claim has already been sent: your last answer is not in it. Write it to us in a message."
            ),
        )
    else:
        messages.info(request, _("This claim has already been sent. Here it is."))
    return redirect("hospitalisation:claim", claim.public_id)


def frame(request: HttpRequest, claim: Claim, step: Step) -> dict[str, object]:
    """What the page of a step shows around its form."""
    steps = STEPS[claim.kind]
    place = steps.index(step)
    before = steps[place - 1] if place else None
    return {
        "claim": claim,
        "step": step,
        "labels": [each.label for each in steps],
        "current": place + 1,
        "for_another": claim.member.user_id != user_of(request).pk,
        "back_url": step_url(claim, before) if before else claim_url(claim),
        "changing": "change" in request.GET,
        "contact": CONTACT,
    }


def onward(request: HttpRequest, claim: Claim, step: Step) -> HttpResponse:
    """To the next step; to the check where an answer was changed from there; to the list for later."""
    if "later" in request.POST:
        messages.success(request, _("Your claim is saved. Go on whenever you like."))
        return redirect("hospitalisation:claims")
    steps = STEPS[claim.kind]
    following = REVIEW if "change" in request.GET else steps[steps.index(step) + 1]
    return redirect(step_url(claim, following))


def step_url(claim: Claim, step: Step) -> str:
    """The address of a step of a claim."""
    return reverse("hospitalisation:step", args=[claim.public_id, step.name])


def change_url(claim: Claim, name: str) -> str:
    """The address of a step from which one comes back to the check."""
    return f"{reverse('hospitalisation:step', args=[claim.public_id, name])}?change=1"


def claim_url(claim: Claim) -> str:
    """The address of the page of a claim."""
    return reverse("hospitalisation:claim", args=[claim.public_id])
