"""Services entered, changed and withdrawn; a group is one entry for all who took part."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, described, locked, saved
from protocol3.deciding import reckon
from protocol3.facts import file_of, service_facts
from protocol3.models import (
    Assignment,
    Channel,
    Enrolment,
    GroupSession,
    LineKind,
    NoteLine,
    Practitioner,
    Project,
    Service,
    SupportAct,
)
from protocol3.rules import Service as Facts
from protocol3.rules import Verdict
from protocol3.rules.pseudocodes import PSEUDOCODES, Pseudocode
from protocol3.services.closing import hold, refuse_while_issuing

#: What can be said of a service besides its beneficiary.
FIELDS = (
    "practitioner",
    "date",
    "pseudocode",
    "units",
    "participants",
    "place",
    "starts_at",
    "ends_at",
    "description",
    "consent",
    "fit",
    "channel",
    "patient_record",
    "external_reference",
)
#: What stands in the trail; descriptions are protected and stay out of it.
_TRACED = ("practitioner", "date", "pseudocode", "units", "participants", "place", "consent", "channel")
_NIGHT = (time(22), time(6))
_DAY = 24 * 60


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
        return _minutes(self.starts_at, self.ends_at)


class NotBillable(ValidationError):
    """Raised for a service that the rules stop; nothing was written. `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(_("This service is not billable."), code="not_billable")
        self.verdict = verdict


@transaction.atomic
def enter(
    *,
    enrolment: Enrolment,
    acts: Sequence[Act] = (),
    anyway: bool = False,
    actor: User,
    at: datetime,
    **said: Any,
) -> Service:
    """The service, written; NotBillable where the rules stop it, unless it is kept `anyway` as not billable."""
    hold(enrolment.project)
    service = Service(enrolment=enrolment, entered_by=actor, entered_at=at, **said)
    _check(service, acts, localdate(at))
    refuse_while_issuing(enrolment.project, service.date)
    service.documented_minutes = sum(act.minutes for act in acts) if acts else None
    saved(service)
    _write_acts(service, acts)
    if not anyway:
        _refuse(service)
    record(action="service_entered", subject=service, actor=actor, at=at, changes=described(service, _TRACED))
    return service


@transaction.atomic
def change(
    *,
    service: Service,
    changes: Mapping[str, Any],
    acts: Sequence[Act] | None = None,
    anyway: bool = False,
    actor: User,
    at: datetime,
) -> Service:
    """The service with changes, as long as it is not billed; NotBillable as on entry."""
    hold(service.enrolment.project)
    row = _open(service)
    before = row.date
    trace = altered(row, changes)
    kept = list(acts) if acts is not None else [_act(act) for act in row.acts.all()]
    _check(row, kept, localdate(at))
    for day in {before, row.date}:
        refuse_while_issuing(row.enrolment.project, day)
    row.documented_minutes = sum(act.minutes for act in kept) if kept else None
    saved(row)
    if acts is not None:
        row.acts.all().delete()
        _write_acts(row, acts)
    if not anyway:
        _refuse(row)
    shown = {name: change for name, change in trace.items() if name in _TRACED}
    record(action="service_changed", subject=row, actor=actor, at=at, changes=shown)
    return row


@transaction.atomic
def withdraw(*, service: Service, because: str, actor: User, at: datetime) -> Service:
    """The service taken back before it was billed; it stays in the file with the reason."""
    hold(service.enrolment.project)
    row = _open(service)
    refuse_while_issuing(row.enrolment.project, row.date)
    if not because.strip():
        raise ValidationError({"because": _("Say why the service is withdrawn.")})
    row.withdrawn_at, row.withdrawn_because = at, because.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record(action="service_withdrawn", subject=row, actor=actor, at=at, note=because)
    return row


@transaction.atomic
def enter_group(
    *,
    project: Project,
    enrolments: Sequence[Enrolment],
    practitioner: Practitioner,
    pseudocode: str,
    day: date,
    units: int,
    participants: int,
    starts_at: time,
    ends_at: time,
    room: str,
    description: str,
    anyway: bool = False,
    actor: User,
    at: datetime,
) -> GroupSession:
    """One entry for a whole group, with a service for each beneficiary; GroupStopped names those it is not billable for."""
    hold(project)
    if participants < len(enrolments):
        raise ValidationError(
            {
                "participants": _(
                    "More beneficiaries are ticked than people who took part: correct the number."
                )
            }
        )
    if not enrolments:
        raise ValidationError({"enrolments": _("Tick the beneficiaries who took part.")})
    group = saved(
        GroupSession(
            project=project,
            practitioner=practitioner,
            date=day,
            pseudocode=pseudocode,
            participants=participants,
            starts_at=starts_at,
            ends_at=ends_at,
            room=room,
            description=description,
            entered_by=actor,
            entered_at=at,
        )
    )
    stopped: dict[Enrolment, Verdict] = {}
    for enrolment in enrolments:
        try:
            enter(
                enrolment=enrolment,
                practitioner=practitioner,
                date=day,
                pseudocode=pseudocode,
                units=units,
                participants=participants,
                place="collective",
                starts_at=starts_at,
                ends_at=ends_at,
                description=description,
                group=group,
                anyway=anyway,
                actor=actor,
                at=at,
            )
        except NotBillable as refused:
            stopped[enrolment] = refused.verdict
    if stopped:
        raise GroupStopped(stopped)
    record(
        action="group_entered", subject=group, actor=actor, at=at, changes={"people": [None, participants]}
    )
    return group


class GroupStopped(ValidationError):
    """Raised for a group that is not billable for some who took part; nothing was written."""

    def __init__(self, stopped: Mapping[Enrolment, Verdict]) -> None:
        super().__init__(_("The group is not billable for everybody."), code="not_billable")
        self.stopped = stopped


def facts_of(service: Service) -> Facts:
    """A service row, saved or not, as the rules take it."""
    return service_facts(
        service.date,
        service.pseudocode,
        service.units,
        service.participants,
        service.place,
        service.consent,
        service.documented_minutes,
    )


# --- inside -----------------------------------------------------------------------------------------------


def _open(service: Service) -> Service:
    row = locked(service)
    if row.withdrawn_at is not None:
        raise ValidationError(_("This service was withdrawn already."))
    if NoteLine.objects.filter(service=row, kind=LineKind.SERVICE).exists():
        raise ValidationError(
            _(
                "This service stands on a note that was issued: correct the note instead, nothing issued is changed."
            )
        )
    return row


def _refuse(service: Service) -> None:
    """NotBillable where the rules stop the service at its place among the others."""
    reckoning = reckon(file_of(service.enrolment.beneficiary, service.enrolment.project))
    own = next(one for one in reckoning.taken if one.entered.pk == service.pk)
    if not own.verdict.billable:
        raise NotBillable(own.verdict)


def _write_acts(service: Service, acts: Sequence[Act]) -> None:
    for act in acts:
        saved(
            SupportAct(
                service=service,
                starts_at=act.starts_at,
                ends_at=act.ends_at,
                description=act.description,
                contact_name=act.contact_name,
                contact_function=act.contact_function,
                contact_nature=act.contact_nature,
            )
        )


def _act(row: SupportAct) -> Act:
    return Act(
        row.starts_at,
        row.ends_at,
        row.description,
        row.contact_name,
        row.contact_function,
        row.contact_nature,
    )


def _check(service: Service, acts: Sequence[Act], today: date) -> None:
    """What no rule of billing says and that must be right all the same; ValidationError by field."""
    errors: dict[str, str] = {}
    kind = PSEUDOCODES.get(service.pseudocode)
    if kind is None:
        errors["pseudocode"] = _("%(code)s is not the pseudocode of a service of the convention.") % {
            "code": service.pseudocode
        }
    if service.date > today:
        errors["date"] = _("A service is entered after it was done: %(day)s lies in the future.") % {
            "day": f"{service.date:%d/%m/%Y}"
        }
    left = service.enrolment.left_on
    if left is not None and service.date > left:
        errors["date"] = _("The beneficiary left the project on %(day)s.") % {"day": f"{left:%d/%m/%Y}"}
    if not _works(service):
        errors["practitioner"] = _(
            "%(name)s has no function in the project on that day: record it on the practitioner's page first."
        ) % {"name": service.practitioner.full_name}
    if kind is not None:
        errors |= _check_kind(service, kind, acts)
    if errors:
        raise ValidationError(dict(errors))


def _works(service: Service) -> bool:
    on = Assignment.objects.on(service.date)
    return bool(
        on.filter(project=service.enrolment.project_id, practitioner=service.practitioner_id).exists()
    )


def _check_kind(service: Service, kind: Pseudocode, acts: Sequence[Act]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if kind.profession is not None and service.practitioner.profession != kind.profession:
        errors["practitioner"] = _(
            "The pseudocode is that of another profession than the practitioner's: choose the service again."
        )
    if service.place == "remote" and service.consent and not (service.fit and service.channel):
        errors["channel"] = _(
            "For a remote session, record that the person is able to follow it and by which secured channel (art. 9)."
        )
    if service.channel and service.channel not in Channel.values:
        errors["channel"] = _("Choose a channel from the list.")
    errors |= _check_times(service, kind)
    errors |= _check_acts(acts)
    return errors


def _check_times(service: Service, kind: Pseudocode) -> dict[str, str]:
    if service.starts_at is None or service.ends_at is None:
        return {}
    if kind.family == "night_visit":
        if not all(_at_night(moment) for moment in (service.starts_at, service.ends_at)):
            return {"starts_at": _("A night visit takes place between 22:00 and 6:00 (art. 16bis §2).")}
    elif service.ends_at <= service.starts_at:
        return {"ends_at": _("The service must end after it begins.")}
    if kind.unit_minutes and kind.modality in ("session", "session_in_hospital", "group"):
        lasted, needed = _minutes(service.starts_at, service.ends_at), kind.unit_minutes * service.units
        if lasted < needed:
            return {
                "ends_at": _("It lasted %(lasted)d minutes; %(units)d units take %(needed)d.")
                % {"lasted": lasted, "units": service.units, "needed": needed}
            }
    return _check_overlap(service)


def _check_overlap(service: Service) -> dict[str, str]:
    """One practitioner is present throughout, with one beneficiary or one group (art. 9)."""
    same_day = Service.objects.standing().filter(
        practitioner=service.practitioner_id,
        date=service.date,
        starts_at__lt=service.ends_at,
        ends_at__gt=service.starts_at,
    )
    if service.group_id is not None:
        same_day = same_day.exclude(group=service.group_id)
    other = same_day.exclude(pk=service.pk).select_related("enrolment__beneficiary").first()
    if other is None:
        return {}
    return {
        "starts_at": _(
            "%(name)s is with another beneficiary from %(from)s to %(to)s: one practitioner, one beneficiary (art. 9)."
        )
        % {
            "name": service.practitioner.full_name,
            "from": f"{other.starts_at:%H:%M}",
            "to": f"{other.ends_at:%H:%M}",
        }
    }


def _check_acts(acts: Sequence[Act]) -> dict[str, str]:
    in_order = sorted(acts, key=lambda act: act.starts_at)
    for act in in_order:
        if act.ends_at <= act.starts_at:
            return {"acts": _("An act of support must end after it begins.")}
        if bool(act.contact_name) != bool(act.contact_nature) or (
            act.contact_name and not act.contact_function
        ):
            return {"acts": _("Of a contact, name, function and nature are needed (art. 10).")}
    for one, following in pairwise(in_order):
        if following.starts_at < one.ends_at:
            return {"acts": _("Two acts of support overlap: the minutes would count twice.")}
    return {}


def _at_night(moment: time) -> bool:
    return moment >= _NIGHT[0] or moment <= _NIGHT[1]


def _minutes(start: time, end: time) -> int:
    """Minutes from one to the other, over midnight where the end comes first."""
    return ((end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)) % _DAY
