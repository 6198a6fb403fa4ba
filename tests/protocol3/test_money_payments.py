"""Payments: found by their communication, in part, too much, undone, from a file; balances to the cent; reminders."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from partenamut.casework.rows import FileRefused
from partenamut.documents.services import bytes_of
from partenamut.payments.bank_lines import read
from partenamut.payments.communications import structured
from protocol3.models import CorrectionReason, Payment, Recap, RecapKind, Reminder
from protocol3.services import corrections, payments, payments_file
from protocol3.services.payments import RecapState, with_balance
from protocol3.services.payments_file import LineState
from tests.factories import protocol3 as make
from tests.protocol3.money_world import DUE, ISSUED, LATER, WHOLE, issued_world

pytestmark = pytest.mark.django_db
DAY = date(2023, 6, 12)


@pytest.fixture
def world():
    return issued_world()


def pay(world, euros, recap=None, **changes):
    given = {
        "recap": recap or world.recap,
        "amount": Decimal(euros),
        "received_on": DAY,
        "actor": world.actor,
        "at": LATER,
    }
    return payments.register(**given | changes)


def now(world, on=DUE, recap=None):
    return with_balance(Recap.objects.filter(pk=(recap or world.recap).pk), on).get()


def find(world, text):
    return payments.recap_of(
        project=world.project, communication=text, actor=world.actor, on=localdate(LATER)
    )


def test_a_payment_without_a_reference_is_not_registered_twice(world):
    first = pay(world, "10.00")
    with pytest.raises(ValidationError, match="registered already") as refused:
        pay(world, "10.00")
    assert set(refused.value.message_dict) == {"reference"}
    pay(world, "10.00", reference="2023/18")
    payments.undo(payment=first, because="Wrong note", actor=world.actor, at=LATER)
    pay(world, "10.00")
    assert now(world).received == Decimal("20.00")


# --- found by the communication


@pytest.mark.parametrize("shape", ["{}", "+++{0}+++", " {} ", "***{}***"])
def test_a_note_is_found_with_and_without_signs(world, shape):
    digits = world.recap.communication
    assert find(world, shape.format(digits)) == world.recap
    assert find(world, structured(digits)) == world.recap


def wrong_check(digits):
    return f"{digits[:10]}{(int(digits[10:]) + 1) % 97 or 97:02d}"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (wrong_check, "last two figures"),
        (lambda digits: digits[:-1], "12 figures"),
        (lambda _digits: "RECAP 12", "written with figures"),
        (lambda _digits: "090933755493", "No note of this project"),
    ],
)
def test_a_wrong_communication_gets_a_sentence(world, typed, words):
    with pytest.raises(ValidationError, match=words):
        find(world, typed(world.recap.communication))


def test_a_note_of_another_project_is_named_to_those_who_work_there_only(world):
    elsewhere = issued_world()
    with pytest.raises(ValidationError) as strange:
        find(world, elsewhere.recap.communication)
    assert elsewhere.recap.number not in str(strange.value)
    assert "No note of this project" in str(strange.value)
    make.ProjectUserFactory(project=elsewhere.project, user=world.actor)
    with pytest.raises(ValidationError, match=elsewhere.recap.number):
        find(world, elsewhere.recap.communication)


# --- what stands open


def test_a_note_is_to_be_paid_until_it_is_due_and_overdue_from_the_day_after(world):
    assert world.recap.due_on == DUE
    assert now(world).state == RecapState.TO_BE_PAID
    assert now(world, DUE + timedelta(days=1)).state == RecapState.OVERDUE
    assert now(world).balance == 3 * WHOLE


def test_paid_in_parts_to_the_cent(world):
    pay(world, "800.00", reference="a")
    assert (now(world).state, now(world).balance) == (RecapState.PARTLY_PAID, Decimal("18.40"))
    pay(world, "18.39", reference="b")
    assert now(world).balance == Decimal("0.01")
    pay(world, "0.01", reference="c")
    assert (now(world, date(2026, 1, 1)).state, now(world).received) == (RecapState.PAID, Decimal("818.40"))


def test_too_much_is_kept_and_shown(world):
    pay(world, "1000.00")
    assert (now(world).state, now(world).balance) == (RecapState.OVERPAID, Decimal("-181.60"))


def test_a_payment_is_undone_by_its_opposite_with_a_reason(world):
    payment = pay(world, "800.00")
    undone = payments.undo(payment=payment, because="Meant for another note.", actor=world.actor, at=LATER)
    assert (undone.amount, undone.reverses, undone.note) == (
        Decimal("-800.00"),
        payment,
        "Meant for another note.",
    )
    assert now(world).balance == 3 * WHOLE
    assert now(world).state == RecapState.TO_BE_PAID
    assert Payment.objects.count() == 2


def test_a_payment_is_undone_once_and_not_without_a_reason(world):
    payment = pay(world, "800.00")
    with pytest.raises(ValidationError, match="why"):
        payments.undo(payment=payment, because=" ", actor=world.actor, at=LATER)
    undone = payments.undo(payment=payment, because="Mistake", actor=world.actor, at=LATER)
    with pytest.raises(ValidationError, match="undone already"):
        payments.undo(payment=payment, because="Mistake", actor=world.actor, at=LATER)
    with pytest.raises(ValidationError, match="itself undoes"):
        payments.undo(payment=undone, because="Mistake", actor=world.actor, at=LATER)


def test_the_database_refuses_a_second_undoing(world):
    payment = pay(world, "800.00")
    payments.undo(payment=payment, because="Mistake", actor=world.actor, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            recap=world.recap,
            amount=Decimal("-800.00"),
            received_on=DAY,
            reverses=payment,
            registered_by=world.actor,
            registered_at=LATER,
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": Decimal(0)}, "more than zero"),
        ({"amount": Decimal("-5.00")}, "more than zero"),
        ({"received_on": localdate(LATER) + timedelta(days=1)}, "future"),
        ({"received_on": localdate(ISSUED) - timedelta(days=1)}, "cannot have come before"),
    ],
)
def test_an_impossible_payment_is_refused(world, changes, words):
    with pytest.raises(ValidationError, match=words):
        pay(world, "10.00", **changes)
    assert not Payment.objects.exists()


def test_a_reference_of_the_bank_comes_once_for_a_note(world):
    pay(world, "10.00", reference="2023/17")
    with pytest.raises(ValidationError, match="registered already"):
        pay(world, "10.00", reference="2023/17")
    pay(world, "10.00", recap=world.invoice(world.other), reference="2023/17")
    assert Payment.objects.count() == 2


def corrected(world):
    return corrections.take_back(
        recap=world.recap,
        services=[world.services[0].public_id],
        reason=CorrectionReason.REJECTION,
        explanation="Not insured.",
        signatory="",
        actor=world.actor,
        at=LATER,
    )


def test_a_correction_lowers_what_is_asked(world):
    corrected(world)
    pay(world, 2 * WHOLE)
    assert (now(world).state, now(world).balance) == (RecapState.PAID, Decimal("0.00"))


def test_a_payment_with_the_communication_of_a_correction_is_sent_to_its_original(world):
    made = corrected(world)
    with pytest.raises(ValidationError, match=world.recap.number):
        pay(world, "10.00", recap=made)


def test_what_is_paid_back_to_inami_is_recorded_on_the_repayment(world):
    person = world.enrolments[0].beneficiary
    person.died_on = date(2023, 3, 7)
    person.save(update_fields=["died_on"])
    (made,) = corrections.pay_back(
        project=world.project,
        services=[world.services[1].public_id],
        signatory="",
        actor=world.actor,
        at=LATER,
    )
    paid = pay(world, WHOLE, recap=made, received_on=localdate(LATER))
    assert paid.amount == -WHOLE
    assert (now(world, recap=made).state, now(world, recap=made).balance) == (
        RecapState.PAID_BACK,
        Decimal("0.00"),
    )


# --- reminders


def test_no_reminder_before_the_day_after_it_is_due(world):
    on_the_day = datetime(2023, 6, 15, 8, tzinfo=LATER.tzinfo)
    with pytest.raises(ValidationError, match="15/06/2023"):
        payments.remind(recap=world.recap, actor=world.actor, at=on_the_day)
    assert payments.remind(recap=world.recap, actor=world.actor, at=on_the_day + timedelta(days=1))


def test_a_reminder_asks_what_is_open_and_says_so_in_its_letter(world):
    corrected(world)
    pay(world, "100.00")
    reminder = payments.remind(recap=world.recap, actor=world.actor, at=LATER)
    assert reminder.amount == 2 * WHOLE - 100
    letter = reminder.document
    assert world.recap.number in letter.title
    assert "445,60" in letter.words.replace("\\u00a0", " ")
    assert structured(world.recap.communication) in letter.words
    assert bytes(bytes_of(letter, at=LATER).content).startswith(b"%PDF")


def test_one_reminder_a_day_and_another_the_next(world):
    payments.remind(recap=world.recap, actor=world.actor, at=LATER)
    with pytest.raises(ValidationError, match="one a day"):
        payments.remind(recap=world.recap, actor=world.actor, at=LATER + timedelta(hours=1))
    payments.remind(recap=world.recap, actor=world.actor, at=LATER + timedelta(days=1))
    assert Reminder.objects.count() == 2


def test_nobody_is_reminded_of_what_is_paid_or_taken_off(world):
    made = corrected(world)
    pay(world, 2 * WHOLE)
    with pytest.raises(ValidationError, match="Nothing is open"):
        payments.remind(recap=world.recap, actor=world.actor, at=LATER)
    with pytest.raises(ValidationError, match="takes amounts back"):
        payments.remind(recap=made, actor=world.actor, at=LATER)


# --- a file of the bank


def bank(*lines, head="date;amount;communication;reference"):
    return "\r\n".join([head, *lines]).encode()


def looked_at(world, *lines, **head):
    return payments_file.check(
        project=world.project, content=bank(*lines, **head), actor=world.actor, at=LATER
    )


def taken(world, *lines):
    return payments_file.take_over(project=world.project, content=bank(*lines), actor=world.actor, at=LATER)


def test_the_dry_run_writes_nothing(world):
    (line,) = looked_at(world, f"2023-06-12;800,00;{structured(world.recap.communication)};B1")
    assert (line.state, line.recap, line.amount) == (LineState.READY, world.recap, Decimal("800.00"))
    assert "18.40" in line.remark or "18,40" in line.remark
    assert not Payment.objects.exists()


def test_the_same_file_twice_changes_nothing(world):
    lines = [
        f"2023-06-12;800,00;{world.recap.communication};B1",
        f"13/06/2023;272.80;{world.invoice(world.other).communication};B2",
    ]
    assert [line.state for line in taken(world, *lines)] == [LineState.READY] * 2
    assert [line.state for line in taken(world, *lines)] == [LineState.KNOWN] * 2
    assert Payment.objects.count() == 2
    assert now(world, recap=world.invoice(world.other)).balance == Decimal("0.00")


def test_a_payment_undone_does_not_come_back_with_the_file(world):
    line = f"2023-06-12;800,00;{world.recap.communication};B1"
    taken(world, line)
    payments.undo(payment=Payment.objects.get(), because="Mistake", actor=world.actor, at=LATER)
    assert [each.state for each in taken(world, line)] == [LineState.KNOWN]
    assert now(world).balance == 3 * WHOLE


@pytest.mark.parametrize("amount", ["1.234,50", "1234,50", "1234.50", "1 234,50", "+1234,50", "1,234.50 EUR"])
def test_amounts_of_banks_are_read(world, amount):
    (line,) = looked_at(
        world, f'2023-06-12;"{amount.replace(" ", chr(0x202F))}";{world.recap.communication};B1'
    )
    assert line.amount == Decimal("1234.50"), line.remark


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("31/02/2023;1,00;{};B1", "not a day"),
        ("2023-06-12;1.234;{};B1", "not an amount"),
        ("2023-06-12;abc;{};B1", "not an amount"),
        ("2023-06-12;-1,00;{};B1", "only money received"),
        ("2023-06-12;0;{};B1", "only money received"),
        ("2023-06-12;999999999999;{};B1", "more than a note"),
        ("2023-06-12;1,00;{};", "reference"),
        ("2023-06-12;1,00;bonjour;B1", "written with figures"),
        ("2023-06-12;1,00;090933755493;B1", "No note of this project"),
        ("2023-06-21;1,00;{};B1", "future"),
        ("2023-04-04;1,00;{};B1", "cannot have come before"),
        ("2023-06-12;1,00;{}", "columns"),
    ],
)
def test_a_refused_line_says_why(world, line, words):
    (checked,) = looked_at(world, line.format(world.recap.communication))
    assert checked.state is LineState.REFUSED
    assert words in checked.remark
    taken(world, line.format(world.recap.communication))
    assert not Payment.objects.exists()


def test_the_communication_is_found_in_a_text(world):
    (line,) = looked_at(world, f"2023-06-12;1,00;UNMS {structured(world.recap.communication)} mars;B1")
    assert line.recap == world.recap


def test_a_reference_twice_in_a_file_counts_once(world):
    one = f"2023-06-12;1,00;{world.recap.communication};B1"
    assert [line.state for line in taken(world, one, one)] == [LineState.READY, LineState.REFUSED]
    assert Payment.objects.count() == 1


def test_a_known_reference_with_another_amount_is_refused(world):
    taken(world, f"2023-06-12;1,00;{world.recap.communication};B1")
    (line,) = taken(world, f"2023-06-12;2,00;{world.recap.communication};B1")
    assert line.state is LineState.REFUSED
    assert Payment.objects.count() == 1


def test_too_much_within_a_file_is_seen_at_the_line(world):
    lines = looked_at(
        world,
        f"2023-06-12;800,00;{world.recap.communication};B1",
        f"2023-06-12;100,00;{world.recap.communication};B2",
    )
    assert "too much" in lines[1].remark
    assert lines[1].state is LineState.READY


def test_corrections_receive_nothing_from_a_file(world):
    made = corrected(world)
    (line,) = looked_at(world, f"2023-06-21;1,00;{made.communication};B1")
    assert line.state is LineState.REFUSED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00a",
        b"date;amount\r\n1;2",
        b"date;amount;communication;reference\r\n",
        b"PK\x03\x04x",
    ],
)
def test_a_file_that_is_none_gets_a_sentence(world, content):
    with pytest.raises(FileRefused):
        payments_file.check(project=world.project, content=content, actor=world.actor, at=LATER)


def test_the_template_can_be_read_again():
    (line,) = read(payments_file.LAYOUT.template(), payments_file.LAYOUT)
    assert line.errors == []


def test_kinds_are_as_expected(world):
    assert set(Recap.objects.values_list("kind", flat=True)) == {RecapKind.INVOICE}
