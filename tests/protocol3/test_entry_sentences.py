"""What somebody who enters services reads when something is sent twice, is too short, or is enough."""

from datetime import time

import pytest

from protocol3.readings.entry_check import check_of
from tests.protocol3.entry_world import World, text, url
from tests.protocol3.test_entry_services import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def test_a_form_sent_twice_says_that_the_service_is_entered_already(world: World) -> None:
    client, address = world.client(), url("enter_service", world.project.public_id)
    assert client.post(address, world.typed(step="enter")).status_code == 302
    page = text(client.post(address, world.typed(step="enter")))
    assert "for this person from 09:00 to 11:00 is entered already" in page
    assert "another beneficiary" not in page


def test_a_practitioner_with_somebody_else_is_still_told_so(world: World) -> None:
    world.enter(world.include())
    page = text(world.client().post(url("enter_service", world.project.public_id), world.typed()))
    assert "is with another beneficiary from 09:00 to 11:00" in page


def test_one_unit_takes_its_minutes(world: World) -> None:
    typed = world.group(world.person, ends_at="14:10", participants="4")
    page = text(world.client().post(url("enter_group", world.project.public_id), typed))
    assert "It lasted 10 minutes; a unit takes 30." in page


def test_sessions_beyond_those_needed_are_not_counted_against_them(world: World) -> None:
    world.enter(units=4, ends_at=time(11))
    said = check_of(world.person, visit(units=3, date=world.said()["date"].replace(day=8))).headline
    assert said == "With these 3 units: 115 left, the 4 units of sessions that are needed are reached."


def test_the_confirmation_names_the_pseudocode_for_what_it_is(world: World) -> None:
    service = world.enter()
    page = text(world.client().get(url("entered", service.public_id)))
    assert "pseudocode 794570" in page
    assert "Reference:" not in page
