"""Movements of the bank looked at: whose each is, what it leaves open, and why somebody has to say so instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.accounts.models import User
from partenamut.casework.rows import FileRefused, ImportColumn, Layout, Line
from partenamut.identifiers import WrongNumber, parse_communication
from partenamut.payments.bank_lines import COLUMNS, LARGEST, amount_of, day_of, read, refuse_texts
from partenamut.payments.coda_files import is_coda, read_coda
from partenamut.payments.communications import communication_in
from partenamut.web.formats import iban
from residences.models import BankFile, BankLine, InvoiceShare, Payment, RestHome
from residences.services.payments import obstacle, shares_of, with_balance

#: The columns of the care projects' files, the communication left empty where there is none, and who paid.
LAYOUT = Layout(
    (
        *(column for column in COLUMNS if column.name != "communication"),
        ImportColumn(
            "communication",
            False,
            140,
            gettext_lazy("Structured communication, with or without +++ and /."),
            "+++090/9337/55493+++",
        ),
        ImportColumn("name", False, 100, gettext_lazy("Who paid; helps where the communication is wrong."), "Marc Moreau"),
        ImportColumn("account", False, 40, gettext_lazy("Account of who paid."), "BE71 0961 2345 6769"),
    ),
    Line,
)  # fmt: skip
TWELVE = 12


class LineState(StrEnum):
    """What becomes of a movement."""

    MATCHED = "matched"
    TO_ASSIGN = "to_assign"
    KNOWN = "known"
    MONEY_OUT = "money_out"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the bank; a negative amount left the account."""

    number: int
    received_on: date
    amount: Decimal
    communication: str
    reference: str
    name: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A line with what becomes of it: the share it pays and what that leaves open, else a code with its figures."""

    number: int
    state: LineState
    movement: Movement | None = None
    code: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    share: Any = None
    left: Decimal | None = None


def read_file(home: RestHome, content: bytes) -> list[Line]:
    """The lines of a file of the bank, CODA or CSV; FileRefused with a sentence for one that cannot be read."""
    if not is_coda(content):
        return read(content, LAYOUT)
    found = read_coda(content)
    strange = [one for one in found.accounts if home.iban and one[-TWELVE:] != home.iban[-TWELVE:]]
    if strange:
        raise FileRefused(
            _("This file is of account %(strange)s; the account of the home is %(own)s."),
            params={"strange": iban(strange[0]), "own": iban(home.iban)},
        )
    return found.lines


def movement_of(line: Line, today: date) -> Movement:
    """What a line says, as a day and an amount; ValidationError with what cannot be read."""
    refuse_texts(line, LAYOUT)
    received_on, amount = day_of(line.values["date"]), amount_of(line.values["amount"])
    if received_on > today:
        raise ValidationError(_("The day lies in the future."))
    if amount == 0 or abs(amount) > LARGEST:
        raise ValidationError(_("amount: no payment is of this amount."))
    texts = {name: line.values.get(name, "") for name in ("communication", "reference", "name", "account")}
    return Movement(line.number, received_on, amount, **texts)


def look(home: RestHome, movements: Sequence[Movement], *, actor: User, today: date) -> list[Looked]:
    """What becomes of each movement as the invoices and payments stand now; a fixed number of queries."""
    return _Look(home, movements, actor, today).over(movements)


# --- inside -----------------------------------------------------------------------------------------------


class _Look:
    """One look at movements: what is known and open changes from one to the next."""

    def __init__(self, home: RestHome, movements: Iterable[Movement], actor: User, today: date) -> None:
        self.today = today
        self.digits = {one.number: _digits(one.communication) for one in movements}
        wanted = {digits for digits in self.digits.values() if digits}
        mine = with_balance(shares_of(home).filter(communication__in=wanted), today)
        self.shares: dict[str, Any] = {row.communication: row for row in mine}
        self.open = {row.pk: row.balance for row in self.shares.values()}
        self.elsewhere = _elsewhere(wanted - set(self.shares), actor, today)
        self.known = _known(home, [one.reference for one in movements])
        self.standing = _standing(self.shares.values())

    def over(self, movements: Iterable[Movement]) -> list[Looked]:
        """Each movement with what becomes of it."""
        return [self._looked(one) for one in movements]

    def _looked(self, one: Movement) -> Looked:
        share = self.shares.get(self.digits[one.number])
        earlier = self.known.setdefault(one.reference, [])
        same = (one.received_on, one.amount)
        if same in earlier:
            return Looked(one.number, LineState.KNOWN, one, "known")
        if one.amount < 0 and share is None:
            return Looked(one.number, LineState.MONEY_OUT, one, "money_out")
        other, earlier_ones = bool(earlier), [*earlier]
        earlier.append(same)
        if other:
            received_on, amount = earlier_ones[0]
            return self._waits(one, "reference_of_another", amount=str(amount), day=received_on.isoformat())
        return self._waits(one, *self._without_share(one)) if share is None else self._paying(one, share)

    def _waits(self, one: Movement, code: str, /, **figures: str) -> Looked:
        return Looked(one.number, LineState.TO_ASSIGN, one, code, tuple(figures.items()))

    def _without_share(self, one: Movement) -> tuple[str]:
        digits = self.digits[one.number]
        if digits:
            return ("of_another_home" if digits in self.elsewhere else "unknown",)
        figures = sum(character.isdigit() for character in communication_in(one.communication))
        return ("wrong_communication" if figures == TWELVE else "no_communication",)

    def _paying(self, one: Movement, share: Any) -> Looked:
        number = share.invoice.number
        share.balance = self.open[share.pk]
        if code := obstacle(share, one.amount, one.received_on, self.today):
            return self._waits(one, code, number=number, day=share.invoice.issued_on.isoformat())
        if (share.pk, one.received_on, one.amount) in self.standing:
            return self._waits(one, "paid_that_day", number=number)
        self.open[share.pk] -= one.amount
        return Looked(one.number, LineState.MATCHED, one, share=share, left=self.open[share.pk])


def _digits(text: str) -> str:
    """The digits of a right communication within a text; empty where there is none."""
    try:
        return parse_communication(communication_in(text))
    except WrongNumber:
        return ""


def _elsewhere(wanted: set[str], actor: User, today: date) -> set[str]:
    """Communications of other homes that the same person directs."""
    if not wanted:
        return set()
    homes = RestHome.objects.directed_by(actor, today)
    rows = InvoiceShare.objects.filter(communication__in=wanted, invoice__home__in=homes)
    return set(rows.values_list("communication", flat=True))


def _known(home: RestHome, references: Iterable[str]) -> dict[str, list[Any]]:
    """Day and euros of what came before under the same references, in a file of the home or by hand."""
    wanted = set(references)
    found: dict[str, list[Any]] = {}
    lines = BankLine.objects.filter(
        file__home=home, file__status=BankFile.Status.DONE, reference__in=wanted
    ).exclude(status=BankLine.Status.REFUSED)
    paid = Payment.objects.filter(share__invoice__home=home, reference__in=wanted, reverses=None)
    for rows in (lines, paid):
        for reference, received_on, amount in rows.order_by("pk").values_list(
            "reference", "received_on", "amount"
        ):
            found.setdefault(reference, []).append((received_on, amount))
    return found


def _standing(shares: Iterable[Any]) -> set[tuple[int, date, Decimal]]:
    """Share, day and amount of the payments that stand."""
    rows = Payment.objects.filter(share__in=[row.pk for row in shares], reverses=None, reversed_by=None)
    return set(rows.values_list("share_id", "received_on", "amount"))


# --- the words --------------------------------------------------------------------------------------------

#: Why a movement waits, is known or is left out: code -> sentence.
REMARKS: Mapping[str, Any] = {
    "known": gettext_lazy("Registered already: it changes nothing."),
    "money_out": gettext_lazy("Money that left the account: not taken over."),
    "no_communication": gettext_lazy("There is no structured communication."),
    "wrong_communication": gettext_lazy("The structured communication is mistyped."),
    "unknown": gettext_lazy("No invoice of this home has this communication."),
    "of_another_home": gettext_lazy(
        "The communication is of another home that you run: the money came here."
    ),
    "reference_of_another": gettext_lazy(
        "The reference of the bank is known with %(amount)s on %(day)s: look whether this is another payment."
    ),
    "paid_that_day": gettext_lazy(
        "A payment of this amount is registered for that day on invoice %(number)s: look whether this is the same."
    ),
    "credit_note": gettext_lazy("The communication is of credit note %(number)s."),
    "before_issue": gettext_lazy("The money came before invoice %(number)s was issued, on %(day)s."),
    "too_much_back": gettext_lazy("More than is to be paid back on invoice %(number)s."),
    "undone": gettext_lazy("It was assigned, and that was undone."),
}
