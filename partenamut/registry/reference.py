"""Loads the public lists: insurers, mutualities, residences with their labels, criteria. Twice changes nothing."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from partenamut.registry import services
from partenamut.registry.models import (
    Insurer,
    LabelCriterion,
    LabelGrant,
    Mutuality,
    Residence,
)
from partenamut.registry.offers import references
from partenamut.registry.services.rows import begin

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "reference"
#: The lists bear no date: what they state is taken as in force since this day, and the rows say so.
UNDATED = date(2020, 1, 1)
LIST = "Brochure convalescence (sans date)"


@transaction.atomic
def load(*, at: datetime, folder: Path = FOLDER) -> dict[str, int]:
    """How many rows of each kind were added; what stands already, also changed by hand since, stays as it is."""
    return {name: sum(add(row, at) for row in _rows(folder / file)) for name, file, add in LISTS}


def load_all(*, at: datetime) -> dict[str, int]:
    """The same with the lists that the businesses offer."""
    added = load(at=at)
    for reference in references():
        added |= reference.load(at=at)
    return added


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _insurer(row: dict[str, str], at: datetime) -> bool:
    if Insurer.objects.filter(code=row["code"]).exists():
        return False
    services.create_insurer(
        code=row["code"],
        name_fr=row["name_fr"],
        name_nl=row["name_nl"],
        address=row["address"],
        source=row["source"] if row["address"] else "",
        actor=None,
        at=at,
    )
    return True


def _mutuality(row: dict[str, str], at: datetime) -> bool:
    if Mutuality.objects.filter(code=row["code"]).exists():
        return False
    services.add_mutuality(
        code=row["code"],
        name=row["name"],
        insurer=Insurer.objects.get(code=row["insurer"]),
        first_day=date.fromisoformat(row["valid_from"]) if row["valid_from"] else UNDATED,
        source=row["source"],
        actor=None,
        at=at,
    )
    return True


def _criterion(row: dict[str, str], at: datetime) -> bool:
    if LabelCriterion.objects.filter(label=row["label"], code=row["code"]).exists():
        return False
    services.add_criterion(
        label=row["label"],
        code=row["code"],
        text=row["text"],
        source=row["source"],
        first_day=UNDATED,
        actor=None,
        at=at,
    )
    return True


def _residence(row: dict[str, str], at: datetime) -> bool:
    if Residence.objects.filter(name=row["name"], postal_code=row["postal_code"]).exists():
        return False
    residence = services.create_residence(
        name=row["name"],
        street=row["street"],
        postal_code=row["postal_code"],
        city=row["city"],
        phone=row["phone"],
        structure_types=row["structure_type"].split("|"),
        actor=None,
        at=at,
        note=LIST,
    )
    services.open_partnership(
        residence=residence, first_day=UNDATED, first_day_known=False, source=LIST, actor=None, at=at
    )
    for label in filter(None, row["labels"].split("|")):
        _listed_label(residence, label, at)
    return True


def _listed_label(residence: Residence, label: str, at: datetime) -> None:
    # The list states the label without its evidence: no finding is made up for it.
    grant = LabelGrant(
        residence=residence, label=label, first_day=UNDATED, first_day_known=False, source=LIST
    )
    begin(grant, action="label_listed", owners=[residence], actor=None, at=at, about=["label", "source"])


LISTS: tuple[tuple[str, str, Callable[[dict[str, str], datetime], bool]], ...] = (
    ("insurers", "insurers.csv", _insurer),
    ("mutualities", "mutualities.csv", _mutuality),
    ("criteria", "label_criteria.csv", _criterion),
    ("residences", "residences.csv", _residence),
)
