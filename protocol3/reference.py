"""Loads the amounts of the convention's services; twice changes nothing."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from protocol3.models import Rate
from protocol3.services.rates import add_rates

FILE = Path(settings.BASE_DIR) / "fixtures" / "reference" / "protocol3_rates.csv"


@transaction.atomic
def load(*, at: datetime) -> dict[str, int]:
    """How many amounts were added; a service that has one on these days, also changed by hand since, keeps it."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {"protocol3 rates": sum(_rate(row, at) for row in csv.DictReader(file))}


def _rate(row: dict[str, str], at: datetime) -> bool:
    first = date.fromisoformat(row["valid_from"])
    last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    until = Q(first_day__lte=last) if last else Q()
    known = Rate.objects.filter(until, Q(last_day=None) | Q(last_day__gte=first), rate_key=row["rate_key"])
    if known.exists():
        return False
    add_rates(
        amounts={row["rate_key"]: Decimal(row["amount_eur"])},
        first_day=first,
        last_day=last,
        source=row["source"],
        actor=None,
        at=at,
    )
    return True
