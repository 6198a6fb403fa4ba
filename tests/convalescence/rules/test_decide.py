"""The rules against worked cases, against a slow second telling, and against their own promises."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from convalescence.rules import RULESETS, Caregiver, Convalescence, Request, ShortStay, Stay, decide
from convalescence.rules.decide import REFUSING, Decision
from convalescence.rules.remedies import Proposal
from convalescence.rules.weighing import Outcome
from partenamut.law import AwardWithoutGrounds, unmet
from partenamut.periods import Period
from tests.convalescence.rules import oracle, strategies

CASES = Path(__file__).parents[2] / "cases"
ALWAYS = (Period(date(2020, 1, 1), None),)
EUROS_A_DAY = {Convalescence: 35, ShortStay: 30, Caregiver: 35}


def worked_cases() -> list[object]:
    """Every worked case of the three rulesets."""
    return [
        pytest.param(name, case["given"], case["expect"], id=f"{name}: {case['why']}")
        for name in RULESETS
        for case in map(json.loads, (CASES / f"{name}.jsonl").read_text().splitlines())
    ]


@pytest.mark.parametrize(("ruleset", "given_facts", "expected"), worked_cases())
def test_a_worked_case(ruleset: str, given_facts: dict[str, object], expected: dict[str, object]) -> None:
    decision = decide(msgspec.json.decode(json.dumps(given_facts), type=RULESETS[ruleset]))
    told = {
        "outcome": decision.outcome.value,
        "payable_days": decision.payable_days,
        "amount": str(decision.amount),
        "days_by_year": decision.days_by_year,
        "remaining_days": decision.remaining_days,
    }
    failed = expected.pop("failed")
    assert {name: told[name] for name in expected} == expected
    if decision.outcome is Outcome.REFUSED:
        assert set(failed) <= unmet(decision.reasons)
    else:
        assert set(failed) == unmet(decision.reasons)


@settings(max_examples=300, deadline=None)
@given(strategies.anything)
def test_the_rules_pay_the_days_of_the_sheet(request: Request) -> None:
    paid = oracle.paid_days(request)
    decision = decide(request)
    assert decision.payable_days == len(paid)
    assert decision.amount == Decimal(EUROS_A_DAY[type(request)] * len(paid)).quantize(Decimal("0.01"))
    told = [day for line in decision.lines for day in oracle.days(Stay(line.first, line.last + oracle.ONE))]
    assert told == paid


@settings(max_examples=200, deadline=None)
@given(strategies.anything)
def test_every_suggested_change_keeps_its_promise(request: Request) -> None:
    decision = decide(request)
    for remedy in decision.would_change:
        assert decide(Proposal(remedy.field, remedy.value).applied(request)).outcome == remedy.outcome
    if decision.outcome is Outcome.GRANTED:
        assert decision.would_change == ()


@settings(max_examples=300, deadline=None)
@given(strategies.anything)
def test_a_full_grant_is_the_absence_of_any_failed_rule(request: Request) -> None:
    decision = decide(request)
    assert (decision.outcome is Outcome.GRANTED) == (not unmet(decision.reasons))
    if unmet(decision.reasons) & REFUSING:
        assert decision.outcome is Outcome.REFUSED


@settings(max_examples=200, deadline=None)
@given(strategies.convalescence)
def test_an_earlier_departure_is_offered_whenever_it_helps(request: Convalescence) -> None:
    decision = decide(request)
    nights = request.stay.nights
    shorter = [
        departure
        for departure in (request.stay.arrival + oracle.ONE * count for count in range(1, nights))
        if decide(Proposal("stay.departure", departure).applied(request)).outcome is Outcome.GRANTED
    ]
    offered = [remedy.value for remedy in decision.would_change if remedy.field == "stay.departure"]
    assert offered == (shorter[-1:] if decision.outcome is not Outcome.GRANTED else [])


def facts(**changes: object) -> Convalescence:
    """An ordinary request, granted in full, with changes."""
    ordinary = Convalescence(
        id="1",
        submitted_on=date(2026, 3, 1),
        stay=Stay(date(2026, 3, 10), date(2026, 3, 31)),
        criteria=("recent_hospitalisation",),
        partner=ALWAYS,
        contributions=ALWAYS,
        days_used={},
    )
    return msgspec.structs.replace(ordinary, **changes)


def test_the_past_is_never_suggested() -> None:
    late = decide(facts(submitted_on=date(2026, 3, 11)))
    assert late.outcome is Outcome.REFUSED
    assert late.would_change == ()


def test_more_days_used_than_there_are_leaves_none_and_never_less() -> None:
    decision = decide(facts(days_used={2026: 40}))
    assert decision.outcome is Outcome.REFUSED
    assert decision.remaining_days == {"2026": 0}


def test_a_stay_that_ends_on_new_years_day_uses_the_old_year_only() -> None:
    decision = decide(facts(stay=Stay(date(2026, 12, 20), date(2027, 1, 1))))
    assert decision.days_by_year == {"2026": 12}
    assert decision.remaining_days == {"2026": 16}


def test_touching_periods_leave_no_hole() -> None:
    touching = (Period(date(2026, 1, 1), date(2026, 3, 15)), Period(date(2026, 3, 16), None))
    assert decide(facts(contributions=touching)).outcome is Outcome.GRANTED


def test_the_longest_stay_there_is_costs_no_time() -> None:
    decision = decide(
        facts(submitted_on=date.min, stay=Stay(date.min, date.max), partner=(Period(date.min, None),))
    )
    assert decision.outcome is Outcome.PARTIALLY_GRANTED


def test_an_award_without_grounds_cannot_be_made() -> None:
    refused = decide(facts(criteria=()))
    with pytest.raises(AwardWithoutGrounds):
        Decision(**{**msgspec.structs.asdict(refused), "payable_days": 3, "outcome": Outcome.GRANTED})
