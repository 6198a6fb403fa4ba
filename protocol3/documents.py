"""The words of the notes, reminders, statements and information sheets of the care projects.

Each struct holds the figures; its function turns them into an order of a document, in words of the language.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from partenamut.documents.formats import euro
from partenamut.documents.job import DataAttachment
from partenamut.documents.services import Order
from partenamut.web.formats import iban, niss
from protocol3.messages import FAMILIES, MODALITIES, RATES, day
from protocol3.rules.parameters import (
    ALTERNATIVE_UNITS,
    CASE_MANAGEMENT_SESSIONS,
    CLOSING_DAYS,
    CLOSING_UNITS,
    HOSPITAL_SESSIONS,
    NIGHT_VISIT_UNITS,
    PERIOD_MONTHS,
    SERIES_GROUP_UNITS,
    SERIES_UNITS,
    SESSIONS_PERCENT,
)
from protocol3.rules.pseudocodes import BASE_FAMILIES, OPERATING_ALLOWANCE, PSEUDOCODES

NOTE = "documents/protocol3_note.typ"
RECAP = "documents/protocol3_recap.typ"
INFORMATION = "documents/protocol3_information.typ"
STATEMENT = "documents/statement.typ"
LETTER = "documents/letter.html"

Kind = Literal["invoice", "correction", "repayment"]


class ProjectWords(msgspec.Struct, frozen=True):
    """The project as its notes name it; contact is a phone number or a mail address."""

    name: str
    address_lines: tuple[str, ...]
    contact: str
    inami_number: str
    enterprise_number: str
    iban: str
    account_holder: str
    signatory: str


class LineWords(msgspec.Struct, frozen=True):
    """A line of an individual note; `what` names the service, see `service_name`."""

    date: date
    pseudocode: str
    units: int
    unit_amount: Decimal
    amount: Decimal
    what: str


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


class InformationWords(msgspec.Struct, frozen=True):
    """The sheet that explains the conditions and limits to a beneficiary, with a receipt (art. 27 §2)."""

    issued_on: date
    project: ProjectWords
    full_name: str
    address_lines: tuple[str, ...]
    alternatives: tuple[str, ...]
    language: str


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


@lru_cache(maxsize=256)
def service_name(pseudocode: str, language: str) -> str:
    """The service of a pseudocode in words of the language, such as Case management, session."""
    with override(language):
        if pseudocode == OPERATING_ALLOWANCE:
            return str(RATES["operating_allowance"])
        kind = PSEUDOCODES.get(pseudocode)
        if kind is None:
            return pseudocode
        if kind.modality == "module":
            return str(FAMILIES[kind.family])
        return f"{FAMILIES[kind.family]}, {str(MODALITIES[kind.modality]).lower()}"


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
                str(line.units),
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


def structured(communication: str) -> str:
    """Twelve digits as +++ddd/dddd/ddddd+++."""
    return f"+++{communication[:3]}/{communication[3:7]}/{communication[7:]}+++"


def _enterprise(number: str) -> str:
    """0123.456.789; another shape stays as it is."""
    if len(number) != 10 or not number.isdigit():
        return number
    return f"{number[:4]}.{number[4:7]}.{number[7:]}"


# --- letters and statements -------------------------------------------------------------------------------


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
        **_sent_by(words.project),
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
                "%(last)s. It was due no later than %(due)s, the 15th day of the third month after the month "
                "billed (convention, art. 24)."
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
        **_sent_by(words.project),
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


def _sent_by(project: ProjectWords) -> dict[str, object]:
    lines = [*project.address_lines, project.contact]
    return {"sender": {"name": project.name, "service": "", "lines": [line for line in lines if line]}}


# --- the information sheet --------------------------------------------------------------------------------


def information_order(words: InformationWords, key: str) -> Order:
    """The sheet on the conditions and limits of art. 12 and 26, with the receipt to sign."""
    with override(words.language):
        title = _("Your care with Protocol 3: what your insurer pays, and how far")
        return Order(
            key=key,
            kind="protocol3_information",
            template=INFORMATION,
            context={
                **_sent_by(words.project),
                "addressee": {"lines": [words.full_name, *words.address_lines]},
                "reference": words.project.name,
                "introduction": _(
                    "The project %(project)s works with you and the person who cares for you. This sheet says what "
                    "your insurer pays and where it stops. We go through it with you. Ask us whatever you want "
                    "to know, then sign the receipt at the end."
                )
                % {"project": words.project.name},
                "sections": [_cost(), _duration(), _not_paid(), _rights(words.project)],
                "limits": _limits(words.alternatives),
                "receipt": _receipt(words),
            },
            language=words.language,
            title=title,
            issued_on=words.issued_on,
        )


def _cost() -> dict[str, object]:
    return {
        "heading": _("What you pay"),
        "items": [
            _("You pay nothing. The project sends its notes to your insurer every month."),
            _("Nobody may ask you a supplement (convention, art. 25)."),
        ],
    }


def _duration() -> dict[str, object]:
    values = {"years": PERIOD_MONTHS // 12, "days": CLOSING_DAYS, "units": CLOSING_UNITS}
    return {
        "heading": _("How long"),
        "items": [
            _("Your period begins with the first service and lasts %(years)d years at most.") % values,
            _("You have one such period only (convention, art. 11)."),
            _(
                "It ends earlier if you go to live in a rest home, or at death. The person who cares for you can "
                "then still be helped for %(days)d days, with %(units)d units at most."
            )
            % values,
        ],
    }


def _not_paid() -> dict[str, object]:
    return {
        "heading": _("When your insurer does not pay (convention, art. 26)"),
        "items": [
            _("On a day on which the same help is already paid in another way."),
            _("While you stay in a psychiatric care home."),
            _("While you stay in a rest home. A short stay is no obstacle."),
            _(
                "While you are in hospital day and night. Paid all the same: %(case_management)d sessions of case "
                "management if the hospital found that you need help at home, and, if you had a session or a "
                "group before, %(occupational_therapy)d of occupational therapy and "
                "%(psychological_support)d of psychological support."
            )
            % HOSPITAL_SESSIONS,
            _("Psychological support, while you have first-line psychological care."),
        ],
        "after": _("Tell us at once of any stay, and of any other help that you get."),
    }


def _rights(project: ProjectWords) -> dict[str, object]:
    return {
        "heading": _("What you can expect of us"),
        "items": [
            _("You get a statement of what was done for you and what your insurer paid for it."),
            _("Before each service we can tell you how many units are left."),
            _("You can stop at any time. A question? %(contact)s") % {"contact": project.contact},
        ],
    }


def _limits(alternatives: tuple[str, ...]) -> dict[str, object]:
    return {
        "heading": _("How much (convention, art. 12)"),
        "introduction": _("A unit is 30 minutes, a unit of a night visit 20 minutes."),
        "columns": [_("Service"), _("Your insurer pays at most")],
        "rows": [
            *_base_limits(),
            *([str(FAMILIES[family]), _ALTERNATIVE_LIMITS[family]()] for family in alternatives),
        ],
    }


def _base_limits() -> list[list[str]]:
    first_name, *names = (str(FAMILIES[family]) for family in BASE_FAMILIES)
    shares = {"sessions": CASE_MANAGEMENT_SESSIONS, "percent": SESSIONS_PERCENT}
    first, second = ({"units": SERIES_UNITS[turn], "groups": SERIES_GROUP_UNITS[turn]} for turn in (1, 2))
    return [
        [str(FAMILIES["initial_module"]), _("Once, all projects together.")],
        [
            _("%(names)s: first series")
            % {"names": ", ".join([first_name, *(name.lower() for name in names)])},
            _("%(units)d units together, %(groups)d of them in groups.") % first,
        ],
        [
            _("The same: second series"),
            _(
                "%(units)d units together, %(groups)d of them in groups. Only after something new happened, if you "
                "still meet the conditions and your care team agrees; the number of people who get one is limited."
            )
            % second,
        ],
        [
            _("Units with you present"),
            _(
                "Case management: %(sessions)d units at least. Occupational therapy and psychological support: "
                "%(percent)d %% of the units at least, groups included."
            )
            % shares,
        ],
    ]


_ALTERNATIVE_LIMITS = {
    "caregiver_group": lambda: (
        _("%(units)d units for the person who cares for you.")
        % {"units": ALTERNATIVE_UNITS["caregiver_group"]}
    ),
    "night_visit": lambda: _("%(units)d units a night.") % {"units": NIGHT_VISIT_UNITS[1]},
    "care_education": lambda: _("%(units)d units.") % {"units": ALTERNATIVE_UNITS["care_education"]},
}


def _receipt(words: InformationWords) -> dict[str, object]:
    return {
        "heading": _("Receipt (convention, art. 27)"),
        "sentence": _(
            "%(name)s, or the person who cares for %(name)s, received this sheet from the project %(project)s, and "
            "its meaning was explained."
        )
        % {"name": words.full_name, "project": words.project.name},
        "signatures": [
            [_("Beneficiary"), words.full_name],
            [_("Caregiver"), ""],
            [_("For the project"), ""],
        ],
        "lines": [pgettext("note", "Name"), pgettext("note", "Date"), pgettext("note", "Signature")],
    }
