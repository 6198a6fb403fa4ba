"""The queue of claims, a member's cover, what if, paper and figures in a real browser, also on the narrowest phone."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from hospitalisation.models import Claim, ClaimKind
from hospitalisation.services import decisions
from partenamut.accounts.roles import Role
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    DependencyFactory,
    FranchiseListFactory,
    HospitalFactory,
    MemberFactory,
    SeriousIllnessOptionFactory,
)
from tests.journeys.desk_walk import TOO_WIDE, looks_right, type_day, walks_as

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NARROWEST = {"width": 320, "height": 640}


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique Fictive de la Meuse et des Ardennes réunies")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


def looked_at(page):
    """The page is right, also on the narrowest phone."""
    # Without its styles a page is measured as nobody sees it.
    page.wait_for_load_state("load")
    page.set_viewport_size(NARROWEST)
    assert page.evaluate(TOO_WIDE) == 0, page.url
    looks_right(page)


def opened(page, live_server, address):
    answer = page.goto(f"{live_server.url}{address}")
    assert answer.ok, address
    looked_at(page)


def problems(page):
    return page.locator("[data-error-summary] a").all_inner_texts()


def test_an_adviser_works_through_the_queue(page, live_server, hospital):
    me = UserFactory(roles=[Role.ADVISER], name="Aline Renard")
    unlawful = make.sent(hospital=hospital, room="double")
    make.sent(make.insured(Tier.MEDIUM), hospital=hospital)
    make.deposit(make.announced(hospital=hospital))
    walks_as(page, me, live_server.url)
    opened(page, live_server, "/")
    opened(page, live_server, reverse("hospitalisation:queue"))
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("To look at").select_option("unlawful")
    page.get_by_role("button", name="Show").click()
    looked_at(page)
    assert "1 result" in page.locator("main").inner_text()
    page.get_by_label("Name of the view").fill("Not owed")
    page.get_by_role("button", name="Save these filters").click()
    looked_at(page)
    page.get_by_label(f"Tick {unlawful.number}").check()
    page.get_by_role("button", name="Assign", exact=True).click()
    looked_at(page)
    assert Claim.objects.get(pk=unlawful.pk).assignee == me
    page.get_by_role("link", name="Rename or remove").click()
    looked_at(page)
    opened(page, live_server, f"{reverse('hospitalisation:queue')}?status=x")
    assert len(problems(page)) == 1
    opened(page, live_server, f"{reverse('hospitalisation:queue')}?kind=serious_illness")


def test_a_member_is_found_looked_at_and_keyed_in_for(page, live_server, hospital):
    me = UserFactory(roles=[Role.ADVISER])
    member = make.insured(last_name="Van Damme", search_name="van damme lea")
    DependencyFactory(holder=member, dependant=MemberFactory())
    SeriousIllnessOptionFactory(member=member)
    walks_as(page, me, live_server.url)
    opened(page, live_server, reverse("hospitalisation:members"))
    page.get_by_label("National number, name").fill("van damme")
    page.get_by_role("button", name="Search").click()
    looked_at(page)
    page.get_by_role("link", name="Van Damme").click()
    looked_at(page)
    type_day(page, "day", "31/12/2014")
    page.get_by_role("button", name="Look").click()
    looked_at(page)
    assert "Without a hospital insurance there are no figures" in page.locator("main").inner_text()
    page.get_by_role("link", name="Key in a paper claim").click()
    looked_at(page)
    page.get_by_role("button", name="Send the claim").click()
    looked_at(page)
    assert len(problems(page)) >= 5
    fill_in_stay(page, hospital)
    page.get_by_role("button", name="Add lines").click()
    looked_at(page)
    page.get_by_role("button", name="Send the claim").click()
    looked_at(page)
    claim = Claim.objects.get()
    assert claim.number in page.locator("main").inner_text()
    assert (claim.channel, claim.submitted_on) == ("paper", date(2026, 4, 27))


def fill_in_stay(page, hospital):
    """Types a stay of four nights with one line."""
    for name, text in (
        ("received_on", "27/04/2026"),
        ("admission", "02/03/2026"),
        ("discharge", "06/03/2026"),
    ):
        type_day(page, name, text)
    # The list completes what is typed; the select behind it holds the answer.
    page.locator("input[role=combobox]").fill("Meuse")
    page.get_by_role("option", name=hospital.name).first.click()
    page.get_by_role("group", name="Has the admission taken place?").get_by_label("Yes").check()
    page.get_by_role("group", name="Is it a day hospital").get_by_label("No").check()
    page.get_by_label("Individual room").check()
    page.get_by_label("Hospital bill").check()
    page.locator("[name=lines-0-kind]").select_option("stay")
    page.locator("[name=lines-0-billed]").fill("2400,00")


def test_the_other_papers_and_what_if(page, live_server, hospital):
    me = UserFactory(roles=[Role.SECOND_READER])
    claim = make.sent(hospital=hospital)
    walks_as(page, me, live_server.url)
    paper = reverse("hospitalisation:paper", args=[claim.member.public_id])
    for query in ("?kind=deposit", f"?kind=deposit&stay={claim.public_id}", "?kind=serious_illness"):
        opened(page, live_server, f"{paper}{query}")
    page.get_by_role("button", name="Send the claim").click()
    looked_at(page)
    assert problems(page)
    opened(page, live_server, reverse("hospitalisation:whatif", args=[claim.public_id]))
    page.get_by_label("Insurance", exact=True).select_option("hospitalia")
    page.get_by_role("button", name="Compare").click()
    looked_at(page)
    assert "1,811.00" in page.locator("main").inner_text()
    opened(page, live_server, reverse("hospitalisation:whatif_member", args=[claim.member.public_id]))
    page.get_by_role("button", name="Compare").click()
    looked_at(page)
    assert problems(page)
    assert Claim.objects.filter(kind=ClaimKind.STAY).count() == 1


def test_the_admin_reads_the_figures(page, live_server, hospital):
    adviser = UserFactory(roles=[Role.ADVISER])
    for tier, room in ((Tier.PLUS, "double"), (Tier.HOSPITALIA, "individual")):
        claim = make.sent(make.insured(tier), hospital=hospital, room=room)
        assert decisions.decide(claim=claim, actor=adviser, at=make.AT).amount > Decimal(0)
    decisions.decide(claim=make.deposit(make.announced(hospital=hospital)), actor=adviser, at=make.AT)
    walks_as(page, UserFactory(roles=[Role.ADMIN]), live_server.url)
    opened(page, live_server, f"{reverse('hospitalisation:dashboard')}?first=2026-01-01&last=2026-12-31")
    said = page.locator("main").inner_text()
    assert hospital.name in said
    assert "Ninth decile" in said
    opened(page, live_server, f"{reverse('hospitalisation:dashboard')}?first=2024-01-01&last=2024-02-01")
    opened(page, live_server, f"{reverse('hospitalisation:dashboard')}?first=2026-05-02&last=2026-05-01")
    assert len(problems(page)) == 1
