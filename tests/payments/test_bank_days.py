"""The calendar of the banks."""

from datetime import date

import pytest

from partenamut.payments.bank_days import is_bank_day, next_bank_day


@pytest.mark.parametrize(
    "closed",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 12, 25),
        date(2028, 12, 26),
        date(2026, 3, 7),
        date(2026, 3, 8),
    ],
    ids=str,
)
def test_banks_are_closed(closed):
    assert not is_bank_day(closed)


@pytest.mark.parametrize("opened", [date(2026, 7, 21), date(2026, 5, 14), date(2026, 3, 4)], ids=str)
def test_belgian_holidays_do_not_close_the_euro_system(opened):
    assert is_bank_day(opened)


def test_the_next_bank_day_skips_easter():
    assert next_bank_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert next_bank_day(date(2026, 4, 7)) == date(2026, 4, 7)
