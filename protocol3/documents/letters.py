"""The reminder to an insurer, and the statement of a beneficiary."""

from datetime import date
from decimal import Decimal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from partenamut.documents.formats import euro
from partenamut.documents.services import Order
from partenamut.payments.communications import structured
from partenamut.web.formats import iban
from protocol3.documents.parts import LineWords, ProjectWords, sent_by
from protocol3.messages import day

STATEMENT = "documents/statement.typ"
LETTER = "documents/letter.html"


class ReminderWords(msgspec.Struct, frozen=True):
    """A reminder of a recapitulative note that was not paid in time; `turn` counts its reminders."""

    issued_on: date
    project: ProjectWords
    recipient_name: str
    recipient_address_lines: tuple[str, ...]
    recap_number: str
    recap_issued_on: date
    first_day: date
    last_day: date
    total: Decimal
    paid: Decimal
    due_on: date
    communication: str
    language: str
    turn: int = 1

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid."""
        return self.total - self.paid


class StatementWords(msgspec.Struct, frozen=True):
    """What was done for a beneficiary in a period, and what the insurer pays of it (art. 27 §3)."""

    issued_on: date
    project: ProjectWords
    full_name: str
    address_lines: tuple[str, ...]
    insurer_name: str
    first_day: date
    last_day: date
    lines: tuple[LineWords, ...]
    total: Decimal
    language: str


def reminder_order(words: ReminderWords, key: str) -> Order:
    """The letter that reminds an insurer of a recapitulative note that was not paid in time."""
    with override(words.language):
        title = _("Reminder: recapitulative note %(number)s is not paid") % {"number": words.recap_number}
        return Order(
            key=key,
            kind="protocol3_reminder",
            template=LETTER,
            context=_reminder_context(words, title),
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


def _reminder_context(words: ReminderWords, title: str) -> dict[str, object]:
    values = {
        "number": words.recap_number,
        "issued": day(words.recap_issued_on),
        "first": day(words.first_day),
        "last": day(words.last_day),
        "due": day(words.due_on),
        "amount": euro(words.open_amount, words.language),
        "turn": words.turn,
    }
    return {
        **sent_by(words.project),
        "addressee": {"lines": [words.recipient_name, *words.recipient_address_lines]},
        "reference": words.recap_number,
        "particulars": [
            {"label": _("Reminder number:"), "value": str(words.turn)},
            {"label": _("Account:"), "value": f"{iban(words.project.iban)}, {words.project.account_holder}"},
            {"label": _("Reference of the payment:"), "value": structured(words.communication)},
        ],
        "subject": title,
        "salutation": _("Dear Sir or Madam,"),
        "paragraphs": [
            _(
                "We sent you recapitulative note %(number)s on %(issued)s, for the services from %(first)s to "
                "%(last)s. It was due no later than %(due)s (convention, art. 24)."
            )
            % values,
            _(
                "Of this note, %(amount)s is still open. Please pay this amount to the account above, with its reference."
            )
            % values,
        ],
        "tables": [_open_amount(words)],
        "after": [
            _(
                "If you paid in the meantime, you need not do anything. If you refuse some lines, please tell us which and why."
            ),
        ],
        "closing": _("Kind regards,"),
        "signatory": {"name": words.project.signatory, "role": words.project.name},
    }


def _open_amount(words: ReminderWords) -> dict[str, object]:
    return {
        "caption": _("Amount to be paid"),
        "columns": [
            {"label": _("What"), "kind": "text", "width": 70},
            {"label": _("Amount"), "kind": "amount", "width": 30},
        ],
        "rows": [
            [_("Note %(number)s") % {"number": words.recap_number}, words.total],
            [_("Received so far"), -words.paid],
        ],
        "total": [_("Still to be paid"), words.open_amount],
    }


def statement_order(words: StatementWords, key: str) -> Order:
    """The beneficiary's statement of what was done and what the insurer pays of it."""
    with override(words.language):
        period = {"first": day(words.first_day), "last": day(words.last_day)}
        title = _("Statement of your care services from %(first)s to %(last)s") % period
        return Order(
            key=key,
            kind="protocol3_statement",
            template=STATEMENT,
            context=_statement_context(words),
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


def _statement_context(words: StatementWords) -> dict[str, object]:
    return {
        **sent_by(words.project),
        "addressee": {"lines": [words.full_name, *words.address_lines]},
        "reference": words.project.name,
        "particulars": [{"label": _("Insurer:"), "value": words.insurer_name}],
        "introduction": [
            _("This is what was done for you, and what your insurer pays for it. You pay nothing yourself.")
            if words.lines
            else _("No service was billed for you in these days.")
        ],
        "columns": [
            {"label": pgettext("note", "Date"), "kind": "text", "width": 20},
            {"label": _("Pseudocode"), "kind": "text", "width": 20},
            {"label": _("Service"), "kind": "text", "width": 60},
            {"label": pgettext("note", "Number"), "kind": "number", "width": 14},
            {"label": _("Paid by the insurer"), "kind": "amount", "width": 26},
        ],
        "rows": [
            [day(line.date), line.pseudocode, line.what, str(line.units), euro(line.amount, words.language)]
            for line in words.lines
        ],
        "totals": [{"label": _("Total paid by the insurer"), "value": euro(words.total, words.language)}],
        "remarks": [
            _("No supplement may be asked of you for these services (convention, art. 25)."),
            _("You do not recognise a service? Call the project: %(contact)s.")
            % {"contact": words.project.contact},
        ],
    }
