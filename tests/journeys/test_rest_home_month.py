"""A month of a rest home in a browser: enter, look at an account, prepare, mend, issue, watch the bar, take the PDFs."""

import os
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from partenamut.periods import add_months
from residences.models import ConventionSupplement, Entry, Invoice, InvoiceRun
from residences.services import papers, runs
from residences.workflow import RunStatus
from tests.factories import residences as make
from tests.journeys.walking import PHONE, WIDE, Walk, pdf_file, wait_until
from tests.residences import months_world as world

pytestmark = [pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 800}
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def walk(page, live_server):
    return Walk(page, live_server, "rest-home-month")


@pytest.fixture
def month():
    """The month before, whose invoices can be made on any day."""
    return add_months(timezone.localdate().replace(day=1), -1)


@pytest.fixture
def home(transactional_db, monkeypatch, month):
    """A home with three residents who took supplements; the bell rings at nobody: the test is the worker."""
    monkeypatch.setattr(runs, "ring", lambda _run_id: None)
    monkeypatch.setattr(runs, "ring_papers", lambda _run_id: None)
    made = world.residence()
    dinner = make.supplement(made, "Dîner visiteur servi au restaurant")
    for _turn in range(3):
        stay = world.stay(
            made,
            entry=date(2024, 3, 4),
            invoiced_until=date.fromordinal(add_months(month, 1).toordinal() - 1),
        )
        ConventionSupplement.objects.create(convention=stay, supplement=dinner, first_day=stay.entry)
        world.insured(stay, stay.entry)
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


def test_a_month_is_entered_mended_issued_watched_and_taken(walk, home, month, tmp_path):
    walk.log_in(home.director)
    walk.open(reverse("residences:accounts", args=[home.public_id]))
    look_both(walk, "accounts")
    enter_a_day(walk, home, month.replace(day=9))
    stay = home.conventions.order_by("resident__search_name").first()
    bare = enter_an_advance(walk, home, stay, month.replace(day=10))

    walk.open(reverse("residences:runs", args=[home.public_id]))
    look_both(walk, "months")
    walk.press(f"form:has(input[value='{month:%Y-%m}']) button")
    look_both(walk, "checked")
    run = InvoiceRun.objects.get()
    assert walk.page.locator("main", has_text=stay.resident.full_name).count()
    walk.press("a[href$='/issue/']")
    look_both(walk, "issue")
    walk.press("form button")
    look_both(walk, "issuing")
    before = walk.page.locator(".app-meter p").inner_text()
    runs.run(run.pk, at=timezone.now())
    # The bar asks by itself; the page comes anew once the invoices are issued.
    wait_until(
        walk.page, "said => !document.querySelector('.app-meter p')?.innerText.startsWith(said)", before
    )
    walk.page.wait_for_load_state("load")
    assert Invoice.objects.count() == 2

    walk.open(reverse("residences:add_entry_document", args=[home.public_id, stay.public_id, bare.public_id]))
    walk.page.locator("input[type=file]").set_input_files(pdf_file(tmp_path, "ticket.pdf"))
    walk.press("form button.govuk-button")
    walk.open(reverse("residences:run", args=[home.public_id, run.public_id]))
    walk.press("form[action$='/resume/'] button")
    runs.run(run.pk, at=timezone.now())
    for share in papers.shares_of(run):
        papers.paper_of(share, at=timezone.now())
    walk.open(reverse("residences:run", args=[home.public_id, run.public_id]))
    look_both(walk, "issued")
    run.refresh_from_db()
    assert (run.status, Invoice.objects.count()) == (RunStatus.ISSUED, 3)
    with walk.page.expect_download() as coming:
        walk.page.locator("a[href$='papers.zip']").click()
    assert coming.value.suggested_filename == f"{home.code}-{month:%Y-%m}.zip"
    read_and_credit(walk, home)


def enter_a_day(walk, home, day):
    """The supplements of a day, typed in the grid; a wrong number first."""
    walk.press("a[href$='/accounts/day/']")
    walk.type_day("day", day)
    walk.press("form[method=get] button")
    look_both(walk, "grid")
    cells = walk.page.locator("input[name^=q_]")
    cells.nth(0).fill("beaucoup")
    walk.press("form[method=post] button")
    look_both(walk, "grid-error")
    assert walk.page.locator("input[name^=q_]").nth(0).input_value() == "beaucoup"
    walk.page.locator("input[name^=q_]").nth(0).fill("2")
    walk.page.locator("input[name^=q_]").nth(1).fill("1,5")
    walk.press("form[method=post] button")
    assert Entry.objects.filter(date=day).count() == 2


def enter_an_advance(walk, home, stay, day):
    """An advance without its document: entered, and said to hold the account up."""
    walk.open(reverse("residences:account", args=[home.public_id, stay.public_id]))
    look_both(walk, "account")
    walk.press("a[href$='/new/advance/']")
    walk.page.locator("[name=label]").fill("Pharmacie de la Gare")
    walk.page.locator("[name=amount]").fill("23,17")
    walk.type_day("day", day)
    look_both(walk, "advance")
    walk.press("form button.govuk-button")
    look_both(walk, "account-held-up")
    return Entry.objects.get(label="Pharmacie de la Gare")


def read_and_credit(walk, home):
    """An invoice with the rule of each line, its PDF, a line taken back."""
    walk.open(reverse("residences:invoices", args=[home.public_id]))
    look_both(walk, "invoices")
    invoice = Invoice.objects.filter(lines__kind="advance").get()
    walk.press(f"a[href*='{invoice.public_id}']")
    look_both(walk, "invoice")
    walk.press("a[href$='/credit/']")
    walk.press("form button.govuk-button")
    assert "Erreur" in walk.page.title() or "Error" in walk.page.title()
    look_both(walk, "credit-error")
    walk.page.locator("input[type=checkbox]").last.check()
    walk.page.locator("textarea[name=explanation]").fill("Payé par la famille")
    walk.press("form button.govuk-button")
    look_both(walk, "credited")
    assert invoice.credited_by.get().lines.count() == 1


def test_without_scripts_a_month_is_issued_all_the_same(
    browser, live_server, home, month, browser_context_args
):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(home.director)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('residences:runs', args=[home.public_id])}")
    page.locator(f"form:has(input[value='{month:%Y-%m}']) button").click()
    page.locator("a[href$='/issue/']").click()
    page.locator("main form button").click()
    run = InvoiceRun.objects.get()
    assert run.status == RunStatus.ISSUING
    page.locator("form[action$='/interrupt/'] button").click()
    page.locator("form[action$='/resume/'] button").click()
    runs.run(run.pk, at=timezone.now())
    page.goto(f"{live_server.url}{reverse('residences:run', args=[home.public_id, run.public_id])}")
    assert page.locator("tbody a[href*='/invoices/']").count() == 3
    context.close()
