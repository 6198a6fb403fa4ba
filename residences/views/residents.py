"""Residents of a home: found by name or number, their data, the people around them."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.web.resume import posted
from residences.forms.residents import ContactForm, ResidentForm, SearchForm, values_of
from residences.models import Contact, ContactRole, Convention, Resident, RestHome
from residences.readings import residents as reading
from residences.services import residents as services
from residences.views.loading import directs, home_of, note_file_opened

#: Why a file is opened; the resident reads it.
FILE = gettext_noop("File of a resident")
NISS = gettext_noop("National number shown in full")
FORM = "residences/residents/form.html"


@transaction.atomic
def opened(
    request: HttpRequest, home_id: uuid.UUID, resident_id: uuid.UUID, purpose: str = FILE
) -> tuple[RestHome, Resident]:
    """A resident of a home that the user directs, the opening logged; 404 for others."""
    home = home_of(request, home_id)
    rows = reading.residents_of(home).select_related("member")
    resident: Resident = get_object_or_404(rows, public_id=resident_id)
    note_file_opened(request, resident, purpose)
    return home, resident


@directs
@require_http_methods(["GET", "POST"])
def residents(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """The search among the residents of a home; a number is sent, never put into an address."""
    home = home_of(request, home_id)
    typed = posted(request)
    form = SearchForm(typed)
    found = None
    if typed is not None and form.is_valid():
        people = reading.search(home, form.cleaned_data["text"])
        found = reading.found_rows(home, people, localdate())
    context = {"home": home, "form": form, "found": found, "most": reading.MOST_FOUND, "here": "conventions"}
    return render(request, "residences/residents/search.html", context)


@directs
@require_safe
def resident(request: HttpRequest, home_id: uuid.UUID, resident_id: uuid.UUID) -> HttpResponse:
    """The file of a resident."""
    return _page(request, *opened(request, home_id, resident_id))


@directs
@require_POST
def show_niss(request: HttpRequest, home_id: uuid.UUID, resident_id: uuid.UUID) -> HttpResponse:
    """The file with the national number in full; the log says so."""
    return _page(request, *opened(request, home_id, resident_id, NISS), in_full=True)


@directs
@require_http_methods(["GET", "POST"])
def correct_resident(request: HttpRequest, home_id: uuid.UUID, resident_id: uuid.UUID) -> HttpResponse:
    """The data of a resident, to correct; of a member the name and birth date stand in the register."""
    home, person = opened(request, home_id, resident_id)
    form = ResidentForm(
        posted(request),
        is_member=person.member_id is not None,
        initial=values_of(person, ResidentForm),
    )

    def correct(cleaned: dict[str, Any]) -> None:
        services.correct(resident=person, changes=cleaned, actor=user_of(request), at=now())

    lead = ""
    if person.member_id is not None:
        lead = _(
            "A member of the mutuality: name and birth date come from its register, where they are corrected."
        )
    return _form(
        request,
        home,
        person,
        form,
        correct,
        title=_("Correct the data of the resident"),
        lead=lead,
        done=_("The data are corrected."),
    )


@directs
@require_http_methods(["GET", "POST"])
def add_contact(request: HttpRequest, home_id: uuid.UUID, resident_id: uuid.UUID) -> HttpResponse:
    """Somebody beside the resident: representative, guarantor, family or welfare centre."""
    home, person = opened(request, home_id, resident_id)
    asked = request.GET.get("role", "")
    initial = {"role": asked} if asked in ContactRole.values else {}
    form = ContactForm(posted(request), initial=initial)

    def add(cleaned: dict[str, Any]) -> None:
        services.add_contact(resident=person, values=cleaned, actor=user_of(request), at=now())

    return _form(request, home, person, form, add, title=_("Add a contact"), done=_("The contact is added."))


@directs
@require_http_methods(["GET", "POST"])
def change_contact(
    request: HttpRequest, home_id: uuid.UUID, resident_id: uuid.UUID, contact_id: uuid.UUID
) -> HttpResponse:
    """The data of a contact; texts that were offered keep those they were offered with."""
    home, person = opened(request, home_id, resident_id)
    contact = get_object_or_404(person.contacts, public_id=contact_id)
    form = ContactForm(posted(request), initial=values_of(contact, ContactForm))

    def change(cleaned: dict[str, Any]) -> None:
        services.change_contact(contact=contact, changes=cleaned, actor=user_of(request), at=now())

    return _form(
        request,
        home,
        person,
        form,
        change,
        title=_("Change the data of a contact"),
        lead=_("A text that was offered or signed keeps the data it was offered with."),
        done=_("The change is kept."),
        remove_url=reverse(
            "residences:remove_contact", args=[home.public_id, person.public_id, contact.public_id]
        ),
    )


@directs
@require_http_methods(["GET", "POST"])
def remove_contact(
    request: HttpRequest, home_id: uuid.UUID, resident_id: uuid.UUID, contact_id: uuid.UUID
) -> HttpResponse:
    """A contact taken off the file, once confirmed."""
    home, person = opened(request, home_id, resident_id)
    contact: Contact = get_object_or_404(person.contacts, public_id=contact_id)
    back = reverse("residences:resident", args=[home.public_id, person.public_id])
    if request.method == "POST":
        try:
            services.remove_contact(contact=contact, actor=user_of(request), at=now())
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("The contact is removed from the file."))
        return redirect(back)
    context = {"home": home, "here": "conventions", "person": person, "contact": contact, "back": back}
    return render(request, "residences/residents/remove_contact.html", context)


# --- inside -----------------------------------------------------------------------------------------------


def _page(request: HttpRequest, home: RestHome, person: Resident, *, in_full: bool = False) -> HttpResponse:
    context = {**reading.page_of(home, person), "in_full": in_full, "here": "conventions"}
    return render(request, "residences/residents/resident.html", context)


def _form(
    request: HttpRequest, home: RestHome, person: Resident, form: Any, deed: Any, **words: Any
) -> HttpResponse:
    """The page of a form about a resident; then back to the file, or to the convention it was opened from."""
    back, label = _back(request, home, person)
    return form_page(
        request,
        form,
        deed,
        **{
            "submit": _("Keep"),
            "back": back,
            "back_label": label,
            "template": FORM,
            "home": home,
            "here": "conventions",
            "person": person,
            **words,
        },
    )


def _back(request: HttpRequest, home: RestHome, person: Resident) -> tuple[str, str]:
    named = request.GET.get("convention")
    if not named:
        return reverse("residences:resident", args=[home.public_id, person.public_id]), person.full_name
    try:
        wanted = uuid.UUID(named)
    except ValueError:
        raise Http404 from None
    convention = get_object_or_404(Convention, home=home, resident=person, public_id=wanted)
    step = "step_people" if "role" in request.GET else "step_resident"
    url = reverse(f"residences:{step}", args=[home.public_id, convention.public_id])
    return url, _("Convention of %(name)s") % {"name": person.full_name}
