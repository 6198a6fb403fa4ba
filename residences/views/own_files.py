"""The resident's side: papers and files, each served only through one's own convention."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from partenamut.documents.models import Document
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from residences.models import Entry, PriceNotice, Side, Termination
from residences.readings.own import signed_copies
from residences.services.amendments import signed_key
from residences.services.papers import paper_of
from residences.services.signing import signatures_key
from residences.views.loading import lives
from residences.views.own_loading import dispute_of, edition_of, invoice_of, opened, or_404


@require_safe
@lives
def edition(request: HttpRequest, convention_id: uuid.UUID, edition_id: uuid.UUID) -> HttpResponse:
    """A text of the convention or of an amendment, as it was offered."""
    return _paper(edition_of(opened(request, convention_id), edition_id).document)


@require_safe
@lives
def signatures(request: HttpRequest, convention_id: uuid.UUID, edition_id: uuid.UUID) -> HttpResponse:
    """The page that says who signed a text, once both sides have."""
    found = edition_of(opened(request, convention_id), edition_id)
    key = signed_key(found.amendment) if found.amendment else signatures_key(found.convention)
    if found.signatures.count() < len(Side):
        raise Http404
    return _paper(Document.objects.filter(key=key).first())


@require_safe
@lives
def signed_copy(request: HttpRequest, convention_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """A copy that was signed on paper."""
    copies = signed_copies(opened(request, convention_id))
    return as_download(or_404(next((copy for copy in copies if copy.public_id == upload_id), None)))


@require_safe
@lives
def price_notice(request: HttpRequest, convention_id: uuid.UUID, notice_id: uuid.UUID) -> HttpResponse:
    """A notice of new prices."""
    rows = PriceNotice.objects.filter(convention=opened(request, convention_id)).select_related("document")
    return _paper(get_object_or_404(rows, public_id=notice_id).document)


@require_safe
@lives
def end_letter(request: HttpRequest, convention_id: uuid.UUID, termination_id: uuid.UUID) -> HttpResponse:
    """The letter about a notice, a death or a departure."""
    rows = Termination.objects.filter(convention=opened(request, convention_id)).select_related("letter")
    return _paper(get_object_or_404(rows, public_id=termination_id).letter)


@require_safe
@lives
def entry_document(request: HttpRequest, convention_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """The document of an entry of the account."""
    rows = Entry.objects.filter(convention=opened(request, convention_id)).select_related("upload")
    return as_download(or_404(get_object_or_404(rows, public_id=entry_id).upload))


@require_safe
@lives
def invoice_paper(
    request: HttpRequest, convention_id: uuid.UUID, invoice_id: uuid.UUID, share_id: uuid.UUID
) -> HttpResponse:
    """An invoice for one of those who pay it."""
    invoice = invoice_of(opened(request, convention_id), invoice_id)
    return as_download(paper_of(get_object_or_404(invoice.shares, public_id=share_id), at=now()))


@require_safe
@lives
def dispute_document(request: HttpRequest, convention_id: uuid.UUID, dispute_id: uuid.UUID) -> HttpResponse:
    """The document that came with a dispute."""
    return as_download(or_404(dispute_of(opened(request, convention_id), dispute_id).upload))


def _paper(document: Document | None) -> HttpResponse:
    return as_download(bytes_of(or_404(document), at=now()))
