"""The pages of a project on a phone: the page itself comes first, and nothing lies over anything else."""

import pytest
from django.urls import reverse
from lxml import html

from tests.journeys.walking import PHONE, Walk
from tests.protocol3.money_world import issued_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return issued_world()


@pytest.fixture
def walk(page, live_server, world):
    page.set_viewport_size(PHONE)
    walk = Walk(page, live_server, "phone")
    walk.log_in(world.actor)
    return walk


@pytest.mark.parametrize("name", ["project", "services", "enter_service", "reports"])
def test_the_title_is_seen_without_scrolling(walk, world, name):
    walk.open(reverse(f"protocol3:{name}", args=[world.project.public_id]))
    assert walk.page.locator("h1").bounding_box()["y"] < PHONE["height"] * 0.6


def test_a_day_to_tick_does_not_lie_over_the_name_beside_it(walk, world):
    recap = world.project.recaps.first()
    walk.open(reverse("protocol3:correct_recap", args=[world.project.public_id, recap.public_id]))
    row = walk.page.locator("tbody tr").first
    label, box = row.locator("label").bounding_box(), row.locator("input").bounding_box()
    assert label["x"] + label["width"] <= row.locator("td").first.bounding_box()["x"]
    assert abs(label["y"] + label["height"] / 2 - box["y"] - box["height"] / 2) < box["height"] / 2


@pytest.mark.parametrize("name", ["quarter", "practitioner_list", "report_notes"])
def test_a_report_says_where_its_way_back_leads(client, world, name):
    client.force_login(world.actor)
    client.cookies["django_language"] = "en"
    page = client.get(reverse(f"protocol3:{name}", args=[world.project.public_id])).content.decode()
    way_back = html.fromstring(page).xpath("//a[@class='govuk-back-link'][not(ancestor::main)]")
    assert [link.text for link in way_back] == ["Reports"]
