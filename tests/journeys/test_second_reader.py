"""A decision against the rules, in a real browser: proposed by one person, read by another."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from convalescence.models import Decision, Departure
from convalescence.workflow import Status
from tests.factories.desk import adviser, second_reader, sent
from tests.journeys.desk_walk import looks_right, type_day, walks_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case():
    """A request that the rules refuse: no medical criterion."""
    arrival = localdate() + timedelta(days=20)
    return sent(at=timezone.now(), arrival=arrival, departure=arrival + timedelta(days=10), criteria=[])


@pytest.fixture
def proposed(page, live_server, case):
    """The request with a proposal to grant its first five days, written in the browser."""
    walks_as(page, adviser(name="Aline Renard"), live_server.url)
    page.goto(f"{live_server.url}{reverse('convalescence:case', args=[case.public_id])}")
    page.get_by_role("link", name="Depart from the rules").click()
    page.get_by_role("button", name="Send to a second reader").click()
    assert "There is a problem" in page.locator("[data-error-summary]").inner_text()
    looks_right(page)
    page.get_by_label("Grant days").check()
    type_day(page, "first_day", f"{case.arrival:%d/%m/%Y}")
    type_day(page, "last_day", f"{case.arrival + timedelta(days=4):%d/%m/%Y}")
    page.get_by_label("Why do you depart from the rules?").fill("The doctor's letter got lost in the post.")
    page.get_by_role("button", name="Send to a second reader").click()
    assert "waits for a second reader" in page.locator("#messages").inner_text()
    looks_right(page)
    page.context.clear_cookies()
    return case


def test_the_second_reader_finds_the_proposal_in_the_queue_and_confirms_it(page, live_server, proposed):
    walks_as(page, second_reader(name="Claire Mathieu"), live_server.url)
    page.goto(f"{live_server.url}/convalescence/desk/")
    page.get_by_role("link", name="Second reading (1)").click()
    page.get_by_role("link", name=proposed.number).click()
    page.get_by_role("link", name="Read the proposal").click()
    looks_right(page)
    text = page.locator("main").inner_text()
    assert "Refused" in text
    assert "Partially granted" in text
    assert "got lost in the post" in text
    page.get_by_label("Confirm: the decision is in force at once").check()
    page.get_by_role("button", name="Give the verdict").click()
    looks_right(page)
    decision = Decision.objects.get()
    assert (decision.decided_by.name, decision.confirmed_by.name) == ("Aline Renard", "Claire Mathieu")
    assert decision.answer["award"]["days"] == 5
    assert "confirmed by Claire Mathieu" in page.locator("main").inner_text()


def test_the_second_reader_sends_it_back_with_a_note(page, live_server, proposed):
    walks_as(page, second_reader(), live_server.url)
    page.goto(f"{live_server.url}{reverse('convalescence:case_review', args=[proposed.public_id])}")
    page.get_by_label("Do not confirm").check()
    page.get_by_role("button", name="Give the verdict").click()
    assert "Write why the proposal is not confirmed." in page.locator("[data-error-summary]").inner_text()
    looks_right(page)
    page.get_by_label("Note").fill("Ask the doctor for a copy first.")
    page.get_by_role("button", name="Give the verdict").click()
    proposed.refresh_from_db()
    assert proposed.status == Status.SUBMITTED
    assert Departure.objects.get().verdict == Departure.Verdict.REJECTED
    assert "Ask the doctor for a copy first." in page.locator("main").inner_text()
    looks_right(page)
