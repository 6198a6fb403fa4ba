"""Pages of the end of a convention: what is recorded, recording, the departure, taking back, letters, ending."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.errors import UploadRefused
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of, receive
from partenamut.registry.forms import refuse
from partenamut.web.forms import PortalForm
from partenamut.web.resume import NOT_KEPT, posted
from residences.forms.endings import DepartureForm, LetterForm, RecordForm, WithdrawForm
from residences.models import Convention, Termination
from residences.readings.endings import ending_page, facts_of, follows, title_of
from residences.readings.notices import told
from residences.services import ended, endings
from residences.services.notices import Ruling
from residences.views.loading import convention_of, directs, home_of, note_file_opened

#: Why a file is opened; it stands in the access log.
ENDING = gettext_noop("Notice and end of a convention")
#: What a button of the record pages asks for.
CHECK, CORRECT, RECORD = "check", "correct", "record"


@directs
@require_safe
def ending(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The end of a convention: its state, what is recorded, the line of days, what can be done."""
    convention = opened(request, home_id, convention_id)
    return shown(request, "ending", convention, view=ending_page(convention, localdate()))


@directs
@require_http_methods(["GET", "POST"])
def record_termination(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """A notice, a death or a departure: typed, looked at with what the rules say, then recorded."""
    convention, data = opened(request, home_id, convention_id), posted(request)
    form = RecordForm(data, initial=_beginning(request) if data is None else None)
    step = data.get("step", CHECK) if data is not None else ""
    ruling = _ruling(form, convention) if data is not None else None
    if request.headers.get("HX-Request"):
        return shown(request, "_live", convention, form=form, told=_told(ruling))
    if ruling is None or step == CORRECT:
        return shown(request, "record", convention, form=form, told=_told(ruling))
    if step == RECORD and _recorded(request, form, convention):
        return redirect("residences:ending", home_id, convention_id)
    if form.errors:
        return shown(request, "record", convention, form=form)
    row = ruling.row
    context = {
        "form": form,
        "told": _told(ruling),
        "title": title_of(row),
        "facts": facts_of(row),
        "follows": follows(convention, row, ruling.outcome, ruling.due_until),
        "kept": _kept(data or QueryDict()),
        "is_void": ruling.outcome == "void",
    }
    return shown(request, "check", convention, **context)


@directs
@require_http_methods(["GET", "POST"])
def departure(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The day on which the resident left, or on which the room was cleared."""
    convention = opened(request, home_id, convention_id)
    view = ending_page(convention, localdate())
    if not view.asks:
        messages.error(request, _("Record a notice, a death or a departure first (art. 10)."))
        return redirect("residences:ending", home_id, convention_id)
    known = next((day for one in view.rows if (day := getattr(one.row, view.asks))), None)
    form = DepartureForm(posted(request), asks=view.asks, initial={view.asks: known})

    def write() -> None:
        endings.record_departure(convention=convention, **form.cleaned_data, **_by(request))

    if _done(form, write):
        messages.success(request, _("The day is kept: the page says what follows from it."))
        return redirect("residences:ending", home_id, convention_id)
    return shown(request, "departure", convention, form=form, view=view)


@directs
@require_http_methods(["GET", "POST"])
def withdraw_termination(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, termination_id: uuid.UUID
) -> HttpResponse:
    """A notice or departure taken back, with its reason."""
    convention = opened(request, home_id, convention_id)
    row = termination_of(convention, termination_id)
    form = WithdrawForm(posted(request))

    def write() -> None:
        endings.withdraw(termination=row, because=form.cleaned_data["because"], **_by(request))

    if _done(form, write):
        messages.success(request, _("It is taken back."))
        return redirect("residences:ending", home_id, convention_id)
    return shown(
        request, "withdraw", convention, form=form, row=row, title=title_of(row), facts=facts_of(row)
    )


@directs
@require_http_methods(["GET", "POST"])
def add_notice_letter(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, termination_id: uuid.UUID
) -> HttpResponse:
    """The letter that came in, or that was sent, as a file."""
    convention = opened(request, home_id, convention_id)
    row = termination_of(convention, termination_id)
    data = posted(request)
    form = LetterForm(data, request.FILES if data is not None else None)

    def write() -> None:
        by = _by(request)
        upload = receive(file=form.cleaned_data["file"], kind="residences-notice", **by)
        endings.add_letter(termination=row, upload=upload, **by)

    if _done(form, write):
        messages.success(request, _("The letter is kept with the notice."))
        return redirect("residences:ending", home_id, convention_id)
    return shown(request, "letter", convention, form=form, row=row, title=title_of(row))


@directs
@require_safe
def ending_letter(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, termination_id: uuid.UUID
) -> HttpResponse:
    """The letter about a notice, a death or a departure, as a PDF."""
    row = termination_of(opened(request, home_id, convention_id), termination_id)
    if row.letter is None:
        raise Http404
    return as_download(bytes_of(row.letter, at=timezone.now()))


@directs
@require_safe
def notice_received(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, termination_id: uuid.UUID
) -> HttpResponse:
    """The letter as it was scanned."""
    row = termination_of(opened(request, home_id, convention_id), termination_id)
    if row.upload is None:
        raise Http404
    return as_download(row.upload)


@directs
@require_http_methods(["GET", "POST"])
def end_convention(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The convention ended, after a look at what that closes."""
    convention = opened(request, home_id, convention_id)
    if request.method == "POST":
        try:
            ended.end(convention=convention, **_by(request))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("residences:ending", home_id, convention_id)
        messages.success(request, _("The convention has ended. The final account comes next."))
        return redirect("residences:final_account", home_id, convention_id)
    view = ending_page(convention, localdate())
    if view.refusal:
        messages.error(request, view.refusal)
        return redirect("residences:ending", home_id, convention_id)
    return shown(request, "end", convention, view=view)


# --- parts ------------------------------------------------------------------------------------------------


def opened(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> Convention:
    """A signed convention of a home that the user directs, its opening logged; 404 for others."""
    convention = convention_of(request, home_of(request, home_id), convention_id)
    if convention.signed_on is None:
        raise Http404
    # An answer while somebody types belongs to the page that was opened.
    if not request.headers.get("HX-Request"):
        note_file_opened(request, convention.resident, ENDING)
    return convention


def termination_of(convention: Convention, termination_id: uuid.UUID) -> Termination:
    """A notice, death or departure of a convention; 404 for others."""
    rows = convention.terminations.select_related("convention", "letter", "upload")
    found: Termination = get_object_or_404(rows, public_id=termination_id)
    return found


def shown(request: HttpRequest, name: str, convention: Convention, **context: Any) -> HttpResponse:
    """A page about the end of a convention."""
    base = {"home": convention.home, "convention": convention, "here": "ending"}
    return render(request, f"residences/endings/{name}.html", base | context)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": user_of(request), "at": timezone.now()}


def _done(form: PortalForm, write: Callable[[], None]) -> bool:
    """Whether the form was sent and its use case accepted it; what stands against it is shown on the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        write()
    except ValidationError as error:
        refuse(form, error)
    except UploadRefused as error:
        form.add_error("file", str(error))
    return not form.errors


def _ruling(form: RecordForm, convention: Convention) -> Ruling | None:
    """What the rules would say of what is typed; None, with the errors on the form, where it cannot be recorded."""
    if not form.is_valid():
        return None
    as_void = form.cleaned_data["as_void"]
    try:
        return endings.preview(convention=convention, event=form.recorded, today=localdate(), as_void=as_void)
    except ValidationError as error:
        refuse(form, error)
        return None


def _recorded(request: HttpRequest, form: RecordForm, convention: Convention) -> bool:
    """Whether it is written; what stands against it in the meantime is shown on the form."""

    def write() -> None:
        as_void = form.cleaned_data["as_void"]
        endings.record_termination(
            convention=convention, event=form.recorded, as_void=as_void, **_by(request)
        )

    if not _done(form, write):
        return False
    messages.success(request, _("It is recorded. What follows stands below."))
    return True


def _told(ruling: Ruling | None) -> Any:
    return told(ruling.facts, ruling.decision, today=localdate()) if ruling else None


def _beginning(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the answers of the calculator, where a link carries them."""
    names = ("event", "sent_on", "channel", "starts_on", "left_on", "room_cleared_on", "breach")
    found: dict[str, Any] = {name: value for name in names if (value := request.GET.get(name))}
    return {"sent_on": localdate(), "channel": "registered", **found}


def _kept(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed, to be sent again from the check."""
    left_out = {*NOT_KEPT, "step"}
    return [(name, value) for name, values in data.lists() for value in values if name not in left_out]
