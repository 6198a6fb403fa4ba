"""Every address with every role: who may, who may not, and what a stranger gets (nothing, not even that it exists)."""

import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from http.cookies import SimpleCookie
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from convalescence import services
from convalescence.models import AttachmentKind, SavedView
from convalescence.services import recognitions
from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.accounts.services import revoke_role
from partenamut.registry.models import FranchiseList, Member
from protocol3.models import Closing, Enrolment, GroupSession, Practitioner, ServiceImport
from protocol3.services import payments
from tests.access_hospital import hospital_claims_side
from tests.access_rest_homes import rest_home_side
from tests.factories import desk
from tests.factories.accounts import UserFactory
from tests.factories.protocol3 import (
    AssignmentFactory,
    BeneficiaryFactory,
    CaregiverFactory,
    NoteFactory,
    PaymentFactory,
    PractitionerFactory,
    ProjectFactory,
    ProjectUserFactory,
    ProjectYearFactory,
    RateFactory,
    RecapFactory,
    ServiceFactory,
    eligible,
)
from tests.factories.registry import (
    CaregiverRecognitionFactory,
    ContributionPeriodFactory,
    DirectorshipFactory,
    FranchiseListFactory,
    HospitalFactory,
    HospitalInsuranceFactory,
    InsurerFactory,
    LabelCriterionFactory,
    LabelGrantFactory,
    MandateFactory,
    MemberFactory,
    MutualityFactory,
    PartnerPeriodFactory,
    ResidenceFactory,
)

PAGES: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "access.toml").read_text())["pages"]
ROLES = [role.value for role in Role]
ACTORS = ["anonymous", "no_role", *ROLES]
#: Stands in the name of everybody who is none of the actor's business.
CANARY = "Zzcanari"
OWN_SIDE = {"member", "representative", "residence_director", "billing_admin", "practitioner"}
LOG_IN = "/accounts/login/"


def addresses(patterns: list[Any], names: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of all addresses that the portal knows."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, (*names, *filter(None, [pattern.namespace])))
        elif isinstance(pattern, URLPattern):
            yield ":".join((*names, pattern.name or str(pattern.pattern)))


def test_every_address_is_in_the_table_and_the_other_way_round() -> None:
    assert set(addresses(get_resolver().url_patterns)) == set(PAGES)


@dataclass
class World:
    """The records that one side has; what it has not is asked for by an id that nobody has."""

    things: dict[str, Any] = field(default_factory=dict)

    def argument(self, value: Any) -> Any:
        """The value of an argument of the table."""
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        name, _, attribute = value[1:].partition(".")
        thing = self.things.get(name)
        if attribute:
            return getattr(thing, attribute) if thing else (0 if attribute == "pk" else "nowhere")
        return thing.public_id if thing else uuid.UUID(int=7)

    def has(self, page: dict[str, Any]) -> bool:
        """Whether all the records that a page needs are there, in a state in which it shows them."""
        if page.get("may_be_absent"):
            return False
        named = [
            value[1:].partition(".")[0]
            for value in page.get("args", {}).values()
            if str(value).startswith("@")
        ]
        return all(name in self.things for name in named)

    def url(self, name: str) -> str:
        """The address of a page with this side's records."""
        arguments = {key: self.argument(value) for key, value in PAGES[name].get("args", {}).items()}
        return reverse(name, kwargs=arguments)


def side(member_user: User, director: User, surname: str, officer: User) -> World:
    """A member with requests, and a residence with its director."""
    person = desk.member(user=member_user, last_name=surname, search_name=surname.lower())
    other = MemberFactory(last_name=surname)
    CaregiverRecognitionFactory(caregiver=other, cared_for=person)
    residence = ResidenceFactory(
        partner=True, name=f"Résidence {surname}", slug=f"residence-{surname.lower()}"
    )
    DirectorshipFactory(residence=residence, director=director)
    granted = desk.sent(person, residence=residence)
    decision = services.decide(request=granted, actor=officer, at=desk.AT)
    draft = desk.draft(person, arrival=date(2026, 9, 1), departure=date(2026, 9, 4), residence=residence)
    attachment = services.note_paper(
        request=granted,
        kind=AttachmentKind.OTHER,
        received_on=desk.TODAY,
        note=surname,
        actor=officer,
        at=desk.AT,
    )
    asked = recognitions.ask_recognition(
        caregiver=MemberFactory(last_name=surname),
        cared_for=person,
        relation=surname,
        help_given=surname,
        actor=member_user,
        at=desk.AT,
    )
    view = SavedView.objects.create(owner=officer, name=surname, query="status=submitted")
    return World(
        rest_home_side(surname, residence, director, person)
        | {
            "request": granted,
            "draft": draft,
            "decision": decision,
            "letter": decision.letter,
            "attachment": attachment,
            "recognition": asked,
            "member": person,
            "residence": residence,
            "member_row": ContributionPeriodFactory(
                member=other, first_day=date(2001, 1, 1), last_day=date(2001, 2, 1)
            ),
            "residence_row": PartnerPeriodFactory(
                residence=residence, first_day=date(2001, 1, 1), last_day=date(2001, 2, 1)
            ),
            "label": LabelGrantFactory(residence=residence),
            "saved_view": view,
            "user": member_user,
            "insurer": InsurerFactory(),
            "mutuality": MutualityFactory(),
            "criterion": LabelCriterionFactory(),
            **hospital_side(surname, person, member_user, officer),
        }
    )


def hospital_side(surname: str, person: Member, member_user: User, officer: User) -> dict[str, Any]:
    """A hospital on the franchise list of a year, the insurance of a member and what they claim from it."""
    hospital = HospitalFactory(name=f"Clinique {surname}")
    year = 2020 + FranchiseList.objects.count()
    insurance = HospitalInsuranceFactory(member=person)
    return {
        "insurance": insurance,
        **hospital_claims_side(surname, hospital, insurance, member_user, officer),
        "hospital": hospital,
        "franchise_list": FranchiseListFactory(year=year, hospitals=[hospital]),
    }


def project_side(surname: str, *workers: User) -> dict[str, Any]:
    """A care project with its practitioner, for those who work for it."""
    project = ProjectFactory(name=f"Projet {surname}")
    users = [ProjectUserFactory(project=project, user=user) for user in workers]
    practitioner = PractitionerFactory(last_name=surname)
    person = BeneficiaryFactory(last_name=surname, search_name=surname.lower())
    enrolment = eligible(project=project, beneficiary=person, case_manager=practitioner)
    return {
        "enrolment": enrolment,
        "caregiver": CaregiverFactory(beneficiary=person),
        "project": project,
        "convention": project.conventions.get(),
        "project_year": ProjectYearFactory(project=project),
        "project_user": users[0],
        "practitioner": practitioner,
        "assignment": AssignmentFactory(project=project, practitioner=practitioner),
        **billed(enrolment),
        **entered(enrolment, practitioner),
    }


def entered(enrolment: Enrolment, practitioner: Practitioner) -> dict[str, Any]:
    """A service of a person that is still open, a group, and a file that was sent."""
    project, user = enrolment.project, UserFactory()
    group = GroupSession.objects.create(
        project=project,
        practitioner=practitioner,
        date=date(2023, 3, 7),
        pseudocode="794813",
        participants=4,
        starts_at=time(14),
        ends_at=time(14, 30),
        room="Salle 1",
        description="-",
        entered_by=user,
        entered_at=desk.AT,
    )
    sent = ServiceImport.objects.create(
        project=project, file_name="march.csv", sha256="0" * 64, created_at=desk.AT, created_by=user
    )
    service = ServiceFactory(enrolment=enrolment, practitioner=practitioner, date=date(2023, 3, 8))
    closing = Closing.objects.create(project=project, month=date(2023, 3, 1))
    closing.refusals.create(service=service, codes=["p3.convention"], reasons=[])
    return {"service": service, "group": group, "service_import": sent, "closing": closing}


def billed(enrolment: Enrolment) -> dict[str, Any]:
    """A month of a person that was billed, and a payment for it."""
    recap = RecapFactory(project=enrolment.project)
    return {
        "recap": recap,
        "note": NoteFactory(
            recap=recap,
            enrolment=enrolment,
            last_name=enrolment.beneficiary.last_name,
            services=[ServiceFactory(enrolment=enrolment)],
        ),
        "payment": PaymentFactory(recap=recap),
        "reminder": payments.remind(recap=recap, actor=UserFactory(), at=desk.AT),
    }


@pytest.fixture
def actors(db: None) -> dict[str, User]:
    """A user for each role, and one without any."""
    return {"no_role": UserFactory(), **{role: UserFactory(roles=[Role(role)]) for role in ROLES}}


@pytest.fixture
def own(actors: dict[str, User]) -> World:
    """What belongs to the actors."""
    world = side(actors["member"], actors["residence_director"], "Actrice", actors["adviser"])
    MandateFactory(member=world.things["member"], representative=actors["representative"])
    world.things |= project_side("Actrice", actors["billing_admin"], actors["practitioner"])
    world.things["rate"] = RateFactory()
    return world


@pytest.fixture
def foreign(actors: dict[str, User]) -> World:
    """What belongs to somebody else."""
    stranger, director = UserFactory(roles=[Role.MEMBER]), UserFactory(roles=[Role.RESIDENCE_DIRECTOR])
    world = side(stranger, director, CANARY, desk.adviser())
    world.things |= project_side(CANARY, UserFactory(roles=[Role.BILLING_ADMIN]))
    return world


def answer(client: Client, method: str, url: str) -> Any:
    """The response to a request whose effects are undone; the browser stays logged in."""
    session = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    with transaction.atomic():
        response = getattr(client, method)(url, **({"data": {}} if method == "post" else {}))
        if hasattr(response, "streaming_content"):
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = session
    return response


def may(actor: str, page: dict[str, Any]) -> bool:
    """Whether the table lets an actor use a page."""
    who = page["who"]
    if who == "open":
        return True
    return actor != "anonymous" if who == "everyone" else actor in who


def logged_in(actor: str, actors: dict[str, User]) -> Client:
    """A browser of the actor."""
    client = Client(raise_request_exception=True)
    if actor in actors:
        client.force_login(actors[actor], backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent_away(response: Any, name: str) -> bool:
    """Whether an answer keeps an anonymous visitor out."""
    if name.startswith("api:"):
        return response.status_code in (401, 403)
    return response.status_code == 302 and response["Location"].startswith(LOG_IN)


@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_and_who_may_not(actor: str, actors: dict[str, User], own: World) -> None:
    client, wrong = logged_in(actor, actors), []
    for (name, page), method in product(PAGES.items(), ("get", "post")):
        response = answer(client, method, own.url(name))
        status = response.status_code
        if may(actor, page):
            fine = status < 400 or status in (400, 405, 415) or (status in (404, 503) and not own.has(page))
            fine = fine and not (page["who"] != "open" and sent_away(response, name))
        elif actor == "anonymous":
            fine = sent_away(response, name)
        else:
            fine = status in (403, 405)
        if not fine:
            wrong.append(f"{actor} {method} {name}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("actor", sorted(OWN_SIDE))
def test_what_is_not_ones_own_is_not_there(
    actor: str, actors: dict[str, User], own: World, foreign: World
) -> None:
    client, wrong = logged_in(actor, actors), []
    for (name, page), method in product(PAGES.items(), ("get", "post")):
        scoped = actor in page["who"] and any(
            str(value).startswith("@") for value in page.get("args", {}).values()
        )
        if scoped and page["who"] != "open":
            response = answer(client, method, foreign.url(name))
            if response.status_code not in (404, 405):
                wrong.append(f"{actor} {method} {name}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("actor", sorted(OWN_SIDE))
def test_no_page_tells_of_others(actor: str, actors: dict[str, User], own: World, foreign: World) -> None:
    client, told = logged_in(actor, actors), []
    for name, page in PAGES.items():
        # Partner residences are public, strangers' ones too.
        if (
            may(actor, page)
            and own.has(page)
            and not name.startswith(("registry:residence", "api:residence"))
        ):
            response = answer(client, "get", own.url(name))
            body = b"" if response.streaming else response.content
            if CANARY.encode() in body and name not in PUBLIC_PLACES:
                told.append(name)
    assert not told, "\n".join(told)


#: Pages that offer the public list of residences, or of hospitals, as a choice.
PUBLIC_PLACES = {
    "convalescence:choose_residence",
    "convalescence:rest_home",
    "hospitalisation:announce",
    "api:schema",
}


def test_a_saved_view_is_its_owners(actors: dict[str, User], own: World, foreign: World) -> None:
    client = logged_in("adviser", actors)
    for name in ("convalescence:saved_view", "convalescence:drop_view"):
        assert answer(client, "post", foreign.url(name)).status_code in (404, 405)


def test_a_mandate_that_ended_opens_nothing(actors: dict[str, User], own: World) -> None:
    member = own.things["member"]
    member.mandates.update(first_day=date(2020, 1, 1), last_day=date(2020, 12, 31))
    response = answer(logged_in("representative", actors), "get", own.url("convalescence:request"))
    assert response.status_code == 404


def test_a_role_that_was_revoked_opens_nothing(actors: dict[str, User], own: World) -> None:
    client = logged_in("adviser", actors)
    assert answer(client, "get", own.url("convalescence:case")).status_code == 200
    revoke_role(user=actors["adviser"], role=Role.ADVISER, actor=actors["admin"], at=desk.AT)
    assert answer(client, "get", own.url("convalescence:case")).status_code in (302, 403)
