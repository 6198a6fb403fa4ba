"""Two people at the same moment over the money of a home, each with a connection of their own: nothing comes twice."""

from datetime import date
from decimal import Decimal

import pytest

from residences.models import Dispute, Invoice, InvoiceKind, Payment, Reminder
from residences.services import bank_assigning, bank_files, disputes, payments, reminders
from tests.factories import residences as make
from tests.residences.money_world import LATER, UNTIL, money_world
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def received(world, *lines):
    content = "\r\n".join(["date;amount;communication;reference", *lines]).encode()
    return bank_files.receive(
        home=world.home, content=content, file_name="banque.csv", actor=world.director, at=LATER
    )


def test_the_same_payment_registered_by_many_counts_once():
    world = money_world()
    for changes in ({"reference": "B1"}, {}):
        results = at_once(*[lambda changes=changes: world.pay("500.00", **changes)] * 4)
        assert len(refusals(results)) == 3
    assert world.now().balance == 500


def test_no_more_is_paid_back_than_was_paid_too_much():
    world = money_world()
    world.pay("1600.00")
    results = at_once(*[lambda place=place: world.pay("-60.00", reference=f"R{place}") for place in range(3)])
    assert len(refusals(results)) == 2
    assert world.now().balance == -40


def test_a_payment_is_undone_once_by_many():
    world = money_world()
    payment = world.pay("500.00")
    results = at_once(
        *[lambda: payments.undo(payment=payment, because="Erreur", actor=world.director, at=LATER)] * 4
    )
    assert len(refusals(results)) == 3
    assert Payment.objects.count() == 2


def test_one_letter_a_day_though_many_ask():
    world = money_world()
    results = at_once(
        *[
            lambda level=level: reminders.remind(
                share=world.share, level=level, actor=world.director, at=LATER
            )
            for level in ("reminder", "formal_notice") * 2
        ]
    )
    assert len(refusals(results)) == 3
    assert Reminder.objects.count() == 1


def test_two_files_with_the_same_movements_taken_over_at_once_count_once():
    world = money_world()
    lines = [
        f"2026-04-20;1500,00;{world.share.communication};B1",
        f"2026-04-20;600,00;{world.sons.communication};B2",
    ]
    files = [received(world, *lines), received(world, *lines, "2026-04-21;5,00;;B3")]
    results = at_once(
        *[lambda file=file: bank_files.take_over(file=file, actor=world.director, at=LATER) for file in files]
    )
    assert refusals(results) == []
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal(600), Decimal(1500)]


def test_the_same_file_sent_and_taken_over_by_many_comes_once():
    world = money_world()
    line = f"2026-04-20;1500,00;{world.share.communication};B1"
    sent = at_once(*[lambda: received(world, line)] * 3)
    assert len(refusals(sent)) == 2
    (file,) = [one for one in sent if not isinstance(one, Exception)]
    results = at_once(*[lambda: bank_files.take_over(file=file, actor=world.director, at=LATER)] * 3)
    assert len(refusals(results)) == 2
    assert Payment.objects.count() == 1


def test_a_line_assigned_by_two_goes_one_way():
    world = money_world()
    bank_files.take_over(file=received(world, "2026-04-20;600,00;avril;B1"), actor=world.director, at=LATER)
    line = bank_assigning.waiting(world.home).get()
    results = at_once(
        *[
            lambda share=share: bank_assigning.assign(
                line=line, share=share, amount=Decimal(600), actor=world.director, at=LATER
            )
            for share in (world.share, world.sons, make.share(world.shared))
        ],
        lambda: bank_assigning.set_aside(line=line, because="Don", actor=world.director, at=LATER),
    )
    assert len(refusals(results)) == 3
    assert Payment.objects.count() <= 1


def test_a_line_undone_while_it_is_assigned_does_not_stop_anybody():
    world = money_world()
    bank_files.take_over(file=received(world, "2026-04-20;600,00;avril;B1"), actor=world.director, at=LATER)
    line = bank_assigning.waiting(world.home).get()
    first = bank_assigning.assign(
        line=line, share=world.sons, amount=Decimal(500), actor=world.director, at=LATER
    )
    results = at_once(
        lambda: payments.undo(payment=first, because="Erreur", actor=world.director, at=LATER),
        lambda: bank_assigning.assign(
            line=line, share=world.sons, amount=Decimal(100), actor=world.director, at=LATER
        ),
    )
    assert refusals(results) == []
    assert bank_assigning.waiting(world.home).get().rest == 500


def test_an_invoice_is_contested_and_answered_once_by_many():
    world = money_world()
    results = at_once(
        *[
            lambda: disputes.lodge(
                invoice=world.invoice, text="Trop", upload=None, actor=world.herself, at=make.at(UNTIL)
            )
        ]
        * 3
    )
    assert len(refusals(results)) == 2
    dispute = Dispute.objects.get()
    answered = at_once(
        *[
            lambda status=status: disputes.answer(
                dispute=dispute, status=status, text="Voici.", actor=world.director, at=LATER
            )
            for status in ("upheld", "rejected", "upheld")
        ]
    )
    assert len(refusals(answered)) == 2
    assert Invoice.objects.filter(kind=InvoiceKind.CREDIT).count() <= 1
    assert date(2026, 4, 28) == dispute.lodged_on
