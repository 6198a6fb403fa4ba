"""A bill decided line by line: what is lawful, what the insurance pays, then franchise and yearly ceiling."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct, structs

from partenamut.law import AwardWithoutGrounds, Reason
from partenamut.money import CENT, ZERO, to_cents

from .lines import (
    ABROAD,
    AGREED_DOCTOR,
    FIGURE_MISSING,
    TO_CONFIRM,
    UNLAWFUL,
    UNLAWFUL_FLAGS,
    CoverLine,
    Flags,
    Totals,
)
from .reasons import explain
from .requests import BillLine, HospitalCover, Kind, Room, WrongFact
from .terms import HUNDRED, PUBLISHED, Figure, Measure, Name, Terms, Tier

SUPPLEMENTS = frozenset({"room_supplement", "fee_supplement"})


class CoverOutcome(StrEnum):
    """Whether the bill can be settled as it stands."""

    COVERED = "covered"
    CHECK = "check"


class Cover(Struct, frozen=True):
    """The answer to a bill: each line, the totals and every rule that was looked at."""

    outcome: CoverOutcome
    lines: tuple[CoverLine, ...]
    totals: Totals
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        sums = self.totals
        if sums.billed != sums.mandatory + sums.insurance + sums.patient + sums.unlawful or sums.patient < 0:
            raise AwardWithoutGrounds("a bill adds up to the cent, and nobody owes less than nothing")
        if sums.insurance and sums.insurance > sums.billed - sums.mandatory - sums.unlawful:
            raise AwardWithoutGrounds("the insurance pays no more than what is left of lawful lines")


def cover(
    facts: HospitalCover, terms: Terms | None = None, overruled: Mapping[int, Decimal] | None = None
) -> Cover:
    """Who pays what of a bill, by the figures given or else by those of the sources.

    `overruled` holds euros of the insurance by the place of a line, counted from 0, where a person decides otherwise;
    franchise and ceiling still follow. WrongFact for more than is left of the line, or for one that nobody owes.
    """
    terms = PUBLISHED[facts.tier] if terms is None else terms
    lines = _lines(facts, terms)
    for place, amount in (overruled or {}).items():
        lines[place] = _decided_otherwise(lines[place], amount)
    totals = _totals(facts, terms, lines)
    # A bill has many lines and few different flags.
    doubtful = any(not _BLOCKING.isdisjoint(flags) for flags in {line.flags for line in lines if line.flags})
    unknown = any(
        terms.figure(name).measure is Measure.MISSING for name in asked_of_the_whole(facts, terms)
    ) or (facts.hospital_has_franchise is None and _may_bear_franchise(facts, terms))
    return Cover(
        outcome=CoverOutcome.CHECK if doubtful or unknown else CoverOutcome.COVERED,
        lines=tuple(lines),
        totals=totals,
        reasons=explain(facts, terms, lines, totals),
    )


_BLOCKING = UNLAWFUL_FLAGS | {"figure_missing", "abroad"}


# --- the lines ----------------------------------------------------------------------------------------------

_OWN_SHARE_KINDS: tuple[Kind, ...] = ("stay", "fee", "pharmacy_reimbursable", "implant")


def figure_names(room: Room, day_hospital: bool) -> Mapping[Kind, Name]:
    """Which figure each kind of line rests on, by room."""
    return _SHARED if room != "individual" else _INDIVIDUAL_BY_DAY if day_hospital else _INDIVIDUAL


def _names(room: Literal["shared", "individual"], supplement: Name) -> dict[Kind, Name]:
    individual = room == "individual"
    return {
        **dict.fromkeys(_OWN_SHARE_KINDS, Name.OWN_SHARE),
        "room_supplement": supplement,
        "fee_supplement": Name.FEE_SUPPLEMENT,
        "pharmacy_other": Name.PHARMACY_OTHER,
        "parapharmacy": Name.PARAPHARMACY,
        "parent_stay": Name.PARENT_STAY_INDIVIDUAL if individual else Name.PARENT_STAY_SHARED,
        "compression": Name.COMPRESSION_INDIVIDUAL if individual else Name.COMPRESSION_SHARED,
        "sundry": Name.SUNDRY_INDIVIDUAL if individual else Name.SUNDRY_SHARED,
        "guest_house": Name.GUEST_HOUSE,
        "pre_hospital": Name.DAYS_BEFORE,
        "post_hospital": Name.DAYS_AFTER,
        "serious_illness_care": Name.SERIOUS_ILLNESS,
    }


_SHARED = _names("shared", Name.ROOM_SUPPLEMENT)
_INDIVIDUAL = _names("individual", Name.ROOM_SUPPLEMENT)
_INDIVIDUAL_BY_DAY = _names("individual", Name.ROOM_SUPPLEMENT_DAY_HOSPITAL)


def _lines(facts: HospitalCover, terms: Terms) -> list[CoverLine]:
    shared, pays, waiting = facts.shared_room, terms.pays, _WAITING.get(terms.tier, ())
    plan = _plan(terms, facts) if pays else {}
    case = _Case(facts, terms)
    answers: list[CoverLine] = []
    for line in facts.lines:
        kind, mandatory = line.kind, line.mandatory
        rest = line.billed - mandatory
        if kind in SUPPLEMENTS and (shared or (kind == "fee_supplement" and line.doctor_agreed)):
            flags = UNLAWFUL if shared else AGREED_DOCTOR
            answers.append(CoverLine(mandatory, ZERO, ZERO, rest, flags, None))
        elif not pays:
            answers.append(CoverLine(mandatory, ZERO, rest, ZERO, waiting, None))
        else:
            name, figure, paid, confirm = plan[kind]
            insurance, flags = paid(case, line, rest, name, figure)
            if confirm:
                flags = (*TO_CONFIRM, *flags) if flags else TO_CONFIRM
            answers.append(CoverLine(mandatory, insurance, rest - insurance, ZERO, flags, name))
    return answers


def _plan(terms: Terms, facts: HospitalCover) -> "Mapping[Kind, _Step]":
    """How each kind of line is paid by the figures, by room: looked up once for all bills on the same figures."""
    by_room = facts.room, facts.day_hospital, facts.belgian_hospital
    plan: dict[Kind, _Step] | None = terms.plans.get(by_room)
    if plan is None:
        names = figure_names(facts.room, facts.day_hospital)
        plan = {kind: _step(terms, name, facts.belgian_hospital) for kind, name in names.items()}
        terms.plans[by_room] = plan
    return plan


def _step(terms: Terms, name: Name, belgian_hospital: bool) -> "_Step":
    figure = terms.figure(name)
    if not belgian_hospital:
        return name, figure, _Case.abroad, False
    paid = _BY_MEASURE[figure.measure]
    if figure.measure is Measure.PERCENT and figure.value == HUNDRED and name is not Name.SUNDRY_SHARED:
        paid = _Case.everything
    return name, figure, paid, figure.to_confirm


def _decided_otherwise(line: CoverLine, amount: Decimal) -> CoverLine:
    rest = line.insurance + line.patient
    if line.unlawful or not ZERO <= amount <= rest:
        raise WrongFact("more_than_is_left", "insurance")
    flags = tuple(flag for flag in line.flags if flag not in _BLOCKING)
    return structs.replace(line, insurance=amount, patient=rest - amount, flags=(*flags, "departed"))


#: What a waiting insurance does is to be confirmed.
_WAITING: dict[Tier, Flags] = {Tier.CONTINUITY: TO_CONFIRM}

Paid = tuple[Decimal, Flags]


class _Case:
    """The lines of one bill as they are paid in their order: what the sums of a case or a year still hold is kept."""

    __slots__ = ("facts", "fee_share", "left", "terms")

    def __init__(self, facts: HospitalCover, terms: Terms) -> None:
        self.facts = facts
        self.terms = terms
        self.fee_share = terms.fee_share()
        self.left: dict[Name, Decimal] = {}

    def percent(self, line: BillLine, rest: Decimal, name: Name, figure: Figure) -> Paid:
        if line.comfort and name is Name.SUNDRY_SHARED:
            return ZERO, ("comfort",)
        return (rest if figure.value == HUNDRED else to_cents(rest * figure.value / HUNDRED)), ()

    def by_day(self, line: BillLine, rest: Decimal, _name: Name, figure: Figure) -> Paid:
        return min(rest, to_cents(figure.value * (line.quantity or 0))), ()

    def of_tariff(self, line: BillLine, rest: Decimal, _name: Name, _figure: Figure) -> Paid:
        return min(rest, to_cents((line.inami_tariff or ZERO) * self.fee_share)), ()

    def within_days(self, line: BillLine, rest: Decimal, _name: Name, figure: Figure) -> Paid:
        return (rest, ()) if _within_days(self.facts, line, figure) else (ZERO, ("outside_days",))

    def _has_option(self, line: BillLine) -> bool:
        facts = self.facts
        if not facts.option_periods or line.care_date is None:
            return facts.serious_illness_option
        day = line.care_date
        return facts.serious_illness_option and any(
            period.first <= day and (period.last is None or day <= period.last)
            for period in facts.option_periods
        )

    def from_sum(self, line: BillLine, rest: Decimal, name: Name, figure: Figure) -> Paid:
        used = ZERO
        if name is Name.SERIOUS_ILLNESS:
            if not self._has_option(line):
                return ZERO, ("no_option",)
            used = self.facts.serious_illness_used_this_year
        available = self.left.get(name)
        if available is None:
            available = max(figure.value.quantize(CENT) - used, ZERO)
        amount = min(rest, available)
        self.left[name] = available - amount
        return amount, ()

    def everything(self, _line: BillLine, rest: Decimal, _name: Name, _figure: Figure) -> Paid:
        return rest, ()

    def nothing(self, _line: BillLine, _rest: Decimal, _name: Name, _figure: Figure) -> Paid:
        return ZERO, ()

    def abroad(self, _line: BillLine, _rest: Decimal, _name: Name, _figure: Figure) -> Paid:
        return ZERO, ABROAD

    def unknown(self, _line: BillLine, _rest: Decimal, _name: Name, _figure: Figure) -> Paid:
        return ZERO, FIGURE_MISSING


#: Euros of the insurance on what is left of a lawful line, and what is to be said of it.
_Payer = Callable[[_Case, BillLine, Decimal, Name, Figure], Paid]
#: The figure that a kind of line rests on, how it pays, and whether it is to be confirmed.
_Step = tuple[Name, Figure, _Payer, bool]

_BY_MEASURE: dict[Measure, _Payer] = {
    Measure.PERCENT: _Case.percent,
    Measure.PERCENT_OF_TARIFF: _Case.of_tariff,
    Measure.EUROS_A_DAY: _Case.by_day,
    Measure.EUROS_A_CASE: _Case.from_sum,
    Measure.EUROS_A_YEAR: _Case.from_sum,
    Measure.EUROS: _Case.nothing,
    Measure.DAYS: _Case.within_days,
    Measure.NOTHING: _Case.nothing,
    Measure.UNLIMITED: _Case.everything,
    Measure.MISSING: _Case.unknown,
}


def _within_days(facts: HospitalCover, line: BillLine, figure: Figure) -> bool:
    """Whether care before or after lies within the days of the insurance; without a day it is taken to."""
    if line.care_date is None:
        return True
    # Counted in ordinals: a day beyond the calendar is no error.
    days, day = int(figure.value), line.care_date.toordinal()
    if line.kind == "pre_hospital":
        return facts.admission.toordinal() - days <= day <= facts.admission.toordinal()
    return facts.discharge.toordinal() <= day <= facts.discharge.toordinal() + days


# --- franchise and ceiling ----------------------------------------------------------------------------------


def _totals(facts: HospitalCover, terms: Terms, lines: list[CoverLine]) -> Totals:
    billed = sum([line.billed for line in facts.lines], ZERO)
    # Most lines have no unlawful part, and many nothing of the one insurance or the other.
    mandatory = sum([line.mandatory for line in lines if line.mandatory is not ZERO], ZERO)
    unlawful = sum([line.unlawful for line in lines if line.unlawful is not ZERO], ZERO)
    covered = sum([line.insurance for line in lines if line.insurance is not ZERO], ZERO)
    franchise = _franchise(facts, terms, covered)
    insurance = _under_ceiling(facts, terms, covered - franchise)
    return Totals(
        billed=billed,
        mandatory=mandatory,
        insurance=insurance,
        franchise=franchise,
        over_ceiling=covered - franchise - insurance,
        unlawful=unlawful,
        patient=billed - mandatory - unlawful - insurance,
    )


def asked_of_the_whole(facts: HospitalCover, terms: Terms) -> list[Name]:
    """The figures that the bill as a whole rests on."""
    if not terms.pays:
        return []
    return [Name.FRANCHISE, Name.CEILING] if franchise_applies(facts, terms) else [Name.CEILING]


def franchise_applies(facts: HospitalCover, terms: Terms) -> bool:
    """Whether the stay is one that bears the franchise: individual room, a night, a hospital on the list of the year."""
    return bool(facts.hospital_has_franchise) and _may_bear_franchise(facts, terms)


def _may_bear_franchise(facts: HospitalCover, terms: Terms) -> bool:
    return terms.pays and not facts.shared_room and facts.nights > 0


def _franchise(facts: HospitalCover, terms: Terms, covered: Decimal) -> Decimal:
    if not franchise_applies(facts, terms):
        return ZERO
    return min(terms.figure(Name.FRANCHISE).value.quantize(CENT), covered)


def _under_ceiling(facts: HospitalCover, terms: Terms, amount: Decimal) -> Decimal:
    ceiling = terms.figure(Name.CEILING)
    if ceiling.measure is not Measure.EUROS_A_YEAR:
        return amount
    return min(amount, max(ceiling.value.quantize(CENT) - facts.intervention_used_this_year, ZERO))
