"""The letter of a decision: the bill line by line or by kind, and sums that say what is paid."""

from decimal import Decimal

import pytest

from hospitalisation.deciding import ruled
from hospitalisation.documents.letters import MOST_LINES, decision_words
from hospitalisation.services import decisions
from partenamut.accounts.roles import Role
from partenamut.documents import services as documents
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT = make.AT


def letter_of(claim, **taken_off):
    decision = decisions.decide(claim=claim, actor=UserFactory(roles=[Role.ADVISER]), at=AT)
    values = {"deducted": Decimal("0.00"), "paid": Decimal("0.00"), **taken_off}
    claim.member.language = "en"
    return decision, decision_words(claim, decision, ruled(claim), **values)


def sent(**values):
    hospital = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[hospital])
    return make.sent(hospital=hospital, **values)


def test_the_bill_stands_line_by_line_with_its_sums():
    decision, words = letter_of(sent())
    bill, sums = words["tables"]
    assert [row[1] for row in bill["rows"]] == [line.billed for line in make.usual_lines()]
    assert len(bill["columns"]) == len(bill["rows"][0]) == 5
    said = dict(sums["rows"])
    assert said["The hospital insurance pays"] == said["On your account"] == Decimal("3051.71")
    assert said["Franchise, taken off once"] == Decimal("-150.00")
    assert {reason["state"] for reason in words["reasons"]} >= {"Paid in full", "Franchise taken off"}
    assert documents.bytes_of(decision.letter, at=AT).content.startswith(b"%PDF")


def test_deposits_and_earlier_payments_are_taken_off():
    _decision, words = letter_of(sent(), deducted=Decimal("570.00"), paid=Decimal("1000.00"))
    said = dict(words["tables"][1]["rows"])
    assert (said["Already given back as deposits"], said["Paid before"]) == (
        Decimal("-570.00"),
        Decimal("-1000.00"),
    )
    assert said["On your account"] == Decimal("1481.71")


def test_what_nobody_owes_has_a_column_where_there_is_some():
    _decision, words = letter_of(sent(room="double"))
    bill, sums = words["tables"]
    assert [row[-1] for row in bill["rows"]].count(Decimal("0.00")) == 4
    assert dict(sums["rows"])["Nobody owes"] == Decimal("3240.00")


def test_a_long_bill_is_summed_up_by_kind():
    lines = [make.line("fee", "10.00", mandatory="9.00") for _ in range(MOST_LINES + 1)]
    _decision, words = letter_of(sent(lines=lines, room="double"))
    (row,) = words["tables"][0]["rows"]
    assert row == [
        "Fees at the INAMI tariff (61)",
        Decimal("610.00"),
        Decimal("549.00"),
        Decimal("61.00"),
        Decimal("0.00"),
    ]
