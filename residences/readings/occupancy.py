"""The occupancy plan of a home: who has which bed on which days of a month, what is free, and how full the home is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.periods import Days, add_months
from partenamut.web import formats
from residences.models import Bed, BedClosure, Occupancy, RestHome, RoomType
from residences.workflow import UNSIGNED

DAY = timedelta(days=1)
TAKEN, KEPT, CLOSED, FREE, ABSENT = "taken", "kept", "closed", "free", "absent"


class Span(Struct, frozen=True):
    """Days of a month on which a bed is in one state; a stay with its own first and last day, which may lie outside."""

    state: str
    first: date
    last: date
    name: str = ""
    convention: Any = None
    since: date | None = None
    until: date | None = None

    @property
    def days(self) -> int:
        """How many days of the month."""
        return (self.last - self.first).days + 1

    @property
    def short(self) -> str:
        """What stands in the bar."""
        return {CLOSED: _("Out of service"), FREE: "", ABSENT: "–"}.get(self.state, self.name)

    @property
    def text(self) -> str:
        """The same in full words."""
        days = {"days": formats.period(self.first, self.last)}
        if self.state == FREE:
            return _("Free %(days)s") % days
        if self.state == ABSENT:
            return _("No bed of the room %(days)s") % days
        own = {"name": self.name, "days": formats.period(self.since or self.first, self.until)}
        if self.state == CLOSED:
            return _("Out of service %(days)s: %(name)s") % own
        if self.state == KEPT:
            return _("Kept for %(name)s %(days)s") % own
        return _("%(name)s %(days)s") % own


class BedRow(Struct, frozen=True):
    """A bed with the spans of its month."""

    bed: Bed
    spans: tuple[Span, ...]

    def days(self, *states: str) -> int:
        """How many days of the month it is in one of the states."""
        return sum(span.days for span in self.spans if span.state in states)


class RoomRows(Struct, frozen=True):
    """A room with its beds."""

    room: Any
    beds: tuple[BedRow, ...]


class Figures(Struct, frozen=True):
    """How full a part of the home is in a month: days of its beds in service, and days taken."""

    label: str
    beds: int
    serving: int
    taken: int

    @property
    def rate(self) -> Decimal | None:
        """The rate of occupancy in percent, to one figure; None where no bed is in service."""
        return rate_of(self.taken, self.serving)


class Today(Struct, frozen=True):
    """How full the home is on one day."""

    day: date
    serving: int
    taken: int
    kept: int
    free: tuple[Bed, ...]

    @property
    def rate(self) -> Decimal | None:
        """The rate of occupancy in percent, to one figure; None where no bed is in service."""
        return rate_of(self.taken, self.serving)


class Plan(Struct, frozen=True):
    """A month of a home."""

    first: date
    last: date
    rooms: tuple[RoomRows, ...]
    figures: tuple[Figures, ...]
    total: Figures
    today: Today
    coming: tuple[Occupancy, ...]
    leaving: tuple[Occupancy, ...]
    closures: tuple[BedClosure, ...]

    @property
    def days(self) -> list[date]:
        """The days of the month."""
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]


def rate_of(taken: int, serving: int) -> Decimal | None:
    """Days taken in percent of days in service, half up to one figure."""
    if not serving:
        return None
    return (Decimal(100 * taken) / serving).quantize(Decimal("0.1"), ROUND_HALF_UP)


def plan_of(
    home: RestHome,
    month: date,
    on: date,
    *,
    room_type: RoomType | None = None,
    free_on: date | None = None,
) -> Plan:
    """The month of a home, and how full it is on a day; the rooms of one type, or the beds free on a day, only."""
    first, last = month, add_months(month, 1) - DAY
    earliest = min(day for day in (first, on, free_on) if day is not None)
    beds = _beds(home, room_type)
    stays, closures = _stays(beds, earliest), _closures(beds, earliest)
    rows = [BedRow(bed, tuple(_spans(bed, stays[bed.pk], closures[bed.pk], first, last))) for bed in beds]
    # What left before the month, or is still to come, has no row in it.
    seen = [row for row in rows if row.days(TAKEN, KEPT, CLOSED, FREE)]
    if free_on is not None:
        seen = [row for row in seen if _state(row.bed, stays, closures, free_on) == FREE]
    figures = _figures(rows)
    every = [stay for bed in beds for stay in stays[bed.pk]]
    return Plan(
        first=first,
        last=last,
        rooms=tuple(_by_room(seen)),
        figures=figures,
        total=_sum(_("Together"), rows),
        today=_today(beds, stays, closures, free_on or on),
        coming=tuple(
            sorted((stay for stay in every if stay.first_day > on), key=lambda stay: stay.first_day)
        ),
        leaving=tuple(
            sorted(
                (
                    stay
                    for stay in every
                    if stay.first_day <= on and stay.last_day is not None and stay.last_day >= on
                ),
                key=lambda stay: stay.last_day or on,
            )
        ),
        closures=tuple(
            closure for bed in beds for closure in closures[bed.pk] if _meets(closure, min(first, on), None)
        ),
    )


def occupancy_on(home: RestHome, on: date) -> Today:
    """How full a home is on a day, and which of its beds are free."""
    beds = _beds(home, None)
    return _today(beds, _stays(beds, on), _closures(beds, on), on)


def free_beds(home: RestHome, first: date, last: date | None) -> list[Bed]:
    """The beds that can be given on all days from a first to a last one (None: without an end)."""
    beds = _beds(home, None)
    stays, closures = _stays(beds, first), _closures(beds, first)
    return [
        bed
        for bed in beds
        if bed.first_day <= first
        and (bed.last_day is None or (last is not None and last <= bed.last_day))
        and not any(_meets(row, first, last) for row in (*stays[bed.pk], *closures[bed.pk]))
    ]


def lines_of(plan: Plan) -> Iterator[dict[str, Any]]:
    """The plan line by line, for files: each bed and each of its spans."""
    words = {TAKEN: _("Taken"), KEPT: _("Kept"), CLOSED: _("Out of service"), FREE: _("Free")}
    for group in plan.rooms:
        for row in group.beds:
            for span in row.spans:
                if span.state != ABSENT:
                    yield {
                        "room": group.room.number,
                        "floor": group.room.floor,
                        "room_type": group.room.room_type.name,
                        "bed": str(row.bed),
                        "state": words[span.state],
                        "first_day": span.first,
                        "last_day": span.last,
                        "days": span.days,
                        "name": span.name,
                        "since": span.since,
                        "until": span.until,
                    }


# --- rows ---------------------------------------------------------------------------------------------------


def _beds(home: RestHome, room_type: RoomType | None) -> list[Bed]:
    """The beds in the order of the house: 2 before 10."""
    rows = Bed.objects.filter(room__home=home).select_related("room__room_type")
    if room_type is not None:
        rows = rows.filter(room__room_type=room_type)
    return sorted(rows, key=lambda bed: (_natural(bed.room.number), bed.room_id, bed.label))


def _natural(number: str) -> tuple[str, int, str]:
    """What a room number is sorted by: letters before it, the number, what follows."""
    before = number.rstrip("0123456789")
    figures = number[len(before) :]
    return (before.lower(), int(figures) if figures else 0, number)


def _stays(beds: Sequence[Bed], since: date) -> Mapping[int, list[Occupancy]]:
    rows = Occupancy.objects.filter(Q(last_day=None) | Q(last_day__gte=since), bed__in=beds)
    found: dict[int, list[Occupancy]] = defaultdict(list)
    for row in rows.select_related("convention__resident", "bed__room__room_type").order_by("first_day"):
        found[row.bed_id].append(row)
    return found


def _closures(beds: Sequence[Bed], since: date) -> Mapping[int, list[BedClosure]]:
    rows = BedClosure.objects.filter(Q(last_day=None) | Q(last_day__gte=since), bed__in=beds)
    found: dict[int, list[BedClosure]] = defaultdict(list)
    for row in rows.select_related("bed__room").order_by("first_day"):
        found[row.bed_id].append(row)
    return found


def is_kept(stay: Occupancy) -> bool:
    """Whether a bed is only kept free: for a text that is offered and not signed."""
    return stay.reserved_for_id is not None or stay.convention.status in UNSIGNED


# --- spans --------------------------------------------------------------------------------------------------


def _spans(
    bed: Bed, stays: Iterable[Occupancy], closures: Iterable[BedClosure], first: date, last: date
) -> list[Span]:
    month = Days.between(first, last)
    own = month & Days.of([bed.period])
    found = [Span(ABSENT, *run) for run in (month - own).periods()]
    free = own
    for stay in stays:
        state = KEPT if is_kept(stay) else TAKEN
        days = own & Days.of([stay.period])
        found += [
            Span(state, *run, str(stay.convention.resident), stay.convention, stay.first_day, stay.last_day)
            for run in days.periods()
        ]
        free = free - days
    for closure in closures:
        days = free & Days.of([closure.period])
        found += [
            Span(CLOSED, *run, closure.because, None, closure.first_day, closure.last_day)
            for run in days.periods()
        ]
        free = free - days
    found += [Span(FREE, *run) for run in free.periods()]
    return sorted(found, key=lambda span: span.first)


def _state(
    bed: Bed, stays: Mapping[int, list[Occupancy]], closures: Mapping[int, list[BedClosure]], day: date
) -> str:
    if day not in bed.period:
        return ABSENT
    stay = next((row for row in stays[bed.pk] if day in row.period), None)
    if stay is not None:
        return KEPT if is_kept(stay) else TAKEN
    return CLOSED if any(day in row.period for row in closures[bed.pk]) else FREE


def _meets(row: Any, first: date, last: date | None) -> bool:
    """Whether a dated row shares a day with others."""
    return (last is None or row.first_day <= last) and (row.last_day is None or row.last_day >= first)


def _by_room(rows: Iterable[BedRow]) -> list[RoomRows]:
    grouped: dict[int, list[BedRow]] = defaultdict(list)
    for row in rows:
        grouped[row.bed.room_id].append(row)
    return [RoomRows(group[0].bed.room, tuple(group)) for group in grouped.values()]


# --- figures ------------------------------------------------------------------------------------------------


def _today(
    beds: Sequence[Bed],
    stays: Mapping[int, list[Occupancy]],
    closures: Mapping[int, list[BedClosure]],
    day: date,
) -> Today:
    states = {bed.pk: _state(bed, stays, closures, day) for bed in beds}
    count = list(states.values()).count
    return Today(
        day=day,
        serving=count(TAKEN) + count(KEPT) + count(FREE),
        taken=count(TAKEN),
        kept=count(KEPT),
        free=tuple(bed for bed in beds if states[bed.pk] == FREE),
    )


def _figures(rows: Sequence[BedRow]) -> tuple[Figures, ...]:
    by_type: dict[int, list[BedRow]] = defaultdict(list)
    for row in rows:
        by_type[row.bed.room.room_type_id].append(row)
    groups = sorted(by_type.values(), key=lambda group: _place(group[0].bed.room.room_type))
    made = [_sum(group[0].bed.room.room_type.name, group) for group in groups]
    return tuple(each for each in made if each.beds)


def _place(kind: RoomType) -> tuple[int, str]:
    return (kind.position, kind.name)


def _sum(label: str, rows: Iterable[BedRow]) -> Figures:
    serving = [(row.days(TAKEN, KEPT, FREE), row.days(TAKEN)) for row in rows]
    return Figures(
        label=label,
        beds=sum(days > 0 for days, _taken in serving),
        serving=sum(days for days, _taken in serving),
        taken=sum(taken for _days, taken in serving),
    )
