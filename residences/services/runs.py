"""The invoices of a month: prepared, checked, issued by a worker in batches, interrupted and resumed."""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.bulk import keys_by_index, uncollected
from partenamut.casework.alone import alone
from partenamut.casework.services import advance, lock
from partenamut.money import ZERO
from partenamut.periods import add_months
from residences.account_facts import Account, Books, books_of
from residences.deciding import Plan, Scope, last_of, plan
from residences.deciding.reasons import reason_of, stored
from residences.models import Convention, InvoiceRun, ItemStatus, RestHome, RunItem
from residences.services import issuing
from residences.services.issuing import Ready
from residences.workflow import RunAction, RunStatus

logger = logging.getLogger(__name__)

#: Names the lock under which one worker at a time issues the invoices of a home.
_LOCK_SPACE = 0x5244
#: Accounts issued in one transaction.
TOGETHER = 100
#: The day from which the invoices of a month can be prepared.
FROM_DAY = 15
#: Days for which the handing over can be announced.
MOST_DAYS_AHEAD = 31
#: States in which a run is over.
OVER = (RunStatus.ISSUED, RunStatus.PARTLY_ISSUED, RunStatus.DISCARDED)


class Interrupted(Exception):
    """Raised where the run was interrupted, or handed over anew, since its worker began."""


@transaction.atomic
def prepare(*, home: RestHome, month: date, actor: User | None, at: datetime) -> InvoiceRun:
    """The invoices of a month, checked; those that are prepared or made already where they are."""
    hold(home)
    standing = InvoiceRun.objects.filter(home=home, month=month).exclude(status=RunStatus.DISCARDED).first()
    if standing is not None:
        return standing
    _refuse_month(home, month, localdate(at))
    run = InvoiceRun.objects.create(home=home, month=month, received_on=localdate(at), prepared_by=actor)
    record(action="run_prepared", subject=run, actor=actor, at=at, note=f"{month:%Y-%m}")
    _check(run)
    return run


@transaction.atomic
def check_again(*, run: InvoiceRun, actor: User, at: datetime) -> InvoiceRun:
    """The run with what it will invoice and what not, as the facts stand now."""
    locked = lock(run)
    if locked.status in (*OVER, RunStatus.ISSUING):
        raise ValidationError(
            _("These invoices are issued or being issued: there is nothing to check again.")
        )
    _check(locked)
    record(action="run_checked", subject=locked, actor=actor, at=at)
    return locked


@transaction.atomic
def issue(
    *, run: InvoiceRun, received_on: date, seen: Decimal | None = None, actor: User, at: datetime
) -> InvoiceRun:
    """The run handed to a worker; from `received_on` run the terms to pay and to dispute (art. 6).

    `seen` is the total that was looked at: ValidationError where the month comes to another one now.
    """
    home = hold(run.home)
    locked, today = lock(run), localdate(at)
    _refuse_handing_over(received_on, today)
    if not home.iban:
        raise ValidationError(
            _("The account of the home is not known: nobody could pay. Enter its IBAN in the settings first.")
        )
    locked.received_on = received_on
    locked.save(update_fields=["received_on"])
    if locked.status == RunStatus.CHECKED:
        _check(locked)
        _refuse_other_total(locked, seen)
    advance(locked, RunAction.ISSUE, actor=actor, at=at)
    return _hand_over(run, actor, at)


@transaction.atomic
def resume(*, run: InvoiceRun, actor: User, at: datetime) -> InvoiceRun:
    """The run handed to a worker again, for the accounts that are still open."""
    hold(run.home)
    locked, today = lock(run), localdate(at)
    advance(locked, RunAction.RESUME, actor=actor, at=at)
    run.items.filter(status=ItemStatus.REFUSED).update(status=ItemStatus.PENDING, problems=[])
    if locked.received_on < today:
        # What is issued today cannot have been received before.
        InvoiceRun.objects.filter(pk=run.pk).update(received_on=today)
    return _hand_over(run, actor, at)


@transaction.atomic
def interrupt(*, run: InvoiceRun, actor: User, at: datetime) -> InvoiceRun:
    """The run stopped after the accounts in hand; what was issued stays issued."""
    return advance(run, RunAction.INTERRUPT, actor=actor, at=at)


@transaction.atomic
def discard(*, run: InvoiceRun, actor: User, at: datetime) -> InvoiceRun:
    """The run given up before anything was issued."""
    locked = advance(run, RunAction.DISCARD, actor=actor, at=at)
    locked.items.all().delete()
    return locked


def run(run_id: int, *, at: datetime) -> bool:
    """Issues the open accounts of a run in batches; False where another worker has its home in hand.

    Safe to repeat, to interrupt and to kill: an account is issued whole, or not at all.
    """
    home_id = InvoiceRun.objects.values_list("home", flat=True).get(pk=run_id)
    with alone(_LOCK_SPACE, home_id) as taken:
        if not taken:
            return False
        found = InvoiceRun.objects.select_related("home__residence", "started_by").get(pk=run_id)
        if found.status == RunStatus.ISSUING and _issue_open(found, at):
            _finish(found, at)
    waiting = InvoiceRun.objects.filter(home=home_id, status=RunStatus.ISSUING).exclude(pk=run_id)
    for other in waiting.order_by("started_at").values_list("pk", flat=True):
        ring(other)
    return True


def months_open(home: RestHome, today: date) -> list[date]:
    """The months whose invoices can be prepared now: this one from its 15th, and the one before."""
    this = today.replace(day=1)
    found = []
    for month in (add_months(this, -1), this):
        try:
            _refuse_month(home, month, today)
        except ValidationError:
            continue
        if not InvoiceRun.objects.filter(home=home, month=month).exclude(status=RunStatus.DISCARDED).exists():
            found.append(month)
    return found


def total_of(run: InvoiceRun) -> Decimal:
    """Euros of all accounts that a run invoices."""
    total: Decimal | None = run.items.aggregate(total=Sum("total"))["total"]
    return total or ZERO


def accounts_in(home: RestHome, month: date) -> QuerySet[Convention]:
    """The conventions whose account the invoices of a month look at: signed, and begun by the month after."""
    signed: QuerySet[Convention] = Convention.objects.filter(
        home=home, signed_on__isnull=False, entry__lte=last_of(add_months(month, 1))
    )
    return signed


def hold(home: RestHome) -> RestHome:
    """The home, locked until the transaction ends: its runs are begun one at a time."""
    return RestHome.objects.select_for_update(no_key=True).get(pk=home.pk)


def ring(run_id: int) -> None:
    """Has a worker issue a run; without a broker the schedule rings again."""
    from residences.tasks import issue_run

    issue_run.apply_async((run_id,), retry=False)


def ring_papers(run_id: int) -> None:
    """Has workers make the PDFs of what a run issued; without a broker the schedule rings again."""
    from residences.tasks import start_papers

    start_papers(run_id)


# --- what stands against a month ----------------------------------------------------------------------------


def _refuse_month(home: RestHome, month: date, today: date) -> None:
    opens = month.replace(day=FROM_DAY)
    if today < opens:
        raise ValidationError(
            _("The invoices of %(month)s can be prepared from %(day)s.")
            % {"month": f"{month:%m/%Y}", "day": f"{opens:%d/%m/%Y}"}
        )
    later = InvoiceRun.objects.filter(home=home, month__gt=month).exclude(status=RunStatus.DISCARDED)
    if later.exists():
        raise ValidationError(
            _(
                "A later month is invoiced already: what is open of %(month)s stands on the next invoices. "
                "Nothing is lost."
            )
            % {"month": f"{month:%m/%Y}"}
        )
    if not accounts_in(home, month).exists():
        raise ValidationError(
            _("There is nobody to invoice for %(month)s: no signed convention has begun by then.")
            % {"month": f"{month:%m/%Y}"}
        )


def _refuse_handing_over(received_on: date, today: date) -> None:
    if not today <= received_on <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise ValidationError(
            {
                "received_on": _(
                    "The invoices are handed over today or in the next %(days)d days: from that day run the terms "
                    "to pay and to dispute (art. 6)."
                )
                % {"days": MOST_DAYS_AHEAD}
            }
        )


def _refuse_other_total(found: InvoiceRun, seen: Decimal | None) -> None:
    """ValidationError where there is nothing to issue, or where what was seen is not what would be invoiced."""
    if not found.items.filter(status=ItemStatus.PENDING).exists():
        raise ValidationError(_("No account of this month can be issued: the list says why for each."))
    if seen is not None and seen != total_of(found):
        raise ValidationError(
            _(
                "The month has changed since you looked at it: it comes to another total now. Look at it again, "
                "then issue."
            ),
            code="changed",
        )


# --- checking -----------------------------------------------------------------------------------------------


@uncollected()
def _check(found: InvoiceRun) -> None:
    """Plans the month anew: every account that is not issued is written as its plan has it."""
    rows = accounts_in(found.home, found.month).exclude(
        pk__in=found.items.filter(status=ItemStatus.ISSUED).values("convention")
    )
    books = _books(rows, found)
    items = []
    for account in books.accounts.values():
        planned = planned_of(account, books, found)
        if (
            isinstance(planned, Plan)
            and not planned.lines
            and not planned.problems
            and _is_past(account, found)
        ):
            continue
        items.append(RunItem(run=found, convention_id=account.convention_id, **_result(planned)))
    found.items.exclude(status=ItemStatus.ISSUED).delete()
    RunItem.objects.bulk_create(items, batch_size=1_000)


def planned_of(account: Account, books: Books, found: InvoiceRun) -> Plan | None:
    """The plan of an account; None where a record of it is damaged, which holds up that account only."""
    try:
        return plan(account, books, Scope.monthly(found.month, found.received_on))
    except Exception:
        logger.exception("the account of a convention was not planned")
        return None


def _result(planned: Plan | None) -> dict[str, object]:
    """What an item says of a plan that is not issued."""
    if planned is None:
        problems = stored([reason_of("invoice.error", met=False)])
        return {"status": ItemStatus.REFUSED, "problems": problems, "total": ZERO}
    if planned.problems:
        return {"status": ItemStatus.REFUSED, "problems": stored(planned.problems), "total": ZERO}
    status = ItemStatus.PENDING if planned.lines else ItemStatus.NOTHING
    return {"status": status, "problems": [], "total": planned.total}


def _books(rows: QuerySet[Convention], found: InvoiceRun) -> Books:
    return books_of(rows, until=last_of(found.month), on=found.received_on)


def _is_past(account: Account, found: InvoiceRun) -> bool:
    """Whether a stay was over before the month: nobody asks why it has no invoice."""
    return account.last_due is not None and account.last_due < found.month


# --- issuing ------------------------------------------------------------------------------------------------


def _hand_over(found: InvoiceRun, actor: User, at: datetime) -> InvoiceRun:
    found.refresh_from_db()
    found.started_by, found.started_at = actor, at
    found.save(update_fields=["started_by", "started_at"])
    transaction.on_commit(lambda: ring(found.pk), robust=True)
    return found


def _issue_open(found: InvoiceRun, at: datetime) -> bool:
    """Issues every account that is still open; False where it was interrupted meanwhile."""
    while True:
        pending = found.items.filter(status=ItemStatus.PENDING)
        keys = list(
            pending.order_by("convention__resident__search_name", "pk").values_list("pk", flat=True)[
                :TOGETHER
            ]
        )
        if not keys:
            return True
        try:
            _issue_or_refuse(found, keys, at)
        except Interrupted:
            return False


def _issue_or_refuse(found: InvoiceRun, keys: Sequence[int], at: datetime) -> None:
    """The accounts issued together; where one cannot be written, each by itself, and that one put aside."""
    try:
        _issue_batch(found, keys, at)
    except (Interrupted, OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception:
        if len(keys) > 1:
            logger.warning("accounts were not issued together; one after another")
            for key in keys:
                _issue_or_refuse(found, [key], at)
            return
        logger.exception("the invoice of an account was not issued")
        RunItem.objects.filter(pk__in=keys).exclude(status=ItemStatus.ISSUED).update(**_result(None))


@uncollected()
@transaction.atomic
def _issue_batch(found: InvoiceRun, keys: Sequence[int], at: datetime) -> None:
    """Accounts planned as they stand now and issued, all in one transaction with one step of the numbers."""
    _hold_run(found)
    rows = RunItem.objects.select_for_update(of=("self",)).filter(pk__in=keys, status=ItemStatus.PENDING)
    items = {item.convention_id: item for item in rows}
    conventions = {row.pk: row for row in issuing.hold(items)}
    books = _books(Convention.objects.filter(pk__in=items), found)
    ready = []
    for convention in sorted(conventions.values(), key=lambda row: (row.resident.search_name, row.pk)):
        item = items[convention.pk]
        planned = planned_of(books.accounts[convention.pk], books, found)
        result = _result(planned)
        if planned is not None and result["status"] == ItemStatus.PENDING:
            ready.append(Ready(planned, convention, item_id=item.pk))
        if result["status"] != ItemStatus.PENDING or planned is None or planned.total != item.total:
            # Seldom: the account has changed since it was checked.
            RunItem.objects.filter(pk=item.pk).update(**result)
    # The checks of the keys would read whole tables where these were small when the connection began.
    keys_by_index()
    issuing.write(found.home, ready, received_on=found.received_on, actor=found.started_by, at=at)
    RunItem.objects.filter(pk__in=[one.item_id for one in ready]).update(status=ItemStatus.ISSUED)


def _hold_run(found: InvoiceRun) -> None:
    """Holds the run as it is: nobody interrupts it before the accounts in hand are issued."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT status, started_at FROM "{InvoiceRun._meta.db_table}" WHERE id = %s FOR SHARE',  # noqa: S608
            [found.pk],
        )
        if cursor.fetchone() != (RunStatus.ISSUING.value, found.started_at):
            raise Interrupted


@transaction.atomic
def _finish(found: InvoiceRun, at: datetime) -> None:
    locked = lock(found)
    if locked.status != RunStatus.ISSUING:
        return
    refused = locked.items.filter(Q(status=ItemStatus.REFUSED) | Q(status=ItemStatus.PENDING)).exists()
    target = RunStatus.PARTLY_ISSUED if refused else RunStatus.ISSUED
    advance(locked, RunAction.FINISH, actor=None, at=at, target=target)
    locked.finished_at = at
    locked.save(update_fields=["finished_at"])
    transaction.on_commit(lambda: ring_papers(locked.pk), robust=True)
