"""The end of a stay in a browser: reckoned, refused, recorded, left early, ended, and the final account."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from residences.models import DebtorShare, Invoice, Termination
from residences.services import endings, signing
from residences.services.endings import Event
from tests.factories import residences as make
from tests.factories.residences import at
from tests.journeys.walking import PHONE, WIDE, Walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def size(request):
    return request.param


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    """In force for half a year, its accommodation invoiced elsewhere until today."""
    entry = localdate() - timedelta(days=200)
    row = make.signed(home, actor=director, entry=entry, offered=at(entry))
    signing.start_due(localdate(), at=at(localdate()))
    row.refresh_from_db()
    row.invoiced_until = localdate()
    row.save()
    DebtorShare.objects.get_or_create(
        convention=row, contact=None, first_day=entry, defaults={"percent": 100}
    )
    return row


@pytest.fixture
def walk(page, live_server, director, size):
    page.set_viewport_size(size)
    found = Walk(page, live_server, "end")
    found.log_in(director)
    return found


def url(name, convention, *args):
    return reverse(f"residences:{name}", args=[convention.home.public_id, convention.public_id, *args])


def choose(page, name, value):
    page.locator(f"[name={name}][value={value}]").check()


def test_a_notice_is_reckoned_live_and_taken_over_into_the_record(walk, convention):
    page = walk.page
    walk.open(url("ending", convention))
    walk.press("a[href*='calculator']")
    live = page.locator("#live")
    assert live.locator(".app-notice--success").is_visible()
    choose(page, "event", "manager")
    # A notice of the manager owes no indemnity: its row goes.
    expect(live.locator(".govuk-summary-list__row")).to_have_count(3)
    page.locator("[name=reason_given]").uncheck()
    live.locator(".app-notice--error").wait_for()
    assert page.locator("#why .app-reason--not-met").is_visible()
    walk.look()
    page.locator("[name=reason_given]").check()
    live.locator(".app-notice--success").wait_for()
    walk.press("#live a[href*='record']")
    assert page.locator("[name=event][value=manager]").is_checked()
    # Without reasons it is refused, with its article; with them it is looked at, then recorded.
    walk.press("button[value=check]")
    assert "10" in page.locator(".govuk-error-summary").inner_text()
    page.locator("[name=reasons]").fill("Dettes répétées.")
    walk.press("button[value=check]")
    walk.press("button[value=record]")
    assert page.url.endswith(url("ending", convention))
    assert Termination.objects.get().reasons == "Dettes répétées."
    assert page.locator("a[href$='letter.pdf']").is_visible()


def test_a_stay_is_left_early_ended_and_settled(walk, convention, director):
    page, today = walk.page, localdate()
    sent = today - timedelta(days=30)
    endings.record_termination(
        convention=convention, event=Event("none", "resident", sent), actor=director, at=at(sent)
    )
    walk.open(url("ending", convention))
    walk.press("a[href$='departure/']")
    walk.type_day("left_on", date(2000, 1, 1))
    walk.press("form button")
    assert page.locator(".govuk-error-summary").is_visible()
    # Left five days after the letter: part of the notice is owed.
    walk.type_day("left_on", sent + timedelta(days=5))
    walk.press("form button")
    assert page.locator(".app-reason--not-met").count() == 1
    walk.press("a[href$='/end/']")
    walk.press("form button")
    assert page.url.endswith(url("final_account", convention))
    assert page.locator(".app-notice").first.is_visible()
    walk.press("form button")
    invoice = Invoice.objects.get()
    assert invoice.kind == "final"
    assert page.locator(f"main >> text={invoice.number}").first.is_visible()
    with page.expect_download() as download:
        page.locator("a[href$='final-account.pdf']").click()
    assert download.value.suggested_filename.endswith(".pdf")
    walk.open(reverse("residences:endings", args=[convention.home.public_id]))
    assert page.locator("tbody tr").count() == 1


def test_a_death_is_recorded_without_scripts_and_taken_back(browser, live_server, convention, director):
    """The same pages do their work without JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="fr-BE", viewport=PHONE)
    client = Client()
    client.force_login(director)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + url("record_termination", convention))
    choose(page, "event", "death")
    page.locator("button[value=check]").click()
    page.locator("button[value=record]").click()
    convention.refresh_from_db()
    assert convention.status == "notice_given"
    page.locator("a[href$='/withdraw/']").click()
    page.locator("[name=because]").fill("Erreur de personne.")
    page.locator("main form button").click()
    convention.refresh_from_db()
    assert convention.status == "in_force"
    context.close()
