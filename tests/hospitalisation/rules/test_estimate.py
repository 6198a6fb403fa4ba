"""A stay before admission, with every insurance: three scenarios, what was assumed, what is not known."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitalisation.rules import PUBLISHED, Name, Tier
from hospitalisation.rules.estimate import Level, StayPlan, estimate
from hospitalisation.rules.parameters import DayShare
from hospitalisation.rules.requests import WrongFact

DAY = date(2026, 3, 2)
SHARES = {
    "ordinary": DayShare("ordinary", DAY, Decimal("43.52"), Decimal("16.25"), Decimal("16.25"), "sheet"),
    "bim": DayShare("bim", DAY, Decimal("5.77"), Decimal("5.77"), Decimal("5.77"), "sheet"),
}
KNOWN = {
    "doctor_agreed": False,
    "room_supplement_a_day": Decimal("160.00"),
    "fees_at_tariff": Decimal("800.00"),
    "fee_supplement_percent": Decimal(325),
    "sundry": Decimal("0.00"),
    "medicines": Decimal("84.20"),
    "hospital_has_franchise": True,
}


def plan(**values):
    stay = {"day": DAY, "room": "individual", "nights": 4, "day_hospital": False, "category": "ordinary"}
    return StayPlan(**(stay | values))


def of(stay):
    return estimate(stay, SHARES, PUBLISHED)


def option(answer, tier):
    return next(found for found in answer.options if found.tier is tier)


def test_what_is_known_is_the_same_in_all_three():
    answer = of(plan(**KNOWN))
    plus = option(answer, Tier.PLUS)
    # 43.52 + 3 x 16.25 = 92.27; room 640; fees 2600; medicines 84.20; own share of fees 0, 40, 80
    assert plus.low.totals.patient == Decimal("140.00") + Decimal("200.00") + Decimal("150.00")
    assert plus.low.totals.patient == plus.likely.totals.patient == plus.high.totals.patient
    none = option(answer, Tier.NONE)
    assert none.low.totals.patient == Decimal("3416.47")
    assert none.high.totals.patient == Decimal("3496.47")
    assert [found.name for found in answer.assumed] == ["fee_own_share_percent"]


def test_every_tier_is_there_and_a_waiting_one_pays_nothing():
    answer = of(plan())
    assert [found.tier for found in answer.options] == list(Tier)
    waiting, none = option(answer, Tier.CONTINUITY), option(answer, Tier.NONE)
    for level in Level:
        assert waiting.at(level).totals == none.at(level).totals


def test_what_nobody_knows_is_assumed_by_name_and_what_no_source_gives_is_listed():
    answer = of(plan(parent_nights=2))
    assert {found.name for found in answer.assumed} == {
        "fees_at_tariff", "fee_own_share_percent", "room_supplement_a_day", "doctor_agreed",
        "fee_supplement_percent", "medicines", "sundry_a_day", "parent_a_night", "franchise",
    }  # fmt: skip
    assert option(answer, Tier.MEDIUM).missing == (
        Name.PHARMACY_OTHER,
        Name.PARENT_STAY_INDIVIDUAL,
        Name.SUNDRY_INDIVIDUAL,
    )
    assert option(answer, Tier.PLUS).missing == (Name.SUNDRY_INDIVIDUAL,)
    assert Name.FRANCHISE in option(answer, Tier.HOSPITALIA).to_confirm
    assert option(answer, Tier.NONE).missing == ()


def test_a_shared_room_has_no_supplement_and_one_that_is_asked_is_nobodys():
    free = of(plan(room="double"))
    assert {line.kind for line in free.lines[Level.HIGH]} == {"stay", "fee", "pharmacy_other", "sundry"}
    asked = of(
        plan(room="double", room_supplement_a_day=Decimal("30.00"), fee_supplement_percent=Decimal(100))
    )
    for found in asked.options:
        assert found.likely.totals.unlawful == Decimal("120.00") + Decimal("800.00")
        assert found.likely.totals.patient <= option(free, found.tier).likely.totals.patient


def test_a_doctor_who_has_agreed_asks_none_and_an_unknown_one_may():
    agreed = of(plan(doctor_agreed=True))
    assert "fee_supplement" not in {line.kind for level in Level for line in agreed.lines[level]}
    unknown = of(plan())
    assert "fee_supplement" not in {line.kind for line in unknown.lines[Level.LOW]}
    assert "fee_supplement" in {line.kind for line in unknown.lines[Level.LIKELY]}
    expected = of(plan(fee_supplement_percent=Decimal(50)))
    assert option(expected, Tier.NONE).low.totals.unlawful == 0


@pytest.mark.parametrize(
    ("values", "low", "likely", "times"),
    [
        ({}, "430.00", "640.00", 1),
        ({"room_supplement_a_day": Decimal("60.00"), "nights": 8}, "570.00", "570.00", 2),
        ({"room": "common", "category": "bim", "nights": 7}, "50.00", "50.00", 1),
        ({"room": "common", "day_hospital": True, "nights": 0}, "0.00", "0.00", 0),
    ],
)
def test_the_deposit_to_expect_is_the_legal_maximum(values, low, likely, times):
    deposits = of(plan(**values)).deposits
    assert (deposits.low, deposits.likely, deposits.times) == (Decimal(low), Decimal(likely), times)


def test_a_share_that_is_not_known_is_not_counted_and_said():
    assert of(plan(category="child")).unknown == ("share_a_day",)
    by_day = of(plan(day_hospital=True, nights=0))
    assert by_day.unknown == ("share_of_day_hospital",)
    assert option(by_day, Tier.PLUS).high.totals.franchise == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"nights": 0}, "nights"),
        ({"day_hospital": True}, "nights"),
        ({"nights": 1000}, "nights"),
        ({"parent_nights": 5}, "parent_nights"),
        ({"fee_supplement_percent": Decimal(-1)}, "fee_supplement_percent"),
    ],
)
def test_a_plan_that_cannot_be_names_its_field(values, field):
    with pytest.raises(WrongFact, match=field):
        plan(**values)


AMOUNTS = st.none() | st.decimals(0, 100_000, places=2)
ANSWERS = st.sampled_from([True, False, None])


@given(
    room=st.sampled_from(["common", "double", "individual"]),
    nights=st.integers(0, 400),
    doctor_agreed=ANSWERS,
    hospital_has_franchise=ANSWERS,
    room_supplement_a_day=AMOUNTS,
    fees_at_tariff=AMOUNTS,
    fee_supplement_percent=st.none() | st.decimals(0, 1000, places=1),
    sundry=AMOUNTS,
    medicines=AMOUNTS,
    used_of_year=st.decimals(0, 30_000, places=2),
)
def test_low_likely_and_high_stand_in_this_order_and_add_up(nights, **values):
    answer = of(plan(nights=nights, day_hospital=not nights, **values))
    for found in answer.options:
        patient = [found.at(level).totals.patient for level in Level]
        assert patient == sorted(patient)
        for level in Level:
            sums = found.at(level).totals
            assert sums.billed == sums.mandatory + sums.insurance + sums.patient + sums.unlawful
            assert sums.billed == sum((line.billed for line in answer.lines[level]), Decimal(0))
