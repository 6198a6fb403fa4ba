"""`manage.py decide` and the decisions API for rest homes: worked cases, bad lines, sentences in four languages."""

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
from residences.messages import condition, outcome, remedy
from tests.residences.rules import lines, oracle
from tests.residences.rules.lines import (
    EVERY_SENTENCE,
    LATE,
    ORDINARY,
    RULESETS,
    TAXI,
    TELEVISION,
    advance,
    month,
    notice,
    rise,
    supplement,
)
from tests.residences.rules.strategies import Line

CASES = Path(__file__).parents[2] / "cases"
LANGUAGES = ("fr", "nl", "de", "en")
TOLD = {
    "price_increase": oracle.price_increase,
    "notice": oracle.notice,
    "resident_invoice": oracle.resident_invoice,
}
BOTH, ALWAYS = (True, False), (True,)
CODES: dict[str, dict[str, tuple[bool, ...]]] = {
    "price_increase": {"price.yearly_limit": BOTH, "price.notification": ALWAYS},
    "notice": {
        "notice.cause": BOTH,
        "notice.manager_notice_running": BOTH,
        "notice.written": BOTH,
        "notice.reasons": BOTH,
        "notice.length": ALWAYS,
        "notice.start": ALWAYS,
        "notice.observed": BOTH,
    },
    "resident_invoice": {
        "invoice.first_month": ALWAYS,
        "invoice.in_advance": ALWAYS,
        "invoice.discount": ALWAYS,
        "invoice.rebate": ALWAYS,
        "invoice.supplement": BOTH,
        "invoice.advance": BOTH,
        "invoice.formal_notice": BOTH,
        "invoice.payment_term": ALWAYS,
        "invoice.dispute_term": ALWAYS,
    },
}


def given_cases(ruleset: str) -> list[Line]:
    """The worked cases that came with the contract."""
    return [json.loads(text) for text in (CASES / f"{ruleset}.jsonl").read_text().splitlines()]


def answers(asked: list[bytes], tmp_path: Path, ruleset: str, **options: object) -> list[Any]:
    """What the command answers to lines."""
    (tmp_path / "in").write_bytes(b"\n".join(asked) + b"\n")
    options = {"input": str(tmp_path / "in"), "output": str(tmp_path / "out"), **options}
    with suppress(SystemExit):
        call_command("decide", ruleset, **options)
    return [json.loads(text) for text in (tmp_path / "out").read_text().splitlines()]


def encoded(facts: list[Line]) -> list[bytes]:
    """Lines as they are sent."""
    return [json.dumps(one).encode() for one in facts]


@pytest.mark.parametrize("ruleset", RULESETS)
def test_the_worked_cases(ruleset: str, tmp_path: Path) -> None:
    worked = given_cases(ruleset)
    told = answers(encoded([case["given"] for case in worked]), tmp_path, ruleset)
    for case, answer in zip(worked, told, strict=True):
        assert {name: answer[name] for name in case["expect"]} == case["expect"], case["why"]
        assert answer["id"] == case["given"]["id"]
        second = TOLD[ruleset](case["given"])
        assert {name: answer[name] for name in second} == second, case["why"]


@pytest.mark.parametrize("ruleset", RULESETS)
def test_our_own_cases_by_the_command(ruleset: str, tmp_path: Path) -> None:
    worked = lines.cases(ruleset)
    told = answers(encoded([line for _why, line, _expected in worked]), tmp_path, ruleset)
    for (why, _line, expected), answer in zip(worked, told, strict=True):
        assert {name: answer[name] for name in expected} == expected, why


@pytest.mark.parametrize("ruleset", RULESETS)
@pytest.mark.django_db
def test_the_api_answers_as_the_command(ruleset: str, client: Client, tmp_path: Path) -> None:
    asked = [case["given"] for case in given_cases(ruleset)] + EVERY_SENTENCE[ruleset]
    told = answers(encoded(asked), tmp_path, ruleset)
    for facts, answer in zip(asked, told, strict=True):
        response = client.post(
            reverse("api:decision", args=[ruleset]), facts, content_type="application/json"
        )
        assert response.status_code == 200
        assert response.json() == answer


@pytest.mark.parametrize("ruleset", RULESETS)
def test_the_answer_has_what_the_contract_asks_and_no_float(ruleset: str, tmp_path: Path) -> None:
    for line, answer in zip(
        EVERY_SENTENCE[ruleset], answers(encoded(EVERY_SENTENCE[ruleset]), tmp_path, ruleset), strict=True
    ):
        assert set(answer) == {"id", "reasons", "would_change", *TOLD[ruleset](line)}
        assert all(set(reason) == {"code", "met", "source", "message"} for reason in answer["reasons"])
        assert all(set(change) == {"field", "value", "outcome"} for change in answer["would_change"])
        assert not floats(answer)
    if ruleset == "resident_invoice":
        assert all(set(one) == {"kind", "days", "amount"} for one in answer["lines"])


def floats(value: object) -> list[float]:
    """The floats anywhere in an answer."""
    if isinstance(value, dict):
        return [found for one in value.values() for found in floats(one)]
    if isinstance(value, list):
        return [found for one in value for found in floats(one)]
    return [value] if isinstance(value, float) else []


# --- sentences --------------------------------------------------------------------------------------------


def assert_spoken(reason: Line) -> None:
    """Whether a reason is a whole sentence with its figures and its source."""
    assert reason["message"].endswith("."), reason
    assert reason["message"][0].isupper() or reason["message"][0].isdigit(), reason
    assert not [mark for mark in ("%(", "%%", "None", "{", "}", "  ") if mark in reason["message"]], reason
    assert "art. " in reason["source"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ruleset", RULESETS)
def test_every_code_is_a_sentence_met_and_not_met(ruleset: str, language: str, tmp_path: Path) -> None:
    spoken = set()
    for answer in answers(encoded(EVERY_SENTENCE[ruleset]), tmp_path, ruleset, lang=language):
        for reason in answer["reasons"]:
            assert_spoken(reason)
            spoken.add((reason["code"], reason["met"]))
    assert spoken == {(code, met) for code, states in CODES[ruleset].items() for met in states}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_cannot_break_its_sentence(language: str, tmp_path: Path) -> None:
    label = "100 % (%(labels)s) {laine} %d"
    odd = supplement(label=label, in_convention=False)
    bare = advance(label=label, document=False)
    (answer,) = answers(
        encoded([month(supplements=[odd, odd], advances=[bare])]), tmp_path, "resident_invoice", lang=language
    )
    said = {reason["code"]: reason["message"] for reason in answer["reasons"]}
    assert f"{label}, {label}." in said["invoice.supplement"]
    assert f"{label}." in said["invoice.advance"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_suggestion_is_a_sentence(language: str) -> None:
    offered = [
        change
        for line, decided in [
            (rise(new_price="52.94"), lines.weighed),
            (notice(channel="oral"), lines.judged),
            (notice(given_by="manager", reason_given=False), lines.judged),
            (month(supplements=[TELEVISION]), lines.invoiced),
            (month(advances=[advance(), TAXI]), lines.invoiced),
        ]
        for change in decided(line).would_change
    ]
    with translation.override(language):
        spoken = [str(remedy(change)) for change in offered]
        assert all(text.endswith(".") and "%(" not in text for text in spoken)
        assert len(set(spoken)) == len(spoken) == 7
        assert remedy(Remedy("new_price", "52.93", "allowed")) == spoken[0]  # as it is kept and read again


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_and_every_outcome_has_a_name(language: str) -> None:
    with translation.override(language):
        assert all(condition(code) for codes in CODES.values() for code in codes)
        for code in ("allowed", "refused", "valid", "void", "not_needed", "issued"):
            assert outcome(code)


@pytest.mark.parametrize(
    ("ruleset", "line", "code", "figures"),
    [
        (
            "price_increase",
            rise(new_price="52.94"),
            "price.yearly_limit",
            ["52.94", "52.93", "48.92", "125", "129", "3.2"],
        ),
        ("price_increase", rise(), "price.notification", ["01/02/2026", "03/03/2026"]),
        ("notice", notice(), "notice.start", ["05/06/2026", "10/06/2026", "24/06/2026", "15"]),
        (
            "notice",
            notice(starts_on="2026-07-01"),
            "notice.start",
            ["10/06/2026", "01/07/2026", "15/07/2026"],
        ),
        (
            "notice",
            notice(starts_on="2026-06-06"),
            "notice.start",
            ["06/06/2026", "10/06/2026", "24/06/2026"],
        ),
        ("notice", notice(sent_on="2026-01-20"), "notice.length", ["10/02/2026", "7"]),
        ("notice", notice(given_by="manager"), "notice.length", ["3"]),
        ("notice", notice(given_by="manager", breach=True), "notice.length", ["1"]),
        ("notice", notice(left_on="2026-06-15"), "notice.observed", ["15/06/2026", "9", "48.92", "440.28"]),
        ("notice", notice(cause="death", room_cleared_on="2026-06-12"), "notice.cause", ["12/06/2026"]),
        ("resident_invoice", month(), "invoice.in_advance", ["30", "06/2026", "48.92"]),
        ("resident_invoice", month(discount_percent="2.50"), "invoice.discount", ["2.5"]),
        ("resident_invoice", month(insurer_days=12), "invoice.rebate", ["12", "0.34"]),
        (
            "resident_invoice",
            month(first_invoice=True, entry="2026-05-20"),
            "invoice.first_month",
            ["20/05/2026", "12"],
        ),
        ("resident_invoice", month(supplements=[TELEVISION]), "invoice.supplement", ["Télévision"]),
        ("resident_invoice", month(advances=[TAXI]), "invoice.advance", ["Taxi"]),
        (
            "resident_invoice",
            month(late_payments=[LATE]),
            "invoice.formal_notice",
            ["1,467.60", "05/04/2026", "25/04/2026", "20", "4.5", "3.62"],
        ),
        (
            "resident_invoice",
            month(late_payments=[LATE | {"paid": "2026-04-05"}]),
            "invoice.formal_notice",
            ["in time"],
        ),
        ("resident_invoice", month(), "invoice.payment_term", ["28/05/2026", "05/06/2026"]),
        ("resident_invoice", month(), "invoice.dispute_term", ["28/06/2026"]),
    ],
)
def test_a_sentence_has_its_figures(
    ruleset: str, line: Line, code: str, figures: list[str], tmp_path: Path
) -> None:
    (answer,) = answers(encoded([line]), tmp_path, ruleset, lang="en")
    (said,) = [reason["message"] for reason in answer["reasons"] if reason["code"] == code]
    assert [figure for figure in figures if figure not in said] == [], said


# --- bad input --------------------------------------------------------------------------------------------

BAD_RISES = [
    (rise(colour="blue"), "colour"),
    (rise(index_now="0"), "index_now"),
    (rise(index_now="-129.00"), "index_now"),
    (rise(index_now="NaN"), "index_now"),
    (rise(index_now="0.00000001"), "index_now"),
    (rise(index_now="1E+400000000"), "index_now"),
    (rise(index_at_last_increase="0.00"), "index_at_last_increase"),
    (rise(index_at_last_increase="high"), "index_at_last_increase"),
    (rise(new_price="-1.00"), "new_price"),
    (rise(new_price="49.005"), "new_price"),
    (rise(new_price="49,00"), "new_price"),
    (rise(new_price="Infinity"), "new_price"),
    (rise(new_price="1E+400000000"), "new_price"),
    (rise(price_before_year="-48.92"), "price_before_year"),
    (rise(current_price=None), "current_price"),
    (rise(notified_on="2026-02-29"), "notified_on"),
    (rise(notified_on="9999-12-31"), "notified_on"),
    (rise(notified_on=None), "notified_on"),
    (rise(id=7), "id"),
]
BAD_NOTICES = [
    (notice(colour="blue"), "colour"),
    (notice(sent_on="2026-02-30"), "sent_on"),
    (notice(sent_on="05/06/2026"), "sent_on"),
    (notice(sent_on="2026-06-05T10:00:00"), "sent_on"),
    (notice(sent_on=None), "sent_on"),
    (notice(entry="2025-02-29"), "entry"),
    (notice(entry="0001-01-01"), "entry"),
    (notice(starts_on="soon"), "starts_on"),
    (notice(starts_on="9999-12-31"), "starts_on"),
    (notice(left_on="2026-06-31"), "left_on"),
    (notice(room_cleared_on=""), "room_cleared_on"),
    (notice(daily_price="-48.92"), "daily_price"),
    (notice(daily_price="1E+400000000"), "daily_price"),
    (notice(stay_kind="holiday"), "stay_kind"),
    (notice(given_by="family"), "given_by"),
    (notice(channel="email"), "channel"),
    (notice(cause="boredom"), "cause"),
    (notice(breach="no"), "breach"),
    (notice(reason_given=None), "reason_given"),
]
BAD_INVOICES = [
    (month(colour="blue"), "colour"),
    (month(month="2026-13"), "month"),
    (month(month="2026-00"), "month"),
    (month(month="2026-5"), "month"),
    (month(month="2026-05\n"), "month"),
    (month(month="0000-05"), "month"),
    (month(month="2100-01"), "month"),
    (month(month=""), "month"),
    (month(month=202605), "month"),
    (month(entry="2026-02-29"), "entry"),
    (month(exit="2026-01-11"), "exit"),
    (month(exit="2026-06-31"), "exit"),
    (month(received_on=None), "received_on"),
    (month(daily_price="-48.92"), "daily_price"),
    (month(daily_price="48.925"), "daily_price"),
    (month(discount_percent="120"), "discount_percent"),
    (month(discount_percent="100.0001"), "discount_percent"),
    (month(discount_percent="-3"), "discount_percent"),
    (month(discount_percent="three"), "discount_percent"),
    (month(insurer_days=-1), "insurer_days"),
    (month(insurer_days=2.5), "insurer_days"),
    (month(insurer_days="31"), "insurer_days"),
    (month(rebate_per_day="-0.34"), "rebate_per_day"),
    (month(supplements=None), "supplements"),
    (month(supplements=[supplement(), supplement(unit_price="-7.50")]), "supplements[1].unit_price"),
    (month(supplements=[supplement(quantity=-1)]), "supplements[0].quantity"),
    (month(supplements=[supplement(quantity="NaN")]), "supplements[0].quantity"),
    (month(supplements=[supplement(quantity=True)]), "supplements[0].quantity"),
    (month(supplements=[supplement(in_convention=None)]), "supplements[0].in_convention"),
    (month(supplements=[supplement(colour="blue")]), "supplements[0].colour"),
    (month(advances=[advance(amount="-23.17")]), "advances[0].amount"),
    (month(advances=[advance(document="yes")]), "advances[0].document"),
    (month(advances=[{"amount": "23.17", "document": True}]), "advances[0].label"),
    (month(late_payments=None), "late_payments"),
    (month(late_payments=[LATE | {"due": "2026-02-29"}]), "late_payments[0].due"),
    (month(late_payments=[LATE | {"paid": None}]), "late_payments[0].paid"),
    (month(late_payments=[LATE | {"amount": "-1.00"}]), "late_payments[0].amount"),
    (month(late_payments=[LATE | {"rate_percent": "-4.50"}]), "late_payments[0].rate_percent"),
]
BAD = [
    *[("price_increase", *bad) for bad in BAD_RISES],
    *[("notice", *bad) for bad in BAD_NOTICES],
    *[("resident_invoice", *bad) for bad in BAD_INVOICES],
]


@pytest.mark.parametrize(("ruleset", "facts", "field"), BAD)
def test_a_bad_line_names_its_field_and_the_next_line_goes_on(
    ruleset: str, facts: Line, field: str, tmp_path: Path
) -> None:
    refused, answered = answers(encoded([facts, ORDINARY[ruleset]()]), tmp_path, ruleset, lang="en")
    assert refused["error"]["field"] == field
    assert refused["error"]["message"].endswith(".")
    assert "regex" not in refused["error"]["message"]
    assert refused["id"] == ("1" if field != "id" else None)
    assert answered["outcome"] in {"allowed", "valid", "issued"}


@pytest.mark.parametrize(
    ("ruleset", "field"),
    [(ruleset, name) for ruleset in RULESETS for name in ORDINARY[ruleset]() if name != "late_payments"],
)
def test_a_missing_field_is_named(ruleset: str, field: str, tmp_path: Path) -> None:
    without = {name: value for name, value in ORDINARY[ruleset]().items() if name != field}
    (refused,) = answers(encoded([without]), tmp_path, ruleset)
    assert refused["error"]["field"] == field


@pytest.mark.parametrize("ruleset", RULESETS)
@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"null", b"\xff\xfe"])
def test_what_is_no_object_is_an_error_of_the_line(ruleset: str, line: bytes, tmp_path: Path) -> None:
    refused, answered = answers([line, *encoded([ORDINARY[ruleset]()])], tmp_path, ruleset)
    assert refused["error"]["field"] == ""
    assert "outcome" in answered


@pytest.mark.parametrize(
    ("ruleset", "facts"),
    [
        ("price_increase", rise(price_before_year="999999999999.99", index_at_last_increase="0.0001")),
        ("price_increase", rise(price_before_year="0.00", new_price="0.00")),
        ("notice", notice(sent_on="2098-12-31", starts_on="2098-12-31", given_by="manager")),
        ("notice", notice(entry="1902-01-01", left_on="1902-01-01", sent_on="2098-12-31")),
        ("notice", notice(daily_price="999999999999.99", left_on="2026-06-06")),
        ("resident_invoice", month(month="2098-12", received_on="2098-12-31")),
        ("resident_invoice", month(entry="1902-01-01", exit="2098-12-31", daily_price="999999999999.99")),
        (
            "resident_invoice",
            month(
                supplements=[supplement(quantity="999999999.999999999999", unit_price="999999999999.99")],
                late_payments=[
                    LATE
                    | {
                        "amount": "999999999999.99",
                        "due": "1902-01-01",
                        "paid": "2098-12-31",
                        "rate_percent": "999999999",
                    }
                ],
            ),
        ),
    ],
)
def test_what_is_far_out_is_answered(ruleset: str, facts: Line, tmp_path: Path) -> None:
    (answer,) = answers(encoded([facts]), tmp_path, ruleset)
    second = TOLD[ruleset](facts)
    assert {name: answer[name] for name in second} == second


@pytest.mark.django_db
def test_the_api_says_what_is_wrong_with_a_discount(client: Client) -> None:
    url = reverse("api:decision", args=["resident_invoice"])
    response = client.post(
        url, month(discount_percent="120"), content_type="application/json", headers={"accept-language": "en"}
    )
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "discount_percent"
