"""What the three benefits pay, in words: amounts and limits as the rules have them on a day."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from msgspec import Struct

from convalescence.models import Benefit
from convalescence.rules import parameters
from partenamut.web.formats import euros


class Offer(Struct, frozen=True):
    """A benefit: euros a day, and how many days at most a year or a stay."""

    benefit: Benefit
    per_day: Decimal
    limit: int
    a_year: bool

    @property
    def amount(self) -> str:
        """The euros a day as they are written; whole euros without cents."""
        whole = self.per_day == self.per_day.to_integral_value()
        return f"{self.per_day:.0f}\u00a0€" if whole else euros(self.per_day)

    @property
    def limit_in_words(self) -> str:
        """How many days at most."""
        if self.a_year:
            text = ngettext("%(days)d day a year at most", "%(days)d days a year at most", self.limit)
        else:
            text = ngettext("%(days)d day a stay at most", "%(days)d days a stay at most", self.limit)
        return text % {"days": self.limit}

    @property
    def in_words(self) -> str:
        """Amount and limit in a line."""
        return gettext("%(amount)s a day, %(limit)s") % {"amount": self.amount, "limit": self.limit_in_words}


def offers(on: date) -> dict[str, Offer]:
    """The three benefits as they are on a day, by name."""
    convalescence = parameters.CONVALESCENCE_PER_DAY.on(on).value
    short_stay = parameters.SHORT_STAY_PER_DAY.on(on).value
    caregiver = parameters.CAREGIVER_PER_DAY.on(on).value
    listed = (
        Offer(Benefit.CONVALESCENCE, convalescence, parameters.CONVALESCENCE_DAYS_PER_YEAR, a_year=True),
        Offer(Benefit.SHORT_STAY, short_stay, parameters.SHORT_STAY_DAYS_PER_YEAR, a_year=True),
        Offer(Benefit.CAREGIVER, caregiver, parameters.CAREGIVER_DAYS_PER_STAY, a_year=False),
    )
    return {offer.benefit.value: offer for offer in listed}
