"""Pages of amendments for those who run the home: the list of a convention, one amendment, its draft and its offer."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.casework.services import NoteMissing
from partenamut.registry.deeds import accepted
from partenamut.registry.lists import way
from partenamut.web.resume import posted
from partenamut.workflow import TransitionRefused
from residences.amending import ROOMS
from residences.forms.amendments import FORMS, NewAmendmentForm
from residences.forms.conventions import AnswerForm, BecauseForm, ReopenForm
from residences.models import Amendment, AmendmentKind, ArticleComment, ContactRole, Convention, RestHome
from residences.readings import amendments as reading
from residences.services import amendments as services
from residences.services import conventions
from residences.views.loading import convention_of, directs, home_of, note_file_opened
from residences.workflow import OPEN_AMENDMENTS, RUNNING, AmendmentStatus

#: Why a file is opened; the resident reads it.
PURPOSE = gettext_noop("Amendment of a convention")
FORM = "residences/amendments/form.html"

Deed = Callable[[User, datetime], object]


@directs
@require_safe
def amendments(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponseBase:
    """The amendments of a convention, with their state, numbers and papers."""
    home = home_of(request, home_id)
    convention = convention_of(request, home, convention_id)
    add = way(_("Write an amendment"), "residences:new_amendment", home.public_id, convention.public_id)
    open_one = convention.amendments.filter(status__in=OPEN_AMENDMENTS).first()
    offered = convention.status in RUNNING and open_one is None
    rows = reading.amendments_of(convention)
    return reading.AmendmentList(rows, empty_action=add if offered else None).respond(
        request,
        title=_("Amendments"),
        actions=[add] if offered else [],
        open_one=open_one,
        runs=convention.status in RUNNING,
        home=home,
        convention=convention,
        here="amendments",
    )


@directs
@require_http_methods(["GET", "POST"])
def new_amendment(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The kind of an amendment, its first day and why; then the form of that kind."""
    home = home_of(request, home_id)
    convention = convention_of(request, home, convention_id)
    form = NewAmendmentForm(posted(request), convention=convention)
    made: list[Amendment] = []

    def create(cleaned: dict[str, Any]) -> None:
        made.append(services.create(convention=convention, **cleaned, actor=user_of(request), at=now()))

    if request.method == "POST" and accepted(form, create):
        return redirect("residences:change_amendment", *reading.address(made[0]))
    back = reverse("residences:amendments", args=[home.public_id, convention.public_id])
    context = {
        "form": form,
        "title": _("Write an amendment"),
        "lead": _(
            "The signed convention stays as it is. What changes is written beside it, and both sides sign."
        ),
        "submit": _("Go on"),
        "back_label": _("Amendments"),
    }
    return render(request, FORM, context | _page(convention, back))


@directs
@require_safe
def amendment(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """An amendment: what it changes word by word, the remarks, who signs, and what can be done."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    note_file_opened(request, found.convention.resident, PURPOSE)
    hub = reading.hub_of(found, user_of(request), localdate())
    context = {
        "amendment": found,
        "hub": hub,
        "sets": reading.what_it_sets(found),
        "waits": found.status == AmendmentStatus.SIGNED and found.applied_at is None,
        "urls": {name: _url(name, found) for name in _WAYS},
        "history": hub.history,
        "back_label": _("Amendments"),
    }
    convention = found.convention
    back = reverse("residences:amendments", args=[convention.home.public_id, convention.public_id])
    return render(request, "residences/amendments/amendment.html", context | _page(convention, back))


@directs
@require_http_methods(["GET", "POST"])
def change_amendment(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """What the amendment sets, its first day and why."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    if found.status != AmendmentStatus.DRAFT:
        messages.info(request, _("A text that was offered is not changed: take it back to the draft first."))
        return redirect(_url("amendment", found))
    form = FORMS[found.kind](posted(request), amendment=found)

    def change(_cleaned: dict[str, Any]) -> None:
        services.change(
            amendment=found, value=form.value(), changes=form.changes(), actor=user_of(request), at=now()
        )

    if request.method == "POST" and accepted(form, change):
        return redirect(_url("offer_amendment", found))
    context = {
        "form": form,
        "title": _("Amendment %(turn)d: %(kind)s") % {"turn": found.turn, "kind": found.get_kind_display()},
        "warning": _opened(found),
        "submit": _("Save and look at the text"),
        "is_room": found.kind in ROOMS,
        "is_clauses": found.kind == AmendmentKind.CLAUSES,
        "contact_url": _contact_url(found),
    }
    return render(request, "residences/amendments/change.html", context | _amendment_page(found))


@directs
@require_http_methods(["GET", "POST"])
def offer_amendment(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """The text article by article, before and after; then it is offered for signature."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    if request.method == "POST":
        return done(
            request,
            found,
            lambda actor, at: services.prepare(amendment=found, actor=actor, at=at),
            _("Amendment %(turn)d is offered for signature.") % {"turn": found.turn},
            again="offer_amendment",
        )
    if found.status != AmendmentStatus.DRAFT:
        return redirect(_url("amendment", found))
    hub = reading.hub_of(found, user_of(request), localdate())
    context = {
        "amendment": found,
        "hub": hub,
        "sets": reading.what_it_sets(found),
        "change_url": _url("change_amendment", found),
    }
    return render(request, "residences/amendments/offer.html", context | _amendment_page(found))


@directs
@require_http_methods(["GET", "POST"])
def reopen_amendment(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """The offered text taken back to the draft, with a confirmation."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    form = ReopenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return done(
            request,
            found,
            lambda actor, at: services.reopen(
                amendment=found, note=form.cleaned_data["note"], actor=actor, at=at
            ),
            _("The text is a draft again."),
        )
    context = {
        "form": form,
        "title": _("Take amendment %(turn)d back to the draft") % {"turn": found.turn},
        "warning": _(
            "What was signed under the text is void: both sides sign the new one. The bed stays kept free."
        ),
        "submit": _("Take back to the draft"),
    }
    return render(request, FORM, context | _amendment_page(found))


@directs
@require_http_methods(["GET", "POST"])
def discard_amendment(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """The amendment given up, with its reason."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    form = BecauseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return done(
            request,
            found,
            lambda actor, at: services.discard(amendment=found, **form.cleaned_data, actor=actor, at=at),
            _("Amendment %(turn)d is discarded.") % {"turn": found.turn},
        )
    context = {
        "form": form,
        "title": _("Discard amendment %(turn)d") % {"turn": found.turn},
        "warning": _(
            "This cannot be undone. The convention stays as it is, a bed that was kept free is free again, and the "
            "number %(turn)d is not given to another amendment."
        )
        % {"turn": found.turn},
        "submit": _("Discard the amendment"),
        "danger": True,
    }
    return render(request, FORM, context | _amendment_page(found))


@directs
@require_http_methods(["GET", "POST"])
def answer_remark(
    request: HttpRequest,
    home_id: uuid.UUID,
    convention_id: uuid.UUID,
    amendment_id: uuid.UUID,
    remark_id: uuid.UUID,
) -> HttpResponse:
    """The answer to a remark of the resident's side."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    remarks = ArticleComment.objects.filter(edition__amendment=found).select_related("made_by")
    remark = get_object_or_404(remarks, public_id=remark_id)
    form = AnswerForm(posted(request), initial={"text": remark.answer})

    def answer(cleaned: dict[str, Any]) -> None:
        conventions.answer(remark=remark, **cleaned, actor=user_of(request), at=now())

    if request.method == "POST" and accepted(form, answer):
        messages.success(request, _("Your answer is kept."))
        return redirect(_url("amendment", found))
    context = {
        "form": form,
        "title": _("Answer a remark"),
        "remark": remark,
        "submit": _("Keep the answer"),
    }
    return render(request, FORM, context | _amendment_page(found))


# --- shared with the pages of signatures --------------------------------------------------------------------


def amendment_of(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> Amendment:
    """The amendment of an address in a home that the user directs; 404 for others."""
    home: RestHome = home_of(request, home_id)
    convention = convention_of(request, home, convention_id)
    found: Amendment = get_object_or_404(convention.amendments, public_id=amendment_id)
    found.convention = convention
    return found


def done(
    request: HttpRequest, found: Amendment, deed: Deed, said: str, again: str = "amendment"
) -> HttpResponse:
    """Does a deed and says so on the page of the amendment; what stands against it is said there or where it was asked."""
    try:
        deed(user_of(request), now())
    except (TransitionRefused, NoteMissing):
        messages.error(
            request, _("This is not possible any more: somebody has moved the amendment meanwhile.")
        )
        return redirect(_url("amendment", found))
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return redirect(_url(again, found))
    messages.success(request, said)
    return redirect(_url("amendment", found))


# --- inside -----------------------------------------------------------------------------------------------


#: The pages that lead on from an amendment.
_WAYS = (
    "change_amendment",
    "offer_amendment",
    "sign_amendment",
    "paper_amendment",
    "reopen_amendment",
    "discard_amendment",
    "amendment_pdf",
)

_ROLES: dict[str, str] = {
    AmendmentKind.REPRESENTATIVE: ContactRole.REPRESENTATIVE.value,
    AmendmentKind.GUARANTORS: ContactRole.GUARANTOR.value,
}


def _opened(found: Amendment) -> str:
    if not found.open_articles:
        return ""
    return _(
        "A remark has opened only article %(articles)s: the other articles stay as they were offered."
    ) % {"articles": ", ".join(str(number) for number in found.open_articles)}


def _contact_url(found: Amendment) -> str:
    """Where a new representative or guarantor is entered first."""
    role = _ROLES.get(found.kind)
    if role is None:
        return ""
    convention = found.convention
    address = [convention.home.public_id, convention.resident.public_id]
    return f"{reverse('residences:add_contact', args=address)}?role={role}"


def _url(name: str, found: Amendment) -> str:
    return reverse(f"residences:{name}", args=reading.address(found))


def _page(convention: Convention, back: str) -> dict[str, Any]:
    return {"convention": convention, "here": "amendments", "back": back}


def _amendment_page(found: Amendment) -> dict[str, Any]:
    label = _("Amendment %(turn)d") % {"turn": found.turn}
    return {**_page(found.convention, _url("amendment", found)), "back_label": label, "amendment": found}
