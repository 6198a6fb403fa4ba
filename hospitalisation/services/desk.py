"""What advisers do on top of the use cases: decide on what they have read, correct what was sent, take a claim."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from hospitalisation.deciding import Ruling, overruled, ruled
from hospitalisation.documents import appeal_until
from hospitalisation.documents.letters import decision_words
from hospitalisation.facts import given_back_before
from hospitalisation.models import Claim, ClaimLine, Decision, Departure
from hospitalisation.rules import Cover
from hospitalisation.services import decisions
from hospitalisation.services.claims import STAY_FIELDS, in_force, write_lines
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.casework.services import lock
from partenamut.money import total
from partenamut.registry.distance import needs_distance
from partenamut.registry.services.rows import altered, saved

#: States in which the desk may still correct what was told about a stay.
CORRECTABLE = (Status.ANNOUNCED, *TO_DECIDE)
#: Flags of lines that the rules could not decide.
OPEN_FLAGS = frozenset({"figure_missing", "abroad"})


class Changed(ValidationError):
    """Raised when a claim is not any more what the adviser has read; nothing was written."""


def ruling_of(claim: Claim) -> Ruling | None:
    """What the rules say of a claim; None while its days or its room are not known."""
    try:
        return ruled(claim)
    except ValueError:
        return None


def version_of(claim: Claim, ruling: Ruling | None) -> str:
    """A fingerprint of what a decision rests on: state, stay, what the rules make of it, documents, messages."""
    stay = claim.stay or claim
    return hashlib.sha256(
        msgspec.json.encode(
            [
                claim.status,
                [
                    str(getattr(stay, f"{name}_id" if name == "hospital" else name))
                    for name in sorted(STAY_FIELDS)
                ],
                [claim.certificate, claim.certificate_on],
                msgspec.to_builtins(ruling and [ruling.facts, ruling.terms], str_keys=True),
                given_back_before(claim),
                # A decision draws on the year: another claim may have changed what the rules say.
                ruling and ruling.amount,
                list(claim.decisions.order_by("pk").values_list("pk", flat=True)),
                list(claim.departures.order_by("pk").values_list("pk", "verdict")),
                list(claim.attachments.filter(removed_at=None).order_by("pk").values_list("pk", flat=True)),
                list(claim.messages.order_by("pk").values_list("pk", flat=True)),
            ]
        )
    ).hexdigest()


# --- deciding -----------------------------------------------------------------------------------------------


@transaction.atomic
def decide_as_read(*, claim: Claim, version: str, actor: User, at: datetime) -> Decision:
    """The decision of the rules on the facts that were read; Changed where they are others by now."""
    _as_read(claim, version, TO_DECIDE)
    return decisions.decide(claim=claim, actor=actor, at=at)


@transaction.atomic
def propose_as_read(
    *, claim: Claim, version: str, amounts: Mapping[int, Decimal], reason: str, actor: User, at: datetime
) -> Departure:
    """The proposal to pay other euros on the facts that were read; Changed where they are others by now.

    A line that the rules could not decide needs an amount: nobody settles it by leaving it out.
    """
    _as_read(claim, version, TO_DECIDE)
    ruling = overruled(claim, amounts)
    assert isinstance(ruling.decision, Cover)
    open_lines = [
        place for place, line in enumerate(ruling.decision.lines) if not OPEN_FLAGS.isdisjoint(line.flags)
    ]
    if open_lines:
        raise ValidationError(
            {
                f"line_{place}": _(
                    "Line %(line)d: the rules could not decide it. Name its amount, also where that is zero."
                )
                % {"line": place + 1}
                for place in open_lines
            }
        )
    return decisions.propose_departure(claim=claim, amounts=amounts, reason=reason, actor=actor, at=at)


@transaction.atomic
def confirm_as_read(*, departure: Departure, version: str, note: str, actor: User, at: datetime) -> Decision:
    """The proposal in force, on the facts that the second reader saw; Changed where they are others by now."""
    _as_read(departure.claim, version, (Status.SECOND_READING,))
    return decisions.confirm_departure(departure=departure, note=note, actor=actor, at=at)


@transaction.atomic
def pay_as_read(*, claim: Claim, version: str, actor: User, at: datetime) -> Claim:
    """The payment of the amount that was read; Changed where it is another by now."""
    needs_distance(actor, claim.member, at=at)
    _as_read(claim, version, (Status.DECIDED,))
    return decisions.propose_payment(claim=claim, actor=actor, at=at)


def why_not(claim: Claim) -> str:
    """Why a claim cannot be decided now: who has decided, or where it stands."""
    decision = in_force(claim)
    if decision is None or decision.decided_by is None or claim.status in CORRECTABLE:
        return why_not_now(claim)
    return _("%(name)s decided on this claim on %(when)s. Nothing was decided a second time.") % {
        "name": decision.decided_by.name,
        "when": f"{localtime(decision.decided_at):%d/%m/%Y %H:%M}",
    }


def why_not_now(claim: Claim) -> str:
    """That something is not possible in the state a claim is in."""
    return _("This is not possible now: the claim is “%(status)s”. Nothing was written.") % {
        "status": claim.get_status_display()
    }


def preview(claim: Claim, ruling: Ruling, *, actor: User, at: datetime) -> dict[str, object]:
    """What the letter of this ruling would say, in the member's language; nothing is written."""
    decision = Decision(
        claim=claim,
        decided_by=actor,
        decided_at=at,
        appeal_until=appeal_until(localdate(at)),
        **ruling.as_record(),
    )
    return decision_words(
        claim, decision, ruling, deducted=decisions.deducted(claim), paid=decisions.paid_before(claim)
    )


# --- correcting ---------------------------------------------------------------------------------------------


@transaction.atomic
def correct_stay(
    *, claim: Claim, version: str, reason: str, actor: User, at: datetime, **stay: object
) -> Claim:
    """The claim with what was told wrongly put right, and why, in its trail; Changed where it is another by now."""
    if unknown := set(stay) - STAY_FIELDS:
        raise ValueError(f"not fields of a stay: {sorted(unknown)}")
    _may_correct(claim, reason, actor, at)
    _as_read(claim, version, CORRECTABLE)
    fresh = lock(claim)
    trace = altered(fresh, stay)
    if fresh.admission and fresh.discharge and fresh.discharge < fresh.admission:
        raise ValidationError({"discharge": _("The discharge lies before the admission.")})
    if fresh.day_hospital and fresh.nights:
        raise ValidationError({"discharge": _("A day hospital has no night: both days are the same.")})
    if not trace:
        raise ValidationError(_("Nothing was changed: correct what is wrong, or go back."))
    saved(fresh)
    record(action="stay", subject=fresh, actor=actor, at=at, changes=trace, note=reason)
    return fresh


@transaction.atomic
def correct_lines(
    *, claim: Claim, version: str, lines: Sequence[ClaimLine], reason: str, actor: User, at: datetime
) -> Claim:
    """The claim with these lines of the bill, and why, in its trail; Changed where it is another by now."""
    _may_correct(claim, reason, actor, at)
    if not lines:
        raise ValidationError(_("A bill has at least one line."))
    _as_read(claim, version, TO_DECIDE)
    before = total(claim.lines.values_list("billed", flat=True))
    written = write_lines(claim=claim, lines=lines, actor=actor, at=at)
    after = total(line.billed for line in lines)
    record(
        action="lines", subject=written, actor=actor, at=at, changes={"total": [before, after]}, note=reason
    )
    return written


@transaction.atomic
def take(*, claim: Claim, actor: User, at: datetime) -> Claim:
    """The claim on one's own desk; ValidationError where a colleague has it."""
    locked = lock(claim)
    if locked.assignee is not None and locked.assignee_id != actor.pk:
        raise ValidationError(
            _("%(name)s has taken this claim. Assign it to yourself if you have agreed on it.")
            % {"name": locked.assignee.name}
        )
    return decisions.assign(claim=locked, assignee=actor, actor=actor, at=at)


# --- inside -------------------------------------------------------------------------------------------------


def _as_read(claim: Claim, version: str, states: Sequence[Status]) -> None:
    """Holds the claim and its member; Changed unless everything is as it was read."""
    decisions.lock_facts(claim)
    if claim.status not in states:
        raise Changed(why_not(claim))
    ruling = ruling_of(claim)
    if ruling is None and claim.status != Status.ANNOUNCED:
        raise ValidationError(_("The days and the room of the stay are not known: correct the stay first."))
    if version_of(claim, ruling) != version:
        raise Changed(
            _(
                "This claim has changed since you opened the page: read it again, then go on. Nothing was written."
            )
        )


def _may_correct(claim: Claim, reason: str, actor: User, at: datetime) -> None:
    needs_distance(actor, claim.member, at=at)
    if not actor.may(Permission.HANDLE_REQUESTS):
        raise PermissionDenied(Permission.HANDLE_REQUESTS)
    if not reason.strip():
        raise ValidationError({"reason": _("Write why it is corrected: the trail keeps it.")})
