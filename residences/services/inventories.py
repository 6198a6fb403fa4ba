"""What stands in a room and in what state: the inventories of fixtures and of the resident's furniture (art. 3)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.models import Rendered
from partenamut.documents.services import bytes_of, place
from partenamut.registry.services.rows import altered, described, locked, saved
from residences.documents.conventions import FIXTURES
from residences.documents.inventories import furniture_order, inspection_order
from residences.models import Bed, Convention, Furniture, Inspection, InspectionKind, InspectionLine
from residences.services.files import received
from residences.workflow import ConventionStatus

GOOD = gettext_lazy("in good order")
MOST_LINES = 60
SIGNED = gettext_lazy("Both sides have signed this inventory: it stays as it is.")

Line = tuple[str, str]


@transaction.atomic
def begin_inspection(
    *, convention: Convention, kind: str, done_on: date, present: str = "", actor: User, at: datetime
) -> Inspection:
    """An inventory of fixtures with the usual elements; at the departure with those of the entry and their state."""
    bed = _bed(convention, kind)
    _refuse_future(done_on, localdate(at))
    inspection = Inspection(
        convention=convention, kind=kind, bed=bed, done_on=done_on, present=present.strip()
    )
    saved(inspection)
    _write(inspection, _first_lines(convention, inspection))
    changes = described(inspection, ["kind", "bed", "done_on", "present"])
    record(action="inspection_begun", subject=convention, actor=actor, at=at, changes=changes)
    return inspection


@transaction.atomic
def change_inspection(
    *,
    inspection: Inspection,
    changes: Mapping[str, Any],
    lines: Sequence[Line],
    actor: User,
    at: datetime,
) -> Inspection:
    """The inventory with other particulars and lines; ValidationError once both sides have signed it."""
    row = _unsigned(inspection)
    kept = [(element.strip(), state.strip()) for element, state in lines if element.strip() or state.strip()]
    if not kept:
        raise ValidationError(_("An inventory has one element at least."))
    if len(kept) > MOST_LINES:
        raise ValidationError(_("An inventory has %(most)d elements at most.") % {"most": MOST_LINES})
    _refuse_future(changes.get("done_on", row.done_on), localdate(at))
    before = list(row.lines.order_by("position").values_list("element", "state"))
    trace = altered(row, changes)
    if trace:
        saved(row)
    if kept != before:
        row.lines.all().delete()
        _write(row, kept)
        trace["lines"] = [len(before), len(kept)]
    if trace:
        context = {"kind": [row.kind, row.kind]}
        record(
            action="inspection_changed",
            subject=row.convention,
            actor=actor,
            at=at,
            changes={**context, **trace},
        )
    return row


@transaction.atomic
def sign_inspection(
    *, inspection: Inspection, signed_on: date, file: "File[Any]", actor: User, at: datetime
) -> Inspection:
    """The inventory with the copy that both sides signed; it never changes again."""
    row = _unsigned(inspection)
    if not row.done_on <= signed_on <= localdate(at):
        raise ValidationError(
            {"signed_on": _("It is signed on the day it is done or later, and not in the future.")}
        )
    upload = received(file, "upload", actor=actor, at=at)
    trace = altered(row, {"signed_on": signed_on, "upload": upload})
    saved(row)
    record(
        action="inspection_signed",
        subject=row.convention,
        actor=actor,
        at=at,
        changes={"kind": [row.kind, row.kind], **trace},
    )
    return row


@transaction.atomic
def discard_inspection(*, inspection: Inspection, actor: User, at: datetime) -> None:
    """The inventory thrown away; ValidationError once both sides have signed it."""
    row = _unsigned(inspection)
    changes = {"kind": [row.kind, None], "done_on": [row.done_on, None]}
    record(action="inspection_discarded", subject=row.convention, actor=actor, at=at, changes=changes)
    row.delete()


@transaction.atomic
def add_furniture(
    *, convention: Convention, values: Mapping[str, Any], actor: User, at: datetime
) -> Furniture:
    """A piece of furniture that the resident brought."""
    row = saved(Furniture(convention=convention, **values))
    changes = described(row, ["description", "quantity", "state", "brought_on"])
    record(action="furniture_added", subject=convention, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def change_furniture(
    *, furniture: Furniture, changes: Mapping[str, Any], actor: User, at: datetime
) -> Furniture:
    """The piece with other data, or the day on which it was taken away."""
    row = locked(furniture)
    if trace := altered(row, changes):
        saved(row)
        context = {"description": [row.description, row.description]}
        record(
            action="furniture_changed",
            subject=row.convention,
            actor=actor,
            at=at,
            changes={**context, **trace},
        )
    return row


def inspection_paper(*, inspection: Inspection, actor: User, at: datetime) -> Rendered:
    """The inventory of fixtures to sign, as PDF; the same words give the same paper."""
    with override(inspection.convention.language):
        wanted = inspection_order(inspection, issued_on=localdate(at))
    return bytes_of(place(wanted, actor=actor, at=at), at=at)


def furniture_paper(*, convention: Convention, actor: User, at: datetime) -> Rendered:
    """The inventory of the resident's furniture to sign, as PDF, as it stands on that day."""
    with override(convention.language):
        wanted = furniture_order(convention, issued_on=localdate(at))
    return bytes_of(place(wanted, actor=actor, at=at), at=at)


# --- inside -----------------------------------------------------------------------------------------------


def _unsigned(inspection: Inspection) -> Inspection:
    row = locked(inspection)
    if row.signed_on is not None:
        raise ValidationError(SIGNED)
    return row


def _bed(convention: Convention, kind: str) -> Bed:
    """The bed of the entry, or the one that the resident leaves."""
    if convention.status == ConventionStatus.DISCARDED:
        raise ValidationError(_("This convention was discarded: there is no room to look at."))
    last = convention.occupancies.given().select_related("bed").order_by("first_day").last()
    if kind == InspectionKind.EXIT and last is not None:
        bed: Bed = last.bed
        return bed
    if convention.bed is None:
        raise ValidationError(_("Choose the room and the bed (art. 3)."))
    return convention.bed


def _first_lines(convention: Convention, inspection: Inspection) -> list[Line]:
    if inspection.kind == InspectionKind.EXIT:
        entry = convention.inspections.filter(kind=InspectionKind.ENTRY, bed=inspection.bed).first()
        if entry is not None:
            return list(entry.lines.order_by("position").values_list("element", "state"))
    with override(convention.language):
        return [(str(element), str(GOOD)) for element in FIXTURES]


def _write(inspection: Inspection, lines: Sequence[Line]) -> None:
    rows = [
        InspectionLine(inspection=inspection, position=position, element=element, state=state)
        for position, (element, state) in enumerate(lines, 1)
    ]
    for row in rows:
        row.full_clean(exclude=["inspection"])
    InspectionLine.objects.bulk_create(rows)


def _refuse_future(day: date, today: date) -> None:
    if day > today:
        raise ValidationError({"done_on": _("The inventory cannot lie in the future.")})
