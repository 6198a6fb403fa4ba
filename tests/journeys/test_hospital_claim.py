"""A member reads a decided claim, writes, downloads the statement, contests a supplement and appeals."""

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from hospitalisation.models import Statement
from hospitalisation.services import claims, decisions
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    FranchiseListFactory,
    HospitalFactory,
    MandateFactory,
    SeriousIllnessOptionFactory,
)
from tests.journeys.walking import PHONE, WIDE, Walk, pdf_file

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER], name="Aline Adam")


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique Fictive de la Meuse")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


def url(name, *args):
    return reverse(f"hospitalisation:{name}", args=args)


def decided(member, hospital, adviser, **stay):
    claim = make.sent(member, hospital=hospital, **stay)
    decisions.decide(claim=claim, actor=adviser, at=now())
    claim.refresh_from_db()
    return claim


def download(walk, selector):
    """Presses what leads to a file; its first bytes."""
    with walk.page.expect_download() as coming:
        walk.page.locator("main").locator(selector).first.click()
    return coming.value.path().read_bytes()[:4]


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_a_member_reads_a_decided_claim_and_appeals(page, live_server, hospital, adviser, tmp_path, size):
    member = make.insured(Tier.HOSPITALIA)
    claim = decided(member, hospital, adviser, room="double")
    page.set_viewport_size(size)
    walk = Walk(page, live_server, "claim")
    walk.log_in(member.user)
    walk.open(url("claim", claim.public_id))
    assert page.locator(".app-bill tbody tr").count() == 6
    assert page.locator(".app-reason").count() > 3
    page.locator("[name=text]").fill("Je ne comprends pas la ligne 3.")
    page.locator("[name=uploads]").set_input_files(pdf_file(tmp_path, "facture.pdf"))
    walk.press("form:has([name=text]) button.govuk-button")
    assert "Je ne comprends pas" in page.locator(".app-thread").inner_text()
    assert download(walk, ".app-message a") == b"%PDF"
    assert download(walk, "form[action$='/reimbursement/issue/'] button") == b"%PDF"
    assert download(walk, "form[action$='/third_party/issue/'] button") == b"%PDF"
    assert download(walk, "form[action$='/contest/'] button") == b"%PDF"
    walk.open(url("claim", claim.public_id))
    assert page.locator("#statements ~ ul a").count() == Statement.objects.count() == 2
    walk.press("a[href$='/appeal/']")
    walk.press("form[method=post] .app-actions button")
    assert page.locator("[data-error-summary]").is_visible()
    page.locator("[name=reason]").fill("La chambre était double.")
    walk.press("form[method=post] .app-actions button")
    claim.refresh_from_db()
    assert claim.status == Status.APPEALED
    assert "La chambre était double." in page.locator(".app-thread").inner_text()


def test_the_other_pages_of_claims(page, live_server, hospital, adviser):
    """Each kind of claim in several states, the year, and the pages with a form; also at 320 px."""
    member = make.insured(Tier.HOSPITALIA)
    SeriousIllnessOptionFactory(member=member)
    announced = make.announced(member, hospital=hospital)
    waiting = make.sent(member, hospital=hospital)
    decisions.ask_information(claim=waiting, text="Quel médecin ?", actor=adviser, at=now())
    done = make.sent(member, hospital=hospital)
    back = make.deposit(done, paid="700.00")
    for claim in (back, done):
        decisions.decide(claim=claim, actor=adviser, at=now())
    draft = claims.start_serious_illness(member=member, year=localdate().year, actor=member.user, at=now())
    ward = make.insured(Tier.PLUS)
    MandateFactory(member=ward, representative=member.user)
    decided(ward, hospital, adviser)
    for size in ({"width": 320, "height": 640}, PHONE, WIDE):
        page.set_viewport_size(size)
        walk = Walk(page, live_server, f"claims-{size['width']}")
        walk.log_in(member.user)
        for claim in (announced, waiting, done, back, draft):
            walk.open(url("claim", claim.public_id))
        for name in ("claim_message", "claim_document", "claim_withdraw"):
            walk.open(url(name, waiting.public_id))
        walk.press("form[method=post] .app-actions a")
        walk.open(url("year"))
        assert page.locator(".app-meter").count() == 4
        walk.open(f"{url('year')}?year=2016")
        walk.open(reverse("web:home"))


def test_a_document_without_a_file_is_refused_by_keyboard(page, live_server, hospital):
    claim = make.sent(hospital=hospital)
    walk = Walk(page, live_server, "document")
    walk.log_in(claim.member.user)
    walk.open(url("claim_document", claim.public_id))
    page.locator("main form[method=post] .app-actions button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    walk.look()
    page.locator("[data-error-summary] a").first.click()
    assert page.evaluate("document.activeElement.name") == "uploads"
