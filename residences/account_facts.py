"""Rows -> what an account holds on a day: prices, entries, insured days, late payments. A fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
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
    rows = list(
        conventions.values_list(
            "pk",
            "entry",
            "ended_on",
            "kind",
            "until",
            "invoiced_until",
            "home_id",
            "resident__mutuality_code",
        )
    )
    # Named one by one: a subquery would be planned, and guessed at, in each of the queries.
    keys = [row[0] for row in rows]
    prices = _prices(keys)
    discounts = _discounts({row[6] for row in rows})
    invoices, months = _invoices(keys)
    charged, rebated = _charged(invoices)
    insured, absences = _insured(keys), _absences(keys)
    entries, late, debtors = _entries(keys, until), _late(keys, on), _debtors(keys, on)
    accounts = {}
    for pk, entry, ended_on, kind, last, invoiced, home, mutuality in rows:
        assert entry is not None
        accounts[pk] = Account(
            convention_id=pk,
            entry=entry,
            last_due=ended_on or (last if kind == StayKind.SHORT else None),
            invoiced_until=invoiced,
            prices=prices.get(pk, ()),
            discounts=discounts.get((home, mutuality or 0), ()),
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


def _prices(keys: Sequence[int]) -> dict[int, tuple[Stretch, ...]]:
    rows = AgreedPrice.objects.filter(convention__in=keys).order_by("first_day")
    found = rows.values_list("convention_id", "first_day", "last_day", "daily_price")
    return _grouped((pk, Stretch(first, last or date.max, price)) for pk, first, last, price in found)


def _discounts(homes: Iterable[int]) -> dict[tuple[int, int], tuple[Stretch, ...]]:
    """The discounts that homes grant to the members of each mutuality."""
    rows = MutualityDiscount.objects.filter(home__in=homes).order_by("first_day")
    found: defaultdict[tuple[int, int], list[Stretch]] = defaultdict(list)
    for home, code, first, last, percent in rows.values_list(
        "home_id", "mutuality_code", "first_day", "last_day", "percent"
    ):
        found[home, code].append(Stretch(first, last or date.max, ZERO, percent))
    return {key: tuple(stretches) for key, stretches in found.items()}


def _invoices(keys: Sequence[int]) -> tuple[dict[int, int], dict[int, date]]:
    """The convention of each invoice, and the last month of each convention that has a monthly invoice."""
    rows = Invoice.objects.filter(convention__in=keys).order_by()
    conventions, months = {}, dict[int, date]()
    for pk, convention, kind, month in rows.values_list("pk", "convention_id", "kind", "month"):
        conventions[pk] = convention
        if kind == InvoiceKind.MONTHLY:
            months[convention] = max(month, months.get(convention, month))
    return conventions, months


def _charged(
    invoices: Mapping[int, int],
) -> tuple[dict[int, tuple[Charged, ...]], dict[int, tuple[Charged, ...]]]:
    """The days of accommodation that invoices charged and took back, and those that were rebated."""
    if not invoices:
        return {}, {}
    rows = InvoiceLine.objects.filter(
        invoice__in=list(invoices),
        kind__in=(*ACCOMMODATION, LineKind.REBATE, LineKind.CREDITED),
        first_day__isnull=False,
    ).order_by("invoice_id", "position")
    lines: list[Any] = list(
        rows.values_list(
            "pk",
            "invoice_id",
            "kind",
            "takes_back_id",
            "first_day",
            "last_day",
            "unit_price",
            "percent",
            "amount",
        )
    )
    # What a credit note takes back stands on an invoice of the same convention: it is among the rows.
    kinds = {line[0]: line[2] for line in lines}
    days, rebates = [], []
    for _pk, invoice, own_kind, taken_back, first, last, price, percent, amount in lines:
        kind = kinds.get(taken_back) if own_kind == LineKind.CREDITED else own_kind
        stretch = Stretch(first, last, price, percent)
        if kind == LineKind.REBATE:
            rebates.append((invoices[invoice], Charged(stretch, amount > 0)))
        elif kind in ACCOMMODATION:
            days.append((invoices[invoice], Charged(stretch, amount < 0)))
    return _grouped(days), _grouped(rebates)


def _insured(keys: Sequence[int]) -> dict[int, tuple[Stretch, ...]]:
    rows = InsurerIntervention.objects.filter(convention__in=keys).order_by("first_day")
    found = rows.values_list("convention_id", "first_day", "last_day", "daily_amount")
    return _grouped((pk, Stretch(first, last or date.max, amount)) for pk, first, last, amount in found)


def _absences(keys: Sequence[int]) -> dict[int, tuple[Away, ...]]:
    rows = Absence.objects.filter(convention__in=keys).order_by("first_day")
    found = rows.values_list(
        "convention_id", "first_day", "last_day", "reason", "announced_on", "insurer_pays"
    )
    return _grouped((pk, Away(first, last or date.max, *rest)) for pk, first, last, *rest in found)


def _entries(keys: Sequence[int], until: date) -> dict[int, tuple[OpenEntry, ...]]:
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


def _late(keys: Sequence[int], on: date) -> dict[int, tuple[Late, ...]]:
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


def _debtors(keys: Sequence[int], on: date) -> dict[int, tuple[tuple[int | None, Decimal], ...]]:
    rows = DebtorShare.objects.on(on).filter(convention__in=keys).order_by(F("contact").asc(nulls_first=True))
    found = rows.values_list("convention_id", "contact_id", "percent")
    return _grouped((pk, (contact, percent)) for pk, contact, percent in found)


def _rebates() -> tuple[Stretch, ...]:
    """The rebate for an insured day, each amount until the next one begins (art. 4 §7)."""
    rows = list(InsurerDayRebate.objects.order_by("first_day").values_list("first_day", "amount"))
    ends = [date.fromordinal(first.toordinal() - 1) for first, _amount in rows[1:]] + [date.max]
    return tuple(Stretch(first, last, amount) for (first, amount), last in zip(rows, ends, strict=True))
