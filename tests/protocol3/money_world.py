"""A project with a month that was issued: three people of two insurers, every amount known to the cent."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import time_machine

from partenamut.accounts.models import User
from partenamut.registry.models import Insurer
from protocol3 import models
from protocol3.services import closing as closings
from tests.factories import protocol3 as make
from tests.factories.registry import InsurerFactory

MARCH = date(2023, 3, 1)
#: The notes of March are issued on 5 April, and due on 15 June 2023.
ISSUED = datetime(2023, 4, 5, 8, 0, tzinfo=UTC)
DUE = date(2023, 6, 15)
LATER = datetime(2023, 6, 20, 8, 0, tzinfo=UTC)

#: Two units of case management, and two operating allowances: 54.82 + 217.98.
VISIT, ALLOWANCES = Decimal("54.82"), Decimal("217.98")
WHOLE = VISIT + ALLOWANCES


@dataclass
class World:
    """What the tests speak of."""

    project: models.Project
    actor: User
    own: Insurer
    other: Insurer
    enrolments: list[models.Enrolment]
    practitioner: models.Practitioner
    services: list[models.Service] = field(default_factory=list)

    @property
    def recap(self) -> models.Recap:
        """The note of March to the first insurer: two people, three visits."""
        return self.invoice(self.own)

    def invoice(self, insurer: Insurer) -> models.Recap:
        """The note of March to an insurer."""
        found: models.Recap = models.Recap.objects.get(
            project=self.project, insurer=insurer, month=MARCH, kind=models.RecapKind.INVOICE
        )
        return found

    def visit(self, enrolment: models.Enrolment, day: date, **kwargs: object) -> models.Service:
        """A visit of two units of case management."""
        service: models.Service = make.ServiceFactory(
            enrolment=enrolment, practitioner=self.practitioner, date=day, **kwargs
        )
        self.services.append(service)
        return service

    def close(self, month: date = MARCH, at: datetime = ISSUED) -> models.Closing:
        """A month closed and issued."""
        closing = closings.prepare(project=self.project, month=month, actor=self.actor, at=at)
        # Where the worker is rung at once, it reads the clock.
        with time_machine.travel(at, tick=False):
            closings.issue(closing=closing, signatory="Anne Dupont", actor=self.actor, at=at)
        assert closings.run(closing.pk, at=at)
        closing.refresh_from_db()
        return closing


def open_world(**project: object) -> World:
    """The project and its people, nothing billed yet: visits on 6, 8 and 9 March, and one of the other insurer."""
    if not models.Rate.objects.exists():
        make.amounts()
    own = InsurerFactory()
    other = InsurerFactory(code="300", name_fr="Union nationale des Mutualités socialistes")
    made = make.ProjectFactory(**project)
    make.ProjectYearFactory(project=made)
    people = [
        make.BeneficiaryFactory(last_name=name, insurer=insurer)
        for name, insurer in (("Adam", own), ("Baert", own), ("Claes", other))
    ]
    enrolments = [
        make.eligible(project=made, beneficiary=person, period_start=make.START) for person in people
    ]
    world = World(
        made,
        make.worker(made),
        own,
        other,
        enrolments,
        make.case_manager(made),
    )
    for enrolment, day in ((0, 6), (0, 8), (1, 9), (2, 10)):
        world.visit(enrolments[enrolment], date(2023, 3, day))
    return world


def issued_world(**project: object) -> World:
    """The same with March issued."""
    world = open_world(**project)
    world.close()
    return world
