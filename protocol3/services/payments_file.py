"""Payments from a file of the bank: looked at in a dry run, then registered; the same file twice changes nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.casework.rows import Layout, Line
from partenamut.money import ZERO
from partenamut.payments.bank_lines import COLUMNS, LARGEST, amount_of, day_of, read, refuse_texts
from partenamut.payments.communications import communication_in
from partenamut.web.formats import euros
from protocol3.models import Payment, Project, Recap, RecapKind
from protocol3.services.closing import hold
from protocol3.services.payments import recap_of, register, with_balance

LAYOUT = Layout(COLUMNS, Line)


class LineState(StrEnum):
    """What becomes of a line of the file."""

    READY = "ready"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of the file with what becomes of it: why it is refused, or what to mind."""

    number: int
    state: LineState
    text: str
    remark: str = ""
    received_on: date | None = None
    amount: Decimal = ZERO
    reference: str = ""
    recap: Recap | None = None


def check(*, project: Project, content: bytes, actor: User, at: datetime) -> list[Checked]:
    """The dry run: what would become of each line; nothing is written."""
    return _Run(project, actor, localdate(at)).over(read(content, LAYOUT))


@transaction.atomic
def take_over(*, project: Project, content: bytes, actor: User, at: datetime) -> list[Checked]:
    """The lines with those that were ready registered, all of them or none."""
    hold(project)
    lines = check(project=project, content=content, actor=actor, at=at)
    ready = [line for line in lines if line.state is LineState.READY]
    for line in ready:
        assert line.recap is not None
        assert line.received_on is not None
        register(
            recap=line.recap,
            amount=line.amount,
            received_on=line.received_on,
            reference=line.reference,
            actor=actor,
            at=at,
        )
    if ready:
        changes = {"payments": [None, len(ready)]}
        record(action="payments_imported", subject=project, actor=actor, at=at, changes=changes)
    return lines


# --- inside -----------------------------------------------------------------------------------------------


class _Run:
    """One look at a file: what stands open changes from line to line."""

    def __init__(self, project: Project, actor: User, today: date) -> None:
        self.project, self.actor, self.today = project, actor, today
        self.seen: defaultdict[tuple[int, str], int] = defaultdict(int)
        self.open: dict[int, Decimal] = {}

    def over(self, lines: list[Line]) -> list[Checked]:
        """Each line with what becomes of it."""
        return [self._checked(line) for line in lines]

    def _checked(self, line: Line) -> Checked:
        text = line.values.get("communication", "")
        try:
            refuse_texts(line, LAYOUT)
            day, amount = day_of(line.values["date"]), _amount(line.values["amount"])
            recap = recap_of(
                project=self.project, communication=communication_in(text), actor=self.actor, on=self.today
            )
            _refuse(recap, day, self.today)
            return self._known_or_ready(line, recap, day, amount)
        except ValidationError as error:
            return Checked(line.number, LineState.REFUSED, text, " ".join(error.messages))

    def _known_or_ready(self, line: Line, recap: Recap, day: date, amount: Decimal) -> Checked:
        reference = line.values["reference"]
        standing = Payment.objects.filter(recap=recap, reference=reference).first()
        earlier = self.seen.setdefault((recap.pk, reference), line.number)
        state, remark = LineState.READY, ""
        if standing is not None:
            _refuse_other(standing, day, amount)
            state, remark = (
                LineState.KNOWN,
                _("Registered already on %(day)s.")
                % {"day": f"{localdate(standing.registered_at):%d/%m/%Y}"},
            )
        elif earlier != line.number:
            raise ValidationError(
                _("Line %(line)s of the file has the same reference for the same note.") % {"line": earlier}
            )
        else:
            remark = self._remark(recap, amount)
        return Checked(
            line.number, state, line.values["communication"], remark, day, amount, reference, recap
        )

    def _remark(self, recap: Recap, amount: Decimal) -> str:
        """What is open after the payment, in words."""
        if recap.pk not in self.open:
            row = with_balance(Recap.objects.filter(pk=recap.pk), self.today).get()
            self.open[recap.pk] = row.balance
        self.open[recap.pk] -= amount
        left = self.open[recap.pk]
        if left < 0:
            return _("More than is open: %(amount)s too much. It is kept, look at the note.") % {
                "amount": euros(-left)
            }
        return _("Paid in part: %(amount)s stays open.") % {"amount": euros(left)} if left else ""


def _refuse(recap: Recap, day: date, today: date) -> None:
    """ValidationError for what the registration would refuse."""
    if recap.total < 0:
        kind = _("Repayment to INAMI") if recap.kind == RecapKind.REPAYMENT else _("Correction")
        raise ValidationError(
            _("%(kind)s %(number)s takes amounts back: nothing is received for it.")
            % {"kind": kind, "number": recap.number}
        )
    if day > today:
        raise ValidationError(_("The day lies in the future."))
    if day < recap.issued_on:
        raise ValidationError(
            _("Note %(number)s was issued on %(day)s: the money cannot have come before.")
            % {"number": recap.number, "day": f"{recap.issued_on:%d/%m/%Y}"}
        )


def _refuse_other(standing: Payment, day: date, amount: Decimal) -> None:
    if (standing.received_on, standing.amount) != (day, amount):
        raise ValidationError(
            _(
                "This reference of the bank is registered already, with %(amount)s on %(day)s: "
                "one of the two is wrong."
            )
            % {"amount": euros(standing.amount), "day": f"{standing.received_on:%d/%m/%Y}"}
        )


def _amount(text: str) -> Decimal:
    amount = amount_of(text)
    if amount <= 0:
        raise ValidationError(
            _("amount: only money received is taken over; undo a payment in the list of payments.")
        )
    if amount > LARGEST:
        raise ValidationError(_("amount: this is more than a note can be."))
    return amount
