"""The price of an amended convention around a rise of prices, whichever of the two comes first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from residences.models import CampaignExemption
from tests.factories import residences as make
from tests.residences import prices_world as rises
from tests.residences.amendment_world import agreed, offered, prices, sign

pytestmark = pytest.mark.django_db

#: The rise of the double rooms is in force from 3 June.
RISE = rises.FROM
BEFORE, AFTER = date(2026, 6, 1), date(2026, 7, 1)
DAY = timedelta(days=1)


@pytest.fixture
def world():
    return rises.world("Lambert")


@pytest.fixture
def convention(world):
    return world.conventions["Lambert"]


def bed(world):
    return make.bed(world.home, "300", kind=world.double)


def test_a_room_taken_before_a_notified_rise_rises_with_its_own_type(world, convention):
    campaign = world.notified(single="50.00", double="43.00")
    agreed(convention, world.director, "room", bed(world), first=BEFORE)
    assert prices(convention) == [
        (convention.entry, BEFORE - DAY, "48.92"),
        (BEFORE, RISE - DAY, "41.85"),
        (RISE, None, "43.00"),
    ]
    assert convention.agreed_prices.get(first_day=RISE).campaign == campaign


def test_a_room_taken_after_a_notified_rise_costs_the_new_price(world, convention):
    world.notified(single="50.00", double="43.00")
    agreed(convention, world.director, "room", bed(world), first=AFTER)
    assert prices(convention) == [
        (convention.entry, RISE - DAY, "48.92"),
        (RISE, AFTER - DAY, "50.00"),
        (AFTER, None, "43.00"),
    ]


@pytest.mark.parametrize("first", [BEFORE, AFTER])
def test_a_rise_notified_after_the_amendment_gives_the_same_prices(world, convention, first):
    agreed(convention, world.director, "room", bed(world), first=first)
    world.notified(single="50.00", double="43.00")
    later = [(RISE, None, "43.00")] if first == BEFORE else [(AFTER, None, "43.00")]
    between = [(BEFORE, RISE - DAY, "41.85")] if first == BEFORE else [(RISE, AFTER - DAY, "50.00")]
    start = [(convention.entry, min(first, RISE) - DAY, "48.92")]
    assert prices(convention) == [*start, *between, *later]


def test_a_rise_notified_between_the_offer_and_the_signature_is_respected(world, convention):
    edition = offered(convention, world.director, "room", bed(world), first=AFTER)
    assert Decimal(edition.content["terms"]["daily_price"]) == Decimal("41.85")
    world.notified(double="43.00")
    for side in ("resident", "manager"):
        sign(edition, side, world.director, make.at(date(2026, 6, 10)))
    assert prices(convention)[-1] == (AFTER, None, "43.00")


def test_a_price_kept_for_reasons_of_health_is_left_out_of_the_rise(world, convention):
    studio = make.room_type(world.home, "Studio", "84.28", 35)
    agreed(convention, world.director, "room_health", make.bed(world.home, "400", kind=studio), first=BEFORE)
    world.notified(single="50.00", double="43.00")
    assert prices(convention) == [(convention.entry, None, "48.92")]


def test_a_resident_left_out_of_a_rise_does_not_pay_it_in_the_new_room(world, convention):
    campaign = world.draft(single="50.00", double="43.00")
    CampaignExemption.objects.create(campaign=campaign, convention=convention, because="works")
    world.notified(campaign)
    agreed(convention, world.director, "room", bed(world), first=BEFORE)
    assert prices(convention)[-1] == (BEFORE, None, "41.85")


def test_a_cheaper_room_for_reasons_of_health_takes_part_in_its_own_rises(world, convention):
    world.notified(single="50.00", double="43.00")
    agreed(convention, world.director, "room_health", bed(world), first=BEFORE)
    assert prices(convention)[1:] == [(BEFORE, RISE - DAY, "41.85"), (RISE, None, "43.00")]
