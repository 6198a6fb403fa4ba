"""What advisers do on top of the use cases: decide on what they have read, key in paper, keep views."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from convalescence import documents as letters
from convalescence import services
from convalescence.deciding import Ruling, ruled
from convalescence.models import (
    AttachmentKind,
    Benefit,
    Channel,
    Decision,
    Departure,
    Request,
    SavedView,
)
from convalescence.workflow import Status
from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.models import Member
from partenamut.registry.services.rows import saved

#: States in which a request waits for a decision.
TO_DECIDE = (Status.SUBMITTED, Status.INFORMATION_ASKED)


class Changed(ValidationError):
    """Raised when a request is not any more what the adviser has read; nothing was written."""


def version_of(request: Request, ruling: Ruling) -> str:
    """A fingerprint of what a decision rests on: state, facts, what the rules make of them, documents, messages."""
    return hashlib.sha256(
        msgspec.json.encode(
            [
                request.status,
                ruling.facts,
                ruling.outcome,
                ruling.lines,
                list(request.decisions.order_by("pk").values_list("pk", flat=True)),
                list(request.attachments.filter(removed_at=None).order_by("pk").values_list("pk", flat=True)),
                list(request.messages.order_by("pk").values_list("pk", flat=True)),
            ]
        )
    ).hexdigest()


@transaction.atomic
def decide_as_read(*, request: Request, version: str, actor: User, at: datetime) -> Decision:
    """The decision of the rules on the facts that were read; Changed where they are others by now."""
    _as_read(request, version, at)
    return services.decide(request=request, actor=actor, at=at)


@transaction.atomic
def propose_as_read(
    *,
    request: Request,
    version: str,
    first_day: date | None,
    last_day: date | None,
    reason: str,
    actor: User,
    at: datetime,
) -> Departure:
    """The proposal to decide otherwise on the facts that were read; Changed where they are others by now."""
    _as_read(request, version, at)
    return services.propose_departure(
        request=request, first_day=first_day, last_day=last_day, reason=reason, actor=actor, at=at
    )


@transaction.atomic
def confirm_as_read(*, departure: Departure, version: str, note: str, actor: User, at: datetime) -> Decision:
    """The proposal in force, on the facts that the second reader saw; Changed where they are others by now."""
    _as_read(departure.request, version, at)
    return services.confirm_departure(departure=departure, note=note, actor=actor, at=at)


def why_not(request: Request) -> str:
    """Why a request cannot be decided now: who has decided, or where it stands."""
    decision = services.in_force(request)
    if decision is None or decision.decided_by is None:
        return _("This request cannot be decided any more: it is now “%(status)s”. Nothing was written.") % {
            "status": request.get_status_display()
        }
    return _("%(name)s decided on this request on %(when)s. Nothing was decided a second time.") % {
        "name": decision.decided_by.name,
        "when": f"{localtime(decision.decided_at):%d/%m/%Y %H:%M}",
    }


def preview(request: Request, ruling: Ruling, *, actor: User, at: datetime) -> dict[str, object]:
    """What the letter of this ruling would say, in the member's language; nothing is written."""
    decision = Decision(
        request=request,
        decided_by=actor,
        decided_at=at,
        appeal_until=letters.appeal_until(localdate(at)),
        **ruling.as_record(),
    )
    return letters.decision_words(request, decision)


@transaction.atomic
def key_in(
    *,
    member: Member,
    benefit: Benefit,
    answers: Mapping[str, object],
    papers: Iterable[AttachmentKind],
    received_on: date,
    take_over: bool = False,
    actor: User,
    at: datetime,
) -> Request:
    """A request that came on paper, sent as of the day it was received; NotReady says what it lacks.

    ValidationError where the member has a draft in the portal and `take_over` does not say to replace it.
    """
    standing = draft_in_portal(member, benefit)
    if standing is not None and not take_over:
        raise ValidationError(
            {
                "take_over": _(
                    "The member has a draft of this request in the portal: tick the box to replace it."
                )
            }
        )
    draft = services.start(member=member, benefit=benefit, channel=Channel.PAPER, actor=actor, at=at)
    if draft.channel != Channel.PAPER:
        record(
            action="taken_over",
            subject=draft,
            actor=actor,
            at=at,
            changes={"channel": [draft.channel, "paper"]},
        )
    draft.channel, draft.filed_by = Channel.PAPER, actor
    draft.save(update_fields=["channel", "filed_by"])
    draft = services.fill_in(request=draft, actor=actor, at=at, **answers)
    for kind in papers:
        services.note_paper(request=draft, kind=kind, received_on=received_on, note="", actor=actor, at=at)
    return services.send(request=draft, received_on=received_on, actor=actor, at=at)


def draft_in_portal(member: Member, benefit: Benefit) -> Request | None:
    """The draft that the member has begun in the portal, if any."""
    return Request.objects.filter(
        member=member, benefit=benefit, status=Status.DRAFT, channel=Channel.WEB
    ).first()


@transaction.atomic
def assign_all(
    *, requests: Iterable[Request], assignee: User | None, actor: User, at: datetime
) -> list[Request]:
    """Several requests on the desk of one adviser, or of nobody; all of them or none."""
    # In one order, so that two people who assign the same ones never wait for each other.
    return [
        services.assign(request=request, assignee=assignee, actor=actor, at=at)
        for request in sorted(requests, key=lambda request: request.pk)
    ]


@transaction.atomic
def take(*, request: Request, actor: User, at: datetime) -> Request:
    """The request on one's own desk; ValidationError where a colleague has it."""
    locked = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.assignee is not None and locked.assignee_id != actor.pk:
        raise ValidationError(
            _("%(name)s has taken this request. Assign it to yourself if you have agreed on it.")
            % {"name": locked.assignee.name}
        )
    return services.assign(request=locked, assignee=actor, actor=actor, at=at)


# --- saved views ------------------------------------------------------------------------------------------


@transaction.atomic
def save_view(*, owner: User, name: str, query: str) -> SavedView:
    """The filters kept under a name; another of the same name is refused with a sentence."""
    return saved(SavedView(owner=owner, name=name.strip(), query=query))


@transaction.atomic
def rename_view(*, view: SavedView, name: str) -> SavedView:
    """The view under its new name."""
    view.name = name.strip()
    return saved(view)


# --- inside -----------------------------------------------------------------------------------------------


def _as_read(request: Request, version: str, at: datetime) -> None:
    """Holds the request and its member; Changed unless everything is as it was read."""
    services.lock_facts(request)
    if request.status not in (*TO_DECIDE, Status.SECOND_READING):
        raise Changed(why_not(request))
    if version_of(request, ruled(request, on=localdate(at))) != version:
        raise Changed(
            _(
                "This request has changed since you opened the page: read it again, then decide. Nothing was written."
            )
        )
