"""Every rule that was looked at for a bill, in the order of the sheet: the law first, then figure by figure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from partenamut.law import Article, Figures, Reason
from partenamut.money import ZERO

from . import articles
from .lines import TO_CONFIRM, UNLAWFUL_FLAGS, CoverLine, Totals
from .requests import HospitalCover
from .terms import Measure, Name, Terms, Tier

#: Reasons of figures, in the order of the sheet's table.
_ORDER = {name: place for place, name in enumerate(Name)}


def explain(
    facts: HospitalCover, terms: Terms, lines: Sequence[CoverLine], totals: Totals
) -> tuple[Reason, ...]:
    """The reasons of a bill."""
    return (
        Reason("bill.mandatory", True, articles.BASIC_COVER, (("amount", totals.mandatory),)),
        *_lawful(facts, lines),
        *_insurance(facts, terms),
        *_by_figure(terms, lines),
        *_franchise(facts, terms, totals),
        *_ceiling(facts, terms, totals),
    )


def _lawful(facts: HospitalCover, lines: Sequence[CoverLine]) -> Iterator[Reason]:
    """Which supplements nobody owes: in a shared room all, in an individual one those of a doctor who agreed."""
    unlawful = [
        place
        for place, line in enumerate(lines, 1)
        if line.figure is None and not UNLAWFUL_FLAGS.isdisjoint(line.flags)
    ]
    amount = sum([lines[place - 1].unlawful for place in unlawful], ZERO)
    figures = (("room", facts.room), ("lines", tuple(unlawful)), ("amount", amount))
    if facts.lines and all(line.kind == "serious_illness_care" for line in facts.lines):
        # Care outside hospital has no room.
        return
    if facts.shared_room:
        yield Reason("bill.shared_room", not unlawful, articles.CARE_COSTS, figures)
    elif any(line.kind == "fee_supplement" for line in facts.lines):
        yield Reason("bill.agreed_doctor", not unlawful, articles.AGREED_DOCTOR, figures)


def _insurance(facts: HospitalCover, terms: Terms) -> Iterator[Reason]:
    if not facts.belgian_hospital:
        yield Reason("cover.abroad", False, articles.NO_SOURCE)
    if terms.tier is Tier.NONE:
        yield Reason("cover.none", False, articles.BASIC_COVER)
    elif not terms.pays:
        yield Reason("cover.waiting", False, articles.WAITING_POLICY)


class _Sum:
    """What the lines of one figure come to."""

    __slots__ = ("left", "outside", "paid", "without_option")

    def __init__(self) -> None:
        self.paid = self.left = ZERO
        self.outside = 0
        self.without_option = False


def _by_figure(terms: Terms, lines: Sequence[CoverLine]) -> Iterator[Reason]:
    sums: dict[Name, _Sum] = {}
    for line in lines:
        name, flags, insurance = line.figure, line.flags, line.insurance
        if name is None or (flags and "abroad" in flags):
            continue
        found = sums.get(name)
        if found is None:
            found = sums[name] = _Sum()
        found.left += line.patient
        if insurance is not ZERO:
            found.paid += insurance
        if flags and flags is not TO_CONFIRM and not insurance:
            found.outside += "outside_days" in flags
            found.without_option = found.without_option or "no_option" in flags
    for name in sorted(sums, key=_ORDER.__getitem__):
        yield _figure_reason(terms, name, sums[name])


def _figure_reason(terms: Terms, name: Name, found: _Sum) -> Reason:
    said = terms.plans.get(name)
    if said is None:
        said = terms.plans[name] = _said_of(terms, name)
    is_missing, article, before, after = said
    if is_missing:
        figures: Figures = (*before, ("left", found.left))
        return Reason("cover.figure_missing", False, article, figures)
    if found.without_option:
        return Reason("cover.no_option", False, article, (("left", found.left),))
    figures = (*before, ("paid", found.paid), ("left", found.left), ("outside", found.outside), after)
    return Reason(_CODES[name], found.left == ZERO, article, figures)


def _said_of(terms: Terms, name: Name) -> tuple[bool, Article, Figures, tuple[str, object]]:
    """What is the same of a figure for every bill: whether it is missing, its article, what comes before and after the sums."""
    figure = terms.figure(name)
    after = ("to_confirm", figure.to_confirm)
    if figure.measure is Measure.MISSING:
        return True, figure.article, (("tier", terms.tier), ("name", name)), after
    before = (("measure", figure.measure), ("value", _value(terms, name, figure.value)))
    return False, figure.article, before, after


def _value(terms: Terms, name: Name, value: Decimal) -> Decimal:
    """The value as it counts: a percentage of the tariff as it is read."""
    return terms.fee_share() * 100 if name is Name.FEE_SUPPLEMENT else value


def _franchise(facts: HospitalCover, terms: Terms, totals: Totals) -> Iterator[Reason]:
    if not terms.pays or facts.shared_room or not facts.nights:
        return
    figure = terms.figure(Name.FRANCHISE)
    if facts.hospital_has_franchise is None:
        yield Reason("cover.franchise_unknown", False, articles.NO_SOURCE, (("year", facts.admission.year),))
        return
    if facts.hospital_has_franchise and figure.measure is Measure.MISSING:
        yield _missing(terms, Name.FRANCHISE)
        return
    article: Article = figure.article if facts.hospital_has_franchise else articles.FRANCHISE_LIST
    figures = (
        ("listed", facts.hospital_has_franchise),
        ("year", facts.admission.year),
        ("amount", totals.franchise),
        ("to_confirm", figure.to_confirm),
    )
    yield Reason("cover.franchise", totals.franchise == ZERO, article, figures)


def _ceiling(facts: HospitalCover, terms: Terms, totals: Totals) -> Iterator[Reason]:
    figure = terms.figure(Name.CEILING)
    if not terms.pays:
        return
    if figure.measure is Measure.MISSING:
        yield _missing(terms, Name.CEILING)
    elif figure.measure is Measure.EUROS_A_YEAR:
        figures = (
            ("ceiling", figure.value),
            ("year", facts.admission.year),
            ("used", facts.intervention_used_this_year),
            ("over", totals.over_ceiling),
        )
        yield Reason("cover.ceiling", totals.over_ceiling == ZERO, figure.article, figures)


def _missing(terms: Terms, name: Name) -> Reason:
    figures = (("tier", terms.tier), ("name", name), ("left", ZERO))
    return Reason("cover.figure_missing", False, articles.NO_SOURCE, figures)


_CODES = {name: f"cover.{name.value}" for name in Name}
