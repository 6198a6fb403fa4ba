"""The statement of an account on paper, for one debtor: what was asked, taken off, received, and what is open."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from msgspec import Struct

from partenamut.documents.formats import euro
from partenamut.documents.services import Order
from partenamut.sentences import day
from partenamut.web.formats import iban, month, period
from residences.documents.endings import sent_by
from residences.text import HomeTerms

TEMPLATE = "documents/statement.typ"

Kind = Literal["invoice", "final", "credit", "payment", "paid_back", "undone"]


class LineWords(Struct, frozen=True):
    """A line of an account; see residences.services.statements.Line."""

    day: date
    kind: Kind
    invoice: str
    month: date
    reference: str
    asked: Decimal
    received: Decimal
    balance: Decimal


class StatementWords(Struct, frozen=True):
    """The account of one debtor between two days."""

    language: str
    issued_on: date
    home: HomeTerms
    iban: str
    account_holder: str
    name: str
    address_lines: tuple[str, ...]
    resident: str
    number: str
    first: date
    last: date
    opening: Decimal
    lines: tuple[LineWords, ...]
    asked: Decimal
    received: Decimal
    closing: Decimal
    overdue: Decimal


def statement_order(words: StatementWords, *, key: str) -> Order:
    """The statement, with its words frozen."""
    with override(words.language):
        title = _("Statement of account %(period)s") % {"period": period(words.first, words.last)}
        return Order(
            key=key,
            kind="rest-home-statement",
            template=TEMPLATE,
            context=_context(words),
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


def line_text(kind: Kind, invoice: str, of: date) -> str:
    """What a line is, in the active language."""
    values = {"number": invoice, "month": month(of)}
    return _WHAT[kind]() % values


_WHAT: dict[Kind, Callable[[], str]] = {
    "invoice": lambda: _("Invoice %(number)s of %(month)s"),
    "final": lambda: _("Final account %(number)s"),
    "credit": lambda: _("Credit note %(number)s"),
    "payment": lambda: _("Payment of invoice %(number)s"),
    "paid_back": lambda: _("Paid back on invoice %(number)s"),
    "undone": lambda: _("Payment of invoice %(number)s undone"),
}


def _context(words: StatementWords) -> dict[str, Any]:
    lines = [line for line in (words.home.phone, words.home.email) if line]
    sender = sent_by(words.home)["sender"]
    return {
        "sender": {"name": sender["name"], "service": sender["service"], "lines": [*sender["lines"], *lines]},
        "addressee": {"lines": [words.name, *words.address_lines]},
        "reference": words.number,
        "particulars": [
            {"label": _("Resident:"), "value": words.resident},
            {"label": _("Convention:"), "value": words.number},
            {
                "label": _("Account:"),
                "value": ", ".join(filter(None, (iban(words.iban), words.account_holder))),
            },
        ],
        "introduction": [
            _("This is your account with the home (convention, art. 6).")
            if words.lines
            else _("Nothing was asked or paid in these days.")
        ],
        "columns": [
            {"label": pgettext("note", "Date"), "kind": "text", "width": 20},
            {"label": _("What"), "kind": "text", "width": 62},
            {"label": _("Asked"), "kind": "amount", "width": 24},
            {"label": _("Received"), "kind": "amount", "width": 24},
            {"label": pgettext("money", "Open"), "kind": "amount", "width": 24},
        ],
        "rows": [_opening(words), *(_row(line, words.language) for line in words.lines)],
        "totals": list(_totals(words)),
        "remarks": _remarks(words),
    }


def _opening(words: StatementWords) -> list[str]:
    return [day(words.first), _("Open before"), "", "", euro(words.opening, words.language)]


def _row(line: LineWords, language: str) -> list[str]:
    what = line_text(line.kind, line.invoice, line.month)
    return [
        day(line.day),
        f"{what} ({line.reference})" if line.reference else what,
        euro(line.asked, language) if line.asked else "",
        euro(line.received, language) if line.received else "",
        euro(line.balance, language),
    ]


def _totals(words: StatementWords) -> list[dict[str, str]]:
    rows = [
        (_("Asked in these days"), words.asked),
        (_("Received in these days"), words.received),
        (_("Open on %(day)s") % {"day": day(words.last)}, words.closing),
    ]
    if words.overdue:
        rows.append((_("Of which overdue"), words.overdue))
    return [{"label": label, "value": euro(amount, words.language)} for label, amount in rows]


def _remarks(words: StatementWords) -> list[str]:
    found = []
    if words.closing > 0:
        found.append(_("Please pay each invoice with its own structured communication."))
    if words.closing < 0:
        found.append(_("The home owes you this amount: it is paid back, or taken off what you still owe."))
    found.append(
        _("The account can be consulted at any time, by the resident and who represents them (art. 6).")
    )
    return found
