"""A bill explained line by line: who pays what, what is not owed, what to do, and the rule each line rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hospitalisation import messages
from hospitalisation.models import ClaimLine
from hospitalisation.rules import Cover, CoverLine, Measure
from hospitalisation.rules.lines import UNLAWFUL_FLAGS
from partenamut.law import Reason
from partenamut.money import total
from partenamut.web.formats import euros

#: Flags that somebody has to look at or do something about.
_LOOK_AT = UNLAWFUL_FLAGS | {"figure_missing", "abroad", "outside_days", "no_option"}


@dataclass(frozen=True)
class ShownLine:
    """A line of a bill as a page shows it, in the active language."""

    number: int
    kind: str
    label: str
    billed: Decimal
    mandatory: Decimal
    insurance: Decimal
    patient: Decimal
    unlawful: Decimal
    #: What is to be said of it, in a few words each.
    flags: list[str]
    #: What to do about it, in sentences.
    to_do: list[str]
    rule: str
    source: str
    #: Nobody owes it.
    is_unlawful: bool
    #: Somebody has to look at it.
    is_flagged: bool

    @property
    def tone(self) -> str:
        """The colour of its marks; the words say the same."""
        return "error" if self.is_unlawful else "warning" if self.is_flagged else "neutral"


@dataclass(frozen=True)
class TotalRow:
    """A sum of the bill with a remark, in the active language."""

    label: str
    amount: Decimal
    note: str = ""
    is_main: bool = False
    is_unlawful: bool = False


@dataclass(frozen=True)
class KindSum:
    """The lines of a kind summed up."""

    kind: str
    lines: int
    billed: Decimal
    mandatory: Decimal
    insurance: Decimal
    patient: Decimal
    unlawful: Decimal


def explained(lines: Sequence[ClaimLine], cover: Cover) -> list[ShownLine]:
    """Each line with its amounts, flags, what to do and its rule; the insurance before franchise and ceiling."""
    rules = _Rules(cover)
    kinds = _kinds(lines)
    return [
        _shown(place, line, answer, kinds[line.kind], rules)
        for place, (line, answer) in enumerate(zip(lines, cover.lines, strict=True), 1)
    ]


def totals(cover: Cover, *, for_patient: bool = True) -> list[TotalRow]:
    """The sums of the bill: billed is what the compulsory insurance, the insurance and the patient pay, and what nobody owes.

    They speak to the patient, or of the patient to somebody else.
    """
    sums = cover.totals
    rows = [
        TotalRow(_("Billed"), sums.billed, is_main=True),
        TotalRow(_("The compulsory insurance pays"), sums.mandatory),
        TotalRow(_("The hospital insurance pays"), sums.insurance, _taken_off(cover)),
    ]
    if sums.unlawful:
        note = _("Do not pay it: the law forbids it.") if for_patient else _("The law forbids it.")
        rows.append(TotalRow(_("Nobody owes"), sums.unlawful, note, is_unlawful=True))
    left = _("You pay") if for_patient else _("The patient pays")
    return [*rows, TotalRow(left, sums.patient, is_main=True)]


def by_kind(lines: Sequence[ClaimLine], cover: Cover) -> list[KindSum]:
    """The sums of each kind of line that the bill has, in the order in which they come up."""
    grouped: dict[str, list[tuple[ClaimLine, CoverLine]]] = {}
    for line, answer in zip(lines, cover.lines, strict=True):
        grouped.setdefault(line.kind, []).append((line, answer))
    return [
        KindSum(
            messages.kind(kind),
            len(pairs),
            total(line.billed for line, _answer in pairs),
            total(answer.mandatory for _line, answer in pairs),
            total(answer.insurance for _line, answer in pairs),
            total(answer.patient for _line, answer in pairs),
            total(answer.unlawful for _line, answer in pairs),
        )
        for kind, pairs in grouped.items()
    ]


def in_words(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as sentences in the active language, with their sources."""
    return [
        {
            "met": reason.met,
            "state": messages.state(reason.code, reason.met),
            "condition": messages.condition(reason.code),
            "message": messages.message(reason),
            "source": messages.source(reason.article),
        }
        for reason in reasons
    ]


# --- inside


def _taken_off(cover: Cover) -> str:
    sums = cover.totals
    notes = []
    if sums.franchise:
        notes.append(_("after the franchise of %(amount)s") % {"amount": euros(sums.franchise)})
    if sums.over_ceiling:
        notes.append(
            _("%(amount)s lies beyond the ceiling of the year") % {"amount": euros(sums.over_ceiling)}
        )
    notes += [
        messages.message(reason) for reason in cover.reasons if reason.code == "cover.franchise_unknown"
    ]
    if any("figure_missing" in line.flags for line in cover.lines):
        notes.append(_("without the lines whose figure is not known yet"))
    return "; ".join(notes)


def _kinds(lines: Iterable[ClaimLine]) -> dict[str, str]:
    return {kind: messages.kind(kind) for kind in {line.kind for line in lines}}


def _shown(number: int, line: ClaimLine, answer: CoverLine, kind: str, rules: "_Rules") -> ShownLine:
    rule, source = rules.of(answer)
    return ShownLine(
        number=number,
        kind=kind,
        label=line.label,
        billed=line.billed,
        mandatory=answer.mandatory,
        insurance=answer.insurance,
        patient=answer.patient,
        unlawful=answer.unlawful,
        flags=[messages.flag(flag) for flag in answer.flags],
        to_do=[sentence for flag in answer.flags if (sentence := messages.what_to_do(flag))],
        rule=rule,
        source=source,
        is_unlawful=bool(answer.unlawful) or not UNLAWFUL_FLAGS.isdisjoint(answer.flags),
        is_flagged=not _LOOK_AT.isdisjoint(answer.flags),
    )


class _Rules:
    """The sentences of the rules that lines rest on; each is made once, however long the bill is."""

    def __init__(self, cover: Cover) -> None:
        self._reasons = {reason.code: reason for reason in cover.reasons}
        self._figures: dict[tuple[object, ...], tuple[str, str]] = {}
        self._missing = {
            dict(reason.figures).get("name"): reason
            for reason in cover.reasons
            if reason.code == "cover.figure_missing"
        }

    def of(self, answer: CoverLine) -> tuple[str, str]:
        """The rule of a line in a sentence, and its source."""
        key = (answer.figure, *answer.flags)
        if key not in self._figures:
            self._figures[key] = self._said(answer)
        return self._figures[key]

    def _said(self, answer: CoverLine) -> tuple[str, str]:
        if "unlawful_supplement" in answer.flags:
            return self._law(
                "bill.shared_room",
                _("In a common or double room neither the room nor a doctor may cost a supplement."),
            )
        if "agreed_doctor_supplement" in answer.flags:
            return self._law(
                "bill.agreed_doctor", _("A doctor who has agreed to the tariffs asks no supplement.")
            )
        code = "cover.abroad" if "abroad" in answer.flags else "cover.no_option"
        if answer.figure is None:
            return self._first("cover.none", "cover.waiting")
        if answer.figure in self._missing and "abroad" not in answer.flags:
            return self._of(self._missing[answer.figure])
        if code.removeprefix("cover.") in answer.flags:
            return self._first(code)
        return self._of_figure(self._reasons.get(f"cover.{answer.figure.value}"))

    def _law(self, code: str, sentence: str) -> tuple[str, str]:
        reason = self._reasons.get(code)
        return sentence, messages.source(reason.article) if reason else ""

    def _first(self, *codes: str) -> tuple[str, str]:
        return next((self._of(self._reasons[code]) for code in codes if code in self._reasons), ("", ""))

    @staticmethod
    def _of(reason: Reason) -> tuple[str, str]:
        return messages.message(reason), messages.source(reason.article)

    @staticmethod
    def _of_figure(reason: Reason | None) -> tuple[str, str]:
        if reason is None:
            return "", ""
        figures = dict(reason.figures)
        limit = messages.measured(str(figures["measure"]), figures["value"])  # type: ignore[arg-type]
        name = messages.figure_name(reason.code.removeprefix("cover."))
        pays_nothing = figures["measure"] == Measure.NOTHING
        text = (
            _("%(figure)s: the insurance pays nothing.")
            if pays_nothing
            else _("%(figure)s: the insurance pays %(limit)s.")
        )
        sentence = text % {"figure": name, "limit": limit}
        return sentence, messages.source(reason.article)
