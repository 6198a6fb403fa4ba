"""Pages of room types with their first prices, and of the authorisations that prices rest on."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.responses import as_download
from partenamut.registry.deeds import form_page
from partenamut.registry.history import history_of
from partenamut.registry.lists import way
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from residences.forms.rooms import RoomTypeForm
from residences.forms.tariffs import AuthorisationForm, FirstPriceForm
from residences.models import PriceAuthorisation, RestHome, RoomType
from residences.readings import homes, rooms
from residences.services import rooms as room_services
from residences.services import tariffs as services
from residences.views.loading import directs, home_of
from residences.views.settings import FORM, way_back
from residences.views.settings_lists import AuthorisationList, RoomTypeList


@directs
@require_safe
def room_types(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The room types with the price of today."""
    home = home_of(request, home_id)
    rows = homes.room_types_of(home, localdate()).select_related("home")
    add = way(_("Enter a room type"), "residences:settings_add_room_type", home.public_id)
    return RoomTypeList(rows, empty_action=add).respond(
        request,
        title=_("Room types and first prices"),
        lead=_(
            "The first price is entered here; a later one is a rise, notified to the residents (art. 4 §1)."
        ),
        actions=[add],
        **way_back(home),
    )


@directs
@require_safe
def room_type(request: HttpRequest, home_id: uuid.UUID, type_id: uuid.UUID) -> HttpResponse:
    """A room type with all its prices and what changed."""
    home = home_of(request, home_id)
    kind = _type(home, type_id)
    context = {
        "kind": kind,
        "prices": rooms.prices_of(kind),
        "may_be_corrected": services.may_be_corrected(kind),
        "room_count": kind.rooms.count(),
        "history": rooms.type_history(kind),
        **way_back(home, "settings_room_types", _("Room types and first prices")),
    }
    return render(request, "residences/settings/room_type.html", context)


@directs
@require_http_methods(["GET", "POST"])
def add_room_type(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A new room type."""
    home = home_of(request, home_id)

    def add(cleaned: dict[str, Any]) -> None:
        room_services.add_room_type(home=home, values=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        RoomTypeForm(posted(request), initial={"position": home.room_types.count() + 1}),
        add,
        title=_("Enter a room type"),
        lead=_("Its first price is entered afterwards."),
        submit=_("Enter the room type"),
        done=_("The room type is entered. Enter its first price now."),
        template=FORM,
        **way_back(home, "settings_room_types", _("Room types and first prices")),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_room_type(request: HttpRequest, home_id: uuid.UUID, type_id: uuid.UUID) -> HttpResponse:
    """The words of a room type."""
    home = home_of(request, home_id)
    kind = _type(home, type_id)
    initial = {name: getattr(kind, name) for name in room_services.TYPE_FIELDS}

    def change(cleaned: dict[str, Any]) -> None:
        room_services.change_room_type(
            room_type=kind, changes=cleaned, actor=user_of(request), at=timezone.now()
        )

    return form_page(
        request,
        RoomTypeForm(posted(request), initial=initial),
        change,
        title=_("Change the room type"),
        lead=_("Texts that were offered or signed keep the words they were made with."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        **_to_type(home, kind),
    )


@directs
@require_http_methods(["GET", "POST"])
def first_price(request: HttpRequest, home_id: uuid.UUID, type_id: uuid.UUID) -> HttpResponse:
    """The first price of a room type, or the same put right while nothing rests on it."""
    home = home_of(request, home_id)
    kind = _type(home, type_id)
    price = kind.prices.order_by("first_day").first()
    initial: dict[str, Any] = {"first_day": localdate(), "authorisation": _latest(home)}
    if price is not None:
        initial = {name: getattr(price, name) for name in services.PRICE_FIELDS}

    def keep(cleaned: dict[str, Any]) -> None:
        by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        if price is None:
            services.enter_first_price(room_type=kind, values=cleaned, **by)
        else:
            services.correct_first_price(price=price, changes=cleaned, **by)

    missing = (
        "" if home.authorisations.exists() else _("Enter the price authorisation first: prices rest on one.")
    )
    return form_page(
        request,
        FirstPriceForm(posted(request), home=home, initial=initial),
        keep,
        title=_("First price: %(name)s") % {"name": kind.name},
        lead=_(
            "A later price is a rise: it is measured from this index and notified 30 days before (art. 4 §1)."
        ),
        warning=missing,
        submit=_("Keep the price"),
        done=_("The price is kept."),
        template=FORM,
        **_to_type(home, kind),
    )


@directs
@require_http_methods(["GET", "POST"])
def discard_room_type(request: HttpRequest, home_id: uuid.UUID, type_id: uuid.UUID) -> HttpResponse:
    """A room type without rooms or prices taken away."""
    home = home_of(request, home_id)
    kind = _type(home, type_id)

    def discard(_cleaned: dict[str, Any]) -> None:
        room_services.discard_room_type(room_type=kind, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        PortalForm(posted(request)),
        discard,
        title=_("Take the room type “%(name)s” away") % {"name": kind.name},
        lead=_("For one that was entered by mistake. A type with rooms or prices stays."),
        warning=_("The room type is gone for good."),
        submit=_("Take the room type away"),
        done=_("The room type is taken away."),
        template=FORM,
        **way_back(home, "settings_room_types", _("Room types and first prices")),
    )


# --- price authorisations -----------------------------------------------------------------------------------


@directs
@require_safe
def authorisations(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The decisions that authorise the prices."""
    home = home_of(request, home_id)
    add = way(_("Enter a price authorisation"), "residences:settings_add_authorisation", home.public_id)
    return AuthorisationList(home.authorisations.select_related("home"), empty_action=add).respond(
        request, title=_("Price authorisations"), actions=[add], **way_back(home)
    )


@directs
@require_http_methods(["GET", "POST"])
def add_authorisation(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A new decision, with its document."""
    home = home_of(request, home_id)

    def add(cleaned: dict[str, Any]) -> None:
        file = cleaned.pop("document", None)
        by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        services.add_authorisation(home=home, values=cleaned, file=file, **by)

    return form_page(
        request,
        AuthorisationForm(posted(request), request.FILES or None, initial={"authority": "AViQ"}),
        add,
        title=_("Enter a price authorisation"),
        submit=_("Enter the authorisation"),
        done=_("The price authorisation is entered."),
        template=FORM,
        **way_back(home, "settings_authorisations", _("Price authorisations")),
    )


@directs
@require_http_methods(["GET", "POST"])
def authorisation(request: HttpRequest, home_id: uuid.UUID, authorisation_id: uuid.UUID) -> HttpResponse:
    """A decision put right, or its document added."""
    home = home_of(request, home_id)
    row = _authorisation(home, authorisation_id)
    initial = {name: getattr(row, name) for name in services.AUTHORISATION_FIELDS}

    def change(cleaned: dict[str, Any]) -> None:
        file = cleaned.pop("document", None)
        by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        services.change_authorisation(authorisation=row, changes=cleaned, file=file, **by)

    return form_page(
        request,
        AuthorisationForm(posted(request), request.FILES or None, initial=initial),
        change,
        title=_("Price authorisation"),
        lead=_("A file that you add takes the place of the one before."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template="residences/settings/authorisation.html",
        row=row,
        history=history_of(row),
        **way_back(home, "settings_authorisations", _("Price authorisations")),
    )


@directs
@require_safe
def authorisation_document(
    request: HttpRequest, home_id: uuid.UUID, authorisation_id: uuid.UUID
) -> HttpResponse:
    """The file of a decision."""
    row = _authorisation(home_of(request, home_id), authorisation_id)
    if row.upload is None:
        raise Http404
    return as_download(row.upload)


# --- inside -------------------------------------------------------------------------------------------------


def _type(home: RestHome, type_id: uuid.UUID) -> RoomType:
    found: RoomType = get_object_or_404(home.room_types, public_id=type_id)
    return found


def _authorisation(home: RestHome, authorisation_id: uuid.UUID) -> PriceAuthorisation:
    rows = home.authorisations.select_related("upload")
    found: PriceAuthorisation = get_object_or_404(rows, public_id=authorisation_id)
    return found


def _latest(home: RestHome) -> PriceAuthorisation | None:
    found: PriceAuthorisation | None = home.authorisations.order_by("-decided_on", "-pk").first()
    return found


def _to_type(home: RestHome, kind: RoomType) -> dict[str, Any]:
    back = reverse("residences:settings_room_type", args=[home.public_id, kind.public_id])
    return way_back(home) | {"back": back, "back_label": kind.name}
