"""What the desk shows of a claim: facts, what is missing, what the rules say and why, documents, history. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from hospitalisation import messages
from hospitalisation.deciding import Ruling, replay
from hospitalisation.facts import bill_line, given_back_before, terms_on, used_in
from hospitalisation.models import (
    Attachment,
    AttachmentKind,
    Certificate,
    Claim,
    ClaimKind,
    ClaimLine,
    Decision,
    Departure,
    Intervention,
    LineKind,
)
from hospitalisation.readings.bill import KindSum, ShownLine, TotalRow, by_kind, explained, in_words, totals
from hospitalisation.readings.states import TONES
from hospitalisation.rules import Cover, DepositDecision, Figure, HospitalCover, Measure, Name, Tier
from hospitalisation.rules.cover import asked_of_the_whole
from hospitalisation.services.decisions import amounts_of, deducted, paid_before
from hospitalisation.services.desk import OPEN_FLAGS
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.audit import words
from partenamut.audit.models import Entry
from partenamut.money import ZERO
from partenamut.registry import insurance
from partenamut.registry.history import changes_of, note_of
from partenamut.registry.models import DatedRow, HospitalInsurance, SeriousIllnessOption
from partenamut.web import formats

Row = dict[str, object]

OUTCOME_TONES = {
    "covered": "success",
    "check": "warning",
    "reimbursable": "success",
    "pending": "neutral",
    "refused": "error",
}
#: Kinds of lines whose receipts are asked for.
WITH_RECEIPT = (
    LineKind.COMPRESSION,
    LineKind.GUEST_HOUSE,
    LineKind.PRE_HOSPITAL,
    LineKind.POST_HOSPITAL,
    LineKind.SERIOUS_ILLNESS_CARE,
)


@dataclass(frozen=True)
class Piece:
    """Something a claim needs before it is complete: what it is, whether it is there, a few words."""

    name: str
    there: bool
    details: str = ""


@dataclass(frozen=True)
class UsedFigure:
    """A figure the amounts rest on that is to be confirmed, or that nobody has entered."""

    name: str
    value: str
    source: str
    missing: bool


@dataclass(frozen=True)
class Proposal:
    """What the rules, or a decision in force, come to, in the active language."""

    outcome: str
    tone: str
    amount: Decimal
    deducted: Decimal
    #: Euros that an earlier decision on the claim has paid already.
    paid: Decimal
    reasons: list[dict[str, Any]]
    lines: list[ShownLine]
    totals: list[TotalRow]
    kinds: list[KindSum]
    figures: list[UsedFigure]
    obstacles: list[str]
    changes: list[str]
    #: The most that the hospital may ask as a deposit; None for a bill.
    maximum: Decimal | None

    @property
    def due(self) -> Decimal:
        """Euros to pay after the deposits that were given back and what was paid before."""
        return max(self.amount - self.deducted - self.paid, ZERO)

    @property
    def over(self) -> Decimal:
        """Euros by which the deposits were higher than what is granted."""
        return max(self.deducted - self.amount, ZERO)


@dataclass(frozen=True)
class Choice:
    """A line as it is decided otherwise: what is left of it, what the rules pay, whether anything may be paid."""

    place: int
    kind: str
    label: str
    billed: Decimal
    left: Decimal
    insurance: Decimal
    flags: list[str]
    unlawful: bool
    undecided: bool

    @property
    def number(self) -> int:
        """The number of the line on the bill."""
        return self.place + 1


@dataclass(frozen=True)
class ChangedLine:
    """A line that a proposal pays otherwise than the rules."""

    number: int
    kind: str
    label: str
    rules: Decimal
    proposed: Decimal

    @property
    def difference(self) -> Decimal:
        """Euros more, or less, than the rules say."""
        return self.proposed - self.rules


@dataclass(frozen=True)
class ShownDeparture:
    """A proposal against the rules with the lines it changes."""

    departure: Departure
    tone: str
    lines: list[ChangedLine]


def head(claim: Claim) -> dict[str, Any]:
    """What every page of a claim has: the claim, the colour of its state, its facts, what it still lacks."""
    pieces = completeness(claim)
    return {
        "case": claim,
        "tone": TONES[claim.status],
        "facts": facts(claim, localdate()),
        "pieces": pieces,
        "lacking": [piece for piece in pieces if not piece.there],
    }


def proposal(claim: Claim, ruling: Ruling) -> Proposal:
    """What a ruling comes to, in words, with the deposits of the stay and what was paid before taken off."""
    return _proposal(claim, ruling, paid_before(claim))


def standing(claim: Claim, decision: Decision) -> Proposal:
    """What a stored decision grants, with the reasons of the rules on the facts of then."""
    return _proposal(claim, replay(decision), ZERO)


def choices(claim: Claim, ruling: Ruling) -> list[Choice]:
    """The lines of a bill to be decided otherwise, with what the rules pay of each; none for a deposit."""
    if not isinstance(ruling.decision, Cover):
        return []
    return [
        Choice(
            place=place,
            kind=messages.kind(line.kind),
            label=line.label,
            billed=line.billed,
            left=answer.insurance + answer.patient,
            insurance=answer.insurance,
            flags=[messages.flag(flag) for flag in answer.flags],
            unlawful=answer.unlawful > 0,
            undecided=not OPEN_FLAGS.isdisjoint(answer.flags),
        )
        for place, (line, answer) in enumerate(
            zip(lines_of(claim, ruling), ruling.decision.lines, strict=True)
        )
    ]


def departures(claim: Claim, ruling: Ruling | None) -> list[ShownDeparture]:
    """Every proposal against the rules, the newest first, with the lines it changes."""
    found = claim.departures.select_related("proposed_by", "reviewed_by").order_by("-pk")
    by_rules = choices(claim, ruling) if ruling else []
    tones = {"open": "warning", "confirmed": "success", "rejected": "error"}
    return [
        ShownDeparture(each, tones[each.verdict], changed_lines(by_rules, amounts_of(each))) for each in found
    ]


def changed_lines(by_rules: Sequence[Choice], amounts: dict[int, Decimal]) -> list[ChangedLine]:
    """The lines of a proposal beside what the rules pay; a line that the bill has no more is left out."""
    return [
        ChangedLine(line.number, line.kind, line.label, line.insurance, amounts[line.place])
        for line in by_rules
        if line.place in amounts
    ]


def decisions_of(claim: Claim) -> list[Decision]:
    """Every decision on a claim with its letter, the one in force first."""
    rows = claim.decisions.select_related("letter", "decided_by", "confirmed_by")
    return list(rows.order_by("-decided_at", "-pk"))


def facts(claim: Claim, on: date) -> list[Row]:
    """The facts at a glance, each as it stands now."""
    return [row for row in _facts(claim, on) if row["value"] not in (None, "")]


def completeness(claim: Claim) -> list[Piece]:
    """What a claim of its kind needs, and whether it is there."""
    return list(_PIECES[ClaimKind(claim.kind)](claim, _received(claim)))


def lacking_in(claim: Claim, language: str) -> str:
    """What a claim lacks, as the words of a question in a language; empty where it is complete."""
    with override(language):
        missing = [piece.name for piece in completeness(claim) if not piece.there]
        if not missing:
            return ""
        return "\n".join([_("We still need from you:"), *(f"- {name}" for name in missing)])


def related(claim: Claim) -> list[Claim]:
    """The stay of a deposit, or the deposits of a stay."""
    if claim.stay is not None:
        return [claim.stay]
    rows = claim.deposits.exclude(status=Status.DRAFT).select_related("deposit", "stay")
    return list(rows.order_by("deposit__week", "pk"))


def waiting_deposits(claim: Claim) -> list[Claim]:
    """The deposits of a stay that are not decided yet: decided first, they are taken off the payment of the stay."""
    if claim.kind != ClaimKind.STAY:
        return []
    return list(claim.deposits.filter(status__in=TO_DECIDE).order_by("pk"))


def documents(claim: Claim) -> list[Row]:
    """What was sent, on paper or as files, with where to look at each."""
    found = claim.attachments.filter(removed_at=None).select_related("upload").order_by("received_on", "pk")
    return [_document(claim, attachment) for attachment in found]


def history(claim: Claim) -> list[Row]:
    """What was done to the claim, the latest last, and where it stands."""
    entries: QuerySet[Entry] = Entry.objects.filter(subject_id=claim.public_id).select_related("actor")
    past = [_event(entry) for entry in entries.order_by("at", "pk")]
    return [*past, {"state": "now", "title": claim.get_status_display(), "when": "", "text": ""}]


def lines_of(claim: Claim, ruling: Ruling) -> list[ClaimLine]:
    """The lines that a ruling is about: those of the bill, or where it was corrected since those of then."""
    assert isinstance(ruling.facts, HospitalCover)
    stored = list(claim.lines.order_by("position"))
    if [bill_line(line) for line in stored] == list(ruling.facts.lines):
        return stored
    return [
        ClaimLine(position=place, kind=line.kind, billed=line.billed, mandatory=line.mandatory)
        for place, line in enumerate(ruling.facts.lines, 1)
    ]


# --- what the rules say -------------------------------------------------------------------------------------


def _proposal(claim: Claim, ruling: Ruling, paid: Decimal) -> Proposal:
    decision = ruling.decision
    bill = isinstance(decision, Cover)
    lines = lines_of(claim, ruling) if isinstance(decision, Cover) else []
    return Proposal(
        outcome=_capital(messages.outcome(decision.outcome.value)),
        tone=OUTCOME_TONES[decision.outcome.value],
        amount=ruling.amount,
        deducted=deducted(claim),
        paid=paid,
        reasons=in_words(ruling.reasons),
        lines=explained(lines, decision) if isinstance(decision, Cover) else [],
        totals=totals(decision, for_patient=False) if isinstance(decision, Cover) else [],
        kinds=by_kind(lines, decision) if isinstance(decision, Cover) else [],
        figures=list(_doubtful(ruling)) if bill else [],
        obstacles=ruling.obstacles,
        changes=[messages.remedy(change) for change in decision.would_change]
        if isinstance(decision, DepositDecision)
        else [],
        maximum=decision.legal_maximum if isinstance(decision, DepositDecision) else None,
    )


def _doubtful(ruling: Ruling) -> Iterator[UsedFigure]:
    """The figures that the amounts rest on and that are to be confirmed or missing, in the order of the sheet."""
    if ruling.terms is None or not isinstance(ruling.decision, Cover):
        return
    terms, answer = ruling.terms.read(), ruling.decision
    assert isinstance(ruling.facts, HospitalCover)
    used = {line.figure for line in answer.lines if line.figure} | set(
        asked_of_the_whole(ruling.facts, terms)
    )
    for name in Name:
        figure = terms.figure(name)
        if name in used and (figure.to_confirm or figure.measure is Measure.MISSING):
            yield _used_figure(name, figure)


def _used_figure(name: Name, figure: Figure) -> UsedFigure:
    missing = figure.measure is Measure.MISSING
    return UsedFigure(
        messages.figure_name(name),
        messages.measured(figure.measure, figure.value),
        "" if missing else messages.source(figure.article),
        missing,
    )


# --- facts --------------------------------------------------------------------------------------------------


def _facts(claim: Claim, on: date) -> Iterator[Row]:
    yield {"label": _("Claim"), "value": claim.get_kind_display()}
    if claim.kind == ClaimKind.DEPOSIT:
        yield from _deposit(claim)
    if claim.kind == ClaimKind.SERIOUS_ILLNESS:
        yield from _illness(claim)
    else:
        yield from _stay(claim.stay or claim, deposit=claim.stay is not None)
    yield from _cover(claim)
    if claim.kind == ClaimKind.STAY:
        yield {"label": _("Original certificate of care given"), "value": certificate_of(claim)}
        yield {"label": _("Deposits given back"), "value": _given_back(claim)}
    yield {"label": _("Announced on"), "value": formats.day(claim.announced_on) if claim.announced_on else ""}
    yield {"label": _("Sent on"), "value": _sent(claim, on)}
    yield {"label": _("Assigned to"), "value": claim.assignee.name if claim.assignee else _("Nobody")}


def _stay(stay: Claim, *, deposit: bool) -> Iterator[Row]:
    place = f"{stay.hospital.name}, {stay.hospital.place}" if stay.hospital else stay.place
    if stay.abroad:
        place = _("%(place)s (abroad: %(country)s)") % {"place": place, "country": stay.country}
    yield {"label": _("Hospital"), "value": place}
    if not deposit:
        yield {"label": _("Franchise of the hospital"), "value": _franchise(stay)}
    yield {"label": _("Stay"), "value": stay_of(stay)}
    yield {"label": _("Room"), "value": stay.get_room_display() if stay.room else _("Not known")}
    yield {
        "label": _("Admission"),
        "value": _("It took place") if stay.admitted else _("It has not been confirmed yet"),
    }


def stay_of(stay: Claim) -> str:
    """Both dates of a stay, and its nights."""
    if stay.admission is None:
        return _("Not known")
    if stay.discharge is None:
        return _("from %(admission)s on") % {"admission": formats.day(stay.admission)}
    nights = ngettext("%(nights)d night", "%(nights)d nights", stay.nights) % {"nights": stay.nights}
    length = _("day hospital") if stay.day_hospital else nights
    return f"{formats.period(stay.admission, stay.discharge)}, {length}"


def _franchise(stay: Claim) -> str:
    if stay.abroad or stay.admission is None:
        return ""
    year = {"year": f"{stay.admission.year:04d}"}
    listed = insurance.has_franchise(stay.hospital, stay.admission.year) if stay.hospital else None
    if listed is None:
        return _("Not known: no list of %(year)s stands, or the hospital is not in it by name") % year
    return (_("On the list of %(year)s") if listed else _("Not on the list of %(year)s")) % year


def _cover(claim: Claim) -> Iterator[Row]:
    day = day_of(claim)
    if day is None:
        return
    rows: list[HospitalInsurance] = list(claim.member.hospital_insurances.order_by("first_day"))
    found = next((row for row in rows if _holds(row, day)), None)
    yield {"label": _("Insurance on %(day)s") % {"day": formats.day(day)}, "value": _insured(found)}
    others = [row for row in rows if row is not found]
    if others:
        yield {"label": _("Other insurances"), "value": "; ".join(_other(row, day) for row in others)}
    bim = insurance.is_bim(claim.member, day)
    yield {"label": _("BIM"), "value": _("Higher reimbursement") if bim else _("No higher reimbursement")}
    yield {
        "label": _("Used of %(year)s by other claims") % {"year": f"{day.year:04d}"},
        "value": _used(claim, day, Tier(found.tier) if found else Tier.NONE),
    }


def _used(claim: Claim, day: date, tier: Tier) -> str:
    """What other claims used of the year, and what is left of its ceiling or of the serious-illness option."""
    illness = claim.kind == ClaimKind.SERIOUS_ILLNESS
    budget = Intervention.Budget.SERIOUS_ILLNESS if illness else Intervention.Budget.HOSPITAL
    used = used_in(claim.member, day.year, budget, without=claim)
    limit = terms_on(day)[tier].figure(Name.SERIOUS_ILLNESS if illness else Name.CEILING)
    if limit.measure is not Measure.EUROS_A_YEAR:
        return formats.euros(used)
    return _("%(used)s of %(limit)s, %(left)s left") % {
        "used": formats.euros(used),
        "limit": formats.euros(limit.value),
        "left": formats.euros(max(limit.value - used, ZERO)),
    }


def day_of(claim: Claim) -> date | None:
    """The day whose insurance counts: the admission, the payment of a deposit, the last receipt."""
    if claim.kind == ClaimKind.SERIOUS_ILLNESS:
        days = claim.lines.exclude(care_date=None).order_by("-care_date").values_list("care_date", flat=True)
        last: date | None = days.first()
        return last or (date(claim.year, 1, 1) if claim.year else None)
    if claim.kind == ClaimKind.DEPOSIT:
        return claim.stay.admission if claim.stay and claim.stay.admission else claim.deposit.paid_on
    return claim.admission


def _holds(row: DatedRow, day: date) -> bool:
    return row.first_day <= day and (row.last_day is None or day <= row.last_day)


def _insured(row: HospitalInsurance | None) -> str:
    if row is None:
        return _("None")
    return f"{row.get_tier_display()}, {formats.period(row.first_day, row.last_day)}"


def _other(row: HospitalInsurance, day: date) -> str:
    if row.first_day > day:
        return _("%(insurance)s: began after this day") % {"insurance": _insured(row)}
    return _("%(insurance)s: ended before this day") % {"insurance": _insured(row)}


def _illness(claim: Claim) -> Iterator[Row]:
    yield {"label": _("Calendar year"), "value": str(claim.year or "")}
    options: list[SeriousIllnessOption] = list(claim.member.serious_illness_options.order_by("first_day"))
    periods = "; ".join(formats.period(row.first_day, row.last_day) for row in options)
    yield {"label": _("Serious-illness option"), "value": periods or _("Never")}


def _deposit(claim: Claim) -> Iterator[Row]:
    deposit = claim.deposit
    yield {
        "label": _("Paid"),
        "value": _("%(paid)s on %(day)s, for week %(week)d of the stay")
        % {"paid": formats.euros(deposit.paid), "day": formats.day(deposit.paid_on), "week": deposit.week},
    }
    yield {"label": _("Room supplement a day"), "value": formats.euros(deposit.room_supplement_per_day)}


def certificate_of(claim: Claim) -> str:
    """How and when the original certificate reached us."""
    if not claim.certificate or claim.certificate_on is None:
        return str(Certificate.NOT_YET.label)
    return f"{claim.get_certificate_display()}, {formats.day(claim.certificate_on)}"


def _given_back(claim: Claim) -> str:
    amount = given_back_before(claim)
    return formats.euros(amount) if amount else ""


def _sent(claim: Claim, on: date) -> str:
    if claim.submitted_on is None:
        return ""
    age = (on - claim.submitted_on).days
    ago = ngettext("%(age)d day ago", "%(age)d days ago", age) % {"age": age}
    return f"{formats.day(claim.submitted_on)} ({claim.get_channel_display()}, {ago})"


# --- what is missing ----------------------------------------------------------------------------------------


def _received(claim: Claim) -> dict[str, int]:
    """How many documents of each kind are there."""
    found: dict[str, int] = {}
    for kind in claim.attachments.filter(removed_at=None).values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found


def _piece(kind: AttachmentKind, received: dict[str, int]) -> Piece:
    count = received.get(kind, 0)
    details = ngettext("%(count)d document", "%(count)d documents", count) % {"count": count}
    return Piece(str(kind.label), count > 0, details if count else "")


def _of_stay(claim: Claim, received: dict[str, int]) -> Iterator[Piece]:
    kinds = list(claim.lines.values_list("kind", flat=True))
    yield _piece(AttachmentKind.CLAIM_FORM, received)
    yield _piece(AttachmentKind.BILL, received)
    there = bool(claim.certificate)
    yield Piece(
        _("Original certificate of care given, on paper"), there, certificate_of(claim) if there else ""
    )
    yield _lines(len(kinds))
    if LineKind.PHARMACY_OTHER in kinds:
        yield _piece(AttachmentKind.PHARMACY, received)
    if set(WITH_RECEIPT) & set(kinds):
        yield _piece(AttachmentKind.RECEIPT, received)


def _of_deposit(claim: Claim, received: dict[str, int]) -> Iterator[Piece]:
    stay = claim.stay
    assert stay is not None
    with_stay = _received(stay)
    both = {kind: received.get(kind, 0) + with_stay.get(kind, 0) for kind in AttachmentKind.values}
    yield _piece(AttachmentKind.RECEIPT, received)
    # One signed form serves the stay and its deposits.
    yield _piece(AttachmentKind.CLAIM_FORM, both)
    yield Piece(_("Admission that took place"), stay.admitted, "")


def _of_illness(claim: Claim, received: dict[str, int]) -> Iterator[Piece]:
    lines = list(claim.lines.values_list("care_date", flat=True))
    yield _piece(AttachmentKind.RECEIPT, received)
    yield _lines(len(lines))
    dated = sum(day is not None for day in lines)
    details = _("%(dated)d of %(lines)d") % {"dated": dated, "lines": len(lines)}
    yield Piece(
        _("Day of care of each receipt"), bool(lines) and dated == len(lines), details if lines else ""
    )


def _lines(count: int) -> Piece:
    details = ngettext("%(count)d line", "%(count)d lines", count) % {"count": count} if count else ""
    return Piece(_("Lines of the bill"), count > 0, details)


_PIECES: dict[ClaimKind, Any] = {
    ClaimKind.STAY: _of_stay,
    ClaimKind.DEPOSIT: _of_deposit,
    ClaimKind.SERIOUS_ILLNESS: _of_illness,
}


# --- documents and history ----------------------------------------------------------------------------------


def _document(claim: Claim, attachment: Attachment) -> Row:
    row: Row = {
        "name": attachment.get_kind_display(),
        "state": _("Paper") if attachment.on_paper else _("File"),
        "details": _("received on %(day)s") % {"day": formats.day(attachment.received_on)},
    }
    if attachment.note:
        row["details"] = f"{row['details']}, {attachment.note}"
    if attachment.upload and attachment.upload.removed_at is None:
        row["name"] = f"{attachment.get_kind_display()} ({attachment.upload.original_name})"
        row["url"] = reverse("hospitalisation:case_document", args=[claim.public_id, attachment.public_id])
    return row


def _event(entry: Entry) -> Row:
    who = entry.actor.name if entry.actor else _("the portal")
    parts = [*_changed(entry), note_of(entry)]
    return {
        "state": "past",
        "title": words.action(entry.action, entry.subject_type),
        "when": f"{formats.moment(entry.at)}, {who}",
        "text": ". ".join(part for part in parts if part),
    }


def _changed(entry: Entry) -> Iterator[str]:
    """What an entry changed: the new state in a few words, anything else as before → after."""
    if entry.action == "paper_received":
        # The kind of a document, which the words of a claim do not know.
        kinds = dict(AttachmentKind.choices)
        yield str(kinds.get(entry.changes.get("kind", ["", ""])[1], ""))
        return
    for change in changes_of(entry):
        if change.label and not change.stays and "status" not in entry.changes:
            yield f"{change.label}: {change.before} → {change.after}"
    if "status" in entry.changes:
        yield _("Now: %(status)s") % {"status": Status(entry.changes["status"][1]).label}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
