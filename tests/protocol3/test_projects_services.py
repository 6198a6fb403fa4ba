"""What is written of projects, practitioners and amounts: what is kept, traced and refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.registry.history import history_of
from protocol3 import reference
from protocol3.messages import RATES
from protocol3.models import Assignment, Practitioner, Project, ProjectUser, Rate, Recap
from protocol3.readings import practitioners as practitioners_reading
from protocol3.readings import projects as projects_reading
from protocol3.readings import rates as rates_reading
from protocol3.rules.staffing import Post, concerns
from protocol3.services import practitioners, projects, rates
from tests.factories.accounts import UserFactory
from tests.factories.protocol3 import (
    AT,
    TODAY,
    AssignmentFactory,
    ConventionFactory,
    PractitionerFactory,
    ProjectFactory,
    ProjectUserFactory,
    ProjectYearFactory,
    RateFactory,
    amounts,
    worker,
)

pytestmark = pytest.mark.django_db

VALUES = {
    "code": "NAM",
    "name": "Projet Namur",
    "street": "Rue d'Essai 3",
    "postal_code": "5000",
    "city": "Namur",
    "phone": "081 12 34 56",
    "inami_number": "79600178",
    "enterprise_number": "0123456749",
    "iban": "BE71096123456769",
    "account_holder": "ASBL",
    "signatory": "Anne Dupont",
    "alternatives": ["night_visit"],
}


@pytest.fixture
def admin():
    return UserFactory(roles=[Role.ADMIN], name="Admin")


def said(error):
    return " ".join(error.value.messages)


# --- projects


def test_a_new_project_is_traced_with_its_account_masked(admin):
    project = projects.create_project(values=VALUES, actor=admin, at=AT)

    entry = Entry.objects.get(subject_id=project.public_id)
    assert (entry.action, entry.actor) == ("project_created", admin)
    assert entry.changes["iban"] == [None, "BE71 **** 6769"]
    event = history_of(project)[0]
    assert "Night visit" in {change.after for change in event.changes}


def test_a_code_is_taken_once(admin):
    ProjectFactory(code="NAM")

    with pytest.raises(ValidationError) as error:
        projects.create_project(values=VALUES, actor=admin, at=AT)

    assert set(error.value.message_dict) == {"code"}
    assert "choose another one" in said(error)


def test_the_project_itself_does_not_change_its_account(admin):
    project = ProjectFactory()

    with pytest.raises(ValueError, match="iban"):
        projects.edit_own_project(project=project, changes={"iban": "BE0"}, actor=admin, at=AT)

    projects.edit_own_project(project=project, changes={"contact_name": "Ann Peeters"}, actor=admin, at=AT)
    assert Project.objects.get().contact_name == "Ann Peeters"


def test_a_code_under_which_notes_were_issued_stays(admin):
    project = ProjectFactory(code="OLD")
    projects.edit_project(project=project, changes={"code": "NEW"}, actor=admin, at=AT)
    Recap.objects.create(
        project=project,
        number="NEW-2023-000001",
        month=date(2023, 3, 1),
        issued_on=TODAY,
        said={},
        notes_count=0,
        services_total=0,
        allowance_total=0,
        total=0,
        communication="0" * 12,
    )

    with pytest.raises(ValidationError, match="can no longer change"):
        projects.edit_project(project=project, changes={"code": "NEWER"}, actor=admin, at=AT)

    assert Project.objects.get().code == "NEW"


def test_an_edit_without_a_change_leaves_no_trace(admin):
    project = ProjectFactory()
    projects.edit_project(project=project, changes={"city": project.city}, actor=admin, at=AT)
    assert not Entry.objects.exists()


def test_a_project_has_one_convention_at_a_time(admin):
    project = ProjectFactory()

    with pytest.raises(ValidationError, match="already has a convention"):
        projects.open_convention(project=project, first_day=date(2024, 6, 1), actor=admin, at=AT)

    row = project.conventions.get()
    projects.change_convention(
        convention=row, changes={"last_day": date(2024, 5, 31)}, actor=admin, at=AT, note="Ended early"
    )
    projects.open_convention(project=project, first_day=date(2024, 6, 1), actor=admin, at=AT)

    assert project.conventions.count() == 2
    events = projects_reading.history(project)
    assert [event.note for event in events] == ["", "Ended early"]
    assert "Reference" not in {change.label for change in events[1].changes}


def test_a_convention_does_not_end_before_it_begins(admin):
    row = ConventionFactory()
    with pytest.raises(ValidationError, match="before the first"):
        projects.change_convention(
            convention=row, changes={"last_day": date(2022, 12, 31)}, actor=admin, at=AT
        )


def test_the_maximums_of_a_year_are_entered_then_changed(admin):
    project = ProjectFactory()
    for amount in ("50000.00", "60000.00"):
        projects.set_year(
            project=project,
            year=2023,
            allowance_maximum=Decimal(amount),
            alternatives_maximum=None,
            actor=admin,
            at=AT,
        )

    assert project.years.get().allowance_maximum == Decimal("60000.00")
    actions = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["maximum_entered", "maximum_changed"]
    assert projects_reading.years_without_maximum(project) == [2024]


def test_who_has_no_role_for_projects_cannot_work_for_one(admin):
    project = ProjectFactory()
    member = UserFactory(roles=[Role.MEMBER], name="Jean")

    with pytest.raises(ValidationError) as error:
        projects.let_work(project=project, user=member, first_day=TODAY, actor=admin, at=AT)

    assert "Jean has neither the role “Project billing admin”" in said(error)
    assert not ProjectUser.objects.exists()


def test_who_works_for_a_project_sees_it_until_the_last_day(admin):
    project, user = ProjectFactory(), UserFactory(roles=[Role.PRACTITIONER])
    work = projects.let_work(project=project, user=user, first_day=TODAY, actor=admin, at=AT)
    projects.end_work(work=work, last_day=date(2023, 6, 30), actor=admin, at=AT, note="Left")

    assert Project.objects.worked_for(user, date(2023, 6, 30)).exists()
    assert not Project.objects.worked_for(user, date(2023, 7, 1)).exists()


# --- what is missing


def test_what_a_project_lacks_is_said_with_its_article():
    project = ProjectFactory(convention=False, inami_number="12345678901")

    remarks = projects_reading.remarks(project, TODAY)

    told = " ".join(map(str, remarks))
    for text in ("art. 31 §1", "Nobody can bill", "of 2023", "art. 28 §4", "1-23456-78-901"):
        assert text in told
    assert [remark.stops for remark in remarks] == [True, False, False, False, False]


def test_a_project_in_order_has_no_remark(admin):
    project = ProjectFactory(
        inami_number="79600178", contact_name="A", contact_phone="02 123 45 67", contact_email="a@example.org"
    )
    worker(project)
    ProjectYearFactory(project=project)

    assert projects_reading.remarks(project, TODAY) == []


def test_the_end_of_a_convention_is_announced_unless_another_follows():
    project = ProjectFactory()
    near_its_end = date(2024, 12, 1)
    assert "ends on 31/12/2024" in str(projects_reading.remarks(project, near_its_end)[0])

    ConventionFactory(project=project, first_day=date(2025, 1, 1), last_day=None)
    assert "ends on" not in " ".join(map(str, projects_reading.remarks(project, near_its_end)))


def test_a_role_that_was_revoked_bills_nothing():
    project = ProjectFactory()
    user = worker(project)
    assert "Nobody can bill" not in " ".join(map(str, projects_reading.remarks(project, TODAY)))
    user.role_assignments.update(revoked_at=AT)
    assert "Nobody can bill" in " ".join(map(str, projects_reading.remarks(project, TODAY)))


# --- practitioners

PERSON = {"last_name": "Maes", "first_name": "Ines", "profession": "nurse"}


def test_a_practitioner_enters_with_a_function(admin):
    project = ProjectFactory()

    post = practitioners.engage(
        project=project,
        person=PERSON,
        function="case_manager",
        hours_per_week=Decimal("7.6"),
        first_day=TODAY,
        actor=admin,
        at=AT,
    )

    assert list(practitioners_reading.of_project(project, TODAY)) == [post.practitioner]
    told = [str(remark) for remark in practitioners_reading.remarks_on(post)]
    assert any("7.6 hours a week; 8 are the least" in text and "art. 17 §2" in text for text in told)
    assert any("BelRAI" in text and "art. 18" in text for text in told)
    titles = [event.title for event in practitioners_reading.history(post.practitioner, project)]
    assert titles == ["Function given", "Practitioner entered"]


def test_a_function_that_cannot_be_leaves_no_practitioner_behind(admin):
    with pytest.raises(ValidationError, match="between 0 and 60"):
        practitioners.engage(
            project=ProjectFactory(),
            person=PERSON,
            function="case_manager",
            hours_per_week=Decimal(61),
            first_day=TODAY,
            actor=admin,
            at=AT,
        )
    assert not Practitioner.objects.exists()
    assert not Entry.objects.exists()


def test_a_function_is_held_once_at_a_time_and_others_beside_it(admin):
    post = AssignmentFactory()
    given = {"project": post.project, "practitioner": post.practitioner, "hours_per_week": Decimal(8)}

    with pytest.raises(ValidationError, match="already has the function"):
        practitioners.assign(**given, function="case_manager", first_day=TODAY, actor=admin, at=AT)
    practitioners.assign(**given, function="educator", first_day=TODAY, actor=admin, at=AT)
    practitioners.change_assignment(
        assignment=post, changes={"last_day": date(2023, 6, 4)}, actor=admin, at=AT
    )
    practitioners.assign(**given, function="case_manager", first_day=TODAY, actor=admin, at=AT)

    assert Assignment.objects.on(TODAY).count() == 2
    assert Assignment.objects.on(date(2023, 6, 4)).get().hours_per_week == Decimal("19.0")


def test_a_log_in_is_of_the_project_and_of_one_practitioner(admin):
    project = ProjectFactory()
    user = worker(project, Role.PRACTITIONER, name="Ines")
    first, second = PractitionerFactory(), PractitionerFactory()
    by = {"project": project, "actor": admin, "at": AT}

    with pytest.raises(ValidationError, match="does not work for this project"):
        practitioners.link_log_in(practitioner=first, user=UserFactory(), **by)
    practitioners.link_log_in(practitioner=first, user=user, **by)
    with pytest.raises(ValidationError, match="already belongs to"):
        practitioners.link_log_in(practitioner=second, user=user, **by)
    practitioners.link_log_in(practitioner=first, user=None, **by)
    practitioners.link_log_in(practitioner=second, user=user, **by)

    assert Practitioner.objects.get(user=user) == second


def test_who_works_for_two_projects_is_one_practitioner_seen_by_both(admin):
    own, other, stranger = ProjectFactory(), ProjectFactory(), ProjectFactory()
    user = worker(own, Role.PRACTITIONER)
    practitioner = PractitionerFactory(user=user)
    AssignmentFactory(project=own, practitioner=practitioner)
    ProjectUserFactory(project=other, user=user)

    assert list(practitioners_reading.of_project(other, TODAY)) == [practitioner]
    assert not practitioners_reading.of_project(stranger, TODAY).exists()
    practitioners.assign(
        project=own,
        practitioner=practitioner,
        function="educator",
        hours_per_week=Decimal(8),
        first_day=TODAY,
        actor=admin,
        at=AT,
    )
    assert practitioners_reading.history(practitioner, other) == []


def post(**changes):
    known = {
        "function": "case_manager",
        "profession": "nurse",
        "hours": Decimal(8),
        "has_visa": True,
        "trained_on": date(2022, 9, 1),
        "first_day": date(2023, 1, 1),
        "alternatives": (),
    }
    return Post(**{**known, **changes})


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"hours": Decimal("7.9")}, ["staff.hours"]),
        ({"trained_on": None}, ["staff.belrai"]),
        ({"trained_on": date(2023, 1, 2)}, ["staff.belrai"]),
        ({"profession": "care_assistant"}, ["staff.profession"]),
        ({"has_visa": False}, []),
        ({"function": "psychologist", "profession": "psychologist", "trained_on": None}, []),
        ({"function": "psychologist", "profession": "psychologist", "has_visa": False}, ["staff.visa"]),
        ({"function": "occupational_therapist"}, ["staff.profession"]),
        (
            {"function": "occupational_therapist", "profession": "occupational_therapist", "has_visa": False},
            ["staff.visa"],
        ),
        ({"function": "care_assistant", "profession": "care_assistant"}, ["staff.alternative"]),
        (
            {"function": "care_assistant", "profession": "care_assistant", "alternatives": ("night_visit",)},
            [],
        ),
        (
            {"function": "educator", "hours": Decimal(2), "alternatives": ("night_visit",)},
            ["staff.alternative"],
        ),
        ({"function": "educator", "hours": Decimal(2), "alternatives": ("care_education",)}, []),
        (
            {"function": "educator", "profession": "care_assistant", "alternatives": ("caregiver_group",)},
            ["staff.profession"],
        ),
    ],
)
def test_what_the_convention_asks_of_a_function(changes, codes):
    assert [reason.code for reason in concerns(post(**changes))] == codes


# --- amounts


def test_the_amounts_of_a_year_are_kept_together(admin):
    amounts(2023)
    assert [line.key for line in rates_reading.missing(2024)] == list(RATES)

    rates.add_rates(
        amounts={key: Decimal("30.00") for key in RATES},
        first_day=date(2024, 1, 1),
        last_day=date(2024, 12, 31),
        source="Circular",
        actor=admin,
        at=AT,
    )

    assert rates_reading.missing(2024) == []
    assert Rate.objects.on(date(2023, 12, 31)).count() == Rate.objects.on(date(2024, 1, 1)).count() == 10


def test_one_amount_that_stands_refuses_all_and_is_named(admin):
    RateFactory(rate_key="night_visit", first_day=date(2024, 3, 1), last_day=None)

    with pytest.raises(ValidationError) as error:
        rates.add_rates(
            amounts={"night_visit": Decimal(19), "care_education": Decimal(27)},
            first_day=date(2024, 1, 1),
            last_day=date(2024, 12, 31),
            source="Circular",
            actor=admin,
            at=AT,
        )

    assert error.value.message_dict == {"night_visit": ["This service already has an amount on these days."]}
    assert Rate.objects.count() == 1
    assert not Entry.objects.exists()


def test_days_that_run_backwards_are_said_of_the_day(admin):
    with pytest.raises(ValidationError) as error:
        rates.add_rates(
            amounts={"night_visit": Decimal(19)},
            first_day=date(2024, 2, 1),
            last_day=date(2024, 1, 1),
            source="Circular",
            actor=admin,
            at=AT,
        )
    assert set(error.value.message_dict) == {"last_day"}


def test_a_hole_within_a_year_is_missing():
    RateFactory(rate_key="night_visit", first_day=date(2024, 1, 1), last_day=date(2024, 3, 31))
    RateFactory(rate_key="night_visit", first_day=date(2024, 5, 1), last_day=None)

    line = next(each for each in rates_reading.coverage(2024) if each.key == "night_visit")

    assert line.gaps == [(date(2024, 4, 1), date(2024, 4, 30))]


def test_the_years_of_the_conventions_need_amounts():
    assert rates_reading.years_needed(TODAY) == []
    amounts(2023)
    ConventionFactory()
    assert [year for year, _missing in rates_reading.years_missing(TODAY)] == [2024]
    ConventionFactory(first_day=date(2025, 1, 1), last_day=None)
    assert rates_reading.years_needed(date(2026, 5, 1)) == [2023, 2024, 2025, 2026]


def test_an_amount_is_put_right_with_a_reason(admin):
    row = RateFactory()

    rates.change_rate(rate=row, changes={"amount": Decimal("27.42")}, actor=admin, at=AT, note="Typed wrong")

    event = history_of(row)[0]
    assert event.note == "Typed wrong"
    assert {change.label: change.after for change in event.changes} == {
        "Service": "Case management",
        "Amount a unit": "27.42\u00a0€",
    }


def test_a_leap_of_an_amount_is_noticed():
    RateFactory()
    slip = RateFactory(amount=Decimal("274.10"), first_day=date(2024, 1, 1), last_day=None)
    assert rates_reading.leaps([slip]) == [slip]
    slip.amount = Decimal("28.30")
    assert rates_reading.leaps([slip]) == []


# --- the public list


def test_the_list_of_amounts_is_loaded_once():
    assert reference.load(at=AT) == {"protocol3 rates": 10}
    Rate.objects.filter(rate_key="case_management").update(amount=Decimal("27.50"))

    assert reference.load(at=AT) == {"protocol3 rates": 0}

    assert Rate.objects.on(date(2023, 12, 31)).count() == 10
    assert not Rate.objects.on(date(2024, 1, 1)).exists()
    assert Rate.objects.get(rate_key="case_management").amount == Decimal("27.50")


def test_the_command_loads_the_lists_of_this_business_too(capsys):
    call_command("load_reference")
    assert "protocol3 rates: 10 added" in capsys.readouterr().out
    assert Rate.objects.get(rate_key="initial_module").amount == Decimal("138.73")
