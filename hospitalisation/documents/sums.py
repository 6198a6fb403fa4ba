"""What a bill comes to, line by line of its sums, as letters and statements write it."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hospitalisation.rules import Totals
from partenamut.money import ZERO


def sums_of(
    totals: Totals, *, deducted: Decimal, paid: Decimal = ZERO, due: Decimal
) -> list[tuple[str, Decimal]]:
    """The sums with their labels in the active language; those of nothing are left out where they say nothing."""
    counted = [
        (pgettext("amount", "Billed"), totals.billed, True),
        (_("The compulsory insurance pays"), totals.mandatory, False),
        (_("Franchise, taken off once"), -totals.franchise, False),
        (_("Beyond the ceiling of the year"), -totals.over_ceiling, False),
        (_("The hospital insurance pays"), totals.insurance, True),
        (_("Already given back as deposits"), -deducted, False),
        (_("Paid before"), -paid, False),
        (_("On your account"), due, True),
        (_("You pay"), totals.patient, True),
        (_("Nobody owes"), totals.unlawful, False),
    ]
    return [(label, amount) for label, amount, always in counted if amount or always]
