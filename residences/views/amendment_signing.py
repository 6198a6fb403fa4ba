"""Pages under an offered amendment: the manager's signature, the copy signed on paper, the papers."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.models import Document
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.registry.deeds import accepted
from partenamut.web.formats import day
from partenamut.web.resume import posted
from residences.forms.signatures import ManagerSignForm, PaperForm
from residences.models import Amendment, Edition, Side, Signature
from residences.readings import amendments as reading
from residences.services import signing
from residences.services.amendments import signed_key
from residences.services.files import received
from residences.views.amendments import PURPOSE, amendment_of
from residences.views.loading import directs, note_file_opened
from residences.workflow import AmendmentStatus


@directs
@require_http_methods(["GET", "POST"])
def sign_amendment(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """The manager's signature under the text that was read."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    edition = _offered(request, found)
    if edition is None or Side.MANAGER in reading.signed_sides(edition):
        return redirect(_hub(found))
    home = edition.content["terms"]["home"]
    initial = {"read": edition.sha256, "name": home["manager_name"], "quality": home["manager_function"]}
    form = ManagerSignForm(posted(request), initial=initial)

    def sign(cleaned: dict[str, Any]) -> None:
        cleaned.pop("agreed")
        signing.sign(edition=edition, side=Side.MANAGER, **cleaned, actor=user_of(request), at=now())

    if request.method == "POST" and accepted(form, sign):
        return _signed(request, found, _("You have signed. The resident's side has still to sign (art. 3)."))
    return _page(request, found, edition, form, "sign")


@directs
@require_http_methods(["GET", "POST"])
def paper_amendment(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """The copy that was signed on paper, with both signatures or the one that is missing."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    edition = _offered(request, found)
    if edition is None:
        return redirect(_hub(found))
    terms = edition.content["terms"]
    person = terms["representative"] or terms["resident"]
    form = PaperForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        today=localdate(),
        signed=frozenset(reading.signed_sides(edition)),
        initial={
            "read": edition.sha256,
            "signed_on": localdate(),
            "resident_name": person["name"],
            "manager_name": terms["home"]["manager_name"],
        },
    )

    @transaction.atomic
    def keep(cleaned: dict[str, Any]) -> None:
        if cleaned["read"] != edition.sha256:
            raise ValidationError(
                _("The text has changed since you read it: read the new one, then sign (art. 1).")
            )
        signing.sign_on_paper(
            edition=edition,
            upload=received(cleaned["upload"], "upload", actor=user_of(request), at=now()),
            resident_name=cleaned.get("resident_name", ""),
            manager_name=cleaned.get("manager_name", ""),
            signed_on=cleaned["signed_on"],
            actor=user_of(request),
            at=now(),
        )

    if request.method == "POST" and accepted(form, keep):
        return _signed(request, found, _("The signed copy is kept."))
    return _page(request, found, edition, form, "paper")


@directs
@require_safe
def amendment_pdf(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, amendment_id: uuid.UUID
) -> HttpResponse:
    """The paper of an amendment: as signed by both sides, else as it was offered last."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    edition = found.editions.select_related("document").order_by("turn").last()
    if edition is None:
        raise Http404
    signed = Document.objects.filter(key=signed_key(found)).first()
    note_file_opened(request, found.convention.resident, PURPOSE)
    document = edition.document if "offered" in request.GET or signed is None else signed
    return as_download(bytes_of(document, at=now()))


@directs
@require_safe
def amendment_copy(
    request: HttpRequest,
    home_id: uuid.UUID,
    convention_id: uuid.UUID,
    amendment_id: uuid.UUID,
    upload_id: uuid.UUID,
) -> HttpResponse:
    """The copy that was signed on paper."""
    found = amendment_of(request, home_id, convention_id, amendment_id)
    rows = Signature.objects.filter(edition__amendment=found).select_related("upload")
    signature = rows.filter(upload__public_id=upload_id).first()
    if signature is None or signature.upload is None:
        raise Http404
    note_file_opened(request, found.convention.resident, PURPOSE)
    return as_download(signature.upload)


# --- inside -----------------------------------------------------------------------------------------------


def _offered(request: HttpRequest, found: Amendment) -> Edition | None:
    """The text that is offered now; None, with a message, where none is."""
    if found.status == AmendmentStatus.READY:
        return found.editions.select_related("convention__home", "amendment").order_by("turn").last()
    messages.info(request, _("This text is not offered for signature any more."))
    return None


def _signed(request: HttpRequest, found: Amendment, waiting: str) -> HttpResponse:
    """Says whether the amendment is complete, and from when it holds."""
    found.refresh_from_db(fields=["status", "applied_at"])
    if found.status == AmendmentStatus.SIGNED:
        said = _("Both sides have signed. Amendment %(turn)d holds from %(day)s.") % {
            "turn": found.turn,
            "day": day(found.effective_on),
        }
        messages.success(request, said)
    else:
        messages.success(request, waiting)
    return redirect(_hub(found))


def _page(request: HttpRequest, found: Amendment, edition: Edition, form: Any, name: str) -> HttpResponse:
    context = {
        "amendment": found,
        "convention": found.convention,
        "edition": edition,
        "sets": reading.what_it_sets(found),
        "changes": reading.diff_of(edition),
        "language": found.convention.language,
        "form": form,
        "pdf_url": reverse("residences:amendment_pdf", args=reading.address(found)),
        "here": "amendments",
        "back": _hub(found),
        "back_label": _("Amendment %(turn)d") % {"turn": found.turn},
    }
    return render(request, f"residences/amendments/{name}.html", context)


def _hub(found: Amendment) -> str:
    return reverse("residences:amendment", args=reading.address(found))
