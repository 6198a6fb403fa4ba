"""What advisers see of hospital claims on their home page and in the menu."""

import pytest
from django.urls import reverse

from hospitalisation.services import decisions
from partenamut.accounts.roles import Role
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db


def home(client, role):
    user = UserFactory(roles=[role])
    client.force_login(user)
    return user, client.get("/", headers={"accept-language": "en"}).content.decode()


def test_an_adviser_reads_how_much_waits_and_gets_there(client):
    hospital = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[hospital])
    adviser = UserFactory(roles=[Role.ADVISER])
    make.announced(hospital=hospital)
    make.sent(hospital=hospital)
    decisions.examine(claim=make.sent(hospital=hospital), actor=adviser, at=make.AT)
    decisions.decide(claim=make.sent(hospital=hospital), actor=adviser, at=make.AT)
    _user, page = home(client, Role.ADVISER)
    queue = reverse("hospitalisation:queue")
    for query, count in (
        ("status=received", 1),
        ("status=examined", 1),
        ("assignee=me", 0),
        ("status=second_reading", 0),
        ("status=decided", 1),
        ("status=appealed", 0),
        ("flag=certificate", 3),
    ):
        assert f'<a href="{queue}?{query}">{count}</a>' in page
        found = client.get(f"{queue}?{query}").context["work_list"].page
        assert len(found) == count, query


@pytest.mark.parametrize(
    ("role", "queue", "figures"),
    [
        (Role.ADVISER, True, False),
        (Role.SECOND_READER, True, False),
        (Role.ADMIN, False, True),
        (Role.MEMBER, False, False),
    ],
)
def test_the_menu_leads_only_to_pages_that_open(client, role, queue, figures):
    _user, page = home(client, role)
    assert (f'href="{reverse("hospitalisation:queue")}"' in page) is queue
    assert (f'href="{reverse("hospitalisation:dashboard")}"' in page) is figures


@pytest.mark.parametrize(("role", "shown"), [(Role.ADVISER, True), (Role.ADMIN, False)])
def test_the_sheet_of_a_member_leads_to_their_hospital_cover(client, role, shown):
    member = make.insured()
    client.force_login(UserFactory(roles=[role]))
    page = client.get(reverse("convalescence:member", args=[member.public_id])).content.decode()
    for name in ("cover_on", "paper"):
        assert (f'href="{reverse(f"hospitalisation:{name}", args=[member.public_id])}"' in page) is shown
