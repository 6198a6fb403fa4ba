"""What each insurance pays, figure by figure: value, measure, source, and whether it is to be confirmed. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from partenamut.law import Article

from . import articles

HUNDRED = Decimal(100)


class Tier(StrEnum):
    """The insurances; `none` is the compulsory insurance alone."""

    NONE = "none"
    HOSPITALIA = "hospitalia"
    MEDIUM = "hospitalia_medium"
    PLUS = "hospitalia_plus"
    CONTINUITY = "hospitalia_continuity"


class Name(StrEnum):
    """The figures of an insurance."""

    OWN_SHARE = "own_share"
    FEE_SUPPLEMENT = "fee_supplement"
    ROOM_SUPPLEMENT = "room_supplement"
    ROOM_SUPPLEMENT_DAY_HOSPITAL = "room_supplement_day_hospital"
    CEILING = "ceiling"
    FRANCHISE = "franchise"
    PHARMACY_OTHER = "pharmacy_other"
    PARAPHARMACY = "parapharmacy"
    PARENT_STAY_SHARED = "parent_stay_shared"
    PARENT_STAY_INDIVIDUAL = "parent_stay_individual"
    COMPRESSION_SHARED = "compression_shared"
    COMPRESSION_INDIVIDUAL = "compression_individual"
    SUNDRY_SHARED = "sundry_shared"
    SUNDRY_INDIVIDUAL = "sundry_individual"
    GUEST_HOUSE = "guest_house"
    DAYS_BEFORE = "days_before"
    DAYS_AFTER = "days_after"
    SERIOUS_ILLNESS = "serious_illness"


class Measure(StrEnum):
    """What the value of a figure counts."""

    PERCENT = "percent"
    PERCENT_OF_TARIFF = "percent_of_tariff"
    EUROS_A_DAY = "euros_a_day"
    EUROS_A_CASE = "euros_a_case"
    EUROS_A_YEAR = "euros_a_year"
    EUROS = "euros"
    DAYS = "days"
    #: Nothing is paid.
    NOTHING = "nothing"
    #: No limit.
    UNLIMITED = "unlimited"
    #: No source gives it: whoever needs it says so and does not guess.
    MISSING = "missing"


#: The measures that make sense for each figure; an administrator chooses among them.
MEASURES: dict[Name, tuple[Measure, ...]] = {
    Name.OWN_SHARE: (Measure.PERCENT,),
    Name.FEE_SUPPLEMENT: (Measure.PERCENT_OF_TARIFF,),
    Name.ROOM_SUPPLEMENT: (Measure.EUROS_A_DAY, Measure.PERCENT),
    Name.ROOM_SUPPLEMENT_DAY_HOSPITAL: (Measure.EUROS_A_DAY, Measure.PERCENT),
    Name.CEILING: (Measure.EUROS_A_YEAR, Measure.UNLIMITED),
    Name.FRANCHISE: (Measure.EUROS,),
    Name.PHARMACY_OTHER: (Measure.EUROS_A_CASE, Measure.PERCENT),
    Name.PARAPHARMACY: (Measure.EUROS_A_CASE, Measure.PERCENT),
    Name.PARENT_STAY_SHARED: (Measure.PERCENT, Measure.EUROS_A_DAY),
    Name.PARENT_STAY_INDIVIDUAL: (Measure.PERCENT, Measure.EUROS_A_DAY),
    Name.COMPRESSION_SHARED: (Measure.PERCENT,),
    Name.COMPRESSION_INDIVIDUAL: (Measure.PERCENT,),
    Name.SUNDRY_SHARED: (Measure.PERCENT, Measure.EUROS_A_DAY),
    Name.SUNDRY_INDIVIDUAL: (Measure.PERCENT, Measure.EUROS_A_DAY),
    Name.GUEST_HOUSE: (Measure.EUROS_A_DAY, Measure.PERCENT),
    Name.DAYS_BEFORE: (Measure.DAYS,),
    Name.DAYS_AFTER: (Measure.DAYS,),
    Name.SERIOUS_ILLNESS: (Measure.EUROS_A_YEAR,),
}
#: Measures that any figure may have: nothing is paid, or nobody knows.
WITHOUT_VALUE = (Measure.NOTHING, Measure.UNLIMITED, Measure.MISSING)


class Figure(Struct, frozen=True):
    """One figure of an insurance: a value in its measure, where it is written, and whether it is to be confirmed."""

    measure: Measure
    value: Decimal = Decimal(0)
    article: Article = articles.NO_SOURCE
    to_confirm: bool = False


class Reading(StrEnum):
    """How the percentage of a fee supplement is read."""

    #: The supplement itself, on top of the tariff, up to so many percent of the tariff (the guide's tables).
    ON_TOP = "on_top"
    #: The whole fee up to so many percent of the tariff, the tariff included (the guide's running text).
    WHOLE_FEE = "whole_fee"


#: House rule on "300 %".
READING_OF_PERCENT = Reading.ON_TOP


class Terms:
    """The figures of an insurance on a day; one that stands nowhere is missing."""

    def __init__(
        self, tier: Tier, figures: Mapping[Name, Figure], reading: Reading = READING_OF_PERCENT
    ) -> None:
        self.tier = tier
        self.figures = dict(figures)
        self.reading = reading
        #: What follows from these figures for every bill, kept by whoever looks it up first.
        self.plans: dict[object, Any] = {}

    @property
    def pays(self) -> bool:
        """Whether this insurance pays at all: none and a waiting one do not."""
        return self.tier not in (Tier.NONE, Tier.CONTINUITY)

    def figure(self, name: Name) -> Figure:
        """A figure; one that is missing says so itself."""
        return self.figures.get(name, MISSING)

    def fee_share(self) -> Decimal:
        """The part of the tariff up to which a fee supplement is paid, as the percentage is read."""
        share = self.figure(Name.FEE_SUPPLEMENT).value / HUNDRED
        return share if self.reading is Reading.ON_TOP else max(share - 1, Decimal(0))


MISSING = Figure(Measure.MISSING)


def _guide(
    measure: Measure, value: int = 0, article: Article = articles.PLUS, *, confirm: bool = False
) -> Figure:
    return Figure(measure, Decimal(value), article, confirm)


def _public(measure: Measure, value: int = 0) -> Figure:
    return Figure(measure, Decimal(value), articles.ON_PUBLIC_PAGES, True)


_HOSPITALIA = {
    Name.OWN_SHARE: _guide(Measure.PERCENT, 100, articles.HOSPITALIA),
    Name.FEE_SUPPLEMENT: _guide(Measure.PERCENT_OF_TARIFF, 100, articles.HOSPITALIA_FEES),
    Name.ROOM_SUPPLEMENT: _public(Measure.EUROS_A_DAY, 80),
    Name.ROOM_SUPPLEMENT_DAY_HOSPITAL: _public(Measure.EUROS_A_DAY, 80),
    Name.CEILING: _guide(Measure.EUROS_A_YEAR, 25_000, articles.YEAR_OF_ADMISSION),
    # The guide names the franchise here, its amount only under Hospitalia Plus.
    Name.FRANCHISE: _guide(Measure.EUROS, 150, articles.FRANCHISE_LIST, confirm=True),
    Name.PHARMACY_OTHER: _public(Measure.EUROS_A_CASE, 1_200),
    Name.PARAPHARMACY: _guide(Measure.NOTHING, 0, articles.HOSPITALIA),
    # The headings of these three lines were lost in the guide.
    Name.PARENT_STAY_SHARED: _guide(Measure.PERCENT, 100, articles.LABEL_LOST, confirm=True),
    Name.PARENT_STAY_INDIVIDUAL: _guide(Measure.EUROS_A_DAY, 25, articles.LABEL_LOST, confirm=True),
    Name.COMPRESSION_SHARED: _guide(Measure.PERCENT, 100, articles.LABEL_LOST, confirm=True),
    Name.COMPRESSION_INDIVIDUAL: _guide(Measure.PERCENT, 50, articles.LABEL_LOST, confirm=True),
    Name.SUNDRY_SHARED: _guide(Measure.PERCENT, 100, articles.LABEL_LOST, confirm=True),
    Name.SUNDRY_INDIVIDUAL: _guide(Measure.EUROS_A_DAY, 6, articles.LABEL_LOST, confirm=True),
    Name.DAYS_BEFORE: _public(Measure.DAYS, 30),
    Name.DAYS_AFTER: _public(Measure.DAYS, 90),
    Name.SERIOUS_ILLNESS: _guide(Measure.EUROS_A_YEAR, 7_000, articles.SERIOUS_ILLNESS),
}
_MEDIUM = {
    Name.OWN_SHARE: _public(Measure.PERCENT, 100),
    Name.FEE_SUPPLEMENT: _public(Measure.PERCENT_OF_TARIFF, 200),
    Name.ROOM_SUPPLEMENT: _public(Measure.EUROS_A_DAY, 125),
    Name.ROOM_SUPPLEMENT_DAY_HOSPITAL: _public(Measure.EUROS_A_DAY, 80),
    Name.CEILING: _public(Measure.UNLIMITED),
    Name.FRANCHISE: _guide(Measure.EUROS, 150, articles.FRANCHISE_LIST, confirm=True),
    Name.DAYS_BEFORE: _public(Measure.DAYS, 60),
    Name.DAYS_AFTER: _public(Measure.DAYS, 180),
    Name.SERIOUS_ILLNESS: _guide(Measure.NOTHING, 0, articles.SERIOUS_ILLNESS),
}
_PLUS = {
    Name.OWN_SHARE: _guide(Measure.PERCENT, 100),
    Name.FEE_SUPPLEMENT: _guide(Measure.PERCENT_OF_TARIFF, 300, articles.PLUS_FEES),
    Name.ROOM_SUPPLEMENT: _guide(Measure.EUROS_A_DAY, 125),
    Name.ROOM_SUPPLEMENT_DAY_HOSPITAL: _public(Measure.EUROS_A_DAY, 80),
    Name.CEILING: _guide(Measure.UNLIMITED),
    Name.FRANCHISE: _guide(Measure.EUROS, 150, articles.FRANCHISE_LIST),
    Name.PHARMACY_OTHER: _public(Measure.EUROS_A_CASE, 1_200),
    Name.PARAPHARMACY: _public(Measure.EUROS_A_CASE, 250),
    Name.PARENT_STAY_SHARED: _guide(Measure.PERCENT, 100, articles.SUNDRY_COSTS),
    Name.PARENT_STAY_INDIVIDUAL: _guide(Measure.PERCENT, 100, articles.SUNDRY_COSTS),
    Name.COMPRESSION_SHARED: _guide(Measure.PERCENT, 100, articles.SUNDRY_COSTS),
    Name.COMPRESSION_INDIVIDUAL: _guide(Measure.PERCENT, 100, articles.SUNDRY_COSTS),
    Name.GUEST_HOUSE: _guide(Measure.EUROS_A_DAY, 7, articles.SUNDRY_COSTS),
    Name.DAYS_BEFORE: _public(Measure.DAYS, 60),
    Name.DAYS_AFTER: _public(Measure.DAYS, 180),
    Name.SERIOUS_ILLNESS: _guide(Measure.EUROS_A_YEAR, 7_000, articles.SERIOUS_ILLNESS),
}

#: The figures as the sources give them; what an administrator enters later stands beside them, dated.
PUBLISHED: dict[Tier, Terms] = {
    Tier.NONE: Terms(Tier.NONE, {}),
    Tier.HOSPITALIA: Terms(Tier.HOSPITALIA, _HOSPITALIA),
    Tier.MEDIUM: Terms(Tier.MEDIUM, _MEDIUM),
    Tier.PLUS: Terms(Tier.PLUS, _PLUS),
    Tier.CONTINUITY: Terms(Tier.CONTINUITY, {}),
}
#: The sources bear no first day.
PUBLISHED_SINCE = date.min
