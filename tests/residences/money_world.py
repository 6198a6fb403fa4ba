"""A home with two residents and invoices of March 2026, every amount known to the cent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from partenamut.accounts.models import User
from residences import models
from residences.services import payments
from residences.services.payments import with_balance
from tests.factories import desk
from tests.factories import residences as make

#: The invoices of March are handed over on 28 March: due on 5 April, to be disputed until 28 April.
RECEIVED, DUE, UNTIL = date(2026, 3, 28), date(2026, 4, 5), date(2026, 4, 28)
MARCH = date(2026, 3, 1)
#: A day on which they are late.
LATER = make.AT
TODAY = make.TODAY


@dataclass
class World:
    """What the tests speak of: Simone pays alone, Jeanne shares with her son, 60 and 40 percent."""

    home: models.RestHome
    director: User
    simone: models.Convention
    jeanne: models.Convention
    son: models.Contact
    #: Who is Simone on the portal.
    herself: User
    invoice: models.Invoice
    shared: models.Invoice

    @property
    def share(self) -> models.InvoiceShare:
        """What Simone owes: 1 500.00."""
        return make.share(self.invoice)

    @property
    def sons(self) -> models.InvoiceShare:
        """What Jeanne's son owes: 600.00."""
        return make.share(self.shared, self.son)

    def pay(self, euros: str, share: models.InvoiceShare | None = None, **changes: Any) -> models.Payment:
        """A payment registered by the director."""
        given: dict[str, Any] = {
            "share": share or self.share, "amount": Decimal(euros), "received_on": date(2026, 4, 20),
            "actor": self.director, "at": LATER,
        }  # fmt: skip
        return payments.register(**given | changes)

    def now(self, share: models.InvoiceShare | None = None, on: date = TODAY) -> Any:
        """A share with its balance."""
        rows = models.InvoiceShare.objects.filter(pk=(share or self.share).pk)
        return with_balance(rows, on).get()


def money_world() -> World:
    """The home, its residents and their invoices."""
    home = make.RestHomeFactory()
    director = make.director_of(home)
    member = desk.member(last_name="Lambert", first_name="Simone")
    simone = make.signed(
        home, actor=director, resident=make.ResidentFactory(member=member, last_name="Lambert")
    )
    other = make.ResidentFactory(first_name="Jeanne", last_name="Moreau")
    jeanne = make.signed(home, actor=director, resident=other)
    son = make.contact(other, role="family", name="Marc Moreau")
    make.interest_rates()
    return World(
        home,
        director,
        simone,
        jeanne,
        son,
        member.user,
        make.invoice(simone, parts=["1400.00", "100.00"]),
        make.invoice(jeanne, total="1500.00", debtors=[(None, 60), (son, 40)]),
    )
