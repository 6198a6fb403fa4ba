"""The health checks say the truth about what they look at, and about nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.urls import include, path

from partenamut.web import health
from partenamut.web.tasks import heartbeat

pytestmark = pytest.mark.urls(__name__)

urlpatterns = [path("health/", include("partenamut.web.health_urls"))]

NOW = datetime(2026, 3, 7, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    cache.clear()
    monkeypatch.setattr(health.timezone, "now", lambda: NOW)
    monkeypatch.setattr(health, "_queues", {})


@pytest.fixture
def no_database(monkeypatch):
    def refuse(*_args):
        raise OperationalError("connection refused to 10.0.0.7")

    monkeypatch.setattr(connection, "cursor", refuse)


def test_live_asks_nothing_of_anybody(client, monkeypatch):
    """Without a database mark: one query would fail the test."""
    monkeypatch.setattr(health, "cache", None)
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_database_and_cache_answer(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert {name: outcome["ok"] for name, outcome in answer.json()["checks"].items()} == {
        "database": True,
        "cache": True,
    }


@pytest.mark.django_db
def test_not_ready_without_a_database(client, no_database):
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failed"
    assert answer.json()["checks"]["database"]["ok"] is False
    assert "10.0.0.7" not in answer.content.decode()


class Broken:
    def get(self, *_args):
        raise ConnectionError

    set = get


class Forgetful:
    def set(self, *_args, **_kwargs):
        pass

    def get(self, _key):
        return None


@pytest.mark.django_db
@pytest.mark.parametrize("server", [Broken(), Forgetful()])
def test_not_ready_without_a_cache(client, monkeypatch, server):
    monkeypatch.setattr(health, "cache", server)
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/full").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "code"),
    [
        (timedelta(0), 200),
        (health.HEARTBEAT_LATE, 200),
        (health.HEARTBEAT_LATE + timedelta(seconds=1), 503),
        (timedelta(days=2), 503),
    ],
)
def test_full_feels_the_heartbeat(client, age, code):
    health.record_heartbeat(NOW - age)
    answer = client.get("/health/full")
    assert answer.status_code == code
    assert answer.json()["checks"]["beat"] == {"ok": code == 200, "age": int(age.total_seconds())}


@pytest.mark.django_db
def test_the_task_is_the_heartbeat(client):
    heartbeat.delay()
    assert client.get("/health/full").json()["checks"]["beat"]["ok"] is True


@pytest.mark.django_db
def test_full_fails_before_the_first_heartbeat(client):
    answer = client.get("/health/full")
    assert answer.status_code == 503
    assert answer.json()["checks"]["beat"] == {"ok": False, "age": None}


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "code"), [(None, 200), (60, 200), (61, 503)])
def test_full_looks_at_the_queues(client, age, code):
    health.record_heartbeat(NOW)
    asked = []

    def oldest(now):
        asked.append(now)
        return None if age is None else timedelta(seconds=age)

    health.watch("letters", oldest, timedelta(seconds=60))
    answer = client.get("/health/full")
    assert answer.status_code == code
    assert answer.json()["checks"]["letters"] == {"ok": code == 200, "age": age}
    assert asked == [NOW]


@pytest.mark.django_db
def test_a_queue_that_cannot_be_read_fails(client, no_database):
    def oldest(_now):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    health.record_heartbeat(NOW)
    health.watch("letters", oldest, timedelta(seconds=60))
    assert client.get("/health/full").json()["checks"]["letters"]["ok"] is False


@pytest.mark.parametrize("name", ["live", "ready", "full"])
def test_nothing_is_sent_to_a_health_check(client, name):
    assert client.post(f"/health/{name}").status_code == 405
