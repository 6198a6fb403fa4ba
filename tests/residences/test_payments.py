"""Payments of residents: found by their communication, in part, too much, paid back, undone; balances to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partenamut.payments.communications import structured
from residences.models import InvoiceKind, Payment
from residences.services import payments
from residences.services.issuing import credit_note
from residences.services.payments import ShareState
from tests.factories import residences as make
from tests.residences.money_world import DUE, LATER, TODAY, money_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return money_world()


def find(world, text):
    return payments.share_of(home=world.home, communication=text, actor=world.director, on=TODAY)


def euros(text):
    return Decimal(text)


# --- found by the communication


@pytest.mark.parametrize("shape", ["{}", "+++{0}+++", " {} ", "***{}***"])
def test_a_share_is_found_with_and_without_signs(world, shape):
    digits = world.share.communication
    assert find(world, shape.format(digits)) == world.share
    assert find(world, structured(digits)) == world.share


def wrong_check(digits):
    return f"{digits[:10]}{(int(digits[10:]) + 1) % 97 or 97:02d}"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (wrong_check, "last two figures"),
        (lambda digits: digits[:-1], "12 figures"),
        (lambda _digits: "FACTURE 12", "written with figures"),
        (lambda _digits: "090933755493", "No invoice of this home"),
    ],
)
def test_a_wrong_communication_gets_a_sentence(world, typed, words):
    with pytest.raises(ValidationError, match=words):
        find(world, typed(world.share.communication))


def test_an_invoice_of_another_home_is_named_to_its_director_only(world):
    elsewhere = money_world()
    with pytest.raises(ValidationError) as strange:
        find(world, elsewhere.share.communication)
    assert "No invoice of this home" in str(strange.value)
    assert elsewhere.invoice.number not in str(strange.value)
    make.Directorship.objects.create(
        residence=elsewhere.home.residence, director=world.director, first_day=make.START
    )
    with pytest.raises(ValidationError, match=elsewhere.invoice.number):
        find(world, elsewhere.share.communication)


# --- what stands open


def test_a_share_is_to_be_paid_until_it_is_due_and_overdue_from_the_day_after(world):
    assert (world.now(on=DUE).state, world.now(on=DUE).balance) == (ShareState.TO_BE_PAID, euros("1500.00"))
    assert world.now(on=DUE + timedelta(days=1)).state == ShareState.OVERDUE


def test_paid_in_parts_to_the_cent(world):
    world.pay("1400.00", received_on=date(2026, 4, 1))
    assert (world.now(on=DUE).state, world.now(on=DUE).balance) == (ShareState.PARTLY_PAID, euros("100.00"))
    world.pay("99.99", reference="b")
    assert world.now().balance == euros("0.01")
    world.pay("0.01", reference="c")
    assert (world.now().state, world.now().received) == (ShareState.PAID, euros("1500.00"))


def test_each_debtor_has_a_balance_of_their_own(world):
    world.pay("600.00", world.sons)
    assert world.now(world.sons).state == ShareState.PAID
    assert world.now(make.share(world.shared)).balance == euros("900.00")


def test_too_much_is_kept_and_shown(world):
    world.pay("1600.00")
    assert (world.now().state, world.now().balance) == (ShareState.OVERPAID, euros("-100.00"))


def test_the_balance_of_a_day_that_is_past_forgets_what_came_later(world):
    world.pay("1500.00", received_on=date(2026, 4, 20))
    assert world.now(on=date(2026, 4, 19)).balance == euros("1500.00")
    assert world.now(on=date(2026, 4, 20)).balance == 0


def credited(world, *labels):
    lines = world.invoice.lines.filter(amount__in=labels) if labels else None
    return credit_note(
        invoice=world.invoice,
        lines=list(lines) if lines is not None else None,
        explanation="Erreur",
        actor=world.director,
        at=LATER,
    )


def test_a_credit_note_lowers_what_is_asked(world):
    note = credited(world, euros("100.00"))
    assert (world.now().balance, world.now().credited) == (euros("1400.00"), euros("-100.00"))
    back = make.share(note)
    assert (world.now(back).state, world.now(back).balance) == (ShareState.TAKEN_OFF, 0)
    world.pay("1400.00")
    assert world.now().state == ShareState.PAID


def test_a_credit_note_of_a_shared_invoice_goes_to_each_debtor(world):
    credit_note(invoice=world.shared, explanation="Erreur", actor=world.director, at=LATER)
    assert [world.now(one).balance for one in world.shared.shares.all()] == [0, 0]


def test_a_payment_with_the_communication_of_a_credit_note_is_sent_to_the_invoice(world):
    note = credited(world)
    with pytest.raises(ValidationError, match=world.invoice.number) as refused:
        world.pay("10.00", make.share(note))
    assert structured(world.share.communication) in str(refused.value)


# --- money paid back to who left


def in_favour(world):
    return make.share(make.invoice(world.simone, total="-230.40", kind=InvoiceKind.FINAL))


def test_what_is_owed_to_who_left_is_paid_back(world):
    share = in_favour(world)
    assert world.now(share).state == ShareState.TO_PAY_BACK
    with pytest.raises(ValidationError, match=r"At most 230\.40"):
        world.pay("-230.41", share)
    world.pay("-230.40", share)
    assert (world.now(share).state, world.now(share).balance) == (ShareState.PAID, 0)


def test_nothing_is_paid_back_where_nothing_was_paid_too_much(world):
    with pytest.raises(ValidationError, match="Nothing is to be paid back"):
        world.pay("-10.00")
    assert not Payment.objects.exists()


# --- refused


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": Decimal(0)}, "not zero"),
        ({"received_on": TODAY + timedelta(days=1)}, "future"),
        ({"received_on": date(2026, 3, 27)}, "cannot have come before"),
    ],
)
def test_an_impossible_payment_is_refused(world, changes, words):
    with pytest.raises(ValidationError, match=words):
        world.pay("10.00", **changes)
    assert not Payment.objects.exists()


def test_a_payment_without_a_reference_is_not_registered_twice(world):
    first = world.pay("10.00")
    with pytest.raises(ValidationError, match="registered already") as refused:
        world.pay("10.00")
    assert set(refused.value.message_dict) == {"reference"}
    world.pay("10.00", reference="2026/18")
    payments.undo(payment=first, because="Wrong invoice", actor=world.director, at=LATER)
    world.pay("10.00")
    assert world.now().received == euros("20.00")


def test_a_reference_of_the_bank_comes_once_for_a_share(world):
    world.pay("10.00", reference="2026/17")
    with pytest.raises(ValidationError, match="registered already"):
        world.pay("10.00", reference="2026/17")
    world.pay("10.00", world.sons, reference="2026/17")
    assert Payment.objects.count() == 2


# --- undone


def test_a_payment_is_undone_by_its_opposite_with_a_reason(world):
    payment = world.pay("800.00")
    undone = payments.undo(payment=payment, because="Meant for Jeanne.", actor=world.director, at=LATER)
    assert (undone.amount, undone.reverses, undone.note) == (
        euros("-800.00"),
        payment,
        "Meant for Jeanne.",
    )
    assert world.now().balance == euros("1500.00")
    assert Payment.objects.count() == 2


def test_a_payment_is_undone_once_and_not_without_a_reason(world):
    payment = world.pay("800.00")
    with pytest.raises(ValidationError, match="why"):
        payments.undo(payment=payment, because=" ", actor=world.director, at=LATER)
    undone = payments.undo(payment=payment, because="Mistake", actor=world.director, at=LATER)
    with pytest.raises(ValidationError, match="undone already"):
        payments.undo(payment=payment, because="Mistake", actor=world.director, at=LATER)
    with pytest.raises(ValidationError, match="itself undoes"):
        payments.undo(payment=undone, because="Mistake", actor=world.director, at=LATER)


def test_the_database_refuses_a_second_undoing(world):
    payment = world.pay("800.00")
    payments.undo(payment=payment, because="Mistake", actor=world.director, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            share=world.share,
            amount=Decimal("-800.00"),
            received_on=TODAY,
            reverses=payment,
            registered_by=world.director,
            registered_at=LATER,
        )
