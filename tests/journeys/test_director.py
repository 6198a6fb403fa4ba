"""A director in a real browser: the own residence, its contact, and none of the others."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories.registry import DirectorshipFactory, ResidenceFactory
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUBMIT = "form[method=post] button:not([name])"


@pytest.fixture
def own():
    return ResidenceFactory(name="Le Bouleau", partner=True)


@pytest.fixture
def walk(page, live_server, own):
    """The director's way, in English, on a small screen."""
    page.set_viewport_size({"width": 320, "height": 800})
    language = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}
    page.context.add_cookies([language])
    made = Walk(page, live_server, "director")
    made.log_in(DirectorshipFactory(residence=own).director)
    return made


def test_the_contact_is_corrected_and_public_at_once(walk, page, own):
    walk.open(reverse("web:home"))
    walk.press("a:text-is('Le Bouleau')")
    walk.press("a[href$='/contact/']")
    page.locator("[name=phone]").fill("")
    page.locator("[name=email]").fill("nobody")
    walk.press(SUBMIT)
    assert page.locator("[data-error-summary] a").count() == 2
    assert page.locator("[name=email]").input_value() == "nobody"
    page.locator("[name=phone]").fill("081 98 76 54")
    page.locator("[name=email]").fill("accueil@example.org")
    walk.press(SUBMIT)
    page.locator(".govuk-back-link").click()
    page.wait_for_url(f"{walk.address}/")
    walk.open(reverse("registry:residence", args=[own.slug]))
    assert page.locator("main a[href='tel:081987654']").is_visible()


def test_another_residence_is_not_found(walk, page):
    other = ResidenceFactory(partner=True)
    for name in ("own_residence", "edit_contact"):
        answer = page.goto(f"{walk.address}{reverse(f'registry:{name}', args=[other.public_id])}")
        assert answer.status == 404
    walk.look()
    answer = page.goto(f"{walk.address}{reverse('registry:managed_residences')}")
    assert answer.status == 403
    walk.look()
