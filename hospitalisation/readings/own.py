"""Whose claims a person reaches from the member's pages: their own and those of people they act for."""

from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from hospitalisation.models import Claim, ClaimKind, ClaimQuerySet
from hospitalisation.workflow import BEFORE_SENDING, Status
from partenamut.accounts.models import User
from partenamut.registry.models import Member

#: States in which the member's side has something to do.
WAITING_FOR_MEMBER = (*BEFORE_SENDING, Status.INFORMATION_ASKED)


def own_members(user: User, on: date) -> list[Member]:
    """Oneself first, then the members one acts for on a day."""
    rows = Member.objects.on_the_side_of(user, on)
    return sorted(rows, key=lambda member: (member.user_id != user.pk, member.pk))


def own_claims(user: User, on: date) -> ClaimQuerySet:
    """The claims of those members, drafts too; an adviser's right to read all files counts for nothing here."""
    found: ClaimQuerySet = Claim.objects.visible_to(user, on).filter(
        member__in=Member.objects.on_the_side_of(user, on)
    )
    return found


def waiting_first(claims: Any) -> Any:
    """The claims with `waits`: 0 for those that wait for the member's side, 1 for the others."""
    first = When(status__in=WAITING_FOR_MEMBER, then=Value(0))
    return claims.annotate(waits=Case(first, default=Value(1), output_field=IntegerField()))


def same_admission(
    member: Member, admission: date, hospital: object, place: str, *, without: Claim | None = None
) -> Claim | None:
    """Another stay of a member in the same hospital from the same day on, if one was announced."""
    rows = Claim.objects.filter(member=member, kind=ClaimKind.STAY, admission=admission).exclude(
        status=Status.WITHDRAWN
    )
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    same = Q(hospital=hospital) if hospital else Q(hospital=None, place__iexact=place)
    found: Claim | None = rows.filter(same).order_by("pk").first()
    return found
