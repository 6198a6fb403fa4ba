"""The sheet and the contract told a second time, in cents and plain dicts, to be compared with the rules."""

from datetime import date

NOTHING, UNKNOWN = "nothing", "unknown"
#: The table of the sheet: tier -> what. Amounts in cents; (room, amount) where the room matters.
TABLE = {
    "hospitalia": {
        "fee": 1, "room": 8000, "room_day": 8000, "ceiling": 2_500_000, "pharmacy_other": 120_000,
        "parapharmacy": 0, "parent": 2500, "compression": 50, "sundry": 600, "guest": None, "illness": 700_000,
    },
    "hospitalia_medium": {
        "fee": 2, "room": 12500, "room_day": 8000, "ceiling": None, "pharmacy_other": None,
        "parapharmacy": None, "parent": None, "compression": None, "sundry": None, "guest": None, "illness": 0,
    },
    "hospitalia_plus": {
        "fee": 3, "room": 12500, "room_day": 8000, "ceiling": None, "pharmacy_other": 120_000,
        "parapharmacy": 25_000, "parent": "all", "compression": 100, "sundry": None, "guest": 700, "illness": 700_000,
    },
}  # fmt: skip


def cents(text):
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def text(amount):
    return f"{amount // 100}.{amount % 100:02d}"


def tell(bill):
    """The lines and totals of a bill, as texts; and whether it is to be checked."""
    tier, shared = bill["tier"], bill["room"] != "individual"
    row = TABLE.get(tier)
    pots = {}
    lines, check = [], False
    for line in bill["lines"]:
        rest = cents(line["billed"]) - cents(line.get("mandatory", "0.00"))
        kind, paid, unlawful, flag = line["kind"], 0, 0, None
        if kind in ("room_supplement", "fee_supplement") and shared:
            unlawful, flag = rest, "unlawful_supplement"
        elif kind == "fee_supplement" and line["doctor_agreed"]:
            unlawful, flag = rest, "agreed_doctor_supplement"
        elif row is not None:
            limit = limit_of(kind, line, row, shared, bill["day_hospital"], rest)
            if limit is UNKNOWN:
                flag = "figure_missing"
            else:
                if kind in ("pharmacy_other", "parapharmacy", "serious_illness_care"):
                    limit = pots.setdefault(kind, limit)
                    pots[kind] -= min(rest, limit)
                paid = min(rest, limit)
        check = check or flag is not None
        lines.append(
            {
                "mandatory": line.get("mandatory", "0.00"),
                "insurance": text(paid),
                "patient": text(rest - paid - unlawful),
                "unlawful": text(unlawful),
                "flag": flag,
            }
        )
    return lines, sums(bill, row, lines), "check" if check else "covered"


def limit_of(kind, line, row, shared, day_hospital, rest):  # noqa: PLR0911 -- one answer a row of the sheet
    """Cents up to which a line is paid, or UNKNOWN."""
    days = line.get("quantity", 0)
    if kind in ("stay", "fee", "pharmacy_reimbursable", "implant", "pre_hospital", "post_hospital"):
        return rest
    if kind == "fee_supplement":
        return cents(line["inami_tariff"]) * row["fee"]
    if kind == "room_supplement":
        return row["room_day" if day_hospital else "room"] * days
    name = {
        "parent_stay": "parent", "guest_house": "guest", "serious_illness_care": "illness",
    }.get(kind, kind)  # fmt: skip
    figure = row[name]
    if figure is None:
        return UNKNOWN
    if kind == "guest_house":
        return figure * days
    if kind == "compression":
        return rest if shared else (rest * figure * 2 + 100) // 200
    if kind in ("parent_stay", "sundry"):
        return rest if shared or figure == "all" else figure * days
    return figure


def sums(bill, row, lines):
    """The totals after franchise and ceiling."""

    def total(name):
        return sum(cents(line[name]) for line in lines)

    billed, mandatory = sum(cents(line["billed"]) for line in bill["lines"]), total("mandatory")
    covered, unlawful = total("insurance"), total("unlawful")
    nights = (date.fromisoformat(bill["discharge"]) - date.fromisoformat(bill["admission"])).days
    franchise = 0
    if row and bill["room"] == "individual" and nights >= 1 and bill["hospital_has_franchise"]:
        franchise = min(15_000, covered)
    insurance = covered - franchise
    if row and row["ceiling"] is not None:
        insurance = min(insurance, max(row["ceiling"] - cents(bill["intervention_used_this_year"]), 0))
    return {
        "billed": text(billed),
        "mandatory": text(mandatory),
        "insurance": text(insurance),
        "franchise": text(franchise),
        "over_ceiling": text(covered - franchise - insurance),
        "unlawful": text(unlawful),
        "patient": text(billed - mandatory - unlawful - insurance),
    }


def tell_deposit(asked):
    """Outcome, maximum, what is given back and flags of a deposit."""
    maximum = {"ordinary": 15_000, "child": 7_500, "bim": 5_000}[asked["category"]]
    if asked["room"] == "individual":
        maximum += 7 * cents(asked["room_supplement_per_day"])
    elif asked["day_hospital"]:
        maximum = 0
    if asked["tier"] in ("none", "hospitalia_continuity") or not asked["belgian_hospital"] or not maximum:
        outcome = "refused"
    elif asked["admission"] is None or not asked["receipt"] or not asked["claim_form"]:
        outcome = "pending"
    else:
        outcome = "reimbursable"
    paid = cents(asked["paid"])
    return {
        "outcome": outcome,
        "legal_maximum": text(maximum),
        "reimbursed": text(min(paid, maximum)) if outcome == "reimbursable" else "0.00",
        "flags": ["deposit_too_high"] if paid > maximum else [],
    }
