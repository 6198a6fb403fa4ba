"""Is the portal alive, ready for requests, and working as a whole? For probes; nobody has to log in."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

HEARTBEAT = "health.heartbeat"
#: Four beats may get lost (a restart, a long task) before somebody is called.
HEARTBEAT_LATE = timedelta(minutes=2)


class Outcome(TypedDict):
    """What one check found: whether all is well and the age in seconds of what it looked at, if it has one."""

    ok: bool
    age: int | None


#: Says at `now` how old the oldest open piece of work is; None when none is open.
Oldest = Callable[[datetime], timedelta | None]

_queues: dict[str, tuple[Oldest, timedelta]] = {}


def watch(name: str, oldest: Oldest, limit: timedelta) -> None:
    """Let the full check fail when the oldest open work of `name` is older than `limit`; called once, at start-up."""
    _queues[name] = (oldest, limit)


def record_heartbeat(at: datetime) -> None:
    """Note that beat, broker and a worker were all at work at `at`."""
    cache.set(HEARTBEAT, at.timestamp(), timeout=None)


@never_cache
@login_not_required
@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """The process answers; looks at nothing else, so that a lost database restarts no web worker."""
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when database and cache answer, else 503."""
    return _answer({"database": _database(), "cache": _cache()})


@never_cache
@login_not_required
@require_safe
def full(_request: HttpRequest) -> JsonResponse:
    """The same, and whether the schedule beats and no watched queue stands still."""
    now = timezone.now()
    outcomes = {"database": _database(), "cache": _cache(), "beat": _beat(now)}
    for name, (oldest, limit) in _queues.items():
        outcomes[name] = _queue(name, oldest, limit, now)
    return _answer(outcomes)


def _answer(outcomes: dict[str, Outcome]) -> JsonResponse:
    # What went wrong stands in the log only: whoever asks need not be one of us.
    fine = all(outcome["ok"] for outcome in outcomes.values())
    status = {"status": "ok" if fine else "failed", "checks": outcomes}
    return JsonResponse(status, status=200 if fine else 503)


def _database() -> Outcome:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _failed("database")
    return Outcome(ok=True, age=None)


def _cache() -> Outcome:
    try:
        cache.set("health.probe", 1, timeout=60)
        answered = cache.get("health.probe") == 1
    except Exception:  # noqa: BLE001 each cache server has its own kinds of errors
        return _failed("cache")
    return Outcome(ok=answered, age=None)


def _beat(now: datetime) -> Outcome:
    try:
        last = cache.get(HEARTBEAT)
    except Exception:  # noqa: BLE001
        return _failed("beat")
    if last is None:
        return Outcome(ok=False, age=None)
    age = now.timestamp() - float(last)
    return Outcome(ok=age <= HEARTBEAT_LATE.total_seconds(), age=int(age))


def _queue(name: str, oldest: Oldest, limit: timedelta, now: datetime) -> Outcome:
    try:
        age = oldest(now)
    except DatabaseError:
        return _failed(name)
    return Outcome(ok=age is None or age <= limit, age=None if age is None else int(age.total_seconds()))


def _failed(name: str) -> Outcome:
    logger.warning("Health check failed: %s", name, exc_info=True)  # noqa: LOG014
    return Outcome(ok=False, age=None)
