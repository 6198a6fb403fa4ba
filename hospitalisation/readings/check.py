"""The check of a bill that nobody keeps: lines, what is not owed, kinds, and pages of a long bill."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from hospitalisation.documents.contest import ContestedLine
from hospitalisation.facts import bill_line, terms_on
from hospitalisation.models import ClaimLine
from hospitalisation.readings.bill import KindSum, ShownLine, TotalRow, by_kind, explained, in_words, totals
from hospitalisation.rules import BillLine, Cover, HospitalCover, cover
from hospitalisation.services.bill_file import Spared
from partenamut.law import Article
from partenamut.money import ZERO, total
from partenamut.web.formats import euros

#: A bill with more lines is shown by kind, with what is to be looked at first.
SHORT = 100
PAGE = 100


@dataclass(frozen=True)
class CheckedBill:
    """A bill with what the rules say of it, in the active language."""

    facts: HospitalCover
    lines: Sequence[ClaimLine]
    cover: Cover
    #: 0: what is to be looked at first; from 1 on: the pages of all lines.
    page: int

    @cached_property
    def all_lines(self) -> list[ShownLine]:
        """Every line explained."""
        return explained(self.lines, self.cover)

    @property
    def is_long(self) -> bool:
        """Whether it has more lines than one reads at once."""
        return len(self.lines) > SHORT

    @property
    def pages(self) -> int:
        """Pages of all lines."""
        return -(-len(self.lines) // PAGE)

    @property
    def flagged(self) -> int:
        """How many lines are to be looked at."""
        return sum(line.is_flagged for line in self.all_lines)

    @property
    def shown(self) -> list[ShownLine]:
        """The lines of the page."""
        lines = self.all_lines
        if not self.is_long:
            return lines
        if self.page:
            return lines[(self.page - 1) * PAGE : self.page * PAGE]
        return [line for line in lines if line.is_flagged][:PAGE]

    @property
    def first(self) -> int:
        """The number of the first line of the page."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last line of the page."""
        return min(self.page * PAGE, len(self.lines))

    @property
    def kinds(self) -> list[KindSum]:
        """The sums of each kind."""
        return by_kind(self.lines, self.cover)

    @property
    def kind_rows(self) -> list[list[object]]:
        """The same as rows of a table."""
        return [
            [
                f"{kind.kind} ({kind.lines})",
                *(
                    euros(getattr(kind, name))
                    for name in ("billed", "mandatory", "insurance", "patient", "unlawful")
                ),
            ]
            for kind in self.kinds
        ]

    @property
    def totals(self) -> list[TotalRow]:
        """The sums of the bill."""
        return totals(self.cover)

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Every rule that was looked at."""
        return in_words(self.cover.reasons)

    @property
    def contested(self) -> tuple[ContestedLine, ...]:
        """The lines that nobody owes."""
        return tuple(
            ContestedLine(
                place, line.kind, line.label, answer.unlawful, "agreed_doctor_supplement" in answer.flags
            )
            for place, (line, answer) in enumerate(zip(self.lines, self.cover.lines, strict=True), 1)
            if answer.unlawful
        )

    @property
    def not_owed(self) -> Decimal:
        """Euros that nobody owes."""
        return total(line.amount for line in self.contested)

    @property
    def articles(self) -> tuple[Article, ...]:
        """Where the rules stand that the contested lines break."""
        codes = ("bill.shared_room", "bill.agreed_doctor")
        return tuple(reason.article for reason in self.cover.reasons if reason.code in codes)


def kind_columns() -> list[dict[str, object]]:
    """The heads of the table by kind."""
    names = (_("Billed"), _("Compulsory insurance"), _("Hospital insurance"), _("For you"), _("Nobody owes"))
    return [{"label": _("Kind (lines)")}, *({"label": name, "numeric": True} for name in names)]


def rule_lines(lines: Sequence[ClaimLine], spared: Spared) -> tuple[BillLine, ...]:
    """The lines as the rules read them; what changes nothing is put at nothing."""
    return tuple(bill_line(_filled(line, spared.fields(line.kind))) for line in lines)


def _filled(line: ClaimLine, spared: frozenset[str]) -> ClaimLine:
    missing = {
        name: value for name, value in _NOTHING.items() if name in spared and getattr(line, name) is None
    }
    if not missing:
        return line
    filled = copy(line)
    for name, value in missing.items():
        setattr(filled, name, value)
    return filled


_NOTHING: dict[str, object] = {"quantity": 0, "inami_tariff": ZERO, "doctor_agreed": False}


def checked(facts: HospitalCover, lines: Sequence[ClaimLine], *, page: int = 0) -> CheckedBill:
    """A bill with what the rules say of it, by the figures of its day of admission; one query."""
    answer = cover(facts, terms_on(facts.admission)[facts.tier])
    bill = CheckedBill(facts, lines, answer, 0)
    wanted = min(max(page, 0), bill.pages)
    # A long bill without anything to look at begins with its first lines.
    if not wanted and bill.is_long and not bill.flagged:
        wanted = 1
    return CheckedBill(facts, lines, answer, wanted)
