"""How a stay ends, as the resident's side reads it: what was recorded, what runs until when, and why."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.money import ZERO
from partenamut.web import formats
from residences.models import Convention, StayKind, Termination
from residences.readings.notices import Told, told
from residences.rules import parameters
from residences.services.notices import End, active, end_of, kept, latest
from residences.workflow import RUNNING, ConventionStatus


class Recorded(Struct, frozen=True):
    """A notice, a death or a departure with what the rules say of it."""

    row: Termination
    told: Told


def recorded_of(convention: Convention, today: date) -> list[Recorded]:
    """What was recorded and not taken back, with its days and reasons."""
    found = []
    for row in active(convention):
        ruling = kept(latest(row))
        found.append(Recorded(row, told(ruling.facts, ruling.decision, today=today)))
    return found


def ending_of(convention: Convention, today: date) -> dict[str, Any]:
    """The recorded events, the end that follows from them, and how the resident's side ends a stay."""
    running = convention.status in RUNNING
    end = end_of(convention) if running else None
    return {
        "recorded": recorded_of(convention, today) if convention.signed_on else [],
        "summary": _summary(convention, end),
        "waits_for": end.waits_for if end else "",
        "may_end": running and convention.status != ConventionStatus.NOTICE_GIVEN,
        "notice_days": _notice_days(convention),
        "trial_days": parameters.TRIAL_DAYS if convention.kind == StayKind.INDEFINITE else 0,
        "short_notice_days": parameters.SHORT_NOTICE_DAYS,
        "working_days": parameters.WORKING_DAYS_BEFORE,
    }


def _notice_days(convention: Convention) -> int:
    if convention.kind == StayKind.SHORT:
        return parameters.SHORT_NOTICE_DAYS
    return parameters.RESIDENT_NOTICE_DAYS


def _summary(convention: Convention, end: End | None) -> list[dict[str, object]]:
    """Until when the price is due and the room is the resident's, as things stand."""
    due = convention.ended_on or (end.due_until if end else None)
    rows: list[tuple[str, str]] = []
    if due:
        rows.append((_("Price due until"), formats.day(due)))
    if end and end.free_on:
        rows.append((_("Room free on"), formats.day(end.free_on)))
    if end and end.indemnity > ZERO:
        rows.append((_("Indemnity in place of notice"), formats.euros(end.indemnity)))
    return [{"label": label, "value": value} for label, value in rows]
