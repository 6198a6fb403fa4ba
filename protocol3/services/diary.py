"""Who works for a project when, and when each practitioner is taken: read at once for many services."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time

from msgspec import Struct

from partenamut.periods import Period
from protocol3.models import Assignment, Project, Service, SupportAct

_DAY = 24 * 60


class Taken(Struct, frozen=True):
    """Minutes of a practitioner that are taken, counted from the beginning of the calendar."""

    first: int
    last: int
    starts_at: time
    ends_at: time
    #: The row it comes from; None for one of a file that is not written yet.
    service_id: int | None
    group_id: int | None
    enrolment_id: int
    pseudocode: str


class Diary:
    """The functions and the taken hours of practitioners around some days."""

    def __init__(self, project: Project, practitioners: Iterable[int], days: Iterable[date]) -> None:
        wanted, on = set(practitioners), list(days)
        self._functions: defaultdict[int, list[Period]] = defaultdict(list)
        self._sessions: defaultdict[int, list[Taken]] = defaultdict(list)
        self._acts: defaultdict[tuple[int, int], list[Taken]] = defaultdict(list)
        for row in Assignment.objects.filter(project=project, practitioner__in=wanted):
            self._functions[row.practitioner_id].append(row.period)
        if on:
            self._read(wanted, _day_beside(min(on), -1), _day_beside(max(on), 1))

    def works(self, practitioner_id: int, day: date) -> bool:
        """Whether a practitioner has a function in the project on a day."""
        return any(day in period for period in self._functions[practitioner_id])

    def clash(self, service: Service) -> Taken | None:
        """What the practitioner does with others at the time of a service (art. 9)."""
        if service.starts_at is None or service.ends_at is None:
            return None
        first, last = _span(service.date, service.starts_at, service.ends_at)
        for other in self._sessions[service.practitioner_id]:
            same = other.service_id is not None and other.service_id == service.pk
            if first < other.last and other.first < last and not same and not _together(service, other):
                return other
        return None

    def logged(self, service: Service, starts_at: time, ends_at: time) -> Taken | None:
        """An act of the practitioner for the same person that is logged already for some of these minutes."""
        first, last = _span(service.date, starts_at, ends_at)
        for other in self._acts[service.practitioner_id, service.enrolment_id]:
            same = other.service_id is not None and other.service_id == service.pk
            if first < other.last and other.first < last and not same:
                return other
        return None

    def enter(self, service: Service, acts: Iterable[tuple[time, time]]) -> None:
        """Takes the hours of a service that is not written yet."""
        if service.starts_at is not None and service.ends_at is not None:
            taken = _taken(service, service.starts_at, service.ends_at)
            self._sessions[service.practitioner_id].append(taken)
        for starts_at, ends_at in acts:
            own = (service.practitioner_id, service.enrolment_id)
            self._acts[own].append(_taken(service, starts_at, ends_at))

    def _read(self, practitioners: set[int], first: date, last: date) -> None:
        around = Service.objects.standing().filter(practitioner__in=practitioners, date__range=(first, last))
        for row in around.defer("description"):
            if row.starts_at is not None and row.ends_at is not None:
                self._sessions[row.practitioner_id].append(_taken(row, row.starts_at, row.ends_at))
        acts = SupportAct.objects.filter(service__in=around.values("pk")).select_related("service")
        for act in acts.defer("description", "service__description"):
            own = (act.service.practitioner_id, act.service.enrolment_id)
            self._acts[own].append(_taken(act.service, act.starts_at, act.ends_at))


def minutes(start: time, end: time) -> int:
    """Minutes from one to the other, over midnight where the end comes first."""
    return (_of_day(end) - _of_day(start)) % _DAY


def _taken(service: Service, starts_at: time, ends_at: time) -> Taken:
    first, last = _span(service.date, starts_at, ends_at)
    return Taken(
        first,
        last,
        starts_at,
        ends_at,
        service.pk,
        service.group_id,
        service.enrolment_id,
        service.pseudocode,
    )


def _together(service: Service, other: Taken) -> bool:
    """Whether both are of one group: the same entry, or the same hour of a group that comes line by line."""
    if service.group_id is not None and other.group_id is not None:
        return service.group_id == other.group_id
    same_hour = (service.starts_at, service.ends_at) == (other.starts_at, other.ends_at)
    return service.modality == "group" and service.pseudocode == other.pseudocode and same_hour


def _day_beside(day: date, step: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + step, 1), date.max.toordinal()))


def _span(day: date, start: time, end: time) -> tuple[int, int]:
    first = day.toordinal() * _DAY + _of_day(start)
    return first, first + minutes(start, end)


def _of_day(moment: time) -> int:
    return moment.hour * 60 + moment.minute
