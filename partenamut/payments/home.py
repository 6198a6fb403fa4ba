"""What payments show on the home page of those who approve and run them."""

from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.payments.models import Batch, Payable
from partenamut.payments.workflow import BatchStatus, Status
from partenamut.web.home import Block, MenuItem

HANDLERS = (Permission.APPROVE_PAYMENTS, Permission.RUN_PAYMENTS)
MENU = (MenuItem(_("Payments"), "payments:payables", HANDLERS, 30),)


def payments_block(user: User | None, _on: date) -> Block | None:
    """How many payments and batches wait for somebody."""
    if user is None or not any(user.may(right) for right in HANDLERS):
        return None
    counts = Payable.objects.aggregate(
        to_approve=Count("pk", filter=Q(status=Status.PROPOSED)),
        to_batch=Count("pk", filter=Q(status=Status.APPROVED)),
        returned=Count("pk", filter=Q(status=Status.RETURNED)),
    )
    counts["to_release"] = Batch.objects.filter(status=BatchStatus.PREPARED).count()
    counts["to_settle"] = Batch.objects.filter(status=BatchStatus.SENT).count()
    return Block("payments/home.html", {"counts": counts}, 30)
