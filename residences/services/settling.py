"""The final account of a convention that has ended: what it would hold, issued, and its statement as a letter."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.services import lock
from partenamut.documents.models import Document
from partenamut.documents.services import place
from partenamut.money import ZERO
from residences.deciding import Plan
from residences.documents.final_account import StatementWords, statement_order
from residences.facts import home_terms
from residences.messages import day
from residences.models import Contact, Convention, Invoice, InvoiceKind, InvoiceShare, Payment
from residences.services.ending_letters import addressee_of
from residences.services.issuing import issue_final, plan_final
from residences.services.notices import End, end_of
from residences.workflow import ConventionStatus


@dataclass(frozen=True)
class Standing:
    """What one debtor was invoiced and paid before the final account, and their part of it."""

    contact_id: int | None
    name: str
    invoiced: Decimal
    paid: Decimal
    final: Decimal

    @property
    def balance(self) -> Decimal:
        """Euros still to be paid; negative: to be paid back."""
        return self.invoiced - self.paid + self.final


@dataclass(frozen=True)
class Settlement:
    """The final account as it would be issued, or as it was: the end, its lines, what each debtor owes in all."""

    convention: Convention
    end: End
    plan: Plan | None
    invoice: Invoice | None
    debtors: list[Standing]

    @property
    def total(self) -> Decimal:
        """Euros of the final account itself."""
        return self.plan.total if self.plan else self.invoice.total if self.invoice else ZERO

    @property
    def balance(self) -> Decimal:
        """Euros still to be paid for the whole stay; negative: to be paid back."""
        return sum((one.balance for one in self.debtors), ZERO)


def final_invoice(convention: Convention) -> Invoice | None:
    """The final account that stands; None where none was issued, or where it was taken back."""
    rows = convention.invoices.filter(kind=InvoiceKind.FINAL, credited_by=None)
    found: Invoice | None = rows.order_by("-pk").first()
    return found


def settlement_of(convention: Convention, *, received_on: date) -> Settlement:
    """The final account of an ended convention: the one issued, else what it would hold if handed over on a day.

    ValidationError where the convention has not ended yet.
    """
    if convention.status != ConventionStatus.ENDED or convention.ended_on is None:
        raise ValidationError(_("End the convention first: the final account follows."))
    end, invoice = end_of(convention), final_invoice(convention)
    if invoice is not None:
        return Settlement(convention, end, None, invoice, _standings(convention, invoice, {}))
    planned = plan_final(convention, indemnity=end.indemnity, received_on=received_on)
    return Settlement(convention, end, planned, None, _standings(convention, None, dict(planned.shares)))


@transaction.atomic
def settle(
    *, convention: Convention, received_on: date, explanation: str, actor: User, at: datetime
) -> Invoice:
    """The final account issued, with the indemnity of art. 10, and its statement ordered; once for a convention."""
    case = lock(convention)
    _refuse_day(case, received_on, localdate(at))
    found = settlement_of(case, received_on=received_on)
    invoice = issue_final(
        convention=case,
        indemnity=found.end.indemnity,
        explanation=explanation.strip(),
        received_on=received_on,
        actor=actor,
        at=at,
    )
    changes = {"total": [None, invoice.total], "indemnity": [None, found.end.indemnity]}
    record(
        action="convention_settled", subject=case, actor=actor, at=at, changes=changes, note=invoice.number
    )
    _order_statement(settlement_of(case, received_on=received_on), actor, at)
    return invoice


def statement_of_end(invoice: Invoice) -> Document | None:
    """The statement that went with a final account."""
    found: Document | None = Document.objects.filter(key=_key(invoice)).first()
    return found


# --- inside -----------------------------------------------------------------------------------------------


def _key(invoice: Invoice) -> str:
    return f"residences/final/{invoice.public_id}"


def _refuse_day(case: Convention, received_on: date, today: date) -> None:
    if case.ended_on is not None and received_on < min(case.ended_on, today):
        raise ValidationError(
            {
                "received_on": _("The final account is handed over after the last day due, %(day)s.")
                % {"day": day(case.ended_on)}
            }
        )
    if (received_on - today).days > 31:
        raise ValidationError({"received_on": _("This day lies more than a month ahead: correct it.")})


def _standings(
    convention: Convention, invoice: Invoice | None, planned: dict[int | None, Decimal]
) -> list[Standing]:
    """Each debtor of the convention, by name; the resident first."""
    shares = InvoiceShare.objects.filter(invoice__convention=convention).order_by()
    before = shares if invoice is None else shares.exclude(invoice=invoice)
    payments = Payment.objects.filter(share__invoice__convention=convention).order_by()
    invoiced = dict(before.values_list("contact").annotate(Sum("amount")))
    paid = dict(payments.values_list("share__contact").annotate(Sum("amount")))
    own = planned or dict(shares.filter(invoice=invoice).values_list("contact").annotate(Sum("amount")))
    known = {*invoiced, *paid, *own}
    names = dict(Contact.objects.filter(pk__in=[one for one in known if one]).values_list("pk", "name"))
    rows = [
        Standing(
            contact_id=who,
            name=names[who] if who else convention.resident.full_name,
            invoiced=invoiced.get(who, ZERO),
            paid=paid.get(who, ZERO),
            final=own.get(who, ZERO),
        )
        for who in known
    ]
    return sorted(rows, key=lambda one: (one.contact_id is not None, one.name))


def _order_statement(found: Settlement, actor: User, at: datetime) -> None:
    convention, invoice = found.convention, found.invoice
    assert invoice is not None
    assert convention.ended_on is not None
    ruling = found.end.by
    wanted = statement_order(
        StatementWords(
            language=convention.language,
            issued_on=localdate(at),
            home=home_terms(convention.home),
            addressee=addressee_of(convention, died=bool(ruling and ruling.row.cause == "death")),
            resident=convention.resident.full_name,
            number=convention.number or "",
            ended_on=convention.ended_on,
            nothing_due=convention.entry is not None and convention.ended_on < convention.entry,
            invoice_number=invoice.number,
            due_on=invoice.due_on,
            dispute_until=invoice.dispute_until,
            lines=tuple((line.label, line.amount) for line in invoice.lines.order_by("position")),
            total=invoice.total,
            debtors=tuple(
                (one.name, one.invoiced, one.paid, one.final, one.balance) for one in found.debtors
            ),
            reasons=ruling.decision.reasons if ruling else (),
            explanation=invoice.explanation,
        ),
        key=_key(invoice),
    )
    place(wanted, actor=actor, at=at)
