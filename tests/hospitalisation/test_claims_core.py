"""A claim from the announcement to the payment: what is stored, decided, used of the year and paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from hospitalisation.deciding import replay, ruled
from hospitalisation.models import AttachmentKind, ClaimLine, Intervention
from hospitalisation.services import claims, decisions, deposits
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.casework.services import lock
from partenamut.payments import services as payments
from partenamut.payments.bank_days import next_bank_day
from partenamut.payments.models import Payable
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT = make.AT


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER])


@pytest.fixture
def second_reader():
    return UserFactory(roles=[Role.SECOND_READER])


@pytest.fixture
def hospital():
    found = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.fixture
def claim(hospital):
    return make.sent(hospital=hospital)


def test_the_worked_case_is_decided_and_paid(claim, adviser, second_reader):
    decision = decisions.decide(claim=claim, actor=adviser, at=AT)
    assert decision.amount == Decimal("3051.71")
    assert lock_status(claim) == Status.DECIDED
    assert replay(decision).decision == ruled(claim).decision
    assert Intervention.objects.get(claim=claim).amount == Decimal("3051.71")
    decisions.propose_payment(claim=claim, actor=adviser, at=AT)
    payable = Payable.objects.get(origin_id=claim.public_id)
    assert payable.amount == Decimal("3051.71")
    payments.approve(payable=payable, actor=second_reader, at=AT)
    assert lock_status(claim) == Status.PAYMENT_APPROVED


def test_an_appeal_after_the_payment_pays_what_is_more(claim, adviser, second_reader):
    decisions.decide(claim=claim, actor=adviser, at=AT)
    pay(claim, adviser, second_reader)
    claims.appeal(claim=claim, reason="Line 3 was promised", actor=claim.filed_by, at=AT)
    decisions.reopen(claim=claim, reason="It was", actor=adviser, at=AT)
    with pytest.raises(ValidationError, match="paid by an earlier decision"):
        claims.withdraw(claim=claim, actor=claim.filed_by, at=AT)
    proposal = decisions.propose_departure(
        claim=claim, amounts={2: Decimal("2600.00")}, reason="Promised in writing", actor=adviser, at=AT
    )
    decision = decisions.confirm_departure(departure=proposal, actor=second_reader, at=AT)
    assert (decision.amount, decisions.due(claim, decision)) == (Decimal("3251.71"), Decimal("200.00"))
    pay(claim, adviser, second_reader)
    paid = Payable.objects.filter(origin_id=claim.public_id).values_list("amount", flat=True)
    assert sorted(paid) == [Decimal("200.00"), Decimal("3051.71")]
    assert Intervention.objects.get(claim=claim).amount == Decimal("3251.71")
    assert lock_status(claim) == Status.PAID


def test_an_appeal_that_changes_nothing_pays_nothing_twice(claim, adviser, second_reader):
    decisions.decide(claim=claim, actor=adviser, at=AT)
    pay(claim, adviser, second_reader)
    claims.appeal(claim=claim, reason="Too little", actor=claim.filed_by, at=AT)
    decisions.reopen(claim=claim, reason="Looked at again", actor=adviser, at=AT)
    decision = decisions.decide(claim=claim, actor=adviser, at=AT)
    assert decisions.due(claim, decision) == 0
    assert lock_status(claim) == Status.NOTHING_DUE


def test_a_departure_needs_a_second_reader_and_keeps_the_franchise(claim, adviser, second_reader):
    proposal = decisions.propose_departure(
        claim=claim, amounts={2: Decimal("2600.00")}, reason="Promised in writing", actor=adviser, at=AT
    )
    assert lock_status(claim) == Status.SECOND_READING
    with pytest.raises(ValidationError, match="Another person"):
        decisions.confirm_departure(departure=proposal, actor=adviser, at=AT)
    decision = decisions.confirm_departure(departure=proposal, actor=second_reader, at=AT)
    assert decision.amount == Decimal("3251.71")
    assert decision.decided_by == adviser
    assert decision.confirmed_by == second_reader
    assert replay(decision).amount == Decimal("3251.71")


def test_nobody_pays_a_supplement_that_is_not_owed(hospital, adviser):
    claim = make.sent(hospital=hospital, room="double")
    with pytest.raises(ValidationError, match="nobody owes"):
        decisions.propose_departure(
            claim=claim, amounts={2: Decimal("10.00")}, reason="To be nice", actor=adviser, at=AT
        )
    decision = decisions.decide(claim=claim, actor=adviser, at=AT)
    assert decision.outcome == "check"
    assert decision.amount == Decimal("301.71")


def test_a_missing_figure_stops_the_rules_and_is_named(hospital, adviser, second_reader):
    claim = make.sent(make.insured(Tier.MEDIUM), hospital=hospital)
    with pytest.raises(ValidationError) as stopped:
        decisions.decide(claim=claim, actor=adviser, at=AT)
    assert any("Hospitalia Medium" in sentence for sentence in stopped.value.messages)
    proposal = decisions.propose_departure(
        claim=claim,
        amounts={4: Decimal("0.00"), 5: Decimal("0.00")},
        reason="Asked from the insurer: nothing",
        actor=adviser,
        at=AT,
    )
    decision = decisions.confirm_departure(departure=proposal, actor=second_reader, at=AT)
    assert decision.amount == Decimal("2136.51")  # 106.51 + 80 + 1600 + 500 - 150


def test_a_year_without_a_list_stops_an_individual_room(adviser):
    claim = make.sent(hospital=HospitalFactory())
    with pytest.raises(ValidationError, match="2026"):
        decisions.decide(claim=claim, actor=adviser, at=AT)


def test_an_insurance_that_began_after_the_admission_pays_nothing(hospital, adviser):
    member = make.insured()
    member.hospital_insurances.update(first_day="2026-03-03")
    decision = decisions.decide(claim=make.sent(member, hospital=hospital), actor=adviser, at=AT)
    assert decision.amount == 0
    assert decision.claim.status == Status.NOTHING_DUE


def test_deposits_are_taken_off_the_payment_of_the_stay(claim, adviser):
    deposit = make.deposit(claim)
    given_back = decisions.decide(claim=deposit, actor=adviser, at=AT)
    assert given_back.amount == Decimal("570.00")
    decision = decisions.decide(claim=claim, actor=adviser, at=AT)
    assert decision.amount == Decimal("3051.71")
    assert decisions.due(claim, decision) == Decimal("2481.71")
    used = Intervention.objects.filter(member=claim.member).values_list("amount", flat=True)
    assert sum(used) == Decimal("3051.71")


def test_a_week_has_one_deposit(claim):
    make.deposit(claim)
    with pytest.raises(ValidationError) as refused:
        make.deposit(claim)
    assert "week" in refused.value.message_dict
    with pytest.raises(ValidationError, match="week 2"):
        make.deposit(claim, week=2)
    assert deposits.weeks_claimed(claim) == {1}


def test_a_deposit_waits_for_the_admission(hospital, adviser):
    stay = make.announced(hospital=hospital, admitted=False)
    deposit = make.deposit(stay)
    with pytest.raises(ValidationError, match="admission"):
        decisions.decide(claim=deposit, actor=adviser, at=AT)
    claims.fill_in(claim=stay, actor=stay.filed_by, at=AT, admitted=True)
    assert decisions.decide(claim=deposit, actor=adviser, at=AT).amount == Decimal("570.00")


def test_the_ceiling_of_the_year_is_shared_by_its_claims(hospital, adviser):
    member = make.insured(Tier.HOSPITALIA)
    huge = [make.line("fee", "24900.00")]
    first = decisions.decide(claim=make.sent(member, hospital=hospital, lines=huge), actor=adviser, at=AT)
    assert first.amount == Decimal("24750.00")
    second = decisions.decide(
        claim=make.sent(member, hospital=hospital, lines=[make.line("fee", "900.00")]), actor=adviser, at=AT
    )
    assert second.amount == Decimal("250.00")


def test_what_lacks_is_said_and_nothing_is_sent():
    claim = make.announced(discharge=None)
    with pytest.raises(claims.NotReady) as lacking:
        claims.send(claim=claim, actor=claim.filed_by, at=AT)
    assert len(lacking.value.messages) == 3
    assert lock_status(claim) == Status.ANNOUNCED


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (make.line("stay", "-1.00"), "zero or more"),
        (make.line("stay", "10.00", mandatory="11.00"), "no more than was billed"),
        (make.line("room_supplement", "10.00"), "number of days"),
        (make.line("fee_supplement", "10.00"), "INAMI tariff"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_place(line, what):
    claim = make.announced()
    with pytest.raises(ValidationError, match=f"Line 2: .*{what}"):
        claims.write_lines(claim=claim, lines=[make.line(), line], actor=claim.filed_by, at=AT)
    assert not ClaimLine.objects.exists()


def test_a_discharge_before_the_admission_names_its_field():
    with pytest.raises(ValidationError) as refused:
        make.announced(discharge=date(2026, 3, 1))
    assert "discharge" in refused.value.message_dict


def test_a_claim_that_was_sent_keeps_its_lines_and_papers(claim):
    with pytest.raises(claims.NotReady):
        claims.write_lines(claim=claim, lines=[], actor=claim.filed_by, at=AT)
    with pytest.raises(claims.NotReady):
        claims.detach(attachment=claim.attachments.first(), actor=claim.filed_by, at=AT)
    assert claim.attachments.filter(removed_at=None, kind=AttachmentKind.BILL).exists()


def pay(claim, adviser, second_reader):
    """The payment of what is due, through the batch of the bank."""
    decisions.propose_payment(claim=claim, actor=adviser, at=AT)
    payable = Payable.objects.of_case(claim.public_id).active().get()
    payments.approve(payable=payable, actor=second_reader, at=AT)
    first, second = UserFactory(roles=[Role.ADMIN]), UserFactory(roles=[Role.ADMIN])
    batch = payments.prepare_batch(
        payables=[payable], execution_date=next_bank_day(AT.date()), actor=first, at=AT
    )
    payments.release_batch(batch=batch, actor=second, at=AT)
    payments.mark_paid(payables=[payable], on=batch.execution_date, actor=first, at=AT + timedelta(days=5))


def lock_status(claim):
    return lock(claim).status
