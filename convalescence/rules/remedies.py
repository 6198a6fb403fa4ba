"""What a person could still change: right by construction, or to be proved by weighing again. Never the past."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct, structs

from partenamut.periods import Period

from .allotment import latest_full_run
from .requests import Caregiver, Convalescence, Request, ShortStay, Stay
from .weighing import Outcome, Weighing


class Proposal(Struct, frozen=True):
    """A new value of one field; a dotted name is a date of the stay."""

    field: str
    value: object
    #: Whether the way it was found already shows that it grants the request in full.
    certain: bool = False

    def applied(self, request: Request) -> Request:
        """The same facts with the value changed."""
        name, _, part = self.field.partition(".")
        value = structs.replace(getattr(request, name), **{part: self.value}) if part else self.value
        return structs.replace(request, **{name: value})


def proposals(request: Request, weighing: Weighing, failed: frozenset[str]) -> Iterator[Proposal]:
    """The changes that the person of this request can act on."""
    match request:
        case Convalescence():
            return _convalescence(request, weighing, failed)
        case ShortStay():
            return _short_stay(weighing, failed)
        case Caregiver():
            return _caregiver(request, weighing, failed)


def _convalescence(request: Convalescence, weighing: Weighing, failed: frozenset[str]) -> Iterator[Proposal]:
    if "convalescence.prior_request" in failed:
        return  # the stay began before it was asked for: nobody can undo that
    if "convalescence.medical_criterion" in failed:
        if weighing.fits:
            # Of the three criteria the only one that a doctor can attest without a past event.
            yield Proposal("criteria", ("daily_living_help",), certain=True)
        return
    yield from _dates(request.stay, weighing)
    whole = Period(request.stay.arrival, weighing.whole.last)
    if "convalescence.partner_residence" in failed:
        yield Proposal("partner", (whole,))
    if "convalescence.contributions" in failed:
        # All days lie ahead of the request, so the contributions for them can still be settled.
        yield Proposal("contributions", (*request.contributions, whole))


def _short_stay(weighing: Weighing, failed: frozenset[str]) -> Iterator[Proposal]:
    # The claim follows the stay: only the invoice can still come.
    if weighing.outcome is Outcome.PENDING and weighing.fits and "short_stay.invoice" in failed:
        yield Proposal("invoice_received", True, certain=True)


def _caregiver(request: Caregiver, weighing: Weighing, failed: frozenset[str]) -> Iterator[Proposal]:
    if "caregiver.granted_stay" in failed:
        return
    yield from _dates(request.stay, weighing)
    if "caregiver.stay_limit" in failed and not request.extension:
        yield Proposal("extension", True)


def _dates(stay: Stay, weighing: Weighing) -> Iterator[Proposal]:
    """Leaving before the first day that is not paid, or arriving after the last; the days between stay paid.

    Days are allotted from the first on, so a shorter stay changes nothing for those before its new end; and the
    last run fits its quota by the way it is measured.
    """
    whole, eligible = weighing.whole, weighing.eligible
    lost = whole - weighing.paid
    if lost.first > stay.arrival:
        yield Proposal("stay.departure", lost.first, certain=True)
    if eligible and eligible.last == whole.last:
        nights = latest_full_run(eligible, weighing.quota)
        if 0 < nights < len(whole):
            first_night = date.fromordinal(whole.last.toordinal() - nights + 1)
            yield Proposal("stay.arrival", first_night, certain=True)
