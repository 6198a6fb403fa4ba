"""The pages of services: entering, checking, groups, changing, the list; what goes wrong loses nothing."""

import uuid
from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from protocol3.models import GroupSession, Practitioner, Service, Stay
from tests.factories import protocol3 as make
from tests.factories.accounts import UserFactory
from tests.protocol3.entry_world import World, text, url

pytestmark = pytest.mark.django_db

LONG = "word " * 600


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def clerk(world: World) -> Client:
    return world.client()


def send(client: Client, world: World, **data: Any) -> Any:
    return client.post(url("enter_service", world.project.public_id), data)


# --- one service ------------------------------------------------------------------------------------------


def test_a_service_is_checked_then_entered_then_confirmed(world: World, clerk: Client) -> None:
    check = text(send(clerk, world, **world.typed(units="3")))
    assert "With these 3 units: 119 left" in check
    assert "Nothing is written yet" in check
    assert "art. 9" in check
    assert not Service.objects.exists()

    answer = send(clerk, world, **world.typed(units="3", step="enter"))
    service = Service.objects.get()
    assert answer["Location"] == url("entered", service.public_id)
    assert (service.pseudocode, service.starts_at, service.ends_at) == ("794570", time(9), time(11))
    done = text(clerk.get(answer["Location"]))
    assert "With these 3 units: 119 left" in done
    assert f"copy={service.public_id}" in done


@pytest.mark.parametrize(
    ("worker", "kind", "pseudocode"),
    [
        ("worker", "case_management.session", "794570"),
        ("worker", "case_management.session_in_hospital", "794581"),
        ("therapist", "case_management.session", "795631"),
        ("therapist", "occupational_therapy.session", "794732"),
        ("psychologist", "psychological_support.session", "794776"),
        ("worker", "initial_module.module", "794474"),
        ("worker", "care_education.session", "794872"),
    ],
)
def test_the_pseudocode_follows_from_what_was_done_and_by_whom(
    world: World, clerk: Client, worker: str, kind: str, pseudocode: str
) -> None:
    practitioner = getattr(world, worker)
    said = world.typed(kind=kind, practitioner=str(practitioner.public_id), place="")
    assert pseudocode in text(send(clerk, world, **said))


def test_what_a_profession_cannot_give_says_so(world: World, clerk: Client) -> None:
    body = text(send(clerk, world, **world.typed(kind="psychological_support.session")))
    assert "no pseudocode for “Psychological support”" in body
    assert "table 5" in body


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date": "", "date_day": "29", "date_month": "2", "date_year": "2023"}, "29 February 2023 does not"),
        ({"date": "2099-01-01"}, "cannot be after"),
        ({"units": "0"}, "is 1 at least"),
        ({"units": "two"}, "written with figures"),
        ({"units": "999999999999"}, "at most"),
        ({"starts_at": "25:00"}, "is a time of day"),
        ({"starts_at": "morning"}, "is a time of day"),
        ({"ends_at": ""}, "a session has its times"),
        ({"ends_at": "8:00"}, "must end after it begins"),
        ({"ends_at": "9:20"}, "It lasted 20 minutes"),
        ({"description": LONG}, "it may have 2000"),
        ({"description": "a\x00b\u202e"}, "invisible characters"),
        ({"kind": "magic.session"}, "from the list"),
        ({"place": "moon"}, "from the list"),
        ({"enrolment": ""}, "Choose an answer"),
        ({"enrolment": "robert'); drop table"}, "from the list"),
        ({"enrolment": str(uuid.uuid4())}, "from the list"),
        ({"practitioner": str(uuid.uuid4())}, "from the list"),
        ({"place": "remote", "consent": "on"}, "secured channel"),
        ({"place": "remote", "consent": "on", "fit": "on", "channel": "pigeon"}, "from the list"),
        ({"acts-TOTAL_FORMS": "many"}, "did not arrive whole"),
        ({"acts-0-starts_at": "14:00"}, "Fill in “What was done”"),
    ],
)
def test_a_wrong_field_says_what_to_do_and_loses_nothing(
    world: World, clerk: Client, changes: dict[str, str], sentence: str
) -> None:
    typed = world.typed(description="Typed with care.") | changes
    body = text(send(clerk, world, **typed))

    assert "govuk-error-summary" in body
    assert sentence in body
    assert "description" in changes or "Typed with care." in body
    assert "date" in changes or 'value="2023"' in body
    assert not Service.objects.exists()


def test_people_of_others_cannot_be_chosen(world: World, clerk: Client) -> None:
    other = World.__new__(World)
    other.project = make.ProjectFactory()
    stranger = make.eligible(project=other.project)
    colleague = make.case_manager(other.project)

    for changes in ({"enrolment": str(stranger.public_id)}, {"practitioner": str(colleague.public_id)}):
        body = text(send(clerk, world, **world.typed(step="enter", **changes)))
        assert "from the list" in body
        assert stranger.beneficiary.last_name not in body
    assert clerk.get(url("enter_service", other.project.public_id)).status_code == 404
    assert clerk.post(url("enter_service", other.project.public_id), world.typed()).status_code == 404
    address = url("enter_service", world.project.public_id)
    for query in ({"enrolment": stranger.public_id}, {"copy": uuid.uuid4()}, {"enrolment": "x"}):
        assert clerk.get(address, query).status_code == 404
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words", "article"),
    [
        ({"units": "5", "ends_at": "12:00"}, "it must have 2 to 4", "art. 9"),
        ({"place": "remote"}, "prior consent", "art. 9"),
        (
            {"kind": "case_management.support", "place": "", "starts_at": "", "ends_at": ""},
            "no act of this support is logged",
            "art. 10",
        ),
        ({"kind": "case_management.session_in_hospital", "place": ""}, "no stay in hospital", "art. 26"),
    ],
)
def test_what_is_not_billable_says_why_and_is_kept_only_on_purpose(
    world: World, clerk: Client, changes: dict[str, str], words: str, article: str
) -> None:
    body = text(send(clerk, world, **world.typed(**changes)))
    assert "Keep it as not billable" in body
    assert words.lower() in body.lower()
    assert article in body

    again = text(send(clerk, world, **world.typed(step="enter", **changes)))
    assert "Keep it as not billable" in again
    assert not Service.objects.exists()

    send(clerk, world, **world.typed(step="keep", **changes))
    service = Service.objects.get()
    assert "Not billable" in text(clerk.get(url("service", service.public_id)))


def test_after_death_and_for_missing_amounts_the_check_says_why(world: World, clerk: Client) -> None:
    world.enter()
    person = world.person.beneficiary
    person.died_on = date(2023, 3, 10)
    person.save()
    dead = text(send(clerk, world, **world.typed(date="2023-03-11")))
    assert "art. 11" in dead
    next_year = text(send(clerk, world, **world.typed(date="2024-01-08")))
    assert "no amount is known" in next_year.lower()


def test_the_second_session_of_three_units_on_a_day_is_stopped(world: World, clerk: Client) -> None:
    world.enter(units=3)
    body = text(send(clerk, world, **world.typed(units="3", starts_at="14:00", ends_at="16:00")))
    assert "(3 already counted)" in body
    assert "What would make it billable" not in body


def test_support_takes_its_acts_in_rows(world: World, clerk: Client) -> None:
    world.enter()
    said = world.typed(kind="case_management.support", place="", starts_at="", ends_at="")
    more = text(send(clerk, world, **said | world.act() | {"step": "more"}))
    assert 'name="acts-1-starts_at"' in more
    assert "Call to the nurse." in more
    assert "govuk-error-summary" not in more

    contact = {"contact_name": "Dr Peeters", "contact_function": "general practitioner"}
    rows = (
        world.act() | {"acts-TOTAL_FORMS": "2"} | world.act(1, starts_at="15:00", ends_at="15:30", **contact)
    )
    half = text(send(clerk, world, **said | rows))
    assert "a contact has name, function and nature" in half

    rows["acts-1-contact_nature"] = "phone"
    assert "Dr Peeters" in text(send(clerk, world, **said | rows))
    send(clerk, world, **said | rows | {"step": "enter"})
    service = Service.objects.get(pseudocode="794592")
    assert service.documented_minutes == 90
    assert "Dr Peeters" in text(clerk.get(url("service", service.public_id)))


def test_too_many_acts_are_refused(world: World, clerk: Client) -> None:
    said = world.typed(kind="case_management.support", **{"acts-TOTAL_FORMS": "1000000"})
    assert "acts at most" in text(send(clerk, world, **said))


def test_correcting_brings_back_what_was_typed(world: World, clerk: Client) -> None:
    body = text(send(clerk, world, **world.typed(step="correct", description="Typed with care.")))
    assert "Typed with care." in body
    assert 'value="11h00"' in body
    assert "govuk-error-summary" not in body


def test_the_check_runs_while_typing(world: World, clerk: Client) -> None:
    address = url("enter_service", world.project.public_id)
    whole = clerk.post(address, world.typed(units="3"), headers={"HX-Request": "true"})
    assert "With these 3 units: 119 left" in text(whole)
    assert "<html" not in text(whole)
    half = clerk.post(address, world.typed(units=""), headers={"HX-Request": "true"})
    assert "What is left now" in text(half)
    assert "govuk-error" not in text(half)
    nobody = clerk.post(address, {}, headers={"HX-Request": "true"})
    assert "Choose the beneficiary" in text(nobody)
    assert not Service.objects.exists()
    assert Access.objects.filter(person_id=world.person.beneficiary.public_id).count() == 1


def test_a_practitioner_finds_their_own_name(world: World) -> None:
    client = world.client(Role.PRACTITIONER)
    user = make.models.ProjectUser.objects.order_by("-pk").first().user
    Practitioner.objects.filter(pk=world.therapist.pk).update(user=user)
    body = text(client.get(url("enter_service", world.project.public_id)))
    assert f'<option value="{world.therapist.public_id}" selected>' in body


def test_a_link_of_the_file_brings_the_person_and_what_is_left(world: World, clerk: Client) -> None:
    address = url("enter_service", world.project.public_id)
    body = text(clerk.get(address, {"enrolment": world.person.public_id}))
    assert f'<option value="{world.person.public_id}" selected>' in body
    assert "122 of 122" in body


def test_the_same_service_on_the_next_day(world: World, clerk: Client) -> None:
    service = world.enter(description="As every week.")
    body = text(
        clerk.get(url("enter_service", world.project.public_id), {"copy": service.public_id, "next": "1"})
    )
    assert "As every week." in body
    assert 'value="07"' in body
    assert '<option value="case_management.session" selected>' in body


def test_what_stops_a_service_between_the_check_and_the_entry_is_shown(world: World, clerk: Client) -> None:
    assert "Enter the service" in text(send(clerk, world, **world.typed(units="3")))
    world.enter(units=3, starts_at=time(14), ends_at=time(16))
    body = text(send(clerk, world, **world.typed(units="3", step="enter")))
    assert "Keep it as not billable" in body
    assert Service.objects.count() == 1


def test_a_double_press_enters_once(world: World, clerk: Client) -> None:
    send(clerk, world, **world.typed(step="enter"))
    body = text(send(clerk, world, **world.typed(step="enter")))
    assert "is entered already: look at it before entering another" in body
    assert Service.objects.count() == 1


# --- the page of a service --------------------------------------------------------------------------------


def test_a_service_is_changed_through_the_same_check(world: World, clerk: Client) -> None:
    service = world.enter()
    address = url("change_service", service.public_id)
    assert 'value="09:00"' in text(clerk.get(address))
    said = {name: value for name, value in world.typed(units="4").items() if name != "enrolment"}
    assert "Save the change" in text(clerk.post(address, said))
    clerk.post(address, said | {"step": "enter"})
    service.refresh_from_db()
    assert service.units == 4
    stopped = text(clerk.post(address, said | {"units": "5", "ends_at": "12:00", "step": "enter"}))
    assert "Keep it as not billable" in stopped
    service.refresh_from_db()
    assert service.units == 4


def test_a_service_is_withdrawn_with_a_reason(world: World, clerk: Client) -> None:
    service = world.enter()
    address = url("withdraw_service", service.public_id)
    assert "Fill in" in text(clerk.post(address, {"because": ""}))
    clerk.post(address, {"because": "Entered twice."})
    body = text(clerk.get(url("service", service.public_id)))
    assert "Entered twice." in body
    assert url("change_service", service.public_id) not in body
    assert "withdrawn already" in text(clerk.post(address, {"because": "again"}))


def test_a_stranger_finds_no_service(world: World) -> None:
    service = world.enter()
    client = Client()
    client.force_login(make.worker(make.ProjectFactory()))
    for name in ("service", "entered", "change_service", "withdraw_service"):
        assert client.get(url(name, service.public_id)).status_code == 404
    admin = Client()
    admin.force_login(UserFactory(roles=[Role.ADMIN]))
    assert admin.get(url("service", service.public_id)).status_code == 403


def test_opening_a_service_is_noted(world: World, clerk: Client) -> None:
    service = world.enter()
    clerk.get(url("service", service.public_id))
    access = Access.objects.get(person_id=world.person.beneficiary.public_id)
    assert access.actor == world.clerk


# --- groups -----------------------------------------------------------------------------------------------


def test_a_group_is_entered_once_for_all(world: World, clerk: Client) -> None:
    address = url("enter_group", world.project.public_id)
    people = [world.person, world.include(), world.include()]
    check = text(clerk.post(address, world.group(*people)))
    assert "It is billable for all 3" in check
    assert not GroupSession.objects.exists()

    answer = clerk.post(address, world.group(*people, step="enter"), follow=True)
    assert "entered for 3 beneficiaries" in text(answer)
    assert GroupSession.objects.get().services.count() == 3


def test_a_group_says_for_whom_it_is_not_billable(world: World, clerk: Client) -> None:
    address = url("enter_group", world.project.public_id)
    away = world.include()
    Stay.objects.create(beneficiary=away.beneficiary, kind="hospital", arrival=date(2023, 3, 1))
    check = text(clerk.post(address, world.group(world.person, away)))
    assert "For 1 of 2 it is not billable" in check
    assert "art. 26" in check
    assert f'name="kept" value="{away.public_id}"' in check.replace("  ", " ")

    stopped = text(clerk.post(address, world.group(world.person, away, step="enter")))
    assert "Nothing was written" in stopped
    clerk.post(address, world.group(world.person, step="enter"))
    assert Service.objects.count() == 1

    other = world.group(starts_at="15:00", ends_at="15:30", step="enter", kept=[str(away.public_id)])
    clerk.post(address, other)
    assert Service.objects.filter(enrolment=away).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"participants": "1"}, "correct the number"),
        ({"enrolments": []}, "Tick the beneficiaries"),
        ({"ends_at": "14:10"}, "It lasted 10 minutes"),
        ({"kind": "psychological_support.group"}, "no pseudocode"),
        ({"date": "2023-02-30"}, "Enter the date"),
        ({"room": ""}, "Fill in"),
        ({"enrolments": ["nobody"]}, "from the list"),
        ({"kept": ["nobody"]}, "from the list"),
    ],
)
def test_a_group_with_a_wrong_field_loses_nothing(
    world: World, clerk: Client, changes: dict[str, Any], sentence: str
) -> None:
    data = world.group(world.person, world.include(), description="Typed with care.") | changes
    body = text(clerk.post(url("enter_group", world.project.public_id), data))
    assert "govuk-error" in body
    assert sentence in body
    assert "Typed with care." in body
    assert not GroupSession.objects.exists()


def test_a_group_of_three_is_refused_with_its_rule(world: World, clerk: Client) -> None:
    data = world.group(world.person, participants="3")
    body = text(clerk.post(url("enter_group", world.project.public_id), data))
    assert "3 people took part; a group has 4 to 8" in body


def test_back_in_the_form_of_a_group_everybody_is_ticked_again(world: World, clerk: Client) -> None:
    people = [world.person, world.include()]
    data = world.group(people[0], step="correct") | {"ticked": [str(one.public_id) for one in people]}
    body = text(clerk.post(url("enter_group", world.project.public_id), data))
    assert body.count(" checked") == 2


def test_a_group_is_changed_whole_on_its_page(world: World, clerk: Client) -> None:
    address = url("enter_group", world.project.public_id)
    clerk.post(address, world.group(world.person, world.include(), step="enter"))
    group = GroupSession.objects.get()
    service = group.services.first()
    assert clerk.get(url("change_service", service.public_id))["Location"] == url(
        "change_group", group.public_id
    )
    page = url("change_group", group.public_id)
    assert "Salle 1" in text(clerk.get(page))
    data = world.group(participants="5", room="Salle 2", step="enter")
    clerk.post(page, data)
    assert set(group.services.values_list("participants", flat=True)) == {5}
    assert "a group has 4 to 8" in text(clerk.post(page, data | {"participants": "3"}))
    stranger = Client()
    stranger.force_login(make.worker(make.ProjectFactory()))
    assert stranger.get(page).status_code == 404


def test_a_service_of_a_group_is_entered_again_as_a_group(world: World, clerk: Client) -> None:
    clerk.post(url("enter_group", world.project.public_id), world.group(world.person, step="enter"))
    service = Service.objects.get()
    copy = clerk.get(url("enter_service", world.project.public_id), {"copy": service.public_id}, follow=True)
    body = text(copy)
    assert "Salle 1" in body
    assert body.count(" checked") == 1


# --- the list ---------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(world: World, clerk: Client) -> None:
    body = text(clerk.get(url("services", world.project.public_id)))
    assert "No service has been entered yet" in body
    assert url("enter_service", world.project.public_id) in body


def test_services_are_listed_by_what_became_of_them(world: World, clerk: Client) -> None:
    fine = world.enter()
    stopped = world.enter(world.include(), units=5, starts_at=time(12), ends_at=time(15), anyway=True)
    gone = world.enter(date=date(2023, 4, 3))
    world.enter(pseudocode="794732", practitioner=world.therapist, date=date(2023, 4, 4))
    from protocol3.services import entry

    entry.withdraw(service=gone, because="twice", actor=world.clerk, at=make.AT)
    address = url("services", world.project.public_id)

    def shown(**query: str) -> set[str]:
        body = text(clerk.get(address, query))
        return {str(row.public_id) for row in Service.objects.all() if str(row.public_id) in body}

    assert len(shown()) == 4
    assert shown(state="not_billable") == {str(stopped.public_id)}
    assert shown(state="withdrawn") == {str(gone.public_id)}
    assert str(fine.public_id) in shown(state="open", month="03/2023")
    assert len(shown(month="2023-04")) == 2
    assert len(shown(family="occupational_therapy")) == 1
    assert len(shown(practitioner=str(world.therapist.pk))) == 1
    assert shown(name=stopped.enrolment.beneficiary.last_name) == {str(stopped.public_id)}
    assert shown(enrolment=str(stopped.enrolment.public_id)) == {str(stopped.public_id)}
    assert shown(month="never") == set()
    assert "Not billable" in text(clerk.get(address))


def test_the_list_is_taken_away_as_a_file_and_that_is_noted(world: World, clerk: Client) -> None:
    world.enter(units=5, ends_at=time(12), anyway=True)
    address = url("services", world.project.public_id)
    body = b"".join(clerk.get(address, {"export": "csv"}).streaming_content).decode()
    assert "Not billable" in body
    assert "Case management, session" in body
    assert clerk.get(address, {"export": "xlsx"}).status_code == 200
    assert Entry.objects.filter(action="services_exported").count() == 2


def test_the_list_asks_the_database_the_same_for_many(
    world: World, clerk: Client, django_assert_max_num_queries: Any
) -> None:
    for hour in range(8, 18, 2):
        world.enter(world.include(), starts_at=time(hour), ends_at=time(hour + 2))
    with django_assert_max_num_queries(40):
        clerk.get(url("services", world.project.public_id))
