"""What the page of a beneficiary shows: state, eligibility, units, findings, stays, and what was done. Reads only."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from partenamut.law import Reason
from partenamut.web import formats
from protocol3 import messages
from protocol3.models import (
    Affiliation,
    Assessment,
    Beneficiary,
    Caregiver,
    EligibilityRecord,
    Enrolment,
    Financing,
    Finding,
    PriorUnits,
    SecondSeries,
    Stay,
)
from protocol3.readings.ledgers import LedgerView, ledger_of
from protocol3.readings.people import STATE_TONES, STATES, state_of
from protocol3.readings.people_history import history
from protocol3.readings.people_words import FACTS
from protocol3.rules import Eligibility, parameters
from protocol3.rules.eligibility import EligibilityOutcome, age_on
from protocol3.services import eligibility

Row = dict[str, Any]

#: A period that ends within so many days is said at the top.
SOON = 60


class ShownReason(msgspec.Struct, frozen=True):
    """A condition as the reasons list draws it."""

    code: str
    met: bool
    message: str
    source: str


class ShownDecision(msgspec.Struct, frozen=True):
    """A decision on eligibility in words."""

    is_eligible: bool
    families: list[str]
    reasons: list[ShownReason]
    changes: list[str]


def file_of(enrolment: Enrolment, *, on: date) -> Row:
    """Everything about a beneficiary that the page shows."""
    person = enrolment.beneficiary
    stored = eligibility.in_force(enrolment)
    ledger = ledger_of(enrolment, on=on)
    return {
        **head(enrolment, on=on),
        "age": age_on(person.birth_date, person.died_on or on),
        "stored": stored,
        "decision": stored_decision(stored) if stored else None,
        "ledger": ledger,
        "assessment_columns": assessment_columns(),
        "assessments": [_assessment(enrolment, row) for row in _assessments(person)],
        "findings": [_finding(enrolment, row, on) for row in _findings(person)],
        "stays": [_stay(enrolment, row, on) for row in person.stays.order_by("-arrival", "-pk")],
        "financings": [_financing(enrolment, row) for row in person.financings.order_by("-first_day", "-pk")],
        "insurers": [_affiliation(enrolment, row, on) for row in _affiliations(person)],
        "caregivers": [_caregiver(enrolment, row) for row in person.caregivers.order_by("name", "pk")],
        "prior": PriorUnits.objects.filter(beneficiary=person).first(),
        "second": SecondSeries.objects.filter(beneficiary=person).select_related("granted_by").first(),
        "notices": list(_notices(enrolment, stored, ledger, on)),
        "history": history(enrolment),
    }


def head(enrolment: Enrolment, *, on: date) -> Row:
    """Who it is, in which project, in which state."""
    state = state_of(enrolment, on)
    return {
        "enrolment": enrolment,
        "person": enrolment.beneficiary,
        "project": enrolment.project,
        "here": "people",
        "state": STATES[state],
        "tone": STATE_TONES[state],
    }


# --- eligibility


def stored_decision(stored: EligibilityRecord) -> ShownDecision:
    """A stored decision with the conditions it looked at, in the language of the page."""
    reasons = eligibility.reasons_of(stored)
    shown = said(reasons) if reasons is not None else _kept(stored)
    is_eligible = stored.outcome == EligibilityOutcome.ELIGIBLE.value
    return ShownDecision(is_eligible, _families(stored.families), shown, [])


def previewed(shown: eligibility.Preview) -> ShownDecision:
    """A decision before it is stored, with what would change it."""
    decision = shown.decision
    changes = [messages.remedy(change) for change in decision.would_change]
    return ShownDecision(shown.is_eligible, _families(decision.families), said(decision.reasons), changes)


def said(reasons: Iterable[Reason]) -> list[ShownReason]:
    """Conditions with their sentences and sources, those that are met first."""
    kept = tuple(sorted(reasons, key=lambda reason: not reason.met))
    sentences = messages.messages(kept, get_language() or "fr")
    return [
        ShownReason(reason.code, reason.met, sentence, messages.source(reason.article))
        for reason, sentence in zip(kept, sentences, strict=True)
    ]


def facts_shown(facts: Eligibility) -> list[Row]:
    """The facts that a decision looks at, as the page lists them."""
    scores = facts.scores
    written = [
        f"{name} {_plain(value)}"
        for name, value in (
            (_("AIVQ"), scores.aivq),
            (_("AVQ"), scores.avq),
            ("CPS", scores.cps),
            ("CPS2", scores.cps2),
            (_("Psychic"), scores.psychic),
        )
        if value is not None
    ]
    if scores.behaviour is not None:
        behaviour = _("Behaviour")
        written.append(f"{behaviour} {' '.join(map(str, scores.behaviour))}")
    found = [
        str(FACTS[name])
        for name in FACTS
        if name not in ("birth_date", "scores", "dementia_assessment_code") and getattr(facts, name)
    ]
    if facts.dementia_assessment_code:
        found.append(f"{FACTS['dementia_assessment_code']} ({facts.dementia_assessment_code})")
    return [
        {"label": _("Age on that day"), "value": str(age_on(facts.birth_date, facts.period_start))},
        {"label": _("Latest scores until that day"), "value": "; ".join(written) or _("None")},
        {"label": _("Findings in force on that day"), "value": "; ".join(found) or _("None")},
    ]


def records(enrolment: Enrolment) -> list[Row]:
    """The decisions so far, the latest first."""
    rows = enrolment.eligibilities.select_related("decided_by").order_by("-decided_at", "-pk")
    return [
        {
            "row": row,
            "is_eligible": row.outcome == EligibilityOutcome.ELIGIBLE.value,
            "families": ", ".join(_families(row.families)),
        }
        for row in rows
    ]


def _plain(value: float) -> str:
    return formats.number(Decimal(str(value)).normalize())


def _kept(stored: EligibilityRecord) -> list[ShownReason]:
    """The conditions as they were written down, where their facts cannot be asked again."""
    rows: Iterable[Mapping[str, Any]] = stored.answer.get("reasons", [])
    return [ShownReason(row["code"], row["met"], row["message"], row["source"]) for row in rows]


def _families(codes: Iterable[str]) -> list[str]:
    return [str(messages.FAMILIES[code]) for code in codes if code in messages.FAMILIES]


# --- what stands at the top


def _notices(
    enrolment: Enrolment, stored: EligibilityRecord | None, ledger: LedgerView, on: date
) -> Iterator[Row]:
    yield from _end_notices(enrolment, ledger, on)
    yield from _eligibility_notices(enrolment, stored)
    yield from _missing_notices(enrolment, on)
    if ledger.excess:
        yield {
            "tone": "error",
            "title": _("Billed beyond a limit"),
            "text": ngettext(
                "%(count)d service that was billed is not billable as the facts stand: a correction note "
                "pays it back (art. 12).",
                "%(count)d services that were billed are not billable as the facts stand: a correction note "
                "pays them back (art. 12).",
                len(ledger.excess),
            )
            % {"count": len(ledger.excess)},
            "url": reverse("protocol3:ledger", args=[enrolment.public_id]),
            "label": _("See the ledger"),
        }


def _eligibility_notices(enrolment: Enrolment, stored: EligibilityRecord | None) -> Iterator[Row]:
    way = {
        "url": reverse("protocol3:eligibility", args=[enrolment.public_id]),
        "label": _("Look at the conditions"),
    }
    if stored is None:
        text = _("Nothing is billable until it is decided which services the person may get (art. 5).")
        yield {"tone": "warning", "title": _("Eligibility is not decided"), "text": text, **way}
        return
    changed = eligibility.changed_since(stored, enrolment)
    if changed:
        text = _("Since the decision in force these facts have changed: %(facts)s. Decide again.")
        yield {
            "tone": "warning",
            "title": _("Facts have changed"),
            "text": text % {"facts": ", ".join(str(FACTS[name]) for name in changed if name in FACTS)},
            **way,
        }


def _missing_notices(enrolment: Enrolment, on: date) -> Iterator[Row]:
    if enrolment.receipt_id is None:
        yield {
            "tone": "warning",
            "title": _("The receipt of the information sheet is missing"),
            "text": _(
                "At the start of the period the person gets a written explanation of the limits, against a "
                "signed receipt (art. 27 §2)."
            ),
            "url": reverse("protocol3:receipt", args=[enrolment.public_id]),
            "label": _("Add the receipt"),
        }
    insured = Affiliation.objects.on(on).filter(beneficiary=enrolment.beneficiary).exists()
    if not insured and enrolment.beneficiary.died_on is None:
        yield {
            "tone": "warning",
            "title": _("No insurer is recorded for today"),
            "text": _("A day without an insurer cannot be billed to anybody."),
            "url": reverse("protocol3:add_person_row", args=[enrolment.public_id, "insurers"]),
            "label": _("Record the insurer"),
        }


def _end_notices(enrolment: Enrolment, ledger: LedgerView, on: date) -> Iterator[Row]:
    if ledger.closing_days is not None:
        yield {"tone": "info", "title": _("The period has ended"), "text": closing_text(ledger)}
    elif ledger.days_left is not None and ledger.last_day is not None and ledger.days_left <= SOON:
        yield {"tone": "warning", "title": _("The end of the period"), "text": _ends_text(ledger, on)}


def closing_text(ledger: LedgerView) -> str:
    """What death or entry in a rest home means: the end of the period, and the closing series."""
    if ledger.closing_days is None:
        return ""
    first, last = ledger.closing_days
    return _(
        "It ended on %(end)s by death or entry in a rest home. The closing series has %(limit)d units, "
        "%(left)d of them left, from %(first)s to %(last)s (art. 11 §2 and 12 §4)."
    ) % {
        "end": formats.day(first - timedelta(days=1)),
        "limit": parameters.CLOSING_UNITS,
        "left": ledger.closing_left,
        "first": formats.day(first),
        "last": formats.day(last),
    }


def _ends_text(ledger: LedgerView, on: date) -> str:
    assert ledger.last_day is not None
    if ledger.last_day < on:
        return _(
            "The three years of the period ended on %(day)s (art. 11): nothing is billable after it."
        ) % {"day": formats.day(ledger.last_day)}
    days = ledger.days_left or 0
    return ngettext(
        "The period ends on %(day)s, in %(days)d day (art. 11).",
        "The period ends on %(day)s, in %(days)d days (art. 11).",
        days,
    ) % {"day": formats.day(ledger.last_day), "days": days}


# --- rows


def assessment_columns() -> list[Row]:
    """The heads of the table of scores, with the score from which services open."""
    scores = [
        (_("AIVQ"), parameters.AIVQ),
        (_("AVQ"), parameters.AVQ),
        ("CPS", parameters.CPS),
        ("CPS2", parameters.CPS2),
        (_("Psychic"), formats.number(Decimal(str(parameters.PSYCHIC)))),
        (_("Behaviour"), parameters.BEHAVIOUR),
    ]
    heads = [{"label": f"{name}\u00a0≥\u00a0{least}"} for name, least in scores]
    return [{"label": _("Day")}, {"label": _("Instrument and assessor")}, *heads]


def _assessments(person: Beneficiary) -> Iterable[Assessment]:
    return person.assessments.order_by("-assessed_on", "-pk")


def _assessment(enrolment: Enrolment, row: Assessment) -> list[Any]:
    day = {
        "text": formats.day(row.assessed_on),
        "url": _change(enrolment, "assessments", row),
        "nowrap": True,
    }
    psychic = "–" if row.psychic is None else formats.number(row.psychic, 1)
    behaviour = " ".join(map(str, row.behaviour)) if row.behaviour else "–"
    scores = ["–" if value is None else str(value) for value in (row.aivq, row.avq, row.cps, row.cps2)]
    who = f"{row.get_instrument_display()}, {row.assessed_by}"
    return [day, who, *scores, psychic, {"text": behaviour, "nowrap": True}]


def _findings(person: Beneficiary) -> Iterable[Finding]:
    return person.findings.select_related("upload").order_by("-first_day", "-pk")


def _finding(enrolment: Enrolment, row: Finding, on: date) -> Row:
    ended = row.last_day is not None and row.last_day < on
    document = (
        reverse("protocol3:person_file", args=[enrolment.public_id, row.upload.public_id])
        if row.upload
        else ""
    )
    return {
        "row": row,
        "title": row.get_kind_display(),
        "ended": ended,
        "days": formats.period(row.first_day, row.last_day),
        "document": document,
        "url": _change(enrolment, "findings", row),
    }


def _stay(enrolment: Enrolment, row: Stay, on: date) -> Row:
    there = row.departure is None or row.departure > on
    days = (
        _("from %(arrival)s, still there") % {"arrival": formats.day(row.arrival)}
        if row.departure is None
        else f"{formats.day(row.arrival)} – {formats.day(row.departure)}"
    )
    return {
        "title": row.get_kind_display(),
        "text": row.place,
        "days": days,
        "now": there and row.arrival <= on,
        "open": row.departure is None,
        "url": _change(enrolment, "stays", row),
    }


def _financing(enrolment: Enrolment, row: Financing) -> Row:
    return {
        "title": row.get_kind_display(),
        "text": row.note,
        "days": formats.period(row.first_day, row.last_day),
        "url": _change(enrolment, "financings", row),
    }


def _affiliations(person: Beneficiary) -> Iterable[Affiliation]:
    return person.affiliations.select_related("insurer").order_by("-first_day", "-pk")


def _affiliation(enrolment: Enrolment, row: Affiliation, on: date) -> Row:
    name = row.insurer.name_nl if get_language() == "nl" else row.insurer.name_fr
    return {
        "title": f"{row.insurer.code} {name}",
        "number": row.registration_number,
        "days": formats.period(row.first_day, row.last_day),
        "now": row.first_day <= on and (row.last_day is None or row.last_day >= on),
        "url": _change(enrolment, "insurers", row),
    }


def _caregiver(enrolment: Enrolment, row: Caregiver) -> Row:
    return {"row": row, "url": _change(enrolment, "caregivers", row)}


def _change(enrolment: Enrolment, kind: str, row: Any) -> str:
    return reverse("protocol3:change_person_row", args=[enrolment.public_id, kind, row.public_id])
