"""The page of a claim for the member's side: what was claimed, what became of it, and what can be done."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from hospitalisation import messages
from hospitalisation.deciding import Ruling
from hospitalisation.documents import CONTACT, POST_ADDRESS
from hospitalisation.documents.letters import appeal_words
from hospitalisation.facts import tier_of
from hospitalisation.models import Attachment, Claim, ClaimKind, Decision, Statement
from hospitalisation.readings.bill import in_words
from hospitalisation.readings.check import CheckedBill
from hospitalisation.rules import Cover, DepositDecision, HospitalCover, HospitalDeposit
from hospitalisation.services.contesting import AGAIN, letters_of, standing
from hospitalisation.services.statements import is_decided, kinds_of, taken_off
from hospitalisation.workflow import BEFORE_SENDING, CLAIM, OUTCOMES, Action, Status
from partenamut.accounts.models import User
from partenamut.casework.services import may_take
from partenamut.documents.models import Document
from partenamut.money import ZERO
from partenamut.web import formats

# --- what was claimed -------------------------------------------------------------------------------------

Row = dict[str, str]


def stay_rows(claim: Claim) -> list[Row]:
    """The stay, the deposit or the receipts as they were claimed, for reading."""
    stay = claim.stay or claim
    rows: list[tuple[str, str | None]]
    if claim.kind == ClaimKind.SERIOUS_ILLNESS:
        rows = [(_("Care of the year"), f"{claim.year:04d}" if claim.year else "")]
    else:
        rows = [
            (_("Hospital"), _place(stay)),
            (_("Admission"), _admission(stay)),
            (_("Discharge"), formats.day(stay.discharge) if stay.discharge else ""),
            (_("Nights"), _nights(stay)),
            (_("Room"), stay.get_room_display() if stay.room else ""),
            (_("Insurance on the day of admission"), _insurance(stay)),
        ]
    if claim.kind == ClaimKind.DEPOSIT:
        rows += _deposit_rows(claim)
    rows += [
        (_("Announced on"), formats.day(claim.announced_on) if claim.announced_on else None),
        (_("Sent on"), formats.day(claim.submitted_on) if claim.submitted_on else None),
    ]
    return [{"label": label, "value": str(value)} for label, value in rows if value is not None]


def _place(stay: Claim) -> str:
    where = f"{stay.place_name}, {stay.hospital.city}" if stay.hospital else stay.place_name
    return f"{where} ({stay.country})" if stay.abroad else where


def _admission(stay: Claim) -> str:
    if stay.admission is None:
        return ""
    day = formats.day(stay.admission)
    return day if stay.admitted else _("%(day)s (foreseen)") % {"day": day}


def _nights(stay: Claim) -> str:
    if stay.day_hospital:
        return _("none: day hospital")
    return str(stay.nights) if stay.discharge else ""


def _insurance(stay: Claim) -> str:
    return messages.tier(tier_of(stay.member, stay.admission)) if stay.admission else ""


def _deposit_rows(claim: Claim) -> list[tuple[str, Any]]:
    deposit = claim.deposit
    rows = [
        (_("Week of the stay"), str(deposit.week)),
        (_("Deposit paid"), formats.euros(deposit.paid)),
        (_("Paid on"), formats.day(deposit.paid_on)),
    ]
    if deposit.room_supplement_per_day:
        rows.append((_("Room supplement a day"), formats.euros(deposit.room_supplement_per_day)))
    return rows


# --- what becomes of it -----------------------------------------------------------------------------------


class Outcome(Struct, frozen=True):
    """What the hospital insurance pays of a claim: by the decision in force, or by the rules as the claim stands."""

    ruling: Ruling
    #: None while nothing was decided, or while it is decided again.
    decision: Decision | None
    #: The bill with its pages; None for a deposit.
    bill: CheckedBill | None
    reasons: list[dict[str, Any]]
    #: What the member could do to have a deposit given back.
    changes: list[str]

    @property
    def amount(self) -> Decimal:
        """Euros of the hospital insurance, before deposits are taken off."""
        return self.ruling.amount

    @property
    def unlawful(self) -> Decimal:
        """Euros of the bill that nobody owes."""
        return self.bill.cover.totals.unlawful if self.bill else ZERO

    @property
    def maximum(self) -> Decimal | None:
        """The legal maximum of a deposit."""
        answer = self.ruling.decision
        return answer.legal_maximum if isinstance(answer, DepositDecision) else None

    @property
    def waits_for(self) -> list[str]:
        """What a deposit waits for before it is given back, in sentences."""
        return self.ruling.obstacles if self.maximum is not None else []

    @property
    def too_high(self) -> Decimal:
        """Euros of a deposit above the legal maximum."""
        facts = self.ruling.facts
        if self.maximum is None or not isinstance(facts, HospitalDeposit):
            return ZERO
        return max(facts.paid - self.maximum, ZERO)


def outcome_of(claim: Claim, decision: Decision | None, page: int = 0) -> Outcome | None:
    """What a claim comes to, in words; None while too little is known. `page` is that of a long bill, 0 for its remarks."""
    ruling = standing(claim, decision)
    if ruling is None:
        return None
    answer = ruling.decision
    shown = _bill(claim, ruling, page)
    if isinstance(answer, Cover) and shown is None:
        return None
    return Outcome(
        ruling=ruling,
        decision=decision if decision is not None and claim.status not in AGAIN else None,
        bill=shown,
        reasons=in_words(ruling.reasons),
        changes=[messages.remedy(change) for change in answer.would_change]
        if isinstance(answer, DepositDecision)
        else [],
    )


def _bill(claim: Claim, ruling: Ruling, page: int) -> CheckedBill | None:
    """The bill as it was, or would be, decided."""
    facts, answer = ruling.facts, ruling.decision
    lines = list(claim.lines.order_by("position"))
    if not lines or not isinstance(answer, Cover) or not isinstance(facts, HospitalCover):
        return None
    bill = CheckedBill(facts, lines, answer, 0)
    # A long bill without anything to look at begins with its first lines.
    wanted = min(max(page, 0), bill.pages) or int(bill.is_long and not bill.flagged)
    return CheckedBill(facts, lines, answer, wanted) if wanted else bill


class Decided(Struct, frozen=True):
    """The decision in force with its euros: granted, given back before as deposits, and due."""

    decision: Decision
    amount: Decimal
    deducted: Decimal
    due: Decimal
    departs_because: str
    appeal_words: list[str]


def decided_of(claim: Claim, decision: Decision | None, today: date) -> Decided | None:
    """The decision in force with its euros; None while there is none, and for a claim that was withdrawn."""
    if decision is None or claim.status == Status.WITHDRAWN:
        return None
    deducted, due = taken_off(claim, decision)
    return Decided(
        decision=decision,
        amount=decision.amount,
        deducted=deducted,
        due=due,
        departs_because=decision.departs_because,
        appeal_words=_appeal_words(claim, decision, today),
    )


def _appeal_words(claim: Claim, decision: Decision, today: date) -> list[str]:
    """How to appeal; once the time has passed, or while the payment is on its way, what is left to do."""
    values = {"day": formats.day(decision.appeal_until)}
    if claim.status == Status.APPEALED:
        return [_("We have your appeal. We write to you as soon as we have looked at your claim again.")]
    if today > decision.appeal_until:
        return [
            _("The time to appeal here ended on %(day)s. You can still write to the complaints service.")
            % values
        ]
    if claim.status in OUTCOMES:
        return appeal_words(decision)
    return [
        _("Write to us in a message below until %(day)s: we look at your claim again. The payment goes on.")
        % values
    ]


# --- what can be done -------------------------------------------------------------------------------------

#: Action -> address of its page and its words; the order of the page.
_PAGES: Mapping[Action, tuple[str, Any]] = {
    Action.APPEAL: ("claim_appeal", gettext_lazy("Appeal against the decision")),
    Action.WITHDRAW: ("claim_withdraw", gettext_lazy("Withdraw the claim")),
}


def actions_of(claim: Claim, user: User, today: date, decision: Decision | None) -> list[dict[str, str]]:
    """What the table of the workflow lets the user do from here, on a day on which the service would do it."""
    possible = {Action(step.action) for step in CLAIM.possible(Status(claim.status)) if may_take(user, step)}
    if decision and today > decision.appeal_until:
        possible.discard(Action.APPEAL)
    if claim.status == Status.DRAFT:
        possible.discard(Action.WITHDRAW)
    return [
        {
            "label": str(label),
            "url": reverse(f"hospitalisation:{name}", args=[claim.public_id]),
            "name": action.value,
        }
        for action, (name, label) in _PAGES.items()
        if action in possible
    ]


def takes_documents(claim: Claim) -> bool:
    """Whether a document can be added on the page of the claim; before it is sent that is a step."""
    return claim.status not in (*BEFORE_SENDING, Status.WITHDRAWN)


def steps_of(claim: Claim) -> list[dict[str, Any]]:
    """The steps that lead to sending, each with whether it has its answers; none for a claim that was sent."""
    if claim.status not in BEFORE_SENDING:
        return []
    stay = claim.kind == ClaimKind.STAY
    told = bool((claim.hospital_id or claim.place) and claim.admission and claim.discharge and claim.room)
    sent = claim.attachments.filter(removed_at=None).exists()
    steps = [
        ("stay", _("The stay"), told) if stay else None,
        (
            "lines",
            _("The lines of the bill") if stay else _("The receipts, line by line"),
            claim.lines.exists(),
        ),
        ("documents", _("The documents"), sent),
        ("review", _("Check and send"), False),
    ]
    return [{"name": name, "label": label, "done": done} for name, label, done in filter(None, steps)]


# --- papers and messages ----------------------------------------------------------------------------------


def certificate_of(claim: Claim) -> dict[str, str] | None:
    """How the original certificate reached us, or where to send it; None for what needs none."""
    if claim.kind != ClaimKind.STAY or claim.status == Status.WITHDRAWN:
        return None
    if claim.certificate and claim.certificate_on:
        values = {"how": claim.get_certificate_display(), "day": formats.day(claim.certificate_on)}
        return {"state": _("Received"), "tone": "success", "text": _("%(how)s, on %(day)s.") % values}
    return {
        "state": _("Not received yet"),
        "tone": "warning",
        "text": _(
            "The law wants it on paper: put it into the box of an agency, or send it to %(address)s. Keep a copy."
        )
        % {"address": ", ".join(POST_ADDRESS)},
    }


def files_of(claim: Claim) -> list[dict[str, str]]:
    """The documents of a claim, the oldest first: files to open, and papers."""
    rows = claim.attachments.filter(removed_at=None).select_related("upload").order_by("pk")
    return [_file(row) for row in rows]


def _file(row: Attachment) -> dict[str, str]:
    kind, day = row.get_kind_display(), formats.day(row.received_on)
    if row.upload is None:
        return {"name": kind, "details": _("on paper, noted on %(day)s") % {"day": day}}
    return {
        "name": row.upload.original_name,
        "url": reverse("hospitalisation:attachment", args=[row.public_id]),
        "details": f"{kind}, {day}",
    }


def thread_of(claim: Claim, user: User) -> list[dict[str, object]]:
    """The messages with the files that came with them, the oldest first."""
    files: dict[tuple[int, Any], list[Attachment]] = {}
    rows = claim.attachments.filter(removed_at=None, upload__isnull=False)
    for row in rows.select_related("upload").order_by("pk"):
        if row.upload is not None:
            files.setdefault((row.added_by_id, row.upload.uploaded_at), []).append(row)
    return [
        {
            "who": CONTACT.name
            if message.from_service
            else _("You")
            if message.author_id == user.pk
            else message.author.name,
            "from_service": message.from_service,
            "at": message.sent_at,
            "text": message.text,
            "files": files.get((message.author_id, message.sent_at), []),
        }
        for message in claim.messages.select_related("author").order_by("sent_at", "pk")
    ]


class Papers(Struct, frozen=True):
    """The documents that we made: letters of decisions, statements, letters to the hospital."""

    letters: list[Decision]
    #: Kinds of statements that can be made now: value and words.
    statements_on_offer: list[tuple[str, str]]
    statements: list[Statement]
    contested: list[Document]


def papers_of(claim: Claim, decisions: list[Decision]) -> Papers:
    """What can be downloaded of a claim besides its receipt."""
    offered = kinds_of(claim) if is_decided(claim, decisions[-1] if decisions else None) else []
    return Papers(
        letters=[decision for decision in decisions if decision.letter_id],
        statements_on_offer=[(kind.value, str(kind.label)) for kind in offered],
        statements=list(claim.statements.select_related("document").order_by("-issued_at", "-pk")),
        contested=list(letters_of(claim)),
    )


def deposits_of(claim: Claim) -> list[Claim]:
    """The deposits of a stay, week by week."""
    return list(claim.deposits.select_related("deposit").order_by("deposit__week", "pk"))
