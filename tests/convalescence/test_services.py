"""The life of a request, by its use cases: what is granted, taken, given back, refused and told."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from convalescence import services
from convalescence.deciding import replay
from convalescence.facts import days_left
from convalescence.models import AttachmentKind, Benefit, Decision, GrantedDays, Request
from convalescence.services import recognitions
from convalescence.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.casework.services import NoteMissing
from partenamut.payments.models import Payable
from partenamut.registry.models import Member
from partenamut.workflow import TransitionRefused
from tests.factories.accounts import UserFactory
from tests.factories.desk import AT, TODAY, adviser, draft, member, rest_home, second_reader, sent
from tests.factories.registry import CaregiverRecognitionFactory, ContributionPeriodFactory

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(days=1)


def decide(request: Request, **kwargs: Any) -> Decision:
    """The decision of some adviser."""
    return services.decide(request=request, actor=adviser(), at=LATER, **kwargs)


# --- sending


def test_a_sent_request_has_a_number_a_day_and_a_receipt() -> None:
    request = sent()
    assert request.number == "CONV-2026-000001"
    assert request.submitted_on == TODAY
    assert request.receipt is not None
    assert request.receipt.language == request.member.language


def test_sending_twice_changes_nothing() -> None:
    request = sent()
    again = services.send(request=request, actor=request.filed_by, at=LATER)
    assert (again.number, again.submitted_on) == (request.number, TODAY)
    assert Entry.objects.filter(subject_id=request.public_id, action="send").count() == 1


def test_a_draft_says_what_it_lacks() -> None:
    empty = services.start(
        member=(person := member()), benefit=Benefit.CONVALESCENCE, actor=person.user, at=AT
    )
    with pytest.raises(services.NotReady) as refused:
        services.send(request=empty, actor=person.user, at=AT)
    assert len(refused.value.messages) == 2


def test_there_is_one_draft_for_a_benefit() -> None:
    one = draft(person := member())
    assert services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=LATER) == one


def test_a_step_cannot_write_what_is_not_its_own() -> None:
    with pytest.raises(ValueError, match="status"):
        services.fill_in(request=draft(), actor=adviser(), at=AT, status=Status.PAID)


def test_what_was_sent_is_no_draft_any_more() -> None:
    request = sent()
    with pytest.raises(services.NotReady):
        services.fill_in(request=request, actor=request.filed_by, at=AT, arrival=date(2026, 5, 1))
    with pytest.raises(services.NotReady):
        services.discard(request=request, actor=request.filed_by, at=AT)


def test_a_paper_request_counts_from_the_day_it_came() -> None:
    request = services.send(request=draft(), actor=adviser(), at=LATER, received_on=date(2026, 2, 20))
    assert request.submitted_on == date(2026, 2, 20)


# --- deciding


def test_a_grant_takes_days_and_orders_a_letter() -> None:
    request = sent()
    decision = decide(request)
    request.refresh_from_db()
    decision.refresh_from_db()
    assert request.status == Status.GRANTED
    assert decision.answer["award"] == {
        "days": 10,
        "amount": "350.00",
        "lines": [
            {"first": "2026-04-01", "last": "2026-04-10", "days": 10, "per_day": "35.00", "amount": "350.00"}
        ],
    }
    assert decision.letter is not None
    assert decision.appeal_until == date(2026, 6, 3)
    assert [meter.left for meter in days_left(request.member, 2026)] == [18, 14]


def test_a_decision_can_be_taken_again_from_what_was_stored() -> None:
    decision = decide(sent())
    stored = Decision.objects.get(pk=decision.pk)
    again = replay(stored)
    assert (again.outcome, again.amount) == ("granted", Decimal("350.00"))


def test_days_granted_before_are_used_up() -> None:
    person = member()
    decide(sent(person, departure=date(2026, 4, 26)))
    second = sent(person, arrival=date(2026, 6, 1), departure=date(2026, 6, 11))
    decision = decide(second)
    assert decision.outcome == "partially_granted"
    assert decision.answer["award"]["days"] == 3


def test_a_day_is_not_paid_under_two_benefits() -> None:
    person = member()
    decide(sent(person))
    home = rest_home()
    short = draft(
        person, Benefit.SHORT_STAY, residence=home, arrival=date(2026, 4, 8), departure=date(2026, 4, 14)
    )
    services.note_paper(
        request=short, kind=AttachmentKind.INVOICE, received_on=TODAY, note="", actor=adviser(), at=AT
    )
    decision = decide(services.send(request=short, actor=person.user, at=AT))
    assert decision.answer["award"]["days"] == 3
    assert {reason["code"] for reason in decision.answer["rules"]["reasons"] if not reason["met"]} == {
        "common.paid_once"
    }


def test_the_database_refuses_a_day_paid_twice() -> None:
    person = member()
    request = sent(person)
    decide(request)
    with pytest.raises(IntegrityError, match="a_day_of_a_person_is_paid_once"), transaction.atomic():
        GrantedDays.objects.create(
            member=person, request=request, first_day=date(2026, 4, 10), last_day=date(2026, 4, 12)
        )


def test_a_withdrawn_request_gives_its_days_back() -> None:
    request = sent()
    decide(request)
    services.withdraw(request=request, actor=request.filed_by, at=LATER)
    assert [meter.left for meter in days_left(request.member, 2026)] == [28, 14]


def test_other_dates_are_decided_again_and_the_first_decision_stays() -> None:
    request = sent()
    first = decide(request)
    services.change_dates(
        request=request,
        arrival=date(2026, 5, 4),
        departure=date(2026, 5, 9),
        actor=request.filed_by,
        at=LATER,
    )
    second = services.decide(request=request, actor=adviser(), at=LATER + timedelta(days=1))
    assert services.in_force(request) == second
    assert Decision.objects.get(pk=first.pk).answer["award"]["days"] == 10
    assert [row.period.first for row in request.granted_days.all()] == [date(2026, 5, 4)]


def test_a_short_stay_waits_for_its_invoice_and_is_decided_again() -> None:
    short = sent(
        None, Benefit.SHORT_STAY, residence=rest_home(), arrival=date(2026, 2, 2), departure=date(2026, 2, 8)
    )
    assert decide(short).outcome == "pending"
    short.refresh_from_db()
    assert short.status == Status.PENDING_INVOICE
    services.note_paper(
        request=short, kind=AttachmentKind.INVOICE, received_on=TODAY, note="", actor=adviser(), at=LATER
    )
    short.refresh_from_db()
    assert short.status == Status.SUBMITTED
    assert decide(short).outcome == "granted"
    short.refresh_from_db()
    assert short.status == Status.INVOICE_RECEIVED


def test_a_caregiver_is_paid_for_the_days_of_the_granted_stay() -> None:
    stay = sent(departure=date(2026, 4, 21))
    decide(stay)
    companion = member()
    CaregiverRecognitionFactory(caregiver=companion, cared_for=stay.member)
    claim = sent(
        companion, Benefit.CAREGIVER, cared_for_request=stay, arrival=stay.arrival, departure=stay.departure
    )
    assert decide(claim).answer["award"]["days"] == 14
    services.reopen(request=claim, reason="Second operation", actor=adviser(), at=LATER)
    services.extend(request=claim, reason="The care cannot be interrupted", actor=adviser(), at=LATER)
    assert services.decide(request=claim, actor=adviser(), at=LATER).answer["award"]["days"] == 20


def test_a_caregiver_is_not_paid_for_a_stay_that_is_granted_no_more() -> None:
    stay = sent()
    decide(stay)
    companion = member()
    CaregiverRecognitionFactory(caregiver=companion, cared_for=stay.member)
    claim = sent(companion, Benefit.CAREGIVER, cared_for_request=stay)
    decide(claim)
    services.note_paper(
        request=claim, kind=AttachmentKind.INVOICE, received_on=TODAY, note="", actor=adviser(), at=LATER
    )
    after = AT + timedelta(days=60)
    services.withdraw(request=stay, actor=stay.filed_by, at=after)
    with pytest.raises(ValidationError, match="cared for is not granted"):
        services.propose_payment(request=claim, actor=adviser(), at=after)
    assert not Payable.objects.exists()


def test_nobody_extends_or_recognises_on_their_own_side() -> None:
    insider = member(user=UserFactory(roles=[Role.MEMBER, Role.ADVISER]))
    stay = sent()
    claim = sent(insider, Benefit.CAREGIVER, cared_for_request=stay)
    with pytest.raises(ValidationError):
        services.extend(request=claim, reason="For me", actor=insider.user, at=LATER)
    asked = recognitions.ask_recognition(
        caregiver=insider,
        cared_for=stay.member,
        relation="son",
        help_given="every day",
        actor=insider.user,
        at=AT,
    )
    with pytest.raises(ValidationError):
        recognitions.recognise(recognition=asked, first_day=TODAY, actor=insider.user, at=LATER)
    recognitions.recognise(recognition=asked, first_day=TODAY, actor=adviser(), at=LATER)


def test_nobody_decides_on_their_own_file() -> None:
    insider = UserFactory(roles=[Role.MEMBER, Role.ADVISER])
    request = sent(member(user=insider))
    with pytest.raises(ValidationError):
        services.decide(request=request, actor=insider, at=LATER)


def test_a_member_does_not_decide() -> None:
    request = sent()
    with pytest.raises(PermissionDenied):
        services.decide(request=request, actor=UserFactory(roles=[Role.MEMBER]), at=LATER)


# --- departing from the rules


def test_a_departure_needs_a_reason_and_a_second_reader() -> None:
    request = sent(criteria=[])
    proposer = adviser()
    grant = {"first_day": date(2026, 4, 1), "last_day": date(2026, 4, 5)}
    with pytest.raises(ValidationError):
        services.propose_departure(request=request, **grant, reason=" ", actor=proposer, at=LATER)
    departure = services.propose_departure(
        request=request, **grant, reason="Rare case", actor=proposer, at=LATER
    )
    with pytest.raises(ValidationError):
        services.confirm_departure(departure=departure, actor=proposer, at=LATER)
    decision = services.confirm_departure(departure=departure, actor=second_reader(), at=LATER)
    assert (decision.outcome, decision.answer["award"]["days"]) == ("partially_granted", 5)
    assert decision.departs_because == "Rare case"
    assert decision.decided_by == proposer


def test_who_proposed_cannot_confirm_even_as_a_second_reader() -> None:
    both = second_reader()
    departure = services.propose_departure(
        request=sent(), first_day=None, last_day=None, reason="Fraud", actor=both, at=LATER
    )
    with pytest.raises(ValidationError):
        services.confirm_departure(departure=departure, actor=both, at=LATER)


def test_a_rejected_departure_comes_back_to_the_desk() -> None:
    request = sent()
    departure = services.propose_departure(
        request=request, first_day=None, last_day=None, reason="Doubt", actor=adviser(), at=LATER
    )
    services.reject_departure(departure=departure, note="No ground", actor=second_reader(), at=LATER)
    request.refresh_from_db()
    assert request.status == Status.SUBMITTED
    with pytest.raises(ValidationError):
        services.confirm_departure(departure=departure, actor=second_reader(), at=LATER)


def test_a_departure_outside_the_stay_or_equal_to_the_rules_is_refused() -> None:
    request = sent()
    for first, last in ((date(2026, 3, 31), date(2026, 4, 5)), (date(2026, 4, 1), date(2026, 4, 10))):
        with pytest.raises(ValidationError):
            services.propose_departure(
                request=request, first_day=first, last_day=last, reason="x", actor=adviser(), at=LATER
            )


# --- after


def test_from_the_invoice_to_the_payment() -> None:
    request = sent()
    decision = decide(request)
    after = AT + timedelta(days=60)
    services.confirm_stay(request=request, actor=request.filed_by, at=after)
    services.note_paper(
        request=request, kind=AttachmentKind.INVOICE, received_on=TODAY, note="", actor=adviser(), at=after
    )
    services.propose_payment(request=request, actor=adviser(), at=after)
    payable = Payable.objects.get(origin_id=request.public_id)
    assert (payable.amount, payable.payee, payable.decided_by) == (
        Decimal("350.00"),
        request.member,
        decision.decided_by,
    )


def test_an_invoice_that_came_before_a_new_decision_is_not_asked_again() -> None:
    request = sent()
    decide(request)
    services.note_paper(
        request=request, kind=AttachmentKind.INVOICE, received_on=TODAY, note="", actor=adviser(), at=LATER
    )
    services.reopen(request=request, reason="Wrong dates", actor=adviser(), at=LATER)
    decide(request)
    request.refresh_from_db()
    assert request.status == Status.INVOICE_RECEIVED


def test_a_short_stay_granted_against_the_rules_still_waits_for_its_invoice() -> None:
    short = sent(None, Benefit.SHORT_STAY, place="Home of another register")
    departure = services.propose_departure(
        request=short,
        first_day=date(2026, 4, 1),
        last_day=date(2026, 4, 5),
        reason="x",
        actor=adviser(),
        at=LATER,
    )
    services.confirm_departure(departure=departure, actor=second_reader(), at=LATER)
    short.refresh_from_db()
    assert short.status == Status.PARTIALLY_GRANTED


def test_a_stay_is_confirmed_after_it() -> None:
    request = sent()
    decide(request)
    with pytest.raises(ValidationError):
        services.confirm_stay(request=request, actor=request.filed_by, at=LATER)


def test_an_appeal_comes_in_time_and_with_a_reason() -> None:
    request = sent(criteria=[])
    decide(request)
    with pytest.raises(ValidationError):
        services.appeal(request=request, reason="x", actor=request.filed_by, at=AT + timedelta(days=120))
    services.appeal(request=request, reason="I send proof", actor=request.filed_by, at=LATER)
    request.refresh_from_db()
    assert request.status == Status.APPEALED
    with pytest.raises(NoteMissing):
        services.reopen(request=request, reason=" ", actor=adviser(), at=LATER)


def test_what_the_table_does_not_have_is_refused() -> None:
    with pytest.raises(TransitionRefused):
        services.withdraw(request=draft(), actor=adviser(), at=LATER)


def test_every_step_is_written_down() -> None:
    request = sent()
    decide(request)
    told = Entry.objects.filter(subject_id=request.public_id, changes__has_key="status").order_by("pk")
    assert [entry.changes["status"] for entry in told] == [["draft", "submitted"], ["submitted", "granted"]]


def test_a_decision_is_never_changed() -> None:
    decision = decide(sent())
    for change in (
        lambda: Decision.objects.filter(pk=decision.pk).update(outcome="refused"),
        lambda: Decision.objects.filter(pk=decision.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            change()


def test_a_message_clicked_twice_is_sent_once() -> None:
    request = sent()
    for seconds in (0, 2):
        services.write(
            request=request, text="When?", actor=request.filed_by, at=LATER + timedelta(seconds=seconds)
        )
    assert request.messages.count() == 1
    services.write(request=request, text="When?", actor=request.filed_by, at=LATER + timedelta(hours=1))
    assert request.messages.count() == 2


def test_a_paper_noted_twice_stands_once() -> None:
    request, officer = sent(), adviser()
    for _ in "ab":
        services.note_paper(
            request=request,
            kind=AttachmentKind.OTHER,
            received_on=TODAY,
            note="card",
            actor=officer,
            at=LATER,
        )
    assert request.attachments.count() == 1


# --- queries


def queries_of(act: Callable[[], object]) -> int:
    """How many queries it needs."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_deciding_needs_the_same_queries_however_long_the_history() -> None:
    judge = adviser()
    short, long = sent(), sent()
    person: Member = long.member
    for year in range(2000, 2012):
        ContributionPeriodFactory(member=person, first_day=date(year, 1, 1), last_day=date(year, 12, 31))
    for month in (5, 6, 7, 8):
        one = sent(person, arrival=date(2026, month, 1), departure=date(2026, month, 3))
        services.decide(request=one, actor=judge, at=LATER)
    few = queries_of(lambda: services.decide(request=Request.objects.get(pk=short.pk), actor=judge, at=LATER))
    many = queries_of(lambda: services.decide(request=Request.objects.get(pk=long.pk), actor=judge, at=LATER))
    assert many == few


# --- at the same moment


def together(*acts: Callable[[], object]) -> list[object]:
    """What each act gives when all begin at once; an exception is a result too."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_advisers_who_decide_at_once_decide_once() -> None:
    request = sent()
    results = together(
        partial(services.decide, request=request, actor=adviser(), at=LATER),
        partial(services.decide, request=request, actor=adviser(), at=LATER),
    )
    assert sorted(type(result).__name__ for result in results) == ["Decision", "TransitionRefused"]
    assert Decision.objects.filter(request=request).count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_stays_of_a_person_decided_at_once_share_the_quota() -> None:
    person = member()
    stays = [sent(person, arrival=date(2026, month, 1), departure=date(2026, month, 21)) for month in (4, 6)]
    results = together(*[partial(services.decide, request=stay, actor=adviser(), at=LATER) for stay in stays])
    days = sorted(result.answer["award"]["days"] for result in results if isinstance(result, Decision))
    assert days == [8, 20]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double() -> None:
    drafts = [draft() for _ in range(8)]
    together(*[partial(services.send, request=one, actor=one.filed_by, at=AT) for one in drafts])
    numbers = sorted(Request.objects.values_list("number", flat=True))
    assert numbers == [f"CONV-2026-{place:06d}" for place in range(1, 9)]


def test_a_stay_that_is_not_over_is_not_paid() -> None:
    request = sent()
    decide(request)
    services.note_paper(
        request=request, kind=AttachmentKind.INVOICE, received_on=TODAY, note="", actor=adviser(), at=AT
    )
    with pytest.raises(ValidationError, match="not over"):
        services.propose_payment(request=request, actor=adviser(), at=AT)
    assert not Payable.objects.filter(origin_id=request.public_id).exists()
