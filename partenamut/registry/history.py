"""What the audit tells about a record, in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.formats import date_format, get_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partenamut.audit import words
from partenamut.audit.models import Entry
from partenamut.documents.formats import euro
from partenamut.fields import EuroField
from partenamut.registry.models import (
    Insurer,
    Label,
    LabelCriterion,
    LabelGrant,
    Mandate,
    Member,
    PartnerPeriod,
    Residence,
    StructureType,
    Tier,
)

LIMIT = 100

ACTIONS: Mapping[str, Any] = {
    "member_created": gettext_lazy("Member entered"),
    "member_corrected": gettext_lazy("Data corrected"),
    "member_linked": gettext_lazy("Linked with a user"),
    "contributions_added": gettext_lazy("Contributions in order"),
    "contributions_closed": gettext_lazy("End of contributions changed"),
    "higher_reimbursement_added": gettext_lazy("Higher reimbursement granted"),
    "higher_reimbursement_ended": gettext_lazy("End of higher reimbursement changed"),
    "higher_reimbursement_corrected": gettext_lazy("Higher reimbursement corrected"),
    "insurance_added": gettext_lazy("Hospital insurance added"),
    "insurance_ended": gettext_lazy("End of hospital insurance changed"),
    "insurance_corrected": gettext_lazy("Hospital insurance corrected"),
    "option_added": gettext_lazy("Serious-illness option added"),
    "option_ended": gettext_lazy("End of serious-illness option changed"),
    "option_corrected": gettext_lazy("Serious-illness option corrected"),
    "dependant_added": gettext_lazy("Dependant added"),
    "dependant_ended": gettext_lazy("Dependant ended"),
    "caregiver_recognised": gettext_lazy("Caregiver recognised"),
    "recognition_ended": gettext_lazy("Recognition as caregiver ended"),
    "mandate_given": gettext_lazy("Mandate given"),
    "mandate_ended": gettext_lazy("Mandate ended"),
    "residence_created": gettext_lazy("Residence entered"),
    "residence_edited": gettext_lazy("Residence changed"),
    "partnership_opened": gettext_lazy("Became a partner"),
    "partnership_closed": gettext_lazy("Partnership ended"),
    "approval_opened": gettext_lazy("Approved by INAMI"),
    "approval_closed": gettext_lazy("Approval by INAMI ended"),
    "director_appointed": gettext_lazy("Director appointed"),
    "director_left": gettext_lazy("Director left"),
    "label_listed": gettext_lazy("Label taken from the list"),
    "label_granted": gettext_lazy("Label granted"),
    "label_renewed": gettext_lazy("Label renewed"),
    "label_withdrawn": gettext_lazy("Label withdrawn"),
    "insurer_created": gettext_lazy("Insurer entered"),
    "insurer_edited": gettext_lazy("Insurer changed"),
    "mutuality_added": gettext_lazy("Mutuality entered"),
    "mutuality_ended": gettext_lazy("Mutuality ended"),
    "criterion_added": gettext_lazy("Criterion entered"),
    "criterion_ended": gettext_lazy("Criterion ended"),
    "hospital_created": gettext_lazy("Hospital entered"),
    "hospital_edited": gettext_lazy("Hospital changed"),
    "hospital_closed": gettext_lazy("Hospital closed"),
    "hospital_opened_again": gettext_lazy("Hospital opened again"),
    "franchise_list_taken_over": gettext_lazy("Franchise list taken over"),
    "franchise_added": gettext_lazy("Added to the franchise list"),
    "franchise_removed": gettext_lazy("Removed from the franchise list"),
}
OWN_NAMES: Mapping[str, Any] = {
    "holder": gettext_lazy("Holder"),
    "dependant": gettext_lazy("Dependant"),
    "caregiver": gettext_lazy("Caregiver"),
    "cared_for": gettext_lazy("Person cared for"),
    "director": gettext_lazy("Director"),
    "representative": gettext_lazy("Representative"),
    "user": gettext_lazy("User"),
    "mutuality": gettext_lazy("Mutuality"),
    "insurer": gettext_lazy("Insurer"),
    "tier": gettext_lazy("Hospital insurance"),
    "hospital": gettext_lazy("Hospital"),
    "hospitals_added": gettext_lazy("Hospitals added"),
    "hospitals_removed": gettext_lazy("Hospitals removed"),
    "year": gettext_lazy("Calendar year"),
    "basis": Mandate._meta.get_field("basis").verbose_name,
    "label": gettext_lazy("Label"),
    "withdrawn_because": LabelGrant._meta.get_field("withdrawn_because").verbose_name,
    "first_day": gettext_lazy("First day"),
    "last_day": gettext_lazy("Last day"),
    "source": gettext_lazy("Source"),
    "payments": gettext_lazy("Payments"),
    "total": gettext_lazy("Total"),
    "origin": gettext_lazy("Case"),
    "assignee": gettext_lazy("Assigned to"),
    "request": gettext_lazy("Request"),
    "claim": gettext_lazy("Request"),
    "recognition": gettext_lazy("Recognition of a caregiver"),
    "asked": gettext_lazy("Recognition of a caregiver"),
    "lines": gettext_lazy("Lines"),
    "refused": gettext_lazy("Refused"),
    "query": gettext_lazy("Filters"),
    "list": gettext_lazy("File"),
    "format": gettext_lazy("File"),
}
_EUROS = re.compile(r"-?[0-9]{1,10}\.[0-9]{2}")
#: field -> value -> the same in words
WORDS: Mapping[str, Mapping[str, Any]] = {
    "label": dict(Label.choices),
    "tier": dict(Tier.choices),
    "structure_types": dict(StructureType.choices),
    "language": dict(Member.Language.choices),
}
OWNERS: tuple[type[models.Model], ...] = (Member, Residence, PartnerPeriod, Insurer, LabelCriterion)


@dataclass(frozen=True)
class Change:
    """One field: what it was and what it became; the same twice for what it is about."""

    label: str
    before: str
    after: str

    @property
    def stays(self) -> bool:
        """Whether the field only says what the entry is about."""
        return self.before == self.after


@dataclass(frozen=True)
class Event:
    """One entry."""

    title: str
    at: datetime
    who: str
    note: str
    changes: list[Change]


def history_of(*subjects: models.Model) -> list[Event]:
    """The latest entries about records with a public id, the newest first."""
    ids = [subject.public_id for subject in subjects]  # type: ignore[attr-defined]
    entries = Entry.objects.filter(subject_id__in=ids).select_related("actor")
    return [_event(entry) for entry in entries.order_by("-at", "-pk")[:LIMIT]]


def changes_of(entry: Entry) -> list[Change]:
    """The fields that an entry changed, in the words of the record it is about."""
    owner = _owner(entry.subject_type)
    return [_change(owner, name, value) for name, value in entry.changes.items()]


def note_of(entry: Entry) -> str:
    """What was noted with an entry; a day as people write it, nothing for a code."""
    return "" if entry.note == "iban_changed" else _day(entry.note) or entry.note


def _event(entry: Entry) -> Event:
    return Event(
        title=words.action(entry.action, entry.subject_type),
        at=entry.at,
        who=entry.actor.name if entry.actor else _("the portal"),
        note=note_of(entry),
        changes=changes_of(entry),
    )


def _owner(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _change(owner: type[models.Model] | None, name: str, value: Any) -> Change:
    before, after = value if isinstance(value, list) and len(value) == 2 else (None, value)
    known = _choices(owner, name)
    in_euros = not _is_plain_number(owner, name)
    return Change(_label(owner, name), _words(known, before, in_euros), _words(known, after, in_euros))


def _label(owner: type[models.Model] | None, name: str) -> str:
    if own := _own_name(owner, name):
        text = own
    elif name in OWN_NAMES:
        text = str(OWN_NAMES[name])
    else:
        owners = (owner, *OWNERS) if owner is not None else OWNERS
        text = next(
            (str(verbose) for each in owners if (verbose := _verbose(each, name))), name.replace("_", " ")
        )
    return text[:1].upper() + text[1:]


def _own_name(owner: type[models.Model] | None, name: str) -> str:
    """The name that the record itself gives to a field that others call otherwise."""
    own = getattr(_column(owner, name), "verbose_name", "")
    # A name that nobody wrote is made of the English word of the column.
    return str(own) if isinstance(own, Promise) else ""


def _is_plain_number(owner: type[models.Model] | None, name: str) -> bool:
    """Whether a field of the record holds a number with decimals that is no amount."""
    column = _column(owner, name)
    return isinstance(column, models.DecimalField) and not isinstance(column, EuroField)


def _column(owner: type[models.Model] | None, name: str) -> Any:
    if owner is None:
        return None
    return next((column for column in owner._meta.concrete_fields if column.name == name), None)


def _verbose(owner: type[models.Model], name: str) -> Any:
    known = {column.name: column for column in owner._meta.concrete_fields}
    return known[name].verbose_name if name in known else ""


def _choices(owner: type[models.Model] | None, name: str) -> Mapping[str, Any]:
    """The words for the values of a field; nothing for a field without choices."""
    if name in WORDS or owner is None:
        return WORDS.get(name, {})
    try:
        column = owner._meta.get_field(name)
        return dict(getattr(getattr(column, "base_field", column), "flatchoices", ()))
    except FieldDoesNotExist:
        return {}


def _words(known: Mapping[str, Any], value: Any, in_euros: bool = True) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_words(known, part, in_euros) for part in value)
    if value in known:
        return str(known[value])
    text = str(value)
    return _day(text) or (_amount(text) if in_euros else _number(text)) or text


def _amount(text: str) -> str:
    """Euros, which a trail keeps with two decimals, as the reader writes them."""
    return euro(text, (get_language() or "fr")[:2]) if _EUROS.fullmatch(text) else ""


def _number(text: str) -> str:
    """A number with the comma of the reader."""
    return text.replace(".", get_format("DECIMAL_SEPARATOR")) if _EUROS.fullmatch(text) else ""


def _day(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "d/m/Y") if len(text) == 10 else ""
    except ValueError:
        return ""
