"""P1: `manage.py decide convalescence` with all reasons and sentences, beside OpenFisca-core without them.

    python benchmarks/decide.py [--lines 100000] [--rival-lines 5000] [--repeats 5] [--memory-lines 1000000]

Data: stays of 1 to 40 nights over two years; one request in six without a criterion, one in ten too late, one residence in
three with an ending partnership, days used before. The rival is given the same lines and decides one person at a time,
days and amount only. Both must give the same days and amounts. Ours counts from process start to end, Django's start
included; the rival's imports are not counted.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RIVAL_HOME = ROOT / "var" / "bench-rival"
RIVAL = ROOT / "benchmarks" / "rivals" / "openfisca_convalescence.py"
LINES_A_SECOND = 20_000
TIMES_THE_RIVAL = 4


def write_facts(path: Path, lines: int) -> None:
    """The same facts each time."""
    chance = random.Random(509)
    with path.open("w") as facts:
        for number in range(lines):
            arrival = date(2026, 1, 1) + timedelta(chance.randrange(700))
            facts.write(json.dumps(one(chance, number, arrival)) + "\n")


def one(chance: random.Random, number: int, arrival: date) -> dict[str, object]:
    """The facts of one request."""
    late = chance.random() < 0.1
    return {
        "id": str(number),
        "submitted_on": str(arrival + timedelta(1 if late else -chance.randint(0, 30))),
        "stay": {"arrival": str(arrival), "departure": str(arrival + timedelta(chance.randint(1, 40)))},
        "criteria": [] if chance.random() < 1 / 6 else ["recent_hospitalisation"],
        "partner": [{"from": "2020-01-01", "to": chance.choice([None, None, "2026-11-15"])}],
        "contributions": [{"from": "2020-01-01", "to": None}],
        "days_used": {"2026": chance.choice([0, 0, 0, 10, 20])},
    }


def ours(facts: Path, answers: Path) -> tuple[float, float, int]:
    """Seconds of the processor, seconds on the clock, and peak memory in MB of the whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = [
        sys.executable,
        "manage.py",
        "decide",
        "convalescence",
        "--input",
        str(facts),
        "--output",
        str(answers),
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    _pid, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    assert os.waitstatus_to_exitcode(status) == 0, "decide failed"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, elapsed, usage.ru_maxrss // 1024


def rival(facts: Path, answers: Path) -> float:
    """Seconds of the processor that the rival worked."""
    command = [str(RIVAL_HOME / "bin" / "python"), str(RIVAL), str(facts), str(answers)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stderr.split()[-1])


def set_up_rival() -> None:
    """The rival in an environment of its own, from the lock."""
    if (RIVAL_HOME / "bin" / "python").exists():
        return
    subprocess.run(["uv", "venv", "-q", str(RIVAL_HOME)], check=True)
    subprocess.run(
        ["uv", "pip", "sync", "-q", "--require-hashes", str(ROOT / "requirements" / "bench.txt")],
        check=True,
        env=os.environ | {"VIRTUAL_ENV": str(RIVAL_HOME)},
    )


def same(facts: Path, folder: Path) -> bool:
    """Whether both gave the same days and amounts."""
    ours(facts, folder / "ours")
    rival(facts, folder / "rival")
    told = [json.loads(line) for line in (folder / "ours").read_text().splitlines()]
    theirs = [json.loads(line) for line in (folder / "rival").read_text().splitlines()]
    return [[one["payable_days"], float(one["amount"])] for one in told] == theirs


def main() -> None:
    """Measures, prints, and fails where a figure is not reached or the results differ."""
    options = argparse.ArgumentParser()
    options.add_argument("--lines", type=int, default=100_000)
    options.add_argument("--rival-lines", type=int, default=5_000)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--memory-lines", type=int, default=1_000_000)
    chosen = options.parse_args()
    set_up_rival()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        many, few, most = folder / "many", folder / "few", folder / "most"
        write_facts(many, chosen.lines)
        write_facts(few, chosen.rival_lines)
        assert same(few, folder), "ours and the rival disagree"
        rounds = [(ours(many, folder / "out"), rival(few, folder / "rival")) for _ in range(chosen.repeats)]
        speed = chosen.lines / statistics.median(cpu for (cpu, _wall, _memory), _other in rounds)
        wall = chosen.lines / statistics.median(wall for (_cpu, wall, _memory), _other in rounds)
        theirs = chosen.rival_lines / statistics.median(seconds for _ours, seconds in rounds)
        memory = rounds[0][0][2]
        write_facts(most, chosen.memory_lines)
        memory_of_most = ours(most, folder / "out")[2]
    print(f"Python {platform.python_version()}, {chosen.lines} lines, medians of {chosen.repeats}, one core")
    print(
        f"decide, reasons and sentences: {speed:,.0f} lines/s of processor time, {wall:,.0f} lines/s on the clock"
    )
    print(f"OpenFisca-core 46.0.1, one person at a time: {theirs:,.0f} lines/s; ours {speed / theirs:.1f} x")
    print(f"peak memory: {memory} MB for {chosen.lines} lines, {memory_of_most} MB for {chosen.memory_lines}")
    print(
        f"reached: {speed >= LINES_A_SECOND and speed >= TIMES_THE_RIVAL * theirs and memory_of_most < memory * 1.1}"
    )


if __name__ == "__main__":
    main()
