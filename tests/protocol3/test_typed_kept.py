"""Whoever is logged out while they type finds it again after the log-in; nothing is written before they send it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from tests.factories import numbers
from tests.factories.accounts import UserFactory
from tests.protocol3.money_world import World, issued_world

pytestmark = pytest.mark.django_db

TYPED = "Typed before"


@pytest.fixture
def world() -> World:
    return issued_world()


def form_of(page: bytes) -> Any:
    """The form of a page that is sent."""
    forms = html.fromstring(page.decode()).xpath("//main//form[@method='post'][.//input[@name='owner']]")
    assert forms, "no form says whose it is"
    return forms[0]


def kept(user: User, address: str, field: str, *, first: dict[str, str] | None = None) -> str:
    """What stands in a field that was typed in, after a log-out, a press of the button and a log-in."""
    client = Client()
    client.force_login(user)
    page = client.post(address, first) if first else client.get(address)
    assert page.status_code == 200
    typed = dict(form_of(page.content).form_values()) | {field: TYPED}
    client.logout()
    entries = Entry.objects.count()
    answer = client.post(address, typed)
    assert answer.status_code == 302
    assert "login" in answer["Location"]
    client.force_login(user)
    again = client.get(address)
    assert again.status_code == 200
    assert not Entry.objects.exclude(action__contains="log").count() > entries
    return str(form_of(again.content).fields[field]).strip()


PAGES: dict[str, tuple[Callable[[World], list[Any]], str]] = {
    "register_payment": (lambda world: [world.project.public_id], "note"),
    "edit_settings": (lambda world: [world.project.public_id], "street"),
    "add_practitioner": (lambda world: [world.project.public_id], "last_name"),
    "correct_recap": (
        lambda world: [world.project.public_id, world.project.recaps.first().public_id],
        "explanation",
    ),
    "second_series": (lambda world: [person(world)], "event"),
    "leave_project": (lambda world: [person(world)], "left_because"),
    "correct_person": (lambda world: [person(world)], "street"),
    "add_person_row": (lambda world: [person(world), "findings"], "evidence"),
}


def person(world: World) -> Any:
    return world.project.enrolments.order_by("pk")[0].public_id


@pytest.mark.parametrize("name", sorted(PAGES))
def test_what_was_typed_stands_there_again(world: World, name: str) -> None:
    arguments, field = PAGES[name]
    assert kept(world.actor, reverse(f"protocol3:{name}", args=arguments(world)), field) == TYPED


def test_the_data_of_a_person_to_include_stand_there_again(world: World) -> None:
    address = reverse("protocol3:include", args=[world.project.public_id])
    niss = numbers.niss(711, numbers.birth_date(711))
    assert kept(world.actor, address, "last_name", first={"niss": niss}) == TYPED


@pytest.mark.parametrize(("name", "field"), [("add_project", "name"), ("add_convention", "reference")])
def test_what_an_admin_typed_stands_there_again(world: World, name: str, field: str) -> None:
    arguments = [] if name == "add_project" else [world.project.public_id]
    admin = UserFactory(roles=[Role.ADMIN])
    assert kept(admin, reverse(f"protocol3:{name}", args=arguments), field) == TYPED
