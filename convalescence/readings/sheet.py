"""What the desk shows of a member: identity, cover, days, requests, people around, payments. Reads only."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from convalescence.facts import days_left
from convalescence.models import Benefit, Recognition, Request
from convalescence.readings.casefile import periods, stay_of
from convalescence.readings.queue import TONES
from convalescence.workflow import RecognitionStatus, Status
from partenamut.accounts.models import User
from partenamut.payments.models import Payable
from partenamut.registry.beside import beside_member
from partenamut.registry.covers import Held, covers_of
from partenamut.registry.models import CaregiverRecognition, DatedRow, Dependency, Member
from partenamut.registry.search import Found
from partenamut.web import formats

Row = dict[str, Any]

#: Rows of each list on a sheet; the queue has the others.
SHOWN = 50


def found_columns() -> list[Row]:
    """The heads of the list of members found."""
    return [
        {"label": _("Name")},
        {"label": _("Birth date")},
        {"label": _("Place")},
        {"label": _("Registration number")},
        {"label": _("Mutuality")},
    ]


def found_rows(found: Iterable[Member] | Found) -> list[list[Any]]:
    """The members found, each with the way to the sheet."""
    return [
        [
            {"text": f"{person.last_name} {person.first_name}", "url": _sheet_url(person)},
            {"text": formats.day(person.birth_date), "nowrap": True},
            f"{person.postal_code} {person.city}",
            {"text": person.registration_number, "nowrap": True},
            str(person.mutuality.code),
        ]
        for person in found
    ]


def sheet_of(member: Member, user: User, on: date, *, in_full: bool) -> Row:
    """Everything on the sheet; the national number masked unless it was asked for in full."""
    return {
        "member": member,
        "identity": identity(member, in_full=in_full),
        "cover": cover(member, on),
        "days": [*days_left(member, on.year), *days_left(member, on.year + 1)],
        "request_columns": _request_columns(),
        "requests": _requests(member, user, on),
        "household": _household(member),
        "carers": _carers(member),
        "recognitions": Recognition.objects.visible_to(user, on)
        .filter(Q(caregiver=member) | Q(cared_for=member), status=RecognitionStatus.SUBMITTED)
        .select_related("caregiver", "cared_for"),
        "mandates": [
            {"label": mandate.representative.name, "value": f"{_period(mandate)} ({mandate.basis})"}
            for mandate in member.mandates.select_related("representative").order_by("first_day")
        ],
        "payment_columns": _payment_columns(),
        "payments": _payments(member, user, on),
        "papers": [
            {"label": label, "url": reverse(f"convalescence:paper_{benefit}", args=[member.public_id])}
            for benefit, label in Benefit.choices
        ],
        "beside": beside_member(member, user),
    }


def identity(member: Member, *, in_full: bool) -> list[Row]:
    """Who the member is and where letters go."""
    niss = formats.niss(member.niss) if in_full else formats.masked_niss(member.niss)
    return [
        {"label": _("Name"), "value": member.full_name},
        {"label": _("Birth date"), "value": formats.day(member.birth_date)},
        {"label": _("National number"), "value": niss},
        {"label": _("Registration number"), "value": member.registration_number},
        {"label": _("Address"), "value": f"{member.street}, {member.postal_code} {member.city}"},
        {"label": _("Language"), "value": member.get_language_display()},
        {"label": _("Phone"), "value": formats.phone(member.phone) if member.phone else ""},
        {"label": _("E-mail"), "value": member.email},
        {"label": _("Account"), "value": _account(member.iban)},
    ]


def cover(member: Member, on: date) -> list[Row]:
    """Where the member is insured, and on which days the contributions are in order."""
    dated = sorted(member.contributions.all(), key=lambda row: row.first_day)
    in_order = any(on in row.period for row in dated)
    return [
        {"label": _("Mutuality"), "value": str(member.mutuality)},
        {"label": _("Contributions today"), "value": _("In order") if in_order else _("Not in order")},
        {"label": _("Contributions in order"), "value": periods(dated) or _("Never")},
        *({"label": each.label, "value": _held(each.held)} for each in covers_of(member)),
    ]


# --- inside -----------------------------------------------------------------------------------------------


def _sheet_url(person: Member) -> str:
    return reverse("convalescence:member", args=[person.public_id])


def _account(iban: str) -> str:
    return f"{iban[:4]} **** {iban[-4:]}" if iban else _("None: a payment needs one")


def _held(held: Iterable[Held]) -> str:
    """All days of a cover as one line."""
    return "; ".join(map(_one_held, held)) or _("None")


def _one_held(one: Held) -> str:
    days = formats.period(one.first_day, one.last_day)
    said = f"{one.about}, {days}" if one.about else days
    through = _("(through %(name)s)") % {"name": one.through}
    return f"{said} {through}" if one.through else said


def _period(row: DatedRow) -> str:
    return formats.period(row.first_day, row.last_day)


def _request_columns() -> list[Row]:
    return [
        {"label": _("Number")},
        {"label": _("Benefit")},
        {"label": _("State")},
        {"label": _("Sent on")},
        {"label": _("Stay")},
        {"label": _("Residence")},
    ]


def _requests(member: Member, user: User, on: date) -> list[list[Any]]:
    rows = Request.objects.visible_to(user, on).filter(member=member).exclude(status=Status.DRAFT)
    return [
        [
            {
                "text": row.number,
                "url": reverse("convalescence:case", args=[row.public_id]),
                "nowrap": True,
            },
            row.get_benefit_display(),
            {"text": row.get_status_display(), "tone": TONES[row.status]},
            formats.day(row.submitted_on) if row.submitted_on else "",
            stay_of(row),
            row.place_name,
        ]
        for row in rows.select_related("residence").order_by("-submitted_on", "-pk")[:SHOWN]
    ]


def _household(member: Member) -> list[Row]:
    rows = Dependency.objects.filter(Q(holder=member) | Q(dependant=member))
    return [
        _pair(row, member, row.holder, row.dependant, _("Insured through"), _("Dependant"))
        for row in _people(rows, "holder", "dependant")
    ]


def _carers(member: Member) -> list[Row]:
    rows = CaregiverRecognition.objects.filter(Q(caregiver=member) | Q(cared_for=member))
    return [
        _pair(row, member, row.caregiver, row.cared_for, _("Caregiver"), _("Cares for"))
        for row in _people(rows, "caregiver", "cared_for")
    ]


def _people(rows: Any, *names: str) -> Any:
    return rows.select_related(*names).order_by("first_day", "pk")


def _pair(row: DatedRow, member: Member, first: Member, second: Member, above: str, below: str) -> Row:
    """One line about the other person of a pair."""
    other, label = (second, below) if first.pk == member.pk else (first, above)
    return {"label": label, "name": other.full_name, "url": _sheet_url(other), "period": _period(row)}


def _payment_columns() -> list[Row]:
    return [
        {"label": _("Payment")},
        {"label": _("For")},
        {"label": _("State")},
        {"label": _("Amount"), "numeric": True},
    ]


def _payments(member: Member, user: User, on: date) -> list[list[Any]]:
    rows = Payable.objects.visible_to(user, on).filter(payee=member).order_by("-pk")[:SHOWN]
    return [
        [
            {"text": row.number, "url": row.get_absolute_url(), "nowrap": True},
            row.purpose,
            {"text": row.get_status_display(), "tone": "neutral"},
            formats.euros(row.amount),
        ]
        for row in rows
    ]
