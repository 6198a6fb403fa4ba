"""The drill: workers killed in the middle of a monthly run, at random moments; eight times here.

DRILL_KILLS=1000 DRILL_SEED=7 python -m pytest tests/protocol3/test_drill.py -s
"""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from django.conf import settings
from django.db import connection

from partenamut.audit.models import Entry
from partenamut.casework.models import NumberSeries
from protocol3.models import Closing, Note, NoteLine, Recap
from protocol3.services import closing as closings
from protocol3.workflow import ClosingStatus
from tests.conftest import ROOT
from tests.protocol3 import months_world as world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

KILLS = int(os.environ.get("DRILL_KILLS", "8"))
SEED = int(os.environ.get("DRILL_SEED", str(random.randrange(10**6))))
CODES = ("100", "200", "300", "400", "500", "600")
PEOPLE, SERVICES = 5, 2
PATIENCE = 60


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
        [sys.executable, str(ROOT / "tests" / "protocol3" / "drilled.py")],
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


def work(shop, closing, kill_after=None):
    """One run by a child; killed after so many seconds where asked. Whether it was killed."""
    shop.stdin.write(f"{closing.pk}\n")
    shop.stdin.flush()
    child = int(shop.stdout.readline())
    if kill_after is not None:
        time.sleep(kill_after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return int(shop.stdout.readline()) == -signal.SIGKILL


def test_killed_workers_lose_nothing_double_nothing_and_leave_no_gap(monkeypatch):
    monkeypatch.setattr(closings, "ring", lambda _closing_id: None)
    print(f"drill: {KILLS} kills, seed {SEED}")
    chance, killed, cut_short = random.Random(SEED), 0, 0
    with workshop() as shop:
        seconds = undisturbed(shop)
        while killed < KILLS:
            closing = a_month()
            while Closing.objects.get(pk=closing.pk).status == ClosingStatus.ISSUING:
                pause = chance.uniform(0, seconds) if killed < KILLS else None
                killed += work(shop, closing, pause)
                cut_short += 0 < Recap.objects.filter(project=closing.project).count() < len(CODES)
            check_month(closing)
    print(f"drill: {killed} workers killed, {cut_short} of them with some insurers issued and some not")
    assert NoteLine.objects.count() == 2 * PEOPLE * SERVICES * len(CODES) * Closing.objects.count()


def a_month():
    """A month of a project of its own, handed over."""
    return world.handed_over(world.month(codes=CODES, people=PEOPLE, services=SERVICES))


def undisturbed(shop):
    """Seconds that a run takes which nobody disturbs."""
    closing, begun = a_month(), time.monotonic()
    assert not work(shop, closing)
    check_month(closing)
    return time.monotonic() - begun


def check_month(closing):
    """Every insurer issued once, every person on one note, every sum to the cent, and no gap in the numbers."""
    project = closing.project
    assert Closing.objects.get(pk=closing.pk).status == ClosingStatus.ISSUED
    assert Recap.objects.filter(project=project).count() == len(CODES)
    assert Note.objects.filter(recap__project=project).count() == PEOPLE * len(CODES)
    world.check_books(project)
    assert list(NumberSeries.objects.filter(series=project.code).values_list("last", flat=True)) == [
        PEOPLE * len(CODES)
    ]
    assert Entry.objects.filter(subject_id=closing.public_id, action="finish").count() == 1
