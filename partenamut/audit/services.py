"""The only writers of the audit tables."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from django.db.models import Model

from partenamut.accounts.models import User
from partenamut.bulk import copy

from .models import Access, Entry


class Identified(Protocol):
    """A record with the random id that addresses and the audit use."""

    public_id: uuid.UUID


def record(
    *,
    action: str,
    subject: Model,
    actor: User | None,
    at: datetime,
    changes: Mapping[str, object] | None = None,
    note: str = "",
) -> Entry:
    """The entry of what was done to a record; `changes` holds field -> [before, after]; None is the system."""
    return Entry.objects.create(
        at=at,
        actor=actor,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.public_id,  # type: ignore[attr-defined]
        changes={name: _plain(value) for name, value in (changes or {}).items()},
        note=note,
    )


def record_many(
    *, action: str, subjects: Sequence[Model], actor: User | None, at: datetime, notes: Sequence[str]
) -> None:
    """As `record` for many records, each with its note."""
    by = actor.pk if actor else None
    copy(
        Entry,
        ("at", "actor", "action", "subject_type", "subject_id", "changes", "note"),
        (
            (at, by, action, subject._meta.label_lower, subject.public_id, {}, note)  # type: ignore[attr-defined]
            for subject, note in zip(subjects, notes, strict=True)
        ),
    )


def note_access(
    *, person: Identified, actor: User, at: datetime, purpose: str, path: str, allowed: bool = True
) -> Access:
    """The line that says who opened a person's file."""
    return Access.objects.create(
        at=at,
        actor=actor,
        roles=",".join(sorted(actor.roles)),
        person_id=person.public_id,
        purpose=purpose,
        path=path[:300],
        allowed=allowed,
    )


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, date | datetime | Decimal | uuid.UUID):
        return str(value)
    return value
