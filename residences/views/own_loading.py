"""What a page of the resident's side is about: one's own convention and what hangs on it; 404 for all else."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import note_access
from residences.models import Amendment, Convention, Dispute, Edition, Invoice
from residences.services.conventions import latest_edition
from residences.views.loading import own_convention

form_page = require_http_methods(["GET", "POST"])


def opened(request: HttpRequest, convention_id: uuid.UUID) -> Convention:
    """One's own convention; whoever opens it for somebody else leaves a line that the resident can read."""
    convention = own_convention(request, convention_id)
    if acts_for_another(request, convention):
        member: Any = convention.resident.member
        note_access(person=member, actor=user_of(request), at=now(), purpose="mandate", path=request.path)
    return convention


def acts_for_another(request: HttpRequest, convention: Convention) -> bool:
    """Whether the user is not the resident: then they act under a mandate."""
    member = convention.resident.member
    return member is None or member.user_id != user_of(request).pk


def edition_of(convention: Convention, edition_id: uuid.UUID) -> Edition:
    """An offered text of a convention or of one of its amendments."""
    rows = Edition.objects.filter(convention=convention).select_related(
        "convention__home__residence", "convention__resident__member", "amendment", "document"
    )
    found: Edition = get_object_or_404(rows, public_id=edition_id)
    return found


def is_latest(edition: Edition) -> bool:
    """Whether nothing was offered after a text."""
    return latest_edition(edition.amendment or edition.convention).pk == edition.pk


def amendment_of(request: HttpRequest, convention: Convention, amendment_id: uuid.UUID) -> Amendment:
    """An amendment of the convention, once it was offered."""
    rows = Amendment.objects.visible_to(user_of(request), localdate()).filter(convention=convention)
    found: Amendment = get_object_or_404(rows, public_id=amendment_id)
    return found


def invoice_of(convention: Convention, invoice_id: uuid.UUID) -> Invoice:
    """An invoice of the convention."""
    found: Invoice = get_object_or_404(Invoice.objects.filter(convention=convention), public_id=invoice_id)
    return found


def dispute_of(convention: Convention, dispute_id: uuid.UUID) -> Dispute:
    """A dispute about an invoice of the convention."""
    rows = Dispute.objects.filter(invoice__convention=convention).select_related("upload")
    found: Dispute = get_object_or_404(rows, public_id=dispute_id)
    return found


def or_404(item: Any) -> Any:
    """The item; 404 for none."""
    if item is None:
        raise Http404
    return item
