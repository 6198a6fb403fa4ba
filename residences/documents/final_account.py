"""The statement of a final account: every amount of the end of a stay, what was paid, what is left."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec import Struct

from partenamut.documents.formats import euro
from partenamut.documents.services import Order
from partenamut.law import Reason
from partenamut.money import ZERO
from residences.documents.endings import sent_by
from residences.messages import day, messages
from residences.text import HomeTerms, Party

LETTER = "documents/letter.html"
#: The rules whose sentences explain the end; that of a death is not for those who grieve.
TOLD = frozenset({"notice.manager_notice_running", "notice.start", "notice.observed"})


class StatementWords(Struct, frozen=True):
    """What the statement of a final account tells."""

    language: str
    issued_on: date
    home: HomeTerms
    addressee: Party
    resident: str
    number: str
    ended_on: date
    #: The convention ended before the entry.
    nothing_due: bool
    invoice_number: str
    due_on: date
    dispute_until: date
    #: Label and amount of each line of the final account.
    lines: tuple[tuple[str, Decimal], ...]
    total: Decimal
    #: Of each debtor: name, invoiced before, paid, part of the final account, balance.
    debtors: tuple[tuple[str, Decimal, Decimal, Decimal, Decimal], ...]
    reasons: tuple[Reason, ...]
    explanation: str

    @property
    def balance(self) -> Decimal:
        """Euros still to be paid; negative: to be paid back."""
        return sum((row[4] for row in self.debtors), ZERO)


def statement_order(words: StatementWords, *, key: str) -> Order:
    """The statement as a letter, with its words frozen."""
    with override(words.language):
        title = _("Final account of the stay of %(resident)s") % {"resident": words.resident}
        return Order(
            key=key,
            kind="rest-home-final-account",
            template=LETTER,
            context={
                **sent_by(words.home),
                "addressee": {"lines": _addressee(words)},
                "reference": words.invoice_number,
                "particulars": [
                    {"label": _("Convention:"), "value": words.number},
                    {"label": _("Resident:"), "value": words.resident},
                ],
                "subject": title,
                "salutation": _("Dear Sir or Madam,"),
                "paragraphs": list(_paragraphs(words)),
                "tables": [_lines(words), _debtors(words)],
                "after": list(_after(words)),
                "closing": _("Kind regards,"),
                "signatory": {"name": words.home.manager_name, "role": words.home.manager_function},
            },
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


# --- its parts ------------------------------------------------------------------------------------------------


def _addressee(words: StatementWords) -> list[str]:
    lines = [words.addressee.name, *words.addressee.address_lines]
    return [_("To the heirs of"), *lines] if words.addressee.quality == "heirs" else lines


def _paragraphs(words: StatementWords) -> Iterator[str]:
    if words.nothing_due:
        yield _("The convention ended before the entry: no day of accommodation is due.")
    else:
        yield _(
            "The stay of %(resident)s has ended. The price of the accommodation is due until %(day)s."
        ) % {
            "resident": words.resident,
            "day": day(words.ended_on),
        }
    reasons = tuple(
        one for one in words.reasons if one.code in TOLD and (one.met or one.code == "notice.observed")
    )
    yield from messages(reasons, words.language)
    if words.explanation:
        yield words.explanation


def _lines(words: StatementWords) -> dict[str, object]:
    return {
        "caption": _("Final account %(number)s") % {"number": words.invoice_number},
        "columns": [
            {"label": _("What"), "kind": "text", "width": 70},
            {"label": _("Amount"), "kind": "amount", "width": 30},
        ],
        "rows": [[label, amount] for label, amount in words.lines]
        or [[_("Nothing is left to invoice"), ZERO]],
        "total": [_("Total of the final account"), words.total],
    }


def _debtors(words: StatementWords) -> dict[str, object]:
    return {
        "caption": _("The whole stay"),
        "columns": [
            {"label": _("Debtor"), "kind": "text", "width": 30},
            {"label": _("Invoiced before"), "kind": "amount", "width": 20},
            {"label": _("Received"), "kind": "amount", "width": 15},
            {"label": _("Final account"), "kind": "amount", "width": 20},
            {"label": _("Balance"), "kind": "amount", "width": 15},
        ],
        "rows": [
            [name, before, -paid, final, balance] for name, before, paid, final, balance in words.debtors
        ],
        "total": [_("Balance of all"), words.balance],
    }


def _after(words: StatementWords) -> Iterator[str]:
    amount = euro(abs(words.balance), words.language)
    if words.balance > 0:
        yield _(
            "%(amount)s is left to be paid by %(due)s: the invoice of each debtor bears its structured communication "
            "(art. 6)."
        ) % {"amount": amount, "due": day(words.due_on)}
    elif words.balance < 0:
        yield _(
            "%(amount)s is paid back to whoever paid it. Please tell us the account number if it has changed."
        ) % {"amount": amount}
    else:
        yield _("Nothing is left to be paid, and nothing to be paid back.")
    yield _("This account may be contested until %(day)s, within one month of its receipt (art. 6).") % {
        "day": day(words.dispute_until)
    }
