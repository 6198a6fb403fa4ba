"""Fictitious hospitals with their franchise lists, and what insures the members of the demo."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from partenamut.fields import blind_index
from partenamut.identifiers import parse_niss
from partenamut.registry import services
from partenamut.registry.models import Hospital, Member

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo"
SOURCE = "demo"
YEARS = (2025, 2026)

#: The members have theirs from the businesses.
LOG_INS: tuple[()] = ()


def load(at: datetime) -> None:
    """The hospitals and their lists, and the insurances of the members that are there already."""
    with override("fr"), transaction.atomic():
        _hospitals(at)
        insure(at)


def is_loaded() -> bool:
    """Whether the first hospital of the file is there."""
    return Hospital.objects.filter(name=next(_rows("hospitals.csv"))["name"]).exists()


def insure(at: datetime) -> None:
    """Gives the members of the file their insurances; members who have any, or are not there, stay as they are."""
    rows = list(_rows("insurances.csv"))
    bare = {
        member.niss_index: member
        for member in Member.objects.filter(niss_index__in=[_index(row) for row in rows])
        if not member.hospital_insurances.exists() and not member.higher_reimbursements.exists()
    }
    for row in rows:
        if (member := bare.get(_index(row))) is not None:
            _insure(member, row, at)


# --- inside


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _hospitals(at: datetime) -> None:
    listed: dict[int, list[int]] = {year: [] for year in YEARS}
    for row in _rows("hospitals.csv"):
        years, closed = row.pop("franchise_years"), row.pop("closed_on")
        hospital = services.create_hospital(**row, actor=None, at=at, note=SOURCE)
        if closed:
            services.close_hospital(
                hospital=hospital, last_day=date.fromisoformat(closed), actor=None, at=at, note=SOURCE
            )
        for year in filter(None, years.split("|")):
            listed[int(year)].append(hospital.pk)
    for calendar_year, hospitals in listed.items():
        services.take_over_franchise(
            year=calendar_year, hospitals=hospitals, source=SOURCE, actor=None, at=at
        )


def _insure(member: Member, row: dict[str, str], at: datetime) -> None:
    first_day = date.fromisoformat(row["first_day"])
    last_day = date.fromisoformat(row["last_day"]) if row["last_day"] else None
    if row["kind"] == "insurance":
        services.add_insurance(
            member=member, tier=row["tier"], first_day=first_day, last_day=last_day, actor=None, at=at
        )
    else:
        add = services.add_option if row["kind"] == "option" else services.add_higher_reimbursement
        add(member=member, first_day=first_day, last_day=last_day, actor=None, at=at)


def _index(row: dict[str, str]) -> str:
    return blind_index(parse_niss(row["niss"]))
