"""What the rules say of a notice, in words for a page: the outcome, the rules looked at, the days on a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from msgspec import structs

from partenamut.law import Reason
from partenamut.web import formats
from partenamut.working_days import holiday_names, is_working_day, working_days_after
from residences.messages import condition, day, messages, remedy, source
from residences.rules import Notice, NoticeDecision, NoticeOutcome, judge, parameters

#: Rules that stand aside in the ordinary case: not met means that they do not apply.
ASIDE = frozenset({"notice.cause", "notice.manager_notice_running"})
TONES = {NoticeOutcome.VALID: "success", NoticeOutcome.VOID: "error", NoticeOutcome.NOT_NEEDED: "info"}
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Look:
    """One rule that was looked at; `state` is met, not-met or aside."""

    condition: str
    message: str
    source: str
    state: str


@dataclass(frozen=True)
class Happening:
    """A point of the line of days."""

    when: str
    title: str
    state: str
    text: str = ""


@dataclass(frozen=True)
class Told:
    """A decision on a notice, ready to be shown."""

    headline: str
    tone: str
    #: Label and value of what follows: the days, the price, the indemnity.
    figures: list[dict[str, str]]
    looks: list[Look]
    remedies: list[str]
    #: What it would be if it were given anew today, in writing and with its reasons; empty where it need not.
    anew: str
    events: list[Happening] = field(default_factory=list)


def told(facts: Notice, decision: NoticeDecision, *, today: date) -> Told:
    """A decision in the words of the active language, with its line of days as seen today."""
    return Told(
        headline=headline(facts, decision),
        tone=TONES[decision.outcome],
        figures=_figures(facts, decision),
        looks=looks_of(decision.reasons),
        remedies=[remedy(change) for change in decision.would_change],
        anew=_anew(facts, decision, today),
        events=line_of_days(facts, decision, today),
    )


def headline(facts: Notice, decision: NoticeDecision) -> str:
    """What a notice is worth, in a sentence."""
    if decision.outcome is NoticeOutcome.VALID:
        assert decision.runs_from is not None
        assert decision.ends_on is not None
        count = decision.days or 0
        return ngettext(
            "The notice is valid: it runs from %(first)s to %(last)s, %(days)d day.",
            "The notice is valid: it runs from %(first)s to %(last)s, %(days)d days.",
            count,
        ) % {"first": day(decision.runs_from), "last": day(decision.ends_on), "days": count}
    if decision.outcome is NoticeOutcome.VOID and decision.indemnity:
        return _("This notice counts as not given: who left without a valid one owes its days.")
    if decision.outcome is NoticeOutcome.VOID:
        return _("This notice counts as not given: it ends nothing.")
    if facts.cause == "death":
        return _("After a death no notice is needed.")
    if facts.cause == "medical":
        return _("For a departure for medical reasons no notice is needed.")
    return _("No notice is owed: the manager's notice is running.")


def looks_of(reasons: Sequence[Reason]) -> list[Look]:
    """The rules that were looked at, with their articles, in the active language."""
    kept = tuple(reasons)
    sentences = messages(kept, (get_language() or "fr")[:2])
    return [
        Look(condition(reason.code), sentence, source(reason.article), _state(reason))
        for reason, sentence in zip(kept, sentences, strict=True)
    ]


def line_of_days(facts: Notice, decision: NoticeDecision, today: date) -> list[Happening]:
    """The days of a notice in their order: sent, days not worked, runs, left, last."""
    points = sorted(_points(facts, decision), key=lambda point: point[0])
    # The first day that has not passed is the one of now.
    now = next((when for when, _title, _text in points if when >= today), None)
    return [
        Happening(
            formats.day(when), title, "past" if when < today else "now" if when == now else "next", text
        )
        for when, title, text in points
    ]


def skipped_days(sent_on: date) -> list[str]:
    """The days after a sending that are not worked, before the second working day: Saturday 4 April (…)."""
    second = working_days_after(sent_on, parameters.WORKING_DAYS_BEFORE)[-1]
    return [_day_named(one) for one in _days(sent_on + ONE, second) if not is_working_day(one)]


# --- inside -----------------------------------------------------------------------------------------------


def _state(reason: Reason) -> str:
    if reason.met:
        return "met"
    return "aside" if reason.code in ASIDE else "not-met"


def _figures(facts: Notice, decision: NoticeDecision) -> list[dict[str, str]]:
    rows: list[tuple[str, str]] = []
    if decision.runs_from is not None and decision.ends_on is not None:
        rows.append((_("Runs from"), formats.day(decision.runs_from)))
        rows.append((_("Last day"), formats.day(decision.ends_on)))
    rows.append((_("Price due until"), _due(facts, decision)))
    if facts.given_by == "resident" and facts.cause == "none":
        rows.append((_("Indemnity in place of notice"), formats.euros(decision.indemnity)))
    return [{"label": label, "value": value} for label, value in rows]


def _due(facts: Notice, decision: NoticeDecision) -> str:
    if decision.price_due_until is not None:
        return formats.day(decision.price_due_until)
    if decision.outcome is NoticeOutcome.NOT_NEEDED:
        return _("the day the room is cleared") if facts.cause != "none" else _("the day of leaving")
    if facts.given_by == "resident" and facts.left_on is not None:
        return formats.day(facts.left_on)
    return _("no end: the convention goes on")


def _anew(facts: Notice, decision: NoticeDecision, today: date) -> str:
    """The days of the same notice, given today as it must be."""
    if decision.outcome is not NoticeOutcome.VOID:
        return ""
    again = structs.replace(
        facts, sent_on=today, channel="registered", reason_given=True, starts_on=None, left_on=None
    )
    found = judge(again)
    if found.runs_from is None or found.ends_on is None:
        return ""
    return _("Given today as it must be, it would run from %(first)s to %(last)s.") % {
        "first": day(found.runs_from),
        "last": day(found.ends_on),
    }


def _points(facts: Notice, decision: NoticeDecision) -> Iterator[tuple[date, str, str]]:
    yield facts.sent_on, _first_title(facts), ""
    if decision.runs_from is not None and decision.ends_on is not None:
        yield from _waiting(facts.sent_on)
        yield decision.runs_from, _("The notice runs from this day"), _named(facts)
        yield decision.ends_on, _("Last day of the notice"), ""
    if facts.left_on is not None:
        yield facts.left_on, _("The resident leaves"), _owed(decision)
    if facts.room_cleared_on is not None and facts.cause != "none":
        yield facts.room_cleared_on, _("The room is cleared"), _("The price is due until this day.")


def _first_title(facts: Notice) -> str:
    if facts.cause == "death":
        return _("Death")
    if facts.cause == "medical":
        return _("Departure for medical reasons")
    return {
        "registered": _("Registered letter sent"),
        "acknowledged": _("Letter handed over, receipt acknowledged"),
        "oral": _("Given by word of mouth"),
    }[facts.channel]


def _waiting(sent_on: date) -> Iterator[tuple[date, str, str]]:
    """The two working days between the sending and the notice, and the days that do not count as such."""
    for number, one in enumerate(working_days_after(sent_on, parameters.WORKING_DAYS_BEFORE), 1):
        title = _("First working day") if number == 1 else _("Second working day")
        yield one, title, str(WEEKDAYS[one.weekday()]).capitalize()
    skipped = skipped_days(sent_on)
    if skipped:
        first = next(one for one in _days(sent_on + ONE, sent_on + 10 * ONE) if not is_working_day(one))
        yield first, _("Not working days"), "; ".join(skipped)


def _named(facts: Notice) -> str:
    return _("The letter names this day.") if facts.starts_on is not None else ""


def _owed(decision: NoticeDecision) -> str:
    if not decision.indemnity:
        return ""
    return _("An indemnity of %(amount)s is due (art. 10).") % {"amount": formats.euros(decision.indemnity)}


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE


def _day_named(when: date) -> str:
    """A day with its name, and that of the holiday on it."""
    name = str(WEEKDAYS[when.weekday()])
    holiday = holiday_names(when.year, (get_language() or "fr")[:2]).get(when)
    values = {"name": name, "day": formats.day(when), "holiday": holiday}
    return _("%(name)s %(day)s (%(holiday)s)") % values if holiday else _("%(name)s %(day)s") % values
