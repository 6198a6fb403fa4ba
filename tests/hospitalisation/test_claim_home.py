"""What the home page tells a member about hospital stays."""

import pytest
import time_machine
from django.urls import reverse

from hospitalisation.member_home import member_block
from hospitalisation.services import claims, decisions
from partenamut.accounts.roles import Role
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import HospitalFactory, MandateFactory

pytestmark = pytest.mark.django_db
AT = make.AT


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def block(user):
    made = member_block(user, AT.date())
    assert made is not None
    return made.context


def waiting(user):
    return [one["claim"] for one in block(user)["waiting"]]


def test_visitors_and_advisers_have_no_such_block():
    assert member_block(None, AT.date()) is None
    assert member_block(UserFactory(roles=[Role.ADVISER]), AT.date()) is None


def test_what_waits_for_the_member_stands_first():
    member = make.insured(Tier.HOSPITALIA)
    stay, sent = make.announced(member), make.sent(member, hospital=HospitalFactory())
    assert waiting(member.user) == [stay]
    adviser = UserFactory(roles=[Role.ADVISER])
    decisions.ask_information(claim=sent, text="Which doctor?", actor=adviser, at=AT)
    assert waiting(member.user) == [sent, stay]
    assert block(member.user)["insurance"]["name"] == "Hospitalia"
    claims.write(claim=sent, text="Dr Dupont", actor=member.user, at=AT)
    assert waiting(member.user) == [stay]
    assert [one["claim"] for one in block(member.user)["recent"]] == [sent]


def test_a_representative_sees_those_they_act_for_and_no_other():
    guardian = UserFactory(roles=[Role.REPRESENTATIVE])
    stay = make.announced()
    make.announced()
    MandateFactory(representative=guardian, member=stay.member)
    assert waiting(guardian) == [stay]
    assert block(guardian)["insurance"] is None


def test_the_home_page_and_the_menu_lead_to_claims(client):
    member = make.insured()
    stay = make.announced(member)
    client.force_login(member.user)
    page = client.get(reverse("web:home"), headers={"accept-language": "en"})
    words = page.content.decode()
    assert reverse("hospitalisation:claim", args=[stay.public_id]) in words
    assert reverse("hospitalisation:claims") in {line["url"] for line in page.context["navigation"]}
    client.force_login(UserFactory(roles=[Role.MEMBER]))
    empty = client.get(reverse("web:home"), headers={"accept-language": "en"})
    assert "no hospital insurance with us" in empty.content.decode()
