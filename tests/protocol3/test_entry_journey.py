"""Somebody enters services in a browser: the rules speak while typing, a group meets a limit, a file is taken over."""

from datetime import date, time

import pytest

from protocol3.models import GroupSession, Service, Stay
from tests.journeys.walking import PHONE, WIDE, Walk
from tests.protocol3.entry_world import DAY, World, url
from tests.protocol3.test_entry_imports import csv_of, line

pytestmark = pytest.mark.django_db(transaction=True)

NARROW = {"width": 320, "height": 640}


@pytest.fixture
def world():
    return World()


def walk_of(page, live_server, world, size):
    page.set_viewport_size(size)
    walk = Walk(page, live_server, "entry")
    walk.log_in(world.clerk)
    return walk


def type_visit(walk, world, **changes):
    page = walk.page
    walk.type_day("date", DAY)
    page.locator("[name=practitioner]").select_option(str(world.worker.public_id))
    page.locator("[name=kind]").select_option(changes.get("kind", "case_management.session"))
    page.locator("[name=units]").fill(changes.get("units", "3"))
    page.locator("[name=starts_at]").fill("9:00")
    page.locator("[name=ends_at]").fill("11h00")
    page.locator("[name=ends_at]").blur()


@pytest.mark.parametrize("size", [NARROW, PHONE, WIDE], ids=["narrow", "phone", "wide"])
def test_a_service_from_the_list_to_its_withdrawal(page, live_server, world, size):
    walk = walk_of(page, live_server, world, size)
    walk.open(url("services", world.project.public_id))
    walk.open(f"{url('enter_service', world.project.public_id)}?enrolment={world.person.public_id}")
    type_visit(walk, world)
    page.locator("#live", has_text="119").wait_for()
    walk.look()
    walk.press("button[value=check]")
    walk.press("button[value=enter]")
    service = Service.objects.get()
    assert page.url.endswith(url("entered", service.public_id))

    walk.open(url("service", service.public_id))
    walk.open(url("change_service", service.public_id))
    page.locator("[name=units]").fill("5")
    page.locator("[name=ends_at]").fill("12:00")
    walk.press("button[value=check]")
    assert page.locator("button[value=keep]").count() == 1
    walk.press("button[value=correct]")
    assert page.locator("[name=units]").input_value() == "5"
    walk.open(url("withdraw_service", service.public_id))
    page.locator("[name=because]").fill("Entered twice.")
    walk.press("button.govuk-button")
    service.refresh_from_db()
    assert service.withdrawn_at is not None


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_group_hits_a_limit_and_says_why(page, live_server, world, size):
    away = world.include()
    Stay.objects.create(beneficiary=away.beneficiary, kind="hospital", arrival=date(2023, 3, 1))
    walk = walk_of(page, live_server, world, size)
    walk.open(url("enter_group", world.project.public_id))
    page.locator("[name=kind]").select_option("occupational_therapy.group")
    walk.type_day("date", DAY)
    page.locator("[name=practitioner]").select_option(str(world.therapist.public_id))
    for name, text in (
        ("starts_at", "14:00"),
        ("ends_at", "14:30"),
        ("room", "Salle 1"),
        ("participants", "5"),
        ("description", "Cuisine"),
    ):
        page.locator(f"[name={name}]").fill(text)
    for box in page.locator("[name=enrolments]").all():
        box.check()
    walk.press("button[value=check]")
    assert "art. 26" in page.locator("main").inner_text()
    walk.press("button[value=enter]")
    assert GroupSession.objects.get().services.get().enrolment == world.person


def test_a_service_is_entered_without_scripts(browser, live_server, world):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    walk = Walk(page, live_server, "plain")
    walk.look = lambda: None
    walk.log_in(world.clerk)
    walk.open(f"{url('enter_service', world.project.public_id)}?enrolment={world.person.public_id}")
    type_visit(walk, world, kind="case_management.support", units="1")
    page.locator("#acts > summary").click()
    page.locator("[name=acts-0-starts_at]").fill("14:00")
    walk.press("button[value=more]")
    assert page.locator("[name=acts-1-starts_at]").is_visible()
    assert page.locator("[name=acts-0-starts_at]").input_value() == "14:00"
    page.locator("[name=acts-0-ends_at]").fill("15:00")
    page.locator("[name=acts-0-description]").fill("Call.")
    walk.press("button[value=check]")
    walk.press("button[value=enter]")
    service = Service.objects.get()
    assert (service.pseudocode, service.documented_minutes) == ("794592", 60)
    context.close()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_file_is_sent_and_taken_over(page, live_server, world, size):
    world.enter(date=date(2023, 2, 6), starts_at=time(9), ends_at=time(11))
    walk = walk_of(page, live_server, world, size)
    walk.open(url("service_imports", world.project.public_id))
    walk.open(url("add_service_import", world.project.public_id))
    content = csv_of(line(world), line(world, date="2023-02-29"))
    file = {"name": "march.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("[name=file]").set_input_files(file)
    walk.press("button.govuk-button")
    page.locator("[name=without_refused]").check()
    walk.press("form[action$='/start/'] button")
    assert Service.objects.count() == 2
