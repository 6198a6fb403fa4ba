"""What a letter and a statement cost: processor time, size, memory over many.

    python benchmarks/documents.py [--letters 100] [--statements 200] [--rows 2000]

Data: a letter with three conditions and a table of amounts, a statement of three rows, one of many rows.
Rival: the same letter by WeasyPrint as its documentation shows it, with fonts and style sheets read each time.
Everything is archived: PDF/UA-1 and PDF/A-3a.
"""

import argparse
import importlib.util
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partenamut.settings.test")

import django  # noqa: E402

django.setup()

from partenamut.documents import html_engine, rendering  # noqa: E402


def samples() -> Any:
    """The letter and the statement of the tests."""
    spec = importlib.util.spec_from_file_location("samples", ROOT / "tests" / "documents" / "samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(name: str, times: int, make: Callable[[], bytes]) -> float:
    """The median processor time in milliseconds; prints it with the size and the growth of memory."""
    make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = []
    for _ in range(times):
        start = time.process_time()
        content = make()
        spent.append((time.process_time() - start) * 1000)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    middle = statistics.median(spent)
    print(f"{name:<38}{middle:>9.1f} ms {len(content) / 1024:>8.1f} KiB {grown:>+8.1f} MiB over {times}")
    return middle


def naive(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """The same letter with nothing kept from one to the next."""

    def fresh() -> bytes:
        for kept in (html_engine._fonts, html_engine._shared_sheets, html_engine._footer):  # noqa: SLF001
            kept.cache_clear()
        return make()

    return fresh


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--letters", type=int, default=100)
    options.add_argument("--statements", type=int, default=200)
    options.add_argument("--rows", type=int, default=2000)
    asked = options.parse_args()
    given = samples()
    long = given.statement(rows=asked.rows)
    plain = measured("letter, WeasyPrint, nothing kept", asked.letters, naive(given.letter_pdf))
    rendering.warm_up()
    kept = measured("letter, WeasyPrint", asked.letters, given.letter_pdf)
    short = measured("statement of 3 rows, Typst", asked.statements, given.statement_pdf)
    measured(f"statement of {asked.rows} rows, Typst", 3, lambda: bytes(given.made(given.STATEMENT, long)))
    print(
        f"letter: {plain / kept:.1f} times as fast as with nothing kept; statement: {kept / short:.1f} letters"
    )


if __name__ == "__main__":
    main()
