"""Invoices of residents as data, for tests of their paper and for the benchmark: the same for the same figures."""

import json
from datetime import date
from decimal import Decimal

from partenamut.documents import rendering
from partenamut.documents.services import _frozen
from residences.documents.invoices import HomeWords, InvoiceWords, LineWords, ShareWords, invoice_order

HOME = HomeWords(
    "Résidence de l'Essai", "Essai & Solidarité ASBL", ("Rue de l'Essai, 54", "5020 Namur"), "081 12 34 56",
    "essai@example.be", "MR/192.094.112", "0123456749", "BE71096123456769", "Essai & Solidarité ASBL",
)  # fmt: skip
REASONS = (
    ("L'hébergement est payé anticipativement : 30 jours de 06/2026 à 48,92 €.", "Convention, art. 6"),
    ("Une réduction de 3 % est accordée sur l'hébergement.", "Convention, art. 4 §3"),
    ("0,34 € sont déduits pour chacun des 31 jours.", "Convention, art. 4 §7"),
    ("Chaque supplément figure dans la convention.", "Convention, art. 4 §3 et §4"),
)


def invoice(meals=2, *, number=1, language="fr", kind="monthly", debtors=1, part=None):
    """An invoice with so many meals, shared among debtors in equal parts."""
    lines = [
        _days("accommodation_next", "Hébergement, juin 2026", date(2026, 6, 1), 30, "48.92", "1467.60"),
        LineWords(
            "discount", "Réduction de 3 %", date(2026, 6, 1), date(2026, 6, 30), None, Decimal(0), Decimal("-44.03")
        ),
        _days("rebate", "Ristourne pour jours assurés, mai 2026", date(2026, 5, 1), 31, "0.34", "-10.54"),
        *(_meal(place) for place in range(meals)),
        LineWords(
            "advance", "Pharmacie", date(2026, 5, 12), date(2026, 5, 12), Decimal(1), Decimal("23.17"), Decimal("23.17")
        ),
    ]  # fmt: skip
    total = sum((line.amount for line in lines), Decimal(0))
    names = ("Simone Lambert", "Paul Lambert", "CPAS de l'Essai")[:debtors]
    shares = tuple(ShareWords(name, (total / debtors).quantize(Decimal("0.01"))) for name in names)
    return InvoiceWords(
        number=f"ESSAI-2026-{number:06d}",
        kind=kind,
        issued_on=date(2026, 5, 28),
        received_on=date(2026, 5, 28),
        due_on=date(2026, 6, 5),
        dispute_until=date(2026, 6, 28),
        month=date(2026, 5, 1),
        home=HOME,
        resident="Simone Lambert",
        room="101",
        convention="ESSAI-C-2026-000001",
        debtor=names[-1],
        debtor_address_lines=("Rue d'Ailleurs 8", "5100 Jambes"),
        lines=tuple(lines),
        total=total,
        part=shares[-1].amount if part is None else Decimal(part),
        shares=shares,
        inami_days=31,
        inami_amount=Decimal("1860.00"),
        reasons=REASONS,
        communication="090933755493",
        language=language,
        corrects="ESSAI-2026-000007" if kind == "credit" else "",
        explanation="Repas jamais pris" if kind == "credit" else "",
    )


def _days(kind, what, first, count, price, amount):
    last = date.fromordinal(first.toordinal() + count - 1)
    return LineWords(kind, what, first, last, Decimal(count), Decimal(price), Decimal(amount))


def _meal(place):
    day = date(2026, 5, 1 + place % 31)
    return LineWords(
        "supplement", "Dîner visiteur", day, day, Decimal("2.00"), Decimal("7.50"), Decimal("15.00")
    )


def order(words):
    """What is ordered for an invoice."""
    return invoice_order(words, f"residences/invoice/{words.number}")


def rendered(wanted):
    """The PDF of an order, as a worker makes it from the frozen words."""
    words = json.loads(_frozen(wanted.context, wanted.attachments, wanted.language))
    return rendering.render(
        wanted.template,
        words["context"],
        language=wanted.language,
        title=wanted.title,
        archived=True,
        attachments=wanted.attachments,
        issued_on=wanted.issued_on,
    )
