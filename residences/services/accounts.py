"""The account of a resident: entries with their documents, taken back while no invoice has them (art. 4 and 6)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.models import Upload
from partenamut.money import to_cents
from partenamut.registry.services.rows import described, locked, saved
from partenamut.web.formats import day as shown_day
from partenamut.web.formats import euros
from residences.models import Convention, Entry, EntryKind, IncludedElement, RestHome, Supplement
from residences.rules.included import included_by
from residences.services.issuing import hold

_TRACED = ("kind", "date", "label", "quantity", "unit_price", "amount", "upload", "explanation")
#: One supplement of one resident on a day: convention and supplement by their keys.
Cell = tuple[int, int]


class CellsRefused(ValidationError):
    """Raised where some of many entries cannot be made; none was. `errors` says why, by cell."""

    def __init__(self, errors: Mapping[Cell, str]) -> None:
        super().__init__(list(errors.values()))
        self.errors = dict(errors)


@transaction.atomic
def add_supplement(
    *, convention: Convention, supplement: Supplement, day: date, quantity: Decimal, actor: User, at: datetime
) -> Entry:
    """A supplement that the resident took, at its price of that day; refused where the convention lacks it (art. 4 §4)."""
    row = _open(convention, day, localdate(at))
    _refuse_supplement(row, supplement, day)
    price = supplement.prices.on(day).first()
    if price is None:
        raise ValidationError(
            {"supplement": _("“%(label)s” has no price on %(day)s: enter its price in the settings first.")
             % {"label": supplement, "day": shown_day(day)}}
        )  # fmt: skip
    entry = Entry(
        convention=row,
        kind=EntryKind.SUPPLEMENT,
        date=day,
        label=supplement.label,
        supplement=supplement,
        quantity=quantity,
        unit_price=price.unit_price,
        amount=to_cents(quantity * price.unit_price),
    )
    return _written(entry, actor, at)


@transaction.atomic
def add_advance(
    *, convention: Convention, label: str, day: date, amount: Decimal, upload: Upload | None, actor: User, at: datetime
) -> Entry:  # fmt: skip
    """What the home paid in the resident's name, at its exact amount; it waits for its document (art. 4 §5)."""
    row = _open(convention, day, localdate(at))
    if amount <= 0:
        raise ValidationError(
            {"amount": _("An advance is what was paid, more than 0: give money back by a correction.")}
        )
    return _written(_plain(row, EntryKind.ADVANCE, label, day, amount, upload), actor, at)


@transaction.atomic
def add_care(
    *,
    convention: Convention,
    label: str,
    day: date,
    amount: Decimal,
    inami_amount: Decimal,
    upload: Upload | None,
    actor: User,
    at: datetime,
) -> Entry:
    """Care of a resident not sufficiently insured, at most what INAMI would have paid (art. 4 §6)."""
    row = _open(convention, day, localdate(at))
    if row.resident.insured:
        raise ValidationError(
            _(
                "%(name)s is sufficiently insured: care is included in the price (art. 4 §2 and §6). Change the "
                "data of the resident first if this is wrong."
            )
            % {"name": row.resident}
        )
    if not 0 < amount <= inami_amount:
        raise ValidationError(
            {"amount": _("Care is charged at most at what INAMI would have paid, %(amount)s (art. 4 §6).")
             % {"amount": euros(inami_amount)}}
        )  # fmt: skip
    entry = _plain(row, EntryKind.CARE, label, day, amount, upload)
    entry.explanation = _("INAMI would have paid %(amount)s.") % {"amount": euros(inami_amount)}
    return _written(entry, actor, at)


@transaction.atomic
def add_correction(
    *,
    convention: Convention,
    label: str,
    day: date,
    amount: Decimal,
    explanation: str,
    upload: Upload | None = None,
    actor: User,
    at: datetime,
) -> Entry:
    """A correction for or against the resident, with its explanation; it may concern a stay that is over."""
    (row,) = hold([convention.pk])
    _refuse_unsigned(row)
    if not (row.entry or day) <= day <= localdate(at):
        raise ValidationError(
            {"day": _("A correction is dated from the day of entry on, and not in the future.")}
        )
    if not explanation.strip():
        raise ValidationError({"explanation": _("Say what is corrected and why: it stands on the invoice.")})
    if not amount:
        raise ValidationError({"amount": _("The amount is not zero.")})
    entry = _plain(row, EntryKind.CORRECTION, label, day, amount, upload)
    entry.explanation = explanation.strip()
    return _written(entry, actor, at)


@transaction.atomic
def add_document(*, entry: Entry, upload: Upload, actor: User, at: datetime) -> Entry:
    """The entry with its document, while no invoice has it."""
    row = _still_open(entry)
    before, row.upload = row.upload, upload
    saved(row)
    changes = {"upload": [str(before) if before else None, str(upload)]}
    record(action="entry_documented", subject=row, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def withdraw_entry(*, entry: Entry, because: str, actor: User, at: datetime) -> Entry:
    """The entry taken back before an invoice had it; it stays on the account with the reason."""
    row = _still_open(entry)
    if not because.strip():
        raise ValidationError({"because": _("Say why the entry is withdrawn.")})
    row.withdrawn_at, row.withdrawn_because = at, because.strip()
    saved(row)
    record(action="entry_withdrawn", subject=row, actor=actor, at=at, note=because)
    return row


@transaction.atomic
def enter_day(
    *, home: RestHome, day: date, quantities: Mapping[Cell, Decimal], actor: User, at: datetime
) -> list[Entry]:
    """The supplements that several residents took on a day, all of them; CellsRefused, and none, where one cannot be."""
    conventions = Convention.objects.filter(home=home).in_bulk(
        {convention for convention, _one in quantities}
    )
    supplements = home.supplements.in_bulk({supplement for _one, supplement in quantities})
    entries, errors = [], {}
    for (convention, supplement), quantity in sorted(quantities.items()):
        if convention not in conventions or supplement not in supplements:
            errors[convention, supplement] = _("There is nothing with this id that you may use.")
            continue
        try:
            with transaction.atomic():
                entries.append(
                    add_supplement(
                        convention=conventions[convention],
                        supplement=supplements[supplement],
                        day=day,
                        quantity=quantity,
                        actor=actor,
                        at=at,
                    )
                )
        except ValidationError as error:
            errors[convention, supplement] = " ".join(error.messages)
    if errors:
        raise CellsRefused(errors)
    return entries


def included_in_price(home: RestHome, label: str, day: date) -> IncludedElement | None:
    """The element of the price that a label means on a day; it is not charged beside it (art. 4 §2)."""
    return included_by(label, home.included.on(day).order_by("position"))


# --- inside -----------------------------------------------------------------------------------------------


def _open(convention: Convention, day: date, today: date) -> Convention:
    """The convention, locked; ValidationError where nothing can be entered for that day."""
    (row,) = hold([convention.pk])
    _refuse_unsigned(row)
    if day > today:
        raise ValidationError({"day": _("The day lies in the future: enter what was taken or paid.")})
    if row.entry is not None and day < row.entry:
        raise ValidationError(
            {"day": _("The stay begins on %(day)s: nothing can be charged before (art. 2).")
             % {"day": shown_day(row.entry)}}
        )  # fmt: skip
    if row.ended_on is not None and day > row.ended_on:
        raise ValidationError(
            {"day": _("The stay ended on %(day)s: nothing can be charged after. Enter a correction instead.")
             % {"day": shown_day(row.ended_on)}}
        )  # fmt: skip
    return row


def _refuse_unsigned(convention: Convention) -> None:
    if convention.signed_on is None:
        raise ValidationError(_("The convention is not signed yet: nothing can be charged (art. 4 §4)."))


def _refuse_supplement(convention: Convention, supplement: Supplement, day: date) -> None:
    element = included_in_price(convention.home, supplement.label, day)
    if element is not None:
        raise ValidationError(
            {"supplement": _("“%(label)s” is included in the price (art. 4 §2: %(element)s): it is never charged.")
             % {"label": supplement, "element": element.text}}
        )  # fmt: skip
    if not convention.supplements.on(day).filter(supplement=supplement).exists():
        raise ValidationError(
            {"supplement": _(
                "The convention does not have “%(label)s” on %(day)s: it cannot be charged (art. 4 §4). Add it by "
                "an amendment first."
            ) % {"label": supplement, "day": shown_day(day)}}
        )  # fmt: skip


def _plain(
    convention: Convention, kind: EntryKind, label: str, day: date, amount: Decimal, upload: Upload | None
) -> Entry:
    if not label.strip():
        raise ValidationError({"label": _("Say what it is: it stands on the invoice.")})
    return Entry(
        convention=convention,
        kind=kind,
        date=day,
        label=label.strip(),
        unit_price=amount,
        amount=amount,
        upload=upload,
    )


def _written(entry: Entry, actor: User, at: datetime) -> Entry:
    entry.entered_by, entry.entered_at = actor, at
    saved(entry)
    record(action="entry_made", subject=entry, actor=actor, at=at, changes=described(entry, _TRACED))
    return entry


def _still_open(entry: Entry) -> Entry:
    """The entry, locked with its convention; ValidationError where an invoice has it or it was withdrawn."""
    hold([entry.convention_id])
    row = locked(entry)
    if row.withdrawn_at is not None:
        raise ValidationError(_("This entry was withdrawn before."))
    if hasattr(row, "line"):
        raise ValidationError(
            _(
                "This entry stands on invoice %(number)s, which is never changed: take it back with a credit note, "
                "or enter a correction."
            )
            % {"number": row.line.invoice.number}
        )
    return row
