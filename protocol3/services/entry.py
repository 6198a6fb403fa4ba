"""Services entered, changed and withdrawn; a group is one entry for all who took part."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, described, locked, saved
from protocol3.deciding import reckon
from protocol3.facts import file_of, service_facts
from protocol3.models import (
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
from protocol3.services.closing import hold, refuse_while_issuing
from protocol3.services.entry_faults import Act, faults

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
    kept: Collection[Enrolment] = (),
    actor: User,
    at: datetime,
) -> GroupSession:
    """One entry for a whole group, with a service for each beneficiary.

    GroupStopped names those for whom it is not billable; it is written all the same for those `kept`.
    """
    hold(project)
    refuse_group(enrolments, participants)
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
                anyway=enrolment in kept,
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


#: What is said once for a whole group, and stands on each of its services too.
_SHARED = ("practitioner", "date", "pseudocode", "participants", "starts_at", "ends_at", "description")


@transaction.atomic
def change_group(
    *,
    group: GroupSession,
    changes: Mapping[str, Any],
    units: int,
    kept: Collection[Enrolment] = (),
    actor: User,
    at: datetime,
) -> GroupSession:
    """The group with changes, and with it every service of it that stands; GroupStopped as on entry."""
    hold(group.project)
    row = locked(group)
    trace = altered(row, changes)
    services = list(row.services.standing().select_related("enrolment__project", "enrolment__beneficiary"))
    if not services:
        raise ValidationError(_("Every service of this group was withdrawn: there is nothing to change."))
    if row.participants < len(services):
        refuse_group([service.enrolment for service in services], row.participants)
    saved(row)
    shared = {name: getattr(row, name) for name in _SHARED} | {"units": units}
    stopped: dict[Enrolment, Verdict] = {}
    for service in services:
        try:
            anyway = service.enrolment in kept
            change(service=service, changes=shared, anyway=anyway, actor=actor, at=at)
        except NotBillable as refused:
            stopped[service.enrolment] = refused.verdict
    if stopped:
        raise GroupStopped(stopped)
    shown = {name: change for name, change in trace.items() if name in (*_TRACED, "room")}
    record(action="group_changed", subject=row, actor=actor, at=at, changes=shown)
    return row


def refuse_group(enrolments: Sequence[Enrolment], participants: int) -> None:
    """ValidationError for a group without beneficiaries, or with more of them than people who took part."""
    if not enrolments:
        raise ValidationError({"enrolments": _("Tick the beneficiaries who took part.")})
    if participants < len(enrolments):
        raise ValidationError(
            {
                "participants": _(
                    "More beneficiaries are ticked than people who took part: correct the number."
                )
            }
        )


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
    """ValidationError by field for what no rule of billing says and that must be right all the same."""
    found = faults(service, acts, today=today)
    if found:
        raise ValidationError({fault.field: fault.error for fault in reversed(found)})
