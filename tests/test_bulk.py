"""Rows written by COPY: as the models would write them, refused as the models would refuse them."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partenamut.audit.models import Entry
from partenamut.bulk import copy, copy_text
from partenamut.casework.models import NumberSeries
from protocol3.models import Rate

pytestmark = pytest.mark.django_db

SERIES = ("series", "year", "last")
RATE = ("public_id", "rate_key", "amount", "source", "first_day", "last_day")


def rate(amount):
    """A row of an amount that is in force for good."""
    return (uuid.uuid4(), "night_visit", amount, "art. 21", date(2023, 1, 1), None)


def test_rows_come_back_as_they_were_written():
    copy(Rate, RATE, [rate(Decimal("12.50"))])
    row = Rate.objects.get()
    assert (row.amount, row.first_day, row.last_day) == (Decimal("12.50"), date(2023, 1, 1), None)


def test_values_of_machines_and_moments_keep_their_kind():
    at, subject = datetime(2023, 5, 2, 8, tzinfo=UTC), uuid.uuid4()
    names = ("at", "action", "subject_type", "subject_id", "changes", "note")
    copy(Entry, names, [(at, "tried", "audit.entry", subject, {"a": [None, "\t\\N"]}, "tab\tand \\.")])
    entry = Entry.objects.get()
    assert (entry.at, entry.subject_id, entry.note) == (at, subject, "tab\tand \\.")
    assert entry.changes == {"a": [None, "\t\\N"]}


def test_a_float_is_no_amount_here_either():
    with pytest.raises(ValidationError), transaction.atomic():
        copy(Rate, RATE, [rate(12.5)])
    assert not Rate.objects.exists()


@pytest.mark.parametrize(
    "write",
    [
        lambda: copy(NumberSeries, SERIES, [("C", 2023, 1), ("C", 2023, 2)]),
        lambda: copy_text(NumberSeries, SERIES, ["C\t2023\t1\n", "C\t2023\t2\n"]),
    ],
)
def test_what_the_database_refuses_is_an_error_of_django(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
    assert not NumberSeries.objects.exists()


def test_a_row_with_a_value_too_few_is_refused():
    with pytest.raises(ValueError, match="shorter"), transaction.atomic():
        copy(NumberSeries, SERIES, [("C", 2023)])
    assert not NumberSeries.objects.exists()
