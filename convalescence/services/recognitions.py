"""Use cases of recognising a caregiver: asked by one of the two, decided at the desk, both told."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convalescence import documents as letters
from convalescence.models import Recognition
from convalescence.services import notices
from convalescence.workflow import RecognitionAction, RecognitionStatus
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.casework.services import advance, next_number
from partenamut.documents.models import Document
from partenamut.registry.distance import needs_distance
from partenamut.registry.models import CaregiverRecognition, Member
from partenamut.registry.services import members as registry
from partenamut.registry.services.rows import saved

SERIES = "RECON"


@transaction.atomic
def ask_recognition(
    *, caregiver: Member, cared_for: Member, relation: str, help_given: str, actor: User, at: datetime
) -> Recognition:
    """The request, numbered and sent; ValidationError where it stands already, PermissionDenied for strangers."""
    _needs_a_side(actor, caregiver, cared_for, localdate(at))
    today = localdate(at)
    # Two requests of the same pair at the same moment follow each other.
    Member.objects.select_for_update().get(pk=caregiver.pk)
    if caregiver.pk == cared_for.pk:
        raise ValidationError(_("Nobody is their own caregiver."))
    if (
        CaregiverRecognition.objects.on(today)
        .filter(caregiver=caregiver, cared_for=cared_for, last_day=None)
        .exists()
    ):
        raise ValidationError(_("This caregiver is already recognised."))
    recognition = Recognition(
        caregiver=caregiver,
        cared_for=cared_for,
        asked_by=actor,
        asked_on=today,
        relation=relation.strip(),
        help_given=help_given.strip(),
        status=RecognitionStatus.SUBMITTED,
    )
    recognition.full_clean()
    recognition.number = next_number(SERIES, today.year)
    saved(recognition)
    record(action="ask_recognition", subject=recognition, actor=actor, at=at)
    _note_in_both_files(recognition, "recognition_asked", actor, at)
    return recognition


@transaction.atomic
def recognise(
    *,
    recognition: Recognition,
    first_day: date,
    last_day: date | None = None,
    answer: str = "",
    actor: User,
    at: datetime,
) -> CaregiverRecognition:
    """The recognition in the registry from a first day, and a letter to both; ValidationError for an overlap."""
    needs_distance(actor, recognition.caregiver, recognition.cared_for, at=at)
    decided = advance(recognition, RecognitionAction.RECOGNISE, actor=actor, at=at, note=answer)
    row = registry.recognise_caregiver(
        caregiver=decided.caregiver,
        cared_for=decided.cared_for,
        first_day=first_day,
        last_day=last_day,
        actor=actor,
        at=at,
        note=decided.number or "",
    )
    _answer(decided, answer, actor, at, period=row)
    return row


@transaction.atomic
def refuse_recognition(*, recognition: Recognition, answer: str, actor: User, at: datetime) -> Recognition:
    """The request refused with its reason, and a letter to both."""
    if not answer.strip():
        raise ValidationError({"answer": _("Write why the caregiver is not recognised.")})
    needs_distance(actor, recognition.caregiver, recognition.cared_for, at=at)
    refused = advance(recognition, RecognitionAction.REFUSE, actor=actor, at=at, note=answer)
    _answer(refused, answer, actor, at)
    return refused


@transaction.atomic
def withdraw_recognition(*, recognition: Recognition, actor: User, at: datetime) -> Recognition:
    """The request withdrawn before it was decided; by one of the two people, or the desk for them."""
    _needs_a_side(actor, recognition.caregiver, recognition.cared_for, localdate(at))
    withdrawn = advance(recognition, RecognitionAction.WITHDRAW, actor=actor, at=at)
    _note_in_both_files(withdrawn, "recognition_withdrawn", actor, at)
    return withdrawn


def letter_to(recognition: Recognition, member: Member) -> Document | None:
    """The letter in which one of the two was told the answer; None before, and for anybody else."""
    return Document.objects.filter(key=letters.recognition_key(recognition, member)).first()


# --- inside


def _answer(
    recognition: Recognition,
    answer: str,
    actor: User,
    at: datetime,
    *,
    period: CaregiverRecognition | None = None,
) -> None:
    recognition.answer = answer.strip()
    recognition.save(update_fields=["answer"])
    for member in (recognition.caregiver, recognition.cared_for):
        letters.order_recognition(recognition, member, period, actor=actor, at=at)
    notices.tell(recognition.caregiver, recognition.cared_for)
    if period is None:
        _note_in_both_files(recognition, "recognition_refused", actor, at)


def _note_in_both_files(recognition: Recognition, action: str, actor: User, at: datetime) -> None:
    for member in (recognition.caregiver, recognition.cared_for):
        record(action=action, subject=member, actor=actor, at=at, note=recognition.number or "")


def _needs_a_side(actor: User, caregiver: Member, cared_for: Member, on: date) -> None:
    if actor.may(Permission.HANDLE_REQUESTS):
        return
    sides = Member.objects.visible_to(actor, on).filter(pk__in=(caregiver.pk, cared_for.pk))
    if not actor.may(Permission.FILE_REQUESTS) or not sides.exists():
        raise PermissionDenied("recognition")
