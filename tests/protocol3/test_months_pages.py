"""The pages of months: what they show, what can be done, and what they say where it cannot."""

import io
import zipfile
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.registry.models import Insurer
from protocol3.models import Closing, Recap
from protocol3.services import closing as closings
from protocol3.services import papers
from protocol3.workflow import ClosingStatus
from tests.factories import protocol3 as make
from tests.protocol3 import months_world as world
from tests.protocol3.months_world import AT

pytestmark = [pytest.mark.django_db]

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture(autouse=True)
def in_june():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def project():
    return world.month(codes=("100", "500"), people=2, services=2)


@pytest.fixture
def clerk(project):
    return make.worker(project)


@pytest.fixture
def web(clerk):
    return logged_in(clerk)


def logged_in(user):
    client = Client(**ENGLISH)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(name, project, closing=None):
    return reverse(f"protocol3:{name}", args=[project.public_id, *([closing.public_id] if closing else [])])


def text(response):
    """What a page says, with its blanks as one."""
    assert response.status_code == 200, response
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\u00a0", " ").split())


def test_the_months_name_what_is_ready_and_close_it(web, project):
    said = text(web.get(page("closings", project)))
    assert "Ready to close" in said
    assert "Close May 2023" in said
    assert "No month has been closed yet" in said
    response = web.post(page("close_month", project), {"month": "2023-05"}, follow=True)
    closing = Closing.objects.get()
    assert response.redirect_chain[-1][0] == page("closing", project, closing)
    said = text(web.get(page("closings", project)))
    assert "Ready to close" not in said
    assert "May 2023" in said
    assert "Checked" in said


def test_a_month_whose_amounts_are_missing_says_who_enters_them(clerk, project):
    world.session(project.enrolments.first(), date(2024, 1, 9))
    with time_machine.travel(date(2024, 2, 5)):
        web = logged_in(clerk)
        said = text(web.get(page("closings", project)))
        assert "Amounts are not known yet (art. 22): Case management, Operating allowance" in said
        refused = text(web.post(page("close_month", project), {"month": "2024-01"}, follow=True))
    assert "Nothing is billed at old amounts" in refused
    assert not Closing.objects.exists()


@pytest.mark.parametrize(
    "month", ["", "2023-13", "2023-05-01", "9999999", "May", "0000-01", "9999-12", "2023-06"]
)
def test_a_month_that_is_none_gets_a_sentence(web, project, month):
    response = web.post(page("close_month", project), {"month": month}, follow=True)
    assert response.status_code == 200
    assert [str(message) for message in response.context["messages"]]
    assert not Closing.objects.exists()


def test_the_closing_shows_the_euros_of_each_insurer_and_the_month_before(web, project):
    for included in project.enrolments.filter(beneficiary__affiliations__insurer__code="500"):
        world.session(included, date(2023, 4, 4))
    world.issued(project, first=date(2023, 4, 1))
    said = text(web.get(page("closing", project, world.prepared(project))))
    assert "1 091,20 €" in said or "1,091.20" in said or "1 091.20" in said
    assert "Month before" in said
    assert "April 2023" in said
    assert "Certify and issue the notes" in said


def test_what_is_not_billable_is_listed_with_sentence_and_article(web, project):
    included = project.enrolments.first()
    world.session(included, date(2023, 5, 20), units=5)
    world.session(included, date(2023, 5, 21), place="remote")
    make.models.Stay.objects.create(
        beneficiary=included.beneficiary,
        kind="hospital",
        arrival=date(2023, 5, 24),
        departure=date(2023, 5, 27),
    )
    world.session(included, date(2023, 5, 25))
    closing = world.prepared(project)
    said = text(web.get(page("closing", project, closing)))
    assert "Units a day" in said
    everything = text(web.get(page("closing_refusals", project, closing)))
    assert "3 services are not billable" in everything
    assert "it must have 2 to 4" in everything
    assert "is in hospital on 25/05/2023" in everything
    assert "art. 26" in everything
    one = text(web.get(page("closing_refusals", project, closing), {"rule": "p3.remote"}))
    assert "1 service is not billable" in one
    assert "prior consent" in one
    nobody = text(web.get(page("closing_refusals", project, closing), {"text": "nobody-is-called-so"}))
    assert "Nothing matches these filters" in nobody
    wrong = web.get(page("closing_refusals", project, closing), {"rule": "p3.nothing"})
    assert wrong.status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_of_what_is_not_billable_leaves_as_a_file(web, project, kind):
    world.session(project.enrolments.first(), date(2023, 5, 20), units=5)
    closing = world.prepared(project)
    response = web.get(page("closing_refusals", project, closing), {"export": kind})
    body = b"".join(response.streaming_content)
    assert response.status_code == 200
    if kind == "csv":
        assert "it must have 2 to 4" in body.decode("utf-8-sig")
    assert Entry.objects.filter(action="refusals_exported").count() == 1


def test_certify_look_at_the_total_and_issue(web, project, clerk):
    closing = world.prepared(project)
    form = text(web.get(page("issue_closing", project, closing)))
    assert 'value="Anne Dupont"' in form
    empty = text(web.post(page("issue_closing", project, closing), {"signatory": "Anne Dupont"}))
    assert "Tick the box" in empty
    last = web.post(page("issue_closing", project, closing), {"signatory": "Anne Dupont", "exact": "on"})
    assert "What is issued is never changed" in text(last)
    assert not Recap.objects.exists()
    asked = last.context["asked"]
    done = web.post(page("issue_closing", project, closing), asked, follow=True)
    assert "You can leave this page" in text(done)
    closing.refresh_from_db()
    assert (closing.status, closing.signatory, closing.started_by) == ("issuing", "Anne Dupont", clerk)
    again = web.post(page("issue_closing", project, closing), asked, follow=True)
    assert "This cannot be done now" in text(again)
    closings.run(closing.pk, at=AT)
    finished = text(web.get(page("closing", project, closing)))
    for recap in Recap.objects.all():
        assert recap.number in finished


def test_a_month_that_changed_meanwhile_is_shown_again_before_it_is_issued(web, project):
    closing = world.prepared(project)
    last = web.post(page("issue_closing", project, closing), {"signatory": "Anne", "exact": "on"})
    world.session(project.enrolments.first(), date(2023, 5, 30))
    changed = web.post(page("issue_closing", project, closing), last.context["asked"])
    assert "it comes to another total now" in text(changed)
    assert changed.context["asked"]["seen"] != last.context["asked"]["seen"]
    web.post(page("issue_closing", project, closing), changed.context["asked"])
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ISSUING


def test_the_bar_is_drawn_asked_for_and_said_by_tenths(web, project):
    closing = world.handed_over(project)
    shown = text(web.get(page("closing", project, closing)))
    assert 'hx-trigger="every 2s"' in shown
    assert 'role="status"' in shown
    assert "0 of 4 individual notes are issued, 0 of 6 PDFs are made." in shown
    assert "Load again" in shown
    bar = page("closing_progress", project, closing)
    plain = web.get(bar)
    assert plain.status_code == 302
    ajax = {"HTTP_HX_REQUEST": "true"}
    first = web.get(bar, {"was": "issuing", "said": ""}, **ajax)
    assert "hx-swap-oob" in first.content.decode()
    assert "HX-Refresh" not in first
    silent = web.get(bar, {"was": "issuing", "said": "0"}, **ajax)
    assert "hx-swap-oob" not in silent.content.decode()
    closings.run(closing.pk, at=AT)
    moved = web.get(bar, {"was": "issuing", "said": "0"}, **ajax)
    assert moved["HX-Refresh"] == "true"


def test_interrupt_and_resume_from_the_page(web, project):
    closing = world.handed_over(project)
    said = text(web.post(page("interrupt_closing", project, closing), follow=True))
    assert "The issue is interrupted" in said
    assert "hx-trigger" not in said
    twice = text(web.post(page("interrupt_closing", project, closing), follow=True))
    assert "This cannot be done now" in twice
    closings.run(closing.pk, at=AT)
    assert not Recap.objects.exists()
    web.post(page("resume_closing", project, closing))
    closings.run(closing.pk, at=AT)
    assert Recap.objects.count() == 2


def test_an_insurer_that_is_held_up_says_who_can_mend_it(web, project):
    Insurer.objects.filter(code="100").update(address="")
    closing = world.issued(project)
    said = text(web.get(page("closing", project, closing)))
    assert "Partly issued" in said
    assert "The address of the insurer is not known" in said
    assert "administrator enters it in the register of insurers" in said
    Insurer.objects.filter(code="100").update(address="Rue 1, 1000 Bruxelles")
    web.post(page("resume_closing", project, closing))
    closings.run(closing.pk, at=AT)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ISSUED


def test_a_missing_registration_number_leads_to_the_person(web, project):
    included = project.enrolments.first()
    included.beneficiary.affiliations.update(registration_number="")
    closing = world.prepared(project)
    said = text(web.get(page("closing", project, closing)))
    assert f"The registration number of {included.beneficiary.full_name} with the insurer is missing." in said
    assert reverse("protocol3:beneficiary", args=[included.public_id]) in said


def test_units_without_allowance_and_excess_are_said(web, project):
    world.issued(project)
    included = project.enrolments.first()
    project.years.update(allowance_maximum=0)
    make.models.Stay.objects.create(
        beneficiary=included.beneficiary,
        kind="hospital",
        arrival=date(2023, 5, 1),
        departure=date(2023, 5, 3),
    )
    world.session(included, date(2023, 5, 30))
    said = text(web.get(page("closing", project, world.prepared(project))))
    assert "2 units without operating allowance" in said
    assert "Billed earlier, not billable any more" in said
    assert reverse("protocol3:excess", args=[project.public_id]) in said
    assert "This closes the month anew" in said


def test_a_late_month_is_warned_of(clerk, project):
    world.prepared(project)
    with time_machine.travel(date(2023, 7, 1)):
        web = logged_in(clerk)
        said = text(web.get(page("closings", project)))
        assert "May 2023 is late" in said
        closing = text(web.get(page("closing", project, Closing.objects.get())))
    assert "no later than 30/06/2023 (art. 24)" in closing
    assert "15/09/2023" in closing  # as late as if June had been billed


def test_services_that_came_late_offer_a_second_closing(web, project):
    closing = world.issued(project)
    world.session(project.enrolments.first(), date(2023, 5, 30))
    said = text(web.get(page("closing", project, closing)))
    assert "1 service came late" in said
    assert "Close the month anew" in said
    web.post(page("close_month", project), {"month": "2023-05"})
    assert Closing.objects.filter(turn=2).exists()


def test_check_again_takes_up_what_was_mended(web, project):
    service = world.session(project.enrolments.first(), date(2023, 5, 20), units=5)
    closing = world.prepared(project)
    type(service).objects.filter(pk=service.pk).update(units=4)
    said = text(web.post(page("check_closing", project, closing), follow=True))
    assert "Every service was checked again." in said
    assert "Every service of the month is billable." in said


def test_a_closing_is_given_up_after_a_question(web, project):
    closing = world.prepared(project)
    assert "Nothing was issued" in text(web.get(page("discard_closing", project, closing)))
    web.post(page("discard_closing", project, closing))
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.DISCARDED
    again = web.get(page("discard_closing", project, closing), follow=True)
    assert "This cannot be done now" in text(again)
    assert "Close the month anew" in text(again)


def test_the_papers_leave_as_one_file_that_says_what_is_missing(web, project):
    closing = world.issued(project)
    none = web.get(page("closing_papers", project, closing), follow=True)
    assert "No PDF of this month is made yet" in text(none)
    first = Recap.objects.order_by("pk").first()
    for note in first.notes.all():
        papers.paper_of(note, at=AT)
    papers.paper_of(first, at=AT)
    shown = text(web.get(page("closing", project, closing)))
    assert "Download the PDFs (3, ZIP)" in shown
    assert "3 PDFs are still being made" in shown
    response = web.get(page("closing_papers", project, closing))
    file = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert file.testzip() is None
    names = file.namelist()
    assert f"{first.number}/{first.number}.pdf" in names
    assert len([name for name in names if name.endswith(".pdf")]) == 3
    assert file.read(names[0]).startswith(b"%PDF-")
    missing = file.read("missing.txt").decode()
    assert missing.count(".pdf") == 3
    assert Entry.objects.get(action="month_papers_taken").changes == {"files": [None, 3]}


def test_a_practitioner_and_a_stranger_see_no_months(project):
    closing = world.prepared(project)
    for user, expected in (
        (make.worker(project, Role.PRACTITIONER), 403),
        (make.worker(world.project()), 404),
    ):
        client = logged_in(user)
        for name in ("closing", "closing_refusals", "issue_closing", "closing_papers", "discard_closing"):
            assert client.get(page(name, project, closing)).status_code == expected
        assert client.get(page("closings", project)).status_code == expected
        assert client.post(page("resume_closing", project, closing)).status_code == expected


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    web, project, django_assert_max_num_queries
):
    for month in (2, 3, 4):
        for included in project.enrolments.all():
            world.session(included, date(2023, month, 11))
        world.issued(project, first=date(2023, month, 1))
    world.prepared(project)
    with django_assert_max_num_queries(16):
        said = text(web.get(page("closings", project)))
    assert "4 closings" in said
    filtered = text(web.get(page("closings", project), {"status": "issued", "year": "2023"}))
    assert "3 closings" in filtered
    wrong = web.get(page("closings", project), {"year": "a long time ago"})
    assert wrong.status_code == 200
    csv = b"".join(web.get(page("closings", project), {"export": "csv"}).streaming_content)
    assert csv.decode("utf-8-sig").count("\r\n") == 5
