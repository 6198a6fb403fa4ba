"""What was issued is never changed: lines taken back by a note that is linked to them, or paid back to INAMI."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import next_numbers
from partenamut.law import Reason
from partenamut.money import ZERO, total
from protocol3.deciding import reckon
from protocol3.facts import files_of
from protocol3.messages import messages, source
from protocol3.models import (
    Beneficiary,
    CorrectionReason,
    LineKind,
    Note,
    NoteLine,
    Project,
    Recap,
    RecapKind,
)
from protocol3.services.closing import hold
from protocol3.services.issuing import insurer_words, project_words, recap_identity

#: Reasons for which lines are taken off a note to an insurer.
TO_INSURER = (CorrectionReason.REJECTION, CorrectionReason.ERROR)
#: Where what was billed beyond a maximum is paid back (art. 12 §3).
_INAMI = {
    "fr": ("INAMI", "Institut national d'assurance maladie-invalidité"),
    "nl": ("RIZIV", "Rijksinstituut voor ziekte- en invaliditeitsverzekering"),
}
#: Its public address; no source of ours states it, so `INAMI_ADDRESS` in the settings puts another in its place.
_INAMI_ADDRESS = {
    "fr": ("Avenue Galilée 5/01", "1210 Bruxelles"),
    "nl": ("Galileelaan 5/01", "1210 Brussel"),
}
_EXPLANATION = 300
_WRITTEN_TOGETHER = 2_000


@dataclass(frozen=True, slots=True)
class Billed:
    """A service as a note bills it: its line, and that of its operating allowance where there is one."""

    line: NoteLine
    allowance: NoteLine | None

    @property
    def lines(self) -> list[NoteLine]:
        """The lines that come and go together."""
        return [self.line] if self.allowance is None else [self.line, self.allowance]

    @property
    def amount(self) -> Decimal:
        """What they come to."""
        return total(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Excess:
    """A service that was billed and is not billable any more, and the rules that say so."""

    billed: Billed
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What a correction comes to; the amounts are negative, as on its note."""

    notes: int
    services: Decimal
    allowances: Decimal

    @property
    def total(self) -> Decimal:
        """Services and operating allowance together."""
        return self.services + self.allowances


@transaction.atomic
def take_back(
    *,
    recap: Recap,
    services: Collection[UUID],
    reason: str,
    explanation: str,
    signatory: str,
    actor: User,
    at: datetime,
) -> Recap:
    """The correction note to the insurer that takes services back, with their operating allowance."""
    hold(recap.project)
    if reason not in TO_INSURER:
        raise ValidationError(
            {"reason": _("Choose whether the insurer rejected the lines or you correct a mistake.")}
        )
    if not explanation.strip():
        raise ValidationError(
            {"explanation": _("Write why the lines are taken back: it stands on the note.")}
        )
    picked = picked_of(recap, services)
    words = dict.fromkeys((one.line.note_id for one in picked), explanation.strip())
    return _issue(recap, picked, RecapKind.CORRECTION, reason, words, signatory, actor, at)


@transaction.atomic
def pay_back(
    *, project: Project, services: Collection[UUID], signatory: str, actor: User, at: datetime
) -> list[Recap]:
    """The notes of repayment to INAMI of services that are not billable any more, one for each note corrected."""
    hold(project)
    if not services:
        raise ValidationError(_("Tick the services that are paid back."))
    excess = {one.billed.line.service.public_id: one for one in excess_of(project)}
    if not set(services) <= set(excess):
        raise ValidationError(
            _(
                "Some of these services are billable again, or were taken back meanwhile: look at the list again."
            )
        )
    grouped: defaultdict[Recap, list[Excess]] = defaultdict(list)
    for service in services:
        grouped[excess[service].billed.line.note.recap].append(excess[service])
    return [
        _issue(
            recap,
            [one.billed for one in ones],
            RecapKind.REPAYMENT,
            CorrectionReason.EXCESS,
            _explanations(ones, project.language),
            signatory,
            actor,
            at,
        )
        for recap, ones in sorted(grouped.items(), key=lambda pair: pair[0].pk)
    ]


def excess_of(project: Project) -> list[Excess]:
    """The project's billed services that are not billable as the facts stand now (art. 12 §3), by date."""
    people = Beneficiary.objects.filter(
        pk__in=Note.objects.filter(recap__project=project).values("enrolment__beneficiary")
    )
    reasons = {
        one.entered.pk: one.verdict.stopped_by
        for file in files_of(people, project).values()
        for one in reckon(file).excess
        if one.entered.project_id == project.pk
    }
    billed = billed_of(service_lines(project).filter(service__in=reasons))
    return [Excess(one, reasons[one.line.service_id]) for one in billed]


def service_lines(project: Project):  # type: ignore[no-untyped-def]
    """The lines by which services of a project were billed, with what is needed to name them."""
    lines = NoteLine.objects.filter(note__recap__project=project, kind=LineKind.SERVICE, credits=None)
    return lines.select_related(
        "note__recap__insurer", "note__recap__project", "service", "credited_by__note"
    )


def billed_of(lines) -> list[Billed]:  # type: ignore[no-untyped-def]
    """Lines of services with those of their operating allowance, by date and name."""
    rows: list[NoteLine] = list(
        lines.order_by("date", "note__last_name", "note__first_name", "note_id", "position")
    )
    allowances = NoteLine.objects.filter(
        kind=LineKind.ALLOWANCE, credits=None, service__in=[row.service_id for row in rows]
    )
    beside = {row.service_id: row for row in allowances}
    return [Billed(row, beside.get(row.service_id)) for row in rows]


def picked_of(recap: Recap, services: Collection[UUID]) -> list[Billed]:
    """The chosen services of a note, as they can be taken back; ValidationError where one cannot."""
    _refuse_note(recap)
    if not services:
        raise ValidationError(_("Tick the lines that are taken back."))
    billed = billed_of(
        service_lines(recap.project).filter(note__recap=recap, service__public_id__in=services)
    )
    if len(billed) != len(set(services)):
        raise ValidationError(_("Some of the lines do not stand on this note: choose them again."))
    _refuse_credited(billed)
    return billed


def sums_of(billed: Iterable[Billed]) -> Sums:
    """What taking services back comes to."""
    ones = list(billed)
    return Sums(
        len({one.line.note_id for one in ones}),
        -total(one.line.amount for one in ones),
        -total(one.allowance.amount for one in ones if one.allowance),
    )


def is_credit(recap: Recap) -> bool:
    """Whether a note takes amounts back, from an insurer or for INAMI; a late service makes one that bills."""
    return recap.kind == RecapKind.REPAYMENT or (
        recap.kind == RecapKind.CORRECTION and recap.share_id is None
    )


# --- inside -----------------------------------------------------------------------------------------------


def _refuse_note(recap: Recap) -> None:
    if is_credit(recap):
        raise ValidationError(
            _("Note %(number)s itself takes amounts back: correct the note that it corrects.")
            % {"number": recap.number}
        )


def _refuse_credited(billed: Sequence[Billed]) -> None:
    """ValidationError that names the first service taken back already."""
    for one in billed:
        taken = getattr(one.line, "credited_by", None)
        if taken is not None:
            raise ValidationError(
                _(
                    "The service of %(day)s for %(name)s was taken back already by note %(number)s: "
                    "a line is taken back once. Nothing was issued."
                )
                % {
                    "day": f"{one.line.date:%d/%m/%Y}",
                    "name": one.line.note.full_name,
                    "number": taken.note.number,
                }
            )


def _explanations(excess: Iterable[Excess], language: str) -> dict[int, str]:
    """For each note, the rules that stop its services, in the language of the project's notes."""
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    with override(language):
        for one in excess:
            said = messages(one.reasons, language)
            for reason, sentence in zip(one.reasons, said, strict=True):
                found[one.billed.line.note_id][f"{sentence} ({source(reason.article)})"] = None
    return {note: _shortened(" ".join(sentences)) for note, sentences in found.items()}


def _shortened(text: str) -> str:
    return text if len(text) <= _EXPLANATION else f"{text[: _EXPLANATION - 1].rstrip()}…"


def _issue(
    original: Recap,
    billed: Sequence[Billed],
    kind: RecapKind,
    reason: str,
    explanations: Mapping[int, str],
    signatory: str,
    actor: User,
    at: datetime,
) -> Recap:
    """The correction of a note: its own notes with negative lines, each linked to what it takes back."""
    project, day, sums = original.project, localdate(at), sums_of(billed)
    by_note: defaultdict[int, list[Billed]] = defaultdict(list)
    for one in billed:
        by_note[one.line.note_id].append(one)
    # Numbers last of all, so that nobody waits long for theirs.
    numbers = next_numbers(project.code, day.year, len(by_note))
    number, communication = recap_identity(project, day.year)
    recap = Recap.objects.create(
        number=number,
        kind=kind,
        project=project,
        insurer=original.insurer if kind == RecapKind.CORRECTION else None,
        corrects=original,
        month=original.month,
        issued_on=day,
        issued_by=actor,
        said=_said(original, kind, signatory.strip() or project.signatory),
        notes_count=sums.notes,
        services_total=sums.services,
        allowance_total=sums.allowances,
        total=sums.total,
        communication=communication,
        due_on=None,
    )
    _write(recap, by_note, numbers, reason, explanations)
    changes = {"corrects": [None, original.number], "total": [None, recap.total], "reason": [None, reason]}
    for subject in (recap, original):
        record(action="correction_issued", subject=subject, actor=actor, at=at, changes=changes, note=number)
    return recap


def _said(original: Recap, kind: RecapKind, signatory: str) -> dict[str, Any]:
    project = original.project
    words = {"project": project_words(project), "signatory": signatory}
    if kind == RecapKind.REPAYMENT or original.insurer is None:
        language = "nl" if project.language == "nl" else "fr"
        address = [*_INAMI[language][1:], *(settings.INAMI_ADDRESS or _INAMI_ADDRESS[language])]
        return {**words, "insurer": {"code": "", "name": _INAMI[language][0], "address_lines": address}}
    return {**words, "insurer": insurer_words(original.insurer, project.language)}


def _write(
    recap: Recap,
    by_note: Mapping[int, Sequence[Billed]],
    numbers: Sequence[str],
    reason: str,
    explanations: Mapping[int, str],
) -> None:
    originals = {note: ones[0].line.note for note, ones in by_note.items()}
    in_order = sorted(originals, key=lambda key: originals[key].number)
    notes = [
        _note(recap, originals[key], number, reason, explanations.get(key, ""), by_note[key])
        for key, number in zip(in_order, numbers, strict=True)
    ]
    Note.objects.bulk_create(notes, batch_size=_WRITTEN_TOGETHER)
    lines = [
        line
        for note, key in zip(notes, in_order, strict=True)
        for line in _negative(note, (line for one in by_note[key] for line in one.lines))
    ]
    try:
        with transaction.atomic():
            NoteLine.objects.bulk_create(lines, batch_size=_WRITTEN_TOGETHER)
    except IntegrityError as error:
        raise ValidationError(
            _("One of these lines has just been taken back by somebody else. Nothing was issued: look again.")
        ) from error


def _note(
    recap: Recap, original: Note, number: str, reason: str, explanation: str, ones: Iterable[Billed]
) -> Note:
    return Note(
        number=number,
        recap=recap,
        enrolment_id=original.enrolment_id,
        corrects=original,
        reason=reason,
        explanation=explanation,
        last_name=original.last_name,
        first_name=original.first_name,
        niss=original.niss,
        registration_number=original.registration_number,
        total=sum((-one.amount for one in ones), ZERO),
    )


def _negative(note: Note, lines: Iterable[NoteLine]) -> list[NoteLine]:
    return [
        NoteLine(
            note=note,
            position=position,
            kind=line.kind,
            service_id=line.service_id,
            credits=line,
            date=line.date,
            pseudocode=line.pseudocode,
            rate_key=line.rate_key,
            units=-line.units,
            unit_amount=line.unit_amount,
            amount=-line.amount,
            series=line.series,
        )
        for position, line in enumerate(lines, 1)
    ]
