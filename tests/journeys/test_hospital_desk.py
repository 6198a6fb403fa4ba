"""A claim at the desk in a real browser: decided with a departure, read by a second reader, paid by the bank."""

import re
from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from hospitalisation.models import Decision, Departure
from hospitalisation.services import decisions
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.payments.models import Batch, Payable
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.payments import payer
from tests.factories.registry import FranchiseListFactory, HospitalFactory
from tests.journeys.desk_walk import looks_right, type_day, walks_as

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUBMIT = "main form[method=post] button:not([name])"


@pytest.fixture
def claim():
    hospital = HospitalFactory(name="Clinique Fictive de la Meuse")
    FranchiseListFactory(year=2026, hospitals=[hospital])
    return make.sent(hospital=hospital)


@pytest.fixture
def goes(page, live_server):
    """A function: the browser as a user, on a page by its address, which is looked at."""

    def opened(user, address):
        page.context.clear_cookies()
        walks_as(page, user, live_server.url)
        page.goto(f"{live_server.url}{address}")
        looks_right(page)
        return page

    return opened


def url(claim, leaf=""):
    return reverse(f"hospitalisation:case{f'_{leaf}' if leaf else ''}", args=[claim.public_id])


def said(page):
    return " ".join(page.locator("main").inner_text().split())


def problems(page):
    return page.locator("[data-error-summary] a").all_inner_texts()


def status_of(claim):
    claim.refresh_from_db()
    return claim.status


def press(page, name):
    """Presses a button and looks at the page that follows."""
    page.get_by_role("button", name=name).click()
    looks_right(page)


def adviser(name):
    return UserFactory(roles=[Role.ADVISER], name=name)


def test_a_claim_goes_from_the_queue_by_a_departure_to_the_bank(goes, page, claim):
    aline = adviser("Aline Renard")
    claire = UserFactory(roles=[Role.SECOND_READER], name="Claire Mathieu")
    goes(aline, reverse("hospitalisation:queue"))
    page.get_by_role("link", name=claim.number).first.click()
    looks_right(page)
    assert "Franchise: for an individual room" in said(page)
    completes(page)
    departs(page)

    goes(claire, url(claim))
    confirms(page)
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.confirmed_by) == (aline, claire)
    assert decision.amount == Decimal("3251.71")

    goes(aline, url(claim, "payment"))
    press(page, "Prepare the payment")
    payable = Payable.objects.get(origin_id=claim.public_id)
    page.get_by_role("link", name=payable.number).click()
    looks_right(page)
    pays(goes, page, claire, claim)
    goes(aline, url(claim))
    assert payable.number in said(page)
    assert "Paid" in said(page)


def completes(page):
    """Notes the certificate of the claim, and declares it complete."""
    page.get_by_role("link", name="Note the original certificate").click()
    looks_right(page)
    page.get_by_label("In the box of an agency").check()
    press(page, "Note it")
    page.get_by_role("link", name="Declare complete").click()
    press(page, "Declare complete")


def departs(page):
    """Proposes more than the rules say of a line, first too much of it."""
    page.get_by_role("link", name="Depart from the rules").click()
    looks_right(page)
    amount = page.get_by_label("Line 3, hospital insurance")
    amount.fill("2.700,50")
    page.get_by_label("Why do you depart from the rules?").fill("Promised in writing by the service.")
    press(page, "Send to a second reader")
    assert problems(page) == ["Line 3: the insurance pays no more than what is left of it, 2,600.00\xa0€."]
    # what was typed stands there, and the link of the summary leads to it by keyboard
    assert amount.input_value() == "2.700,50"
    page.locator("[data-error-summary] a").first.press("Enter")
    assert page.evaluate("document.activeElement.name") == "line_2"
    page.keyboard.press("Control+A")
    page.keyboard.type("2.600,00")
    press(page, "Send to a second reader")
    assert "waits for a second reader" in page.locator("#messages").inner_text()
    assert Departure.objects.get().amounts == {"2": "2600.00"}


def confirms(page):
    """Reads the proposal beside the rules and confirms it, first without a verdict."""
    page.get_by_role("link", name="Read the proposal").click()
    looks_right(page)
    for words in ("3,051.71", "3,251.71", "Promised in writing", "Fee supplement"):
        assert words in said(page)
    press(page, "Give the verdict")
    assert problems(page) == ["Choose an answer to “Your verdict”."]
    page.get_by_label("Confirm: the decision is in force at once").check()
    press(page, "Give the verdict")


def pays(goes, page, approver, claim):
    """The payment approved by a colleague, batched, released by another, settled by the bank."""
    goes(approver, reverse("payments:approve"))
    page.locator("[name=payables]").check()
    page.locator(SUBMIT).first.click()
    page.locator(SUBMIT).first.click()
    assert "1 payment is approved." in page.locator("#messages").inner_text()
    assert status_of(claim) == Status.PAYMENT_APPROVED

    goes(payer(name="Isabelle Warnier"), reverse("payments:prepare"))
    page.locator(SUBMIT).first.click()
    page.wait_for_url(re.compile(r"/payments/batches/[0-9a-f-]{36}/$"))
    batch = Batch.objects.get()
    goes(payer(name="Paul Evrard"), batch.get_absolute_url())
    page.locator("main a[href$='/release/']").click()
    page.locator(SUBMIT).first.click()
    page.wait_for_url(f"**{batch.get_absolute_url()}")
    with time_machine.travel(datetime.combine(batch.execution_date, time(12), UTC), tick=True):
        goes(payer(), reverse("payments:batch_act", args=[batch.public_id, "settle"]))
        type_day(page, "on", f"{batch.execution_date:%d/%m/%Y}")
        page.locator(SUBMIT).first.click()
        page.wait_for_url(f"**{batch.get_absolute_url()}")
    assert status_of(claim) == Status.PAID


def test_an_adviser_decides_by_the_rules_by_keyboard_without_scripts(browser, live_server, claim):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    walks_as(page, adviser("Aline Renard"), live_server.url)
    page.goto(f"{live_server.url}{url(claim)}")
    page.get_by_role("link", name="Decide by the rules").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/decide/")
    page.locator("summary").filter(has_text="The words of the letter").focus()
    page.keyboard.press("Enter")
    assert claim.number in page.locator("details[open]").inner_text()
    page.get_by_role("button", name="Decide: settled").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{url(claim)}")
    assert Decision.objects.get().amount == Decimal("3051.71")
    context.close()


def test_two_advisers_read_the_same_claim_and_one_decides(goes, page, browser, live_server, claim):
    goes(adviser("Aline Renard"), url(claim, "decide"))
    other = browser.new_context().new_page()
    walks_as(other, adviser("Benoît Gillet"), live_server.url)
    other.goto(page.url)
    other.get_by_role("button", name="Decide: settled").click()
    press(page, "Decide: settled")
    assert "Benoît Gillet decided on this claim" in page.locator("#messages").inner_text()
    assert Decision.objects.count() == 1
    other.context.close()


def test_the_stay_and_the_lines_of_a_claim_are_put_right(goes, page, claim):
    goes(adviser("Aline Renard"), url(claim))
    page.get_by_role("link", name="Correct the stay").click()
    looks_right(page)
    type_day(page, "discharge", "01/03/2026")
    page.get_by_label("Why is it corrected?").fill("The bill says so.")
    press(page, "Correct it")
    assert problems(page) == ["The discharge lies before the admission."]
    type_day(page, "discharge", "05/03/2026")
    press(page, "Correct it")
    assert "3 nights" in said(page)

    page.get_by_role("link", name="Correct the lines of the bill").click()
    looks_right(page)
    page.locator("[name=lines-0-billed]").fill("much")
    page.get_by_label("Why is it corrected?").fill("Misread.")
    press(page, "Correct the lines")
    assert len(problems(page)) == 1
    assert page.locator("[name=lines-0-billed]").input_value() == "much"
    page.locator("[name=lines-0-billed]").fill("2 300,00")
    page.locator("[name=lines-0-mandatory]").fill("2200")
    press(page, "Correct the lines")
    assert "The lines are corrected" in page.locator("#messages").inner_text()
    assert claim.lines.get(position=1).billed == Decimal("2300.00")


def test_a_claim_in_a_shared_room_and_a_deposit_look_right(goes, page):
    hospital = HospitalFactory()
    me = adviser("Aline Renard")
    shared = make.sent(hospital=hospital, room="double")
    for leaf in ("", "decide", "depart", "ask", "papers", "assign", "withdraw"):
        goes(me, url(shared, leaf))
    assert make.deposit(shared).number
    deposit = shared.deposits.get()
    for leaf in ("", "decide"):
        goes(me, url(deposit, leaf))
    decisions.decide(claim=deposit, actor=me, at=make.AT)
    for leaf in ("", "reopen", "appeal", "payment"):
        goes(me, url(deposit, leaf))
    long = make.sent(hospital=hospital, room="common", lines=[make.line("fee", "10.00") for _ in range(160)])
    for leaf in ("", "depart", "lines"):
        goes(me, url(long, leaf))
