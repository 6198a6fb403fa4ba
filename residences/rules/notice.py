"""A notice, a death or a departure (art. 10): whether it is valid, its days, and what remains due."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, structs

from partenamut.law import AwardWithoutGrounds, Reason, Remedy
from partenamut.money import ZERO, to_cents
from partenamut.periods import add_months
from partenamut.working_days import working_days_after

from . import articles, parameters
from .requests import Notice


class NoticeOutcome(StrEnum):
    """What a notice is worth."""

    VALID = "valid"
    VOID = "void"
    NOT_NEEDED = "not_needed"


class Length(Struct, frozen=True):
    """How long a notice is: so many days, or so many months."""

    days: int = 0
    months: int = 0

    def last_day(self, first: date) -> date:
        """The last day of a notice that runs from a first day; an absent day becomes the month's last."""
        end = add_months(first, self.months) if self.months else first + timedelta(days=self.days)
        return end - timedelta(days=1)


class NoticeDecision(Struct, frozen=True):
    """The answer: first and last day of the notice, the indemnity in euros, the last day the price is due."""

    outcome: NoticeOutcome
    runs_from: date | None
    ends_on: date | None
    indemnity: Decimal
    price_due_until: date | None
    reasons: tuple[Reason, ...]
    would_change: tuple[Remedy, ...] = ()

    def __post_init__(self) -> None:
        if (self.outcome is NoticeOutcome.VALID) != (self.ends_on is not None):
            raise AwardWithoutGrounds("a notice has days exactly where it is valid")

    @property
    def days(self) -> int | None:
        """The days from the first to the last of the notice, both included; None where it does not run."""
        if self.runs_from is None or self.ends_on is None:
            return None
        return (self.ends_on - self.runs_from).days + 1


def judge(facts: Notice) -> NoticeDecision:
    """What the notice is worth, in the order of art. 10: cause, the manager's notice, form, reasons, length."""
    if facts.cause != "none":
        return _not_needed(_cause(facts), facts.room_cleared_on)
    no_cause = _cause(facts)
    if facts.given_by == "resident" and facts.manager_notice_running:
        return _not_needed(_manager_notice(facts), facts.left_on, no_cause)
    reasons = (no_cause, *([_manager_notice(facts)] if facts.given_by == "resident" else []))
    form = (_written(facts), *([_reasons_given(facts)] if facts.given_by == "manager" else []))
    if not all(reason.met for reason in form):
        return _void(facts, (*reasons, *form))
    return _valid(facts, (*reasons, *form))


def in_trial(facts: Notice) -> bool:
    """Whether the notice was sent on one of the first thirty days, the day of entry counted, or before the entry."""
    return facts.sent_on < facts.entry + timedelta(days=parameters.TRIAL_DAYS)


def length_of(facts: Notice) -> Length:
    """How long the notice must be."""
    if facts.stay_kind == "short" or in_trial(facts):
        return Length(days=parameters.SHORT_NOTICE_DAYS)
    if facts.given_by == "resident":
        return Length(days=parameters.RESIDENT_NOTICE_DAYS)
    if facts.breach:
        return Length(months=parameters.MANAGER_BREACH_MONTHS)
    return Length(months=parameters.MANAGER_NOTICE_MONTHS)


def earliest_start(sent_on: date) -> date:
    """The day after the two working days that follow the sending."""
    return working_days_after(sent_on, parameters.WORKING_DAYS_BEFORE)[-1] + timedelta(days=1)


# --- the outcomes -------------------------------------------------------------------------------------------


def _not_needed(reason: Reason, until: date | None, *before: Reason) -> NoticeDecision:
    return NoticeDecision(NoticeOutcome.NOT_NEEDED, None, None, ZERO, until, (*before, reason))


def _void(facts: Notice, reasons: tuple[Reason, ...]) -> NoticeDecision:
    owed = ZERO
    if facts.given_by == "resident" and facts.left_on is not None:
        days = length_of(facts).days
        owed = to_cents(facts.daily_price * days)
        reasons = (*reasons, _length(facts), _indemnity(facts, days, owed))
    else:
        reasons = (*reasons, _length(facts))
    return NoticeDecision(NoticeOutcome.VOID, None, None, owed, None, reasons, tuple(_remedies(facts)))


def _valid(facts: Notice, reasons: tuple[Reason, ...]) -> NoticeDecision:
    earliest = earliest_start(facts.sent_on)
    first = max(earliest, facts.starts_on) if facts.starts_on else earliest
    last = length_of(facts).last_day(first)
    due_until, owed = last, ZERO
    found = [*reasons, _length(facts), _start(facts, earliest, first, last)]
    if facts.given_by == "resident" and facts.left_on is not None:
        due_until = min(facts.left_on, last)
        days = min(max((last - facts.left_on).days, 0), length_of(facts).days)
        owed = to_cents(facts.daily_price * days)
        found.append(_indemnity(facts, days, owed))
    return NoticeDecision(NoticeOutcome.VALID, first, last, owed, due_until, tuple(found))


def _remedies(facts: Notice) -> list[Remedy]:
    """The single changes that make the notice valid: it can be sent anew, in writing or with its reasons."""
    tried: list[tuple[str, object]] = [
        ("channel", "registered"),
        ("channel", "acknowledged"),
        ("reason_given", True),
    ]
    return [
        Remedy(name, value, NoticeOutcome.VALID.value)
        for name, value in tried
        if getattr(facts, name) != value
        and judge_outcome(structs.replace(facts, **{name: value})) is NoticeOutcome.VALID
    ]


def judge_outcome(facts: Notice) -> NoticeOutcome:
    """Only what the notice is worth."""
    if facts.cause != "none" or (facts.given_by == "resident" and facts.manager_notice_running):
        return NoticeOutcome.NOT_NEEDED
    if facts.channel == "oral" or (facts.given_by == "manager" and not facts.reason_given):
        return NoticeOutcome.VOID
    return NoticeOutcome.VALID


# --- the rules looked at ------------------------------------------------------------------------------------


def _cause(facts: Notice) -> Reason:
    """Met where death or a medical departure makes a notice needless."""
    figures = (("cause", facts.cause), ("cleared_on", facts.room_cleared_on))
    return Reason("notice.cause", facts.cause != "none", articles.ROOM_CLEARED, figures)


def _manager_notice(facts: Notice) -> Reason:
    """Met where the resident leaves during the manager's notice."""
    return Reason(
        "notice.manager_notice_running",
        facts.manager_notice_running,
        articles.MANAGER_NOTICE_RUNS,
        (("left_on", facts.left_on),),
    )


def _written(facts: Notice) -> Reason:
    return Reason(
        "notice.written", facts.channel != "oral", articles.IN_WRITING, (("channel", facts.channel),)
    )


def _reasons_given(facts: Notice) -> Reason:
    return Reason("notice.reasons", facts.reason_given, articles.REASONS)


def _length(facts: Notice) -> Reason:
    length = length_of(facts)
    if facts.stay_kind == "short":
        return Reason(
            "notice.length", True, articles.SHORT_STAY_NOTICE, (("case", "short"), ("days", length.days))
        )
    if in_trial(facts):
        last = facts.entry + timedelta(days=parameters.TRIAL_DAYS - 1)
        figures = (("case", "trial"), ("days", length.days), ("trial_until", last))
        return Reason("notice.length", True, articles.TRIAL, figures)
    if facts.given_by == "resident":
        return Reason(
            "notice.length", True, articles.NOTICE_LENGTH, (("case", "resident"), ("days", length.days))
        )
    case = "breach" if facts.breach else "manager"
    return Reason("notice.length", True, articles.NOTICE_LENGTH, (("case", case), ("months", length.months)))


def _start(facts: Notice, earliest: date, first: date, last: date) -> Reason:
    figures = (
        ("sent_on", facts.sent_on),
        ("earliest", earliest),
        ("named", facts.starts_on),
        ("first", first),
        ("last", last),
        ("days", (last - first).days + 1),
    )
    return Reason("notice.start", True, articles.NOTICE_START, figures)


def _indemnity(facts: Notice, days: int, owed: Decimal) -> Reason:
    figures = (("left_on", facts.left_on), ("days", days), ("price", facts.daily_price), ("owed", owed))
    return Reason("notice.observed", not days, articles.INDEMNITY, figures)
