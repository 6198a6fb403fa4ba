"""A month's invoice against the slow second telling, with entry and exit everywhere, and against its promises."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings

from partenamut.law import AwardWithoutGrounds
from residences.rules import InvoiceOutcome
from tests.residences.rules import oracle, strategies
from tests.residences.rules.lines import (
    LATE,
    TAXI,
    TELEVISION,
    advance,
    cases,
    invoiced,
    month,
    supplement,
    told,
)
from tests.residences.rules.strategies import Line

OWN = [pytest.param(line, expected, id=why) for why, line, expected in cases("resident_invoice")]
ORDER = [
    "invoice.first_month",
    "invoice.in_advance",
    "invoice.discount",
    "invoice.rebate",
    "invoice.supplement",
    "invoice.advance",
    "invoice.formal_notice",
    "invoice.payment_term",
    "invoice.dispute_term",
]
KINDS = [
    "accommodation_current",
    "accommodation_next",
    "discount",
    "rebate",
    "supplement",
    "advance",
    "interest",
]


@pytest.mark.parametrize(("line", "expected"), OWN)
def test_a_worked_case(line: Line, expected: Line) -> None:
    answer = told("resident_invoice", line)
    assert {name: answer[name] for name in expected} == expected
    assert oracle.resident_invoice(line) == answer


@settings(max_examples=1000, deadline=None)
@given(strategies.resident_invoices())
def test_the_lines_are_those_of_the_sheet(line: Line) -> None:
    assert told("resident_invoice", line) == oracle.resident_invoice(line)


# --- promises ---------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(strategies.resident_invoices())
def test_the_lines_come_in_their_order_and_add_up(line: Line) -> None:
    decision = invoiced(line)
    places = [KINDS.index(one.kind) for one in decision.lines]
    assert places == sorted(places)
    assert all(one.amount and one.amount == one.amount.quantize(Decimal("0.01")) for one in decision.lines)
    assert decision.total == sum((one.amount for one in decision.lines), Decimal(0))
    assert [one.days is not None for one in decision.lines] == [place < 2 for place in places]


@settings(max_examples=300, deadline=None)
@given(strategies.resident_invoices())
def test_each_line_knows_what_it_stands_for(line: Line) -> None:
    of_kind = {"supplement": "supplements", "advance": "advances", "interest": "late_payments"}
    for one in invoiced(line).lines:
        assert (one.index is None) == (one.kind not in of_kind)
        if one.index is not None:
            alone = month(exit="2026-05-31") | {of_kind[one.kind]: [line[of_kind[one.kind]][one.index]]}
            assert [each.amount for each in invoiced(alone).lines] == [one.amount]


@settings(max_examples=300, deadline=None)
@given(strategies.resident_invoices())
def test_every_suggested_change_lets_the_invoice_go_out(line: Line) -> None:
    for change in invoiced(line).would_change:
        changed = applied(line, change.field, as_read(change.value))
        assert changed != line
        assert (
            invoiced(changed).outcome.value == oracle.resident_invoice(changed)["outcome"] == change.outcome
        )


@settings(max_examples=300, deadline=None)
@given(strategies.resident_invoices())
def test_a_change_is_suggested_wherever_one_list_alone_stands_in_the_way(line: Line) -> None:
    supplements = not all(one["in_convention"] for one in line["supplements"])
    advances = not all(one["document"] for one in line["advances"])
    assert bool(invoiced(line).would_change) == (supplements != advances)


@settings(max_examples=300, deadline=None)
@given(strategies.resident_invoices())
def test_the_rules_are_told_in_their_order(line: Line) -> None:
    decision = invoiced(line)
    codes = [reason.code for reason in decision.reasons]
    assert codes == sorted(codes, key=ORDER.index)
    assert codes.count("invoice.formal_notice") == len(line.get("late_payments", []))
    assert {code for code in codes if codes.count(code) > 1} <= {"invoice.formal_notice"}
    met = {reason.code: reason.met for reason in decision.reasons}
    stopped = not (met["invoice.supplement"] and met["invoice.advance"])
    assert stopped == (decision.outcome is InvoiceOutcome.REFUSED)


def as_read(value: object) -> object:
    """A suggested value as it stands in an answer."""
    return json.loads(msgspec.json.encode(value))


def applied(line: Line, field: str, value: object) -> Line:
    """A line in which a suggested change was made, as somebody who reads the answer would make it."""
    name, _, rest = field.partition(".")
    if not rest:
        return line | {name: value}
    place, _, part = rest.partition(".")
    changed = [dict(one) for one in line[name]]
    changed[int(place)][part] = value
    return line | {name: changed}


# --- by hand ----------------------------------------------------------------------------------------------


def suggested(line: Line) -> list[tuple[str, object]]:
    """The fields and values that are suggested, as they are read in an answer."""
    return [(change.field, as_read(change.value)) for change in invoiced(line).would_change]


def test_one_advance_without_document_is_documented_or_left_out() -> None:
    (document, left_out) = suggested(month(advances=[advance(), TAXI]))
    assert document == ("advances.1.document", True)
    assert left_out == ("advances", [advance()])


def test_two_advances_without_documents_can_only_be_left_out_together() -> None:
    assert suggested(month(advances=[TAXI, advance(), TAXI])) == [("advances", [advance()])]


def test_a_supplement_outside_the_convention_is_left_out() -> None:
    ((field, value),) = suggested(month(supplements=[TELEVISION, supplement(), TELEVISION]))
    assert field == "supplements"
    assert value == [supplement(quantity="2")]


def test_two_lists_in_the_way_are_no_single_change() -> None:
    assert suggested(month(supplements=[TELEVISION], advances=[TAXI])) == []


def test_what_is_refused_still_tells_how_it_was_reckoned() -> None:
    line = month(
        first_invoice=True, entry="2026-05-20", discount_percent="3", insurer_days=3, supplements=[TELEVISION]
    )
    decision = invoiced(line)
    assert [reason.code for reason in decision.reasons][:4] == ORDER[:4]
    failed = [reason for reason in decision.reasons if not reason.met]
    assert [dict(reason.figures)["labels"] for reason in failed] == [("Télévision",)]


def test_late_payments_may_be_left_out() -> None:
    without = {name: value for name, value in month().items() if name != "late_payments"}
    assert told("resident_invoice", without) == told("resident_invoice", month())


def test_the_interest_is_the_figure_of_its_reason() -> None:
    decision = invoiced(month(late_payments=[LATE, LATE | {"formal_notice": False}]))
    figures = [dict(reason.figures) for reason in decision.reasons if reason.code == "invoice.formal_notice"]
    assert [str(one["interest"]) for one in figures] == ["3.62", "0.00"]
    assert [one["days"] for one in figures] == [20, 20]


def test_an_invoice_adds_up_or_is_none() -> None:
    issued = invoiced(month())
    with pytest.raises(AwardWithoutGrounds):
        msgspec.structs.replace(issued, total=Decimal("1.00"))
    with pytest.raises(AwardWithoutGrounds):
        msgspec.structs.replace(issued, outcome=InvoiceOutcome.REFUSED)
