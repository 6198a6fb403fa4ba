"""P11: `manage.py decide hospital_cover` on bills of 30 lines, with all reasons and sentences, beside plain dicts.

    python benchmarks/hospital_bills.py [--bills 50000] [--repeats 5] [--memory-bills 150000]

Data: bills of 30 lines of all kinds, of every insurance and none, in every room, with and without a franchise list, with
supplements that nobody owes, missing figures, sums and ceilings that run out, care outside the days. The rival tells the
same sheet with plain dicts and Decimal, one bill at a time, in the same Python: amounts and outcome only, no reasons, no
sentences, no checks of what it reads. Both must give the same outcome, lines and totals on every bill. Both count from
the start of the process to its end, Django's start included; they run in turn, and ratios are of the processor's time.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RIVAL = ROOT / "benchmarks" / "rivals" / "hospital_dicts.py"
BILLS_A_SECOND = 5_000
LINES_OF_A_BILL = 30
TIERS = (
    "none",
    "hospitalia",
    "hospitalia_medium",
    "hospitalia_plus",
    "hospitalia_plus",
    "hospitalia_continuity",
)
#: The kinds of a bill, the usual ones several times.
KINDS = (
    *("stay",) * 3,
    *("fee",) * 8,
    *("fee_supplement",) * 4,
    *("pharmacy_reimbursable",) * 6,
    *("pharmacy_other",) * 3,
    *("parapharmacy",) * 2,
    "room_supplement",
    "implant",
    "sundry",
    "parent_stay",
    "compression",
    "guest_house",
    "pre_hospital",
    "post_hospital",
    "serious_illness_care",
)
BY_DAY = ("room_supplement", "sundry", "parent_stay", "guest_house")
PAID_BY_LAW = ("stay", "fee", "pharmacy_reimbursable", "implant", "pre_hospital", "post_hospital")
TOTALS = ("billed", "mandatory", "insurance", "franchise", "over_ceiling", "unlawful", "patient")
AMOUNTS = ("mandatory", "insurance", "patient", "unlawful")


def write_bills(path: Path, bills: int) -> None:
    """The same bills each time."""
    chance = random.Random(511)
    with path.open("w") as facts:
        for number in range(bills):
            facts.write(json.dumps(one(chance, number)) + "\n")


def one(chance: random.Random, number: int) -> dict[str, object]:
    """The facts of one bill."""
    admission = date(2026, 1, 1) + timedelta(chance.randrange(360))
    nights = chance.choice([0, 1, 2, 3, 5, 8, 20])
    discharge = admission + timedelta(nights)
    return {
        "id": str(number),
        "tier": chance.choice(TIERS),
        "admission": str(admission),
        "discharge": str(discharge),
        "day_hospital": not nights,
        "room": chance.choice(["common", "double", "individual", "individual"]),
        "hospital_has_franchise": chance.choice([True, True, False, None]),
        "intervention_used_this_year": chance.choice(["0.00", "0.00", "812.40", "24500.00"]),
        "lines": [line(chance, admission, discharge) for _ in range(LINES_OF_A_BILL)],
    }


def line(chance: random.Random, admission: date, discharge: date) -> dict[str, object]:
    """One line of a bill."""
    kind = chance.choice(KINDS)
    cents = chance.randrange(50, 90_000)
    facts: dict[str, object] = {"kind": kind, "billed": euros(cents)}
    if kind in PAID_BY_LAW:
        facts["mandatory"] = euros(cents * chance.randint(50, 100) // 100)
    if kind in BY_DAY:
        facts["quantity"] = max((discharge - admission).days, 1)
    if kind in ("fee", "fee_supplement"):
        facts["inami_tariff"] = euros(chance.randrange(1_000, 60_000))
        facts["doctor_agreed"] = chance.random() < 0.2
    if kind == "pre_hospital" and chance.random() < 0.8:
        facts["care_date"] = str(admission - timedelta(chance.randrange(80)))
    if kind == "post_hospital" and chance.random() < 0.8:
        facts["care_date"] = str(discharge + timedelta(chance.randrange(240)))
    if kind == "sundry" and chance.random() < 0.3:
        facts["comfort"] = True
    return facts


def euros(cents: int) -> str:
    """Cents as the contract writes euros."""
    return f"{cents // 100}.{cents % 100:02d}"


# --- the two ------------------------------------------------------------------------------------------------


def ours(bills: Path, answers: Path) -> list[str]:
    """The command that is measured."""
    decide = ["manage.py", "decide", "hospital_cover"]
    return [sys.executable, *decide, "--input", str(bills), "--output", str(answers)]


def rival(bills: Path, answers: Path) -> list[str]:
    """The same with plain dicts."""
    return [sys.executable, str(RIVAL), str(bills), str(answers)]


def measured(command: list[str]) -> tuple[float, float, int]:
    """Seconds of the processor, seconds on the clock, and peak memory in MB of a whole process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT)
    _pid, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    assert os.waitstatus_to_exitcode(status) == 0, f"{command[1]} failed"
    return usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss // 1024


def same(told: Path, theirs: Path) -> int:
    """How many bills were compared; AssertionError for the first on which the two differ."""
    count = 0
    with told.open() as ours_told, theirs.open() as rival_told:
        for own, other in zip_longest(ours_told, rival_told):
            answer = json.loads(own)
            lines = [[one_line[name] for name in AMOUNTS] for one_line in answer["lines"]]
            totals = [answer["totals"][name] for name in TOTALS]
            assert [answer["outcome"], lines, totals] == json.loads(other), f"bill {answer['id']} differs"
            assert answer["reasons"], f"bill {answer['id']} has no reasons"
            count += 1
    return count


def main() -> None:
    """Measures, prints, and fails where the results differ."""
    options = argparse.ArgumentParser()
    options.add_argument("--bills", type=int, default=50_000)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--memory-bills", type=int, default=150_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bills, told, theirs = folder / "bills", folder / "ours", folder / "rival"
        write_bills(bills, chosen.bills)
        rounds = [
            (measured(ours(bills, told)), measured(rival(bills, theirs))) for _ in range(chosen.repeats)
        ]
        compared = same(told, theirs)
        assert compared == chosen.bills, "answers are missing"
        speed, wall = (chosen.bills / statistics.median(own[n] for own, _other in rounds) for n in (0, 1))
        slow, slow_wall = (
            chosen.bills / statistics.median(other[n] for _own, other in rounds) for n in (0, 1)
        )
        ratio = statistics.median(other[0] / own[0] for own, other in rounds)
        memory = rounds[0][0][2]
        most = folder / "most"
        write_bills(most, chosen.memory_bills)
        memory_of_most = measured(ours(most, told))[2]
    flat = memory_of_most < memory * 1.1
    print(
        f"Python {platform.python_version()}, Django {version('django')}, msgspec {version('msgspec')}; "
        f"{chosen.bills} bills of {LINES_OF_A_BILL} lines, medians of {chosen.repeats}, one core"
    )
    print(f"outcome, lines and totals are equal on {compared} bills")
    print(
        f"decide, reasons and sentences: {speed:,.0f} bills/s of processor time, {wall:,.0f} bills/s on the clock"
    )
    print(
        f"plain dicts and Decimal, none: {slow:,.0f} bills/s of processor time, {slow_wall:,.0f} bills/s on the clock"
    )
    print(f"ours {ratio:.2f} x the rival (median of the rounds)")
    print(f"peak memory: {memory} MB for {chosen.bills} bills, {memory_of_most} MB for {chosen.memory_bills}")
    print(f"reached: {speed >= BILLS_A_SECOND and flat}")


if __name__ == "__main__":
    main()
