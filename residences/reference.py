"""Loads the legal rates of interest and the rebate for insured days; twice changes nothing."""

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from residences.models import InsurerDayRebate, LegalInterest
from residences.services.legal_figures import add_rate, add_rebate

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "reference"
RATES = FOLDER / "legal_interest.csv"
HOME = FOLDER / "residence_univers.json"
#: The convention says who publishes the rate, and names the rebate with its index.
RATE_SOURCE = "SPF Finances, Moniteur belge (liste sans date)"
REBATE_SOURCE = "Convention art. 4 §7"


@transaction.atomic
def load(*, at: datetime) -> dict[str, int]:
    """How many figures were added; a year or a first day that has one, also changed by hand since, keeps it."""
    with RATES.open(encoding="utf-8", newline="") as file:
        rates = sum(_rate(row, at) for row in csv.DictReader(file))
    rebate = json.loads(HOME.read_text(encoding="utf-8"))["insurer_day_rebate"]
    return {"legal rates of interest": rates, "rebates for insured days": int(_rebate(rebate, at))}


def _rate(row: dict[str, str], at: datetime) -> bool:
    year = int(row["year"])
    if LegalInterest.objects.filter(year=year).exists():
        return False
    add_rate(year=year, percent=Decimal(row["percent"]), source=RATE_SOURCE, actor=None, at=at)
    return True


def _rebate(row: dict[str, Any], at: datetime) -> bool:
    first_day = date.fromisoformat(row["valid_from"])
    if InsurerDayRebate.objects.filter(first_day=first_day).exists():
        return False
    values = {
        "first_day": first_day,
        "amount": Decimal(row["amount_per_day_eur"]),
        "pivot_index": Decimal(row["pivot_index"]),
        "index_base": row["index_base"],
        "source": REBATE_SOURCE,
    }
    add_rebate(values=values, actor=None, at=at)
    return True
