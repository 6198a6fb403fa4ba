"""Where a beneficiary stayed, what else financed their days, and what the convention before did for them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.registry.services.rows import locked
from protocol3.models import Beneficiary, Financing, PriorUnits, Stay
from protocol3.rules import parameters
from protocol3.services.people_traces import changed, needs_reason, written

STAY = ("kind", "place", "arrival", "departure")
FINANCING = ("kind", "first_day", "last_day", "note")
PRIOR = (
    "period_start",
    "initial_module",
    "units",
    "group_units",
    "caregiver_group",
    "care_education",
    "source",
)
#: What a series and the alternative services have at most: the convention before counts within the same limits.
MOST = {
    "units": parameters.SERIES_UNITS[1],
    "group_units": parameters.SERIES_GROUP_UNITS[1],
    "caregiver_group": parameters.ALTERNATIVE_UNITS["caregiver_group"],
    "care_education": parameters.ALTERNATIVE_UNITS["care_education"],
}


@transaction.atomic
def add_stay(
    *,
    beneficiary: Beneficiary,
    kind: str,
    arrival: date,
    departure: date | None = None,
    place: str = "",
    actor: User,
    at: datetime,
) -> Stay:
    """The stay, open until a departure is known; ValidationError where another of its kind overlaps it."""
    locked(beneficiary)
    row = Stay(beneficiary=beneficiary, kind=kind, place=place, arrival=arrival, departure=departure)
    _possible_stay(row)
    return written(row, action="stay_added", owner=beneficiary, about=STAY, actor=actor, at=at)


@transaction.atomic
def change_stay(
    *, stay: Stay, changes: Mapping[str, Any], reason: str = "", actor: User, at: datetime
) -> Stay:
    """The stay ended, or corrected with the reason; the first departure needs none."""
    locked(stay.beneficiary)
    before = {name: getattr(stay, name) for name in changes}
    ends = stay.departure is None and all(
        value == changes[name] for name, value in before.items() if name != "departure"
    )
    for name, value in changes.items():
        setattr(stay, name, value)
    if not ends and before != dict(changes):
        needs_reason(reason)
    _possible_stay(stay)
    return changed(
        stay,
        changes,
        action="stay_ended" if ends else "stay_corrected",
        owner=stay.beneficiary,
        about=["kind", "arrival"],
        reason=reason,
        actor=actor,
        at=at,
    )


@transaction.atomic
def add_financing(
    *,
    beneficiary: Beneficiary,
    kind: str,
    first_day: date,
    last_day: date | None = None,
    note: str = "",
    actor: User,
    at: datetime,
) -> Financing:
    """Days on which something else finances the person (art. 26)."""
    row = Financing(beneficiary=beneficiary, kind=kind, first_day=first_day, last_day=last_day, note=note)
    return written(row, action="financing_added", owner=beneficiary, about=FINANCING, actor=actor, at=at)


@transaction.atomic
def change_financing(
    *, financing: Financing, changes: Mapping[str, Any], reason: str, actor: User, at: datetime
) -> Financing:
    """The days ended or corrected, with the reason."""
    needs_reason(reason)
    return changed(
        financing,
        changes,
        action="financing_corrected",
        owner=financing.beneficiary,
        about=["kind"],
        reason=reason,
        actor=actor,
        at=at,
    )


@transaction.atomic
def record_prior_units(
    *, beneficiary: Beneficiary, values: Mapping[str, Any], reason: str = "", actor: User, at: datetime
) -> PriorUnits:
    """What the convention before did for the person (art. 30); a correction of it needs its reason."""
    locked(beneficiary)
    _within_limits(values)
    row = PriorUnits.objects.filter(beneficiary=beneficiary).first()
    if row is None:
        return written(
            PriorUnits(beneficiary=beneficiary, **values),
            action="prior_units_recorded",
            owner=beneficiary,
            about=PRIOR,
            actor=actor,
            at=at,
        )
    if any(getattr(row, name) != value for name, value in values.items()):
        needs_reason(reason)
    return changed(
        row,
        values,
        action="prior_units_corrected",
        owner=beneficiary,
        reason=reason,
        actor=actor,
        at=at,
    )


# --- inside -----------------------------------------------------------------------------------------------


def _possible_stay(row: Stay) -> None:
    person = row.beneficiary
    if row.departure is not None and row.departure <= row.arrival:
        raise ValidationError({"departure": _("The departure must come after the arrival.")})
    if row.arrival < person.birth_date:
        raise ValidationError({"arrival": _("The person was not born yet on that day.")})
    if person.died_on is not None and row.arrival > person.died_on:
        raise ValidationError({"arrival": _("The person had died by that day.")})
    others = Stay.objects.filter(beneficiary=person, kind=row.kind).exclude(pk=row.pk)
    meets = Q(departure=None) | Q(departure__gt=row.arrival)
    if row.departure is not None:
        meets &= Q(arrival__lt=row.departure)
    other = others.filter(meets).first()
    if other is not None:
        text = _("Another stay of this kind is recorded from %(day)s: change that one, or its departure.")
        raise ValidationError({"arrival": ValidationError(text, params={"day": f"{other.arrival:%d/%m/%Y}"})})


def _within_limits(values: Mapping[str, Any]) -> None:
    text = _("At most %(most)d units exist of these (transition convention, art. 12 and 16bis).")
    wrong = {
        name: ValidationError(text, params={"most": most})
        for name, most in MOST.items()
        if (values.get(name) or 0) > most
    }
    if wrong:
        raise ValidationError(wrong)
