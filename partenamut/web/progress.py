"""How far the issue of many rows and the making of their papers have come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partenamut.web import formats

#: The pace is that of the last minute.
PACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows issued and papers made, of how many; when all is likely to be done."""

    is_issuing: bool
    is_resting: bool
    rows: int
    rows_issued: int
    papers: int
    papers_made: int
    ends_at: datetime | None
    #: Where it stands, in a sentence.
    sentence: str

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
        """Hundredths done, rows and papers together; whole only when all is done."""
        whole = self.rows + self.papers
        if self.is_over or not whole:
            return 100 if self.is_over else 0
        return min(99, 100 * (self.rows_issued + self.papers_made) // whole)

    @property
    def tenth(self) -> int:
        """What is said aloud: every tenth, not every second."""
        return self.percent // 10

    @property
    def ends_text(self) -> str:
        """When it is likely to end; empty while nobody can tell."""
        if self.ends_at is None:
            return ""
        return _("Likely done at %(time)s.") % {"time": f"{localtime(self.ends_at):%H:%M:%S}"}


def likely_end(at: datetime, *, begun: datetime, left: int, done: int) -> datetime | None:
    """When the papers that are left are made, at the pace of those done in the last minute; None if nobody can tell."""
    if left <= 0 or not done:
        return None
    seconds = min(PACE, max(at - begun, timedelta(seconds=1))).total_seconds()
    return at + timedelta(seconds=left * seconds / done)


def still_made(count: int) -> str:
    """How many papers are still being made, in a sentence."""
    return ngettext(
        "%(count)s PDF is still being made: it is not in the file yet.",
        "%(count)s PDFs are still being made: they are not in the file yet.",
        count,
    ) % {"count": formats.number(count)}
