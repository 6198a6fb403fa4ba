"""The use cases: who may do what, what is refused with which sentence, what happens twice."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.casework.services import NoteMissing
from partenamut.payments import services
from partenamut.payments.listeners import approval, on_approval, on_settled, settlement
from partenamut.payments.models import Batch, BatchLine, Payable
from partenamut.workflow import TransitionRefused
from tests.factories.accounts import UserFactory
from tests.factories.payments import AT, EXECUTION, TODAY, adviser, approved, payer, prepared, proposed, sent
from tests.factories.registry import MemberFactory

pytestmark = pytest.mark.django_db

OTHER_IBAN = "BE68539007547034"


def actions(subject):
    return list(
        Entry.objects.filter(subject_id=subject.public_id).order_by("pk").values_list("action", flat=True)
    )


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def heard():
    """What the fictitious business hears."""
    events = []

    def note(payable, actor, at):
        events.append((payable.number, payable.status, actor, at))

    on_settled("sample", note)
    on_approval("sample", note)
    yield events
    settlement.forget("sample")
    approval.forget("sample")


# --- proposing


def test_a_proposal_takes_a_number_and_copies_the_name():
    member = MemberFactory(first_name="Zoé", last_name="Müller")
    payable = proposed(payee=member)
    assert payable.number.startswith("PAY-2026-")
    assert (payable.status, payable.payee_name, payable.iban) == ("proposed", "Zoé Müller", "")
    assert actions(payable) == ["propose"]


def test_the_same_case_gives_the_same_payable():
    first = proposed()
    again = proposed(payee=first.payee, origin_id=first.origin_id, decided_by=first.decided_by)
    assert again == first
    assert Payable.objects.count() == 1
    assert actions(first) == ["propose"]


def test_another_amount_for_a_case_under_way_is_refused():
    first = proposed()
    with pytest.raises(ValidationError, match=f"under way: {first.number}"):
        proposed(
            payee=first.payee, origin_id=first.origin_id, decided_by=first.decided_by, amount=Decimal("1.00")
        )


def test_a_paid_case_is_paid_again_only_when_that_is_said():
    first = approved()
    services.mark_paid(
        payables=sent(first).payables.all(), on=EXECUTION, actor=payer(), at=AT + timedelta(days=2)
    )
    same = {"payee": first.payee, "origin_id": first.origin_id, "decided_by": first.decided_by}
    assert proposed(**same) == first
    with pytest.raises(ValidationError, match=f"already paid by {first.number}"):
        proposed(**same, amount=Decimal("35.00"))
    supplement = proposed(**same, amount=Decimal("35.00"), again=True)
    assert supplement.number > first.number


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": Decimal("0.00")}, "more than zero"),
        ({"amount": Decimal("-5.00")}, "more than zero"),
        ({"amount": Decimal("1.005")}, "two decimals at most"),
        ({"amount": 1.5}, "never a float"),
        ({"purpose": ""}, "vide|blank"),
    ],
)
def test_an_impossible_proposal_is_refused_and_takes_no_number(wrong, sentence):
    with pytest.raises(ValidationError, match=sentence):
        proposed(**wrong)
    assert proposed().number == "PAY-2026-000001"


# --- approving


def test_an_approval_copies_the_account():
    payable = approved()
    assert payable.status == "approved"
    assert payable.iban == payable.payee.iban
    payable.payee.iban = OTHER_IBAN
    payable.payee.save(update_fields=["iban"])
    assert fresh(payable).iban != OTHER_IBAN


def test_the_one_who_decided_does_not_approve():
    payable = proposed()
    with pytest.raises(ValidationError, match="ask a colleague"):
        services.approve(payable=payable, actor=payable.decided_by, at=AT)
    assert fresh(payable).status == "proposed"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN, Role.RESIDENCE_DIRECTOR, Role.BILLING_ADMIN])
def test_only_approvers_approve(role):
    payable = proposed()
    with pytest.raises(PermissionDenied):
        services.approve(payable=payable, actor=UserFactory(roles=[role]), at=AT)
    assert (fresh(payable).status, fresh(payable).approved_by) == ("proposed", None)


def test_nobody_approves_their_own_money():
    insider = adviser()
    payable = proposed(payee=MemberFactory(user=insider))
    with pytest.raises(ValidationError):
        services.approve(payable=payable, actor=insider, at=AT)
    assert services.approve(payable=payable, actor=adviser(), at=AT).approved_by != insider


def test_a_double_click_approves_once(heard):
    payable, second = proposed(), adviser()
    for _click in range(2):
        services.approve(payable=payable, actor=second, at=AT)
    assert actions(payable) == ["propose", "approve"]
    assert heard == [(payable.number, "approved", second, AT)]


def test_the_second_of_two_approvers_is_told():
    payable = approved()
    with pytest.raises(TransitionRefused):
        services.approve(payable=payable, actor=adviser(), at=AT)


def test_an_approval_can_be_withdrawn_with_a_reason(heard):
    payable, second = approved(), adviser()
    with pytest.raises(NoteMissing):
        services.withdraw_approval(payable=payable, reason=" ", actor=second, at=AT)
    back = services.withdraw_approval(payable=payable, reason="Wrong days", actor=second, at=AT)
    assert (back.status, back.iban, back.approved_by, back.approved_at) == ("proposed", "", None, None)
    assert services.withdraw_approval(payable=payable, reason="Wrong days", actor=second, at=AT) == back
    assert actions(payable) == ["propose", "approve", "withdraw_approval"]
    assert [status for _number, status, *_rest in heard] == ["approved", "proposed"]


def test_a_proposal_can_be_cancelled_and_the_case_proposed_anew(heard):
    payable = proposed()
    services.cancel(payable=payable, reason="The member withdrew", actor=adviser(), at=AT)
    services.cancel(payable=payable, reason="The member withdrew", actor=adviser(), at=AT)
    assert [status for _number, status, *_rest in heard] == ["cancelled"]
    assert proposed(origin_id=payable.origin_id) != payable


def test_an_approved_payable_is_not_cancelled():
    with pytest.raises(TransitionRefused):
        services.cancel(payable=approved(), reason="Too late", actor=adviser(), at=AT)


def test_what_the_business_raises_undoes_the_step():
    def refuse(payable, actor, at):
        raise TransitionRefused("pay", "withdrawn")

    on_approval("sample", refuse)
    try:
        payable = proposed()
        with pytest.raises(TransitionRefused):
            services.approve(payable=payable, actor=adviser(), at=AT)
    finally:
        approval.forget("sample")
    assert (fresh(payable).status, fresh(payable).approved_by) == ("proposed", None)
    assert actions(payable) == ["propose"]


# --- batches


def test_a_batch_holds_the_file_and_its_lines():
    first, second = approved(amount=Decimal("100.10")), approved(amount=Decimal("0.95"))
    batch = prepared(second, first)
    assert batch.number == "LOT-2026-000001"
    assert (batch.line_count, batch.total, batch.status) == (2, Decimal("101.05"), "prepared")
    assert list(batch.lines.order_by("pk").values_list("end_to_end_id", flat=True)) == [
        first.number,
        second.number,
    ]
    assert {fresh(payable).status for payable in (first, second)} == {"batched"}
    assert fresh(batch).content.count(b"<CdtTrfTxInf>") == 2
    assert first.iban.encode() in fresh(batch).content


def test_the_file_is_encrypted_in_the_database():
    batch = prepared()
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM payments_batch WHERE id = %s", [batch.pk])
        stored = cursor.fetchone()[0]
    assert "Document" not in stored
    assert fresh(batch).lines.get().iban not in stored


def test_each_payable_that_cannot_be_paid_has_its_sentence():
    without = approved(payee=MemberFactory(iban=""))
    unapproved, taken, fine = proposed(), approved(), approved()
    other = prepared(taken)
    with pytest.raises(ValidationError) as refused:
        prepared(without, unapproved, taken, fine)
    said = "\n".join(refused.value.messages)
    assert len(refused.value.messages) == 3
    assert f"{without.number} ({without.payee_name}): It had no account number" in said
    assert f"{unapproved.number} ({unapproved.payee_name}): It is not approved" in said
    assert f"{taken.number} ({taken.payee_name}): It is already in batch {other.number}" in said
    assert fresh(fine).status == "approved"


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY - timedelta(days=1), "in the past"),
        (TODAY + timedelta(days=366), "more than a year"),
        (date(2026, 3, 7), "next day is 09/03/2026"),
        (date(2026, 4, 3), "next day is 07/04/2026"),
    ],
)
def test_a_batch_is_executed_on_a_bank_day(day, sentence):
    with pytest.raises(ValidationError, match=sentence):
        prepared(execution_date=day)
    assert Batch.objects.count() == 0


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(ValidationError, match="at least one"):
        services.prepare_batch(payables=[], execution_date=EXECUTION, actor=payer(), at=AT)


def test_a_refused_batch_takes_no_number():
    with pytest.raises(ValidationError):
        prepared(proposed())
    assert prepared().number == "LOT-2026-000001"


def test_a_double_click_prepares_one_batch():
    payable, maker = approved(), payer()
    assert prepared(payable, by=maker) == prepared(payable, by=maker)
    assert (Batch.objects.count(), BatchLine.objects.count()) == (1, 1)


@pytest.mark.parametrize("setting", ["", "BE00000000000000"])
def test_without_an_account_to_pay_from_nothing_is_prepared(settings, setting):
    settings.PAYMENTS_DEBTOR_IBAN = setting
    with pytest.raises(ValidationError, match="PAYMENTS_DEBTOR_IBAN"):
        prepared()


def test_advisers_do_not_run_payments():
    batch, payable = prepared(), approved()
    someone = adviser()
    for forbidden in (
        lambda: services.prepare_batch(payables=[payable], execution_date=EXECUTION, actor=someone, at=AT),
        lambda: services.release_batch(batch=batch, actor=someone, at=AT),
        lambda: services.discard_batch(batch=batch, reason="No", actor=someone, at=AT),
        lambda: services.batch_file(batch=sent(), actor=someone, at=AT),
        lambda: services.mark_paid(
            payables=sent().payables.all(), on=EXECUTION, actor=someone, at=AT + timedelta(days=5)
        ),
        lambda: services.mark_returned(payable=sent().payables.get(), reason="Closed", actor=someone, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    assert fresh(batch).status == "prepared"


def test_the_one_who_prepared_does_not_release():
    maker = payer()
    batch = prepared(by=maker)
    with pytest.raises(ValidationError, match="ask a colleague"):
        services.release_batch(batch=batch, actor=maker, at=AT)
    second = payer()
    for _click in range(2):
        services.release_batch(batch=batch, actor=second, at=AT)
    assert (fresh(batch).status, fresh(batch).released_by) == ("sent", second)
    assert actions(batch) == ["prepare", "release"]


def test_a_batch_is_not_released_after_its_day():
    with pytest.raises(ValidationError, match="execution date has passed"):
        services.release_batch(batch=prepared(), actor=payer(), at=AT + timedelta(days=3))


def test_the_file_leaves_after_the_release_only_and_is_always_the_same():
    batch, someone = prepared(), payer()
    with pytest.raises(TransitionRefused):
        services.batch_file(batch=batch, actor=someone, at=AT)
    released = services.release_batch(batch=batch, actor=someone, at=AT)
    first = services.batch_file(batch=released, actor=someone, at=AT)
    assert services.batch_file(batch=fresh(batch), actor=someone, at=AT + timedelta(days=9)) == first
    assert actions(batch)[-2:] == ["download", "download"]


def test_a_file_that_is_not_what_was_made_does_not_leave():
    batch = sent()
    batch.sha256 = "0" * 64
    with pytest.raises(services.FileChanged):
        services.batch_file(batch=batch, actor=payer(), at=AT)


def test_a_discarded_batch_gives_its_payables_back():
    payable = approved()
    batch = prepared(payable)
    services.discard_batch(batch=batch, reason="Wrong day", actor=payer(), at=AT)
    assert (fresh(payable).status, fresh(payable).batch) == ("approved", None)
    assert fresh(batch).lines.count() == 1
    later = prepared(payable)
    assert later.lines.get().end_to_end_id == f"{payable.number}-2"
    with pytest.raises(TransitionRefused):
        services.release_batch(batch=batch, actor=payer(), at=AT)


# --- what the bank did


def test_the_last_payable_settles_the_batch(heard):
    first, second = approved(), approved()
    batch, someone, later = sent(first, second), payer(), AT + timedelta(days=2)
    services.mark_paid(payables=[first], on=EXECUTION, actor=someone, at=later)
    assert fresh(batch).status == "sent"
    services.mark_paid(payables=[first, second], on=EXECUTION, actor=someone, at=later)
    services.mark_paid(payables=[first, second], on=EXECUTION, actor=someone, at=later)
    assert fresh(batch).status == "settled"
    assert fresh(first).paid_on == EXECUTION
    paid = [number for number, status, *_rest in heard if status == "paid"]
    assert paid == [first.number, second.number]


@pytest.mark.parametrize(
    ("day", "after", "sentence"),
    [
        (EXECUTION, timedelta(days=1), "in the future"),
        (TODAY, timedelta(days=2), "before the execution date"),
    ],
)
def test_a_day_of_payment_that_cannot_be_is_refused(day, after, sentence):
    batch = sent()
    with pytest.raises(ValidationError, match=sentence):
        services.mark_paid(payables=batch.payables.all(), on=day, actor=payer(), at=AT + after)


def test_what_was_not_released_is_not_paid():
    batch = prepared()
    with pytest.raises(ValidationError, match="no batch that was released"):
        services.mark_paid(
            payables=batch.payables.all(), on=EXECUTION, actor=payer(), at=AT + timedelta(days=2)
        )
    with pytest.raises(TransitionRefused):
        services.mark_returned(payable=batch.payables.get(), reason="Closed", actor=payer(), at=AT)


def test_another_day_for_a_paid_payable_is_refused():
    batch, later = sent(), AT + timedelta(days=5)
    services.mark_paid(payables=batch.payables.all(), on=EXECUTION, actor=payer(), at=later)
    with pytest.raises(ValidationError, match="on another day"):
        services.mark_paid(
            payables=batch.payables.all(), on=EXECUTION + timedelta(days=1), actor=payer(), at=later
        )


def returned(**kwargs):
    batch = sent(approved(**kwargs))
    return services.mark_returned(
        payable=batch.payables.get(), reason="Account closed", actor=payer(), at=AT + timedelta(days=3)
    )


def test_a_return_says_why_settles_the_batch_and_tells_the_business(heard):
    payable = returned()
    assert (payable.status, payable.returned_because) == ("returned", "Account closed")
    assert payable.batch.status == "settled"
    assert heard[-1][1] == "returned"
    services.mark_returned(payable=payable, reason="Account closed", actor=payer(), at=AT)
    assert [status for _number, status, *_rest in heard].count("returned") == 1


def test_a_return_needs_its_reason():
    with pytest.raises(NoteMissing):
        services.mark_returned(payable=sent().payables.get(), reason="", actor=payer(), at=AT)


def test_a_payment_can_come_back_after_it_was_paid():
    batch = sent()
    services.mark_paid(payables=batch.payables.all(), on=EXECUTION, actor=payer(), at=AT + timedelta(days=2))
    back = services.mark_returned(
        payable=batch.payables.get(), reason="Account closed", actor=payer(), at=AT + timedelta(days=3)
    )
    assert back.status == "returned"
    assert fresh(batch).status == "settled"


def test_a_returned_payable_goes_to_another_account_after_a_new_approval():
    payable, clerk = returned(), payer()
    old_batch = payable.batch
    back = services.propose_again(payable=payable, iban="BE68 5390 0754 7034", actor=clerk, at=AT)
    assert (back.status, back.batch, back.iban, back.approved_by) == ("proposed", None, "", None)
    again = services.approve(payable=back, actor=adviser(), at=AT)
    assert again.iban == OTHER_IBAN
    batch = prepared(again)
    assert batch.lines.get().end_to_end_id == f"{payable.number}-2"
    assert OTHER_IBAN.encode() in batch.content
    assert old_batch.lines.get().iban == payable.payee.iban


def test_the_one_who_corrects_the_account_does_not_approve():
    both = UserFactory(roles=[Role.ADMIN, Role.ADVISER])
    payable = services.propose_again(payable=returned(), iban=OTHER_IBAN, actor=both, at=AT)
    with pytest.raises(ValidationError, match="ask a colleague"):
        services.approve(payable=payable, actor=both, at=AT)


def test_without_a_new_account_that_of_the_file_counts():
    payable = returned()
    payable.payee.iban = OTHER_IBAN
    payable.payee.save(update_fields=["iban"])
    back = services.propose_again(payable=payable, actor=payer(), at=AT)
    assert services.approve(payable=fresh(back), actor=adviser(), at=AT).iban == OTHER_IBAN


def test_a_wrong_account_is_refused():
    payable = returned()
    with pytest.raises(ValidationError, match="not a valid account"):
        services.propose_again(payable=payable, iban="BE68539007547035", actor=payer(), at=AT)
    assert fresh(payable).status == "returned"


def test_the_account_is_in_no_audit_entry():
    payable = services.propose_again(payable=returned(), iban=OTHER_IBAN, actor=payer(), at=AT)
    entries = Entry.objects.filter(subject_id=payable.public_id)
    assert not any(OTHER_IBAN in f"{entry.changes}{entry.note}" for entry in entries)


# --- who sees what


def test_members_see_their_own_payables_only():
    member = MemberFactory(user=UserFactory(roles=[Role.MEMBER]))
    mine, other = proposed(payee=member), proposed()
    assert list(Payable.objects.visible_to(member.user, TODAY)) == [mine]
    assert set(Payable.objects.visible_to(adviser(), TODAY)) == {mine, other}
    director = UserFactory(roles=[Role.RESIDENCE_DIRECTOR])
    assert not Payable.objects.visible_to(director, TODAY).exists()


def test_batches_are_for_those_who_pay():
    prepared()
    assert Batch.objects.visible_to(payer()).count() == 1
    assert Batch.objects.visible_to(adviser()).count() == 1
    assert Batch.objects.visible_to(UserFactory(roles=[Role.MEMBER])).count() == 0


def test_of_case_gives_the_newest_first():
    case = uuid.uuid4()
    first = proposed(origin_id=case)
    services.cancel(payable=first, reason="Again", actor=adviser(), at=AT)
    second = proposed(origin_id=case)
    assert list(Payable.objects.of_case(case)) == [second, first]
    assert list(Payable.objects.of_case(case).active()) == [second]
