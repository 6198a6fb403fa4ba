"""A director sets a home up in a browser: rooms, a price, a supplement refused, the lists, the plan of the beds."""

import pytest
from django.utils.timezone import localdate

from residences.models import Bed, RoomPrice, Supplement
from residences.rules.included import STANDARD
from residences.services import rooms
from tests.factories import residences as make
from tests.journeys.walking import PHONE, WIDE, Walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def size(request):
    return request.param


@pytest.fixture
def home():
    return make.RestHomeFactory(capacity=3)


@pytest.fixture
def walk(page, live_server, home, size):
    page.set_viewport_size(size)
    made = Walk(page, live_server, "settings")
    made.log_in(make.director_of(home))
    return made


def fill(walk, **values):
    for name, value in values.items():
        walk.page.locator(f"[name={name}]").fill(value)


SEND = "form[method=post] button:not([name])"


def test_a_home_is_set_up(walk, home):
    home.included.all().delete()
    root = f"/rest-homes/homes/{home.public_id}/settings/"
    walk.open(root)
    assert walk.page.locator(".app-notice--error").count() == 2

    walk.open(f"{root}authorisations/add/")
    walk.type_day("decided_on", make.START)
    walk.press(SEND)

    walk.open(f"{root}room-types/add/")
    fill(walk, name="Individuelle", area_m2="16")
    walk.press(SEND)
    walk.press("tbody a")
    walk.press("a[href$='/price/']")
    fill(walk, daily_price="48,92", index_value="125,00", index_month="12/2019")
    walk.press(SEND)
    assert str(RoomPrice.objects.get().daily_price) == "48.92"

    walk.open(f"{root}rooms/add/")
    fill(walk, number="101", beds="4")
    walk.page.locator("[name=room_type]").select_option(label="Individuelle")
    walk.press(SEND)
    assert not Bed.objects.exists()
    fill(walk, beds="2")
    walk.press(SEND)
    assert Bed.objects.count() == 2

    walk.open(f"{root}included/")
    walk.press("a[href$='/load/']")
    walk.press(SEND)
    walk.open(f"{root}supplements/add/")
    fill(walk, label="Location d'un frigo", unit_price="5,00")
    walk.press(SEND)
    assert "art. 4 §2" in walk.page.locator(".govuk-error-summary").inner_text()
    fill(walk, label="Dîner visiteur")
    walk.press(SEND)
    assert Supplement.objects.get().label == "Dîner visiteur"
    assert home.included.count() == len(STANDARD)
    walk.open(root)
    assert walk.page.locator(".app-notice--error").count() == 0


def test_the_plan_of_the_beds(walk, home, size):
    director = make.director_of(home)
    standing = {number: make.bed(home, number) for number in ("1", "2", "3")}
    make.signed(home, actor=director, where=standing["1"], offered=make.at(make.date(2026, 1, 12)))
    rooms.close_bed(
        bed=standing["2"],
        first_day=localdate(),
        last_day=None,
        because="Peinture",
        actor=director,
        at=make.AT,
    )
    walk.open(f"/rest-homes/homes/{home.public_id}/occupancy/")
    row = walk.page.locator(".app-plan tbody tr").first
    words = row.locator(".app-plan__full")
    # On a phone the words are read, on a wide page the bar is seen and the words are for those who listen.
    assert (words.bounding_box()["height"] > 20) is (size == PHONE)
    assert row.locator(".app-plan__short").is_visible() is (size == WIDE)
    walk.press("a[rel=next]")
    walk.page.locator("[name=free_on_day]").fill("1")
    walk.page.locator("[name=free_on_month]").fill("2")
    walk.page.locator("[name=free_on_year]").fill("2030")
    walk.press(".app-filters button")
    assert walk.page.locator(".app-plan tbody tr").count() == 1
