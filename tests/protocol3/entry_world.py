"""A project with a case manager, therapists and beneficiaries, for the tests of services."""

from datetime import date, time
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from partenamut.accounts.roles import Role
from protocol3 import models
from protocol3.services import entry
from tests.factories import protocol3 as make

DAY = date(2023, 3, 6)
EVERYTHING = (*make.BASE, "caregiver_group", "night_visit", "care_education")


class World:
    """A project with its people; the amounts of 2023 are known."""

    def __init__(self) -> None:
        make.amounts()
        self.project = make.ProjectFactory(alternatives=["caregiver_group", "night_visit", "care_education"])
        make.ProjectYearFactory(project=self.project)
        self.clerk = make.worker(self.project, language="en")
        self.worker = make.case_manager(self.project, last_name="Maes", inami_number="79400012345")
        self.therapist = make.case_manager(
            self.project, last_name="Peeters", first_name="Tom", profession="occupational_therapist"
        )
        self.psychologist = make.case_manager(
            self.project, last_name="Dubois", first_name="Léa", profession="psychologist"
        )
        self.carer = make.case_manager(self.project, last_name="Nuits", profession="care_assistant")
        self.person = self.include()

    def include(self, **kwargs: Any) -> models.Enrolment:
        """One more beneficiary, eligible for everything."""
        return make.eligible(families=EVERYTHING, project=self.project, **kwargs)

    def client(self, *roles: Role) -> Client:
        """A browser of the clerk, or of somebody with other roles who works for the project."""
        user = make.worker(self.project, *roles, language="en") if roles else self.clerk
        client = Client()
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    def said(self, **changes: Any) -> dict[str, Any]:
        """A visit of two units at home, as the use case takes it."""
        return {
            "practitioner": self.worker,
            "date": DAY,
            "pseudocode": "794570",
            "units": 2,
            "place": "home",
            "starts_at": time(9),
            "ends_at": time(11),
            "description": "Visit.",
        } | changes

    def enter(self, enrolment: models.Enrolment | None = None, **changes: Any) -> models.Service:
        """A service, entered as pages do."""
        kwargs = {name: changes.pop(name) for name in ("acts", "anyway") if name in changes}
        return entry.enter(
            enrolment=enrolment or self.person, actor=self.clerk, at=make.AT, **self.said(**changes), **kwargs
        )

    def typed(self, **changes: Any) -> dict[str, Any]:
        """The same visit, as the form sends it; no act of support."""
        return {
            "enrolment": str(self.person.public_id),
            "date": DAY.isoformat(),
            "practitioner": str(self.worker.public_id),
            "kind": "case_management.session",
            "units": "2",
            "place": "home",
            "starts_at": "9:00",
            "ends_at": "11h00",
            "description": "Visit.",
            "acts-TOTAL_FORMS": "1",
            "acts-INITIAL_FORMS": "0",
            "step": "check",
        } | changes

    def act(self, number: int = 0, **changes: Any) -> dict[str, Any]:
        """An act of support of an hour, as a row of the form."""
        row = {"starts_at": "14:00", "ends_at": "15:00", "description": "Call to the nurse."} | changes
        return {f"acts-{number}-{name}": value for name, value in row.items()}

    def group(self, *people: models.Enrolment, **changes: Any) -> dict[str, Any]:
        """A group of occupational therapy of four, as the form sends it."""
        return {
            "kind": "occupational_therapy.group",
            "date": DAY.isoformat(),
            "practitioner": str(self.therapist.public_id),
            "starts_at": "14:00",
            "ends_at": "14:30",
            "room": "Salle 1",
            "participants": "4",
            "description": "Cooking.",
            "enrolments": [str(person.public_id) for person in people],
            "step": "check",
        } | changes


def url(name: str, *args: Any) -> str:
    """The address of a page."""
    return reverse(f"protocol3:{name}", args=args)


def text(response: HttpResponse) -> str:
    """The page of an answer that is no error."""
    assert response.status_code == 200, response.status_code
    return response.content.decode()
