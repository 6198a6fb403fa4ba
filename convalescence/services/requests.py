"""What people do with requests: one function per use case, each in one transaction, with who and when."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convalescence import documents as letters
from convalescence.deciding import Ruling, overruled, replay, ruled
from convalescence.facts import invoice_received
from convalescence.messages import message
from convalescence.models import (
    Attachment,
    AttachmentKind,
    Benefit,
    Channel,
    Decision,
    Departure,
    GrantedDays,
    Message,
    Request,
)
from convalescence.services import notices
from convalescence.services.companions import tell_both
from convalescence.workflow import Action, Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock, next_number
from partenamut.documents import services as documents
from partenamut.documents.models import Upload
from partenamut.law import unmet
from partenamut.payments import services as payments
from partenamut.registry.distance import needs_distance
from partenamut.registry.models import Member

SERIES = {Benefit.CONVALESCENCE: "CONV", Benefit.SHORT_STAY: "COURT", Benefit.CAREGIVER: "AIDANT"}

#: The same words of the same person within this time are a second click.
SAME_CLICK = timedelta(minutes=2)

#: What a draft may still be given; everything else of a request moves by its workflow.
DRAFT_FIELDS = frozenset(
    {
        "criteria",
        "residence",
        "place",
        "accompanied",
        "companion",
        "arrival",
        "departure",
        "cared_for_request",
    }
)


class NotReady(ValidationError):
    """Raised for a request that lacks something; the messages say what to complete, by step."""


@transaction.atomic
def start(
    *, member: Member, benefit: Benefit, actor: User, at: datetime, channel: Channel = Channel.WEB
) -> Request:
    """The draft of a member for a benefit: the one that stands, or a new one."""
    draft, created = Request.objects.get_or_create(
        member=member,
        benefit=benefit,
        status=Status.DRAFT,
        defaults={"filed_by": actor, "channel": channel},
    )
    if created:
        record(action="start", subject=draft, actor=actor, at=at)
    return draft


@transaction.atomic
def fill_in(*, request: Request, actor: User, at: datetime, **answers: object) -> Request:
    """The draft with the answers of a step; nothing else of a request can be written this way."""
    unknown = set(answers) - DRAFT_FIELDS
    if unknown:
        raise ValueError(f"not fields of a draft: {sorted(unknown)}")
    draft = lock(request)
    if draft.status != Status.DRAFT:
        raise NotReady(_("This request has already been sent. Change it from its page."))
    for name, value in answers.items():
        setattr(draft, name, value)
    draft.save(update_fields=list(answers))
    return draft


@transaction.atomic
def discard(*, request: Request, actor: User, at: datetime) -> None:
    """The draft is gone, with the documents added to it."""
    draft = lock(request)
    if draft.status != Status.DRAFT:
        raise NotReady(_("This request has already been sent. You can withdraw it from its page."))
    record(action="discard", subject=draft, actor=actor, at=at)
    for attachment in draft.attachments.select_related("upload"):
        upload = attachment.upload
        attachment.delete()
        if upload:
            documents.remove(upload=upload, actor=actor, at=at)
    draft.delete()


@transaction.atomic
def send(*, request: Request, actor: User, at: datetime, received_on: date | None = None) -> Request:
    """The request sent, with its number and receipt; sent twice it stays as it was. NotReady says what lacks.

    A paper request counts from the day it was received.
    """
    draft = lock(request)
    if draft.status != Status.DRAFT:
        return draft
    lacking = missing(draft)
    if lacking:
        raise NotReady(lacking)
    draft.submitted_on = received_on or localdate(at)
    draft.number = next_number(SERIES[Benefit(draft.benefit)], draft.submitted_on.year)
    draft.save(update_fields=["submitted_on", "number"])
    sent = advance(draft, Action.SEND, actor=actor, at=at)
    sent.receipt = letters.order_receipt(sent, actor=actor, at=at)
    sent.save(update_fields=["receipt"])
    tell_both(sent, actor=actor, at=at)
    return sent


def missing(request: Request) -> list[str]:
    """Sentences about what a draft still needs before it can be sent."""
    lacks = []
    if not request.arrival or not request.departure:
        lacks.append(_("Give the dates of the stay."))
    if request.benefit == Benefit.CONVALESCENCE and not request.residence_id:
        lacks.append(_("Choose a residence."))
    if request.benefit == Benefit.SHORT_STAY and not (request.residence_id or request.place):
        lacks.append(_("Say in which rest home you stayed."))
    if request.benefit == Benefit.CAREGIVER and not request.cared_for_request_id:
        lacks.append(_("Say whose stay you accompany."))
    return lacks


# --- documents and messages -------------------------------------------------------------------------------


@transaction.atomic
def attach(
    *, request: Request, kind: AttachmentKind, file: "File[Any]", actor: User, at: datetime
) -> Attachment:
    """The checked file as a document of the request; UploadRefused says what is wrong with it."""
    upload = documents.receive(file=file, kind=kind, actor=actor, at=at)
    return _attached(request, kind, upload, actor, at)


@transaction.atomic
def note_paper(
    *, request: Request, kind: AttachmentKind, received_on: date, note: str, actor: User, at: datetime
) -> Attachment:
    """A document that came by post, with the day it was received; an invoice moves the request as a file would.

    The same click twice notes it once.
    """
    lock(request)
    standing = request.attachments.filter(
        kind=kind, received_on=received_on, note=note, added_by=actor, upload=None, removed_at=None
    ).first()
    if standing is not None:
        return standing
    attachment = Attachment.objects.create(
        request=request, kind=kind, received_on=received_on, added_by=actor, note=note
    )
    record(
        action="paper_received",
        subject=request,
        actor=actor,
        at=at,
        changes={"kind": [None, kind]},
        note=note,
    )
    if kind == AttachmentKind.INVOICE:
        _move_on_invoice(request, actor, at)
    return attachment


@transaction.atomic
def detach(*, attachment: Attachment, actor: User, at: datetime) -> None:
    """A document of a draft taken away again; once sent, documents stay."""
    if lock(attachment.request).status != Status.DRAFT:
        raise NotReady(
            _("A document that was sent stays with the request. Send another one if it was wrong.")
        )
    attachment.removed_at = at
    attachment.save(update_fields=["removed_at"])
    if attachment.upload:
        documents.remove(upload=attachment.upload, actor=actor, at=at)


@transaction.atomic
def receive_invoice(*, request: Request, file: "File[Any]", actor: User, at: datetime) -> Request:
    """The request with its invoice: to be paid, or decided again where it waited for it."""
    attach(request=request, kind=AttachmentKind.INVOICE, file=file, actor=actor, at=at)
    return _move_on_invoice(request, actor, at)


@transaction.atomic
def write(*, request: Request, text: str, actor: User, at: datetime) -> Message:
    """A message on the request; from the member's side it answers what was asked. Clicked twice it is sent once."""
    lock(request)
    last = request.messages.order_by("-sent_at", "-pk").first()
    if last and (last.author_id, last.text) == (actor.pk, text) and at - last.sent_at < SAME_CLICK:
        return last
    from_service = actor.may(Permission.HANDLE_REQUESTS) and not request.member.has_on_their_side(
        actor, localdate(at)
    )
    message = Message.objects.create(
        request=request, author=actor, from_service=from_service, text=text, sent_at=at
    )
    record(action="message", subject=request, actor=actor, at=at)
    if from_service:
        notices.tell(request.member)
    if not from_service and lock(request).status == Status.INFORMATION_ASKED:
        advance(request, Action.ANSWER, actor=actor, at=at)
    return message


@transaction.atomic
def ask_information(*, request: Request, text: str, actor: User, at: datetime) -> Request:
    """The request waiting for the member, with what is asked as a message."""
    asked = advance(request, Action.ASK_INFORMATION, actor=actor, at=at, note=text)
    Message.objects.create(request=asked, author=actor, from_service=True, text=text, sent_at=at)
    notices.tell(asked.member)
    return asked


# --- deciding ---------------------------------------------------------------------------------------------


@transaction.atomic
def decide(*, request: Request, actor: User, at: datetime) -> Decision:
    """The decision of the rules, in force at once: days taken, letter ordered; never on one's own file."""
    needs_distance(actor, request.member, at=at)
    lock_facts(request)
    return _put_in_force(request, ruled(request, on=localdate(at)), Action.DECIDE, actor=actor, at=at)


@transaction.atomic
def propose_departure(
    *, request: Request, first_day: date | None, last_day: date | None, reason: str, actor: User, at: datetime
) -> Departure:
    """A proposal to grant these days (none: refuse) against the rules; a second reader must confirm it."""
    needs_distance(actor, request.member, at=at)
    if not reason.strip():
        raise ValidationError({"reason": _("Write why the decision departs from the rules.")})
    overruled(request, first_day, last_day, on=localdate(at))
    departure = Departure.objects.create(
        request=request,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        proposed_by=actor,
        proposed_at=at,
    )
    # The reason is medical more often than not: it stays in its protected column.
    advance(request, Action.PROPOSE_DEPARTURE, actor=actor, at=at, note=_("See the proposal."))
    return departure


@transaction.atomic
def confirm_departure(*, departure: Departure, note: str = "", actor: User, at: datetime) -> Decision:
    """The proposal as a decision in force, confirmed by a second person."""
    needs_distance(actor, departure.request.member, at=at)
    lock_facts(departure.request)
    _review(departure, Departure.Verdict.CONFIRMED, note, actor, at)
    ruling = overruled(departure.request, departure.first_day, departure.last_day, on=localdate(at))
    return _put_in_force(
        departure.request, ruling, Action.REVIEW_DEPARTURE, actor=actor, at=at, departure=departure
    )


@transaction.atomic
def reject_departure(*, departure: Departure, note: str, actor: User, at: datetime) -> Request:
    """The request back on the adviser's desk, with why."""
    if not note.strip():
        raise ValidationError({"note": _("Write why the proposal is not confirmed.")})
    needs_distance(actor, departure.request.member, at=at)
    # In the order of a confirmation, so that two second readers never wait for each other.
    lock(departure.request)
    _review(departure, Departure.Verdict.REJECTED, note, actor, at)
    return advance(departure.request, Action.REVIEW_DEPARTURE, actor=actor, at=at, target=Status.SUBMITTED)


@transaction.atomic
def reopen(*, request: Request, reason: str, actor: User, at: datetime) -> Request:
    """The request to be decided again; days granted stay taken until then."""
    return advance(request, Action.REOPEN, actor=actor, at=at, note=reason)


@transaction.atomic
def appeal(*, request: Request, reason: str, actor: User, at: datetime) -> Request:
    """The request with the member's appeal as a message; refused after the day the decision names."""
    decision = in_force(request)
    if decision and localdate(at) > decision.appeal_until:
        raise ValidationError(
            _("The time to appeal here ended on %(day)s.") % {"day": f"{decision.appeal_until:%d/%m/%Y}"}
        )
    appealed = advance(request, Action.APPEAL, actor=actor, at=at, note=_("See the message."))
    Message.objects.create(request=appealed, author=actor, from_service=False, text=reason, sent_at=at)
    return appealed


@transaction.atomic
def extend(*, request: Request, reason: str, actor: User, at: datetime) -> Request:
    """The caregiver's claim with the exceptional extension to 28 days, granted with a written reason."""
    _needs(actor, Permission.HANDLE_REQUESTS)
    needs_distance(actor, request.member, at=at)
    locked = lock(request)
    if locked.benefit != Benefit.CAREGIVER or locked.status not in (
        Status.SUBMITTED,
        Status.INFORMATION_ASKED,
    ):
        raise ValidationError(_("The extension is granted on a caregiver's claim that is not decided yet."))
    if not reason.strip():
        raise ValidationError({"reason": _("Write why the extension is granted.")})
    locked.extension = request.extension = True
    locked.save(update_fields=["extension"])
    record(
        action="extend",
        subject=locked,
        actor=actor,
        at=at,
        changes={"extension": [False, True]},
        note=reason.strip(),
    )
    return locked


def in_force(request: Request) -> Decision | None:
    """The latest decision on a request."""
    return request.decisions.order_by("-decided_at", "-pk").first()


# --- the life after ---------------------------------------------------------------------------------------


@transaction.atomic
def change_dates(*, request: Request, arrival: date, departure: date, actor: User, at: datetime) -> Request:
    """The request with other dates, to be decided (again)."""
    if departure <= arrival:
        raise ValidationError({"departure": _("The departure must come after the arrival.")})
    moved = lock(request)
    before = [moved.arrival, moved.departure]
    if before == [arrival, departure]:
        raise ValidationError(_("These are the dates the request already has."))
    moved.arrival, moved.departure = arrival, departure
    moved.save(update_fields=["arrival", "departure"])
    record(
        action="dates",
        subject=moved,
        actor=actor,
        at=at,
        changes={"arrival": [before[0], arrival], "departure": [before[1], departure]},
    )
    return advance(moved, Action.CHANGE_DATES, actor=actor, at=at)


@transaction.atomic
def confirm_stay(*, request: Request, actor: User, at: datetime) -> Request:
    """The stay took place as granted."""
    if request.departure and localdate(at) < request.departure:
        raise ValidationError(_("You can confirm the stay from the day of departure."))
    return advance(request, Action.CONFIRM_STAY, actor=actor, at=at)


@transaction.atomic
def withdraw(*, request: Request, reason: str = "", actor: User, at: datetime) -> Request:
    """The request withdrawn; its days are free again."""
    withdrawn = advance(request, Action.WITHDRAW, actor=actor, at=at, note=reason)
    GrantedDays.objects.filter(request=withdrawn).delete()
    return withdrawn


@transaction.atomic
def propose_payment(*, request: Request, actor: User, at: datetime) -> Request:
    """The payment of what the decision in force grants, for a colleague to approve; not before the stay is over."""
    if request.departure and localdate(at) < request.departure:
        day = f"{request.departure:%d/%m/%Y}"
        raise ValidationError(_("The stay is not over: it can be paid from %(day)s on.") % {"day": day})
    proposed = advance(request, Action.PROPOSE_PAYMENT, actor=actor, at=at)
    decision = in_force(proposed)
    if decision is None or decision.decided_by is None:
        raise ValidationError(_("There is no decision to pay."))
    _needs_the_stay(proposed, decision, at)
    payments.propose(
        payee=proposed.member,
        amount=letters.amount_of(decision),
        purpose=letters.purpose_of(proposed),
        origin_label="convalescence",
        origin_number=proposed.number or "",
        origin_id=proposed.public_id,
        decided_by=decision.decided_by,
        due_on=localdate(at),
        actor=actor,
        at=at,
    )
    return proposed


# --- the desk ---------------------------------------------------------------------------------------------


@transaction.atomic
def assign(*, request: Request, assignee: User | None, actor: User, at: datetime) -> Request:
    """The request on the desk of an adviser, or of nobody."""
    _needs(actor, Permission.HANDLE_REQUESTS)
    if assignee is not None and not assignee.may(Permission.HANDLE_REQUESTS):
        raise ValidationError({"assignee": _("This person does not handle requests.")})
    locked = lock(request)
    before = locked.assignee
    if before != assignee:
        locked.assignee = request.assignee = assignee
        locked.save(update_fields=["assignee"])
        names = [before.name if before else None, assignee.name if assignee else None]
        record(action="assign", subject=locked, actor=actor, at=at, changes={"assignee": names})
    return locked


@transaction.atomic
def name_residence(*, request: Request, residence_id: int, actor: User, at: datetime) -> Request:
    """The short stay tied to a rest home of the registry, where the member had written a name."""
    _needs(actor, Permission.HANDLE_REQUESTS)
    locked = lock(request)
    locked.residence_id = residence_id
    locked.save(update_fields=["residence"])
    record(
        action="residence",
        subject=locked,
        actor=actor,
        at=at,
        changes={"residence": [locked.place, str(locked.residence)]},
    )
    return locked


# --- parts ------------------------------------------------------------------------------------------------


def _attached(
    request: Request, kind: AttachmentKind, upload: Upload, actor: User, at: datetime
) -> Attachment:
    return Attachment.objects.create(
        request=request, kind=kind, upload=upload, received_on=localdate(at), added_by=actor
    )


def _move_on_invoice(request: Request, actor: User, at: datetime) -> Request:
    current = lock(request)
    if current.status == Status.PENDING_INVOICE:
        return advance(request, Action.RECEIVE_INVOICE, actor=actor, at=at, target=Status.SUBMITTED)
    if current.status in _AWAITING_INVOICE:
        return advance(request, Action.RECEIVE_INVOICE, actor=actor, at=at, target=Status.INVOICE_RECEIVED)
    return current


_AWAITING_INVOICE = (Status.GRANTED, Status.PARTIALLY_GRANTED, Status.STAY_CONFIRMED)


def _put_in_force(
    request: Request,
    ruling: Ruling,
    action: Action,
    *,
    actor: User,
    at: datetime,
    departure: Departure | None = None,
) -> Decision:
    decided = advance(request, action, actor=actor, at=at, target=Status(_STATUS_OF[ruling.outcome]))
    _take_days(decided, ruling.runs)
    decision = Decision(
        request=decided,
        decided_by=departure.proposed_by if departure else actor,
        confirmed_by=actor if departure else None,
        departs_because=departure.reason if departure else "",
        decided_at=at,
        appeal_until=letters.appeal_until(localdate(at)),
        **ruling.as_record(),
    )
    decision.letter = letters.order_decision(decided, decision, actor=actor, at=at)
    decision.save(force_insert=True)
    notices.tell(decided.member)
    if invoice_received(decided):
        # It came before the decision, or before an earlier one: nothing more is awaited from the member.
        _move_on_invoice(decided, actor, at)
    return decision


_STATUS_OF = {
    "granted": Status.GRANTED,
    "partially_granted": Status.PARTIALLY_GRANTED,
    "refused": Status.REFUSED,
    "pending": Status.PENDING_INVOICE,
}


def _take_days(request: Request, runs: Iterable[tuple[date, date]]) -> None:
    GrantedDays.objects.filter(request=request).delete()
    rows = [
        GrantedDays(member_id=request.member_id, request=request, first_day=first, last_day=last)
        for first, last in runs
    ]
    try:
        with transaction.atomic():
            GrantedDays.objects.bulk_create(rows)
    except IntegrityError as error:
        raise ValidationError(
            _(
                "Some of these days are already granted to this person for another stay. Look at it and decide again."
            )
        ) from error


def _review(departure: Departure, verdict: Departure.Verdict, note: str, actor: User, at: datetime) -> None:
    locked = Departure.objects.select_for_update().get(pk=departure.pk)
    if locked.verdict != Departure.Verdict.OPEN:
        raise ValidationError(_("This proposal has already been read."))
    if locked.proposed_by_id == actor.pk:
        raise ValidationError(_("Another person than the one who proposed it must read it."))
    _needs(actor, Permission.CONFIRM_DEPARTURES)
    locked.verdict, locked.reviewed_by, locked.reviewed_at, locked.review_note = verdict, actor, at, note
    locked.save(update_fields=["verdict", "reviewed_by", "reviewed_at", "review_note"])


def _needs_the_stay(claim: Request, decision: Decision, at: datetime) -> None:
    """A second reader may have paid a claim without its stay on purpose; the rules never do."""
    if claim.benefit != Benefit.CAREGIVER or decision.departs_because:
        return
    of_the_stay = {"caregiver.granted_stay", "caregiver.within_stay"}
    now, then = ruled(claim, on=localdate(at)).decision.reasons, replay(decision).reasons
    if lost := of_the_stay & unmet(now) - unmet(then):
        raise ValidationError([message(reason) for reason in now if reason.code in lost])


def lock_facts(request: Request) -> None:
    """Decisions on one person follow each other, so that a day of a quota is given once; the request as it is now."""
    Member.objects.select_for_update().get(pk=request.member_id)
    lock(request)
    request.refresh_from_db()


def _needs(actor: User, permission: Permission) -> None:
    if not actor.may(permission):
        raise PermissionDenied(permission)
