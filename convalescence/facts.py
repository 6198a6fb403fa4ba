"""Rows -> frozen facts: the only bridge from the database to the rules. A fixed number of queries per request."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec import Struct, convert

from convalescence.models import Attachment, AttachmentKind, Benefit, GrantedDays, Request
from convalescence.rules import Caregiver, Convalescence, ShortStay, Stay, parameters
from convalescence.rules import Request as Facts
from convalescence.rules.requests import Criterion
from partenamut.periods import Days, Period
from partenamut.registry.models import CaregiverRecognition, DatedRow, Member, StructureType


def facts_of(request: Request, *, on: date) -> Facts:
    """The facts of a request as the registry has them now; a request not sent yet counts as sent `on` that day."""
    granted = list(
        GrantedDays.objects.filter(member=request.member_id)
        .exclude(request=request.pk)
        .select_related("request")
    )
    match Benefit(request.benefit):
        case Benefit.CONVALESCENCE:
            return _convalescence(request, granted, on)
        case Benefit.SHORT_STAY:
            return _short_stay(request, granted)
        case Benefit.CAREGIVER:
            return _caregiver(request, granted)


def days_used(member: Member, benefit: str, *, without: Request | None = None) -> dict[int, int]:
    """The days granted to a member under a benefit, by calendar year."""
    granted = GrantedDays.objects.filter(member=member, request__benefit=benefit)
    if without is not None:
        granted = granted.exclude(request=without.pk)
    return _by_year(granted)


class DaysLeft(Struct, frozen=True):
    """What is left to a person of the days of a benefit in a calendar year."""

    benefit: Benefit
    year: int
    used: int
    limit: int

    @property
    def left(self) -> int:
        """Days that can still be granted."""
        return max(0, self.limit - self.used)

    @property
    def label(self) -> str:
        """The benefit."""
        return str(self.benefit.label)


#: Days a calendar year of the benefits that have such a limit.
YEARLY_LIMITS = {
    Benefit.CONVALESCENCE: parameters.CONVALESCENCE_DAYS_PER_YEAR,
    Benefit.SHORT_STAY: parameters.SHORT_STAY_DAYS_PER_YEAR,
}


def days_left(member: Member, year: int) -> list[DaysLeft]:
    """The days left to a member in a calendar year, by benefit; one query."""
    return days_left_of([member], year)[member.pk]


def days_left_of(members: Iterable[Member], year: int) -> dict[int, list[DaysLeft]]:
    """The days left to several members in a calendar year, by their keys; one query."""
    keys = [member.pk for member in members]
    rows = GrantedDays.objects.filter(
        member__in=keys, first_day__lte=date(year, 12, 31), last_day__gte=date(year, 1, 1)
    ).select_related("request")
    used: Counter[tuple[int, str]] = Counter()
    for row in rows:
        used[row.member_id, row.request.benefit] += _by_year([row]).get(year, 0)
    return {
        key: [DaysLeft(benefit, year, used[key, benefit], limit) for benefit, limit in YEARLY_LIMITS.items()]
        for key in keys
    }


def _convalescence(request: Request, granted: list[GrantedDays], on: date) -> Convalescence:
    residence = request.residence
    return Convalescence(
        id=str(request.public_id),
        submitted_on=request.submitted_on or on,
        stay=_stay(request),
        criteria=convert(request.criteria, tuple[Criterion, ...]),
        partner=_periods(residence.partner_periods.all()) if residence else (),
        contributions=_periods(request.member.contributions.all()),
        days_used=_by_year(row for row in granted if row.request.benefit == request.benefit),
        paid_elsewhere=_stays(granted),
    )


def _short_stay(request: Request, granted: list[GrantedDays]) -> ShortStay:
    residence = request.residence
    return ShortStay(
        id=str(request.public_id),
        stay=_stay(request),
        rest_home=residence is not None and StructureType.REST_HOME in residence.structure_types,
        inami_approved=_periods(residence.inami_approvals.all()) if residence else (),
        contributions=_periods(request.member.contributions.all()),
        days_used=_by_year(row for row in granted if row.request.benefit == request.benefit),
        paid_elsewhere=_stays(granted),
        invoice_received=invoice_received(request),
    )


def _caregiver(request: Request, granted: list[GrantedDays]) -> Caregiver:
    cared_for = request.cared_for_request
    if cared_for is None:
        raise ValueError("the claim of a caregiver names the stay of the person cared for")
    in_this_stay = [row for row in granted if row.request.cared_for_request_id == cared_for.pk]
    recognitions = CaregiverRecognition.objects.filter(
        caregiver=request.member_id, cared_for=cared_for.member_id
    )
    return Caregiver(
        id=str(request.public_id),
        cared_for_stay=_stay(cared_for),
        cared_for_granted=GrantedDays.objects.filter(request=cared_for).exists(),
        stay=_stay(request),
        recognised=_periods(recognitions),
        contributions=_periods(request.member.contributions.all()),
        extension=request.extension,
        days_used_in_stay=sum(_by_year(in_this_stay).values()),
        paid_elsewhere=_stays(granted),
    )


def invoice_received(request: Request) -> bool:
    """Whether an invoice was received, as a file or on paper."""
    return Attachment.objects.filter(
        request=request.pk, kind=AttachmentKind.INVOICE, removed_at=None
    ).exists()


def _stay(request: Request) -> Stay:
    if request.arrival is None or request.departure is None:
        raise ValueError("a stay is decided on with both its dates")
    return Stay(request.arrival, request.departure)


def _periods(rows: Iterable[DatedRow]) -> tuple[Period, ...]:
    return tuple(sorted((row.period for row in rows), key=lambda period: period.first))


def _stays(granted: Iterable[GrantedDays]) -> tuple[Stay, ...]:
    ends = ((row.first_day, row.last_day) for row in granted)
    return tuple(Stay(first, date.fromordinal(last.toordinal() + 1)) for first, last in sorted(ends) if last)


def _by_year(granted: Iterable[GrantedDays]) -> dict[int, int]:
    used: Counter[int] = Counter()
    for row in granted:
        for year, days in Days([row.period.run]).by_year():
            used[year] += len(days)
    return dict(used)
