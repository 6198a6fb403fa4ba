"""Residents and the people around them: entered once by their NISS, linked with the member they are, corrected."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.fields import blind_index
from partenamut.identifiers import WrongNumber, niss_birth_date, parse_niss
from partenamut.registry.models import Member
from partenamut.registry.names import search_form
from partenamut.registry.services.members import WRONG_NISS
from partenamut.registry.services.rows import altered, described, locked, saved
from residences.models import Amendment, Contact, Convention, DebtorShare, Resident

OTHER_BIRTH = gettext_lazy("The birth date is not the one that the NISS carries.")
IN_ACCOUNT = gettext_lazy("The account of the resident names this person as a debtor: it stays on file.")
#: What the register of members says of a person; nobody else writes it.
IDENTITY = ("last_name", "first_name", "birth_date")
#: What is asked about a person beside their number.
PERSON = (
    *IDENTITY,
    *("language", "street", "postal_code", "city", "phone", "email", "mutuality_code", "insured"),
)
#: What is asked about a contact.
CONTACT = ("role", "name", "relation", "street", "postal_code", "city", "phone", "email")


def known_resident(niss: str) -> Resident | None:
    """The resident of a NISS, of whichever home; ValidationError where it cannot be a NISS."""
    found: Resident | None = (
        Resident.objects.filter(niss_index=blind_index(_parsed(niss))).select_related("member").first()
    )
    return found


def known_member(niss: str) -> Member | None:
    """The member of the mutuality with a NISS."""
    members = Member.objects.filter(niss_index=blind_index(_parsed(niss)))
    found: Member | None = members.select_related("mutuality").first()
    return found


def member_values(member: Member) -> dict[str, Any]:
    """What the register knows of a member, as a resident takes it over."""
    names = ("language", "street", "postal_code", "city", "phone", "email")
    identity = {name: getattr(member, name) for name in (*IDENTITY, *names)}
    return identity | {"mutuality_code": int(member.mutuality.code)}


@transaction.atomic
def enter(*, niss: str, person: Mapping[str, Any], actor: User, at: datetime) -> Resident:
    """The resident of a NISS: the one there is, else a new one; linked with the member of that number.

    ValidationError names the field.
    """
    digits = _parsed(niss)
    member = known_member(digits)
    known = known_resident(digits)
    if known is not None:
        return _linked(known, member, actor, at)
    values = dict(person)
    if member is not None:
        values |= {name: getattr(member, name) for name in IDENTITY}
    _refuse_birth(digits, values.get("birth_date"))
    resident = Resident(
        member=member,
        niss=digits,
        niss_index=blind_index(digits),
        search_name=search_form(values.get("last_name", ""), values.get("first_name", "")),
        **values,
    )
    saved(resident)
    changes = described(resident, ["niss", *PERSON])
    record(action="resident_entered", subject=resident, actor=actor, at=at, changes=changes)
    return resident


@transaction.atomic
def correct(*, resident: Resident, changes: Mapping[str, Any], actor: User, at: datetime) -> Resident:
    """The resident with the data corrected; what the register of members says stays as it is."""
    row = locked(resident)
    wanted = {name: changes[name] for name in PERSON if name in changes}
    if row.member_id is not None:
        wanted = {name: value for name, value in wanted.items() if name not in IDENTITY}
    _refuse_birth(row.niss, wanted.get("birth_date", row.birth_date))
    trace = altered(row, wanted)
    if trace:
        row.search_name = search_form(row.last_name, row.first_name)
        saved(row)
        record(action="resident_corrected", subject=row, actor=actor, at=at, changes=trace)
    return row


@transaction.atomic
def add_contact(*, resident: Resident, values: Mapping[str, Any], actor: User, at: datetime) -> Contact:
    """A representative, guarantor, relative or welfare centre of a resident."""
    contact = Contact(resident=resident, **{name: values[name] for name in CONTACT if name in values})
    saved(contact)
    changes = described(contact, CONTACT)
    record(action="contact_added", subject=resident, actor=actor, at=at, changes=changes)
    return contact


@transaction.atomic
def change_contact(*, contact: Contact, changes: Mapping[str, Any], actor: User, at: datetime) -> Contact:
    """The contact with other data; a text that was offered keeps the ones it was offered with."""
    row = locked(contact)
    wanted = {name: changes[name] for name in CONTACT if name in changes}
    if wanted.get("role", row.role) != row.role and (held := _held(row)):
        raise ValidationError({"role": held})
    if trace := altered(row, wanted):
        saved(row)
        record(
            action="contact_changed",
            subject=row.resident,
            actor=actor,
            at=at,
            changes={"name": [row.name, row.name], **trace},
        )
    return row


@transaction.atomic
def remove_contact(*, contact: Contact, actor: User, at: datetime) -> None:
    """The contact taken off the file; ValidationError where a convention or an account names them."""
    row = locked(contact)
    if held := _held(row):
        raise ValidationError(held)
    changes = {"name": [row.name, None], "role": [row.role, None]}
    record(action="contact_removed", subject=row.resident, actor=actor, at=at, changes=changes)
    try:
        row.delete()
    except ProtectedError as error:
        raise ValidationError(IN_ACCOUNT) from error


# --- inside -----------------------------------------------------------------------------------------------


def _parsed(niss: str) -> str:
    try:
        return parse_niss(niss)
    except WrongNumber as error:
        raise ValidationError({"niss": ValidationError(WRONG_NISS, code=error.code)}) from error


def _refuse_birth(niss: str, birth: Any) -> None:
    carried = niss_birth_date(niss)
    if birth is not None and carried is not None and carried != birth:
        raise ValidationError({"birth_date": OTHER_BIRTH})


def _linked(resident: Resident, member: Member | None, actor: User, at: datetime) -> Resident:
    """The resident, linked with the member that became known meanwhile."""
    if member is None or resident.member_id is not None:
        return resident
    row = locked(resident)
    trace = altered(row, {"member": member, **{name: getattr(member, name) for name in IDENTITY}})
    row.search_name = search_form(row.last_name, row.first_name)
    saved(row)
    record(action="resident_linked", subject=row, actor=actor, at=at, changes=trace)
    return row


def _held(contact: Contact) -> str:
    """Why a contact must stay as what they are; empty where nothing names them."""
    conventions = Convention.objects.filter(Q(representative=contact) | Q(guarantors=contact))
    amendments = Amendment.objects.filter(
        Q(sets__representative=contact.pk) | Q(sets__guarantors__contains=contact.pk),
        convention__resident=contact.resident_id,
    )
    if found := conventions.order_by("pk").first() or amendments.order_by("pk").first():
        return _("A convention names this person, %(number)s: change it there first.") % {"number": found}
    return str(IN_ACCOUNT) if DebtorShare.objects.filter(contact=contact).exists() else ""
