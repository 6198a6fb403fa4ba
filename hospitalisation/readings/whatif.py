"""The same bill under another insurance, room or doctor, side by side; nothing is written."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct, structs

from hospitalisation import messages
from hospitalisation.facts import terms_on
from hospitalisation.models import ClaimLine
from hospitalisation.readings.bill import in_words
from hospitalisation.rules import Cover, CoverLine, HospitalCover, Tier, cover

#: What is supposed about the doctors and the franchise list: as it is, all or listed, none or not listed.
AS_IS, YES, NO = "as_is", "yes", "no"


class Side(Struct, frozen=True):
    """What becomes of a line, or of the whole bill, on one side."""

    insurance: Decimal
    patient: Decimal
    unlawful: Decimal
    #: What is to be said of it, in a few words each.
    flags: tuple[str, ...] = ()


class Line(Struct, frozen=True):
    """A line of the bill, or a sum of it, on both sides."""

    label: str
    billed: Decimal
    mandatory: Decimal
    as_is: Side
    supposed: Side

    @property
    def difference(self) -> Decimal:
        """Euros that the patient pays more on the supposed side; less than zero where they pay less."""
        return self.supposed.patient - self.as_is.patient

    @property
    def differs(self) -> bool:
        """Whether the two sides say different things."""
        return self.as_is != self.supposed


class Comparison(Struct, frozen=True):
    """Both sides of a bill: line by line, in total, and with their reasons in words."""

    titles: tuple[str, str]
    lines: list[Line]
    total: Line
    #: What was taken off on each side: label, as it is, supposed.
    taken_off: list[tuple[str, Decimal, Decimal]]
    reasons: tuple[list[dict[str, Any]], list[dict[str, Any]]]

    @property
    def differs(self) -> bool:
        """Whether anything differs."""
        return self.total.differs or any(line.differs for line in self.lines)


def suppose(facts: HospitalCover, changes: dict[str, Any]) -> HospitalCover:
    """The facts with what is supposed of them; what is not named stays."""
    lines = facts.lines
    if changes.get("doctor", AS_IS) != AS_IS:
        agreed = changes["doctor"] == YES
        lines = tuple(
            structs.replace(line, doctor_agreed=agreed) if line.kind in ("fee", "fee_supplement") else line
            for line in lines
        )
    values: dict[str, Any] = {"lines": lines}
    if changes.get("tier"):
        values["tier"] = Tier(changes["tier"])
    if changes.get("room"):
        values["room"] = changes["room"]
    if changes.get("franchise", AS_IS) != AS_IS:
        values["hospital_has_franchise"] = changes["franchise"] == YES
    if changes.get("used") is not None:
        values["intervention_used_this_year"] = changes["used"]
    return structs.replace(facts, **values)


def compare(facts: HospitalCover, supposed: HospitalCover, lines: Sequence[ClaimLine]) -> Comparison:
    """The bill decided on both sides, by the figures of the day of admission; one query."""
    terms = terms_on(facts.admission)
    left, right = cover(facts, terms[facts.tier]), cover(supposed, terms[supposed.tier])
    return Comparison(
        titles=(_title(facts), _title(supposed)),
        lines=[
            Line(
                f"{place}. {messages.kind(line.kind)}{f' ({line.label})' if line.label else ''}",
                line.billed,
                one.mandatory,
                _side(one),
                _side(other),
            )
            for place, (line, one, other) in enumerate(zip(lines, left.lines, right.lines, strict=True), 1)
        ],
        total=Line(
            _("Total after franchise and ceiling"),
            left.totals.billed,
            left.totals.mandatory,
            _whole(left),
            _whole(right),
        ),
        taken_off=[
            (_("Franchise"), left.totals.franchise, right.totals.franchise),
            (_("Beyond the ceiling of the year"), left.totals.over_ceiling, right.totals.over_ceiling),
        ],
        reasons=(in_words(left.reasons), in_words(right.reasons)),
    )


def _title(facts: HospitalCover) -> str:
    return _("%(tier)s, %(room)s") % {
        "tier": messages.tier(facts.tier),
        "room": messages.room(facts.room),
    }


def _side(line: CoverLine) -> Side:
    return Side(
        line.insurance, line.patient, line.unlawful, tuple(messages.flag(flag) for flag in line.flags)
    )


def _whole(answer: Cover) -> Side:
    return Side(answer.totals.insurance, answer.totals.patient, answer.totals.unlawful)
