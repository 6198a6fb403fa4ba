"""The sheet of Protocol 3 told a second time: line objects in, answers out, day by day and slowly."""

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

Line = dict[str, Any]

TABLE = Path(__file__).parents[3] / "fixtures" / "reference" / "protocol3_pseudocodes.csv"
CODES: dict[str, dict[str, str]] = {
    row["pseudocode"]: row for row in csv.DictReader(TABLE.read_text().splitlines())
}
BASE = ("case_management", "occupational_therapy", "psychological_support")
SESSIONS = ("session", "session_in_hospital")
ONE = timedelta(days=1)
NOTHING = Decimal("0.00")


def day(text: str) -> date:
    """A day as the contract writes it."""
    return date.fromisoformat(text)


def in_stays(stays: list[Line], today: date) -> bool:
    """Whether a day is one of the days of stays; the departure is not."""
    return any(day(stay["arrival"]) <= today < day(stay["departure"]) for stay in stays)


def in_periods(periods: list[Line], today: date) -> bool:
    """Whether a day lies in a period; both ends count."""
    return any(
        day(period["from"]) <= today and (period["to"] is None or today <= day(period["to"]))
        for period in periods
    )


def last_of_three_years(first: date) -> date:
    """The day before the third anniversary."""
    try:
        return first.replace(year=first.year + 3) - ONE
    except ValueError:  # the 29th of February: its anniversary is the last day of the month
        return date(first.year + 3, 2, 28) - ONE


def rate(line: Line, key: str, today: date) -> Decimal | None:
    """Euros a unit on a day."""
    for row in line["rates"].get(key, []):
        if in_periods([row], today):
            return Decimal(row["amount"])
    return None


class Told:
    """What has been billable so far, and what a next service would be."""

    def __init__(self, line: Line) -> None:
        self.line = line
        prior = line.get("prior_units") or {}
        self.first = day(line["period_start"]) if line["period_start"] else None
        self.module = line["initial_module_billed"]
        self.left = Decimal(line["allowance_left"])
        self.series2 = False
        self.used = Counter({1: prior.get("units", 0)})
        self.groups = Counter({1: prior.get("group_units", 0)})
        self.by: Counter[tuple[Any, ...]] = Counter()
        self.alternatives = Counter(
            {name: prior.get(name, 0) for name in ("caregiver_group", "care_education")}
        )
        self.closing = 0
        self.on_day: Counter[tuple[Any, ...]] = Counter()
        self.in_hospital: Counter[str] = Counter()
        self.outside: set[str] = set()

    @property
    def closed_on(self) -> date | None:
        """The day of death or entry in the rest home, whichever comes first."""
        ends = [day(self.line[name]) for name in ("death", "rest_home_entry") if self.line[name]]
        return min(ends, default=None)

    def series_for(self, units: int, today: date) -> int | None:
        """The series in which units count; None if they fit in none."""
        granted = self.line["series2"]
        if not self.series2 and self.used[1] + units <= 122:
            return 1
        if granted and today >= day(granted["from"]) and self.used[2] + units <= 61:
            return 2
        return None

    def period(self, kind: dict[str, str], today: date) -> bool:
        """Whether the day is one on which this kind may be billed."""
        closed = self.closed_on
        if kind["modality"] == "closing":
            return (
                closed is not None
                and self.first is not None
                and self.first <= closed < today <= closed + 30 * ONE
            )
        if closed is not None and today > closed:
            return False
        if kind["family"] == "night_visit":
            return True
        first = self.first or today
        return first <= today <= last_of_three_years(first)

    def units_a_day(self, kind: dict[str, str], units: int, today: date) -> bool:
        """Whether the units of the service, and of the day, are allowed."""
        family, modality = kind["family"], kind["modality"]
        if modality in ("support", "closing"):
            return units >= 1
        if modality == "module":
            return units == 1
        least, most = {"night_visit": (1, 3), "caregiver_group": (4, 4)}.get(
            family, (1, 1) if modality == "group" else (2, 4)
        )
        together = self.on_day[today, family, modality == "group"] + units
        return least <= units <= most and together <= most

    def place(self, kind: dict[str, str], service: Line) -> set[str]:
        """What is wrong with the place."""
        family, modality, place = kind["family"], kind["modality"], service.get("place")
        if modality in ("module", "support", "closing"):
            return set()
        if modality == "session" and place == "remote" and family in BASE:
            fine = family in ("case_management", "psychological_support") and service.get("consent")
            return set() if fine else {"p3.remote"}
        right = {"session": "home", "session_in_hospital": "hospital", "group": "collective"}[modality]
        return set() if place == right else {"p3.place"}

    def participants(self, kind: dict[str, str], service: Line) -> bool:
        """Whether there are as many in the group as there must be."""
        if kind["modality"] != "group":
            return True
        least, most = (5, 10) if kind["family"] == "caregiver_group" else (4, 8)
        return least <= (service.get("participants") or 0) <= most

    def hospital(self, kind: dict[str, str], today: date) -> bool:
        """Whether a session in hospital is one of the few that are allowed."""
        family = kind["family"]
        if kind["modality"] != "session_in_hospital":
            return True
        if not in_stays(self.line["hospital_stays"], today):
            return False
        if family == "case_management":
            return bool(self.line["hospital_referent"]) and self.in_hospital[family] < 2
        return bool(self.outside) and self.in_hospital[family] < 1

    def cumulated(self, kind: dict[str, str], today: date) -> bool:
        """Whether something else pays, or the person stays where nothing is billable."""
        line = self.line
        return (
            today.isoformat() in line["financed_otherwise"]
            or in_stays(line["psychiatric_stays"], today)
            or (
                in_stays(line["rest_home_stays"], today)
                and not in_stays(line["short_stays"], today)
                and kind["modality"] != "closing"
            )
            or (in_stays(line["hospital_stays"], today) and kind["modality"] != "session_in_hospital")
            or (
                kind["family"] == "psychological_support" and in_periods(line["first_line_psychology"], today)
            )
        )

    def out_of_reach(self, family: str, series: int, units: int) -> bool:
        """Whether the share of sessions can no longer be reached after this support."""
        left = (122, 61)[series - 1] - self.used[series] - units
        sessions = self.by[series, family, "session"]
        if family == "case_management":
            return sessions + left < 4
        groups, support = self.by[series, family, "group"], self.by[series, family, "support"] + units
        whole = sessions + groups + support + left
        return whole > 0 and Fraction(sessions + groups + left, whole) < Fraction(3, 5)

    def counted(self, kind: dict[str, str], units: int, today: date) -> set[str]:
        """The maximums that the units would pass."""
        family, modality = kind["family"], kind["modality"]
        if modality == "closing":
            return {"p3.closing_limit"} if self.closing + units > 10 else set()
        if family not in BASE:
            limit = {"caregiver_group": 80, "care_education": 32}.get(family)
            over = limit is not None and self.alternatives[family] + units > limit
            return {"p3.alternative_limit"} if over else set()
        series = self.series_for(units, today)
        codes = set() if series else {"p3.series_limit"}
        if modality == "group" and series and self.groups[series] + units > (50, 25)[series - 1]:
            codes.add("p3.group_limit")
        if modality == "support" and series and self.out_of_reach(family, series, units):
            codes.add("p3.sessions_share")
        return codes

    def codes(self, service: Line) -> set[str]:
        """Every rule that stops a service."""
        kind = CODES.get(service["pseudocode"])
        if kind is None or kind["family"] == "operating_allowance":
            return {"p3.pseudocode"}
        today, units = day(service["date"]), service["units"]
        minutes = service.get("documented_minutes") or 0
        checks = {
            "p3.family": kind["family"] in self.line["families"],
            "p3.initial_once": kind["modality"] != "module" or not self.module,
            "p3.units_per_day": self.units_a_day(kind, units, today),
            "p3.participants": self.participants(kind, service),
            "p3.hospital_limit": self.hospital(kind, today),
            "p3.cumulation": not self.cumulated(kind, today),
            "p3.period": self.period(kind, today),
            "p3.support_log": kind["modality"] != "support" or minutes >= 30 * units,
            "p3.rate_missing": rate(self.line, kind["rate_key"], today) is not None,
        }
        failed = {code for code, met in checks.items() if not met}
        return failed | self.place(kind, service) | self.counted(kind, units, today)

    def allowance(self, units: int, today: date) -> Decimal:
        """The operating allowance that still fits, a unit at a time."""
        amount = rate(self.line, "operating_allowance", today)
        billed = NOTHING
        for _ in range(units if amount else 0):
            if amount and amount <= self.left:
                billed, self.left = billed + amount, self.left - amount
        return billed

    def take(self, service: Line) -> Line:
        """The answer for a service, counted if it is billable."""
        failed = self.codes(service)
        if failed:
            return {
                "billable": False,
                "codes": sorted(failed),
                "amount": NOTHING,
                "series": None,
                "allowance": NOTHING,
            }
        kind, today, units = CODES[service["pseudocode"]], day(service["date"]), service["units"]
        family, modality = kind["family"], kind["modality"]
        self.first = self.first or today
        self.on_day[today, family, modality == "group"] += units if modality != "support" else 0
        self.module = self.module or modality == "module"
        if modality == "session_in_hospital":
            self.in_hospital[family] += 1
        elif family in BASE and modality in ("session", "group"):
            self.outside.add(family)
        amount = rate(self.line, kind["rate_key"], today)
        assert amount is not None
        return {
            "billable": True,
            "codes": [],
            "amount": amount * units,
            "series": self.count(family, modality, units, today),
            "allowance": self.allowance(units, today) if family in BASE else NOTHING,
        }

    def count(self, family: str, modality: str, units: int, today: date) -> int | str | None:
        """The series in which the units were counted."""
        if modality == "module":
            return None
        if modality == "closing":
            self.closing += units
            return "closing"
        if family not in BASE:
            self.alternatives[family] += units
            return "alternative"
        series = self.series_for(units, today)
        assert series is not None
        self.series2 = self.series2 or series == 2
        self.used[series] += units
        self.groups[series] += units if modality == "group" else 0
        self.by[series, family, "session" if modality in SESSIONS else modality] += units
        return series

    def warnings(self) -> list[str]:
        """A family that stands below its share at the end."""
        for series in (1, 2):
            for family in BASE:
                sessions, groups, support = (
                    self.by[series, family, name] for name in ("session", "group", "support")
                )
                whole = sessions + groups + support
                below = sessions < 4 if family == "case_management" else 5 * (sessions + groups) < 3 * whole
                if whole and below:
                    return ["p3.sessions_share"]
        return []


def billed(line: Line) -> Line:
    """The answer of `protocol3_billing`, without its sentences."""
    told = Told(line)
    answers: dict[int, Line] = {}
    for place, service in sorted(enumerate(line["services"]), key=lambda pair: (pair[1]["date"], pair[0])):
        answers[place] = told.take(service)
    services = [answers[place] for place in range(len(line["services"]))]
    totals: dict[str, dict[str, Decimal]] = {}
    for service, answer in zip(line["services"], services, strict=True):
        if answer["billable"]:
            month = totals.setdefault(
                service["date"][:7], {"services": NOTHING, "allowance": NOTHING, "total": NOTHING}
            )
            month["services"] += answer["amount"]
            month["allowance"] += answer["allowance"]
            month["total"] += answer["amount"] + answer["allowance"]
    return {"services": services, "totals": totals, "warnings": told.warnings()}


def reached(scores: Line, name: str, least: float) -> bool:
    """Whether a score was assessed and is high enough."""
    return scores.get(name) is not None and scores[name] >= least


def eligible(line: Line) -> list[str]:
    """The families of `protocol3_eligibility`."""
    born, start, scores = day(line["birth_date"]), day(line["period_start"]), line["scores"]
    age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
    share = Fraction(line["project_under_60"] + 1, line["project_beneficiaries"] + 1)
    if age < 60 and not (line["derogation"] and share <= Fraction(15, 100)):
        return []
    dependent = reached(scores, "aivq", 3)
    found = set()
    if (
        dependent
        and line["inefficient_care"]
        and (line["neurodegenerative"] or reached(scores, "avq", 3) or reached(scores, "cps", 3))
    ):
        found.add("case_management")
    if (
        dependent
        or reached(scores, "cps2", 2)
        or reached(scores, "avq", 3)
        or line["fall_last_30_days"]
        or line["home_adaptation"]
        or line["dementia_diagnosis"]
    ):
        found.add("occupational_therapy")
    troubled = (
        dependent
        or reached(scores, "psychic", 1.5)
        or any(item >= 1 for item in scores.get("behaviour") or [])
    )
    if troubled and (line["asks_psychology"] or line["refuses_care"]):
        found.add("psychological_support")
    if dependent:
        specialist = line["dementia_assessment_code"] in ("102933", "102992")
        offered = {"night_visit", "care_education"} | ({"caregiver_group"} if found and specialist else set())
        found |= offered & set(line["project_alternatives"])
    if found & set(BASE):
        found.add("initial_module")
    return sorted(found)
