"""The rival of P11: the sheet of the insurances told naively, with plain dicts and Decimal, one bill at a time.

    python hospital_dicts.py BILLS ANSWERS

Reads one JSON bill a line and writes for each: whether it is to be checked, the four amounts of each line, and the totals.
It gives no reasons, no sentences, no flags and checks nothing of what it reads.
"""

import json
import sys
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT, ZERO = Decimal("0.01"), Decimal("0.00")
#: What no source gives: a line that needs it is to be checked.
UNKNOWN = None
#: insurance -> what it pays: euros, percent of the tariff, or None where nobody knows.
SHEET = {
    "hospitalia": {
        "tariff": 100, "room": 80, "room_by_day": 80, "ceiling": 25_000, "pharmacy_other": 1_200, "parapharmacy": 0,
        "parent": 25, "compression": 50, "sundry": 6, "guest_house": UNKNOWN, "before": 30, "after": 90,
        "illness": 7_000, "shared_extras": True,
    },
    "hospitalia_medium": {
        "tariff": 200, "room": 125, "room_by_day": 80, "ceiling": None, "pharmacy_other": UNKNOWN,
        "parapharmacy": UNKNOWN, "parent": UNKNOWN, "compression": UNKNOWN, "sundry": UNKNOWN, "guest_house": UNKNOWN,
        "before": 60, "after": 180, "illness": 0, "shared_extras": False,
    },
    "hospitalia_plus": {
        "tariff": 300, "room": 125, "room_by_day": 80, "ceiling": None, "pharmacy_other": 1_200, "parapharmacy": 250,
        "parent": "all", "compression": 100, "sundry": UNKNOWN, "guest_house": 7, "before": 60, "after": 180,
        "illness": 7_000, "shared_extras": True,
    },
}  # fmt: skip


def tell(bill):  # noqa: C901 -- told in one go, as a rival would
    """Whether a bill is to be checked, its lines and its totals."""
    figures = SHEET.get(bill["tier"])
    shared = bill["room"] != "individual"
    admission, discharge = date.fromisoformat(bill["admission"]), date.fromisoformat(bill["discharge"])
    pots = {}
    lines, check = [], False
    billed = mandatory = covered = forbidden = ZERO
    for line in bill["lines"]:
        amount = Decimal(line["billed"])
        basic = Decimal(line.get("mandatory", "0.00"))
        rest, paid, unlawful = amount - basic, ZERO, ZERO
        kind = line["kind"]
        supplement = kind in ("room_supplement", "fee_supplement")
        if supplement and (shared or (kind == "fee_supplement" and line["doctor_agreed"])):
            unlawful, check = rest, True
        elif figures:
            limit = limit_of(line, figures, shared, bill, rest, admission, discharge, pots)
            if limit is UNKNOWN:
                check = True
            else:
                paid = min(rest, limit)
                if kind in ("pharmacy_other", "parapharmacy", "serious_illness_care"):
                    pots[kind] -= paid
        billed += amount
        mandatory += basic
        covered += paid
        forbidden += unlawful
        lines.append([str(basic), str(paid), str(rest - paid - unlawful), str(unlawful)])
    franchise, insurance = ZERO, covered
    if figures:
        if not shared and discharge > admission:
            if bill["hospital_has_franchise"] is None:
                check = True
            elif bill["hospital_has_franchise"]:
                franchise = min(Decimal("150.00"), covered)
        insurance = covered - franchise
        if figures["ceiling"]:
            used = Decimal(bill["intervention_used_this_year"])
            insurance = min(insurance, max(Decimal(figures["ceiling"]).quantize(CENT) - used, ZERO))
    patient = billed - mandatory - forbidden - insurance
    over = covered - franchise - insurance
    totals = [str(sum_) for sum_ in (billed, mandatory, insurance, franchise, over, forbidden, patient)]
    return ["check" if check else "covered", lines, totals]


def limit_of(line, figures, shared, bill, rest, admission, discharge, pots):  # noqa: C901, PLR0911 -- one answer a row of the sheet
    """Euros up to which a line is paid; UNKNOWN where the sheet does not say."""
    kind = line["kind"]
    if kind in ("stay", "fee", "pharmacy_reimbursable", "implant"):
        return rest
    if kind == "fee_supplement":
        return cents(Decimal(line["inami_tariff"]) * figures["tariff"] / 100)
    if kind == "room_supplement":
        return cents(Decimal(figures["room_by_day" if bill["day_hospital"] else "room"]) * line["quantity"])
    if kind in ("pre_hospital", "post_hospital"):
        return rest if within(line, figures, admission, discharge) else ZERO
    if kind in ("pharmacy_other", "parapharmacy", "serious_illness_care"):
        figure = figures["illness" if kind == "serious_illness_care" else kind]
        if figure is UNKNOWN:
            return UNKNOWN
        return pots.setdefault(kind, Decimal(figure).quantize(CENT))
    if kind == "guest_house":
        figure = figures["guest_house"]
        return UNKNOWN if figure is UNKNOWN else cents(Decimal(figure) * line["quantity"])
    if kind == "compression":
        figure = 100 if shared and figures["shared_extras"] else figures["compression"]
        return UNKNOWN if figure is UNKNOWN else cents(rest * figure / 100)
    if kind == "parent_stay":
        if (shared and figures["shared_extras"]) or figures["parent"] == "all":
            return rest
        return (
            UNKNOWN if figures["parent"] is UNKNOWN else cents(Decimal(figures["parent"]) * line["quantity"])
        )
    if figures["sundry"] is UNKNOWN:
        return UNKNOWN
    if shared:
        return ZERO if line.get("comfort") else rest
    return cents(Decimal(figures["sundry"]) * line["quantity"])


def within(line, figures, admission, discharge):
    """Whether care lies within the days before or after the stay; without a day it does."""
    if "care_date" not in line:
        return True
    day = date.fromisoformat(line["care_date"])
    if line["kind"] == "pre_hospital":
        return 0 <= (admission - day).days <= figures["before"]
    return 0 <= (day - discharge).days <= figures["after"]


def cents(amount):
    """Rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def main():
    """Tells every bill of a file."""
    with Path(sys.argv[1]).open() as bills, Path(sys.argv[2]).open("w") as answers:
        answers.writelines(json.dumps(tell(json.loads(bill))) + "\n" for bill in bills)


if __name__ == "__main__":
    main()
