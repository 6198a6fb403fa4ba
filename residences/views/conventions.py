"""Conventions of a home: the list, a new one from the resident's number, the page of one, its papers."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import note_access
from partenamut.documents.models import Document, Upload
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.registry.deeds import accepted
from partenamut.registry.lists import way
from partenamut.web.resume import posted
from residences.forms.residents import EnterForm, KnownForm, NissForm
from residences.models import Convention, Edition, Resident, RestHome
from residences.readings.convention_hub import hub_of
from residences.readings.convention_list import ConventionList
from residences.services import conventions as services
from residences.services import residents
from residences.services.signing import signatures_key
from residences.views.loading import convention_of, directs, home_of, note_file_opened

#: Why a file is opened; the resident reads it.
CONVENTION = gettext_noop("Convention of a resident")
NEW = gettext_noop("New convention of a rest home")


@transaction.atomic
def opened(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, purpose: str = CONVENTION
) -> Convention:
    """A convention of a home that the user directs, the opening of the resident's file logged; 404 for others."""
    convention = convention_of(request, home_of(request, home_id), convention_id)
    note_file_opened(request, convention.resident, purpose)
    return convention


@directs
@require_safe
def conventions(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The conventions of a home."""
    home, today = home_of(request, home_id), localdate()
    add = way(_("Write a convention"), "residences:new_convention", home.public_id)
    find = way(_("Find a resident"), "residences:residents", home.public_id)
    here = request.GET.urlencode()
    tabs = [
        {"label": _("All"), "query": ""},
        {"label": _("To sign"), "query": "to_do=sign"},
        {"label": _("Drafts"), "query": "status=draft"},
        {"label": _("In force"), "query": "status=in_force"},
        {"label": _("Notice given"), "query": "status=notice_given"},
    ]
    return ConventionList(home, on=today, empty_action=add).respond(
        request,
        title=_("Conventions"),
        actions=[add, find],
        tabs=[{**tab, "current": tab["query"] == here} for tab in tabs],  # type: ignore[typeddict-item]
        home=home,
        here="conventions",
    )


@directs
@require_http_methods(["GET", "POST"])
def new_convention(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A convention begins with the resident: the number first, then what is not known yet."""
    home = home_of(request, home_id)
    data = posted(request)
    if data is None:
        return _ask_number(request, home, NissForm())
    form = NissForm(data)
    if not form.is_valid():
        return _ask_number(request, home, form)
    known = residents.known_resident(form.cleaned_data["niss"])
    already = services.unsigned_of(home, known) if known else None
    if already is not None:
        messages.info(request, _("There is a draft for this resident already: go on with that one."))
        return redirect("residences:convention", home.public_id, already.public_id)
    return _ask_details(request, home, form.cleaned_data["niss"], data, known)


@directs
@require_safe
def convention(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The page of a convention."""
    found = opened(request, home_id, convention_id)
    return render(request, "residences/conventions/hub.html", hub_of(found, user_of(request), localdate()))


# --- papers -----------------------------------------------------------------------------------------------


@directs
@require_safe
def convention_pdf(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, edition_id: uuid.UUID
) -> HttpResponse:
    """A text as it was offered, both copies, in the browser's viewer."""
    found = opened(request, home_id, convention_id)
    edition = get_object_or_404(
        Edition.objects.filter(convention=found, amendment=None), public_id=edition_id
    )
    return as_download(bytes_of(edition.document, at=now()), inline=True)


@directs
@require_safe
def convention_signatures(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The page of the signatures."""
    found = opened(request, home_id, convention_id)
    document = get_object_or_404(Document, key=signatures_key(found))
    return as_download(bytes_of(document, at=now()), inline=True)


@directs
@require_safe
def convention_file(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, upload_id: uuid.UUID
) -> HttpResponse:
    """A signed copy, the receipt, or a signed inventory."""
    found = opened(request, home_id, convention_id)
    theirs = {
        found.receipt_id,
        *found.editions.values_list("signatures__upload", flat=True),
        *found.inspections.values_list("upload", flat=True),
    }
    upload = get_object_or_404(Upload.objects.kept(), public_id=upload_id, pk__in=theirs - {None})
    return as_download(upload, inline=True)


# --- inside -----------------------------------------------------------------------------------------------


def _ask_number(request: HttpRequest, home: RestHome, form: NissForm) -> HttpResponse:
    context = {"home": home, "here": "conventions", "form": form}
    return render(request, "residences/conventions/new.html", context)


def _ask_details(
    request: HttpRequest, home: RestHome, niss: str, data: Any, known: Resident | None
) -> HttpResponse:
    """The second page; a POST that carries its answers begins the draft."""
    member = residents.known_member(niss) if known is None else None
    if person := known or member:
        _note_looked_up(request, person)
    is_sent = "details" in data
    initial = {"niss": niss, "language": home.language, **(residents.member_values(member) if member else {})}
    form: KnownForm | EnterForm
    if known is not None:
        form = KnownForm(data if is_sent else None, initial=initial)
    else:
        form = EnterForm(data if is_sent else None, is_member=member is not None, initial=initial)
    made: list[Convention] = []

    def begin(cleaned: dict[str, Any]) -> None:
        made.append(_begun(request, home, cleaned))

    if is_sent and request.method == "POST" and accepted(form, begin):
        messages.success(request, _("The draft is begun. Every step is saved."))
        return redirect("residences:step_resident", home.public_id, made[0].public_id)
    context = {
        "home": home,
        "here": "conventions",
        "form": form,
        "known": known,
        "member": member,
        "runs": _running(home, known),
    }
    return render(request, "residences/conventions/new_details.html", context)


def _note_looked_up(request: HttpRequest, person: Any) -> None:
    """Writes down that somebody looked a person up by their number."""
    if isinstance(person, Resident):
        note_file_opened(request, person, NEW)
        return
    note_access(person=person, actor=user_of(request), at=now(), purpose=NEW, path=request.path)


@transaction.atomic
def _begun(request: HttpRequest, home: RestHome, cleaned: dict[str, Any]) -> Convention:
    by: dict[str, Any] = {"actor": user_of(request), "at": now()}
    person = {name: value for name, value in cleaned.items() if name != "niss"}
    resident = residents.enter(niss=cleaned["niss"], person=person, **by)
    return services.create_draft(home=home, resident=resident, **by)


def _running(home: RestHome, known: Resident | None) -> str:
    """The address of a convention of the home that the resident has already; nothing where there is none."""
    if known is None:
        return ""
    theirs = Convention.objects.filter(home=home, resident=known).exclude(signed_on=None)
    found = theirs.filter(ended_on=None).order_by("pk").last()
    return reverse("residences:convention", args=[home.public_id, found.public_id]) if found else ""
