"""Use cases of the amounts of services: entered for days, put right with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partenamut.accounts.models import User
from partenamut.registry.services.rows import begin, change
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


def change_rate(*, rate: Rate, changes: Mapping[str, Any], actor: User, at: datetime, note: str = "") -> Rate:
    """The amount put right or ended; notes that were issued keep theirs."""
    return change(
        rate,
        changes,
        allowed=CHANGEABLE,
        action="rate_changed",
        about=["rate_key"],
        actor=actor,
        at=at,
        note=note,
    )


def _by_service(key: str, error: ValidationError) -> dict[str, Any]:
    """What stands against the days or the source is said of them, what stands against the amount of its service."""
    if not hasattr(error, "error_dict"):
        return {key: error.messages}
    whole = {name: errors for name, errors in error.error_dict.items() if name in CHANGEABLE[1:]}
    own = [text for name, errors in error.error_dict.items() if name not in whole for text in errors]
    return {**whole, **({key: own} if own else {})}
