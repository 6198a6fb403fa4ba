"""The resident's side of the statement of account: what was asked and received between two days, on screen and paper."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.web.exports import STREAMS
from residences.forms.own import PeriodForm
from residences.models import Convention
from residences.readings import statement as reading
from residences.services.statements import print_statement
from residences.views.loading import lives
from residences.views.own_loading import opened, or_404


@require_safe
@lives
def statement(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponseBase:
    """The account between two days, debtor by debtor, the last twelve months unless others are asked for; or a file."""
    convention = opened(request, convention_id)
    form, first, last = _period(convention, request.GET)
    found = reading.statement_of(convention, first, last)
    stream = STREAMS.get(request.GET.get("export", ""))
    if stream and form.is_valid():
        statement = _("statement")
        return stream(f"{statement}-{last:%Y-%m-%d}", reading.COLUMNS, reading.rows_of(found))
    days = f"first={first.isoformat()}&last={last.isoformat()}"
    context = {
        "convention": convention,
        "form": form,
        "found": found,
        "debtors": [(one, _lines(found, one)) for one in found.debtors],
        "exports": [
            {"label": label, "url": f"?{days}&export={kind}"}
            for kind, label in (("csv", _("CSV")), ("xlsx", _("Excel (XLSX)")), ("json", _("JSON")))
        ],
    }
    return render(request, "residences/own/statement.html", context)


@require_POST
@lives
def statement_paper(request: HttpRequest, convention_id: uuid.UUID) -> HttpResponse:
    """The statement of one debtor as a PDF."""
    convention = opened(request, convention_id)
    _form, first, last = _period(convention, request.POST)
    number = request.POST.get("debtor", "")
    debtors = {
        str(one.contact_id or ""): one for one in reading.statement_of(convention, first, last).debtors
    }
    debtor = or_404(debtors.get(number))
    document = print_statement(
        convention=convention,
        contact_id=debtor.contact_id,
        first=first,
        last=last,
        actor=user_of(request),
        at=now(),
    )
    return as_download(bytes_of(or_404(document), at=now()))


def _lines(found: reading.Statement, debtor: reading.DebtorAccount) -> list[tuple[reading.Row, Decimal]]:
    """The lines of a debtor, each with what it adds to what is open."""
    rows = (row for row in reading.rows_of(found) if row.debtor is debtor)
    return [(row, row.line.asked - row.line.received) for row in rows]


def _period(convention: Convention, asked: QueryDict) -> tuple[PeriodForm, date, date]:
    """The days asked for, else the usual ones."""
    usual = reading.usual_period(convention, localdate())
    # What is not asked for shows the usual days in its fields.
    typed = asked if any(name.startswith(("first", "last")) for name in asked) else None
    form = PeriodForm(typed if typed is not None else usual)
    cleaned: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    first, last = cleaned.get("first") or usual["first"], cleaned.get("last") or usual["last"]
    return form, first, max(first, last)
