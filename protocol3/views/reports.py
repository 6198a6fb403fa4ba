"""Reports of a project: its files for other programs, the numbers for INAMI, the list of practitioners, statements."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents import services as documents
from partenamut.documents.responses import as_download
from partenamut.money import total
from partenamut.web.exports import STREAMS, Column
from partenamut.web.worklist import WorkList, shown
from protocol3.documents import service_name
from protocol3.forms.reports import PeriodForm
from protocol3.models import Enrolment, Project
from protocol3.readings import reports_quarter as quarters
from protocol3.readings import reports_staff as staff
from protocol3.services import reports as services
from protocol3.views.loading import enrolment_of, note_file_opened, project_of
from protocol3.views.reports_lists import (
    LineReport,
    NoteReport,
    PaymentReport,
    lines_of,
    notes_of,
    payments_of,
)

billing = requires(Permission.BILL_PROJECT)
KIND_NAMES = {"csv": gettext_lazy("CSV"), "xlsx": gettext_lazy("Excel (XLSX)"), "json": gettext_lazy("JSON")}
#: How many differing services the page shows; the file has them all.
SHOWN = 100
#: Why a file is opened; it stands in the access log.
STATEMENT = gettext_noop("Statement of a beneficiary")


@require_safe
@billing
def reports(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """What can be taken out of a project, and what is due to INAMI next."""
    project, today = project_of(request, project_id), localdate()
    this = quarters.quarter_on(today)
    over = [quarter for quarter in quarters.quarters_of(project, today) if quarter < this]
    year = staff.last_year(project, today)
    context = {
        "project": project,
        "here": "reports",
        "quarter": over[0] if over else None,
        "staff_year": year,
        "staff_due": staff.due(year) if year else None,
    }
    return render(request, "protocol3/reports/reports.html", context)


# --- lists ------------------------------------------------------------------------------------------------


@require_safe
@billing
def report_notes(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The individual notes, as a list or a file."""
    project = project_of(request, project_id)
    return _list(request, NoteReport(project, notes_of(project)), project, _("Files: individual notes"))


@require_safe
@billing
def report_lines(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The lines of the notes, as a list or a file."""
    project = project_of(request, project_id)
    return _list(request, LineReport(project, lines_of(project)), project, _("Files: lines of notes"))


@require_safe
@billing
def report_payments(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The payments, as a list or a file."""
    project = project_of(request, project_id)
    return _list(request, PaymentReport(project, payments_of(project)), project, _("Files: payments"))


def _list(request: HttpRequest, rows: WorkList, project: Project, title: str) -> HttpResponseBase:
    return rows.respond(
        request,
        title=title,
        project=project,
        here="reports",
        back=reverse("protocol3:reports", args=[project.public_id]),
        back_label=_("Reports"),
        lead=_("The files hold exactly the rows of the list, with more columns."),
    )


# --- what goes to INAMI -----------------------------------------------------------------------------------


@require_safe
@billing
def quarter(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The numbers of a quarter (art. 28) and what differs from its notes; or one of the two as a file."""
    project, today = project_of(request, project_id), localdate()
    known = quarters.quarters_of(project, today)
    asked = quarters.quarter_of(request.GET.get("quarter", ""))
    chosen = asked if asked in known else known[0]
    report = quarters.report_of(project, chosen)
    rows = quarters.differences_rows(report)
    if request.GET.get("what") == "differences":
        made = _file(request, project, f"differences-{chosen.code}", quarters.DIFFERENCES, rows)
    else:
        made = _file(request, project, f"services-{chosen.code}", quarters.COLUMNS, _in_file(report))
    if made is not None:
        return made
    context = {
        "project": project,
        "here": "reports",
        "quarters": known,
        "chosen": chosen,
        "report": report,
        "running": chosen.last >= today,
        "differences": _table(quarters.DIFFERENCES, list(rows)[:SHOWN]),
        "hidden": max(0, len(report.differences) - SHOWN),
        "exports": _links(f"quarter={chosen.code}"),
        "difference_exports": _links(f"quarter={chosen.code}&what=differences"),
    }
    return render(request, "protocol3/reports/quarter.html", context)


def _in_file(report: quarters.Report) -> Iterable[quarters.Line]:
    """A pseudocode that the notes alone have is no line of the file."""
    return (line for line in report.lines if line.services)


@require_safe
@billing
def practitioner_list(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The practitioners of a year, their function and hours (art. 28); or the file."""
    project, today = project_of(request, project_id), localdate()
    years = staff.staff_years(project, today)
    year = next((one for one in years if str(one) == request.GET.get("year")), years[min(1, len(years) - 1)])
    posts = staff.staff_of(project, year)
    if made := _file(request, project, f"practitioners-{year}", staff.COLUMNS, posts):
        return made
    context = {
        "project": project,
        "here": "reports",
        "years": years,
        "year": year,
        "due": staff.due(year),
        "running": year >= today.year,
        "table": _table(staff.COLUMNS, posts),
        "short": [post for post in posts if post.is_short],
        "exports": _links(f"year={year}") if posts else [],
    }
    return render(request, "protocol3/reports/practitioners.html", context)


# --- the beneficiary's statement --------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(Permission.ENTER_SERVICES)
def statement(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """What was done for a person in a period and what the insurer pays (art. 27 §3): to look at, then as PDF."""
    enrolment = enrolment_of(request, enrolment_id)
    note_file_opened(request, enrolment.beneficiary, STATEMENT)
    form = PeriodForm(request.POST or request.GET or _usual_period(enrolment, localdate()))
    if request.method == "POST" and form.is_valid() and (made := _printed(request, enrolment, form)):
        return made
    context = {"project": enrolment.project, "here": "people", "enrolment": enrolment, "form": form}
    if form.is_valid():
        context |= _preview(enrolment, form.cleaned_data["first"], form.cleaned_data["last"])
    return render(request, "protocol3/reports/statement.html", context)


def _printed(request: HttpRequest, enrolment: Enrolment, form: PeriodForm) -> HttpResponse | None:
    """The PDF; None, with the reason in the form, where it cannot be made."""
    days = form.cleaned_data
    try:
        document = services.issue_statement(
            enrolment=enrolment,
            first_day=days["first"],
            last_day=days["last"],
            actor=user_of(request),
            at=now(),
        )
    except ValidationError as error:
        form.add_error("last", error)
        return None
    return as_download(documents.bytes_of(document, at=now()), inline=True)


def _preview(enrolment: Enrolment, first: date, last: date) -> dict[str, Any]:
    lines, language = services.lines_between(enrolment, first, last), get_language() or "fr"
    return {
        "first": first,
        "last": last,
        "lines": [(line, service_name(line.pseudocode, language)) for line in lines],
        "total": total(line.amount for line in lines),
    }


def _usual_period(enrolment: Enrolment, today: date) -> dict[str, str]:
    """The quarter of the last service billed."""
    last = quarters.quarter_on(services.last_billed(enrolment) or today)
    return {"first": last.first.isoformat(), "last": last.last.isoformat()}


# --- inside -----------------------------------------------------------------------------------------------


def _file(
    request: HttpRequest, project: Project, name: str, columns: Sequence[Column], rows: Iterable[Any]
) -> HttpResponseBase | None:
    """The file asked for, its taking noted; None where the page is asked."""
    kind = request.GET.get("export", "")
    if kind not in STREAMS:
        return None
    query = request.GET.urlencode()
    services.note_file(project=project, what=name, kind=kind, query=query, actor=user_of(request), at=now())
    return STREAMS[kind](f"{project.code}-{name}", columns, rows)


def _links(query: str) -> list[dict[str, Any]]:
    return [{"label": label, "url": f"?{query}&export={kind}"} for kind, label in KIND_NAMES.items()]


def _table(columns: Sequence[Column], rows: Iterable[Any]) -> dict[str, Any]:
    """The columns and cells of a list as the table component takes them."""
    drawn = [column for column in columns if column.table]
    return {
        "columns": [{"label": column.label, "numeric": column.is_numeric} for column in drawn],
        "rows": [[shown(column, row) for column in drawn] for row in rows],
    }
