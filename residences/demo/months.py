"""The months of a home: what was taken, invoices issued on the 25th, payments after, some of them late or missing."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils.timezone import localdate

from partenamut.accounts.models import User
from residences.models import AbsenceReason, Convention, InvoiceRun, InvoiceShare, RestHome
from residences.services import account_days, accounts, payments, reminders, runs
from residences.services.payments import shares_of, with_balance

#: The day of the month on which the invoices are issued.
ISSUED_ON = 25


def issue(home: RestHome, month: date, actor: User, at: datetime) -> InvoiceRun:
    """The invoices of a month, issued on the spot as a worker would."""
    run = runs.prepare(home=home, month=month, actor=actor, at=at)
    runs.issue(run=run, received_on=localdate(at), actor=actor, at=at)
    runs.run(run.pk, at=at)
    InvoiceRun.objects.filter(pk=run.pk).update(created_at=at)  # told as of that day, not of this one
    return run


def insured(convention: Convention, director: User, at: datetime) -> None:
    """The insurer intervenes from the entry on, at a fictitious amount of INAMI."""
    assert convention.entry is not None
    account_days.add_intervention(
        convention=convention,
        first_day=convention.entry,
        last_day=None,
        category="B",
        daily_amount=Decimal("62.50"),
        actor=director,
        at=at,
    )


def taken(home: RestHome, month: date, random: Random, director: User) -> None:
    """Meals with visitors, an advance, an absence of the month, for some residents."""
    at = datetime.combine(month.replace(day=ISSUED_ON - 1), time(9), UTC)
    living = home.conventions.filter(signed_on__isnull=False, entry__lt=month.replace(day=10), ended_on=None)
    for convention in living.order_by("pk"):
        day = month.replace(day=random.randrange(10, 23))
        chosen = convention.supplements.on(day).select_related("supplement").first()
        if chosen is not None and random.random() < 0.5:
            quantity = Decimal(random.randrange(1, 4))
            accounts.add_supplement(
                convention=convention,
                supplement=chosen.supplement,
                day=day,
                quantity=quantity,
                actor=director,
                at=at,
            )
        if random.random() < 0.12:
            account_days.add_absence(
                convention=convention,
                first_day=day,
                last_day=day + timedelta(days=2),
                reason=AbsenceReason.HOSPITAL,
                announced_on=None,
                insurer_pays=False,
                note="",
                actor=director,
                at=at,
            )


def settle(run: InvoiceRun, random: Random, director: User, today: date) -> None:
    """The payments for a run that came by today: most within the eight days, some late, few never."""
    run.refresh_from_db()
    for share in InvoiceShare.objects.filter(invoice__item__run=run, amount__gt=0).order_by("pk"):
        luck = random.random()
        if luck > 0.94:
            continue
        late = random.randrange(1, 8) if luck < 0.8 else random.randrange(10, 40)
        day = run.received_on + timedelta(days=late)
        if day <= today:
            payments.register(
                share=share,
                amount=share.amount,
                received_on=day,
                reference=f"DEMO{share.pk:06d}",
                actor=director,
                at=datetime.combine(day, time(9), UTC),
            )


def remind(home: RestHome, director: User, at: datetime) -> None:
    """A reminder for what is overdue, and formal notice for the oldest."""
    overdue = with_balance(shares_of(home), localdate(at)).filter(
        balance__gt=0, invoice__due_on__lt=localdate(at)
    )
    oldest = list(overdue.order_by("invoice__due_on", "pk")[:3])
    reminders.remind_many(shares=oldest[1:], level="reminder", actor=director, at=at)
    reminders.remind_many(shares=oldest[:1], level="formal_notice", actor=director, at=at)
