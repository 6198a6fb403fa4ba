"""`manage.py decide` and the decisions API: the same answers, and a clear error for each bad line."""

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

CASES = Path(__file__).parents[2] / "cases"
GOOD = json.loads((CASES / "convalescence.jsonl").read_text().splitlines()[0])["given"]


def answers(
    lines: list[bytes], tmp_path: Path, ruleset: str = "convalescence", **options: object
) -> list[Any]:
    """What the command answers to lines."""
    (tmp_path / "in").write_bytes(b"\n".join(lines) + b"\n")
    options = {"input": str(tmp_path / "in"), "output": str(tmp_path / "out"), **options}
    with suppress(SystemExit):
        call_command("decide", ruleset, **options)
    return [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]


def altered(**changes: object) -> bytes:
    """The good line with changes."""
    return json.dumps({**GOOD, **changes}).encode()


BAD = [
    (b"", ""),
    (b"{", ""),
    (b"[]", ""),
    (b"\xff\xfe", ""),
    (altered(submitted_on="2026-02-30"), "submitted_on"),
    (altered(submitted_on="01/03/2026"), "submitted_on"),
    (altered(submitted_on=20260301), "submitted_on"),
    (altered(stay={"arrival": "2026-03-10", "departure": "2026-03-09"}), "stay.departure"),
    (altered(stay={"arrival": "2026-03-10", "departure": "2026-03-10"}), "stay.departure"),
    (altered(stay={"arrival": "2026-03-10"}), "stay.departure"),
    (altered(criteria=["tired"]), "criteria[0]"),
    (altered(criteria="recent_hospitalisation"), "criteria"),
    (altered(partner=[{"from": "2026-01-02", "to": "2026-01-01"}]), "partner[0].to"),
    (altered(contributions=[{"from": "2026-01-02"}]), "contributions[0].to"),
    (altered(days_used={"2026": -1}), "days_used"),
    (altered(days_used={"2026": 1.5}), "days_used"),
    (altered(days_used={"twenty": 1}), "days_used"),
    (altered(days_used={"2026": True}), "days_used"),
    (altered(colour="blue"), "colour"),
    (altered(id=7), "id"),
    (b"[" * 100_000, ""),
    (b'{"id": "1", "stay": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "stay"),
]


@pytest.mark.parametrize(("line", "field"), BAD)
def test_a_bad_line_names_its_field_and_the_next_line_goes_on(
    line: bytes, field: str, tmp_path: Path
) -> None:
    bad, good = answers([line, json.dumps(GOOD).encode()], tmp_path)
    assert bad["error"]["field"] == field
    assert bad["error"]["message"]
    assert good["outcome"] == "granted"


def test_the_id_of_a_bad_line_comes_back(tmp_path: Path) -> None:
    assert answers([altered(colour="blue")], tmp_path)[0]["id"] == GOOD["id"]


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_every_rule_is_told_in_a_sentence_of_the_language(language: str, tmp_path: Path) -> None:
    for ruleset in ("convalescence", "short_stay", "caregiver"):
        lines = [
            json.dumps(json.loads(line)["given"]).encode()
            for line in (CASES / f"{ruleset}.jsonl").read_text().splitlines()
        ]
        for answer in answers(lines, tmp_path, ruleset, lang=language):
            codes = [reason["code"] for reason in answer["reasons"]]
            assert len(codes) == len(set(codes))
            assert all(reason["source"] and reason["message"].endswith(".") for reason in answer["reasons"])


@pytest.mark.parametrize(("lines", "status"), [([json.dumps(GOOD)], 0), (["{", json.dumps(GOOD)], 1)])
def test_the_exit_status_tells_of_bad_lines(lines: list[str], status: int, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("\n".join(lines) + "\n")
    stopped = 0
    try:
        call_command("decide", "convalescence", input=str(tmp_path / "in"), output=str(tmp_path / "out"))
    except SystemExit as stop:
        stopped = int(stop.code or 0)
    assert stopped == status


def test_standard_input_and_output(monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = io.BytesIO(json.dumps(GOOD).encode() + b"\n"), io.BytesIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(source))
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(target))
    call_command("decide", "convalescence")
    assert json.loads(target.getvalue())["amount"] == "735.00"


@pytest.mark.parametrize("ruleset", ["convalescence", "short_stay", "caregiver"])
@pytest.mark.django_db
def test_the_api_answers_as_the_command(ruleset: str, client: Client, tmp_path: Path) -> None:
    given = [json.loads(line)["given"] for line in (CASES / f"{ruleset}.jsonl").read_text().splitlines()]
    told = answers([json.dumps(line).encode() for line in given], tmp_path, ruleset)
    for line, answer in zip(given, told, strict=True):
        response = client.post(reverse("api:decision", args=[ruleset]), line, content_type="application/json")
        assert response.status_code == 200
        assert response.json() == answer


@pytest.mark.django_db
def test_the_api_names_the_field_that_is_wrong(client: Client) -> None:
    url = reverse("api:decision", args=["convalescence"])
    response = client.post(url, {**GOOD, "colour": "blue"}, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "colour"
    assert (
        client.post(
            reverse("api:decision", args=["horoscope"]), {}, content_type="application/json"
        ).status_code
        == 404
    )
