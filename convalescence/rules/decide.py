"""The decision on a request: every rule looked at, the days paid, the amount, and what would change it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from partenamut.law import AwardWithoutGrounds, Dated, Reason, Remedy, unmet

from . import articles, conditions, parameters
from .allotment import Line, YearShare, amount_of, price, year_shares
from .conditions import each_day
from .remedies import proposals
from .requests import Caregiver, Convalescence, Request, ShortStay
from .weighing import Outcome, Weighing, caregiver_limit, weigh

RULESETS: dict[str, type[Request]] = {
    "convalescence": Convalescence,
    "short_stay": ShortStay,
    "caregiver": Caregiver,
}

#: Rules that refuse the whole stay; the others take single days away.
REFUSING = frozenset(
    {
        "convalescence.prior_request",
        "convalescence.medical_criterion",
        "short_stay.rest_home",
        "short_stay.max_duration",
        "caregiver.granted_stay",
    }
)


class Decision(Struct, frozen=True):
    """The answer to a request: outcome, reasons, award and the changes that would grant it in full."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    payable_days: int
    lines: tuple[Line, ...]
    amount: Decimal
    shares: tuple[YearShare, ...]
    would_change: tuple[Remedy, ...]

    def __post_init__(self) -> None:
        refused = [reason for reason in self.reasons if not reason.met and reason.code in REFUSING]
        if self.payable_days and refused:
            raise AwardWithoutGrounds("days are awarded although a rule refuses the whole stay")
        if (self.outcome is Outcome.REFUSED) != (self.payable_days == 0):
            raise AwardWithoutGrounds("a refusal pays no day, and what pays no day is a refusal")

    @property
    def days_by_year(self) -> dict[str, int]:
        """The days paid in each calendar year, years without any left out."""
        return {f"{share.year:04d}": share.granted for share in self.shares if share.granted}

    @property
    def remaining_days(self) -> dict[str, int]:
        """The days left after this decision, by calendar year of the stay."""
        return {f"{share.year:04d}": share.left_before - share.granted for share in self.shares}


def decide(request: Request) -> Decision:
    """The decision on the facts of one of the three benefits."""
    weighing = weigh(request)
    shares = _shares(request, weighing)
    reasons = _REASONS[type(request)](request, weighing, shares)
    lines = price(weighing.paid, per_day(request))
    return Decision(
        outcome=weighing.outcome,
        reasons=reasons,
        payable_days=len(weighing.paid),
        lines=lines,
        amount=amount_of(lines),
        shares=shares,
        would_change=_remedies(request, weighing, reasons),
    )


def per_day(request: Request) -> Dated[Decimal]:
    """The euros a day of the benefit, dated."""
    return _PER_DAY[type(request)]


def _convalescence(
    request: Convalescence, weighing: Weighing, shares: tuple[YearShare, ...]
) -> tuple[Reason, ...]:
    lost, nights = weighing.lost, len(weighing.whole)
    return (
        conditions.prior_request(request),
        conditions.medical_criterion(request),
        each_day("convalescence.partner_residence", articles.PARTNER_RESIDENCE, nights, lost.place),
        each_day("convalescence.contributions", articles.CONTRIBUTIONS, nights, lost.contributions),
        conditions.yearly_limit("convalescence.yearly_limit", articles.YEARLY_LIMIT, shares),
        each_day("common.paid_once", articles.PAID_ONCE, nights, lost.elsewhere),
    )


def _short_stay(request: ShortStay, weighing: Weighing, shares: tuple[YearShare, ...]) -> tuple[Reason, ...]:
    lost, nights = weighing.lost, len(weighing.whole)
    return (
        conditions.rest_home(request),
        each_day("short_stay.inami_approved", articles.SHORT_INAMI_APPROVED, nights, lost.place),
        conditions.max_duration(request),
        each_day("short_stay.contributions", articles.SHORT_CONTRIBUTIONS, nights, lost.contributions),
        conditions.yearly_limit("short_stay.yearly_limit", articles.SHORT_YEARLY_LIMIT, shares),
        conditions.invoice(request),
        each_day("common.paid_once", articles.PAID_ONCE, nights, lost.elsewhere),
    )


def _caregiver(request: Caregiver, weighing: Weighing, _shares: tuple[YearShare, ...]) -> tuple[Reason, ...]:
    lost, nights = weighing.lost, len(weighing.whole)
    return (
        conditions.granted_stay(request),
        each_day("caregiver.recognised", articles.CAREGIVER_RECOGNISED, nights, lost.recognition),
        each_day("caregiver.contributions", articles.CAREGIVER_CONTRIBUTIONS, nights, lost.contributions),
        each_day("caregiver.within_stay", articles.CAREGIVER_WITHIN_STAY, nights, lost.outside),
        conditions.stay_limit(request, caregiver_limit(request), len(weighing.eligible)),
        each_day("common.paid_once", articles.PAID_ONCE, nights, lost.elsewhere),
    )


def _shares(request: Request, weighing: Weighing) -> tuple[YearShare, ...]:
    limit = _DAYS_PER_YEAR.get(type(request))
    if limit is None or isinstance(request, Caregiver):
        return ()
    return year_shares(weighing.whole, weighing.parts, weighing.paid, limit, request.days_used)


def _remedies(request: Request, weighing: Weighing, reasons: tuple[Reason, ...]) -> tuple[Remedy, ...]:
    """The single changes that grant the request in full; what is not certain is proved by weighing the changed facts."""
    if weighing.outcome is Outcome.GRANTED:
        return ()
    return tuple(
        Remedy(proposal.field, proposal.value, Outcome.GRANTED.value)
        for proposal in proposals(request, weighing, unmet(reasons))
        if proposal.certain or weigh(proposal.applied(request)).outcome is Outcome.GRANTED
    )


_REASONS: dict[type[Request], Callable[[Any, Weighing, tuple[YearShare, ...]], tuple[Reason, ...]]] = {
    Convalescence: _convalescence,
    ShortStay: _short_stay,
    Caregiver: _caregiver,
}
_DAYS_PER_YEAR = {
    Convalescence: parameters.CONVALESCENCE_DAYS_PER_YEAR,
    ShortStay: parameters.SHORT_STAY_DAYS_PER_YEAR,
}
_PER_DAY = {
    Convalescence: parameters.CONVALESCENCE_PER_DAY,
    ShortStay: parameters.SHORT_STAY_PER_DAY,
    Caregiver: parameters.CAREGIVER_PER_DAY,
}
