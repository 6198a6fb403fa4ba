"""The registry over the REST API."""

import pytest
from django.urls import reverse

from partenamut.audit.models import Access
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    ContributionPeriodFactory,
    LabelGrantFactory,
    MemberFactory,
    MutualityFactory,
    ResidenceFactory,
)

pytestmark = pytest.mark.django_db


def test_everybody_reads_partner_residences_in_few_questions(client, django_assert_num_queries):
    for _ in range(6):
        LabelGrantFactory(residence=ResidenceFactory(partner=True))
    ResidenceFactory(name="No partner")

    with django_assert_num_queries(3):
        answer = client.get(reverse("api:residence-list")).json()

    assert answer["count"] == 6
    assert answer["results"][0]["labels"] == ["activation"]
    one = client.get(reverse("api:residence-detail", args=[answer["results"][0]["public_id"]]))
    assert one.json()["structure_types"] == ["convalescence_centre"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"text": "erables"}, 1),
        ({"label": "activation"}, 1),
        ({"structure": "rest_home"}, 1),
        ({"postal_code": "9"}, 0),
    ],
)
def test_residences_are_filtered(client, query, count):
    LabelGrantFactory(residence=ResidenceFactory(name="Les Érables", partner=True))
    ResidenceFactory(structure_types=["rest_home"], partner=True)

    assert client.get(reverse("api:residence-list"), query).json()["count"] == count


def test_a_wrong_filter_is_bad_input(client):
    assert client.get(reverse("api:residence-list"), {"label": "gold"}).status_code == 400


@pytest.mark.parametrize("name", ["insurer-list", "member-list"])
def test_insurers_and_members_are_for_those_who_read_files(client, name):
    url = reverse(f"api:{name}")
    assert client.get(url).status_code in (401, 403)
    client.force_login(UserFactory(roles=["member"]))
    assert client.get(url).status_code == 403
    client.force_login(UserFactory(roles=["adviser"]))
    assert client.get(url).status_code == 200


def test_insurers_come_with_their_mutualities(client):
    MutualityFactory()
    client.force_login(UserFactory(roles=["adviser"]))

    answer = client.get(reverse("api:insurer-list")).json()

    assert answer["results"][0]["mutualities"][0]["code"] == "509"


def test_members_are_found_with_masked_numbers(client, django_assert_max_num_queries):
    wanted = MemberFactory(last_name="Dupont")
    ContributionPeriodFactory(member=wanted)
    MemberFactory.create_batch(5)
    client.force_login(UserFactory(roles=["adviser"]))

    with django_assert_max_num_queries(9):
        answer = client.get(reverse("api:member-list"))
    assert wanted.niss not in answer.content.decode()
    assert answer.json()["count"] == 6
    (found,) = client.get(reverse("api:member-list"), {"text": "dupomt"}).json()["results"]
    assert found["niss"].endswith("-***.**")
    assert not Access.objects.exists()


def test_opening_a_member_is_noted(client):
    member = ContributionPeriodFactory().member
    client.force_login(UserFactory(roles=["adviser"]))

    answer = client.get(reverse("api:member-detail", args=[member.public_id]))

    assert answer.json()["contributions"] == [{"first_day": "2015-01-01", "last_day": None}]
    assert member.niss not in answer.content.decode()
    assert member.iban not in answer.content.decode()
    assert Access.objects.get().person_id == member.public_id


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_over_the_api(client, method):
    client.force_login(UserFactory(roles=["admin"]))

    assert getattr(client, method)(reverse("api:residence-list")).status_code == 405
