"""A caregiver: invited to a stay, asks for their own benefit; and somebody asks to be recognised."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from convalescence import services
from convalescence.models import Benefit, Recognition, Request
from convalescence.workflow import Status
from tests.factories.desk import member
from tests.factories.registry import CaregiverRecognitionFactory, ResidenceFactory
from tests.journeys.walking import PHONE, Walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def arrival():
    return localdate() + timedelta(days=20)


def begun(person, arrival):
    """A draft that lacks only the answer about a caregiver."""
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=now())
    answers = {
        "arrival": arrival,
        "departure": arrival + timedelta(days=10),
        "residence": ResidenceFactory(partner=True),
        "criteria": ["heavy_treatment"],
    }
    return services.fill_in(request=made, actor=person.user, at=now(), **answers)


def test_an_invitation_leads_to_the_caregiver_s_own_request(page, browser, live_server, arrival):
    cared_for, caregiver = member(), member()
    recognition = CaregiverRecognitionFactory(caregiver=caregiver, cared_for=cared_for)
    made = begun(cared_for, arrival)
    page.set_viewport_size(PHONE)
    walk = Walk(page, live_server, "invite")
    walk.log_in(cared_for.user)
    walk.open(reverse("convalescence:caregiver", args=[made.public_id]))
    page.locator(f"[value=invite-{recognition.public_id}]").check()
    walk.press("form[method=post] .app-actions button:not([name])")
    walk.press("form[method=post] .app-actions button:not([name])")
    assert caregiver.full_name in page.locator("main").inner_text()

    page.context.clear_cookies()
    walk = Walk(page, live_server, "claim")
    walk.log_in(caregiver.user)
    walk.open(reverse("convalescence:new"))
    page.locator("[value=caregiver]").check()
    walk.press("button")
    page.locator("[name=stay]").check()
    assert page.locator("[name=arrival_day]").input_value() == f"{arrival.day:02d}"
    walk.press("form[method=post] .app-actions button:not([name])")
    walk.press("form[method=post] .app-actions button:not([name])")
    claim = Request.objects.get(benefit=Benefit.CAREGIVER)
    assert (claim.status, claim.member, claim.cared_for_request) == (Status.SUBMITTED, caregiver, made)
    walk.open(reverse("convalescence:request", args=[claim.public_id]))

    page.context.clear_cookies()
    walk = Walk(page, live_server, "told")
    walk.log_in(cared_for.user)
    walk.open(reverse("convalescence:request", args=[made.public_id]))
    assert page.locator(".app-timeline__item--past").count() == 3


def test_a_recognition_is_asked_in_the_middle_of_a_request(page, live_server, arrival):
    person, daughter = member(), member()
    made = begun(person, arrival)
    page.set_viewport_size(PHONE)
    walk = Walk(page, live_server, "ask")
    walk.log_in(person.user)
    walk.open(reverse("convalescence:caregiver", args=[made.public_id]))
    assert not page.locator("[name=niss]").is_visible()
    page.locator("[value=ask]").check()
    page.locator("[name=niss]").fill(daughter.niss)
    walk.press("form[method=post] .app-actions button:not([name])")
    assert page.locator("[data-error-summary] a").count() == 4
    assert page.locator("[name=niss]").is_visible()
    page.locator("[name=last_name]").fill(daughter.last_name)
    walk.type_day("birth_date", daughter.birth_date)
    page.locator("[name=relation]").fill("ma fille")
    page.locator("[name=help_given]").fill("Elle m'aide chaque jour.")
    walk.press("form[method=post] .app-actions button:not([name])")
    assert Recognition.objects.get().caregiver == daughter
    assert page.url.endswith("/check/")
    walk.open(reverse("convalescence:recognitions"))
    assert daughter.last_name not in page.locator("main").inner_text()


def test_a_caregiver_without_a_stay_is_told_what_to_do(page, live_server):
    person = member()
    made = services.start(member=person, benefit=Benefit.CAREGIVER, actor=person.user, at=now())
    walk = Walk(page, live_server, "none")
    walk.log_in(person.user)
    walk.open(reverse("convalescence:accompany", args=[made.public_id]))
    assert page.locator(f".app-empty a[href='{reverse('convalescence:new_recognition')}']").is_visible()
