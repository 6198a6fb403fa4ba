"""What stands against a convention: what its draft lacks, a bed that is taken, another convention, a clause that weakens."""

from datetime import date

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partenamut.documents.words import unprintable
from residences.difference import changed_numbers
from residences.facts import NoPrice, price_for, terms_of
from residences.messages import messages
from residences.models import (
    Allowed,
    Amendment,
    ArticleComment,
    Bed,
    BedClosure,
    Convention,
    Edition,
    Occupancy,
    StayKind,
)
from residences.rules.clauses import broken_rules
from residences.text import Text, from_data, written
from residences.workflow import RUNNING

#: Articles whose words follow from another: the notice from the duration, the price from the room.
FOLLOWS = {2: (10,), 3: (4,)}


def clause_errors(text: str) -> list[str]:
    """Which rules of the convention a special clause breaks, in sentences with their article; none where it only adds."""
    said = messages(broken_rules(text), (get_language() or "fr")[:2])
    if unseen := unprintable(text.replace("\r", "")):
        said.append(_("Papers cannot show these characters: %(characters)s") % {"characters": unseen})
    return said


def gaps(convention: Convention, today: date) -> dict[str, str]:
    """What a draft still lacks or has wrong before it can be offered: field -> sentence with its article."""
    found: dict[str, str] = {}
    if convention.entry is None:
        found["entry"] = _("The day of entry is missing (art. 2).")
    if convention.bed is None:
        found["bed"] = _("Choose the room and the bed (art. 3).")
    found.update(_short_stay_gaps(convention))
    if convention.bed is not None and convention.entry is not None:
        found.update(_bed_gaps(convention, convention.bed, convention.entry))
    found.update(_home_gaps(convention, today))
    found.update(_clause_gaps(convention))
    if not found:
        found.update(_closed_gaps(convention, today))
    return found


def latest_edition(case: Convention | Amendment) -> Edition:
    """The text of the convention or amendment that was offered last."""
    texts = Edition.objects.filter(amendment=case if isinstance(case, Amendment) else None)
    return texts.filter(convention=case.convention if isinstance(case, Amendment) else case).latest("turn")


def text_of(convention: Convention, today: date) -> Text:
    """The text of a complete draft as it would be offered today, in the language of the convention."""
    return written(terms_of(convention, today), convention.language)


def bed_error(convention: Convention, bed: Bed, first: date, last: date | None) -> str:
    """Why a bed cannot be given to a convention on these days; empty where it can."""
    in_service = bed.first_day <= first and (
        bed.last_day is None or (last is not None and last <= bed.last_day)
    )
    if not in_service:
        return _("Bed %(bed)s is not in service on all these days (art. 3): choose another bed or day.") % {
            "bed": bed
        }
    if closure := _closed(bed, first, last):
        return _(
            "Bed %(bed)s is out of service from %(first)s (%(why)s): choose another bed or day, or put it back."
        ) % {"bed": bed, "first": f"{closure.first_day:%d/%m/%Y}", "why": closure.because}
    taken = Occupancy.objects.filter(bed=bed).exclude(convention=convention)
    for other in taken.order_by("first_day"):
        if (last is None or other.first_day <= last) and (other.last_day is None or other.last_day >= first):
            return _bed_taken(bed, other)
    return ""


def elsewhere(convention: Convention, first: date, last: date | None) -> str:
    """Why a resident cannot live in the home on these days: another convention runs then; empty where they can."""
    others = Convention.objects.filter(resident=convention.resident, status__in=RUNNING)
    for other in others.exclude(pk=convention.pk).order_by("pk"):
        until = other.ended_on or (other.until if other.kind == StayKind.SHORT else None)
        begins_later = last is not None and other.entry is not None and other.entry > last
        if begins_later or (until is not None and until < first):
            continue
        if other.home_id != convention.home_id:
            return _("The resident still has a convention with another home on these days: it ends first.")
        return _("The resident has a convention that still runs, %(number)s: end that one first.") % {
            "number": other
        }
    return ""


# --- inside -----------------------------------------------------------------------------------------------


def _short_stay_gaps(convention: Convention) -> dict[str, str]:
    if convention.kind != StayKind.SHORT:
        return {}
    found = {}
    if Allowed.SHORT_STAY not in convention.home.allowed:
        found["kind"] = _("The operating title of the home does not allow short stays (art. 2).")
    if convention.until is None:
        found["until"] = _("A short stay has a last day (art. 2).")
    elif convention.entry is not None and convention.until < convention.entry:
        found["until"] = _("The short stay ends before the day of entry (art. 2).")
    if not (convention.respite or convention.rehabilitation):
        found["respite"] = _("Say whether the short stay is for respite, rehabilitation or both (art. 2).")
    return found


def _bed_gaps(convention: Convention, bed: Bed, entry: date) -> dict[str, str]:
    last = convention.until if convention.kind == StayKind.SHORT else None
    wrong = bed_error(convention, bed, entry, last)
    if wrong:
        return {"bed": wrong}
    return {"entry": said} if (said := elsewhere(convention, entry, last)) else {}


def _home_gaps(convention: Convention, today: date) -> dict[str, str]:
    """What the home must enter first, and what the resident's side still waits for."""
    found = {}
    if convention.bed is not None:
        try:
            price_for(convention, convention.bed.room.room_type, today)
        except NoPrice:
            found["bed"] = _("This room type has no price today (art. 4 §1): enter its price first.")
    if not convention.home.included.on(today).exists():
        found["home"] = _(
            "The list of what the price includes is empty (art. 4 §2): fill it in for the home first."
        )
    remarks = ArticleComment.objects.filter(
        edition__convention=convention, edition__amendment=None, answer=""
    )
    if remarks.exists():
        found["remarks"] = _("A remark of the resident's side is still without an answer.")
    return found


def _clause_gaps(convention: Convention) -> dict[str, str]:
    texts = convention.clauses.order_by("position").values_list("text", flat=True)
    wrong = [sentence for text in texts for sentence in clause_errors(text)]
    return {"clauses": " ".join(wrong)} if wrong else {}


def _closed_gaps(convention: Convention, today: date) -> dict[str, str]:
    """After a remark: the articles that nobody opened and that say something else all the same."""
    if not convention.open_articles:
        return {}
    offered = from_data(latest_edition(convention).content)
    opened = {number for one in convention.open_articles for number in (one, *FOLLOWS.get(one, ()))}
    others = set(changed_numbers(offered, text_of(convention, today))) - opened
    if not others:
        return {}
    return {
        "articles": _(
            "Since the offer the data of the home or of the resident have changed, and article %(articles)s would say "
            "something else too: open all the articles, or put the data back."
        )
        % {"articles": ", ".join(str(number) for number in sorted(others))}
    }


def _closed(bed: Bed, first: date, last: date | None) -> BedClosure | None:
    """The first days out of service that meet days of a stay."""
    until = Q(first_day__lte=last) if last else Q()
    closures = bed.closures.filter(until, Q(last_day=None) | Q(last_day__gte=first))
    found: BedClosure | None = closures.order_by("first_day").first()
    return found


def _bed_taken(bed: Bed, other: Occupancy) -> str:
    if other.last_day is None:
        return _(
            "Bed %(bed)s is given to %(resident)s from %(first)s (art. 3): the room is full, choose another bed or day."
        ) % {"bed": bed, "resident": other.convention.resident, "first": f"{other.first_day:%d/%m/%Y}"}
    return _(
        "Bed %(bed)s is given to %(resident)s from %(first)s to %(last)s (art. 3): choose another bed or day."
    ) % {
        "bed": bed,
        "resident": other.convention.resident,
        "first": f"{other.first_day:%d/%m/%Y}",
        "last": f"{other.last_day:%d/%m/%Y}",
    }
