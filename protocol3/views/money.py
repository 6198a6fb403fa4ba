"""Pages of notes: the lists, a recapitulative note, an individual note, their papers and reminders."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.web.worklist import Link
from protocol3.models import Note, Project, Recap, Reminder
from protocol3.readings.money import KIND_TONES, address, lines_of, recap_view
from protocol3.services import payments
from protocol3.services.papers import paper_of
from protocol3.services.payments import with_balance
from protocol3.views.loading import note_file_opened, project_of
from protocol3.views.money_lists import NoteList, RecapList, state_tabs

bills = requires(Permission.BILL_PROJECT)

#: Why a file is opened; it stands in the access log.
NOTE = gettext_noop("Individual note of a care project")
NOTES_A_PAGE = 100


@bills
@require_safe
def recaps(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The recapitulative notes of the project."""
    project = project_of(request, project_id)
    rows = with_balance(Recap.objects.filter(project=project), localdate())
    rows = rows.select_related("project", "insurer", "corrects")
    return RecapList(rows, empty_action=_links((_("Months"), "closings", project))[0]).respond(
        request,
        title=_("Recapitulative notes"),
        actions=_links(
            (_("Register a payment"), "register_payment", project),
            (_("Individual notes"), "notes", project),
            (_("Services to pay back"), "excess", project),
        ),
        tabs=state_tabs(rows, request.GET.get("state", "")),
        project=project,
        here="notes",
    )


@bills
@require_safe
def notes(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The individual notes of the project."""
    project = project_of(request, project_id)
    rows = Note.objects.filter(recap__project=project)
    rows = rows.select_related("recap__project", "recap__insurer", "corrects")
    return NoteList(rows, empty_action=_links((_("Months"), "closings", project))[0]).respond(
        request,
        title=_("Individual notes"),
        actions=_links((_("Recapitulative notes"), "recaps", project)),
        project=project,
        here="notes",
    )


@bills
@require_safe
def recap(request: HttpRequest, project_id: uuid.UUID, recap_id: uuid.UUID) -> HttpResponse:
    """A recapitulative note: what it says, what was paid, what was taken back, what can be done."""
    project = project_of(request, project_id)
    view = recap_view(loaded(project, recap_id), localdate())
    own = view.recap.notes.order_by("pk").select_related("enrolment")
    context = {
        "project": project,
        "here": "notes",
        "view": view,
        "recap": view.recap,
        "kind_tone": KIND_TONES[view.recap.kind],
        "page": Paginator(own, NOTES_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "protocol3/money/recap.html", context)


@bills
@require_safe
@transaction.atomic
def note(request: HttpRequest, project_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """An individual note, as it stands on its paper, and what took lines of it back."""
    project = project_of(request, project_id)
    found = _note(request, project, note_id)
    context = {
        "project": project,
        "here": "notes",
        "note": found,
        "recap": found.recap,
        "lines": lines_of(found, project),
        "corrections": found.corrections.select_related("recap").order_by("pk"),
        "person_url": address("beneficiary", found.enrolment.public_id),
    }
    return render(request, "protocol3/money/note.html", context)


@bills
@require_safe
@transaction.atomic
def recap_pdf(request: HttpRequest, project_id: uuid.UUID, recap_id: uuid.UUID) -> HttpResponse:
    """The paper of a recapitulative note; the trail says who took it."""
    found, now = loaded(project_of(request, project_id), recap_id), timezone.now()
    record(action="recap_taken", subject=found, actor=user_of(request), at=now)
    return as_download(paper_of(found, at=now))


@bills
@require_safe
@transaction.atomic
def note_pdf(request: HttpRequest, project_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """The paper of an individual note."""
    found = _note(request, project_of(request, project_id), note_id)
    return as_download(paper_of(found, at=timezone.now()))


@bills
@require_http_methods(["GET", "POST"])
def remind(request: HttpRequest, project_id: uuid.UUID, recap_id: uuid.UUID) -> HttpResponse:
    """The reminder of a note that was not paid in time: what it asks, then the letter."""
    project = project_of(request, project_id)
    found = loaded(project, recap_id)
    if request.method == "POST":
        try:
            payments.remind(recap=found, actor=user_of(request), at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The reminder is made: download it below and send it."))
        return redirect("protocol3:recap", project.public_id, found.public_id)
    view = recap_view(found, localdate())
    context = {"project": project, "here": "notes", "view": view, "recap": view.recap}
    return render(request, "protocol3/money/remind.html", context)


@bills
@require_safe
def reminder(
    request: HttpRequest, project_id: uuid.UUID, recap_id: uuid.UUID, reminder_id: uuid.UUID
) -> HttpResponse:
    """The letter of a reminder."""
    found = loaded(project_of(request, project_id), recap_id)
    letter = get_object_or_404(
        Reminder.objects.select_related("document"), recap=found, public_id=reminder_id
    )
    return as_download(bytes_of(letter.document, at=timezone.now()))


def loaded(project: Project, recap_id: uuid.UUID) -> Recap:
    """A recapitulative note of the project; 404 for others."""
    rows = Recap.objects.filter(project=project).select_related("project", "insurer", "corrects")
    found: Recap = get_object_or_404(rows, public_id=recap_id)
    return found


def _note(request: HttpRequest, project: Project, note_id: uuid.UUID) -> Note:
    """An individual note of the project, its opening logged; 404 for others."""
    rows = Note.objects.filter(recap__project=project)
    rows = rows.select_related(
        "recap__project", "recap__insurer", "corrects", "enrolment__beneficiary__member"
    )
    found: Note = get_object_or_404(rows, public_id=note_id)
    note_file_opened(request, found.enrolment.beneficiary, NOTE)
    return found


def _links(*wanted: tuple[str, str, Project]) -> list[Link]:
    return [Link(label=label, url=address(name, project.public_id)) for label, name, project in wanted]
