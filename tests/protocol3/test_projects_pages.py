"""The pages of projects, practitioners and amounts: what each shows, does, refuses, and to whom."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate

from partenamut.accounts.roles import Role
from protocol3.messages import RATES
from protocol3.models import Assignment, Practitioner, Project, ProjectUser, Rate
from tests.factories.accounts import UserFactory
from tests.factories.protocol3 import (
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

TYPED = {
    "name": "Projet Namur",
    "code": "nam",
    "inami_number": "7-96001-78",
    "enterprise_number": "BE 0123.456.749",
    "iban": "BE71 0961 2345 6769",
    "street": "Rue d'Essai 3",
    "postal_code": "5000",
    "city": "Namur",
    "phone": "081 12 34 56",
    "account_holder": "ASBL",
    "signatory": "Anne Dupont",
    "language": "fr",
    "alternatives": ["night_visit"],
}


@pytest.fixture(autouse=True)
def in_english(settings) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def admin(client):
    user = UserFactory(roles=[Role.ADMIN])
    client.force_login(user)
    return user


@pytest.fixture
def project():
    """A project with a convention today."""
    made = ProjectFactory(name="Projet Namur", convention=False)
    ConventionFactory(project=made, last_day=None)
    return made


@pytest.fixture
def billing(client, project):
    user = worker(project, name="Billing Admin")
    client.force_login(user)
    return user


def text_of(response):
    content = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(content.split()).replace("\xa0", " ")


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def url(name, *things):
    return reverse(f"protocol3:{name}", args=[getattr(thing, "public_id", thing) for thing in things])


def downloaded(response):
    return b"".join(response.streaming_content).decode("utf-8-sig")


# --- my projects


def test_who_works_for_one_project_goes_straight_to_it(client, billing, project):
    response = client.get(url("projects"))
    assert response.status_code == 302
    assert str(project.public_id) in response["Location"]


def test_who_works_for_several_chooses(client, billing, project):
    ProjectUserFactory(project=ProjectFactory(name="Projet Dinant"), user=billing)
    ProjectFactory(name="Projet Ailleurs")

    page = text_of(client.get(url("projects")))
    found = text_of(client.get(url("projects"), {"text": "dinant"}))

    assert "Projet Namur" in page
    assert "Projet Dinant" in page
    assert "Projet Ailleurs" not in page
    assert "Projet Namur" not in found
    assert "Projet Dinant" in downloaded(client.get(url("projects"), {"export": "csv"}))


def test_who_works_for_none_is_told_what_to_do(client):
    client.force_login(UserFactory(roles=[Role.PRACTITIONER]))
    assert "ask the administration of the mutuality" in text_of(client.get(url("projects")))


def test_work_that_is_over_opens_nothing(client, billing, project):
    ProjectUser.objects.update(last_day=date(2023, 12, 31))
    assert client.get(url("settings", project)).status_code == 404


# --- home


def test_home_leads_to_the_projects_and_says_what_they_lack(client, billing, project):
    page = text_of(client.get("/"))
    assert "My projects" in page
    assert "Practitioners , Projet Namur" in page
    assert f"The maximum of the operating allowance of {localdate().year}" in page


def test_home_spares_a_practitioner_what_the_billing_admin_does(client, project):
    client.force_login(worker(project, Role.PRACTITIONER))
    page = text_of(client.get("/"))
    assert "Projet Namur" in page
    assert "maximum of the operating allowance" not in page
    assert "Practitioners , Projet Namur" not in page


def test_home_tells_the_admin_which_years_lack_amounts(client, admin, project):
    page = client.get("/")
    assert url("rate_year", 2023) in page.content.decode()
    assert url("manage_projects") in page.content.decode()


# --- settings


def test_the_settings_show_numbers_in_print_and_who_changes_what(client, billing, project):
    ProjectYearFactory(project=project)

    page = text_of(client.get(url("settings", project)))

    for text in (
        "0123.456.749",
        "7-94000-12-345",
        "50,000.00 €",
        "P3/2023",
        "In force",
        "kept by the administration of the mutuality",
        "(art. 28 §4)",
    ):
        assert text in page, text
    assert "Enter a convention" not in page


def test_a_project_changes_its_contact_person_and_the_page_shows_who_did(client, billing, project):
    form = client.get(url("edit_settings", project)).context["form"]
    typed = {
        **form.initial,
        "contact_name": "Léa Peeters",
        "contact_phone": "081 00 00 00",
        "contact_email": "lea@example.org",
    }

    response = client.post(url("edit_settings", project), typed, follow=True)

    page = text_of(response)
    assert "Tell INAMI" in page
    assert "Léa Peeters" in page
    assert "Project changed" in page
    assert "Billing Admin" in page


def test_a_project_does_not_change_what_the_mutuality_keeps(client, billing, project):
    form = client.get(url("edit_settings", project)).context["form"]
    before = project.iban

    client.post(url("edit_settings", project), {**form.initial, "iban": "BE71096123456769", "name": "Other"})

    project.refresh_from_db()
    assert (project.iban, project.name) == (before, "Projet Namur")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"phone": "", "email": ""}, "Fill in the phone or the e-mail address"),
        ({"postal_code": "50"}, "four figures"),
        ({"contact_phone": "call me"}, "written with figures"),
        ({"contact_email": "nobody"}, "is an e-mail address"),
        ({"language": "de"}, "from the list"),
        ({"signatory": "x" * 101}, "101 characters"),
        ({"street": "a\x00b"}, ""),
    ],
)
def test_wrong_data_are_explained_and_nothing_is_lost(client, billing, project, changes, said):
    form = client.get(url("edit_settings", project)).context["form"]

    response = client.post(
        url("edit_settings", project), {**form.initial, "account_holder": "Kept ASBL", **changes}
    )

    assert response.status_code == 200
    page = text_of(response)
    assert "Error:" in page
    assert said in page
    assert "Kept ASBL" in response.content.decode()
    assert Project.objects.get().account_holder != "Kept ASBL"


@pytest.mark.parametrize(
    "name", ["settings", "edit_settings", "practitioners", "register", "add_practitioner"]
)
def test_a_strangers_project_is_not_there(client, billing, name):
    assert client.get(url(name, ProjectFactory())).status_code == 404


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ADMIN, Role.ADVISER, Role.MEMBER])
def test_only_those_who_bill_open_the_settings(client, project, role):
    client.force_login(worker(project, role))
    assert client.get(url("settings", project)).status_code == 403
    assert client.get(url("practitioners", project)).status_code == 403


# --- practitioners

ENGAGED = {
    "last_name": "Maes",
    "first_name": "Ines",
    "profession": "nurse",
    "inami_number": "1-23456-78-901",
    "visa": "",
    "function": "case_manager",
    "hours_per_week": "7,6",
    **day("first_day", date(2023, 6, 1)),
}


def test_a_practitioner_is_entered_although_much_is_to_be_looked_at(client, billing, project):
    response = client.post(url("add_practitioner", project), ENGAGED, follow=True)

    page = text_of(response)
    post = Assignment.objects.get()
    assert post.hours_per_week == Decimal("7.6")
    assert post.practitioner.inami_number == "12345678901"
    for text in (
        "Ines Maes is entered",
        "7.6 hours a week",
        "art. 17 §2",
        "art. 18",
        "1-23456-78-901 does not",
    ):
        assert text in page, text
    listed = text_of(client.get(url("practitioners", project)))
    assert "Case manager (7.6 h)" in listed
    assert "Hours a week, BelRAI" in listed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hours_per_week": "61"}, "is 60 at most"),
        ({"hours_per_week": "many"}, "number of hours"),
        ({"hours_per_week": "7,65"}, "one figure at most"),
        ({"hours_per_week": "-1"}, "is 0 at least"),
        ({"hours_per_week": "NaN"}, "number of hours"),
        ({"inami_number": "123"}, "has 11 figures"),
        ({"profession": "plumber"}, "from the list"),
        ({"function": ""}, "Choose an answer to “Function”"),
        (day("first_day", date(2023, 6, 1)) | {"first_day_month": 2, "first_day_day": 30}, "does not exist"),
        (day("last_day", date(2023, 5, 1)), "before the first"),
        (day("belrai_trained_on", date(2090, 1, 1)), "lies in the future"),
    ],
)
def test_a_wrong_practitioner_is_explained_and_nothing_is_kept(client, billing, project, changes, said):
    response = client.post(url("add_practitioner", project), {**ENGAGED, **changes})

    assert response.status_code == 200
    assert said in text_of(response)
    assert "Maes" in response.content.decode()
    assert not Practitioner.objects.exists()


def test_practitioners_are_filtered_and_downloaded(client, billing, project):
    today = AssignmentFactory(project=project, practitioner=PractitionerFactory(last_name="Nowman"))
    AssignmentFactory(
        project=project, practitioner=PractitionerFactory(last_name="Gone"), last_day=date(2023, 3, 1)
    )
    AssignmentFactory(
        project=project,
        practitioner=PractitionerFactory(last_name="Strange", profession="care_assistant"),
        hours_per_week=2,
    )
    AssignmentFactory(practitioner=PractitionerFactory(last_name="Elsewhere"))

    def shown(**query):
        page = text_of(client.get(url("practitioners", project), query))
        return {name for name in ("Nowman", "Gone", "Strange", "Elsewhere") if name in page}

    assert shown() == {"Nowman", "Gone", "Strange"}
    assert shown(function="none") == {"Gone"}
    assert shown(function="case_manager", remarks="no") == {"Nowman"}
    assert shown(remarks="yes") == {"Strange"}
    assert shown(profession="care_assistant") == {"Strange"}
    assert shown(text=today.practitioner.last_name) == {"Nowman"}
    file = downloaded(client.get(url("practitioners", project), {"export": "csv", "remarks": "yes"}))
    assert "art. 17 §2" in file
    assert "Nowman" not in file


def test_the_register_tells_who_had_which_function_on_a_day(client, billing, project):
    first = AssignmentFactory(project=project, last_day=date(2023, 3, 31), hours_per_week=Decimal("19.0"))
    AssignmentFactory(
        project=project,
        practitioner=first.practitioner,
        first_day=date(2023, 4, 1),
        hours_per_week=Decimal("24.5"),
    )

    def hours(**query):
        page = text_of(client.get(url("register", project), query))
        return [text for text in ("19.0", "24.5") if text in page]

    assert hours() == ["24.5"]
    assert hours(day="2023-03-31") == ["19.0"]
    assert hours(day="2023-04-01") == ["24.5"]
    empty = text_of(client.get(url("register", project), {"day": "2022-12-31"}))
    assert "Nothing matches" in empty
    assert client.get(url("register", project), {"day_day": "30", "day_month": "2"}).status_code == 200
    file = downloaded(client.get(url("register", project), {"day": "2023-03-31", "export": "csv"}))
    assert '"Case manager";"19,0"' in file


def test_an_empty_list_leads_on(client, billing, project):
    page = client.get(url("practitioners", project))
    assert "No practitioner has been entered yet." in text_of(page)
    assert url("add_practitioner", project) in page.content.decode()


def test_a_function_ends_and_another_begins(client, billing, project):
    post = AssignmentFactory(project=project)
    person = post.practitioner

    client.post(
        url("change_function", project, person, post),
        {
            "hours_per_week": "19",
            **day("first_day", post.first_day),
            **day("last_day", date(2023, 6, 30)),
            "note": "Leave",
        },
    )
    response = client.post(
        url("give_function", project, person),
        {"function": "case_manager", "hours_per_week": "24,5", **day("first_day", date(2023, 7, 1))},
        follow=True,
    )

    page = text_of(response)
    assert "Why: Leave" in page
    assert Assignment.objects.on(date(2023, 7, 1)).get().hours_per_week == Decimal("24.5")
    assert "Over" in page


def test_the_same_function_twice_is_explained(client, billing, project):
    post = AssignmentFactory(project=project)
    response = client.post(
        url("give_function", project, post.practitioner),
        {"function": "case_manager", "hours_per_week": "8", **day("first_day", date(2023, 7, 1))},
    )
    assert "already has the function on these days" in text_of(response)


def test_only_those_who_work_for_the_project_can_be_a_log_in(client, billing, project):
    person = AssignmentFactory(project=project).practitioner
    stranger = UserFactory(roles=[Role.PRACTITIONER], name="Stranger")

    page = text_of(client.get(url("link_practitioner", project, person)))
    refused = client.post(url("link_practitioner", project, person), {"user": stranger.pk})
    client.post(url("link_practitioner", project, person), {"user": billing.pk})

    assert billing.email in page
    assert "Stranger" not in page
    assert "from the list" in text_of(refused)
    person.refresh_from_db()
    assert person.user == billing


def test_a_practitioner_is_changed(client, billing, project):
    person = AssignmentFactory(project=project).practitioner

    response = client.post(
        url("edit_practitioner", project, person),
        {
            "last_name": "Claes",
            "first_name": "Ines",
            "profession": "social_worker",
            "visa": "V1",
            **day("belrai_trained_on", date(2022, 9, 1)),
        },
        follow=True,
    )

    assert "Ines Claes" in text_of(response)
    assert "Practitioner changed" in text_of(response)


def test_a_practitioner_of_another_project_is_not_there(client, billing, project):
    other = AssignmentFactory()
    own = AssignmentFactory(project=project)
    for name in ("practitioner", "edit_practitioner", "link_practitioner", "give_function"):
        assert client.get(url(name, project, other.practitioner)).status_code == 404
    # Nor is a function of theirs, asked for under one's own practitioner.
    assert client.get(url("change_function", project, own.practitioner, other)).status_code == 404


# --- the mutuality's admin


def test_a_project_is_entered_with_checked_numbers(client, admin):
    response = client.post(url("add_project"), TYPED, follow=True)

    project = Project.objects.get()
    assert (project.code, project.inami_number, project.enterprise_number) == (
        "NAM",
        "79600178",
        "0123456749",
    )
    page = text_of(response)
    for text in ("0123.456.749", "7-96001-78", "BE71 0961 2345 6769", "Night visit", "no convention"):
        assert text in page, text
    assert "check digits" not in page


def test_a_wrong_check_digit_of_an_inami_number_only_warns(client, admin):
    response = client.post(url("add_project"), {**TYPED, "inami_number": "79600199"}, follow=True)
    assert "7-96001-99 does not fit its check digits" in text_of(response)
    assert Project.objects.get().inami_number == "79600199"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"enterprise_number": "0123.456.740"}, "compare it with the register"),
        ({"enterprise_number": "12"}, "has 10 figures"),
        ({"iban": "BE71 0961 2345 6760"}, "not a valid account number"),
        ({"inami_number": "abc"}, "has 11 figures"),
        ({"code": "1A"}, "a letter first"),
        ({"code": "TAKEN"}, "choose another one"),
        ({"alternatives": ["dancing"]}, "from the list"),
    ],
)
def test_a_wrong_project_is_explained_and_nothing_is_lost(client, admin, changes, said):
    ProjectFactory(code="TAKEN")

    response = client.post(url("add_project"), {**TYPED, **changes})

    assert response.status_code == 200
    assert said in text_of(response)
    assert "Anne Dupont" in response.content.decode()
    assert Project.objects.count() == 1


def test_projects_are_filtered_and_downloaded(client, admin, project):
    ProjectFactory(name="Projet Ancien", convention=False, alternatives=["night_visit"])
    ProjectYearFactory(project=project, year=localdate().year)

    def shown(**query):
        page = text_of(client.get(url("manage_projects"), query))
        return {name for name in ("Projet Namur", "Projet Ancien") if name in page}

    assert shown() == {"Projet Namur", "Projet Ancien"}
    assert shown(convention="yes") == shown(maximum="yes") == {"Projet Namur"}
    assert shown(convention="no") == shown(alternative="night_visit") == {"Projet Ancien"}
    assert shown(text="794000") == {"Projet Namur", "Projet Ancien"}
    assert shown(text="nowhere") == set()
    file = downloaded(client.get(url("manage_projects"), {"export": "csv"}))
    assert "7-94000-12-345" in file


def test_no_project_yet_leads_on(client, admin):
    page = client.get(url("manage_projects")).content.decode()
    assert "No care project has been entered yet." in page
    assert url("add_project") in page


def test_conventions_maximums_and_users_are_kept_on_the_page(client, admin, project):
    user = UserFactory(roles=[Role.BILLING_ADMIN], name="Bill Er")
    client.post(
        url("change_convention", project, project.conventions.get()),
        {"reference": "P3", **day("first_day", date(2023, 1, 1)), **day("last_day", date(2023, 12, 31))},
    )
    client.post(url("add_convention", project), day("first_day", date(2024, 1, 1)))
    client.post(url("add_maximum", project), {"year": "2023", "allowance_maximum": "50.000,00"})
    client.post(url("change_maximum", project, 2023), {"allowance_maximum": "60 000", "note": "Letter"})
    client.post(
        url("add_project_user", project), {"email": user.email.upper(), **day("first_day", date(2023, 1, 1))}
    )

    page = text_of(client.get(url("manage_project", project)))

    for text in (
        "from 01/01/2023 to 31/12/2023",
        "from 01/01/2024",
        "60,000.00 €",
        "Bill Er",
        "Project billing admin",
        "Maximums of a year changed",
        "Why: Letter",
        "User added to a project",
    ):
        assert text in page, text
    work = ProjectUser.objects.get()
    client.post(url("end_project_user", project, work), day("last_day", date(2023, 12, 31)))
    assert "Over" in text_of(client.get(url("manage_project", project)))


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("add_convention", day("first_day", date(2024, 1, 1)), "already has a convention"),
        ("add_convention", {"reference": "P3"}, "Enter the date"),
        ("add_maximum", {"year": "2023", "allowance_maximum": "1"}, "already has its maximum"),
        ("add_maximum", {"year": "1999", "allowance_maximum": "1"}, "is 2023 at least"),
        ("add_maximum", {"year": "2024", "allowance_maximum": "-1"}, "at least"),
        ("add_maximum", {"year": "soon", "allowance_maximum": "1"}, "is a number"),
        ("add_project_user", {"email": "nobody@example.org"}, "No user has this e-mail address"),
    ],
)
def test_what_cannot_be_is_explained(client, admin, project, name, typed, said):
    ProjectYearFactory(project=project)
    response = client.post(url(name, project), typed)
    assert response.status_code == 200
    assert said in text_of(response)


def test_a_user_without_a_role_is_refused_with_what_to_do(client, admin, project):
    user = UserFactory(roles=[Role.MEMBER], name="Jean")
    response = client.post(
        url("add_project_user", project), {"email": user.email, **day("first_day", date(2023, 1, 1))}
    )
    assert "Jean has neither the role" in text_of(response)
    assert not ProjectUser.objects.exists()


def test_a_user_who_lost_the_role_stands_out(client, admin, project):
    user = worker(project)
    user.role_assignments.update(revoked_at="2023-01-01T00:00Z")
    assert "No role: sees nothing" in text_of(client.get(url("manage_project", project)))


def test_the_maximum_of_alternatives_is_asked_where_they_are_offered(client, admin, project):
    assert "alternatives_maximum" not in client.get(url("add_maximum", project)).content.decode()
    Project.objects.update(alternatives=["night_visit"])
    assert "alternatives_maximum" in client.get(url("add_maximum", project)).content.decode()


@pytest.mark.parametrize("role", [Role.BILLING_ADMIN, Role.PRACTITIONER, Role.ADVISER])
def test_only_the_admin_manages(client, project, role):
    client.force_login(worker(project, role))
    for target in (url("manage_projects"), url("manage_project", project), url("rates")):
        assert client.get(target).status_code == 403


@pytest.mark.parametrize("name", ["change_convention", "end_project_user"])
def test_a_row_of_another_project_is_not_there(client, admin, project, name):
    other = ProjectUserFactory()
    row = other if name == "end_project_user" else other.project.conventions.get()
    assert client.get(url(name, project, row)).status_code == 404


# --- amounts

YEAR = {**day("first_day", date(2024, 1, 1)), **day("last_day", date(2024, 12, 31)), "source": "Circular"}


def test_all_amounts_of_a_year_are_entered_in_one_form(client, admin, project):
    amounts(2023)
    page = text_of(client.get(url("rate_year", 2024)))
    assert "Until 31/12/2023: 138.73 €" in page

    response = client.post(url("rate_year", 2024), {**YEAR, **dict.fromkeys(RATES, "30,50")}, follow=True)

    assert "The amounts are kept." in text_of(response)
    assert "differ by more than a fifth" in text_of(response)
    assert Rate.objects.on(date(2024, 6, 1)).count() == 10
    assert Rate.objects.on(date(2023, 6, 1)).get(rate_key="case_management").amount == Decimal("27.41")
    assert "All amounts of this year are known" in text_of(client.get(url("rate_year", 2024)))


def test_what_is_not_known_yet_stays_missing_and_is_named(client, admin, project):
    amounts(2023)
    client.post(url("rate_year", 2024), {**YEAR, "case_management": "28,30"})

    page = text_of(client.get(url("rates")))

    assert "Amounts of 2024 are missing" in page
    missing = page.split("Amounts of 2024 are missing")[1].split(".")[1]
    assert "Night visit" in missing
    assert "Case management" not in missing
    assert "Amount of a service entered" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Fill in one amount at least."),
        ({"case_management": "free"}, "is an amount in euros"),
        ({"case_management": "0"}, "at least"),
        ({"case_management": "1,234"}, "two figures at most"),
        ({"case_management": "28", "source": ""}, "Fill in “Source”."),
        ({"case_management": "28", **day("last_day", date(2023, 1, 1))}, "before the first"),
        ({"case_management": "28", **day("first_day", date(2023, 6, 1))}, "already has an amount"),
    ],
)
def test_wrong_amounts_are_explained_and_none_is_kept(client, admin, typed, said):
    amounts(2023)
    response = client.post(url("rate_year", 2024), {**YEAR, "night_visit": "", **typed})
    assert response.status_code == 200
    assert said in text_of(response)
    assert Rate.objects.count() == 10


def test_what_a_colleague_entered_meanwhile_is_refused_in_words(client, admin):
    amounts(2023)
    RateFactory(first_day=date(2024, 1, 1), last_day=date(2024, 12, 31))

    response = client.post(url("rate_year", 2024), {**YEAR, "case_management": "28,30", "night_visit": "19"})

    assert "already has an amount on these days" in text_of(response)
    assert Rate.objects.on(date(2024, 6, 1)).count() == 1


def test_an_amount_is_put_right_with_a_reason(client, admin):
    row = RateFactory()
    typed = {"amount": "27,42", "source": "Circular", **day("first_day", row.first_day)}

    refused = client.post(url("rate", row), typed)
    client.post(url("rate", row), {**typed, "note": "Typed wrong"})

    assert "Fill in “Why it changes”." in text_of(refused)
    row.refresh_from_db()
    assert row.amount == Decimal("27.42")
    assert "Why: Typed wrong" in text_of(client.get(url("rate", row)))


def test_amounts_are_filtered_and_downloaded(client, admin):
    amounts(2023)
    RateFactory(amount=Decimal("31.00"), first_day=date(2024, 1, 1), last_day=None)

    page = text_of(client.get(url("rates"), {"day": "2024-02-01"}))
    file = downloaded(client.get(url("rates"), {"rate_key": "case_management", "export": "csv"}))

    assert "31.00 €" in page
    assert "1 result" in page
    assert file.count("Case management") == 2
    assert client.get(url("rate_year", 2022)).status_code == 404
