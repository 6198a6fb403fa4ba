"""The only writers of the audit tables."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from django.db.models import Model

from partenamut.accounts.models import User

from .models import Access, Entry

#: Rows that go to the database in one statement.
WRITTEN_TOGETHER = 1000


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
) -> list[Entry]:
    """As `record` for many records of one kind, each with its note."""
    return Entry.objects.bulk_create(
        [
            Entry(
                at=at,
                actor=actor,
                action=action,
                subject_type=subject._meta.label_lower,
                subject_id=subject.public_id,  # type: ignore[attr-defined]
                note=note,
            )
            for subject, note in zip(subjects, notes, strict=True)
        ],
        batch_size=WRITTEN_TOGETHER,
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
