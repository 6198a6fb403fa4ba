"""The conditions of the three benefits: each a question to the facts, and the reason that answers it."""

from datetime import date

from partenamut.law import Article, Reason
from partenamut.periods import Days, add_months

from . import articles, parameters
from .allotment import YearShare
from .requests import Caregiver, Convalescence, ShortStay


def asked_in_time(request: Convalescence) -> bool:
    """Whether the request was submitted on the day of arrival at the latest."""
    return request.submitted_on <= request.stay.arrival


def short_enough(request: ShortStay) -> bool:
    """Whether the departure is three calendar months after the arrival at the latest."""
    return request.stay.departure <= _latest_departure(request)


def prior_request(request: Convalescence) -> Reason:
    """Asked for on the day of arrival at the latest."""
    figures = (("submitted_on", request.submitted_on), ("arrival", request.stay.arrival))
    return Reason("convalescence.prior_request", asked_in_time(request), articles.PRIOR_REQUEST, figures)


def medical_criterion(request: Convalescence) -> Reason:
    """At least one of the three medical criteria."""
    figures = (("criteria", tuple(dict.fromkeys(request.criteria))),)
    return Reason(
        "convalescence.medical_criterion", bool(request.criteria), articles.MEDICAL_CRITERION, figures
    )


def rest_home(request: ShortStay) -> Reason:
    """The residence is a rest home."""
    return Reason("short_stay.rest_home", request.rest_home, articles.SHORT_REST_HOME)


def max_duration(request: ShortStay) -> Reason:
    """Departure three calendar months after arrival at the latest."""
    figures = (("departure", request.stay.departure), ("latest", _latest_departure(request)))
    return Reason("short_stay.max_duration", short_enough(request), articles.SHORT_MAX_DURATION, figures)


def invoice(request: ShortStay) -> Reason:
    """The invoice of the rest home has come in."""
    return Reason("short_stay.invoice", request.invoice_received, articles.SHORT_INVOICE)


def granted_stay(request: Caregiver) -> Reason:
    """The stay of the person cared for is granted, at least partly."""
    return Reason("caregiver.granted_stay", request.cared_for_granted, articles.CAREGIVER_GRANTED_STAY)


def each_day(code: str, article: Article, nights: int, lost: Days) -> Reason:
    """A condition looked at day by day: met if no day of the stay is lost to it."""
    if not lost.runs:
        return Reason(code, True, article, (("nights", nights),))
    figures = (("nights", nights), ("days", len(lost)), ("first", lost.first), ("last", lost.last))
    return Reason(code, False, article, figures)


def yearly_limit(code: str, article: Article, shares: tuple[YearShare, ...]) -> Reason:
    """Each calendar year has days left for the payable days asked in it."""
    met = all(share.asked <= share.left_before for share in shares)
    return Reason(code, met, article, (("shares", shares),))


def stay_limit(request: Caregiver, limit: int, asked: int) -> Reason:
    """The payable days of the caregiver fit in the limit of the stay."""
    used = request.days_used_in_stay
    figures = (("limit", limit), ("used", used), ("asked", asked), ("extension", request.extension))
    return Reason(
        "caregiver.stay_limit", asked <= max(0, limit - used), articles.CAREGIVER_STAY_LIMIT, figures
    )


def _latest_departure(request: ShortStay) -> date:
    return add_months(request.stay.arrival, parameters.SHORT_STAY_MAX_MONTHS)
