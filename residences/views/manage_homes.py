"""Pages of the mutuality's admin: rest homes opened on residences of the registry, and what only it keeps of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.lists import way
from partenamut.web.resume import posted
from residences.forms.homes import KeptForm, OpenHomeForm, values_of
from residences.models import RestHome
from residences.readings import homes as reading
from residences.services import homes as services
from residences.views.loading import manages
from residences.views.settings import FORM
from residences.views.settings_lists import ManagedHomeList


@manages
@require_safe
def managed_homes(request: HttpRequest) -> HttpResponseBase:
    """All rest homes."""
    rows = reading.visible_homes(user_of(request), localdate())
    add = way(_("Open a rest home"), "residences:open_home")
    rebates = way(_("Rebates for insured days"), "residences:rebates")
    rates = way(_("Legal rates of interest"), "residences:interest_rates")
    return ManagedHomeList(rows, empty_action=add).respond(
        request, title=_("Rest homes"), actions=[add, rebates, rates]
    )


@manages
@require_safe
def managed_home(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A home with what the mutuality keeps of it, its directors and what changed."""
    managed, today = _managed(request, home_id), localdate()
    context = {
        "managed": managed,
        "cards": reading.data_of(managed),
        "parts": reading.parts_of(managed, today),
        "directors": reading.directors_of(managed.residence),
        "has_director": reading.directors_of(managed.residence).on(today).exists(),
        "history": reading.history(managed),
    }
    return render(request, "residences/settings/managed.html", context)


@manages
@require_http_methods(["GET", "POST"])
def open_home(request: HttpRequest) -> HttpResponse:
    """A residence of the registry opened as a rest home."""
    form = OpenHomeForm(posted(request), initial={"language": "fr", "allowed": ["rest_home"]})
    made: list[RestHome] = []

    def create(cleaned: dict[str, Any]) -> None:
        residence = cleaned.pop("residence")
        by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        made.append(services.open_home(residence=residence, values=cleaned, **by))

    if request.method == "POST" and accepted(form, create):
        said = _("%(name)s is open. Its director enters rooms, prices and lists now.")
        messages.success(request, said % {"name": made[0]})
        return redirect("residences:managed_home", made[0].public_id)
    context = {
        "form": form,
        "title": _("Open a rest home"),
        "lead": _("Rooms, prices, supplements and the account are entered by its director afterwards."),
        "submit": _("Open the rest home"),
        "back": reverse("residences:managed_homes"),
        "back_label": _("Rest homes"),
    }
    return render(request, FORM, context)


@manages
@require_http_methods(["GET", "POST"])
def edit_managed_home(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """Operator and operating title."""
    managed = _managed(request, home_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_home(home=managed, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        KeptForm(posted(request), initial=values_of(managed, KeptForm.base_fields)),
        edit,
        title=_("Change the operating title"),
        lead=str(managed),
        warning=_("Conventions offered from now on bear the change; those that are signed keep their text."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        back=reverse("residences:managed_home", args=[managed.public_id]),
        back_label=str(managed),
        template=FORM,
    )


def _managed(request: HttpRequest, home_id: uuid.UUID) -> RestHome:
    rows = RestHome.objects.visible_to(user_of(request), localdate()).select_related("residence")
    found: RestHome = get_object_or_404(rows, public_id=home_id)
    return found
