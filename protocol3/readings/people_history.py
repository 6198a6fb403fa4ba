"""The history of a beneficiary's file in words: what was done to the person and to the inclusion."""

from typing import Any

from django.utils.translation import gettext as _

from partenamut.audit import words
from partenamut.audit.models import Entry
from partenamut.registry.history import LIMIT, Change, Event, changes_of, note_of
from protocol3 import messages
from protocol3.models import (
    Affiliation,
    Assessment,
    Beneficiary,
    Caregiver,
    Enrolment,
    Financing,
    FinancingKind,
    Finding,
    FindingKind,
    Instrument,
    Stay,
    StayKind,
)
from protocol3.rules.eligibility import EligibilityOutcome


def history(enrolment: Enrolment) -> list[Event]:
    """What was done to the person and the inclusion, the newest first."""
    ids = [enrolment.public_id, enrolment.beneficiary.public_id]
    rows = Entry.objects.filter(subject_id__in=ids).select_related("actor").order_by("-at", "-pk")
    return [_event(entry) for entry in rows[:LIMIT]]


def _event(entry: Entry) -> Event:
    changes = [_in_words(name, change) for name, change in zip(entry.changes, changes_of(entry), strict=True)]
    return Event(
        title=words.action(entry.action, entry.subject_type),
        at=entry.at,
        who=entry.actor.name if entry.actor else _("the portal"),
        note=note_of(entry),
        changes=changes,
    )


def _in_words(name: str, change: Change) -> Change:
    label = _label(name) or change.label
    return Change(label, _value(change.before), _value(change.after))


def _label(name: str) -> str:
    for model in (Beneficiary, Enrolment, Affiliation, Assessment, Finding, Stay, Financing, Caregiver):
        column = {field.name: field for field in model._meta.concrete_fields}.get(name)
        if column is not None and name not in ("first_day", "last_day"):
            text = str(column.verbose_name)
            return text[:1].upper() + text[1:]
    return str(_OTHER_LABELS.get(name, lambda: "")())


_OTHER_LABELS = {
    "outcome": lambda: _("Outcome"),
    "families": lambda: _("Services"),
    "period_start": lambda: _("Start of the period"),
    "event": lambda: _("New event"),
    "concertation_on": lambda: _("Concertation of the team on"),
    "taken_part": lambda: _("Who took part"),
    "units": lambda: _("Units of the three base services"),
    "group_units": lambda: _("Of which in groups"),
    "caregiver_group": lambda: _("Units of groups for caregivers"),
    "care_education": lambda: _("Units of care education"),
    "initial_module": lambda: _("Initial module billed"),
    "source": lambda: _("Source"),
    "project": lambda: _("Project"),
}


def _value(text: str) -> str:
    """A code in the words of its choices; several with commas."""
    known: dict[str, Any] = {
        **dict(FindingKind.choices),
        **dict(StayKind.choices),
        **dict(FinancingKind.choices),
        **dict(Instrument.choices),
        **messages.FAMILIES,
        EligibilityOutcome.ELIGIBLE.value: _("Eligible"),
        EligibilityOutcome.NOT_ELIGIBLE.value: _("Not eligible"),
    }
    return ", ".join(str(known.get(part, part)) for part in text.split(", "))
