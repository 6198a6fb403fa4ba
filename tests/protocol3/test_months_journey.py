"""The way of whoever closes a month, in a browser: close, look, certify, watch the bar, take the papers."""

import os
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from partenamut.registry.models import Insurer
from protocol3.models import Closing, Recap
from protocol3.services import closing as closings
from protocol3.services import papers
from tests.factories import protocol3 as make
from tests.journeys.walking import PHONE, WIDE, Walk, wait_until
from tests.protocol3 import months_world as world

pytestmark = [pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 800}
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def walk(page, live_server):
    return Walk(page, live_server, "months")


@pytest.fixture
def project(transactional_db, monkeypatch):
    # The bell rings at nobody: the test is the worker.
    monkeypatch.setattr(closings, "ring", lambda _closing_id: None)
    monkeypatch.setattr(closings, "ring_papers", lambda _closing_id: None)
    made = world.month(codes=("100", "300", "500"), people=3, services=2)
    included = made.enrolments.first()
    for first in (date(2023, 3, 7), date(2023, 4, 4)):
        for one in made.enrolments.all():
            world.session(one, first)
        world.issued(made, first=first.replace(day=1))
    world.session(included, date(2023, 5, 20), units=5)
    world.session(included, date(2023, 5, 21), place="remote")
    Insurer.objects.filter(code="300").update(address="")
    return made


def shoot(page, name):
    """A picture to look at, where SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def look_both(walk, name):
    """The page wide, on a phone, and at the narrowest."""
    for size in (NARROW, PHONE, WIDE):
        walk.page.set_viewport_size(size)
        walk.look()
        shoot(walk.page, f"{name}-{size['width']}")


def test_a_month_is_closed_certified_watched_and_taken(walk, project, tmp_path):
    walk.log_in(make.worker(project))
    walk.open(reverse("protocol3:closings", args=[project.public_id]))
    look_both(walk, "closings")
    walk.press("button:has-text('mai 2023')")
    look_both(walk, "checked")
    closing = Closing.objects.latest("pk")
    walk.press("a[href*='not-billable/']:not([href*='rule'])")
    look_both(walk, "refusals")
    walk.open(reverse("protocol3:closing", args=[project.public_id, closing.public_id]))
    walk.press("a[href$='/issue/']")
    walk.press("form button")
    assert "Erreur" in walk.page.title() or "Error" in walk.page.title()
    look_both(walk, "certify-error")
    walk.page.locator("input[name=exact]").check()
    walk.press("form button")
    look_both(walk, "confirm")
    walk.press("form button")
    look_both(walk, "issuing")
    before = walk.page.locator(".app-meter p").inner_text()
    closings.run(closing.pk, at=timezone.now())
    # The bar asks by itself; the page comes anew once the notes are issued.
    wait_until(
        walk.page, "said => !document.querySelector('.app-meter p')?.innerText.startsWith(said)", before
    )
    walk.page.wait_for_load_state("load")
    walk.page.wait_for_selector("a[href*='/recaps/']")
    look_both(walk, "papers-open")
    for recap in Recap.objects.filter(share__closing=closing):
        papers.paper_of(recap, at=timezone.now())
        for note in recap.notes.all():
            papers.paper_of(note, at=timezone.now())
    walk.page.wait_for_selector("a[href$='/papers/']", timeout=10_000)
    look_both(walk, "partly")
    Insurer.objects.filter(code="300").update(address="Rue 1, 1000 Bruxelles")
    walk.press("form[action$='/resume/'] button")
    closings.run(closing.pk, at=timezone.now())
    walk.open(reverse("protocol3:closing", args=[project.public_id, closing.public_id]))
    look_both(walk, "issued")
    with walk.page.expect_download() as coming:
        walk.page.locator("a[href$='/papers/']").click()
    assert coming.value.suggested_filename.endswith(".zip")


def test_without_scripts_the_bar_is_loaded_by_hand(browser, live_server, project, browser_context_args):
    from django.conf import settings
    from django.test import Client

    closing = world.handed_over(project)
    client = Client()
    client.force_login(make.worker(project))
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    address = reverse("protocol3:closing", args=[project.public_id, closing.public_id])
    page.goto(f"{live_server.url}{address}")
    page.locator("form[action$='/interrupt/'] button").click()
    assert page.locator("form[action$='/resume/'] button").count() == 1
    page.locator("form[action$='/resume/'] button").click()
    closings.run(closing.pk, at=timezone.now())
    page.goto(f"{live_server.url}{address}")
    assert page.locator("a[href*='/recaps/']").count() >= 2
    context.close()
