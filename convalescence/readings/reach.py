"""Whose requests a person reaches from the member's pages: their own and those of people they act for."""

from datetime import date

from django.db.models import Q

from convalescence.models import Request, RequestQuerySet
from convalescence.workflow import Status
from partenamut.accounts.models import User
from partenamut.registry.models import CaregiverRecognition, Mandate, Member, MemberQuerySet


def own_members(user: User, on: date) -> MemberQuerySet:
    """Oneself and the members one acts for on a day; an adviser's right to read all files counts for nothing here."""
    mandates = Mandate.objects.on(on).filter(representative=user)
    found: MemberQuerySet = Member.objects.visible_to(user, on).filter(
        Q(user=user) | Q(pk__in=mandates.values("member"))
    )
    return found


def own_requests(user: User, on: date) -> RequestQuerySet:
    """The requests of those members, drafts too."""
    found: RequestQuerySet = Request.objects.visible_to(user, on).filter(member__in=own_members(user, on))
    return found


def stays_to_accompany(caregiver: Member, on: date) -> list[Request]:
    """Stays that a member may claim for: those they are invited to, and those of people they are recognised for."""
    rows = (
        Request.objects.filter(benefit="convalescence")
        .exclude(status__in=(Status.DRAFT, Status.WITHDRAWN, Status.REFUSED))
        .filter(
            Q(companion=caregiver)
            | Q(member__in=CaregiverRecognition.objects.filter(caregiver=caregiver).values("cared_for"))
        )
        .select_related("member", "residence")
        .order_by("-arrival", "-pk")
    )
    return [row for row in rows if row.companion_id == caregiver.pk or _recognised_during(row, caregiver)]


def _recognised_during(stay: Request, caregiver: Member) -> bool:
    rows = CaregiverRecognition.objects.filter(
        Q(last_day=None) | Q(last_day__gte=stay.arrival),
        caregiver=caregiver,
        cared_for=stay.member_id,
        first_day__lt=stay.departure,
    )
    return rows.exists()
