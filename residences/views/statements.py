"""The statement of an account at any time: on screen, as a file, on paper for each debtor."""

import uuid
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.web.exports import STREAMS
from residences.forms.own import PeriodForm
from residences.models import Convention
from residences.readings import statement as reading
from residences.services.statements import print_statement
from residences.views.loading import convention_of, directs, home_of, note_file_opened

#: Why a file is opened; it stands in the access log.
STATEMENT = gettext_noop("Statement of a resident's account")


@directs
@require_safe
def statement(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponseBase:
    """The account between two days, debtor by debtor; or a file of its lines."""
    convention = convention_of(request, home_of(request, home_id), convention_id)
    note_file_opened(request, convention.resident, STATEMENT)
    form, first, last = _period(convention, request.GET)
    found = reading.statement_of(convention, first, last)
    kind = request.GET.get("export", "")
    if kind in STREAMS and form.is_valid():
        return _file(request, convention, found, kind)
    days = f"first={first.isoformat()}&last={last.isoformat()}"
    context = {
        "convention": convention,
        "here": "statement",
        "form": form,
        "found": found,
        "debtors": [
            (one, [row for row in reading.rows_of(found) if row.debtor is one]) for one in found.debtors
        ],
        "exports": [
            {"label": label, "url": f"?{days}&export={name}"}
            for name, label in (("csv", _("CSV")), ("xlsx", _("Excel (XLSX)")), ("json", _("JSON")))
        ],
    }
    return render(request, "residences/payments/statement.html", context)


@directs
@require_POST
def paper(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The statement of one debtor, as a PDF."""
    convention = convention_of(request, home_of(request, home_id), convention_id)
    _form, first, last = _period(convention, request.POST)
    debtor = request.POST.get("debtor", "")
    if not (debtor.isascii() and debtor.isdigit() and len(debtor) < 10) and debtor:
        raise Http404
    document = print_statement(
        convention=convention,
        contact_id=int(debtor) if debtor else None,
        first=first,
        last=last,
        actor=user_of(request),
        at=now(),
    )
    if document is None:
        raise Http404
    return as_download(bytes_of(document, at=now()), inline=True)


# --- inside -----------------------------------------------------------------------------------------------


def _period(convention: Convention, asked: QueryDict) -> tuple[PeriodForm, date, date]:
    """The days asked for, else the usual ones."""
    usual = reading.usual_period(convention, localdate())
    typed = asked if any(name.startswith(("first", "last")) for name in asked) else None
    form = PeriodForm(typed if typed is not None else usual)
    cleaned: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    first, last = cleaned.get("first") or usual["first"], cleaned.get("last") or usual["last"]
    return form, first, max(first, last)


def _file(
    request: HttpRequest, convention: Convention, found: reading.Statement, kind: str
) -> HttpResponseBase:
    changes = {"list": ["statement", kind], "query": [None, request.GET.urlencode()[:500]]}
    record(action="export", subject=convention, actor=user_of(request), at=now(), changes=changes)
    statement = _("statement")
    name = f"{convention.number}-{statement}-{found.last:%Y-%m-%d}"
    return STREAMS[kind](name, reading.COLUMNS, reading.rows_of(found))
