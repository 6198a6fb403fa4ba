"""The menu marks the line that a page of a care project belongs to, wherever its address lies."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from tests.factories import protocol3 as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def marked(user: User, address: str) -> list[str]:
    """The lines of the menu that are marked on a page."""
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    page = html.fromstring(client.get(address).content.decode())
    return [line.text for line in page.xpath("//*[@id='navigation']//a[@aria-current]")]


def test_the_file_of_a_person_lies_under_my_projects() -> None:
    person = make.eligible()
    worker = make.worker(person.project, language="en")
    for name in ("beneficiary", "ledger", "eligibility"):
        assert marked(worker, reverse(f"protocol3:{name}", args=[person.public_id])) == ["My projects"]


def test_the_sums_of_all_projects_lie_under_care_projects() -> None:
    assert marked(UserFactory(roles=[Role.ADMIN]), reverse("protocol3:all_projects")) == ["Care projects"]


def test_pages_of_nobody_in_the_menu_mark_nothing() -> None:
    assert marked(UserFactory(roles=[Role.ADMIN]), reverse("accounts:password_change")) == []
