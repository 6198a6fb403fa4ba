"""Use cases of what insures a member beside the compulsory insurance: higher reimbursement, hospital insurance, option."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.periods import Days
from partenamut.registry.insurance import TIERS_WITH_OPTION, tier_on
from partenamut.registry.models import (
    HigherReimbursement,
    HospitalInsurance,
    Member,
    SeriousIllnessOption,
)
from partenamut.registry.services.rows import begin, end, locked, rewrite

R = TypeVar("R", HigherReimbursement, HospitalInsurance, SeriousIllnessOption)

DAYS = ("first_day", "last_day")
NO_OPTION = _(
    "The serious-illness option goes with Hospitalia and Hospitalia Plus only: "
    "on each of its days the member must have one of the two."
)
OPTION_STANDS = _(
    "The member has the serious-illness option, which goes with Hospitalia and Hospitalia Plus only: "
    "end the option first."
)


# --- higher reimbursement


def add_higher_reimbursement(
    *,
    member: Member,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> HigherReimbursement:
    """Days with the right to higher reimbursement; ValidationError where they overlap others."""
    row = HigherReimbursement(member=member, first_day=first_day, last_day=last_day)
    return begin(row, action="higher_reimbursement_added", owners=[member], actor=actor, at=at, note=note)


def end_higher_reimbursement(
    *,
    right: HigherReimbursement,
    last_day: date | None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> HigherReimbursement:
    """The right with its last day; None opens it again."""
    return end(
        right,
        last_day=last_day,
        action="higher_reimbursement_ended",
        owners=[right.member],
        actor=actor,
        at=at,
        note=note,
    )


def correct_higher_reimbursement(
    *, right: HigherReimbursement, changes: Mapping[str, Any], reason: str, actor: User | None, at: datetime
) -> HigherReimbursement:
    """The right with the days that it should have had from the start."""
    return _corrected(right, changes, DAYS, "higher_reimbursement_corrected", reason, actor, at)


# --- hospital insurance


@transaction.atomic
def add_insurance(
    *,
    member: Member,
    tier: str,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> HospitalInsurance:
    """A hospital insurance of the member; ValidationError where there is one already on these days."""
    row = HospitalInsurance(member=locked(member), tier=tier, first_day=first_day, last_day=last_day)
    return begin(
        row, action="insurance_added", owners=[member], actor=actor, at=at, about=["tier"], note=note
    )


@transaction.atomic
def end_insurance(
    *,
    insurance: HospitalInsurance,
    last_day: date | None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> HospitalInsurance:
    """The insurance with its last day; ValidationError while the option would run on without it."""
    member = locked(insurance.member)
    row = _ended(insurance, last_day, actor, at, note)
    _check_options(member, "last_day", OPTION_STANDS)
    return row


@transaction.atomic
def correct_insurance(
    *,
    insurance: HospitalInsurance,
    changes: Mapping[str, Any],
    reason: str,
    actor: User | None,
    at: datetime,
) -> HospitalInsurance:
    """The insurance with the tier and days that it should have had; ValidationError where an option loses its ground."""
    member = locked(insurance.member)
    row = _corrected(insurance, changes, ("tier", *DAYS), "insurance_corrected", reason, actor, at)
    _check_options(member, "tier", OPTION_STANDS)
    return row


@transaction.atomic
def change_tier(
    *, member: Member, tier: str, first_day: date, actor: User | None, at: datetime, note: str = ""
) -> HospitalInsurance:
    """The insurance that follows from a day on the one that ends the day before, up to where that one ran."""
    member = locked(member)
    old = tier_on(member, first_day)
    if old is None:
        raise ValidationError(
            {"first_day": _("The member has no hospital insurance on this day: add one instead.")}
        )
    if old.tier == tier:
        raise ValidationError({"tier": _("The member has this insurance already on this day.")})
    if old.first_day == first_day:
        raise ValidationError(
            {"first_day": _("The present insurance begins on this very day: correct it instead.")}
        )
    last_day = old.last_day
    _ended(old, first_day - timedelta(days=1), actor, at, note)
    row = add_insurance(
        member=member, tier=tier, first_day=first_day, last_day=last_day, actor=actor, at=at, note=note
    )
    _check_options(member, "tier", OPTION_STANDS)
    return row


# --- serious-illness option


@transaction.atomic
def add_option(
    *,
    member: Member,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> SeriousIllnessOption:
    """The option; ValidationError for a day without Hospitalia or Hospitalia Plus."""
    row = SeriousIllnessOption(member=locked(member), first_day=first_day, last_day=last_day)
    begin(row, action="option_added", owners=[member], actor=actor, at=at, note=note)
    _check_options(member, "first_day", NO_OPTION)
    return row


@transaction.atomic
def end_option(
    *,
    option: SeriousIllnessOption,
    last_day: date | None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> SeriousIllnessOption:
    """The option with its last day; None opens it again, while the insurance runs on."""
    member = locked(option.member)
    row = end(
        option,
        last_day=last_day,
        action="option_ended",
        owners=[member],
        actor=actor,
        at=at,
        note=note,
    )
    _check_options(member, "last_day", NO_OPTION)
    return row


@transaction.atomic
def correct_option(
    *,
    option: SeriousIllnessOption,
    changes: Mapping[str, Any],
    reason: str,
    actor: User | None,
    at: datetime,
) -> SeriousIllnessOption:
    """The option with the days that it should have had."""
    member = locked(option.member)
    row = _corrected(option, changes, DAYS, "option_corrected", reason, actor, at)
    _check_options(member, "first_day", NO_OPTION)
    return row


# --- inside


def _ended(
    insurance: HospitalInsurance, last_day: date | None, actor: User | None, at: datetime, note: str
) -> HospitalInsurance:
    return end(
        insurance,
        last_day=last_day,
        action="insurance_ended",
        owners=[insurance.member],
        actor=actor,
        at=at,
        about=["tier"],
        note=note,
    )


def _corrected(
    row: R,
    changes: Mapping[str, Any],
    allowed: tuple[str, ...],
    action: str,
    reason: str,
    actor: User | None,
    at: datetime,
) -> R:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the data change: it is kept with the correction.")})
    if foreign := set(changes) - set(allowed):
        raise ValueError(f"{action} does not change {', '.join(sorted(foreign))}")
    about = [name for name in allowed if name not in DAYS]
    return rewrite(
        row, changes, action=action, owners=[row.member], actor=actor, at=at, about=about, note=reason
    )


def _check_options(member: Member, field: str, sentence: Any) -> None:
    """ValidationError beside a field while a day of an option is without an insurance that it goes with."""
    insured = [row.period for row in member.hospital_insurances.filter(tier__in=TIERS_WITH_OPTION)]
    options = [row.period for row in member.serious_illness_options.all()]
    if Days.of(options).outside(insured):
        raise ValidationError({field: sentence})
