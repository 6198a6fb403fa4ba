"""The occupancy plan: who has which bed, what is free, how full the home is; the page and its files."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from lxml import html

from partenamut.audit.models import Entry
from residences.readings import occupancy
from residences.services import conventions, rooms
from tests.factories import residences as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(make.AT, tick=False), translation.override("en"):
        yield


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(client, home):
    user = make.director_of(home)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def full(home, director):
    """A bed taken, one kept for a text on offer from the 20th, one out of service for ten days, one free."""
    beds = {number: make.bed(home, number) for number in ("1", "2", "3", "10")}
    make.signed(home, actor=director, where=beds["1"], resident=make.ResidentFactory(last_name="Prise"))
    offered = make.draft(
        home,
        actor=director,
        where=beds["2"],
        entry=date(2026, 5, 20),
        resident=make.ResidentFactory(last_name="Gardée"),
    )
    conventions.prepare(convention=offered, actor=director, at=make.AT)
    rooms.close_bed(
        bed=beds["3"],
        first_day=date(2026, 5, 11),
        last_day=date(2026, 5, 20),
        because="Peinture",
        actor=director,
        at=make.AT,
    )
    return beds


def spans(plan, number):
    row = next(row for group in plan.rooms for row in group.beds if group.room.number == number)
    return [(span.state, span.first.day, span.last.day) for span in row.spans]


def test_each_bed_has_its_days(home, full):
    plan = occupancy.plan_of(home, MAY, make.TODAY)
    assert [group.room.number for group in plan.rooms] == ["1", "2", "3", "10"]
    assert spans(plan, "1") == [("taken", 1, 31)]
    assert spans(plan, "2") == [("free", 1, 19), ("kept", 20, 31)]
    assert spans(plan, "3") == [("free", 1, 10), ("closed", 11, 20), ("free", 21, 31)]
    assert spans(plan, "10") == [("free", 1, 31)]


def test_the_rate_leaves_out_days_out_of_service_and_beds_that_are_only_kept(home, full):
    plan = occupancy.plan_of(home, MAY, make.TODAY)
    assert (plan.total.beds, plan.total.serving, plan.total.taken) == (4, 4 * 31 - 10, 31)
    assert plan.total.rate == Decimal("27.2")
    assert (plan.today.serving, plan.today.taken, plan.today.kept) == (4, 1, 0)
    assert [str(bed) for bed in plan.today.free] == ["2-A", "3-A", "10-A"]
    assert occupancy.rate_of(0, 0) is None


def test_who_comes_and_who_leaves_is_said(home, director, full):
    leaving = make.signed(
        home, actor=director, where=full["10"], entry=date(2026, 5, 2), kind="short", until=date(2026, 6, 9),
        respite=True,
    )  # fmt: skip
    plan = occupancy.plan_of(home, MAY, make.TODAY)
    assert [(stay.first_day, str(stay.bed)) for stay in plan.coming] == [(date(2026, 5, 20), "2-A")]
    assert [stay.convention for stay in plan.leaving] == [leaving]
    assert [closure.because for closure in plan.closures] == ["Peinture"]


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2026, 5, 15), ["2", "10"]),
        (date(2026, 5, 21), ["3", "10"]),
        (date(2026, 5, 1), ["2", "3", "10"]),
    ],
)
def test_only_beds_free_on_a_day(home, full, day, free):
    plan = occupancy.plan_of(home, MAY, make.TODAY, free_on=day)
    assert [group.room.number for group in plan.rooms] == free


def test_beds_that_can_be_given_on_all_days(home, full):
    def numbers(first, last):
        return [bed.room.number for bed in occupancy.free_beds(home, first, last)]

    assert numbers(date(2026, 5, 4), date(2026, 5, 10)) == ["2", "3", "10"]
    assert numbers(date(2026, 5, 4), date(2026, 5, 11)) == ["2", "10"]
    assert numbers(date(2026, 5, 4), None) == ["10"]


def test_a_bed_that_came_or_went_in_the_month(home, director, full):
    rooms.remove_bed(bed=full["10"], last_day=date(2026, 5, 14), actor=director, at=make.AT)
    plan = occupancy.plan_of(home, MAY, make.TODAY)
    assert spans(plan, "10") == [("free", 1, 14), ("absent", 15, 31)]
    after = occupancy.plan_of(home, date(2026, 6, 1), make.TODAY)
    assert "10" not in [group.room.number for group in after.rooms]
    assert after.total.beds == 3


# --- the page -----------------------------------------------------------------------------------------------


def page(client, home, **query):
    answer = client.get(reverse("residences:occupancy", args=[home.public_id]), query)
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def test_the_days_of_each_row_add_up_to_the_month(client, home, director, full):
    table = page(client, home).xpath("//table[contains(@class, 'app-plan')]")[0]
    assert len(table.xpath("./thead/tr/th")) == 32
    rows = table.xpath("./tbody/tr")
    assert [sum(int(cell.get("colspan")) for cell in row.xpath("./td")) for row in rows] == [31] * 4
    said = [" ".join(cell.text_content().split()) for cell in rows[2].xpath("./td")]
    assert said[1].endswith("Out of service from 11/05/2026 to 20/05/2026: Peinture")


def test_months_follow_one_another_and_keep_the_filter(client, home, director, full):
    kind = home.room_types.get()
    shown = page(client, home, month="2026-12", room_type=str(kind.public_id))
    links = [link.get("href") for link in shown.xpath("//nav[contains(@class, 'app-plan-months')]/a")]
    assert [link.partition("month=")[2][:7] for link in links] == ["2026-11", "2027-01"]
    assert all(str(kind.public_id) in link for link in links)
    assert "Occupancy in 12/2026" in shown.text_content()


@pytest.mark.parametrize(
    "query",
    [
        {"month": "99/9999"},
        {"month": "0001-01"},
        {"month": "x" * 500},
        {"room_type": "nowhere"},
        {"room_type": "00000000-0000-0000-0000-000000000007"},
        {"free_on_day": "31", "free_on_month": "2", "free_on_year": "2026"},
        {"export": "pdf"},
        {"export": "csv", "month": "mai"},
    ],
)
def test_wrong_filters_are_said_and_never_break(client, home, director, full, query):
    page(client, home, **query)


@pytest.mark.parametrize("month", ["1950-01", "2098-12"])
def test_the_ends_of_the_calendar(client, home, director, full, month):
    page(client, home, month=month)


def test_filters_that_leave_nothing_say_so(client, home, director, full):
    other = home.room_types.create(name="Studio", area_m2=30)
    shown = page(client, home, room_type=str(other.public_id)).text_content()
    assert "No bed matches these filters" in shown


def test_a_home_without_beds_is_told_what_to_do(client, home, director):
    assert "Enter rooms and their beds first" in page(client, home).text_content()


def test_the_files_hold_the_same_and_leave_a_trace(client, home, director, full):
    address = reverse("residences:occupancy", args=[home.public_id])
    lines = json.loads(b"".join(client.get(address, {"export": "json"}).streaming_content))
    assert [line["bed"] for line in lines] == ["1-A", "2-A", "2-A", "3-A", "3-A", "3-A", "10-A"]
    assert lines[2]["name"].endswith("Gardée")
    assert lines[2]["first_day"] == "2026-05-20"
    text = b"".join(client.get(address, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) == 8
    assert client.get(address, {"export": "xlsx"}).status_code == 200
    assert Entry.objects.filter(action="occupancy_exported", actor=director).count() == 3


def test_more_beds_take_no_more_questions(client, home, director, full, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page(client, home)
    for number in range(20, 40):
        make.signed(home, actor=director, where=make.bed(home, str(number)))
    with django_assert_max_num_queries(12):
        page(client, home)


def test_another_director_finds_nothing(client, home, full):
    client.force_login(make.director_of(make.RestHomeFactory()))
    assert client.get(reverse("residences:occupancy", args=[home.public_id])).status_code == 404
