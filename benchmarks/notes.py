"""P7 and P8: the notes of a month and a long recapitulative note, beside WeasyPrint one by one on the same notes.

    python benchmarks/notes.py [--notes 400] [--rival-notes 40] [--rounds 5] [--processes 4] [--rows 8000] [--rival-rows 8000]

Data: individual notes of 2 to 13 lines, as many with each number; a recapitulative note of many rows. Ours by the
portal's own templates, PDF/UA-1 and PDF/A-3a with the data attached, packed; the rival in benchmarks/rivals, PDF/A-3a with
the same data attached. Both PDFs must show the same figures. The words are ready on both sides: only rendering is counted.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partenamut.settings.test")

import django  # noqa: E402

django.setup()

from partenamut.documents import rendering  # noqa: E402
from partenamut.documents.services import Order  # noqa: E402
from protocol3.documents import note_order, recap_order  # noqa: E402

PER_CORE, ALTOGETHER = 16, 45
RECAP_TIMES, RECAP_MEMORY = 12, 1024
MONTH = 20_000

Maker = Callable[[Order], bytes]


def loaded(path: Path) -> Any:
    """A module that lies outside of the packages."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SAMPLES = loaded(ROOT / "tests" / "protocol3" / "note_samples.py")
RIVAL = loaded(ROOT / "benchmarks" / "rivals" / "weasyprint_notes.py")


def ours(order: Order) -> bytes:
    """The PDF as the portal makes it."""
    return bytes(SAMPLES.rendered(order))


def rival(order: Order) -> bytes:
    """The PDF by WeasyPrint, from nothing each time."""
    page = RIVAL.note if order.kind == "protocol3_note" else RIVAL.recap
    (data,) = order.attachments
    return bytes(RIVAL.made(page(dict(order.context)), data.name, data.text))


MAKERS: dict[str, Maker] = {"ours": ours, "rival": rival}


def notes(count: int) -> list[Order]:
    """So many notes, none like another."""
    return [note_order(SAMPLES.note(2 + number % 12, number=number), f"{number}") for number in range(count)]


def seconds_each(make: Maker, orders: Sequence[Order]) -> float:
    """Seconds of the processor for one of them."""
    start = time.process_time()
    for order in orders:
        make(order)
    return (time.process_time() - start) / len(orders)


def share(numbers: range) -> None:
    """What one of several processes makes."""
    for order in notes(numbers.stop)[numbers.start :]:
        ours(order)


def at_once(count: int, processes: int) -> float:
    """Notes a second on the clock, by several processes that are warm."""
    each = count // processes
    shares = [range(each) for _ in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(share, [range(12)] * processes, chunksize=1)
        start = time.perf_counter()
        pool.map(share, shares, chunksize=1)
        return each * processes / (time.perf_counter() - start)


def recap(who: str, rows: int, folder: Path) -> dict[str, float]:
    """Seconds and peak memory in MB of a recapitulative note, made by a process of its own."""
    target = folder / f"{who}.pdf"
    command = [sys.executable, __file__, "--make", who, "--rows", str(rows), "--to", str(target)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def make_recap(who: str, rows: int, target: Path) -> None:
    """Inside of that process: after a small one to warm up, the long one."""
    make = MAKERS[who]
    make(recap_order(SAMPLES.recap(3), "warm"))
    order = recap_order(SAMPLES.recap(rows), "long")
    before, start = time.process_time(), time.perf_counter()
    target.write_bytes(make(order))
    figures = {
        "cpu": time.process_time() - before,
        "wall": time.perf_counter() - start,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def shows(content: Path, figures: Sequence[str]) -> bool:
    """Whether the text of a PDF has all these figures."""
    command = ["pdftotext", "-raw", "-enc", "UTF-8", str(content), "-"]
    text = "".join(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    return all("".join(figure.split()) in text for figure in figures)


def same_notes(orders: Sequence[Order], folder: Path) -> bool:
    """Whether the notes of both show the same lines and totals."""
    for order in orders:
        words = dict(order.context)
        said = [str(words["total"]), str(words["number"]), *("".join(row) for row in _rows(words))]
        for who, make in MAKERS.items():
            (folder / f"{who}.pdf").write_bytes(make(order))
            if not shows(folder / f"{who}.pdf", said):
                return False
    return True


def same_recaps(rows: dict[str, int], folder: Path) -> bool:
    """Whether both long notes show each of their lines and their total."""
    for who, count in rows.items():
        words = dict(recap_order(SAMPLES.recap(count), "long").context)
        total: Any = words["total"]
        if not shows(folder / f"{who}.pdf", [total[1], *("".join(row[:4]) for row in _rows(words))]):
            return False
    return True


def _rows(words: dict[str, Any]) -> list[list[str]]:
    return list(words["rows"])


def measure_notes(asked: argparse.Namespace, folder: Path) -> bool:
    """P7, with its figures printed."""
    many, few = notes(asked.notes), notes(asked.rival_notes)
    assert same_notes(few[:5], folder), "ours and the rival show other figures"
    rendering.warm_up()
    seconds_each(ours, many[:12])
    rounds = [(seconds_each(ours, many), seconds_each(rival, few)) for _ in range(asked.rounds)]
    mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    together = at_once(asked.notes * asked.processes, asked.processes)
    lines = sum(len(_rows(dict(order.context))) for order in many) / len(many)
    print(f"individual notes of {lines:.1f} lines on average, medians of {asked.rounds}, alternated")
    print(f"  ours: {mine * 1000:.1f} ms of processor time, {1 / mine:.0f} notes/s a core")
    print(
        f"  WeasyPrint one by one: {theirs * 1000:.1f} ms, {1 / theirs:.1f} notes/s; ours {theirs / mine:.1f} x"
    )
    print(
        f"  ours, {asked.processes} processes: {together:.0f} notes/s on the clock, {together * theirs:.1f} x one"
    )
    print(
        f"  {MONTH} notes: {MONTH / together:.0f} s, WeasyPrint one by one {MONTH * theirs / 60:.0f} min (reckoned)"
    )
    return bool(theirs / mine >= PER_CORE and together * theirs >= ALTOGETHER)


def measure_recaps(asked: argparse.Namespace, folder: Path) -> bool:
    """P8, with its figures printed."""
    rows = {"ours": asked.rows, "rival": asked.rival_rows}
    mine, theirs = (recap(who, count, folder) for who, count in rows.items())
    assert same_recaps(rows, folder), "ours and the rival show other figures"
    a_row = (theirs["cpu"] / asked.rival_rows) / (mine["cpu"] / asked.rows)
    for who, count, figures in (("ours", asked.rows, mine), ("WeasyPrint", asked.rival_rows, theirs)):
        print(
            f"recapitulative note, {who}: {count} rows in {figures['cpu']:.1f} s of processor time, "
            f"{figures['wall']:.1f} s on the clock, {figures['memory']:.0f} MB at most"
        )
    print(f"  ours {a_row:.1f} x, row by row{'' if len(set(rows.values())) == 1 else ' (of fewer rows)'}")
    return bool(a_row >= RECAP_TIMES and mine["memory"] <= RECAP_MEMORY)


def main() -> None:
    """Measures and prints, or makes one note where the measuring process asks for it."""
    options = argparse.ArgumentParser()
    options.add_argument("--notes", type=int, default=400)
    options.add_argument("--rival-notes", type=int, default=40)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--processes", type=int, default=4)
    options.add_argument("--rows", type=int, default=8_000)
    options.add_argument("--rival-rows", type=int, default=8_000)
    options.add_argument("--make", choices=list(MAKERS))
    options.add_argument("--to", type=Path)
    asked = options.parse_args()
    if asked.make:
        make_recap(asked.make, asked.rows, asked.to)
        return
    print(
        f"Python {platform.python_version()}, typst {version('typst')}, pikepdf {version('pikepdf')}, "
        f"WeasyPrint {version('weasyprint')}, {os.cpu_count()} cores"
    )
    with tempfile.TemporaryDirectory() as name:
        reached = {
            "P7": measure_notes(asked, Path(name)),
            "P8": measure_recaps(asked, Path(name)),
        }
    print(f"reached: {reached}")


if __name__ == "__main__":
    main()
