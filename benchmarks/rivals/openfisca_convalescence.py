# ruff: noqa: D102, N801, N805 (the names and shapes are OpenFisca's)
"""The rival: the same benefit in OpenFisca-core, one person at a time, days and amount only, no reasons.

python openfisca_convalescence.py FACTS ANSWERS     one JSON object a line in, [payable days, amount] a line out
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = Entity("person", "persons", "A member", "")
PERIOD = "2026"
OPEN = date.max.toordinal()
FACTS = (
    "submitted_on",
    "arrival",
    "departure",
    "criterion",
    "partner_from",
    "partner_to",
    "contributions_from",
    "contributions_to",
    "used_first_year",
    "used_second_year",
    "first_year_ends",
)


def fact(name):
    """An input of a person, in days or days as ordinals."""
    return type(
        name, (Variable,), {"value_type": int, "entity": PERSON, "definition_period": DateUnit.ETERNITY}
    )


class payable_days(Variable):
    """Days paid within the quota of each calendar year."""

    value_type = int
    entity = PERSON
    definition_period = DateUnit.YEAR

    def formula(person, period):
        read = {name: person(name, period) for name in FACTS}
        first = np.maximum.reduce([read["arrival"], read["partner_from"], read["contributions_from"]])
        last = np.minimum.reduce([read["departure"] - 1, read["partner_to"], read["contributions_to"]])
        in_first = np.maximum(0, np.minimum(last, read["first_year_ends"]) - first + 1)
        in_second = np.maximum(0, last - np.maximum(first, read["first_year_ends"] + 1) + 1)
        paid = np.minimum(in_first, np.maximum(0, 28 - read["used_first_year"])) + np.minimum(
            in_second, np.maximum(0, 28 - read["used_second_year"])
        )
        asked_in_time = read["submitted_on"] <= read["arrival"]
        return paid * asked_in_time * (read["criterion"] > 0)


class amount(Variable):
    """Euros."""

    value_type = float
    entity = PERSON
    definition_period = DateUnit.YEAR

    def formula(person, period):
        return person("payable_days", period) * 35


def system():
    """The rules as OpenFisca has them."""
    rules = TaxBenefitSystem([PERSON])
    for name in FACTS:
        rules.add_variable(fact(name))
    rules.add_variable(payable_days)
    rules.add_variable(amount)
    return rules


def ordinal(text, otherwise=OPEN):
    """A day as a number."""
    return date.fromisoformat(text).toordinal() if text else otherwise


def inputs(line):
    """The facts of a line as numbers; the lines of this comparison have one period of each kind."""
    stay, partner, contributions = line["stay"], line["partner"][0], line["contributions"][0]
    year = int(stay["arrival"][:4])
    return {
        "submitted_on": ordinal(line["submitted_on"]),
        "arrival": ordinal(stay["arrival"]),
        "departure": ordinal(stay["departure"]),
        "criterion": len(line["criteria"]),
        "partner_from": ordinal(partner["from"]),
        "partner_to": ordinal(partner["to"]),
        "contributions_from": ordinal(contributions["from"]),
        "contributions_to": ordinal(contributions["to"]),
        "used_first_year": line["days_used"].get(str(year), 0),
        "used_second_year": line["days_used"].get(str(year + 1), 0),
        "first_year_ends": date(year, 12, 31).toordinal(),
    }


def answer(rules, line):
    """Days and euros of one person, in a simulation of one."""
    simulation = SimulationBuilder().build_default_simulation(rules, count=1)
    for name, value in inputs(line).items():
        simulation.set_input(name, DateUnit.ETERNITY, np.array([value]))
    return [
        int(simulation.calculate("payable_days", PERIOD)[0]),
        float(simulation.calculate("amount", PERIOD)[0]),
    ]


def main():
    """Answers each line; the seconds of work, reading and writing included, go to standard error."""
    rules = system()
    started = time.process_time()
    with Path(sys.argv[1]).open() as facts, Path(sys.argv[2]).open("w") as answers:
        answers.writelines(json.dumps(answer(rules, json.loads(text))) + "\n" for text in facts)
    print(time.process_time() - started, file=sys.stderr)


main()
