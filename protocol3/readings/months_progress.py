"""How far the issue of a month and the making of its papers have come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partenamut.web import formats
from protocol3.models import Closing, ShareStatus
from protocol3.services import papers
from protocol3.workflow import SETTLED, ClosingStatus

#: The pace is that of the last minute.
PACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """Notes issued and papers made, of how many; when all is likely to be done."""

    is_issuing: bool
    is_resting: bool
    notes: int
    notes_issued: int
    papers: int
    papers_made: int
    ends_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to wait for."""
        return not self.is_issuing and self.papers_made >= self.papers

    @property
    def is_moving(self) -> bool:
        """Whether it is worth asking again."""
        return not self.is_over and not self.is_resting

    @property
    def papers_missing(self) -> int:
        """Papers still to be made."""
        return max(0, self.papers - self.papers_made)

    @property
    def percent(self) -> int:
        """Hundredths done, notes and papers together; whole only when all is done."""
        whole = self.notes + self.papers
        if self.is_over or not whole:
            return 100 if self.is_over else 0
        return min(99, 100 * (self.notes_issued + self.papers_made) // whole)

    @property
    def tenth(self) -> int:
        """What is said aloud: every tenth, not every second."""
        return self.percent // 10

    @property
    def sentence(self) -> str:
        """Where it stands, in a sentence."""
        values = {
            "issued": formats.number(self.notes_issued),
            "notes": formats.number(self.notes),
            "made": formats.number(self.papers_made),
            "papers": formats.number(self.papers),
        }
        return (
            _("%(issued)s of %(notes)s individual notes are issued, %(made)s of %(papers)s PDFs are made.")
            % values
        )

    @property
    def ends_text(self) -> str:
        """When it is likely to end; empty while nobody can tell."""
        if self.ends_at is None:
            return ""
        return _("Likely done at %(time)s.") % {"time": f"{localtime(self.ends_at):%H:%M:%S}"}


def progress_of(closing: Closing, at: datetime) -> Progress:
    """How far a closing has come."""
    wanted = closing.shares.exclude(status=ShareStatus.REFUSED)
    notes = wanted.aggregate(sum=Sum("notes"))["sum"] or 0
    issued = wanted.filter(status=ShareStatus.ISSUED)
    notes_issued = issued.aggregate(sum=Sum("notes"))["sum"] or 0
    is_issuing = closing.status == ClosingStatus.ISSUING
    counted = wanted if is_issuing else issued
    whole = (notes if is_issuing else notes_issued) + counted.count()
    made = papers.made(closing)
    return Progress(
        is_issuing=is_issuing,
        is_resting=closing.status not in (ClosingStatus.ISSUING, *SETTLED),
        notes=notes if is_issuing else notes_issued,
        notes_issued=notes_issued,
        papers=whole,
        papers_made=made,
        ends_at=_end(closing, at, left=whole - made),
    )


def _end(closing: Closing, at: datetime, *, left: int) -> datetime | None:
    """When the papers are made at the pace of the last minute."""
    done = papers.made_since(closing, at - PACE)
    if left <= 0 or not done:
        return None
    begun = closing.finished_at or closing.started_at or at
    seconds = min(PACE, max(at - begun, timedelta(seconds=1))).total_seconds()
    return at + timedelta(seconds=left * seconds / done)


def still_made(count: int) -> str:
    """How many papers are still being made, in a sentence."""
    return ngettext(
        "%(count)s PDF is still being made: it is not in the file yet.",
        "%(count)s PDFs are still being made: they are not in the file yet.",
        count,
    ) % {"count": formats.number(count)}
