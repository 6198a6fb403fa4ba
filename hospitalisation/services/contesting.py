"""The letter to the hospital about supplements that nobody owes, kept with the claim."""

import hashlib
import json
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from hospitalisation.deciding import Ruling, replay, ruled
from hospitalisation.documents.contest import Contest, ContestedLine, contest_words
from hospitalisation.models import Claim, Decision
from hospitalisation.rules import Cover
from hospitalisation.services.claims import in_force
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import lock
from partenamut.documents import services as documents
from partenamut.documents.models import Document

#: States in which a claim that was decided once is being decided again.
AGAIN = (*TO_DECIDE, Status.SECOND_READING)
_BROKEN = ("bill.shared_room", "bill.agreed_doctor")


def standing(claim: Claim, decision: Decision | None) -> Ruling | None:
    """The decision in force; before it, and while it is looked at again, what the rules say; None for too few facts."""
    try:
        return replay(decision) if decision and claim.status not in AGAIN else ruled(claim)
    except ValueError:
        return None


def letters_of(claim: Claim) -> QuerySet[Document]:
    """The letters to the hospital that were made, the newest first."""
    return Document.objects.filter(key__startswith=_folder(claim)).order_by("-created_at", "-pk")


@transaction.atomic
def write_to_hospital(*, claim: Claim, actor: User, at: datetime) -> Document:
    """The letter in the member's name and language; the same lines give the same letter. ValidationError where all is owed."""
    locked = lock(claim)
    ruling = standing(locked, in_force(locked))
    answer = ruling.decision if ruling else None
    contested = _contested(locked, answer) if isinstance(answer, Cover) else ()
    if not contested or not isinstance(answer, Cover):
        raise ValidationError(_("No line of this bill is against the law: there is nothing to contest."))
    words = contest_words(_contest(locked, contested, answer))
    version = hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()[:16]
    key = f"{_folder(locked)}{version}"
    made = Document.objects.filter(key=key).first()
    if made is not None:
        return made
    language = locked.member.language
    with override(language):
        title = _("Letter to the hospital %(number)s") % {"number": locked.number}
    record(action="contest", subject=locked, actor=actor, at=at)
    return documents.order(
        key=key,
        kind="contest",
        template="documents/letter.html",
        language=language,
        title=title,
        issued_on=localdate(at),
        actor=actor,
        at=at,
        context=words,
    )


def _folder(claim: Claim) -> str:
    return f"hospitalisation/{claim.public_id}/contest/"


def _contested(claim: Claim, answer: Cover) -> tuple[ContestedLine, ...]:
    lines = claim.lines.order_by("position")
    return tuple(
        ContestedLine(
            line.position,
            line.kind,
            line.label,
            result.unlawful,
            "agreed_doctor_supplement" in result.flags,
        )
        for line, result in zip(lines, answer.lines, strict=True)
        if result.unlawful
    )


def _contest(claim: Claim, contested: tuple[ContestedLine, ...], answer: Cover) -> Contest:
    member, hospital = claim.member, claim.hospital
    assert claim.admission is not None
    assert claim.discharge is not None
    address = f"{hospital.street}, {hospital.postal_code} {hospital.city}" if hospital else ""
    return Contest(
        name=member.full_name,
        street=member.street,
        city=f"{member.postal_code} {member.city}",
        hospital=claim.place_name,
        hospital_address=address,
        number="",
        language=member.language,
        admission=claim.admission,
        discharge=claim.discharge,
        room=claim.room,
        lines=contested,
        articles=tuple(reason.article for reason in answer.reasons if reason.code in _BROKEN),
    )
