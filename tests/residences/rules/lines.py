"""Lines of the contract as the tests write them, what the rules tell of them, and the worked cases of our own."""

import json
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from residences.rules import (
    InvoiceDecision,
    Notice,
    NoticeDecision,
    PriceDecision,
    PriceIncrease,
    ResidentInvoice,
    invoice,
    judge,
    weigh_increase,
)

Line = dict[str, Any]

RULESETS = ("price_increase", "notice", "resident_invoice")
LATE = {
    "amount": "1467.60",
    "due": "2026-04-05",
    "paid": "2026-04-25",
    "rate_percent": "4.50",
    "formal_notice": True,
}


def rise(**changes: Any) -> Line:
    """A rise that nothing stands against, with changes."""
    ordinary: Line = {
        "id": "1",
        "price_before_year": "48.92",
        "current_price": "48.92",
        "new_price": "49.00",
        "index_at_last_increase": "125.00",
        "index_now": "129.00",
        "notified_on": "2026-02-01",
    }
    return ordinary | changes


def notice(**changes: Any) -> Line:
    """A resident's registered letter after the trial, with changes."""
    ordinary: Line = {
        "id": "1",
        "stay_kind": "indefinite",
        "entry": "2026-01-12",
        "given_by": "resident",
        "sent_on": "2026-06-05",
        "channel": "registered",
        "reason_given": True,
        "breach": False,
        "starts_on": None,
        "daily_price": "48.92",
        "left_on": None,
        "cause": "none",
        "room_cleared_on": None,
        "manager_notice_running": False,
    }
    return ordinary | changes


def month(**changes: Any) -> Line:
    """The invoice of May of who has been there since January, with changes."""
    ordinary: Line = {
        "id": "1",
        "month": "2026-05",
        "daily_price": "48.92",
        "entry": "2026-01-12",
        "exit": None,
        "first_invoice": False,
        "insurer_days": 0,
        "rebate_per_day": "0.34",
        "discount_percent": "0",
        "supplements": [],
        "advances": [],
        "late_payments": [],
        "received_on": "2026-05-28",
    }
    return ordinary | changes


def supplement(**changes: Any) -> Line:
    """A supplement of the convention, with changes."""
    return {"label": "Dîner visiteur", "quantity": 2, "unit_price": "7.50", "in_convention": True} | changes


def advance(**changes: Any) -> Line:
    """An advance with its document, with changes."""
    return {"label": "Pharmacie", "amount": "23.17", "document": True} | changes


ORDINARY = {"price_increase": rise, "notice": notice, "resident_invoice": month}


def cases(ruleset: str) -> list[tuple[str, Line, Line]]:
    """Our own worked cases of a ruleset: why, the line, and what is expected of its answer."""
    told = tomllib.loads((Path(__file__).parent / "cases.toml").read_text())[ruleset]
    return [(case["why"], ORDINARY[ruleset](**case.get("given", {})), _expected(case)) for case in told]


def _expected(case: Line) -> Line:
    plain = {name: None if value == "none" else value for name, value in case["expect"].items()}
    if "lines" in plain:
        plain["lines"] = [
            {"kind": kind, "days": None if days == "none" else days, "amount": euros}
            for kind, days, euros in plain["lines"]
        ]
    return plain


# --- what the rules tell ------------------------------------------------------------------------------------


def weighed(line: Line) -> PriceDecision:
    """The decision on a rise as it comes in."""
    return weigh_increase(msgspec.json.decode(json.dumps(line), type=PriceIncrease))


def judged(line: Line) -> NoticeDecision:
    """The decision on a notice as it comes in."""
    return judge(msgspec.json.decode(json.dumps(line), type=Notice))


def invoiced(line: Line) -> InvoiceDecision:
    """The decision on a month's invoice as it comes in."""
    return invoice(msgspec.json.decode(json.dumps(line), type=ResidentInvoice))


def told(ruleset: str, line: Line) -> Line:
    """What the contract asks of an answer, without the sentences."""
    if ruleset == "price_increase":
        rising = weighed(line)
        return _written(rising, "outcome", "maximum", "in_force_from")
    if ruleset == "notice":
        names = ("outcome", "runs_from", "ends_on", "days", "indemnity", "price_due_until")
        return _written(judged(line), *names)
    decision = invoiced(line)
    lines = [_written(one, "kind", "days", "amount") for one in decision.lines]
    return {**_written(decision, "outcome", "total", "due_on", "dispute_until"), "lines": lines}


def _written(decision: object, *names: str) -> Line:
    return {name: _plain(getattr(decision, name)) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


# --- one line for each thing that can be said ---------------------------------------------------------------

TAXI = advance(label="Taxi", document=False)
TELEVISION = supplement(label="Télévision", in_convention=False)

EVERY_SENTENCE: dict[str, list[Line]] = {
    "price_increase": [rise(), rise(new_price="52.94"), rise(index_now="115.00")],
    "notice": [
        notice(),
        notice(cause="death"),
        notice(cause="death", room_cleared_on="2026-06-12"),
        notice(cause="medical"),
        notice(cause="medical", room_cleared_on="2026-06-12"),
        notice(manager_notice_running=True),
        notice(manager_notice_running=True, left_on="2026-06-20"),
        notice(channel="acknowledged", starts_on="2026-07-01"),
        notice(starts_on="2026-06-06"),
        notice(channel="oral", left_on="2026-06-06"),
        notice(stay_kind="short"),
        notice(sent_on="2026-01-20"),
        notice(given_by="manager"),
        notice(given_by="manager", breach=True),
        notice(given_by="manager", reason_given=False),
        notice(left_on="2026-06-23"),
        notice(left_on="2026-06-24"),
        notice(left_on="2026-06-06", daily_price="0.00"),
    ],
    "resident_invoice": [
        month(),
        month(exit="2026-06-01"),
        month(first_invoice=True, entry="2026-05-31", insurer_days=1, discount_percent="2.50"),
        month(first_invoice=True, entry="2026-05-20", insurer_days=12, discount_percent="100"),
        month(first_invoice=True, entry="2026-07-01"),
        month(supplements=[supplement()], advances=[advance()]),
        month(supplements=[supplement(), TELEVISION, TELEVISION], advances=[advance(), TAXI]),
        month(late_payments=[LATE, LATE | {"formal_notice": False}, LATE | {"paid": "2026-04-06"}]),
        month(late_payments=[LATE | {"paid": "2026-04-01"}]),
    ],
}
