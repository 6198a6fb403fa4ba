"""The deeds of the desk that need more than a form: the lines of a bill put right, the payment prepared."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hospitalisation.forms.desk import LinesForm, VersionForm
from hospitalisation.forms.lines import MOST_ROWS, LineFormSet, initial_of, rows_of
from hospitalisation.models import Claim, ClaimKind, ClaimLine
from hospitalisation.readings import casefile
from hospitalisation.services import claims, decisions, desk
from hospitalisation.services.bill_file import FileRefused, read_bill, write_bill
from hospitalisation.views.desk import CASE, attempt, member_of_case, opened_case, to_case
from hospitalisation.views.desk_deeds import drawn
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.accounts.permissions import requires
from partenamut.accounts.roles import Permission
from partenamut.registry.desk_views import watched

#: Faults of a file that are said at once: who reads more reads none.
MOST_FAULTS = 20
PREFIX = "lines"


@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def lines(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The lines of a bill that was sent, to be put right one by one or by a file; with `?file` as a file."""
    case = opened_case(request, public_id)
    stored = list(case.lines.order_by("position"))
    if "file" in request.GET:
        return _as_file(case, stored)
    if case.status not in TO_DECIDE or case.kind == ClaimKind.DEPOSIT:
        messages.error(request, desk.why_not_now(case))
        return to_case(case)
    posted = request.method == "POST"
    form = LinesForm(request.POST if posted else None, request.FILES if posted else None)
    short = len(stored) <= MOST_ROWS
    rows = LineFormSet(request.POST if posted and short else None, initial=initial_of(stored), prefix=PREFIX)
    if posted and form.is_valid():
        typed = _typed(form, rows if short else None)
        if typed is not None:
            cleaned = form.cleaned_data
            done = attempt(
                request,
                form,
                to_case(case),
                _("The lines are corrected; the rules are asked again."),
                lambda actor, at: desk.correct_lines(
                    claim=case,
                    version=cleaned["version"],
                    lines=typed,
                    reason=cleaned["reason"],
                    actor=actor,
                    at=at,
                ),
            )
            if done:
                return done
    extra = {"title": _("Correct the lines of the bill"), "formset": rows if short else None}
    form.carry(desk.version_of(case, desk.ruling_of(case)))
    shown = {**casefile.head(case), "form": form, **extra, "count": len(stored)}
    return render(request, "hospitalisation/desk/lines.html", shown)


@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def payment(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is due after the deposits; a POST has it wait for the approval of a colleague."""
    case = opened_case(request, public_id)
    decision = claims.in_force(case)
    if case.status != Status.DECIDED or decision is None:
        messages.error(request, desk.why_not_now(case))
        return to_case(case)
    form = VersionForm(request.POST if request.method == "POST" else None, case=case)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        done = attempt(
            request,
            form,
            to_case(case),
            _("The payment waits for the approval of a colleague."),
            lambda actor, at: desk.pay_as_read(claim=case, version=version, actor=actor, at=at),
        )
        if done:
            return done
    case.refresh_from_db()
    if case.status != Status.DECIDED:
        messages.error(request, desk.why_not_now(case))
        return to_case(case)
    deed = {"title": _("Prepare the payment"), "submit": _("Prepare the payment"), "lead": ""}
    paying = {
        "granted": decision.amount,
        "deducted": decisions.deducted(case),
        "paid": decisions.paid_before(case),
        "due": decisions.due(case, decision),
        "has_account": bool(case.member.iban),
    }
    return drawn(request, case, form, {"deed": deed, "paying": paying})


def _typed(form: LinesForm, rows: object) -> list[ClaimLine] | None:
    """The lines of the file, else those of the rows; None with the sentences in the form where they are wrong."""
    file = form.cleaned_data["file"]
    if file is None:
        if rows is None:
            form.add_error("file", _("This bill is too long for one page: send it as a file."))
            return None
        return rows_of(rows) if rows.is_valid() else None  # type: ignore[attr-defined]
    try:
        bill = read_bill(file.read())
    except FileRefused as refusal:
        form.add_error("file", refusal)
        return None
    for fault in bill.faults[:MOST_FAULTS]:
        form.add_error("file", str(fault))
    return None if bill.faults else bill.lines


def _as_file(case: Claim, stored: list[ClaimLine]) -> HttpResponse:
    """The lines as the CSV file that this page reads back; no text of it calculates in a sheet."""
    for line in stored:
        if line.label[:1] in ("=", "+", "-", "@"):
            line.label = f"'{line.label}"
    answer = HttpResponse(f"\ufeff{write_bill(stored)}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{case.number}.csv"'
    return answer
