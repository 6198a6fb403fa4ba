"""Loads the patient's shares a day; twice changes nothing."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction

from hospitalisation.models import DayShareRow

SHARES = Path(settings.BASE_DIR) / "fixtures" / "reference" / "hospital_day_share.csv"


@transaction.atomic
def load(*, at: datetime) -> dict[str, int]:
    """How many amounts were added; a category that has some from that day on, also changed by hand since, keeps them."""
    with SHARES.open(encoding="utf-8", newline="") as file:
        return {"patient's shares a day": sum(_share(row) for row in csv.DictReader(file))}


def _share(row: dict[str, str]) -> bool:
    _row, created = DayShareRow.objects.get_or_create(
        category=row["category"],
        valid_from=date.fromisoformat(row["valid_from"]),
        defaults={
            "first_day": Decimal(row["first_day"]),
            "following_days": Decimal(row["following_days"]),
            "from_day_91": Decimal(row["from_day_91"]),
            "source": row["source"],
        },
    )
    return created
