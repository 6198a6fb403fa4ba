"""The steps of a claim that is being prepared: stay, lines, documents, check; every answer is kept on the server."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hospitalisation.documents import POST_ADDRESS
from hospitalisation.forms import member as forms
from hospitalisation.forms.lines import MOST_ROWS, LineFormSet, initial_of, rows_of
from hospitalisation.forms.receipts import ReceiptFormSet, initial_receipts
from hospitalisation.models import AttachmentKind, Claim, ClaimKind, ClaimLine
from hospitalisation.readings import preparing
from hospitalisation.readings.insured import care_around, remarks, year_of_illness
from hospitalisation.services import claims
from hospitalisation.services.bill_file import LineFault, read_bill
from hospitalisation.views import member_steps as steps
from hospitalisation.views.member_answers import cards
from hospitalisation.views.member_steps import Step, frame, loaded, member_page, onward
from partenamut.accounts.permissions import user_of
from partenamut.documents.errors import UploadRefused
from partenamut.web.files import named
from partenamut.web.resume import posted

#: Rows on a page that has room for more; the button for more adds as many.
MORE_ROWS = 3
#: Errors of a file that are told one by one.
MOST_FAULTS = 100
PREFIX = "lines"


@require_http_methods(["GET", "POST"])
@member_page
def step(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    """A page of a claim that is being prepared; one that was sent leads to its own page."""
    claim = loaded(request, public_id)
    found = steps.step_of(claim, step)
    if not steps.is_open(claim):
        return steps.sent_already(request, claim, found)
    page = _PAGES[found.name]
    return page(request, claim, found)


def _page(request: HttpRequest, claim: Claim, step: Step, template: str, **context: object) -> HttpResponse:
    shown = frame(request, claim, step) | context
    return render(request, f"hospitalisation/member/{template}.html", shown)


# --- the stay ---------------------------------------------------------------------------------------------


def _stay(request: HttpRequest, claim: Claim, step: Step) -> HttpResponse:
    today = localdate()
    form = forms.StayForm(posted(request), initial=forms.stay_initial(claim, today), claim=claim, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            claims.fill_in(claim=claim, actor=user_of(request), at=now(), **form.stay)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return onward(request, claim, step)
    return _page(request, claim, step, "stay", form=form, remarks=remarks(claim))


# --- the lines --------------------------------------------------------------------------------------------


def _lines(request: HttpRequest, claim: Claim, step: Step) -> HttpResponse:
    stored = preparing.lines_of(claim)
    file_form = forms.BillFileForm()
    faults: list[LineFault] = []
    has_file = request.method == "POST" and ("send_file" in request.POST or "file" in request.FILES)
    if has_file:
        file_form = forms.BillFileForm(request.POST, request.FILES)
        if file_form.is_valid():
            faults = _take_over(request, claim, file_form)
            if not faults and not file_form.errors:
                goes_on = "send_file" not in request.POST
                return onward(request, claim, step) if goes_on else redirect(request.get_full_path())
    if request.method == "POST" and "empty" in request.POST:
        claims.write_lines(claim=claim, lines=[], actor=user_of(request), at=now())
        return redirect(request.get_full_path())
    typed = posted(request)
    is_long = len(stored) > MOST_ROWS
    # A long bill has no rows on the page: what is sent is the way on.
    if is_long and request.method == "POST" and not has_file:
        return onward(request, claim, step)
    rows = _rows(claim, None if is_long else typed, stored)
    adds = has_file or bool({"more", "remove"} & set(typed or ()))
    if request.method == "POST" and not adds and _keep(request, claim, rows):
        return onward(request, claim, step)
    return _page(
        request,
        claim,
        step,
        "lines",
        formset=rows,
        form=file_form,
        page_has_errors=bool(faults) or (request.method == "POST" and rows.is_bound and not adds),
        is_checked=not adds,
        faults=faults[:MOST_FAULTS],
        fault_count=len(faults),
        is_long=is_long,
        line_count=len(stored),
        most_rows=MOST_ROWS,
        takes_files=claim.kind == ClaimKind.STAY,
        around=care_around(claim) if claim.kind == ClaimKind.STAY else None,
        year=_year(claim),
    )


def _rows(claim: Claim, typed: Any, stored: list[ClaimLine]) -> Any:
    """The rows as they were typed, or those of the stored lines with a few empty ones."""
    data = _less_rows(_more_rows(_one_row_at_least(typed)))
    if claim.kind == ClaimKind.SERIOUS_ILLNESS:
        year = {"year": claim.year or 0, "today": localdate()}
        return ReceiptFormSet(data, prefix=PREFIX, initial=initial_receipts(stored), form_kwargs=year)
    return LineFormSet(data, prefix=PREFIX, initial=initial_of(stored))


def _keep(request: HttpRequest, claim: Claim, rows: Any) -> bool:
    """Writes the lines that were typed; False, with errors beside their rows, where that cannot be."""
    if not rows.is_valid():
        return False
    lines, filled = rows_of(rows), rows.filled_in()
    around = [] if "later" in request.POST else preparing.around_without_day(lines)
    for place in around:
        filled[place].add_error("care_date", _("Give the day of this care: it counts by its day."))
    if around:
        return False
    if not lines and "later" not in request.POST:
        # Said on the first row, where the way to mend it is.
        rows.forms[0].add_error(rows.forms[0].first_fields[0].name, _("Enter at least one line."))
        return False
    try:
        claims.write_lines(claim=claim, lines=lines, actor=user_of(request), at=now())
    except ValidationError as error:
        rows.forms[0].add_error(None, error)
        return False
    return True


def _take_over(request: HttpRequest, claim: Claim, form: forms.BillFileForm) -> list[LineFault]:
    """Writes the lines of the file; the faults of a file that has some, and then nothing is written."""
    try:
        found = read_bill(form.cleaned_data["file"].read())
        without_day = [
            LineFault(place + 2, "care_date", _("Give the day of this care: it counts by its day."))
            for place in preparing.around_without_day(found.lines)
        ]
        faults = found.faults or without_day
        if faults:
            form.add_error(
                "file",
                ngettext(
                    "%(count)d line of the file is wrong: nothing was taken over. Mend it and send the file again.",
                    "%(count)d lines of the file are wrong: nothing was taken over. Mend them and send the file again.",
                    len(faults),
                )
                % {"count": len(faults)},
            )
            return faults
        claims.write_lines(claim=claim, lines=found.lines, actor=user_of(request), at=now())
    except ValidationError as error:
        form.add_error("file", error)
        return []
    messages.success(
        request,
        ngettext("%(count)d line is taken over.", "%(count)d lines are taken over.", len(found.lines))
        % {"count": len(found.lines)},
    )
    return []


def _one_row_at_least(data: Any) -> Any:
    """What was sent; a page that says it has no row gets an empty one, so that an error has a place to stand."""
    text = str(data.get(f"{PREFIX}-TOTAL_FORMS", "")) if data is not None else ""
    if not (text == "0" or text.startswith("-")):
        return data
    sound = data.copy()
    sound[f"{PREFIX}-TOTAL_FORMS"] = "1"
    return sound


def _more_rows(data: Any) -> Any:
    """What was sent, with room for more lines where the button for them was pressed."""
    count = _count(data)
    if count is None or "more" not in data:
        return data
    more = data.copy()
    more[f"{PREFIX}-TOTAL_FORMS"] = str(max(count, min(count + MORE_ROWS, MOST_ROWS)))
    return more


def _less_rows(data: Any) -> Any:
    """What was sent without the row whose button was pressed; the rows after it move up."""
    count = _count(data)
    place = str(data.get("remove", "")) if data is not None else ""
    if count is None or not (place.isascii() and place.isdigit()) or int(place) >= count:
        return data
    gone, less = int(place), data.copy()
    for name in [key for key in less if key.startswith(f"{PREFIX}-")]:
        number, _dash, field = name.removeprefix(f"{PREFIX}-").partition("-")
        if not number.isdigit() or int(number) < gone:
            continue
        values = less.pop(name)
        if int(number) > gone:
            less.setlist(f"{PREFIX}-{int(number) - 1}-{field}", values)
    less[f"{PREFIX}-TOTAL_FORMS"] = str(max(count - 1, 1))
    return less


def _count(data: Any) -> int | None:
    """How many rows were sent; None where none were, or a number that is none."""
    text = str(data.get(f"{PREFIX}-TOTAL_FORMS", "")) if data is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _year(claim: Claim) -> Any:
    if claim.kind != ClaimKind.SERIOUS_ILLNESS or claim.year is None:
        return None
    return year_of_illness(claim.member, claim.year, localdate(), without=claim)


# --- documents --------------------------------------------------------------------------------------------


def _documents(request: HttpRequest, claim: Claim, step: Step) -> HttpResponse:
    kinds = preparing.DOCUMENTS[claim.kind]
    kept = preparing.documents_of(claim)
    promised = {row.kind for row in kept if row.upload is None}
    form = forms.documents_form(kinds)(
        posted(request),
        request.FILES or None,
        kinds=kinds,
        initial={f"post_{kind.value}": kind in promised for kind in kinds},
    )
    if request.method == "POST":
        if "remove" in request.POST:
            _remove(request, claim)
            return redirect(request.get_full_path())
        form.is_valid()
        for kind in kinds:
            _keep_files(request, claim, form, kind)
            _keep_promise(request, claim, form, kind, kind in promised)
        if not form.errors:
            return (
                redirect(request.get_full_path())
                if "upload" in request.POST
                else onward(request, claim, step)
            )
        kept = preparing.documents_of(claim)
    parts = [
        {**part, "kept": [row for row in kept if row.kind == part["kind"] and row.upload]}
        for part in form.parts()
    ]
    return _page(request, claim, step, "documents", form=form, parts=parts, address=POST_ADDRESS)


def _keep_files(request: HttpRequest, claim: Claim, form: forms.DocumentsForm, kind: AttachmentKind) -> None:
    """Keeps the good files of a kind; each of the others gets its sentence."""
    refused = form.refused(kind)
    for file in form.kept(kind):
        try:
            claims.attach(claim=claim, kind=kind, file=file, actor=user_of(request), at=now())
        except UploadRefused as error:
            refused.append(named(file, error.message))
    form.refuse(kind, refused)


def _keep_promise(
    request: HttpRequest, claim: Claim, form: forms.DocumentsForm, kind: AttachmentKind, promised: bool
) -> None:
    """Notes that a document comes by post, or that it does not any more."""
    at, user = now(), user_of(request)
    if form.by_post(kind) and not promised:
        claims.note_paper(claim=claim, kind=kind, received_on=localdate(at), note="", actor=user, at=at)
    elif promised and not form.by_post(kind):
        for row in claim.attachments.filter(kind=kind, removed_at=None, upload=None):
            claims.detach(attachment=row, actor=user, at=at)


def _remove(request: HttpRequest, claim: Claim) -> None:
    try:
        key = UUID(request.POST["remove"])
    except ValueError:
        raise Http404 from None
    row = get_object_or_404(claim.attachments.filter(removed_at=None), public_id=key)
    claims.detach(attachment=row, actor=user_of(request), at=now())
    messages.success(request, _("The file is removed."))


# --- check and send ---------------------------------------------------------------------------------------


def _review(request: HttpRequest, claim: Claim, step: Step) -> HttpResponse:
    lacks = preparing.lacks(claim, localdate())
    if request.method == "POST" and "later" in request.POST:
        return onward(request, claim, step)
    if request.method == "POST" and not lacks:
        try:
            sent = claims.send(claim=claim, actor=user_of(request), at=now())
        except claims.NotReady as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.get_full_path())
        return redirect("hospitalisation:sent", sent.public_id)
    posted(request)
    kinds = {row.kind for row in preparing.documents_of(claim)}
    return _page(
        request,
        claim,
        step,
        "review",
        lacks=[{"text": lack.text, "url": steps.change_url(claim, lack.step)} for lack in lacks],
        page_has_errors=bool(lacks) and request.method == "POST",
        cards=cards(claim),
        bill=preparing.explained(claim),
        remarks=remarks(claim) if claim.kind == ClaimKind.STAY else [],
        year=_year(claim),
        without_form=AttachmentKind.CLAIM_FORM not in kinds,
        address=POST_ADDRESS,
    )


_PAGES: dict[str, Callable[[HttpRequest, Claim, Step], HttpResponse]] = {
    steps.STAY.name: _stay,
    steps.LINES.name: _lines,
    steps.DOCUMENTS.name: _documents,
    steps.REVIEW.name: _review,
}
