"""Reports of a project: the numbers of a quarter, the list of practitioners, files and statements."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pikepdf
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook  # type: ignore[import-untyped]

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from partenamut.documents.models import Document
from partenamut.web.exports import STREAMS
from protocol3 import models
from protocol3.readings import reports_quarter as quarters
from protocol3.readings import reports_staff as staff
from protocol3.services import corrections
from protocol3.services import reports as services
from protocol3.views import reports_lists as lists
from tests.factories import protocol3 as make
from tests.protocol3.money_world import (
    ISSUED,
    MARCH,
    WHOLE,
    World,
    issued_world,
    open_world,
)

pytestmark = pytest.mark.django_db

FIRST = quarters.Quarter(2023, 1)
APRIL = date(2023, 4, 12)


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


def at(day: date) -> Any:
    return time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=False)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def table(response: Any) -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(body(response).decode().removeprefix("\ufeff"), newline=""), delimiter=";")
    )


# --- quarters


@pytest.mark.parametrize(
    ("day", "code", "first", "last", "due"),
    [
        (date(2023, 1, 1), "2023-1", date(2023, 1, 1), date(2023, 3, 31), date(2023, 4, 30)),
        (date(2023, 6, 30), "2023-2", date(2023, 4, 1), date(2023, 6, 30), date(2023, 7, 31)),
        (date(2023, 12, 31), "2023-4", date(2023, 10, 1), date(2023, 12, 31), date(2024, 1, 31)),
    ],
)
def test_a_quarter_has_its_days(day: date, code: str, first: date, last: date, due: date) -> None:
    found = quarters.quarter_on(day)
    assert (found.code, found.first, found.last, found.due) == (code, first, last, due)
    assert quarters.quarter_of(code) == found


@pytest.mark.parametrize(
    "code", ["", "2023", "2023-5", "2023-0", "0000-1", "2023-1 ", "x", "²023-1", "20233-1"]
)
def test_what_is_no_quarter_is_none(code: str) -> None:
    assert quarters.quarter_of(code) is None


# --- the numbers of a quarter


def causes(report: quarters.Report) -> dict[str, int]:
    """Services by the cause of their difference."""
    return {str(words): services for words, services, _units in report.causes()}


def test_services_count_once_billed_or_not(opened: World) -> None:
    before = quarters.report_of(opened.project, FIRST)
    assert [(line.month, line.pseudocode, line.services, line.units) for line in before.lines] == [
        (MARCH, "794570", 4, 8)
    ]
    assert causes(before) == {"Billable, not billed yet": 4}
    opened.close()
    after = quarters.report_of(opened.project, FIRST)
    assert (after.services, after.units, after.differences) == (4, 8, ())
    assert after.lines[0].units_on_notes == 8


def test_what_is_not_billable_is_not_reported(opened: World) -> None:
    opened.visit(opened.enrolments[0], date(2023, 3, 20), units=5)
    withdrawn = opened.visit(opened.enrolments[0], date(2023, 3, 21))
    withdrawn.withdrawn_at = ISSUED
    withdrawn.save(update_fields=["withdrawn_at"])
    models.Affiliation.objects.filter(beneficiary=opened.enrolments[2].beneficiary).update(
        last_day=date(2023, 3, 1)
    )
    assert quarters.report_of(opened.project, FIRST).services == 3


def test_only_the_quarter_and_the_project(opened: World) -> None:
    opened.visit(opened.enrolments[0], date(2023, 4, 1))
    other = make.ProjectFactory()
    elsewhere = make.eligible(
        project=other, beneficiary=opened.enrolments[0].beneficiary, period_start=make.START
    )
    make.ServiceFactory(enrolment=elsewhere, date=date(2023, 3, 28))
    assert quarters.report_of(opened.project, FIRST).services == 4
    assert quarters.report_of(opened.project, quarters.Quarter(2023, 2)).services == 1
    assert quarters.report_of(other, FIRST).services == 1


def test_a_service_billed_later_is_late(issued: World) -> None:
    issued.visit(issued.enrolments[0], date(2023, 3, 27))
    issued.close(at=ISSUED + timedelta(days=60))
    report = quarters.report_of(issued.project, FIRST)
    assert (report.services, causes(report)) == (5, {"Billed later, by a correction note": 1})
    assert report.differences[0].note.startswith(issued.project.code)


def test_what_was_taken_back_and_what_is_not_billable_any_more_are_told(issued: World) -> None:
    corrections.take_back(
        recap=issued.recap,
        services=[issued.services[2].public_id],
        reason="rejection",
        explanation="Not insured",
        signatory="Anne Dupont",
        actor=issued.actor,
        at=ISSUED + timedelta(days=30),
    )
    person = issued.enrolments[0].beneficiary
    person.died_on = date(2023, 3, 7)
    person.save(update_fields=["died_on"])
    report = quarters.report_of(issued.project, FIRST)
    assert report.services == 2
    assert causes(report) == {"On a note, taken back since": 1, "On a note, not billable any more": 1}


def lived_through(world: World, random: Random) -> None:
    """A quarter with services entered before and after the notes, one taken back, and a death known too late."""
    for number in range(12):
        world.visit(
            random.choice(world.enrolments),
            date(2023, random.choice((1, 2, 3, 3)), 1) + timedelta(days=random.randrange(28)),
            units=random.choice((2, 2, 3, 4, 5)),
            pseudocode=random.choice(("794570", "794592", "794592")),
            documented_minutes=150,
        )
        if number == 7:
            close_all(world, ISSUED)
    if random.random() < 0.7:
        close_all(world, ISSUED + timedelta(days=40))
    for recap in models.Recap.objects.filter(kind="invoice").order_by("pk")[:2]:
        line = models.NoteLine.objects.filter(note__recap=recap, kind="service").earliest("pk")
        corrections.take_back(
            recap=recap,
            services=[line.service.public_id],
            reason="error",
            explanation="Mistake",
            signatory="A",
            actor=world.actor,
            at=ISSUED + timedelta(days=50),
        )
    world.visit(world.enrolments[2], date(2023, 3, 30))
    person = world.enrolments[1].beneficiary
    person.died_on = date(2023, 3, 10)
    person.save(update_fields=["died_on"])


def close_all(world: World, at: datetime) -> None:
    """Every month of the quarter that has something to bill."""
    for month in (1, 2, 3):
        if models.Service.objects.open().filter(date__month=month).exists():
            world.close(date(2023, month, 1), at=at)


@pytest.mark.parametrize("seed", range(6))
def test_file_and_notes_differ_by_just_what_is_told(opened: World, seed: int) -> None:
    """Whatever happened, the units of the file are those of the notes and of the causes, pseudocode by pseudocode."""
    lived_through(opened, Random(seed))
    report = quarters.report_of(opened.project, FIRST)
    assert report.lines
    for line in report.lines:
        own = [
            one for one in report.differences if (one.month, one.pseudocode) == (line.month, line.pseudocode)
        ]
        assert line.difference == sum(quarters.SIGNS[one.why] * one.units for one in own)
        assert line.services - line.services_on_notes == sum(quarters.SIGNS[one.why] for one in own)


def test_the_numbers_cost_the_same_however_many_people(
    opened: World, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_max_num_queries(16) as first:
        list(quarters.differences_rows(quarters.report_of(opened.project, FIRST)))
    for number in range(8):
        person = make.BeneficiaryFactory(last_name=f"More{number}")
        opened.visit(make.eligible(project=opened.project, beneficiary=person), date(2023, 3, 13))
    with django_assert_num_queries(len(first)):
        report = quarters.report_of(opened.project, FIRST)
        assert len(list(quarters.differences_rows(report))) == 12


# --- its page and files


def quarter_page(world: World, **query: str) -> Any:
    with at(APRIL):
        return client_of(world.actor).get(reverse("protocol3:quarter", args=[world.project.public_id]), query)


def test_the_page_shows_file_notes_and_differences(issued: World) -> None:
    issued.visit(issued.enrolments[0], date(2023, 3, 27))
    text = quarter_page(issued, quarter="2023-1").content.decode()
    for words in (
        "Services of quarter 1 of 2023",
        "30/04/2023",
        "5 services, 10 units",
        "Billable, not billed yet: 1",
    ):
        assert words in text, words
    assert "Rosa Adam" in text


def test_the_file_of_the_quarter_names_nobody(issued: World) -> None:
    rows = table(quarter_page(issued, quarter="2023-1", export="csv"))
    assert rows[1] == [
        issued.project.inami_number, "2023", "1", "2023-03", "Case management", "Session, Social worker", "794570", "4", "8",
    ]  # fmt: skip
    (line,) = json.loads(body(quarter_page(issued, quarter="2023-1", export="json")))
    assert (line["month"], line["pseudocode"], line["services"], line["units"]) == ("2023-03", "794570", 4, 8)
    for enrolment in issued.enrolments:
        assert enrolment.beneficiary.last_name not in json.dumps(line)


def test_the_differences_are_a_file_with_a_trace(issued: World) -> None:
    issued.visit(issued.enrolments[0], date(2023, 3, 27))
    rows = table(quarter_page(issued, quarter="2023-1", what="differences", export="csv"))
    assert rows[1][:4] == ["27/03/2023", "Rosa Adam", "794570", "2"]
    entry = Entry.objects.get(action="export", subject_id=issued.project.public_id)
    assert (entry.actor, entry.changes["list"]) == (issued.actor, ["differences-2023-1", "csv"])


@pytest.mark.parametrize("code", ["2050-1", "nonsense", "", "2019-1"])
def test_a_quarter_that_there_is_not_gives_the_latest(issued: World, code: str) -> None:
    assert quarter_page(issued, quarter=code).context["chosen"] == FIRST


def test_a_pseudocode_that_only_the_notes_have_is_no_line_of_the_file(issued: World) -> None:
    for enrolment in issued.enrolments:
        enrolment.beneficiary.died_on = date(2023, 3, 1)
        enrolment.beneficiary.save(update_fields=["died_on"])
    assert len(table(quarter_page(issued, quarter="2023-1", export="csv"))) == 1
    assert "On a note, not billable any more: 4" in quarter_page(issued, quarter="2023-1").content.decode()


def test_a_project_without_services_says_so() -> None:
    project = make.ProjectFactory()
    with at(APRIL):
        page = client_of(make.worker(project)).get(reverse("protocol3:quarter", args=[project.public_id]))
    assert "No billable service in this quarter" in page.content.decode()


# --- practitioners of a year


def test_the_list_of_a_year_has_its_days_and_hours(opened: World) -> None:
    make.AssignmentFactory(
        project=opened.project,
        practitioner=make.PractitionerFactory(last_name="Aerts"),
        hours_per_week=Decimal("7.0"),
        first_day=date(2022, 7, 1),
        last_day=date(2023, 2, 28),
    )
    make.AssignmentFactory(project=opened.project, first_day=date(2024, 1, 1))
    posts = staff.staff_of(opened.project, 2023)
    assert (posts[0].assignment.practitioner.last_name, posts[0].is_short) == ("Aerts", True)
    assert len(posts) == 2
    assert (posts[0].first_day, posts[0].last_day, posts[0].hours) == (
        date(2023, 1, 1),
        date(2023, 2, 28),
        Decimal("59.0"),
    )
    assert (posts[1].last_day, posts[1].hours) == (date(2023, 12, 31), Decimal("990.7"))


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_list_of_a_year_is_a_file(opened: World, kind: str) -> None:
    with at(date(2024, 2, 1)):
        address = reverse("protocol3:practitioner_list", args=[opened.project.public_id])
        client = client_of(opened.actor)
        page = client.get(address)
        content = body(client.get(address, {"year": "2023", "export": kind}))
    assert (page.context["year"], page.context["due"]) == (2023, date(2024, 3, 31))
    if kind == "json":
        (row,) = json.loads(content)
        assert (row["hours_per_week"], row["hours"], row["first_day"]) == ("19.0", "990.7", "2023-01-01")
    assert Entry.objects.get(action="export").changes["list"] == ["practitioners-2023", kind]


# --- notes, lines and payments


REPORTS = {
    "report_notes": (lists.NoteReport, lists.notes_of, 3),
    "report_lines": (lists.LineReport, lists.lines_of, 8),
    "report_payments": (lists.PaymentReport, lists.payments_of, 1),
}


@pytest.fixture
def paid(issued: World) -> World:
    models.Payment.objects.create(
        recap=issued.recap,
        received_on=APRIL,
        amount=Decimal("100.50"),
        reference="=1+1",
        registered_by=issued.actor,
        registered_at=ISSUED,
    )
    return issued


@pytest.mark.parametrize("name", REPORTS)
def test_each_list_is_a_file_in_three_kinds(paid: World, name: str) -> None:
    client, address = client_of(paid.actor), reverse(f"protocol3:{name}", args=[paid.project.public_id])
    issued_world(code="OTHER") if name == "report_notes" else None
    rows = REPORTS[name][2]
    assert client.get(address).status_code == 200
    assert len(table(client.get(address, {"export": "csv"}))) == rows + 1
    assert len(json.loads(body(client.get(address, {"export": "json"})))) == rows
    sheet = load_workbook(io.BytesIO(body(client.get(address, {"export": "xlsx"})))).worksheets[0]
    assert sheet.max_row == rows + 1
    taken = Entry.objects.filter(action="export", subject_id=paid.project.public_id)
    assert sorted(entry.changes["list"][1] for entry in taken) == ["csv", "json", "xlsx"]


@pytest.mark.parametrize("name", REPORTS)
def test_each_list_is_narrowed_by_month_insurer_and_kind(paid: World, name: str) -> None:
    paid.visit(paid.enrolments[0], date(2023, 4, 3))
    paid.close(date(2023, 4, 1), at=ISSUED + timedelta(days=28))
    client, address = client_of(paid.actor), reverse(f"protocol3:{name}", args=[paid.project.public_id])

    def count(**query: Any) -> int:
        return len(json.loads(body(client.get(address, {"export": "json", **query}))))

    rows = REPORTS[name][2]
    more = {"report_notes": 1, "report_lines": 2, "report_payments": 0}[name]
    assert count() == rows + more
    assert count(month="2023-03-01", kind="invoice") == rows
    assert count(kind="correction") == 0 if name != "report_payments" else True
    own = {"report_notes": 2, "report_lines": 6, "report_payments": 1}[name]
    assert count(month="2023-03-01", insurer=paid.own.pk) == own
    assert client.get(address, {"month": "nonsense"}).status_code == 200
    assert b"<table" not in client.get(address, {"month": "nonsense", "export": "csv"}).content


def test_the_lines_add_up_to_the_notes_and_the_notes_to_the_recaps(paid: World) -> None:
    def sum_of(name: str, column: str) -> Decimal:
        address = reverse(f"protocol3:{name}", args=[paid.project.public_id])
        rows = json.loads(body(client_of(paid.actor).get(address, {"export": "json"})))
        return sum((Decimal(row[column]) for row in rows), Decimal(0))

    assert sum_of("report_lines", "amount") == sum_of("report_notes", "total") == 4 * WHOLE


def test_a_formula_in_a_payment_stays_text(paid: World) -> None:
    address = reverse("protocol3:report_payments", args=[paid.project.public_id])
    (row,) = table(client_of(paid.actor).get(address, {"export": "csv"}))[1:]
    assert "'=1+1" in row


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_each_file_is_one_query(paid: World, name: str, kind: str, django_assert_num_queries: Any) -> None:
    report, rows_of, count = REPORTS[name]
    rows = rows_of(paid.project)
    with django_assert_num_queries(1):
        response: Any = STREAMS[kind]("x", report.columns, rows)
        content = body(response)
    assert content.count(b"\n") >= count


def test_thousands_of_lines_need_no_more_memory_than_hundreds(paid: World) -> None:
    note = models.Note.objects.first()
    assert note is not None
    credited = models.NoteLine.objects.filter(note=note, kind="service").first()
    assert credited is not None

    def add(count: int) -> None:
        made = [
            models.Service(
                enrolment=note.enrolment,
                practitioner=paid.practitioner,
                date=MARCH,
                pseudocode="794570",
                units=2,
                entered_by=paid.actor,
                entered_at=ISSUED,
            )
            for _ in range(count)
        ]
        models.Service.objects.bulk_create(made)
        models.NoteLine.objects.bulk_create(
            models.NoteLine(
                note=note,
                position=100,
                kind="service",
                service=service,
                date=MARCH,
                pseudocode="794570",
                rate_key="case_management",
                units=2,
                unit_amount=Decimal("27.41"),
                amount=Decimal("54.82"),
            )
            for service in made
        )

    def peak(kind: str) -> float:
        tracemalloc.start()
        try:
            response: Any = STREAMS[kind]("x", lists.LineReport.columns, lists.lines_of(paid.project))
            for _chunk in response.streaming_content:
                pass
            return tracemalloc.get_traced_memory()[1] / 1024 / 1024
        finally:
            tracemalloc.stop()

    add(4_000)
    small = {kind: peak(kind) for kind in ("csv", "json")}
    add(16_000)
    for kind, before in small.items():
        assert peak(kind) < before * 1.3 + 0.5, kind


# --- the statement of a beneficiary


def statement_of(world: World, **query: str) -> Any:
    return client_of(world.actor).get(
        reverse("protocol3:statement", args=[world.enrolments[0].public_id]), query
    )


def printed(world: World, first: str = "2023-03-01", last: str = "2023-03-31") -> Any:
    with at(APRIL), translation.override("en"):
        return client_of(world.actor).post(
            reverse("protocol3:statement", args=[world.enrolments[0].public_id]),
            {"first": first, "last": last},
        )


def test_the_statement_shows_the_last_quarter_billed_first(issued: World) -> None:
    text = statement_of(issued).content.decode()
    assert "01/01/2023" in text
    assert "545.60" in text  # two visits with their allowances
    assert Access.objects.filter(person_id=issued.enrolments[0].beneficiary.public_id).count() == 1


def test_a_statement_is_a_pdf_made_once_for_the_same_words(issued: World) -> None:
    first, again = printed(issued), printed(issued)
    assert first["Content-Type"] == "application/pdf"
    assert first.content == again.content
    assert Document.objects.filter(kind="protocol3_statement").count() == 1
    assert Entry.objects.filter(action="statement_printed").count() == 2
    with pikepdf.open(io.BytesIO(first.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    assert printed(issued, last="2023-03-07").content != first.content
    assert Document.objects.filter(kind="protocol3_statement").count() == 2


def test_what_was_taken_back_stands_on_the_statement(issued: World) -> None:
    corrections.take_back(
        recap=issued.recap,
        services=[issued.services[0].public_id],
        reason="rejection",
        explanation="Not insured",
        signatory="Anne Dupont",
        actor=issued.actor,
        at=ISSUED + timedelta(days=30),
    )
    lines = services.lines_between(issued.enrolments[0], MARCH, date(2023, 3, 31))
    assert sum(line.amount for line in lines) == WHOLE
    assert printed(issued).status_code == 200


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2023-03-31", "2023-03-01", "The last day cannot come before the first."),
        ("2023-02-29", "2023-03-01", "First day"),
        ("", "2023-03-01", "Enter the date"),
        ("x", "y", ""),
    ],
)
def test_wrong_days_get_a_sentence(issued: World, first: str, last: str, said: str) -> None:
    for answer in (statement_of(issued, first=first, last=last), printed(issued, first, last)):
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/html")
        assert said in answer.content.decode()
    assert not Document.objects.filter(kind="protocol3_statement").exists()


def test_too_many_lines_are_asked_in_parts(issued: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_LINES", 3)
    assert "ask for a shorter one" in printed(issued).content.decode()


def test_a_stranger_gets_no_statement(issued: World) -> None:
    stranger = make.worker(make.ProjectFactory(), Role.PRACTITIONER)
    address = reverse("protocol3:statement", args=[issued.enrolments[0].public_id])
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(stranger).post(address, {"first": "2023-03-01", "last": "2023-03-31"}).status_code == 404


# --- the page of reports


def test_the_page_of_reports_names_what_is_due(issued: World) -> None:
    with at(APRIL):
        page = client_of(issued.actor).get(reverse("protocol3:reports", args=[issued.project.public_id]))
    text = page.content.decode()
    assert "Quarter 1 of 2023: to be sent by 30/04/2023." in text
    assert "No contact person" in text
    with at(date(2024, 1, 9)):
        page = client_of(issued.actor).get(reverse("protocol3:reports", args=[issued.project.public_id]))
    assert "The list of 2023: to be sent by 31/03/2024." in page.content.decode()
