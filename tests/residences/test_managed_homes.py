"""The pages of the mutuality's admin: homes opened and their titles, rebates, legal rates of interest."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from partenamut.registry.models import StructureType
from residences.models import InsurerDayRebate, LegalInterest, RestHome
from residences.readings.legal_figures import years_missing
from tests.factories import residences as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import ResidenceFactory

pytestmark = pytest.mark.django_db

MANAGED = "residences:managed_homes"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(make.AT, tick=False), translation.override("en"):
        yield


@pytest.fixture
def admin(client):
    user = UserFactory(roles=["admin"])
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def text_of(answer):
    content = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(content.split()).replace("\xa0", " ")


def day(name, value):
    return {f"{name}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


@pytest.fixture
def sent():
    place = ResidenceFactory(structure_types=[StructureType.REST_HOME], name="Les Lilas")
    return {
        "residence": place.pk,
        "code": "lil",
        "operator": "Lilas ASBL",
        "enterprise_number": "BE 0123.456.749",
        "operating_title": "mr/192.000.001",
        "allowed": ["rest_home", "short_stay"],
        "capacity": "40",
        "manager_name": "Anne Fictive",
        "manager_function": "Directrice",
        "language": "fr",
    }


def test_a_home_is_opened_and_its_director_asked_for(client, admin, sent):
    shown = client.post(reverse("residences:open_home"), sent, follow=True)
    home = RestHome.objects.get()
    assert (home.code, home.operating_title, home.enterprise_number) == (
        "LIL",
        "MR/192.000.001",
        "0123456749",
    )
    assert "Les Lilas is open." in text_of(shown)
    assert "Nobody directs this home today" in text_of(shown)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "l1"}, "has two to six letters"),
        ({"operating_title": "MR 192"}, "is written like MR/192.094.112"),
        ({"allowed": []}, "Tick at least one answer"),
        ({"capacity": "0"}, "is 1 at least"),
        ({"capacity": "9" * 40}, "is 999 at most"),
        ({"residence": "999999"}, "from the list"),
        ({"enterprise_number": "0123.456.748"}, "is not a valid number"),
    ],
)
def test_a_wrong_opening_is_said(client, admin, sent, wrong, said):
    answer = client.post(reverse("residences:open_home"), sent | wrong)
    assert said in text_of(answer)
    assert not RestHome.objects.exists()


def test_a_code_is_given_once(client, admin, sent):
    make.RestHomeFactory(code="LIL")
    assert "Another home has this code" in text_of(client.post(reverse("residences:open_home"), sent))


def test_a_residence_of_another_kind_or_that_is_open_is_not_offered(client, admin):
    home = make.RestHomeFactory(residence__structure_types=["rest_home"], residence__name="Déjà ouverte")
    ResidenceFactory(structure_types=[StructureType.CONVALESCENCE_CENTRE], name="Centre de repos")
    offered = client.get(reverse("residences:open_home")).content.decode()
    assert home.residence.name not in offered
    assert "Centre de repos" not in offered


def test_the_admin_changes_the_title_and_nothing_else(client, admin):
    home = make.RestHomeFactory()
    page = reverse("residences:edit_managed_home", args=[home.public_id])
    sent = {
        "operator": "Autre ASBL",
        "operating_title": "RS/111.222.333",
        "allowed": ["care_home"],
        "capacity": "7",
    }
    assert client.post(page, sent).status_code == 302
    home.refresh_from_db()
    assert (home.operator, home.operating_title, home.allowed) == (
        "Autre ASBL",
        "RS/111.222.333",
        ["care_home"],
    )
    assert home.capacity == 100


def test_the_homes_are_listed_in_few_questions(client, admin, django_assert_max_num_queries):
    for _ in range(8):
        home = make.RestHomeFactory()
        make.director_of(home)
        make.bed(home)
    make.RestHomeFactory()
    with django_assert_max_num_queries(10):
        shown = text_of(client.get(reverse(MANAGED)))
    assert "9 results" in shown
    assert "1 result" in text_of(client.get(reverse(MANAGED), {"directed": "no"}))
    for kind in ("csv", "xlsx", "json"):
        assert client.get(reverse(MANAGED), {"export": kind}).status_code == 200


def test_a_director_opens_none_of_it(client):
    home = make.RestHomeFactory()
    client.force_login(make.director_of(home))
    for name in ("managed_homes", "open_home", "rebates", "interest_rates"):
        assert client.get(reverse(f"residences:{name}")).status_code == 403


# --- figures for all homes ----------------------------------------------------------------------------------


def test_a_rebate_is_entered_and_put_right_with_a_reason(client, admin):
    sent = {
        "amount": "0,36", "pivot_index": "118,40", "index_base": "2013=100", "source": "AViQ", **day("first_day", date(2027, 1, 1)),
    }  # fmt: skip
    assert client.post(reverse("residences:add_rebate"), sent).status_code == 302
    row = InsurerDayRebate.objects.get()
    assert (row.amount, row.pivot_index) == (Decimal("0.36"), Decimal("118.40"))
    assert "from this day on already" in text_of(client.post(reverse("residences:add_rebate"), sent))
    page = reverse("residences:change_rebate", args=[row.public_id])
    assert "Fill in “Why it changes”" in text_of(client.post(page, sent | {"amount": "0,37"}))
    assert client.post(page, sent | {"amount": "0,37", "note": "Erreur"}).status_code == 302
    assert "Erreur" in text_of(client.get(page))
    found = client.get(reverse("residences:rebates"), {"day": "2027-06-01"})
    assert "1 result" in text_of(found)


def test_a_rate_is_entered_once_a_year(client, admin):
    sent = {"year": "2026", "percent": "4,5", "source": "Moniteur belge"}
    assert client.post(reverse("residences:add_interest_rate"), sent).status_code == 302
    assert LegalInterest.objects.get().percent == Decimal("4.50")
    assert "its rate already" in text_of(client.post(reverse("residences:add_interest_rate"), sent))
    for wrong in ({"percent": "101"}, {"percent": "-1"}, {"percent": "x"}, {"year": "99999"}, {"year": ""}):
        assert (
            client.post(reverse("residences:add_interest_rate"), sent | {"year": "2027"} | wrong).status_code
            == 200
        )
    page = reverse("residences:change_interest_rate", args=[2026])
    assert (
        client.post(page, {"percent": "4,75", "source": "Moniteur belge", "note": "Erreur"}).status_code
        == 302
    )
    assert client.get(reverse("residences:change_interest_rate", args=[1999])).status_code == 404


@pytest.mark.parametrize(
    ("known", "on", "missing"),
    [
        ([], date(2026, 5, 4), [(2026, "error"), (2027, "info")]),
        ([2024, 2026], date(2026, 5, 4), [(2025, "error"), (2027, "info")]),
        ([2025, 2026], date(2026, 11, 1), [(2027, "warning")]),
        ([2026, 2027], date(2026, 12, 31), []),
    ],
)
def test_years_without_a_rate_are_said(client, admin, known, on, missing):
    for year in known:
        LegalInterest.objects.create(year=year, percent=4, source="-")
    assert [(each.year, each.tone) for each in years_missing(on)] == missing


def test_the_list_of_rates_warns(client, admin):
    said = text_of(client.get(reverse("residences:interest_rates")))
    assert "The legal rate of 2026 is missing" in said
    assert "The legal rate of 2027 is not entered yet" in said
