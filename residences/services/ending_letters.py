"""The letters about a notice, a death or a departure: who writes to whom, and one for each answer that is new."""

from datetime import datetime

from django.utils.timezone import localdate

from partenamut.accounts.models import User
from partenamut.documents.services import place
from residences.documents.endings import LetterWords, letter_order
from residences.facts import home_terms, occupancy_on, party_of
from residences.models import ContactRole, Convention
from residences.rules import NoticeOutcome
from residences.services.notices import End, Ruling
from residences.text import Party

#: Who is written to after a death, the first there is.
NEAREST = (
    ContactRole.REPRESENTATIVE,
    ContactRole.FAMILY,
    ContactRole.GUARANTOR,
    ContactRole.WELFARE_CENTRE,
)


def order_letter(ruling: Ruling, end: End, *, actor: User, at: datetime) -> None:
    """The letter about an answer that is new, in the language of the convention; none for a notice not given.

    A manager's notice is written once: what follows from a departure stands in the letter about that departure.
    """
    row = ruling.row
    if row.given_by == "manager" and (ruling.outcome is NoticeOutcome.VOID or row.letter_id is not None):
        return
    turn = row.decisions.count()
    wanted = letter_order(words_of(ruling, end, at=at), key=f"residences/ending/{row.public_id}/{turn}")
    row.letter = place(wanted, actor=actor, at=at)
    row.save(update_fields=["letter"])


def words_of(ruling: Ruling, end: End, *, at: datetime) -> LetterWords:
    """What the letter about a notice, a death or a departure tells."""
    row, convention = ruling.row, ruling.row.convention
    by_manager = row.given_by == "manager"
    return LetterWords(
        language=convention.language,
        issued_on=row.sent_on if by_manager else localdate(at),
        home=home_terms(convention.home),
        addressee=addressee_of(convention, died=row.cause == "death"),
        resident=convention.resident.full_name,
        room=room_of(convention, ruling),
        number=convention.number or "",
        signed_on=convention.signed_on or row.sent_on,
        cause=row.cause,
        given_by=row.given_by,
        channel=row.channel,
        reasons=row.reasons,
        facts=ruling.facts,
        decision=ruling.decision,
        due_until=end.due_until,
        indemnity=end.indemnity if end.by and end.by.row.pk == row.pk else ruling.decision.indemnity,
    )


def addressee_of(convention: Convention, *, died: bool = False) -> Party:
    """Whom a letter goes to: the representative, else the resident in the home; after a death a contact or the heirs."""
    if convention.representative is not None:
        return party_of(convention.representative)
    resident = convention.resident
    if died:
        contacts = sorted(resident.contacts.all(), key=lambda one: (NEAREST.index(one.role), one.pk))
        if contacts:
            return party_of(contacts[0])
    home = home_terms(convention.home)
    return Party(resident.full_name, (home.name, *home.address_lines), quality="heirs" if died else "")


def room_of(convention: Convention, ruling: Ruling) -> str:
    """The room that the resident has, or had, on the day of the event."""
    found = occupancy_on(convention, ruling.row.sent_on)
    bed = found.bed if found else convention.bed
    return bed.room.number if bed else ""
