"""What the desk shows of a request: facts, what the rules say and why, documents, history. Reads only."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from msgspec import Struct

from convalescence import messages
from convalescence.deciding import Ruling, lines_of, replay
from convalescence.documents import amount_of
from convalescence.facts import YEARLY_LIMITS, days_used
from convalescence.models import Attachment, Benefit, Decision, MedicalCriterion, Request
from convalescence.rules.allotment import Line
from convalescence.services.companions import CLAIMED, INVITED
from convalescence.workflow import Status
from partenamut.audit.models import Entry
from partenamut.law import Reason
from partenamut.registry.models import DatedRow, Member, Residence
from partenamut.web import formats

Row = dict[str, object]

OUTCOME_TONES = {
    "granted": "success",
    "partially_granted": "success",
    "refused": "error",
    "pending": "neutral",
}

#: What was done, as a line of the history.
DONE: dict[str, Any] = {
    "start": gettext_lazy("Begun"),
    "taken_over": gettext_lazy("Draft replaced by the paper request"),
    "send": gettext_lazy("Sent"),
    "ask_information": gettext_lazy("Information asked"),
    "answer": gettext_lazy("Answered"),
    "decide": gettext_lazy("Decided by the rules"),
    "propose_departure": gettext_lazy("Departure from the rules proposed"),
    "review_departure": gettext_lazy("Read by a second reader"),
    "change_dates": gettext_lazy("To be decided with the new dates"),
    "dates": gettext_lazy("Dates changed"),
    "confirm_stay": gettext_lazy("Stay confirmed"),
    "receive_invoice": gettext_lazy("Invoice received"),
    "propose_payment": gettext_lazy("Payment prepared"),
    "stop_payment": gettext_lazy("Payment stopped"),
    "approve_payment": gettext_lazy("Payment approved"),
    "unapprove_payment": gettext_lazy("Approval of the payment withdrawn"),
    "pay": gettext_lazy("Paid"),
    "return_payment": gettext_lazy("Payment returned by the bank"),
    "withdraw": gettext_lazy("Withdrawn"),
    "appeal": gettext_lazy("Appeal received"),
    "reopen": gettext_lazy("Reopened"),
    "extend": gettext_lazy("Exceptional extension granted"),
    "assign": gettext_lazy("Assigned"),
    "residence": gettext_lazy("Rest home named"),
    "message": gettext_lazy("Message"),
    "paper_received": gettext_lazy("Paper received"),
    INVITED: gettext_lazy("Caregiver invited to come along"),
    CLAIMED: gettext_lazy("The caregiver has asked for their own benefit"),
}


class ShownReason(Struct, frozen=True):
    """A rule as the reasons list draws it."""

    condition: str
    met: bool
    message: str
    source: str


class Proposal(Struct, frozen=True):
    """What the rules, or a decision in force, come to: outcome, amount, stretches, reasons, what would change it."""

    outcome: str
    tone: str
    days: str
    amount: str
    stretches: list[list[str]]
    reasons: list[ShownReason]
    changes: list[str]


def proposal(ruling: Ruling) -> Proposal:
    """What the rules say, in words."""
    decision = ruling.decision
    changes = [messages.remedy(change) for change in decision.would_change]
    return _proposal(
        ruling.outcome.value, ruling.lines, formats.euros(ruling.amount), decision.reasons, changes
    )


def standing(decision: Decision) -> Proposal:
    """What a stored decision grants, with the reasons of the rules on the facts of then."""
    rules = replay(decision)
    amount = formats.euros(amount_of(decision))
    return _proposal(decision.outcome, lines_of(decision), amount, rules.reasons, [])


def stretch_columns() -> list[Row]:
    """The heads of the table of paid stretches."""
    return [
        {"label": _("Days paid")},
        {"label": pgettext("of days", "Number"), "numeric": True},
        {"label": _("A day"), "numeric": True},
        {"label": _("Amount"), "numeric": True},
    ]


def shown(reasons: Iterable[Reason]) -> list[ShownReason]:
    """The rules with their names, sentences and sources."""
    return [
        ShownReason(
            messages.condition(reason.code),
            reason.met,
            messages.message(reason),
            messages.source(reason.article),
        )
        for reason in reasons
    ]


def facts(request: Request, on: date) -> list[Row]:
    """The facts at a glance, each as it stands now."""
    return [row for row in _facts(request, on) if row["value"] not in (None, "")]


def documents(request: Request) -> list[Row]:
    """What was sent, on paper or as files, with where to look at each."""
    found = request.attachments.filter(removed_at=None).select_related("upload").order_by("received_on", "pk")
    return [_document(request, attachment) for attachment in found]


def history(request: Request) -> list[Row]:
    """What was done to the request, the latest last, and where it stands."""
    entries: QuerySet[Entry] = Entry.objects.filter(subject_id=request.public_id).select_related("actor")
    past = [_event(entry) for entry in entries.order_by("at", "pk")]
    return [*past, {"state": "now", "title": request.get_status_display(), "when": "", "text": ""}]


def periods(rows: Iterable[DatedRow]) -> str:
    """Dated rows as one line: from 01/01/2015; from ... to ..."""
    ordered = sorted(rows, key=lambda row: row.first_day)
    return "; ".join(formats.period(row.first_day, row.last_day) for row in ordered)


# --- inside -----------------------------------------------------------------------------------------------


def _proposal(
    outcome: str, lines: Iterable[Line], amount: str, reasons: Iterable[Reason], changes: list[str]
) -> Proposal:
    lines = list(lines)
    days = sum(line.days for line in lines)
    return Proposal(
        outcome=messages.outcome(outcome).capitalize(),
        tone=OUTCOME_TONES[outcome],
        days=ngettext("%(days)d day", "%(days)d days", days) % {"days": days},
        amount=amount,
        stretches=[
            [
                formats.period(line.first, line.last),
                str(line.days),
                formats.euros(line.per_day),
                formats.euros(line.amount),
            ]
            for line in lines
        ],
        reasons=shown(reasons),
        changes=changes,
    )


def _facts(request: Request, on: date) -> Iterator[Row]:
    yield {"label": _("Benefit"), "value": request.get_benefit_display()}
    yield {"label": _("Stay"), "value": stay_of(request)}
    yield {"label": _("Sent on"), "value": _sent(request, on)}
    yield {"label": _("Residence"), "value": request.place_name}
    if request.residence:
        yield from _residence(request.residence, request.benefit)
    if request.benefit == Benefit.CONVALESCENCE:
        yield {"label": _("Medical criteria"), "value": _criteria(request) or _("None")}
        yield {"label": _("Caregiver who comes along"), "value": _name(request.companion)}
    if request.cared_for_request:
        yield from _cared_for(request)
    yield {
        "label": _("Contributions in order"),
        "value": periods(request.member.contributions.all()) or _("Never"),
    }
    if request.benefit in YEARLY_LIMITS:
        yield from _quotas(request)
    yield {"label": _("Assigned to"), "value": request.assignee.name if request.assignee else _("Nobody")}


def stay_of(request: Request) -> str:
    """Both dates of a stay, and its nights."""
    if request.arrival is None or request.departure is None:
        return ""
    nights = ngettext("%(nights)d night", "%(nights)d nights", request.nights) % {"nights": request.nights}
    return f"{formats.day(request.arrival)} – {formats.day(request.departure)}, {nights}"


def _sent(request: Request, on: date) -> str:
    if request.submitted_on is None:
        return ""
    age = (on - request.submitted_on).days
    ago = ngettext("%(age)d day ago", "%(age)d days ago", age) % {"age": age}
    return f"{formats.day(request.submitted_on)} ({request.get_channel_display()}, {ago})"


def _residence(residence: Residence, benefit: str) -> Iterator[Row]:
    if benefit == Benefit.SHORT_STAY:
        yield {
            "label": _("Approved by INAMI"),
            "value": periods(residence.inami_approvals.all()) or _("Never"),
        }
    else:
        yield {"label": _("Partner"), "value": periods(residence.partner_periods.all()) or _("Never")}
    yield {"label": _("Kind of place"), "value": ", ".join(residence.structures)}


def _cared_for(request: Request) -> Iterator[Row]:
    stay = request.cared_for_request
    assert stay is not None
    yield {"label": _("Person cared for"), "value": stay.member.full_name}
    yield {"label": _("Their stay"), "value": f"{stay.number}, {stay_of(stay)} ({stay.get_status_display()})"}
    recognitions = request.member.recognitions.filter(cared_for=stay.member_id)
    yield {"label": _("Recognised caregiver"), "value": periods(recognitions) or _("Never")}
    yield {
        "label": _("Extension to 28 days"),
        "value": _("Granted") if request.extension else _("Not granted"),
    }


def _quotas(request: Request) -> Iterator[Row]:
    if request.arrival is None or request.departure is None:
        return
    used_by_year = days_used(request.member, request.benefit, without=request)
    for year in range(request.arrival.year, request.departure.year + 1):
        used, limit = used_by_year.get(year, 0), YEARLY_LIMITS[Benefit(request.benefit)]
        yield {
            "label": _("Days in %(year)d") % {"year": year},
            "value": _("%(used)d used for other stays, %(left)d of %(limit)d left")
            % {"used": used, "left": max(0, limit - used), "limit": limit},
        }


def _criteria(request: Request) -> str:
    named = dict(MedicalCriterion.choices)
    return "; ".join(messages.criterion(code) for code in request.criteria if code in named)


def _name(member: Member | None) -> str:
    return member.full_name if member else ""


def _document(request: Request, attachment: Attachment) -> Row:
    row: Row = {
        "name": attachment.get_kind_display(),
        "state": _("Paper") if attachment.on_paper else _("File"),
        "details": _("received on %(day)s") % {"day": formats.day(attachment.received_on)},
    }
    if attachment.note:
        row["details"] = f"{row['details']}, {attachment.note}"
    if attachment.upload and attachment.upload.removed_at is None:
        row["name"] = f"{attachment.get_kind_display()} ({attachment.upload.original_name})"
        row["url"] = reverse("convalescence:case_document", args=[request.public_id, attachment.public_id])
    return row


def _event(entry: Entry) -> Row:
    who = entry.actor.name if entry.actor else _("the portal")
    parts = [_changed(entry), entry.note]
    return {
        "state": "past",
        "title": DONE.get(entry.action, entry.action.replace("_", " ")),
        "when": f"{formats.moment(entry.at)}, {who}",
        "text": ". ".join(part for part in parts if part),
    }


def _changed(entry: Entry) -> str:
    if "status" in entry.changes:
        return _("Now: %(status)s") % {"status": Status(entry.changes["status"][1]).label}
    return "; ".join(
        f"{before or '–'} → {after or '–'}"
        for name, (before, after) in entry.changes.items()
        if name in ("assignee", "arrival", "departure", "residence")
    )
