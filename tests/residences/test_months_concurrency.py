"""Several people and workers on a month at the same moment; workers killed in the middle; a broker that is gone.

DRILL_KILLS=1000 DRILL_SEED=7 python -m pytest tests/residences/test_months_concurrency.py -k killed -s
"""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from partenamut.audit.models import Entry as Trail
from partenamut.casework.models import NumberSeries
from partenamut.celery import app
from partenamut.documents.models import Rendered
from residences import tasks
from residences.models import Entry, Invoice, InvoiceLine, InvoiceRun
from residences.services import accounts, issuing, runs
from residences.workflow import RunStatus
from tests.conftest import ROOT
from tests.residences import months_world as world
from tests.residences.months_world import AT, MAY, TODAY
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

KILLS = int(os.environ.get("DRILL_KILLS", "6"))
SEED = int(os.environ.get("DRILL_SEED", str(random.randrange(10**6))))
RESIDENTS = 24
PATIENCE = 60


@pytest.fixture
def silent(monkeypatch):
    """Nobody rings: the tests call the workers themselves."""
    monkeypatch.setattr(runs, "ring", lambda _run_id: None)
    monkeypatch.setattr(runs, "ring_papers", lambda _run_id: None)
    monkeypatch.setattr(issuing, "ring_paper", lambda _invoice: None)


def month(residents=6):
    """A home with residents to invoice in May."""
    home = world.residence()
    for _turn in range(residents):
        world.taken(world.stay(home, invoiced_until=date(2026, 5, 31)))
    return home


def test_two_people_who_prepare_the_same_month_land_on_one_run(silent):
    home = month(2)
    results = at_once(*[lambda: world.prepared(home)] * 4)
    assert len({run.pk for run in results}) == 1
    assert Trail.objects.filter(action="run_prepared").count() == 1


def test_issuing_started_many_times_at_once_is_one_issue(silent):
    home = month(2)
    run = world.prepared(home)
    results = at_once(*[lambda: runs.issue(run=run, received_on=TODAY, actor=home.director, at=AT)] * 6)
    assert len(refusals(results)) == 5
    assert Trail.objects.filter(action="issue").count() == 1


def test_many_workers_on_one_run_issue_it_once(silent, monkeypatch):
    monkeypatch.setattr(runs, "TOGETHER", 2)
    home = month(8)
    run = world.handed_over(home)
    at_once(*[lambda: runs.run(run.pk, at=AT)] * 5)
    run.refresh_from_db()
    assert run.status == RunStatus.ISSUED
    assert Invoice.objects.count() == 8
    world.check_books(home)


def test_homes_run_beside_each_other_each_without_a_gap(silent):
    homes = [month(4) for _turn in range(3)]
    running = [world.handed_over(home) for home in homes]
    at_once(*[lambda run=run: runs.run(run.pk, at=AT) for run in running])
    for home in homes:
        assert home.runs.get().status == RunStatus.ISSUED
        world.check_books(home)


def test_an_entry_made_while_a_month_is_issued_is_on_one_invoice_or_still_open(silent):
    home = month(4)
    stays = list(home.conventions.order_by("pk"))
    run = world.handed_over(home)

    def enter(stay):
        return accounts.add_correction(
            convention=stay,
            label="Geste",
            day=TODAY,
            amount=Decimal(-1),
            explanation="x",
            actor=home.director,
            at=AT,
        )

    at_once(lambda: runs.run(run.pk, at=AT), *[lambda stay=stay: enter(stay) for stay in stays])
    billed = InvoiceLine.objects.filter(kind="correction").count()
    still_open = Entry.objects.open().filter(kind="correction").count()
    assert billed + still_open == len(stays)
    world.check_books(home)


def test_a_run_and_a_final_account_charge_no_day_twice(silent):
    home = world.residence()
    stay = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.end(stay, date(2026, 6, 10))
    run = world.handed_over(home)

    def final():
        return issuing.issue_final(
            convention=stay,
            indemnity=Decimal(0),
            explanation="",
            received_on=TODAY,
            actor=home.director,
            at=AT,
        )

    at_once(lambda: runs.run(run.pk, at=AT), final)
    days = InvoiceLine.objects.filter(kind="accommodation_next").values_list("days", flat=True)
    assert sum(days) == 10
    world.check_books(home)


def test_two_final_accounts_at_once_are_one(silent):
    home = world.residence()
    stay = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.end(stay, date(2026, 6, 10))

    def final():
        return issuing.issue_final(
            convention=stay,
            indemnity=Decimal(100),
            explanation="",
            received_on=TODAY,
            actor=home.director,
            at=AT,
        )

    assert len(refusals(at_once(*[final] * 4))) == 3
    assert Invoice.objects.get().total == Decimal("589.20")


def test_two_credit_notes_at_once_take_a_line_back_once(silent):
    home = month(1)
    run = world.handed_over(home)
    runs.run(run.pk, at=AT)
    invoice = Invoice.objects.get()

    def credit():
        return issuing.credit_note(invoice=invoice, explanation="Trop", actor=home.director, at=AT)

    results = at_once(*[credit] * 4)
    assert len([one for one in results if isinstance(one, ValidationError)]) == 3
    assert sum(one.total for one in Invoice.objects.all()) == 0
    world.check_books(home)


# --- the broker, the worker, the drill --------------------------------------------------------------------


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
    home = month(2)
    run = world.handed_over(home)
    run.refresh_from_db()
    assert run.status == RunStatus.ISSUING
    app.conf.task_always_eager = True
    tasks.continue_runs()
    run.refresh_from_db()
    assert run.status == RunStatus.ISSUED
    assert Rendered.objects.count() == 2
    world.check_books(home)


def test_a_real_worker_issues_the_month_and_makes_its_papers(worker):
    home = month(3)
    run = world.handed_over(home)
    for _turn in range(3):
        runs.ring(run.pk)
    worker(lambda: InvoiceRun.objects.get().status == RunStatus.ISSUED)
    worker(lambda: Rendered.objects.count() == 3)
    world.check_books(home)


@contextmanager
def workshop():
    """A process with the portal loaded, on the test's database, whose children do the work."""
    database = settings.DATABASES["default"]
    port = f"&port={database['PORT']}" if database["PORT"] else ""
    options = "".join(f"&{name}={value}" for name, value in database["OPTIONS"].items())
    url = (
        f"postgresql://{database['USER']}@/{connection.settings_dict['NAME']}"
        f"?host={database['HOST']}{port}{options}"
    )
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "residences" / "drilled_runs.py")],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "partenamut.settings.test",
            "PYTHONPATH": str(ROOT),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(timeout=PATIENCE)


def work(shop, run, kill_after=None):
    """One run by a child; killed after so many seconds where asked. Whether it was killed."""
    shop.stdin.write(f"{run.pk}\n")
    shop.stdin.flush()
    child = int(shop.stdout.readline())
    if kill_after is not None:
        time.sleep(kill_after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return int(shop.stdout.readline()) == -signal.SIGKILL


def test_killed_workers_lose_nothing_double_nothing_and_leave_no_gap(silent):
    print(f"drill: {KILLS} kills, seed {SEED}")
    chance, killed, cut_short = random.Random(SEED), 0, 0
    with workshop() as shop:
        begun = time.monotonic()
        undisturbed = world.handed_over(month(RESIDENTS))
        assert not work(shop, undisturbed)
        check_month(undisturbed)
        seconds = time.monotonic() - begun
        while killed < KILLS:
            run = world.handed_over(month(RESIDENTS))
            while InvoiceRun.objects.get(pk=run.pk).status == RunStatus.ISSUING:
                killed += work(shop, run, chance.uniform(0, seconds) if killed < KILLS else None)
                cut_short += 0 < Invoice.objects.filter(home=run.home).count() < RESIDENTS
            check_month(run)
    print(f"drill: {killed} workers killed, {cut_short} of them with some accounts issued and some not")


def check_month(run):
    """Every account issued once, every sum to the cent, no gap, and finished once."""
    assert InvoiceRun.objects.get(pk=run.pk).status == RunStatus.ISSUED
    assert Invoice.objects.filter(home=run.home, month=MAY).count() == RESIDENTS
    world.check_books(run.home)
    assert NumberSeries.objects.get(series=run.home.code).last == RESIDENTS
    assert Trail.objects.filter(subject_id=run.public_id, action="finish").count() == 1
