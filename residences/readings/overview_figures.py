"""The figures of a home over the last twelve months: how full it was, and what was invoiced."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from partenamut.money import ZERO
from partenamut.periods import Days, Period, add_months
from partenamut.web import formats
from residences.models import Bed, BedClosure, InvoiceLine, LineKind, Occupancy, RestHome
from residences.readings.occupancy import rate_of

DAY = timedelta(days=1)
#: The month of today and those before it.
MONTHS = 12

#: The parts of what is invoiced, and the kinds of lines in each.
PARTS: tuple[tuple[Any, tuple[LineKind, ...]], ...] = (
    (
        gettext_lazy("Accommodation"),
        (
            LineKind.ACCOMMODATION_CURRENT,
            LineKind.ACCOMMODATION_NEXT,
            LineKind.ACCOMMODATION_CREDIT,
            LineKind.DISCOUNT,
            LineKind.REBATE,
        ),
    ),
    (gettext_lazy("Supplements"), (LineKind.SUPPLEMENT, LineKind.CARE)),
    (gettext_lazy("Advances"), (LineKind.ADVANCE,)),
    (
        gettext_lazy("Corrections, interest, indemnities"),
        (LineKind.CORRECTION, LineKind.INTEREST, LineKind.INDEMNITY, LineKind.CREDITED),
    ),
)


class Month(Struct, frozen=True):
    """How full a home was in a month: days on which beds were in service, and days on which they were taken."""

    first: date
    serving: int
    taken: int

    @property
    def rate(self) -> Decimal | None:
        """The rate of occupancy in percent; None where no bed was in service."""
        return rate_of(self.taken, self.serving)


def last_months(on: date) -> list[date]:
    """The first days of the last twelve months, the earliest first."""
    this = on.replace(day=1)
    return [add_months(this, -back) for back in reversed(range(MONTHS))]


def occupancy_of(home: RestHome, on: date) -> list[Month]:
    """The last twelve months of a home, this one up to today; beds only kept free are not taken."""
    months = last_months(on)
    since = months[0]
    beds = {bed.pk: Days.of([bed.period]) for bed in Bed.objects.filter(room__home=home)}
    current = Q(last_day=None) | Q(last_day__gte=since)
    closures = BedClosure.objects.filter(current, bed__room__home=home)
    stays = Occupancy.objects.given().filter(
        current, bed__room__home=home, convention__signed_on__isnull=False
    )
    closed, taken = _by_bed(closures), _by_bed(stays)
    found = []
    for month in months:
        days = Days.between(month, min(add_months(month, 1) - DAY, on))
        serving = occupied = 0
        for key, own in beds.items():
            used = own & days & Days.of(taken.get(key, ()))
            occupied += len(used)
            serving += len((own & days) - (Days.of(closed.get(key, ())) - used))
        found.append(Month(month, serving, occupied))
    return found


def occupancy_chart(months: Iterable[Month]) -> list[dict[str, Any]]:
    """The months as the chart of columns takes them: the rate in percent."""
    return [
        {
            "label": formats.month(month.first),
            "short": f"{month.first:%m/%y}",
            "values": [month.rate or ZERO],
        }
        for month in months
    ]


def invoiced_of(home: RestHome, on: date) -> dict[str, Any]:
    """What was invoiced in the last twelve months, by month and part, credit notes taken off; for the chart."""
    months = last_months(on)
    rows = (
        InvoiceLine.objects.filter(invoice__home=home, invoice__month__range=(months[0], on))
        .order_by()
        .values_list("invoice__month", "kind")
        .annotate(sum=Sum("amount"))
    )
    sums: dict[tuple[date, str], Decimal] = {(month, kind): amount for month, kind, amount in rows}
    drawn = [
        {
            "label": formats.month(month),
            "short": f"{month:%m/%y}",
            "values": [
                sum((sums.get((month, kind), ZERO) for kind in kinds), ZERO) for _name, kinds in PARTS
            ],
        }
        for month in months
    ]
    return {
        "series": [str(name) for name, _kinds in PARTS],
        "rows": drawn,
        "whole": sum(sums.values(), ZERO),
        "sum_label": _("Together"),
    }


# --- inside -----------------------------------------------------------------------------------------------


def _by_bed(rows: Any) -> Mapping[int, list[Period]]:
    found: defaultdict[int, list[Period]] = defaultdict(list)
    for row in rows:
        found[row.bed_id].append(row.period)
    return found
