"""A convention ended: the last day due, the bed free, dated rows closed; by hand or when its day has passed."""

import logging
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock
from residences.messages import day
from residences.models import AgreedBecause, Convention, Inspection, InspectionKind, StayKind
from residences.services.endings import fit_beds
from residences.services.notices import NO_END, ONE, End, decide_again, end_of, price_due_until
from residences.workflow import OPEN_AMENDMENTS, RUNNING, ConventionAction, ConventionStatus

log = logging.getLogger(__name__)

#: Dated rows of a convention that end with it. The shares of its debtors go on: the final account comes after.
CLOSED = ("agreed_prices", "kept_prices", "supplements", "interventions", "absences")
NO_ACTOR = None


def end_foreseen(convention: Convention) -> End:
    """How a running convention ends as things stand."""
    return end_of(convention)


def refusal(convention: Convention, end: End, today: date) -> str:
    """Why a convention cannot be ended today; empty where it can."""
    if convention.status not in RUNNING:
        return _("Only a convention that both sides signed can be ended (art. 10).")
    if end is NO_END:
        return _("Nothing ends this convention: record a notice, a death or a departure first (art. 10).")
    if end.waits_for == "room_cleared_on":
        return _("Say first on which day the room was cleared: the price is due until then (art. 10).")
    if end.last_day is not None and end.last_day > today:
        return _("The last day, %(day)s, has not come yet.") % {"day": day(end.last_day)}
    if end.waits_for == "left_on":
        return _("Say first on which day the resident left the room.")
    return ""


@transaction.atomic
def end(*, convention: Convention, actor: User | None, at: datetime) -> Convention:
    """The convention ended on its last day due, its bed free from the day after and its dated rows closed.

    ValidationError where nothing ends it yet, or where somebody is still in the room.
    """
    case = lock(convention)
    today = localdate(at)
    if case.status not in RUNNING:
        raise ValidationError(refusal(case, NO_END, today))
    rulings, _fresh = decide_again(case, actor=actor, at=at)
    found = end_of(case, rulings)
    if refused := refusal(case, found, today):
        raise ValidationError(refused)
    case.ended_on = price_due_until(case, found)
    case.save(update_fields=["ended_on"])
    assert case.ended_on is not None
    assert found.last_day is not None
    _close_rows(case, case.ended_on)
    _free_the_bed(case, found.last_day)
    _discard_amendments(case, at)
    changes = {"ended_on": [None, case.ended_on], "indemnity": [None, found.indemnity]}
    record(action="convention_ended", subject=case, actor=actor, at=at, changes=changes)
    advance(case, ConventionAction.END, actor=actor, at=at)
    return case


def end_due(today: date, *, at: datetime) -> int:
    """How many conventions ended because their last day has passed and the room is free; safe to repeat.

    Short stays end by themselves after their last day; a notice once its resident has left.
    """
    due = Convention.objects.filter(
        Q(kind=StayKind.SHORT, until__lt=today, status__in=RUNNING)
        | Q(status=ConventionStatus.NOTICE_GIVEN, ended_on__lt=today)
        # A notice before the entry: the last day is kept as the day before the entry.
        | Q(status=ConventionStatus.NOTICE_GIVEN, ended_on__lt=F("entry"))
    ).order_by("pk")
    ended = 0
    for convention in due:
        try:
            if refusal(convention, end_of(convention), today - ONE):
                continue
            end(convention=convention, actor=NO_ACTOR, at=at)
        except ValidationError:
            # One that cannot be ended never keeps the others from it: its page says why.
            log.warning("convention %s could not be ended", convention.pk, exc_info=True)
        else:
            ended += 1
    return ended


def exit_inspection(convention: Convention) -> Inspection | None:
    """The inventory of fixtures at the departure; None where it is still to be made (art. 3)."""
    found: Inspection | None = convention.inspections.filter(kind=InspectionKind.EXIT).last()
    return found


# --- inside -----------------------------------------------------------------------------------------------


def _close_rows(case: Convention, last: date) -> None:
    for name in CLOSED:
        rows = getattr(case, name)
        rows.filter(Q(last_day=None) | Q(last_day__gt=last), first_day__lte=last).update(last_day=last)
        later = rows.filter(first_day__gt=last)
        if name == "agreed_prices":
            # The price as signed stays, though its first day never came.
            later = later.exclude(because=AgreedBecause.SIGNATURE)
        later.delete()


def _free_the_bed(case: Convention, last: date) -> None:
    case.occupancies.exclude(reserved_for=None).delete()
    fit_beds(case, last)
    case.occupancies.filter(first_day__gt=last).delete()


def _discard_amendments(case: Convention, at: datetime) -> None:
    for amendment in case.amendments.filter(status__in=OPEN_AMENDMENTS):
        advance(
            amendment,
            ConventionAction.DISCARD,
            actor=None,
            at=at,
            note=_("The convention has ended (art. 10)."),
        )
