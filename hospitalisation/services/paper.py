"""Claims that came on paper, keyed in by an adviser: each whole in one transaction, as of the day it was received."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from hospitalisation.models import (
    AttachmentKind,
    Certificate,
    Channel,
    Claim,
    ClaimKind,
    ClaimLine,
)
from hospitalisation.services import claims, deposits
from hospitalisation.workflow import Status
from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.money import total
from partenamut.registry.models import Member


@transaction.atomic
def key_in_stay(
    *,
    member: Member,
    stay: Mapping[str, Any],
    lines: Sequence[ClaimLine],
    papers: Iterable[AttachmentKind],
    received_on: date,
    certificate: Certificate = Certificate.NOT_YET,
    certificate_on: date | None = None,
    announced: Claim | None = None,
    only_announce: bool = False,
    actor: User,
    at: datetime,
) -> Claim:
    """The stay sent with its bill, or only announced; one that was announced already goes on under its number.

    NotReady says what it lacks, ValidationError which other claim has the same stay.
    """
    _one_at_a_time(member)
    if announced is None:
        _not_twice(member, stay)
        claim = claims.announce(member=member, actor=actor, at=at, channel=Channel.PAPER, **stay)
    else:
        claim = claims.fill_in(claim=announced, actor=actor, at=at, **stay)
    if lines:
        claims.write_lines(claim=claim, lines=lines, actor=actor, at=at)
    _note(claim, papers, received_on, actor, at)
    if certificate:
        claims.note_certificate(
            claim=claim,
            certificate=certificate,
            received_on=certificate_on or received_on,
            actor=actor,
            at=at,
        )
    if only_announce:
        return claim
    return claims.send(claim=claim, received_on=received_on, actor=actor, at=at)


@transaction.atomic
def key_in_deposit(
    *,
    stay: Claim,
    deposit: Mapping[str, Any],
    papers: Iterable[AttachmentKind],
    received_on: date,
    actor: User,
    at: datetime,
) -> Claim:
    """The deposit of a week of a stay, sent; a second one for the same week is refused at its field."""
    claim = deposits.claim_deposit(
        stay=stay,
        receipt=None,
        channel=Channel.PAPER,
        received_on=received_on,
        actor=actor,
        at=at,
        **deposit,
    )
    _note(claim, papers, received_on, actor, at)
    return claim


@transaction.atomic
def key_in_receipts(
    *,
    member: Member,
    year: int,
    lines: Sequence[ClaimLine],
    papers: Iterable[AttachmentKind],
    received_on: date,
    take_over: bool = False,
    actor: User,
    at: datetime,
) -> Claim:
    """The receipts of a serious illness of a year, sent; clicked twice they are keyed in once.

    ValidationError where the member has a draft in the portal and `take_over` does not say to replace it.
    """
    _one_at_a_time(member)
    same = _keyed_in_just_now(member, year, lines, actor, at)
    if same is not None:
        return same
    if draft_in_portal(member, year) is not None and not take_over:
        raise ValidationError(
            {
                "take_over": _(
                    "The member has a draft of this claim in the portal: tick the box to replace it."
                )
            }
        )
    claim = claims.start_serious_illness(member=member, year=year, actor=actor, at=at, channel=Channel.PAPER)
    if claim.channel != Channel.PAPER:
        changes = {"channel": [claim.channel, Channel.PAPER]}
        record(action="stay", subject=claim, actor=actor, at=at, changes=changes)
        claim.channel, claim.filed_by = Channel.PAPER, actor
        claim.save(update_fields=["channel", "filed_by"])
    claims.write_lines(claim=claim, lines=lines, actor=actor, at=at)
    _note(claim, papers, received_on, actor, at)
    return claims.send(claim=claim, received_on=received_on, actor=actor, at=at)


def draft_in_portal(member: Member, year: int) -> Claim | None:
    """The receipts of a year that the member has begun in the portal and not sent, if any."""
    return Claim.objects.filter(
        member=member,
        kind=ClaimKind.SERIOUS_ILLNESS,
        year=year,
        status=Status.DRAFT,
        channel=Channel.WEB,
    ).first()


# --- inside


def _one_at_a_time(member: Member) -> None:
    """Has two clicks on the same button wait for each other."""
    Member.objects.select_for_update().get(pk=member.pk)


def _not_twice(member: Member, stay: Mapping[str, Any]) -> None:
    same = Claim.objects.filter(
        member=member,
        kind=ClaimKind.STAY,
        admission=stay.get("admission"),
        hospital=stay.get("hospital"),
        place=stay.get("place", ""),
    ).exclude(status=Status.WITHDRAWN)
    if (other := same.first()) is not None:
        raise ValidationError(
            {"admission": _("Claim %(number)s has the same stay already.") % {"number": other.number}}
        )


def _keyed_in_just_now(
    member: Member, year: int, lines: Sequence[ClaimLine], actor: User, at: datetime
) -> Claim | None:
    """The claim of the same receipts that the same person has just sent."""
    recent = Claim.objects.filter(
        member=member,
        kind=ClaimKind.SERIOUS_ILLNESS,
        year=year,
        channel=Channel.PAPER,
        filed_by=actor,
        created_at__gte=at - timedelta(seconds=claims.SAME_CLICK_SECONDS),
    ).exclude(status=Status.DRAFT)
    asked = _amounts(lines)
    return next((claim for claim in recent if _amounts(claim.lines.all()) == asked), None)


def _amounts(lines: Iterable[ClaimLine]) -> tuple[list[tuple[date | None, Decimal]], Decimal]:
    rows = list(lines)
    return sorted((line.care_date, line.billed) for line in rows), total(line.billed for line in rows)


def _note(
    claim: Claim, papers: Iterable[AttachmentKind], received_on: date, actor: User, at: datetime
) -> None:
    for kind in papers:
        claims.note_paper(claim=claim, kind=kind, received_on=received_on, note="", actor=actor, at=at)
