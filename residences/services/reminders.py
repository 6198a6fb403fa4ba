"""Reminders and formal notices for shares that were not paid in time (art. 6), one by one or several at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from msgspec import structs

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.services import place
from partenamut.sentences import day
from residences.documents.reminders import ReminderWords, YearWords, reminder_order
from residences.facts import home_terms
from residences.models import InvoiceShare, Reminder, ReminderLevel, RestHome
from residences.services.interest import interest_of, rates
from residences.services.issuing import hold
from residences.services.payments import shares_of, with_balance


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A share for which no letter was made, and why."""

    share: InvoiceShare
    why: str


def with_letters(shares: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Shares with `letters` (how many), `last_letter_on` and `noticed_on`, the day of the first formal notice."""
    sent = Reminder.objects.filter(share=OuterRef("pk"), issued_on__lte=on).order_by().values("share")
    formal = Q(level=ReminderLevel.FORMAL_NOTICE)
    rows: QuerySet[Any] = shares.annotate(
        letters=Coalesce(Subquery(sent.annotate(count=Count("pk")).values("count")), 0),
        last_letter_on=Subquery(sent.annotate(last=Max("issued_on")).values("last")),
        noticed_on=Subquery(sent.annotate(first=Min("issued_on", filter=formal)).values("first")),
    )
    return rows


def overdue_of(home: RestHome, on: date) -> QuerySet[Any]:
    """The shares of a home that are open after their due day, `late` since; with balance and letters, disputed too."""
    late = ExpressionWrapper(Value(on) - F("invoice__due_on"), output_field=DurationField())
    rows: QuerySet[Any] = with_letters(with_balance(shares_of(home), on), on).annotate(late=late)
    return rows.filter(balance__gt=0, invoice__due_on__lt=on)


def obstacle_to_letter(share: Any, level: str, today: date) -> str:
    """Why no letter can be made of a share with its balance and letters; empty where one can."""
    if share.balance <= 0:
        return _("Nothing is open on this share.")
    if share.disputed:
        return _("The invoice is disputed: answer the dispute first (art. 6).")
    if today <= share.invoice.due_on:
        return _("It is to be paid by %(day)s (art. 6): a letter can be made from the day after.") % {
            "day": day(share.invoice.due_on)
        }
    if share.last_letter_on == today:
        return _("A letter was made today: one a day is enough.")
    if level == ReminderLevel.FORMAL_NOTICE and share.noticed_on is not None:
        return _("Formal notice was given on %(day)s: interest is owed already. Make a reminder instead.") % {
            "day": day(share.noticed_on)
        }
    return ""


@transaction.atomic
def remind(*, share: InvoiceShare, level: str, actor: User, at: datetime) -> Reminder:
    """The letter for what is open of a share; not before the day after it is due, and one a day."""
    hold([share.invoice.convention_id])
    today = localdate(at)
    mine = shares_of(share.invoice.home).filter(pk=share.pk)
    row: Any = with_letters(with_balance(mine, today), today).select_related("invoice__home__residence").get()
    if obstacle := obstacle_to_letter(row, level, today):
        raise ValidationError(obstacle)
    turn = row.letters + 1
    key = f"residences/reminder/{row.public_id}/{turn}"
    document = place(reminder_order(_words(row, level, turn, today), key=key), actor=actor, at=at)
    reminder = Reminder.objects.create(
        share=share, level=level, issued_on=today, amount=row.balance, issued_by=actor, document=document
    )
    record(
        action="formal_notice_sent" if level == ReminderLevel.FORMAL_NOTICE else "reminder_sent",
        subject=row.invoice,
        actor=actor,
        at=at,
        changes={"amount": [None, row.balance], "turn": [None, turn]},
        note=row.name,
    )
    return reminder


def remind_many(
    *, shares: Iterable[InvoiceShare], level: str, actor: User, at: datetime
) -> tuple[list[Reminder], list[LeftOut]]:
    """A letter for each share that can have one, each by itself; what was left out, and why."""
    made, left_out = [], []
    for share in shares:
        try:
            made.append(remind(share=share, level=level, actor=actor, at=at))
        except ValidationError as error:
            left_out.append(LeftOut(share, " ".join(error.messages)))
    return made, left_out


# --- inside -----------------------------------------------------------------------------------------------


def _words(share: Any, level: str, turn: int, today: date) -> ReminderWords:
    """The words of a letter: the debtor as the invoice named them, the home as it is now."""
    invoice, home = share.invoice, share.invoice.home
    words = ReminderWords(
        language=invoice.convention.language,
        issued_on=today,
        formal=level == ReminderLevel.FORMAL_NOTICE,
        turn=turn,
        home=home_terms(home),
        iban=home.iban,
        account_holder=home.account_holder or home.operator,
        name=share.name,
        address_lines=tuple(share.address_lines),
        resident=invoice.convention.resident.full_name,
        invoice_number=invoice.number,
        invoice_received_on=invoice.received_on,
        due_on=invoice.due_on,
        amount=share.amount,
        credited=share.credited,
        received=share.received,
        communication=share.communication,
    )
    return _with_interest(words, share, today) if words.formal else words


def _with_interest(words: ReminderWords, share: Any, today: date) -> ReminderWords:
    percents = rates()
    found = interest_of(share, today, percents)
    missing = sorted({*found.unknown_years, *({today.year} - set(percents))})
    if missing:
        raise ValidationError(
            _(
                "The legal rate of interest of %(years)s is not entered yet (art. 6): ask the administration of the "
                "mutuality to enter it, then give formal notice."
            )
            % {"years": ", ".join(str(year) for year in missing)}
        )
    return structs.replace(
        words,
        percent=percents[today.year],
        years=tuple(
            YearWords(row.first_day, row.last_day, row.days, row.percent, row.interest) for row in found.rows
        ),
    )
