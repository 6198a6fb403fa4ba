"""Rows -> what an account holds on a day: prices, entries, insured days, late payments. A fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from msgspec import Struct

from partenamut.money import ZERO
from residences.models import (
    Absence,
    AbsenceReason,
    AgreedPrice,
    Convention,
    ConventionSupplement,
    DebtorShare,
    Entry,
    InsurerDayRebate,
    InsurerIntervention,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    LegalInterest,
    LineKind,
    MutualityDiscount,
    Payment,
    Reminder,
    ReminderLevel,
    StayKind,
)
from residences.rules.accommodation import Charged, Stretch

T = TypeVar("T")

#: Lines that charge days of accommodation, or take them back where they are negative.
ACCOMMODATION = (
    LineKind.ACCOMMODATION_CURRENT,
    LineKind.ACCOMMODATION_NEXT,
    LineKind.ACCOMMODATION_CREDIT,
)


class OpenEntry(Struct, frozen=True):
    """An entry that no invoice has yet."""

    pk: int
    kind: str
    day: date
    label: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    documented: bool
    in_convention: bool


class Late(Struct, frozen=True):
    """A payment received after its due day, where a formal notice had been sent by then; not charged yet."""

    payment_id: int
    contact_id: int | None
    invoice_number: str
    amount: Decimal
    due: date
    paid: date


class Away(Struct, frozen=True):
    """Days of absence (art. 5)."""

    first: date
    last: date
    reason: str
    announced_on: date | None
    insurer_pays: bool

    @property
    def announced_late(self) -> bool:
        """Whether an absence that is not medical was announced on its first day or later, or not at all."""
        if self.reason in (AbsenceReason.HOSPITAL, AbsenceReason.MEDICAL):
            return False
        return self.announced_on is None or self.announced_on >= self.first


class Account(Struct, frozen=True):
    """What the rows say of one convention."""

    convention_id: int
    entry: date
    #: The last day the price is due: known at the end, from the start of a short stay.
    last_due: date | None
    invoiced_until: date | None
    prices: tuple[Stretch, ...]
    discounts: tuple[Stretch, ...]
    charged: tuple[Charged, ...]
    rebated: tuple[Charged, ...]
    #: Days on which an insurer intervenes, at INAMI's amount a day.
    insured: tuple[Stretch, ...]
    absences: tuple[Away, ...]
    entries: tuple[OpenEntry, ...]
    late: tuple[Late, ...]
    debtors: tuple[tuple[int | None, Decimal], ...]
    #: The last month that has its monthly invoice.
    invoiced_month: date | None


class Books(Struct, frozen=True):
    """The accounts of several conventions, and the figures that all of them share."""

    accounts: dict[int, Account]
    rebates: tuple[Stretch, ...]
    #: The legal rate of each calendar year, in percent.
    interest: dict[int, Decimal]


def books_of(conventions: QuerySet[Convention], *, until: date, on: date) -> Books:
    """The accounts of conventions: entries to a day, debtors and payments as they stand on another."""
    keys = conventions.order_by().values("pk")
    prices = _prices(keys)
    discounts = _discounts(conventions)
    charged, rebated = _charged(keys)
    insured, absences = _insured(keys), _absences(keys)
    entries, late, debtors = _entries(keys, until), _late(keys, on), _debtors(keys, on)
    months = _invoiced_months(keys)
    accounts = {}
    rows = conventions.values_list("pk", "entry", "ended_on", "kind", "until", "invoiced_until")
    for pk, entry, ended_on, kind, last, invoiced in rows:
        assert entry is not None
        accounts[pk] = Account(
            convention_id=pk,
            entry=entry,
            last_due=ended_on or (last if kind == StayKind.SHORT else None),
            invoiced_until=invoiced,
            prices=prices.get(pk, ()),
            discounts=discounts.get(pk, ()),
            charged=charged.get(pk, ()),
            rebated=rebated.get(pk, ()),
            insured=insured.get(pk, ()),
            absences=absences.get(pk, ()),
            entries=entries.get(pk, ()),
            late=late.get(pk, ()),
            debtors=debtors.get(pk, ((None, Decimal(100)),)),
            invoiced_month=months.get(pk),
        )
    return Books(accounts, _rebates(), dict(LegalInterest.objects.values_list("year", "percent")))


# --- inside -----------------------------------------------------------------------------------------------


def _grouped(rows: Iterable[tuple[int, T]]) -> dict[int, tuple[T, ...]]:
    found: defaultdict[int, list[T]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _prices(keys: Any) -> dict[int, tuple[Stretch, ...]]:
    rows = AgreedPrice.objects.filter(convention__in=keys).order_by("first_day")
    found = rows.values_list("convention_id", "first_day", "last_day", "daily_price")
    return _grouped((pk, Stretch(first, last or date.max, price)) for pk, first, last, price in found)


def _discounts(conventions: QuerySet[Convention]) -> dict[int, tuple[Stretch, ...]]:
    """The discounts that the home grants to the members of each resident's mutuality."""
    homes = conventions.order_by().values("home")
    rows = MutualityDiscount.objects.filter(home__in=homes).order_by("first_day")
    by_mutuality: defaultdict[tuple[int, int], list[Stretch]] = defaultdict(list)
    for home, code, first, last, percent in rows.values_list(
        "home_id", "mutuality_code", "first_day", "last_day", "percent"
    ):
        by_mutuality[home, code].append(Stretch(first, last or date.max, ZERO, percent))
    residents = conventions.values_list("pk", "home_id", "resident__mutuality_code")
    return {pk: tuple(by_mutuality.get((home, code or 0), ())) for pk, home, code in residents}


def _charged(keys: Any) -> tuple[dict[int, tuple[Charged, ...]], dict[int, tuple[Charged, ...]]]:
    """The days of accommodation that invoices charged and took back, and those that were rebated."""
    rows = InvoiceLine.objects.filter(
        Q(kind__in=(*ACCOMMODATION, LineKind.REBATE))
        | Q(kind=LineKind.CREDITED, takes_back__kind__in=(*ACCOMMODATION, LineKind.REBATE)),
        invoice__convention__in=keys,
        first_day__isnull=False,
    ).order_by("invoice_id", "position")
    days, rebates = [], []
    for pk, kind, first, last, price, percent, amount in rows.values_list(
        "invoice__convention_id",
        Coalesce("takes_back__kind", F("kind")),
        "first_day",
        "last_day",
        "unit_price",
        "percent",
        "amount",
    ):
        stretch = Stretch(first, last, price, percent)
        if kind == LineKind.REBATE:
            rebates.append((pk, Charged(stretch, amount > 0)))
        else:
            days.append((pk, Charged(stretch, amount < 0)))
    return _grouped(days), _grouped(rebates)


def _insured(keys: Any) -> dict[int, tuple[Stretch, ...]]:
    rows = InsurerIntervention.objects.filter(convention__in=keys).order_by("first_day")
    found = rows.values_list("convention_id", "first_day", "last_day", "daily_amount")
    return _grouped((pk, Stretch(first, last or date.max, amount)) for pk, first, last, amount in found)


def _absences(keys: Any) -> dict[int, tuple[Away, ...]]:
    rows = Absence.objects.filter(convention__in=keys).order_by("first_day")
    found = rows.values_list(
        "convention_id", "first_day", "last_day", "reason", "announced_on", "insurer_pays"
    )
    return _grouped((pk, Away(first, last or date.max, *rest)) for pk, first, last, *rest in found)


def _entries(keys: Any, until: date) -> dict[int, tuple[OpenEntry, ...]]:
    chosen = ConventionSupplement.objects.filter(
        Q(last_day=None) | Q(last_day__gte=OuterRef("date")),
        convention=OuterRef("convention"),
        supplement=OuterRef("supplement"),
        first_day__lte=OuterRef("date"),
    )
    rows = Entry.objects.open().filter(convention__in=keys, date__lte=until).order_by("date", "pk")
    found = rows.annotate(
        documented=ExpressionWrapper(
            Q(upload__isnull=False, upload__removed_at=None), output_field=BooleanField()
        ),
        in_convention=Exists(chosen),
    ).values_list(
        "convention_id",
        "pk",
        "kind",
        "date",
        "label",
        "quantity",
        "unit_price",
        "amount",
        "documented",
        "in_convention",
    )
    return _grouped((pk, OpenEntry(*rest)) for pk, *rest in found)


def _late(keys: Any, on: date) -> dict[int, tuple[Late, ...]]:
    """Payments after the due day that are due interest (art. 6): a formal notice was sent before or on that day."""
    notice = Reminder.objects.filter(
        share=OuterRef("share"),
        level=ReminderLevel.FORMAL_NOTICE,
        issued_on__lte=OuterRef("received_on"),
    )
    rows = Payment.objects.filter(
        Exists(notice),
        share__invoice__convention__in=keys,
        received_on__gt=F("share__invoice__due_on"),
        received_on__lte=on,
        amount__gt=0,
        reverses=None,
        reversed_by=None,
        interest=None,
    ).order_by("received_on", "pk")
    found: Any = rows.values_list(
        "share__invoice__convention_id",
        "pk",
        "share__contact_id",
        "share__invoice__number",
        "amount",
        "share__invoice__due_on",
        "received_on",
    )
    return _grouped((pk, Late(*rest)) for pk, *rest in found)


def _debtors(keys: Any, on: date) -> dict[int, tuple[tuple[int | None, Decimal], ...]]:
    rows = DebtorShare.objects.on(on).filter(convention__in=keys).order_by(F("contact").asc(nulls_first=True))
    found = rows.values_list("convention_id", "contact_id", "percent")
    return _grouped((pk, (contact, percent)) for pk, contact, percent in found)


def _invoiced_months(keys: Any) -> dict[int, date]:
    """The last month of each convention that has a monthly invoice."""
    rows = Invoice.objects.filter(convention__in=keys, kind=InvoiceKind.MONTHLY)
    return dict(rows.order_by().values_list("convention_id").annotate(last=Max("month")))


def _rebates() -> tuple[Stretch, ...]:
    """The rebate for an insured day, each amount until the next one begins (art. 4 §7)."""
    rows = list(InsurerDayRebate.objects.order_by("first_day").values_list("first_day", "amount"))
    ends = [date.fromordinal(first.toordinal() - 1) for first, _amount in rows[1:]] + [date.max]
    return tuple(Stretch(first, last, amount) for (first, amount), last in zip(rows, ends, strict=True))
