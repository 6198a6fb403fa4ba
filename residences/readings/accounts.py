"""The work-list of the accounts of a home: what is open on each, what is still to be paid, what stands against some."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.money import ZERO
from partenamut.registry.names import search_form
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, Link, ListFilter, WorkList
from residences.models import (
    Absence,
    Convention,
    DebtorShare,
    Entry,
    EntryKind,
    Invoice,
    InvoiceShare,
    RestHome,
)
from residences.readings.convention_list import STATUS_TONES
from residences.services.account_days import MEDICAL
from residences.services.payments import with_balance
from residences.workflow import SIGNED_ONES

_EUROS = DecimalField(max_digits=12, decimal_places=2)

#: What stands against an account or asks to be looked at, as the filter asks.
WARNINGS = {
    "document": gettext_lazy("An advance without its document"),
    "absence": gettext_lazy("An absence announced late"),
    "to_pay": gettext_lazy("Something to be paid"),
}


class NameFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Names of residents, accents and hyphens apart: every word must be found."""

    def __init__(self, *, path: str, **kwargs: Any) -> None:
        self.path = path
        super().__init__(max_length=100, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows of residents whose name holds every word."""
        for word in search_form(value or "").split()[:5]:
            qs = qs.filter(**{f"{self.path}__contains": word})
        return qs


def accounts_of(home: RestHome, on: date) -> QuerySet[Any]:
    """The accounts of a home with what is open on each, in one query."""
    open_ones = Entry.objects.open().filter(convention=OuterRef("pk")).order_by().values("convention")
    bare = (
        Entry.objects.open()
        .filter(convention=OuterRef("pk"), kind=EntryKind.ADVANCE)
        .filter(Q(upload=None) | Q(upload__removed_at__isnull=False))
    )
    late = Absence.objects.exclude(reason__in=MEDICAL).filter(
        Q(announced_on=None) | Q(announced_on__gte=F("first_day")),
        convention=OuterRef("pk"),
        first_day__gte=on.replace(day=1),
    )
    owed = with_balance(InvoiceShare.objects.filter(invoice__convention=OuterRef("pk")), on)
    sums = owed.order_by().values("invoice__convention").annotate(sum=Sum("balance")).values("sum")
    last = Invoice.objects.filter(convention=OuterRef("pk")).order_by("-issued_on", "-pk")
    rows: QuerySet[Any] = Convention.objects.filter(home=home, status__in=SIGNED_ONES)
    shown: QuerySet[Any] = rows.select_related("home", "resident").annotate(
        entries_open=Coalesce(Subquery(open_ones.annotate(count=Count("pk")).values("count")), 0),
        entries_sum=Coalesce(
            Subquery(open_ones.annotate(sum=Sum("amount")).values("sum")), ZERO, output_field=_EUROS
        ),
        balance=Coalesce(Subquery(sums), ZERO, output_field=_EUROS),
        is_bare=Exists(bare),
        is_late=Exists(late),
        paying=Coalesce(
            Subquery(
                DebtorShare.objects.on(on)
                .filter(convention=OuterRef("pk"))
                .order_by()
                .values("convention")
                .annotate(count=Count("pk"))
                .values("count")
            ),
            1,
        ),
        last_number=Subquery(last.values("number")[:1]),
        last_id=Subquery(last.values("public_id")[:1]),
    )
    return shown


def warnings_of(row: Any) -> list[str]:
    """What asks to be looked at on an account of the list."""
    found = [str(WARNINGS["document"])] if row.is_bare else []
    return [*found, str(WARNINGS["absence"])] if row.is_late else found


class AccountFilter(ListFilter):
    """Accounts by resident, state and what is open on them."""

    text = NameFilter(label=gettext_lazy("Resident"), path="resident__search_name")
    running = ChoiceFilter(
        label=gettext_lazy("Stay"),
        choices=[("yes", gettext_lazy("Goes on")), ("no", gettext_lazy("Ended"))],
        method="of_stay",
    )
    look = ChoiceFilter(
        label=gettext_lazy("To be looked at"), choices=list(WARNINGS.items()), method="to_look_at"
    )

    def of_stay(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those whose stay goes on today, or is over."""
        over = Q(ended_on__lt=timezone.localdate())
        return rows.filter(over) if value == "no" else rows.exclude(over)

    def to_look_at(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those with a warning, or with something to be paid."""
        if value == "to_pay":
            return rows.filter(balance__gt=0)
        return rows.filter(is_bare=True) if value == "document" else rows.filter(is_late=True)


class AccountList(WorkList):
    """The accounts of a home, by name."""

    columns = (
        Column(
            "resident",
            gettext_lazy("Resident"),
            value=lambda row: row.resident.full_name,
            sort="resident__search_name",
            url=lambda row: reverse("residences:account", args=[row.home.public_id, row.public_id]),
        ),
        Column("number", gettext_lazy("Convention"), "number", sort="number"),
        Column("status", gettext_lazy("Status"), "status", kind="status", sort="status", tones=STATUS_TONES),
        Column(
            "entries_open",
            gettext_lazy("Entries not invoiced"),
            "entries_open",
            kind="number",
            sort="entries_open",
        ),
        Column("entries_sum", gettext_lazy("Their amount"), "entries_sum", kind="euros", sort="entries_sum"),
        Column("balance", gettext_lazy("Still to be paid"), "balance", kind="euros", sort="balance"),
        Column("debtors", gettext_lazy("Debtors"), "paying", kind="number"),
        Column(
            "last",
            gettext_lazy("Last invoice"),
            "last_number",
            kind="link",
            url=lambda row: (
                reverse("residences:invoice", args=[row.home.public_id, row.last_id]) if row.last_id else None
            ),
        ),
        Column(
            "warnings",
            gettext_lazy("To be looked at"),
            value=lambda row: " ".join(f"{text}." for text in warnings_of(row)),
        ),
    )
    filterset_class = AccountFilter
    ordering = ("resident__search_name",)
    export_name = gettext_lazy("accounts")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/list.html"
    empty_text = gettext_lazy(
        "No convention is signed yet: an account begins with the signed convention (art. 6)."
    )

    def __init__(self, home: RestHome, on: date) -> None:
        link = Link(
            label=gettext_lazy("Conventions"), url=reverse("residences:conventions", args=[home.public_id])
        )
        super().__init__(accounts_of(home, on), empty_action=link)
        self.home = home

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="accounts_exported",
            subject=self.home,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        return ngettext("%(count)s account", "%(count)s accounts", count) % {"count": formats.number(count)}
