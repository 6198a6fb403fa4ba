"""Two people at the same moment, each with a connection and a transaction of their own."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from partenamut.audit.models import Entry
from partenamut.payments import services
from partenamut.payments.models import Batch, BatchLine, Payable
from tests.factories.payments import AT, EXECUTION, adviser, approved, payer, prepared, proposed, sent
from tests.factories.registry import MemberFactory
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def test_a_case_proposed_many_times_at_once_has_one_payable():
    facts = {
        "payee": MemberFactory(),
        "decided_by": adviser(),
        "origin_id": uuid.uuid4(),
        "origin_number": "T-1",
    }
    results = at_once(*[lambda: proposed(**facts)] * 8)
    assert {result.number for result in results} == {"PAY-2026-000001"}
    assert Payable.objects.count() == 1
    assert Entry.objects.filter(action="propose").count() == 1


def test_numbers_have_no_gap_and_no_double_though_some_fail():
    """Half of the proposals are refused after they have taken their number."""
    facts = [{"payee": MemberFactory(), "decided_by": adviser()} for _ in range(8)]
    calls = [
        lambda fact=fact, wrong=wrong: proposed(**fact, amount=Decimal("0.00") if wrong else Decimal("10.00"))
        for fact in facts
        for wrong in (True, False)
    ]
    assert len(refusals(at_once(*calls))) == 8
    numbers = sorted(Payable.objects.values_list("number", flat=True))
    assert numbers == [f"PAY-2026-{place:06d}" for place in range(1, 9)]


def test_two_people_approve_and_one_of_them_is_told():
    payable, first, second = proposed(), adviser(), adviser()
    results = at_once(
        lambda: services.approve(payable=payable, actor=first, at=AT),
        lambda: services.approve(payable=payable, actor=second, at=AT),
    )
    assert len(refusals(results)) == 1
    assert Entry.objects.filter(action="approve").count() == 1
    assert Payable.objects.get().approved_by in (first, second)


def test_an_approval_and_a_cancellation_do_not_both_happen():
    payable, first, second = proposed(), adviser(), adviser()
    results = at_once(
        lambda: services.approve(payable=payable, actor=first, at=AT),
        lambda: services.cancel(payable=payable, reason="Away", actor=second, at=AT),
    )
    assert len(refusals(results)) == 1
    assert Entry.objects.filter(action__in=["approve", "cancel"]).count() == 1


def test_a_payable_goes_into_one_of_two_batches():
    shared, own, other = approved(), approved(), approved()
    first, second = payer(), payer()
    results = at_once(
        lambda: prepared(shared, own, by=first),
        lambda: prepared(other, shared, by=second),
    )
    assert len(refusals(results)) == 1
    assert Batch.objects.get().number == "LOT-2026-000001"
    assert BatchLine.objects.filter(payable=shared).count() == 1


def test_the_same_click_twice_prepares_one_batch():
    payable, maker = approved(), payer()
    results = at_once(*[lambda: prepared(payable, by=maker)] * 4)
    assert len({batch.pk for batch in results}) == 1
    assert Batch.objects.count() == 1


def test_a_batch_is_released_or_discarded():
    batch, first, second = prepared(), payer(), payer()
    results = at_once(
        lambda: services.release_batch(batch=batch, actor=first, at=AT),
        lambda: services.discard_batch(batch=batch, reason="No", actor=second, at=AT),
    )
    assert len(refusals(results)) == 1
    assert Batch.objects.get().status in ("sent", "discarded")


def test_returns_and_payments_of_a_batch_settle_it_together():
    rows = [approved() for _ in range(4)]
    batch, someone, later = sent(*rows), payer(), AT + timedelta(days=3)
    pay = [
        lambda row=row: services.mark_paid(payables=[row], on=EXECUTION, actor=someone, at=later)
        for row in rows[:3]
    ]
    results = at_once(
        *pay, lambda: services.mark_returned(payable=rows[3], reason="Closed", actor=someone, at=later)
    )
    assert refusals(results) == []
    batch.refresh_from_db()
    assert batch.status == "settled"
    assert Entry.objects.filter(action="settle").count() == 1
