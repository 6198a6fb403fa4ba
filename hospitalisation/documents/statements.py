"""The words of statements: what was reimbursed of a claim, and what the compulsory insurance paid of a bill."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from hospitalisation import messages
from hospitalisation.deciding import Ruling
from hospitalisation.documents import CONTACT
from hospitalisation.documents.letters import period_of
from hospitalisation.documents.sums import sums_of
from hospitalisation.models import Claim, ClaimKind, Decision, Statement
from hospitalisation.rules import Cover, DepositDecision
from partenamut.accounts.models import User
from partenamut.documents import services as documents
from partenamut.documents.formats import euro
from partenamut.documents.models import Document
from partenamut.money import ZERO, total
from partenamut.registry.letters import letter_to

Words = dict[str, object]
Pair = dict[str, str]


def order_statement(
    claim: Claim, kind: Statement.Kind, said: Words, *, key: str, actor: User, at: datetime
) -> Document:
    """The statement as a document in the member's language; the words are made already."""
    language = claim.member.language
    with override(language):
        title = f"{kind.label} {claim.number}"
    return documents.order(
        key=key,
        kind="statement",
        template="documents/statement.typ",
        language=language,
        title=title,
        issued_on=localdate(at),
        actor=actor,
        at=at,
        context=said,
    )


def reimbursement(
    claim: Claim,
    decision: Decision,
    ruling: Ruling,
    *,
    deducted: Decimal,
    due: Decimal,
    paid_on: date | None,
) -> Words:
    """What the hospital insurance pays of a claim, line by line, with what was taken off and what is paid."""
    with letter_to(claim.member, CONTACT) as common:
        table = (
            _deposit_table(claim, ruling) if claim.kind == ClaimKind.DEPOSIT else _bill_table(claim, ruling)
        )
        return {
            **_frame(claim, decision, common),
            "introduction": [
                _("This is what the hospital insurance pays for %(name)s, by our decision of %(day)s.")
                % {"name": claim.member.full_name, "day": messages.day(localdate(decision.decided_at))}
            ],
            **table,
            "totals": _sums(claim, ruling, deducted, due),
            "remarks": _remarks(claim, ruling, due, paid_on),
        }


def third_party(claim: Claim, decision: Decision, ruling: Ruling) -> Words:
    """What the compulsory insurance paid of a bill, line by line, to hand to another insurer; no description of what was bought."""
    assert isinstance(ruling.decision, Cover)
    speaks = claim.member.language
    lines = list(claim.lines.order_by("position"))
    answers = ruling.decision.lines
    with letter_to(claim.member, CONTACT) as common:
        return {
            **_frame(claim, decision, common),
            "introduction": [
                _(
                    "This statement says what the compulsory insurance paid to the hospital for %(name)s as third-party "
                    "payer, and what is left of each line. It can be handed to another insurer."
                )
                % {"name": claim.member.full_name}
            ],
            "columns": [
                {"label": _("Line of the bill"), "kind": "text", "width": 6},
                {"label": pgettext("amount", "Billed"), "kind": "amount", "width": 3},
                {"label": _("Paid by the compulsory insurance"), "kind": "amount", "width": 4},
                {"label": _("Left of the line"), "kind": "amount", "width": 3},
            ],
            "rows": [
                [
                    f"{line.position}. {messages.kind(line.kind)}",
                    euro(line.billed, speaks),
                    euro(answer.mandatory, speaks),
                    euro(line.billed - answer.mandatory, speaks),
                ]
                for line, answer in zip(lines, answers, strict=True)
            ],
            "totals": _pairs(
                speaks,
                (pgettext("amount", "Billed"), total(line.billed for line in lines)),
                (_("Paid by the compulsory insurance"), total(answer.mandatory for answer in answers)),
                (
                    _("Left of the bill"),
                    total(
                        line.billed - answer.mandatory for line, answer in zip(lines, answers, strict=True)
                    ),
                ),
            ),
            "remarks": [
                *_unlawful(ruling, speaks),
                _(
                    "The lines stand in the order of the hospital's bill. What our hospital insurance pays is not counted here."
                ),
            ],
        }


# --- parts --------------------------------------------------------------------------------------------------


def _frame(claim: Claim, decision: Decision, common: dict[str, object]) -> Words:
    stay = claim.stay or claim
    pairs = [
        (_("Claim:"), claim.number or ""),
        (_("Patient:"), claim.member.full_name),
        (_("Hospital:"), claim.place_name),
        (_("Stay:") if claim.kind != ClaimKind.SERIOUS_ILLNESS else _("Year of care:"), period_of(claim)),
        (_("Room:"), str(stay.get_room_display()) if stay.room else ""),
    ]
    return {
        "sender": common["sender"],
        "addressee": common["addressee"],
        "reference": claim.number or "",
        "particulars": [{"label": label, "value": value} for label, value in pairs if value],
    }


def _bill_table(claim: Claim, ruling: Ruling) -> Words:
    assert isinstance(ruling.decision, Cover)
    speaks = claim.member.language
    return {
        "columns": [
            {"label": _("Line of the bill"), "kind": "text", "width": 5},
            {"label": pgettext("amount", "Billed"), "kind": "amount", "width": 3},
            {"label": _("Compulsory insurance"), "kind": "amount", "width": 3},
            {"label": _("Hospital insurance"), "kind": "amount", "width": 3},
            {"label": _("Yours"), "kind": "amount", "width": 3},
            {"label": _("Not owed"), "kind": "amount", "width": 3},
        ],
        "rows": [
            [
                f"{line.position}. {line.label or messages.kind(line.kind)}",
                *(
                    euro(amount, speaks)
                    for amount in (
                        line.billed,
                        answer.mandatory,
                        answer.insurance,
                        answer.patient,
                        answer.unlawful,
                    )
                ),
            ]
            for line, answer in zip(claim.lines.order_by("position"), ruling.decision.lines, strict=True)
        ],
    }


def _deposit_table(claim: Claim, ruling: Ruling) -> Words:
    assert isinstance(ruling.decision, DepositDecision)
    deposit, speaks = claim.deposit, claim.member.language
    return {
        "columns": [
            {"label": _("Deposit"), "kind": "text", "width": 4},
            {"label": pgettext("amount", "Paid"), "kind": "amount", "width": 3},
            {"label": _("Legal maximum"), "kind": "amount", "width": 3},
            {"label": _("Given back"), "kind": "amount", "width": 3},
        ],
        "rows": [
            [
                _("week %(week)d, paid on %(day)s")
                % {"week": deposit.week, "day": messages.day(deposit.paid_on)},
                euro(deposit.paid, speaks),
                euro(ruling.decision.legal_maximum, speaks),
                euro(ruling.decision.reimbursed, speaks),
            ]
        ],
    }


def _sums(claim: Claim, ruling: Ruling, deducted: Decimal, due: Decimal) -> list[Pair]:
    speaks, answer = claim.member.language, ruling.decision
    if isinstance(answer, DepositDecision):
        return _pairs(speaks, (_("The hospital insurance pays"), due))
    return _pairs(speaks, *sums_of(answer.totals, deducted=deducted, due=due))


def _pairs(language: str, *pairs: tuple[str, Decimal]) -> list[Pair]:
    return [{"label": label, "value": euro(amount, language)} for label, amount in pairs]


def _remarks(claim: Claim, ruling: Ruling, due: Decimal, paid_on: date | None) -> list[str]:
    remarks = _unlawful(ruling, claim.member.language)
    if paid_on is not None:
        remarks.append(_("Paid on %(day)s.") % {"day": messages.day(paid_on)})
    elif due > ZERO:
        remarks.append(_("The payment follows on your account."))
    else:
        remarks.append(_("Nothing is to be paid."))
    return remarks


def _unlawful(ruling: Ruling, language: str) -> list[str]:
    answer = ruling.decision
    if not isinstance(answer, Cover) or not answer.totals.unlawful:
        return []
    return [
        _("%(amount)s of the bill is a supplement that the law forbids: nobody owes it.")
        % {"amount": euro(answer.totals.unlawful, language)}
    ]
