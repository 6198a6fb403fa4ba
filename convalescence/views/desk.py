"""What every page of the desk does: log who opens which file, and turn refusals into sentences."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from convalescence.models import Request
from convalescence.workflow import Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.registry import desk_views
from partenamut.registry.desk_views import note
from partenamut.registry.models import Member

#: Why a file is opened; the member reads it.
CASE = gettext_noop("Handling of a request")
SHEET = gettext_noop("Question or request of the member")
NISS = gettext_noop("National number shown in full")
DOCUMENT = gettext_noop("Document of a request")
PAPER = gettext_noop("Request on paper")


def member_of_case(public_id: uuid.UUID) -> Member | None:
    """The member of a request."""
    return Member.objects.filter(requests__public_id=public_id).first()


def requests_seen_by(user: User) -> QuerySet[Request]:
    """The requests that were sent and that a user of the desk may see."""
    rows: QuerySet[Request] = Request.objects.visible_to(user, localdate()).exclude(status=Status.DRAFT)
    return rows


@transaction.atomic
def opened_case(request: HttpRequest, public_id: uuid.UUID, purpose: str = CASE) -> Request:
    """The request with those around it, its opening logged in the same transaction; 404 for an unknown one."""
    rows = requests_seen_by(user_of(request)).select_related(
        "member__mutuality", "residence", "assignee", "companion", "cared_for_request__member", "receipt"
    )
    case = rows.filter(public_id=public_id).first()
    if case is None:
        raise Http404
    note(request, case.member, purpose)
    return case


def attempt(
    request: HttpRequest, form: Form, back: HttpResponse, done: str, deed: Callable[[User, datetime], object]
) -> HttpResponse | None:
    """Does a deed: `back` with a message once it is done or has become impossible; None with errors in the form."""
    moved = _("This is not possible any more: somebody has moved the request meanwhile.")
    return desk_views.attempt(request, form, back, done, deed, moved=moved)


def to_case(case: Request) -> HttpResponse:
    """The way back to the page of a request."""
    return redirect("convalescence:case", case.public_id)
