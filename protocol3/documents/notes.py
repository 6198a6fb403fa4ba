"""The individual and the recapitulative note after the models of the convention, with their data for machines."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from partenamut.documents.formats import MINUS, euro
from partenamut.documents.job import DataAttachment
from partenamut.documents.services import Order
from partenamut.payments.communications import structured
from partenamut.web.formats import iban, niss
from protocol3.documents.parts import LineWords, ProjectWords
from protocol3.messages import day

NOTE = "documents/protocol3_note.typ"
RECAP = "documents/protocol3_recap.typ"

Kind = Literal["invoice", "correction", "repayment"]


class NoteWords(msgspec.Struct, frozen=True, tag_field="document", tag="protocol3/note/1"):
    """An individual note; `month` is its first day, `corrects` the number of the note that it corrects."""

    number: str
    issued_on: date
    project: ProjectWords
    last_name: str
    first_name: str
    registration_number: str
    month: date
    lines: tuple[LineWords, ...]
    total: Decimal
    language: str
    corrects: str = ""
    reason: str = ""


class RecapLine(msgspec.Struct, frozen=True):
    """An individual note on a recapitulative note; NISS as eleven digits."""

    number: str
    full_name: str
    niss: str
    total: Decimal


class RecapWords(msgspec.Struct, frozen=True, tag_field="document", tag="protocol3/recap/1"):
    """A recapitulative note; `communication` has twelve digits, `insurer_code` is empty for INAMI."""

    number: str
    issued_on: date
    project: ProjectWords
    recipient_name: str
    recipient_address_lines: tuple[str, ...]
    insurer_code: str
    first_day: date
    last_day: date
    notes: tuple[RecapLine, ...]
    services_total: Decimal
    allowance_total: Decimal
    total: Decimal
    communication: str
    due_on: date | None
    certified_by: str
    certified_on: date
    language: str
    kind: Kind = "invoice"
    corrects: str = ""


def note_order(words: NoteWords, key: str) -> Order:
    """The individual note after the model of the convention, with its data for a machine."""
    with override(words.language):
        title = _("Individual note %(number)s") % {"number": words.number}
    return Order(
        key=key,
        kind="protocol3_note",
        template=NOTE,
        context=_note_context(words),
        language=words.language,
        title=title,
        issued_on=words.issued_on,
        attachments=(_data(words, words.number, title),),
    )


def recap_order(words: RecapWords, key: str) -> Order:
    """The recapitulative note after the model of the convention, with its data for a machine."""
    with override(words.language):
        title = _RECAP_TITLES[words.kind]() % {"number": words.number}
    return Order(
        key=key,
        kind="protocol3_recap",
        template=RECAP,
        context=_recap_context(words),
        language=words.language,
        title=title,
        issued_on=words.issued_on,
        attachments=(_data(words, words.number, title),),
    )


def _data(words: NoteWords | RecapWords, number: str, title: str) -> DataAttachment:
    return DataAttachment(f"{number}.json", msgspec.json.encode(words).decode(), description=title)


_RECAP_TITLES = {
    "invoice": lambda: _("Recapitulative note %(number)s"),
    "correction": lambda: _("Recapitulative correction note %(number)s"),
    "repayment": lambda: _("Note of repayment to INAMI %(number)s"),
}


# --- the individual note ----------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _note_labels(language: str) -> dict[str, str]:
    """The words of the model that are the same on every note of a language."""
    with override(language):
        return {
            "return_to": _(
                "To be returned to the insurer of the beneficiary, within the month that follows the period "
                "of the invoice."
            ),
            "about": _(
                "Monthly billing of the services organised by a project “alternative care for older people – "
                "Protocol 3”"
            ),
            "heading": _("Individual invoice per patient"),
            "correction_heading": _("Individual correction invoice per patient"),
            "number": _("Number of the individual invoice"),
            "date": pgettext("note", "Date"),
            "project": _("Identification of the project"),
            "project_name": _("Name of the project"),
            "project_inami": _("INAMI number of the project"),
            "beneficiary": _("Identification of the beneficiary"),
            "last_name": _("Last name"),
            "first_name": _("First name"),
            "registration_number": _("Registration number with the insurer"),
            "month": _("Period (1 month) of this invoice"),
            "lines": _("Detailed list of the services billed"),
            "corrects": _("Corrects note"),
            "reason": pgettext("note", "Reason"),
            "column_line": pgettext("note", "No."),
            "column_date": _("Date of the service"),
            "column_pseudocode": _("Pseudocode"),
            "column_what": _("Service"),
            "column_units": pgettext("note", "Number"),
            "column_amount": _("Total (EUR)"),
            "total": _("TOTAL"),
        }


def _note_context(words: NoteWords) -> dict[str, object]:
    labels, language = _note_labels(words.language), words.language
    return {
        "labels": labels,
        "reference": words.number,
        "number": words.number,
        "date": day(words.issued_on),
        "project_name": words.project.name,
        "project_inami": words.project.inami_number,
        "last_name": words.last_name,
        "first_name": words.first_name,
        "registration_number": words.registration_number,
        "month": _month(words.month, language),
        "corrects": words.corrects,
        "reason": words.reason,
        "rows": [
            [
                str(place),
                day(line.date),
                line.pseudocode,
                line.what,
                str(line.units).replace("-", MINUS),
                euro(line.amount, language),
            ]
            for place, line in enumerate(words.lines, start=1)
        ],
        "total": euro(words.total, language),
    }


@lru_cache(maxsize=256)
def _month(first: date, language: str) -> str:
    with override(language):
        return date_format(first, "F Y")


# --- the recapitulative note ------------------------------------------------------------------------------


def _recap_context(words: RecapWords) -> dict[str, object]:
    with override(words.language):
        return {
            "reference": words.number,
            "heading": _RECAP_HEADINGS[words.kind](),
            "number": [pgettext("note", "Note no."), words.number],
            "page": pgettext("note", "p."),
            "project_heading": _(
                "Identification of the project “alternative care for older people – Protocol 3”"
            ),
            "project": _project_facts(words.project),
            "recipient_heading": _("Identification of the insurer")
            if words.kind != "repayment"
            else _("Identification of the recipient"),
            "recipient": _recipient_facts(words),
            "period": _period_of(words),
            "corrects": _("This note corrects note %(number)s.") % {"number": words.corrects}
            if words.corrects
            else "",
            "columns": [
                _("Number of the individual note"),
                _("Last name and first name of the patient"),
                "NISS",
                _("Total charged to the insurer"),
            ],
            "rows": _recap_rows(words),
            "carried": _("To be carried forward"),
            "brought": _("Brought forward"),
            "subtotals": [
                [_("Of which services"), euro(words.services_total, words.language)],
                [_("Of which operating allowance"), euro(words.allowance_total, words.language)],
            ],
            "total": [_("Grand total for the insurer"), euro(words.total, words.language)],
            "payment": _payment(words),
            "certified": _("I certify that the costs stated above are exact."),
            "responsible": _("The person responsible for the institution,"),
            "signature": [
                [pgettext("note", "Date"), day(words.certified_on)],
                [pgettext("note", "Name"), words.certified_by],
                [pgettext("note", "Signature"), ""],
            ],
        }


def _project_facts(project: ProjectWords) -> list[list[str]]:
    return [
        [pgettext("of an organisation", "Name"), project.name],
        [_("Address"), ", ".join(project.address_lines)],
        [_("Phone or e-mail"), project.contact],
        [_("INAMI number"), project.inami_number],
        [_("Enterprise number (BCE) of the collecting institution"), _enterprise(project.enterprise_number)],
    ]


def _recipient_facts(words: RecapWords) -> list[list[str]]:
    facts = [
        [pgettext("of an organisation", "Name"), words.recipient_name],
        [_("Address"), ", ".join(words.recipient_address_lines)],
    ]
    return [*facts, [_("Code"), words.insurer_code]] if words.insurer_code else facts


def _period_of(words: RecapWords) -> str:
    values = {"number": words.number, "first": day(words.first_day), "last": day(words.last_day)}
    return _("Recapitulative note no. %(number)s from %(first)s to %(last)s") % values


def _recap_rows(words: RecapWords) -> list[list[str]]:
    """The lines, each with the total of all lines down to it: pages carry it over."""
    rows, carried = [], Decimal(0)
    for note in words.notes:
        carried += note.total
        amounts = euro(note.total, words.language), euro(carried, words.language)
        rows.append([note.number, note.full_name, niss(note.niss), *amounts])
    return rows


def _payment(words: RecapWords) -> dict[str, object]:
    """To which account, in whose name, with which reference; of an amount to give back, that it is."""
    reference = [_("With the reference"), structured(words.communication)]
    if words.kind == "repayment" or words.total < 0:
        given_back = {"amount": euro(abs(words.total), words.language)}
        sentence = _("The project pays back %(amount)s, with the reference below.") % given_back
        return {"heading": _("To be paid back"), "sentence": sentence, "facts": [reference]}
    sentence = (
        _("Payment is due no later than %(day)s (convention, art. 24).") % {"day": day(words.due_on)}
        if words.due_on
        else ""
    )
    account = [
        ["IBAN", iban(words.project.iban)],
        [_("In the name of"), words.project.account_holder],
        reference,
    ]
    return {"heading": _("To be paid to the account"), "sentence": sentence, "facts": account}


_RECAP_HEADINGS = {
    "invoice": lambda: _("Recapitulative note of costs"),
    "correction": lambda: _("Recapitulative note of costs: correction"),
    "repayment": lambda: _("Recapitulative note of costs: repayment to INAMI"),
}


def _enterprise(number: str) -> str:
    """0123.456.789; another shape stays as it is."""
    if len(number) != 10 or not number.isdigit():
        return number
    return f"{number[:4]}.{number[4:7]}.{number[7:]}"
