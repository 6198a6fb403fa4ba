"""What the desk of claims shows on the home page of advisers, and its lines in the menu."""

from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hospitalisation.models import Claim
from hospitalisation.readings.queue import NO_CERTIFICATE, OPEN
from hospitalisation.workflow import Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.registry.beside import Beside
from partenamut.registry.models import Member
from partenamut.web.home import Block, MenuItem

MENU = (
    MenuItem(
        _("Hospital claims"),
        "hospitalisation:queue",
        (Permission.HANDLE_REQUESTS,),
        7,
        "/hospital/desk/",
    ),
    MenuItem(_("Hospital claims in figures"), "hospitalisation:dashboard", (Permission.READ_AUDIT,), 48),
)


def desk_block(user: User | None, on: date) -> Block | None:
    """How much waits on the desk, in one query."""
    if user is None or not user.may(Permission.HANDLE_REQUESTS):
        return None
    counts = (
        Claim.objects.visible_to(user, on)
        .filter(status__in=OPEN)
        .aggregate(
            received=Count("pk", filter=Q(status=Status.RECEIVED)),
            examined=Count("pk", filter=Q(status=Status.EXAMINED)),
            mine=Count("pk", filter=Q(assignee=user)),
            second_reading=Count("pk", filter=Q(status=Status.SECOND_READING)),
            to_pay=Count("pk", filter=Q(status=Status.DECIDED)),
            appeals=Count("pk", filter=Q(status=Status.APPEALED)),
            certificates=Count("pk", filter=NO_CERTIFICATE),
        )
    )
    return Block("hospitalisation/home/desk.html", {"counts": counts}, 12)


def beside_member(member: Member, user: User) -> list[Beside]:
    """The ways from the sheet of a member to their hospital cover and to a paper claim."""
    if not user.may(Permission.HANDLE_REQUESTS):
        return []
    return [
        Beside(
            _("Hospital insurance on any day, claims, what is left of the year:"),
            reverse("hospitalisation:cover_on", args=[member.public_id]),
            _("Hospital cover"),
        ),
        Beside(
            _("A claim of the hospital insurance that came by post:"),
            reverse("hospitalisation:paper", args=[member.public_id]),
            _("Key in a paper claim"),
        ),
    ]
