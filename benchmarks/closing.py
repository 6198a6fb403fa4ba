"""P6: a month of 200,000 services closed: checked, priced, numbered and stored, beside a query per beneficiary.

    python benchmarks/closing.py [--beneficiaries 20000] [--services 10] [--sample 200]

Data: one project, seven insurers, ten services of the month for each beneficiary (sessions, groups and support of the
three base families; one service in fifty is not billable), all with the operating allowance of 2023. It is written by
COPY into a database of its own, which is dropped afterwards. Ours is what a worker does once a person has certified:
the whole month is checked again, then every insurer is issued in a transaction of its own.
Rival: the same rules on the same rows, the facts of one beneficiary after another read and every row saved by itself;
it takes a sample of the beneficiaries, is rolled back, and its time is scaled to all of them.
Both must bill the sample the same euros. Linear means: ten times the services in at most twelve times the time.
"""

import argparse
import os
import platform
import random
import resource
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partenamut.settings.test")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Sum  # noqa: E402

from partenamut.accounts.models import User  # noqa: E402
from partenamut.bulk import copy, reserve  # noqa: E402
from partenamut.casework.services import next_number  # noqa: E402
from partenamut.money import ZERO, total  # noqa: E402
from partenamut.registry.models import Insurer  # noqa: E402
from protocol3 import models  # noqa: E402
from protocol3.services import closing as closings  # noqa: E402
from protocol3.services import issuing  # noqa: E402
from protocol3.workflow import ClosingStatus  # noqa: E402

MOST_SECONDS = 10.0
TIMES_THE_RIVAL = 10.0
LINEAR = 12.0
MONTH = date(2023, 5, 1)
AT = datetime(2023, 6, 5, 8, 0, tzinfo=UTC)
FAMILIES = ["initial_module", "case_management", "occupational_therapy", "psychological_support"]
AMOUNTS = {
    "initial_module": "138.73",
    "case_management": "27.41",
    "occupational_therapy": "23.68",
    "occupational_therapy_group": "20.60",
    "psychological_support": "29.08",
    "psychological_support_group": "25.27",
    "operating_allowance": "108.99",
}
#: Pseudocode, units, people who took part, place, minutes logged.
KINDS: list[tuple[str, int, int | None, str, int | None]] = []


def kinds() -> list[tuple[str, int, int | None, str, int | None]]:
    """The services that are done: two sessions of each family, groups, and support with its log."""
    from protocol3.rules.pseudocodes import PSEUDOCODES

    found: list[tuple[str, int, int | None, str, int | None]] = []
    for kind in PSEUDOCODES.values():
        if kind.profession not in ("social_worker", "occupational_therapist", "psychologist"):
            continue
        if kind.modality == "session":
            found.append((kind.code, 2, None, "home", None))
        elif kind.modality == "group":
            found.append((kind.code, 1, 6, "collective", None))
        elif kind.modality == "support" and kind.family == "case_management":
            found.append((kind.code, 1, None, "", 40))
    return found


def main() -> int:
    """Measure, compare and print; 1 when a figure is missed or the two ways differ."""
    asked = arguments()
    print(f"Python {platform.python_version()}, Django {django.get_version()}, {os.cpu_count()} cores")
    old_name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_closing_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(f"PostgreSQL {server_version()}, database {connection.settings_dict['NAME']}")
        return measure(asked.beneficiaries, asked.services, asked.sample)
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--beneficiaries", type=int, default=20_000)
    parser.add_argument("--services", type=int, default=10)
    parser.add_argument("--sample", type=int, default=200)
    return parser.parse_args()


def server_version() -> str:
    """The release of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def measure(people: int, services: int, sample: int) -> int:
    """The figures of a tenth and of the whole, and of the rival."""
    user = reference()
    small = project_of("SMALL", people // 10, services)
    large = project_of("LARGE", people, services)
    analyze()
    rival_seconds, rival_euros = rival(large, sample)
    tenth, _prepared = ours(small, user)
    whole, prepared = ours(large, user)
    same = rival_euros == billed_to_sample(large, sample)
    scaled = rival_seconds * people / sample
    print(f"prepared and checked first, before a person certifies: {prepared:.1f} s")
    print(f"rival: {rival_seconds:.2f} s for {sample} beneficiaries, so {scaled:.0f} s for all (scaled)")
    print(f"same euros as the rival: {'yes' if same else 'NO'}")
    print(f"{people * services:,} services closed in {whole:.1f} s (at most {MOST_SECONDS:.0f})")
    print(f"times as fast as the rival: {scaled / whole:.0f} (at least {TIMES_THE_RIVAL:.0f})")
    print(f"ten times the services take {whole / tenth:.1f} times as long (at most {LINEAR:.0f})")
    print(
        f"highest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    fine = whole <= MOST_SECONDS and scaled / whole >= TIMES_THE_RIVAL and whole / tenth <= LINEAR
    return 0 if same and fine else 1


# --- the data


def reference() -> User:
    """The insurers, the amounts of 2023 and the person who bills."""
    for digit in range(1, 8):
        Insurer.objects.create(
            code=f"{digit}00",
            name_fr=f"Union {digit}",
            name_nl=f"Landsbond {digit}",
            address=f"Rue d'Essai {digit}, 1000 Bruxelles",
        )
    for key, amount in AMOUNTS.items():
        models.Rate.objects.create(
            rate_key=key,
            amount=Decimal(amount),
            first_day=date(2023, 1, 1),
            last_day=date(2023, 12, 31),
            source="-",
        )
    KINDS.extend(kinds())
    user: User = User.objects.create(email="bench@example.org", name="Bench")
    return user


def project_of(code: str, people: int, services: int) -> models.Project:
    """A project with its beneficiaries and the services of the month."""
    project: models.Project = models.Project.objects.create(
        code=code, name=code, street="Rue 1", postal_code="5000", city="Namur", email="p@example.org",
        inami_number="79400012345", enterprise_number="0123456749", iban="BE71096123456769", account_holder=code,
        signatory="Anne Dupont",
    )  # fmt: skip
    models.Convention.objects.create(project=project, first_day=date(2023, 1, 1), last_day=date(2024, 12, 31))
    models.ProjectYear.objects.create(
        project=project, year=2023, allowance_maximum=Decimal(people * services * 500)
    )
    worker = models.Practitioner.objects.create(
        last_name="Maes", first_name="Ines", profession="social_worker"
    )
    entered_by = User.objects.get(email="bench@example.org").pk
    persons, enrolments = reserve(models.Beneficiary, people), reserve(models.Enrolment, people)
    write_people(project, persons, enrolments)
    names = (
        "public_id", "enrolment", "practitioner", "date", "pseudocode", "units", "participants", "place",
        "description", "documented_minutes", "patient_record", "external_reference", "channel", "withdrawn_because",
        "entered_by", "entered_at",
    )  # fmt: skip
    copy(models.Service, names, done(enrolments, services, worker.pk, entered_by))
    return project


def write_people(project: models.Project, persons: list[int], enrolments: list[int]) -> None:
    """The beneficiaries with their insurer, their inclusion and their eligibility."""
    insurers = list(Insurer.objects.order_by("code").values_list("pk", flat=True))
    copy(
        models.Beneficiary,
        (
            "id", "public_id", "niss", "niss_index", "last_name", "first_name", "search_name", "birth_date",
            "language", "street", "postal_code", "city", "phone",
        ),
        (
            (key, uuid.uuid4(), f"{key:011d}", f"{key:064d}", f"Nom{key}", "Rosa", f"nom{key} rosa",
             date(1940, 1, 1), "fr", "", "", "", "")
            for key in persons
        ),
    )  # fmt: skip
    copy(
        models.Affiliation,
        ("public_id", "beneficiary", "insurer", "registration_number", "first_day"),
        (
            (uuid.uuid4(), key, insurers[key % len(insurers)], f"{key:010d}", date(2015, 1, 1))
            for key in persons
        ),
    )
    copy(
        models.Enrolment,
        ("id", "public_id", "project", "beneficiary", "enrolled_on", "left_because"),
        (
            (key, uuid.uuid4(), project.pk, person, date(2023, 2, 1), "")
            for key, person in zip(enrolments, persons, strict=True)
        ),
    )
    copy(
        models.EligibilityRecord,
        (
            "public_id", "enrolment", "ruleset", "period_start", "families", "facts", "answer", "outcome", "release",
            "decided_at",
        ),
        (
            (uuid.uuid4(), key, "protocol3_eligibility", date(2023, 2, 1), FAMILIES, {}, {}, "eligible", "-", AT)
            for key in enrolments
        ),
    )  # fmt: skip


def done(enrolments: list[int], services: int, worker: int, user: int) -> Iterator[tuple[Any, ...]]:
    """The services of the month, the same each time."""
    chance = random.Random(3)
    for enrolment in enrolments:
        for place in range(services):
            code, units, participants, where, minutes = KINDS[(enrolment + place) % len(KINDS)]
            spoilt = chance.random() < 0.02
            yield (
                uuid.uuid4(), enrolment, worker, MONTH.replace(day=1 + 2 * place % 31), code,
                5 if spoilt else units, participants, where, "", minutes, "", "", "", "", user, AT,
            )  # fmt: skip


def analyze() -> None:
    """Lets the planner know the tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# --- the two ways


def ours(project: models.Project, user: User) -> tuple[float, float]:
    """Seconds that a worker takes for the month, and those of the check before a person certifies."""
    started = time.perf_counter()
    closing = closings.prepare(project=project, month=MONTH, actor=None, at=AT)
    prepared = time.perf_counter() - started
    models.Closing.objects.filter(pk=closing.pk).update(
        status=ClosingStatus.ISSUING, signatory="Anne Dupont", started_by=user, started_at=AT
    )
    wall, busy = time.perf_counter(), time.process_time()
    with without_papers():
        assert closings.run(closing.pk, at=AT)
    seconds, cpu = time.perf_counter() - wall, time.process_time() - busy
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ISSUED, closing.status
    report(closing, seconds, cpu)
    return seconds, prepared


@contextmanager
def without_papers() -> Iterator[None]:
    """The bell for the papers unplugged: they are made by other processes, see P7."""
    with patch.object(closings, "ring_papers"):
        yield


def report(closing: models.Closing, seconds: float, cpu: float) -> None:
    """What was stored."""
    notes = models.Note.objects.filter(recap__share__closing=closing)
    lines = models.NoteLine.objects.filter(note__in=notes)
    print(
        f"{closing.project.code}: {lines.filter(kind='service').count():,} services billed, "
        f"{closing.refusals.count():,} not, {notes.count():,} notes, {lines.count():,} lines, "
        f"{closing.shares.count()} insurers: {seconds:.2f} s, {cpu:.2f} s of them in Python"
    )


def rival(project: models.Project, sample: int) -> tuple[float, Decimal]:
    """Seconds for a sample of beneficiaries, each read and stored by itself, and the euros; nothing is kept."""
    people = models.Beneficiary.objects.filter(enrolments__project=project).order_by("pk")[:sample]
    started = time.perf_counter()
    with transaction.atomic():
        recap = a_recap(project)
        euros = total(one_by_one(project, recap, person) for person in people)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds, euros


def a_recap(project: models.Project) -> models.Recap:
    """A recapitulative note that the sample stands on."""
    number, communication = issuing.recap_identity(project, 2023)
    recap: models.Recap = models.Recap.objects.create(
        number=number, kind="invoice", project=project, insurer=Insurer.objects.first(), month=MONTH,
        issued_on=AT.date(), said={}, notes_count=0, services_total=ZERO, allowance_total=ZERO, total=ZERO,
        communication=communication,
    )  # fmt: skip
    return recap


def one_by_one(project: models.Project, recap: models.Recap, person: models.Beneficiary) -> Decimal:
    """The euros of one beneficiary, read, decided, numbered and saved row by row."""
    from protocol3.deciding import reckon
    from protocol3.facts import file_of, rates_by_key
    from protocol3.rules.ledger import rate_on
    from protocol3.rules.pseudocodes import OPERATING_ALLOWANCE, PSEUDOCODES

    file = file_of(person, project)
    insured = person.affiliations.get()
    billable = [one for one in reckon(file).taken if one.verdict.billable]
    allowance = rate_on(rates_by_key(), "operating_allowance", MONTH) or ZERO
    euros = total(one.verdict.amount + allowance * one.verdict.allowance_units for one in billable)
    note = models.Note.objects.create(
        number=next_number(project.code, 2023), recap=recap, enrolment=person.enrolments.get(project=project),
        last_name=person.last_name, first_name=person.first_name, niss=person.niss,
        registration_number=insured.registration_number, total=euros,
    )  # fmt: skip
    position = 0
    for one in billable:
        service = one.entered.facts
        rate_key = PSEUDOCODES[service.pseudocode].rate_key
        amount, units = one.verdict.amount, one.verdict.allowance_units
        rows = [("service", service.pseudocode, rate_key, service.units, amount / service.units, amount)]
        if units:
            rows.append(
                ("allowance", OPERATING_ALLOWANCE, "operating_allowance", units, allowance, allowance * units)
            )
        for kind, code, key, number, unit, sum_of_line in rows:
            position += 1
            models.NoteLine.objects.create(
                note=note, position=position, kind=kind, service_id=one.entered.pk, date=service.date, pseudocode=code,
                rate_key=key, units=number, unit_amount=unit, amount=sum_of_line, series=str(one.verdict.series),
            )  # fmt: skip
    return euros


def billed_to_sample(project: models.Project, sample: int) -> Decimal:
    """The euros of the same beneficiaries on the notes that were issued."""
    people = models.Beneficiary.objects.filter(enrolments__project=project).order_by("pk")[:sample]
    notes = models.Note.objects.filter(
        enrolment__project=project, enrolment__beneficiary__in=people.values("pk")
    )
    return Decimal(notes.aggregate(total=Sum("total"))["total"] or 0)


if __name__ == "__main__":
    sys.exit(main())
