"""What the dates of a stay must be before they are asked, and what speaks against them; nothing is written here."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

from convalescence.messages import day
from convalescence.models import Benefit, Request
from convalescence.workflow import Status
from partenamut.periods import Days, add_months
from partenamut.registry.models import Member, Residence

#: Days of one request at most: longer stays are asked in parts, each with its own decision.
MAX_DAYS = 366
#: Years ahead that a stay may be asked for, and years back that one may be claimed.
YEARS_AHEAD = 2
YEARS_BACK = 3

#: States of a request whose stay will not take place or was refused.
WITHOUT_STAY = (Status.DRAFT, Status.WITHDRAWN, Status.REFUSED)


class Obstacle(Struct, frozen=True):
    """Why dates cannot be asked: the field it stands beside, and the sentence."""

    field: str
    sentence: str


def obstacles(
    benefit: str, arrival: date, departure: date, today: date, *, asked_on: date | None = None
) -> Iterator[Obstacle]:
    """What speaks against the dates of a stay on a day; one that was asked before may have begun since."""
    yield from _wrong_length(arrival, departure)
    yield from _too_early(benefit, arrival, asked_on or today)
    yield from _too_late(benefit, departure, today)


def obstacles_at_desk(arrival: date, departure: date, today: date) -> Iterator[Obstacle]:
    """What an adviser cannot register either; what came too late or too soon is, so that a letter answers it."""
    yield from _wrong_length(arrival, departure)
    yield from _too_old(arrival, today)
    yield from _too_far(departure, today)


def _wrong_length(arrival: date, departure: date) -> Iterator[Obstacle]:
    if departure <= arrival:
        yield Obstacle("departure", _("The departure must come after the arrival."))
    elif (departure - arrival).days > MAX_DAYS:
        sentence = _(
            "A request covers %(days)d days at most. Make a second request for the rest of the stay."
        )
        yield Obstacle("departure", sentence % {"days": MAX_DAYS})


def _too_early(benefit: str, arrival: date, today: date) -> Iterator[Obstacle]:
    if benefit == Benefit.CONVALESCENCE and arrival < today:
        sentence = _(
            "A convalescence stay is asked for before it begins, on the day of arrival at the latest. "
            "This arrival is past: contact the service if you think you have a good reason."
        )
        yield Obstacle("arrival", sentence)
    else:
        yield from _too_old(arrival, today)


def _too_old(arrival: date, today: date) -> Iterator[Obstacle]:
    if arrival < add_months(today, -12 * YEARS_BACK):
        sentence = _("This stay is more than %(years)d years ago. Check the year.")
        yield Obstacle("arrival", sentence % {"years": YEARS_BACK})


def _too_late(benefit: str, departure: date, today: date) -> Iterator[Obstacle]:
    if benefit == Benefit.SHORT_STAY and departure > today:
        sentence = _("A short stay is claimed after the stay. Come back from %(day)s on.")
        yield Obstacle("departure", sentence % {"day": day(departure)})
    else:
        yield from _too_far(departure, today)


def _too_far(departure: date, today: date) -> Iterator[Obstacle]:
    latest = add_months(today, 12 * YEARS_AHEAD)
    if departure > latest:
        sentence = _("A stay ends on %(day)s at the latest: two years from today. Check the year.")
        yield Obstacle("departure", sentence % {"day": day(latest)})


def overlapping(
    member: Member, arrival: date, departure: date, *, without: Request | None = None
) -> Request | None:
    """Another request of the person that shares a day with the stay, if there is one."""
    rows = Request.objects.filter(member=member, arrival__lt=departure, departure__gt=arrival)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    return rows.exclude(status__in=WITHOUT_STAY).order_by("arrival", "pk").first()


def days_without_partner(residence: Residence, arrival: date, departure: date) -> int:
    """Days of the stay on which the residence is no partner of the mutuality."""
    stay = Days([(arrival.toordinal(), departure.toordinal() - 1)])
    return len(stay.outside([row.period for row in residence.partner_periods.all()]))
