"""Claims of the hospital insurance over the REST API."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from rest_framework.test import APIClient

from hospitalisation.services import claims, decisions
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory, MandateFactory

pytestmark = pytest.mark.django_db

AT = make.AT
LIST = "/api/v1/hospital-claims/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def hospital():
    found = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER])


def client(user=None):
    api = APIClient()
    if user:
        api.force_authenticate(user)
    return api


def numbers(answer):
    assert answer.status_code == 200, answer.data
    return [row["number"] for row in answer.data["results"]]


def detail(user, claim):
    return client(user).get(f"{LIST}{claim.public_id}/")


def test_strangers_and_directors_stay_out():
    assert client().get(LIST).status_code == 401
    for role in (Role.RESIDENCE_DIRECTOR, Role.BILLING_ADMIN, Role.PRACTITIONER):
        assert client(UserFactory(roles=[role])).get(LIST).status_code == 403


def test_members_see_their_own_and_those_they_act_for(hospital):
    mine, other = make.sent(hospital=hospital), make.sent(hospital=hospital)
    agent = UserFactory(roles=[Role.REPRESENTATIVE])
    mandate = MandateFactory(member=other.member, representative=agent)
    assert numbers(client(mine.filed_by).get(LIST)) == [mine.number]
    assert numbers(client(agent).get(LIST)) == [other.number]
    assert detail(mine.filed_by, other).status_code == 404
    mandate.last_day = AT.date() - timedelta(days=1)
    mandate.save()
    assert numbers(client(agent).get(LIST)) == []
    assert detail(agent, other).status_code == 404


def test_a_draft_is_nobodys_here(adviser):
    member = make.insured()
    draft = claims.start_serious_illness(member=member, year=2026, actor=make.filer(member), at=AT)
    for user in (adviser, member.user):
        assert numbers(client(user).get(LIST)) == []
        assert detail(user, draft).status_code == 404


def test_a_decided_claim_shows_its_lines_totals_and_decision(hospital, adviser):
    claim = make.sent(hospital=hospital)
    deposit = make.deposit(claim)
    decisions.decide(claim=deposit, actor=adviser, at=AT)
    decisions.decide(claim=claim, actor=adviser, at=AT)
    shown = detail(claim.filed_by, claim).json()
    assert shown["totals"]["insurance"] == "3051.71"
    assert (shown["decision"]["amount"], shown["decision"]["deducted"]) == ("3051.71", "570.00")
    assert shown["decision"]["due"] == "2481.71"
    assert {reason["code"] for reason in shown["decision"]["reasons"]} >= {"cover.franchise"}
    parts = ("mandatory", "insurance", "patient", "unlawful")
    for line in shown["lines"]:
        assert Decimal(line["billed"]) == sum(Decimal(line[part]) for part in parts)
    assert shown["lines"][4]["label"] == "Ibuprofène"
    back = detail(claim.filed_by, deposit).json()
    assert (back["stay_id"], back["totals"], back["lines"]) == (str(claim.public_id), None, [])
    assert back["decision"]["amount"] == "570.00"


def test_nothing_is_said_of_a_claim_before_it_is_decided(hospital, adviser):
    claim = make.sent(hospital=hospital)
    shown = detail(adviser, claim).json()
    assert (shown["totals"], shown["decision"]) == (None, None)
    assert [line["insurance"] for line in shown["lines"]] == [None] * 6
    decisions.decide(claim=claim, actor=adviser, at=AT)
    decisions.reopen(claim=claim, reason="Again", actor=adviser, at=AT)
    assert detail(adviser, claim).json()["decision"] is None


def test_an_opening_by_somebody_else_leaves_a_line(hospital, adviser):
    claim = make.sent(hospital=hospital)
    detail(claim.filed_by, claim)
    assert not Access.objects.exists()
    detail(adviser, claim)
    assert Access.objects.get(actor=adviser).person_id == claim.member.public_id


def test_filters_narrow_the_list(hospital, adviser):
    first = make.sent(hospital=hospital)
    second = make.announced()
    reader = client(adviser)
    assert numbers(reader.get(LIST)) == [second.number, first.number]
    assert numbers(reader.get(LIST, {"status": "announced"})) == [second.number]
    assert numbers(reader.get(LIST, {"hospital": hospital.public_id})) == [first.number]
    assert numbers(reader.get(LIST, {"member": second.member.public_id})) == [second.number]
    assert numbers(reader.get(LIST, {"kind": "deposit"})) == []
    assert numbers(reader.get(LIST, {"admitted_from": "2026-03-03"})) == []
    assert numbers(reader.get(LIST, {"submitted_until": "2026-05-04"})) == [first.number]
    for wrong in ({"status": "draft"}, {"kind": "x"}, {"member": "x"}, {"admitted_from": "soon"}):
        assert reader.get(LIST, wrong).status_code == 400, wrong


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_over_the_api(hospital, adviser, method):
    claim = make.sent(hospital=hospital)
    assert getattr(client(adviser), method)(f"{LIST}{claim.public_id}/", {}).status_code == 405
    assert client(adviser).post(LIST, {}).status_code == 405


def test_the_list_asks_the_same_few_questions_however_long(hospital, adviser, django_assert_max_num_queries):
    for _ in range(5):
        make.deposit(make.announced(hospital=hospital))
    api = client(adviser)
    with django_assert_max_num_queries(5):
        assert len(numbers(api.get(LIST))) == 10
