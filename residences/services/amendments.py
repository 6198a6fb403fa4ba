"""Amendments of a signed convention: typed changes with a text and signatures of their own (art. 1)."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock
from partenamut.documents.services import place
from partenamut.registry.services.rows import altered, saved
from residences.amending import SETS, WAITING, content_of, held, plain, words_of
from residences.documents.amendments import amendment_order, signed_order
from residences.models import (
    Amendment,
    AmendmentKind,
    Contact,
    Convention,
    Edition,
    Side,
    Signature,
    Supplement,
)
from residences.services.amendment_faults import (
    content_fault,
    day_fault,
    gaps,
    kind_fault,
    late_fault,
    stay_fault,
)
from residences.services.amendment_rows import reserve, write
from residences.services.campaigns import apply_notified_rises
from residences.services.conventions import frozen, latest_edition, offered_number
from residences.workflow import OPEN_AMENDMENTS, RUNNING, AmendmentStatus, ConventionAction

ONE_DAY = timedelta(days=1)
log = logging.getLogger(__name__)


@transaction.atomic
def create(
    *,
    convention: Convention,
    kind: str,
    effective_on: date | None,
    explanation: str = "",
    actor: User,
    at: datetime,
) -> Amendment:
    """A draft amendment, one at a time, that sets what holds on its first day; a prolongation begins after the stay.

    Its number among the amendments of the convention is given now, and kept if it is discarded.
    """
    row = lock(convention)
    if wrong := kind_fault(row, kind):
        raise ValidationError({"kind": wrong})
    open_one = row.amendments.filter(status__in=OPEN_AMENDMENTS).first()
    if open_one is not None:
        raise ValidationError(
            _("Amendment %(turn)d is open: have it signed or discard it first.") % {"turn": open_one.turn},
            code="open",
        )
    first = _first_day(row, kind, effective_on, localdate(at))
    amendment = saved(
        Amendment(
            convention=row,
            turn=(row.amendments.aggregate(last=Max("turn"))["last"] or 0) + 1,
            kind=kind,
            effective_on=first,
            sets={SETS[kind]: held(row, kind, first)},
            explanation=explanation.strip(),
            created_by=actor,
        )
    )
    changes = {"kind": [None, kind], "effective_on": [None, first]}
    record(action="amendment_drafted", subject=amendment, actor=actor, at=at, changes=changes)
    return amendment


@transaction.atomic
def change(
    *, amendment: Amendment, value: Any, changes: Mapping[str, Any] | None = None, actor: User, at: datetime
) -> Amendment:
    """The draft with what it sets, and its first day and explanation; after a remark the explanation stays."""
    row = _draft(amendment)
    wanted = dict(changes or {})
    if row.open_articles and wanted.get("explanation", row.explanation) != row.explanation:
        raise ValidationError({"explanation": _opened(row)})
    if "effective_on" in wanted:
        wanted["effective_on"] = _first_day(row.convention, row.kind, wanted["effective_on"], localdate(at))
    _refuse_foreign(row, value)
    before = words_of(row)
    trace = altered(row, {**wanted, "sets": {SETS[row.kind]: _kept(row.kind, value)}})
    if wrong := content_fault(row):
        raise ValidationError({SETS[row.kind]: wrong})
    if trace:
        saved(row)
        trace.pop("sets", None)
        record(
            action="amendment_changed",
            subject=row,
            actor=actor,
            at=at,
            changes={**trace, SETS[row.kind]: [before, words_of(row)]},
        )
    return row


@transaction.atomic
def prepare(*, amendment: Amendment, actor: User, at: datetime) -> Edition:
    """The text of the draft, frozen and offered for signature; the bed it needs is kept free from then on."""
    row, today = _locked(amendment), localdate(at)
    if row.status == AmendmentStatus.DRAFT and (missing := gaps(row, today)):
        raise ValidationError(list(missing.values()))
    advance(row, ConventionAction.PREPARE, actor=actor, at=at)
    reserve(row)
    row.open_articles = []
    row.save(update_fields=["open_articles"])
    content, turn = content_of(row), offered_number(row.convention, row.pk)
    edition = Edition(convention=row.convention, amendment=row, turn=turn, content=content)
    key = f"residences/amendment/{row.public_id}/{turn}"
    paper = amendment_order(content, key=key, offered_on=today, turn=turn)
    edition = frozen(edition, paper, actor=actor, at=at)
    amendment.refresh_from_db()
    return edition


@transaction.atomic
def reopen(*, amendment: Amendment, actor: User, at: datetime, note: str = "") -> Amendment:
    """The offered text taken back to the draft by the director; what was signed under it is void."""
    return advance(amendment, ConventionAction.REOPEN, actor=actor, at=at, note=note)


@transaction.atomic
def discard(*, amendment: Amendment, because: str, actor: User, at: datetime) -> Amendment:
    """The amendment given up with its reason; its bed is free again, its number stays its own."""
    row = advance(amendment, ConventionAction.DISCARD, actor=actor, at=at, note=because)
    row.reservations.all().delete()
    return row


@transaction.atomic
def take_effect(amendment: Amendment, *, actor: User, at: datetime) -> Amendment:
    """The amendment that both sides signed, with what it sets written into the rows of the convention.

    What bears no days waits for the first day. ValidationError where a signature is missing or comes too late.
    """
    row = _locked(amendment)
    edition = latest_edition(row)
    signatures = list(edition.signatures.select_related("recorded_by").order_by("-side"))
    if {one.side for one in signatures} != set(Side.values):
        raise ValidationError(_("An amendment takes effect once both sides have signed it (art. 1 and 3)."))
    row.signed_on = max(one.signed_on for one in signatures)
    if wrong := _standing_in_the_way(row, row.signed_on):
        raise ValidationError(wrong)
    row.save(update_fields=["signed_on"])
    advance(row, ConventionAction.SIGN, actor=actor, at=at)
    _place_signed(row, edition, signatures, actor=actor, at=at)
    if row.kind not in WAITING or row.effective_on <= localdate(at):
        write(row, actor=actor, at=at)
    # A short stay that is prolonged may reach the first day of a rise that did not concern it.
    apply_notified_rises(row.convention, at, since=row.signed_on, actor=actor)
    amendment.refresh_from_db()
    return row


def apply_due(today: date, *, at: datetime) -> int:
    """How many signed amendments were written into their conventions because their first day has come; repeatable."""
    due = Amendment.objects.filter(
        status=AmendmentStatus.SIGNED,
        applied_at=None,
        effective_on__lte=today,
        convention__status__in=RUNNING,
    )
    applied = 0
    for amendment in due.order_by("effective_on", "turn"):
        try:
            applied += _apply(amendment, at)
        except ValidationError:
            # One that cannot be written never keeps the others from it; its page says that it waits.
            log.warning("amendment %s could not be written", amendment.pk, exc_info=True)
    return applied


def signed_key(amendment: Amendment) -> str:
    """The key of the paper of a signed amendment, with both signatures."""
    return f"residences/amendment/{amendment.public_id}/signed"


# --- inside -----------------------------------------------------------------------------------------------


def _locked(amendment: Amendment) -> Amendment:
    """The amendment on its convention as both stand now: the convention is locked first, here and everywhere."""
    convention = lock(amendment.convention)
    row = lock(amendment)
    row.convention = convention
    return row


def _first_day(convention: Convention, kind: str, day: date | None, today: date) -> date:
    if kind == AmendmentKind.PROLONGATION and convention.until is not None:
        day = convention.until + ONE_DAY
    if day is None:
        raise ValidationError({"effective_on": _("Say from which day the amendment holds (art. 1).")})
    if wrong := day_fault(convention, kind, day, today):
        raise ValidationError({"effective_on": wrong})
    return day


@transaction.atomic
def _apply(amendment: Amendment, at: datetime) -> bool:
    """Whether the amendment was written now; False where somebody else was faster."""
    row = _locked(amendment)
    if row.applied_at is not None:
        return False
    write(row, actor=None, at=at)
    return True


def _place_signed(
    amendment: Amendment, edition: Edition, signatures: Sequence[Signature], *, actor: User, at: datetime
) -> None:
    """The paper of the amendment with both signatures, as it was agreed."""
    paper = signed_order(
        edition.content,
        key=signed_key(amendment),
        offered_on=localdate(edition.made_at),
        turn=edition.turn,
        signatures=signatures,
    )
    place(paper, actor=actor, at=at)


def _standing_in_the_way(amendment: Amendment, signed_on: date) -> str:
    """What happened since the offer that keeps the amendment from taking effect; empty for nothing."""
    return (
        kind_fault(amendment.convention, amendment.kind)
        or late_fault(amendment, signed_on)
        or stay_fault(amendment.convention, amendment.kind, amendment.effective_on)
        or content_fault(amendment)
    )


def _draft(amendment: Amendment) -> Amendment:
    row = lock(amendment)
    if row.status != AmendmentStatus.DRAFT:
        raise ValidationError(_("A text that was offered is not changed: take it back to the draft first."))
    return row


def _opened(amendment: Amendment) -> str:
    articles = ", ".join(str(number) for number in amendment.open_articles)
    return _(
        "A remark has opened only article %(articles)s: the other articles stay as they were offered."
    ) % {"articles": articles}


def _refuse_foreign(amendment: Amendment, value: Any) -> None:
    """A row of another home or resident is no choice at all."""
    convention = amendment.convention
    for one in value if isinstance(value, list) else [value]:
        foreign = (isinstance(one, Contact) and one.resident_id != convention.resident_id) or (
            isinstance(one, Supplement) and one.home_id != convention.home_id
        )
        if foreign:
            raise ValidationError({SETS[amendment.kind]: _("Choose one of the list.")})


def _kept(kind: str, value: Any) -> Any:
    """What the row keeps of a value: clauses in their order and without blanks, other lists sorted."""
    kept = plain(value)
    if not isinstance(kept, list):
        return kept
    if SETS[kind] == "clauses":
        return [text.strip() for text in kept if text.strip()]
    return sorted(kept)
