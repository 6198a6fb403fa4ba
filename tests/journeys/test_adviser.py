"""An adviser at the desk, in a real browser: finds, decides, keys in paper, supposes, orients."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from convalescence.models import Benefit, Decision, Request, SavedView
from convalescence.workflow import Status
from tests.factories.desk import adviser, member, sent
from tests.factories.registry import ResidenceFactory
from tests.journeys.desk_walk import looks_right, type_day, walks_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page, live_server):
    """The desk of an adviser: a function that opens a page by its address."""
    user = adviser(name="Aline Renard")
    walks_as(page, user, live_server.url)

    def opened(address="/convalescence/desk/"):
        page.goto(f"{live_server.url}{address}")
        return page

    opened.user = user
    return opened


def soon(days=0):
    return localdate() + timedelta(days=20 + days)


def waiting(person=None, **answers):
    """A request of today for a stay that lies ahead."""
    dates = {"arrival": soon(), "departure": soon(10)}
    return sent(person, at=timezone.now(), **(dates | answers))


def test_a_member_is_found_despite_a_typing_error_and_the_request_decided(desk):
    person = member(last_name="De Croÿ", first_name="Léa", search_name="de croy lea")
    case = waiting(person)
    page = desk("/convalescence/desk/members/")
    looks_right(page)
    page.get_by_label("National number, name or registration number").fill("Lea de croi")
    page.get_by_role("button", name="Search").click()
    looks_right(page)
    page.get_by_role("link", name="De Croÿ Léa").click()
    looks_right(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Léa De Croÿ"

    page.get_by_role("link", name=case.number).click()
    looks_right(page)
    # the rules and their reasons stand there before anything is decided
    assert page.locator(".app-reason--met").count() == 6
    page.get_by_role("link", name="Decide by the rules").click()
    looks_right(page)
    page.get_by_text("The words of the letter").click()
    assert case.number in page.locator("details[open]").inner_text()
    page.get_by_role("button", name="Decide: granted").click()
    assert "The decision is in force" in page.locator("#messages").inner_text()
    looks_right(page)
    assert Decision.objects.get().decided_by == desk.user


def test_two_advisers_read_the_same_request_and_one_decides(desk, browser, live_server):
    case = waiting()
    page = desk(reverse("convalescence:case_decide", args=[case.public_id]))
    other = browser.new_context().new_page()
    walks_as(other, adviser(name="Benoît Gillet"), live_server.url)
    other.goto(page.url)
    other.get_by_role("button", name="Decide: granted").click()
    page.get_by_role("button", name="Decide: granted").click()
    assert "Benoît Gillet decided on this request" in page.locator("#messages").inner_text()
    looks_right(page)
    assert Decision.objects.count() == 1
    other.context.close()


def test_a_paper_request_is_keyed_in_and_its_receipt_printed(desk):
    person, home = member(), ResidenceFactory(partner=True, name="Le Bouleau", city="Spa")
    page = desk(reverse("convalescence:member", args=[person.public_id]))
    page.get_by_role("navigation", name="What you can do").get_by_role("link", name="Convalescence").click()
    page.get_by_role("button", name="Send the request").click()
    assert "There is a problem" in page.locator("[data-error-summary]").inner_text()
    looks_right(page)
    type_day(page, "received_on", f"{localdate():%d/%m/%Y}")
    type_day(page, "arrival", f"{soon():%d/%m/%Y}")
    type_day(page, "departure", f"{soon(7):%d/%m/%Y}")
    page.locator("input[role=combobox]").fill("boul")
    page.get_by_role("option", name="Le Bouleau").click()
    page.get_by_label("I need help in the acts of daily life").check()
    page.get_by_label("Medical proof").check()
    page.get_by_role("button", name="Send the request").click()
    looks_right(page)
    case = Request.objects.get()
    assert (case.residence, case.channel, case.status) == (home, "paper", Status.SUBMITTED)
    assert case.number in page.locator("main").inner_text()
    receipt = page.get_by_role("link", name="Print the receipt").get_attribute("href")
    answer = page.request.get(f"{page.url.split('/convalescence')[0]}{receipt}")
    assert answer.body().startswith(b"%PDF")


def test_a_key_is_enough_to_open_the_request_of_the_queue(desk):
    case = waiting()
    page = desk()
    looks_right(page)
    page.get_by_role("link", name=case.number).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('convalescence:case', args=[case.public_id])}")


def test_the_queue_is_filtered_saved_and_assigned(desk):
    short = waiting(benefit=Benefit.SHORT_STAY, place="Les Érables")
    other = waiting()
    page = desk()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Benefit").select_option("short_stay")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("link", name=short.number).is_visible()
    assert not page.get_by_role("link", name=other.number).is_visible()
    looks_right(page)
    page.get_by_label("Name of the view").fill("Rest homes")
    page.get_by_role("button", name="Save these filters").click()
    assert SavedView.objects.get().query == "benefit=short_stay"
    page.get_by_role("link", name="Rest homes", exact=True).click()
    page.get_by_label(f"Tick {short.number}").check()
    page.get_by_label("Assign to").select_option("me")
    page.get_by_role("button", name="Assign").click()
    looks_right(page)
    short.refresh_from_db()
    assert short.assignee == desk.user
    page.get_by_role("link", name="Rename or remove Rest homes").click()
    looks_right(page)


def test_supposing_shows_both_sides_and_writes_nothing(desk):
    case = waiting()
    page = desk(reverse("convalescence:case", args=[case.public_id]))
    page.get_by_role("link", name="What if?").click()
    looks_right(page)
    page.get_by_label(f"Days used in {soon().year}").fill("25")
    page.get_by_label(f"Days used in {soon().year + 1}").fill("25")
    page.get_by_role("button", name="Compare").click()
    outcome = page.get_by_role("row", name="Outcome")
    assert "Granted" in outcome.inner_text()
    assert "Partially granted" in outcome.inner_text()
    looks_right(page)
    page.get_by_label("Day", exact=True).first.fill("32")
    page.get_by_role("button", name="Compare").click()
    assert "There is a problem" in page.locator("[data-error-summary]").inner_text()
    looks_right(page)
    case.refresh_from_db()
    assert case.status == Status.SUBMITTED


def test_residences_that_fit_are_shown_to_the_member(desk):
    person = member(postal_code="4900")
    ResidenceFactory(partner=True, name="Le Bouleau", postal_code="4900", city="Spa")
    page = desk(reverse("convalescence:orientation_of", args=[person.public_id]))
    type_day(page, "arrival", f"{soon():%d/%m/%Y}")
    type_day(page, "departure", f"{soon(7):%d/%m/%Y}")
    page.get_by_role("button", name="Look").click()
    assert "same place" in page.get_by_role("listitem").filter(has_text="Le Bouleau").inner_text()
    looks_right(page)
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Look").is_visible()
    assert page.get_by_text("Le Bouleau").is_visible()


def test_a_request_is_decided_without_scripts(browser, live_server):
    case = waiting()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    walks_as(page, adviser(), live_server.url)
    page.goto(f"{live_server.url}{reverse('convalescence:case', args=[case.public_id])}")
    page.get_by_role("link", name="Decide by the rules").click()
    page.get_by_role("button", name="Decide: granted").click()
    assert Decision.objects.count() == 1
    context.close()
