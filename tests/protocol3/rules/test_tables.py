"""The tables of the law against the reference lists and the sheet."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from partenamut.identifiers import pseudocode_fits
from protocol3.rules import parameters
from protocol3.rules.pseudocodes import (
    ALTERNATIVES,
    BASE_FAMILIES,
    OPERATING_ALLOWANCE,
    PSEUDOCODES,
    Pseudocode,
    RateKey,
    found,
)

REFERENCE = Path(__file__).parents[3] / "fixtures" / "reference"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a reference list."""
    return list(csv.DictReader((REFERENCE / name).read_text().splitlines()))


def as_row(kind: Pseudocode) -> dict[str, str]:
    """A pseudocode as the reference list writes it."""
    return {
        "pseudocode": kind.code,
        "family": kind.family,
        "profession": kind.profession or "",
        "modality": kind.modality,
        "unit_minutes": str(kind.unit_minutes or ""),
        "rate_key": kind.rate_key,
    }


def test_the_pseudocodes_are_those_of_the_reference_list() -> None:
    entered = [row for row in rows("protocol3_pseudocodes.csv") if row["pseudocode"] != OPERATING_ALLOWANCE]
    assert sorted(entered, key=str) == sorted(map(as_row, PSEUDOCODES.values()), key=str)


def test_the_allowance_is_in_the_reference_list_but_no_service() -> None:
    assert OPERATING_ALLOWANCE in {row["pseudocode"] for row in rows("protocol3_pseudocodes.csv")}
    assert OPERATING_ALLOWANCE not in PSEUDOCODES


@pytest.mark.parametrize("code", [*PSEUDOCODES, OPERATING_ALLOWANCE])
def test_the_sixth_digit_is_right(code: str) -> None:
    assert pseudocode_fits(code)


def test_every_amount_of_the_reference_list_has_its_key() -> None:
    amounts = {row["rate_key"]: Decimal(row["amount_eur"]) for row in rows("protocol3_rates.csv")}
    assert set(amounts) == set(get_args(RateKey))
    assert {kind.rate_key for kind in PSEUDOCODES.values()} == set(amounts) - {"operating_allowance"}


@pytest.mark.parametrize("kind", PSEUDOCODES.values(), ids=lambda kind: kind.code)
def test_a_pseudocode_is_found_by_family_profession_and_modality(kind: Pseudocode) -> None:
    assert found(kind.family, kind.profession or "nurse", kind.modality) == kind


@pytest.mark.parametrize(
    ("family", "profession", "modality"),
    [
        ("case_management", "nurse", "group"),
        ("case_management", "care_assistant", "session"),
        ("occupational_therapy", "nurse", "session"),
        ("psychological_support", None, "session"),
        ("night_visit", "nurse", "session"),
    ],
)
def test_what_the_convention_does_not_have_is_not_found(
    family: str, profession: str | None, modality: str
) -> None:
    assert found(family, profession, modality) is None


def test_families() -> None:
    assert {kind.family for kind in PSEUDOCODES.values()} == {"initial_module", *BASE_FAMILIES, *ALTERNATIVES}


def test_the_figures_are_those_of_the_convention() -> None:
    assert (parameters.FULL_AGE, parameters.UNDER_60_PERCENT) == (60, 15)
    assert (parameters.SESSION_UNITS, parameters.GROUP_UNITS, parameters.CAREGIVER_GROUP_UNITS) == (
        (2, 4),
        (1, 1),
        (4, 4),
    )
    assert parameters.NIGHT_VISIT_UNITS[1] == 3
    assert (parameters.GROUP_PARTICIPANTS, parameters.CAREGIVER_GROUP_PARTICIPANTS) == ((4, 8), (5, 10))
    assert (parameters.SERIES_UNITS, parameters.SERIES_GROUP_UNITS) == ({1: 122, 2: 61}, {1: 50, 2: 25})
    assert (parameters.CLOSING_UNITS, parameters.CLOSING_DAYS, parameters.PERIOD_MONTHS) == (10, 30, 36)
    assert (parameters.CASE_MANAGEMENT_SESSIONS, parameters.SESSIONS_PERCENT) == (4, 60)
    assert parameters.SECOND_SERIES_PERCENT == 30
    assert parameters.ALTERNATIVE_UNITS == {"caregiver_group": 80, "care_education": 32}
    assert parameters.HOSPITAL_SESSIONS == {
        "case_management": 2,
        "occupational_therapy": 1,
        "psychological_support": 1,
    }
    assert parameters.WEEKLY_HOURS == 8
