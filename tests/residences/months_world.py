"""Rest homes with accounts to be invoiced, for tests of months; rows are written straight, without their papers."""

from datetime import UTC, date, datetime
from decimal import Decimal

from residences import models
from residences.models import Invoice, InvoiceLine, ItemStatus
from residences.services import runs
from tests.factories import residences as make

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
#: An afternoon late in May: its invoices can be prepared.
AT = datetime(2026, 5, 28, 13, 0, tzinfo=UTC)
TODAY = date(2026, 5, 28)
NEVER = date(2099, 12, 31)


def home(**changes):
    """A rest home with its director's user beside it."""
    made = make.RestHomeFactory(**changes)
    for year, percent in ((2024, "5.75"), (2025, "4.50"), (2026, "4.50")):
        models.LegalInterest.objects.get_or_create(
            year=year, defaults={"percent": Decimal(percent), "source": "Moniteur"}
        )
    return made


def stay(of, entry=date(2026, 1, 12), price="48.92", invoiced_until=None, **changes):
    """A signed convention that runs, in a bed of its own, at one price."""
    number = models.Convention.objects.count() + 1
    bed = make.bed(of, f"{number}")
    resident = changes.pop("resident", None) or make.ResidentFactory(
        mutuality_code=changes.pop("mutuality_code", 509)
    )
    row = models.Convention(
        home=of,
        resident=resident,
        number=f"{of.code}-C-2026-{number:06d}",
        entry=entry,
        bed=bed,
        signed_on=entry,
        invoiced_until=invoiced_until,
        created_by=of.director,
        **changes,
    )
    row.status = "in_force"
    row.save()
    models.Occupancy.objects.create(convention=row, bed=bed, first_day=entry)
    if price:
        agreed(row, price, entry)
    return row


def agreed(convention, price, first, last=None):
    """A price from a day on; the one before ends the day before."""
    before = convention.agreed_prices.filter(last_day=None).first()
    if before is not None:
        before.last_day = date.fromordinal(first.toordinal() - 1)
        before.save()
    return models.AgreedPrice.objects.create(
        convention=convention,
        room_type=convention.bed.room.room_type,
        daily_price=Decimal(price),
        because="signature",
        first_day=first,
        last_day=last,
    )


def discount(of, percent="3", code=134, first=make.START, last=None):
    """A discount for the members of a mutuality."""
    return models.MutualityDiscount.objects.create(
        home=of, mutuality_code=code, name="MC", percent=Decimal(percent), first_day=first, last_day=last
    )


def insured(convention, first, last=None, amount="60.00"):
    """Days on which an insurer intervenes."""
    return models.InsurerIntervention.objects.create(
        convention=convention, first_day=first, last_day=last, daily_amount=Decimal(amount), category="B"
    )


def away(convention, first, last, *, pays=False, reason="hospital", announced=None):
    """Days of absence."""
    return models.Absence.objects.create(
        convention=convention, first_day=first, last_day=last, reason=reason, insurer_pays=pays, announced_on=announced,
    )  # fmt: skip


def entry(convention, kind="advance", amount="23.17", day=date(2026, 5, 12), label="Pharmacie", **changes):
    """An entry of the account; an advance has its document unless told."""
    if kind == "advance":
        changes.setdefault("upload", make.upload(convention.created_by))
    return models.Entry.objects.create(
        convention=convention,
        kind=kind,
        date=day,
        label=label,
        unit_price=Decimal(changes.pop("unit_price", amount)),
        amount=Decimal(amount),
        entered_by=convention.created_by,
        entered_at=AT,
        **changes,
    )


def taken(convention, supplement=None, day=date(2026, 5, 9), quantity="2", *, chosen=True):
    """A supplement that was taken, of the convention unless told."""
    wanted = supplement or make.supplement(convention.home, f"Dîner {models.Supplement.objects.count()}")
    if chosen:
        models.ConventionSupplement.objects.get_or_create(
            convention=convention, supplement=wanted, defaults={"first_day": convention.entry}
        )
    price = wanted.prices.get().unit_price
    amount = (price * Decimal(quantity)).quantize(Decimal("0.01"))
    return entry(
        convention, "supplement", amount, day, wanted.label, supplement=wanted, quantity=Decimal(quantity), unit_price=price,
    )  # fmt: skip


def share(convention, percent, contact=None, first=make.START, last=None):
    """The part of one debtor."""
    return models.DebtorShare.objects.create(
        convention=convention, contact=contact, percent=Decimal(percent), first_day=first, last_day=last
    )


def end(convention, day):
    """The last day due, as the end of a convention writes it."""
    convention.ended_on, convention.status = day, "ended"
    convention.save()


def director(of):
    """The user who runs the home, kept on it."""
    of.director = make.director_of(of)
    return of.director


def residence(**changes):
    """A home with its director."""
    made = home(**changes)
    director(made)
    return made


def prepared(of, month=MAY, at=AT):
    """The invoices of a month, checked."""
    return runs.prepare(home=of, month=month, actor=of.director, at=at)


def handed_over(of, month=MAY, at=AT):
    """The invoices of a month, being issued; nobody has begun."""
    run = prepared(of, month, at)
    return runs.issue(run=run, received_on=at.date(), actor=of.director, at=at)


def issued(of, month=MAY, at=AT):
    """The run of a month after a worker has issued it."""
    run = handed_over(of, month, at)
    assert runs.run(run.pk, at=at)
    run.refresh_from_db()
    return run


def moment(day):
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def lines_of(invoice):
    """Kind, days and amount of each line."""
    return [(line.kind, line.days, str(line.amount)) for line in invoice.lines.order_by("position")]


def check_books(of):
    """No invoice lost, none double, no gap, every invoice the sum of its lines and of its shares to the cent."""
    invoices = list(Invoice.objects.filter(home=of).prefetch_related("lines", "shares"))
    numbers = sorted(invoice.number for invoice in invoices)
    assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, len(numbers) + 1))
    for invoice in invoices:
        lines = sorted(invoice.lines.all(), key=lambda line: line.position)
        assert [line.position for line in lines] == list(range(1, len(lines) + 1))
        assert invoice.total == sum(line.amount for line in lines)
        assert invoice.total == sum(share.amount for share in invoice.shares.all())
    entries = InvoiceLine.objects.filter(invoice__home=of, entry__isnull=False).values_list(
        "entry", flat=True
    )
    assert len(entries) == len(set(entries))
    for run in of.runs.all():
        assert (
            run.items.filter(status=ItemStatus.ISSUED).count()
            == Invoice.objects.filter(item__run=run).count()
        )
