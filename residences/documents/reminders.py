"""Letters to a debtor who did not pay in time: the reminder, and the formal notice from which interest is owed (art. 6)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec import Struct

from partenamut.documents.formats import euro
from partenamut.documents.services import Order
from partenamut.money import ZERO
from partenamut.payments.communications import structured
from partenamut.sentences import day
from partenamut.web.formats import iban, percent, period
from residences.documents.endings import sent_by
from residences.text import HomeTerms

LETTER = "documents/letter.html"


class YearWords(Struct, frozen=True):
    """The days of a calendar year in which an amount was late, its legal rate, and what it bears."""

    first_day: date
    last_day: date
    days: int
    percent: Decimal
    interest: Decimal


class ReminderWords(Struct, frozen=True):
    """A letter about what is open of a debtor's share; `formal` makes it a formal notice, `turn` counts the letters."""

    language: str
    issued_on: date
    formal: bool
    turn: int
    home: HomeTerms
    iban: str
    account_holder: str
    name: str
    address_lines: tuple[str, ...]
    resident: str
    invoice_number: str
    invoice_received_on: date
    due_on: date
    amount: Decimal
    #: Taken off by credit notes: zero or negative.
    credited: Decimal
    received: Decimal
    communication: str
    #: Of a formal notice: the legal rate of this year, and what the open amount bears up to the day of the letter.
    percent: Decimal | None = None
    years: tuple[YearWords, ...] = ()

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid."""
        return self.amount + self.credited - self.received


def reminder_order(words: ReminderWords, *, key: str) -> Order:
    """The letter, with its words frozen."""
    with override(words.language):
        subject = _FORMAL() if words.formal else _FRIENDLY()
        title = subject % {"number": words.invoice_number}
        return Order(
            key=key,
            kind="rest-home-reminder",
            template=LETTER,
            context={
                **sent_by(words.home),
                "addressee": {"lines": [words.name, *words.address_lines]},
                "reference": words.invoice_number,
                "particulars": _particulars(words),
                "subject": title,
                "salutation": _("Dear Sir or Madam,"),
                "paragraphs": list(_paragraphs(words)),
                "tables": [_amounts(words), *_interest(words)],
                "after": list(_after(words)),
                "closing": _("Kind regards,"),
                "signatory": {"name": words.home.manager_name, "role": words.home.manager_function},
            },
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


# --- what it says -------------------------------------------------------------------------------------------


def _FRIENDLY() -> str:  # noqa: N802 - spoken in the language of the letter
    return _("Reminder: invoice %(number)s is not paid")


def _FORMAL() -> str:  # noqa: N802 - the same
    return _("Formal notice to pay invoice %(number)s")


def _particulars(words: ReminderWords) -> list[dict[str, str]]:
    return [
        {"label": _("Resident:"), "value": words.resident},
        {"label": _("Account:"), "value": ", ".join(filter(None, (iban(words.iban), words.account_holder)))},
        {"label": _("Reference of the payment:"), "value": structured(words.communication)},
    ]


def _paragraphs(words: ReminderWords) -> Iterator[str]:
    values = {
        "number": words.invoice_number,
        "received": day(words.invoice_received_on),
        "due": day(words.due_on),
        "amount": euro(words.open_amount, words.language),
    }
    yield (
        _(
            "You received invoice %(number)s on %(received)s. It was to be paid by %(due)s, within 8 days (convention, "
            "art. 6)."
        )
        % values
    )
    if not words.formal:
        yield (
            _("%(amount)s is still open. Please pay this amount to the account above, with its reference.")
            % values
        )
        return
    yield (
        _(
            "By this letter we give you formal notice to pay the %(amount)s that is still open, to the account above, with "
            "its reference (convention, art. 6)."
        )
        % values
    )
    yield _(
        "From this formal notice on, the amount bears interest at the legal rate (article 1153 of the civil code), "
        "reckoned by days from %(due)s to the day of your payment. In %(year)d that rate is %(percent)s a year."
    ) % {
        "due": day(words.due_on),
        "year": words.issued_on.year,
        "percent": percent((words.percent or ZERO).normalize()),
    }


def _amounts(words: ReminderWords) -> dict[str, object]:
    rows = [[_("Invoice %(number)s, your part") % {"number": words.invoice_number}, words.amount]]
    if words.credited:
        rows.append([_("Taken off by credit notes"), words.credited])
    rows.append([_("Received so far"), -words.received])
    return {
        "caption": _("Amount to be paid"),
        "columns": [
            {"label": _("What"), "kind": "text", "width": 70},
            {"label": _("Amount"), "kind": "amount", "width": 30},
        ],
        "rows": rows,
        "total": [_("Still to be paid"), words.open_amount],
    }


def _interest(words: ReminderWords) -> Iterator[dict[str, object]]:
    """What the open amount bears if it were paid on the day of the letter, year by year."""
    if not words.years:
        return
    yield {
        "caption": _("Interest if you paid on %(day)s") % {"day": day(words.issued_on)},
        "columns": [
            {"label": _("Period"), "kind": "text", "width": 45},
            {"label": _("Days"), "kind": "number", "width": 15},
            {"label": _("Legal rate"), "kind": "number", "width": 20},
            {"label": _("Interest"), "kind": "amount", "width": 20},
        ],
        "rows": [
            [
                period(row.first_day, row.last_day),
                str(row.days),
                percent(row.percent.normalize()),
                row.interest,
            ]
            for row in words.years
        ],
        "total": [_("Interest so far"), sum((row.interest for row in words.years), ZERO)],
    }


def _after(words: ReminderWords) -> Iterator[str]:
    if words.formal:
        yield _("The interest is not asked by this letter: it stands on a later invoice.")
    yield _("If you paid in the meantime, you need not do anything.")
    yield _(
        "Is it difficult to pay? Call us: we look for a solution with you. A public welfare centre can help too."
    )
    if words.formal and words.home.courts:
        yield _("These courts are competent for any dispute: %(courts)s (art. 11).") % {
            "courts": "; ".join(words.home.courts)
        }
