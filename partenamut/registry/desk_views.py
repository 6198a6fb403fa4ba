"""What every page of a desk does, whatever the business: log who opens which file, turn refusals into sentences."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.timezone import localdate

from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.audit.services import note_access
from partenamut.casework.services import NoteMissing
from partenamut.registry.models import Member
from partenamut.workflow import TransitionRefused

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)


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
                    note(request, person, purpose, allowed=False)
                raise

        return cast(V, guarded)

    return gate


def member_known(public_id: uuid.UUID) -> Member | None:
    """The member of an id."""
    return Member.objects.filter(public_id=public_id).first()


@transaction.atomic
def opened_member(request: HttpRequest, public_id: uuid.UUID, purpose: str) -> Member:
    """The member, the opening of the file logged in the same transaction; 404 for an unknown one."""
    people = Member.objects.visible_to(user_of(request), localdate()).select_related("mutuality__insurer")
    member: Member | None = people.filter(public_id=public_id).first()
    if member is None:
        raise Http404
    note(request, member, purpose)
    return member


def attempt(
    request: HttpRequest,
    form: Form,
    back: HttpResponse,
    done: str,
    deed: Callable[[User, datetime], object],
    *,
    moved: str,
) -> HttpResponse | None:
    """Does a deed: `back` with a message once it is done, or with `moved` once it is impossible; None with errors in the form."""
    try:
        deed(user_of(request), timezone.now())
    except (TransitionRefused, NoteMissing):
        messages.error(request, moved)
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


def say(request: HttpRequest, form: Form) -> None:
    """The errors of a form that has no page of its own, as messages of the next page."""
    for errors in form.errors.values():
        for sentence in errors:
            messages.error(request, str(sentence))


def note(request: HttpRequest, person: Member, purpose: str, *, allowed: bool = True) -> None:
    """Writes that the user opens a person's file, or tried to, into the access log."""
    note_access(
        person=person,
        actor=user_of(request),
        at=timezone.now(),
        purpose=purpose,
        path=request.path,
        allowed=allowed,
    )
