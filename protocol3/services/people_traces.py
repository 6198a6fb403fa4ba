"""How what is known about a beneficiary is written: checked, saved, and traced without its medical text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, described, locked, saved

M = TypeVar("M", bound=models.Model)

REASON_MISSING = _("Say why the data change: it is kept with the correction.")
#: Texts about a person's health: the history says that they changed, never what they say.
PROTECTED = frozenset({"evidence", "event"})
HIDDEN = "***"


def needs_reason(reason: str) -> None:
    """ValidationError where nothing is said."""
    if not reason.strip():
        raise ValidationError({"reason": REASON_MISSING})


def written(
    row: M, *, action: str, owner: models.Model, about: Sequence[str], actor: User, at: datetime
) -> M:
    """The new row, written, with an entry in the history of its owner; call it inside a transaction."""
    saved(row)
    record(action=action, subject=owner, actor=actor, at=at, changes=hidden(described(row, about)))
    return row


def changed(
    row: M,
    values: Mapping[str, Any],
    *,
    action: str,
    owner: models.Model,
    about: Sequence[str] = (),
    reason: str = "",
    actor: User,
    at: datetime,
) -> M:
    """The row with the values; the entry says what it is about, what changed, and why."""
    row = locked(row)
    context = {name: [str(getattr(row, name)), str(getattr(row, name))] for name in about}
    trace = altered(row, values)
    if trace:
        saved(row)
        changes = hidden({**context, **trace})
        record(action=action, subject=owner, actor=actor, at=at, changes=changes, note=reason)
    return row


def hidden(changes: Mapping[str, Sequence[object]]) -> dict[str, Any]:
    """The changes with medical texts hidden."""
    return {name: [None, HIDDEN] if name in PROTECTED else value for name, value in changes.items()}
