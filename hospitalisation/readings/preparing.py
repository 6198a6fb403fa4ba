"""A claim that is being prepared: what is done, what lacks, what its bill would bring; nothing is written."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from hospitalisation.deciding import ruled
from hospitalisation.models import Attachment, AttachmentKind, Claim, ClaimKind, ClaimLine, LineKind
from hospitalisation.readings import bill
from hospitalisation.rules import Cover
from hospitalisation.rules.requests import AROUND_STAY
from hospitalisation.services.claims import missing

#: Rows of a bill that a page explains at once; a longer one is explained by its totals and what is remarkable in it.
MOST_EXPLAINED = 200

#: The documents that each claim is asked for, in the order of the page.
DOCUMENTS: dict[str, tuple[AttachmentKind, ...]] = {
    ClaimKind.STAY: (
        AttachmentKind.CLAIM_FORM,
        AttachmentKind.BILL,
        AttachmentKind.RECEIPT,
        AttachmentKind.PHARMACY,
        AttachmentKind.OTHER,
    ),
    ClaimKind.SERIOUS_ILLNESS: (
        AttachmentKind.RECEIPT,
        AttachmentKind.CLAIM_FORM,
        AttachmentKind.OTHER,
    ),
}


class Lack(Struct, frozen=True):
    """What keeps a claim from being sent: a sentence, and the step that mends it."""

    text: str
    step: str


class Explained(Struct, frozen=True):
    """The bill as the rules see it."""

    shown: list[bill.ShownLine]
    totals: list[bill.TotalRow]
    unlawful: list[bill.ShownLine]
    reasons: list[dict[str, Any]]
    obstacles: list[str]
    lines: int

    @property
    def is_cut(self) -> bool:
        """Whether not every line is shown."""
        return self.lines > len(self.shown)


def lines_of(claim: Claim) -> list[ClaimLine]:
    """The lines of a bill in their order."""
    return list(claim.lines.order_by("position"))


def explained(claim: Claim) -> Explained | None:
    """What each line brings by the rules; None while days, room or lines lack."""
    lines = lines_of(claim)
    if not lines or (
        claim.kind == ClaimKind.STAY and not (claim.admission and claim.discharge and claim.room)
    ):
        return None
    ruling = ruled(claim)
    cover = ruling.decision
    assert isinstance(cover, Cover)
    every = bill.explained(lines, cover)
    unlawful = [line for line in every if line.is_unlawful]
    cut = len(every) > MOST_EXPLAINED
    shown = [line for line in every if line.is_flagged or line.is_unlawful][:MOST_EXPLAINED] if cut else every
    return Explained(
        shown=shown,
        totals=bill.totals(cover),
        unlawful=unlawful,
        reasons=bill.in_words(cover.reasons),
        obstacles=ruling.obstacles,
        lines=len(every),
    )


def lacks(claim: Claim, today: date) -> list[Lack]:
    """What keeps a claim from being sent, each with the step that mends it."""
    steps = {
        _("Add the hospital bill, or say that it comes by post."): "documents",
        _("Add the receipts."): "documents",
        _("Enter the lines of the bill."): "lines",
    }
    found = [Lack(text, steps.get(text, "stay")) for text in missing(claim)]
    if claim.kind == ClaimKind.STAY:
        if claim.discharge and claim.discharge > today:
            found.append(Lack(_("The stay is not over yet: send the bill once you have it."), "stay"))
        elif not claim.admitted:
            found.append(Lack(_("Say that the admission has taken place."), "stay"))
    return found


def around_without_day(lines: list[ClaimLine]) -> list[int]:
    """The places, counted from 0, of lines of care before or after the stay that do not say on which day."""
    around = {LineKind(kind) for kind in AROUND_STAY}
    return [place for place, line in enumerate(lines) if line.kind in around and line.care_date is None]


def documents_of(claim: Claim) -> list[Attachment]:
    """The documents of a claim that were not taken away, the oldest first."""
    return list(claim.attachments.filter(removed_at=None).select_related("upload").order_by("pk"))
