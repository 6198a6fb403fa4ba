"""Use cases of residences: their data, partnership, approval by INAMI, who runs them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.models import Directorship, InamiApproval, PartnerPeriod, Residence
from partenamut.registry.names import search_form
from partenamut.registry.services.rows import altered, begin, described, end, locked, saved

EDITABLE = (
    "name",
    "street",
    "postal_code",
    "city",
    "phone",
    "email",
    "structure_types",
    "accompanied",
)
CONTACT = ("phone", "email")


@transaction.atomic
def create_residence(
    *,
    name: str,
    street: str,
    postal_code: str,
    city: str,
    structure_types: Sequence[str],
    phone: str = "",
    email: str = "",
    accompanied: bool | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Residence:
    """The new residence, a partner or not; its public address is made from its name."""
    residence = Residence(
        slug=_free_slug(name, city),
        name=name,
        street=street,
        postal_code=postal_code,
        city=city,
        phone=phone,
        email=email,
        structure_types=list(structure_types),
        accompanied=accompanied,
    )
    _write(residence)
    changes = described(residence, EDITABLE)
    record(action="residence_created", subject=residence, actor=actor, at=at, changes=changes, note=note)
    return residence


@transaction.atomic
def edit_residence(
    *,
    residence: Residence,
    changes: Mapping[str, Any],
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Residence:
    """The residence with other data; its public address stays."""
    if foreign := set(changes) - set(EDITABLE):
        raise ValueError(f"no edit changes {', '.join(sorted(foreign))}")
    row = locked(residence)
    if trace := altered(row, changes):
        _write(row)
        record(action="residence_edited", subject=row, actor=actor, at=at, changes=trace, note=note)
    return row


def edit_contact(*, residence: Residence, phone: str, email: str, actor: User, at: datetime) -> Residence:
    """The residence with the phone and address that its director gives."""
    return edit_residence(residence=residence, changes={"phone": phone, "email": email}, actor=actor, at=at)


# --- partnership


def open_partnership(
    *,
    residence: Residence,
    first_day: date,
    last_day: date | None = None,
    source: str = "",
    first_day_known: bool = True,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> PartnerPeriod:
    """Days on which the residence is a partner; ValidationError where it already is."""
    row = PartnerPeriod(
        residence=residence,
        first_day=first_day,
        last_day=last_day,
        source=source,
        first_day_known=first_day_known,
    )
    return begin(
        row,
        action="partnership_opened",
        owners=[residence],
        actor=actor,
        at=at,
        about=["source"],
        note=note,
    )


def close_partnership(
    *, partnership: PartnerPeriod, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> PartnerPeriod:
    """The partnership with its last day."""
    return end(
        partnership,
        last_day=last_day,
        action="partnership_closed",
        owners=[partnership.residence],
        actor=actor,
        at=at,
        note=note,
    )


# --- approval by INAMI


def open_approval(
    *,
    residence: Residence,
    first_day: date,
    last_day: date | None = None,
    source: str = "",
    actor: User | None,
    at: datetime,
    note: str = "",
) -> InamiApproval:
    """Days on which INAMI approves the rest home; ValidationError where it already does."""
    row = InamiApproval(residence=residence, first_day=first_day, last_day=last_day, source=source)
    return begin(
        row, action="approval_opened", owners=[residence], actor=actor, at=at, about=["source"], note=note
    )


def close_approval(
    *, approval: InamiApproval, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> InamiApproval:
    """The approval with its last day."""
    return end(
        approval,
        last_day=last_day,
        action="approval_closed",
        owners=[approval.residence],
        actor=actor,
        at=at,
        note=note,
    )


# --- direction


def appoint_director(
    *,
    residence: Residence,
    director: User,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Directorship:
    """Days on which the user runs the residence; the role of director is given apart."""
    row = Directorship(residence=residence, director=director, first_day=first_day, last_day=last_day)
    return begin(
        row,
        action="director_appointed",
        owners=[residence],
        actor=actor,
        at=at,
        about=["director"],
        note=note,
    )


def end_directorship(
    *, directorship: Directorship, last_day: date | None, actor: User | None, at: datetime, note: str = ""
) -> Directorship:
    """The directorship with its last day."""
    return end(
        directorship,
        last_day=last_day,
        action="director_left",
        owners=[directorship.residence],
        actor=actor,
        at=at,
        about=["director"],
        note=note,
    )


# --- inside


def _write(residence: Residence) -> None:
    residence.search_text = search_form(
        residence.name, residence.street, residence.postal_code, residence.city
    )
    saved(residence)


def _free_slug(name: str, city: str) -> str:
    base = slugify(f"{name} {city}")[:80] or "residence"
    taken = set(Residence.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in count(2) if (slug := f"{base}-{number}") not in taken)
