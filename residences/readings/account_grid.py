"""The grid of a day: the residents of a home beside the supplements that their conventions have."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from msgspec import Struct

from residences.models import Convention, ConventionSupplement, Entry, EntryKind, RestHome, Supplement

Cell = tuple[int, int]


class Grid(Struct, frozen=True):
    """Who can take what on a day; entries of that day stand there already."""

    day: date
    supplements: Sequence[Supplement]
    rows: Sequence["Row"]

    @property
    def cells(self) -> dict[Cell, str]:
        """The cells that can be typed in, each with its label."""
        return {cell.key: cell.label for row in self.rows for cell in row.cells if cell.is_open}


class Row(Struct, frozen=True):
    """A resident with a cell for each supplement."""

    name: str
    cells: Sequence["Place"]


class Place(Struct, frozen=True):
    """A resident and a supplement: whether the convention has it, and how many stand there already."""

    key: Cell
    label: str
    is_open: bool
    already: Decimal


def grid_of(home: RestHome, day: date) -> Grid:
    """The residents who stay on a day and the supplements that any of them has, in four queries."""
    stays = Convention.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=day), home=home, signed_on__isnull=False, entry__lte=day
    )
    chosen = set(
        ConventionSupplement.objects.on(day)
        .filter(convention__in=stays.values("pk"))
        .values_list("convention_id", "supplement_id")
    )
    supplements = list(home.supplements.filter(pk__in={one for _who, one in chosen}).order_by("label"))
    taken: dict[Any, Decimal] = {}
    entries = Entry.objects.filter(
        convention__in=stays.values("pk"), kind=EntryKind.SUPPLEMENT, date=day, withdrawn_at=None
    )
    for who, one, quantity in entries.values_list("convention_id", "supplement_id", "quantity"):
        taken[who, one] = taken.get((who, one), Decimal(0)) + quantity
    rows = []
    for stay in stays.select_related("resident").order_by("resident__search_name", "pk"):
        cells = [_place(stay, one, chosen, taken) for one in supplements]
        if any(cell.is_open for cell in cells):
            rows.append(Row(stay.resident.full_name, cells))
    return Grid(day, supplements, rows)


def _place(stay: Convention, one: Supplement, chosen: set[Any], taken: dict[Any, Decimal]) -> Place:
    key = (stay.pk, one.pk)
    label = _("%(name)s: %(supplement)s") % {"name": stay.resident.full_name, "supplement": one.label}
    return Place(key, label, key in chosen, taken.get(key, Decimal(0)))
