"""Files of services: sent, looked at in a dry run, taken over, followed."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.casework.file_imports import SentBefore
from partenamut.casework.rows import MAX_LINES
from partenamut.registry.forms import refuse
from partenamut.web.worklist import Link
from protocol3 import tasks
from protocol3.forms.entry_imports import FileForm, StartForm
from protocol3.imports import CODES, COLUMNS
from protocol3.models import Project, ServiceImport
from protocol3.readings import entry_imports as reading
from protocol3.services import imports
from protocol3.views.entry import enters_services
from protocol3.views.loading import project_of


@enters_services
@require_safe
def service_imports(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The files that were sent for a project."""
    project = project_of(request, project_id)
    add = Link(label=_("Send a file"), url=reverse("protocol3:add_service_import", args=[project.public_id]))
    back = Link(label=_("Back to the services"), url=reverse("protocol3:services", args=[project.public_id]))
    return reading.ImportList(project, add=add).respond(
        request, title=_("Imports of services"), actions=[add, back], project=project, here="services"
    )


@enters_services
@require_http_methods(["GET", "POST"])
def add_service_import(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A file of services: its columns, and where to send it."""
    project = project_of(request, project_id)
    form = FileForm(request.POST or None, request.FILES or None)
    earlier = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = imports.receive_file(
                project=project,
                content=file.read(),
                file_name=str(file.name),
                actor=user_of(request),
                at=timezone.now(),
            )
        except ValidationError as error:
            earlier = error.earlier if isinstance(error, SentBefore) else None
            refuse(form, ValidationError({"file": error}))
        else:
            return redirect("protocol3:service_import", received.public_id)
    context = {"form": form, "columns": COLUMNS, "codes": CODES, "limit": MAX_LINES, "earlier": earlier}
    return render(
        request, "protocol3/entry/add_import.html", context | {"project": project, "here": "services"}
    )


@enters_services
@require_safe
def template(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A file with the right columns, to fill in."""
    project_of(request, project_id)
    return reading.template()


@enters_services
@require_safe
def service_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What a file holds: what will be entered, what is refused and why, what is not billable and why."""
    return _page(request, _load(request, import_id))


@enters_services
@require_safe
def refused_lines(request: HttpRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """The refused lines as a file to correct."""
    return reading.refused_lines(_load(request, import_id))


@enters_services
@require_POST
def start(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Takes the lines over as chosen, or goes on where it stopped."""
    found = _load(request, import_id)
    counts = reading.counted(found)
    form = StartForm(request.POST, stopped=counts.not_billable, refused=counts.refused)
    if form.is_valid():
        try:
            imports.start_import(
                service_import=found,
                keep=form.cleaned_data.get("keep"),
                without_refused=bool(form.cleaned_data.get("without_refused")),
                ring=tasks.start_lines,
                actor=user_of(request),
                at=timezone.now(),
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The services are being entered."))
            return redirect("protocol3:service_import", found.public_id)
    return _page(request, found, form)


@enters_services
@require_POST
def check_again(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Looks at every line again, as the facts stand now."""
    return _do(request, import_id, imports.check_again, _("Every line was checked again."))


@enters_services
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Gives the file up and deletes what its lines say."""
    found = _load(request, import_id)
    if request.method == "POST":
        return _do(
            request, import_id, imports.discard_import, _("The file is given up; its lines are deleted.")
        )
    context = {"import": found, "project": found.project, "here": "services"}
    return render(request, "protocol3/entry/discard_import.html", context)


# --- parts ------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, found: ServiceImport, form: StartForm | None = None) -> HttpResponse:
    counts = reading.counted(found)
    refused, refused_rows = reading.page_of(reading.refused_of(found), request.GET.get("page"))
    stopped, stopped_rows = reading.page_of(imports.not_billable(found), request.GET.get("stopped"))
    context = {
        "import": found,
        "tone": reading.TONES[ServiceImport.Status(found.status)],
        "counts": counts,
        "form": form or StartForm(stopped=counts.not_billable, refused=counts.refused),
        "refused": refused,
        "refused_lines": refused_rows,
        "stopped": stopped,
        "stopped_lines": stopped_rows,
        "project": found.project,
        "here": "services",
    }
    if not request.headers.get("HX-Request"):
        return render(request, "protocol3/entry/import.html", context)
    part = render(request, "protocol3/entry/_running.html", context)
    if found.status != ServiceImport.Status.RUNNING:
        part["HX-Refresh"] = "true"  # it is over: the whole page has changed
    return part


def _do(
    request: HttpRequest, import_id: uuid.UUID, service: Callable[..., object], done: str
) -> HttpResponse:
    try:
        service(service_import=_load(request, import_id), actor=user_of(request), at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("protocol3:service_import", import_id)


def _load(request: HttpRequest, import_id: uuid.UUID) -> ServiceImport:
    """An import of a project that the user works for; 404 for others."""
    mine = Project.objects.worked_for(user_of(request), localdate())
    rows = ServiceImport.objects.filter(project__in=mine).select_related("project", "created_by")
    found: ServiceImport = get_object_or_404(rows, public_id=import_id)
    return found
