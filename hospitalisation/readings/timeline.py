"""What happened to a claim, where it stands and what comes next, as its owner may read it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from statistics import median, quantiles
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hospitalisation.documents import CONTACT
from hospitalisation.models import Claim, ClaimKind, Decision
from hospitalisation.services.decisions import ORIGIN
from hospitalisation.workflow import Action, Status
from partenamut.accounts.models import RoleAssignment, User
from partenamut.accounts.roles import STAFF
from partenamut.audit.models import Entry
from partenamut.payments.models import Payable
from partenamut.web import formats

#: What a line says; what is not here is the service's own business.
TITLES: Mapping[str, Any] = {
    Action.ANNOUNCE: gettext_lazy("Admission announced"),
    Action.SEND: gettext_lazy("Claim sent"),
    Action.ASK_INFORMATION: gettext_lazy("A question to you"),
    Action.ANSWER: gettext_lazy("Question answered"),
    "message": gettext_lazy("Message"),
    "stay": gettext_lazy("Stay changed"),
    "lines": gettext_lazy("Lines of the bill entered"),
    "paper_received": gettext_lazy("Document on paper noted"),
    "certificate": gettext_lazy("Original certificate received"),
    Action.EXAMINE: gettext_lazy("Claim complete"),
    Action.PROPOSE_DEPARTURE: gettext_lazy("Read by a second person"),
    Action.PROPOSE_PAYMENT: gettext_lazy("Payment prepared"),
    Action.STOP_PAYMENT: gettext_lazy("Payment stopped"),
    Action.APPROVE_PAYMENT: gettext_lazy("Payment approved"),
    Action.UNAPPROVE_PAYMENT: gettext_lazy("Approval of the payment withdrawn"),
    Action.PAY: gettext_lazy("Paid"),
    Action.RETURN_PAYMENT: gettext_lazy("Payment returned by the bank"),
    Action.WITHDRAW: gettext_lazy("Claim withdrawn"),
    Action.APPEAL: gettext_lazy("Appeal received"),
    Action.REOPEN: gettext_lazy("Claim looked at again"),
    "statement": gettext_lazy("Statement made"),
    "contest": gettext_lazy("Letter to the hospital made"),
}
_DECIDING = frozenset({Action.DECIDE, Action.REVIEW_DEPARTURE})
_REACHED: Mapping[str, Any] = {
    Status.DECIDED: gettext_lazy("Decision: the hospital insurance pays"),
    Status.NOTHING_DUE: gettext_lazy("Decision: nothing to pay"),
    Status.REFUSED: gettext_lazy("Decision: refused"),
}

#: Decisions and payments of this long back tell how long one takes; fewer than so many tell nothing.
MEASURED_DAYS = 180
MEASURED_MINIMUM = 10
_KEPT_SECONDS = 3600

Event = dict[str, str]


def events(claim: Claim, reader: User, today: date) -> list[Event]:
    """The steps that were taken, the one that is now, and the next with its usual delay; a fixed number of queries."""
    entries = list(
        Entry.objects.filter(subject_id=claim.public_id).select_related("actor").order_by("at", "pk")
    )
    staff = _staff_among(entry.actor_id for entry in entries)
    past = [
        {
            "state": "past",
            "title": str(title),
            "when": formats.moment(entry.at),
            "text": _by(entry, reader, staff),
        }
        for entry in entries
        if (title := _title(entry))
    ]
    return [*past, *_now_and_next(claim, today)]


def _title(entry: Entry) -> Any:
    if entry.action in _DECIDING:
        return _REACHED.get(entry.changes.get("status", ["", ""])[1])
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

_BILL = gettext_lazy("Hospital bill, form and receipts")
_DECISION = gettext_lazy("Decision")
_PAYMENT = gettext_lazy("Payment on your account")

_NOW: Mapping[Status, tuple[Any, tuple[Any, ...]]] = {
    Status.DRAFT: (gettext_lazy("You prepare your claim"), (_DECISION, _PAYMENT)),
    Status.ANNOUNCED: (gettext_lazy("Your stay"), (_BILL, _DECISION, _PAYMENT)),
    Status.RECEIVED: (gettext_lazy("We look whether your claim is complete"), (_DECISION, _PAYMENT)),
    Status.INFORMATION_ASKED: (gettext_lazy("We wait for your answer"), (_DECISION, _PAYMENT)),
    Status.EXAMINED: (gettext_lazy("An adviser examines your claim"), (_DECISION, _PAYMENT)),
    Status.SECOND_READING: (gettext_lazy("A second person reads your claim"), (_DECISION, _PAYMENT)),
    Status.DECIDED: (gettext_lazy("We prepare the payment"), (_PAYMENT,)),
    Status.PAYMENT_PROPOSED: (gettext_lazy("A second person approves the payment"), (_PAYMENT,)),
    Status.PAYMENT_APPROVED: (gettext_lazy("The payment leaves with the next batch"), (_PAYMENT,)),
    Status.APPEALED: (gettext_lazy("We look at your appeal"), (_DECISION,)),
}


def _now_and_next(claim: Claim, today: date) -> list[Event]:
    now = _NOW.get(Status(claim.status))
    if now is None:
        return []
    title, following = now
    delays = {
        _BILL: lambda: _("The hospital sends the bill within two months of the stay."),
        _DECISION: lambda: decision_delay(claim.kind, today),
        _PAYMENT: lambda: payment_delay(today),
    }
    return [
        {"state": "now", "title": str(title), "when": "", "text": expected(claim, today)},
        *({"state": "next", "title": str(step), "when": delays[step](), "text": ""} for step in following),
    ]


def expected(claim: Claim, today: date) -> str:
    """What is expected from the member's side now, in a sentence."""
    if claim.status == Status.ANNOUNCED:
        return _expected_of_announced(claim, today)
    sentence = _EXPECTED.get(Status(claim.status))
    if sentence:
        return str(sentence)
    if claim.kind == ClaimKind.STAY and not claim.certificate and claim.status in _CERTIFICATE_AWAITED:
        return _(
            "Send us the original certificate of care given on paper, by post or in the box of an agency."
        )
    return _("Nothing for now. We write to you when there is news.")


def _expected_of_announced(claim: Claim, today: date) -> str:
    if claim.admission is None or today < claim.admission:
        return _("Nothing before the stay. Afterwards, send us the signed claim form and the bill.")
    if not claim.admitted:
        return _("Tell us that the admission has taken place, then send the claim form and the bill.")
    if claim.discharge is None or today < claim.discharge:
        return _("Nothing during the stay. Afterwards, send us the signed claim form and the bill.")
    return _("Enter the lines of the bill, add the documents and send your claim.")


_CERTIFICATE_AWAITED = frozenset({Status.RECEIVED, Status.EXAMINED})
_EXPECTED: Mapping[Status, Any] = {
    Status.DRAFT: gettext_lazy("Complete your claim and send it."),
    Status.INFORMATION_ASKED: gettext_lazy("Answer our question below."),
    Status.NOTHING_DUE: gettext_lazy("Nothing. If you do not agree, you can appeal."),
    Status.REFUSED: gettext_lazy("Nothing. If you do not agree, you can appeal."),
    Status.PAID: gettext_lazy("Nothing. Everything is settled."),
    Status.WITHDRAWN: gettext_lazy("Nothing. You can make a new claim."),
}


# --- delays -----------------------------------------------------------------------------------------------


def decision_delay(kind: str, today: date) -> str:
    """How long decisions took lately, in words; empty while there are too few to tell."""
    return _in_words(
        cache.get_or_set(
            f"hospital/decided/{kind}/{today}",
            lambda: _measured(
                Decision.objects.filter(claim__kind=kind, decided_at__date__gt=_since(today)).values_list(
                    "claim__submitted_on", "decided_at__date"
                )
            ),
            _KEPT_SECONDS,
        )
    )


def payment_delay(today: date) -> str:
    """How long payments took lately once they were prepared, in words; empty while there are too few to tell."""
    return _in_words(
        cache.get_or_set(
            f"hospital/paid/{today}",
            lambda: _measured(
                Payable.objects.filter(origin_label=ORIGIN, paid_on__gt=_since(today)).values_list(
                    "due_on", "paid_on"
                )
            ),
            _KEPT_SECONDS,
        )
    )


def _since(today: date) -> date:
    return today - timedelta(days=MEASURED_DAYS)


def _measured(rows: Any) -> tuple[int, int] | tuple[()]:
    """Days from the first day to the second: the median and the ninth decile."""
    waits = [max(1, (last - first).days) for first, last in rows[:5000] if first]
    if len(waits) < MEASURED_MINIMUM:
        return ()
    return round(median(waits)), round(quantiles(waits, n=10, method="inclusive")[8])


def _in_words(measured: tuple[int, int] | tuple[()] | None) -> str:
    if not measured:
        return ""
    half, most = measured
    first = ngettext("half within %(days)d day", "half within %(days)d days", half) % {"days": half}
    second = ngettext("9 of 10 within %(days)d day", "9 of 10 within %(days)d days", most) % {"days": most}
    return f"{first}, {second}"
