"""What the pages of notes, corrections and payments show; nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from partenamut.payments.communications import structured
from protocol3.deciding import month_end
from protocol3.documents import service_name
from protocol3.messages import message, source
from protocol3.models import LineKind, Note, NoteLine, Payment, Project, Recap, RecapKind, Reminder
from protocol3.services.corrections import Billed, Excess, billed_of, is_credit, service_lines
from protocol3.services.payments import RecapState, obstacle_to_reminder, with_balance

TONES = {
    RecapState.OVERDUE: "error",
    RecapState.TO_BE_PAID: "info",
    RecapState.PARTLY_PAID: "warning",
    RecapState.PAID: "success",
    RecapState.OVERPAID: "warning",
    RecapState.TO_TAKE_OFF: "neutral",
    RecapState.TO_PAY_BACK: "warning",
    RecapState.PAID_BACK: "success",
}
KIND_TONES = {RecapKind.INVOICE: "neutral", RecapKind.CORRECTION: "info", RecapKind.REPAYMENT: "warning"}
#: What the trail calls what is done with notes and payments.
DEEDS = {
    "correction_issued": gettext_lazy("Lines of a note taken back"),
    "payment_registered": gettext_lazy("Payment registered"),
    "payment_undone": gettext_lazy("Payment undone"),
    "payments_imported": gettext_lazy("Payments taken over from a file"),
    "reminder_sent": gettext_lazy("Reminder made"),
    "recap_taken": gettext_lazy("Recapitulative note downloaded"),
}
#: So many lines are offered at once; a filter finds the others.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class RecapView:
    """A recapitulative note as its page shows it."""

    recap: Any
    state: RecapState
    last_day: date
    recipient: Mapping[str, Any]
    communication: str
    payments: Sequence[Payment]
    reminders: Sequence[Reminder]
    corrections: Sequence[Recap]
    #: Why no reminder can be made; empty where one can.
    no_reminder: str
    is_credit: bool
    #: The amount that its correction and its payments start from.
    asked: Decimal

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES[self.state]


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of an individual note as it stands on the paper, and the note that took it back."""

    position: int
    date: date
    pseudocode: str
    what: str
    units: int
    amount: Decimal
    line: NoteLine
    credited_by: Note | None
    #: Where the service is entered anew, corrected; empty where it cannot be.
    copy_url: str


@dataclass(frozen=True, slots=True)
class ExcessView:
    """A billed service that is not billable any more, each rule with its article."""

    billed: Billed
    reasons: Sequence[tuple[str, str]]


def recap_view(recap: Recap, today: date) -> RecapView:
    """A note with what became of it as of a day."""
    rows = with_balance(Recap.objects.filter(pk=recap.pk), today)
    row: Any = rows.select_related("project", "insurer", "corrects", "issued_by").get()
    corrections = row.corrections.order_by("pk")
    return RecapView(
        row,
        RecapState(row.state),
        month_end(row.month),
        row.said["insurer"],
        structured(row.communication),
        list(
            row.payments.select_related("registered_by", "reverses", "reversed_by").order_by(
                "received_on", "pk"
            )
        ),
        list(row.reminders.select_related("issued_by", "document").order_by("pk")),
        list(corrections),
        obstacle_to_reminder(row, today),
        is_credit(row),
        row.total + row.credited,
    )


def lines_of(note: Note, project: Project) -> list[LineView]:
    """The lines of a note in the order of its paper."""
    language = (get_language() or "fr")[:2]
    rows = note.lines.select_related("service", "credited_by__note").order_by("position")
    return [
        LineView(
            row.position,
            row.date,
            row.pseudocode,
            service_name(row.pseudocode, language),
            row.units,
            row.amount,
            row,
            credit.note if (credit := getattr(row, "credited_by", None)) else None,
            _copy_url(project, row, credit),
        )
        for row in rows
    ]


def lines_to_pick(recap: Recap, text: str) -> tuple[list[Billed], bool]:
    """The services of a note that can be taken back, narrowed by a text, and whether there are more."""
    rows = service_lines(recap.project).filter(note__recap=recap, credited_by=None)
    for word in text.split()[:5]:
        rows = rows.filter(_word(word))
    keys = list(rows.order_by("date", "pk").values_list("pk", flat=True)[: SHOWN + 1])
    return billed_of(rows.filter(pk__in=keys[:SHOWN])), len(keys) > SHOWN


def excess_views(found: Iterable[Excess]) -> list[ExcessView]:
    """Services in excess, their rules in sentences."""
    return [
        ExcessView(one.billed, [(message(reason), source(reason.article)) for reason in one.reasons])
        for one in found
    ]


def address(name: str, *args: object) -> str:
    """The address of a page of the care projects."""
    return reverse(f"protocol3:{name}", args=args)


def _copy_url(project: Project, row: NoteLine, credit: NoteLine | None) -> str:
    """A service taken back from an insurer is entered anew; one in excess is not."""
    if credit is None or row.kind != LineKind.SERVICE or credit.note.recap.kind == RecapKind.REPAYMENT:
        return ""
    return f"{address('enter_service', project.public_id)}?copy={row.service.public_id}"


def _word(word: str) -> Q:
    found = Q(note__last_name__icontains=word) | Q(note__first_name__icontains=word)
    found |= Q(note__number__icontains=word) | Q(pseudocode__startswith=word)
    day = _typed_day(word)
    return found | Q(date=day) if day else found


def _typed_day(word: str) -> date | None:
    parts = word.split("/")
    try:
        return (
            date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(word)
        )
    except ValueError:
        return None
