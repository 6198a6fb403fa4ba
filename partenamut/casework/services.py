"""The one way a case moves, and the one way a number is given."""

from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.workflow import Step

from .models import Case, NumberSeries

C = TypeVar("C", bound=Case)

#: The permission of steps that nobody takes by hand.
SYSTEM = "system"


class NoteMissing(ValueError):
    """Raised when a step that needs a written reason gets none."""


def lock(case: C) -> C:
    """The case as it stands now, its row locked until the transaction ends."""
    return type(case)._default_manager.select_for_update(of=("self",)).get(pk=case.pk)


def may_take(actor: User, step: Step[Any, Any]) -> bool:
    """Whether one of the rights that a step asks for is the actor's; nobody takes a system step by hand."""
    return any(right != SYSTEM and actor.may(Permission(right)) for right in step.permissions)


@transaction.atomic
def advance(
    case: C, action: str, *, actor: User | None, at: datetime, note: str = "", target: str | None = None
) -> C:
    """The case, locked and moved by one step of its table; TransitionRefused, PermissionDenied or NoteMissing."""
    locked = lock(case)
    step, reached = locked.workflow.step(action, locked.status, target)
    if actor is not None and not may_take(actor, step):
        raise PermissionDenied(action)
    if step.needs_note and not note.strip():
        raise NoteMissing(action)
    before, locked.status = locked.status, reached
    locked.save(update_fields=["status"])
    case.status = reached
    record(
        action=action, subject=locked, actor=actor, at=at, changes={"status": [before, reached]}, note=note
    )
    return locked


def next_number(series: str, year: int) -> str:
    """The next number of a series and year, like CONV-2026-000123; gapless: given back if the transaction fails."""
    return next_numbers(series, year, 1)[0]


def next_numbers(series: str, year: int, count: int) -> list[str]:
    """The next so many numbers of a series and year, in one step; gapless like a single one."""
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that issues what bears it")
    counter, _created = NumberSeries.objects.get_or_create(series=series, year=year)
    counter = NumberSeries.objects.select_for_update().get(pk=counter.pk)
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return [f"{series}-{year}-{number:06d}" for number in range(first, first + count)]
