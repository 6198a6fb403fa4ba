"""Use cases of hospitals, and of the lists of those with a franchise in a calendar year."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.models import FranchiseList, Hospital
from partenamut.registry.names import search_form
from partenamut.registry.services.rows import altered, described, locked, saved

EDITABLE = ("name", "street", "postal_code", "city", "phone", "inami_number")
CHANGED_MEANWHILE = _(
    "The list has changed since you looked at the result: send the file again and compare once more."
)


class ListChanged(ValidationError):
    """Raised where a list is no longer the one that was compared."""


# --- hospitals


@transaction.atomic
def create_hospital(
    *,
    name: str,
    street: str,
    postal_code: str,
    city: str,
    phone: str = "",
    inami_number: str = "",
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Hospital:
    """The new hospital; ValidationError where it stands in the list already."""
    hospital = Hospital(
        name=name, street=street, postal_code=postal_code, city=city, phone=phone, inami_number=inami_number
    )
    _write(hospital)
    changes = described(hospital, EDITABLE)
    record(action="hospital_created", subject=hospital, actor=actor, at=at, changes=changes, note=note)
    return hospital


@transaction.atomic
def edit_hospital(
    *, hospital: Hospital, changes: Mapping[str, Any], actor: User | None, at: datetime, note: str = ""
) -> Hospital:
    """The hospital with other data; what was decided before keeps those it was decided with."""
    if foreign := set(changes) - set(EDITABLE):
        raise ValueError(f"no edit changes {', '.join(sorted(foreign))}")
    row = locked(hospital)
    if trace := altered(row, changes):
        _write(row)
        record(action="hospital_edited", subject=row, actor=actor, at=at, changes=trace, note=note)
    return row


@transaction.atomic
def close_hospital(
    *, hospital: Hospital, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> Hospital:
    """The hospital with its last day open; None opens it again."""
    row = locked(hospital)
    if trace := altered(row, {"closed_on": last_day}):
        saved(row)
        action = "hospital_closed" if last_day else "hospital_opened_again"
        record(action=action, subject=row, actor=actor, at=at, changes=trace, note=note)
    return row


# --- lists of hospitals with a franchise


def listed_in(year: int) -> frozenset[int]:
    """The keys of the hospitals on the list of a year; none where no list stands."""
    return frozenset(Hospital.objects.filter(franchise_lists__year=year).values_list("pk", flat=True))


@transaction.atomic
def take_over_franchise(
    *,
    year: int,
    hospitals: Collection[int],
    source: str,
    before: Collection[int] | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> FranchiseList:
    """The list of a year with exactly these hospitals; ListChanged where it no longer holds those of `before`."""
    row = FranchiseList.objects.select_for_update().filter(year=year).first()
    held = listed_in(year)
    if before is not None and held != frozenset(before):
        raise ListChanged(CHANGED_MEANWHILE)
    today = localdate(at)
    if row is None:
        row = FranchiseList(year=year, source=source, taken_over_on=today)
        trace = described(row, ["source", "taken_over_on"])
    else:
        trace = altered(row, {"source": source, "taken_over_on": today})
    saved(row)
    named = _named(held ^ frozenset(hospitals))
    row.hospitals.set(hospitals)
    added, removed = ([place for place in named if (place.pk in held) is old] for old in (False, True))
    if added:
        trace["hospitals_added"] = [None, [str(place) for place in added]]
    if removed:
        trace["hospitals_removed"] = [None, [str(place) for place in removed]]
    record(action="franchise_list_taken_over", subject=row, actor=actor, at=at, changes=trace, note=note)
    for action, places in (("franchise_added", added), ("franchise_removed", removed)):
        for place in places:
            _record_franchise(place, row, action, actor, at, note)
    return row


@transaction.atomic
def add_to_franchise(
    *, franchise_list: FranchiseList, hospital: Hospital, actor: User | None, at: datetime, note: str = ""
) -> FranchiseList:
    """The list with one hospital more; ValidationError where it stands there already."""
    row = locked(franchise_list)
    if row.hospitals.filter(pk=hospital.pk).exists():
        raise ValidationError({"hospital": _("This hospital stands on the list already.")})
    row.hospitals.add(hospital)
    _record_pair(row, hospital, "franchise_added", actor, at, note)
    return row


@transaction.atomic
def remove_from_franchise(
    *, franchise_list: FranchiseList, hospital: Hospital, actor: User | None, at: datetime, note: str = ""
) -> FranchiseList:
    """The list without the hospital; nothing happens where it was not on it."""
    row = locked(franchise_list)
    if row.hospitals.filter(pk=hospital.pk).exists():
        row.hospitals.remove(hospital)
        _record_pair(row, hospital, "franchise_removed", actor, at, note)
    return row


# --- inside


def _write(hospital: Hospital) -> None:
    code = hospital.postal_code
    if not (len(code) == 4 and code.isascii() and code.isdigit() and code[0] != "0"):
        raise ValidationError({"postal_code": _("A Belgian postal code has four figures.")})
    hospital.search_text = search_form(hospital.name, hospital.street, hospital.postal_code, hospital.city)
    saved(hospital)


def _named(keys: Collection[int]) -> list[Hospital]:
    return list(Hospital.objects.filter(pk__in=keys).order_by("name", "pk"))


def _record_pair(
    row: FranchiseList, hospital: Hospital, action: str, actor: User | None, at: datetime, note: str
) -> None:
    changes = {"hospital": [None, str(hospital)]}
    record(action=action, subject=row, actor=actor, at=at, changes=changes, note=note)
    _record_franchise(hospital, row, action, actor, at, note)


def _record_franchise(
    hospital: Hospital, row: FranchiseList, action: str, actor: User | None, at: datetime, note: str
) -> None:
    changes = {"year": [None, row.year]}
    record(action=action, subject=hospital, actor=actor, at=at, changes=changes, note=note)
