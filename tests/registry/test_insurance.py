"""What insures a member on a day, and which hospitals have a franchise in a year."""

from datetime import date, timedelta

import pytest

from partenamut.registry.insurance import has_franchise, has_option_on, is_bim, tier_on
from partenamut.registry.models import Tier
from tests.factories.registry import (
    DependencyFactory,
    FranchiseListFactory,
    HigherReimbursementFactory,
    HospitalFactory,
    HospitalInsuranceFactory,
    MemberFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def member():
    return MemberFactory()


def test_the_insurance_of_a_day_holds_from_the_first_to_the_last(member):
    HospitalInsuranceFactory(member=member, first_day=FIRST, last_day=LAST)
    plus = HospitalInsuranceFactory(member=member, first_day=LAST + ONE_DAY, tier=Tier.PLUS)
    HospitalInsuranceFactory(tier=Tier.MEDIUM)  # somebody else's

    assert tier_on(member, FIRST - ONE_DAY) is None
    assert tier_on(member, FIRST).tier == Tier.HOSPITALIA
    assert tier_on(member, LAST).tier == Tier.HOSPITALIA
    assert tier_on(member, LAST + ONE_DAY) == plus


def test_the_option_holds_on_its_days_only(member):
    SeriousIllnessOptionFactory(member=member, first_day=FIRST, last_day=LAST)
    SeriousIllnessOptionFactory()

    held = [has_option_on(member, day) for day in (FIRST - ONE_DAY, FIRST, LAST, LAST + ONE_DAY)]
    assert held == [False, True, True, False]


def test_bim_holds_in_ones_own_right(member):
    HigherReimbursementFactory(member=member, first_day=FIRST, last_day=LAST)

    held = [is_bim(member, day) for day in (FIRST - ONE_DAY, FIRST, LAST, LAST + ONE_DAY)]
    assert held == [False, True, True, False]


def test_bim_extends_to_who_depends_on_the_holder_that_day(member):
    right = HigherReimbursementFactory(first_day=FIRST)
    DependencyFactory(holder=right.member, dependant=member, last_day=LAST)

    held = [is_bim(member, day) for day in (FIRST - ONE_DAY, FIRST, LAST, LAST + ONE_DAY)]
    assert held == [False, True, True, False]


def test_bim_of_a_dependant_does_not_extend_to_the_holder(member):
    child = HigherReimbursementFactory().member
    DependencyFactory(holder=member, dependant=child)

    assert not is_bim(member, FIRST)


def test_a_hospital_has_a_franchise_where_the_list_of_the_year_names_it():
    listed, other = HospitalFactory.create_batch(2)
    FranchiseListFactory(year=2026, hospitals=[listed])
    FranchiseListFactory(year=2025, hospitals=[other])

    assert has_franchise(listed, 2026) is True
    assert has_franchise(other, 2026) is False
    assert has_franchise(listed, 2025) is False


def test_without_a_list_of_the_year_nobody_knows():
    listed = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[listed])

    assert has_franchise(listed, 2027) is None


def test_each_question_is_one_query(member, django_assert_num_queries):
    hospital = HospitalFactory()
    FranchiseListFactory(year=2026)
    with django_assert_num_queries(4):
        tier_on(member, FIRST)
        has_option_on(member, FIRST)
        is_bim(member, FIRST)
        has_franchise(hospital, 2026)
