"""Billing against the slow second telling, at every edge of the sheet, and against its own promises."""

import json
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from protocol3.rules import Billing, Ledger, bill, weigh
from protocol3.rules.billing import run
from protocol3.rules.conditions import ORDER
from tests.protocol3.rules import oracle, strategies
from tests.protocol3.rules.lines import (
    ALLOWANCE,
    CAREGIVERS,
    EDUCATION,
    MODULE,
    NIGHT,
    NURSE,
    NURSE_CLOSING,
    NURSE_HOSPITAL,
    NURSE_SUPPORT,
    PSYCHOLOGY,
    PSYCHOLOGY_CLOSING,
    PSYCHOLOGY_SUPPORT,
    THERAPY,
    THERAPY_GROUP,
    THERAPY_HOSPITAL,
    THERAPY_SUPPORT,
    codes,
    decided,
    group,
    in_hospital,
    line,
    rates_of_2023,
    service,
    stay,
    support,
    told,
)
from tests.protocol3.rules.strategies import Line

ROOMY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
FINE: list[str] = []


@settings(max_examples=300, deadline=None, suppress_health_check=ROOMY)
@given(strategies.billings())
def test_the_rules_bill_what_the_sheet_says(facts: Line) -> None:
    assert told(facts) == oracle.billed(facts)


@settings(max_examples=60, deadline=None, suppress_health_check=ROOMY)
@given(strategies.long_courses())
def test_the_rules_count_the_series_as_the_sheet_says(facts: Line) -> None:
    assert told(facts) == oracle.billed(facts)


@settings(max_examples=100, deadline=None, suppress_health_check=ROOMY)
@given(strategies.billings())
def test_every_suggested_change_makes_all_billable(facts: Line) -> None:
    decision = decided(facts)
    for remedy in decision.would_change:
        _services, place, name = remedy.field.split(".")
        changed = [dict(one) for one in facts["services"]]
        changed[int(place)][name] = remedy.value
        again = told(facts | {"services": changed})
        assert all(one["billable"] for one in again["services"])
        assert remedy.outcome == "billable"
    if decision.outcome == "billable":
        assert decision.would_change == ()


@settings(max_examples=100, deadline=None, suppress_health_check=ROOMY)
@given(strategies.billings())
def test_the_months_are_the_sum_of_their_services(facts: Line) -> None:
    answer = told(facts)
    for month, sums in answer["totals"].items():
        of_month = [
            given_answer
            for given_service, given_answer in zip(facts["services"], answer["services"], strict=True)
            if given_service["date"].startswith(month)
        ]
        assert sums["services"] == sum((one["amount"] for one in of_month), Decimal(0))
        assert sums["allowance"] == sum((one["allowance"] for one in of_month), Decimal(0))
        assert sums["total"] == sums["services"] + sums["allowance"]
    spent = sum((one["allowance"] for one in answer["services"]), Decimal(0))
    assert spent <= max(Decimal(0), Decimal(facts["allowance_left"]))


@settings(max_examples=100, deadline=None, suppress_health_check=ROOMY)
@given(strategies.billings())
def test_a_failed_rule_is_told_for_every_service_it_stops(facts: Line) -> None:
    decision = decided(facts)
    failed = [reason for reason in decision.reasons if not reason.met]
    assert len(failed) == sum(len(one.verdict.codes) for one in decision.services)
    assert {reason.code for reason in failed} == {
        code for one in decision.services for code in one.verdict.codes
    }
    order = [ORDER.index(reason.code) for reason in decision.reasons]
    assert order == sorted(order)
    met = {reason.code for reason in decision.reasons if reason.met}
    assert not met & {reason.code for reason in failed}


# --- each edge by hand ------------------------------------------------------------------------------------

SERIES_FULL = {"prior_units": {"units": 122, "group_units": 0}}
HOSPITAL = {"hospital_stays": stay("06-01", "06-20")}
DEAD = {"death": "2023-07-10"}


def edges() -> list[Any]:
    """Lines with the codes of each of their services."""
    rows: list[tuple[str, Line, list[list[str]]]] = [
        (
            "not a family of the person",
            line(service(NURSE, "05-02"), families=["night_visit"]),
            [["p3.family"]],
        ),
        ("one module", line(service(MODULE, "05-02", 1), initial_module_billed=True), [["p3.initial_once"]]),
        (
            "a second module on the day of the first",
            line(service(MODULE, "05-02", 1), service(MODULE, "05-02", 1)),
            [FINE, ["p3.initial_once"]],
        ),
        ("a module of two units", line(service(MODULE, "05-02", 2)), [["p3.units_per_day"]]),
        *[
            (f"{units} units of a session", line(service(NURSE, "05-02", units)), [stopped])
            for units, stopped in [
                (0, ["p3.units_per_day"]),
                (1, ["p3.units_per_day"]),
                (2, FINE),
                (4, FINE),
                (5, ["p3.units_per_day"]),
            ]
        ],
        (
            "two sessions of a day, of two professions",
            line(service(NURSE, "05-02"), service("794496", "05-02"), service("794570", "05-02")),
            [FINE, FINE, ["p3.units_per_day"]],
        ),
        (
            "two sessions of three units on a day",
            line(service(NURSE, "05-02", 3), service(NURSE, "05-02", 3)),
            [FINE, ["p3.units_per_day"]],
        ),
        (
            "four units of each family on one day",
            line(service(NURSE, "05-02", 4), service(THERAPY, "05-02", 4), service(PSYCHOLOGY, "05-02", 4)),
            [FINE, FINE, FINE],
        ),
        (
            "a refused session takes nothing of the day",
            line(service(NURSE, "05-02", 4, place="collective"), service(NURSE, "05-02", 4)),
            [["p3.place"], FINE],
        ),
        ("support of no unit", line(support(NURSE_SUPPORT, "05-02", 0)), [["p3.units_per_day"]]),
        (
            "three units in a night",
            line(service(NIGHT, "05-02", 3), service(NIGHT, "05-02", 1)),
            [FINE, ["p3.units_per_day"]],
        ),
        ("one unit in a night", line(service(NIGHT, "05-02", 1)), [FINE]),
        ("care education of one unit", line(service(EDUCATION, "05-02", 1)), [["p3.units_per_day"]]),
        (
            "care education twice a day",
            line(
                service(EDUCATION, "05-02", 2), service(EDUCATION, "05-02", 2), service(EDUCATION, "05-02", 2)
            ),
            [FINE, FINE, ["p3.units_per_day"]],
        ),
        ("a group of two units", line(group("05-02", units=2)), [["p3.units_per_day"]]),
        ("a second group of a day", line(group("05-02"), group("05-02")), [FINE, ["p3.units_per_day"]]),
        ("groups of two families on a day", line(group("05-02"), group("05-02", "794835")), [FINE, FINE]),
        *[
            (f"a group of {people}", line(group("05-02", participants=people)), [stopped])
            for people, stopped in [(3, ["p3.participants"]), (4, FINE), (8, FINE), (9, ["p3.participants"])]
        ],
        (
            "a group without its number of people",
            line(service(THERAPY_GROUP, "05-02", 1, place="collective")),
            [["p3.participants"]],
        ),
        *[
            (f"{people} caregivers", line(group("05-02", CAREGIVERS, people, 4)), [stopped])
            for people, stopped in [
                (4, ["p3.participants"]),
                (5, FINE),
                (10, FINE),
                (11, ["p3.participants"]),
            ]
        ],
        ("three units with caregivers", line(group("05-02", CAREGIVERS, units=3)), [["p3.units_per_day"]]),
        ("five units with caregivers", line(group("05-02", CAREGIVERS, units=5)), [["p3.units_per_day"]]),
        (
            "caregivers twice a day",
            line(group("05-02", CAREGIVERS, units=4), group("05-02", CAREGIVERS, units=4)),
            [FINE, ["p3.units_per_day"]],
        ),
        ("a session in a collective room", line(service(NURSE, "05-02", place="collective")), [["p3.place"]]),
        ("a session nowhere", line(service(NURSE, "05-02", place=None)), [["p3.place"]]),
        (
            "a group at home",
            line(group("05-02") | {"place": "home"}, group("05-03") | {"place": "remote"}),
            [["p3.place"], ["p3.place"]],
        ),
        ("a night visit in a room", line(service(NIGHT, "05-02", place="collective")), [["p3.place"]]),
        (
            "a remote night visit",
            line(service(NIGHT, "05-02", place="remote", consent=True)),
            [["p3.place"]],
        ),
        (
            "remote without consent",
            line(service(NURSE, "05-02", place="remote", consent=False)),
            [["p3.remote"]],
        ),
        ("remote, consent not told", line(service(PSYCHOLOGY, "05-02", place="remote")), [["p3.remote"]]),
        ("remote therapy", line(service(THERAPY, "05-02", place="remote", consent=True)), [["p3.remote"]]),
        (
            "three sessions in hospital",
            line(*[in_hospital(NURSE_HOSPITAL, f"06-{day:02d}") for day in (1, 19, 10)], **HOSPITAL),
            [FINE, ["p3.hospital_limit"], FINE],
        ),
        (
            "the limit is for the period, not for the stay",
            line(
                *[in_hospital(NURSE_HOSPITAL, day) for day in ("06-02", "06-03", "07-02")],
                hospital_stays=stay("06-01", "06-20") + stay("07-01", "07-05"),
            ),
            [FINE, FINE, ["p3.hospital_limit"]],
        ),
        (
            "no finding by the referent",
            line(in_hospital(NURSE_HOSPITAL, "06-02"), hospital_referent=False, **HOSPITAL),
            [["p3.hospital_limit"]],
        ),
        (
            "therapy in hospital after a session outside, once",
            line(
                service(THERAPY, "05-30"),
                in_hospital(THERAPY_HOSPITAL, "06-02"),
                in_hospital(THERAPY_HOSPITAL, "06-03"),
                hospital_referent=False,
                **HOSPITAL,
            ),
            [FINE, FINE, ["p3.hospital_limit"]],
        ),
        (
            "therapy in hospital after support only",
            line(support(THERAPY_SUPPORT, "05-30", 1), in_hospital(THERAPY_HOSPITAL, "06-02"), **HOSPITAL),
            [FINE, ["p3.hospital_limit"]],
        ),
        (
            "therapy in hospital after case management in hospital only",
            line(in_hospital(NURSE_HOSPITAL, "06-02"), in_hospital(THERAPY_HOSPITAL, "06-03"), **HOSPITAL),
            [FINE, ["p3.hospital_limit"]],
        ),
        (
            "therapy in hospital after case management outside",
            line(service(NURSE, "05-30"), in_hospital(THERAPY_HOSPITAL, "06-03"), **HOSPITAL),
            [FINE, FINE],
        ),
        (
            "a hospital session on the day of leaving",
            line(in_hospital(NURSE_HOSPITAL, "06-20"), **HOSPITAL),
            [["p3.hospital_limit"]],
        ),
        (
            "in hospital nothing else, on leaving it again",
            line(
                service(NURSE, "06-01"),
                service(MODULE, "06-02", 1),
                service(NIGHT, "06-03"),
                support(NURSE_SUPPORT, "06-19", 1),
                service(NURSE, "06-20"),
                **HOSPITAL,
            ),
            [["p3.cumulation"]] * 4 + [FINE],
        ),
        (
            "at home with a hospital pseudocode",
            line(service(NURSE_HOSPITAL, "06-02"), **HOSPITAL),
            [["p3.place"]],
        ),
        (
            "paid otherwise",
            line(service(NURSE, "05-02"), service(NURSE, "05-03"), financed_otherwise=["2023-05-02"]),
            [["p3.cumulation"], FINE],
        ),
        (
            "a psychiatric care home, the closing series too",
            line(
                service(NURSE, "07-03"),
                service(NURSE_CLOSING, "07-12", 1),
                psychiatric_stays=stay("07-12", "07-13"),
                **DEAD,
            ),
            [FINE, ["p3.cumulation"]],
        ),
        (
            "a rest home, but for a short stay",
            line(
                service(NURSE, "05-01"),
                service(NURSE, "05-05"),
                service(NURSE, "05-10"),
                rest_home_stays=stay("05-01", "05-10"),
                short_stays=stay("05-05", "05-07"),
            ),
            [["p3.cumulation"], FINE, FINE],
        ),
        (
            "in the rest home for good: only the closing series",
            line(
                service(NURSE, "07-03"),
                service(NURSE_CLOSING, "07-12", 1),
                service(NURSE, "07-12"),
                rest_home_entry="2023-07-10",
                rest_home_stays=stay("07-11", "12-31"),
            ),
            [FINE, FINE, ["p3.cumulation", "p3.period"]],
        ),
        (
            "first-line psychology stops psychology alone",
            line(
                service(PSYCHOLOGY, "05-02"),
                support(PSYCHOLOGY_SUPPORT, "05-02", 1),
                service(NURSE, "05-02"),
                service("795690", "05-03"),
                service(PSYCHOLOGY, "05-04"),
                first_line_psychology=[{"from": "2023-05-01", "to": "2023-05-03"}],
            ),
            [["p3.cumulation"], ["p3.cumulation"], FINE, FINE, FINE],
        ),
        (
            "before a period that is known, night visits not bound",
            line(service(NURSE, "05-01"), service(NIGHT, "05-01"), period_start="2023-05-02"),
            [["p3.period"], FINE],
        ),
        *[
            (
                f"the third anniversary of {first}",
                line(service(NURSE, last), service(NURSE, after), service(NIGHT, after), period_start=first),
                [FINE, ["p3.period"], FINE],
            )
            for first, last, after in [
                ("2020-05-02", "05-01", "05-02"),
                ("2020-03-01", "02-28", "03-01"),
                ("2020-02-29", "02-27", "02-28"),
            ]
        ],
        (
            "on the day of death and the day after",
            line(
                service(NURSE, "07-10"),
                service(NIGHT, "07-10"),
                service(NURSE, "07-11"),
                service(NIGHT, "07-11"),
                service(EDUCATION, "07-11"),
                **DEAD,
            ),
            [FINE, FINE, ["p3.period"], ["p3.period"], ["p3.period"]],
        ),
        (
            "the earlier of entry and death ends the period",
            line(
                service(NURSE, "06-30"),
                service(NURSE_CLOSING, "07-02", 1),
                rest_home_entry="2023-07-01",
                **DEAD,
            ),
            [FINE, FINE],
        ),
        (
            "the thirty days of closing",
            line(
                service(NURSE, "07-03"),
                *[service(NURSE_CLOSING, day, 1) for day in ("07-10", "07-11", "08-09", "08-10")],
                **DEAD,
            ),
            [FINE, ["p3.period"], FINE, FINE, ["p3.period"]],
        ),
        (
            "closing while nothing ended",
            line(service(NURSE, "07-03"), service(NURSE_CLOSING, "07-12", 1)),
            [FINE, ["p3.period"]],
        ),
        ("closing with nothing before", line(service(NURSE_CLOSING, "07-12", 1), **DEAD), [["p3.period"]]),
        (
            "closing where the period would begin after death",
            line(service(NURSE_CLOSING, "07-12", 1), period_start="2023-07-11", **DEAD),
            [["p3.period"]],
        ),
        (
            "eleven units of closing, over families",
            line(
                service(NURSE, "07-03"),
                service(NURSE_CLOSING, "07-12", 6),
                service(PSYCHOLOGY_CLOSING, "07-13", 5),
                service(PSYCHOLOGY_CLOSING, "07-14", 4),
                **DEAD,
            ),
            [FINE, FINE, ["p3.closing_limit"], FINE],
        ),
        ("series 1 is full", line(service(NURSE, "05-02"), **SERIES_FULL), [["p3.series_limit"]]),
        (
            "series 2 from a day",
            line(
                service(NURSE, "05-01"),
                service(NURSE, "05-02"),
                series2={"from": "2023-05-02"},
                **SERIES_FULL,
            ),
            [["p3.series_limit"], FINE],
        ),
        (
            "what fits is still series 1, nothing goes back to it",
            line(
                service(NURSE, "05-01", 3),
                service(NURSE, "05-02", 2),
                service(NURSE, "05-03", 3),
                service(NURSE, "05-04", 2),
                series2={"from": "2023-01-01"},
                prior_units={"units": 118, "group_units": 0},
            ),
            [FINE, FINE, FINE, FINE],
        ),
        (
            "a refused service does not open series 2",
            line(
                service(NURSE, "05-01", 4, place="collective"),
                service(NURSE, "05-02", 2),
                series2={"from": "2023-01-01"},
                prior_units={"units": 120, "group_units": 0},
            ),
            [["p3.place"], FINE],
        ),
        (
            "fifty units of groups",
            line(
                group("05-01"),
                group("05-02"),
                series2={"from": "2023-01-01"},
                prior_units={"units": 60, "group_units": 49},
            ),
            [FINE, ["p3.group_limit"]],
        ),
        (
            "case management keeps four units for sessions",
            line(support(NURSE_SUPPORT, "05-01", 118), support(NURSE_SUPPORT, "05-02", 1)),
            [FINE, ["p3.sessions_share"]],
        ),
        (
            "therapy at 60 per cent exactly",
            line(
                support(THERAPY_SUPPORT, "05-01", 40),
                support(THERAPY_SUPPORT, "05-02", 1),
                prior_units={"units": 22},
            ),
            [FINE, ["p3.sessions_share"]],
        ),
        *[
            (
                f"{minutes} minutes for 3 units",
                line(service(NURSE_SUPPORT, "05-02", 3, documented_minutes=minutes)),
                [stopped],
            )
            for minutes, stopped in [(None, ["p3.support_log"]), (89, ["p3.support_log"]), (90, FINE)]
        ],
        (
            "eighty units with caregivers",
            line(
                group("05-02", CAREGIVERS, units=4),
                group("05-03", CAREGIVERS, units=4),
                prior_units={"caregiver_group": 76},
            ),
            [FINE, ["p3.alternative_limit"]],
        ),
        (
            "thirty-two units of care education",
            line(*[service(EDUCATION, f"05-{day:02d}", 4) for day in range(1, 10)]),
            [FINE] * 8 + [["p3.alternative_limit"]],
        ),
        (
            "no amount",
            line(service(NURSE, "05-02"), rates=rates_of_2023("case_management")),
            [["p3.rate_missing"]],
        ),
        (
            "no amount of the allowance: billable without it",
            line(
                service(NURSE, "05-02"), service(NIGHT, "05-02"), rates=rates_of_2023("operating_allowance")
            ),
            [FINE, FINE],
        ),
        (
            "amounts of 2023 are not those of 2024",
            line(service(NURSE, "12-31"), service(NURSE, "12-31") | {"date": "2024-01-01"}),
            [FINE, ["p3.rate_missing"]],
        ),
        (
            "pseudocodes that are no service",
            line(*[service(code, "05-02") for code in ("794000", ALLOWANCE, "", "abc")]),
            [["p3.pseudocode"]] * 4,
        ),
        (
            "within the project's convention",
            line(service(NURSE, "05-02"), convention=[{"from": "2023-01-01", "to": "2024-12-31"}]),
            [FINE],
        ),
        (
            "before the day that eligibility was decided for",
            line(service(NURSE, "05-02"), service(NURSE, "05-03"), eligible_from="2023-05-03"),
            [["p3.family"], FINE],
        ),
        (
            "outside the project's convention",
            line(
                service(NURSE, "05-01"),
                service(NURSE, "05-02"),
                convention=[{"from": "2023-05-02", "to": None}],
            ),
            [["p3.convention"], FINE],
        ),
    ]
    return [pytest.param(facts, stopped, id=why) for why, facts, stopped in rows]


@pytest.mark.parametrize(("facts", "stopped"), edges())
def test_an_edge_of_the_sheet(facts: Line, stopped: list[list[str]]) -> None:
    assert codes(facts) == stopped
    if "convention" not in facts and "eligible_from" not in facts:
        assert [one["codes"] for one in oracle.billed(facts)["services"]] == stopped


def test_the_edges_hit_every_rule() -> None:
    hit = {code for edge in edges() for stopped in edge.values[1] for code in stopped}
    assert hit == set(ORDER)


def test_the_series_of_each_service() -> None:
    facts = line(
        service(MODULE, "05-01", 1),
        service(NURSE, "05-02", 2),
        service(NURSE, "05-03", 3),
        service(NURSE, "05-04", 2),
        service(NIGHT, "05-05"),
        service(NURSE_CLOSING, "07-11", 1),
        prior_units={"units": 118},
        series2={"from": "2023-01-01"},
        **DEAD,
    )
    assert [one["series"] for one in told(facts)["services"]] == [None, 1, 2, 2, "alternative", "closing"]


def test_services_are_taken_by_date_and_told_in_the_order_entered() -> None:
    late, early = service(NURSE, "05-09", 4), service(NURSE, "05-02", 4)
    answer = told(line(late, early, allowance_left="435.96"))
    assert [one["allowance"] for one in answer["services"]] == [Decimal("0.00"), Decimal("435.96")]


def test_the_allowance_is_billed_in_whole_units_while_it_fits() -> None:
    answer = told(line(service(NURSE, "05-02", 3), service(NURSE, "05-03", 2), allowance_left="435.95"))
    assert [one["allowance"] for one in answer["services"]] == [Decimal("326.97"), Decimal("0.00")]


def test_modules_and_alternatives_bring_no_allowance() -> None:
    answer = told(
        line(service(MODULE, "05-02", 1), service(NIGHT, "05-02"), group("05-02", CAREGIVERS, units=4))
    )
    assert {one["allowance"] for one in answer["services"]} == {Decimal("0.00")}


@pytest.mark.parametrize(
    ("services", "warned"),
    [
        ([service(NURSE, "05-02", 4)], False),
        ([service(NURSE, "05-02", 3)], True),
        ([service(THERAPY, "05-02", 3), support(THERAPY_SUPPORT, "05-02", 2)], False),
        ([service(THERAPY, "05-02", 3), support(THERAPY_SUPPORT, "05-02", 3)], True),
        ([group("05-02"), support(THERAPY_SUPPORT, "05-02", 1)], True),
        ([service(NIGHT, "05-02")], False),
    ],
)
def test_a_family_below_its_share_gives_a_warning(services: list[Line], warned: bool) -> None:
    assert told(line(*services))["warnings"] == (["p3.sessions_share"] if warned else [])


@pytest.mark.parametrize(
    ("wrong", "field", "value"),
    [
        (service(NURSE, "05-02", 5), "units", 4),
        (service(NURSE, "05-02", 1), "units", 2),
        (service(NURSE, "05-02", place="collective"), "place", "home"),
        (service(NURSE, "05-02", place="remote"), "consent", True),
        (service(NURSE_SUPPORT, "05-02", 3, documented_minutes=70), "units", 2),
        (service(NURSE_SUPPORT, "05-02", 3, documented_minutes=70), "documented_minutes", 90),
        (support(NURSE_SUPPORT, "05-02", 10**18), "units", 118),
    ],
)
def test_the_smallest_change_is_suggested(wrong: Line, field: str, value: object) -> None:
    offered = {
        remedy.field: remedy.value
        for remedy in decided(line(service(MODULE, "05-01", 1), wrong)).would_change
    }
    assert offered.get(f"services.1.{field}") == value


def test_nothing_is_suggested_where_no_single_change_helps() -> None:
    assert decided(line(service(NURSE, "05-02", 5), service(NURSE, "05-03", 5))).would_change == ()
    assert decided(line(service("794000", "05-02"))).would_change == ()
    assert decided(line()).would_change == ()


def test_looking_does_not_count() -> None:
    facts = msgspec.json.decode(json.dumps(line(service(NURSE, "05-02", 4))), type=Billing)
    ledger = Ledger(facts)
    assert [weigh(ledger, facts.services[0]).billable for _ in range(40)] == [True] * 40
    assert ledger.series[1].used == 0


def test_a_year_of_services_is_quick() -> None:
    first = date(2023, 1, 2)
    visits = [
        service(NIGHT, "01-01", 2) | {"date": (first + timedelta(days=count)).isoformat()}
        for count in range(360)
    ]
    facts = msgspec.json.decode(json.dumps(line(*visits, service(NURSE, "05-02", 5))), type=Billing)
    begun = perf_counter()
    for _ in range(20):
        run(facts)
    assert perf_counter() - begun < 1.0
    begun = perf_counter()
    bill(facts)
    assert perf_counter() - begun < 0.5
