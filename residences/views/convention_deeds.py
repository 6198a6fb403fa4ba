"""What is done with a convention: signed, its copies and receipt kept, taken back, discarded, remarks answered."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partenamut.accounts.permissions import user_of
from partenamut.casework.services import NoteMissing
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.forms import refuse
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from partenamut.workflow import TransitionRefused
from residences.forms.conventions import (
    AnswerForm,
    BecauseForm,
    ReceiptForm,
    ReopenForm,
)
from residences.forms.signatures import ManagerSignForm, PaperForm
from residences.models import ArticleComment, Convention, Edition, Side
from residences.readings import convention_hub as hub
from residences.services import conventions as services
from residences.services import signing
from residences.services.files import received
from residences.views.conventions import opened
from residences.views.loading import directs
from residences.workflow import ConventionStatus

FORM = "residences/conventions/form.html"
MOVED = "moved"

Deed = Callable[[dict[str, Any]], object]


# --- signatures -------------------------------------------------------------------------------------------


@directs
@require_http_methods(["GET", "POST"])
def sign_convention(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The manager reads the text and signs it on screen; a text that changed meanwhile is not signed."""
    convention = opened(request, home_id, convention_id)
    edition = _on_offer(convention, Side.MANAGER)
    if edition is None:
        return _not_to_sign(request, convention)
    typed = posted(request)
    home = edition.content["terms"]["home"]
    initial = {"read": edition.sha256, "name": home["manager_name"], "quality": home["manager_function"]}
    form = ManagerSignForm(typed, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            signing.sign(
                edition=edition,
                side=Side.MANAGER,
                read=form.cleaned_data["read"],
                name=form.cleaned_data["name"],
                quality=form.cleaned_data["quality"],
                **_by(request),
            )
        except ValidationError as error:
            if getattr(error, "code", "") == "changed":
                return _changed(request, convention, edition, error, form)
            refuse(form, error)
        else:
            messages.success(request, _signed_words(convention))
            return redirect("residences:convention", home_id, convention_id)
    context = {"edition": edition, "form": form, "articles": hub.articles_of(edition)}
    return render(
        request, "residences/conventions/sign.html", _page(convention, _("The convention")) | context
    )


@directs
@require_http_methods(["GET", "POST"])
def paper_signatures(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The copy signed on paper: the file, both names and the day."""
    convention = opened(request, home_id, convention_id)
    edition = _on_offer(convention)
    if edition is None:
        return _not_to_sign(request, convention)
    signed = frozenset(edition.signatures.values_list("side", flat=True))
    terms = edition.content["terms"]
    initial = {
        "read": edition.sha256,
        "resident_name": (terms["representative"] or terms["resident"])["name"],
        "manager_name": terms["home"]["manager_name"],
    }
    form = PaperForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        today=localdate(),
        signed=signed,
        initial=initial,
    )

    @transaction.atomic
    def keep(typed: dict[str, Any]) -> None:
        if typed["read"] != edition.sha256:
            raise ValidationError(
                _("The text has changed since this page was opened: compare the paper with the new one."),
                code="changed",
            )
        upload = received(typed["upload"], "upload", **_by(request))
        names = {name: typed.get(name, "") for name in ("resident_name", "manager_name")}
        signing.sign_on_paper(
            edition=edition, upload=upload, signed_on=typed["signed_on"], **names, **_by(request)
        )

    if request.method == "POST" and accepted(form, _safely(keep)):
        messages.success(request, _("The copy is kept. The convention is signed and never changes again."))
        return redirect("residences:convention", home_id, convention_id)
    context = {"edition": edition, "form": form, "foot": _foot(convention, edition)}
    return render(
        request, "residences/conventions/paper.html", _page(convention, _("The convention")) | context
    )


@directs
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The day on which the resident's side received its copy, and the signed receipt."""
    convention = opened(request, home_id, convention_id)
    form = ReceiptForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial={"received_on": convention.receipt_on or convention.signed_on},
    )

    @transaction.atomic
    def keep(typed: dict[str, Any]) -> None:
        upload = received(typed["upload"], "upload", **_by(request)) if typed.get("upload") else None
        signing.record_receipt(
            convention=convention, received_on=typed["received_on"], upload=upload, **_by(request)
        )

    return _form(
        request,
        convention,
        form,
        keep,
        title=_("Receipt of the resident's copy"),
        lead=_("Kept with the home's copy in the resident's file."),
        submit=_("Keep the receipt"),
        done=_("The receipt is recorded."),
    )


# --- taken back, discarded --------------------------------------------------------------------------------


@directs
@require_http_methods(["GET", "POST"])
def reopen_convention(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The offered text taken back to the draft, once confirmed."""
    convention = opened(request, home_id, convention_id)

    def reopen(typed: dict[str, Any]) -> None:
        services.reopen(convention=convention, note=typed["note"], **_by(request))

    return _form(
        request,
        convention,
        ReopenForm(posted(request)),
        reopen,
        title=_("Take the text back to the draft"),
        warning=_(
            "What was signed under the text is void: both sides sign the new one. The bed stays kept free."
        ),
        submit=_("Take back to the draft"),
        done=_("The text is a draft again."),
    )


@directs
@require_http_methods(["GET", "POST"])
def discard_convention(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The draft or the offered text given up, with its reason."""
    convention = opened(request, home_id, convention_id)

    def discard(typed: dict[str, Any]) -> None:
        services.discard(convention=convention, because=typed["because"], **_by(request))

    return _form(
        request,
        convention,
        BecauseForm(posted(request)),
        discard,
        title=_("Discard the convention"),
        warning=_("This cannot be undone. The bed is free again. A signed convention cannot be discarded."),
        submit=_("Discard the convention"),
        done=_("The convention is discarded."),
        danger=True,
    )


@directs
@require_http_methods(["GET", "POST"])
def open_all_articles(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """After a remark: every article open again, with the reason."""
    convention = opened(request, home_id, convention_id)

    def open_them(typed: dict[str, Any]) -> None:
        services.open_all(convention=convention, because=typed["because"], **_by(request))

    return _form(
        request,
        convention,
        BecauseForm(posted(request)),
        open_them,
        title=_("Open all the articles"),
        lead=_("A remark opens only its own article. Open the others too where something else must change."),
        warning=_("The resident's side then reads a text in which more has changed than was remarked on."),
        submit=_("Open all the articles"),
        done=_("All the articles are open."),
    )


@directs
@require_http_methods(["GET", "POST"])
def answer_remark(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, remark_id: uuid.UUID
) -> HttpResponse:
    """The answer to a remark of the resident's side."""
    convention = opened(request, home_id, convention_id)
    remarks = ArticleComment.objects.filter(edition__convention=convention, edition__amendment=None)
    remark = get_object_or_404(remarks.select_related("edition", "made_by"), public_id=remark_id)

    def answer(typed: dict[str, Any]) -> None:
        services.answer(remark=remark, text=typed["text"], **_by(request))

    form = AnswerForm(posted(request), initial={"text": remark.answer})
    shown = next((one for one in hub.articles_of(remark.edition) if one.number == remark.article), None)
    return _form(
        request,
        convention,
        form,
        answer,
        title=_("Answer the remark"),
        submit=_("Keep the answer"),
        done=_("Your answer is kept."),
        remark=remark,
        article=shown,
    )


# --- inside -----------------------------------------------------------------------------------------------


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": user_of(request), "at": now()}


def _on_offer(convention: Convention, side: str = "") -> Edition | None:
    """The text on offer; none where there is nothing to sign, or where the side has signed it."""
    if convention.status != ConventionStatus.READY:
        return None
    edition = services.latest_edition(convention)
    if side and edition.signatures.filter(side=side).exists():
        return None
    return edition


def _not_to_sign(request: HttpRequest, convention: Convention) -> HttpResponse:
    if convention.status == ConventionStatus.DRAFT:
        said = _("The text is being changed: it can be signed once it is offered again.")
    elif convention.status == ConventionStatus.READY:
        said = _("The manager has signed this text already.")
    else:
        said = _("This text is not offered for signature any more.")
    messages.info(request, said)
    return redirect("residences:convention", convention.home.public_id, convention.public_id)


def _changed(
    request: HttpRequest,
    convention: Convention,
    edition: Edition,
    error: ValidationError,
    form: ManagerSignForm,
) -> HttpResponse:
    """The new text with the name kept and nothing ticked: it has to be read first."""
    latest = services.latest_edition(convention)
    kept = {name: form.cleaned_data[name] for name in ("name", "quality")}
    fresh = ManagerSignForm(initial={**kept, "read": latest.sha256})
    context = {
        "edition": latest,
        "form": fresh,
        "articles": hub.articles_of(latest),
        "changed": error.messages[0],
        "page_has_errors": True,
    }
    return render(
        request, "residences/conventions/sign.html", _page(convention, _("The convention")) | context
    )


def _signed_words(convention: Convention) -> str:
    convention.refresh_from_db()
    if convention.status == ConventionStatus.READY:
        return _("You have signed. The resident's side signs next.")
    return _("You have signed. Both sides have: the convention never changes again.")


def _foot(convention: Convention, edition: Edition) -> str:
    from residences.documents.conventions import foot

    return foot(str(convention), edition.sha256)


def _safely(deed: Deed) -> Deed:
    """The deed, with a sentence where somebody else has moved the convention meanwhile."""

    def done(typed: dict[str, Any]) -> object:
        try:
            return deed(typed)
        except (TransitionRefused, NoteMissing):
            raise ValidationError(
                _("This is not possible any more: the convention has moved on meanwhile."), code=MOVED
            ) from None

    return done


def _page(convention: Convention, back_label: str) -> dict[str, Any]:
    back = reverse("residences:convention", args=[convention.home.public_id, convention.public_id])
    return {"convention": convention, "here": "text", "back": back, "back_label": back_label}


def _form(
    request: HttpRequest, convention: Convention, form: PortalForm, deed: Deed, **words: Any
) -> HttpResponse:
    return form_page(
        request,
        form,
        _safely(deed),
        **{"template": FORM, **_page(convention, _("The convention")), **words},
    )
