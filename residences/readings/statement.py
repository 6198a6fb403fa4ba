"""The statement of an account as its page and its files show it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from msgspec import Struct

from partenamut.periods import add_months
from partenamut.web.exports import Column
from residences.documents.statement import line_text
from residences.models import Convention
from residences.services.statements import DebtorAccount, Line, Statement, statement_of

__all__ = ["COLUMNS", "DebtorAccount", "Line", "Statement", "rows_of", "statement_of", "usual_period"]

#: Months that are shown unless others are asked for.
MONTHS = 12


class Row(Struct, frozen=True):
    """A line of the account with its debtor."""

    debtor: DebtorAccount
    line: Line

    @property
    def what(self) -> str:
        """What the line is."""
        return line_text(self.line.kind, self.line.invoice, self.line.month)


COLUMNS = (
    Column("debtor", _("Debtor"), lambda row: row.debtor.name),
    Column("day", _("Date"), lambda row: row.line.day, kind="day"),
    Column("what", _("What"), lambda row: row.what),
    Column("invoice", _("Invoice"), lambda row: row.line.invoice, table=False),
    Column("reference", _("Reference"), lambda row: row.line.reference),
    Column("asked", _("Asked"), lambda row: row.line.asked, kind="euros"),
    Column("received", _("Received"), lambda row: row.line.received, kind="euros"),
    Column("balance", pgettext_lazy("money", "Open"), lambda row: row.line.balance, kind="euros"),
)


def rows_of(found: Statement) -> Iterator[Row]:
    """The lines of all debtors, one debtor after another."""
    for debtor in found.debtors:
        for line in debtor.lines:
            yield Row(debtor, line)


def usual_period(convention: Convention, today: date) -> dict[str, Any]:
    """The last twelve months, from the entry at the earliest."""
    first = add_months(today.replace(day=1), 1 - MONTHS)
    return {"first": max(first, convention.entry or first), "last": today}
