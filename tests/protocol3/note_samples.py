"""Notes of an invented project, of any size; the same each time."""

import random
from datetime import date, timedelta
from decimal import Decimal

from partenamut.identifiers import parse_communication, structured_communication
from protocol3.documents import (
    InformationWords,
    LineWords,
    NoteWords,
    ProjectWords,
    RecapLine,
    RecapWords,
    ReminderWords,
    StatementWords,
    service_name,
)

PROJECT = ProjectWords(
    name="Chez soi à Namur – Thuis in Namen",
    address_lines=("Rue de l’Église 12 boîte 4", "5000 Namur"),
    contact="081 55 00 00",
    inami_number="79712345001",
    enterprise_number="0403227515",
    iban="BE71096123456769",
    account_holder="ASBL Chez soi à Namur",
    signatory="Hélène Dubois",
)
INSURER = "Union nationale des Mutualités libres (MLOZ)"
ADDRESS = ("Lenniksebaan 788A", "1070 Bruxelles")
ISSUED = date(2023, 6, 5)
MONTH = date(2023, 5, 1)
COMMUNICATION = parse_communication(structured_communication(2023000017))
LAST_NAMES = ("Hœvære-Żółć", "D’Hondt", "Peeters", "Lefèvre", "Van den Broeck", "Müller", "Çelik", "N’Guyen")
FIRST_NAMES = ("Élodie", "Noémie", "Jean-François", "Zoë", "Loïc", "Ælfrida", "Anaïs", "Gérard")


def line(number=0, language="fr", **changes):
    """A line of services, or every second time its operating allowance."""
    codes = sorted(service_codes())
    code = "794975" if number % 2 else codes[number % len(codes)]
    units = 2 + number % 3
    unit = Decimal("2.74") if code == "794975" else Decimal("27.41")
    said = {
        "date": MONTH + timedelta(days=number % 31),
        "pseudocode": code,
        "units": units,
        "unit_amount": unit,
        "amount": unit * units,
        "what": service_name(code, language),
    }
    return LineWords(**said | changes)


def service_codes():
    """The pseudocodes of the base services."""
    from protocol3.rules.pseudocodes import PSEUDOCODES

    return [code for code, kind in PSEUDOCODES.items() if kind.is_base]


def note(count=6, language="fr", number=1, **changes):
    """An individual note."""
    rows = tuple(line(place, language) for place in range(count))
    said = {
        "number": f"NAM-2023-{number:06d}",
        "issued_on": ISSUED,
        "project": PROJECT,
        "last_name": LAST_NAMES[number % 8],
        "first_name": FIRST_NAMES[number // 8 % 8],
        "registration_number": f"{number:013d}",
        "month": MONTH,
        "lines": rows,
        "total": sum((row.amount for row in rows), Decimal(0)),
        "language": language,
    }
    return NoteWords(**said | changes)


def recap(rows=12, language="fr", **changes):
    """A recapitulative note."""
    chance = random.Random(24)
    lines = tuple(
        RecapLine(
            number=f"NAM-2023-{place:06d}",
            full_name=f"{LAST_NAMES[place % 8]} {FIRST_NAMES[place // 8 % 8]}",
            niss=f"{chance.randrange(10**11):011d}",
            total=Decimal(chance.randrange(100, 90000)) / 100,
        )
        for place in range(1, rows + 1)
    )
    total = sum((row.total for row in lines), Decimal(0))
    allowance = (total / 11).quantize(Decimal("0.01"))
    said = {
        "number": "NAM-R-2023-000017",
        "issued_on": ISSUED,
        "project": PROJECT,
        "recipient_name": INSURER,
        "recipient_address_lines": ADDRESS,
        "insurer_code": "500",
        "first_day": MONTH,
        "last_day": date(2023, 5, 31),
        "notes": lines,
        "services_total": total - allowance,
        "allowance_total": allowance,
        "total": total,
        "communication": COMMUNICATION,
        "due_on": date(2023, 8, 15),
        "certified_by": "Hélène Dubois",
        "certified_on": ISSUED,
        "language": language,
    }
    return RecapWords(**said | changes)


def reminder(language="fr", **changes):
    """A reminder of a note that was paid in part."""
    said = {
        "issued_on": date(2023, 8, 20),
        "project": PROJECT,
        "recipient_name": INSURER,
        "recipient_address_lines": ADDRESS,
        "recap_number": "NAM-R-2023-000017",
        "recap_issued_on": ISSUED,
        "first_day": MONTH,
        "last_day": date(2023, 5, 31),
        "total": Decimal("3456.78"),
        "paid": Decimal("1000.00"),
        "due_on": date(2023, 8, 15),
        "communication": COMMUNICATION,
        "language": language,
    }
    return ReminderWords(**said | changes)


def statement(count=6, language="fr", **changes):
    """A statement for a beneficiary."""
    rows = tuple(line(place, language) for place in range(count))
    said = {
        "issued_on": ISSUED,
        "project": PROJECT,
        "full_name": "Élodie Hœvære-Żółć",
        "address_lines": ("Rue Haute 7", "5000 Namur"),
        "insurer_name": INSURER,
        "first_day": MONTH,
        "last_day": date(2023, 5, 31),
        "lines": rows,
        "total": sum((row.amount for row in rows), Decimal(0)),
        "language": language,
    }
    return StatementWords(**said | changes)


def information(language="fr", **changes):
    """An information sheet with all alternative services."""
    said = {
        "issued_on": ISSUED,
        "project": PROJECT,
        "full_name": "Élodie Hœvære-Żółć",
        "address_lines": ("Rue Haute 7", "5000 Namur"),
        "alternatives": ("caregiver_group", "night_visit", "care_education"),
        "language": language,
    }
    return InformationWords(**said | changes)


def rendered(order):
    """The PDF of an order."""
    from partenamut.documents.rendering import render

    return render(
        order.template,
        order.context,
        language=order.language,
        title=order.title,
        archived=order.archived,
        attachments=order.attachments,
        issued_on=order.issued_on,
    )
