"""The final account of a convention that has ended: explained, issued, its statement."""

import uuid
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.registry.forms import refuse
from partenamut.web.resume import posted
from residences.forms.endings import SettleForm
from residences.models import Convention
from residences.readings.endings import address
from residences.readings.final_accounts import final_page
from residences.services import settling
from residences.views.endings import opened, shown
from residences.views.loading import directs


@directs
@require_http_methods(["GET", "POST"])
def final_account(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The final account, every amount with its reason; issued once it was looked at."""
    convention = opened(request, home_id, convention_id)
    form = SettleForm(posted(request), initial={"received_on": localdate()})
    if form.is_bound and form.is_valid() and _issued(request, convention, form):
        return redirect("residences:final_account", home_id, convention_id)
    try:
        found = settling.settlement_of(convention, received_on=_day(form))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("residences:ending", home_id, convention_id)
    view = final_page(found)
    convention_address = (convention.home.public_id, convention.public_id)
    links = {
        "account_url": address("residences:account", *convention_address),
        "invoice_url": address("residences:invoice", home_id, found.invoice.public_id)
        if found.invoice
        else "",
        "payment_url": address("residences:register_payment", home_id),
    }
    return shown(request, "final", convention, form=form, view=view, found=found, **links)


@directs
@require_safe
def final_statement(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The statement of the final account, as a PDF."""
    invoice = settling.final_invoice(opened(request, home_id, convention_id))
    document = settling.statement_of_end(invoice) if invoice else None
    if document is None:
        raise Http404
    return as_download(bytes_of(document, at=timezone.now()))


# --- parts ------------------------------------------------------------------------------------------------


def _issued(request: HttpRequest, convention: Convention, form: SettleForm) -> bool:
    try:
        invoice = settling.settle(
            convention=convention, actor=user_of(request), at=timezone.now(), **form.cleaned_data
        )
    except ValidationError as error:
        refuse(form, error)
        return False
    messages.success(request, _("Final account %(number)s is issued.") % {"number": invoice.number})
    return True


def _day(form: SettleForm) -> date:
    """The day that is typed, today while it is wrong."""
    typed: date | None = getattr(form, "cleaned_data", {}).get("received_on")
    return typed or localdate()
