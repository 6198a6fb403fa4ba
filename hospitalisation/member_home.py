"""What this business shows to members on their home page and in the menu."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from hospitalisation.messages import tier as tier_name
from hospitalisation.readings.own import WAITING_FOR_MEMBER, own_claims
from hospitalisation.readings.states import TONES
from hospitalisation.readings.timeline import expected
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.registry.models import HospitalInsurance
from partenamut.web.home import Block, MenuItem

_SHOWN = 5

MENU = (MenuItem(_("Hospital stays"), "hospitalisation:claims", (Permission.FILE_REQUESTS,), 6),)


def member_block(user: User | None, on: date) -> Block | None:
    """The hospital insurance in force, what waits for the member's side, and the latest claims."""
    if user is None or not user.may(Permission.FILE_REQUESTS):
        return None
    claims = own_claims(user, on).select_related("member", "hospital", "stay__hospital")
    waiting = claims.filter(status__in=WAITING_FOR_MEMBER).order_by("-pk")[:_SHOWN]
    recent = claims.sent().order_by("-pk")[:_SHOWN]
    context: dict[str, object] = {
        "waiting": [{"claim": claim, "expected": expected(claim, on)} for claim in waiting],
        "recent": [{"claim": claim, "tone": TONES[claim.status]} for claim in recent],
        "insurance": _insurance(user, on),
    }
    return Block("hospitalisation/home/member.html", context, 20)


def _insurance(user: User, on: date) -> dict[str, object] | None:
    """The own insurance of a day; None for who has none."""
    row = HospitalInsurance.objects.on(on).filter(member__user=user).first()
    return {"name": tier_name(row.tier), "since": row.first_day} if row else None
