"""Pages of room types, rooms and beds of a home."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.lists import way
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from residences.forms.rooms import BedForm, ClosureForm, NewRoomForm, RemovalForm, ReopenForm, RoomForm
from residences.models import Bed, BedClosure, RestHome, Room
from residences.readings import rooms as reading
from residences.services import rooms as services
from residences.views.loading import directs, home_of
from residences.views.settings import FORM, way_back
from residences.views.settings_lists import RoomList


@directs
@require_safe
def rooms(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The rooms with their beds."""
    home = home_of(request, home_id)
    rows = Room.objects.filter(home=home).select_related("home", "room_type")
    add = way(_("Enter a room"), "residences:settings_add_room", home.public_id)
    types = way(_("Room types"), "residences:settings_room_types", home.public_id)
    return RoomList(rows.prefetch_related("beds__closures"), empty_action=add).respond(
        request, title=_("Rooms and beds"), actions=[add, types], **way_back(home)
    )


@directs
@require_safe
def room(request: HttpRequest, home_id: uuid.UUID, room_id: uuid.UUID) -> HttpResponse:
    """A room with its beds, who has them, and what changed."""
    home = home_of(request, home_id)
    found = _room(home, room_id)
    context = {
        "room": found,
        "beds": reading.beds_of(found, localdate()),
        "history": reading.room_history(found),
        **way_back(home, "settings_rooms", _("Rooms and beds")),
    }
    return render(request, "residences/settings/room.html", context)


@directs
@require_http_methods(["GET", "POST"])
def add_room(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A new room with its beds."""
    home = home_of(request, home_id)

    def add(cleaned: dict[str, Any]) -> None:
        when = {"beds": cleaned.pop("beds"), "first_day": cleaned.pop("first_day")}
        services.add_room(home=home, values=cleaned, **when, actor=user_of(request), at=timezone.now())

    missing = "" if home.room_types.exists() else _("Enter a room type first: each room has one.")
    return form_page(
        request,
        NewRoomForm(posted(request), home=home, initial={"first_day": localdate(), "beds": 1}),
        add,
        title=_("Enter a room"),
        lead=_("Never more beds than the home is authorised for are in service together."),
        warning=missing,
        submit=_("Enter the room"),
        done=_("The room is entered."),
        template=FORM,
        **way_back(home, "settings_rooms", _("Rooms and beds")),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_room(request: HttpRequest, home_id: uuid.UUID, room_id: uuid.UUID) -> HttpResponse:
    """Number, floor and type of a room."""
    home = home_of(request, home_id)
    found = _room(home, room_id)
    initial = {"number": found.number, "floor": found.floor, "room_type": found.room_type_id}

    def change(cleaned: dict[str, Any]) -> None:
        services.change_room(room=found, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        RoomForm(posted(request), home=home, initial=initial),
        change,
        title=_("Change room %(number)s") % {"number": found.number},
        lead=_(
            "Number and type stay while somebody has a bed in the room: their convention names both (art. 3)."
        ),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        **_to_room(home, found),
    )


@directs
@require_http_methods(["GET", "POST"])
def discard_room(request: HttpRequest, home_id: uuid.UUID, room_id: uuid.UUID) -> HttpResponse:
    """A room that was entered by mistake."""
    home = home_of(request, home_id)
    found = _room(home, room_id)

    def discard(_cleaned: dict[str, Any]) -> None:
        services.discard_room(room=found, actor=user_of(request), at=timezone.now())

    page = {**way_back(home, "settings_rooms", _("Rooms and beds"))}
    return form_page(
        request,
        PortalForm(posted(request)),
        discard,
        title=_("Take room %(number)s away") % {"number": found.number},
        lead=_("For a room that was entered by mistake. One that a convention has named stays."),
        warning=_("The room and its beds are gone for good."),
        submit=_("Take the room away"),
        done=_("The room is taken away."),
        template=FORM,
        **page,
    )


# --- beds ---------------------------------------------------------------------------------------------------


@directs
@require_http_methods(["GET", "POST"])
def add_bed(request: HttpRequest, home_id: uuid.UUID, room_id: uuid.UUID) -> HttpResponse:
    """One more bed in a room."""
    home = home_of(request, home_id)
    found = _room(home, room_id)

    def add(cleaned: dict[str, Any]) -> None:
        services.add_bed(room=found, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        BedForm(posted(request), initial={"first_day": localdate()}),
        add,
        title=_("Add a bed to room %(number)s") % {"number": found.number},
        lead=_("Conventions that are signed keep the number of beds they name (art. 3)."),
        submit=_("Add the bed"),
        done=_("The bed is added."),
        template=FORM,
        **_to_room(home, found),
    )


@directs
@require_http_methods(["GET", "POST"])
def close_bed(request: HttpRequest, home_id: uuid.UUID, bed_id: uuid.UUID) -> HttpResponse:
    """A bed out of service on some days."""
    home = home_of(request, home_id)
    bed = _bed(home, bed_id)

    def close(cleaned: dict[str, Any]) -> None:
        services.close_bed(bed=bed, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ClosureForm(posted(request), initial={"first_day": localdate()}),
        close,
        title=_("Take bed %(bed)s out of service") % {"bed": bed},
        lead=_("On these days the bed is given to nobody, and does not count among the beds in service."),
        submit=_("Take the bed out of service"),
        done=_("The bed is out of service on these days."),
        template=FORM,
        **_to_room(home, bed.room),
    )


@directs
@require_http_methods(["GET", "POST"])
def reopen_bed(request: HttpRequest, home_id: uuid.UUID, closure_id: uuid.UUID) -> HttpResponse:
    """A bed back in service."""
    home = home_of(request, home_id)
    closures = BedClosure.objects.select_related("bed__room__home")
    closure = get_object_or_404(closures, public_id=closure_id, bed__room__home=home)

    def reopen(cleaned: dict[str, Any]) -> None:
        services.reopen_bed(closure=closure, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ReopenForm(posted(request), initial={"first_day": max(localdate(), closure.first_day)}),
        reopen,
        title=_("Put bed %(bed)s back into service") % {"bed": closure.bed},
        lead=closure.because,
        submit=_("Put the bed back into service"),
        done=_("The bed is back in service from that day on."),
        template=FORM,
        **_to_room(home, closure.bed.room),
    )


@directs
@require_http_methods(["GET", "POST"])
def remove_bed(request: HttpRequest, home_id: uuid.UUID, bed_id: uuid.UUID) -> HttpResponse:
    """A bed taken out of its room for good."""
    home = home_of(request, home_id)
    bed = _bed(home, bed_id)

    def remove(cleaned: dict[str, Any]) -> None:
        services.remove_bed(bed=bed, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        RemovalForm(posted(request), initial={"last_day": bed.last_day}),
        remove,
        title=_("Take bed %(bed)s out for good") % {"bed": bed},
        lead=_("For works or the like, take it out of service for some days instead."),
        warning=_("From the day after, the room has one bed less, and conventions say so (art. 3)."),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        template=FORM,
        **_to_room(home, bed.room),
    )


@directs
@require_http_methods(["GET", "POST"])
def discard_bed(request: HttpRequest, home_id: uuid.UUID, bed_id: uuid.UUID) -> HttpResponse:
    """A bed that was entered by mistake."""
    home = home_of(request, home_id)
    bed = _bed(home, bed_id)

    def discard(_cleaned: dict[str, Any]) -> None:
        services.discard_bed(bed=bed, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        PortalForm(posted(request)),
        discard,
        title=_("Take bed %(bed)s away") % {"bed": bed},
        lead=_("For a bed that was entered by mistake. One that a convention has named stays."),
        warning=_("The bed is gone for good."),
        submit=_("Take the bed away"),
        done=_("The bed is taken away."),
        template=FORM,
        **_to_room(home, bed.room),
    )


# --- inside -------------------------------------------------------------------------------------------------


def _room(home: RestHome, room_id: uuid.UUID) -> Room:
    rows = Room.objects.filter(home=home).select_related("home", "room_type")
    found: Room = get_object_or_404(rows, public_id=room_id)
    return found


def _bed(home: RestHome, bed_id: uuid.UUID) -> Bed:
    rows = Bed.objects.filter(room__home=home).select_related("room__home")
    found: Bed = get_object_or_404(rows, public_id=bed_id)
    return found


def _to_room(home: RestHome, room: Room) -> dict[str, Any]:
    page = way_back(home)
    back = reverse("residences:settings_room", args=[home.public_id, room.public_id])
    return page | {"back": back, "back_label": _("Room %(number)s") % {"number": room.number}}
