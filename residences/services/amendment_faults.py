"""What stands against an amendment, in sentences with their articles: its first day, what it sets, what is open."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from partenamut.sentences import day as written_day
from residences.amending import (
    SETS,
    bed_of,
    content_of,
    guarantors_of,
    held,
    move_of,
    representative_of,
    signed_ones,
    supplements_of,
    until_of,
)
from residences.facts import NoPrice, occupancy_on
from residences.models import (
    Allowed,
    Amendment,
    AmendmentKind,
    ArticleComment,
    ContactRole,
    Convention,
    StayKind,
)
from residences.rules import parameters
from residences.services.conventions import bed_error, clause_errors, elsewhere
from residences.workflow import RUNNING, ConventionStatus

ONE_DAY = timedelta(days=1)


def kind_fault(convention: Convention, kind: str) -> str:
    """Why a convention cannot be amended in this way now; empty where it can."""
    if convention.status not in RUNNING:
        return _("Only a signed convention that still runs is amended (art. 1).")
    if kind != AmendmentKind.PROLONGATION:
        return ""
    if convention.kind != StayKind.SHORT or convention.until is None:
        return _("Only a short stay is prolonged: this convention is of indefinite duration (art. 2).")
    if convention.status == ConventionStatus.NOTICE_GIVEN:
        return _("A notice is running: withdraw it first, then prolong the stay (art. 10).")
    return ""


def day_fault(convention: Convention, kind: str, day: date, today: date) -> str:
    """Why an amendment of a kind cannot begin on a day; empty where it can."""
    return (
        _past_or_far(kind, day, today) or stay_fault(convention, kind, day) or _later(convention, kind, day)
    )


def stay_fault(convention: Convention, kind: str, day: date) -> str:
    """Why a day lies outside of the stay that an amendment changes; empty where it does not."""
    if convention.entry is not None and day < convention.entry:
        return _("The resident enters on %(day)s: the amendment begins on that day or later (art. 2).") % {
            "day": written_day(convention.entry)
        }
    last = last_day_of(convention)
    if last is None or kind == AmendmentKind.PROLONGATION or day <= last:
        return ""
    return _("The convention ends on %(day)s: the amendment begins on that day or earlier (art. 2).") % {
        "day": written_day(last)
    }


def last_day_of(convention: Convention) -> date | None:
    """The last day of the stay as far as it is known: of a short stay, or that the bed is given until."""
    if convention.ended_on is not None:
        return convention.ended_on
    place = occupancy_on(convention, date.max)
    known = [
        place.last_day if place else None,
        convention.until if convention.kind == StayKind.SHORT else None,
    ]
    return min((day for day in known if day is not None), default=None)


def late_fault(amendment: Amendment, signed_on: date) -> str:
    """Why an amendment cannot be signed on a day any more; empty where it can."""
    if signed_on <= amendment.effective_on + _grace(amendment.kind):
        return ""
    if amendment.kind == AmendmentKind.PROLONGATION:
        return _over()
    return _(
        "The amendment begins on %(day)s and was not signed by then: the home takes it back to the draft and gives it "
        "a later first day (art. 1)."
    ) % {"day": written_day(amendment.effective_on)}


def gaps(amendment: Amendment, today: date) -> dict[str, str]:
    """What an amendment still lacks or has wrong before it can be offered: field -> sentence with its article."""
    convention = amendment.convention
    if wrong := kind_fault(convention, amendment.kind):
        return {"kind": wrong}
    found = {
        "effective_on": day_fault(convention, amendment.kind, amendment.effective_on, today),
        SETS[amendment.kind]: content_fault(amendment),
        "remarks": _open_remark(amendment),
    }
    found = {name: sentence for name, sentence in found.items() if sentence}
    if not found and not content_of(amendment)["changed"]:
        found[SETS[amendment.kind]] = _(
            "Nothing changes yet: say what is to be different from the first day on."
        )
    return found


def content_fault(amendment: Amendment) -> str:
    """Why what an amendment sets cannot be agreed; empty where it can."""
    return _CONTENT[SETS[amendment.kind]](amendment)


# --- inside -----------------------------------------------------------------------------------------------


def _grace(kind: str) -> timedelta:
    """How long after its first day an amendment may still be written down and signed."""
    if kind == AmendmentKind.PROLONGATION:
        # The stay ends in the night after its last day.
        return -ONE_DAY
    return timedelta(days=parameters.HEALTH_MOVE_DAYS if kind == AmendmentKind.ROOM_HEALTH else 0)


def _over() -> str:
    return _("A short stay is prolonged on its last day at the latest (art. 2): write a new convention.")


def _past_or_far(kind: str, day: date, today: date) -> str:
    if day > today + timedelta(days=parameters.AMENDMENT_DAYS_AHEAD):
        return _("The first day lies more than a year ahead: choose an earlier one.")
    if day >= today - _grace(kind):
        return ""
    if kind == AmendmentKind.PROLONGATION:
        return _over()
    if kind == AmendmentKind.ROOM_HEALTH:
        return _(
            "A change of room for reasons of health is written down within %(days)d days: choose a later first day."
        ) % {"days": parameters.HEALTH_MOVE_DAYS}
    return _("The first day has passed: an amendment begins today or later (art. 1).")


def _later(convention: Convention, kind: str, day: date) -> str:
    other = signed_ones(convention, kind).filter(effective_on__gt=day).last()
    if other is None:
        return ""
    return _(
        "Amendment %(turn)d is signed and changes the same from %(day)s: choose that day or a later one (art. 1)."
    ) % {"turn": other.turn, "day": written_day(other.effective_on)}


def _open_remark(amendment: Amendment) -> str:
    open_remarks = ArticleComment.objects.filter(edition__amendment=amendment, answer="")
    return _("A remark of the resident's side is still without an answer.") if open_remarks.exists() else ""


def _bed(amendment: Amendment) -> str:
    convention, day = amendment.convention, amendment.effective_on
    if amendment.sets["bed"] == held(convention, amendment.kind, day):
        return _("Choose another bed than the one the resident has on that day (art. 3).")
    bed, place = bed_of(amendment), occupancy_on(convention, day)
    if bed.room.home_id != convention.home_id:
        return _("Choose a bed of this home.")
    if wrong := bed_error(convention, bed, day, place.last_day if place else None):
        return wrong
    try:
        move_of(amendment)
    except NoPrice:
        return _("This room type has no price on that day (art. 4 §1): enter its price first.")
    return ""


def _supplements(amendment: Amendment) -> str:
    for supplement in supplements_of(amendment):
        if supplement.home_id != amendment.convention.home_id:
            return _("Choose supplements of this home.")
        if not supplement.prices.on(amendment.effective_on).exists():
            return _("%(supplement)s has no price on that day (art. 4 §3): enter its price first.") % {
                "supplement": supplement
            }
    return ""


def _representative(amendment: Amendment) -> str:
    person = representative_of(amendment)
    if person is None:
        return ""
    own = person.resident_id == amendment.convention.resident_id and person.role == ContactRole.REPRESENTATIVE
    return "" if own else _("Choose a representative among the contacts of the resident.")


def _guarantors(amendment: Amendment) -> str:
    own = amendment.convention.resident_id
    people = guarantors_of(amendment)
    if all(one.resident_id == own and one.role == ContactRole.GUARANTOR for one in people):
        return ""
    return _("Choose guarantors among the contacts of the resident.")


def _clauses(amendment: Amendment) -> str:
    for place, text in enumerate(amendment.sets["clauses"], 1):
        for wrong in clause_errors(text):
            return _("Clause %(place)d: %(why)s") % {"place": place, "why": wrong}
    return ""


def _until(amendment: Amendment) -> str:
    convention = amendment.convention
    if Allowed.SHORT_STAY not in convention.home.allowed:
        return _("The operating title of the home does not allow short stays (art. 2).")
    until, now = until_of(amendment), convention.until
    if now is None or until <= now:
        return _("The stay is prolonged to a day after %(day)s (art. 2).") % {
            "day": written_day(now) if now else ""
        }
    place, first = occupancy_on(convention, now), now + ONE_DAY
    taken = bed_error(convention, place.bed, first, until) if place else ""
    return taken or elsewhere(convention, first, until)


_CONTENT: Mapping[str, Callable[[Amendment], str]] = {
    "bed": _bed,
    "supplements": _supplements,
    "representative": _representative,
    "guarantors": _guarantors,
    "clauses": _clauses,
    "until": _until,
}
