"""The resident's side of the money: the account, the invoices line by line, what is still to be paid."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from residences.readings import own_account as reading
from residences.readings import own_money as money
from residences.views.loading import lives
from residences.views.own_loading import invoice_of, opened


@require_safe
@lives
def account(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponseBase:
    """What was entered on the account with its documents, the absences, and what is still to be paid."""
    convention, today = opened(request, convention_id), localdate()
    return reading.OwnEntries(reading.entries_of(convention)).respond(
        request,
        title=_("My account"),
        caption=convention.resident.full_name,
        convention=convention,
        sums=money.sums_of(convention, today),
        absences=reading.absences_of(convention),
        interventions=reading.interventions_of(convention),
    )


@require_safe
@lives
def invoices(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponseBase:
    """The invoices, the latest first, each with what is still to be paid."""
    convention, today = opened(request, convention_id), localdate()
    return money.OwnInvoices(money.invoices_of(convention, today)).respond(
        request,
        title=_("My invoices"),
        caption=convention.resident.full_name,
        convention=convention,
    )


@require_safe
@lives
def invoice(request: HttpRequest, convention_id: uuid.UUID, invoice_id: uuid.UUID) -> HttpResponse:
    """One invoice: each line explained with its article, who pays what, payments, what was contested."""
    convention, today = opened(request, convention_id), localdate()
    found = invoice_of(convention, invoice_id)
    context = {
        "convention": convention,
        "invoice": found,
        "language": found.said.get("language", convention.language),
        "lines": reading.lines_of(found),
        "reasons": reading.reasons_of(found),
        "shares": money.shares_of(found, today),
        "payments": money.payments_of(found),
        "disputes": reading.disputes_of(found),
        "may_contest": reading.may_contest(found, today),
        "in_time": today <= found.dispute_until,
        "credited_by": list(found.credited_by.order_by("pk")),
    }
    return render(request, "residences/own/invoice.html", context)
