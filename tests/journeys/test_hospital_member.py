"""A member announces an admission, enters the bill and sends the claim: on a phone, wide, without scripts, by keyboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now
from playwright.sync_api import expect

from hospitalisation.models import Claim, ClaimKind
from hospitalisation.services import claims
from hospitalisation.workflow import Status
from tests.factories import hospitalisation as make
from tests.factories.registry import (
    ContributionPeriodFactory,
    FranchiseListFactory,
    HospitalFactory,
    SeriousIllnessOptionFactory,
)
from tests.journeys.walking import PHONE, WIDE, Walk, pdf_file

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SEND = "main .app-actions button:not([name])"


def url(name, *args):
    return reverse(f"hospitalisation:{name}", args=args)


@pytest.fixture
def admission():
    return localdate() - timedelta(days=12)


@pytest.fixture
def hospital(admission):
    for number in range(3):
        HospitalFactory(name=f"Hôpital des Tilleuls {number}")
    found = HospitalFactory(name="Clinique Sainte-Élisabeth")
    FranchiseListFactory(year=admission.year, hospitals=[found])
    return found


@pytest.fixture
def person():
    member = make.insured()
    ContributionPeriodFactory(member=member)
    make.filer(member)
    return member


def type_stay(walk, hospital, admission, *, scripts=True, room="individual"):
    """The answers of an announcement of a stay of four nights that is over."""
    page = walk.page
    if scripts:
        page.locator("input#id_hospital").fill("sainte-eli")
        page.get_by_role("option").first.click()
    else:
        page.locator("[name=hospital]").select_option(str(hospital.public_id))
    walk.type_day("admission", admission)
    page.locator("[name=admitted][value=yes]").check()
    page.locator("[name=day_hospital][value=no]").check()
    page.locator(f"[name=room][value={room}]").check()
    walk.type_day("discharge", admission + timedelta(days=4))


def type_line(page, place, kind, billed, mandatory=""):
    page.locator(f"[name=lines-{place}-kind]").select_option(kind)
    page.locator(f"[name=lines-{place}-billed]").fill(billed)
    page.locator(f"[name=lines-{place}-mandatory]").fill(mandatory)


def from_announcement_to_sending(walk, hospital, admission, folder, *, scripts=True):
    page = walk.page
    walk.open(url("claims"))
    walk.press(f"a[href='{url('announce')}']")
    type_stay(walk, hospital, admission, scripts=scripts)
    walk.press("form[method=post] button:not([name])")
    claim = Claim.objects.get()
    assert claim.number in page.locator("h1 + div").inner_text()
    walk.press(f"a[href='{url('step', claim.public_id, 'lines')}']")
    type_line(page, 0, "stay", "2400,00", "2293,49")
    page.locator("summary").nth(1).click() if scripts else None
    type_line(page, 1, "pharmacy_other", "84,20")
    walk.press("button[name=more]")
    assert page.locator("[name=lines-0-billed]").input_value() == "2400,00"
    walk.press("button[name=remove][value='2']")
    walk.press(".app-actions button:not([name])")
    page.locator("[name=files_bill]").set_input_files(pdf_file(folder, "facture.pdf"))
    page.locator("[name=post_claim_form]").check()
    walk.press(".app-actions button:not([name])")
    assert "facture.pdf" in page.locator("main").inner_text()
    assert page.locator(".app-bill tbody tr").count() == 2
    walk.press(".app-actions button:not([name])")
    claim.refresh_from_db()
    assert claim.status == Status.RECEIVED
    assert walk.seen[-1].endswith(url("sent", claim.public_id))
    return claim


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_a_claim_from_the_announcement_to_sending(
    page, live_server, person, hospital, admission, tmp_path, size
):
    page.set_viewport_size(size)
    walk = Walk(page, live_server, "member")
    walk.log_in(person.user)
    claim = from_announcement_to_sending(walk, hospital, admission, tmp_path)
    walk.open(url("claims"))
    assert claim.number in page.locator("main").inner_text()


def test_the_same_without_scripts(browser, live_server, person, hospital, admission, tmp_path):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="fr-BE")
    page = context.new_page()
    walk = Walk(page, live_server, "no-scripts")
    walk.look = lambda: walk.seen.append(page.url)
    walk.log_in(person.user)
    from_announcement_to_sending(walk, hospital, admission, tmp_path, scripts=False)
    context.close()


def press_until(page, key, found, limit=90):
    """Presses a key until the focus is on what is looked for."""
    for _ in range(limit):
        page.keyboard.press(key)
        if page.evaluate(f"document.activeElement.matches({found!r})"):
            return
    pytest.fail(f"{found} is not reached by {key}")


def test_a_claim_by_keyboard(page, live_server, person, hospital, admission):
    page.set_viewport_size(WIDE)
    walk = Walk(page, live_server, "keyboard")
    walk.log_in(person.user)
    walk.open(url("announce"))
    press_until(page, "Tab", "input#id_hospital")
    page.keyboard.type("sainte")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "[name=admission_day]")
    for number in (admission.day, admission.month, admission.year):
        page.keyboard.type(str(number))
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    press_until(page, "Tab", "[name=day_hospital]")
    page.keyboard.press("ArrowDown")
    press_until(page, "Tab", "[name=room]")
    page.keyboard.press("Space")
    press_until(page, "Tab", "[name=discharge_day]")
    for number in (admission.day, admission.month, admission.year):
        page.keyboard.type(str(number))
        page.keyboard.press("Tab")
    press_until(page, "Tab", SEND)
    page.keyboard.press("Enter")
    page.wait_for_url("**/announced/")
    claim = Claim.objects.get()
    press_until(page, "Tab", f"main a[href='{url('step', claim.public_id, 'lines')}']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lines/")
    press_until(page, "Tab", "[name=lines-0-kind]")
    page.keyboard.press("ArrowDown")
    press_until(page, "Tab", "[name=lines-0-billed]")
    page.keyboard.type("2400")
    press_until(page, "Tab", SEND)
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/")
    walk.look()
    press_until(page, "Tab", "[name=post_bill]")
    page.keyboard.press("Space")
    press_until(page, "Tab", SEND)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    press_until(page, "Tab", SEND)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/")
    claim.refresh_from_db()
    assert claim.status == Status.RECEIVED


def test_errors_lead_to_their_field_at_320_pixels(page, live_server, person, hospital, admission):
    page.set_viewport_size({"width": 320, "height": 800})
    walk = Walk(page, live_server, "errors")
    walk.log_in(person.user)
    claim = make.announced(person, hospital=hospital, admission=admission, discharge=None)
    for path in (
        url("announce"),
        url("step", claim.public_id, "lines"),
        url("deposit", claim.public_id),
    ):
        walk.open(path)
        page.locator("form[method=post] .app-actions button:not([name])").click()
        summary = page.locator("[data-error-summary]")
        expect(summary).to_be_focused()
        walk.look()
        summary.get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.tagName") in ("INPUT", "SELECT"), path
    walk.open(url("step", claim.public_id, "review"))
    page.locator(SEND).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    walk.look()
    assert page.title().startswith(("Erreur", "Error"))


def test_a_deposit_and_the_receipts_of_a_year(page, live_server, person, hospital, admission, tmp_path):
    SeriousIllnessOptionFactory(member=person)
    claim = make.announced(
        person, hospital=hospital, admission=admission, discharge=admission + timedelta(days=4)
    )
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        walk = Walk(page, live_server, f"deposit-{size['width']}")
        walk.log_in(person.user)
        walk.open(url("deposit", claim.public_id))
        page.locator("[name=paid]").fill("800,50")
        walk.type_day("paid_on", admission)
        page.locator("[name=room_supplement_per_day]").fill("60")
        walk.press(".app-actions button:not([name])")
        assert "230,50" in page.locator("main").inner_text()
    page.locator("[name=receipt]").set_input_files(pdf_file(tmp_path, "recu.pdf"))
    walk.press(".app-actions button[name=send]")
    assert Claim.objects.filter(kind=ClaimKind.DEPOSIT).count() == 1

    walk.open(url("illness"))
    walk.press("form[method=post] button:not([name])")
    walk.type_day("lines-0-care_date", localdate())
    page.locator("[name=lines-0-label]").fill("Dr Essai")
    page.locator("[name=lines-0-billed]").fill("120")
    walk.press(".app-actions button:not([name])")
    page.locator("[name=files_receipt]").set_input_files(pdf_file(tmp_path, "dr.pdf"))
    walk.press(".app-actions button:not([name])")
    page.set_viewport_size(PHONE)
    walk.look()
    walk.press(".app-actions button:not([name])")
    assert Claim.objects.get(kind=ClaimKind.SERIOUS_ILLNESS).status == Status.RECEIVED


def test_unlawful_supplements_and_the_rarer_pages(page, live_server, person, hospital, admission):
    claim = make.announced(
        person, hospital=hospital, admission=admission, discharge=admission + timedelta(days=4), room="double"
    )
    claims.write_lines(claim=claim, lines=make.usual_lines(), actor=person.user, at=now())
    abroad = make.announced(
        person, place="Hôpital de la Timone", country="FR", admission=admission, discharge=None
    )
    draft = claims.start_serious_illness(member=person, year=localdate().year, actor=person.user, at=now())
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        walk = Walk(page, live_server, f"rare-{size['width']}")
        walk.log_in(person.user)
        walk.open(url("step", claim.public_id, "review"))
        assert page.locator(".app-bill__unlawful").count() == 2
        walk.open(url("step", claim.public_id, "stay"))
        walk.open(url("announced", abroad.public_id))
        walk.open(url("discard", draft.public_id))
        walk.open(url("step", draft.public_id, "lines"))
        walk.open(url("illness"))
        walk.open(reverse("web:home"))
