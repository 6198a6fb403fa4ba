"""What the database itself refuses, whoever writes to it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from partenamut.payments import services
from partenamut.payments.models import Batch, BatchLine, Payable
from tests.factories.payments import AT, EXECUTION, adviser, approved, payer, prepared, proposed, sent

pytestmark = pytest.mark.django_db


def paid():
    batch = sent()
    services.mark_paid(payables=batch.payables.all(), on=EXECUTION, actor=payer(), at=AT + timedelta(days=2))
    return batch.payables.get()


def batched():
    return prepared().payables.get()


def change(row, **values):
    with transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**values)


# --- constraints


def test_the_one_who_decided_cannot_be_the_approver():
    payable = proposed()
    with pytest.raises(IntegrityError, match="who_decides_does_not_approve_the_payment"):
        change(payable, approved_by=payable.decided_by, approved_at=AT)


def test_nothing_is_approved_by_nobody():
    with pytest.raises(IntegrityError, match="nothing_is_paid_without_an_approval"):
        change(proposed(), status="approved")


def test_nothing_is_paid_outside_a_batch():
    with pytest.raises(IntegrityError, match="nothing_is_paid_outside_a_batch"):
        change(approved(), status="batched")


def test_a_paid_payable_has_its_day():
    with pytest.raises(IntegrityError, match="a_paid_payment_has_its_day"):
        change(sent().payables.get(), status="paid")


def test_the_one_who_prepared_cannot_be_the_releaser():
    batch = prepared()
    with pytest.raises(IntegrityError, match="who_prepares_a_batch_does_not_release_it"):
        change(batch, released_by=batch.prepared_by, released_at=AT)


def test_nothing_is_sent_by_nobody():
    with pytest.raises(IntegrityError, match="a_sent_batch_was_released_by_someone"):
        change(prepared(), status="sent")


def copy_of(payable, **changes):
    names = [
        field.attname for field in Payable._meta.concrete_fields if field.attname not in ("id", "public_id")
    ]
    values = {name: getattr(payable, name) for name in names} | {"number": "PAY-2026-999999"} | changes
    with transaction.atomic():
        return Payable.objects.create(**values)


def test_a_case_has_one_payable_under_way():
    with pytest.raises(IntegrityError, match="a_case_is_paid_once_at_a_time"):
        copy_of(proposed())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"amount": Decimal("0.00")}, "a_payment_is_more_than_zero"),
        ({"number": None}, "a_payment_has_a_number"),
    ],
)
def test_a_payable_is_stored_whole(changes, name):
    payable = proposed()
    services.cancel(payable=payable, reason="Away", actor=adviser(), at=AT)
    with pytest.raises(IntegrityError, match=name):
        copy_of(payable, status="proposed", **changes)


@pytest.mark.parametrize("model", [Payable, Batch], ids=lambda model: model.__name__)
def test_every_constraint_has_a_sentence(model):
    for constraint in model._meta.constraints:
        assert str(constraint.violation_error_message).endswith("."), constraint.name
        assert "_" in constraint.name


# --- tampering, by bulk statements and by plain SQL


STATES = {
    "proposed": proposed,
    "approved": approved,
    "batched": batched,
    "paid": paid,
}
FACTS = {
    "amount": Decimal("9999.00"),
    "purpose": "Something else",
    "payee_name": "Somebody Else",
    "number": "PAY-2026-777777",
    "origin_number": "TEST-2026-777777",
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("column", FACTS)
def test_what_is_paid_never_changes(state, column):
    payable = STATES[state]()
    assert payable.status == state
    with pytest.raises(DatabaseError, match="pgtrigger"):
        change(payable, **{column: FACTS[column]})


@pytest.mark.parametrize("state", ["approved", "batched", "paid"])
@pytest.mark.parametrize("column", ["iban", "corrected_iban", "approved_at"])
def test_the_approved_account_never_changes(state, column):
    value = AT if column == "approved_at" else "BE68539007547034"
    value = AT + timedelta(days=1) if column == "approved_at" else value
    with pytest.raises(DatabaseError, match="pgtrigger"):
        change(STATES[state](), **{column: value})


@pytest.mark.parametrize(
    ("state", "target"),
    [
        ("proposed", "batched"),
        ("proposed", "paid"),
        ("approved", "paid"),
        ("paid", "proposed"),
        ("paid", "batched"),
    ],
)
def test_no_step_is_skipped(state, target):
    with pytest.raises(DatabaseError, match="transition"):
        change(STATES[state](), status=target)


def test_a_sent_payable_stays_in_its_batch_and_keeps_its_day():
    payable, other = paid(), prepared()
    with pytest.raises(DatabaseError, match="pgtrigger"):
        change(payable, batch=other)
    with pytest.raises(DatabaseError, match="pgtrigger"):
        change(payable, paid_on=EXECUTION + timedelta(days=1))


def test_a_payable_is_not_born_approved():
    payable = approved()
    services.withdraw_approval(payable=payable, reason="Away", actor=adviser(), at=AT)
    services.cancel(payable=payable, reason="Away", actor=adviser(), at=AT)
    for born in ({"status": "approved"}, {"status": "proposed"}):
        with pytest.raises(DatabaseError, match="pgtrigger"):
            copy_of(payable, approved_by_id=adviser().pk, approved_at=AT, **born)


BATCH_FACTS = {
    "file": "<Document/>",
    "sha256": "0" * 64,
    "total": Decimal("1.00"),
    "line_count": 9,
    "execution_date": EXECUTION + timedelta(days=1),
    "number": "LOT-2026-777777",
}


@pytest.mark.parametrize("make", [prepared, sent], ids=["prepared", "sent"])
@pytest.mark.parametrize("column", BATCH_FACTS)
def test_a_batch_keeps_its_file(make, column):
    with pytest.raises(DatabaseError, match="pgtrigger"):
        change(make(), **{column: BATCH_FACTS[column]})


def test_a_released_batch_keeps_its_releaser_and_does_not_go_back():
    batch = sent()
    with pytest.raises(DatabaseError, match="pgtrigger"):
        change(batch, released_by=payer())
    with pytest.raises(DatabaseError, match="transition"):
        change(batch, status="prepared")


def test_no_line_is_added_to_a_batch():
    batch, payable = prepared(), approved()
    line = BatchLine(
        batch=batch,
        payable=payable,
        end_to_end_id=payable.number,
        payee_name="Somebody",
        iban="BE68539007547034",
        amount=payable.amount,
        remittance="x",
    )
    with pytest.raises(DatabaseError, match="add up"), transaction.atomic():
        line.save()


@pytest.mark.parametrize("table", ["payments_payable", "payments_batch", "payments_batchline"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_is_deleted(table, statement):
    prepared()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            cursor.execute(statement.format(table))


def test_a_line_never_changes():
    line = prepared().lines.get()
    with pytest.raises(DatabaseError, match="pgtrigger"):
        change(line, amount=Decimal("1.00"))
