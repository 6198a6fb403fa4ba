"""Pages of imports: send a file, look at what would be refused, take it over, follow it."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.casework.rows import MAX_LINES
from partenamut.registry import exports, services
from partenamut.registry.forms import ImportForm, refuse
from partenamut.registry.imports import COLUMNS
from partenamut.registry.lists import ImportList, way
from partenamut.registry.member_views import keeps_registry
from partenamut.registry.models import MemberImport, MemberImportLine

LINES_A_PAGE = 50
LineStatus = MemberImportLine.Status


@keeps_registry
@require_safe
def imports(request: HttpRequest) -> HttpResponseBase:
    """The files that were sent."""
    rows = MemberImport.objects.select_related("created_by").annotate(
        line_count=Count("lines"), refused_count=Count("lines", filter=Q(lines__status=LineStatus.REFUSED))
    )
    add = way(_("Send a file"), "registry:add_import")
    return ImportList(rows, empty_action=add).respond(request, title=_("Imports of members"), actions=[add])


@keeps_registry
@require_http_methods(["GET", "POST"])
def add_import(request: HttpRequest) -> HttpResponse:
    """A file of members: its columns, and where to send it."""
    form = ImportForm(request.POST or None, request.FILES or None)
    earlier = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = services.receive_members(
                content=file.read(), file_name=str(file.name), actor=user_of(request), at=timezone.now()
            )
        except services.SentBefore as error:
            earlier = error.earlier
            refuse(form, ValidationError({"file": error}))
        except ValidationError as error:
            refuse(form, ValidationError({"file": error}))
        else:
            return redirect("registry:import", received.public_id)
    context = {"form": form, "columns": COLUMNS, "limit": MAX_LINES, "earlier": earlier}
    return render(request, "registry/add_import.html", context)


@keeps_registry
@require_safe
def template(_request: HttpRequest) -> HttpResponse:
    """A file with the right columns, to fill in."""
    return exports.template()


@keeps_registry
@require_safe
def member_import(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What a file holds: how many lines are ready, done or refused, and every refused one with its reasons."""
    found = _load(public_id)
    counts = dict(found.lines.values_list("status").annotate(count=Count("pk")))
    refused = found.lines.filter(status=LineStatus.REFUSED).order_by("line_number")
    page = Paginator(refused, LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "import": found,
        "counts": [(LineStatus(value), counts.get(value, 0)) for value in LineStatus.values],
        "ready": counts.get(LineStatus.READY, 0),
        "refused_count": counts.get(LineStatus.REFUSED, 0),
        "page": page,
        "lines": [{"number": line.line_number, "reasons": exports.sentences(line.errors)} for line in page],
    }
    return render(request, "registry/import.html", context)


@keeps_registry
@require_safe
def refused_lines(_request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The refused lines as a file to correct."""
    return exports.refused_lines(_load(public_id))


@keeps_registry
@require_POST
def start(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Takes the ready lines over, or goes on where it stopped."""
    return _do(request, services.start_import, public_id, _("The lines are being taken over."))


@keeps_registry
@require_POST
def check_again(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Looks at every line again, against the registry as it stands now."""
    return _do(request, services.check_again, public_id, _("Every line was checked again."))


@keeps_registry
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Gives the file up and deletes what its lines say."""
    found = _load(public_id)
    if request.method == "POST":
        return _do(
            request, services.discard_import, public_id, _("The file is given up; its lines are deleted.")
        )
    return render(request, "registry/discard_import.html", {"import": found})


def _do(request: HttpRequest, service: object, public_id: uuid.UUID, done: str) -> HttpResponse:
    try:
        service(member_import=_load(public_id), actor=user_of(request), at=timezone.now())  # type: ignore[operator]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("registry:import", public_id)


def _load(public_id: uuid.UUID) -> MemberImport:
    return get_object_or_404(MemberImport.objects.select_related("created_by"), public_id=public_id)
