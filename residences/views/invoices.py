"""Pages of invoices: the list, one with the rule behind each line, its papers, a credit note."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.responses import as_download
from partenamut.registry.deeds import form_page
from partenamut.web.resume import posted
from residences.forms.months import CreditForm
from residences.models import Invoice, InvoiceKind, RestHome
from residences.readings import invoices as reading
from residences.readings import own_account as lines_reading
from residences.readings import own_money as money
from residences.readings.runs import month_name
from residences.services import issuing
from residences.services.papers import paper_of
from residences.views.loading import directs, home_of, note_file_opened

#: Why a file is opened; it stands in the access log.
INVOICE = gettext_noop("Invoice of a resident")
FORM = "residences/invoices/credit.html"


@directs
@require_safe
def invoices(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The invoices of the home, with what is still to be paid of each."""
    home, today = home_of(request, home_id), localdate()
    back = reverse("residences:runs", args=[home.public_id])
    return reading.InvoiceList(home, today).respond(
        request, title=_("Invoices"), home=home, here="months", back=back, back_label=_("Months")
    )


@directs
@require_safe
def invoice(request: HttpRequest, home_id: uuid.UUID, invoice_id: uuid.UUID) -> HttpResponse:
    """One invoice: each line with its rule and article, who owes what, what came of it."""
    home = home_of(request, home_id)
    found, today = _invoice(home, invoice_id), localdate()
    note_file_opened(request, found.convention.resident, INVOICE)
    context = _page(home, found) | {
        "lines": lines_reading.lines_of(found),
        "reasons": lines_reading.reasons_of(found),
        "shares": money.shares_of(found, today),
        "payments": money.payments_of(found),
        "disputes": lines_reading.disputes_of(found),
        "notes": found.credited_by.order_by("pk"),
        "may_credit": found.kind != InvoiceKind.CREDIT and found.lines.filter(taken_back_by=None).exists(),
    }
    return render(request, "residences/invoices/invoice.html", context)


@directs
@require_safe
def invoice_paper(
    request: HttpRequest, home_id: uuid.UUID, invoice_id: uuid.UUID, share_id: uuid.UUID
) -> HttpResponse:
    """The PDF of an invoice for one debtor."""
    found = _invoice(home_of(request, home_id), invoice_id)
    share = get_object_or_404(found.shares, public_id=share_id)
    note_file_opened(request, found.convention.resident, INVOICE)
    return as_download(paper_of(share, at=timezone.now()), inline=True)


@directs
@require_http_methods(["GET", "POST"])
def credit_invoice(request: HttpRequest, home_id: uuid.UUID, invoice_id: uuid.UUID) -> HttpResponse:
    """Lines of an invoice taken back by a credit note."""
    home = home_of(request, home_id)
    found = _invoice(home, invoice_id)
    back = reading.address("invoice", found)
    if found.kind == InvoiceKind.CREDIT or not found.lines.filter(taken_back_by=None).exists():
        messages.error(request, _("Nothing of this invoice is left to be taken back."))
        return redirect(back)

    def credit(cleaned: dict[str, Any]) -> None:
        issuing.credit_note(invoice=found, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        CreditForm(posted(request), invoice=found),
        credit,
        title=_("Take back lines of %(number)s") % {"number": found.number},
        lead=_(
            "The invoice stays as it was issued. A credit note takes back the lines that you tick; days of "
            "accommodation that are still due stand on the next invoice."
        ),
        warning=_("A credit note gets a number and is never changed."),
        submit=_("Issue the credit note"),
        done=_("The credit note is issued."),
        back=back,
        back_label=found.number,
        template=FORM,
        home=home,
        here="months",
    )


def _invoice(home: RestHome, invoice_id: uuid.UUID) -> Invoice:
    rows = Invoice.objects.filter(home=home).select_related(
        "home", "convention__resident__member", "convention__home", "credits__home", "item__run", "issued_by"
    )
    found: Invoice = get_object_or_404(rows, public_id=invoice_id)
    return found


def _page(home: RestHome, found: Invoice) -> dict[str, Any]:
    return {
        "home": home,
        "here": "months",
        "invoice": found,
        "convention": found.convention,
        "month": month_name(found.month),
        "language": found.said.get("language", found.convention.language),
        "back": reverse("residences:invoices", args=[home.public_id]),
        "back_label": _("Invoices"),
    }
