"""What the settings read, and what the logs never show."""

import base64
import json
import logging
import stat
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from partenamut.celery import app
from partenamut.settings import environment
from partenamut.settings.masking import MaskingFormatter


def test_an_address_on_the_network():
    found = environment.database(
        "postgresql://p%40l:s%3Acret@db.example:5433/portal?sslmode=require&conn_max_age=5"
    )
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "p@l",
        "s:cret",
        "db.example",
        "5433",
        "portal",
    )
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert found["CONN_MAX_AGE"] == 5


def test_an_address_on_a_socket():
    found = environment.database("postgresql://postgres@/partenamut?host=/srv/portal/var/postgres")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/srv/portal/var/postgres", "", {})


@pytest.mark.parametrize("url", ["sqlite:///here.db", "mysql://root@localhost/x", ""])
def test_other_databases_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        environment.database(url)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("not base64!", "not base64"), (base64.b64encode(b"short").decode(), "32 bytes, not 5"), ("", "not 0")],
)
def test_keys_are_exactly_32_bytes(text, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        environment.key("FIELD_KEY", text)


def test_keys_of_a_machine_are_made_once_and_are_private(tmp_path):
    place = tmp_path / "var" / "keys.json"
    place.parent.mkdir()
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: json.dumps(environment.kept_keys(place)), range(8)))
    assert set(seen) == {json.dumps(json.loads(place.read_text()))}
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [path.name for path in place.parent.iterdir()] == ["keys.json"]
    keys = json.loads(place.read_text())
    assert keys["FIELD_KEY"] != keys["BLIND_INDEX_KEY"]
    assert len(environment.key("FIELD_KEY", keys["FIELD_KEY"])) == 32


@pytest.mark.parametrize("written", ["85073003328", "85.07.30-033.28", "85 07 30 033 28", "85.07.30 033 28"])
def test_logs_show_no_national_register_number(written):
    try:
        raise ValueError(f"{written} is wrong")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "member %s", (written,), sys.exc_info())
    line = MaskingFormatter("%(message)s").format(record)
    assert "member [niss]" in line
    assert "ValueError: [niss] is wrong" in line
    assert written not in line


@pytest.mark.parametrize(
    "harmless", ["2026-03-07 10:00:00,123", "case 2026-000123", "123456789012", "+++090/9337/55493+++"]
)
def test_logs_keep_other_numbers(harmless):
    assert harmless in MaskingFormatter().format(logging.LogRecord("x", 20, "x", 1, harmless, (), None))


def test_every_handler_masks():
    for name, handler in settings.LOGGING["handlers"].items():
        assert settings.LOGGING["formatters"][handler["formatter"]]["()"].endswith("MaskingFormatter"), name


def test_the_schedule_names_tasks_that_exist():
    app.autodiscover_tasks(force=True)
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled
    assert scheduled - set(app.tasks) == set()


def test_no_page_may_run_foreign_or_inline_code():
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = {source for sources in policy.values() for source in sources}
    assert allowed == {"'self'", "'none'"}
    assert policy["default-src"] == ["'none'"]


def test_messages_are_acknowledged_when_the_work_is_done():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
