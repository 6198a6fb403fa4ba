"""Notices against the slow second telling, around holidays and the end of the trial, and against their promises."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings

from partenamut.law import AwardWithoutGrounds
from partenamut.working_days import FIRST_YEAR, LAST_YEAR, is_working_day
from residences.rules import NoticeOutcome
from residences.rules.notice import earliest_start, judge_outcome
from tests.residences.rules import oracle, strategies
from tests.residences.rules.lines import cases, judged, told
from tests.residences.rules.lines import notice as letter
from tests.residences.rules.strategies import ONE, Line

OWN = [pytest.param(line, expected, id=why) for why, line, expected in cases("notice")]
ORDER = [
    "notice.cause",
    "notice.manager_notice_running",
    "notice.written",
    "notice.reasons",
    "notice.length",
    "notice.start",
    "notice.observed",
]


@pytest.mark.parametrize(("line", "expected"), OWN)
def test_a_worked_case(line: Line, expected: Line) -> None:
    answer = told("notice", line)
    assert {name: answer[name] for name in expected} == expected
    assert oracle.notice(line) == answer


@settings(max_examples=1000, deadline=None)
@given(strategies.notices())
def test_a_notice_is_worth_what_the_sheet_says(line: Line) -> None:
    assert told("notice", line) == oracle.notice(line)


def test_the_working_days_are_those_of_the_calendar_told_again() -> None:
    today, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    while today <= last:
        assert is_working_day(today) == oracle.works(today), today
        today += ONE


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1954, "04-18"),  # the epact of 25, moved by one
        (1981, "04-19"),  # the epact of 24, moved by one
        (2008, "03-23"),
        (2024, "03-31"),
        (2026, "04-05"),
        (2038, "04-25"),  # the latest there is
    ],
)
def test_easter(year: int, sunday: str) -> None:
    assert oracle.easter(year) == date.fromisoformat(f"{year}-{sunday}")


# --- promises ---------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(strategies.notices())
def test_every_suggested_change_makes_the_notice_valid(line: Line) -> None:
    decision = judged(line)
    for change in decision.would_change:
        changed = line | {change.field: change.value}
        assert line[change.field] != change.value
        assert judged(changed).outcome.value == oracle.notice(changed)["outcome"] == change.outcome == "valid"


@settings(max_examples=300, deadline=None)
@given(strategies.notices())
def test_a_change_is_suggested_wherever_one_alone_suffices(line: Line) -> None:
    offered = {(change.field, change.value) for change in judged(line).would_change}
    helping = {
        (name, value)
        for name, value in [("channel", "registered"), ("channel", "acknowledged"), ("reason_given", True)]
        if oracle.notice(line)["outcome"] == "void"
        and oracle.notice(line | {name: value})["outcome"] == "valid"
    }
    assert offered == helping


@settings(max_examples=300, deadline=None)
@given(strategies.notices())
def test_what_a_notice_is_worth_is_told_alike_without_its_days(line: Line) -> None:
    decision = judged(line)
    facts = msgspec.convert(line, type=judge_outcome.__annotations__["facts"])
    assert judge_outcome(facts) is decision.outcome


@settings(max_examples=300, deadline=None)
@given(strategies.notices())
def test_the_rules_are_told_in_the_order_in_which_they_are_looked_at(line: Line) -> None:
    decision = judged(line)
    codes = [reason.code for reason in decision.reasons]
    assert codes == sorted(set(codes), key=ORDER.index)
    met = {reason.code: reason.met for reason in decision.reasons}
    form = [met[code] for code in ("notice.written", "notice.reasons") if code in met]
    if decision.outcome is NoticeOutcome.NOT_NEEDED:
        assert codes[-1] in ORDER[:2]
        assert met[codes[-1]]
        assert not form
    else:
        assert not met["notice.cause"]
        assert not met.get("notice.manager_notice_running", False)
        assert all(form) == (decision.outcome is NoticeOutcome.VALID)
        assert ("notice.start" in met) == (decision.outcome is NoticeOutcome.VALID)
    if decision.indemnity:
        assert met["notice.observed"] is False


@settings(max_examples=300, deadline=None)
@given(strategies.notices())
def test_two_whole_working_days_lie_between_the_letter_and_its_notice(line: Line) -> None:
    sent = date.fromisoformat(line["sent_on"])
    first = earliest_start(sent)
    between = [sent + count * ONE for count in range(1, (first - sent).days)]
    assert sum(map(oracle.works, between)) == 2
    assert oracle.works(between[-1])


# --- by hand ----------------------------------------------------------------------------------------------


def test_a_notice_sent_before_the_entry_counts_as_in_the_trial() -> None:
    """A house rule: the sheet speaks of the first thirty days only."""
    decision = judged(letter(entry="2026-01-12", sent_on="2026-01-05"))
    assert decision.days == 7
    (length,) = [reason for reason in decision.reasons if reason.code == "notice.length"]
    assert "before it counts as in the trial" in length.article.house_rule


@pytest.mark.parametrize("entered", [date(2026, 1, 12), date(2028, 2, 1), date(2026, 12, 15)])
def test_the_trial_has_thirty_days(entered: date) -> None:
    lengths = [
        judged(letter(entry=entered.isoformat(), sent_on=(entered + timedelta(days=count)).isoformat())).days
        for count in range(35)
    ]
    assert lengths == [7] * 30 + [15] * 5


def test_an_indemnity_of_nothing_a_day_is_still_a_notice_not_observed() -> None:
    decision = judged(letter(daily_price="0.00", left_on="2026-06-06"))
    (observed,) = [reason for reason in decision.reasons if reason.code == "notice.observed"]
    assert not observed.met


def test_a_void_notice_has_no_days() -> None:
    valid = judged(letter())
    with pytest.raises(AwardWithoutGrounds):
        msgspec.structs.replace(valid, outcome=NoticeOutcome.VOID)
