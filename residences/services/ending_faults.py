"""What stands against recording a notice, a death or a departure: sentences by field, with their article."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from msgspec import structs

from residences.messages import day
from residences.models import Convention, StayKind, Termination
from residences.rules import Notice, NoticeDecision, NoticeOutcome, judge
from residences.services.notices import active, kept, latest
from residences.workflow import RUNNING, ConventionStatus

#: How far ahead a manager's notice may be dated: the day on which the letter is posted.
DAYS_TO_POST = 7
#: How far ahead a day may lie that a letter names or a departure is announced for.
YEAR = timedelta(days=366)


def refuse_event(row: Termination, *, today: date, as_void: bool) -> None:
    """ValidationError, by field, for what cannot be recorded on a convention."""
    convention = row.convention
    _refuse_state(convention)
    errors = {**_wrong_days(row, today), **_wrong_departure(row, today)}
    if row.given_by == "manager" and not row.reasons and not as_void:
        errors["reasons"] = _(
            "The manager's notice gives its reasons, or it counts as not given (art. 10): write them."
        )
    if errors:
        raise ValidationError(errors)
    for other in active(convention):
        _refuse_second(row, other)


def refuse_departure(
    convention: Convention,
    rows: list[Termination],
    left_on: date | None,
    room_cleared_on: date | None,
    *,
    today: date,
) -> Termination:
    """The row that a departure or a clearing completes; ValidationError where there is none, or the day cannot be."""
    _refuse_state(convention)
    target = departure_target(rows)
    if target is None:
        raise ValidationError(
            _(
                "Record the notice first. Who left without any notice: record it as given by word of mouth, with the "
                "day on which they left."
            )
        )
    name = "left_on" if target.cause == "none" else "room_cleared_on"
    if (left_on if target.cause == "none" else room_cleared_on) is None:
        raise ValidationError({name: _("Enter the day.")})
    target.left_on, target.room_cleared_on = (
        (left_on, None) if target.cause == "none" else (target.left_on, room_cleared_on)
    )
    errors = _wrong_departure(target, today)
    target.refresh_from_db(fields=["left_on", "room_cleared_on"])
    if errors:
        raise ValidationError(errors)
    return target


def departure_target(rows: list[Termination]) -> Termination | None:
    """The row that a departure completes: a death or medical departure, else the resident's, else the manager's."""
    departures = [row for row in rows if row.cause != "none"]
    own = [row for row in rows if row.given_by == "resident"]
    managers = [row for row in rows if latest(row).outcome == NoticeOutcome.VALID]
    found = departures or own or managers
    return found[-1] if found else None


def if_it_were_valid(facts: Notice) -> NoticeDecision:
    """The same notice in writing and with its reasons."""
    channel = "registered" if facts.channel == "oral" else facts.channel
    return judge(structs.replace(facts, channel=channel, reason_given=True))


# --- inside -----------------------------------------------------------------------------------------------


def _refuse_state(convention: Convention) -> None:
    if convention.status == ConventionStatus.ENDED:
        raise ValidationError(
            _("The convention ended on %(day)s: nothing can be recorded on it any more.")
            % {"day": day(convention.ended_on) if convention.ended_on else ""}
        )
    if convention.status not in RUNNING:
        raise ValidationError(_("Only a convention that both sides signed can be ended (art. 10)."))


def _wrong_days(row: Termination, today: date) -> dict[str, str]:
    convention = row.convention
    signed, until = convention.signed_on, convention.until
    latest_day = today + timedelta(days=DAYS_TO_POST if row.given_by == "manager" else 0)
    if row.sent_on > latest_day:
        if row.given_by == "manager":
            return {
                "sent_on": _("Record the notice when you send it: at most %(days)d days ahead.")
                % {"days": DAYS_TO_POST}
            }
        return {"sent_on": _("This day lies in the future: record what has happened.")}
    if signed is not None and row.sent_on < signed:
        return {
            "sent_on": _("The convention was signed on %(day)s: nothing of before can end it (art. 10).")
            % {"day": day(signed)}
        }
    last = until if convention.kind == StayKind.SHORT else None
    if last is not None and row.sent_on > last:
        return {"sent_on": _("The stay ended on %(day)s (art. 2).") % {"day": day(last)}}
    if convention.ended_on is not None and row.sent_on > convention.ended_on:
        return {
            "sent_on": _("The convention ends on %(day)s already: what came after changes nothing.")
            % {"day": day(convention.ended_on)}
        }
    return {}


def _wrong_departure(row: Termination, today: date) -> dict[str, str]:
    convention = row.convention
    errors = {}
    if row.starts_on is not None and row.starts_on > row.sent_on + YEAR:
        errors["starts_on"] = _("This day lies more than a year ahead: correct it.")
    if row.left_on is not None and convention.entry is not None and row.left_on < convention.entry:
        errors["left_on"] = _("The resident leaves before the day of entry, %(day)s (art. 2).") % {
            "day": day(convention.entry)
        }
    elif row.left_on is not None and row.left_on > today + YEAR:
        errors["left_on"] = _("This day lies more than a year ahead: correct it.")
    if row.room_cleared_on is not None:
        if row.room_cleared_on < row.sent_on:
            errors["room_cleared_on"] = _(
                "The room is cleared before the death or the departure, on %(day)s (art. 10)."
            ) % {"day": day(row.sent_on)}
        elif row.room_cleared_on > today:
            errors["room_cleared_on"] = _("This day lies in the future: record what has happened.")
    return errors


def _refuse_second(row: Termination, other: Termination) -> None:
    """One notice of each side at a time; after a death or a medical departure nothing else ends the convention."""
    if other.cause != "none":
        raise ValidationError(
            _("%(what)s is recorded on %(day)s: the price is due until the room is cleared (art. 10).")
            % {"what": other.get_cause_display(), "day": day(other.sent_on)}
        )
    if row.cause != "none" or row.given_by != other.given_by:
        return
    ruling = kept(latest(other))
    if ruling.outcome is not NoticeOutcome.VOID:
        last = ruling.due_until
        raise ValidationError(
            _(
                "A notice of this side is recorded already, sent on %(day)s, until %(last)s: take it back first."
            )
            % {"day": day(other.sent_on), "last": day(last) if last else "…"}
        )
    if other.left_on is not None:
        raise ValidationError(
            _("It is recorded that the resident left on %(day)s without notice: take that back first.")
            % {"day": day(other.left_on)}
        )
    if (other.sent_on, other.channel, other.reasons) == (row.sent_on, row.channel, row.reasons):
        raise ValidationError(_("This notice is recorded already."))
