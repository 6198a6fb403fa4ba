"""The days of an account: absences, days on which an insurer intervenes, and who pays which part (art. 4 to 6)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, begin, locked, saved
from partenamut.web.formats import day as shown_day
from residences.models import Absence, AbsenceReason, Contact, Convention, DebtorShare, InsurerIntervention
from residences.rules.parameters import HUNDRED
from residences.services.issuing import hold

D = TypeVar("D", Absence, InsurerIntervention)

#: Reasons that need not be announced beforehand (art. 5).
MEDICAL = (AbsenceReason.HOSPITAL, AbsenceReason.MEDICAL)


@transaction.atomic
def add_absence(
    *,
    convention: Convention,
    first_day: date,
    last_day: date | None,
    reason: str,
    announced_on: date | None,
    insurer_pays: bool,
    note: str,
    actor: User,
    at: datetime,
) -> Absence:
    """Days of absence; the whole price stays due (art. 5)."""
    row = _within(convention, first_day)
    absence = Absence(
        convention=row,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        announced_on=announced_on,
        insurer_pays=insurer_pays,
        note=note.strip(),
    )
    _refuse_announcement(absence)
    return begin(
        absence, action="absence_entered", owners=[row], actor=actor, at=at, about=["reason", "announced_on"]
    )


@transaction.atomic
def change_absence(*, absence: Absence, changes: Mapping[str, Any], actor: User, at: datetime) -> Absence:
    """The absence put right; a rebate that was given or refused wrongly is righted on the next invoice."""
    _within(absence.convention, changes.get("first_day", absence.first_day))
    return _changed(absence, changes, "absence_changed", actor, at)


@transaction.atomic
def remove_absence(*, absence: Absence, because: str, actor: User, at: datetime) -> None:
    """The absence taken away with its reason; the history keeps what it was."""
    hold([absence.convention_id])
    if not because.strip():
        raise ValidationError({"because": _("Say why the absence is taken away.")})
    row = locked(absence)
    changes = {
        "first_day": [row.first_day, None],
        "last_day": [row.last_day, None],
        "reason": [row.reason, None],
    }
    record(
        action="absence_removed",
        subject=row.convention,
        actor=actor,
        at=at,
        changes=changes,
        note=because.strip(),
    )
    row.delete()


def announced_late(absence: Absence) -> bool:
    """Whether an absence that is not medical was announced on its first day or later, or not at all (art. 5)."""
    if absence.reason in MEDICAL:
        return False
    return absence.announced_on is None or absence.announced_on >= absence.first_day


@transaction.atomic
def add_intervention(
    *,
    convention: Convention,
    first_day: date,
    last_day: date | None,
    category: str,
    daily_amount: Decimal,
    actor: User,
    at: datetime,
) -> InsurerIntervention:
    """Days on which an insurer intervenes, at INAMI's amount a day; an open one before ends the day before."""
    row = _within(convention, first_day)
    if not row.resident.insured:
        raise ValidationError(
            _("%(name)s is not sufficiently insured: no insurer intervenes (art. 4 §6).")
            % {"name": row.resident}
        )
    before = row.interventions.filter(last_day=None, first_day__lt=first_day).first()
    if before is not None:
        before.last_day = first_day - timedelta(days=1)
        saved(before)
    return begin(
        InsurerIntervention(
            convention=row,
            first_day=first_day,
            last_day=last_day,
            category=category,
            daily_amount=daily_amount,
        ),
        action="intervention_entered",
        owners=[row],
        actor=actor,
        at=at,
        about=["category", "daily_amount"],
    )


@transaction.atomic
def change_intervention(
    *, intervention: InsurerIntervention, changes: Mapping[str, Any], actor: User, at: datetime
) -> InsurerIntervention:
    """The days of an insurer put right or ended; rebates are righted on the next invoice."""
    _within(intervention.convention, changes.get("first_day", intervention.first_day))
    return _changed(intervention, changes, "intervention_changed", actor, at)


@transaction.atomic
def set_debtors(
    *,
    convention: Convention,
    first_day: date,
    shares: Sequence[tuple[Contact | None, Decimal]],
    actor: User,
    at: datetime,
) -> list[DebtorShare]:
    """Who pays which part of the invoices from a day on (none: the resident); the parts make 100 % together."""
    row = _within(convention, first_day)
    wanted = [(who, percent) for who, percent in shares if percent]
    _refuse_shares(row, wanted)
    before = {str(share.contact or row.resident): f"{share.percent}" for share in row.debtors.on(first_day)}
    row.debtors.filter(first_day__gte=first_day).delete()
    for share in row.debtors.on(first_day):
        share.last_day = first_day - timedelta(days=1)
        saved(share)
    made = [
        saved(DebtorShare(convention=row, contact=who, percent=percent, first_day=first_day))
        for who, percent in wanted
    ]
    changes = {
        "debtors": [
            [f"{name}: {percent} %" for name, percent in before.items()],
            [f"{who or row.resident}: {percent} %" for who, percent in wanted],
        ],
        "first_day": [None, first_day],
    }
    record(action="debtors_set", subject=row, actor=actor, at=at, changes=changes)
    return made


# --- inside -----------------------------------------------------------------------------------------------


def _within(convention: Convention, first_day: date) -> Convention:
    """The convention, locked; ValidationError where its stay does not have that day."""
    (row,) = hold([convention.pk])
    if row.signed_on is None or row.entry is None:
        raise ValidationError(_("The convention is not signed yet: it has no account."))
    if first_day < row.entry:
        raise ValidationError(
            {"first_day": _("The stay begins on %(day)s: choose that day or a later one.")
             % {"day": shown_day(row.entry)}}
        )  # fmt: skip
    if row.ended_on is not None and first_day > row.ended_on:
        raise ValidationError(
            {"first_day": _("The stay ended on %(day)s: choose that day or an earlier one.")
             % {"day": shown_day(row.ended_on)}}
        )  # fmt: skip
    return row


def _refuse_announcement(absence: Absence) -> None:
    if absence.announced_on is not None and absence.last_day and absence.announced_on > absence.last_day:
        raise ValidationError({"announced_on": _("The announcement lies after the absence: leave it empty.")})


def _changed(row: D, changes: Mapping[str, Any], action: str, actor: User, at: datetime) -> D:
    """A dated row with changes, and an entry in the history of its convention where anything changed."""
    found = locked(row)
    if trace := altered(found, changes):
        if isinstance(found, Absence):
            _refuse_announcement(found)
        saved(found)
        context = {"first_day": [found.first_day, found.first_day]}
        record(action=action, subject=found.convention, actor=actor, at=at, changes={**context, **trace})
    return found


def _refuse_shares(convention: Convention, shares: Sequence[tuple[Contact | None, Decimal]]) -> None:
    people = [who.pk if who else None for who, _percent in shares]
    if len(people) != len(set(people)):
        raise ValidationError(_("Each debtor stands once: put their parts together."))
    if any(who is not None and who.resident_id != convention.resident_id for who, _percent in shares):
        raise ValidationError(_("Choose debtors among the resident and the resident's contacts."))
    if any(percent < 0 for _who, percent in shares):
        raise ValidationError(_("A part is more than 0 percent."))
    together = sum((percent for _who, percent in shares), Decimal(0))
    if together != HUNDRED:
        raise ValidationError(
            _("The parts make %(percent)s %% together: they must make 100 %% to the hundredth.")
            % {"percent": f"{together.normalize():f}"}
        )
