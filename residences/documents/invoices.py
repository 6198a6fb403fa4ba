"""Invoices, final accounts and credit notes on paper, one for each debtor, with their data for a machine."""

import io
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext
from segno.helpers import make_epc_qr

from partenamut.documents.formats import MINUS, euro
from partenamut.documents.job import DataAttachment
from partenamut.documents.services import Order
from partenamut.payments.communications import structured
from partenamut.sentences import day
from partenamut.web.formats import enterprise, iban, period
from residences.deciding import Due
from residences.messages import figure
from residences.models import LineKind

TEMPLATE = "documents/residences_invoice.typ"

Kind = Literal["monthly", "final", "credit"]


class HomeWords(msgspec.Struct, frozen=True):
    """The rest home as its invoices name it."""

    name: str
    operator: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    operating_title: str
    enterprise_number: str
    iban: str
    account_holder: str


class LineWords(msgspec.Struct, frozen=True):
    """A line; `quantity` counts days where it has days."""

    kind: str
    what: str
    first_day: date | None
    last_day: date | None
    quantity: Decimal | None
    unit_price: Decimal
    amount: Decimal


class ShareWords(msgspec.Struct, frozen=True):
    """What one debtor owes."""

    name: str
    amount: Decimal


class InvoiceWords(msgspec.Struct, frozen=True, tag_field="document", tag="residences/invoice/1"):
    """An invoice for one debtor; `communication` has twelve digits, `corrects` is the number of what is taken back."""

    number: str
    kind: Kind
    issued_on: date
    received_on: date
    due_on: date
    dispute_until: date
    month: date
    home: HomeWords
    resident: str
    room: str
    convention: str
    debtor: str
    debtor_address_lines: tuple[str, ...]
    lines: tuple[LineWords, ...]
    total: Decimal
    part: Decimal
    shares: tuple[ShareWords, ...]
    inami_days: int
    inami_amount: Decimal
    #: Each rule with its article.
    reasons: tuple[tuple[str, str], ...]
    communication: str
    language: str
    corrects: str = ""
    explanation: str = ""


def invoice_order(words: InvoiceWords, key: str) -> Order:
    """The invoice for one debtor, with its data for a machine."""
    with override(words.language):
        title = _TITLES[words.kind]() % {"number": words.number}
        context = _context(words)
    data = DataAttachment(f"{words.number}.json", msgspec.json.encode(words).decode(), description=title)
    return Order(
        key=key,
        kind="residences_invoice",
        template=TEMPLATE,
        context=context,
        language=words.language,
        title=title,
        issued_on=words.issued_on,
        attachments=(data,),
    )


def line_label(line: Due) -> str:
    """What a line is for, in the active language."""
    if line.entry is not None:
        return line.entry.label
    if line.late is not None:
        return _interest(line)
    if line.stretch is None:
        return _("Indemnity in place of notice (art. 10)")
    values = {
        "period": period(line.stretch.first, line.stretch.last),
        "percent": figure(line.stretch.percent),
    }
    return _STRETCHES[line.kind, line.amount > 0]() % values


def epc_code(words: InvoiceWords) -> str:
    """The drawing of the code that banks' apps read to pay the debtor's part; empty where nothing is to be paid."""
    if words.part <= 0 or not words.home.iban:
        return ""
    # Guideline EPC069-12, version 2: the bank is known by its account; Belgian banks find the reference in the text.
    code = make_epc_qr(
        name=words.home.account_holder[:70],
        iban=words.home.iban,
        amount=words.part,
        text=structured(words.communication),
        encoding="utf-8",
    )
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", omitsize=True, xmldecl=False, svgclass=None, lineclass=None, nl=False)
    return drawing.getvalue().decode()


# --- words ------------------------------------------------------------------------------------------------

_TITLES = {
    "monthly": lambda: _("Invoice %(number)s"),
    "final": lambda: _("Final account %(number)s"),
    "credit": lambda: _("Credit note %(number)s"),
}

#: What a line of days is called, and whether it charges or gives.
_STRETCHES = {
    (LineKind.ACCOMMODATION_CURRENT, True): lambda: _("Accommodation, %(period)s"),
    (LineKind.ACCOMMODATION_NEXT, True): lambda: _("Accommodation, %(period)s"),
    (LineKind.ACCOMMODATION_CREDIT, False): lambda: _("Accommodation not due, taken off, %(period)s"),
    (LineKind.DISCOUNT, False): lambda: _("Discount of %(percent)s %% on the accommodation, %(period)s"),
    (LineKind.DISCOUNT, True): lambda: _("Discount of %(percent)s %% on what is taken off, %(period)s"),
    (LineKind.REBATE, False): lambda: _("Rebate for days with an insurer's intervention, %(period)s"),
    (LineKind.REBATE, True): lambda: _("Rebate taken back, %(period)s"),
}


def _interest(line: Due) -> str:
    assert line.late is not None
    assert line.late_facts is not None
    days = (line.late_facts.paid - line.late_facts.due).days
    return ngettext(
        "Interest on invoice %(number)s, %(days)d day at %(percent)s %%",
        "Interest on invoice %(number)s, %(days)d days at %(percent)s %%",
        days,
    ) % {
        "number": line.late.invoice_number,
        "days": days,
        "percent": figure(line.late_facts.rate_percent),
    }


@lru_cache(maxsize=8)
def _labels(language: str) -> dict[str, str]:
    """The words that are the same on every invoice of a language, which is active."""
    return {
        "number": pgettext("invoice", "Number"),
        "issued_on": pgettext("invoice", "Issued on"),
        "received_on": _("Handed over on"),
        "due_on": _("To be paid by"),
        "resident": _("Resident"),
        "room": _("Room"),
        "convention": _("Convention"),
        "corrects": _("Takes back"),
        "why": _("Explanation"),
        "what": pgettext("invoice", "What"),
        "quantity": pgettext("invoice", "Days or number"),
        "price": pgettext("invoice", "Price"),
        "amount": _("Amount"),
        "total": _("TOTAL"),
        "part": _("Your part"),
        "inami": _("INAMI's intervention"),
        "reasons": _("How this invoice was reckoned"),
        "payment": _("To be paid to the account"),
        "account": "IBAN",
        "holder": _("In the name of"),
        "communication": _("Structured communication"),
        "dispute": _("To dispute this invoice"),
    }


def _context(words: InvoiceWords) -> dict[str, object]:
    language = words.language
    return {
        "reference": words.number,
        "labels": _labels(language),
        "heading": _TITLES[words.kind]() % {"number": words.number},
        "about": _about(words),
        "sender": _sender(words.home),
        "debtor": [words.debtor, *words.debtor_address_lines],
        "facts": _facts(words),
        "rows": [_row(line, language) for line in words.lines],
        "total": euro(words.total, language),
        "shares": [[one.name, euro(one.amount, language)] for one in words.shares]
        if len(words.shares) > 1
        else [],
        "part": euro(words.part, language),
        "inami": _inami(words),
        "reasons": [list(one) for one in words.reasons],
        "payment": _payment(words),
        "dispute": _dispute(words),
        "code": epc_code(words),
        "code_text": _("Code to pay %(amount)s with the app of a bank, with the reference %(reference)s.")
        % {"amount": euro(words.part, language), "reference": structured(words.communication)},
    }


def _about(words: InvoiceWords) -> str:
    values = {"month": date_format(words.month, "F Y")}
    if words.kind == "monthly":
        return _("Supplements and advances of %(month)s, accommodation of the month after") % values
    if words.kind == "final":
        return _("Last account of the stay, %(month)s") % values
    return _("Month of %(month)s") % values


def _sender(home: HomeWords) -> list[str]:
    lines = [home.name, home.operator if home.operator != home.name else "", *home.address_lines]
    lines += [home.phone, home.email, _("Operating title %(title)s") % {"title": home.operating_title}]
    if home.enterprise_number:
        number = enterprise(home.enterprise_number)
        lines.append(_("Enterprise number %(number)s") % {"number": number})
    return [line for line in lines if line]


def _facts(words: InvoiceWords) -> list[list[str]]:
    said = _labels(words.language)
    facts = [
        [said["number"], words.number],
        [said["issued_on"], day(words.issued_on)],
        [said["received_on"], day(words.received_on)],
        [said["resident"], words.resident],
        [said["room"], words.room],
        [said["convention"], words.convention],
        [said["corrects"], words.corrects],
        [said["why"], words.explanation],
    ]
    return [fact for fact in facts if fact[1]]


def _row(line: LineWords, language: str) -> list[str]:
    """What, on which day where it is not in the words, how many, at what price, how much."""
    quantity = "" if line.quantity is None else figure(line.quantity)
    price = euro(line.unit_price, language) if line.unit_price and quantity else ""
    dated = line.first_day if line.first_day == line.last_day and line.kind in _DATED else None
    what = f"{day(dated)}  {line.what}" if dated else line.what
    return [what, quantity.replace("-", MINUS), price, euro(line.amount, language)]


_DATED = (LineKind.SUPPLEMENT, LineKind.ADVANCE, LineKind.CARE, LineKind.CORRECTION)


def _inami(words: InvoiceWords) -> str:
    if not words.inami_days:
        return ""
    return ngettext(
        "INAMI paid %(amount)s to the home for %(days)d day of this resident (art. 6). It is not on this invoice.",
        "INAMI paid %(amount)s to the home for %(days)d days of this resident (art. 6). It is not on this invoice.",
        words.inami_days,
    ) % {"amount": euro(words.inami_amount, words.language), "days": words.inami_days}


def _payment(words: InvoiceWords) -> dict[str, object]:
    """To which account, in whose name, with which reference, until when; of an amount to give back, that it is."""
    said, amount = _labels(words.language), euro(abs(words.part), words.language)
    if words.part < 0:
        sentence = _("The home owes you %(amount)s: it is paid back, or taken off what you still owe.")
        return {"heading": _("In your favour"), "sentence": sentence % {"amount": amount}, "facts": []}
    if not words.part:
        return {"heading": _("Nothing is to be paid"), "sentence": "", "facts": []}
    sentence = _("To be paid by %(day)s: within 8 days of receipt (art. 6).") % {"day": day(words.due_on)}
    facts = [
        [said["amount"], amount],
        [said["account"], iban(words.home.iban)],
        [said["holder"], words.home.account_holder],
        [said["communication"], structured(words.communication)],
    ]
    return {"heading": said["payment"], "sentence": sentence, "facts": facts}


def _dispute(words: InvoiceWords) -> str:
    if words.kind == "credit":
        return ""
    return _(
        "You can dispute this invoice until %(day)s, within one month of its receipt (art. 6): write to the home, "
        "or use the portal."
    ) % {"day": day(words.dispute_until)}
