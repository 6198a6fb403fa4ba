"""What all tests share: a browser that asks nothing of the world, and a real worker for those who need one."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

# The synchronous browser driver keeps an event loop running in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
HERE = {"localhost", "127.0.0.1"}
WORKER_PATIENCE_SECONDS = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever opens a browser as a journey."""
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.journey)


# --- the database -----------------------------------------------------------------------------------------

flush = TransactionTestCase._fixture_teardown


def flush_written_once(case: TransactionTestCase) -> None:
    """Empty the tables, those too whose triggers refuse it: only here, and only for this."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            flush(case)
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


TransactionTestCase._fixture_teardown = flush_written_once


# --- the language -----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences that a test gets without a page are the English ones of the code; pages speak French first."""
    with translation.override("en"):
        yield


# --- the browser ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The chromium of the system, kept from calling home."""
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A French-speaking visitor in Belgium."""
    return browser_context_args | {"locale": "fr-BE", "timezone_id": "Europe/Brussels"}


@pytest.fixture
def complaints() -> list[str]:
    """What no page may ever do, as it is seen; a test that provokes one on purpose empties the list."""
    return []


@pytest.fixture
def context(context: Any, complaints: list[str]) -> Iterator[Any]:
    """A browser context that fails its test on foreign requests, script errors and policy violations."""

    def guard(route: Any) -> None:
        if urlsplit(route.request.url).hostname in HERE:
            route.fallback()
        else:
            complaints.append(f"request to another host: {route.request.url}")
            route.abort()

    def listen(message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            complaints.append(f"policy violation: {message.text}")

    context.route("**/*", guard)
    context.on("console", listen)
    context.on("weberror", lambda failure: complaints.append(f"script error: {failure.error}"))
    yield context
    assert complaints == []


# --- a real worker ----------------------------------------------------------------------------------------


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[Callable[[], bool]], None]]:
    """A Celery worker on the test's database; call it with a condition to wait until the work is done."""
    from partenamut.celery import app

    database = settings.DATABASES["default"]
    options = "".join(f"&{name}={value}" for name, value in database["OPTIONS"].items())
    port = f"&port={database['PORT']}" if database["PORT"] else ""
    url = (
        f"postgresql://{database['USER']}@/{connection.settings_dict['NAME']}"
        f"?host={database['HOST']}{port}{options}"
    )
    (tmp_path / "broker" / "messages").mkdir(parents=True)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "partenamut.settings.test",
        "DATABASE_URL": url,
        "VAR_DIR": str(tmp_path),
    }
    queue = f"test-{tmp_path.name}"
    before = {name: app.conf[name] for name in ("task_always_eager", "broker_transport_options")}
    queue_before = app.conf.task_default_queue
    if not settings.REDIS_URL:
        app.conf.broker_transport_options = {
            "data_folder_in": str(tmp_path / "broker" / "messages"),
            "data_folder_out": str(tmp_path / "broker" / "messages"),
            "control_folder": str(tmp_path / "broker" / "control"),
        }
    app.conf.task_always_eager = False
    app.conf.task_default_queue = queue
    app._after_fork()  # forget the connections made with other settings
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "partenamut", "worker", "-P", "solo", "-Q", queue],
        cwd=ROOT,
        env=environment,
    )

    def wait(done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WORKER_PATIENCE_SECONDS
        while not done():
            assert process.poll() is None, "the worker has ended"
            assert time.monotonic() < deadline, "the worker has not done its work in time"
            time.sleep(0.1)

    try:
        yield wait
    finally:
        process.kill()  # it has done its work; a polite end takes seconds
        process.wait()
        app.conf.update(before)
        app.conf.task_default_queue = queue_before
        app._after_fork()
