"""A visitor in a real browser: reads, checks, looks for a residence, tries to log in."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from partenamut.accounts.roles import Role
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.registry import LabelGrantFactory, ResidenceFactory
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUBMIT = "form[method=post] button:not([name])"


@pytest.fixture
def walk(page, live_server):
    """A visitor's way, in English, on a small screen."""
    page.set_viewport_size({"width": 320, "height": 800})
    language = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}
    page.context.add_cookies([language])
    return Walk(page, live_server, "visitor")


def heading(page):
    """What the page is about."""
    return page.locator("h1").inner_text()


def answered(walk, page, benefit, nights, **answers):
    """The result of the check of a benefit, for a stay that begins in twenty days."""
    walk.open(reverse("convalescence:check_benefit", args=[benefit]))
    arrival = localdate() + timedelta(days=20)
    walk.type_day("arrival", arrival)
    walk.type_day("departure", arrival + timedelta(days=nights))
    for name, value in answers.items():
        page.locator(f"[name={name}][value={value}]").check()
    walk.press(SUBMIT)
    return heading(page)


def test_the_open_pages_lead_to_each_other(walk, page):
    walk.open(reverse("web:home"))
    for footer in ("accessibility", "privacy"):
        page.locator(f".app-footer a[href$='/{footer}/']").click()
        page.wait_for_url(f"**/{footer}/")
        walk.look()
    page.locator(".app-header__name").click()
    page.wait_for_url(f"{walk.address}/")
    walk.press("a[href$='/convalescence/'], a[href$='/check/']")


def test_each_benefit_is_checked_and_the_answer_says_why(walk, page):
    walk.open(reverse("convalescence:check"))
    walk.press("a[href$='/check/convalescence/']")
    walk.press(SUBMIT)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    yes = {"criteria": "heavy_treatment", "partner": "yes", "contributions": "yes"}
    assert answered(walk, page, "convalescence", 10, **yes) == "You can probably have this benefit"
    part = answered(walk, page, "convalescence", 70, **yes)  # more than two years pay
    assert part == "You can probably have a part of this benefit"
    refused = answered(walk, page, "convalescence", 10, **(yes | {"partner": "no"}))
    assert refused == "You probably cannot have this benefit"
    assert page.get_by_role("heading", name="What would change it").is_visible()

    short = {"rest_home": "yes", "approved": "yes", "contributions": "yes", "invoice": "no"}
    assert answered(walk, page, "short_stay", 10, **short) == "You can probably have this benefit"
    assert "once we have the invoice" in page.locator("main").inner_text()
    cared = {"granted": "yes", "recognised": "no", "contributions": "yes"}
    assert answered(walk, page, "caregiver", 5, **cared) == "You probably cannot have this benefit"


def test_a_residence_is_found_read_and_printed(walk, page):
    labelled = LabelGrantFactory(residence=ResidenceFactory(name="Le Bouleau", city="Spa", partner=True))
    ResidenceFactory(name="Les Dunes", city="De Haan", partner=True)
    walk.open(reverse("registry:residences"))
    assert page.locator("main li.app-card").count() == 2
    page.locator("[name=near]").fill("12")
    walk.press("form button")
    assert "four figures" in page.locator("[data-error-summary]").inner_text()
    page.locator("[name=near]").fill("")
    page.locator("[name=label]").select_option("activation")
    walk.press("form button")
    assert page.locator("main li.app-card").count() == 1
    walk.press("a[href*='/residences/print/']")
    assert page.locator("tbody tr").count() == 1
    page.go_back()
    walk.press(f"a[href$='/{labelled.residence.slug}/']")
    assert heading(page) == "Le Bouleau"
    walk.open(f"{reverse('registry:residences')}?text=nowhere")
    walk.press(".app-empty a")
    assert page.locator("main li.app-card").count() == 2


def test_the_language_changes_on_the_same_page(walk, page):
    walk.open(f"{reverse('registry:residences')}?text=spa")
    before = page.url
    for language in ("fr", "nl", "de"):
        with page.expect_navigation():
            page.locator(f"button[name=language][value={language}]").click()
        walk.look()
        assert page.url == before
        assert page.locator("html").get_attribute("lang") == language


def test_wrong_passwords_are_told_then_block(walk, page):
    person = UserFactory(roles=[Role.MEMBER], email="lea@example.org")
    walk.open(reverse("accounts:login"))
    walk.press(SUBMIT)
    assert page.locator("[data-error-summary] a").count() == 2
    for _try in range(4):
        page.locator("[name=username]").fill(person.email)
        page.locator("[name=password]").fill("not-the-password")
        page.locator("main").locator(SUBMIT).click()
        page.wait_for_load_state()
    walk.look()
    assert "do not go together" in page.locator("[data-error-summary]").inner_text()
    assert page.locator("[name=username]").input_value() == person.email
    page.locator("[name=password]").fill("not-the-password")
    page.locator("main").locator(SUBMIT).click()
    page.get_by_role("heading", name="blocked").wait_for()
    walk.look()
    assert heading(page) == "Log-in blocked for 15 minutes"
    walk.press("a[href$='/reset/']")


def test_a_forgotten_password_is_replaced_through_the_mail(walk, page, mailoutbox):
    person = UserFactory(roles=[Role.MEMBER], email="lea@example.org")
    walk.open(reverse("accounts:login"))
    walk.press("a[href$='/reset/']")
    page.locator("[name=email]").fill("LEA@example.org")
    walk.press(SUBMIT)
    [mail] = mailoutbox
    assert mail.to == [person.email]
    link = re.search(r"http://\S+", mail.body)[0]
    walk.open(link.removeprefix(walk.address))
    page.locator("[name=new_password1]").fill("123")
    page.locator("[name=new_password2]").fill("1234")
    walk.press(SUBMIT)
    assert page.locator("[data-error-summary]").is_visible()
    for name in ("new_password1", "new_password2"):
        page.locator(f"[name={name}]").fill("quite-another-password")
    walk.press(SUBMIT)
    person.refresh_from_db()
    assert person.check_password("quite-another-password")
    assert not person.check_password(PASSWORD)
    walk.press("a[href$='/login/']")
    page.locator("[name=username]").fill(person.email)
    page.locator("[name=password]").fill("quite-another-password")
    walk.press(SUBMIT)
    assert heading(page) == f"Hello {person.name}"
    page.goto(link)
    walk.look()
    assert "no longer works" in heading(page)
    page.get_by_role("link", name="Change my password").click()
    page.wait_for_url("**/password/")
    walk.press(SUBMIT)
    assert page.locator("[data-error-summary] a").count() == 3
    page.locator("[name=old_password]").fill("quite-another-password")
    for name in ("new_password1", "new_password2"):
        page.locator(f"[name={name}]").fill(PASSWORD)
    walk.press(SUBMIT)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_an_address_that_does_not_exist_is_told(walk, page):
    for path in ("/nowhere/", "/residences/nowhere/", "/convalescence/check/nowhere/"):
        assert page.goto(f"{walk.address}{path}").status == 404
        walk.look()
        assert page.locator("main a[href='/']").is_visible()
