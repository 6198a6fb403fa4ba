"""Constraints over dated rows. Half-open ranges exist only here; rows and pages count both ends."""

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import CheckConstraint, F, Func, Q, Value

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def one_at_a_time(
    name: str, *owners: str, message: "str | StrPromise", condition: Q | None = None
) -> ExclusionConstraint:
    """No two rows of the same owners share a day of [first_day, last_day]; works without btree_gist."""
    same = [
        (Func(F(owner), F(owner), Value("[]"), function="int8range"), RangeOperators.OVERLAPS)
        for owner in owners
    ]
    days = (Func(F("first_day"), F("last_day"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS)
    return ExclusionConstraint(
        name=name, expressions=[*same, days], condition=condition, violation_error_message=message
    )


def not_before(name: str, earlier: str, later: str, *, message: "str | StrPromise") -> CheckConstraint:
    """The later day is open or not before the earlier."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{later}__isnull": True}) | Q(**{f"{later}__gte": F(earlier)}),
        violation_error_message=message,
    )
