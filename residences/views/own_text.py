"""The resident's side: the text article by article, remarks on it, amendments, and the signature on screen."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import accepted
from partenamut.web.resume import posted
from residences.difference import PARTIES
from residences.forms.own import RemarkForm, SignForm
from residences.models import ArticleComment, Convention, Edition, Side
from residences.readings import own_text as reading
from residences.readings.amendments import TONES, diff_of
from residences.services import conventions, signing
from residences.text import ARTICLES
from residences.views.loading import lives
from residences.views.own_loading import (
    acts_for_another,
    amendment_of,
    edition_of,
    form_page,
    is_latest,
    opened,
)


@require_safe
@lives
def text(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponse:
    """The text of the convention that was offered last, with the remarks and who signed."""
    convention = opened(request, convention_id)
    edition = edition_of(convention, conventions.latest_edition(convention).public_id)
    context = {"articles": reading.articles_of(edition), **_state(edition)}
    return render(request, "residences/own/text.html", context)


@require_safe
@lives
def amendment(request: HttpRequest, convention_id: uuid.UUID, amendment_id: uuid.UUID) -> HttpResponse:
    """An amendment: what it changes, word by word, the remarks and who signed."""
    convention = opened(request, convention_id)
    found = amendment_of(request, convention, amendment_id)
    edition = edition_of(convention, conventions.latest_edition(found).public_id)
    articles = reading.articles_of(edition, reading.changed_in(edition))
    context = {
        "amendment": found,
        "tone": TONES[found.status],
        "changes": diff_of(edition),
        "articles": articles,
        "has_remarks": any(article.remarks for article in articles),
        **_state(edition),
    }
    return render(request, "residences/own/amendment.html", context)


def _state(edition: Edition) -> dict[str, Any]:
    """What can be done with the latest text, and who signed it."""
    case = edition.amendment or edition.convention
    return {
        "convention": edition.convention,
        "edition": edition,
        "language": reading.language_of(edition),
        "signatures": reading.signatures_of(edition),
        "remarkable": reading.can_be_remarked(edition, latest=True),
        "may_sign": reading.can_be_signed(edition, latest=True),
        "working_on": reading.remarks_open(case),
    }


# --- remarks ----------------------------------------------------------------------------------------------


@form_page
@lives
def remark(
    request: HttpRequest, convention_id: uuid.UUID, edition_id: uuid.UUID, article: int
) -> HttpResponse:
    """A remark on one article of an offered text: the home answers it."""
    convention = opened(request, convention_id)
    edition = edition_of(convention, edition_id)
    if article not in (PARTIES, *ARTICLES):
        raise Http404
    if article not in reading.can_be_remarked(edition, latest=is_latest(edition)):
        return _closed(request, edition, article)
    form = RemarkForm(posted(request))
    if request.method == "POST" and accepted(form, lambda typed: _comment(request, edition, article, typed)):
        messages.success(
            request,
            _("Your remark is sent. The home answers it: you read the answer here, under the article."),
        )
        return redirect(f"{_text_url(edition)}#article-{article}")
    context = {
        "convention": convention,
        "edition": edition,
        "article": reading.article_of(edition, article),
        "language": reading.language_of(edition),
        "form": form,
        "back": f"{_text_url(edition)}#article-{article}",
    }
    return render(request, "residences/own/remark.html", context)


def _comment(request: HttpRequest, edition: Edition, article: int, typed: dict[str, Any]) -> None:
    """The remark made once, however often its form is sent."""
    user, written = user_of(request), typed["text"].strip()
    same = ArticleComment.objects.filter(
        edition=edition, article=article, text=written, made_by=user, answer=""
    )
    if not same.exists():
        conventions.comment(edition=edition, article=article, text=written, actor=user, at=now())


def _closed(request: HttpRequest, edition: Edition, article: int) -> HttpResponse:
    """To the text as it stands now, with the reason why no remark can be made there."""
    if edition.amendment and article not in reading.changed_in(edition) and is_latest(edition):
        said = _("The amendment does not change this article: choose one of those that it changes.")
    elif not is_latest(edition):
        said = _("The text has changed since you opened it: read the new one.")
    else:
        said = _("This text cannot be changed any more: ask the home for an amendment.")
    messages.warning(request, said)
    return redirect(_text_url(edition))


# --- signature --------------------------------------------------------------------------------------------


@form_page
@lives
def sign(request: HttpRequest, convention_id: uuid.UUID, edition_id: uuid.UUID) -> HttpResponse:
    """The signature of the resident's side: the form, then a page to confirm, then done."""
    convention = opened(request, convention_id)
    edition = edition_of(convention, edition_id)
    if reading.signed_by_resident(edition):
        return redirect("residences:own_signed", convention.public_id, edition.public_id)
    if not reading.can_be_signed(edition, latest=is_latest(edition)):
        return _changed(request, edition)
    typed = posted(request)
    form = SignForm(typed, initial={"read": edition.sha256})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["read"] != edition.sha256:
            return _changed(request, edition)
        if "confirmed" not in request.POST:
            return _signing_page(request, edition, SignForm(typed, confirming=True), "confirm_sign")
        return _signed(request, edition, form)
    return _signing_page(request, edition, form, "sign")


def _signed(request: HttpRequest, edition: Edition, form: SignForm) -> HttpResponse:
    try:
        signing.sign(
            edition=edition,
            read=form.cleaned_data["read"],
            side=Side.RESIDENT,
            name=form.cleaned_data["name"],
            quality=_quality(request, edition.convention),
            actor=user_of(request),
            at=now(),
        )
    except ValidationError as error:
        if getattr(error, "code", "") == "changed":
            return _changed(request, edition)
        form.add_error(None, error)
        return _signing_page(request, edition, form, "sign")
    return redirect("residences:own_signed", edition.convention.public_id, edition.public_id)


def _quality(request: HttpRequest, convention: Convention) -> str:
    """In what quality the user signs, in the language of the convention."""
    with override(convention.language):
        if acts_for_another(request, convention):
            return _("representative, under a mandate")
        return _("resident")


def _signing_page(request: HttpRequest, edition: Edition, form: SignForm, page: str) -> HttpResponse:
    context = {
        "convention": edition.convention,
        "edition": edition,
        "form": form,
        "name": form.cleaned_data.get("name", "") if form.is_bound and form.is_valid() else "",
        "as_representative": acts_for_another(request, edition.convention),
        "back": _text_url(edition),
    }
    return render(request, f"residences/own/{page}.html", context)


def _changed(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Nothing was signed: the text is not the one that was read, with the way to the one that stands now."""
    context = {"convention": edition.convention, "edition": edition, "text_url": _text_url(edition)}
    return render(request, "residences/own/changed.html", context)


@require_safe
@lives
def signed(request: HttpRequest, convention_id: uuid.UUID, edition_id: uuid.UUID) -> HttpResponse:
    """What was signed, by whom, and what comes next."""
    convention = opened(request, convention_id)
    edition = edition_of(convention, edition_id)
    rows = reading.signatures_of(edition)
    own = next((row for row in rows if row.side == Side.RESIDENT), None)
    if own is None:
        raise Http404
    context = {
        "convention": convention,
        "edition": edition,
        "signature": own,
        "complete": len(rows) == len(Side),
        "back": _text_url(edition),
    }
    return render(request, "residences/own/signed.html", context)


def _text_url(edition: Edition) -> str:
    """The page of the text that is offered now."""
    convention_id = edition.convention.public_id
    if edition.amendment:
        return reverse("residences:own_amendment", args=[convention_id, edition.amendment.public_id])
    return reverse("residences:own_text", args=[convention_id])
