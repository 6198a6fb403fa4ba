"""Rows -> the frozen facts of a notice, a death or a departure (art. 10)."""

from datetime import date
from decimal import Decimal

from residences.facts import NoPrice, agreed_on
from residences.models import Convention, Termination
from residences.rules import Notice


def notice_facts(row: Termination) -> Notice:
    """A notice, a death or a departure as the rules ask for it (art. 10); NoPrice where the day has no price."""
    convention = row.convention
    assert convention.entry is not None
    return Notice(
        id=str(row.public_id),
        stay_kind=convention.kind,  # type: ignore[arg-type]
        entry=convention.entry,
        given_by=row.given_by,  # type: ignore[arg-type]
        sent_on=row.sent_on,
        channel=row.channel,  # type: ignore[arg-type]
        reason_given=bool(row.reasons.strip()),
        breach=row.breach,
        starts_on=row.starts_on,
        daily_price=agreed_price(convention, row.left_on or row.sent_on),
        left_on=row.left_on,
        cause=row.cause,  # type: ignore[arg-type]
        room_cleared_on=row.room_cleared_on,
        manager_notice_running=row.given_by == "resident"
        and manager_notice_running(convention, row.sent_on, row.left_on),
    )


def agreed_price(convention: Convention, day: date) -> Decimal:
    """Euros a day agreed for a day, for the entry where the day lies before it; NoPrice without one."""
    found = agreed_on(convention, day)
    if found is None:
        raise NoPrice(f"{convention} has no price on {day}")
    return found.daily_price


def manager_notice_running(convention: Convention, *days: date | None) -> bool:
    """Whether a valid notice of the manager covers one of the days.

    House rule: from the day it was sent, the two working days before it runs included, to its last day.
    """
    rows = convention.terminations.filter(given_by="manager", cause="none", withdrawn_at=None)
    for row in rows:
        latest = row.decisions.order_by("-pk").first()
        if latest is None or latest.answer["ends_on"] is None:
            continue
        last = date.fromisoformat(latest.answer["ends_on"])
        if any(day is not None and row.sent_on <= day <= last for day in days):
            return True
    return False
