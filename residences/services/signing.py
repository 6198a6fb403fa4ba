"""Signatures bound to the text that was read; what follows once both sides have signed; receipts."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import advance, lock
from partenamut.documents.models import Upload
from partenamut.documents.services import place
from partenamut.registry.services.rows import altered, saved
from residences.documents.conventions import signatures_order
from residences.models import (
    AgreedBecause,
    AgreedPrice,
    Convention,
    ConventionSupplement,
    Edition,
    Means,
    Occupancy,
    Side,
    Signature,
    StayKind,
)
from residences.services.amendment_faults import late_fault
from residences.services.amendments import take_effect
from residences.services.campaigns import apply_notified_rises
from residences.services.conventions import elsewhere
from residences.workflow import ConventionAction, ConventionStatus


@transaction.atomic
def sign(
    *,
    edition: Edition,
    read: str,
    side: str,
    name: str,
    quality: str,
    means: str = Means.SCREEN,
    upload: Upload | None = None,
    signed_on: date | None = None,
    actor: User,
    at: datetime,
) -> Signature:
    """The signature of one side under the text whose fingerprint was read; the second one completes the text.

    ValidationError (code "changed") where the text is not the one that was read or not the latest offered.
    """
    # The convention first, for its amendment too: whoever needs both locks them in this order.
    convention = lock(edition.convention)
    case = lock(edition.amendment) if edition.amendment else convention
    day = signed_on or localdate(at)
    _refuse_text(case.status, edition, read)
    _refuse_signature(edition, name, means, upload, day, localdate(at))
    signature = saved(
        Signature(
            edition=edition,
            side=side,
            name=name.strip(),
            quality=quality.strip(),
            means=means,
            upload=upload,
            sha256=edition.sha256,
            signed_on=day,
            recorded_at=at,
            recorded_by=actor,
        )
    )
    changes = {"side": [None, side], "means": [None, means], "sha256": [None, edition.sha256]}
    record(action="text_signed", subject=case, actor=actor, at=at, changes=changes, note=name.strip())
    if edition.signatures.count() == len(Side):
        _complete(edition, actor, at)
    return signature


@transaction.atomic
def sign_on_paper(
    *,
    edition: Edition,
    upload: Upload,
    resident_name: str,
    manager_name: str,
    signed_on: date,
    actor: User,
    at: datetime,
) -> None:
    """Both signatures of a copy that was signed on paper and uploaded; a side that signed on screen stays as it is."""
    signed = set(edition.signatures.values_list("side", flat=True))
    terms = edition.content["terms"]
    names = {
        Side.RESIDENT: (resident_name, _("representative") if terms["representative"] else _("resident")),
        Side.MANAGER: (manager_name, terms["home"]["manager_function"]),
    }
    for side, (name, quality) in names.items():
        if side in signed:
            continue
        sign(
            edition=edition,
            read=edition.sha256,
            side=side,
            name=name,
            quality=quality,
            means=Means.PAPER,
            upload=upload,
            signed_on=signed_on,
            actor=actor,
            at=at,
        )


@transaction.atomic
def record_receipt(
    *, convention: Convention, received_on: date, upload: Upload | None, actor: User, at: datetime
) -> Convention:
    """The convention with the day on which the resident's side received its copy, and the signed receipt."""
    row = lock(convention)
    if row.signed_on is None:
        raise ValidationError(_("The receipt follows the signatures of both sides."))
    if not row.signed_on <= received_on <= localdate(at):
        raise ValidationError(
            {"received_on": _("The copy is received after the signature, and not in the future.")}
        )
    changes = {"receipt_on": received_on, **({"receipt": upload} if upload else {})}
    if trace := altered(row, changes):
        saved(row)
        record(action="receipt_recorded", subject=row, actor=actor, at=at, changes=trace)
    return row


def start_due(today: date, *, at: datetime) -> int:
    """How many signed conventions began because their day of entry has come; safe to repeat."""
    due = Convention.objects.filter(status=ConventionStatus.SIGNED, entry__lte=today).order_by("pk")
    started = 0
    for convention in due:
        with transaction.atomic():
            row = lock(convention)
            if row.status == ConventionStatus.SIGNED:
                advance(row, ConventionAction.START, actor=None, at=at)
                started += 1
    return started


def signatures_key(convention: Convention) -> str:
    """The key of the page that says who signed the convention, when and how."""
    return f"residences/convention/{convention.public_id}/signatures"


# --- inside -----------------------------------------------------------------------------------------------


def _refuse_text(status: str, edition: Edition, read: str) -> None:
    latest = Edition.objects.filter(convention=edition.convention, amendment=edition.amendment).latest("turn")
    if latest.pk != edition.pk or read != edition.sha256:
        raise ValidationError(
            _("The text has changed since you read it: read the new one, then sign (art. 1)."), code="changed"
        )
    if status != ConventionStatus.READY:
        raise ValidationError(_("This text is not offered for signature any more."), code="changed")


def _refuse_signature(
    edition: Edition, name: str, means: str, upload: Upload | None, day: date, today: date
) -> None:
    if not name.strip():
        raise ValidationError({"name": _("Write the name of the person who signs.")})
    if means == Means.PAPER and upload is None:
        raise ValidationError({"upload": _("Add the copy that was signed on paper.")})
    if day > today:
        raise ValidationError({"signed_on": _("The signature cannot lie in the future.")})
    if day < localdate(edition.made_at):
        raise ValidationError(
            {"signed_on": _("The text was offered later than that: nobody can have signed it.")}
        )
    if edition.amendment is not None and (late := late_fault(edition.amendment, day)):
        raise ValidationError({"signed_on": late})


def _complete(edition: Edition, actor: User, at: datetime) -> None:
    """What both signatures bring about: the convention is signed, or the amendment takes effect."""
    if edition.amendment is not None:
        take_effect(edition.amendment, actor=actor, at=at)
        return
    convention = lock(edition.convention)
    _refuse_second(convention)
    convention.signed_on = max(edition.signatures.values_list("signed_on", flat=True))
    convention.save(update_fields=["signed_on"])
    advance(convention, ConventionAction.SIGN, actor=actor, at=at)
    _agree_price(convention, edition, at)
    _order_signatures(convention, edition, actor, at)
    if convention.entry is not None and convention.entry <= localdate(at):
        advance(convention, ConventionAction.START, actor=None, at=at)


def _refuse_second(convention: Convention) -> None:
    """Another convention of the resident may have been signed since this one was offered."""
    assert convention.entry is not None
    last = convention.until if convention.kind == StayKind.SHORT else None
    if said := elsewhere(convention, convention.entry, last):
        raise ValidationError(said)


def _order_signatures(convention: Convention, edition: Edition, actor: User, at: datetime) -> None:
    """The page of the signatures; a copy signed on paper by both carries its own."""
    signatures = list(edition.signatures.select_related("recorded_by").order_by("side"))
    if all(one.means == Means.PAPER for one in signatures):
        return
    place(
        signatures_order(
            edition.content,
            signatures,
            key=signatures_key(convention),
            number=str(convention),
            offered_on=localdate(edition.made_at),
            signed_on=localdate(at),
        ),
        actor=actor,
        at=at,
    )


def _agree_price(convention: Convention, edition: Edition, at: datetime) -> None:
    """The price as signed, from the entry, with the rises notified before; the supplements as read, from then on."""
    assert convention.entry is not None
    occupancy = Occupancy.objects.get(convention=convention)
    saved(
        AgreedPrice(
            convention=convention,
            room_type=occupancy.bed.room.room_type,
            daily_price=Decimal(edition.content["terms"]["daily_price"]),
            because=AgreedBecause.SIGNATURE,
            first_day=convention.entry,
        )
    )
    ConventionSupplement.objects.filter(convention=convention).update(first_day=convention.entry)
    apply_notified_rises(convention, at, since=convention.signed_on)
