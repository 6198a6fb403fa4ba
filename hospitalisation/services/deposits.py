"""A deposit claimed back: it belongs to a stay, and each week of the stay has one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hospitalisation.models import AttachmentKind, Channel, Claim, ClaimKind, Deposit
from hospitalisation.services.claims import attach, send
from hospitalisation.workflow import Status
from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import lock
from partenamut.registry.services.rows import saved


@transaction.atomic
def claim_deposit(
    *,
    stay: Claim,
    paid: Decimal,
    paid_on: date,
    week: int,
    room_supplement_per_day: Decimal,
    receipt: "File[Any] | None",
    claim_form: "File[Any] | None" = None,
    channel: Channel = Channel.WEB,
    received_on: date | None = None,
    actor: User,
    at: datetime,
) -> Claim:
    """The deposit of a week of a stay, sent with its number and receipt; a second one for the same week is refused.

    A claim on paper counts from the day it was received.
    """
    locked = lock(stay)
    check_possible(locked, paid_on, week, at)
    claim = Claim.objects.create(
        kind=ClaimKind.DEPOSIT, member=locked.member, stay=locked, filed_by=actor, channel=channel
    )
    record(action="start", subject=claim, actor=actor, at=at)
    saved(
        Deposit(
            claim=claim,
            paid=paid,
            paid_on=paid_on,
            week=week,
            room_supplement_per_day=room_supplement_per_day,
        )
    )
    if receipt is not None:
        attach(claim=claim, kind=AttachmentKind.RECEIPT, file=receipt, actor=actor, at=at)
    if claim_form is not None:
        attach(claim=claim, kind=AttachmentKind.CLAIM_FORM, file=claim_form, actor=actor, at=at)
    return send(claim=claim, received_on=received_on, actor=actor, at=at)


def weeks_claimed(stay: Claim) -> set[int]:
    """The weeks of a stay whose deposit has been claimed."""
    rows = stay.deposits.exclude(status__in=[Status.WITHDRAWN, Status.REFUSED])
    return set(rows.values_list("deposit__week", flat=True))


def check_possible(stay: Claim, paid_on: date, week: int, at: datetime) -> None:
    """ValidationError, with its field, for a deposit that cannot be claimed: none yet, twice, or of another week."""
    if stay.kind != ClaimKind.STAY or stay.status == Status.WITHDRAWN:
        raise ValidationError(_("A deposit belongs to a stay that was announced."))
    if paid_on > localdate(at):
        raise ValidationError({"paid_on": _("This day lies in the future.")})
    if not stay.room:
        raise ValidationError(_("Say first in which room the stay is: the maximum depends on it."))
    if week in weeks_claimed(stay):
        raise ValidationError(
            {
                "week": _(
                    "The deposit of this week has already been claimed: a new one may be asked after seven days."
                )
            }
        )
    last = (max(stay.nights, 1) - 1) // 7 + 1
    if stay.discharge and week > last:
        raise ValidationError(
            {
                "week": _("The stay has %(weeks)d week(s): there is no deposit for week %(week)d.")
                % {"weeks": last, "week": week}
            }
        )
