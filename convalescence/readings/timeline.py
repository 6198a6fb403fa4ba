"""What happened to a request, where it stands and what comes next, as its owner may read it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from statistics import median, quantiles
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from convalescence.documents import CONTACT
from convalescence.models import Decision, Request
from convalescence.services.companions import CLAIMED, INVITED
from convalescence.workflow import Action, Status
from partenamut.accounts.models import RoleAssignment, User
from partenamut.accounts.roles import STAFF
from partenamut.audit.models import Entry
from partenamut.web import formats

#: What a line says; what is not here is the service's own business.
TITLES: Mapping[str, Any] = {
    Action.SEND: gettext_lazy("Request sent"),
    Action.ASK_INFORMATION: gettext_lazy("A question to you"),
    Action.ANSWER: gettext_lazy("Question answered"),
    "message": gettext_lazy("Message"),
    "paper_received": gettext_lazy("Document received by post"),
    "dates": gettext_lazy("Dates changed"),
    Action.PROPOSE_DEPARTURE: gettext_lazy("Read by a second person"),
    Action.CONFIRM_STAY: gettext_lazy("Stay confirmed"),
    Action.RECEIVE_INVOICE: gettext_lazy("Invoice received"),
    Action.PROPOSE_PAYMENT: gettext_lazy("Payment prepared"),
    Action.STOP_PAYMENT: gettext_lazy("Payment stopped"),
    Action.APPROVE_PAYMENT: gettext_lazy("Payment approved"),
    Action.PAY: gettext_lazy("Paid"),
    Action.RETURN_PAYMENT: gettext_lazy("Payment returned by the bank"),
    Action.WITHDRAW: gettext_lazy("Request withdrawn"),
    Action.APPEAL: gettext_lazy("Appeal received"),
    Action.REOPEN: gettext_lazy("Request looked at again"),
    "extend": gettext_lazy("Exceptional extension to 28 days granted"),
    INVITED: gettext_lazy("Caregiver invited to come along"),
    CLAIMED: gettext_lazy("The caregiver has asked for their own benefit"),
}
_OUTCOMES: Mapping[str, Any] = {
    "granted": gettext_lazy("Decision: granted"),
    "partially_granted": gettext_lazy("Decision: partially granted"),
    "refused": gettext_lazy("Decision: refused"),
    "pending": gettext_lazy("Looked at: waiting for the invoice"),
}
_DECIDING = frozenset({Action.DECIDE, Action.REVIEW_DEPARTURE})

#: Decisions of this long back tell how long one takes; fewer than so many tell nothing.
MEASURED_DAYS = 180
MEASURED_MINIMUM = 10
_KEPT_SECONDS = 3600

Event = dict[str, str]


def events(request: Request, decisions: Iterable[Decision], reader: User, today: date) -> list[Event]:
    """The steps that were taken, the one that is now, and the next with its delay."""
    entries = list(_entries(request))
    staff = _staff_among(entry.actor_id for entry in entries)
    decided = {decision.decided_at: decision for decision in decisions}
    past = [
        {
            "state": "past",
            "title": str(title),
            "when": formats.moment(entry.at),
            "text": _by(entry, reader, staff),
        }
        for entry in entries
        if (title := _title(entry, decided))
    ]
    return [*past, *_now_and_next(request, today)]


def _entries(request: Request) -> Iterable[Entry]:
    own = Entry.objects.filter(subject_id=request.public_id)
    if request.cared_for_request is not None:
        own = own | Entry.objects.filter(subject_id=request.cared_for_request.public_id, action=INVITED)
    return own.select_related("actor").order_by("at", "pk")


def _title(entry: Entry, decided: Mapping[Any, Decision]) -> Any:
    if entry.action in _DECIDING:
        decision = decided.get(entry.at)
        return _OUTCOMES[decision.outcome] if decision else None
    return TITLES.get(entry.action)


def _staff_among(keys: Iterable[int | None]) -> frozenset[int]:
    held = RoleAssignment.objects.filter(
        user__in={key for key in keys if key}, role__in=STAFF, revoked_at=None
    )
    return frozenset(held.values_list("user", flat=True))


def _by(entry: Entry, reader: User, staff: frozenset[int]) -> str:
    if entry.actor is None:
        return CONTACT.name
    if entry.actor_id == reader.pk:
        return _("By you")
    if entry.actor_id in staff:
        values = {"name": entry.actor.name.split()[0] if entry.actor.name else "", "service": CONTACT.name}
        return _("By %(name)s, %(service)s") % values
    return _("By %(name)s") % {"name": entry.actor.name}


# --- now and next -----------------------------------------------------------------------------------------


def _now_and_next(request: Request, today: date) -> list[Event]:
    now = _NOW.get(Status(request.status))
    if now is None:
        return []
    title, following = now
    lines = [{"state": "now", "title": str(title), "when": "", "text": expected(request, today)}]
    for step in following:
        delay = decision_delay(request.benefit, today) if step is _DECISION else ""
        lines.append({"state": "next", "title": str(step), "when": delay, "text": ""})
    return lines


_DECISION = gettext_lazy("Decision")
_STAY = gettext_lazy("Your stay")
_INVOICE = gettext_lazy("Invoice of the stay")
_PAYMENT = gettext_lazy("Payment on your account")

_NOW: Mapping[Status, tuple[Any, tuple[Any, ...]]] = {
    Status.SUBMITTED: (gettext_lazy("We look at your request"), (_DECISION, _PAYMENT)),
    Status.INFORMATION_ASKED: (gettext_lazy("We wait for your answer"), (_DECISION, _PAYMENT)),
    Status.SECOND_READING: (gettext_lazy("A second person reads your request"), (_DECISION, _PAYMENT)),
    Status.PENDING_INVOICE: (gettext_lazy("We wait for the invoice"), (_DECISION, _PAYMENT)),
    Status.GRANTED: (_STAY, (_INVOICE, _PAYMENT)),
    Status.PARTIALLY_GRANTED: (_STAY, (_INVOICE, _PAYMENT)),
    Status.STAY_CONFIRMED: (gettext_lazy("We wait for the invoice"), (_PAYMENT,)),
    Status.INVOICE_RECEIVED: (gettext_lazy("We check the invoice"), (_PAYMENT,)),
    Status.PAYMENT_PROPOSED: (gettext_lazy("A second person approves the payment"), (_PAYMENT,)),
    Status.PAYMENT_APPROVED: (gettext_lazy("The payment leaves with the next batch"), (_PAYMENT,)),
    Status.APPEALED: (gettext_lazy("We look at your appeal"), (_DECISION,)),
}


def expected(request: Request, today: date) -> str:
    """What is expected from the member's side now, in a sentence."""
    after = bool(request.departure and today >= request.departure)
    if request.status in (Status.GRANTED, Status.PARTIALLY_GRANTED):
        if not after:
            return _("Nothing for now. After the stay, confirm it and send the invoice.")
        return _("Confirm your stay and send the invoice.")
    sentences = _EXPECTED.get(Status(request.status))
    return str(sentences) if sentences else _("Nothing for now. We write to you when there is news.")


_EXPECTED: Mapping[Status, Any] = {
    Status.DRAFT: gettext_lazy("Complete your request and send it."),
    Status.INFORMATION_ASKED: gettext_lazy("Answer our question below."),
    Status.PENDING_INVOICE: gettext_lazy("Send us the invoice of the rest home."),
    Status.STAY_CONFIRMED: gettext_lazy("Send us the invoice of your stay."),
    Status.REFUSED: gettext_lazy("Nothing. If you do not agree, you can appeal."),
    Status.PAID: gettext_lazy("Nothing. Everything is settled."),
    Status.WITHDRAWN: gettext_lazy("Nothing. You can make a new request."),
}


def decision_delay(benefit: str, today: date) -> str:
    """How long decisions took lately, in words; empty while there are too few to tell."""
    measured = cache.get_or_set(f"delay/{benefit}/{today}", lambda: _measured(benefit, today), _KEPT_SECONDS)
    if not measured:
        return ""
    half, most = measured
    first = ngettext("half within %(days)d day", "half within %(days)d days", half) % {"days": half}
    second = ngettext("9 of 10 within %(days)d day", "9 of 10 within %(days)d days", most) % {"days": most}
    return f"{first}, {second}"


def _measured(benefit: str, today: date) -> tuple[int, int] | tuple[()]:
    """Days from sending to decision: the median and the ninth decile."""
    rows = Decision.objects.filter(
        request__benefit=benefit, decided_at__date__gt=today - timedelta(days=MEASURED_DAYS)
    ).values_list("decided_at__date", "request__submitted_on")
    waits = [max(1, (decided - sent).days) for decided, sent in rows[:5000] if sent]
    if len(waits) < MEASURED_MINIMUM:
        return ()
    return round(median(waits)), round(quantiles(waits, n=10, method="inclusive")[8])


def tone(status: str) -> str:
    """The colour of a status on a page; the words always stand beside it."""
    return _TONES.get(Status(status), "info")


_TONES: Mapping[Status, str] = {
    Status.DRAFT: "neutral",
    Status.INFORMATION_ASKED: "warning",
    Status.PENDING_INVOICE: "warning",
    Status.GRANTED: "success",
    Status.PARTIALLY_GRANTED: "success",
    Status.STAY_CONFIRMED: "success",
    Status.PAID: "success",
    Status.REFUSED: "error",
    Status.WITHDRAWN: "neutral",
}
