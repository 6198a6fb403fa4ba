"""Use cases of insurers and mutualities."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.models import Insurer, Mutuality
from partenamut.registry.services.rows import altered, begin, change, described, locked, saved

EDITABLE = ("name_fr", "name_nl", "address", "source")


def edit_insurer(
    *, insurer: Insurer, changes: Mapping[str, Any], actor: User | None, at: datetime, note: str = ""
) -> Insurer:
    """The insurer with other names or another address; notes already written keep theirs."""
    return change(insurer, changes, allowed=EDITABLE, action="insurer_edited", actor=actor, at=at, note=note)


@transaction.atomic
def create_insurer(
    *,
    code: str,
    name_fr: str,
    name_nl: str,
    address: str = "",
    source: str = "",
    actor: User | None,
    at: datetime,
) -> Insurer:
    """A new insurer."""
    row = saved(Insurer(code=code, name_fr=name_fr, name_nl=name_nl, address=address, source=source))
    changes = described(row, ["code", *EDITABLE])
    record(action="insurer_created", subject=row, actor=actor, at=at, changes=changes)
    return row


def add_mutuality(
    *,
    code: str,
    name: str,
    insurer: Insurer,
    first_day: date,
    last_day: date | None = None,
    source: str = "",
    actor: User | None,
    at: datetime,
) -> Mutuality:
    """A mutuality of the insurer; ValidationError where its code is not one of that union."""
    if code[:1] != insurer.code[:1]:
        raise ValidationError({"code": _("The first figure of the code is that of the union.")})
    row = Mutuality(
        code=code, name=name, insurer=insurer, first_day=first_day, last_day=last_day, source=source
    )
    return begin(
        row,
        action="mutuality_added",
        owners=[row],
        actor=actor,
        at=at,
        about=["code", "name", "insurer", "source"],
    )


@transaction.atomic
def end_mutuality(
    *,
    mutuality: Mutuality,
    last_day: date | None,
    successor: Mutuality | None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Mutuality:
    """The mutuality with its last day and the one that takes its members over."""
    if successor is not None and successor.pk == mutuality.pk:
        raise ValidationError({"successor": _("A mutuality does not succeed itself.")})
    row = locked(mutuality)
    if trace := altered(row, {"last_day": last_day, "successor": successor}):
        saved(row)
        record(action="mutuality_ended", subject=row, actor=actor, at=at, changes=trace, note=note)
    return row
