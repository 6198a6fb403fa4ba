"""The components in a real browser: accessible, inside the page's width, quiet, with and without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.journeys.walking import wait_until

pytestmark = pytest.mark.journey

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const result = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return result.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" | "));
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS = [320, 1280]
PAGES = {
    "/components/": 200,
    "/components/form/": 200,
    "/components/list/?state=open": 200,
    "/components/error/404/": 404,
    "/components/error/500/": 500,
}


@pytest.fixture(scope="module")
def site():
    """A server without a database: these pages, the error pages too, must not need one."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


def violations(page):
    page.evaluate(AXE.read_text())
    return page.evaluate(RUN_AXE)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", PAGES)
def test_components_are_accessible_and_fit(page, site, address, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.goto(f"{site}{address}").status == PAGES[address]
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    assert page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_a_form_with_errors_is_accessible_and_keeps_what_was_typed(page, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}/components/form/")
    page.get_by_label("Numéro de registre national").fill("85.07.30-033.29")
    page.locator("[name=day_day]").fill("31")
    page.locator("[name=day_month]").fill("4")
    page.locator("[name=day_year]").fill("2026")
    page.locator("form[enctype] button").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    assert page.title().startswith(("Erreur", "Error"))
    assert page.get_by_label("Numéro de registre national").input_value() == "85.07.30-033.29"
    assert violations(page) == []
    assert page.evaluate(TOO_WIDE) == 0

    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.name") == "day_day"


def test_a_long_choice_completes_what_is_typed(page, site):
    page.goto(f"{site}/components/form/")
    field = page.locator("input[role=combobox]")
    field.fill("liege")
    page.get_by_role("option", name="Les Tilleuls, Liège").click()
    assert page.evaluate("document.querySelector('select[name=residence]').value") == "Les Tilleuls, Liège"
    assert violations(page) == []


def test_the_menu_folds_on_a_phone_and_opens_by_keyboard(page, site):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site}/components/")
    entry = page.get_by_role("link", name="Mes paiements")
    assert not entry.is_visible()
    page.locator("[data-nav] button").press("Enter")
    assert entry.is_visible()


def test_the_end_of_a_session_is_announced_and_can_be_put_off(page, site):
    page.goto(f"{site}/components/?session")
    dialog = page.locator("dialog")
    assert not dialog.is_visible()
    dialog.wait_for(state="visible", timeout=5000)
    assert violations(page) == []
    page.locator("[data-session-running] [data-session-renew]").click()
    dialog.wait_for(state="hidden", timeout=2000)


def test_after_the_end_the_page_stays_and_waits_for_a_new_log_in(page, site):
    page.goto(f"{site}/components/?session")
    ended = page.locator("[data-session-ended]")
    ended.wait_for(state="visible", timeout=8000)
    assert not page.locator("[data-session-running]").is_visible()
    assert violations(page) == []
    page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((input) => input.value = 'old')"
    )
    ended.locator("[data-session-renew]").click()
    page.locator("dialog").wait_for(state="hidden", timeout=2000)
    tokens = page.evaluate(
        "[...document.querySelectorAll('[name=csrfmiddlewaretoken]')].map((input) => input.value)"
    )
    assert tokens
    assert "old" not in tokens


def test_htmx_comes_with_the_first_touch_and_breaks_no_policy(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/components/form/", wait_until="networkidle")
    assert not any("htmx" in url for url in asked)
    page.locator("[name=day_day]").focus()
    wait_until(page, "window.htmx !== undefined")


def test_everything_shows_without_scripts(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(f"{site}/components/form/")
    assert page.get_by_role("link", name="Mes paiements").is_visible()
    assert page.locator("select[name=residence]").is_visible()
    context.close()


def test_a_member_page_is_light(page, site):
    """40 kB with Brotli, scripts and fonts included; the test server compresses nothing, so it is done here."""
    import brotli

    sizes = {}

    def weigh(response):
        body = response.body()
        packed = body if response.url.endswith(".woff2") else brotli.compress(body)
        sizes[response.url] = len(packed)

    page.on("requestfinished", lambda request: weigh(request.response()))
    page.goto(f"{site}/components/", wait_until="networkidle")
    assert len(sizes) >= 5
    assert sum(sizes.values()) < 40_000, sizes
