"""Lines of the contract as the tests write them, and what the rules tell of them."""

import json
from typing import Any

import msgspec

from protocol3.rules import Billing, bill
from protocol3.rules.billing import BillingDecision
from tests.protocol3.rules.strategies import FAMILIES, RATES, Line

MODULE, NURSE, NURSE_HOSPITAL, NURSE_SUPPORT, NURSE_CLOSING = "794474", "794533", "794544", "794555", "795130"
THERAPY, THERAPY_HOSPITAL, THERAPY_GROUP, THERAPY_SUPPORT = "794732", "794743", "794813", "794754"
PSYCHOLOGY, PSYCHOLOGY_SUPPORT, PSYCHOLOGY_CLOSING = "794776", "794791", "795196"
CAREGIVERS, NIGHT, EDUCATION, ALLOWANCE = "794894", "794850", "794872", "794975"


def rates_of_2023(*without: str) -> Line:
    """The amounts of 2023, all or all but some."""
    return {
        key: [{"from": "2023-01-01", "to": "2023-12-31", "amount": amount}]
        for key, amount in RATES.items()
        if key not in without
    }


def line(*services: Line, **changes: Any) -> Line:
    """A beneficiary whom nothing stands against, with services and changes."""
    nothing: Line = {
        "id": "1",
        "families": FAMILIES,
        "period_start": None,
        "rest_home_entry": None,
        "death": None,
        "short_stays": [],
        "rest_home_stays": [],
        "psychiatric_stays": [],
        "hospital_stays": [],
        "first_line_psychology": [],
        "financed_otherwise": [],
        "series2": None,
        "initial_module_billed": False,
        "hospital_referent": True,
        "allowance_left": "100000.00",
        "rates": rates_of_2023(),
        "services": list(services),
    }
    return nothing | changes


def service(pseudocode: str, day: str, units: int = 2, **more: Any) -> Line:
    """A service of 2023 at home."""
    return {"date": f"2023-{day}", "pseudocode": pseudocode, "units": units, "place": "home", **more}


def support(pseudocode: str, day: str, units: int) -> Line:
    """Support with all its minutes logged."""
    return service(pseudocode, day, units, documented_minutes=30 * units)


def group(day: str, pseudocode: str = THERAPY_GROUP, participants: int = 6, units: int = 1) -> Line:
    """A group in a collective room."""
    return service(pseudocode, day, units, place="collective", participants=participants)


def in_hospital(pseudocode: str, day: str) -> Line:
    """A session of two units in hospital."""
    return service(pseudocode, day, 2, place="hospital")


def stay(arrival: str, departure: str) -> list[Line]:
    """One stay in 2023."""
    return [{"arrival": f"2023-{arrival}", "departure": f"2023-{departure}"}]


def decided(facts: Line) -> BillingDecision:
    """The decision on a line as it comes in."""
    return bill(msgspec.json.decode(json.dumps(facts), type=Billing))


def codes(facts: Line) -> list[list[str]]:
    """The codes that stop each service."""
    return [one.verdict.codes for one in decided(facts).services]


def told(facts: Line) -> Line:
    """What the contract asks of an answer, without the sentences."""
    decision = decided(facts)
    return {
        "services": [
            {
                "billable": one.verdict.billable,
                "codes": one.verdict.codes,
                "amount": one.verdict.amount,
                "series": one.verdict.series,
                "allowance": one.allowance,
            }
            for one in decision.services
        ],
        "totals": {
            month: {"services": sums.services, "allowance": sums.allowance, "total": sums.total}
            for month, sums in decision.totals.items()
        },
        "warnings": decision.warnings,
    }
