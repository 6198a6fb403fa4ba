"""The admin in a real browser: a hospital, the franchise list of a year, the insurance of a member."""

from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse

from partenamut.registry import services
from partenamut.registry.models import FranchiseList, Hospital, Tier
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    FranchiseListFactory,
    HospitalFactory,
    HospitalInsuranceFactory,
    MemberFactory,
)
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

JULY = date(2026, 7, 1)
SMALL = {"width": 320, "height": 800}
SUBMIT = "form[method=post] button:not([name])"


@pytest.fixture
def walk(page, live_server):
    page.set_viewport_size(SMALL)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}])
    made = Walk(page, live_server, "hospitals")
    made.log_in(UserFactory(roles=["admin"]))
    return made


def said(page):
    return " ".join(page.locator("main").inner_text().split())


def problems(page):
    return page.locator("[data-error-summary] a").all_inner_texts()


def a_list(page, *rows, source="Letter of 3 January"):
    page.locator("[name=year]").fill("2026")
    page.locator("[name=source]").fill(source)
    content = "\n".join(["inami_number;name;postal_code", *rows]).encode()
    page.locator("[name=file]").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": content}
    )


def test_a_hospital_is_entered_and_closed(walk, page):
    walk.open(reverse("registry:hospitals"))
    walk.press("a[href$='/hospitals/add/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 4
    for name, typed in (
        ("name", "Clinique d'Essai"),
        ("street", "Rue d'Essai 1"),
        ("postal_code", "5000"),
        ("city", "Namur"),
        ("inami_number", "7-10000"),
    ):
        page.locator(f"[name={name}]").fill(typed)
    walk.press(SUBMIT)
    assert len(problems(page)) == 1
    assert page.locator("[name=inami_number]").input_value() == "7-10000"
    page.locator("[name=inami_number]").fill("7-10000-38")
    walk.press(SUBMIT)
    assert "does not fit its check digits" in said(page)
    assert "No franchise list has been taken over yet" in said(page)
    walk.press("a[href$='/close/']")
    walk.type_day("last_day", date(2025, 12, 31))
    walk.press(SUBMIT)
    assert "Closed" in said(page)
    walk.open(f"{reverse('registry:hospitals')}?open=yes")
    assert "Nothing matches" in said(page)


def test_the_list_of_a_year_is_checked_compared_and_replaced(walk, page):
    goes = HospitalFactory(name="Clinique qui sort")
    HospitalFactory(name="Clinique qui entre", inami_number="71000037")
    FranchiseListFactory(year=2026, hospitals=[goes])
    walk.open(reverse("registry:franchise_lists"))
    walk.press("a[href$='/import/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 3
    a_list(page, "7-10000-37;;", ";Nulle part;5000")
    walk.press(SUBMIT)
    assert "1 line is wrong" in problems(page)[0]
    assert "No hospital of the registry fits" in said(page)
    assert page.locator("[name=source]").input_value() == "Letter of 3 January"
    a_list(page, "7-10000-37;;")
    walk.press(SUBMIT)
    assert "Get a franchise Clinique qui entre" in said(page)
    assert "Lose their franchise Clinique qui sort" in said(page)
    assert services.listed_in(2026) == {goes.pk}
    walk.press(SUBMIT)
    assert "The list of 2026 is taken over" in said(page)

    walk.press("a[href$='/add/']")
    page.locator("input[role=combobox]").fill("sort")
    page.locator("[role=option]").first.click()
    walk.press(SUBMIT)
    assert FranchiseList.objects.get().hospitals.count() == 2
    walk.press(f"a[href*='{Hospital.objects.get(name='Clinique qui entre').public_id}/remove/']")
    walk.press(SUBMIT)
    assert services.listed_in(2026) == {goes.pk}


def test_the_insurance_of_a_member_changes_and_the_option_comes_beside_it(walk, page):
    person = MemberFactory()
    HospitalInsuranceFactory(member=person, tier=Tier.MEDIUM)
    walk.open(reverse("registry:member", args=[person.public_id]))
    walk.press("a[href$='/options/add/']")
    walk.type_day("first_day", JULY)
    walk.press(SUBMIT)
    assert "Hospitalia and Hospitalia Plus only" in problems(page)[0]
    walk.open(reverse("registry:member", args=[person.public_id]))
    walk.press("a[href$='/insurances/change/']")
    page.locator("[name=tier][value=hospitalia_plus]").check()
    walk.type_day("first_day", JULY)
    walk.press(SUBMIT)
    assert "Hospitalia Plus, from 01/07/2026" in said(page)
    walk.press("a[href$='/options/add/']")
    walk.type_day("first_day", JULY)
    walk.press(SUBMIT)

    assert person.serious_illness_options.get().last_day is None
    assert "Serious-illness option added" in said(page)
