"""The figures of the three benefits, dated, each with its article. The brochure names no first day."""

from decimal import Decimal

from partenamut.law import UNDATED, Article, Dated, Version

from . import articles


def _since_ever(name: str, value: Decimal | int, article: Article) -> Dated[Decimal]:
    return Dated(name, [Version(UNDATED, Decimal(value), article)])


#: Euros a day.
CONVALESCENCE_PER_DAY = _since_ever("convalescence per day", Decimal("35.00"), articles.AMOUNT_CONVALESCENCE)
SHORT_STAY_PER_DAY = _since_ever("short stay per day", Decimal("30.00"), articles.AMOUNT_SHORT_STAY)
CAREGIVER_PER_DAY = _since_ever("caregiver per day", Decimal("35.00"), articles.AMOUNT_CAREGIVER)

#: Days a calendar year.
CONVALESCENCE_DAYS_PER_YEAR = 28
SHORT_STAY_DAYS_PER_YEAR = 14

#: Days a stay, and with the exceptional extension.
CAREGIVER_DAYS_PER_STAY = 14
CAREGIVER_DAYS_EXTENDED = 28

SHORT_STAY_MAX_MONTHS = 3
