"""The closing of a month: prepared, checked, issued by a worker insurer by insurer, interrupted and resumed."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from functools import partial

import msgspec
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import TruncMonth
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.bulk import uncollected
from partenamut.casework.alone import alone
from partenamut.casework.services import advance, lock
from partenamut.money import ZERO
from partenamut.registry.models import Insurer
from protocol3.deciding import MonthPlan, Planned, month_end, plan_month, sums_of
from protocol3.messages import RATES
from protocol3.models import Closing, ClosingShare, Project, Refusal, Service, ShareStatus
from protocol3.rules.pseudocodes import PSEUDOCODES, RateKey
from protocol3.services import issuing
from protocol3.workflow import ENDED, SETTLED, ClosingAction, ClosingStatus

logger = logging.getLogger(__name__)

#: Names the lock under which one worker at a time issues the closings of a project.
_LOCK_SPACE = 0x5033
#: Insurers that a worker issues at the same time.
_HANDS = 3
#: Plans that a worker makes of a month whose people other projects bill at the same time.
_PLANS = 20


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
def issue(
    *, closing: Closing, signatory: str, seen: Decimal | None = None, actor: User, at: datetime
) -> Closing:
    """The closing handed to a worker; `signatory` certifies that the costs are exact (art. 24).

    `seen` is the total that was certified: ValidationError where the month has come to another one since.
    """
    hold(closing.project)
    if not signatory.strip():
        raise ValidationError({"signatory": _("Write the name of the person who certifies the costs.")})
    locked = lock(closing)
    if locked.status == ClosingStatus.CHECKED:
        _refuse_unknown_amounts(locked)
        _check(locked)
        _refuse_other_total(locked, seen)
    advance(locked, ClosingAction.ISSUE, actor=actor, at=at, note=signatory)
    return _hand_over(closing, signatory.strip(), actor, at)


@transaction.atomic
def resume(*, closing: Closing, actor: User, at: datetime) -> Closing:
    """The closing handed to a worker again, for the insurers that are still open."""
    hold(closing.project)
    locked = lock(closing)
    _refuse_unknown_amounts(locked)
    others = Closing.objects.filter(project=locked.project, month=locked.month).exclude(pk=locked.pk)
    if others.exclude(status__in=SETTLED).exists():
        raise ValidationError(_("This month is being closed anew: finish or give up that closing first."))
    advance(locked, ClosingAction.RESUME, actor=actor, at=at)
    refused = ClosingShare.objects.filter(closing=closing, status=ShareStatus.REFUSED)
    refused.update(status=ShareStatus.PENDING, problems=[])
    return _hand_over(closing, locked.signatory, actor, at)


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
    """Issues the open insurers of a closing one after another; False where another worker has its project in hand.

    Safe to repeat, to interrupt and to kill: an insurer is issued whole in one transaction, or not at all.
    """
    project_id = Closing.objects.values_list("project", flat=True).get(pk=closing_id)
    with alone(_LOCK_SPACE, project_id) as taken:
        if not taken:
            return False
        closing = Closing.objects.select_related("project", "started_by").get(pk=closing_id)
        if closing.status == ClosingStatus.ISSUING and _issue_open(closing, at):
            _finish(closing, at)
    waiting = Closing.objects.filter(project=project_id, status=ClosingStatus.ISSUING).exclude(pk=closing_id)
    for other in waiting.order_by("started_at").values_list("pk", flat=True):
        ring(other)
    return True


def prepare_month(month: date, *, at: datetime) -> list[Closing]:
    """The closings of all projects that have something open for a month; a project that cannot be closed is passed by."""
    done = []
    open_in_month = Service.objects.open().filter(date__range=(month, month_end(month)))
    for project in Project.objects.filter(pk__in=open_in_month.values("enrolment__project")).order_by("pk"):
        try:
            done.append(prepare(project=project, month=month, actor=None, at=at))
        except ValidationError as refused:
            logger.info("%s was not prepared: %s", project.code, "; ".join(refused.messages))
    return done


def months_ready(project: Project, today: date) -> list[date]:
    """The months that are over and have services that no closing has looked at yet."""
    fresh = Service.objects.open().filter(
        enrolment__project=project, date__lt=today.replace(day=1), refusals=None
    )
    months = fresh.annotate(month=TruncMonth("date")).values_list("month", flat=True)
    begun = Closing.objects.filter(project=project).exclude(status__in=ENDED)
    return sorted(set(months.distinct()) - set(begun.values_list("month", flat=True)))


def total_of(closing: Closing) -> Decimal:
    """Euros of all insurers of a closing."""
    both = Sum(F("services_total") + F("allowance_total"))
    return closing.shares.aggregate(total=both)["total"] or ZERO


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


def ring_papers(closing_id: int) -> None:
    """Has workers make the PDFs of what a closing issued; without a broker the schedule rings again."""
    from protocol3.tasks import start_papers

    start_papers(closing_id)


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
    if missing := missing_rates(project, month):
        raise ValidationError(_no_amounts(month, missing))


def _refuse_unknown_amounts(closing: Closing) -> None:
    if missing := missing_rates(closing.project, closing.month):
        raise ValidationError(_no_amounts(closing.month, missing))


def _refuse_other_total(closing: Closing, seen: Decimal | None) -> None:
    """ValidationError where nothing is billable, or where what was certified is not what would be billed."""
    if not closing.shares.exists():
        raise ValidationError(
            _("No service of %(month)s is billable: there is no note to issue. The list says why for each.")
            % {"month": f"{closing.month:%m/%Y}"}
        )
    if seen is not None and seen != total_of(closing):
        raise ValidationError(
            _(
                "The month has changed since you looked at it: it comes to another total now. "
                "Look at it again, then certify."
            ),
            code="changed",
        )


def _no_amounts(month: date, missing: list[RateKey]) -> str:
    return _(
        "The amounts of %(month)s are not known for: %(services)s (art. 22). Nothing is billed at old amounts: "
        "ask the mutuality's administrator to enter them, then close the month."
    ) % {"month": f"{month:%m/%Y}", "services": ", ".join(str(RATES[key]) for key in missing)}


def _check(closing: Closing) -> MonthPlan:
    """Plans the month anew: the shares not issued yet and the refusals are written as the plan has them."""
    issued = set(
        closing.shares.filter(status=ShareStatus.ISSUED, insurer__isnull=False).values_list(
            "insurer", flat=True
        )
    )
    plan = plan_month(closing.project, closing.month, issued_to=issued)
    _write_shares(closing, plan)
    _write_refusals(closing, plan)
    closing.units_without_allowance, closing.excess = plan.units_without_allowance, list(plan.excess)
    closing.save(update_fields=["units_without_allowance", "excess"])
    return plan


def _write_shares(closing: Closing, plan: MonthPlan) -> None:
    grouped = plan.by_insurer()
    closing.shares.exclude(status=ShareStatus.ISSUED).exclude(insurer__in=grouped).delete()
    insurers = Insurer.objects.in_bulk(grouped)
    for insurer, planned in grouped.items():
        notes, services, allowances = sums_of(planned)
        share, _is_new = ClosingShare.objects.get_or_create(closing=closing, insurer_id=insurer)
        # A worker that was killed may have issued it at its last breath: what is issued stays as it is.
        ClosingShare.objects.filter(pk=share.pk).exclude(status=ShareStatus.ISSUED).update(
            notes=notes,
            services_total=services,
            allowance_total=allowances,
            problems=issuing.problems_of(insurers[insurer], planned),
        )


def _write_refusals(closing: Closing, plan: MonthPlan) -> None:
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


def _issue_open(closing: Closing, at: datetime) -> bool:
    """Issues every insurer that is still open; False where it was interrupted meanwhile, or must be begun anew."""
    with uncollected():
        for _turn in range(_PLANS):
            with transaction.atomic():
                planned = _check(closing).by_insurer()
            pending = closing.shares.filter(status=ShareStatus.PENDING).order_by("insurer__code")
            jobs = [
                partial(_issue_one, closing, share, planned.get(share.insurer_id or 0, []), at)
                for share in pending
            ]
            try:
                _beside_each_other(jobs)
            except issuing.Interrupted:
                return False
            except issuing.Moved:
                continue
            return True
    logger.warning("the month was planned anew too often; the schedule goes on with it")
    return False


def _issue_one(closing: Closing, share: ClosingShare, planned: list[Planned], at: datetime) -> None:
    """One insurer issued; a record that cannot be billed stands against its own insurer only."""
    try:
        issuing.issue_share(closing, share, planned, at=at)
    except (issuing.Interrupted, issuing.Moved, OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception:
        logger.exception("the notes of an insurer were not issued")
        issuing.refuse(share, [["error", ""]])


def _beside_each_other(jobs: Sequence[Callable[[], None]]) -> None:
    """Does the jobs, a few at a time, each with a connection of its own; one after another inside a transaction.

    While the database checks the rows of one insurer, those of the next are written.
    """
    if connection.in_atomic_block:
        for job in jobs:
            job()
        return

    def by_itself(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(_HANDS) as hands:
        for done in [hands.submit(by_itself, job) for job in jobs]:
            done.result()


def _hand_over(closing: Closing, signatory: str, actor: User, at: datetime) -> Closing:
    closing.refresh_from_db()
    closing.signatory, closing.started_by, closing.started_at = signatory, actor, at
    closing.save(update_fields=["signatory", "started_by", "started_at"])
    transaction.on_commit(lambda: ring(closing.pk), robust=True)
    return closing


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
    transaction.on_commit(lambda: ring_papers(locked.pk), robust=True)
