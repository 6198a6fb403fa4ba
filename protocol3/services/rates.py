"""Use cases of the amounts of services: entered for days, put right with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, begin, locked, saved
from protocol3.models import Rate

CHANGEABLE = ("amount", "first_day", "last_day", "source")


@transaction.atomic
def add_rates(
    *,
    amounts: Mapping[str, Decimal],
    first_day: date,
    last_day: date | None,
    source: str,
    actor: User | None,
    at: datetime,
) -> list[Rate]:
    """The amounts of services for the same days, all or none; ValidationError by service for those that stand."""
    added: list[Rate] = []
    refused: dict[str, Any] = {}
    for key, amount in amounts.items():
        row = Rate(rate_key=key, amount=amount, first_day=first_day, last_day=last_day, source=source)
        try:
            begin(
                row,
                action="rate_entered",
                owners=[row],
                actor=actor,
                at=at,
                about=["rate_key", "amount", "source"],
            )
            added.append(row)
        except ValidationError as error:
            refused |= _by_service(key, error)
    if refused:
        raise ValidationError(refused)
    return added


@transaction.atomic
def change_rate(*, rate: Rate, changes: Mapping[str, Any], actor: User, at: datetime, note: str = "") -> Rate:
    """The amount put right or ended; notes that were issued keep theirs."""
    if foreign := set(changes) - set(CHANGEABLE):
        raise ValueError(f"an amount keeps its {', '.join(sorted(foreign))}")
    row = locked(rate)
    if trace := altered(row, changes):
        saved(row)
        about = {"rate_key": [row.rate_key] * 2}
        record(action="rate_changed", subject=row, actor=actor, at=at, changes={**about, **trace}, note=note)
    return row


def _by_service(key: str, error: ValidationError) -> dict[str, Any]:
    """What stands against the days or the source is said of them, what stands against the amount of its service."""
    if not hasattr(error, "error_dict"):
        return {key: error.messages}
    whole = {name: errors for name, errors in error.error_dict.items() if name in CHANGEABLE[1:]}
    own = [text for name, errors in error.error_dict.items() if name not in whole for text in errors]
    return {**whole, **({key: own} if own else {})}
