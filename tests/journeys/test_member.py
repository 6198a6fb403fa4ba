"""A member asks for a stay, reads the decision and sends the invoice: on a phone, without scripts, by keyboard."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate, now
from playwright.sync_api import expect

from convalescence import services
from convalescence.models import Request
from convalescence.services.recognitions import ask_recognition
from convalescence.workflow import Status
from tests.factories import numbers
from tests.factories.accounts import PASSWORD
from tests.factories.desk import adviser, member
from tests.factories.registry import LabelGrantFactory, PartnerPeriodFactory, ResidenceFactory
from tests.journeys.walking import PHONE, WIDE, Walk, pdf_file

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place():
    """A partner residence with a label, beside others."""
    for number in range(3):
        ResidenceFactory(name=f"Les Tilleuls {number}", search_text=f"les tilleuls {number}", partner=True)
    niveze = ResidenceFactory(
        name="Séjours & Santé Spa Nivezé",
        city="Spa",
        postal_code="4900",
        search_text="sejours sante spa niveze",
        accompanied=True,
        partner=True,
    )
    LabelGrantFactory(residence=niveze)
    return niveze


@pytest.fixture
def dates():
    arrival = localdate() + timedelta(days=20)
    return arrival, arrival + timedelta(days=10)


def ask(walk, place, dates, folder):
    """From the home page to a request that was sent; the pages opened before it left."""
    page = walk.page
    walk.open(reverse("web:home"))
    walk.seen.clear()
    walk.open(reverse("convalescence:start"))
    walk.press("form:has([value=convalescence]) button")
    page.locator("[name=criteria][value=recent_hospitalisation]").check()
    page.locator("[name=uploads]").set_input_files(pdf_file(folder, "certificat.pdf"))
    walk.press("button:not([name]):not([aria-hidden])")
    page.locator(f"[name=residence][value='{place.public_id}']").check()
    walk.press("form[method=post] button:not([name])")
    walk.type_day("arrival", dates[0])
    walk.type_day("departure", dates[1])
    walk.press("button:not([name])")
    page.locator("[name=choice][value=none]").check()
    walk.press("button:not([name])")
    before = walk.pages
    walk.press("form[method=post] button:not([name])")
    return before


def test_a_request_on_a_phone_until_the_invoice(page, live_server, place, dates, tmp_path):
    person = member()
    page.set_viewport_size(PHONE)
    walk = Walk(page, live_server, "phone")
    walk.log_in(person.user)
    before = ask(walk, place, dates, tmp_path)
    assert len(before) <= 6, before

    case = Request.objects.get()
    assert case.status == Status.SUBMITTED
    assert walk.seen[-1] == reverse("convalescence:sent", args=[case.public_id])
    assert case.number in page.locator("h1 + div").inner_text()
    walk.open(reverse("convalescence:request", args=[case.public_id]))

    services.decide(request=case, actor=adviser(name="Zoé Martin"), at=now())
    walk.open(reverse("convalescence:requests"))
    walk.press(f"a[href='{reverse('convalescence:request', args=[case.public_id])}']")
    walk.press(f"a[href='{reverse('convalescence:decision', args=[case.public_id])}']")
    assert "350" in page.locator("main").inner_text()

    # Time passes: the invoice is asked for once the stay is over.
    Request.objects.update(arrival=localdate() - timedelta(days=10), departure=localdate())
    walk.open(reverse("convalescence:request", args=[case.public_id]))
    walk.press(f"a[href='{reverse('convalescence:send_invoice', args=[case.public_id])}']")
    page.locator("[name=uploads]").set_input_files(pdf_file(tmp_path, "facture.pdf"))
    walk.press("button")
    case.refresh_from_db()
    assert case.status == Status.INVOICE_RECEIVED
    assert page.locator("#messages .app-notice--success").is_visible()


def test_the_same_without_scripts(browser, live_server, place, dates, tmp_path):
    person = member()
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="fr-BE")
    page = context.new_page()
    walk = Walk(page, live_server, "no-scripts")
    walk.look = lambda: walk.seen.append(page.url)
    walk.log_in(person.user)
    ask(walk, place, dates, tmp_path)
    assert Request.objects.get().status == Status.SUBMITTED
    context.close()


def test_days_and_amount_without_scripts(browser, live_server, place, dates):
    person = member()
    made = services.start(member=person, benefit="convalescence", actor=person.user, at=now())
    services.fill_in(request=made, residence=place, criteria=["heavy_treatment"], actor=person.user, at=now())
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="fr-BE")
    page = context.new_page()
    walk = Walk(page, live_server, "no-scripts")
    walk.log_in(person.user)
    page.goto(live_server.url + reverse("convalescence:dates", args=[made.public_id]))
    walk.type_day("arrival", dates[0])
    walk.type_day("departure", dates[1])
    page.locator("[name=show]").click()
    assert "350" in page.locator("#estimate .app-figure").inner_text()
    assert page.locator("[name=arrival_year]").input_value() == str(dates[0].year)
    context.close()


def test_days_and_amount_while_typing(page, live_server, place, dates):
    person = member()
    made = services.start(member=person, benefit="convalescence", actor=person.user, at=now())
    services.fill_in(request=made, residence=place, criteria=["heavy_treatment"], actor=person.user, at=now())
    page.set_viewport_size(WIDE)
    walk = Walk(page, live_server, "live")
    walk.log_in(person.user)
    walk.open(reverse("convalescence:dates", args=[made.public_id]))
    walk.type_day("arrival", dates[0])
    walk.type_day("departure", dates[1])
    page.locator("[name=departure_year]").blur()
    page.wait_for_selector("#estimate .app-figure")
    assert "350" in page.locator("#estimate .app-figure").inner_text()
    walk.look()
    made.refresh_from_db()
    assert made.arrival is None


def press_until(page, key, found, limit=80):
    """Presses a key until the focus is on what is looked for."""
    for _ in range(limit):
        page.keyboard.press(key)
        if page.evaluate(f"document.activeElement.matches({found!r})"):
            return
    pytest.fail(f"{found} is not reached by {key}")


def test_a_request_by_keyboard(page, live_server, place, dates):
    person = member()
    page.set_viewport_size(WIDE)
    walk = Walk(page, live_server, "keyboard")
    walk.log_in(person.user)
    walk.open(reverse("convalescence:new"))
    press_until(page, "Tab", "[name=benefit]")
    page.keyboard.press("Space")
    press_until(page, "Tab", "main button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/medical/")
    walk.look()
    press_until(page, "Tab", "[value=heavy_treatment]")
    page.keyboard.press("Space")
    press_until(page, "Tab", ".app-actions button:not([name])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/residence/")
    press_until(page, "Tab", "[name=residence]")
    page.keyboard.press("ArrowDown")
    press_until(page, "Tab", ".app-choice-cards ~ .app-actions button:not([name])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dates/")
    press_until(page, "Tab", "[name=arrival_day]")
    for value in dates:
        for number in (value.day, value.month, value.year):
            page.keyboard.type(str(number))
            page.keyboard.press("Tab")
    press_until(page, "Tab", ".app-actions button:not([name])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/caregiver/")
    press_until(page, "Tab", "[value=none]")
    page.keyboard.press("Space")
    press_until(page, "Tab", ".app-actions button:not([name])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    press_until(page, "Tab", ".app-actions button:not([name])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/")
    assert Request.objects.get().status == Status.SUBMITTED


def test_errors_are_accessible_and_lead_to_their_field(page, live_server, place):
    person = member()
    made = services.start(member=person, benefit="convalescence", actor=person.user, at=now())
    page.set_viewport_size({"width": 320, "height": 800})
    walk = Walk(page, live_server, "errors")
    walk.log_in(person.user)
    for name in ("medical", "choose_residence", "dates", "caregiver"):
        walk.open(reverse(f"convalescence:{name}", args=[made.public_id]))
        page.locator("form[method=post] .app-actions button:not([name])").click()
        summary = page.locator("[data-error-summary]")
        expect(summary).to_be_focused()  # by the script, which may come a moment after the page
        walk.look()
        summary.get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.tagName") == "INPUT", name
    walk.open(reverse("convalescence:check_answers", args=[made.public_id]))
    page.locator("main .app-actions button:not([name])").click()
    walk.look()
    assert page.title().startswith(("Erreur", "Error"))


def test_public_pages(page, live_server, place, dates):
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        walk = Walk(page, live_server, f"public-{size['width']}")
        walk.open(reverse("convalescence:start"))
        walk.press(".app-actions a[href$='/check/']")
        walk.press("a[href$='/convalescence/check/convalescence/']")
        walk.type_day("arrival", dates[0])
        walk.type_day("departure", dates[1])
        page.locator("[name=partner][value=no]").check()
        page.locator("[name=contributions][value=yes]").check()
        walk.press("button")
        assert page.locator(".app-reason--not-met").count() == 2
        walk.press("button[name=edit]")
        assert page.locator("[name=partner][value=no]").is_checked()


def test_the_other_pages_of_a_member(page, live_server, place, dates):
    person = member()
    case = services.start(member=person, benefit="convalescence", actor=person.user, at=now())
    answers = {
        "arrival": dates[0],
        "departure": dates[1],
        "residence": place,
        "criteria": ["heavy_treatment"],
    }
    services.fill_in(request=case, actor=person.user, at=now(), **answers)
    case = services.send(request=case, actor=person.user, at=now())
    services.ask_information(request=case, text="Dans quel hôpital étiez-vous ?", actor=adviser(), at=now())
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        walk = Walk(page, live_server, f"other-{size['width']}")
        walk.log_in(person.user)
        for name in ("request", "message", "change_dates", "withdraw"):
            walk.open(reverse(f"convalescence:{name}", args=[case.public_id]))
        for name in ("requests", "new", "statements", "recognitions", "new_recognition"):
            walk.open(reverse(f"convalescence:{name}"))
        walk.open(reverse("convalescence:statement", args=[person.public_id, localdate().year]))
        walk.open(reverse("web:iban"))
        walk.open(reverse("web:accesses"))


def test_pages_stand_a_zoom_of_200_percent(page, live_server, place):
    """A window of 640 px then has 320 px to draw in."""
    person = member()
    made = services.start(member=person, benefit="convalescence", actor=person.user, at=now())
    page.set_viewport_size({"width": 320, "height": 450})
    walk = Walk(page, live_server, "large")
    walk.log_in(person.user)
    for name in ("medical", "choose_residence", "dates", "caregiver", "check_answers"):
        walk.open(reverse(f"convalescence:{name}", args=[made.public_id]))


def test_a_session_that_ends_in_the_fourth_step_loses_nothing(page, live_server, place, dates):
    person = member()
    made = services.start(member=person, benefit="convalescence", actor=person.user, at=now())
    services.fill_in(request=made, residence=place, arrival=dates[0], actor=person.user, at=now())
    walk = Walk(page, live_server, "late")
    walk.log_in(person.user)
    walk.open(reverse("convalescence:caregiver", args=[made.public_id]))
    page.locator("[name=choice][value=ask]").check()
    page.locator("[name=last_name]").fill("Van den Bossche")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    walk.press("form[method=post] .app-actions button:not([name])")
    assert reverse("accounts:login") in page.url
    page.locator("[name=username]").fill(person.user.email)
    page.locator("[name=password]").fill(PASSWORD)
    walk.press("form:has([name=password]) button:not([type=button])")
    assert page.url.endswith(reverse("convalescence:caregiver", args=[made.public_id]))
    assert page.locator("[name=last_name]").input_value() == "Van den Bossche"
    assert page.locator("[name=choice][value=ask]").is_checked()


def test_decisions_statements_and_rarer_pages(page, live_server, dates):
    """A refusal, a part, a statement with lines, a recognition, a short stay, the account's confirmation."""
    person = member()
    ending = ResidenceFactory(name="Résidence des Ardennes")
    PartnerPeriodFactory(residence=ending, last_day=dates[0] + timedelta(days=3))
    part = send(person, residence=ending, arrival=dates[0], departure=dates[1])
    refused = send(
        person, residence=ResidenceFactory(), arrival=dates[1], departure=dates[1] + timedelta(days=5)
    )
    for case in (part, refused):
        services.decide(request=case, actor=adviser(), at=now())
    daughter = member()
    recognition = ask_recognition(
        caregiver=daughter,
        cared_for=person,
        relation="fille",
        help_given="tout",
        actor=daughter.user,
        at=now(),
    )
    short = services.start(member=person, benefit="short_stay", actor=person.user, at=now())
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        walk = Walk(page, live_server, f"rare-{size['width']}")
        walk.log_in(person.user)
        for case in (part, refused):
            walk.open(reverse("convalescence:request", args=[case.public_id]))
            walk.open(reverse("convalescence:decision", args=[case.public_id]))
            walk.open(reverse("convalescence:appeal", args=[case.public_id]))
        walk.open(reverse("convalescence:statement", args=[person.public_id, dates[0].year]))
        walk.open(reverse("convalescence:recognitions"))
        walk.open(reverse("convalescence:recognition", args=[recognition.public_id]))
        for name in ("rest_home", "dates", "draft_invoice", "check_answers", "discard"):
            walk.open(reverse(f"convalescence:{name}", args=[short.public_id]))
        walk.open(reverse("web:iban"))
        page.locator("[name=iban]").fill(numbers.iban(4242 + size["width"]))
        walk.press("form:has([name=iban]) button")
        page.locator("[name=password]").fill("wrong")
        walk.press("form:has([name=password]) button")
        assert page.locator("[data-error-summary]").is_visible()


def send(person, **answers):
    made = services.start(member=person, benefit="convalescence", actor=person.user, at=now())
    services.fill_in(request=made, criteria=["heavy_treatment"], actor=person.user, at=now(), **answers)
    return services.send(request=made, actor=person.user, at=now())
