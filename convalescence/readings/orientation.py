"""Residences that fit a need: partner on every night, label, kind of place, company, nearest first."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.periods import Days
from partenamut.registry.models import LabelGrant, Residence

#: House rule: nearness is told from postal codes, since there is no map. First and last code of each province.
PROVINCES = (
    (1000, 1299),
    (1300, 1499),
    (1500, 1999),
    (2000, 2999),
    (3000, 3499),
    (3500, 3999),
    (4000, 4999),
    (5000, 5999),
    (6000, 6599),
    (6600, 6999),
    (7000, 7999),
    (8000, 8999),
    (9000, 9999),
)
#: Hainaut has two series of codes, Flemish Brabant too.
SAME_PROVINCE = {(7000, 7999): (6000, 6599), (3000, 3499): (1500, 1999)}


class Fit(Struct, frozen=True):
    """A residence that fits, its labels on the day of arrival, and how near it is in words."""

    residence: Residence
    labels: list[str]
    nearness: str


class Need(Struct, frozen=True):
    """What a member looks for; empty values ask for nothing."""

    arrival: date
    departure: date
    label: str = ""
    structure: str = ""
    postal_code: str = ""
    accompanied: bool = False


def fitting(need: Need) -> list[Fit]:
    """The partner residences that fit a need, the nearest first; two queries and one for the labels."""
    labels = Prefetch("labels", LabelGrant.objects.on(need.arrival), to_attr="labels_then")
    rows = _candidates(need).prefetch_related("partner_periods", labels)
    stay = Days.between(need.arrival, need.departure - timedelta(days=1))
    found = [row for row in rows if not stay.outside([period.period for period in row.partner_periods.all()])]
    found.sort(key=lambda row: (*_farness(need.postal_code, row.postal_code), row.name))
    return [Fit(row, _labels(row), _nearness(need.postal_code, row.postal_code)) for row in found]


def _candidates(need: Need) -> QuerySet[Residence]:
    rows: QuerySet[Residence] = Residence.objects.partners(need.arrival)
    if need.label:
        rows = rows.filter(
            pk__in=LabelGrant.objects.on(need.arrival).filter(label=need.label).values("residence")
        )
    if need.structure:
        rows = rows.filter(structure_types__contains=[need.structure])
    if need.accompanied:
        # Not known counts as possible: the page says that it must be asked.
        rows = rows.exclude(accompanied=False)
    return rows


def _labels(row: Any) -> list[str]:
    return [str(grant.get_label_display()) for grant in row.labels_then]


def _farness(wanted: str, code: str) -> tuple[int, int]:
    if not wanted:
        return 0, 0
    apart = abs(int(wanted) - int(code))
    if apart == 0:
        return 0, 0
    if wanted[:2] == code[:2]:
        return 1, apart
    return (2 if _province(int(wanted)) == _province(int(code)) else 3), apart


def _nearness(wanted: str, code: str) -> str:
    if not wanted:
        return ""
    return (_("Same place"), _("Same area"), _("Same province"), _("Further away"))[_farness(wanted, code)[0]]


def _province(code: int) -> tuple[int, int]:
    found = next((series for series in PROVINCES if series[0] <= code <= series[1]), (0, 0))
    return SAME_PROVINCE.get(found, found)
