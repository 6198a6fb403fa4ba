"""The statement of an account at any time, debtor by debtor, and the arrears by age."""

import subprocess
from datetime import date
from decimal import Decimal

import pytest

from partenamut.documents.services import bytes_of
from residences.readings.arrears import arrears_of
from residences.readings.statement import statement_of
from residences.services import disputes, payments
from residences.services.issuing import credit_note
from residences.services.statements import print_statement
from tests.factories import residences as make
from tests.residences.money_world import LATER, TODAY, UNTIL, money_world

pytestmark = pytest.mark.django_db
YEAR = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def world():
    return money_world()


def euros(*amounts):
    return [Decimal(amount) for amount in amounts]


def test_the_balance_runs_from_line_to_line(world):
    world.pay("1000.00", received_on=date(2026, 4, 10), reference="B1")
    line = world.invoice.lines.get(amount="100.00")
    credit_note(invoice=world.invoice, lines=[line], explanation="Repas", actor=world.director, at=LATER)
    (account,) = statement_of(world.simone, *YEAR).debtors
    assert [(one.day, one.kind, one.balance) for one in account.lines] == [
        (date(2026, 3, 28), "invoice", Decimal("1500.00")),
        (date(2026, 4, 10), "payment", Decimal("500.00")),
        (TODAY, "credit", Decimal("400.00")),
    ]
    assert (account.closing, account.overdue, account.asked, account.received) == tuple(
        euros("400.00", "400.00", "1400.00", "1000.00")
    )


def test_a_part_of_the_time_begins_with_what_was_open(world):
    world.pay("1000.00", received_on=date(2026, 4, 10))
    (account,) = statement_of(world.simone, date(2026, 4, 1), date(2026, 4, 9)).debtors
    assert (account.opening, account.lines, account.closing) == (Decimal(1500), (), Decimal(1500))
    assert account.overdue == 1500
    before = statement_of(world.simone, date(2026, 3, 1), date(2026, 3, 27))
    assert before.debtors == ()


def test_each_debtor_has_an_account_the_resident_first(world):
    world.pay("600.00", world.sons)
    found = statement_of(world.jeanne, *YEAR)
    assert [(one.name, one.closing) for one in found.debtors] == [
        ("Jeanne Moreau", Decimal("900.00")),
        ("Marc Moreau", Decimal("0.00")),
    ]
    assert (found.closing, found.overdue) == (900, 900)


def test_what_was_undone_or_paid_back_is_seen(world):
    share = make.share(make.invoice(world.simone, total="-230.40", kind="final"))
    payments.undo(payment=world.pay("10.00"), because="Erreur", actor=world.director, at=LATER)
    world.pay("-230.40", share, received_on=TODAY)
    (account,) = statement_of(world.simone, *YEAR).debtors
    assert {one.kind for one in account.lines} == {"invoice", "final", "payment", "undone", "paid_back"}
    assert account.closing == 1500


def test_a_statement_takes_a_fixed_number_of_queries(world, django_assert_num_queries):
    for place in range(5):
        world.pay("10.00", reference=f"B{place}")
    with django_assert_num_queries(4):
        statement_of(world.simone, *YEAR)


def text_of(document, tmp_path):
    file = tmp_path / "statement.pdf"
    file.write_bytes(bytes(bytes_of(document, at=LATER).content))
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_paper_is_for_one_debtor(world, tmp_path):
    world.pay("100.00", world.sons, reference="B1")
    paper = print_statement(
        convention=world.jeanne, contact_id=world.son.pk, first=YEAR[0], last=TODAY, actor=world.director, at=LATER
    )  # fmt: skip
    text = text_of(paper, tmp_path)
    assert "Marc Moreau" in text
    assert world.shared.number in text
    assert "500,00" in text
    assert "900,00" not in text
    again = print_statement(
        convention=world.jeanne, contact_id=world.son.pk, first=YEAR[0], last=TODAY, actor=world.director, at=LATER
    )  # fmt: skip
    assert again == paper
    nobody = print_statement(
        convention=world.simone, contact_id=world.son.pk, first=YEAR[0], last=TODAY, actor=world.director, at=LATER
    )  # fmt: skip
    assert nobody is None


# --- arrears


def test_arrears_stand_by_age_with_what_is_disputed(world, django_assert_num_queries):
    for received_on in (date(2026, 2, 20), date(2026, 1, 25), date(2025, 12, 20)):
        make.invoice(world.simone, total="100.00", month=received_on.replace(day=1), received_on=received_on)
    disputes.lodge(invoice=world.invoice, text="Trop", upload=None, actor=world.herself, at=make.at(UNTIL))
    world.pay("600.00", world.sons)
    with django_assert_num_queries(1):
        found = arrears_of(world.home, TODAY)
    # Late for 29 days (1 500 disputed and 900), 65, 91 and 127 days.
    assert [(age.count, age.amount, age.disputed) for age in found.ages] == [
        (2, Decimal("2400.00"), Decimal("1500.00")),
        (0, Decimal(0), Decimal(0)),
        (1, Decimal("100.00"), Decimal(0)),
        (2, Decimal("200.00"), Decimal(0)),
    ]
    assert (found.amount, found.count, found.disputed) == (2700, 5, 1500)
    assert [row["label"] for row in found.chart] == [
        "0 to 30 days",
        "31 to 60 days",
        "61 to 90 days",
        "Over 90 days",
    ]


@pytest.mark.parametrize(("days", "place"), [(1, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3)])
def test_an_age_holds_both_its_days(world, days, place):
    found = arrears_of(world.home, date.fromordinal(world.invoice.due_on.toordinal() + days))
    assert [age.count for age in found.ages] == [3 if one == place else 0 for one in range(4)]


def test_nothing_is_in_arrears_on_the_due_day(world):
    assert arrears_of(world.home, world.invoice.due_on).count == 0
