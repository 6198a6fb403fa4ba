"""Entering services: what the rules stop, what nothing but care stops, groups, changes and withdrawals."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from partenamut.audit.models import Entry
from protocol3.models import Assignment, GroupSession, PriorUnits, Service, Stay
from protocol3.readings.entry_check import check_of
from protocol3.readings.ledgers import ledger_of, preview
from protocol3.rules import Service as Facts
from protocol3.services import entry
from protocol3.services.entry import GroupStopped, NotBillable
from protocol3.services.entry_faults import Act
from tests.factories import protocol3 as make
from tests.protocol3.entry_world import DAY, World

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def world() -> World:
    return World()


def codes(raised: pytest.ExceptionInfo[NotBillable]) -> list[str]:
    return raised.value.verdict.codes


def test_a_service_is_written_with_who_entered_it(world: World) -> None:
    service = world.enter()

    assert (service.units, service.entered_by, service.documented_minutes) == (2, world.clerk, None)
    trace = Entry.objects.get(action="service_entered")
    assert trace.subject_id == service.public_id
    assert "description" not in trace.changes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": 5, "ends_at": time(12)}, "p3.units_per_day"),
        ({"units": 1}, "p3.units_per_day"),
        ({"date": date(2023, 1, 30)}, "p3.period"),  # before the period that the convention before began
        ({"date": date(2022, 12, 30)}, "p3.convention"),
        ({"place": "remote", "consent": False}, "p3.remote"),
        ({"place": ""}, "p3.place"),
        ({"pseudocode": "794592", "place": "", "starts_at": None, "ends_at": None}, "p3.support_log"),
        ({"date": date(2024, 1, 8)}, "p3.rate_missing"),
    ],
)
def test_what_the_rules_stop_is_not_written(world: World, changes: dict[str, object], code: str) -> None:
    # The functions of the project began before the convention, so that the rules speak, not the register.
    Assignment.objects.update(first_day=date(2022, 1, 1))
    PriorUnits.objects.create(
        beneficiary=world.person.beneficiary, period_start=date(2023, 2, 1), source="fictitious"
    )
    at = make.AT.replace(year=2024)
    with pytest.raises(NotBillable) as raised:
        entry.enter(enrolment=world.person, actor=world.clerk, at=at, **world.said(**changes))

    assert code in codes(raised)
    assert not Service.objects.exists()


def test_what_is_not_billable_is_kept_only_on_purpose(world: World) -> None:
    kept = world.enter(units=5, ends_at=time(12), anyway=True)

    assert ledger_of(world.person, on=make.TODAY).series[0].used == 0
    assert [one.entered.pk for one in ledger_of(world.person, on=make.TODAY).stopped] == [kept.pk]


def test_after_death_nothing_but_the_closing_series_is_billable(world: World) -> None:
    world.enter()
    world.person.beneficiary.died_on = date(2023, 3, 10)
    world.person.beneficiary.save()

    with pytest.raises(NotBillable) as raised:
        world.enter(date=date(2023, 3, 11))
    closing = world.enter(date=date(2023, 3, 12), pseudocode="795152", place="")

    assert codes(raised) == ["p3.period"]
    assert closing.pk


def test_two_sessions_of_three_units_on_a_day(world: World) -> None:
    world.enter(units=3)
    with pytest.raises(NotBillable) as raised:
        world.enter(units=3, starts_at=time(14), ends_at=time(16))

    assert codes(raised) == ["p3.units_per_day"]


def refusal(raised: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return raised.value.message_dict


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"date": date(2023, 6, 6)}, "date", "lies in the future"),
        ({"pseudocode": "101010"}, "pseudocode", "101010"),
        ({"pseudocode": "794776"}, "practitioner", "another profession"),
        ({"ends_at": time(9, 30)}, "ends_at", "30 minutes; 2 units take 60"),
        ({"ends_at": time(8)}, "ends_at", "must end after"),
        ({"place": "remote", "consent": True}, "channel", "secured channel"),
        ({"place": "remote", "consent": True, "fit": True, "channel": "pigeon"}, "channel", "from the list"),
        ({"units": 40_000, "starts_at": None, "ends_at": None}, "units", ""),
    ],
)
def test_what_care_stops(world: World, changes: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        world.enter(anyway=True, **changes)

    assert words in " ".join(refusal(raised)[field])
    assert not Service.objects.exists()


def test_somebody_without_a_function_cannot_have_given_it(world: World) -> None:
    stranger = make.PractitionerFactory()
    with pytest.raises(ValidationError) as raised:
        world.enter(practitioner=stranger)

    assert stranger.full_name in refusal(raised)["practitioner"][0]


def test_one_practitioner_is_with_one_beneficiary_at_a_time(world: World) -> None:
    world.enter()
    with pytest.raises(ValidationError) as raised:
        world.enter(world.include(), starts_at=time(10, 30), ends_at=time(11, 30))

    assert "9:00 to 11:00" in refusal(raised)["starts_at"][0]


def test_a_night_visit_goes_over_midnight_and_overlaps_there_too(world: World) -> None:
    night = {"pseudocode": "794850", "practitioner": world.carer, "units": 3}
    world.enter(**night, starts_at=time(23, 30), ends_at=time(0, 30))
    with pytest.raises(ValidationError) as before:
        world.enter(world.include(), **night, starts_at=time(23), ends_at=time(0, 0))
    with pytest.raises(ValidationError) as after:
        world.enter(world.include(), **night, date=date(2023, 3, 7), starts_at=time(0), ends_at=time(1))
    with pytest.raises(ValidationError) as by_day:
        world.enter(world.include(), **night, starts_at=time(21), ends_at=time(22, 30))

    assert "starts_at" in refusal(before)
    assert "starts_at" in refusal(after)
    assert "22:00" in refusal(by_day)["starts_at"][0]


SUPPORT = {"pseudocode": "794592", "place": "", "starts_at": None, "ends_at": None}


def test_support_carries_its_acts(world: World) -> None:
    world.enter()
    acts = [
        Act(time(14), time(14, 40), "Call.", "Dr Peeters", "general practitioner", "phone"),
        Act(time(15), time(15, 20), "Letter."),
    ]
    service = world.enter(**SUPPORT, acts=acts)

    assert service.documented_minutes == 60
    assert [act.contact_name for act in service.acts.order_by("starts_at")] == ["Dr Peeters", ""]


@pytest.mark.parametrize(
    ("acts", "words"),
    [
        ([Act(time(14), time(14), "x")], "must end after"),
        ([Act(time(14), time(15), "x"), Act(time(14, 30), time(15, 30), "y")], "overlap"),
        ([Act(time(14), time(15), "x", "Dr Peeters")], "art. 10"),
        ([Act(time(14), time(15), "x", "", "nurse")], "art. 10"),
    ],
)
def test_acts_that_cannot_be(world: World, acts: list[Act], words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        world.enter(**SUPPORT, acts=acts)

    assert words in refusal(raised)["acts"][0]


def test_minutes_of_support_are_not_logged_twice_for_a_person(world: World) -> None:
    world.enter()
    acts = [Act(time(14), time(15), "Call.")]
    first = world.enter(**SUPPORT, acts=acts)
    with pytest.raises(ValidationError) as raised:
        world.enter(**SUPPORT, acts=[Act(time(14, 30), time(15, 30), "The same call.")])
    again = entry.change(service=first, changes={"units": 1}, acts=acts, actor=world.clerk, at=make.AT)

    assert "14:00 to 15:00" in refusal(raised)["acts"][0]
    assert again.units == 1


# --- before entry -----------------------------------------------------------------------------------------


def visit(**changes: object) -> Facts:
    return Facts(**{"date": DAY, "pseudocode": "794570", "units": 3, "place": "home"} | changes)  # type: ignore[arg-type]


def test_a_check_tells_what_is_left(world: World) -> None:
    check = check_of(world.person, visit())

    assert check.billable
    assert check.headline == (
        "With these 3 units: 119 left, 3 of the 4 units of sessions that are needed, still reachable."
    )
    assert next((figure.before, figure.after) for figure in check.figures) == ("122 of 122", "119 of 122")
    assert all(reason.met for reason in check.reasons)
    assert check.pushed_out == ()


def test_a_check_tells_the_share_of_therapy(world: World) -> None:
    world.enter(pseudocode="794732", practitioner=world.therapist)
    support = visit(pseudocode="794754", units=2, place=None, documented_minutes=60)
    check = check_of(world.person, support)

    assert check.headline == "With these 2 units: 118 left, share 50 %, still reachable."
    assert "60 %" in check.warnings[0]


def test_a_check_tells_why_and_what_would_help(world: World) -> None:
    check = check_of(world.person, visit(units=5))

    assert not check.billable
    assert [(reason.code, "art. 9" in reason.source) for reason in check.stopped_by] == [
        ("p3.units_per_day", True)
    ]
    assert check.remedies == ("Bill 4 units.",)


def test_a_remedy_is_proved_beside_services_that_are_not_billable(world: World) -> None:
    world.enter(date=date(2023, 3, 1), units=5, ends_at=time(12), anyway=True)
    check = check_of(world.person, visit(units=5))

    assert check.remedies == ("Bill 4 units.",)


def test_a_check_tells_what_is_pushed_out(world: World) -> None:
    later = world.enter(date=date(2023, 3, 20), pseudocode="794474", units=1, starts_at=None, ends_at=None)
    check = check_of(world.person, visit(pseudocode="794474", units=1, place=None))

    assert [pushed.service for pushed in check.pushed_out] == [later]


def test_a_change_is_looked_at_in_its_own_place(world: World) -> None:
    first = world.enter(units=3)
    with pytest.raises(NotBillable):
        world.enter(units=2, starts_at=time(14), ends_at=time(16))
    world.enter(units=2, starts_at=time(14), ends_at=time(16), anyway=True)

    seen = preview(world.person, visit(units=4), on=make.TODAY, replacing=first)

    assert seen.verdict.billable


# --- groups -----------------------------------------------------------------------------------------------


def group(world: World, people: list[object], **changes: object) -> GroupSession:
    said = {
        "practitioner": world.therapist,
        "pseudocode": "794813",
        "day": DAY,
        "units": 1,
        "participants": 4,
        "starts_at": time(14),
        "ends_at": time(14, 30),
        "room": "Salle 1",
        "description": "Cooking.",
    } | changes
    return entry.enter_group(project=world.project, enrolments=people, actor=world.clerk, at=make.AT, **said)  # type: ignore[arg-type]


def test_a_group_is_one_entry_for_all(world: World) -> None:
    made = group(world, [world.person, world.include(), world.include()])

    services = made.services.all()
    assert {(row.units, row.participants, row.place) for row in services} == {(1, 4, "collective")}
    assert len(services) == 3


def test_nothing_of_a_group_is_written_while_it_stops_for_somebody(world: World) -> None:
    sent_away = world.include()
    Stay.objects.create(beneficiary=sent_away.beneficiary, kind="hospital", arrival=DAY)
    with pytest.raises(GroupStopped) as raised:
        group(world, [world.person, sent_away])

    assert list(raised.value.stopped) == [sent_away]
    assert not Service.objects.exists()
    assert not GroupSession.objects.exists()

    kept = group(world, [world.person, sent_away], kept=[sent_away])
    assert kept.services.count() == 2


@pytest.mark.parametrize(("participants", "code"), [(3, "p3.participants"), (9, "p3.participants")])
def test_a_group_of_three_or_nine_is_billable_for_nobody(world: World, participants: int, code: str) -> None:
    with pytest.raises(GroupStopped) as raised:
        group(world, [world.person], participants=participants)

    assert [verdict.codes for verdict in raised.value.stopped.values()] == [[code]]


def test_a_group_counts_more_people_than_are_ticked(world: World) -> None:
    with pytest.raises(ValidationError) as raised:
        group(world, [world.person, world.include()], participants=1)

    assert "correct the number" in refusal(raised)["participants"][0]


def test_a_group_is_changed_whole(world: World) -> None:
    people = [world.person, world.include()]
    made = group(world, people)
    changes = {"participants": 5, "room": "Salle 2", "starts_at": time(15), "ends_at": time(15, 30)}
    entry.change_group(group=made, changes=changes, units=1, actor=world.clerk, at=make.AT)

    made.refresh_from_db()
    assert made.room == "Salle 2"
    assert set(made.services.values_list("participants", "starts_at")) == {(5, time(15))}
    with pytest.raises(GroupStopped):
        entry.change_group(group=made, changes={"participants": 3}, units=1, actor=world.clerk, at=make.AT)
    assert set(made.services.values_list("participants", flat=True)) == {5}


# --- withdrawing ------------------------------------------------------------------------------------------


def test_a_withdrawn_service_stays_and_counts_for_nothing(world: World) -> None:
    service = world.enter()
    entry.withdraw(service=service, because="entered twice", actor=world.clerk, at=make.AT)

    assert ledger_of(world.person, on=make.TODAY).series[0].used == 0
    with pytest.raises(ValidationError, match="withdrawn already"):
        entry.withdraw(service=service, because="again", actor=world.clerk, at=make.AT)
    world.enter()


def test_a_reason_is_needed(world: World) -> None:
    with pytest.raises(ValidationError) as raised:
        entry.withdraw(service=world.enter(), because="  ", actor=world.clerk, at=make.AT)
    assert "because" in refusal(raised)
