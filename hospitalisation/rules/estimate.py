"""A stay before admission: with every insurance, what it costs at the least, likely and at the most. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from partenamut.law import Article
from partenamut.money import CENT, ZERO, check_euros, to_cents

from . import articles, parameters
from .cover import Cover, cover
from .deposit import legal_maximum
from .parameters import Category, DayShare, ShareCategory
from .requests import BillLine, HospitalCover, HospitalDeposit, Room, WrongFact
from .terms import HUNDRED, Name, Terms, Tier

#: The most nights that an estimate is made for.
MOST_NIGHTS = 999


class Level(StrEnum):
    """The three scenarios."""

    LOW = "low"
    LIKELY = "likely"
    HIGH = "high"


class StayPlan(Struct, frozen=True):
    """What is known of a stay that is to come; None for what is not known."""

    day: date
    room: Room
    nights: Annotated[int, Meta(ge=0, le=MOST_NIGHTS)]
    day_hospital: bool
    category: ShareCategory
    doctor_agreed: bool | None = None
    room_supplement_a_day: Decimal | None = None
    fees_at_tariff: Decimal | None = None
    fee_supplement_percent: Decimal | None = None
    #: Euros of sundry costs for the whole stay.
    sundry: Decimal | None = None
    #: Euros of medicines that are not reimbursable, for the whole stay.
    medicines: Decimal | None = None
    parent_nights: int = 0
    hospital_has_franchise: bool | None = None
    used_of_year: Decimal = ZERO

    def __post_init__(self) -> None:
        if self.day_hospital and self.nights:
            raise WrongFact("night_in_day_hospital", "nights")
        if not self.day_hospital and not 1 <= self.nights <= MOST_NIGHTS:
            raise WrongFact("nights_missing", "nights")
        if not 0 <= self.parent_nights <= self.days:
            raise WrongFact("more_nights_than_the_stay", "parent_nights")
        for name in ("room_supplement_a_day", "fees_at_tariff", "sundry", "medicines", "used_of_year"):
            amount: Decimal | None = getattr(self, name)
            if amount is not None:
                check_euros(amount, name)
        if self.fee_supplement_percent is not None and not 0 <= self.fee_supplement_percent <= 10_000:
            raise WrongFact("out_of_reach", "fee_supplement_percent")

    @property
    def days(self) -> int:
        """Days that are counted: the nights, or the one day of a day hospital."""
        return self.nights or 1

    @property
    def individual(self) -> bool:
        """Whether supplements are possible at all."""
        return self.room == "individual"


class Assumption(Struct, frozen=True):
    """What was put in the place of something that is not known, by scenario: a figure, or an answer."""

    name: str
    low: Decimal | bool
    likely: Decimal | bool
    high: Decimal | bool
    article: Article = articles.ASSUMED


class Option(Struct, frozen=True):
    """What an insurance makes of the stay in each scenario."""

    tier: Tier
    low: Cover
    likely: Cover
    high: Cover
    #: Figures that no source gives: what they bring is not counted.
    missing: tuple[Name, ...]
    #: Figures that count and are to be confirmed.
    to_confirm: tuple[Name, ...]

    def at(self, level: Level) -> Cover:
        """The bill of a scenario."""
        found: Cover = getattr(self, level.value)
        return found


class Deposits(Struct, frozen=True):
    """The most that a hospital may ask in advance for seven days, by scenario, and how often."""

    low: Decimal
    likely: Decimal
    high: Decimal
    times: int


class StayEstimate(Struct, frozen=True):
    """A stay with every insurance side by side; the lines are the same for all, by scenario."""

    plan: StayPlan
    lines: Mapping[Level, tuple[BillLine, ...]]
    options: tuple[Option, ...]
    deposits: Deposits
    assumed: tuple[Assumption, ...]
    #: What is not counted at all since nobody knows it.
    unknown: tuple[str, ...]


def estimate(
    plan: StayPlan, shares: Mapping[ShareCategory, DayShare], terms: Mapping[Tier, Terms]
) -> StayEstimate:
    """The stay with every insurance; the patient's shares and the figures are those of the day of the plan."""
    case = _Case(plan, shares)
    lines = {level: case.lines(level) for level in Level}
    options = tuple(_option(case, lines, tier, terms[tier]) for tier in Tier)
    deposits = _deposits(case)
    return StayEstimate(plan, lines, options, deposits, tuple(case.assumed.values()), tuple(case.unknown))


# --- inside


class _Case:
    """A plan with what is assumed where it says nothing; whatever is asked of it is noted."""

    def __init__(self, plan: StayPlan, shares: Mapping[ShareCategory, DayShare]) -> None:
        self.plan = plan
        self.share = shares.get(plan.category)
        self.assumed: dict[str, Assumption] = {}
        self.unknown: list[str] = []
        if plan.day_hospital:
            self.unknown.append("share_of_day_hospital")
        elif self.share is None:
            self.unknown.append("share_a_day")

    def lines(self, level: Level) -> tuple[BillLine, ...]:
        """The bill of a scenario; nothing that costs nothing stands on it."""
        plan = self.plan
        fees = self.figure(
            "fees_at_tariff_by_day" if plan.day_hospital else "fees_at_tariff", level, plan.fees_at_tariff
        )
        own = to_cents(fees * self.figure("fee_own_share_percent", level) / HUNDRED)
        stay = to_cents(self.share.over(plan.nights)) if self.share else ZERO
        lines = [
            BillLine(kind="stay", billed=stay),
            BillLine(kind="fee", billed=fees, inami_tariff=fees, mandatory=fees - own),
            self.room_supplement(level),
            self.fee_supplement(level, fees),
            BillLine(kind="pharmacy_other", billed=to_cents(self.figure("medicines", level, plan.medicines))),
            self.sundry(level),
            self.parent(level),
        ]
        return tuple(line for line in lines if line is not None and line.billed)

    def room_supplement(self, level: Level) -> BillLine | None:
        """Only an individual room may cost one; one that is asked all the same is shown as nobody's to pay."""
        a_day = self.a_day(level)
        if not a_day:
            return None
        days = self.plan.days
        return BillLine(kind="room_supplement", billed=to_cents(a_day * days), quantity=days)

    def a_day(self, level: Level) -> Decimal:
        """The room supplement a day."""
        known = self.plan.room_supplement_a_day
        if self.plan.individual:
            return self.figure("room_supplement_a_day", level, known)
        return known or ZERO

    def fee_supplement(self, level: Level, fees: Decimal) -> BillLine | None:
        """A doctor who has agreed, or a shared room, allows none; one that is asked is shown as nobody's to pay."""
        known = self.plan.fee_supplement_percent
        agreed = self.agreed(level)
        if agreed or not self.plan.individual:
            percent = known or Decimal(0)
        else:
            percent = self.figure("fee_supplement_percent", level, known)
        billed = to_cents(fees * percent / HUNDRED)
        return BillLine(kind="fee_supplement", billed=billed, inami_tariff=fees, doctor_agreed=agreed)

    def agreed(self, level: Level) -> bool:
        """Whether the doctor has agreed; a supplement that one expects means no, where nothing else is said."""
        plan = self.plan
        if plan.doctor_agreed is not None:
            return plan.doctor_agreed
        if not plan.individual:
            return False
        return self.answer(
            "doctor_agreed", level, low=not plan.fee_supplement_percent, likely=False, high=False
        )

    def sundry(self, level: Level) -> BillLine | None:
        """Sundry costs; in a shared room it matters whether they are comfort."""
        plan = self.plan
        billed = plan.sundry
        if billed is None:
            billed = to_cents(self.figure("sundry_a_day", level) * plan.days)
        if not billed:
            return None
        comfort = not plan.individual and self.answer("comfort", level, low=False, likely=True, high=True)
        return BillLine(kind="sundry", billed=billed, quantity=plan.days, comfort=comfort)

    def parent(self, level: Level) -> BillLine | None:
        """The nights of a parent."""
        nights = self.plan.parent_nights
        if not nights:
            return None
        billed = to_cents(self.figure("parent_a_night", level) * nights)
        return BillLine(kind="parent_stay", billed=billed, quantity=nights)

    def franchise(self, level: Level) -> bool:
        """Whether the hospital is on the list: most are, says the guide."""
        known = self.plan.hospital_has_franchise
        if known is not None:
            return known
        if not self.plan.individual or not self.plan.nights:
            return False
        return self.answer("franchise", level, low=False, likely=True, high=True)

    def figure(self, name: str, level: Level, known: Decimal | None = None) -> Decimal:
        """What is known in all three, else what is assumed for the scenario."""
        if known is not None:
            return known
        assumed = parameters.ASSUMED[name]
        self.assumed[name] = Assumption(name, assumed.low, assumed.likely, assumed.high, assumed.article)
        found: Decimal = getattr(assumed, level.value)
        return found.quantize(CENT)

    def answer(self, name: str, level: Level, *, low: bool, likely: bool, high: bool) -> bool:
        """An answer that is assumed for the scenario."""
        self.assumed[name] = Assumption(name, low, likely, high)
        return {Level.LOW: low, Level.LIKELY: likely, Level.HIGH: high}[level]


def _option(case: _Case, lines: Mapping[Level, tuple[BillLine, ...]], tier: Tier, terms: Terms) -> Option:
    covers = {level: cover(_facts(case, tier, level, lines[level]), terms) for level in Level}
    missing, to_confirm = dict[Name, None](), dict[Name, None]()
    for found in covers.values():
        for reason in found.reasons:
            figures = dict(reason.figures)
            if reason.code == "cover.figure_missing":
                missing[Name(str(figures["name"]))] = None
            elif figures.get("to_confirm"):
                to_confirm[Name(reason.code.removeprefix("cover."))] = None
    return Option(
        tier, covers[Level.LOW], covers[Level.LIKELY], covers[Level.HIGH], tuple(missing), tuple(to_confirm)
    )


def _facts(case: _Case, tier: Tier, level: Level, lines: tuple[BillLine, ...]) -> HospitalCover:
    plan = case.plan
    return HospitalCover(
        id="estimate",
        tier=tier,
        admission=plan.day,
        discharge=plan.day + timedelta(days=plan.nights),
        day_hospital=plan.day_hospital,
        room=plan.room,
        hospital_has_franchise=case.franchise(level),
        intervention_used_this_year=plan.used_of_year,
        lines=lines,
    )


_DEPOSIT_OF: dict[ShareCategory, Category] = {
    "bim": "bim",
    "child": "child",
    "ordinary_with_dependants": "ordinary",
    "ordinary": "ordinary",
}


def _deposits(case: _Case) -> Deposits:
    low, likely, high = (_deposit(case.plan, case.a_day(level)) for level in Level)
    times = -(-case.plan.days // parameters.DEPOSIT_DAYS) if high else 0
    return Deposits(low, likely, high, times)


def _deposit(plan: StayPlan, a_day: Decimal) -> Decimal:
    return legal_maximum(
        HospitalDeposit(
            id="estimate",
            tier=Tier.NONE,
            room=plan.room,
            day_hospital=plan.day_hospital,
            category=_DEPOSIT_OF[plan.category],
            room_supplement_per_day=a_day,
            paid=ZERO,
            paid_on=plan.day,
            admission=None,
            belgian_hospital=True,
            receipt=False,
            claim_form=False,
        )
    )
