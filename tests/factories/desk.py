"""Requests in the states that the desk meets, made by the use cases."""

from datetime import UTC, date, datetime
from typing import Any

from convalescence import services
from convalescence.models import Benefit, Request
from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.registry.models import Member, Residence, StructureType
from tests.factories.accounts import UserFactory
from tests.factories.registry import ContributionPeriodFactory, MemberFactory, ResidenceFactory

#: A Monday morning in Brussels.
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def adviser(**kwargs: Any) -> User:
    """Somebody who handles requests."""
    user: User = UserFactory(roles=[Role.ADVISER], **kwargs)
    return user


def second_reader(**kwargs: Any) -> User:
    """Somebody who reads departures from the rules."""
    user: User = UserFactory(roles=[Role.SECOND_READER], **kwargs)
    return user


def member(*, in_order: bool = True, **kwargs: Any) -> Member:
    """A member who can log in, with contributions in order since 2015 or none."""
    kwargs.setdefault("user", UserFactory(roles=[Role.MEMBER]))
    person: Member = MemberFactory(**kwargs)
    if in_order:
        ContributionPeriodFactory(member=person)
    return person


def draft(person: Member | None = None, benefit: Benefit = Benefit.CONVALESCENCE, **answers: Any) -> Request:
    """A draft of the member; a convalescence of ten nights in a partner residence unless told otherwise."""
    person = person or member()
    at = answers.pop("at", AT)
    facts = {"arrival": date(2026, 4, 1), "departure": date(2026, 4, 11)} | _usual(benefit) | answers
    made = services.start(member=person, benefit=benefit, actor=person.user, at=at)
    return services.fill_in(request=made, actor=person.user, at=at, **facts)


def sent(person: Member | None = None, benefit: Benefit = Benefit.CONVALESCENCE, **answers: Any) -> Request:
    """A request that waits for a decision."""
    at = answers.get("at", AT)
    made = draft(person, benefit, **answers)
    return services.send(request=made, actor=made.filed_by, at=at)


def rest_home(**kwargs: Any) -> Residence:
    """A rest home that INAMI approves."""
    kinds = [StructureType.REST_HOME]
    home: Residence = ResidenceFactory(structure_types=kinds, **{"approved": True, **kwargs})
    return home


def _usual(benefit: Benefit) -> dict[str, Any]:
    if benefit == Benefit.CONVALESCENCE:
        return {"residence": ResidenceFactory(partner=True), "criteria": ["recent_hospitalisation"]}
    return {}
