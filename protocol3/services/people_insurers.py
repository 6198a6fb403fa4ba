"""With which insurer a beneficiary is insured, day by day: each day of service is billed to the insurer of that day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.registry.models import Insurer
from partenamut.registry.services.rows import begin, locked
from protocol3.models import Affiliation, Beneficiary
from protocol3.services.people_traces import changed, needs_reason

ABOUT = ("insurer", "registration_number")


@transaction.atomic
def insure(
    *,
    beneficiary: Beneficiary,
    insurer: Insurer,
    registration_number: str,
    first_day: date,
    actor: User,
    at: datetime,
) -> Affiliation:
    """The insurer from a day on; the one before ends the day before, within a month too."""
    locked(beneficiary)
    if first_day < beneficiary.birth_date:
        raise ValidationError({"first_day": _("The person was not born yet on that day.")})
    _end_before(beneficiary, first_day, actor=actor, at=at)
    row = Affiliation(
        beneficiary=beneficiary,
        insurer=insurer,
        registration_number=registration_number.strip(),
        first_day=first_day,
        last_day=_day_before_next(beneficiary, first_day),
    )
    return begin(row, action="insurer_begun", owners=[beneficiary], actor=actor, at=at, about=ABOUT)


@transaction.atomic
def correct_insurer(
    *, affiliation: Affiliation, changes: Mapping[str, Any], reason: str, actor: User, at: datetime
) -> Affiliation:
    """The days, insurer or number of an affiliation, corrected; what was billed already stays billed."""
    needs_reason(reason)
    locked(affiliation.beneficiary)
    return changed(
        affiliation,
        changes,
        action="insurer_corrected",
        owner=affiliation.beneficiary,
        about=ABOUT,
        reason=reason,
        actor=actor,
        at=at,
    )


def _end_before(beneficiary: Beneficiary, first_day: date, *, actor: User, at: datetime) -> None:
    current = Affiliation.objects.on(first_day).filter(beneficiary=beneficiary).first()
    if current is None:
        return
    if current.first_day == first_day:
        raise ValidationError(
            {"first_day": _("An insurer is recorded from that very day: correct that one instead.")}
        )
    changed(
        current,
        {"last_day": first_day - timedelta(days=1)},
        action="insurer_ended",
        owner=beneficiary,
        about=ABOUT,
        actor=actor,
        at=at,
    )


def _day_before_next(beneficiary: Beneficiary, first_day: date) -> date | None:
    """The last day that is free before an insurer recorded for later; None where none is."""
    later = Affiliation.objects.filter(beneficiary=beneficiary, first_day__gt=first_day)
    following = later.order_by("first_day").first()
    return following.first_day - timedelta(days=1) if following else None
