"""`manage.py decide` and the decisions API for hospital bills: worked cases, bad lines, sentences in four languages."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hospitalisation.messages import condition, figure_name, flag, kind, outcome, tier
from hospitalisation.rules import KINDS, HospitalCover, Name, Terms, cover
from hospitalisation.rules.lines import Flag
from hospitalisation.rules.terms import PUBLISHED, Reading, Tier
from tests.hospitalisation.rules.second_telling import tell, tell_deposit

CASES = Path(__file__).parents[2] / "cases"
LANGUAGES = ("fr", "nl", "de", "en")
RULESETS = ("hospital_cover", "hospital_deposit")
Line = dict[str, Any]


def worked(ruleset: str) -> list[Line]:
    """The worked cases that came with the contract."""
    return [json.loads(text) for text in (CASES / f"{ruleset}.jsonl").read_text().splitlines()]


def answers(asked: list[Line], folder: Path, ruleset: str, **options: object) -> list[Any]:
    """What the command answers to lines."""
    (folder / "in").write_text("\n".join(json.dumps(one) for one in asked) + "\n")
    with suppress(SystemExit):
        call_command("decide", ruleset, input=str(folder / "in"), output=str(folder / "out"), **options)
    return [json.loads(text) for text in (folder / "out").read_text().splitlines()]


def bill(*lines: Line, **facts: Any) -> Line:
    """The stay of the worked cases with these lines."""
    return {**worked("hospital_cover")[0]["given"], "lines": list(lines), **facts}


def line(kind: str = "stay", billed: str = "100.00", **needed: Any) -> Line:
    """A line with what its kind needs."""
    if kind in ("room_supplement", "parent_stay", "guest_house", "sundry"):
        needed.setdefault("quantity", 4)
    if kind == "fee_supplement":
        needed = {"inami_tariff": "50.00", "doctor_agreed": False, **needed}
    return {"kind": kind, "billed": billed, **needed}


def deposit(**facts: Any) -> Line:
    """The deposit of the first worked case."""
    return {**worked("hospital_deposit")[0]["given"], **facts}


EACH_KIND = [line(one) for one in KINDS]
#: Bills that together hit every rule, met and not.
EVERY_SENTENCE: dict[str, list[Line]] = {
    "hospital_cover": [
        bill(
            *EACH_KIND,
            tier=one,
            room=room,
            day_hospital=by_day,
            discharge="2026-03-02" if by_day else "2026-03-06",
        )
        for one in (each.value for each in Tier)
        for room in ("common", "individual")
        for by_day in (False, True)
    ]
    + [
        bill(line("fee", "500.00"), tier="hospitalia", intervention_used_this_year="24900.00"),
        bill(line("fee", "500.00"), hospital_has_franchise=False),
        bill(line("fee", "500.00"), hospital_has_franchise=None),
        bill(line("fee", "500.00"), belgian_hospital=False),
        bill(line("fee_supplement", doctor_agreed=True), line("fee_supplement", doctor_agreed=True)),
        bill(line("fee_supplement", doctor_agreed=True)),
        bill(line("serious_illness_care"), serious_illness_option=False),
        bill(line("serious_illness_care", "9000.00")),
        bill(line("pre_hospital", care_date="2025-03-01"), line("post_hospital", care_date="2026-10-01")),
        bill(line("pre_hospital", care_date="2026-02-01"), line("post_hospital", care_date="2026-04-01")),
        bill(line("stay"), room="double"),
        bill(line("guest_house", "28.00")),
        bill(line("sundry", "24.00"), tier="hospitalia"),
        bill(line("room_supplement"), room="double"),
        bill(line("stay", mandatory="100.00")),
        bill(*[line(one, "9000.00") for one in KINDS]),
        bill(*[line(one, "9000.00") for one in KINDS], tier="hospitalia"),
        bill(line("room_supplement", "9000.00"), day_hospital=True, discharge="2026-03-02"),
        bill(line("sundry", comfort=True), tier="hospitalia", room="common"),
    ],
    "hospital_deposit": [
        deposit(),
        deposit(room="common", category="bim"),
        deposit(room="common", category="child", paid="999.00"),
        deposit(paid="999.00", tier="none"),
        deposit(day_hospital=True),
        deposit(day_hospital=True, room="double"),
        deposit(admission=None),
        deposit(receipt=False),
        deposit(claim_form=False),
        deposit(belgian_hospital=False),
    ],
}


@pytest.mark.parametrize("ruleset", RULESETS)
def test_the_worked_cases(ruleset: str, tmp_path: Path) -> None:
    cases = worked(ruleset)
    told = answers([case["given"] for case in cases], tmp_path, ruleset)
    for case, answer in zip(cases, told, strict=True):
        expect = case["expect"]
        for got, said in zip(answer.get("lines", []), expect.pop("lines", []), strict=True):
            assert set(got["flags"]) - {"to_confirm"} == set(said.pop("flags"))
            assert {name: got[name] for name in said} == said
        assert {name: answer[name] for name in expect} == expect, case["why"]
        assert answer["id"] == case["given"]["id"]


@pytest.mark.parametrize("ruleset", RULESETS)
@pytest.mark.django_db
def test_the_api_answers_as_the_command(ruleset: str, client: Client, tmp_path: Path) -> None:
    asked = EVERY_SENTENCE[ruleset]
    for facts, answer in zip(asked, answers(asked, tmp_path, ruleset), strict=True):
        response = client.post(
            reverse("api:decision", args=[ruleset]), facts, content_type="application/json"
        )
        assert response.status_code == 200
        assert response.json() == answer


def test_the_second_telling_agrees_on_every_sentence(tmp_path: Path) -> None:
    plain = [
        one
        for one in EVERY_SENTENCE["hospital_cover"]
        if one["hospital_has_franchise"] is not None
        and not {"belgian_hospital", "serious_illness_option"} & set(one)
        and not any({"care_date", "comfort"} & set(each) for each in one["lines"])
    ]
    for asked, answer in zip(plain, answers(plain, tmp_path, "hospital_cover"), strict=True):
        _lines, sums, said = tell(asked)
        assert (answer["totals"], answer["outcome"]) == (sums, said)
    deposits = EVERY_SENTENCE["hospital_deposit"]
    for one, answer in zip(deposits, answers(deposits, tmp_path, "hospital_deposit"), strict=True):
        told = tell_deposit(one)
        assert {name: answer[name] for name in told} == told


# --- sentences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_a_sentence_met_and_not_met(language: str, tmp_path: Path) -> None:
    spoken: set[tuple[str, bool]] = set()
    for ruleset in RULESETS:
        for answer in answers(EVERY_SENTENCE[ruleset], tmp_path, ruleset, lang=language):
            for reason in answer["reasons"]:
                text = reason["message"]
                assert text.endswith((".", ").")), reason
                assert text[0].isupper() or text[0].isdigit() or text[0] == "«", reason
                assert not [mark for mark in ("%(", "%%", "None", "{", "}", "  ") if mark in text], reason
                assert reason["source"]
                spoken.add((reason["code"], reason["met"]))
    always_met = {"bill.mandatory"}
    never_met = {
        "cover.none",
        "cover.waiting",
        "cover.figure_missing",
        "cover.no_option",
        "cover.abroad",
        "cover.franchise_unknown",
    }
    codes = {code for code, _met in spoken}
    figures = {f"cover.{name.value}" for name in Name}
    assert figures <= codes
    assert never_met | always_met <= codes
    both = codes - always_met - never_met
    met_only = {code for code in both if (code, False) not in spoken}
    not_met_only = {code for code in both if (code, True) not in spoken}
    # What is paid whole in every insurance never leaves a part.
    assert met_only == {"cover.own_share", "cover.compression_shared", "cover.parent_stay_shared"}
    assert not_met_only == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_a_name(language: str) -> None:
    with translation.override(language):
        assert all(kind(one) for one in KINDS)
        assert all(figure_name(one) for one in Name)
        assert all(flag(one) for one in Flag.__args__)  # type: ignore[attr-defined]
        assert all(tier(one) for one in Tier)
        assert all(outcome(one) for one in ("covered", "check", "reimbursable", "pending", "refused"))
        assert condition("cover.own_share") == figure_name("own_share")


@pytest.mark.parametrize(
    ("asked", "code", "figures"),
    [
        (
            bill(line("fee_supplement", "400.00", inami_tariff="100.00")),
            "cover.fee_supplement",
            ["300", "300.00", "100.00"],
        ),
        (bill(line("room_supplement", "900.00")), "cover.room_supplement", ["125.00", "500.00", "400.00"]),
        (bill(line("stay")), "cover.franchise", ["100.00", "2026"]),
        (
            bill(line("fee", "900.00"), tier="hospitalia", intervention_used_this_year="24500.00"),
            "cover.ceiling",
            ["25,000.00", "24,500.00", "250.00", "2026"],
        ),
        (
            bill(line(), line("room_supplement"), line("fee_supplement"), room="double"),
            "bill.shared_room",
            ["2, 3", "200.00", "double"],
        ),
        (
            bill(line("guest_house"), tier="hospitalia"),
            "cover.figure_missing",
            ["Hospitalia", "Guest house", "100.00"],
        ),
    ],
)
def test_a_sentence_has_its_figures(asked: Line, code: str, figures: list[str], tmp_path: Path) -> None:
    (answer,) = answers([asked], tmp_path, "hospital_cover", lang="en")
    (said,) = [reason["message"] for reason in answer["reasons"] if reason["code"] == code]
    assert [one for one in figures if one not in said] == [], said


# --- what the contract leaves open, named -----------------------------------------------------------------


def test_the_reading_of_300_percent_is_a_parameter() -> None:
    facts = msgspec.convert(bill(line("fee_supplement", "2600.00", inami_tariff="800.00")), HospitalCover)
    whole = Terms(Tier.PLUS, PUBLISHED[Tier.PLUS].figures, Reading.WHOLE_FEE)
    assert str(cover(facts).lines[0].insurance) == "2400.00"
    assert str(cover(facts, whole).lines[0].insurance) == "1600.00"


def test_care_outside_the_days_of_the_insurance_is_not_paid(tmp_path: Path) -> None:
    inside, outside = (
        line("pre_hospital", care_date="2026-01-01"),
        line("pre_hospital", care_date="2025-12-31"),
    )
    (answer,) = answers([bill(inside, outside)], tmp_path, "hospital_cover")
    assert [one["insurance"] for one in answer["lines"]] == ["100.00", "0.00"]
    assert "outside_days" in answer["lines"][1]["flags"]


def test_a_case_pays_its_sum_in_the_order_of_the_lines(tmp_path: Path) -> None:
    (answer,) = answers([bill(*[line("pharmacy_other", "500.00")] * 4)], tmp_path, "hospital_cover")
    assert [one["insurance"] for one in answer["lines"]] == ["500.00", "500.00", "200.00", "0.00"]


def test_a_bill_of_three_thousand_lines_is_settled(tmp_path: Path) -> None:
    (answer,) = answers([bill(*[line("fee", "1.01", mandatory="0.33")] * 3000)], tmp_path, "hospital_cover")
    assert answer["totals"]["billed"] == "3030.00"
    assert answer["totals"]["insurance"] == "1890.00"


def test_one_thing_that_is_missing_is_said(tmp_path: Path) -> None:
    found = answers(
        [deposit(receipt=False), deposit(receipt=False, claim_form=False), deposit(admission=None)],
        tmp_path,
        "hospital_deposit",
    )
    assert [[change["field"] for change in one["would_change"]] for one in found] == [
        ["receipt"],
        [],
        ["admission"],
    ]


# --- bad input --------------------------------------------------------------------------------------------

BAD_BILLS = [
    (bill(colour="blue"), "colour"),
    (bill(discharge="2026-03-01"), "discharge"),
    (bill(discharge="2026-02-30"), "discharge"),
    (bill(admission=None), "admission"),
    (bill(tier="gold"), "tier"),
    (bill(room="suite"), "room"),
    (bill(day_hospital="no"), "day_hospital"),
    (bill(intervention_used_this_year="-1.00"), "intervention_used_this_year"),
    (bill(intervention_used_this_year="NaN"), "intervention_used_this_year"),
    (bill(line(billed="-0.01")), "lines[0].billed"),
    (bill(line(), line(billed="12,50")), "lines[1].billed"),
    (bill(line(billed="12.345")), "lines[0].billed"),
    (bill(line(billed="1E+400000000")), "lines[0].billed"),
    (bill(line(billed="sNaN")), "lines[0].billed"),
    (bill(line(mandatory="100.01")), "lines[0].mandatory"),
    (bill(line(mandatory="-1.00")), "lines[0].mandatory"),
    (bill(line("wellness")), "lines[0].kind"),
    (bill(line("room_supplement", quantity=-1)), "lines[0].quantity"),
    (bill(line("room_supplement", quantity=1.5)), "lines[0].quantity"),
    (bill(line("room_supplement", quantity=None)), "lines[0].quantity"),
    (bill(line("fee_supplement", inami_tariff=None)), "lines[0].inami_tariff"),
    (bill(line("fee_supplement", doctor_agreed=None)), "lines[0].doctor_agreed"),
    (bill(line(colour="blue")), "lines[0].colour"),
    (bill(lines="none"), "lines"),
]
BAD_DEPOSITS = [
    (deposit(colour="blue"), "colour"),
    (deposit(paid="-1.00"), "paid"),
    (deposit(paid="570,00"), "paid"),
    (deposit(room_supplement_per_day="sixty"), "room_supplement_per_day"),
    (deposit(category="rich"), "category"),
    (deposit(paid_on=None), "paid_on"),
    (deposit(admission="soon"), "admission"),
    (deposit(receipt="yes"), "receipt"),
]


@pytest.mark.parametrize(
    ("ruleset", "asked", "field"),
    [("hospital_cover", *bad) for bad in BAD_BILLS] + [("hospital_deposit", *bad) for bad in BAD_DEPOSITS],
)
def test_bad_input_names_its_field_and_the_next_line_goes_on(
    ruleset: str, asked: Line, field: str, tmp_path: Path
) -> None:
    good = worked(ruleset)[0]["given"]
    refused, answered = answers([asked, good], tmp_path, ruleset, lang="en")
    assert refused["error"]["field"] == field
    assert refused["error"]["message"].endswith(".")
    assert "outcome" in answered
