"""What a stay would bring if it were decided today: amount, days by year, reasons; nothing is written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from convalescence import messages
from convalescence.deciding import Ruling, ruled
from convalescence.facts import DaysLeft, days_left
from convalescence.models import Request
from convalescence.readings.stays import days_without_partner
from convalescence.rules.allotment import YearShare


@dataclass(frozen=True)
class Estimate:
    """A ruling in words, for a page."""

    ruling: Ruling
    #: Days of the stay on which the residence is no partner of the mutuality.
    without_partner: int

    @property
    def outcome(self) -> str:
        """granted, partially_granted, refused or pending."""
        return self.ruling.outcome.value

    @property
    def nights(self) -> int:
        """Days of the stay."""
        return self.ruling.facts.stay.nights

    @property
    def days(self) -> int:
        """Days that would be paid."""
        return self.ruling.days

    @property
    def amount(self) -> Decimal:
        """Euros that would be paid."""
        return self.ruling.amount

    @property
    def shares(self) -> tuple[YearShare, ...]:
        """Each calendar year of the stay: days left, asked, granted."""
        return self.ruling.decision.shares

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Every rule that was looked at, as the component of the pages shows it."""
        return in_words(self.ruling.decision.reasons)

    @property
    def unmet(self) -> list[dict[str, Any]]:
        """The rules that are not met."""
        return [reason for reason in self.reasons if not reason["met"]]

    @property
    def changes(self) -> list[str]:
        """What would change it."""
        return [messages.remedy(change) for change in self.ruling.decision.would_change]


def in_words(reasons: Any) -> list[dict[str, Any]]:
    """Reasons as sentences in the active language, with their sources."""
    return [
        {
            "met": reason.met,
            "condition": messages.condition(reason.code),
            "message": messages.message(reason),
            "source": messages.source(reason.article),
        }
        for reason in reasons
    ]


def estimate(request: Request, *, on: date) -> Estimate | None:
    """The estimate of a draft or a sent request; None while it lacks what the rules need."""
    if not request.arrival or not request.departure or request.departure <= request.arrival:
        return None
    if request.benefit == "caregiver" and request.cared_for_request is None:
        return None
    lost = (
        days_without_partner(request.residence, request.arrival, request.departure)
        if request.residence
        else 0
    )
    return Estimate(ruled(request, on=on), lost if request.benefit == "convalescence" else 0)


def meters(request: Request, on: date) -> list[DaysLeft]:
    """The days left of the benefit of a request, in each year that its stay touches, or this year and the next."""
    first = request.arrival.year if request.arrival else on.year
    last = request.departure.year if request.departure else on.year + 1
    years = range(first, min(last, first + 2) + 1)
    found = [left for year in years for left in days_left(request.member, year)]
    return [left for left in found if left.benefit == request.benefit]
