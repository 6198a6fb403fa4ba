"""Use cases of members: their data, contributions, household, caregivers and mandates."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.fields import blind_index
from partenamut.identifiers import WrongNumber, niss_birth_date, parse_iban, parse_niss
from partenamut.registry.models import (
    CaregiverRecognition,
    ContributionPeriod,
    Dependency,
    Mandate,
    Member,
    Mutuality,
)
from partenamut.registry.names import search_form
from partenamut.registry.services.rows import altered, begin, change, described, end, locked, saved

#: What a correction may change; everything else has a use case of its own.
CORRECTABLE = (
    "niss",
    "last_name",
    "first_name",
    "birth_date",
    "language",
    "street",
    "postal_code",
    "city",
    "country",
    "mutuality",
    "registration_number",
    "iban",
    "phone",
    "email",
)
WRONG_NISS = _("This is not a valid NISS: compare it with the identity card.")
WRONG_IBAN = _("This is not a valid account number.")


@transaction.atomic
def create_member(
    *,
    niss: str,
    last_name: str,
    first_name: str,
    birth_date: date,
    street: str,
    postal_code: str,
    city: str,
    mutuality: Mutuality,
    registration_number: str,
    country: str = "BE",
    language: str = "fr",
    iban: str = "",
    phone: str = "",
    email: str = "",
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Member:
    """The new member, findable by number and name; ValidationError names the field that is wrong."""
    member = Member(
        last_name=last_name.strip(),
        first_name=first_name.strip(),
        birth_date=birth_date,
        language=language,
        street=street,
        postal_code=postal_code,
        city=city,
        country=country,
        mutuality=mutuality,
        registration_number=registration_number,
        phone=phone,
        email=email,
    )
    _set_numbers(member, {"niss": niss, "iban": iban})
    _write(member)
    changes = described(member, CORRECTABLE)
    record(action="member_created", subject=member, actor=actor, at=at, changes=changes, note=note)
    return member


@transaction.atomic
def correct_member(
    *, member: Member, changes: Mapping[str, Any], reason: str, actor: User | None, at: datetime
) -> Member:
    """The member with the fields of `changes` corrected, each traced with before, after and the reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the data change: it is kept with the correction.")})
    if foreign := set(changes) - set(CORRECTABLE):
        raise ValueError(f"no correction changes {', '.join(sorted(foreign))}")
    row = locked(member)
    plain = {name: value for name, value in changes.items() if name not in ("niss", "iban")}
    trace = altered(row, plain) | _set_numbers(row, changes)
    if trace:
        _write(row)
        record(action="member_corrected", subject=row, actor=actor, at=at, changes=trace, note=reason)
    return row


def change_iban(*, member: Member, iban: str, actor: User | None, at: datetime, reason: str = "") -> Member:
    """The member with another account for payments to come; ValidationError for a wrong number."""
    return correct_member(
        member=member, changes={"iban": iban}, reason=reason or "iban_changed", actor=actor, at=at
    )


def link_user(*, member: Member, user: User, actor: User | None, at: datetime) -> Member:
    """The member, whose file the user sees from now on as their own."""
    return change(member, {"user": user}, allowed=["user"], action="member_linked", actor=actor, at=at)


# --- contributions


def add_contributions(
    *,
    member: Member,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> ContributionPeriod:
    """A period in order; ValidationError where it overlaps another."""
    period = ContributionPeriod(member=member, first_day=first_day, last_day=last_day)
    return begin(period, action="contributions_added", owners=[member], actor=actor, at=at, note=note)


def close_contributions(
    *, period: ContributionPeriod, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> ContributionPeriod:
    """The period with its last day in order; None opens it again."""
    return end(
        period,
        last_day=last_day,
        action="contributions_closed",
        owners=[period.member],
        actor=actor,
        at=at,
        note=note,
    )


# --- household


def add_dependant(
    *,
    holder: Member,
    dependant: Member,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Dependency:
    """A person insured through the holder; ValidationError where they depend on somebody on these days."""
    row = Dependency(holder=holder, dependant=dependant, first_day=first_day, last_day=last_day)
    return begin(
        row,
        action="dependant_added",
        owners=[holder, dependant],
        actor=actor,
        at=at,
        about=["holder", "dependant"],
        note=note,
    )


def end_dependency(
    *, dependency: Dependency, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> Dependency:
    """The dependency with its last day."""
    return end(
        dependency,
        last_day=last_day,
        action="dependant_ended",
        owners=[dependency.holder, dependency.dependant],
        actor=actor,
        at=at,
        about=["holder", "dependant"],
        note=note,
    )


# --- caregivers


def recognise_caregiver(
    *,
    caregiver: Member,
    cared_for: Member,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> CaregiverRecognition:
    """The recognition of a member as caregiver of another; ValidationError for an overlap or oneself."""
    row = CaregiverRecognition(
        caregiver=caregiver, cared_for=cared_for, first_day=first_day, last_day=last_day
    )
    return begin(
        row,
        action="caregiver_recognised",
        owners=[caregiver, cared_for],
        actor=actor,
        at=at,
        about=["caregiver", "cared_for"],
        note=note,
    )


def end_recognition(
    *,
    recognition: CaregiverRecognition,
    last_day: date | None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> CaregiverRecognition:
    """The recognition with its last day."""
    return end(
        recognition,
        last_day=last_day,
        action="recognition_ended",
        owners=[recognition.caregiver, recognition.cared_for],
        actor=actor,
        at=at,
        about=["caregiver", "cared_for"],
        note=note,
    )


# --- mandates


def give_mandate(
    *,
    member: Member,
    representative: User,
    basis: str,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Mandate:
    """The right of a user to act for the member; ValidationError for an overlap or one's own file."""
    if member.user_id is not None and member.user_id == representative.pk:
        raise ValidationError(_("A member needs no mandate for their own file."))
    row = Mandate(
        member=member, representative=representative, basis=basis, first_day=first_day, last_day=last_day
    )
    return begin(
        row,
        action="mandate_given",
        owners=[member],
        actor=actor,
        at=at,
        about=["representative", "basis"],
        note=note,
    )


def end_mandate(
    *, mandate: Mandate, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> Mandate:
    """The mandate with its last day."""
    return end(
        mandate,
        last_day=last_day,
        action="mandate_ended",
        owners=[mandate.member],
        actor=actor,
        at=at,
        about=["representative"],
        note=note,
    )


# --- inside


def _set_numbers(member: Member, values: Mapping[str, Any]) -> dict[str, list[object]]:
    """Sets NISS and account in their bare form; what changes."""
    parsed: dict[str, Any] = {}
    try:
        if "niss" in values:
            parsed["niss"] = parse_niss(str(values["niss"]))
        if "iban" in values:
            parsed["iban"] = parse_iban(str(values["iban"])) if values["iban"] else ""
    except WrongNumber as error:
        sentence = WRONG_NISS if error.kind == "niss" else WRONG_IBAN
        raise ValidationError({error.kind: ValidationError(sentence, code=error.code)}) from error
    return altered(member, parsed)


def _write(member: Member) -> None:
    born = niss_birth_date(member.niss)
    if born is not None and born != member.birth_date:
        raise ValidationError({"birth_date": _("The birth date is not the one that the NISS carries.")})
    member.niss_index = blind_index(member.niss)
    if Member.objects.filter(niss_index=member.niss_index).exclude(pk=member.pk).exists():
        raise ValidationError({"niss": _("Another member has this NISS.")})
    if member.country == "BE" and not _is_belgian(member.postal_code):
        raise ValidationError({"postal_code": _("A Belgian postal code has four figures.")})
    member.search_name = search_form(member.last_name, member.first_name)
    saved(member)


def _is_belgian(code: str) -> bool:
    return len(code) == 4 and code.isascii() and code.isdigit() and code[0] != "0"
