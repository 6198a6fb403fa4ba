"""What must be right about a service besides the rules of billing: its day, its hours, its practitioner, its acts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from msgspec import Struct

from protocol3.models import Channel, Service
from protocol3.rules.pseudocodes import PSEUDOCODES, Pseudocode
from protocol3.services.diary import Diary, minutes

_NIGHT = (time(22), time(6))

#: What can be wrong with a service besides the rules of billing: code -> sentence; also for the lines of a file.
FAULTS: Mapping[str, Any] = {
    "pseudocode": gettext_lazy("%(code)s is not the pseudocode of a service of the convention."),
    "future": gettext_lazy("A service is entered after it was done: %(day)s lies in the future."),
    "left": gettext_lazy("The beneficiary left the project on %(day)s."),
    "no_function": gettext_lazy(
        "%(name)s has no function in the project on that day: record it on the practitioner's page first."
    ),
    "profession": gettext_lazy(
        "The pseudocode is that of another profession than the practitioner's: choose the service again."
    ),
    "channel_missing": gettext_lazy(
        "For a remote session, record that the person is able to follow it and by which secured channel (art. 9)."
    ),
    "channel": gettext_lazy("Choose a channel from the list."),
    "by_day": gettext_lazy("A night visit takes place between 22:00 and 6:00 (art. 16bis §2)."),
    "ends_first": gettext_lazy("The service must end after it begins."),
    "too_short": gettext_lazy("It lasted %(lasted)d minutes; %(units)d units take %(needed)d."),
    "too_short_for_one": gettext_lazy("It lasted %(lasted)d minutes; a unit takes %(needed)d."),
    "entered": gettext_lazy(
        "A service of %(name)s for this person from %(from)s to %(to)s is entered already: look at it before entering another."
    ),
    "busy": gettext_lazy(
        "%(name)s is with another beneficiary from %(from)s to %(to)s: one practitioner, one beneficiary (art. 9)."
    ),
    "act_ends_first": gettext_lazy("An act of support must end after it begins."),
    "contact": gettext_lazy("Of a contact, name, function and nature are needed (art. 10)."),
    "acts_overlap": gettext_lazy("Two acts of support overlap: the minutes would count twice."),
    "act_logged": gettext_lazy(
        "An act from %(from)s to %(to)s is logged already for this person: the minutes would count twice."
    ),
}


class Act(Struct, frozen=True):
    """An act of support: from, to, what; for a contact with the care team also with whom and how (art. 10)."""

    starts_at: time
    ends_at: time
    description: str
    contact_name: str = ""
    contact_function: str = ""
    contact_nature: str = ""

    @property
    def minutes(self) -> int:
        """How long it took."""
        return minutes(self.starts_at, self.ends_at)


class Fault(Struct, frozen=True):
    """Something wrong with a service: at which field, a code of `FAULTS`, and the figures of its sentence."""

    field: str
    code: str
    figures: dict[str, Any] = {}

    @property
    def error(self) -> ValidationError:
        """The fault as a form shows it."""
        return ValidationError(FAULTS[self.code], code=self.code, params=self.figures)


def faults(service: Service, acts: Sequence[Act], *, today: date, diary: Diary | None = None) -> list[Fault]:
    """What no rule of billing says and that must be right all the same; `diary`: read before for many services."""
    diary = diary or Diary(service.enrolment.project, [service.practitioner_id], [service.date])
    found = list(_faults_of_day(service, today, diary))
    kind = PSEUDOCODES.get(service.pseudocode)
    if kind is None:
        return [Fault("pseudocode", "pseudocode", {"code": service.pseudocode}), *found]
    found += _faults_of_kind(service, kind)
    found += _faults_of_times(service, kind, diary)
    found += _faults_of_acts(service, acts, diary)
    return found


# --- inside -----------------------------------------------------------------------------------------------


def _faults_of_day(service: Service, today: date, diary: Diary) -> Iterator[Fault]:
    if service.date > today:
        yield Fault("date", "future", {"day": f"{service.date:%d/%m/%Y}"})
    left = service.enrolment.left_on
    if left is not None and service.date > left:
        yield Fault("date", "left", {"day": f"{left:%d/%m/%Y}"})
    if not diary.works(service.practitioner_id, service.date):
        yield Fault("practitioner", "no_function", {"name": service.practitioner.full_name})


def _faults_of_kind(service: Service, kind: Pseudocode) -> Iterator[Fault]:
    if kind.profession is not None and service.practitioner.profession != kind.profession:
        yield Fault("practitioner", "profession")
    if service.place == "remote" and service.consent and not (service.fit and service.channel):
        yield Fault("channel", "channel_missing")
    elif service.channel and service.channel not in Channel.values:
        yield Fault("channel", "channel")


def _faults_of_times(service: Service, kind: Pseudocode, diary: Diary) -> Iterator[Fault]:
    if service.starts_at is None or service.ends_at is None:
        return
    if kind.family == "night_visit":
        if not all(_at_night(moment) for moment in (service.starts_at, service.ends_at)):
            yield Fault("starts_at", "by_day")
            return
    elif service.ends_at <= service.starts_at:
        yield Fault("ends_at", "ends_first")
        return
    lasted, needed = minutes(service.starts_at, service.ends_at), (kind.unit_minutes or 0) * service.units
    if lasted < needed and kind.modality in ("session", "session_in_hospital", "group"):
        code = "too_short" if service.units > 1 else "too_short_for_one"
        yield Fault("ends_at", code, {"lasted": lasted, "units": service.units, "needed": needed})
    elif other := diary.clash(service):
        figures = {"from": f"{other.starts_at:%H:%M}", "to": f"{other.ends_at:%H:%M}"}
        code = "entered" if other.enrolment_id == service.enrolment_id else "busy"
        yield Fault("starts_at", code, {"name": service.practitioner.full_name, **figures})


def _faults_of_acts(service: Service, acts: Sequence[Act], diary: Diary) -> Iterator[Fault]:
    in_order = sorted(acts, key=lambda act: act.starts_at)
    for act in in_order:
        if act.ends_at <= act.starts_at:
            yield Fault("acts", "act_ends_first")
        elif len({bool(act.contact_name), bool(act.contact_function), bool(act.contact_nature)}) > 1:
            yield Fault("acts", "contact")
        elif other := diary.logged(service, act.starts_at, act.ends_at):
            figures = {"from": f"{other.starts_at:%H:%M}", "to": f"{other.ends_at:%H:%M}"}
            yield Fault("acts", "act_logged", figures)
    if any(following.starts_at < one.ends_at for one, following in pairwise(in_order)):
        yield Fault("acts", "acts_overlap")


def _at_night(moment: time) -> bool:
    return moment >= _NIGHT[0] or moment <= _NIGHT[1]
