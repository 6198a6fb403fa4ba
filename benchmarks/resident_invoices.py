"""P9: a month's invoices of 100 homes with 100 residents each, beside a query per resident and WeasyPrint one by one.

    python benchmarks/resident_invoices.py [--homes 100] [--residents 100] [--each 3] [--papers 60] [--rival-papers 6] [--rounds 5] [--processes 4]

Data: homes with residents, each with a price, a mutuality that has a discount in every second home, insured days, two
supplements and an advance with its document; one resident in ten has two debtors, one in fifty an advance without its
document, which holds that account up. It is written by COPY into a database of its own, which is dropped afterwards.
Ours is what a director and a worker do: the month prepared and checked, handed over, planned again and issued home by home.
Rival: the same rule on the same rows, the facts of one resident after another read and every row saved by itself, neither
checked beforehand nor told to the audit trail. It takes some residents of each home just before ours issues that home,
is rolled back, and its time is scaled to all. Both must bill these residents the same lines and shares, and hold up the same.
Papers: invoices of that run by Typst as the portal makes them (PDF/UA-1 and PDF/A-3a, data attached, packed) beside
WeasyPrint as its documentation shows it, one by one, alternated; both must show the same figures; scaled to all. To read
and put the facts of an invoice into words is the same for both and counted for both; to store its PDF for neither.
The figure: all of it on the clock, ours issued by one worker and printed by as many as share the papers of a run in the
portal (four), the rival in one process as it is written; the same by one core is printed beside it.
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partenamut.settings.test")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

from partenamut.accounts.models import User  # noqa: E402
from partenamut.bulk import copy, reserve  # noqa: E402
from partenamut.casework.services import next_number  # noqa: E402
from partenamut.documents import rendering  # noqa: E402
from partenamut.documents.models import Upload  # noqa: E402
from partenamut.documents.services import Order  # noqa: E402
from partenamut.fields import blind_index  # noqa: E402
from partenamut.money import split  # noqa: E402
from partenamut.registry.models import Residence  # noqa: E402
from residences import models  # noqa: E402
from residences.rules import Advance, ResidentInvoice, Supplement, invoice  # noqa: E402
from residences.services import papers, runs  # noqa: E402

TIMES_THE_RIVAL = 10.0
MONTH, START, ENTRY = date(2026, 5, 1), date(2020, 1, 1), date(2025, 3, 4)
AT = datetime(2026, 5, 28, 8, 0, tzinfo=UTC)
TODAY = AT.date()
PRICE, MEAL, PAID = Decimal("48.92"), Decimal("7.50"), Decimal("23.17")

T = TypeVar("T")
Billed = dict[int, tuple[list[tuple[str, Decimal]], list[Decimal]]]


def loaded(path: Path) -> Any:
    """A module that lies outside of the packages."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SAMPLES = loaded(ROOT / "tests" / "residences" / "invoice_samples.py")
RIVAL = loaded(ROOT / "benchmarks" / "rivals" / "weasyprint_invoices.py")


class Seconds(NamedTuple):
    """On the clock, and of the processor inside of Python."""

    wall: float
    busy: float


class Turn(NamedTuple):
    """What one home took."""

    rival: Seconds
    prepared: Seconds
    issued: Seconds
    #: Residents that the rival took, accounts that ours took.
    few: int
    all: int

    @property
    def times(self) -> float:
        """How many times as long the rival takes for a resident as ours to prepare and issue."""
        return (self.rival.wall / self.few) / ((self.prepared.wall + self.issued.wall) / self.all)


def main() -> int:
    """Measure, compare and print; 1 when a figure is missed or the two ways differ."""
    asked = arguments()
    print(
        f"Python {platform.python_version()}, Django {django.get_version()}, typst {version('typst')}, "
        f"WeasyPrint {version('weasyprint')}, {os.cpu_count()} cores"
    )
    old_name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_invoices_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(f"PostgreSQL {server_version()}, database {connection.settings_dict['NAME']}")
        return measure(asked)
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--homes", type=int, default=100)
    parser.add_argument("--residents", type=int, default=100)
    parser.add_argument("--each", type=int, default=3, help="residents of each home that the rival takes")
    parser.add_argument("--papers", type=int, default=60, help="papers of a round")
    parser.add_argument("--rival-papers", type=int, default=6, help="of them by WeasyPrint")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=papers.PARTS)
    return parser.parse_args()


def server_version() -> str:
    """The release of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def measure(asked: argparse.Namespace) -> int:
    """The figures of both, and whether they say the same."""
    user: User = User.objects.create(email="bench@example.org", name="Bench")
    homes = written(asked.homes, asked.residents, user)
    print(f"{asked.homes} homes of {asked.residents} residents")
    before = os.getloadavg()[0]
    turns, same = issue_all(homes, asked.each, user)
    issued = models.Invoice.objects.count()
    theirs, first, then = report(turns, issued)
    print(f"  same lines and shares as the rival, same held up: {'yes' if same else 'NO'}")
    paper, alike = measure_papers(asked)
    count = models.InvoiceShare.objects.count()
    print(f"papers, one for each debtor: {count:,}; medians of {asked.rounds}, alternated")
    print(
        f"  by one core: ours {paper.mine * 1000:.1f} ms of processor time, WeasyPrint {paper.theirs * 1000:.1f} ms: "
        f"{paper.theirs / paper.mine:.1f} x"
    )
    print(
        f"  on the clock: ours by {asked.processes} processes {1 / paper.mine_at_once:.0f} papers/s, "
        f"WeasyPrint {1 / paper.theirs_on_clock:.1f}: {paper.theirs_on_clock / paper.mine_at_once:.1f} x"
    )
    print(f"  same figures on both: {'yes' if alike else 'NO'}")
    print(f"load of the machine {before:.1f} before, {os.getloadavg()[0]:.1f} after")
    issuing = theirs / (first + then)
    alone = (theirs + paper.theirs * count) / (first + then + paper.mine * count)
    together = (theirs + paper.theirs_on_clock * count) / (first + then + paper.mine_at_once * count)
    print(
        f"issued: {theirs / then:.1f} x, prepared as well: {issuing:.1f} x, printed as well by one core: {alone:.1f} x"
    )
    print(f"prepared, issued and printed, on the clock: {together:.1f} x (at least {TIMES_THE_RIVAL:.0f})")
    reached = together >= TIMES_THE_RIVAL
    print(f"reached: {{'P9': {reached and same and alike}}}")
    return 0 if reached and same and alike else 1


def report(turns: Sequence[Turn], issued: int) -> tuple[float, float, float]:
    """The seconds on the clock of all accounts: of the rival (scaled), of ours to prepare, of ours to issue; printed."""
    accounts = sum(turn.all for turn in turns)
    few = sum(turn.few for turn in turns)
    theirs, first, then = (
        Seconds(*(sum(column) for column in zip(*parts, strict=True)))
        for parts in zip(*(turn[:3] for turn in turns), strict=True)
    )
    scaled = Seconds(theirs.wall * accounts / few, theirs.busy * accounts / few)
    print(f"{accounts:,} accounts: {issued:,} invoices, {held_up():,} held up")
    print(f"  prepared and checked in {first.wall:.1f} s, {first.busy:.1f} s of them in Python")
    print(
        f"  issued in {then.wall:.1f} s, {then.busy:.1f} s of them in Python: {issued / then.wall:,.0f} invoices/s"
    )
    print(
        f"  rival: {theirs.wall:.1f} s for {few} residents, {theirs.busy:.1f} s of them in Python; "
        f"{scaled.wall:.0f} s for all (scaled)"
    )
    print(
        f"  ours prepared and issued, median of the homes: {statistics.median(turn.times for turn in turns):.1f} x"
    )
    return scaled.wall, first.wall, then.wall


def measured(deed: Callable[[], T]) -> tuple[Seconds, T]:
    """How long something took, and what came of it."""
    wall, busy = time.perf_counter(), time.process_time()
    done = deed()
    return Seconds(time.perf_counter() - wall, time.process_time() - busy), done


# --- the data


def written(count: int, residents: int, user: User) -> list[models.RestHome]:
    """The homes with all that belongs to them; the planner knows the tables."""
    models.InsurerDayRebate.objects.create(
        first_day=date(2018, 9, 1), amount=Decimal("0.34"), pivot_index=Decimal("112.72"), source="-"
    )
    document = Upload.objects.create(
        kind="bench", original_name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        uploaded_by=user, uploaded_at=AT, file="a.pdf",
    )  # fmt: skip
    homes = [home_of(number, residents, user, document) for number in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return homes


def home_of(number: int, residents: int, user: User, document: Upload) -> models.RestHome:
    """A home with its residents and what is open on their accounts."""
    code = "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:04d}")
    residence = Residence.objects.create(
        name=f"Résidence {code}", slug=f"bench-{code.lower()}", structure_types=["rest_home"], search_text="", street="Rue 1",
        postal_code="5000", city="Namur",
    )  # fmt: skip
    home: models.RestHome = models.RestHome.objects.create(
        residence=residence, code=f"X{code}", operator="Exploitant ASBL", operating_title="MR/192.094.112",
        allowed=["rest_home"], capacity=residents, manager_name="O", manager_function="D", iban="BE71096123456769",
        account_holder="Exploitant ASBL",
    )  # fmt: skip
    kind = models.RoomType.objects.create(home=home, name="Individuelle", area_m2=16)
    meal = models.Supplement.objects.create(home=home, label="Dîner visiteur")
    models.SupplementPrice.objects.create(supplement=meal, unit_price=MEAL, first_day=START)
    if number % 2 == 0:
        models.MutualityDiscount.objects.create(
            home=home, mutuality_code=134, name="MC", percent=Decimal(3), first_day=START
        )
    write_residents(home, kind, meal, residents, user, document)
    return home


def write_residents(
    home: models.RestHome,
    kind: models.RoomType,
    meal: models.Supplement,
    count: int,
    user: User,
    document: Upload,
) -> None:
    """The residents of a home, by COPY."""
    people, stays = reserve(models.Resident, count), reserve(models.Convention, count)
    rooms, beds = reserve(models.Room, count), reserve(models.Bed, count)
    copy(
        models.Resident,
        (
            "id", "public_id", "niss", "niss_index", "last_name", "first_name", "search_name", "birth_date", "language",
            "street", "postal_code", "city", "phone", "email", "mutuality_code", "insured",
        ),
        (
            (key, uuid.uuid4(), f"{key:011d}", blind_index(f"{key:011d}"), f"Nom{key}", "Rosa", f"nom{key} rosa",
             date(1940, 1, 1), "fr", "Rue 2", "5000", "Namur", "", "", 134, True)
            for key in people
        ),
    )  # fmt: skip
    copy(
        models.Room,
        ("id", "public_id", "home", "number", "floor", "room_type"),
        ((key, uuid.uuid4(), home.pk, f"{place}", "", kind.pk) for place, key in enumerate(rooms, 1)),
    )
    copy(
        models.Bed,
        ("id", "public_id", "room", "label", "first_day"),
        ((key, uuid.uuid4(), room, "A", START) for key, room in zip(beds, rooms, strict=True)),
    )
    copy(
        models.Convention,
        (
            "id", "public_id", "number", "status", "created_at", "home", "resident", "language", "kind", "respite",
            "rehabilitation", "entry", "bed", "open_articles", "signed_on", "place_signed", "invoiced_until", "created_by",
        ),
        (
            (key, uuid.uuid4(), f"{home.code}-C-{key}", "in_force", AT, home.pk, person, "fr", "indefinite", False,
             False, ENTRY, bed, [], ENTRY, "", date(2026, 5, 31), user.pk)
            for key, person, bed in zip(stays, people, beds, strict=True)
        ),
    )  # fmt: skip
    copy(
        models.Occupancy,
        ("convention", "bed", "first_day"),
        ((key, bed, ENTRY) for key, bed in zip(stays, beds, strict=True)),
    )
    copy(
        models.AgreedPrice,
        ("convention", "room_type", "daily_price", "because", "first_day"),
        ((key, kind.pk, PRICE, "signature", ENTRY) for key in stays),
    )
    copy(
        models.InsurerIntervention,
        ("public_id", "convention", "category", "daily_amount", "first_day"),
        ((uuid.uuid4(), key, "B", Decimal("60.00"), ENTRY) for key in stays),
    )
    copy(
        models.ConventionSupplement,
        ("convention", "supplement", "first_day"),
        ((key, meal.pk, ENTRY) for key in stays),
    )
    copy(
        models.Entry,
        (
            "public_id", "convention", "kind", "date", "label", "supplement", "quantity", "unit_price", "amount",
            "upload", "explanation", "entered_by", "entered_at", "withdrawn_because",
        ),
        (row for place, key in enumerate(stays) for row in entries(key, place, meal, user, document)),
    )  # fmt: skip
    write_debtors(stays, people)


def entries(
    key: int, place: int, meal: models.Supplement, user: User, document: Upload
) -> Iterator[tuple[Any, ...]]:
    """Two meals and an advance of May; one advance in fifty has no document."""
    for day in (4, 18):
        yield (
            uuid.uuid4(), key, "supplement", date(2026, 5, day), meal.label, meal.pk, Decimal(2), MEAL, MEAL * 2, None,
            "", user.pk, AT, "",
        )  # fmt: skip
    upload = None if place % 50 == 7 else document.pk
    yield (
        uuid.uuid4(), key, "advance", date(2026, 5, 11), "Pharmacie", None, Decimal(1), PAID, PAID, upload, "", user.pk,
        AT, "",
    )  # fmt: skip


def write_debtors(stays: Sequence[int], people: Sequence[int]) -> None:
    """One resident in ten shares with a contact."""
    shared = [pair for place, pair in enumerate(zip(stays, people, strict=True)) if place % 10 == 3]
    contacts = reserve(models.Contact, len(shared))
    copy(
        models.Contact,
        ("id", "public_id", "resident", "role", "name", "relation", "street", "postal_code", "city", "phone", "email"),
        (
            (key, uuid.uuid4(), person, "family", "Paul", "", "Rue 3", "5000", "Namur", "", "")
            for key, (_stay, person) in zip(contacts, shared, strict=True)
        ),
    )  # fmt: skip
    copy(
        models.DebtorShare,
        ("public_id", "convention", "contact", "percent", "first_day"),
        (
            (uuid.uuid4(), stay, who, percent, ENTRY)
            for contact, (stay, _person) in zip(contacts, shared, strict=True)
            for who, percent in ((None, Decimal("33.33")), (contact, Decimal("66.67")))
        ),
    )


# --- issuing


def issue_all(homes: Sequence[models.RestHome], each: int, user: User) -> tuple[list[Turn], bool]:
    """What every home took, the rival before ours, and whether both billed the same."""
    turns, same = [], True
    for place, home in enumerate(homes):
        keys = list(home.conventions.order_by("pk").values_list("pk", flat=True))
        # Others in each home, so that those with two debtors or without a document are among them.
        some = [keys[(place * each + step) % len(keys)] for step in range(min(each, len(keys)))]
        theirs, billed = measured_rival(some)
        turns.append(Turn(theirs, *ours(home, user), few=len(some), all=len(keys)))
        same = same and billed == billed_to(some)
    return turns, same


def ours(home: models.RestHome, user: User) -> tuple[Seconds, Seconds]:
    """How long it takes to prepare the month of a home, and how long a worker takes to issue it."""
    first, run = measured(lambda: runs.prepare(home=home, month=MONTH, actor=user, at=AT))
    models.InvoiceRun.objects.filter(pk=run.pk).update(
        status="issuing", started_by=user, started_at=AT, received_on=TODAY
    )
    # The papers are made by other processes, and measured below.
    with patch.object(runs, "ring_papers"):
        then, done = measured(lambda: runs.run(run.pk, at=AT))
    assert done
    return first, then


def held_up() -> int:
    """How many accounts have something against them."""
    found: int = models.RunItem.objects.filter(status="refused").count()
    return found


def billed_to(conventions: Sequence[int]) -> Billed:
    """Lines and shares of what ours issued to some conventions."""
    found: Billed = {}
    for row in models.Invoice.objects.filter(convention__in=conventions).prefetch_related("lines", "shares"):
        lines = [(line.kind, line.amount) for line in sorted(row.lines.all(), key=lambda line: line.position)]
        found[row.convention_id] = (
            lines,
            [share.amount for share in sorted(row.shares.all(), key=lambda one: one.pk)],
        )
    return found


def measured_rival(keys: Sequence[int]) -> tuple[Seconds, Billed]:
    """How long some residents take, each read and stored by itself, and what was billed; nothing is kept."""
    with transaction.atomic():
        seconds, billed = measured(lambda: rival(keys))
        transaction.set_rollback(True)
    return seconds, billed


def rival(keys: Sequence[int]) -> Billed:
    """What some residents are billed, one after another."""
    billed: Billed = {}
    for key in keys:
        one_by_one(models.Convention.objects.get(pk=key), billed)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return billed


def one_by_one(stay: models.Convention, billed: Billed) -> None:
    """The invoice of one resident, read, decided, numbered and saved row by row."""
    facts, taken = facts_of(stay)
    decision = invoice(facts)
    if not decision.lines:
        return
    row = models.Invoice.objects.create(
        number=next_number(stay.home.code, 2026), kind="monthly", home=stay.home, convention=stay, month=MONTH,
        issued_on=TODAY, received_on=TODAY, due_on=decision.due_on, dispute_until=decision.dispute_until,
        total=decision.total, said={},
    )  # fmt: skip
    for place, line in enumerate(decision.lines, 1):
        entry = taken.get((line.kind, line.index))
        models.InvoiceLine.objects.create(
            invoice=row, position=place, kind=line.kind, label=entry.label if entry else line.kind, days=line.days,
            amount=line.amount, entry=entry,
        )  # fmt: skip
    debtors = list(stay.debtors.on(TODAY).order_by("pk")) or [models.DebtorShare(percent=Decimal(100))]
    parts = split(decision.total, [debtor.percent for debtor in debtors])
    for debtor, part in zip(debtors, parts, strict=True):
        models.InvoiceShare.objects.create(
            invoice=row, contact=debtor.contact, name=stay.resident.full_name, amount=part, communication=f"{row.pk}-{debtor.pk}"[:12],
        )  # fmt: skip
    billed[stay.pk] = ([(str(line.kind), line.amount) for line in decision.lines], parts)


def facts_of(stay: models.Convention) -> tuple[ResidentInvoice, dict[tuple[str, int | None], models.Entry]]:
    """The facts of one resident, asked for one after another."""
    assert stay.entry is not None
    price = stay.agreed_prices.on(date(2026, 6, 1)).get()
    discount = stay.home.discounts.on(MONTH).filter(mutuality_code=stay.resident.mutuality_code or 0).first()
    insured = stay.interventions.on(MONTH).first()
    away = sum(1 for _one in stay.absences.filter(insurer_pays=False))
    rebate = models.InsurerDayRebate.objects.filter(first_day__lte=MONTH).latest("first_day")
    entries = list(
        stay.entries.filter(withdrawn_at=None, line=None, date__lt=date(2026, 6, 1)).order_by("date", "pk")
    )
    meals = [entry for entry in entries if entry.kind == "supplement"]
    advances = [entry for entry in entries if entry.kind == "advance"]
    facts = ResidentInvoice(
        id=str(stay.pk),
        month="2026-05",
        daily_price=price.daily_price,
        entry=stay.entry,
        exit=stay.ended_on,
        first_invoice=False,
        insurer_days=31 - away if insured else 0,
        rebate_per_day=rebate.amount,
        discount_percent=discount.percent if discount else Decimal(0),
        supplements=tuple(
            Supplement(
                entry.label,
                entry.quantity,
                entry.unit_price,
                stay.supplements.on(entry.date).filter(supplement=entry.supplement).exists(),
            )
            for entry in meals
        ),
        advances=tuple(Advance(entry.label, entry.amount, entry.upload is not None) for entry in advances),
        received_on=TODAY,
    )
    taken: dict[tuple[str, int | None], models.Entry] = {
        ("supplement", place): entry for place, entry in enumerate(meals)
    }
    return facts, taken | {("advance", place): entry for place, entry in enumerate(advances)}


# --- papers


class Paper(NamedTuple):
    """Seconds for a paper: of the processor by ours and by the rival, on the clock by ours at once and by the rival."""

    mine: float
    theirs: float
    mine_at_once: float
    theirs_on_clock: float


def measure_papers(asked: argparse.Namespace) -> tuple[Paper, bool]:
    """Medians of rounds that alternate, with papers of the run; whether both say the same."""
    count, few = asked.papers, asked.rival_papers
    rows = list(papers.with_words(models.InvoiceShare.objects.order_by("pk"))[: count * asked.rounds])
    wording, orders = measured(lambda: [papers.order_of(share) for share in rows])
    each = Seconds(*(part / len(orders) for part in wording))
    rendering.warm_up()
    seconds_each(SAMPLES.rendered, orders[:12])
    rounds = []
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        pool.map(printed, [rows[:12]] * asked.processes, chunksize=1)
        for turn in range(asked.rounds):
            mine = seconds_each(SAMPLES.rendered, orders[turn * count :][:count])
            theirs = seconds_each(by_weasyprint, orders[turn * count :][:few])
            start = time.perf_counter()
            pool.map(printed, [rows[turn * count :][:count]] * asked.processes, chunksize=1)
            at_once = (time.perf_counter() - start) / (count * asked.processes)
            rounds.append(
                Paper(each.busy + mine.busy, each.busy + theirs.busy, at_once, each.wall + theirs.wall)
            )
    medians = Paper(*(statistics.median(column) for column in zip(*rounds, strict=True)))
    return medians, all(shows_the_same(order) for order in orders[:5])


def printed(shares: Sequence[models.InvoiceShare]) -> None:
    """What one of several processes makes."""
    for share in shares:
        SAMPLES.rendered(papers.order_of(share))


def by_weasyprint(order: Order) -> bytes:
    """The PDF by WeasyPrint, from nothing each time."""
    (data,) = order.attachments
    return bytes(RIVAL.made(dict(order.context), data.name, data.text))


def seconds_each(make: Callable[[Order], bytes], orders: Sequence[Order]) -> Seconds:
    """How long one of them takes."""
    seconds, _made = measured(lambda: [make(order) for order in orders])
    return Seconds(*(part / len(orders) for part in seconds))


def shows_the_same(order: Order) -> bool:
    """Whether both papers show the lines, the total and the communication."""
    words: Any = dict(order.context)
    said = [words["total"], words["part"], *("".join(row) for row in words["rows"])]
    said += [value for _label, value in words["payment"]["facts"]]
    with tempfile.TemporaryDirectory() as folder:
        return all(
            _shown(make(order), Path(folder) / "paper.pdf", said)
            for make in (SAMPLES.rendered, by_weasyprint)
        )


def _shown(content: bytes, place: Path, said: Sequence[str]) -> bool:
    place.write_bytes(content)
    command = ["pdftotext", "-raw", "-enc", "UTF-8", str(place), "-"]
    text = "".join(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    return all("".join(figure.split()) in text for figure in said)


if __name__ == "__main__":
    sys.exit(main())
