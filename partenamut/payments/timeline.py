"""What happened to a payable or a batch, from the audit entries."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from partenamut.audit.models import Entry
from partenamut.payments.models import Batch, Payable
from partenamut.payments.workflow import Action, BatchAction

TITLES = {
    "propose": _("Proposed"),
    Action.APPROVE: _("Approved"),
    Action.WITHDRAW_APPROVAL: _("Approval withdrawn"),
    Action.CANCEL: _("Cancelled"),
    Action.BATCH: _("Put in a batch"),
    Action.UNBATCH: _("Taken out of a discarded batch"),
    Action.PAY: _("Paid"),
    Action.RETURN: _("Returned by the bank"),
    Action.PROPOSE_AGAIN: _("Proposed again"),
    "prepare": _("Prepared"),
    "download": _("File downloaded"),
    BatchAction.RELEASE: _("Released to the bank"),
    BatchAction.SETTLE: _("Settled"),
    BatchAction.DISCARD: _("Discarded"),
}


def history(subject: Payable | Batch) -> list[dict[str, Any]]:
    """The acts in order: `title`, `who`, `at`, `note`."""
    entries = Entry.objects.filter(subject_id=subject.public_id).select_related("actor").order_by("at", "pk")
    return [
        {
            "title": TITLES.get(entry.action, entry.action),
            "who": entry.actor.name if entry.actor else _("the portal"),
            "at": entry.at,
            "note": _note(entry),
        }
        for entry in entries
    ]


def _note(entry: Entry) -> str:
    """What was noted; the day of a payment as people write it."""
    if entry.action != Action.PAY:
        return str(entry.note)
    return f"{date.fromisoformat(entry.note):%d/%m/%Y}"
