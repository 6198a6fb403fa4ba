"""Caregiver and person cared for: what the one does with a stay, the other finds on their own page."""

from datetime import datetime

from convalescence.models import Request
from convalescence.services import notices
from partenamut.accounts.models import User
from partenamut.audit.services import record

INVITED, CLAIMED = "caregiver_invited", "caregiver_claimed"


def tell_both(sent: Request, *, actor: User, at: datetime) -> None:
    """A line in both files and an e-mail to the other person, where a request that was sent names one."""
    if sent.companion is not None:
        record(
            action=INVITED,
            subject=sent,
            actor=actor,
            at=at,
            changes={"caregiver": [None, sent.companion.public_id]},
        )
        record(
            action=INVITED,
            subject=sent.companion,
            actor=actor,
            at=at,
            changes={"request": [None, sent.public_id]},
        )
        notices.tell(sent.companion, sent.member)
    if sent.cared_for_request is not None:
        stay = sent.cared_for_request
        record(action=CLAIMED, subject=stay, actor=actor, at=at, changes={"claim": [None, sent.public_id]})
        notices.tell(stay.member, sent.member)
