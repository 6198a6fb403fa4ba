"""Files of entries for the accounts of a home: sent, looked at in a dry run, taken over."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.casework.file_imports import SentBefore
from partenamut.registry.forms import refuse
from residences.forms.accounts import EntryFileForm, TakeOverForm
from residences.models import EntryImport, RestHome
from residences.readings import entry_imports as reading
from residences.readings.money import address, links
from residences.services import entry_imports as services
from residences.services.entry_lines import LAYOUT, MAX_LINES
from residences.views.loading import directs, home_of


@directs
@require_safe
def entry_imports(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The files of entries that were sent."""
    home = home_of(request, home_id)
    actions = links(home, (_("Enter from a file"), "send_entries"))
    rows = reading.imports_of(home)
    return reading.EntryImportList(home, rows, empty_action=actions[0]).respond(
        request, title=_("Files of entries"), actions=actions, **_shell(home)
    )


@directs
@require_http_methods(["GET", "POST"])
def send_entries(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A file of entries: what it must look like, and where to send it."""
    home = home_of(request, home_id)
    sent = request.method == "POST"
    form = EntryFileForm(request.POST if sent else None, request.FILES if sent else None)
    earlier = None
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = services.receive(
                home=home, content=file.read(), file_name=str(file.name), actor=user_of(request), at=timezone.now()
            )  # fmt: skip
        except ValidationError as error:
            earlier = error.earlier if isinstance(error, SentBefore) else None
            refuse(form, ValidationError({"file": error}))
        else:
            return redirect("residences:entry_import", home.public_id, received.public_id)
    context = {"form": form, "columns": LAYOUT.columns, "limit": MAX_LINES, "earlier": earlier}
    supplements = home.supplements.order_by("label")
    return render(
        request,
        "residences/accounts/send_entries.html",
        context | _shell(home) | {"supplements": supplements},
    )


@directs
@require_safe
def template(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A file with the right columns, to fill in."""
    home_of(request, home_id)
    return reading.template()


@directs
@require_safe
def entry_import(request: HttpRequest, home_id: uuid.UUID, import_id: uuid.UUID) -> HttpResponse:
    """What would become of each line, or what became of them."""
    home = home_of(request, home_id)
    return _page(request, home, _file(home, import_id))


@directs
@require_POST
def take_over(request: HttpRequest, home_id: uuid.UUID, import_id: uuid.UUID) -> HttpResponse:
    """Enters the lines that can be entered, all or none."""
    home = home_of(request, home_id)
    file = _file(home, import_id)
    form = TakeOverForm(request.POST, refused=True)
    without = form.is_valid() and bool(form.cleaned_data.get("without_refused"))
    try:
        services.take_over(file=file, without_refused=without, actor=user_of(request), at=timezone.now())
    except ValidationError as error:
        refuse(form, error)
        return _page(request, home, file, form)
    count = _file(home, import_id).entered_count
    messages.success(
        request,
        ngettext("%(count)d entry is made.", "%(count)d entries are made.", count) % {"count": count},
    )
    return redirect("residences:entry_import", home.public_id, file.public_id)


@directs
@require_safe
def refused_lines(request: HttpRequest, home_id: uuid.UUID, import_id: uuid.UUID) -> HttpResponseBase:
    """The refused lines as a file to correct."""
    home = home_of(request, home_id)
    file = _file(home, import_id)
    if file.status == EntryImport.Status.CHECKED:
        return reading.refused_lines(_checked(file).refused)
    return reading.refused_lines(reading.done(file).refused)


@directs
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, home_id: uuid.UUID, import_id: uuid.UUID) -> HttpResponse:
    """Gives a file up before it is taken over."""
    home = home_of(request, home_id)
    file = _file(home, import_id)
    if request.method == "POST":
        try:
            services.discard(file=file, actor=user_of(request), at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The file is given up; its lines are deleted."))
        return redirect("residences:entry_imports", home.public_id)
    return render(request, "residences/accounts/discard_import.html", {"file": file, **_shell(home)})


# --- inside -----------------------------------------------------------------------------------------------


def _shell(home: RestHome, name: str = "accounts", label: str = "") -> dict[str, Any]:
    return {
        "home": home,
        "here": "accounts",
        "back": address(name, home),
        "back_label": label or _("Accounts"),
    }


def _file(home: RestHome, import_id: uuid.UUID) -> Any:
    return get_object_or_404(reading.imports_of(home), public_id=import_id)


def _checked(file: EntryImport) -> reading.Checked:
    return reading.checked(file, services.looked_at(file, at=timezone.now()))


def _page(request: HttpRequest, home: RestHome, file: Any, form: TakeOverForm | None = None) -> HttpResponse:
    context = {
        "file": file,
        "tone": reading.TONES.get(file.status, "neutral"),
        "shown": reading.SHOWN,
        **_shell(home, "entry_imports", _("Files of entries")),
    }
    if file.status == EntryImport.Status.CHECKED:
        found = _checked(file)
        context |= {"found": found, "form": form or TakeOverForm(refused=bool(found.refused))}
        return render(request, "residences/accounts/import_check.html", context)
    return render(
        request, "residences/accounts/import_done.html", context | {"done": reading.done(file), "form": form}
    )
