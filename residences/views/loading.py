"""What a page is about, loaded among what the user may see; a stranger's row is a 404."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from residences.models import Convention, Resident, RestHome

#: Pages of those who run a home, of the mutuality's admin, of residents and representatives.
directs = requires(Permission.DIRECT_RESIDENCE)
manages = requires(Permission.MANAGE_RESIDENCES)
lives = requires(Permission.FILE_REQUESTS)


def home_of(request: HttpRequest, home_id: uuid.UUID) -> RestHome:
    """The home of an address, for those who direct it today; 404 for others."""
    homes = RestHome.objects.directed_by(user_of(request), localdate())
    found: RestHome = get_object_or_404(homes.select_related("residence"), public_id=home_id)
    return found


def convention_of(request: HttpRequest, home: RestHome, convention_id: uuid.UUID) -> Convention:
    """The convention of an address in a home that the user directs; 404 for others."""
    rows = Convention.objects.filter(home=home).select_related(
        "home__residence", "resident__member", "bed__room__room_type", "representative"
    )
    found: Convention = get_object_or_404(rows, public_id=convention_id)
    return found


def own_convention(request: HttpRequest, convention_id: uuid.UUID) -> Convention:
    """A convention of oneself or of somebody one acts for, once it was offered; 404 for others."""
    own = Convention.objects.own(user_of(request), localdate())
    found: Convention = get_object_or_404(
        own.select_related("home__residence", "resident__member", "bed__room__room_type", "representative"),
        public_id=convention_id,
    )
    return found


def note_file_opened(request: HttpRequest, resident: Resident, purpose: str) -> None:
    """Writes down who opened whose file, and why; a member sees it on the page of their account."""
    note_access(
        person=resident.member or resident,
        actor=user_of(request),
        at=now(),
        purpose=purpose,
        path=request.path,
    )
