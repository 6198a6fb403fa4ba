"""Which services a person may get: the facts at the start of the period, the rules' answer, and its record."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.law import Reason
from partenamut.registry.services.rows import locked
from protocol3 import answers
from protocol3.models import (
    Assessment,
    Beneficiary,
    EligibilityRecord,
    Enrolment,
    Finding,
    FindingKind,
    PriorUnits,
    Service,
)
from protocol3.rules import Eligibility, EligibilityDecision, assess
from protocol3.rules.eligibility import EligibilityOutcome, age_on
from protocol3.rules.parameters import FULL_AGE
from protocol3.rules.requests import Scores
from protocol3.services.closing import hold
from protocol3.services.people_findings import FALL_DAYS, SCORES

try:
    RELEASE = version("partenamut-portal")
except PackageNotFoundError:
    RELEASE = "0.1.0"

RULESET = "protocol3_eligibility"
CHANGED_MEANWHILE = _(
    "The facts have changed since you opened this page: read the conditions again, then decide."
)
#: The code of the service behind a specialised diagnosis (art. 5, 2.4); the accredited one first.
_DIAGNOSES = (
    (FindingKind.DEMENTIA_ASSESSMENT_ACCREDITED, "102992"),
    (FindingKind.DEMENTIA_ASSESSMENT, "102933"),
)
#: What a decision counts once and for all: others come and go without changing what was decided.
_COUNTED_ONCE = frozenset({"id", "project_beneficiaries", "project_under_60", "project_alternatives"})


class Preview(msgspec.Struct, frozen=True):
    """What a decision would be: the facts, the rules' answer, and the mark of what was read."""

    facts: Eligibility
    decision: EligibilityDecision
    version: str

    @property
    def is_eligible(self) -> bool:
        """Whether at least one service is open."""
        return self.decision.outcome is EligibilityOutcome.ELIGIBLE


def facts_of(enrolment: Enrolment, *, period_start: date) -> Eligibility:
    """The facts of a person at the start of the period: the latest scores until that day, the findings in force."""
    person, project = enrolment.beneficiary, enrolment.project
    found = _findings(person, period_start)
    included, under_60 = counts(enrolment, on=period_start)
    return Eligibility(
        id=str(enrolment.public_id),
        birth_date=person.birth_date,
        period_start=period_start,
        derogation=FindingKind.DEGENERATIVE in found,
        project_beneficiaries=included,
        project_under_60=under_60,
        scores=scores_of(person, on=period_start),
        inefficient_care=FindingKind.INEFFICIENT_CARE in found,
        neurodegenerative=FindingKind.NEURODEGENERATIVE in found,
        fall_last_30_days=FindingKind.FALL in found,
        home_adaptation=FindingKind.HOME_ADAPTATION in found,
        dementia_diagnosis=FindingKind.DEMENTIA in found,
        dementia_assessment_code=next((code for kind, code in _DIAGNOSES if kind in found), None),
        asks_psychology=FindingKind.ASKS_PSYCHOLOGY in found,
        refuses_care=FindingKind.REFUSES_CARE in found,
        project_alternatives=tuple(project.alternatives),  # type: ignore[arg-type]
    )


def scores_of(person: Beneficiary, *, on: date) -> Scores:
    """The scores of the latest day of assessment until a day; two instruments of that day complete each other."""
    rows = Assessment.objects.filter(beneficiary=person, assessed_on__lte=on).order_by("-assessed_on", "-pk")
    latest = rows.first()
    if latest is None:
        return Scores()
    same_day = [row for row in rows if row.assessed_on == latest.assessed_on]
    taken = {name: _first(getattr(row, name) for row in same_day) for name in SCORES}
    taken["psychic"] = None if taken["psychic"] is None else float(taken["psychic"])
    taken["behaviour"] = None if taken["behaviour"] is None else tuple(taken["behaviour"])
    return Scores(**taken)


def counts(enrolment: Enrolment, *, on: date) -> tuple[int, int]:
    """How many people the project includes on a day, and how many of them came before 60; this one left out.

    Whoever was decided not to be a beneficiary does not count; whoever waits for a decision does.
    """
    others = Enrolment.objects.filter(project=enrolment.project, enrolled_on__lte=on).exclude(pk=enrolment.pk)
    latest = EligibilityRecord.objects.filter(enrolment__in=others).order_by("decided_at", "pk")
    decided = {
        key: (outcome, first)
        for key, outcome, first in latest.values_list("enrolment", "outcome", "period_start")
    }
    included = under_60 = 0
    for key, left_on, enrolled_on, born in others.values_list(
        "pk", "left_on", "enrolled_on", "beneficiary__birth_date"
    ):
        outcome, first = decided.get(key, (EligibilityOutcome.ELIGIBLE.value, enrolled_on))
        if outcome == EligibilityOutcome.ELIGIBLE.value and (left_on is None or left_on >= on):
            included += 1
            under_60 += age_on(born, first) < FULL_AGE
    return included, under_60


def usual_start(enrolment: Enrolment) -> date:
    """The first day of the period as far as it is known: of the convention before, of the first service, of inclusion."""
    prior = PriorUnits.objects.filter(beneficiary=enrolment.beneficiary).first()
    if prior is not None and prior.period_start is not None:
        return prior.period_start
    standing = Service.objects.standing().filter(enrolment__beneficiary=enrolment.beneficiary)
    first: date | None = standing.aggregate(first=Min("date"))["first"]
    return first or enrolment.enrolled_on


def preview(enrolment: Enrolment, *, period_start: date) -> Preview:
    """What the rules say on the facts as they stand; nothing is written."""
    facts = facts_of(enrolment, period_start=period_start)
    return Preview(facts, assess(facts), _version(facts))


@transaction.atomic
def decide(
    *, enrolment: Enrolment, period_start: date, read: str | None = None, actor: User, at: datetime
) -> EligibilityRecord:
    """The decision on the facts at the start of the period, stored; ValidationError where others were read."""
    hold(enrolment.project)
    row = locked(enrolment)
    possible_start(row, period_start, on=localdate(at))
    shown = preview(row, period_start=period_start)
    if read is not None and read != shown.version:
        raise ValidationError(CHANGED_MEANWHILE)
    with override("fr"):
        answer = answers.eligibility(shown.facts, "fr")
    stored = EligibilityRecord.objects.create(
        enrolment=row,
        period_start=period_start,
        families=list(shown.decision.families),
        ruleset=RULESET,
        facts=_plain(shown.facts),
        answer=_plain(answer),
        outcome=shown.decision.outcome.value,
        release=RELEASE,
        decided_at=at,
        decided_by=actor,
    )
    changes = {
        "outcome": [None, stored.outcome],
        "families": [None, stored.families],
        "period_start": [None, period_start],
    }
    record(action="eligibility_decided", subject=row, actor=actor, at=at, changes=changes)
    return stored


def possible_start(enrolment: Enrolment, period_start: date, *, on: date) -> None:
    """ValidationError for a start to come, before birth or after death."""
    person = enrolment.beneficiary
    if period_start > on:
        raise ValidationError({"period_start": _("The start of the period lies in the future.")})
    if period_start < person.birth_date:
        raise ValidationError({"period_start": _("The person was not born yet on that day.")})
    if person.died_on is not None and period_start > person.died_on:
        raise ValidationError({"period_start": _("The person had died by that day.")})


def in_force(enrolment: Enrolment) -> EligibilityRecord | None:
    """The latest decision."""
    found: EligibilityRecord | None = (
        enrolment.eligibilities.select_related("decided_by").order_by("-decided_at", "-pk").first()
    )
    return found


def reasons_of(stored: EligibilityRecord) -> tuple[Reason, ...] | None:
    """The conditions of a stored decision, asked again on its facts; None where its facts are of another release."""
    try:
        facts = msgspec.convert(stored.facts, Eligibility)
    except (msgspec.ValidationError, ValueError):
        return None
    return assess(facts).reasons


def changed_since(stored: EligibilityRecord, enrolment: Enrolment) -> list[str]:
    """The facts about the person that differ from those a decision was taken on, by name."""
    facts = facts_of(enrolment, period_start=stored.period_start)
    now: Mapping[str, Any] = _plain(facts)
    return [
        name
        for name, value in now.items()
        if name not in _COUNTED_ONCE and name in stored.facts and stored.facts[name] != value
    ]


# --- inside -----------------------------------------------------------------------------------------------


def _findings(person: Beneficiary, day: date) -> set[str]:
    rows = Finding.objects.on(day).filter(beneficiary=person).values_list("kind", "first_day")
    return {kind for kind, first in rows if kind != FindingKind.FALL or (day - first).days <= FALL_DAYS}


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _plain(value: object) -> Any:
    """The value as JSON gives it back."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _version(facts: Eligibility) -> str:
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()
