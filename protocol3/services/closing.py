"""The closing of a month: prepared, checked, issued by a worker insurer by insurer, interrupted and resumed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import msgspec
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock
from protocol3.deciding import MonthPlan, month_end, plan_month, totals_by_insurer
from protocol3.messages import RATES
from protocol3.models import Closing, ClosingShare, Project, Refusal, Service, ShareStatus
from protocol3.rules.pseudocodes import PSEUDOCODES, RateKey
from protocol3.services import issuing
from protocol3.workflow import ENDED, SETTLED, ClosingAction, ClosingStatus

#: Names the lock under which one worker at a time issues a closing.
_LOCK_SPACE = 0x5033


@transaction.atomic
def prepare(*, project: Project, month: date, actor: User | None, at: datetime) -> Closing:
    """The closing of a month, checked; the one that stands already where it has not ended."""
    hold(project)
    standing = Closing.objects.filter(project=project, month=month).exclude(status__in=SETTLED).first()
    if standing is not None:
        return standing
    _refuse_month(project, month, localdate(at))
    last = Closing.objects.filter(project=project, month=month).aggregate(last=Max("turn"))["last"] or 0
    closing = Closing.objects.create(project=project, month=month, turn=last + 1, prepared_by=actor)
    record(action="closing_prepared", subject=closing, actor=actor, at=at, note=f"{month:%Y-%m}")
    _check(closing)
    return closing


@transaction.atomic
def check_again(*, closing: Closing, actor: User, at: datetime) -> Closing:
    """The closing with what it will bill and what not, as the facts stand now."""
    locked = lock(closing)
    if locked.status in (*ENDED, ClosingStatus.ISSUING):
        raise ValidationError(_("This closing is over or being issued: there is nothing to check again."))
    _check(locked)
    record(action="closing_checked", subject=locked, actor=actor, at=at)
    return locked


@transaction.atomic
def issue(*, closing: Closing, signatory: str, actor: User, at: datetime) -> Closing:
    """The closing handed to a worker; `signatory` certifies that the costs are exact (art. 24)."""
    hold(closing.project)
    locked = lock(closing)
    missing = missing_rates(locked.project, locked.month)
    if missing:
        raise ValidationError(_no_amounts(locked.month, missing))
    advance(locked, ClosingAction.ISSUE, actor=actor, at=at, note=signatory)
    return _hand_over(closing, signatory, actor, at)


@transaction.atomic
def resume(*, closing: Closing, actor: User, at: datetime) -> Closing:
    """The closing handed to a worker again, for the insurers that are still open."""
    hold(closing.project)
    ClosingShare.objects.filter(closing=closing, status=ShareStatus.REFUSED).update(
        status=ShareStatus.PENDING, problems=[]
    )
    advance(closing, ClosingAction.RESUME, actor=actor, at=at)
    return _hand_over(closing, closing.signatory, actor, at)


@transaction.atomic
def interrupt(*, closing: Closing, actor: User, at: datetime) -> Closing:
    """The closing stopped after the insurer in hand; what was issued stays issued."""
    return advance(closing, ClosingAction.INTERRUPT, actor=actor, at=at)


@transaction.atomic
def discard(*, closing: Closing, actor: User, at: datetime) -> Closing:
    """The closing given up before anything was issued."""
    closing.refusals.all().delete()
    return advance(closing, ClosingAction.DISCARD, actor=actor, at=at)


def run(closing_id: int, *, at: datetime) -> bool:
    """Issues the open insurers of a closing one after another; False where another worker has it in hand.

    Safe to repeat, to interrupt and to kill: an insurer is issued whole in one transaction, or not at all.
    """
    with _alone(closing_id) as alone:
        if not alone:
            return False
        closing = Closing.objects.select_related("project", "started_by").get(pk=closing_id)
        if closing.status != ClosingStatus.ISSUING:
            return True
        with transaction.atomic():
            plan = _check(closing)
        for share in closing.shares.filter(status=ShareStatus.PENDING).order_by("insurer__code"):
            if not _still_issuing(closing):
                return True
            issuing.issue_share(closing, share, plan.of_insurer(share.insurer_id or 0), at=at)
        _finish(closing, at)
    return True


def missing_rates(project: Project, month: date) -> list[RateKey]:
    """The amounts that the services of a month need and that are not known on every one of its days (art. 22)."""
    from protocol3.facts import rates_by_key
    from protocol3.rules.ledger import rate_on

    rates = rates_by_key()
    days: dict[RateKey, set[date]] = {}
    for day, pseudocode in _open_services(project, month).values_list("date", "pseudocode").distinct():
        kind = PSEUDOCODES.get(pseudocode)
        if kind is not None:
            days.setdefault(kind.rate_key, set()).add(day)
            if kind.is_base:
                days.setdefault("operating_allowance", set()).add(day)
    return [key for key, on in sorted(days.items()) if any(rate_on(rates, key, day) is None for day in on)]


def hold(project: Project) -> Project:
    """The project, locked until the transaction ends: services are entered and closings begun one at a time."""
    return Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def refuse_while_issuing(project: Project, day: date) -> None:
    """ValidationError where the month of a day is being issued; the caller holds the project."""
    month = day.replace(day=1)
    issuing_now = Closing.objects.filter(project=project, month=month, status=ClosingStatus.ISSUING)
    if issuing_now.exists():
        raise ValidationError(
            _("The notes of %(month)s are being issued: wait until they are, then try again.")
            % {"month": f"{month:%m/%Y}"}
        )


def ring(closing_id: int) -> None:
    """Has a worker issue a closing; without a broker the schedule rings again."""
    from protocol3.tasks import issue_closing

    issue_closing.apply_async((closing_id,), retry=False)


# --- inside -----------------------------------------------------------------------------------------------


def _open_services(project: Project, month: date):  # type: ignore[no-untyped-def]
    return Service.objects.open().filter(enrolment__project=project, date__range=(month, month_end(month)))


def _refuse_month(project: Project, month: date, today: date) -> None:
    if month_end(month) >= today:
        raise ValidationError(
            _("%(month)s is not over yet: it can be closed from %(day)s.")
            % {
                "month": f"{month:%m/%Y}",
                "day": f"{date.fromordinal(month_end(month).toordinal() + 1):%d/%m/%Y}",
            }
        )
    if not _open_services(project, month).exists():
        raise ValidationError(
            _("There is nothing to bill for %(month)s: every service is billed, or none was entered.")
            % {"month": f"{month:%m/%Y}"}
        )
    missing = missing_rates(project, month)
    if missing:
        raise ValidationError(_no_amounts(month, missing))


def _no_amounts(month: date, missing: list[RateKey]) -> str:
    return _(
        "The amounts of %(month)s are not known for: %(services)s (art. 22). Nothing is billed at old amounts: "
        "ask the mutuality's administrator to enter them, then close the month."
    ) % {"month": f"{month:%m/%Y}", "services": ", ".join(str(RATES[key]) for key in missing)}


def _check(closing: Closing) -> MonthPlan:
    """Plans the month anew: the shares not issued yet and the refusals are written as the plan has them."""
    plan = plan_month(closing.project, closing.month)
    sums = totals_by_insurer(plan.planned)
    closing.shares.exclude(status=ShareStatus.ISSUED).exclude(insurer__in=sums).delete()
    issued = set(closing.shares.filter(status=ShareStatus.ISSUED).values_list("insurer_id", flat=True))
    for insurer, (notes, services, allowances) in sums.items():
        if insurer in issued:
            continue  # what came late for them waits for the next closing of the month
        ClosingShare.objects.update_or_create(
            closing=closing,
            insurer_id=insurer,
            defaults={"notes": notes, "services_total": services, "allowance_total": allowances},
        )
    closing.refusals.all().delete()
    Refusal.objects.bulk_create(
        [
            Refusal(
                closing=closing,
                service_id=one.service_id,
                codes=sorted({reason.code for reason in one.reasons}),
                reasons=msgspec.to_builtins([[reason.code, dict(reason.figures)] for reason in one.reasons]),
            )
            for one in plan.stopped
        ],
        batch_size=2_000,
    )
    return plan


def _hand_over(closing: Closing, signatory: str, actor: User, at: datetime) -> Closing:
    closing.refresh_from_db()
    closing.signatory, closing.started_by, closing.started_at = signatory, actor, at
    closing.save(update_fields=["signatory", "started_by", "started_at"])
    transaction.on_commit(lambda: ring(closing.pk), robust=True)
    return closing


def _still_issuing(closing: Closing) -> bool:
    return Closing.objects.filter(pk=closing.pk, status=ClosingStatus.ISSUING).exists()


@transaction.atomic
def _finish(closing: Closing, at: datetime) -> None:
    locked = lock(closing)
    if locked.status != ClosingStatus.ISSUING:
        return
    refused = locked.shares.exclude(status=ShareStatus.ISSUED).exists()
    target = ClosingStatus.PARTLY_ISSUED if refused else ClosingStatus.ISSUED
    advance(locked, ClosingAction.FINISH, actor=None, at=at, target=target)
    locked.finished_at = at
    locked.save(update_fields=["finished_at"])


@contextmanager
def _alone(closing_id: int) -> Iterator[bool]:
    """Whether this worker alone has the closing in hand; the lock goes with the connection if it is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, closing_id])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, closing_id])
