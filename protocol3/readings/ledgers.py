"""The ledger of a beneficiary as pages show it, and what a service would change in it before it is entered."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct, structs

from partenamut.law import Reason
from protocol3.deciding import Reckoning, Taken, reckon
from protocol3.facts import Entered, File, file_of
from protocol3.models import Enrolment, Service
from protocol3.rules import Ledger, Verdict, parameters, take
from protocol3.rules import Service as Facts
from protocol3.rules.ledger import FamilyUnits, SeriesCount
from protocol3.rules.pseudocodes import ALTERNATIVES
from protocol3.rules.weighing import looked_at


class FamilyLine(Struct, frozen=True):
    """A family within a series: units in presence and of support, and its share of sessions."""

    series: int
    family: str
    sessions: int
    groups: int
    support: int
    #: Hundredths of the units that are sessions or groups; of case management the units of sessions stand alone.
    percent: Decimal
    kept: bool
    reachable: bool

    @property
    def total(self) -> int:
        """All units."""
        return self.sessions + self.groups + self.support


class SeriesLine(Struct, frozen=True):
    """A series: units used and left, and those of groups."""

    number: int
    used: int
    left: int
    limit: int
    group_used: int
    group_left: int
    group_limit: int
    families: tuple[FamilyLine, ...]


class AlternativeLine(Struct, frozen=True):
    """An alternative service: units used, and the limit where there is one."""

    family: str
    used: int
    limit: int | None

    @property
    def left(self) -> int | None:
        """Units left; None where there is no limit."""
        return None if self.limit is None else max(0, self.limit - self.used)


class LedgerView(Struct, frozen=True):
    """What a beneficiary has used and has left, as of a day."""

    on: date
    first_day: date | None
    last_day: date | None
    closing_days: tuple[date, date] | None
    closing_used: int
    module_billed: bool
    series: tuple[SeriesLine, ...]
    alternatives: tuple[AlternativeLine, ...]
    hospital: tuple[AlternativeLine, ...]
    #: Services that are not billable as the facts stand, the latest first.
    stopped: tuple[Taken, ...]
    #: Services that were billed and are not billable any more.
    excess: tuple[Taken, ...]

    @property
    def days_left(self) -> int | None:
        """Days left of the period; None while it has not begun."""
        return None if self.last_day is None else max(0, (self.last_day - self.on).days)

    @property
    def closing_left(self) -> int:
        """Units left of the closing series."""
        return parameters.CLOSING_UNITS - self.closing_used

    @property
    def current(self) -> SeriesLine:
        """The series that units count in now."""
        return self.series[-1]


class Preview(Struct, frozen=True):
    """A service before it is entered: every rule looked at, the ledger with it, and what it would stop."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    before: LedgerView
    after: LedgerView
    #: Services entered already that would not be billable any more.
    pushed_out: tuple[Entered, ...]


def ledger_of(enrolment: Enrolment, *, on: date) -> LedgerView:
    """The ledger of a beneficiary over all projects, with the services entered so far."""
    return view_of(reckon(file_of(enrolment.beneficiary, enrolment.project)), on=on)


def preview(enrolment: Enrolment, candidate: Facts, *, on: date, replacing: Service | None = None) -> Preview:
    """What the rules say of a service at its place among the others, and what it changes."""
    file = file_of(enrolment.beneficiary, enrolment.project, also_on=[candidate.date])
    others = [one for one in file.entered if replacing is None or one.pk != replacing.pk]
    mine = Entered(replacing.pk if replacing else 0, enrolment.pk, enrolment.project_id, False, candidate)
    before = reckon(structs.replace(file, entered=tuple(others)))
    together = _in_order([*others, mine])
    reasons, verdict, after = _asked(file, together, mine)
    fine = {one.entered.pk for one in before.taken if one.verdict.billable}
    pushed = [one.entered for one in after.taken if one.entered.pk in fine and not one.verdict.billable]
    return Preview(verdict, reasons, view_of(before, on=on), view_of(after, on=on), tuple(pushed))


def view_of(reckoning: Reckoning, *, on: date) -> LedgerView:
    """A reckoned ledger as pages show it."""
    ledger = reckoning.ledger
    series = [ledger.series[1]] + ([ledger.series[2]] if ledger.in_second or ledger.facts.series2 else [])
    stopped = [one for one in reckoning.taken if not one.verdict.billable and not one.entered.billed]
    return LedgerView(
        on=on,
        first_day=ledger.first_day,
        last_day=ledger.last_day,
        closing_days=ledger.closing_days,
        closing_used=ledger.closing_used,
        module_billed=ledger.module_billed,
        series=tuple(_series(count) for count in series),
        alternatives=tuple(
            AlternativeLine(family, ledger.alternative_used[family], parameters.ALTERNATIVE_UNITS.get(family))
            for family in ALTERNATIVES
            if family in ledger.families or ledger.alternative_used[family]
        ),
        hospital=tuple(
            AlternativeLine(family, ledger.hospital_sessions[family], limit)
            for family, limit in parameters.HOSPITAL_SESSIONS.items()
        ),
        stopped=tuple(reversed(stopped)),
        excess=tuple(reckoning.excess),
    )


def _asked(
    file: File, entered: Iterable[Entered], mine: Entered
) -> tuple[tuple[Reason, ...], Verdict, Reckoning]:
    """Every rule asked about one service when its turn comes, and the ledger after all of them."""
    ledger, taken = Ledger(file.facts), []
    reasons: tuple[Reason, ...] = ()
    verdict = Verdict(())
    for one in entered:
        if one is mine:
            reasons = looked_at(ledger, one.facts)
        said = take(ledger, one.facts)
        verdict = said if one is mine else verdict
        taken.append(Taken(one, said))
    return reasons, verdict, Reckoning(file, ledger, tuple(taken))


def _in_order(entered: list[Entered]) -> list[Entered]:
    """What was billed first, then by date and on one date in the order entered; a new one is the last of its day."""
    return sorted(entered, key=lambda one: (not one.billed, one.facts.date, not one.pk, one.pk))


def _series(count: SeriesCount) -> SeriesLine:
    families = tuple(_family(count, family, units) for family, units in count.families.items() if units.total)
    return SeriesLine(
        count.number,
        count.used,
        count.left,
        count.limit,
        count.group_used,
        count.group_left,
        count.group_limit,
        families,
    )


def _family(count: SeriesCount, family: str, units: FamilyUnits) -> FamilyLine:
    percent = Decimal(100 * units.present(family)) / units.total
    return FamilyLine(
        count.number,
        family,
        units.sessions,
        units.groups,
        units.support,
        percent.quantize(Decimal(1)),
        units.share_kept(family),
        units.share_kept(family, left=count.left),
    )
