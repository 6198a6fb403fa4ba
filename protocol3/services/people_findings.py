"""What is found about a beneficiary: BelRAI scores, findings with their evidence, caregivers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import described, locked
from protocol3.models import Assessment, Beneficiary, Caregiver, Finding, FindingKind
from protocol3.services.people import received
from protocol3.services.people_traces import changed, needs_reason, written

SCORES = ("aivq", "avq", "cps", "cps2", "psychic", "behaviour")
ASSESSMENT = ("instrument", "assessed_on", "assessed_by", *SCORES)
FINDING = ("kind", "found_by", "first_day", "last_day", "evidence")
CAREGIVER = ("name", "relation", "phone", "email")
#: BelRAI HC, section J: a fall counts for so many days.
FALL_DAYS = 30
BEHAVIOUR_ITEMS = 5
MOST_BEHAVIOUR = 3


@transaction.atomic
def add_assessment(
    *,
    beneficiary: Beneficiary,
    instrument: str,
    assessed_on: date,
    assessed_by: str,
    aivq: int | None = None,
    avq: int | None = None,
    cps: int | None = None,
    cps2: int | None = None,
    psychic: Decimal | None = None,
    behaviour: list[int] | None = None,
    actor: User,
    at: datetime,
) -> Assessment:
    """The scores of a day; what was not assessed stays empty."""
    row = Assessment(
        beneficiary=beneficiary,
        instrument=instrument,
        assessed_on=assessed_on,
        assessed_by=assessed_by,
        aivq=aivq,
        avq=avq,
        cps=cps,
        cps2=cps2,
        psychic=psychic,
        behaviour=behaviour,
    )
    _possible_scores(row, on=localdate(at))
    return written(row, action="assessed", owner=beneficiary, about=ASSESSMENT, actor=actor, at=at)


@transaction.atomic
def correct_assessment(
    *, assessment: Assessment, changes: Mapping[str, Any], reason: str, actor: User, at: datetime
) -> Assessment:
    """The scores corrected, with the reason; a decision taken on them stays, and says that they changed."""
    needs_reason(reason)
    for name, value in changes.items():
        setattr(assessment, name, value)
    _possible_scores(assessment, on=localdate(at))
    return changed(
        assessment,
        changes,
        action="assessment_corrected",
        owner=assessment.beneficiary,
        about=["assessed_on"],
        reason=reason,
        actor=actor,
        at=at,
    )


@transaction.atomic
def add_finding(
    *,
    beneficiary: Beneficiary,
    kind: str,
    found_by: str,
    evidence: str,
    first_day: date,
    last_day: date | None = None,
    document: "File[Any] | None" = None,
    actor: User,
    at: datetime,
) -> Finding:
    """The finding with its evidence, since a day; a fall counts for 30 days unless another end is given."""
    if kind == FindingKind.FALL and last_day is None:
        last_day = first_day + timedelta(days=FALL_DAYS)
    _since_birth(beneficiary, first_day)
    row = Finding(
        beneficiary=beneficiary,
        kind=kind,
        found_by=found_by,
        evidence=evidence,
        first_day=first_day,
        last_day=last_day,
    )
    if document is not None:
        row.upload = received(document, "document", actor=actor, at=at)
    return written(row, action="finding_added", owner=beneficiary, about=FINDING, actor=actor, at=at)


@transaction.atomic
def correct_finding(
    *,
    finding: Finding,
    changes: Mapping[str, Any],
    reason: str,
    document: "File[Any] | None" = None,
    actor: User,
    at: datetime,
) -> Finding:
    """The finding with other words or days, or ended, with the reason."""
    needs_reason(reason)
    values = dict(changes)
    _since_birth(finding.beneficiary, values.get("first_day", finding.first_day))
    if document is not None:
        values["upload"] = received(document, "document", actor=actor, at=at)
    return changed(
        finding,
        values,
        action="finding_corrected",
        owner=finding.beneficiary,
        about=["kind"],
        reason=reason,
        actor=actor,
        at=at,
    )


@transaction.atomic
def add_caregiver(
    *,
    beneficiary: Beneficiary,
    name: str,
    relation: str,
    phone: str = "",
    email: str = "",
    actor: User,
    at: datetime,
) -> Caregiver:
    """The caregiver, and how to reach them."""
    row = Caregiver(beneficiary=beneficiary, name=name, relation=relation, phone=phone, email=email)
    return written(row, action="caregiver_added", owner=beneficiary, about=CAREGIVER, actor=actor, at=at)


@transaction.atomic
def change_caregiver(
    *, caregiver: Caregiver, changes: Mapping[str, Any], actor: User, at: datetime
) -> Caregiver:
    """The caregiver with other data."""
    return changed(
        caregiver,
        changes,
        action="caregiver_changed",
        owner=caregiver.beneficiary,
        about=["name"],
        actor=actor,
        at=at,
    )


@transaction.atomic
def remove_caregiver(*, caregiver: Caregiver, actor: User, at: datetime) -> None:
    """The caregiver taken off the file; the history says who it was."""
    row = locked(caregiver)
    gone = {name: [value, None] for name, (_before, value) in described(row, CAREGIVER).items()}
    record(action="caregiver_removed", subject=row.beneficiary, actor=actor, at=at, changes=gone)
    row.delete()


# --- inside -----------------------------------------------------------------------------------------------


def _possible_scores(row: Assessment, *, on: date) -> None:
    """ValidationError for an assessment of a day to come, before birth, without a score, or with other items."""
    if row.assessed_on > on:
        raise ValidationError({"assessed_on": _("The day of the assessment lies in the future.")})
    if row.assessed_on < row.beneficiary.birth_date:
        raise ValidationError({"assessed_on": _("The person was not born yet on that day.")})
    if all(getattr(row, name) is None for name in SCORES):
        raise ValidationError(_("Fill in one score at least; leave empty what was not assessed."))
    if row.behaviour is not None and not _are_items(row.behaviour):
        raise ValidationError(
            {"behaviour": _("The behaviour has five items, each with a score from 0 to 3, or none at all.")}
        )


def _are_items(behaviour: list[int]) -> bool:
    return len(behaviour) == BEHAVIOUR_ITEMS and all(0 <= item <= MOST_BEHAVIOUR for item in behaviour)


def _since_birth(beneficiary: Beneficiary, day: date) -> None:
    if day < beneficiary.birth_date:
        raise ValidationError({"first_day": _("The person was not born yet on that day.")})
