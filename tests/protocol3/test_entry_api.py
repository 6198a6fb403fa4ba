"""Services over the REST API: one at a time, a month's at once, ledgers; strangers find nothing."""

import uuid
from datetime import date
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from protocol3.models import Practitioner, Service, ServiceImport
from tests.factories import protocol3 as make
from tests.factories.accounts import UserFactory
from tests.protocol3.entry_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.services]

SERVICES = "/api/v1/protocol3/services/"
BATCHES = "/api/v1/protocol3/service-imports/"


@pytest.fixture
def world() -> World:
    return World()


def api(user: User) -> APIClient:
    """A program with the token of a user."""
    client = APIClient(headers={"accept-language": "en"})
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=user).key}")
    return client


@pytest.fixture
def program(world: World) -> APIClient:
    return api(world.clerk)


def visit(world: World, **changes: Any) -> dict[str, Any]:
    """A visit of two units, as a program sends it."""
    return {
        "enrolment": str(world.person.public_id),
        "practitioner": str(world.worker.public_id),
        "date": "2023-03-06",
        "family": "case_management",
        "modality": "session",
        "units": 2,
        "place": "home",
        "starts_at": "09:00",
        "ends_at": "11:00",
        "description": "Visit.",
    } | changes


def row(world: World, **changes: Any) -> dict[str, Any]:
    """The same, as a row of a batch."""
    return {
        "niss": world.person.beneficiary.niss,
        "date": "2023-03-06",
        "family": "case_management",
        "modality": "session",
        "units": 2,
        "place": "home",
        "start": "09:00",
        "end": "10:00",
        "practitioner": "Maes Ines",
    } | changes


def post(client: APIClient, address: str, data: Any) -> Any:
    return client.post(address, data, format="json")


def batch(world: World, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"project": str(world.project.public_id), "services": list(rows)} | changes


def test_a_service_is_entered_read_and_listed(world: World, program: APIClient) -> None:
    made = post(program, SERVICES, visit(world, external_reference="A1"))
    assert made.status_code == 201, made.data
    assert made.data["pseudocode"] == "794570"
    assert made.data["state"] == "open"
    service = Service.objects.get()
    assert service.entered_by == world.clerk

    read = program.get(f"{SERVICES}{service.public_id}/")
    assert read.data["description"] == "Visit."
    assert Access.objects.filter(actor=world.clerk, purpose="api").count() == 1
    for query, count in (("month=2023-03", 1), ("month=2023-04", 0), ("month=x", 0), ("reference=A1", 1)):
        assert program.get(f"{SERVICES}?{query}").data["count"] == count


def test_support_comes_with_its_acts(world: World, program: APIClient) -> None:
    world.enter()
    act = {"starts_at": "14:00", "ends_at": "15:00", "description": "Call."}
    sent = visit(world, modality="support", place="", starts_at=None, ends_at=None, acts=[act])
    made = post(program, SERVICES, sent)
    assert made.status_code == 201, made.data
    assert made.data["documented_minutes"] == 60
    again = post(program, SERVICES, sent)
    assert again.status_code == 400
    assert again.data["error"]["field"] == "acts"


def test_a_practitioner_need_not_say_who_they_are(world: World) -> None:
    user = make.worker(world.project, Role.PRACTITIONER)
    Practitioner.objects.filter(pk=world.worker.pk).update(user=user)
    sent = visit(world)
    del sent["practitioner"]
    assert post(api(user), SERVICES, sent).status_code == 201
    assert post(api(world.clerk), SERVICES, sent).data["error"]["field"] == "practitioner"


def test_what_is_not_billable_answers_with_its_rules(world: World, program: APIClient) -> None:
    sent = visit(world, units=5, ends_at="12:00")
    refused = post(program, SERVICES, sent)
    assert refused.status_code == 422
    assert refused.data["codes"] == ["p3.units_per_day"]
    assert "art. 9" in refused.data["reasons"][0]["source"]
    assert not Service.objects.exists()

    assert post(program, SERVICES, sent | {"anyway": True}).status_code == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": "2023-02-29"}, "date"),
        ({"date": "2099-01-01"}, "date"),
        ({"date": "9999-12-31"}, "date"),
        ({"units": 0}, "units"),
        ({"units": "many"}, "units"),
        ({"units": 10**30}, "units"),
        ({"enrolment": "x"}, "enrolment"),
        ({"enrolment": str(uuid.uuid4())}, "enrolment"),
        ({"practitioner": str(uuid.uuid4())}, "practitioner"),
        ({"family": "magic"}, "family"),
        ({"family": "psychological_support"}, "family"),
        ({"modality": None}, "modality"),
        ({"pseudocode": "123456", "family": "case_management"}, "family"),
        ({"place": "moon"}, "place"),
        ({"place": "remote", "consent": True}, "channel"),
        ({"starts_at": "25:00"}, "starts_at"),
        ({"ends_at": "08:00"}, "ends_at"),
        ({"description": "x" * 2001}, "description"),
        ({"description": "a\u202eb"}, "description"),
        ({"description": "a\x00b"}, "description"),
        ({"description": {"a": 1}}, "description"),
        ({"acts": [{"starts_at": "14:00"}]}, "acts.0.ends_at"),
        ({"acts": "none"}, "acts"),
        ({"modality": "group", "family": "occupational_therapy"}, "family"),
    ],
)
def test_a_wrong_field_is_named(
    world: World, program: APIClient, changes: dict[str, Any], field: str
) -> None:
    refused = post(program, SERVICES, visit(world, **changes))
    assert refused.status_code == 400
    assert field in [error["field"] for error in refused.data["errors"]]
    assert not Service.objects.exists()


def test_the_first_day_of_all_is_only_not_billable(world: World, program: APIClient) -> None:
    make.models.Assignment.objects.update(first_day=date.min)
    assert post(program, SERVICES, visit(world, date="0001-01-01")).status_code == 422


def test_an_unknown_pseudocode_is_named(world: World, program: APIClient) -> None:
    sent = visit(world, pseudocode="123456")
    del sent["family"], sent["modality"]
    refused = post(program, SERVICES, sent)
    assert refused.status_code == 400
    assert "123456" in refused.data["error"]["message"]


def test_a_group_is_sent_as_a_batch(world: World, program: APIClient) -> None:
    sent = visit(world, family="occupational_therapy", modality="group")
    sent["practitioner"] = str(world.therapist.public_id)
    assert "batch" in post(program, SERVICES, sent).data["error"]["message"]


@pytest.mark.parametrize("body", [[], "x", 1, None, {"services": []}])
def test_what_is_no_service_is_refused(world: World, program: APIClient, body: Any) -> None:
    assert post(program, SERVICES, body).status_code == 400
    assert post(program, BATCHES, body).status_code == 400


def test_the_same_reference_twice_is_refused(world: World, program: APIClient) -> None:
    post(program, SERVICES, visit(world, external_reference="A1"))
    again = post(program, SERVICES, visit(world, date="2023-03-13", external_reference="A1"))
    assert again.status_code == 400
    assert "received already" in again.data["error"]["message"]


def test_strangers_find_and_enter_nothing(world: World) -> None:
    service = world.enter()
    stranger = api(make.worker(make.ProjectFactory()))
    assert stranger.get(SERVICES).data["count"] == 0
    assert stranger.get(f"{SERVICES}{service.public_id}/").status_code == 404
    person = f"/api/v1/protocol3/beneficiaries/{world.person.public_id}/"
    assert stranger.get(person).status_code == 404
    assert stranger.get(f"{person}ledger/").status_code == 404
    refused = post(stranger, SERVICES, visit(world))
    assert {"enrolment", "practitioner"} <= {error["field"] for error in refused.data["errors"]}
    assert post(stranger, BATCHES, batch(world, row(world))).data["error"]["field"] == "project"
    admin = api(UserFactory(roles=[Role.ADMIN]))
    assert admin.get(SERVICES).status_code == 403
    assert APIClient().get(SERVICES).status_code == 401


def test_a_ledger_tells_what_is_left(world: World, program: APIClient) -> None:
    world.enter(units=3)
    stopped = world.enter(date=date(2023, 3, 13), units=5, starts_at=None, ends_at=None, anyway=True)
    answer = program.get(f"/api/v1/protocol3/beneficiaries/{world.person.public_id}/ledger/")
    assert answer.data["series"][0]["left"] == 119
    (line,) = answer.data["not_billable"]
    assert line["service"] == stopped.public_id
    assert line["codes"] == ["p3.units_per_day"]
    assert Access.objects.filter(person_id=world.person.beneficiary.public_id).count() == 1


def test_projects_and_people_are_found_by_name(world: World, program: APIClient) -> None:
    (project,) = program.get("/api/v1/protocol3/projects/").data["results"]
    assert str(world.worker.public_id) in {one["public_id"] for one in project["practitioners"]}
    name = world.person.beneficiary.search_name.split()[0]
    found = program.get(f"/api/v1/protocol3/beneficiaries/?name={name}").data["results"]
    assert found[0]["public_id"] == str(world.person.public_id)
    assert "niss" not in found[0]


# --- a month at once --------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing(world: World, program: APIClient) -> None:
    rows = [row(world), row(world, date="2023-02-29"), row(world, date="2023-03-13", units=5, end="12:00")]
    answer = post(program, BATCHES, batch(world, *rows))
    assert answer.status_code == 200
    assert answer.data["lines"] == {"billable": 1, "not_billable": 1, "refused": 1, "entered": 0}
    refused, stopped = answer.data["problems"]
    assert (refused["line"], refused["refused"], refused["problems"][0]["code"]) == (2, True, "date.invalid")
    assert stopped["problems"][0]["code"] == "p3.units_per_day"
    assert "art. 9" in stopped["problems"][0]["source"]
    assert not ServiceImport.objects.exists()


def test_a_batch_is_entered_and_comes_once(
    world: World, program: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    sent = batch(world, row(world, reference="A1"), row(world, date="2023-03-13"), dry_run=False)
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(program, BATCHES, sent)
    assert answer.status_code == 202
    assert Service.objects.count() == 2
    followed = program.get(f"{BATCHES}{answer.data['public_id']}/")
    assert followed.data["status"] == "done"
    assert followed.data["lines"]["entered"] == 2

    twice = post(program, BATCHES, sent)
    assert twice.status_code == 409
    assert twice.data["import"] == answer.data["public_id"]


def test_half_a_batch_is_entered_only_on_purpose(
    world: World, program: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    rows = [row(world), row(world, date="2023-02-29"), row(world, date="2023-03-13", units=5, end="12:00")]
    sent = batch(world, *rows, dry_run=False)
    for choices in ({}, {"without_refused": True}, {"keep": True}):
        refused = post(program, BATCHES, sent | choices)
        assert refused.status_code == 422
        assert refused.data["lines"]["refused"] == 1
    assert not ServiceImport.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        post(program, BATCHES, sent | {"without_refused": True, "keep": False})
    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"services": [{"colour": "red"}]},
        {"services": [{"niss": {"a": 1}}]},
        {"services": ["x"]},
        {"services": "x"},
        {"project": "x"},
        {"dry_run": "perhaps"},
        {"name": "x" * 151},
    ],
)
def test_a_batch_that_is_none_is_refused(world: World, program: APIClient, changes: dict[str, Any]) -> None:
    assert post(program, BATCHES, batch(world, row(world)) | changes).status_code == 400
