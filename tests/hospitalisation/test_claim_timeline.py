"""What comes next for a claim and how long it usually takes; what is expected now."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache

from hospitalisation.models import Decision
from hospitalisation.readings import timeline
from hospitalisation.services import decisions
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.payments.models import Payable
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT = make.AT
TODAY = AT.date()


@pytest.fixture(autouse=True)
def _clock():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER])


@pytest.fixture
def hospital():
    found = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.mark.parametrize(
    ("stay", "words"),
    [
        ({"admission": TODAY + timedelta(days=3), "discharge": None, "admitted": False}, "Nothing before"),
        ({"admission": TODAY - timedelta(days=1), "discharge": None, "admitted": False}, "Tell us that"),
        ({"admission": TODAY, "discharge": TODAY + timedelta(days=2), "admitted": True}, "Nothing during"),
        ({"admission": TODAY, "discharge": None, "admitted": True}, "Nothing during"),
        ({"admission": date(2026, 3, 2), "discharge": date(2026, 3, 6), "admitted": True}, "Enter the lines"),
    ],
    ids=["before", "not said", "during", "no end yet", "after"],
)
def test_what_is_expected_of_an_announced_stay_depends_on_the_day(stay, words):
    assert timeline.expected(make.announced(**stay), TODAY).startswith(words)


def test_every_state_has_its_sentence_and_only_ends_have_nothing_next(hospital):
    claim = make.sent(hospital=hospital)
    ends = {Status.NOTHING_DUE, Status.REFUSED, Status.PAID, Status.WITHDRAWN}
    for status in Status:
        claim.status = status
        assert timeline.expected(claim, TODAY)
        following = [
            each for each in timeline.events(claim, claim.filed_by, TODAY) if each["state"] != "past"
        ]
        assert bool(following) is (status not in ends), status


def decided(hospital, adviser, count, days):
    for _ in range(count):
        claim = make.sent(hospital=hospital, lines=[make.line(billed="1000.00")])
        decisions.decide(claim=claim, actor=adviser, at=AT + timedelta(days=days))


def test_few_decisions_tell_nothing_of_the_usual_delay(hospital, adviser):
    decided(hospital, adviser, 9, 3)
    assert timeline.decision_delay("stay", TODAY) == ""


def test_ten_decisions_tell_the_usual_delay_of_their_kind(hospital, adviser):
    decided(hospital, adviser, 9, 3)
    decided(hospital, adviser, 1, 12)
    later = TODAY + timedelta(days=20)
    assert timeline.decision_delay("stay", later) == "half within 3 days, 9 of 10 within 4 days"
    assert timeline.decision_delay("deposit", later) == ""
    assert timeline.decision_delay("stay", later + timedelta(days=300)) == ""


def test_payments_tell_their_own_delay(hospital, adviser):
    decided(hospital, adviser, 10, 1)
    for decision in Decision.objects.select_related("claim"):
        decisions.propose_payment(claim=decision.claim, actor=adviser, at=AT + timedelta(days=1))
    assert timeline.payment_delay(TODAY) == ""
    cache.clear()
    Payable.objects.update(paid_on=TODAY + timedelta(days=6))
    assert timeline.payment_delay(TODAY) == "half within 5 days, 9 of 10 within 5 days"


def test_a_rejected_proposal_is_no_decision(hospital, adviser):
    claim = make.sent(hospital=hospital)
    proposal = decisions.propose_departure(
        claim=claim, amounts={2: Decimal("2500.00")}, reason="Promised", actor=adviser, at=AT
    )
    reader = UserFactory(roles=[Role.SECOND_READER])
    decisions.reject_departure(departure=proposal, note="No", actor=reader, at=AT)
    claim.refresh_from_db()
    titles = [each["title"] for each in timeline.events(claim, claim.filed_by, TODAY)]
    assert "Read by a second person" in titles
    assert not [title for title in titles if title.startswith("Decision:")]
    assert "Promised" not in str(timeline.events(claim, claim.filed_by, TODAY))
