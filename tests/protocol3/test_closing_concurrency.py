"""Several people, workers and projects at the same moment; a broker that is gone."""

import threading
import time
from datetime import date

import pytest
from django.conf import settings
from django.db import transaction

from partenamut.audit.models import Entry
from partenamut.celery import app
from partenamut.documents.models import Rendered
from protocol3 import tasks
from protocol3.models import Closing, Note, NoteLine, Recap, Service
from protocol3.rules.pseudocodes import PSEUDOCODES
from protocol3.services import closing as closings
from protocol3.services import entry, issuing
from protocol3.workflow import ClosingStatus
from tests.factories import protocol3 as make
from tests.protocol3 import months_world as world
from tests.protocol3.months_world import AT, MAY
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def silent(monkeypatch):
    """Nobody rings: the tests call the workers themselves."""
    monkeypatch.setattr(closings, "ring", lambda _closing_id: None)
    monkeypatch.setattr(closings, "ring_papers", lambda _closing_id: None)


def test_two_people_who_close_the_same_month_land_on_one_closing(silent):
    project = world.month()
    first, second = make.worker(project), make.worker(project)
    results = at_once(
        *[lambda by=by: world.prepared(project, by=by) for by in (first, second, first, second)]
    )
    assert len({closing.pk for closing in results}) == 1
    assert Closing.objects.count() == 1
    assert Entry.objects.filter(action="closing_prepared").count() == 1


def test_issuing_started_many_times_at_once_is_one_issue(silent):
    project = world.month()
    closing, clerk = world.prepared(project), make.worker(project)
    results = at_once(*[lambda: closings.issue(closing=closing, signatory="Anne", actor=clerk, at=AT)] * 8)
    assert len(refusals(results)) == 7
    assert Entry.objects.filter(action="issue").count() == 1


def test_many_workers_on_one_closing_issue_it_once(silent):
    project = world.month(codes=("100", "300", "500"), people=3)
    closing = world.handed_over(project)
    at_once(*[lambda: closings.run(closing.pk, at=AT)] * 6)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ISSUED
    assert Recap.objects.count() == 3
    world.check_books(project)


def test_a_run_goes_on_while_another_project_runs(silent):
    projects = [world.month(codes=("100", "500"), people=4) for _turn in range(3)]
    running = [world.handed_over(project) for project in projects]
    at_once(*[lambda closing=closing: closings.run(closing.pk, at=AT) for closing in running])
    for project in projects:
        assert project.closings.get().status == ClosingStatus.ISSUED
        world.check_books(project)


def test_a_project_issues_one_month_at_a_time(silent):
    """Two months share the allowance of the year: together they must not pass its maximum."""
    project = world.month(codes=("500",), people=3, services=2)
    for included in project.enrolments.all():
        world.session(included, date(2023, 4, 11))
        world.session(included, date(2023, 4, 13))
    project.years.update(allowance_maximum="1090.00")
    months = [world.handed_over(project, first=month) for month in (date(2023, 4, 1), MAY)]
    at_once(*[lambda closing=closing: closings.run(closing.pk, at=AT) for closing in months])
    for closing in months:
        closings.run(closing.pk, at=AT)
    assert not Closing.objects.exclude(status=ClosingStatus.ISSUED).exists()
    assert NoteLine.objects.filter(kind="allowance").count() > 0
    assert sum(line.amount for line in NoteLine.objects.filter(kind="allowance")) <= 1090
    world.check_books(project)


def test_projects_that_share_people_bill_a_module_once(silent):
    module = next(code for code, kind in PSEUDOCODES.items() if kind.modality == "module")
    projects = [world.project() for _turn in range(3)]
    owed_by = world.insurer()
    people = [make.BeneficiaryFactory(insurer=owed_by) for _turn in range(4)]
    for place, project in enumerate(projects):
        for person in people:
            included = make.eligible(project=project, beneficiary=person)
            world.session(included, pseudocode=module, units=1, place="")
            world.session(included, date(2023, 5, 9 + place))
    running = [world.handed_over(project) for project in projects]
    at_once(*[lambda closing=closing: closings.run(closing.pk, at=AT) for closing in running])
    assert NoteLine.objects.filter(rate_key="initial_module").count() == len(people)
    for project in projects:
        world.check_books(project)


def test_services_are_entered_before_the_issue_or_refused(silent):
    """Whoever is first: no service is written into a month after its notes were planned."""
    project = world.month(codes=("500",), people=2)
    managers = [make.case_manager(project) for _turn in range(6)]
    clerk, included = make.worker(project), project.enrolments.first()
    closing = world.prepared(project)

    def enter(manager):
        return entry.enter(
            enrolment=included, practitioner=manager, date=date(2023, 5, 30), pseudocode=world.SESSION, units=2,
            place="home", anyway=True, actor=clerk, at=AT,
        )  # fmt: skip

    def issue():
        closings.issue(closing=closing, signatory="Anne", actor=clerk, at=AT)
        return closings.run(closing.pk, at=AT)

    results = at_once(issue, *[lambda manager=manager: enter(manager) for manager in managers])
    entered = [result for result in results if isinstance(result, Service)]
    assert len(entered) + len(refusals(results)) == len(managers)
    world.check_books(project)
    looked_at = set(NoteLine.objects.values_list("service", flat=True)) | set(
        closing.refusals.values_list("service", flat=True)
    )
    after = [service for service in entered if service.pk not in looked_at]
    # Those that came after the issue was over are open, and make the month ready again.
    assert bool(after) == (closings.months_ready(project, date(2023, 6, 5)) == [MAY])


def test_an_interruption_waits_for_the_insurer_in_hand_and_stops_the_rest(silent, monkeypatch):
    project = world.month(codes=("100", "300", "500"), people=2)
    clerk = make.worker(project)
    closing = world.handed_over(project, by=clerk)
    monkeypatch.setattr(closings, "_HANDS", 1)
    real, begun, go_on = issuing.issue_share, threading.Event(), threading.Event()

    def slow(*args, **kwargs):
        recap = real(*args, **kwargs)
        begun.set()
        go_on.wait(timeout=10)
        return recap

    monkeypatch.setattr(issuing, "issue_share", slow)

    def interrupt():
        begun.wait(timeout=10)
        closings.interrupt(closing=closing, actor=clerk, at=AT)
        go_on.set()

    at_once(lambda: closings.run(closing.pk, at=AT), interrupt)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.INTERRUPTED
    assert Recap.objects.count() == 1
    monkeypatch.undo()
    monkeypatch.setattr(closings, "ring", lambda _closing_id: None)
    monkeypatch.setattr(closings, "ring_papers", lambda _closing_id: None)
    closings.resume(closing=closing, actor=clerk, at=AT)
    closings.run(closing.pk, at=AT)
    assert Recap.objects.count() == 3
    world.check_books(project)


def test_numbers_have_no_gap_though_an_insurer_fails_after_taking_them(silent, monkeypatch):
    project = world.month(codes=("100", "300", "500"), people=2)
    closing = world.handed_over(project)
    real = issuing.record

    def failing(*, subject, **kwargs):
        if isinstance(subject, Recap) and subject.insurer.code == "300":
            raise ValueError("a record that cannot be written")
        return real(subject=subject, **kwargs)

    monkeypatch.setattr(issuing, "record", failing)
    closings.run(closing.pk, at=AT)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.PARTLY_ISSUED
    world.check_books(project)
    monkeypatch.setattr(issuing, "record", real)
    closings.resume(closing=closing, actor=make.worker(project), at=AT)
    closings.run(closing.pk, at=AT)
    assert Note.objects.count() == 6
    world.check_books(project)


@pytest.fixture
def no_broker():
    """The bell rings at nobody: a port at which nothing listens."""
    names = ("broker_url", "broker_write_url", "broker_transport_options", "task_always_eager")
    before = {name: app.conf[name] for name in names}
    app.conf.broker_url = app.conf.broker_write_url = "redis://127.0.0.1:9/0"
    app.conf.broker_transport_options = settings.REDIS_TRANSPORT
    app.conf.task_always_eager = False
    app._after_fork()
    yield
    app.conf.update(before)
    app._after_fork()


def test_without_a_broker_nothing_is_lost_and_the_schedule_goes_on(no_broker):
    project = world.month()
    started = time.monotonic()
    closing = world.handed_over(project)
    assert time.monotonic() - started < 5
    closing.refresh_from_db()
    # The person is told that the notes are being issued, and they will be.
    assert closing.status == ClosingStatus.ISSUING
    assert not Recap.objects.exists()
    app.conf.task_always_eager = True
    tasks.continue_closings()
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ISSUED
    world.check_books(project)


def test_a_real_worker_issues_the_month_and_makes_its_papers(worker):
    project = world.month(codes=("100", "500"), people=3)
    closing = world.handed_over(project)
    for _turn in range(3):
        closings.ring(closing.pk)
    worker(lambda: Closing.objects.get().status == ClosingStatus.ISSUED)
    world.check_books(project)
    worker(lambda: Rendered.objects.count() == 8)
    with transaction.atomic():
        assert Recap.objects.count() == 2
