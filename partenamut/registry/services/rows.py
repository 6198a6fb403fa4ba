"""How every row of the registry is written: checked, saved, and traced with what it was before."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.masking import MASKS
from partenamut.registry.models import OPEN_END, DatedRow

M = TypeVar("M", bound=models.Model)
D = TypeVar("D", bound=DatedRow)

MEANWHILE = _("Somebody has just changed the same record: look at it again, then repeat your change.")


def locked(row: M) -> M:
    """The row as it stands now, locked until the transaction ends."""
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def saved(row: M) -> M:
    """The row, written; ValidationError with the sentence of what stands against it."""
    if isinstance(row, DatedRow) and row.last_day is not None and row.last_day < row.first_day:
        # Said here: the database cannot even compare a period that runs backwards.
        raise ValidationError({"last_day": OPEN_END})
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError(MEANWHILE) from error
    return row


def altered(row: models.Model, changes: Mapping[str, Any]) -> dict[str, list[object]]:
    """Sets the fields of the row; what really changes, as field -> [before, after], protected numbers masked."""
    trace: dict[str, list[object]] = {}
    for name, value in changes.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            trace[name] = [_shown(name, before), _shown(name, value)]
    return trace


def described(row: models.Model, names: Sequence[str]) -> dict[str, list[object]]:
    """The fields of a new row, as field -> [None, value], protected numbers masked; empty ones left out."""
    values = {name: _shown(name, getattr(row, name)) for name in names}
    return {name: [None, value] for name, value in values.items() if value not in (None, "", [])}


@transaction.atomic
def begin(
    row: D,
    *,
    action: str,
    owners: Sequence[models.Model],
    actor: User | None,
    at: datetime,
    about: Sequence[str] = (),
    note: str = "",
) -> D:
    """The dated row, written, with an entry in the history of each of its owners."""
    saved(row)
    changes = described(row, [*about, "first_day", "last_day"])
    for owner in owners:
        record(action=action, subject=owner, actor=actor, at=at, changes=changes, note=note)
    return row


def end(
    row: D,
    *,
    last_day: date | None,
    action: str,
    owners: Sequence[models.Model],
    actor: User | None,
    at: datetime,
    about: Sequence[str] = (),
    note: str = "",
) -> D:
    """The dated row with its last day (None: open again), with an entry in the history of each of its owners."""
    changes = {"last_day": last_day}
    return rewrite(row, changes, action=action, owners=owners, actor=actor, at=at, about=about, note=note)


@transaction.atomic
def rewrite(
    row: D,
    changes: Mapping[str, Any],
    *,
    action: str,
    owners: Sequence[models.Model],
    actor: User | None,
    at: datetime,
    about: Sequence[str] = (),
    note: str = "",
) -> D:
    """The dated row with the changes, with an entry in the history of each of its owners where anything changed."""
    row = locked(row)
    trace = altered(row, changes)
    if not trace:
        return row
    saved(row)
    context = _unchanged(row, [*about, "first_day"])
    for owner in owners:
        record(action=action, subject=owner, actor=actor, at=at, changes={**context, **trace}, note=note)
    return row


@transaction.atomic
def change(
    row: M,
    changes: Mapping[str, Any],
    *,
    allowed: Sequence[str],
    action: str,
    actor: User | None,
    at: datetime,
    about: Sequence[str] = (),
    note: str = "",
) -> M:
    """The row with the changes, and an entry in its own history where anything changed; ValueError for other fields."""
    if foreign := set(changes) - set(allowed):
        raise ValueError(f"{action} does not change {', '.join(sorted(foreign))}")
    row = locked(row)
    if trace := altered(row, changes):
        saved(row)
        context = _unchanged(row, about)
        record(action=action, subject=row, actor=actor, at=at, changes={**context, **trace}, note=note)
    return row


def _unchanged(row: models.Model, names: Sequence[str]) -> dict[str, list[object]]:
    """What says which row it was, beside what changed of it."""
    return {name: [value, value] for name in names if (value := _shown(name, getattr(row, name)))}


def _shown(name: str, value: Any) -> object:
    if name in MASKS:
        return MASKS[name](value or "")
    if isinstance(value, models.Model):
        return str(value)
    return [str(part) for part in value] if isinstance(value, list) else value
