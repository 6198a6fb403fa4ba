"""Two people at the same moment, each with a connection and a transaction of their own: one wins, nothing comes twice."""

from datetime import date
from decimal import Decimal

import pytest

from partenamut.casework.models import NumberSeries
from protocol3.models import CorrectionReason, LineKind, Note, NoteLine, Payment, Recap, RecapKind, Reminder
from protocol3.services import corrections, payments, payments_file
from protocol3.services.payments import with_balance
from tests.protocol3.money_world import LATER, WHOLE, issued_world
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def taking(world, *places):
    return lambda: corrections.take_back(
        recap=world.recap,
        services=[world.services[place].public_id for place in places],
        reason=CorrectionReason.REJECTION,
        explanation="Not insured.",
        signatory="",
        actor=world.actor,
        at=LATER,
    )


def test_the_same_line_taken_back_by_four_at_once_is_credited_once():
    world = issued_world()
    results = at_once(*[taking(world, 0)] * 4)
    assert len(refusals(results)) == 3
    for refused in refusals(results):
        assert "taken back" in refused.messages[0]
    assert NoteLine.objects.filter(credits__isnull=False, kind=LineKind.SERVICE).count() == 1
    assert Recap.objects.get(kind=RecapKind.CORRECTION).total == -WHOLE


def test_numbers_have_no_gap_though_some_corrections_fail():
    world = issued_world()
    results = at_once(taking(world, 0), taking(world, 0, 1), taking(world, 1), taking(world, 2))
    assert refusals(results)
    code = world.project.code
    for model, series in ((Recap, f"{code}-R"), (Note, code)):
        numbers = sorted(model.objects.values_list("number", flat=True))
        assert numbers == [f"{series}-2023-{place:06d}" for place in range(1, len(numbers) + 1)]
        assert NumberSeries.objects.get(series=series).last == len(numbers)
    credited = NoteLine.objects.filter(credits__isnull=False)
    assert credited.count() == credited.values("credits").distinct().count()


def test_a_service_paid_back_and_taken_off_at_once_goes_one_way():
    world = issued_world()
    person = world.enrolments[0].beneficiary
    person.died_on = date(2023, 3, 7)
    person.save(update_fields=["died_on"])
    results = at_once(
        taking(world, 1),
        lambda: corrections.pay_back(
            project=world.project,
            services=[world.services[1].public_id],
            signatory="",
            actor=world.actor,
            at=LATER,
        ),
    )
    assert len(refusals(results)) == 1
    assert Recap.objects.exclude(corrects=None).count() == 1


def test_the_same_payment_of_the_bank_registered_by_many_counts_once():
    world = issued_world()
    results = at_once(
        *[
            lambda: payments.register(
                recap=world.recap,
                amount=Decimal("818.40"),
                received_on=date(2023, 6, 12),
                reference="B1",
                actor=world.actor,
                at=LATER,
            )
        ]
        * 4
    )
    assert len(refusals(results)) == 3
    row = with_balance(Recap.objects.filter(pk=world.recap.pk), LATER.date()).get()
    assert row.balance == Decimal("0.00")


def test_the_same_file_taken_over_by_two_at_once_counts_once():
    world = issued_world()
    content = (
        "date;amount;communication;reference\r\n"
        f"2023-06-12;800,00;{world.recap.communication};B1\r\n"
        f"2023-06-12;18,40;{world.recap.communication};B2\r\n"
    ).encode()
    results = at_once(
        *[
            lambda: payments_file.take_over(
                project=world.project, content=content, actor=world.actor, at=LATER
            )
        ]
        * 2
    )
    assert refusals(results) == []
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal("18.40"), Decimal("800.00")]


def test_a_payment_is_undone_once_by_many():
    world = issued_world()
    payment = payments.register(
        recap=world.recap, amount=WHOLE, received_on=date(2023, 6, 12), actor=world.actor, at=LATER
    )
    results = at_once(
        *[lambda: payments.undo(payment=payment, because="Mistake", actor=world.actor, at=LATER)] * 4
    )
    assert len(refusals(results)) == 3
    assert Payment.objects.count() == 2


def test_one_reminder_a_day_though_many_ask():
    world = issued_world()
    results = at_once(*[lambda: payments.remind(recap=world.recap, actor=world.actor, at=LATER)] * 4)
    assert len(refusals(results)) == 3
    assert Reminder.objects.count() == 1


def test_a_month_is_closed_while_lines_are_taken_back():
    world = issued_world()
    late = world.visit(world.enrolments[0], date(2023, 3, 20))
    results = at_once(taking(world, 0, 1), lambda: world.close(at=LATER))
    assert refusals(results) == []
    assert NoteLine.objects.filter(service=late, kind=LineKind.SERVICE).count() == 1
    numbers = sorted(Note.objects.values_list("number", flat=True))
    assert numbers == [f"{world.project.code}-2023-{place:06d}" for place in range(1, len(numbers) + 1)]
