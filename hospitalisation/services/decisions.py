"""What the desk decides: what is missing, line by line by the rules or otherwise, and the payment."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hospitalisation.deciding import Ruling, overruled, ruled
from hospitalisation.documents import CONTACT, appeal_until
from hospitalisation.documents.letters import order_decision, purpose_of
from hospitalisation.facts import given_back_before
from hospitalisation.models import Claim, ClaimKind, Decision, Departure, Intervention, Message
from hospitalisation.rules import Cover, DepositDecision, DepositOutcome
from hospitalisation.services.claims import in_force
from hospitalisation.workflow import TO_DECIDE, Action, Status
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock
from partenamut.money import ZERO
from partenamut.payments import services as payments
from partenamut.payments.models import Payable
from partenamut.payments.workflow import Status as PaymentStatus
from partenamut.registry import letters
from partenamut.registry.distance import needs_distance
from partenamut.registry.models import Member

ORIGIN = "hospitalisation"


# --- before the decision ------------------------------------------------------------------------------------


@transaction.atomic
def ask_information(*, claim: Claim, text: str, actor: User, at: datetime) -> Claim:
    """The claim waiting for the member, with what is missing as a message."""
    asked = advance(claim, Action.ASK_INFORMATION, actor=actor, at=at, note=text)
    Message.objects.create(claim=asked, author=actor, from_service=True, text=text, sent_at=at)
    letters.tell(CONTACT, asked.member)
    return asked


@transaction.atomic
def examine(*, claim: Claim, actor: User, at: datetime) -> Claim:
    """The claim declared complete: from now on it is examined."""
    return advance(claim, Action.EXAMINE, actor=actor, at=at)


@transaction.atomic
def assign(*, claim: Claim, assignee: User | None, actor: User, at: datetime) -> Claim:
    """The claim on the desk of an adviser, or of nobody."""
    if not actor.may(Permission.HANDLE_REQUESTS):
        raise PermissionDenied(Permission.HANDLE_REQUESTS)
    if assignee is not None and not assignee.may(Permission.HANDLE_REQUESTS):
        raise ValidationError({"assignee": _("This person does not handle requests.")})
    locked = lock(claim)
    before = locked.assignee
    if before != assignee:
        locked.assignee = claim.assignee = assignee
        locked.save(update_fields=["assignee"])
        names = [before.name if before else None, assignee.name if assignee else None]
        record(action="assign", subject=locked, actor=actor, at=at, changes={"assignee": names})
    return locked


# --- deciding -----------------------------------------------------------------------------------------------


@transaction.atomic
def decide(*, claim: Claim, actor: User, at: datetime) -> Decision:
    """The decision of the rules, in force at once, letter ordered; never on one's own file.

    ValidationError says which figure or paper is missing where the rules cannot decide.
    """
    needs_distance(actor, claim.member, at=at)
    lock_facts(claim)
    _before_its_stay(claim)
    ruling = ruled(claim)
    if ruling.obstacles:
        raise ValidationError(ruling.obstacles)
    return _put_in_force(claim, ruling, Action.DECIDE, actor=actor, at=at)


@transaction.atomic
def propose_departure(
    *, claim: Claim, amounts: Mapping[int, Decimal], reason: str, actor: User, at: datetime
) -> Departure:
    """A proposal to pay these euros for these lines (places from 0) against the rules; a second reader must confirm it."""
    needs_distance(actor, claim.member, at=at)
    if not reason.strip():
        raise ValidationError({"reason": _("Write why the decision departs from the rules.")})
    lock_facts(claim)
    ruling = overruled(claim, amounts)
    departure = Departure.objects.create(
        claim=claim,
        amounts={str(place): str(amount) for place, amount in ruling.overruled.items()},
        reason=reason,
        proposed_by=actor,
        proposed_at=at,
    )
    # The reason is medical more often than not: it stays in its protected column.
    advance(claim, Action.PROPOSE_DEPARTURE, actor=actor, at=at, note=_("See the proposal."))
    return departure


@transaction.atomic
def confirm_departure(*, departure: Departure, note: str = "", actor: User, at: datetime) -> Decision:
    """The proposal as a decision in force, confirmed by a second person."""
    claim = departure.claim
    needs_distance(actor, claim.member, at=at)
    lock_facts(claim)
    _review(departure, Departure.Verdict.CONFIRMED, note, actor, at)
    ruling = overruled(claim, amounts_of(departure))
    return _put_in_force(claim, ruling, Action.REVIEW_DEPARTURE, actor=actor, at=at, departure=departure)


@transaction.atomic
def reject_departure(*, departure: Departure, note: str, actor: User, at: datetime) -> Claim:
    """The claim back on the adviser's desk, with why."""
    if not note.strip():
        raise ValidationError({"note": _("Write why the proposal is not confirmed.")})
    needs_distance(actor, departure.claim.member, at=at)
    # In the order of a confirmation, so that two second readers never wait for each other.
    lock(departure.claim)
    _review(departure, Departure.Verdict.REJECTED, note, actor, at)
    return advance(departure.claim, Action.REVIEW_DEPARTURE, actor=actor, at=at, target=Status.EXAMINED)


@transaction.atomic
def reopen(*, claim: Claim, reason: str, actor: User, at: datetime) -> Claim:
    """The claim to be decided again; what it uses of the year stays used until then."""
    return advance(claim, Action.REOPEN, actor=actor, at=at, note=reason)


def amounts_of(departure: Departure) -> dict[int, Decimal]:
    """The euros that a proposal names, by the place of the line counted from 0."""
    return {int(place): Decimal(amount) for place, amount in departure.amounts.items()}


# --- paying -------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_payment(*, claim: Claim, actor: User, at: datetime) -> Claim:
    """The payment of what is due, for a colleague to approve."""
    proposed = advance(claim, Action.PROPOSE_PAYMENT, actor=actor, at=at)
    decision = in_force(proposed)
    if decision is None or decision.decided_by is None:
        raise ValidationError(_("There is no decision to pay."))
    amount = due(proposed, decision)
    if not amount:
        raise ValidationError(
            _(
                "The deposits were given back meanwhile: nothing is left to pay. Reopen the claim to decide it again."
            )
        )
    payments.propose(
        payee=proposed.member,
        amount=amount,
        purpose=purpose_of(proposed),
        origin_label=ORIGIN,
        origin_number=proposed.number or "",
        origin_id=proposed.public_id,
        decided_by=decision.decided_by,
        due_on=localdate(at),
        # What a new decision grants beyond an earlier payment is a supplement, not the same payment twice.
        again=bool(paid_before(proposed)),
        actor=actor,
        at=at,
    )
    return proposed


def due(claim: Claim, decision: Decision) -> Decimal:
    """Euros to pay: what was granted, without deposits given back and without what was paid before on this claim."""
    amount: Decimal = decision.amount
    return _due(claim, amount)


def deducted(claim: Claim) -> Decimal:
    """Euros of deposits that are taken off the payment of a stay."""
    return given_back_before(claim) if claim.kind == ClaimKind.STAY else ZERO


def paid_before(claim: Claim) -> Decimal:
    """Euros that were paid on a claim already, by an earlier decision."""
    paid = Payable.objects.of_case(claim.public_id).filter(status=PaymentStatus.PAID)
    return paid.aggregate(total=Sum("amount"))["total"] or ZERO


# --- parts --------------------------------------------------------------------------------------------------


def _before_its_stay(claim: Claim) -> None:
    """ValidationError for a deposit whose stay was decided: its bill was paid as if there had been no deposit."""
    if claim.kind != ClaimKind.DEPOSIT or claim.stay is None:
        return
    stay = lock(claim.stay)
    decision = in_force(stay)
    if decision is not None and decision.amount and stay.status not in TO_DECIDE:
        raise ValidationError(
            _(
                "The stay %(number)s was decided without this deposit, which its bill holds too: it would be paid twice. "
                "Reopen the stay first, or withdraw the deposit for the member."
            )
            % {"number": stay.number}
        )


def lock_facts(claim: Claim) -> None:
    """Decisions on one person follow each other, so that a euro of a year is given once; the claim as it is now."""
    Member.objects.select_for_update().get(pk=claim.member_id)
    lock(claim)
    claim.refresh_from_db()


def _put_in_force(
    claim: Claim,
    ruling: Ruling,
    action: Action,
    *,
    actor: User,
    at: datetime,
    departure: Departure | None = None,
) -> Decision:
    decided = advance(claim, action, actor=actor, at=at, target=_reached(claim, ruling))
    _use(decided, ruling)
    decision = Decision(
        claim=decided,
        decided_by=departure.proposed_by if departure else actor,
        confirmed_by=actor if departure else None,
        departs_because=departure.reason if departure else "",
        decided_at=at,
        appeal_until=appeal_until(localdate(at)),
        **ruling.as_record(),
    )
    decision.letter = order_decision(
        decided, decision, ruling, deducted=deducted(decided), paid=paid_before(decided), actor=actor, at=at
    )
    decision.save(force_insert=True)
    letters.tell(CONTACT, decided.member)
    return decision


def _reached(claim: Claim, ruling: Ruling) -> Status:
    if isinstance(ruling.decision, DepositDecision) and ruling.decision.outcome is DepositOutcome.REFUSED:
        return Status.REFUSED
    return Status.DECIDED if _due(claim, ruling.amount) else Status.NOTHING_DUE


def _due(claim: Claim, granted: Decimal) -> Decimal:
    return max(granted - deducted(claim) - paid_before(claim), ZERO)


def _use(claim: Claim, ruling: Ruling) -> None:
    """Writes what the decision uses of the year: of a stay what goes beyond its deposits."""
    claim.interventions.all().delete()
    illness = claim.kind == ClaimKind.SERIOUS_ILLNESS
    budget = Intervention.Budget.SERIOUS_ILLNESS if illness else Intervention.Budget.HOSPITAL
    amount = max(ruling.amount - deducted(claim), ZERO)
    if amount:
        Intervention.objects.create(
            member_id=claim.member_id,
            claim=claim,
            budget=budget,
            year=year_of(claim, ruling).year,
            amount=amount,
        )


def year_of(claim: Claim, ruling: Ruling) -> date:
    """A day of the calendar year that a decision uses: that of the admission, or of the receipts."""
    if isinstance(ruling.decision, Cover):
        facts = ruling.facts
        return facts.discharge if claim.kind == ClaimKind.SERIOUS_ILLNESS else facts.admission  # type: ignore[union-attr,return-value]
    return claim.stay.admission if claim.stay and claim.stay.admission else claim.deposit.paid_on


def _review(departure: Departure, verdict: Departure.Verdict, note: str, actor: User, at: datetime) -> None:
    locked = Departure.objects.select_for_update().get(pk=departure.pk)
    if locked.verdict != Departure.Verdict.OPEN:
        raise ValidationError(_("This proposal has already been read."))
    if locked.proposed_by_id == actor.pk:
        raise ValidationError(_("Another person than the one who proposed it must read it."))
    if not actor.may(Permission.CONFIRM_DEPARTURES):
        raise PermissionDenied(Permission.CONFIRM_DEPARTURES)
    locked.verdict, locked.reviewed_by, locked.reviewed_at, locked.review_note = verdict, actor, at, note
    locked.save(update_fields=["verdict", "reviewed_by", "reviewed_at", "review_note"])
