"""A visitor in a real browser: what a stay costs, whether a bill is lawful, the letter to the hospital."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pikepdf
import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from hospitalisation.models import Claim, DayShareRow
from tests.journeys.walking import PHONE, WIDE, Walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUBMIT = "form button:not([name])"


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def walk(request, page, live_server):
    """A visitor's way, in English, on a wide screen and on a phone."""
    DayShareRow.objects.create(
        category="ordinary",
        valid_from=date(2020, 9, 28),
        first_day=Decimal("43.52"),
        following_days=Decimal("16.25"),
        from_day_91=Decimal("16.25"),
        source="sheet",
    )
    page.set_viewport_size(request.param)
    language = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}
    page.context.add_cookies([language])
    return Walk(page, live_server, "visitor")


def euros(page, row, label):
    """An amount of a row of the first table."""
    cell = page.locator("#result table").first.locator("tr", has_text=row).locator(f"[data-label='{label}']")
    return Decimal(re.sub(r"[^\d.]", "", cell.inner_text().removeprefix(label)))


def test_a_stay_is_estimated_from_the_home_page_on(walk, page):
    walk.open(reverse("web:home"))
    walk.press(f"a[href='{reverse('hospitalisation:estimate')}']")
    walk.press(SUBMIT)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_label("Individual room").check()
    page.get_by_label("Nights", exact=True).fill("4")
    walk.press(SUBMIT)
    low, likely, high = (
        euros(page, "Hospitalia Plus", f"You pay, {level}")
        for level in ("at the least", "likely", "at the most")
    )
    assert low < likely < high
    page.get_by_text("What I know besides").click()
    page.get_by_label("Room supplement a day").fill("90,50")
    page.get_by_label("Fees at the INAMI tariff").fill("800")
    walk.press(SUBMIT)
    page.locator("#result summary", has_text="Hospitalia Plus").click()
    expect(page.locator("#result details[open]")).to_contain_text("the insurance pays up to 125.00")
    walk.look()
    share = page.locator(".app-share a").get_attribute("href")
    page.goto(share)
    walk.look()
    assert euros(page, "Hospitalia Plus", "You pay, likely") < likely + 200
    # On paper: the answer without the form.
    page.emulate_media(media="print")
    expect(page.get_by_label("Nights", exact=True)).to_be_hidden()
    expect(page.locator("#result table").first).to_be_visible()
    page.emulate_media(media="screen")
    walk.press(f"#result a[href='{reverse('hospitalisation:check_bill')}']")


def test_a_bill_is_checked_and_the_letter_downloaded(walk, page, tmp_path):
    walk.open(reverse("hospitalisation:start"))
    walk.press(f"a[href='{reverse('hospitalisation:check_bill')}']")
    walk.press(SUBMIT)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    admission = date(2026, 3, 2)
    walk.type_day("admission", admission)
    walk.type_day("discharge", admission + timedelta(days=4))
    page.get_by_label("Double room").check()
    page.locator("[name=tier]").select_option("hospitalia_plus")
    page.locator("[name=lines-0-kind]").select_option("room_supplement")
    page.locator("[name=lines-0-billed]").fill("-160,50")
    walk.press(SUBMIT)
    expect(page.locator("[data-error-summary]")).to_contain_text("at least")
    page.locator("[name=lines-0-billed]").fill("160,50")
    page.locator("[name=lines-1-kind]").select_option("stay")
    page.locator("[name=lines-1-billed]").fill("92,27")
    walk.press("[name=more]")
    assert page.locator("[name=lines-0-billed]").input_value() == "160,50"
    walk.press(SUBMIT)
    expect(page.locator(".app-bill__unlawful")).to_contain_text("Do not pay this line")
    walk.press("form[action$='/letter/'] button")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    for name, value in {
        "name": "Anne Peeters",
        "street": "Rue 1",
        "city": "1000 Bruxelles",
        "hospital": "CHU",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    with page.expect_download() as download:
        page.locator("form[action$='/letter/'] button").click()
    file = tmp_path / "letter.pdf"
    download.value.save_as(file)
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) == 1
    assert not Claim.objects.exists()
    walk.press("[name=edit]")
    assert page.locator("[name=lines-0-billed]").input_value() == "160.50"
