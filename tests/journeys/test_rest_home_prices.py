"""A rise of prices in a browser: refused above the limit, then allowed, notified, and its letters taken."""

import zipfile

import pytest
from django.utils.timezone import localdate

from residences.forms.prices import price_name
from residences.models import CampaignExemption, KeptPrice, PriceCampaign, PriceNotice
from tests.journeys.walking import PHONE, WIDE, Walk
from tests.residences.prices_world import kept, world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def size(request):
    return request.param


@pytest.fixture
def found():
    made = world("Arend", "Bodson", "Claes")
    assert made.double.name == "Double"
    kept(made.conventions["Claes"])
    return made


@pytest.fixture
def walk(page, live_server, found, size):
    page.set_viewport_size(size)
    made = Walk(page, live_server, "prices")
    made.log_in(found.director)
    return made


@pytest.fixture
def root(found):
    return f"/rest-homes/homes/{found.home.public_id}/prices/"


def typed(walk, found, **prices):
    """Fills in the index of this month and new prices."""
    page = walk.page
    page.locator("[name=index_now]").fill("128,40")
    page.locator("[name=index_month]").fill(f"{localdate():%m/%Y}")
    page.locator("[name=index_source]").fill("Statbel")
    for name, price in prices.items():
        page.locator(f"[name={price_name(getattr(found, name))}]").fill(price)


def test_a_rise_is_refused_then_allowed_and_notified(walk, found, root, tmp_path):
    page = walk.page
    walk.open(root)
    walk.press("a[href$='/rises/new/']")
    typed(walk, found, single="52,70")
    page.locator("#live .app-reason--not-met").first.wait_for()
    assert not PriceCampaign.objects.exists()
    walk.press("form[method=post] button:not([name])")
    assert page.locator(".app-notice--error").inner_text().count("52,69") == 2
    assert page.locator("a[href$='/notify/']").count() == 0
    walk.press("a[href$='/change/']")
    assert page.locator(f"[name={price_name(found.single)}]").input_value() == "52,70"
    typed(walk, found, single="52,69")
    page.locator("#live .app-reason--met").first.wait_for()
    walk.press("form[method=post] button:not([name])")
    walk.press("a[href$='/notify/']")
    assert not PriceNotice.objects.exists()
    walk.press("form[method=post] button")
    campaign = PriceCampaign.objects.get()
    assert campaign.status == "notified"
    assert CampaignExemption.objects.get().convention == found.conventions["Claes"]
    walk.press("a[href$='/notices/']")
    with page.expect_download() as coming:
        page.locator("main tbody a").first.click()
    assert coming.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as coming:
        page.locator("a[href$='notices.zip']").click()
    with zipfile.ZipFile(coming.value.path()) as file:
        assert len(file.namelist()) == 3
        assert all(file.read(name).startswith(b"%PDF") for name in file.namelist())
    walk.open(root)
    assert page.locator(f"a:has-text('{campaign.number}')").first.is_visible()


def test_a_resident_is_left_out_taken_back_and_the_rise_given_up(walk, found, root):
    page = walk.page
    campaign = found.draft(single="50.00")
    walk.open(f"{root}rises/{campaign.public_id}/")
    walk.press("a[href$='/leave-out/']")
    walk.press("form[method=post] button")
    assert page.locator(".govuk-error-summary").is_visible()
    page.locator("select[name=convention]").evaluate(
        "(select, value) => { select.value = value; }", str(found.conventions["Arend"].public_id)
    )
    page.locator("[name=because][value=health]").check()
    page.locator("[name=note]").fill("Chambre 3 au lieu de 12")
    walk.press("form[method=post] button")
    walk.press("a[href$='/take-back/']")
    walk.press("form[method=post] button")
    assert CampaignExemption.objects.get().withdrawn
    walk.press("a[href$='/discard/']")
    walk.press("form[method=post] button")
    assert page.url.endswith(root)


def test_works_keep_the_price_of_those_who_lived_here(walk, found, root):
    walk.open(f"{root}kept/")
    walk.press("a[href$='/works/']")
    walk.type_day("day", localdate())
    walk.page.locator("[name=note]").fill("Aile nord")
    walk.press("form[method=post] button")
    assert KeptPrice.objects.count() == 1
    walk.press("form[method=post] button:not([name])")
    assert KeptPrice.objects.filter(because="works").count() == 3


def test_a_missing_index_is_entered(walk, found, root):
    price = found.single.prices.get()
    price.index_value = price.index_month = None
    price.save()
    walk.open(root)
    walk.press(f"a[href$='/index/{price.public_id}/']")
    walk.page.locator("[name=index_value]").fill("125,00")
    walk.page.locator("[name=index_month]").fill("12/2019")
    walk.press("form[method=post] button")
    assert walk.page.locator(f"a[href$='/index/{price.public_id}/']").count() == 0


def test_a_rise_is_prepared_without_scripts(browser, live_server, found, root):
    context = browser.new_context(java_script_enabled=False, locale="fr-BE")
    walk = Walk(context.new_page(), live_server, "no script")
    walk.log_in(found.director)
    page = walk.page
    page.goto(f"{walk.address}{root}rises/new/")
    typed(walk, found, single="60,00")
    page.locator("button[name=step]").click()
    assert page.locator("#live .app-reason--not-met").first.is_visible()
    assert not PriceCampaign.objects.exists()
    page.locator("main form[method=post] button:not([name])").click()
    assert PriceCampaign.objects.count() == 1
    context.close()
