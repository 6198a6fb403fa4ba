"""Invoices contested by the resident's side, and what the home answers (art. 6)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.models import Upload
from partenamut.registry.services.rows import locked, saved
from partenamut.sentences import day
from residences.models import Convention, Dispute, DisputeStatus, Invoice, InvoiceKind, InvoiceLine
from residences.services.issuing import credit_note, hold

#: What the home can answer.
ANSWERS = (DisputeStatus.UPHELD, DisputeStatus.PARTLY, DisputeStatus.REJECTED)


@transaction.atomic
def lodge(*, invoice: Invoice, text: str, upload: Upload | None, actor: User, at: datetime) -> Dispute:
    """The invoice contested by the resident or who acts for them, within one month of its receipt (art. 6)."""
    hold([invoice.convention_id])
    today = localdate(at)
    if not Convention.objects.own(actor, today).filter(pk=invoice.convention_id).exists():
        raise ValidationError(
            _("Only the resident, or who acts for them, can contest an invoice on the portal (art. 6).")
        )
    if obstacle := obstacle_to_dispute(invoice, today):
        raise ValidationError(obstacle)
    if not text.strip():
        raise ValidationError({"text": _("Say what you contest, and why.")})
    dispute = saved(
        Dispute(invoice=invoice, lodged_on=today, lodged_by=actor, text=text.strip(), upload=upload)
    )
    changes = {"document": [None, upload.original_name]} if upload else None
    record(action="invoice_contested", subject=invoice, actor=actor, at=at, changes=changes)
    return dispute


def obstacle_to_dispute(invoice: Invoice, today: date) -> str:
    """Why an invoice cannot be contested on a day, and what else can be done; empty where it can."""
    if invoice.kind == InvoiceKind.CREDIT:
        return _("A credit note takes amounts back: contest the invoice that it corrects.")
    if today > invoice.dispute_until:
        return _(
            "Invoice %(number)s was received on %(received)s and could be contested until %(until)s, within one month "
            "(art. 6). You can still write to the home, which can correct a mistake at any time, or go to the courts "
            "that the convention names (art. 11)."
        ) % {
            "number": invoice.number,
            "received": day(invoice.received_on),
            "until": day(invoice.dispute_until),
        }
    if invoice.disputes.filter(status=DisputeStatus.OPEN).exists():
        return _("This invoice is contested already: the home has still to answer.")
    return ""


@transaction.atomic
def answer(
    *,
    dispute: Dispute,
    status: str,
    text: str,
    lines: Sequence[InvoiceLine] = (),
    actor: User,
    at: datetime,
) -> Dispute:
    """The dispute accepted wholly or for some lines, which a credit note takes back, or rejected with the reasons."""
    hold([dispute.invoice.convention_id])
    row = locked(dispute)
    if row.status != DisputeStatus.OPEN:
        raise ValidationError(_("This dispute was answered already."))
    _refuse_answer(status, text, lines)
    if status != DisputeStatus.REJECTED:
        row.credit_note = credit_note(
            invoice=row.invoice,
            lines=lines if status == DisputeStatus.PARTLY else None,
            explanation=_explanation(row),
            actor=actor,
            at=at,
        )
    row.status, row.answer, row.answered_by, row.answered_at = status, text.strip(), actor, at
    saved(row)
    changes: dict[str, object] = {"status": [DisputeStatus.OPEN.value, row.status]}
    if row.credit_note is not None:
        changes["credit_note"] = [None, row.credit_note.number]
    record(action="dispute_answered", subject=row.invoice, actor=actor, at=at, changes=changes)
    return row


# --- inside -----------------------------------------------------------------------------------------------


def _refuse_answer(status: str, text: str, lines: Sequence[InvoiceLine]) -> None:
    if status not in ANSWERS:
        raise ValidationError({"status": _("Say whether you accept the dispute, or not.")})
    if not text.strip():
        raise ValidationError(
            {"text": _("Write your answer with its reasons: the resident's side reads it.")}
        )
    if status == DisputeStatus.PARTLY and not lines:
        raise ValidationError({"lines": _("Tick the lines that you take back.")})


def _explanation(dispute: Dispute) -> str:
    with override(dispute.invoice.said.get("language", "fr")):
        return _("The dispute of %(day)s is accepted.") % {"day": day(dispute.lodged_on)}
