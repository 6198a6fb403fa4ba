"""What a project billed, what was paid and what is open, by month and insurer."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from msgspec import Struct

from partenamut.money import ZERO, total
from protocol3.models import Payment, Recap, RecapKind
from protocol3.services.payments import RecapState, with_balance


class Sums(Struct, frozen=True):
    """Euros billed and received; what was taken back is taken off."""

    billed: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What is still to be received."""
        return self.billed - self.paid

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.billed + other.billed, self.paid + other.paid)


class Money(Struct, frozen=True):
    """The sums of a year by project, month and insurer; what goes back to INAMI stands apart."""

    cells: dict[tuple[int, date, int], Sums]
    repaid: Decimal

    def by(self, place: int) -> dict[int | date, Sums]:
        """The sums by project (0), month (1) or insurer (2)."""
        found: defaultdict[int | date, Sums] = defaultdict(Sums)
        for key, sums in self.cells.items():
            found[key[place]] += sums
        return dict(found)

    @property
    def whole(self) -> Sums:
        """All together."""
        return sum(self.cells.values(), Sums())


def money_of(recaps: QuerySet[Recap], year: int) -> Money:
    """The sums of the services of a calendar year, in two queries."""
    rows = recaps.filter(month__year=year).order_by()
    to_insurers = rows.exclude(kind=RecapKind.REPAYMENT)
    billed = to_insurers.values_list("project", "month", "insurer").annotate(sum=Sum("total"))
    paid = (
        Payment.objects.filter(recap__in=to_insurers)
        .order_by()
        .values_list("recap__project", "recap__month", "recap__insurer")
        .annotate(sum=Sum("amount"))
    )
    received = {(project, month, insurer): amount for project, month, insurer, amount in paid}
    cells = {
        (project, month, insurer): Sums(amount, received.get((project, month, insurer), ZERO))
        for project, month, insurer, amount in billed
    }
    repaid = total(rows.filter(kind=RecapKind.REPAYMENT).values_list("total", flat=True))
    return Money(cells, abs(repaid))


def overdue(recaps: QuerySet[Recap], on: date) -> QuerySet[Recap]:
    """Notes that were to be paid before a day and are not, each with its `balance`; the oldest first."""
    rows: Any = with_balance(recaps, on)
    found: QuerySet[Recap] = rows.filter(state=RecapState.OVERDUE).order_by("due_on", "pk")
    return found
