"""Entries made from what was said, with what stands against each (art. 4); nothing is written here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from partenamut.money import to_cents
from partenamut.web.formats import day as shown_day
from partenamut.web.formats import euros
from residences.models import (
    Convention,
    ConventionSupplement,
    Entry,
    EntryKind,
    IncludedElement,
    RestHome,
    Supplement,
    SupplementPrice,
)
from residences.rules.included import included_by


@dataclass(frozen=True)
class Offer:
    """What a home charges beside the price and what the price includes, read at once for some conventions."""

    included: Sequence[IncludedElement]
    prices: Mapping[int, Sequence[SupplementPrice]]
    chosen: Mapping[tuple[int, int], Sequence[ConventionSupplement]]
    #: What was asked before: a file says the same label a hundred times.
    _asked: dict[Any, IncludedElement | None] = field(default_factory=dict)

    def included_in_price(self, label: str, day: date) -> IncludedElement | None:
        """The element of the price that a label means on a day."""
        rows = tuple(row for row in self.included if day in row.period)
        key = (label, tuple(row.pk for row in rows))
        if key not in self._asked:
            self._asked[key] = included_by(label, rows)
        return self._asked[key]

    def price(self, supplement: Supplement, day: date) -> Decimal | None:
        """What one costs on a day; None where no price holds."""
        found = (row.unit_price for row in self.prices.get(supplement.pk, ()) if day in row.period)
        return next(found, None)

    def has(self, convention: Convention, supplement: Supplement, day: date) -> bool:
        """Whether the convention has the supplement on a day."""
        return any(day in row.period for row in self.chosen.get((convention.pk, supplement.pk), ()))


def offer_of(home: RestHome, conventions: Iterable[int], supplements: Iterable[int]) -> Offer:
    """What a home offers to some conventions, in three queries."""
    wanted = list(supplements)
    prices: defaultdict[int, list[SupplementPrice]] = defaultdict(list)
    for price in SupplementPrice.objects.filter(supplement__in=wanted):
        prices[price.supplement_id].append(price)
    chosen: defaultdict[tuple[int, int], list[ConventionSupplement]] = defaultdict(list)
    for row in ConventionSupplement.objects.filter(convention__in=list(conventions), supplement__in=wanted):
        chosen[row.convention_id, row.supplement_id].append(row)
    return Offer(list(home.included.order_by("position")), prices, chosen)


def supplement(
    convention: Convention, chosen: Supplement, day: date, quantity: Decimal, *, offer: Offer, today: date
) -> Entry:
    """A supplement at its price of that day; ValidationError where it cannot be charged (art. 4 §2 and §4)."""
    _refuse_day(convention, day, today)
    _refuse_supplement(convention, chosen, day, offer)
    price = offer.price(chosen, day)
    if price is None:
        raise ValidationError(
            {"supplement": _("“%(label)s” has no price on %(day)s: enter its price in the settings first.")
             % {"label": chosen, "day": shown_day(day)}}
        )  # fmt: skip
    return Entry(
        convention=convention,
        kind=EntryKind.SUPPLEMENT,
        date=day,
        label=chosen.label,
        supplement=chosen,
        quantity=quantity,
        unit_price=price,
        amount=to_cents(quantity * price),
    )


def advance(convention: Convention, label: str, day: date, amount: Decimal, *, today: date) -> Entry:
    """What was paid in the resident's name; ValidationError where it is not an amount paid (art. 4 §5)."""
    _refuse_day(convention, day, today)
    if amount <= 0:
        raise ValidationError(
            {"amount": _("An advance is what was paid, more than 0: give money back by a correction.")}
        )
    return _plain(convention, EntryKind.ADVANCE, label, day, amount)


def care(
    convention: Convention, label: str, day: date, amount: Decimal, inami_amount: Decimal, *, today: date
) -> Entry:
    """Care; ValidationError for who is insured, or beyond what INAMI would have paid (art. 4 §6)."""
    _refuse_day(convention, day, today)
    if convention.resident.insured:
        raise ValidationError(
            _(
                "%(name)s is sufficiently insured: care is included in the price (art. 4 §2 and §6). Change the "
                "data of the resident first if this is wrong."
            )
            % {"name": convention.resident}
        )
    if not 0 < amount <= inami_amount:
        raise ValidationError(
            {"amount": _("Care is charged at most at what INAMI would have paid, %(amount)s (art. 4 §6).")
             % {"amount": euros(inami_amount)}}
        )  # fmt: skip
    entry = _plain(convention, EntryKind.CARE, label, day, amount)
    entry.explanation = _("INAMI would have paid %(amount)s.") % {"amount": euros(inami_amount)}
    return entry


def correction(
    convention: Convention, label: str, day: date, amount: Decimal, explanation: str, *, today: date
) -> Entry:
    """A correction with its explanation; ValidationError where one of them lacks."""
    _refuse_unsigned(convention)
    if not (convention.entry or day) <= day <= today:
        raise ValidationError(
            {"day": _("A correction is dated from the day of entry on, and not in the future.")}
        )
    if not explanation.strip():
        raise ValidationError({"explanation": _("Say what is corrected and why: it stands on the invoice.")})
    if not amount:
        raise ValidationError({"amount": _("The amount is not zero.")})
    entry = _plain(convention, EntryKind.CORRECTION, label, day, amount)
    entry.explanation = explanation.strip()
    return entry


# --- inside -----------------------------------------------------------------------------------------------


def _refuse_day(convention: Convention, day: date, today: date) -> None:
    """ValidationError where nothing can be entered for that day."""
    _refuse_unsigned(convention)
    if day > today:
        raise ValidationError({"day": _("The day lies in the future: enter what was taken or paid.")})
    if convention.entry is not None and day < convention.entry:
        raise ValidationError(
            {"day": _("The stay begins on %(day)s: nothing can be charged before (art. 2).")
             % {"day": shown_day(convention.entry)}}
        )  # fmt: skip
    if convention.ended_on is not None and day > convention.ended_on:
        raise ValidationError(
            {"day": _("The stay ended on %(day)s: nothing can be charged after. Enter a correction instead.")
             % {"day": shown_day(convention.ended_on)}}
        )  # fmt: skip


def _refuse_unsigned(convention: Convention) -> None:
    if convention.signed_on is None:
        raise ValidationError(_("The convention is not signed yet: nothing can be charged (art. 4 §4)."))


def _refuse_supplement(convention: Convention, chosen: Supplement, day: date, offer: Offer) -> None:
    element = offer.included_in_price(chosen.label, day)
    if element is not None:
        raise ValidationError(
            {"supplement": _("“%(label)s” is included in the price (art. 4 §2: %(element)s): it is never charged.")
             % {"label": chosen, "element": element.text}}
        )  # fmt: skip
    if not offer.has(convention, chosen, day):
        raise ValidationError(
            {"supplement": _(
                "The convention does not have “%(label)s” on %(day)s: it cannot be charged (art. 4 §4). Add it by "
                "an amendment first."
            ) % {"label": chosen, "day": shown_day(day)}}
        )  # fmt: skip


def _plain(convention: Convention, kind: EntryKind, label: str, day: date, amount: Decimal) -> Entry:
    if not label.strip():
        raise ValidationError({"label": _("Say what it is: it stands on the invoice.")})
    return Entry(
        convention=convention, kind=kind, date=day, label=label.strip(), unit_price=amount, amount=amount
    )
