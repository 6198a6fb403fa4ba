"""Payables over the REST API."""

from datetime import timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from tests.factories.accounts import UserFactory
from tests.factories.payments import AT, TODAY, adviser, approved, prepared, proposed
from tests.factories.registry import MandateFactory, MemberFactory

pytestmark = pytest.mark.django_db

LIST = "/api/v1/payables/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(AT, tick=False):
        yield


def client(user=None):
    api = APIClient()
    if user:
        api.force_authenticate(user)
    return api


def numbers(response):
    assert response.status_code == 200, response.data
    return [row["number"] for row in response.data["results"]]


def test_strangers_and_directors_stay_out():
    assert client().get(LIST).status_code == 401
    for role in (Role.RESIDENCE_DIRECTOR, Role.BILLING_ADMIN):
        assert client(UserFactory(roles=[role])).get(LIST).status_code == 403


def test_members_see_their_own_and_those_they_act_for():
    member = MemberFactory(user=UserFactory(roles=[Role.MEMBER]))
    mine, other = proposed(payee=member), proposed()
    agent = UserFactory(roles=[Role.REPRESENTATIVE])
    MandateFactory(member=other.payee, representative=agent)
    assert numbers(client(member.user).get(LIST)) == [mine.number]
    assert numbers(client(agent).get(LIST)) == [other.number]
    assert client(member.user).get(f"{LIST}{other.public_id}/").status_code == 404
    MandateFactory(member=mine.payee, representative=agent, last_day=TODAY - timedelta(days=1))
    assert numbers(client(agent).get(LIST)) == [other.number]


def test_a_payable_shows_what_it_pays_but_never_the_account():
    batch = prepared()
    payable = batch.payables.get()
    reader = adviser()
    answer = client(reader).get(f"{LIST}{payable.public_id}/")
    assert answer.data["amount"] == "350.00"
    assert answer.data["batch"] == batch.number
    assert answer.data["status"] == "batched"
    assert payable.iban not in answer.content.decode()
    assert Access.objects.get(actor=reader).person_id == payable.payee.public_id


def test_filters_narrow_the_list():
    first, second = proposed(), approved()
    reader = client(adviser())
    assert numbers(reader.get(LIST)) == [second.number, first.number]
    assert numbers(reader.get(LIST, {"status": "approved"})) == [second.number]
    assert numbers(reader.get(LIST, {"case": first.origin_id})) == [first.number]
    assert numbers(reader.get(LIST, {"benefit": "another"})) == []
    assert numbers(reader.get(LIST, {"due_from": "2026-03-05"})) == []
    for wrong in ({"status": "unknown"}, {"case": "x"}, {"due_until": "tomorrow"}, {"benefit": "x" * 50}):
        assert reader.get(LIST, wrong).status_code == 400, wrong


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_over_the_api(method):
    payable = proposed()
    api = client(adviser())
    assert getattr(api, method)(f"{LIST}{payable.public_id}/", {"amount": "1.00"}).status_code == 405
    assert api.post(LIST, {}).status_code == 405


def test_the_list_asks_the_same_few_questions_however_long(django_assert_max_num_queries):
    for _ in range(6):
        prepared()
    api = client(adviser())
    with django_assert_max_num_queries(5):
        assert len(numbers(api.get(LIST))) == 6
