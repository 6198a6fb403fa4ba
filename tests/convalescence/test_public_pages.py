"""The open pages: what they say, and that the check answers with reasons instead of errors."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from convalescence.models import Request
from partenamut.accounts.roles import Role
from tests.factories.accounts import UserFactory
from tests.factories.desk import member
from tests.factories.registry import MandateFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def url(name, *args):
    return reverse(f"convalescence:{name}", args=args)


def answers(benefit, **changed):
    """Answers with which everything is granted: five days from 1 April."""
    typed = {
        "arrival_day": 1,
        "arrival_month": 4,
        "arrival_year": 2026,
        "departure_day": 6,
        "departure_month": 4,
        "departure_year": 2026,
        "contributions": "yes",
    }
    own = {
        "convalescence": {"criteria": ["heavy_treatment"], "partner": "yes"},
        "short_stay": {"rest_home": "yes", "approved": "yes", "invoice": "yes"},
        "caregiver": {"granted": "yes", "recognised": "yes"},
    }
    return {name: value for name, value in (typed | own[benefit] | changed).items() if value is not None}


def test_the_start_page_says_amounts_days_and_whom_to_ask(client):
    page = client.get(url("start")).content.decode().replace("\u00a0", " ")
    for words in ("35 €", "30 €", "28", "14", "+32 2 549 76 70", "convalescence@partenamut.be"):
        assert words in page
    for link in (url("check"), reverse("registry:residences"), f"{url('new')}?benefit=short_stay"):
        assert f'href="{link}"' in page


def test_who_asks_only_for_oneself_begins_from_the_start_page(client):
    person = member()
    client.force_login(person.user)
    assert client.get(url("start")).content.decode().count(f'action="{url("new")}"') == 3
    MandateFactory(representative=person.user)
    assert f'action="{url("new")}"' not in client.get(url("start")).content.decode()


def test_an_adviser_is_not_offered_a_request(client):
    client.force_login(UserFactory(roles=[Role.ADVISER]))
    assert client.get(url("start")).context["may_ask"] is False


@pytest.mark.parametrize("benefit", ["convalescence", "short_stay", "caregiver"])
def test_each_benefit_is_checked_without_an_account(client, benefit):
    assert client.get(url("check")).status_code == 200
    assert client.get(url("check"), {"benefit": benefit}).url == url("check_benefit", benefit)
    assert client.get(url("check_benefit", benefit)).status_code == 200
    page = client.post(url("check_benefit", benefit), answers(benefit))
    assert page.context["estimate"].outcome == "granted"
    assert page.context["estimate"].amount == {"short_stay": 150}.get(benefit, 175)
    assert all(reason["met"] and reason["source"] for reason in page.context["estimate"].reasons)
    assert page.context["alternatives"] == []
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("benefit", "changed", "outcome"),
    [
        ("convalescence", {"criteria": None}, "refused"),
        ("convalescence", {"partner": "no"}, "refused"),
        ("convalescence", {"contributions": "no"}, "refused"),
        ("convalescence", {"days_used": "28"}, "refused"),
        ("convalescence", {"days_used": "25"}, "partially_granted"),
        ("convalescence", {"arrival_month": "2", "departure_month": "2"}, "refused"),
        ("short_stay", {"rest_home": "no"}, "refused"),
        ("short_stay", {"approved": "no"}, "refused"),
        ("short_stay", {"invoice": "no"}, "pending"),
        ("short_stay", {"departure_month": "9"}, "refused"),
        ("caregiver", {"granted": "no"}, "refused"),
        ("caregiver", {"recognised": "no"}, "refused"),
        ("caregiver", {"departure_day": "30"}, "partially_granted"),
    ],
)
def test_a_no_is_a_result_with_its_reason_not_an_error(client, benefit, changed, outcome):
    page = client.post(url("check_benefit", benefit), answers(benefit, **changed))
    assert page.status_code == 200
    assert page.context["estimate"].outcome == outcome
    assert page.context["estimate"].unmet


def test_another_benefit_is_proposed_with_its_amount(client):
    page = client.post(url("check_benefit", "convalescence"), answers("convalescence", partner="no"))
    found = {other["benefit"]: other["amount"] for other in page.context["alternatives"]}
    assert found == {"short_stay": 150, "convalescence": 175}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"departure_day": "1"}, "departure"),
        ({"departure_day": "31"}, "departure"),
        ({"arrival_year": "99999"}, "arrival"),
        ({"arrival_day": ""}, "arrival"),
        ({"days_used": "29"}, "days_used"),
        ({"days_used": "many"}, "days_used"),
        ({"contributions": None}, "contributions"),
        ({"contributions": "perhaps"}, "contributions"),
    ],
)
def test_only_what_cannot_be_is_an_error_and_nothing_typed_is_lost(client, changed, field):
    page = client.post(url("check_benefit", "convalescence"), answers("convalescence", **changed))
    assert field in page.context["form"].errors
    assert 'value="2026"' in page.content.decode()


def test_the_answers_are_changed_from_the_result(client):
    page = client.post(url("check_benefit", "caregiver"), answers("caregiver"))
    typed = dict(page.context["typed"]) | {"edit": "1"}
    again = client.post(url("check_benefit", "caregiver"), typed)
    assert again.context["form"]["recognised"].value() == "yes"
    assert again.context["form"].errors == {}


@pytest.mark.parametrize("benefit", ["holiday", "draft"])
def test_an_unknown_benefit_is_not_found(client, benefit):
    assert client.get(url("check_benefit", benefit)).status_code == 404


def test_the_dates_of_a_check_have_bounds(client):
    far = answers("convalescence", departure_year="2100", departure_month="12", departure_day="31")
    page = client.post(url("check_benefit", "convalescence"), far)
    assert page.context["estimate"].nights == (date(2100, 12, 31) - date(2026, 4, 1)).days
