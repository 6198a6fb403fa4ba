"""Eligibility against the slow second telling, at the edges of age, share and scores."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from protocol3.rules import Eligibility, EligibilityDecision, assess
from tests.protocol3.rules import oracle, strategies
from tests.protocol3.rules.strategies import Line


def decided(facts: Line) -> EligibilityDecision:
    """The decision on a line as it comes in."""
    return assess(msgspec.json.decode(json.dumps(facts), type=Eligibility))


def person(**changes: Any) -> Line:
    """Somebody of 73 for whom nothing was assessed, with changes."""
    flags = {
        "derogation": False,
        "inefficient_care": False,
        "neurodegenerative": False,
        "fall_last_30_days": False,
        "home_adaptation": False,
        "dementia_diagnosis": False,
        "asks_psychology": False,
        "refuses_care": False,
    }
    alternatives = ["caregiver_group", "night_visit", "care_education"]
    facts: Line = {
        "id": "1",
        "birth_date": "1950-04-01",
        "period_start": "2023-05-02",
        "project_beneficiaries": 39,
        "project_under_60": 5,
        "scores": {},
        "dementia_assessment_code": None,
        "project_alternatives": alternatives,
    }
    return facts | flags | changes


@settings(max_examples=500, deadline=None)
@given(strategies.eligibilities())
def test_the_families_are_those_of_the_sheet(facts: Line) -> None:
    decision = decided(facts)
    families = oracle.eligible(facts)
    assert list(decision.families) == families
    assert decision.outcome == ("eligible" if families else "not_eligible")


@settings(max_examples=300, deadline=None)
@given(strategies.eligibilities())
def test_every_suggested_change_opens_a_service(facts: Line) -> None:
    decision = decided(facts)
    for remedy in decision.would_change:
        head, _, part = remedy.field.partition(".")
        value = msgspec.to_builtins(remedy.value)
        changed = facts | {head: facts["scores"] | {part: value} if part else value}
        assert oracle.eligible(changed)
    if decision.outcome == "eligible":
        assert decision.would_change == ()


OT = ["initial_module", "occupational_therapy"]
AIVQ = ["care_education", "initial_module", "night_visit", "occupational_therapy"]
ALL_BUT_GROUP = sorted([*AIVQ, "case_management"])


@pytest.mark.parametrize(
    ("changes", "families"),
    [
        ({}, []),
        ({"scores": {"aivq": 2.9}}, []),
        ({"scores": {"aivq": 3}}, AIVQ),
        ({"scores": {"aivq": 3}, "project_alternatives": []}, OT),
        ({"scores": {"aivq": 3}, "inefficient_care": True}, AIVQ),
        ({"scores": {"aivq": 3}, "inefficient_care": True, "neurodegenerative": True}, ALL_BUT_GROUP),
        ({"scores": {"aivq": 3, "avq": 3}, "inefficient_care": True}, ALL_BUT_GROUP),
        ({"scores": {"aivq": 3, "cps": 3}, "inefficient_care": True}, ALL_BUT_GROUP),
        ({"scores": {"aivq": 3, "cps2": 6, "cps": 2}, "inefficient_care": True}, AIVQ),
        ({"scores": {"cps2": 2}}, OT),
        ({"scores": {"cps2": 1, "avq": 2, "cps": 6}}, []),
        ({"scores": {"avq": 3}}, OT),
        ({"fall_last_30_days": True}, OT),
        ({"home_adaptation": True}, OT),
        ({"dementia_diagnosis": True}, OT),
        ({"scores": {"psychic": 1.5}, "refuses_care": True}, ["initial_module", "psychological_support"]),
        ({"scores": {"psychic": 1.4}, "asks_psychology": True}, []),
        (
            {"scores": {"behaviour": [0, 0, 0, 0, 1]}, "asks_psychology": True},
            ["initial_module", "psychological_support"],
        ),
        ({"scores": {"behaviour": [4, 0, 0, 0, 0]}}, []),
        ({"scores": {"aivq": 3}, "dementia_assessment_code": "102933"}, sorted([*AIVQ, "caregiver_group"])),
        ({"scores": {"aivq": 3}, "dementia_assessment_code": "102992"}, sorted([*AIVQ, "caregiver_group"])),
        ({"scores": {"aivq": 3}, "dementia_assessment_code": "102930"}, AIVQ),
        ({"scores": {"aivq": 2}, "dementia_diagnosis": True, "dementia_assessment_code": "102992"}, OT),
        ({"fall_last_30_days": True, "birth_date": "1963-05-02"}, OT),
        ({"fall_last_30_days": True, "birth_date": "1963-05-03"}, []),
        ({"fall_last_30_days": True, "birth_date": "1963-05-03", "derogation": True}, OT),
        (
            {
                "fall_last_30_days": True,
                "birth_date": "1990-01-01",
                "derogation": True,
                "project_under_60": 6,
            },
            [],
        ),
        (
            {
                "fall_last_30_days": True,
                "birth_date": "1990-01-01",
                "derogation": True,
                "project_under_60": 0,
                "project_beneficiaries": 0,
            },
            [],
        ),
    ],
)
def test_an_edge_of_the_sheet(changes: Line, families: list[str]) -> None:
    facts = person(**changes)
    assert list(decided(facts).families) == families == oracle.eligible(facts)
