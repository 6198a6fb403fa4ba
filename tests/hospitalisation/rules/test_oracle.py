"""Thousands of random bills and deposits: the rules say what the second telling of the sheet says."""

import json
import os
import random
from datetime import date, timedelta

import msgspec

from hospitalisation.rules import KINDS, HospitalCover, HospitalDeposit, cover, judge_deposit
from hospitalisation.rules.requests import BY_DAY
from tests.hospitalisation.rules.second_telling import tell, tell_deposit

TIERS = ["none", "hospitalia", "hospitalia_medium", "hospitalia_plus", "hospitalia_continuity"]
ROOMS = ["common", "double", "individual"]
MANY = int(os.environ.get("ORACLE_CASES", "2000"))


def money(chance, most):
    return f"{chance.choice([0, chance.randrange(most), chance.randrange(most)]) / 100:.2f}"


def a_line(chance):
    kind = chance.choice(KINDS)
    billed = money(chance, chance.choice([2_000, 40_000, 900_000]))
    line = {"kind": kind, "billed": billed}
    if chance.random() < 0.5:
        line["mandatory"] = f"{float(billed) * chance.choice([0, 0.33, 0.9, 1]):.2f}"
    if kind in BY_DAY:
        line["quantity"] = chance.randrange(0, 30)
    if kind in ("fee", "fee_supplement"):
        line["inami_tariff"] = money(chance, 90_000)
        line["doctor_agreed"] = chance.random() < 0.3
    return line


def a_bill(chance, number):
    admission = date(2026, 1, 1) + timedelta(chance.randrange(600))
    day_hospital = chance.random() < 0.2
    return {
        "id": str(number),
        "tier": chance.choice(TIERS),
        "admission": admission.isoformat(),
        "discharge": (admission + timedelta(0 if day_hospital else chance.randrange(12))).isoformat(),
        "day_hospital": day_hospital,
        "room": chance.choice(ROOMS),
        "hospital_has_franchise": chance.random() < 0.5,
        "intervention_used_this_year": chance.choice(["0.00", money(chance, 3_000_000), "24990.00"]),
        "lines": [a_line(chance) for _ in range(chance.choice([0, 1, 3, 8, 30]))],
    }


def test_bills_are_settled_as_the_sheet_says():
    chance = random.Random(509)
    for number in range(MANY):
        bill = a_bill(chance, number)
        found = cover(msgspec.json.decode(json.dumps(bill), type=HospitalCover))
        lines, sums, outcome = tell(bill)
        answer = msgspec.to_builtins(found)
        assert found.outcome == outcome, bill
        assert answer["totals"] == sums, bill
        for got, said in zip(answer["lines"], lines, strict=True):
            shown = {name: got[name] for name in ("mandatory", "insurance", "patient", "unlawful")}
            assert shown == {name: said[name] for name in shown}, bill
            assert set(got["flags"]) - {"to_confirm"} == ({said["flag"]} if said["flag"] else set()), bill


def test_deposits_are_judged_as_the_sheet_says():
    chance = random.Random(510)
    for number in range(MANY):
        asked = {
            "id": str(number),
            "tier": chance.choice(TIERS),
            "room": chance.choice(ROOMS),
            "day_hospital": chance.random() < 0.3,
            "category": chance.choice(["ordinary", "child", "bim"]),
            "room_supplement_per_day": money(chance, 20_000),
            "paid": money(chance, 90_000),
            "paid_on": "2026-03-02",
            "admission": chance.choice([None, "2026-03-02"]),
            "belgian_hospital": chance.random() < 0.9,
            "receipt": chance.random() < 0.8,
            "claim_form": chance.random() < 0.8,
        }
        found = judge_deposit(msgspec.json.decode(json.dumps(asked), type=HospitalDeposit))
        answer = json.loads(msgspec.json.encode(found))
        told = tell_deposit(asked)
        assert {name: answer[name] for name in told} == told, asked
