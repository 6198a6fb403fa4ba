"""The rows that tests of the care projects are made of."""

import pytest

from protocol3 import models
from tests.factories import protocol3 as make

pytestmark = pytest.mark.django_db


def test_the_rows_are_complete_and_valid() -> None:
    project = make.ProjectFactory(alternatives=["night_visit"])
    included = make.eligible(project=project)
    manager = make.case_manager(project)
    make.ServiceFactory(enrolment=included, practitioner=manager)
    make.ProjectYearFactory(project=project)
    make.amounts()
    user = make.worker(project)

    rows = [project, included, included.beneficiary, manager, *models.Service.objects.all()]
    rows += [*models.Rate.objects.all(), *models.Affiliation.objects.all(), *models.Assessment.objects.all()]
    for row in [*rows, *models.Finding.objects.all(), *models.Convention.objects.all()]:
        row.full_clean()
    assert list(models.Enrolment.objects.visible_to(user, make.TODAY)) == [included]
    assert models.Rate.objects.count() == len(make.AMOUNTS_2023)
