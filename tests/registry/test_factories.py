"""The fictitious rows are valid rows."""

import pytest

from partenamut.accounts.roles import Permission, Role
from partenamut.identifiers import inami_number_fits, niss_birth_date, parse_iban, parse_niss
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    CaregiverRecognitionFactory,
    ContributionPeriodFactory,
    DependencyFactory,
    DirectorshipFactory,
    FranchiseListFactory,
    HigherReimbursementFactory,
    HospitalFactory,
    HospitalInsuranceFactory,
    LabelCriterionFactory,
    LabelGrantFactory,
    MandateFactory,
    MemberFactory,
    MemberImportFactory,
    ResidenceFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db

DATED = [
    CaregiverRecognitionFactory,
    ContributionPeriodFactory,
    DependencyFactory,
    DirectorshipFactory,
    FranchiseListFactory,
    HigherReimbursementFactory,
    HospitalFactory,
    HospitalInsuranceFactory,
    LabelCriterionFactory,
    LabelGrantFactory,
    MandateFactory,
    MemberImportFactory,
    SeriousIllnessOptionFactory,
]


@pytest.mark.parametrize("factory", DATED)
def test_a_factory_makes_a_row_that_validates(factory) -> None:
    factory().full_clean()


def test_members_have_numbers_with_right_check_digits() -> None:
    for member in MemberFactory.create_batch(3):
        member.full_clean()
        assert parse_niss(member.niss) == member.niss
        assert niss_birth_date(member.niss) == member.birth_date
        assert parse_iban(member.iban) == member.iban


def test_a_user_has_the_roles_asked_for() -> None:
    user = UserFactory(roles=[Role.ADMIN])

    assert user.may(Permission.MANAGE_REGISTRY)
    assert not UserFactory().may(Permission.MANAGE_REGISTRY)


def test_a_residence_can_be_made_partner_and_approved() -> None:
    residence = ResidenceFactory(partner=True, approved=True)
    residence.full_clean()

    assert residence.partner_periods.exists()
    assert residence.inami_approvals.exists()


def test_a_hospital_has_a_number_with_right_check_digits() -> None:
    assert all(inami_number_fits(place.inami_number) for place in HospitalFactory.create_batch(3))
