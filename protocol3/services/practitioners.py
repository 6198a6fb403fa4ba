"""Use cases of practitioners: who they are, their log-in, their functions in a project."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import begin, change, described, saved
from protocol3.models import Assignment, Practitioner, Project

PERSON = ("last_name", "first_name", "profession", "inami_number", "visa", "belrai_trained_on")
POST = ("hours_per_week", "first_day", "last_day")


@transaction.atomic
def engage(
    *,
    project: Project,
    person: Mapping[str, Any],
    function: str,
    hours_per_week: Decimal,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
) -> Assignment:
    """A new practitioner with a first function in the project."""
    if foreign := set(person) - set(PERSON):
        raise ValueError(f"a practitioner has no {', '.join(sorted(foreign))}")
    row = saved(Practitioner(**person))
    changes = described(row, PERSON)
    record(action="practitioner_created", subject=row, actor=actor, at=at, changes=changes)
    return assign(
        project=project,
        practitioner=row,
        function=function,
        hours_per_week=hours_per_week,
        first_day=first_day,
        last_day=last_day,
        actor=actor,
        at=at,
    )


def edit_practitioner(
    *, practitioner: Practitioner, changes: Mapping[str, Any], actor: User, at: datetime
) -> Practitioner:
    """The practitioner with other data."""
    return change(practitioner, changes, allowed=PERSON, action="practitioner_edited", actor=actor, at=at)


@transaction.atomic
def link_log_in(
    *, practitioner: Practitioner, project: Project, user: User | None, actor: User, at: datetime
) -> Practitioner:
    """The practitioner with the log-in of somebody who works for the project; without one for None."""
    if user is not None:
        _refuse_log_in(practitioner, project, user, timezone.localdate(at))
    return change(
        practitioner, {"user": user}, allowed=["user"], action="practitioner_linked", actor=actor, at=at
    )


def assign(
    *,
    project: Project,
    practitioner: Practitioner,
    function: str,
    hours_per_week: Decimal,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
) -> Assignment:
    """Days on which the practitioner has a function in the project; ValidationError where they have it already."""
    row = Assignment(
        project=project,
        practitioner=practitioner,
        function=function,
        hours_per_week=hours_per_week,
        first_day=first_day,
        last_day=last_day,
    )
    return begin(
        row,
        action="function_given",
        owners=[row],
        actor=actor,
        at=at,
        about=["project", "practitioner", "function", "hours_per_week"],
    )


def change_assignment(
    *, assignment: Assignment, changes: Mapping[str, Any], actor: User, at: datetime, note: str = ""
) -> Assignment:
    """The function with other hours or days: ended, or put right."""
    return change(
        assignment,
        changes,
        allowed=POST,
        action="function_changed",
        about=["project", "function"],
        actor=actor,
        at=at,
        note=note,
    )


def _refuse_log_in(practitioner: Practitioner, project: Project, user: User, on: date) -> None:
    if not project.users.on(on).filter(user=user).exists():
        raise ValidationError({"user": _("%(name)s does not work for this project.") % {"name": user.name}})
    other = Practitioner.objects.filter(user=user).exclude(pk=practitioner.pk).first()
    if other is not None:
        names = {"name": user.name, "other": other.full_name}
        text = _("The log-in of %(name)s already belongs to %(other)s: choose another one.")
        raise ValidationError({"user": text % names})
