"""The frozen words of receipts, decision letters and statements; ordered here, rendered by the documents app."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from convalescence import messages
from convalescence.deciding import lines_of, replay
from convalescence.models import Decision, MedicalCriterion, Recognition, Request
from convalescence.rules.allotment import Line
from partenamut.accounts.models import User
from partenamut.documents import services as documents
from partenamut.documents.formats import euro
from partenamut.documents.models import Document
from partenamut.periods import add_months
from partenamut.registry.letters import ServiceContact, letter_to
from partenamut.registry.models import CaregiverRecognition, Member

#: House rule: an appeal is lodged within three calendar months of the decision.
APPEAL_MONTHS = 3


#: The service that members reach about these benefits.
CONTACT = ServiceContact("Service convalescence", "+32 2 549 76 70", "convalescence@partenamut.be")


def appeal_until(decided_on: date) -> date:
    """The last day of the appeal here."""
    return add_months(decided_on, APPEAL_MONTHS)


def amount_of(decision: Decision) -> Decimal:
    """Euros that a decision grants."""
    return Decimal(decision.answer["award"]["amount"])


def purpose_of(request: Request) -> str:
    """What a payment is for, in the member's language."""
    with override(request.member.language):
        return f"{request.get_benefit_display()} {_period(request)}"


def order_receipt(request: Request, *, actor: User, at: datetime) -> Document:
    """The receipt of a request that was sent."""
    member = request.member
    with letter_to(member, CONTACT) as common:
        title = _("Receipt of your request %(number)s") % {"number": request.number}
        return documents.order(
            key=f"convalescence/{request.public_id}/receipt",
            kind="receipt",
            template="documents/letter.html",
            language=member.language,
            title=title,
            issued_on=localdate(at),
            actor=actor,
            at=at,
            context={
                **common,
                "reference": request.number,
                "subject": title,
                "paragraphs": [
                    _("We received your request on %(day)s. Here is what you asked for.")
                    % {"day": messages.day(request.submitted_on or localdate(at))},
                ],
                "tables": [_asked(request)],
                "after": [
                    _("You can follow your request in the portal. We write to you as soon as it is decided."),
                ],
            },
        )


def order_decision(request: Request, decision: Decision, *, actor: User, at: datetime) -> Document:
    """The letter of a decision: the outcome, every rule met or not, the amount stretch by stretch, the appeal."""
    words = decision_words(request, decision)
    return documents.order(
        key=f"convalescence/{decision.public_id}/decision",
        kind="decision",
        template="documents/letter.html",
        language=request.member.language,
        title=str(words["subject"]),
        issued_on=localdate(at),
        actor=actor,
        at=at,
        context=words,
    )


def decision_words(request: Request, decision: Decision) -> dict[str, object]:
    """What the letter of a decision says, in the member's language; also of one that is not taken yet."""
    with letter_to(request.member, CONTACT) as common:
        return {
            **common,
            "reference": request.number,
            "subject": _("Decision on your request %(number)s") % {"number": request.number},
            "paragraphs": _verdict(request, decision),
            "reasons": _reasons(decision),
            "tables": [_award(lines_of(decision), amount_of(decision))] if amount_of(decision) else [],
            "after": _changes(decision),
            "appeal": {"title": _("If you do not agree"), "paragraphs": appeal_words(decision.appeal_until)},
        }


def order_statement(
    member: Member,
    year: int,
    rows: list[list[str]],
    total: Decimal,
    *,
    version: str,
    actor: User,
    at: datetime,
) -> Document:
    """The statement of the days and payments of a year; the rows are words already."""
    with letter_to(member, CONTACT) as common:
        title = _("Statement of days and payments %(year)d") % {"year": year}
        columns = [
            {"label": _("Request"), "kind": "text", "width": 3},
            {"label": _("Benefit"), "kind": "text", "width": 4},
            {"label": _("Stay"), "kind": "text", "width": 4},
            {"label": _("Days in %(year)d") % {"year": year}, "kind": "number", "width": 2},
            {"label": _("Amount"), "kind": "amount", "width": 2},
            {"label": _("State"), "kind": "text", "width": 3},
        ]
        return documents.order(
            key=f"convalescence/statement/{member.public_id}/{year}/{version}",
            kind="statement",
            template="documents/statement.typ",
            language=member.language,
            title=title,
            issued_on=localdate(at),
            actor=actor,
            at=at,
            context={
                "sender": common["sender"],
                "addressee": common["addressee"],
                "reference": f"{year}",
                "particulars": [],
                "introduction": [
                    _("This is what we granted and paid for your stays in %(year)d.") % {"year": year}
                ]
                if rows
                else [_("No day was granted in %(year)d.") % {"year": year}],
                "columns": columns,
                "rows": rows,
                "totals": [{"label": _("Total"), "value": euro(total, member.language)}],
                "remarks": [_("A stay over New Year is counted in both years, each day in its own.")],
            },
        )


def recognition_key(recognition: Recognition, member: Member) -> str:
    """The business key of the letter that tells one of the two people."""
    return f"convalescence/recognition/{recognition.public_id}/{member.public_id}"


def order_recognition(
    recognition: Recognition,
    member: Member,
    period: CaregiverRecognition | None,
    *,
    actor: User,
    at: datetime,
) -> Document:
    """The letter that tells one of the two that the caregiver is recognised for a period, or is not."""
    with letter_to(member, CONTACT) as common:
        title = _("Recognition of a caregiver: %(number)s") % {"number": recognition.number}
        return documents.order(
            key=recognition_key(recognition, member),
            kind="recognition",
            template="documents/letter.html",
            language=member.language,
            title=title,
            issued_on=localdate(at),
            actor=actor,
            at=at,
            context={
                **common,
                "reference": recognition.number,
                "subject": title,
                "paragraphs": [_recognition_verdict(recognition, period), *_answer_words(recognition)],
                "after": [
                    _("You do not understand this decision? Call us on %(phone)s.") % {"phone": CONTACT.phone}
                ],
            },
        )


def _recognition_verdict(recognition: Recognition, period: CaregiverRecognition | None) -> str:
    names = {"caregiver": recognition.caregiver.full_name, "cared_for": recognition.cared_for.full_name}
    if period is None:
        return _("%(caregiver)s is not recognised as the caregiver of %(cared_for)s.") % names
    days = {"first": messages.day(period.first_day), **names}
    if period.last_day is None:
        return _("%(caregiver)s is recognised as the caregiver of %(cared_for)s from %(first)s.") % days
    return _("%(caregiver)s is recognised as the caregiver of %(cared_for)s from %(first)s to %(last)s.") % {
        **days,
        "last": messages.day(period.last_day),
    }


def _answer_words(recognition: Recognition) -> list[str]:
    return [_("Our answer: %(answer)s") % {"answer": recognition.answer}] if recognition.answer else []


def appeal_words(until: date) -> list[str]:
    """How to appeal and by when, in the active language."""
    values = {"day": messages.day(until), "phone": CONTACT.phone, "email": CONTACT.email}
    return [
        _(
            "You can ask us to look at your request again until %(day)s: in the portal, on the page of your request, "
            "or by writing to %(email)s."
        )
        % values,
        _(
            "If our answer does not satisfy you, write to the complaints service. It answers within 30 calendar days, "
            "or tells you how far it is."
        ),
        _("You do not understand this decision? Call us on %(phone)s.") % values,
    ]


def _verdict(request: Request, decision: Decision) -> list[str]:
    award = decision.answer["award"]
    values = {
        "benefit": request.get_benefit_display(),
        "period": _period(request),
        "days": award["days"],
        "nights": request.nights,
        "amount": euro(Decimal(award["amount"]), request.member.language),
    }
    paragraphs = [_VERDICTS[decision.outcome]() % values]
    if decision.departs_because:
        paragraphs.append(
            _("An adviser departed from the rules, and a second reader confirmed it. The reason: %(reason)s")
            % {"reason": decision.departs_because}
        )
    return paragraphs


_VERDICTS = {
    "granted": lambda: _("Your request (%(benefit)s, %(period)s) is granted: %(days)s days, %(amount)s."),
    "partially_granted": lambda: _(
        "Your request (%(benefit)s, %(period)s) is partially granted: %(days)s of %(nights)s days, %(amount)s."
    ),
    "refused": lambda: _("Your request (%(benefit)s, %(period)s) is refused. The reasons are below."),
    "pending": lambda: _(
        "We have looked at your request (%(benefit)s, %(period)s): %(days)s days can be paid, %(amount)s. "
        "This amount is provisional until we have the invoice of the rest home."
    ),
}


def _reasons(decision: Decision) -> list[dict[str, object]]:
    return [
        {
            "condition": messages.condition(reason.code),
            "finding": messages.message(reason),
            "met": reason.met,
            "source": messages.source(reason.article),
        }
        for reason in replay(decision).reasons
    ]


def _changes(decision: Decision) -> list[str]:
    remedies = [] if decision.departs_because else replay(decision).would_change
    if not remedies:
        return []
    return [
        _("What would change this decision (one of these is enough):"),
        *(messages.remedy(change) for change in remedies),
    ]


def _award(lines: list[Line], amount: Decimal) -> dict[str, object]:
    return {
        "caption": _("Days and amounts"),
        "columns": [
            {"label": _("Days paid"), "kind": "text", "width": 45},
            {"label": pgettext("of days", "Number"), "kind": "number"},
            {"label": _("A day"), "kind": "amount"},
            {"label": _("Amount"), "kind": "amount"},
        ],
        "rows": [
            [
                _("from %(first)s to %(last)s")
                % {"first": messages.day(line.first), "last": messages.day(line.last)},
                str(line.days),
                line.per_day,
                line.amount,
            ]
            for line in lines
        ],
        "total": [_("Total"), amount],
    }


def _asked(request: Request) -> dict[str, object]:
    rows = [
        [_("For"), request.member.full_name],
        [_("Benefit"), request.get_benefit_display()],
        [_("Stay"), _period(request)],
    ]
    if request.place_name:
        rows.append([_("Residence"), request.place_name])
    if request.cared_for_request:
        rows.append([_("Person cared for"), request.cared_for_request.member.full_name])
    if request.criteria:
        named = dict(MedicalCriterion.choices)
        rows.append([_("Medical criterion"), "; ".join(str(named[code]) for code in request.criteria)])
    return {
        "caption": _("Your request"),
        "columns": [{"label": _("What"), "kind": "text"}, {"label": _("Your answer"), "kind": "text"}],
        "rows": [[str(label), str(answer)] for label, answer in rows],
    }


def _period(request: Request) -> str:
    if request.arrival is None or request.departure is None:
        return ""
    count = ngettext("%(nights)d night", "%(nights)d nights", request.nights) % {"nights": request.nights}
    return _("from %(arrival)s to %(departure)s, %(nights)s") % {
        "arrival": messages.day(request.arrival),
        "departure": messages.day(request.departure),
        "nights": count,
    }
