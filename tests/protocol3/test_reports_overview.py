"""The first page of a project, and the page over all projects: what they say, to whom, and what they cost."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from partenamut.accounts.roles import Role
from protocol3 import models
from protocol3.readings import overview_all as every
from protocol3.readings import overview_figures as figures
from protocol3.readings.overview_money import money_of
from protocol3.readings.overview_waiting import deadlines, waiting
from protocol3.readings.overview_watch import watch
from protocol3.services import corrections, payments
from tests.factories import protocol3 as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import InsurerFactory
from tests.protocol3.money_world import (
    ALLOWANCES,
    DUE,
    ISSUED,
    MARCH,
    VISIT,
    WHOLE,
    World,
    issued_world,
    open_world,
)

pytestmark = pytest.mark.django_db

#: A day on which March is ready and not late; one after the last day of sending.
APRIL, MAY = date(2023, 4, 12), date(2023, 5, 2)


@pytest.fixture
def opened() -> World:
    return open_world()


@pytest.fixture
def issued() -> World:
    return issued_world()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def texts(world: World, on: date, *, bills: bool = True) -> list[str]:
    """What waits, in sentences."""
    return [wait.text for wait in waiting(world.project, watch(world.project, on), on, bills=bills)]


def one(found: list[Any], start: str) -> Any:
    """The only wait whose sentence has these words."""
    (wait,) = [wait for wait in found if start in wait.text]
    return wait


def at(day: date) -> Any:
    return time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=False)


# --- what waits


def test_a_month_is_ready_then_late(opened: World) -> None:
    seen = watch(opened.project, APRIL)
    ready = one(waiting(opened.project, seen, APRIL, bills=True), "03/2023")
    assert (ready.tone, "4 services" in ready.text, "30/04/2023" in ready.text) == ("warning", True, True)
    late = one(waiting(opened.project, seen, MAY, bills=True), "03/2023 is late")
    assert (late.tone, late.source) == ("error", "art. 24")
    assert not [text for text in texts(opened, APRIL, bills=False) if "03/2023" in text]


def test_the_running_month_is_not_ready_but_its_deadline_is_known(opened: World) -> None:
    on = date(2023, 3, 31)
    assert not [text for text in texts(opened, on) if "03/2023" in text]
    due = {line.day: line.text for line in deadlines(opened.project, watch(opened.project, on), on)}
    assert "Notes of 03/2023" in due[date(2023, 4, 30)]


def test_an_issued_month_waits_no_more_and_becomes_overdue(issued: World) -> None:
    assert not [text for text in texts(issued, APRIL) if "03/2023" in text]
    assert not [text for text in texts(issued, DUE) if "paid in time" in text]
    overdue = one(
        waiting(issued.project, watch(issued.project, DUE), DUE + timedelta(days=1), bills=True),
        "paid in time",
    )
    assert "2 notes" in overdue.text
    assert "1,091.20" in overdue.text
    payments.register(
        recap=issued.recap,
        amount=3 * WHOLE,
        received_on=APRIL,
        actor=issued.actor,
        at=ISSUED + timedelta(days=9),
    )
    assert (
        "1 note is"
        in one(
            waiting(issued.project, watch(issued.project, DUE), DUE + timedelta(days=1), bills=True),
            "paid in time",
        ).text
    )


def test_what_is_not_billable_is_named_with_its_rule_and_does_not_make_a_month_ready(opened: World) -> None:
    opened.visit(opened.enrolments[0], date(2023, 2, 6), units=5)
    found = waiting(opened.project, watch(opened.project, APRIL), APRIL, bills=True)
    stopped = one(found, "not billable as it stands")
    assert "units" in stopped.text
    assert [link["label"] for link in stopped.about] == ["Rosa Adam (1)"]
    assert not [wait for wait in found if "02/2023" in wait.text]


def test_a_missing_amount_is_told_by_month(opened: World) -> None:
    opened.visit(opened.enrolments[0], date(2024, 1, 8))
    found = texts(opened, date(2024, 2, 5))
    assert any(text.startswith("01/2024: the amount of 1 service") for text in found)
    assert not any("not billable as" in text for text in found)


def test_a_day_without_an_insurer_is_told(opened: World) -> None:
    models.Affiliation.objects.filter(beneficiary=opened.enrolments[0].beneficiary).update(
        last_day=date(2023, 3, 7)
    )
    found = waiting(opened.project, watch(opened.project, APRIL), APRIL, bills=True)
    assert [link["label"] for link in one(found, "without an insurer").about] == ["Rosa Adam (1)"]
    assert "3 services" in one(found, "03/2023").text


def test_what_was_billed_and_is_not_billable_any_more_is_told(issued: World) -> None:
    assert not [text for text in texts(issued, APRIL) if "paid back" in text]
    person = issued.enrolments[0].beneficiary
    person.died_on = date(2023, 3, 7)
    person.save(update_fields=["died_on"])
    found = waiting(issued.project, watch(issued.project, APRIL), APRIL, bills=True)
    assert [link["label"] for link in one(found, "paid back to INAMI").about] == ["Rosa Adam (1)"]


@pytest.mark.parametrize(
    ("model", "facts"),
    [
        (models.Stay, {"kind": "psychiatric", "arrival": date(2023, 3, 5)}),
        (models.Stay, {"kind": "rest_home", "arrival": date(2023, 3, 5), "departure": date(2023, 3, 7)}),
        (models.Financing, {"kind": "other", "first_day": date(2023, 3, 6), "last_day": date(2023, 3, 6)}),
    ],
)
def test_a_stay_or_financing_found_later_is_noticed(issued: World, model: Any, facts: dict[str, Any]) -> None:
    model.objects.create(beneficiary=issued.enrolments[0].beneficiary, **facts)
    assert [one.entered.enrolment_id for one in watch(issued.project, APRIL).excess] in (
        [issued.enrolments[0].pk],
        [issued.enrolments[0].pk] * 2,
    )


def test_missing_receipts_and_decisions_name_five_and_count_the_rest(opened: World) -> None:
    for number in range(7):
        person = make.BeneficiaryFactory(last_name=f"Zola{number}", search_name=f"zola{number}")
        make.EnrolmentFactory(project=opened.project, beneficiary=person)
    found = waiting(opened.project, watch(opened.project, APRIL), APRIL, bills=False)
    missing = one(found, "no decision on eligibility")
    assert missing.text.startswith("7 beneficiaries")
    assert [link["label"] for link in missing.about] == [f"Rosa Zola{number}" for number in range(5)]
    assert missing.more == 2
    assert one(found, "have not signed").text.startswith("10 beneficiaries")
    left = models.Enrolment.objects.get(beneficiary__last_name="Zola0")
    left.left_on = date(2023, 3, 1)
    left.save(update_fields=["left_on"])
    assert one(
        waiting(opened.project, watch(opened.project, APRIL), APRIL, bills=False), "no decision"
    ).text.startswith("6 beneficiaries")


def test_a_period_that_ends_soon_is_announced_sixty_days_before(opened: World) -> None:
    last = date(2026, 3, 5)
    for on, told in ((last - timedelta(days=61), False), (last - timedelta(days=60), True), (last, True)):
        ending = dict(watch(opened.project, on).ending)
        assert (ending.get(opened.enrolments[0].pk) == last) is told, on
    assert opened.enrolments[0].pk not in dict(watch(opened.project, last + timedelta(days=1)).ending)


def test_a_series_with_few_units_left_is_announced(opened: World) -> None:
    person = opened.enrolments[1].beneficiary
    prior = models.PriorUnits.objects.create(beneficiary=person, units=107, source="before")
    assert not watch(opened.project, APRIL).short  # 107 + 2: 13 left
    prior.units = 108
    prior.save(update_fields=["units"])
    (short,) = watch(opened.project, APRIL).short
    assert (short.enrolment_id, short.number, short.left) == (opened.enrolments[1].pk, 1, 12)


def test_short_hours_are_told_to_those_who_bill(opened: World) -> None:
    make.AssignmentFactory(project=opened.project, hours_per_week=Decimal("7.5"))
    make.AssignmentFactory(
        project=opened.project, hours_per_week=Decimal(2), function=models.Function.EDUCATOR
    )
    make.AssignmentFactory(project=opened.project, hours_per_week=Decimal(8))
    assert (
        "1 practitioner works"
        in one(
            waiting(opened.project, watch(opened.project, APRIL), APRIL, bills=True), "less than 8 hours"
        ).text
    )
    assert not [text for text in texts(opened, APRIL, bills=False) if "8 hours" in text]


@pytest.mark.parametrize(
    ("on", "report", "staff"),
    [
        (date(2023, 4, 30), (date(2023, 4, 30), "quarter 1 of 2023"), (date(2024, 3, 31), "2023")),
        (date(2023, 5, 1), (date(2023, 7, 31), "quarter 2 of 2023"), (date(2024, 3, 31), "2023")),
        (date(2023, 1, 31), None, None),
        (date(2023, 2, 1), (date(2023, 4, 30), "quarter 1 of 2023"), None),
        (date(2023, 12, 31), (date(2024, 1, 31), "quarter 4 of 2023"), (date(2024, 3, 31), "2023")),
    ],
)
def test_the_deadlines_of_inami(opened: World, on: date, report: Any, staff: Any) -> None:
    due = deadlines(opened.project, watch(make.ProjectFactory(), on), on)
    for start, expected in (("Numbers", report), ("List", staff)):
        told = [(line.day, line.text) for line in due if line.text.startswith(start)]
        assert [line[0] for line in told] == ([expected[0]] if expected else [])
        assert all(expected[1] in line[1] for line in told)


# --- figures


def test_units_and_money_of_the_year(issued: World) -> None:
    units = figures.units_chart(issued.project, 2023)
    assert (units["total"], units["series"], units["rows"][2]["values"]) == (8, ["Case management"], [8])
    payments.register(
        recap=issued.recap,
        amount=Decimal(100),
        received_on=APRIL,
        actor=issued.actor,
        at=ISSUED + timedelta(days=9),
    )
    money = figures.money_charts(issued.project, 2023)
    assert money["whole"].billed == 4 * WHOLE
    assert money["whole"].open == 4 * WHOLE - 100
    assert money["months"][2]["values"] == [Decimal(100), 4 * WHOLE - 100]
    assert [row["short"] for row in money["insurers"]] == ["300", "500"]
    assert figures.money_charts(issued.project, 2024)["whole"].billed == 0


def test_a_rejection_is_taken_off_and_told_by_reason(issued: World) -> None:
    corrections.take_back(
        recap=issued.recap,
        services=[issued.services[0].public_id],
        reason="rejection",
        explanation="Not insured on that day",
        signatory="Anne Dupont",
        actor=issued.actor,
        at=ISSUED + timedelta(days=30),
    )
    assert figures.money_charts(issued.project, 2023)["whole"].billed == 3 * WHOLE
    (row,) = figures.taken_back(issued.project, 2023)
    assert (row["count"], row["amount"], row["explanation"]) == (1, VISIT, "Not insured on that day")


def test_refusals_by_rule_leave_out_what_was_billed_since(opened: World) -> None:
    wrong = opened.visit(opened.enrolments[0], date(2023, 3, 20), units=5)
    opened.close()
    (row,) = figures.refusals(opened.project, 2023)
    assert row["value"] == 1
    wrong.units = 2
    wrong.save(update_fields=["units"])
    opened.close(at=ISSUED + timedelta(days=3))
    assert figures.refusals(opened.project, 2023) == []


def test_a_pace_goes_on_to_the_end_of_the_year() -> None:
    assert figures.pace(Decimal(73), 2023, date(2023, 3, 14)) == 365
    assert figures.pace(Decimal(1), 2024, date(2024, 12, 31)) == 1
    assert figures.pace(Decimal(40), 2022, date(2023, 3, 14)) == 40


def limits_of(world: World, on: date) -> dict[str, figures.Limit]:
    found = figures.limits(world.project, on.year, watch(world.project, on), on)
    return {limit.label: limit for limit in found}


def test_the_allowance_counts_what_is_billed_and_what_will_be(issued: World) -> None:
    issued.visit(issued.enrolments[0], date(2023, 4, 3))
    on = date(2023, 7, 2)  # day 183 of 365
    found = limits_of(issued, on)["Operating allowance (art. 23)"]
    assert found.used == 5 * ALLOWANCES
    assert found.projected == 5 * ALLOWANCES * 365 / 183
    assert (found.limit, found.warning) == (Decimal("50000.00"), "")
    models.ProjectYear.objects.update(allowance_maximum=Decimal(2000))
    found = limits_of(issued, on)["Operating allowance (art. 23)"]
    assert "at this pace" in found.warning
    assert "01/12/2023" in found.behind
    models.ProjectYear.objects.update(allowance_maximum=Decimal(1000))
    found = limits_of(issued, on)["Operating allowance (art. 23)"]
    assert "1,089.90" in found.warning
    assert "not financed" in found.behind


def test_the_share_of_people_under_sixty(opened: World) -> None:
    young = make.BeneficiaryFactory(birth_date=date(1980, 1, 1))
    make.EnrolmentFactory(project=opened.project, beneficiary=young)
    found = limits_of(opened, APRIL)["People under 60 (art. 5)"]
    assert (found.used, found.limit, bool(found.warning)) == (Decimal("25.0"), Decimal(15), True)
    assert found.projected == Decimal("25.0")


def test_the_share_of_second_series(opened: World) -> None:
    models.SecondSeries.objects.create(
        beneficiary=opened.enrolments[0].beneficiary,
        project=opened.project,
        first_day=date(2023, 4, 1),
        event="Fall",
        concertation_on=date(2023, 3, 30),
        taken_part="All",
        granted_by=opened.actor,
        granted_at=ISSUED,
    )
    found = limits_of(opened, APRIL)["Second series (art. 12 §3)"]
    assert (found.used, bool(found.warning)) == (Decimal("33.3"), True)


def test_night_visits_have_their_own_yearly_amount(opened: World) -> None:
    label = "Night visits and care education (art. 2, 1 c)"
    assert label not in limits_of(opened, APRIL)
    models.ProjectYear.objects.update(alternatives_maximum=Decimal(50))
    opened.project.alternatives = ["night_visit"]
    opened.project.save(update_fields=["alternatives"])
    make.eligible(opened.enrolments[2], families=[*make.BASE, "night_visit"], period_start=date(2023, 2, 2))
    opened.visit(opened.enrolments[2], date(2023, 3, 14), pseudocode="794850", units=3)
    found = limits_of(opened, APRIL)[label]
    assert (found.used, bool(found.warning)) == (Decimal("55.05"), True)


# --- the page


def test_the_page_of_a_billing_admin_has_it_all(issued: World) -> None:
    with at(DUE + timedelta(days=3)):
        html = client_of(issued.actor).get(reverse("protocol3:project", args=[issued.project.public_id]))
    text = html.content.decode()
    for words in (
        "not paid in time",
        "Next deadlines",
        "Limits of the convention",
        "Billed by insurer",
        "1,091.20",
    ):
        assert words in text, words
    assert text.count("<svg") >= 4
    assert text.count("<table") >= 4


def test_a_practitioner_sees_no_money(issued: World) -> None:
    user = make.worker(issued.project, Role.PRACTITIONER)
    with at(DUE + timedelta(days=3)):
        page = client_of(user).get(reverse("protocol3:project", args=[issued.project.public_id]))
    text = page.content.decode()
    assert "Units entered by month" in text
    for words in ("€", "not paid in time", "Operating allowance", "Billed"):
        assert words not in text, words


def test_a_new_project_says_what_to_do_first() -> None:
    project = make.ProjectFactory()
    with at(APRIL):
        page = client_of(make.worker(project)).get(reverse("protocol3:project", args=[project.public_id]))
    text = page.content.decode()
    assert "Nothing to show yet" in text
    assert reverse("protocol3:include", args=[project.public_id]) in text
    assert "maximum of the operating allowance of 2023 is not entered" in text


@pytest.mark.parametrize("year", ["1999", "nonsense", "", "2023 OR 1=1", "²"])
def test_a_year_that_there_is_not_gives_the_last_one_billed(issued: World, year: str) -> None:
    with at(date(2024, 2, 1)):
        page = client_of(issued.actor).get(
            reverse("protocol3:project", args=[issued.project.public_id]), {"year": year}
        )
    assert page.status_code == 200
    assert page.context["year"] == 2023
    issued.visit(issued.enrolments[0], date(2024, 1, 8))
    with at(date(2024, 2, 1)):
        page = client_of(issued.actor).get(
            reverse("protocol3:project", args=[issued.project.public_id]), {"year": year}
        )
    assert page.context["year"] == 2024


def more_people(world: World, count: int) -> None:
    for number in range(count):
        person = make.BeneficiaryFactory(last_name=f"More{number}")
        enrolment = make.eligible(project=world.project, beneficiary=person)
        world.visit(enrolment, date(2023, 4, 3))
        world.visit(enrolment, date(2023, 4, 4), units=5)


def test_the_page_costs_the_same_however_many_people(
    issued: World, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    client, address = client_of(issued.actor), reverse("protocol3:project", args=[issued.project.public_id])
    with at(DUE + timedelta(days=3)):
        more_people(issued, 6)
        with django_assert_max_num_queries(60) as first:
            client.get(address)
        more_people(issued, 12)
        with django_assert_num_queries(len(first)):
            client.get(address)


# --- all projects


@pytest.fixture
def admin() -> Client:
    return client_of(UserFactory(roles=[Role.ADMIN]))


def test_all_projects_side_by_side(issued: World, admin: Client) -> None:
    other = open_world(name="Projet Deux")
    with at(DUE + timedelta(days=3)):
        page = admin.get(reverse("protocol3:all_projects"))
    rows = {row.project.pk: row for row in page.context["rows"]}
    assert rows[issued.project.pk].sums.billed == 4 * WHOLE
    assert rows[issued.project.pk].allowance == 4 * ALLOWANCES
    assert (rows[other.project.pk].sums.billed, rows[other.project.pk].services) == (0, 4)
    assert rows[other.project.pk].started == 3
    assert [(late.project.pk, late.month, late.services) for late in page.context["late"]] == [
        (other.project.pk, MARCH, 4)
    ]
    (debt,) = page.context["debts"]
    assert (debt.project.pk, debt.notes, debt.amount, debt.oldest) == (issued.project.pk, 2, 4 * WHOLE, DUE)


def test_no_person_stands_on_it(issued: World, admin: Client) -> None:
    with at(DUE + timedelta(days=3)):
        text = admin.get(reverse("protocol3:all_projects")).content.decode()
    for enrolment in issued.enrolments:
        assert enrolment.beneficiary.last_name not in text
        assert enrolment.beneficiary.niss not in text


def test_missing_amounts_and_addresses(opened: World) -> None:
    opened.visit(opened.enrolments[0], date(2024, 1, 8))
    missing = every.missing_amounts(date(2024, 2, 1))
    assert [(row.month, str(row.service), row.count) for row in missing] == [
        (date(2024, 1, 1), "Case management", 1),
        (date(2024, 1, 1), "Operating allowance", 1),
    ]
    InsurerFactory(code="900", address="")  # nobody is insured there
    opened.own.address = ""
    opened.own.save(update_fields=["address"])
    assert every.insurers_without_address() == [opened.own]


def test_a_month_that_a_closing_looked_at_is_not_late(opened: World) -> None:
    opened.visit(opened.enrolments[0], date(2023, 3, 20), units=5)
    assert [late.services for late in every.late_months(MAY)] == [5]
    opened.close()
    assert every.late_months(MAY) == []


def test_the_shares_agree_with_those_of_eligibility_and_the_quota(opened: World) -> None:
    young = make.BeneficiaryFactory(birth_date=date(1980, 1, 1))
    make.eligible(project=opened.project, beneficiary=young)
    (row,) = every.rows_of(2023, money_of(models.Recap.objects.all(), 2023), APRIL)
    found = limits_of(opened, APRIL)["People under 60 (art. 5)"]
    assert (row.under_60, row.included) == (1, 4)
    assert found.used == Decimal(25)
    assert (row.second, row.started) == (0, 3)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_sums_are_a_file_too(issued: World, admin: Client, kind: str) -> None:
    with at(DUE):
        response = admin.get(reverse("protocol3:all_projects"), {"export": kind, "year": "2023"})
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    if kind == "json":
        rows = {row["insurer"][:3]: row["billed"] for row in json.loads(body)}
        assert rows == {"500": str(3 * WHOLE), "300": str(WHOLE)}
    if kind == "csv":
        read = list(csv.reader(io.StringIO(body.decode().removeprefix("\ufeff")), delimiter=";"))
        assert len(read) == 3
        assert read[1][2] == "2023-03"


def test_the_page_over_all_costs_the_same_however_many_projects(
    issued: World, admin: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    with at(DUE + timedelta(days=3)):
        open_world(name="Second")
        with django_assert_max_num_queries(40) as first:
            admin.get(reverse("protocol3:all_projects"))
        issued_world(name="Third")
        open_world(name="Fourth")
        with django_assert_num_queries(len(first)):
            admin.get(reverse("protocol3:all_projects"))
