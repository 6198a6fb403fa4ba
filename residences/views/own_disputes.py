"""The resident's side of an invoice that one does not agree with: contested within the month, answered by the home."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from partenamut.accounts.permissions import user_of
from partenamut.documents.errors import UploadRefused
from partenamut.documents.services import receive
from partenamut.registry.forms import refuse
from partenamut.web.resume import posted
from residences.forms.own import ContestForm
from residences.models import DisputeStatus, Invoice, InvoiceKind
from residences.services import disputes
from residences.views.loading import lives
from residences.views.own_loading import form_page, invoice_of, opened

UPLOAD_KIND = "residences-dispute"


@form_page
@lives
def contest(request: HttpRequest, convention_id: uuid.UUID, invoice_id: uuid.UUID) -> HttpResponse:
    """An invoice contested within the month; after it, until when it was possible and what else one can do."""
    convention, today = opened(request, convention_id), localdate()
    found = invoice_of(convention, invoice_id)
    back = reverse("residences:own_invoice", args=[convention.public_id, found.public_id])
    if found.kind == InvoiceKind.CREDIT:
        messages.info(request, _("A credit note takes an amount off: contest the invoice instead."))
        return redirect(back)
    if found.disputes.filter(status=DisputeStatus.OPEN).exists():
        messages.info(request, _("This invoice is contested already: the home has still to answer."))
        return redirect(back)
    context = {"convention": convention, "invoice": found, "back": back}
    if today > found.dispute_until:
        return render(request, "residences/own/contest_late.html", context)
    form = ContestForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid() and _lodged(request, found, form):
        messages.success(request, _("Your objection is sent. The home answers it: you read the answer here."))
        return redirect(back)
    return render(request, "residences/own/contest.html", {**context, "form": form})


def _lodged(request: HttpRequest, found: Invoice, form: ContestForm) -> bool:
    """Whether it was lodged, its document with it: all of it or nothing; else the form says why not."""
    user, at = user_of(request), now()
    file: Any = form.cleaned_data["upload"]
    try:
        with transaction.atomic():
            upload = receive(file=file, kind=UPLOAD_KIND, actor=user, at=at) if file else None
            disputes.lodge(invoice=found, text=form.cleaned_data["text"], upload=upload, actor=user, at=at)
    except UploadRefused as error:
        form.add_error("upload", error.message)
        return False
    except ValidationError as error:
        refuse(form, error)
        return False
    return True
