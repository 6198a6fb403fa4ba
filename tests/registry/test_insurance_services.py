"""What insures a member is added, ended, corrected and changed; the option only beside the insurances it goes with."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from partenamut.audit.models import Entry
from partenamut.registry import services
from partenamut.registry.covers import covers_of
from partenamut.registry.history import history_of
from partenamut.registry.insurance import has_option_on, tier_on
from partenamut.registry.models import HigherReimbursement, HospitalInsurance, SeriousIllnessOption, Tier
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    DependencyFactory,
    HigherReimbursementFactory,
    HospitalInsuranceFactory,
    MemberFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))
JANUARY, JULY = date(2026, 1, 1), date(2026, 7, 1)
JUNE_30 = date(2026, 6, 30)
YEAR_END = date(2026, 12, 31)


@pytest.fixture
def by():
    return {"actor": UserFactory(roles=["admin"]), "at": AT}


@pytest.fixture
def member():
    return MemberFactory()


def trail(member):
    return list(Entry.objects.filter(subject_id=member.public_id).order_by("pk"))


# --- insurance


def test_an_insurance_is_added_and_the_history_says_it(member, by):
    row = services.add_insurance(member=member, tier=Tier.PLUS, first_day=JANUARY, note="Signed form", **by)

    assert tier_on(member, JULY) == row
    (event,) = history_of(member)
    assert event.title == "Hospital insurance added"
    assert event.note == "Signed form"
    assert [(change.label, change.after) for change in event.changes] == [
        ("Hospital insurance", "Hospitalia Plus"),
        ("First day", "01/01/2026"),
    ]


def test_nobody_has_two_insurances_on_a_day(member, by):
    services.add_insurance(member=member, tier=Tier.HOSPITALIA, first_day=JANUARY, last_day=JUNE_30, **by)

    with pytest.raises(ValidationError, match="already has a hospital insurance"):
        services.add_insurance(member=member, tier=Tier.PLUS, first_day=JUNE_30, **by)
    services.add_insurance(member=member, tier=Tier.PLUS, first_day=JULY, **by)

    assert HospitalInsurance.objects.count() == 2


def test_an_insurance_does_not_end_before_it_begins_nor_is_it_of_no_tier(member, by):
    with pytest.raises(ValidationError, match="lies before the first"):
        services.add_insurance(member=member, tier=Tier.PLUS, first_day=JULY, last_day=JANUARY, **by)
    with pytest.raises(ValidationError) as caught:
        services.add_insurance(member=member, tier="gold", first_day=JULY, **by)
    assert "tier" in caught.value.message_dict


def test_an_insurance_ends_and_opens_again(member, by):
    row = HospitalInsuranceFactory(member=member)

    services.end_insurance(insurance=row, last_day=JUNE_30, **by)
    assert tier_on(member, JULY) is None
    services.end_insurance(insurance=row, last_day=None, **by)

    assert tier_on(member, JULY) == row
    assert [entry.action for entry in trail(member)] == ["insurance_ended", "insurance_ended"]


def test_ending_it_on_the_same_day_leaves_no_entry(member, by):
    row = HospitalInsuranceFactory(member=member, last_day=JUNE_30)

    services.end_insurance(insurance=row, last_day=JUNE_30, **by)

    assert trail(member) == []


def test_a_correction_keeps_its_reason_and_needs_one(member, by):
    row = HospitalInsuranceFactory(member=member, tier=Tier.MEDIUM, first_day=JULY)
    changes = {"tier": Tier.PLUS, "first_day": JANUARY, "last_day": None}

    with pytest.raises(ValidationError) as caught:
        services.correct_insurance(insurance=row, changes=changes, reason=" ", **by)
    assert "reason" in caught.value.message_dict
    services.correct_insurance(insurance=row, changes=changes, reason="Wrong box", **by)

    assert tier_on(member, JANUARY).tier == Tier.PLUS
    (entry,) = trail(member)
    assert entry.note == "Wrong box"
    assert entry.changes == {
        "tier": ["hospitalia_medium", "hospitalia_plus"],
        "first_day": ["2026-07-01", "2026-01-01"],
    }


def test_a_correction_changes_nothing_else(member, by):
    row = HospitalInsuranceFactory(member=member)

    with pytest.raises(ValueError, match="member"):
        services.correct_insurance(insurance=row, changes={"member": MemberFactory()}, reason="x", **by)


# --- change of tier


def test_a_change_of_tier_ends_the_old_the_day_before(member, by):
    old = HospitalInsuranceFactory(member=member, last_day=YEAR_END)

    new = services.change_tier(member=member, tier=Tier.PLUS, first_day=JULY, **by)

    old.refresh_from_db()
    assert old.last_day == JUNE_30
    assert (new.first_day, new.last_day, new.tier) == (JULY, YEAR_END, Tier.PLUS)
    assert [entry.action for entry in trail(member)] == ["insurance_ended", "insurance_added"]


@pytest.mark.parametrize(
    ("tier", "first_day", "field"),
    [
        (Tier.PLUS, date(2014, 12, 31), "first_day"),
        (Tier.PLUS, date(2015, 1, 1), "first_day"),
        (Tier.HOSPITALIA, JULY, "tier"),
    ],
    ids=["no insurance on that day", "begins that very day", "the same"],
)
def test_a_change_that_makes_no_sense_is_refused_beside_its_field(member, by, tier, first_day, field):
    HospitalInsuranceFactory(member=member)

    with pytest.raises(ValidationError) as caught:
        services.change_tier(member=member, tier=tier, first_day=first_day, **by)

    assert list(caught.value.message_dict) == [field]
    assert trail(member) == []


def test_a_change_that_fails_leaves_the_old_insurance_as_it_was(member, by):
    old = HospitalInsuranceFactory(member=member, tier=Tier.PLUS)
    SeriousIllnessOptionFactory(member=member)

    with pytest.raises(ValidationError, match="end the option first"):
        services.change_tier(member=member, tier=Tier.MEDIUM, first_day=JULY, **by)

    old.refresh_from_db()
    assert old.last_day is None
    assert HospitalInsurance.objects.count() == 1
    assert trail(member) == []


# --- option


@pytest.mark.parametrize("tier", [Tier.HOSPITALIA, Tier.PLUS])
def test_the_option_goes_with_hospitalia_and_plus(member, by, tier):
    HospitalInsuranceFactory(member=member, tier=tier)

    services.add_option(member=member, first_day=JANUARY, **by)

    assert has_option_on(member, JULY)
    assert trail(member)[0].action == "option_added"


@pytest.mark.parametrize("tier", [Tier.MEDIUM, Tier.CONTINUITY, None])
def test_the_option_goes_with_nothing_else(member, by, tier):
    if tier:
        HospitalInsuranceFactory(member=member, tier=tier)

    with pytest.raises(ValidationError, match="goes with Hospitalia and Hospitalia Plus only"):
        services.add_option(member=member, first_day=JANUARY, **by)

    assert not SeriousIllnessOption.objects.exists()
    assert trail(member) == []


def test_the_option_needs_the_insurance_on_each_of_its_days(member, by):
    HospitalInsuranceFactory(member=member, first_day=JANUARY, last_day=JUNE_30)

    for first, last in ((JANUARY, None), (JANUARY, JULY), (date(2025, 12, 31), JUNE_30)):
        with pytest.raises(ValidationError, match="goes with"):
            services.add_option(member=member, first_day=first, last_day=last, **by)
    services.add_option(member=member, first_day=JANUARY, last_day=JUNE_30, **by)


def test_the_option_runs_on_from_hospitalia_to_plus(member, by):
    HospitalInsuranceFactory(member=member)
    services.add_option(member=member, first_day=JANUARY, **by)

    services.change_tier(member=member, tier=Tier.PLUS, first_day=JULY, **by)

    assert has_option_on(member, JUNE_30)
    assert has_option_on(member, JULY)


def test_the_insurance_does_not_end_before_the_option(member, by):
    insurance = HospitalInsuranceFactory(member=member)
    option = services.add_option(member=member, first_day=JANUARY, **by)

    with pytest.raises(ValidationError, match="end the option first"):
        services.end_insurance(insurance=insurance, last_day=JUNE_30, **by)
    with pytest.raises(ValidationError, match="end the option first"):
        services.correct_insurance(insurance=insurance, changes={"tier": Tier.MEDIUM}, reason="x", **by)
    services.end_option(option=option, last_day=JUNE_30, **by)
    services.end_insurance(insurance=insurance, last_day=JUNE_30, **by)

    with pytest.raises(ValidationError, match="goes with"):
        services.end_option(option=option, last_day=None, **by)
    with pytest.raises(ValidationError, match="goes with"):
        services.correct_option(option=option, changes={"last_day": JULY}, reason="x", **by)
    option.refresh_from_db()
    assert option.last_day == JUNE_30


# --- higher reimbursement


def test_higher_reimbursement_is_added_ended_and_corrected(member, by):
    row = services.add_higher_reimbursement(member=member, first_day=JANUARY, **by)
    with pytest.raises(ValidationError, match="overlaps"):
        services.add_higher_reimbursement(member=member, first_day=JULY, **by)
    services.end_higher_reimbursement(right=row, last_day=JUNE_30, **by)
    services.correct_higher_reimbursement(
        right=row, changes={"first_day": date(2025, 1, 1)}, reason="x", **by
    )

    kept = HigherReimbursement.objects.get()
    assert (kept.first_day, kept.last_day) == (date(2025, 1, 1), JUNE_30)
    assert [event.title for event in history_of(member)] == [
        "Higher reimbursement corrected",
        "End of higher reimbursement changed",
        "Higher reimbursement granted",
    ]


# --- what pages show of it


def test_the_covers_of_a_member_say_which_when_and_through_whom(member):
    HospitalInsuranceFactory(member=member, last_day=JUNE_30)
    HospitalInsuranceFactory(member=member, first_day=JULY, tier=Tier.PLUS)
    right = HigherReimbursementFactory(first_day=JANUARY)
    HigherReimbursementFactory(member=member, first_day=date(2020, 1, 1), last_day=date(2020, 12, 31))
    DependencyFactory(holder=right.member, dependant=member, last_day=JUNE_30)
    DependencyFactory(
        holder=HigherReimbursementFactory(first_day=YEAR_END).member,
        dependant=member,
        first_day=JULY,
        last_day=date(2026, 8, 1),
    )

    insurance, option, bim = covers_of(member)

    assert [one.about for one in insurance.held] == ["Hospitalia Plus", "Hospitalia"]
    assert option.held == []
    assert [(one.first_day, one.last_day, one.through) for one in bim.held] == [
        (JANUARY, JUNE_30, right.member.full_name),
        (date(2020, 1, 1), date(2020, 12, 31), ""),
    ]
