"""What pages show of the figures that hold for all homes: which years lack a legal rate of interest."""

from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

from residences.models import LegalInterest

#: The rate of a year is published in its January; from this month of the year before it is asked for.
ASKED_FROM_MONTH = 11


class MissingYear(Struct, frozen=True):
    """A year without its rate, and what that stops."""

    year: int
    text: str
    tone: str


def years_missing(on: date) -> list[MissingYear]:
    """The years without a rate: those between the first known and today, and the coming one towards its start."""
    known = set(LegalInterest.objects.values_list("year", flat=True))
    wanted = range(min(known, default=on.year), on.year + 1)
    found = [
        MissingYear(
            year,
            _("The legal rate of %(year)s is missing: no interest can be reckoned over its days (art. 6).")
            % {"year": year},
            "error",
        )
        for year in wanted
        if year not in known
    ]
    if on.year + 1 not in known:
        found.append(_coming(on))
    return found


def _coming(on: date) -> MissingYear:
    text = _(
        "The legal rate of %(year)s is not entered yet: it is published in January, and interest needs it from then on."
    )
    tone = "warning" if on.month >= ASKED_FROM_MONTH else "info"
    return MissingYear(on.year + 1, text % {"year": on.year + 1}, tone)
