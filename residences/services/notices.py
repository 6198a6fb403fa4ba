"""What the rules say of the notices, deaths and departures of a convention, kept with its facts at each change."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from partenamut.accounts.models import User
from partenamut.money import ZERO, to_cents
from residences import answers
from residences.facts import NoPrice
from residences.models import Convention, NoticeDecisionRecord, StayKind, Termination
from residences.notice_facts import notice_facts
from residences.rules import Notice, NoticeDecision, NoticeOutcome, judge
from residences.rules.requests import WrongFact

try:
    RELEASE = version("partenamut-portal")
except PackageNotFoundError:
    RELEASE = "0.1.0"

RULESET = "notice"
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Ruling:
    """A notice, death or departure with the facts that were looked at and what the rules say of them."""

    row: Termination
    facts: Notice
    decision: NoticeDecision

    @property
    def outcome(self) -> NoticeOutcome:
        """What it is worth."""
        return self.decision.outcome

    @property
    def is_departure(self) -> bool:
        """Whether it is a death or a departure for medical reasons."""
        return self.row.cause != "none"

    @property
    def left(self) -> date | None:
        """The day the room was free: left, or cleared after a death or a medical departure."""
        return self.row.room_cleared_on if self.is_departure else self.row.left_on

    @property
    def due_until(self) -> date | None:
        """The last day it leaves the price due; of who left without a valid notice the day of leaving (house rule)."""
        if self.outcome is NoticeOutcome.VOID and self.row.given_by == "resident":
            return self.row.left_on
        return self.decision.price_due_until


@dataclass(frozen=True)
class End:
    """How a convention ends as things stand: the last day due, the indemnity, and what is not known yet."""

    #: What brings it about; None for a short stay that runs to its day, or where nothing ends it.
    by: Ruling | None
    due_until: date | None
    indemnity: Decimal
    #: The day the room was free, where it is known.
    free_on: date | None
    #: What must still be said before it can be ended: "", "left_on" or "room_cleared_on".
    waits_for: str

    @property
    def last_day(self) -> date | None:
        """The last day that the bed is the resident's: the last day due, or that of leaving where it is later."""
        return max(self.due_until, self.free_on or self.due_until) if self.due_until else None


NO_END = End(None, None, ZERO, None, "")


def ruled(row: Termination) -> Ruling:
    """What the rules say of a notice, death or departure, recorded or not; ValidationError for a day out of reach."""
    try:
        facts = notice_facts(row)
    except NoPrice as error:
        raise ValidationError(_("The convention has no price on that day: look at its prices.")) from error
    except WrongFact as error:
        raise ValidationError(_("One of the days lies too far away: correct it.")) from error
    return Ruling(row, facts, judge(facts))


def kept(record: NoticeDecisionRecord) -> Ruling:
    """A stored decision, asked again on the facts it was taken on."""
    facts = msgspec.convert(record.facts, Notice)
    return Ruling(record.termination, facts, judge(facts))


def latest(row: Termination) -> NoticeDecisionRecord:
    """The decision in force on a notice."""
    # Sorted here: a prefetched list costs no query.
    return max(row.decisions.all(), key=lambda record: record.pk)


def active(convention: Convention) -> list[Termination]:
    """The notices, deaths and departures that were not taken back, in the order recorded."""
    rows = convention.terminations.filter(withdrawn_at=None).order_by("pk")
    return list(rows.select_related("convention").prefetch_related("decisions"))


def store(ruling: Ruling, *, actor: User | None, at: datetime) -> NoticeDecisionRecord | None:
    """The decision with its facts, answer and release as a new row; None where the last one says the same."""
    with override("fr"):
        answer: dict[str, Any] = msgspec.to_builtins(answers.notice(ruling.facts, "fr"))
    facts = msgspec.to_builtins(ruling.facts)
    earlier = ruling.row.decisions.order_by("-pk").first()
    if earlier is not None and earlier.facts == facts and earlier.answer == answer:
        return None
    return NoticeDecisionRecord.objects.create(
        termination=ruling.row,
        ruleset=RULESET,
        facts=facts,
        answer=answer,
        outcome=ruling.outcome.value,
        release=RELEASE,
        decided_at=at,
        decided_by=actor,
    )


def decide_again(
    convention: Convention, *, actor: User | None, at: datetime
) -> tuple[list[Ruling], list[Ruling]]:
    """Every notice of a convention asked again on the facts as they stand; and those of them whose answer is new."""
    # The manager's first: whether a notice of theirs is running is a fact of the resident's.
    rows = sorted(active(convention), key=lambda row: (row.given_by != "manager", row.pk))
    rulings, fresh = [], []
    for row in rows:
        ruling = ruled(row)
        rulings.append(ruling)
        if store(ruling, actor=actor, at=at) is not None:
            fresh.append(ruling)
    return rulings, fresh


def end_of(convention: Convention, rulings: list[Ruling] | None = None) -> End:
    """How a convention ends by what is recorded of it: a death or a departure, else the notice that ends first."""
    found = [kept(latest(row)) for row in active(convention)] if rulings is None else rulings
    departures = [one for one in found if one.is_departure]
    end = _by_departure(convention, departures[-1]) if departures else _by_notice(found)
    return _short(convention, end) if convention.kind == StayKind.SHORT else end


def price_due_until(convention: Convention, end: End) -> date | None:
    """The last day due as the convention keeps it; the day before the entry where no day is due."""
    if end.due_until is None or convention.entry is None:
        return None
    return max(end.due_until, convention.entry - ONE)


# --- inside -----------------------------------------------------------------------------------------------


def _by_departure(convention: Convention, ruling: Ruling) -> End:
    """After a death or a medical departure the price is due until the room is cleared; before the entry none is."""
    assert convention.entry is not None
    if ruling.row.sent_on < convention.entry:
        return End(ruling, ruling.row.sent_on, ZERO, ruling.row.sent_on, "")
    cleared = ruling.row.room_cleared_on
    return End(ruling, cleared, ZERO, cleared, "" if cleared else "room_cleared_on")


def _by_notice(rulings: list[Ruling]) -> End:
    ending = [one for one in rulings if one.due_until is not None]
    if not ending:
        return NO_END
    first = min(ending, key=lambda one: (one.due_until or date.max, one.row.given_by == "manager"))
    left = next((one.left for one in rulings if one.left), None)
    entry = first.facts.entry
    if left is None and first.due_until is not None and first.due_until < entry:
        # Nobody came: there is nothing to leave.
        left = first.due_until
    return End(first, first.due_until, first.decision.indemnity, left, "" if left else "left_on")


def _short(convention: Convention, end: End) -> End:
    """A short stay ends by itself on its last day (art. 2), whatever ends it before."""
    until = convention.until
    if until is None:
        return end
    if end.due_until is None or end.by is None or end.due_until > until:
        return End(end.by, until, ZERO, end.free_on or until, "")
    # House rule: leaving costs no more than staying to the last day would.
    most = to_cents(end.by.facts.daily_price * (until - end.due_until).days)
    return replace(end, indemnity=min(end.indemnity, most))
