"""The residents of a home: found by name or number, and the page of one of them."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from partenamut.fields import blind_index
from partenamut.identifiers import WrongNumber, parse_niss
from partenamut.registry.history import history_of
from partenamut.registry.names import search_form
from partenamut.web import formats
from residences.models import Contact, Convention, Occupancy, Resident, RestHome
from residences.readings.convention_list import STATUS_TONES
from residences.workflow import ConventionStatus

MOST_FOUND = 50
MOST_WORDS = 5


def residents_of(home: RestHome) -> "QuerySet[Resident]":
    """Everybody with a convention of the home, of whatever state."""
    theirs = Convention.objects.filter(home=home).exclude(status=ConventionStatus.DISCARDED)
    rows: QuerySet[Resident] = Resident.objects.filter(pk__in=theirs.values("resident"))
    return rows


def search(home: RestHome, text: str) -> "QuerySet[Resident]":
    """The residents of a home by NISS, or by words of their names, accents apart; at most `MOST_FOUND`."""
    rows = residents_of(home)
    try:
        found = rows.filter(niss_index=blind_index(parse_niss(text)))
    except WrongNumber:
        words = search_form(text).split()[:MOST_WORDS]
        found = rows if words else rows.none()
        for word in words:
            found = found.filter(search_name__contains=word)
    return found.order_by("search_name", "pk")[:MOST_FOUND]


def found_rows(home: RestHome, people: "QuerySet[Resident]", on: date) -> list[dict[str, Any]]:
    """Residents as the search shows them: who, born when, in which room today, and their conventions."""
    beds = Occupancy.objects.given().on(on).select_related("bed__room")
    conventions = Convention.objects.filter(home=home).exclude(status=ConventionStatus.DISCARDED)
    theirs = Prefetch(
        "conventions",
        conventions.prefetch_related(Prefetch("occupancies", beds, "now")).order_by("-pk"),
        "here",
    )
    return [_found(home, person) for person in people.prefetch_related(theirs)]


def page_of(home: RestHome, resident: Resident) -> dict[str, Any]:
    """What the page of a resident shows."""
    contacts = list(resident.contacts.order_by("role", "name", "pk"))
    conventions = Convention.objects.filter(home=home, resident=resident).select_related("home")
    return {
        "home": home,
        "person": resident,
        "contacts": [_contact(home, one) for one in contacts],
        "conventions": [_convention(one) for one in conventions.order_by("-pk")],
        "history": history_of(resident),
        "here": "residents",
    }


# --- inside -----------------------------------------------------------------------------------------------


def _found(home: RestHome, person: Any) -> dict[str, Any]:
    latest = person.here[0]
    bed = next((one.bed for convention in person.here for one in convention.now), None)
    return {
        "name": f"{person.last_name} {person.first_name}",
        "url": reverse("residences:resident", args=[home.public_id, person.public_id]),
        "birth_date": person.birth_date,
        "niss": formats.masked_niss(person.niss),
        "bed": str(bed) if bed else "–",
        "status": latest.get_status_display(),
        "tone": STATUS_TONES[latest.status],
        "convention": str(latest),
        "convention_url": reverse("residences:convention", args=[home.public_id, latest.public_id]),
    }


def _contact(home: RestHome, row: Contact) -> dict[str, Any]:
    address = [home.public_id, row.resident.public_id, row.public_id]
    return {"row": row, "url": reverse("residences:change_contact", args=address)}


def _convention(row: Convention) -> dict[str, Any]:
    days = formats.period(row.entry, row.ended_on or row.until) if row.entry else _("not yet known")
    return {
        "row": row,
        "url": reverse("residences:convention", args=[row.home.public_id, row.public_id]),
        "days": days,
        "tone": STATUS_TONES[row.status],
    }
