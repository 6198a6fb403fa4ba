"""Use cases of the dated figures that hold for all homes: the rebate of art. 4 §7 and the legal rate of interest of art. 6."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, described, locked, saved
from residences.models import InsurerDayRebate, InterestCharge, InvoiceLine, LegalInterest, LineKind

REBATE_FIELDS = ("first_day", "amount", "pivot_index", "index_base", "source")
RATE_FIELDS = ("percent", "source")

# --- the rebate for insured days ----------------------------------------------------------------------------


@transaction.atomic
def add_rebate(*, values: Mapping[str, Any], actor: User | None, at: datetime) -> InsurerDayRebate:
    """A rebate from a day on, until the next one begins."""
    if InsurerDayRebate.objects.filter(first_day=values["first_day"]).exists():
        raise ValidationError(
            {"first_day": _("There is a rebate from this day on already: change that one.")}
        )
    row = saved(InsurerDayRebate(**values))
    changes = described(row, REBATE_FIELDS)
    record(action="rebate_entered", subject=row, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def change_rebate(
    *, rebate: InsurerDayRebate, changes: Mapping[str, Any], actor: User, at: datetime, note: str = ""
) -> InsurerDayRebate:
    """The rebate put right, as long as no invoice has taken it off."""
    row = locked(rebate)
    if rebate_is_used(row):
        raise ValidationError(
            _("Invoices have taken this rebate off already: enter a new one from a later day instead.")
        )
    if trace := altered(row, changes):
        saved(row)
        record(action="rebate_changed", subject=row, actor=actor, at=at, changes=trace, note=note)
    return row


def rebate_is_used(rebate: InsurerDayRebate) -> bool:
    """Whether an invoice was issued with the rebate, on a day on which it held."""
    lines = InvoiceLine.objects.filter(kind=LineKind.REBATE).annotate(
        begins=Coalesce("first_day", "invoice__month"), ends=Coalesce("last_day", "invoice__issued_on")
    )
    used = lines.filter(ends__gte=rebate.first_day)
    later = InsurerDayRebate.objects.filter(first_day__gt=rebate.first_day).order_by("first_day").first()
    if later is not None:
        used = used.filter(begins__lt=later.first_day)
    return used.exists()


# --- the legal rate of interest -----------------------------------------------------------------------------


@transaction.atomic
def add_rate(*, year: int, percent: Decimal, source: str, actor: User | None, at: datetime) -> LegalInterest:
    """The legal rate of a calendar year."""
    if LegalInterest.objects.filter(year=year).exists():
        raise ValidationError({"year": _("This year has its rate already: change that one.")})
    row = saved(LegalInterest(year=year, percent=percent, source=source))
    changes = described(row, ("year", *RATE_FIELDS))
    record(action="interest_rate_entered", subject=row, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def change_rate(
    *, rate: LegalInterest, changes: Mapping[str, Any], actor: User, at: datetime, note: str = ""
) -> LegalInterest:
    """The rate put right, as long as no interest was charged with it."""
    row = locked(rate)
    trace = altered(row, changes)
    if "percent" in trace and rate_is_used(row.year):
        raise ValidationError(
            {
                "percent": _(
                    "Interest was charged at this rate on invoices already: it can no longer change (art. 6)."
                )
            }
        )
    if trace:
        saved(row)
        about = {"year": [row.year] * 2}
        record(
            action="interest_rate_changed",
            subject=row,
            actor=actor,
            at=at,
            changes={**about, **trace},
            note=note,
        )
    return row


def rate_is_used(year: int) -> bool:
    """Whether interest was charged for days of a year: from the due day of an invoice to the late payment."""
    return InterestCharge.objects.filter(
        payment__received_on__gte=date(year, 1, 1),
        payment__share__invoice__due_on__lte=date(year, 12, 31),
    ).exists()
