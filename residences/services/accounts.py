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
from partenamut.registry.services.rows import described, locked, saved
from residences.models import Convention, Entry, IncludedElement, RestHome, Supplement
from residences.rules.included import included_by
from residences.services import entry_making
from residences.services.entry_making import offer_of
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
    (row,) = hold([convention.pk])
    offer = offer_of(row.home, [row.pk], [supplement.pk])
    entry = entry_making.supplement(row, supplement, day, quantity, offer=offer, today=localdate(at))
    return _written(entry, actor, at)


@transaction.atomic
def add_advance(
    *, convention: Convention, label: str, day: date, amount: Decimal, upload: Upload | None, actor: User, at: datetime
) -> Entry:  # fmt: skip
    """What the home paid in the resident's name, at its exact amount; it waits for its document (art. 4 §5)."""
    (row,) = hold([convention.pk])
    entry = entry_making.advance(row, label, day, amount, today=localdate(at))
    return _written(entry, actor, at, upload)


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
    (row,) = hold([convention.pk])
    entry = entry_making.care(row, label, day, amount, inami_amount, today=localdate(at))
    return _written(entry, actor, at, upload)


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
    entry = entry_making.correction(row, label, day, amount, explanation, today=localdate(at))
    return _written(entry, actor, at, upload)


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


def _written(entry: Entry, actor: User, at: datetime, upload: Upload | None = None) -> Entry:
    entry.upload, entry.entered_by, entry.entered_at = upload, actor, at
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
