"""Use cases of quality labels: criteria, grant on evidence, renewal, withdrawal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.models import Upload
from partenamut.registry.models import Label, LabelCriterion, LabelEvidence, LabelGrant, Residence
from partenamut.registry.services.rows import altered, begin, described, end, locked, saved


@dataclass(frozen=True)
class Finding:
    """What was seen for one criterion."""

    criterion: LabelCriterion
    seen_on: date
    text: str
    upload: Upload | None = None


def criteria_in_force(label: str, on: date) -> list[LabelCriterion]:
    """What a residence must prove for the label on a day, in a fixed order."""
    return list(LabelCriterion.objects.on(on).filter(label=label).order_by("first_day", "code"))


# --- criteria


def add_criterion(
    *,
    label: str,
    code: str,
    text: str,
    first_day: date,
    last_day: date | None = None,
    source: str = "",
    actor: User | None,
    at: datetime,
) -> LabelCriterion:
    """A criterion that grants from its first day on must prove."""
    row = LabelCriterion(
        label=label, code=code, text=text, first_day=first_day, last_day=last_day, source=source
    )
    saved(row)
    changes = described(row, ["label", "code", "text", "first_day", "last_day", "source"])
    record(action="criterion_added", subject=row, actor=actor, at=at, changes=changes)
    return row


def end_criterion(
    *, criterion: LabelCriterion, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> LabelCriterion:
    """The criterion with its last day; labels granted on it stay."""
    return end(
        criterion,
        last_day=last_day,
        action="criterion_ended",
        owners=[criterion],
        actor=actor,
        at=at,
        note=note,
    )


# --- labels


@transaction.atomic
def grant_label(
    *,
    residence: Residence,
    label: str,
    first_day: date,
    last_day: date | None = None,
    findings: Sequence[Finding],
    source: str = "",
    actor: User | None,
    at: datetime,
    note: str = "",
) -> LabelGrant:
    """The label with its evidence; ValidationError unless each criterion in force has a finding."""
    _check_evidence(label, first_day, findings, timezone.localdate(at))
    grant = LabelGrant(
        residence=residence, label=label, first_day=first_day, last_day=last_day, source=source
    )
    begin(
        grant,
        action="label_granted",
        owners=[residence],
        actor=actor,
        at=at,
        about=["label", "source"],
        note=note,
    )
    _keep(grant, findings)
    return grant


@transaction.atomic
def renew_label(
    *,
    grant: LabelGrant,
    first_day: date,
    last_day: date | None = None,
    findings: Sequence[Finding],
    actor: User | None,
    at: datetime,
    note: str = "",
) -> LabelGrant:
    """A new grant that follows this one; an open one, or one that would overlap, ends the day before."""
    old = locked(grant)
    if old.withdrawn_because:
        raise ValidationError(_("A withdrawn label is not renewed: grant it anew."))
    if first_day <= old.first_day:
        raise ValidationError({"first_day": _("A renewal starts after the label that it renews.")})
    _check_evidence(old.label, first_day, findings, timezone.localdate(at))
    if old.last_day is None or old.last_day >= first_day:
        old.last_day = first_day - timedelta(days=1)
        saved(old)
    renewal = LabelGrant(
        residence=old.residence, label=old.label, first_day=first_day, last_day=last_day, renews=old
    )
    begin(
        renewal,
        action="label_renewed",
        owners=[old.residence],
        actor=actor,
        at=at,
        about=["label"],
        note=note,
    )
    _keep(renewal, findings)
    return renewal


@transaction.atomic
def withdraw_label(
    *, grant: LabelGrant, last_day: date, reason: str, actor: User | None, at: datetime
) -> LabelGrant:
    """The label, held for the last time on `last_day`, with the reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the label is withdrawn.")})
    row = locked(grant)
    if row.withdrawn_because:
        raise ValidationError(_("This label is already withdrawn."))
    if row.last_day is not None and last_day > row.last_day:
        raise ValidationError({"last_day": _("The label ends before that day already.")})
    trace = altered(row, {"last_day": last_day, "withdrawn_because": reason.strip()})
    saved(row)
    changes = {"label": [row.label, row.label], **trace}
    record(action="label_withdrawn", subject=row.residence, actor=actor, at=at, changes=changes, note=reason)
    return row


# --- inside


def _check_evidence(label: str, first_day: date, findings: Sequence[Finding], today: date) -> None:
    criteria = criteria_in_force(label, first_day)
    if not criteria:
        raise ValidationError(
            _("No criterion of the label “%(label)s” is in force on that day: enter the criteria first."),
            params={"label": Label(label).label},
        )
    proved = {finding.criterion.pk for finding in findings if finding.text.strip()}
    missing = [criterion for criterion in criteria if criterion.pk not in proved]
    if missing:
        raise ValidationError(
            [
                ValidationError(
                    _("Say what was found for “%(criterion)s”."), params={"criterion": criterion.text}
                )
                for criterion in missing
            ]
        )
    if any(finding.seen_on > today for finding in findings):
        raise ValidationError(_("Evidence cannot have been seen on a day to come."))


def _keep(grant: LabelGrant, findings: Sequence[Finding]) -> None:
    for finding in findings:
        saved(
            LabelEvidence(
                grant=grant,
                criterion=finding.criterion,
                seen_on=finding.seen_on,
                finding=finding.text.strip(),
                upload=finding.upload,
            )
        )
