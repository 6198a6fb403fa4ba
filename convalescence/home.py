"""What this business shows on the home page of visitors, members and advisers, and in the menu."""

from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from convalescence.facts import days_left
from convalescence.models import Benefit, Recognition, Request
from convalescence.readings.offer import offers
from convalescence.workflow import RecognitionStatus, Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.registry.models import Member
from partenamut.web.home import Block, MenuItem

#: States in which the member's side has something to do.
WAITING_FOR_MEMBER = (
    Status.DRAFT,
    Status.INFORMATION_ASKED,
    Status.PENDING_INVOICE,
    Status.GRANTED,
    Status.PARTIALLY_GRANTED,
    Status.STAY_CONFIRMED,
)
_SHOWN = 5

MENU = (
    MenuItem(_("Convalescence"), "convalescence:start", (), 10),
    MenuItem(_("Residences"), "registry:residences", (), 20),
    MenuItem(_("My requests"), "convalescence:requests", (Permission.FILE_REQUESTS,), 5),
    MenuItem(_("Requests to handle"), "convalescence:queue", (Permission.HANDLE_REQUESTS,), 5),
    MenuItem(_("Find a member"), "convalescence:members", (Permission.READ_MEMBERS,), 6),
)


#: Words for what is done beside the steps of the workflow.
ACTIONS = {
    "asked_for_recognition": _("Recognition asked for"),
    "took_back_recognition": _("Recognition withdrawn"),
    "start": _("Draft begun"),
    "discard": _("Draft thrown away"),
    "assign": _("Assigned"),
    "residence": _("Rest home named"),
    "ask_recognition": _("Recognition asked for"),
    "export_queue": _("List exported"),
    "export": _("List exported"),
    "download": _("File downloaded"),
}


def visitor_block(user: User | None, on: date) -> Block | None:
    """The benefits and the check, for who is not logged in."""
    return Block("convalescence/home/visitor.html", {"offers": offers(on)}, 10) if user is None else None


def member_block(user: User | None, on: date) -> Block | None:
    """What I can get, what I asked, what waits for me, and the days left this year."""
    if user is None or not user.may(Permission.FILE_REQUESTS):
        return None
    requests = Request.objects.visible_to(user, on).select_related("member", "residence")
    own = Member.objects.filter(user=user).first()
    context: dict[str, object] = {
        "waiting": requests.filter(status__in=WAITING_FOR_MEMBER).order_by("-pk")[:_SHOWN],
        "recent": requests.sent().order_by("-pk")[:_SHOWN],
        "own": own,
        "left": days_left(own, on.year) if own else [],
        "year": on.year,
        "invitations": _invitations(own),
        "offers": offers(on),
    }
    return Block("convalescence/home/member.html", context, 10)


def desk_block(user: User | None, _on: date) -> Block | None:
    """How much waits on the desk."""
    if user is None or not user.may(Permission.HANDLE_REQUESTS):
        return None
    counts = Request.objects.aggregate(
        to_decide=Count("pk", filter=Q(status=Status.SUBMITTED)),
        mine=Count("pk", filter=Q(status=Status.SUBMITTED, assignee=user)),
        second_reading=Count("pk", filter=Q(status=Status.SECOND_READING)),
        invoices=Count("pk", filter=Q(status=Status.INVOICE_RECEIVED)),
        appeals=Count("pk", filter=Q(status=Status.APPEALED)),
    )
    counts["recognitions"] = Recognition.objects.filter(status=RecognitionStatus.SUBMITTED).count()
    reads_again = user.may(Permission.CONFIRM_DEPARTURES)
    return Block("convalescence/home/desk.html", {"counts": counts, "reads_again": reads_again}, 10)


def _invitations(own: Member | None) -> list[Request]:
    """Stays that the member is invited to accompany and has not claimed yet."""
    if own is None:
        return []
    open_stays = (Status.SUBMITTED, Status.GRANTED, Status.PARTIALLY_GRANTED, Status.STAY_CONFIRMED)
    invited = Request.objects.filter(companion=own, benefit=Benefit.CONVALESCENCE, status__in=open_stays)
    return list(invited.exclude(caregiver_claims__member=own).select_related("member", "residence"))
