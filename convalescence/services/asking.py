"""Asking that a caregiver be recognised: whoever asks never learns whether the person named exists in our files."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from convalescence.models import Recognition
from convalescence.services import notices
from convalescence.services.recognitions import ask_recognition, withdraw_recognition
from convalescence.workflow import RecognitionStatus
from partenamut.accounts.models import User
from partenamut.audit.models import Entry
from partenamut.audit.services import record
from partenamut.registry.models import CaregiverRecognition, Member
from partenamut.registry.names import search_form

ASKED, TAKEN_BACK = "asked_for_recognition", "took_back_recognition"
#: Attempts of a user in a day: enough for a family, too few to try numbers.
A_DAY = 5


class Person(Struct, frozen=True):
    """A person as the asker knows them: the three details must agree."""

    niss: str
    last_name: str
    birth_date: date


class Asked(Struct, frozen=True):
    """What somebody asked: when, and the recognition once the service has answered; until then all look alike."""

    key: int
    member: Member
    asked_at: datetime
    recognition: Recognition | None
    withdrawn: bool

    @property
    def answered(self) -> bool:
        """Whether the service has answered: only then is it sure that the person exists."""
        return self.recognition is not None and self.recognition.status in _ANSWERED

    @property
    def status(self) -> str:
        """Where it stands, as the asker may know it."""
        if self.withdrawn:
            return RecognitionStatus.WITHDRAWN
        return self.recognition.status if self.recognition and self.answered else RecognitionStatus.SUBMITTED


_ANSWERED = (RecognitionStatus.RECOGNISED, RecognitionStatus.REFUSED)


@transaction.atomic
def ask(
    *,
    asker: Member,
    person: Person,
    asker_is_caregiver: bool,
    relation: str,
    help_given: str,
    actor: User,
    at: datetime,
) -> None:
    """The recognition asked if the three details agree; nothing that the caller gets says whether they do."""
    _within_limit(actor, at)
    other = _found(person)
    standing: Recognition | None = None
    if other is not None and other != asker:
        pair = (asker, other) if asker_is_caregiver else (other, asker)
        standing = _asked(*pair, relation, help_given, actor, at)
    changes = {
        "recognition": [None, standing.public_id if standing else None],
        "caregiver": [None, asker_is_caregiver],
    }
    record(action=ASKED, subject=asker, actor=actor, at=at, changes=changes)
    if standing is not None and other is not None:
        notices.tell(other)


@transaction.atomic
def withdraw(*, asked: Asked, actor: User, at: datetime) -> None:
    """What was asked taken back; it looks the same whether the person exists or not."""
    if asked.answered:
        raise ValidationError(_("This request has already been answered."))
    if asked.withdrawn:
        return
    record(action=TAKEN_BACK, subject=asked.member, actor=actor, at=at, changes={"asked": [asked.key, None]})
    if asked.recognition and asked.recognition.status == RecognitionStatus.SUBMITTED:
        withdraw_recognition(recognition=asked.recognition, actor=actor, at=at)


def asked_by(members: Iterable[Member], user: User, on: date) -> list[Asked]:
    """What was asked for these people, the newest first; three queries."""
    people = {member.public_id: member for member in members}
    entries = list(
        Entry.objects.filter(subject_id__in=list(people), action__in=(ASKED, TAKEN_BACK)).order_by(
            "-at", "-pk"
        )
    )
    withdrawn = {entry.changes["asked"][0] for entry in entries if entry.action == TAKEN_BACK}
    asked = [entry for entry in entries if entry.action == ASKED]
    ids = [uuid.UUID(entry.changes["recognition"][1]) for entry in asked if entry.changes["recognition"][1]]
    rows = (
        Recognition.objects.visible_to(user, on)
        .filter(public_id__in=ids)
        .select_related("caregiver", "cared_for")
    )
    known = {str(row.public_id): row for row in rows}
    return [
        Asked(
            entry.pk,
            people[entry.subject_id],
            entry.at,
            known.get(entry.changes["recognition"][1]),
            entry.pk in withdrawn,
        )
        for entry in asked
    ]


def of_others(members: Iterable[Member], user: User, on: date) -> list[Recognition]:
    """Recognitions in which these people are the one who was named, the newest first."""
    keys = [member.pk for member in members]
    rows = Recognition.objects.visible_to(user, on).select_related("caregiver", "cared_for")
    own = Entry.objects.filter(action=ASKED, subject_id__in=[member.public_id for member in members])
    mine = {
        value for changes in own.values_list("changes", flat=True) if (value := changes["recognition"][1])
    }
    found = rows.filter(caregiver__in=keys) | rows.filter(cared_for__in=keys)
    return [row for row in found.order_by("-asked_on", "-pk") if str(row.public_id) not in mine]


def in_force(member: Member, on: date) -> list[CaregiverRecognition]:
    """The recognised caregivers of a person who still are so on a day or later."""
    rows = CaregiverRecognition.objects.filter(cared_for=member).select_related("caregiver")
    return [
        row
        for row in rows.order_by("caregiver__search_name", "pk")
        if row.last_day is None or row.last_day >= on
    ]


# --- parts ------------------------------------------------------------------------------------------------


def _found(person: Person) -> Member | None:
    found = Member.objects.with_niss(person.niss).select_related("user").first()
    if found is None or found.birth_date != person.birth_date:
        return None
    return found if search_form(found.last_name) == search_form(person.last_name) else None


def _asked(
    caregiver: Member, cared_for: Member, relation: str, help_given: str, actor: User, at: datetime
) -> Recognition | None:
    try:
        with transaction.atomic():
            return ask_recognition(
                caregiver=caregiver,
                cared_for=cared_for,
                relation=relation,
                help_given=help_given,
                actor=actor,
                at=at,
            )
    except ValidationError:
        return None  # it stands already, or is recognised: the service answers what was asked first


def _within_limit(actor: User, at: datetime) -> None:
    recent = Entry.objects.filter(action=ASKED, actor=actor, at__gt=at - timedelta(days=1)).count()
    if recent >= A_DAY:
        raise ValidationError(
            _("You have asked for %(count)d recognitions since yesterday. Go on tomorrow, or call us.")
            % {"count": A_DAY}
        )
