"""What pages show of the figures of the insurances: side by side on a day, and one through time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from hospitalisation import messages
from hospitalisation.facts import figure_of
from hospitalisation.models import Claim, TierFigure
from hospitalisation.readings.unsettled import with_tier
from hospitalisation.rules import KINDS, PUBLISHED, Figure, Measure, Name, Tier
from hospitalisation.rules.cover import figure_names
from hospitalisation.rules.requests import Room
from hospitalisation.workflow import Status
from partenamut.registry.history import Change, Event, history_of
from partenamut.registry.models import FranchiseList
from partenamut.web import formats
from partenamut.web.exports import Column

#: The insurances that pay, in the order of the sheet; one that waits has no figures.
TIERS = (Tier.HOSPITALIA, Tier.MEDIUM, Tier.PLUS)
TO_CONFIRM, MISSING = "to_confirm", "missing"
#: From this month on the franchise list of the next year is asked for.
NEXT_LIST_FROM_MONTH = 12
#: States in which a claim that was announced is not decided yet.
_OPEN = (
    Status.ANNOUNCED,
    Status.RECEIVED,
    Status.INFORMATION_ASKED,
    Status.EXAMINED,
    Status.SECOND_READING,
    Status.APPEALED,
)
_NOT_DECIDED = (*_OPEN, Status.DRAFT, Status.WITHDRAWN)

MEASURE_NAMES: dict[str, Any] = {
    Measure.PERCENT: gettext_lazy("percentage of what is left of the line"),
    Measure.PERCENT_OF_TARIFF: gettext_lazy("percentage of the INAMI tariff"),
    Measure.EUROS_A_DAY: gettext_lazy("euros a day"),
    Measure.EUROS_A_CASE: gettext_lazy("euros a case"),
    Measure.EUROS_A_YEAR: gettext_lazy("euros a year"),
    Measure.EUROS: gettext_lazy("euros"),
    Measure.DAYS: gettext_lazy("days"),
    Measure.NOTHING: gettext_lazy("nothing is paid"),
    Measure.UNLIMITED: gettext_lazy("no limit"),
    Measure.MISSING: gettext_lazy("not known yet"),
}


# --- one figure ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A figure of an insurance on a day: what the sources say, or what was entered since."""

    tier: Tier
    name: Name
    figure: Figure
    #: What was entered; None where that of the sources stands.
    row: TierFigure | None = None
    #: What follows it.
    following: TierFigure | None = None

    @property
    def insurance(self) -> str:
        """The insurance it belongs to."""
        return messages.tier(self.tier)

    @property
    def title(self) -> str:
        """What the figure is."""
        return messages.figure_name(self.name)

    @property
    def words(self) -> str:
        """The value in words."""
        return messages.measured(self.figure.measure, self.figure.value)

    @property
    def is_missing(self) -> bool:
        """Whether nobody knows it."""
        return self.figure.measure == Measure.MISSING

    @property
    def to_confirm(self) -> bool:
        """Whether it counts but is to be confirmed."""
        return self.figure.to_confirm and not self.is_missing

    @property
    def mark(self) -> str:
        """What is to be said of it in a few words; nothing where it stands firm."""
        if self.is_missing:
            return _("To be found out")
        return _("To be confirmed") if self.to_confirm else ""

    @property
    def tone(self) -> str:
        """The colour of the mark; its words say the same."""
        return "error" if self.is_missing else "warning"

    @property
    def source(self) -> str:
        """Where it is written."""
        return messages.source(self.figure.article)

    @property
    def first_day(self) -> date | None:
        """Since when it stands; the sources bear no day."""
        return self.row.first_day if self.row else None

    @property
    def since(self) -> str:
        """Since when it stands and who says so."""
        if self.row is None:
            return _("No source gives it") if self.is_missing else _("Published by the sources")
        return _("From %(day)s, entered by %(who)s") % {
            "day": formats.day(self.row.first_day),
            "who": self.row.entered_by.name,
        }

    @property
    def next_words(self) -> str:
        """What comes after it, with its first day; nothing where nothing is known to come."""
        if self.following is None:
            return ""
        return _("from %(day)s: %(figure)s") % {
            "day": formats.day(self.following.first_day),
            "figure": messages.measured(self.following.measure, self.following.value),
        }

    @property
    def url(self) -> str:
        """The page of the figure."""
        return reverse("hospitalisation:figure", args=[self.tier.value, self.name.value])

    def is_a(self, state: str) -> bool:
        """Whether it answers to a filter: only to confirm, only missing, or all."""
        return {TO_CONFIRM: self.to_confirm, MISSING: self.is_missing}.get(state, True)


@dataclass(frozen=True)
class Row:
    """A figure of all insurances, side by side."""

    name: Name
    cells: list[Cell]

    @property
    def title(self) -> str:
        """What the figure is."""
        return messages.figure_name(self.name)


def side_by_side(day: date, *, tier: str = "", state: str = "") -> list[Row]:
    """The figures on a day in the order of the sheet, of one insurance or all; rows without one in that state left out."""
    entered: dict[tuple[str, str], list[TierFigure]] = {}
    for row in _standing():
        entered.setdefault((row.tier, row.name), []).append(row)
    tiers = [each for each in TIERS if tier in ("", each.value)]
    rows = [
        Row(name, [_cell(each, name, entered.get((each.value, name.value), ()), day) for each in tiers])
        for name in Name
    ]
    return [row for row in rows if any(cell.is_a(state) for cell in row.cells)]


def cells_of(rows: Iterable[Row]) -> list[Cell]:
    """The figures one below the other, insurance by insurance within each."""
    return [cell for row in rows for cell in row.cells]


def cell_on(tier: Tier, name: Name, day: date, *, without: TierFigure | None = None) -> Cell:
    """One figure on a day, as if `without` had never been entered; one query."""
    rows = _standing().filter(tier=tier.value, name=name.value)
    return _cell(tier, name, [row for row in rows if without is None or row.pk != without.pk], day)


def _standing() -> Any:
    rows = TierFigure.objects.filter(withdrawn_at=None).select_related("entered_by")
    return rows.order_by("first_day", "pk")


def _cell(tier: Tier, name: Name, rows: Sequence[TierFigure], day: date) -> Cell:
    before = [row for row in rows if row.first_day <= day]
    following = next((row for row in rows if row.first_day > day), None)
    if before:
        return Cell(tier, name, figure_of(before[-1]), before[-1], following)
    return Cell(tier, name, PUBLISHED[tier].figure(name), None, following)


#: The columns of the files.
COLUMNS = (
    Column("figure", gettext_lazy("Figure"), "title"),
    Column("insurance", gettext_lazy("Insurance"), "insurance"),
    Column("words", gettext_lazy("What it comes to"), "words"),
    Column("measure", gettext_lazy("Measure"), lambda cell: str(MEASURE_NAMES[cell.figure.measure])),
    Column("value", gettext_lazy("Value"), lambda cell: _value(cell.figure), "number"),
    Column("to_confirm", gettext_lazy("To be confirmed"), "to_confirm"),
    Column("missing", pgettext_lazy("figure", "Not known yet"), "is_missing"),
    Column("first_day", gettext_lazy("First day"), "first_day", "day"),
    Column("since", gettext_lazy("Since when"), "since"),
    Column("source", gettext_lazy("Source"), "source"),
)


def _value(figure: Figure) -> Decimal | None:
    without = (Measure.NOTHING, Measure.UNLIMITED, Measure.MISSING)
    return None if figure.measure in without else figure.value


# --- one figure through time --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """A version of a figure: from when to when it stands, or that it was withdrawn."""

    cell: Cell
    days: str
    is_current: bool
    is_withdrawn: bool

    @property
    def state(self) -> str:
        """Its state in a word or two."""
        if self.is_withdrawn:
            return _("Withdrawn")
        return _("In force today") if self.is_current else ""


@dataclass(frozen=True)
class FigurePage:
    """What the page of a figure shows."""

    cell: Cell
    versions: list[Version]
    changes: list[str]
    history: list[Event]


def figure_page(tier: Tier, name: Name, on: date) -> FigurePage:
    """A figure with its versions, the newest first, what it changes and its trail."""
    rows = list(
        TierFigure.objects.filter(tier=tier.value, name=name.value)
        .select_related("entered_by")
        .order_by("first_day", "pk")
    )
    standing = [row for row in rows if row.withdrawn_at is None]
    current = _cell(tier, name, standing, on)
    versions = [_version(tier, name, row, standing, current) for row in reversed(rows)]
    return FigurePage(
        cell=current,
        versions=[*versions, _published(tier, name, standing, current)],
        changes=what_it_changes(name),
        history=[_in_words(event) for event in history_of(*rows)] if rows else [],
    )


def _version(
    tier: Tier, name: Name, row: TierFigure, standing: Sequence[TierFigure], current: Cell
) -> Version:
    cell = Cell(tier, name, figure_of(row), row)
    if row.withdrawn_at is not None:
        days = _("was to stand from %(day)s; withdrawn on %(withdrawn)s") % {
            "day": formats.day(row.first_day),
            "withdrawn": formats.day(row.withdrawn_at),
        }
        return Version(cell, days, False, True)
    after = next((other for other in standing if other.first_day > row.first_day), None)
    last = date.fromordinal(after.first_day.toordinal() - 1) if after else None
    is_current = current.row is not None and current.row.pk == row.pk
    return Version(cell, formats.period(row.first_day, last), is_current, False)


def _published(tier: Tier, name: Name, standing: Sequence[TierFigure], current: Cell) -> Version:
    cell = Cell(tier, name, PUBLISHED[tier].figure(name))
    first_day = standing[0].first_day if standing else None
    days = _("before %(day)s") % {"day": formats.day(first_day)} if first_day else _("on all days")
    return Version(cell, days, current.row is None, False)


def _in_words(event: Event) -> Event:
    """The trail keeps codes; people read words."""

    def said(text: str) -> str:
        if text in MEASURE_NAMES:
            return str(MEASURE_NAMES[text])
        return messages.figure_name(text) if text in list(Name) else text

    changes = [Change(each.label, said(each.before), said(each.after)) for each in event.changes]
    return replace(event, changes=changes)


_ROOMS: tuple[tuple[Room, bool, Promise], ...] = (
    ("common", False, gettext_lazy("common or double room")),
    ("individual", False, gettext_lazy("individual room")),
    ("individual", True, gettext_lazy("individual room, day hospital")),
)


def what_it_changes(name: Name) -> list[str]:
    """The kinds of lines that rest on a figure with the rooms, or that it is about the bill as a whole."""
    if name is Name.FRANCHISE:
        return [
            _(
                "What the insurance pays for a stay as a whole: an individual room with a night in a hospital of the list."
            )
        ]
    if name is Name.CEILING:
        return [_("What the insurance pays for all stays that begin in a calendar year.")]
    return [
        _("%(kind)s: %(rooms)s")
        % {"kind": messages.kind(kind), "rooms": _("every room") if every else ", ".join(map(str, rooms))}
        for kind, rooms, every in _kinds_of(name)
    ]


@cache
def _kinds_of(name: Name) -> list[tuple[str, list[Promise], bool]]:
    found = []
    for kind in KINDS:
        rooms = [words for room, by_day, words in _ROOMS if figure_names(room, by_day)[kind] is name]
        if name is Name.FEE_SUPPLEMENT or kind == "room_supplement":
            # In a shared room nobody owes a supplement: no figure pays it.
            rooms = [words for words in rooms if words is not _ROOMS[0][2]]
            every = False
        else:
            every = len(rooms) == len(_ROOMS)
        if rooms:
            found.append((str(kind), rooms, every))
    return found


# --- before a figure is written -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """A version that is about to be written, beside what stands."""

    before: Cell
    after: Cell
    #: Sentences about the days and the claims it reaches.
    reaches: list[str]


def proposal(
    tier: Tier,
    name: Name,
    *,
    measure: str,
    value: Decimal,
    first_day: date,
    source: str,
    to_confirm: bool,
    without: TierFigure | None = None,
) -> Proposal:
    """What a version would change from its first day on; `without` is the version it corrects."""
    stands = cell_on(tier, name, first_day, without=without)
    row = TierFigure(
        tier=tier.value,
        name=name.value,
        measure=measure,
        value=value,
        first_day=first_day,
        source=source,
        to_confirm=to_confirm,
    )
    after = Cell(tier, name, figure_of(row), None, stands.following)
    last = stands.following.first_day if stands.following else None
    if without is not None:
        stands = Cell(tier, name, figure_of(without), without, stands.following)
        first_day = min(first_day, without.first_day)
    return Proposal(stands, after, reached(tier, first_day, last))


def withdrawal(figure: TierFigure) -> Proposal:
    """What taking a version out of force would change."""
    tier, name = Tier(figure.tier), Name(figure.name)
    after = cell_on(tier, name, figure.first_day, without=figure)
    last = after.following.first_day if after.following else None
    before = Cell(tier, name, figure_of(figure), figure, after.following)
    return Proposal(before, after, reached(tier, figure.first_day, last))


def reached(tier: Tier, first_day: date, until: date | None) -> list[str]:
    """Sentences about the claims of an insurance whose stay began from a day on, before another: open and decided ones."""
    claims: Any = with_tier(Claim.objects.all())
    claims = claims.filter(tier=tier.value, day__gte=first_day)
    if until is not None:
        claims = claims.filter(day__lt=until)
    waiting = claims.filter(status__in=_OPEN).count()
    decided = claims.exclude(status__in=_NOT_DECIDED).count()
    values = {"insurance": messages.tier(tier), "day": formats.day(first_day)}
    said = [_("No claim of these days waits for a decision.")]
    if waiting:
        said = [
            ngettext(
                "%(count)d claim with %(insurance)s and an admission from %(day)s on is not decided yet: the new figure counts for it.",
                "%(count)d claims with %(insurance)s and an admission from %(day)s on are not decided yet: the new figure counts for them.",
                waiting,
            )
            % {**values, "count": waiting}
        ]
    if until is not None:
        said.insert(
            0,
            _("It stands until the day before %(day)s, when the next version begins.")
            % {"day": formats.day(until)},
        )
    if decided:
        said.append(
            ngettext(
                "%(count)d claim of those days has been decided: its decision keeps the figures it was taken on.",
                "%(count)d claims of those days have been decided: their decisions keep the figures they were taken on.",
                decided,
            )
            % {"count": decided}
        )
    return said


# --- what is still to be found out --------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """The figures of an insurance that nobody knows."""

    insurance: str
    names: str
    count: int


@dataclass(frozen=True)
class OpenPoints:
    """What an administrator still has to find out."""

    gaps: list[Gap]
    missing: int
    to_confirm: int
    years_without_list: list[int]


def open_points(on: date) -> OpenPoints:
    """The figures that are missing or to be confirmed on a day, and the years without a franchise list; two queries."""
    cells = cells_of(side_by_side(on))
    gaps = []
    for tier in TIERS:
        names = [cell.title for cell in cells if cell.tier is tier and cell.is_missing]
        if names:
            gaps.append(Gap(messages.tier(tier), ", ".join(names), len(names)))
    wanted = [on.year, on.year + 1] if on.month >= NEXT_LIST_FROM_MONTH else [on.year]
    known = set(FranchiseList.objects.filter(year__in=wanted).values_list("year", flat=True))
    return OpenPoints(
        gaps=gaps,
        missing=sum(cell.is_missing for cell in cells),
        to_confirm=sum(cell.to_confirm for cell in cells),
        years_without_list=[year for year in wanted if year not in known],
    )
