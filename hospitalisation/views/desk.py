"""What every page of the desk does: log who opens which file, and turn refusals into sentences."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hospitalisation.models import Claim
from hospitalisation.workflow import Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.audit.services import note_access
from partenamut.casework.services import NoteMissing
from partenamut.registry.models import Member
from partenamut.workflow import TransitionRefused

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)

#: Why a file is opened; the member reads it.
CASE = gettext_noop("Handling of a claim of the hospital insurance")
DOCUMENT = gettext_noop("Document of a claim of the hospital insurance")
COVER = gettext_noop("Question about the hospital insurance")
PAPER = gettext_noop("Claim of the hospital insurance on paper")


def watched(person_of: Callable[[uuid.UUID], Member | None], purpose: str) -> Callable[[V], V]:
    """Has an attempt without the right to a person's file stand in the access log; goes around `requires`."""

    def gate(view: V) -> V:
        @wraps(view)
        def guarded(
            request: HttpRequest, public_id: uuid.UUID, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            try:
                return view(request, public_id, *args, **kwargs)
            except PermissionDenied:
                if (person := person_of(public_id)) is not None:
                    _note(request, person, purpose, allowed=False)
                raise

        return cast(V, guarded)

    return gate


def member_of_case(public_id: uuid.UUID) -> Member | None:
    """The member of a claim."""
    return Member.objects.filter(hospital_claims__public_id=public_id).first()


def member_known(public_id: uuid.UUID) -> Member | None:
    """The member of an id."""
    return Member.objects.filter(public_id=public_id).first()


def claims_seen_by(user: User) -> QuerySet[Claim]:
    """The claims that were announced or sent and that a user of the desk may see."""
    rows: QuerySet[Claim] = Claim.objects.visible_to(user, localdate()).exclude(status=Status.DRAFT)
    return rows


@transaction.atomic
def opened_case(request: HttpRequest, public_id: uuid.UUID, purpose: str = CASE) -> Claim:
    """The claim with those around it, its opening logged in the same transaction; 404 for an unknown one."""
    rows = claims_seen_by(user_of(request)).select_related(
        "member__mutuality", "member__user", "hospital", "assignee", "receipt", "stay__hospital", "deposit"
    )
    case = rows.filter(public_id=public_id).first()
    if case is None:
        raise Http404
    _note(request, case.member, purpose)
    return case


@transaction.atomic
def opened_member(request: HttpRequest, public_id: uuid.UUID, purpose: str = COVER) -> Member:
    """The member, the opening of the file logged in the same transaction; 404 for an unknown one."""
    people = Member.objects.visible_to(user_of(request), localdate()).select_related("mutuality__insurer")
    member: Member | None = people.filter(public_id=public_id).first()
    if member is None:
        raise Http404
    _note(request, member, purpose)
    return member


def attempt(
    request: HttpRequest, form: Form, back: HttpResponse, done: str, deed: Callable[[User, datetime], object]
) -> HttpResponse | None:
    """Does a deed: `back` with a message once it is done or has become impossible; None with errors in the form."""
    try:
        deed(user_of(request), timezone.now())
    except (TransitionRefused, NoteMissing):
        messages.error(request, _("This is not possible any more: somebody has moved the claim meanwhile."))
        return back
    except ValidationError as error:
        into_form(form, error)
        return None
    messages.success(request, done)
    return back


def into_form(form: Form, error: ValidationError) -> None:
    """The sentences of a refusal, each at its field where the form has it, else over the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def to_case(case: Claim) -> HttpResponse:
    """The way back to the page of a claim."""
    return redirect("hospitalisation:case", case.public_id)


def _note(request: HttpRequest, person: Member, purpose: str, *, allowed: bool = True) -> None:
    note_access(
        person=person,
        actor=user_of(request),
        at=timezone.now(),
        purpose=purpose,
        path=request.path,
        allowed=allowed,
    )
