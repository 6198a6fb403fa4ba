"""Notices, deaths and departures recorded, completed when somebody has left, and taken back with a reason (art. 10)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock
from partenamut.documents.models import Upload
from partenamut.registry.services.rows import altered, described, saved
from residences.messages import day
from residences.models import Convention, Occupancy, StayKind, Termination
from residences.rules import NoticeOutcome
from residences.services.conventions import bed_error, elsewhere
from residences.services.ending_faults import if_it_were_valid, refuse_departure, refuse_event
from residences.services.ending_letters import order_letter
from residences.services.notices import (
    ONE,
    Ruling,
    active,
    decide_again,
    end_of,
    kept,
    latest,
    price_due_until,
    ruled,
)
from residences.workflow import ConventionAction, ConventionStatus

#: What the trail says of a new row.
TOLD = (
    "cause",
    "given_by",
    "sent_on",
    "channel",
    "reasons",
    "breach",
    "starts_on",
    "left_on",
    "room_cleared_on",
)


@dataclass(frozen=True)
class Event:
    """What is recorded: a notice of either side, a death, or a departure for medical reasons."""

    cause: str
    given_by: str
    sent_on: date
    channel: str = "registered"
    reasons: str = ""
    breach: bool = False
    starts_on: date | None = None
    left_on: date | None = None
    room_cleared_on: date | None = None

    def row_of(self, convention: Convention) -> Termination:
        """The row as it would be; not written. What does not belong to the case is left out."""
        notice = self.cause == "none"
        by_manager = notice and self.given_by == "manager"
        return Termination(
            convention=convention,
            cause=self.cause,
            given_by=self.given_by if notice else "resident",
            sent_on=self.sent_on,
            channel=self.channel if notice else "acknowledged",
            reasons=self.reasons.strip() if by_manager else "",
            breach=self.breach and by_manager,
            starts_on=self.starts_on if notice else None,
            left_on=self.left_on if notice and not by_manager else None,
            room_cleared_on=None if notice else self.room_cleared_on,
        )


def preview(*, convention: Convention, event: Event, today: date, as_void: bool = False) -> Ruling:
    """What the rules would say of an event; ValidationError, by field, where it cannot be recorded."""
    row = event.row_of(convention)
    refuse_event(row, today=today, as_void=as_void)
    ruling = ruled(row)
    _refuse_needless(convention, ruling)
    return ruling


@transaction.atomic
def record_termination(
    *,
    convention: Convention,
    event: Event,
    as_void: bool = False,
    upload: Upload | None = None,
    actor: User,
    at: datetime,
) -> Termination:
    """The event recorded with what the rules say of it and the letter about it; the convention moves where it counts.

    `as_void`: a manager's notice without reasons is recorded as not given; without it, it is refused.
    """
    case = lock(convention)
    ruling = preview(convention=case, event=event, today=localdate(at), as_void=as_void)
    row = ruling.row
    row.upload, row.recorded_by, row.recorded_at = upload, actor, at
    saved(row)
    record(
        action="notice_recorded",
        subject=case,
        actor=actor,
        at=at,
        changes=described(row, TOLD),
        note=ruling.outcome.value,
    )
    _follow(case, actor=actor, at=at)
    if ruling.outcome is not NoticeOutcome.VOID and case.status != ConventionStatus.NOTICE_GIVEN:
        advance(case, ConventionAction.GIVE_NOTICE, actor=actor, at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def record_departure(
    *,
    convention: Convention,
    left_on: date | None = None,
    room_cleared_on: date | None = None,
    actor: User,
    at: datetime,
) -> Convention:
    """The convention with the day its resident left, or the room was cleared after a death or a medical departure."""
    case = lock(convention)
    rows = active(case)
    target = refuse_departure(case, rows, left_on, room_cleared_on, today=localdate(at))
    if target.cause != "none":
        _change(case, target, {"room_cleared_on": room_cleared_on}, actor=actor, at=at)
    elif target.given_by == "manager" and _within_notice(target, left_on):
        _leave_during_notice(case, target, left_on, actor=actor, at=at)
    else:
        _change(case, target, {"left_on": left_on}, actor=actor, at=at)
    _follow(case, actor=actor, at=at)
    return case


@transaction.atomic
def withdraw(*, termination: Termination, because: str, actor: User, at: datetime) -> Termination:
    """A notice or departure taken back with its reason; the convention goes on where nothing else ends it."""
    case = lock(termination.convention)
    row = Termination.objects.select_for_update(of=("self",)).get(pk=termination.pk)
    _refuse_withdrawal(case, row, because)
    row.withdrawn_at, row.withdrawn_because = at, because.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_because"])
    changes = {
        name: [value, value] for name in ("cause", "given_by", "sent_on") if (value := getattr(row, name))
    }
    record(
        action="notice_withdrawn",
        subject=case,
        actor=actor,
        at=at,
        changes=changes,
        note=row.withdrawn_because,
    )
    rulings = _follow(case, actor=actor, at=at)
    counting = any(ruling.outcome is not NoticeOutcome.VOID for ruling in rulings)
    if not counting:
        _refuse_given_away(case)
    if case.status == ConventionStatus.NOTICE_GIVEN and not counting:
        assert case.entry is not None
        begun = case.entry <= localdate(at)
        target = ConventionStatus.IN_FORCE if begun else ConventionStatus.SIGNED
        advance(
            case,
            ConventionAction.WITHDRAW_NOTICE,
            actor=actor,
            at=at,
            note=row.withdrawn_because,
            target=target,
        )
    return row


@transaction.atomic
def add_letter(*, termination: Termination, upload: Upload, actor: User, at: datetime) -> Termination:
    """The notice with the letter that came in, or the one that was sent, as it was scanned."""
    row = Termination.objects.select_for_update(of=("self",)).get(pk=termination.pk)
    row.upload = upload
    row.save(update_fields=["upload"])
    changes = {"upload": [None, upload.original_name]}
    record(action="notice_letter_added", subject=row.convention, actor=actor, at=at, changes=changes)
    return row


def fit_beds(convention: Convention, last: date | None) -> None:
    """The bed kept until a last day, or again without end where it is None; never on days promised to another."""
    natural = convention.until if convention.kind == StayKind.SHORT else None
    rows = list(convention.occupancies.given().select_related("bed").order_by("first_day"))
    for place, row in enumerate(rows):
        own = rows[place + 1].first_day - ONE if place + 1 < len(rows) else natural
        wanted = _earliest(own, last, _promised(row))
        # What begins after the end goes when the convention is ended: until then the notice can be taken back.
        if row.last_day == wanted or (wanted is not None and wanted < row.first_day):
            continue
        row.last_day = wanted
        saved(row)


# --- inside -----------------------------------------------------------------------------------------------


def _earliest(*days: date | None) -> date | None:
    return min((one for one in days if one is not None), default=None)


def _promised(row: Occupancy) -> date | None:
    """The last day before the bed is another resident's."""
    others = Occupancy.objects.filter(bed=row.bed, first_day__gt=row.first_day)
    following = others.exclude(convention=row.convention_id).order_by("first_day").first()
    return following.first_day - ONE if following else None


def _refuse_given_away(case: Convention) -> None:
    """A convention goes on only in its room, and where its resident has no other."""
    assert case.entry is not None
    natural = case.until if case.kind == StayKind.SHORT else None
    own = case.occupancies.given().select_related("bed__room").order_by("first_day").last()
    why = bed_error(case, own.bed, own.first_day, natural) if own else ""
    if why := why or elsewhere(case, case.entry, natural):
        raise ValidationError(_("The convention cannot go on as before. %(why)s") % {"why": why})


def _follow(case: Convention, *, actor: User, at: datetime) -> list[Ruling]:
    """Everything asked again, then what follows: the last day due, the bed, a letter for each answer that is new."""
    rulings, fresh = decide_again(case, actor=actor, at=at)
    end = end_of(case, rulings)
    if trace := altered(case, {"ended_on": price_due_until(case, end) if end.by else None}):
        saved(case)
        record(action="end_foreseen", subject=case, actor=actor, at=at, changes=trace)
    fit_beds(case, end.last_day)
    for ruling in fresh:
        order_letter(ruling, end, actor=actor, at=at)
    return rulings


def _change(
    case: Convention, row: Termination, changes: dict[str, Any], *, actor: User, at: datetime
) -> None:
    if trace := altered(row, changes):
        saved(row)
        record(action="departure_recorded", subject=case, actor=actor, at=at, changes=trace)


def _within_notice(row: Termination, left_on: date | None) -> bool:
    """Whether somebody leaves during a notice of the manager."""
    ends_on = kept(latest(row)).decision.ends_on
    return left_on is not None and ends_on is not None and row.sent_on <= left_on <= ends_on


def _leave_during_notice(
    case: Convention, notice: Termination, left_on: date | None, *, actor: User, at: datetime
) -> None:
    """A departure of its own for a resident who leaves during the manager's notice: no notice is owed (art. 10)."""
    assert left_on is not None
    _change(case, notice, {"left_on": None}, actor=actor, at=at)
    row = Termination(
        convention=case,
        cause="none",
        given_by="resident",
        sent_on=left_on,
        channel="oral",
        left_on=left_on,
        recorded_by=actor,
        recorded_at=at,
    )
    saved(row)
    changes = described(row, ("given_by", "left_on"))
    record(action="departure_recorded", subject=case, actor=actor, at=at, changes=changes)


def _refuse_needless(convention: Convention, ruling: Ruling) -> None:
    """A short stay ends by itself: a notice that would end later changes nothing."""
    until = convention.until
    if convention.kind != StayKind.SHORT or until is None or ruling.is_departure:
        return
    ends_on = if_it_were_valid(ruling.facts).ends_on
    if ends_on is not None and ends_on >= until:
        raise ValidationError(
            {
                "sent_on": _(
                    "The short stay ends by itself on %(until)s (art. 2); a notice of that day would end on %(ends)s: "
                    "no notice is needed (art. 10)."
                )
                % {"until": day(until), "ends": day(ends_on)}
            }
        )


def _refuse_withdrawal(case: Convention, row: Termination, because: str) -> None:
    if row.withdrawn_at is not None:
        raise ValidationError(_("This was taken back already."))
    if case.status == ConventionStatus.ENDED:
        raise ValidationError(_("The convention has ended: nothing of it is taken back."))
    if not because.strip():
        raise ValidationError({"because": _("Write why it is taken back, and who agreed.")})
    if row.given_by != "manager":
        return
    for other in active(case):
        if (
            other.given_by == "resident"
            and latest(other).outcome == NoticeOutcome.NOT_NEEDED
            and other.cause == "none"
        ):
            raise ValidationError(
                _(
                    "The resident leaves during this notice and therefore owes none (art. 10): take that departure "
                    "back first."
                )
            )
