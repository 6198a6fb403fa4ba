"""How long a list takes to leave as a file, beside PostgreSQL's own COPY; and how much memory it needs.

    python benchmarks/export.py [--rows 1000000] [--xlsx-rows 200000] [--repeats 5]

Data: a temporary table of requests (reference, two names, a day, an amount, days, a state), filled by the server.
Rival: the same rows in the same order through COPY ... TO STDOUT in CSV, read by psycopg and thrown away.
The list has its formulas quoted, its days as 07/03/2026, its amounts with a comma and its states in words that
are looked up in the catalogue.
"""

import argparse
import csv
import hashlib
import io
import os
import platform
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partenamut.settings.test")

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.utils.translation import gettext_lazy as _  # noqa: E402

from partenamut.web.exports import Column, Kind, stream_csv, stream_xlsx, without_formula  # noqa: E402

MOST_TIMES_COPY = 4.0
MOST_MEGABYTES = 200
STATES: dict[str, Any] = {"sent": _("Sent"), "granted": _("Granted"), "refused": _("Refused")}


class Request(models.Model):
    """A row of the temporary table."""

    reference = models.TextField()
    last_name = models.TextField()
    first_name = models.TextField()
    submitted_on = models.DateField()
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    days = models.IntegerField()
    status = models.TextField(choices=STATES)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        db_table = "benchmark_request"
        managed = False

    def __str__(self) -> str:
        return self.reference


NAMES = ["reference", "last_name", "first_name", "submitted_on", "amount", "days", "status"]
KINDS: dict[str, Kind] = {"submitted_on": "day", "amount": "euros", "days": "number", "status": "status"}
COLUMNS = [Column(name, name, name, kind=KINDS.get(name, "text")) for name in NAMES]

FILL = """
    INSERT INTO benchmark_request (reference, last_name, first_name, submitted_on, amount, days, status)
    SELECT 'CONV-2026-' || lpad(n::text, 7, '0'),
           CASE WHEN n %% 1000 = 0 THEN '=1+' || n ELSE 'Van den Broeck ' || n %% 5000 END,
           'Marie-Claire', date '2020-01-01' + (n %% 2400)::int, (n %% 100000) / 100.0 + 0.35, n %% 28,
           (array['sent', 'granted', 'refused'])[1 + n %% 3]
    FROM generate_series(1, %s) n
"""


def main() -> int:
    """Measure, compare and print; 1 when a figure is missed or the two files differ."""
    asked = arguments()
    fill(asked.rows)
    print(f"Python {platform.python_version()}, Django {django.get_version()}, psycopg {psycopg.__version__}")
    print(f"PostgreSQL {server_version()}, {os.cpu_count()} cores, {asked.rows:,} rows")
    same = same_rows(asked.rows)
    ratio, memory = measure_csv(asked.rows, asked.repeats)
    memory = max(memory, measure_xlsx(min(asked.xlsx_rows, asked.rows)))
    print(f"same rows as COPY: {'yes' if same else 'NO'}")
    print(f"CSV / COPY: {ratio:.1f} (at most {MOST_TIMES_COPY})")
    print(f"highest resident memory: {memory:.0f} MB (at most {MOST_MEGABYTES})")
    return 0 if same and ratio <= MOST_TIMES_COPY and memory <= MOST_MEGABYTES else 1


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--xlsx-rows", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=5)
    return parser.parse_args()


def fill(rows: int) -> None:
    """Make the table; it ends with the connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE benchmark_request (id bigserial PRIMARY KEY, reference text, last_name text,"
            " first_name text, submitted_on date, amount numeric(9, 2), days int, status text)"
        )
        cursor.execute(FILL, [rows])
        cursor.execute("ANALYZE benchmark_request")


def server_version() -> str:
    """The release of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


# --- the two ways


def copied(rows: int) -> Iterator[bytes]:
    """The file that COPY makes."""
    statement = f"SELECT {', '.join(NAMES)} FROM benchmark_request ORDER BY id LIMIT {rows}"  # noqa: S608
    with connection.cursor() as cursor, cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)") as copy:
        yield from copy


def exported(rows: int) -> Iterator[bytes]:
    """The file of the list."""
    response = stream_csv("requests", COLUMNS, Request.objects.order_by("id")[:rows])
    yield from response.streaming_content  # type: ignore[misc]


def same_rows(rows: int) -> bool:
    """Whether both files say the same, row by row; one connection reads them one after the other."""
    ours = csv.reader(lines(exported(rows)), delimiter=";")
    next(ours)
    mine = digest(ours)
    return mine == digest(map(expected, csv.reader(lines(copied(rows)))))


def digest(rows: Iterable[list[str]]) -> str:
    """What all rows together come to."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(repr(row).encode())
    return whole.hexdigest()


def lines(chunks: Iterator[bytes]) -> Iterator[str]:
    """The lines of a file that comes in whole lines."""
    for chunk in chunks:
        yield from io.StringIO(bytes(chunk).decode(), newline="")


def expected(row: list[str]) -> list[str]:
    """A row of COPY as the list writes it."""
    reference, last, first, day, amount, days, state = row
    year, month, date = day.split("-")
    texts = [without_formula(text) for text in (reference, last, first)]
    return [*texts, f"{date}/{month}/{year}", amount.replace(".", ","), days, str(STATES[state])]


# --- measuring


def measure_csv(rows: int, repeats: int) -> tuple[float, float]:
    """How many times the time of COPY the list takes (median), and the highest memory in MB."""
    times: dict[str, list[float]] = {"COPY": [], "CSV": []}
    cpu: dict[str, list[float]] = {"COPY": [], "CSV": []}
    tenth, whole = resident_during(lambda: exported(rows // 10)), resident_during(lambda: exported(rows))
    print(f"CSV memory: {tenth:.0f} MB for {rows // 10:,} rows, {whole:.0f} MB for {rows:,}")
    for _turn in range(repeats):
        for name, way in (("COPY", copied), ("CSV", exported)):
            wall, process = time.perf_counter(), time.process_time()
            deque(way(rows), maxlen=0)
            times[name].append(time.perf_counter() - wall)
            cpu[name].append(time.process_time() - process)
    for name, walls in times.items():
        median, busy = statistics.median(walls), statistics.median(cpu[name])
        print(f"{name}: {median:.2f} s, {busy:.2f} s of CPU, {rows / median:,.0f} rows/s")
    return statistics.median(times["CSV"]) / statistics.median(times["COPY"]), whole


def measure_xlsx(rows: int) -> float:
    """The highest memory in MB while a workbook is made."""
    started = time.perf_counter()
    highest = 0.0

    def watched() -> Iterator[Request]:
        nonlocal highest
        for place, row in enumerate(Request.objects.order_by("id")[:rows].iterator(chunk_size=2000)):
            if place % 2000 == 0:
                highest = max(highest, resident())
            yield row

    size = sum(map(len, stream_xlsx("requests", COLUMNS, watched())))
    highest = max(highest, resident())
    taken = time.perf_counter() - started
    print(f"XLSX: {rows:,} rows in {taken:.1f} s, {size / 1e6:.0f} MB long, {highest:.0f} MB of memory")
    return highest


def resident_during(work: Callable[[], Iterator[bytes]]) -> float:
    """The highest resident memory, in MB, seen at any chunk."""
    return max(resident() for _chunk in work())


def resident() -> float:
    """The resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
