"""The file for the bank: valid, complete, the same twice."""

import xml.etree.ElementTree as ET
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partenamut.payments import sepa

NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
DEBTOR = sepa.Debtor("Partenamut & Cie", "BE49999000000171", "TESTBEBB")
ALLOWED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")


def transfer(**changes):
    values = {
        "end_to_end_id": "PAY-2026-000001",
        "name": "Zoé Müller",
        "iban": "BE68539007547034",
        "amount": Decimal("350.05"),
        "remittance": "PAY-2026-000001 Convalescence",
    }
    return sepa.Transfer(**(values | changes))


def written(*transfers, number="LOT-2026-000001"):
    return sepa.transfer_file(
        number=number,
        debtor=DEBTOR,
        execution_date=date(2026, 3, 4),
        made_at=datetime(2026, 3, 2, 10, 30),  # noqa: DTZ001 the file has local time without zone
        transfers=transfers or [transfer()],
    )


def text(root, path):
    return [found.text for found in root.iterfind(f".//{path}", NS)]


def test_a_file_says_who_pays_whom_how_much_and_why():
    root = ET.fromstring(
        written(transfer(), transfer(end_to_end_id="PAY-2026-000002", amount=Decimal("0.95")))
    )
    assert text(root, "p:MsgId") == ["LOT-2026-000001"]
    assert text(root, "p:PmtInfId") == ["LOT-2026-000001-1"]
    assert text(root, "p:CreDtTm") == ["2026-03-02T10:30:00"]
    assert text(root, "p:ReqdExctnDt/p:Dt") == ["2026-03-04"]
    assert text(root, "p:NbOfTxs") == ["2", "2"]
    assert text(root, "p:CtrlSum") == ["351.00", "351.00"]
    assert text(root, "p:Dbtr/p:Nm") == ["Partenamut + Cie"]
    assert text(root, "p:DbtrAcct/p:Id/p:IBAN") == ["BE49999000000171"]
    assert text(root, "p:DbtrAgt/p:FinInstnId/p:BICFI") == ["TESTBEBB"]
    assert text(root, "p:Cdtr/p:Nm") == ["Zoe Muller", "Zoe Muller"]
    assert text(root, "p:CdtrAcct/p:Id/p:IBAN") == ["BE68539007547034"] * 2
    assert text(root, "p:EndToEndId") == ["PAY-2026-000001", "PAY-2026-000002"]
    assert text(root, "p:InstdAmt") == ["350.05", "0.95"]
    assert {found.get("Ccy") for found in root.iterfind(".//p:InstdAmt", NS)} == {"EUR"}
    assert text(root, "p:Ustrd") == ["PAY-2026-000001 Convalescence"] * 2
    assert text(root, "p:SvcLvl/p:Cd") == ["SEPA"]


def test_there_is_no_postal_address():
    assert b"PstlAdr" not in written()
    assert b"AdrLine" not in written()


def test_the_same_values_give_the_same_bytes():
    assert written() == written()


@pytest.mark.parametrize(
    "wrong",
    [
        {"iban": "not an account"},
        {"end_to_end_id": "x" * 36},
        {"name": ""},
        {"amount": Decimal("-1.00")},
        {"remittance": "x" * 141},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_the_schema_forbids_is_refused(wrong):
    with pytest.raises(sepa.FileRefused):
        written(transfer(**wrong))


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Čapek & Fils", "Capek + Fils"),
        ("L’été : 10 jours — 350 €", "L'ete : 10 jours -- 350 EUR"),
        ("a//b", "a/b"),
        ("/x/", "x"),
        ("<b>\n\t", "b"),
        ("🙂", ""),
    ],
)
def test_text_is_written_with_the_signs_of_all_banks(given_text, expected):
    assert sepa.sepa_text(given_text, 140) == expected


@given(st.text(max_size=400), st.integers(1, 140))
def test_no_other_sign_and_no_longer_text_ever_comes_out(typed, limit):
    cleaned = sepa.sepa_text(typed, limit)
    assert set(cleaned) <= ALLOWED
    assert len(cleaned) <= limit
    assert cleaned == cleaned.strip("/ ")
    assert "//" not in cleaned


def test_a_long_purpose_never_costs_the_number():
    said = sepa.remittance("très long " * 40, "PAY-2026-000001")
    assert said.startswith("PAY-2026-000001 tres long")
    assert len(said) <= 140
