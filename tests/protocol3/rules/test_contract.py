"""`manage.py decide` and the decisions API for Protocol 3: worked cases, bad lines, sentences in four languages."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from partenamut.law import Remedy
from protocol3.messages import condition, remedy
from protocol3.rules.conditions import ORDER
from tests.protocol3.rules.lines import NURSE, NURSE_SUPPORT, line, rates_of_2023, service
from tests.protocol3.rules.strategies import Line
from tests.protocol3.rules.test_billing import edges
from tests.protocol3.rules.test_eligibility import decided as assessed
from tests.protocol3.rules.test_eligibility import person

CASES = Path(__file__).parents[2] / "cases"
RULESETS = ("protocol3_billing", "protocol3_eligibility")
LANGUAGES = ("fr", "nl", "de", "en")
PEOPLE = [
    person(),
    person(scores={"aivq": 3}),
    person(scores={"aivq": 3, "avq": 3}, inefficient_care=True, asks_psychology=True),
    person(
        scores={"aivq": 3}, dementia_assessment_code="102933", fall_last_30_days=True, home_adaptation=True
    ),
    person(scores={"aivq": 1}, inefficient_care=True, refuses_care=True, dementia_diagnosis=True),
    person(birth_date="1990-01-01", fall_last_30_days=True),
    person(birth_date="1990-01-01", derogation=True, project_under_60=30),
]
ELIGIBILITY_CODES = {
    "p3.age",
    "p3.age_derogation",
    "p3.under_60_share",
    "p3.case_management",
    "p3.occupational_therapy",
    "p3.psychological_support",
    "p3.initial_module",
    "p3.caregiver_group",
    "p3.night_visit",
    "p3.care_education",
}


def cases(ruleset: str) -> list[Line]:
    """The worked cases of a ruleset."""
    return [json.loads(text) for text in (CASES / f"{ruleset}.jsonl").read_text().splitlines()]


def answers(lines: list[bytes], tmp_path: Path, ruleset: str, **options: object) -> list[Any]:
    """What the command answers to lines."""
    (tmp_path / "in").write_bytes(b"\n".join(lines) + b"\n")
    options = {"input": str(tmp_path / "in"), "output": str(tmp_path / "out"), **options}
    with suppress(SystemExit):
        call_command("decide", ruleset, **options)
    return [json.loads(text) for text in (tmp_path / "out").read_text().splitlines()]


def encoded(facts: list[Line]) -> list[bytes]:
    """Lines as they are sent."""
    return [json.dumps(one).encode() for one in facts]


@pytest.mark.parametrize("ruleset", RULESETS)
def test_the_worked_cases(ruleset: str, tmp_path: Path) -> None:
    worked = cases(ruleset)
    told = answers(encoded([case["given"] for case in worked]), tmp_path, ruleset)
    for case, answer in zip(worked, told, strict=True):
        expected = case["expect"]
        if ruleset == "protocol3_billing":
            for one in answer["services"]:
                one.pop("reasons")
        assert {name: answer[name] for name in expected} == expected, case["why"]
        assert answer["id"] == case["given"]["id"]


@pytest.mark.parametrize("ruleset", RULESETS)
@pytest.mark.django_db
def test_the_api_answers_as_the_command(ruleset: str, client: Client, tmp_path: Path) -> None:
    worked = [case["given"] for case in cases(ruleset)]
    told = answers(encoded(worked), tmp_path, ruleset)
    for facts, answer in zip(worked, told, strict=True):
        response = client.post(
            reverse("api:decision", args=[ruleset]), facts, content_type="application/json"
        )
        assert response.status_code == 200
        assert response.json() == answer


def test_the_answer_has_what_the_contract_asks_and_no_float(tmp_path: Path) -> None:
    (answer,) = answers(encoded([line(service(NURSE, "05-02"))]), tmp_path, "protocol3_billing")
    assert {"outcome", "services", "totals", "warnings", "reasons", "would_change"} <= set(answer)
    assert answer["totals"]["2023-05"] == {"services": "54.82", "allowance": "217.98", "total": "272.80"}
    assert set(answer["reasons"][0]) == {"code", "met", "source", "message"}
    assert "p3.convention" not in {reason["code"] for reason in answer["reasons"]}


# --- sentences --------------------------------------------------------------------------------------------


def assert_spoken(reason: Line) -> None:
    """Whether a reason is a whole sentence with its figures and its source."""
    assert reason["message"].endswith("."), reason
    first = reason["message"].lstrip("«\u00a0")[0]  # French names a service in quotation marks
    assert first.isupper() or first.isdigit(), reason
    assert not [mark for mark in ("%(", "%%", "None", "{", "}") if mark in reason["message"]], reason
    assert reason["source"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_a_sentence(language: str, tmp_path: Path) -> None:
    lines = [edge.values[0] for edge in edges()]
    spoken = set()
    for answer in answers(encoded(lines), tmp_path, "protocol3_billing", lang=language):
        for reason in [*answer["reasons"], *(each for one in answer["services"] for each in one["reasons"])]:
            assert_spoken(reason)
            spoken.add((reason["code"], reason["met"]))
    assert spoken == {(code, met) for code in ORDER for met in (True, False)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_of_a_person_is_a_sentence(language: str, tmp_path: Path) -> None:
    spoken = set()
    for answer in answers(encoded(PEOPLE), tmp_path, "protocol3_eligibility", lang=language):
        for reason in answer["reasons"]:
            assert_spoken(reason)
            spoken.add((reason["code"], reason["met"]))
    assert spoken == {(code, met) for code in ELIGIBILITY_CODES for met in (True, False)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_suggestion_is_a_sentence(language: str) -> None:
    offered = [one for facts in PEOPLE for one in assessed(facts).would_change]
    offered += [
        Remedy(f"services.0.{name}", value, "billable")
        for name, value in [
            ("units", 1),
            ("units", 3),
            ("place", "home"),
            ("place", "hospital"),
            ("place", "collective"),
            ("consent", True),
            ("documented_minutes", 90),
        ]
    ]
    with translation.override(language):
        for one in offered:
            text = str(remedy(one))
            assert text.endswith(".")
            assert "%(" not in text
    named = {one.field for one in offered}
    assert {"derogation", "period_start", "scores.aivq", "scores.avq", "scores.cps2"} <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_name(language: str) -> None:
    with translation.override(language):
        assert all(condition(code) for code in {*ORDER, *ELIGIBILITY_CODES})


# --- bad input --------------------------------------------------------------------------------------------

GOOD = service(NURSE, "05-02")


def one_service(**changes: object) -> Line:
    """A line whose one service is changed."""
    return line(GOOD | changes)


def one_rate(**changes: object) -> Line:
    """A line whose one amount is changed."""
    row = {"from": "2023-01-01", "to": "2023-12-31", "amount": "27.41"} | changes
    return line(GOOD, rates=rates_of_2023() | {"case_management": [row]})


BAD_BILLING = [
    (one_service(date="2023-02-29"), "services[0].date"),
    (one_service(date="2023-02-30"), "services[0].date"),
    (one_service(date="02/05/2023"), "services[0].date"),
    (one_service(date="2023-05-02T10:00:00"), "services[0].date"),
    (one_service(units=-1), "services[0].units"),
    (one_service(units=2.5), "services[0].units"),
    (one_service(units="2"), "services[0].units"),
    (one_service(units=True), "services[0].units"),
    (one_service(pseudocode=794533), "services[0].pseudocode"),
    (one_service(place="garden"), "services[0].place"),
    (one_service(participants=-1), "services[0].participants"),
    (one_service(documented_minutes=-30), "services[0].documented_minutes"),
    (one_service(colour="blue"), "services[0].colour"),
    (line({"date": "2023-05-02", "pseudocode": NURSE}), "services[0].units"),
    (line(GOOD, colour="blue"), "colour"),
    (line(GOOD, families=["dance"]), "families[0]"),
    (line(GOOD, death="2023-02-29"), "death"),
    (line(GOOD, period_start="never"), "period_start"),
    (line(GOOD, financed_otherwise=["2023-02-29"]), "financed_otherwise[0]"),
    (line(GOOD, series2={"from": "2023-02-29"}), "series2.from"),
    (line(GOOD, series2={}), "series2.from"),
    (line(GOOD, prior_units={"units": -1}), "prior_units.units"),
    (
        line(GOOD, hospital_stays=[{"arrival": "2023-05-02", "departure": "2023-05-02"}]),
        "hospital_stays[0].departure",
    ),
    (line(GOOD, short_stays=[{"arrival": "2023-05-02"}]), "short_stays[0].departure"),
    (
        line(GOOD, first_line_psychology=[{"from": "2023-05-02", "to": "2023-05-01"}]),
        "first_line_psychology[0].to",
    ),
    (line(GOOD, allowance_left="much"), "allowance_left"),
    (line(GOOD, allowance_left="NaN"), "allowance_left"),
    (line(GOOD, allowance_left="1E+40"), "allowance_left"),
    (line(GOOD, allowance_left=None), "allowance_left"),
    (one_rate(amount="a lot"), "rates[...][0].amount"),
    (one_rate(amount="27,41"), "rates[...][0].amount"),
    (one_rate(amount="-27.41"), "rates[...][0].amount"),
    (one_rate(amount="27.415"), "rates[...][0].amount"),
    (one_rate(amount="Infinity"), "rates[...][0].amount"),
    (one_rate(amount="1E+30"), "rates[...][0].amount"),
    (one_rate(to="2022-12-31"), "rates[...][0].to"),
]
BAD_ELIGIBILITY = [
    (person(birth_date="1963-02-29"), "birth_date"),
    (person(scores={"aivq": -1}), "scores.aivq"),
    (person(scores={"aivq": "3"}), "scores.aivq"),
    (person(scores={"behaviour": [0, 0, 0, 0]}), "scores.behaviour"),
    (person(scores={"bmi": 3}), "scores.bmi"),
    (person(project_under_60=-1), "project_under_60"),
    (person(derogation="yes"), "derogation"),
    (person(project_alternatives=["dance"]), "project_alternatives[0]"),
    (person(colour="blue"), "colour"),
    ({name: value for name, value in person().items() if name != "scores"}, "scores"),
]


@pytest.mark.parametrize(
    ("ruleset", "facts", "field"),
    [("protocol3_billing", *bad) for bad in BAD_BILLING]
    + [("protocol3_eligibility", *bad) for bad in BAD_ELIGIBILITY],
)
def test_a_bad_line_names_its_field_and_the_next_line_goes_on(
    ruleset: str, facts: Line, field: str, tmp_path: Path
) -> None:
    good = line(GOOD) if ruleset == "protocol3_billing" else person()
    refused, answered = answers(encoded([facts, good]), tmp_path, ruleset)
    assert refused["error"]["field"] == field
    assert refused["error"]["message"]
    assert refused["id"] == "1"
    assert "outcome" in answered


@pytest.mark.parametrize(
    "facts",
    [
        one_service(units=10**25),
        one_service(date="9999-12-31"),
        one_service(date="0001-01-01"),
        line(service(NURSE_SUPPORT, "05-02", 10**18, documented_minutes=10**20)),
        line(GOOD, period_start="9999-12-31", death="9999-12-31"),
        line(GOOD, period_start="0001-01-01"),
        line(GOOD, hospital_stays=[{"arrival": "0001-01-01", "departure": "9999-12-31"}]),
        line(GOOD, prior_units={"units": 10**12, "group_units": 10**12}, series2={"from": "0001-01-01"}),
        line(GOOD, allowance_left="-5.00"),
        line(GOOD, prior_units=None, rates={}),
        line(),
    ],
)
def test_what_is_far_out_is_answered(facts: Line, tmp_path: Path) -> None:
    (answer,) = answers(encoded([facts]), tmp_path, "protocol3_billing")
    assert answer["outcome"] in {"billable", "partly_billable", "not_billable"}
