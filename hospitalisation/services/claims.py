"""From the announcement of an admission to the claim that is sent: what the member's side does, or the desk for them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hospitalisation.documents import CONTACT
from hospitalisation.documents.letters import order_receipt
from hospitalisation.models import (
    Attachment,
    AttachmentKind,
    Certificate,
    Channel,
    Claim,
    ClaimKind,
    ClaimLine,
    Message,
)
from hospitalisation.services.rows import checked_line
from hospitalisation.workflow import BEFORE_SENDING, TO_DECIDE, Action, Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock, next_number
from partenamut.documents import services as documents
from partenamut.payments.models import Payable
from partenamut.payments.workflow import Status as PaymentStatus
from partenamut.registry import letters
from partenamut.registry.models import Member
from partenamut.registry.services.rows import saved

SERIES = {ClaimKind.STAY: "HOSP", ClaimKind.DEPOSIT: "ACPT", ClaimKind.SERIOUS_ILLNESS: "MGRV"}
#: The same words of the same person within these seconds are a second click.
SAME_CLICK_SECONDS = 120
#: What the steps of a stay may write; everything else of a claim moves by its workflow.
STAY_FIELDS = frozenset(
    {"hospital", "place", "country", "admission", "discharge", "day_hospital", "room", "admitted", "year"}
)


class NotReady(ValidationError):
    """Raised for a claim that lacks something, or that is not any more what one wants to change; the messages say what."""


# --- announcing and preparing -------------------------------------------------------------------------------


@transaction.atomic
def announce(
    *,
    member: Member,
    actor: User,
    at: datetime,
    channel: Channel = Channel.WEB,
    **stay: object,
) -> Claim:
    """The admission announced, with its number: from now on form, deposits and bill belong to this claim."""
    claim = _begun(ClaimKind.STAY, member, channel, actor, at)
    _write(claim, stay)
    claim.announced_on = localdate(at)
    claim.number = next_number(SERIES[ClaimKind.STAY], localdate(at).year)
    claim.save(update_fields=["announced_on", "number"])
    announced = advance(claim, Action.ANNOUNCE, actor=actor, at=at)
    announced.receipt = order_receipt(announced, actor=actor, at=at)
    announced.save(update_fields=["receipt"])
    return announced


@transaction.atomic
def start_serious_illness(
    *, member: Member, year: int, actor: User, at: datetime, channel: Channel = Channel.WEB
) -> Claim:
    """The draft of a claim of receipts of a serious illness for a calendar year: the one that stands, or a new one."""
    standing = (
        Claim.objects.select_for_update()
        .filter(member=member, kind=ClaimKind.SERIOUS_ILLNESS, year=year, status=Status.DRAFT)
        .first()
    )
    if standing is not None:
        return standing
    claim = _begun(ClaimKind.SERIOUS_ILLNESS, member, channel, actor, at)
    _write(claim, {"year": year})
    return claim


@transaction.atomic
def fill_in(*, claim: Claim, actor: User, at: datetime, **stay: object) -> Claim:
    """The claim with the answers of a step, before it is sent; nothing else of a claim can be written this way."""
    locked = _open(claim)
    changes = {name: [getattr(locked, name), value] for name, value in stay.items()}
    _write(locked, stay)
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changed:
        record(
            action="stay",
            subject=locked,
            actor=actor,
            at=at,
            changes={name: [str(value) for value in pair] for name, pair in changed.items()},
        )
    return locked


@transaction.atomic
def write_lines(*, claim: Claim, lines: Sequence[ClaimLine], actor: User, at: datetime) -> Claim:
    """The bill with these lines in place of those it had; by the member before sending, by the desk until it is decided.

    ValidationError says by its place which line is wrong; then nothing is written.
    """
    locked = lock(claim)
    if locked.status not in BEFORE_SENDING and not (
        actor.may(Permission.HANDLE_REQUESTS) and locked.status in TO_DECIDE
    ):
        raise NotReady(
            _("The lines of a claim that was sent can be changed by an adviser only: write to us.")
        )
    for position, line in enumerate(lines, 1):
        line.claim, line.position = locked, position
        checked_line(line)
    before = locked.lines.count()
    locked.lines.all().delete()
    ClaimLine.objects.bulk_create(lines)
    record(action="lines", subject=locked, actor=actor, at=at, changes={"lines": [before, len(lines)]})
    return locked


@transaction.atomic
def send(*, claim: Claim, actor: User, at: datetime, received_on: date | None = None) -> Claim:
    """The claim sent, with its number and receipt; sent twice it stays as it was. NotReady says what lacks.

    A paper claim counts from the day it was received.
    """
    locked = lock(claim)
    if locked.status not in BEFORE_SENDING:
        return locked
    lacking = missing(locked)
    if lacking:
        raise NotReady(lacking)
    locked.submitted_on = received_on or localdate(at)
    if locked.number is None:
        locked.number = next_number(SERIES[ClaimKind(locked.kind)], locked.submitted_on.year)
    locked.save(update_fields=["submitted_on", "number"])
    sent = advance(locked, Action.SEND, actor=actor, at=at)
    sent.receipt = order_receipt(sent, actor=actor, at=at)
    sent.save(update_fields=["receipt"])
    return sent


def missing(claim: Claim) -> list[str]:
    """Sentences about what a claim still needs before it can be sent."""
    lacks = []
    kinds = set(claim.attachments.filter(removed_at=None).values_list("kind", flat=True))
    if claim.kind == ClaimKind.STAY:
        if not (claim.hospital_id or claim.place):
            lacks.append(_("Say in which hospital you stayed."))
        if not claim.admission or not claim.discharge:
            lacks.append(_("Give the days of admission and discharge."))
        if not claim.room:
            lacks.append(_("Say in which room you stayed."))
        if AttachmentKind.BILL not in kinds:
            lacks.append(_("Add the hospital bill, or say that it comes by post."))
    if claim.kind == ClaimKind.SERIOUS_ILLNESS and AttachmentKind.RECEIPT not in kinds:
        lacks.append(_("Add the receipts."))
    if claim.kind != ClaimKind.DEPOSIT and not claim.lines.exists():
        lacks.append(_("Enter the lines of the bill."))
    return lacks


@transaction.atomic
def discard(*, claim: Claim, actor: User, at: datetime) -> None:
    """The draft is gone, with its lines and the documents added to it."""
    draft = lock(claim)
    if draft.status != Status.DRAFT:
        raise NotReady(_("This claim has a number already. You can withdraw it from its page."))
    record(action="discard", subject=draft, actor=actor, at=at)
    for attachment in draft.attachments.select_related("upload"):
        upload = attachment.upload
        attachment.delete()
        if upload:
            documents.remove(upload=upload, actor=actor, at=at)
    draft.delete()


@transaction.atomic
def withdraw(*, claim: Claim, reason: str = "", actor: User, at: datetime) -> Claim:
    """The claim withdrawn; what its decision used of the year is free again. A stay takes its open deposits along."""
    if (
        claim.kind == ClaimKind.STAY
        and claim.deposits.exclude(status__in=[Status.WITHDRAWN, Status.REFUSED]).exists()
    ):
        raise ValidationError(
            _("A deposit of this stay has been claimed: withdraw it first, or keep the stay.")
        )
    if Payable.objects.of_case(claim.public_id).filter(status=PaymentStatus.PAID).exists():
        raise ValidationError(
            _("This claim was paid by an earlier decision: it cannot be withdrawn any more.")
        )
    withdrawn = advance(claim, Action.WITHDRAW, actor=actor, at=at, note=reason)
    withdrawn.interventions.all().delete()
    return withdrawn


@transaction.atomic
def appeal(*, claim: Claim, reason: str, actor: User, at: datetime) -> Claim:
    """The claim with the member's appeal as a message; refused after the day the decision names."""
    decision = in_force(claim)
    if decision and localdate(at) > decision.appeal_until:
        raise ValidationError(
            _("The time to appeal here ended on %(day)s.") % {"day": f"{decision.appeal_until:%d/%m/%Y}"}
        )
    appealed = advance(claim, Action.APPEAL, actor=actor, at=at, note=_("See the message."))
    Message.objects.create(claim=appealed, author=actor, from_service=False, text=reason, sent_at=at)
    return appealed


def in_force(claim: Claim) -> Any:
    """The latest decision on a claim; None while there is none."""
    return claim.decisions.order_by("-decided_at", "-pk").first()


# --- documents and messages ---------------------------------------------------------------------------------


@transaction.atomic
def attach(*, claim: Claim, kind: AttachmentKind, file: "File[Any]", actor: User, at: datetime) -> Attachment:
    """The checked file as a document of the claim; UploadRefused says what is wrong with it."""
    upload = documents.receive(file=file, kind=kind, actor=actor, at=at)
    return Attachment.objects.create(
        claim=claim, kind=kind, upload=upload, received_on=localdate(at), added_by=actor
    )


@transaction.atomic
def note_paper(
    *, claim: Claim, kind: AttachmentKind, received_on: date, note: str, actor: User, at: datetime
) -> Attachment:
    """A document that came by post, or that the member says will; the same click twice notes it once."""
    lock(claim)
    standing = claim.attachments.filter(
        kind=kind, received_on=received_on, note=note, added_by=actor, upload=None, removed_at=None
    ).first()
    if standing is not None:
        return standing
    attachment = Attachment.objects.create(
        claim=claim, kind=kind, received_on=received_on, added_by=actor, note=note
    )
    changes = {"kind": [None, kind]}
    record(action="paper_received", subject=claim, actor=actor, at=at, changes=changes, note=note)
    return attachment


@transaction.atomic
def detach(*, attachment: Attachment, actor: User, at: datetime) -> None:
    """A document taken away again before the claim is sent; afterwards documents stay."""
    _open(attachment.claim)
    attachment.removed_at = at
    attachment.save(update_fields=["removed_at"])
    if attachment.upload:
        documents.remove(upload=attachment.upload, actor=actor, at=at)


@transaction.atomic
def note_certificate(
    *, claim: Claim, certificate: Certificate, received_on: date, actor: User, at: datetime
) -> Claim:
    """The day on which the original certificate reached us on paper, and how; in the future it is refused."""
    if received_on > localdate(at):
        raise ValidationError({"received_on": _("This day lies in the future.")})
    locked = lock(claim)
    before = [locked.certificate, locked.certificate_on]
    locked.certificate, locked.certificate_on = certificate, received_on
    saved(locked)
    record(
        action="certificate",
        subject=locked,
        actor=actor,
        at=at,
        changes={
            "certificate": [before[0], certificate],
            "certificate_on": [str(before[1]), str(received_on)],
        },
    )
    return locked


@transaction.atomic
def write(*, claim: Claim, text: str, actor: User, at: datetime) -> Message:
    """A message on the claim; from the member's side it answers what was asked. Clicked twice it is sent once."""
    lock(claim)
    last = claim.messages.order_by("-sent_at", "-pk").first()
    if (
        last
        and (last.author_id, last.text) == (actor.pk, text)
        and (at - last.sent_at).total_seconds() < SAME_CLICK_SECONDS
    ):
        return last
    from_service = actor.may(Permission.HANDLE_REQUESTS) and not claim.member.has_on_their_side(
        actor, localdate(at)
    )
    message = Message.objects.create(
        claim=claim, author=actor, from_service=from_service, text=text, sent_at=at
    )
    record(action="message", subject=claim, actor=actor, at=at)
    if from_service:
        letters.tell(CONTACT, claim.member)
    elif lock(claim).status == Status.INFORMATION_ASKED:
        advance(claim, Action.ANSWER, actor=actor, at=at)
    return message


# --- parts --------------------------------------------------------------------------------------------------


def _begun(kind: ClaimKind, member: Member, channel: Channel, actor: User, at: datetime) -> Claim:
    claim = Claim.objects.create(kind=kind, member=member, filed_by=actor, channel=channel)
    record(action="start", subject=claim, actor=actor, at=at)
    return claim


def _open(claim: Claim) -> Claim:
    """The claim locked, if it was not sent yet; NotReady otherwise."""
    locked = lock(claim)
    if locked.status not in BEFORE_SENDING:
        raise NotReady(_("This claim has already been sent. Write to us from its page to change something."))
    return locked


def _write(claim: Claim, stay: dict[str, object]) -> None:
    """Writes the answers of a step; ValidationError with the field for what cannot be."""
    unknown = set(stay) - STAY_FIELDS
    if unknown:
        raise ValueError(f"not fields of a stay: {sorted(unknown)}")
    for name, value in stay.items():
        setattr(claim, name, value)
    if claim.admission and claim.discharge and claim.discharge < claim.admission:
        raise ValidationError({"discharge": _("The discharge lies before the admission.")})
    if claim.day_hospital and claim.nights:
        raise ValidationError({"discharge": _("A day hospital has no night: both days are the same.")})
    saved(claim)
