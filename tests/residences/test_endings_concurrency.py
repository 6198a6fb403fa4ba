"""Two people at the same moment: a notice is recorded once, a convention ends once, a final account is issued once."""

from datetime import date

import pytest

from residences.models import DebtorShare, Invoice, NoticeDecisionRecord, Termination
from residences.services import ended, endings, settling
from residences.services.endings import Event
from tests.factories import residences as make
from tests.factories.residences import at
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

MAY_4, MAY_22 = date(2026, 5, 4), date(2026, 5, 22)


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    return make.signed(home, actor=director)


def recording(convention, director, **event):
    facts = Event(**{"cause": "none", "given_by": "resident", "sent_on": MAY_4, **event})
    return lambda: endings.record_termination(
        convention=convention, event=facts, actor=director, at=at(MAY_4)
    )


@pytest.mark.parametrize("event", [{}, {"channel": "oral"}, {"cause": "death"}])
def test_the_same_notice_recorded_by_four_at_once_is_kept_once(convention, director, event):
    results = at_once(*[recording(convention, director, **event)] * 4)
    assert len(refusals(results)) == 3
    assert Termination.objects.count() == NoticeDecisionRecord.objects.count() == 1


def test_notices_of_both_sides_at_once_are_both_kept_and_the_first_end_counts(convention, director):
    manager = recording(convention, director, given_by="manager", reasons="Dettes.")
    results = at_once(recording(convention, director), manager)
    assert Termination.objects.count() == 2 - len(refusals(results))
    convention.refresh_from_db()
    assert convention.status == "notice_given"
    assert convention.ended_on in (date(2026, 5, 21), date(2026, 8, 6))


def test_recorded_and_taken_back_at_once_the_rows_agree(convention, director):
    row = make.notice_given(convention, actor=director)
    at_once(
        lambda: endings.withdraw(termination=row, because="Accord.", actor=director, at=at(MAY_4)),
        recording(convention, director, cause="death"),
    )
    convention.refresh_from_db()
    standing = Termination.objects.filter(withdrawn_at=None)
    assert [one.cause for one in standing] == ["death"]
    assert (convention.status, convention.ended_on) == ("notice_given", None)


def test_a_convention_ends_once_and_its_account_is_issued_once(convention, director):
    DebtorShare.objects.get_or_create(
        convention=convention, contact=None, first_day=convention.entry, defaults={"percent": 100}
    )
    make.notice_given(convention, actor=director)
    endings.record_departure(convention=convention, left_on=date(2026, 5, 21), actor=director, at=at(MAY_22))
    results = at_once(*[lambda: ended.end(convention=convention, actor=director, at=at(MAY_22))] * 3)
    assert len(refusals(results)) == 2
    convention.refresh_from_db()

    def settle():
        return settling.settle(
            convention=convention, received_on=MAY_22, explanation="", actor=director, at=at(MAY_22)
        )

    results = at_once(*[settle] * 3)
    assert len(refusals(results)) == 2
    assert Invoice.objects.count() == 1
