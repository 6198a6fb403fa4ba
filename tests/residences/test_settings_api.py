"""Rest homes over the REST API: a director reads the own homes, nobody those of others."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from residences.services import rooms
from tests.factories import residences as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

KINDS = ["rest-home", "rest-home-room", "rest-home-bed", "rest-home-price", "rest-home-supplement"]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def home():
    made = make.RestHomeFactory()
    make.supplement(made)
    make.bed(made, "1")
    return made


@pytest.fixture
def director(client, home):
    user = make.director_of(home)
    client.force_login(user)
    return user


@pytest.fixture
def foreign():
    made = make.RestHomeFactory()
    make.supplement(made)
    make.bed(made, "1")
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_each_list_has_the_own_rows_only(client, home, director, foreign, kind):
    rows = client.get(reverse(f"api:{kind}-list")).json()["results"]
    assert len(rows) == 1
    assert rows[0].get("home", str(home.public_id)) == str(home.public_id)
    one = client.get(reverse(f"api:{kind}-detail", args=[rows[0]["public_id"]]))
    assert one.json() == rows[0]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_reads_them(client, home, kind):
    assert client.get(reverse(f"api:{kind}-list")).status_code in (401, 403)
    client.force_login(UserFactory(roles=["admin"]))
    assert client.get(reverse(f"api:{kind}-list")).status_code == 403


def test_a_strangers_home_is_not_there(client, director, foreign):
    for name in ("rest-home-detail", "rest-home-occupancy"):
        assert client.get(reverse(f"api:{name}", args=[foreign.public_id])).status_code == 404
    rows = client.get(reverse("api:rest-home-bed-list"), {"home": foreign.public_id}).json()
    assert rows["count"] == 0


def test_a_month_by_beds(client, home, director):
    make.signed(home, actor=director, where=make.bed(home, "2"), entry=date(2026, 5, 2))
    answer = client.get(
        reverse("api:rest-home-occupancy", args=[home.public_id]), {"month": "2026-05"}
    ).json()
    assert answer["together"] | {"label": ""} == {
        "label": "", "beds": 2, "days_in_service": 62, "days_taken": 30, "rate_percent": 48.4,
    }  # fmt: skip
    states = [[span["state"] for span in bed["spans"]] for bed in answer["beds"]]
    assert states == [["free"], ["free", "taken"]]


@pytest.mark.parametrize("month", ["2026-13", "mai", "2026-5", "1900-01", "9999-12", "2026-05-01"])
def test_a_wrong_month_is_said(client, home, director, month):
    answer = client.get(reverse("api:rest-home-occupancy", args=[home.public_id]), {"month": month})
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "month"


def test_beds_free_on_a_day_and_prices_in_force(client, home, director):
    taken = make.bed(home, "2")
    make.signed(home, actor=director, where=taken, entry=date(2026, 5, 2))
    closed = make.bed(home, "3")
    rooms.close_bed(bed=closed, first_day=make.TODAY, last_day=None, because="-", actor=director, at=make.AT)
    free = client.get(reverse("api:rest-home-bed-list"), {"free_on": "2026-05-04"}).json()["results"]
    assert [row["name"] for row in free] == ["1-A"]
    prices = reverse("api:rest-home-price-list")
    assert client.get(prices, {"on": "2026-05-04"}).json()["results"][0]["daily_price"] == "48.92"
    assert client.get(prices, {"on": "2019-01-01"}).json()["count"] == 0
    assert client.get(prices, {"on": "yesterday"}).status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_takes_few_questions(client, home, director, kind, django_assert_max_num_queries):
    for number in range(10, 20):
        make.bed(home, str(number))
        make.supplement(home, f"Repas visiteur {number}")
    with django_assert_max_num_queries(8):
        client.get(reverse(f"api:{kind}-list"))
