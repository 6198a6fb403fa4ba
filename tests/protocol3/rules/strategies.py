"""Lines at random, close to every edge: days around the ends of periods, units around the ends of series."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.protocol3.rules.oracle import BASE, CODES

Line = dict[str, Any]

RATES = {
    row["rate_key"]: row["amount_eur"]
    for row in csv.DictReader(
        (Path(__file__).parents[3] / "fixtures" / "reference" / "protocol3_rates.csv")
        .read_text()
        .splitlines()
    )
}
FAMILIES = sorted({row["family"] for row in CODES.values()} - {"operating_allowance"})
PLACES = {"session": "home", "session_in_hospital": "hospital", "group": "collective"}
LIKELY = [code for code, row in CODES.items() if row["family"] in (*BASE, "night_visit", "care_education")]


def sometimes(value: Any, otherwise: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, now and then something else."""
    return st.one_of(st.just(value), st.just(value), st.just(value), otherwise)


def around(day: date, before: int, after: int) -> st.SearchStrategy[date]:
    """A day near another."""
    return st.integers(-before, after).map(lambda count: day + timedelta(days=count))


@st.composite
def services(draw: st.DrawFn, days: st.SearchStrategy[date]) -> Line:
    """A service, mostly as it should be, with something wrong now and then."""
    code = draw(st.one_of(*[st.sampled_from(LIKELY)] * 5, st.sampled_from([*CODES, "794000", ""])))
    kind = CODES.get(code, {"family": "", "modality": "session"})
    group, caregivers = kind["modality"] == "group", kind["family"] == "caregiver_group"
    right = 4 if caregivers else 1 if group or kind["modality"] == "module" else 2
    units = st.integers(0, 70) if kind["modality"] == "support" else st.integers(0, 5)
    service = {
        "date": draw(days).isoformat(),
        "pseudocode": code,
        "units": draw(st.one_of(st.just(right), units)),
    }
    optional = {
        "participants": draw(sometimes(6, st.sampled_from([3, 4, 5, 8, 9, 10, 11, None]))) if group else None,
        "place": draw(
            sometimes(
                PLACES.get(kind["modality"]),
                st.sampled_from(["home", "remote", "hospital", "collective", None]),
            )
        ),
        "consent": draw(sometimes(True, st.sampled_from([False, None]))),
        "documented_minutes": draw(
            sometimes(30 * service["units"], st.integers(0, 30 * service["units"] + 5))
        ),
    }
    return {**service, **{name: value for name, value in optional.items() if value is not None}}


@st.composite
def stays(draw: st.DrawFn, days: st.SearchStrategy[date]) -> Line:
    """A stay of a night at least."""
    arrival = draw(days)
    departure = arrival + timedelta(days=draw(st.integers(1, 12)))
    return {"arrival": arrival.isoformat(), "departure": departure.isoformat()}


@st.composite
def rates(draw: st.DrawFn, last: date) -> Line:
    """The amounts of the convention up to a day, one or other left out now and then."""
    rows: Line = {
        key: [{"from": "2020-01-01", "to": last.isoformat(), "amount": amount}]
        for key, amount in RATES.items()
    }
    for key in draw(sometimes([], st.lists(st.sampled_from(sorted(RATES)), max_size=2))):
        rows.pop(key, None)
    if draw(st.booleans()) and "night_visit" in rows:
        rows["night_visit"].append(
            {"from": (last + timedelta(days=1)).isoformat(), "to": None, "amount": "20.00"}
        )
    return rows


@st.composite
def billings(draw: st.DrawFn) -> Line:
    """A beneficiary's line: a month or so of services around one of the edges of the law."""
    middle = draw(
        st.sampled_from([date(2023, 5, 20), date(2023, 12, 30), date(2024, 2, 27), date(2024, 12, 20)])
    )
    days = around(middle, draw(st.sampled_from([2, 15, 40])), draw(st.sampled_from([2, 15, 40])))
    third = st.sampled_from([date(2020, 2, 29), date(2021, 2, 28), date(2021, 3, 1), middle.replace(day=20)])
    stay = st.one_of(st.just([]), st.just([]), st.lists(stays(days), max_size=2))
    day = st.one_of(st.none(), st.none(), days.map(date.isoformat))
    starts = st.one_of(
        st.none(),
        st.none(),
        days.map(date.isoformat),
        days.map(lambda one: one.replace(year=one.year - 3, day=min(one.day, 28)).isoformat()),
        third.map(date.isoformat),
    )
    prior = st.fixed_dictionaries(
        {"units": st.one_of(st.integers(0, 125), st.integers(105, 122)), "group_units": st.integers(0, 51)},
        optional={"caregiver_group": st.integers(70, 80), "care_education": st.integers(20, 32)},
    )
    line: Line = {
        "id": "x",
        "families": draw(sometimes(FAMILIES, st.lists(st.sampled_from(FAMILIES), unique=True))),
        "period_start": draw(starts),
        "rest_home_entry": draw(day),
        "death": draw(day),
        "short_stays": draw(stay),
        "rest_home_stays": draw(stay),
        "psychiatric_stays": draw(sometimes([], stay)),
        "hospital_stays": draw(stay),
        "first_line_psychology": draw(
            sometimes([], days.map(lambda one: [{"from": one.isoformat(), "to": None}]))
        ),
        "financed_otherwise": draw(sometimes([], st.lists(days.map(date.isoformat), max_size=2))),
        "series2": draw(
            st.one_of(
                st.none(), st.just({"from": "2020-01-01"}), days.map(lambda one: {"from": one.isoformat()})
            )
        ),
        "initial_module_billed": draw(sometimes(False, st.just(True))),
        "hospital_referent": draw(sometimes(True, st.just(False))),
        "allowance_left": draw(st.sampled_from(["0.00", "108.98", "108.99", "500.00", "90000.00"])),
        "rates": draw(rates(draw(sometimes(date(2024, 12, 31), st.just(date(2023, 12, 31)))))),
        "services": draw(st.lists(services(days), max_size=draw(st.sampled_from([1, 6, 20])))),
    }
    units = draw(st.one_of(st.none(), prior))
    return {**line, "prior_units": units} if units else line


@st.composite
def long_courses(draw: st.DrawFn) -> Line:
    """A beneficiary with one service after another, until series and groups are full."""
    line = draw(billings())
    family = draw(st.sampled_from(BASE))
    of_family = [
        code for code, row in CODES.items() if row["family"] == family and row["modality"] != "closing"
    ]
    first = date(2023, 1, 2)
    chosen = draw(
        st.lists(st.sampled_from([*of_family, "794813", "794872", "794894"]), min_size=10, max_size=90)
    )
    every_day = [
        draw(services(st.just(first + timedelta(days=place // draw(st.sampled_from([1, 1, 3]))))))
        | {"pseudocode": code}
        for place, code in enumerate(chosen)
    ]
    fine = [
        service | _as_it_should_be(CODES[service["pseudocode"]]["modality"], service) for service in every_day
    ]
    nothing: Line = {"rest_home_entry": None, "death": None, "rest_home_stays": [], "psychiatric_stays": []}
    return {**line, **nothing, "period_start": None, "families": FAMILIES, "services": fine}


def _as_it_should_be(modality: str, service: Line) -> Line:
    right: Line = {"place": PLACES.get(modality, "home"), "participants": 6, "consent": True}
    if modality == "group":
        right["units"] = 4 if service["pseudocode"] == "794894" else 1
    elif modality != "support":
        right["units"] = max(2, min(4, service["units"]))
    return right | {"documented_minutes": 3000}


score = st.one_of(st.none(), st.sampled_from([0, 1, 1.4, 1.5, 2, 2.9, 3, 6]))


@st.composite
def eligibilities(draw: st.DrawFn) -> Line:
    """A person at the start of the period, around 60 and around every score."""
    start = draw(st.sampled_from([date(2023, 5, 2), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]))
    turned = st.sampled_from([date(1964, 2, 28), date(1964, 2, 29), date(1964, 3, 1), date(1963, 5, 2)])
    beneficiaries = draw(st.sampled_from([0, 5, 19, 39, 40, 99]))
    edge = int(0.15 * (beneficiaries + 1))
    scores = {
        "aivq": draw(score),
        "avq": draw(score),
        "cps": draw(score),
        "cps2": draw(score),
        "psychic": draw(score),
        "behaviour": draw(
            st.one_of(st.none(), st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=5, max_size=5))
        ),
    }
    flags = (
        "derogation",
        "inefficient_care",
        "neurodegenerative",
        "fall_last_30_days",
        "home_adaptation",
        "dementia_diagnosis",
        "asks_psychology",
        "refuses_care",
    )
    return {
        "id": "x",
        "birth_date": draw(st.one_of(turned, turned.flatmap(lambda day: around(day, 2, 2)))).isoformat(),
        "period_start": start.isoformat(),
        "project_beneficiaries": beneficiaries,
        "project_under_60": max(0, draw(st.integers(edge - 2, edge + 1))),
        "scores": {name: value for name, value in scores.items() if value is not None},
        "dementia_assessment_code": draw(st.sampled_from([None, "102933", "102992", "102934"])),
        "project_alternatives": draw(
            st.lists(st.sampled_from(["caregiver_group", "night_visit", "care_education"]), unique=True)
        ),
        **{name: draw(st.booleans()) for name in flags},
    }
