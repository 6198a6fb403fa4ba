"""Receipts and decisions on claims as letters."""

from datetime import datetime
from decimal import Decimal

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from hospitalisation import messages
from hospitalisation.deciding import Ruling
from hospitalisation.documents import CONTACT, DEFENCE, POST_ADDRESS
from hospitalisation.documents.sums import sums_of
from hospitalisation.models import Claim, ClaimKind, ClaimLine, Decision
from hospitalisation.rules import Cover, CoverLine
from partenamut.accounts.models import User
from partenamut.documents import services as documents
from partenamut.documents.formats import euro
from partenamut.documents.models import Document
from partenamut.money import ZERO, total
from partenamut.registry.letters import letter_to

Table = dict[str, object]


def purpose_of(claim: Claim) -> str:
    """What a payment is for, in the member's language."""
    with override(claim.member.language):
        return f"{claim.get_kind_display()} {period_of(claim)}".strip()


def period_of(claim: Claim) -> str:
    """The days of a stay, or the year of receipts, in the active language."""
    stay = claim.stay or claim
    if claim.kind == ClaimKind.SERIOUS_ILLNESS:
        return str(claim.year)
    if stay.admission is None:
        return ""
    if stay.discharge is None:
        return _("from %(admission)s on") % {"admission": messages.day(stay.admission)}
    return _("from %(admission)s to %(discharge)s") % {
        "admission": messages.day(stay.admission),
        "discharge": messages.day(stay.discharge),
    }


def order_receipt(claim: Claim, *, actor: User, at: datetime) -> Document:
    """The receipt of an announcement, or of a claim that was sent: what was said, and what is still to be sent."""
    sent = claim.submitted_on is not None
    with letter_to(claim.member, CONTACT) as common:
        title = (
            _("Receipt of your claim %(number)s") if sent else _("Your admission is announced: %(number)s")
        ) % {"number": claim.number}
        return documents.order(
            key=f"hospitalisation/{claim.public_id}/{'receipt' if sent else 'announcement'}",
            kind="receipt",
            template="documents/letter.html",
            language=claim.member.language,
            title=title,
            issued_on=localdate(at),
            actor=actor,
            at=at,
            context={
                **common,
                "reference": claim.number,
                "subject": title,
                "paragraphs": [_("We received it on %(day)s.") % {"day": messages.day(localdate(at))}],
                "tables": [_told(claim)],
                "after": _still_to_send(claim),
            },
        )


def order_decision(
    claim: Claim,
    decision: Decision,
    ruling: Ruling,
    *,
    deducted: Decimal,
    paid: Decimal,
    actor: User,
    at: datetime,
) -> Document:
    """The letter of a decision: the bill line by line, every rule met or not, what is paid, the appeal."""
    words = decision_words(claim, decision, ruling, deducted=deducted, paid=paid)
    return documents.order(
        key=f"hospitalisation/{decision.public_id}/decision",
        kind="decision",
        template="documents/letter.html",
        language=claim.member.language,
        title=str(words["subject"]),
        issued_on=localdate(at),
        actor=actor,
        at=at,
        context=words,
    )


def decision_words(
    claim: Claim, decision: Decision, ruling: Ruling, *, deducted: Decimal, paid: Decimal
) -> dict[str, object]:
    """What the letter of a decision says, in the member's language; also of one that is not taken yet."""
    with letter_to(claim.member, CONTACT) as common:
        return {
            **common,
            "reference": claim.number,
            "subject": _("Decision on your claim %(number)s") % {"number": claim.number},
            "paragraphs": _verdict(claim, decision, ruling, deducted, paid),
            "reasons": [
                {
                    "condition": messages.condition(reason.code),
                    "finding": messages.message(reason),
                    "met": reason.met,
                    "state": messages.state(reason.code, reason.met),
                    "source": messages.source(reason.article),
                }
                for reason in ruling.reasons
            ],
            "tables": _bill(claim, ruling, deducted, paid) if isinstance(ruling.decision, Cover) else [],
            "after": [],
            "appeal": {"title": _("If you do not agree"), "paragraphs": appeal_words(decision)},
        }


def appeal_words(decision: Decision) -> list[str]:
    """How to appeal and by when, in the active language."""
    values = {"day": messages.day(decision.appeal_until), "phone": CONTACT.phone, "email": CONTACT.email}
    return [
        _(
            "You can ask us to look at your claim again until %(day)s: in the portal, on the page of your claim, "
            "or by writing to %(email)s."
        )
        % values,
        _(
            "If our answer does not satisfy you, write to the complaints service. It answers within 30 calendar days, "
            "or tells you how far it is."
        ),
        _("You do not understand this decision? Call us on %(phone)s.") % values,
    ]


def _verdict(claim: Claim, decision: Decision, ruling: Ruling, deducted: Decimal, paid: Decimal) -> list[str]:
    speaks = claim.member.language
    values = {
        "what": claim.get_kind_display(),
        "period": period_of(claim),
        "amount": euro(ruling.amount, speaks),
        "deducted": euro(deducted, speaks),
        "due": euro(max(ruling.amount - deducted - paid, ZERO), speaks),
        "paid": euro(paid, speaks),
        "over": euro(max(deducted - ruling.amount, ZERO), speaks),
    }
    if not ruling.amount:
        paragraphs = [
            _("%(what)s, %(period)s: the hospital insurance pays nothing. The reasons are below.") % values
        ]
    else:
        paragraphs = [_("%(what)s, %(period)s: the hospital insurance pays %(amount)s.") % values]
    if deducted:
        paragraphs.append(
            _("%(deducted)s was already given back as deposits: %(due)s follows on your account.") % values
        )
    if paid:
        paragraphs.append(_("%(paid)s was already paid on this claim: %(due)s is left to pay.") % values)
    if deducted > ruling.amount:
        paragraphs.append(
            _("The deposits were higher than what is due by %(over)s: we contact you about it.") % values
        )
    if decision.departs_because:
        paragraphs.append(
            _("An adviser departed from the rules, and a second reader confirmed it. The reason: %(reason)s")
            % {"reason": decision.departs_because}
        )
    if isinstance(ruling.decision, Cover) and ruling.decision.totals.unlawful:
        paragraphs.append(
            _(
                "%(unlawful)s of the bill is a supplement that nobody owes: do not pay it. Our members' defence service "
                "helps you: %(phone)s."
            )
            % {"unlawful": euro(ruling.decision.totals.unlawful, speaks), "phone": DEFENCE.phone}
        )
    return paragraphs


#: A letter is read on paper: a longer bill is summed up by kind, and its lines stand in the statement.
MOST_LINES = 60


def _bill(claim: Claim, ruling: Ruling, deducted: Decimal, paid: Decimal) -> list[Table]:
    """The bill line by line, or by kind where it is long, and what it comes to."""
    assert isinstance(ruling.decision, Cover)
    totals = ruling.decision.totals
    lines = list(zip(claim.lines.order_by("position"), ruling.decision.lines, strict=True))
    due = max(ruling.amount - deducted - paid, ZERO)
    sums = sums_of(totals, deducted=deducted, paid=paid, due=due)
    return [
        {
            "caption": _("Your bill, line by line")
            if len(lines) <= MOST_LINES
            else _("Your bill, by kind of line"),
            "columns": [
                {"label": _("Line"), "kind": "text", "width": 25},
                {"label": _("Billed"), "kind": "amount"},
                {"label": _("Compulsory insurance"), "kind": "amount"},
                {"label": _("Hospital insurance"), "kind": "amount"},
                {"label": _("Yours"), "kind": "amount"},
                *([{"label": _("Not owed"), "kind": "amount"}] if totals.unlawful else []),
            ],
            "rows": [
                row if totals.unlawful else row[:-1]
                for row in (_rows(lines) if len(lines) <= MOST_LINES else _by_kind(lines))
            ],
        },
        {
            "caption": _("What it comes to"),
            "columns": [{"label": _("What"), "kind": "text"}, {"label": _("Amount"), "kind": "amount"}],
            "rows": [[label, amount] for label, amount in sums],
        },
    ]


Pair = tuple[ClaimLine, CoverLine]


def _rows(lines: list[Pair]) -> list[list[object]]:
    return [
        [f"{line.position}. {line.label or line.get_kind_display()}", line.billed, *_answered(result)]
        for line, result in lines
    ]


def _by_kind(lines: list[Pair]) -> list[list[object]]:
    found: dict[str, list[Pair]] = {}
    for line, result in lines:
        found.setdefault(str(line.get_kind_display()), []).append((line, result))
    return [
        [
            f"{kind} ({len(pairs)})",
            total(line.billed for line, _result in pairs),
            *(total(column) for column in zip(*(_answered(result) for _line, result in pairs), strict=True)),
        ]
        for kind, pairs in found.items()
    ]


def _answered(result: CoverLine) -> tuple[Decimal, ...]:
    return (result.mandatory, result.insurance, result.patient, result.unlawful)


def _told(claim: Claim) -> Table:
    rows = [[_("For"), claim.member.full_name], [_("Claim"), str(claim.get_kind_display())]]
    if claim.place_name:
        rows.append([_("Hospital"), claim.place_name])
    if period_of(claim):
        rows.append([_("Days"), period_of(claim)])
    if claim.room:
        rows.append([_("Room"), str(claim.get_room_display())])
    if claim.kind == ClaimKind.DEPOSIT:
        rows.append([_("Paid"), euro(claim.deposit.paid, claim.member.language)])
    return {
        "caption": _("What you told us"),
        "columns": [{"label": _("What"), "kind": "text"}, {"label": _("Your answer"), "kind": "text"}],
        "rows": rows,
    }


def _still_to_send(claim: Claim) -> list[str]:
    if claim.kind != ClaimKind.STAY:
        return [_("You can follow your claim in the portal. We write to you as soon as it is decided.")]
    certificate = _(
        "The law wants the original certificate of care given on paper: put it into the box of an agency, or send it to %(address)s."
    ) % {"address": ", ".join(POST_ADDRESS)}
    if claim.submitted_on is None:
        return [
            _("After the stay, send us the signed claim form, the bill and the receipts in the portal."),
            certificate,
        ]
    return [
        certificate,
        _("You can follow your claim in the portal. We write to you as soon as it is decided."),
    ]
