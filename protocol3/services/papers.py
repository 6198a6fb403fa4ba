"""The documents of notes and recapitulative notes: ordered from the frozen rows, found by their keys, made by workers.

They are no rows of their own. `Recap.said` holds `project` (see `project_words`), `insurer` (code, name and
address_lines; of a repayment those of INAMI, with an empty code) and `signatory`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Value
from django.db.models.functions import Mod
from django.utils.translation import override

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents import making
from partenamut.documents.models import Document, Rendered
from partenamut.documents.services import Order, bytes_of, place
from protocol3.deciding import month_end
from protocol3.documents import (
    Kind,
    LineWords,
    NoteWords,
    ProjectWords,
    RecapLine,
    RecapWords,
    note_order,
    recap_order,
    service_name,
)
from protocol3.models import Closing, Note, NoteLine, Recap, RecapKind
from protocol3.workflow import ClosingStatus

NOTE_KEY, RECAP_KEY = "protocol3/note/", "protocol3/recap/"
#: Notes ordered and rendered by one task; about a second of work.
MADE_TOGETHER = 50
#: Tasks of one closing that work beside each other.
PARTS = 4
#: Papers that nothing was made of for so long are rung for again.
STANDS_STILL = timedelta(minutes=1)

_KINDS: dict[RecapKind, Kind] = {
    RecapKind.INVOICE: "invoice",
    RecapKind.CORRECTION: "correction",
    RecapKind.REPAYMENT: "repayment",
}

#: States in which the workers leave the papers of a closing alone.
_AT_REST = (ClosingStatus.INTERRUPTED, ClosingStatus.CHECKED, ClosingStatus.DISCARDED)


def key_of(paper: Note | Recap) -> str:
    """The key of the document of a note."""
    return f"{NOTE_KEY if isinstance(paper, Note) else RECAP_KEY}{paper.public_id}"


def document_of(paper: Note | Recap) -> Document | None:
    """The document of a note; None while nobody has ordered it."""
    found: Document | None = Document.objects.filter(key=key_of(paper)).first()
    return found


def paper_of(paper: Note | Recap, *, at: datetime) -> Rendered:
    """The PDF of a note or recapitulative note: made now if no worker has made it yet."""
    with transaction.atomic():
        document = document_of(paper) or place(order_of(paper), actor=None, at=at)
        return bytes_of(document, at=at)


def order_of(paper: Note | Recap) -> Order:
    """What is ordered for a note, in the language of its project."""
    return recap_paper(paper) if isinstance(paper, Recap) else note_paper(paper)


def note_paper(note: Note) -> Order:
    """What is ordered for an individual note."""
    recap, said = note.recap, note.recap.said
    language = said["project"]["language"]
    words = NoteWords(
        number=note.number,
        issued_on=recap.issued_on,
        project=_project(said),
        last_name=note.last_name,
        first_name=note.first_name,
        registration_number=note.registration_number,
        month=recap.month,
        lines=tuple(_line(line, language) for line in _lines(note)),
        total=note.total,
        language=language,
        corrects=note.corrects.number if note.corrects else "",
        reason=_reason(note, language),
    )
    return note_order(words, key_of(note))


def recap_paper(recap: Recap) -> Order:
    """What is ordered for a recapitulative note."""
    said = recap.said
    notes = recap.notes.order_by("pk").only("number", "first_name", "last_name", "niss", "total", "recap")
    words = RecapWords(
        number=recap.number,
        issued_on=recap.issued_on,
        project=_project(said),
        recipient_name=said["insurer"]["name"],
        recipient_address_lines=tuple(said["insurer"]["address_lines"]),
        insurer_code=said["insurer"]["code"],
        first_day=recap.month,
        last_day=month_end(recap.month),
        notes=tuple(RecapLine(note.number, _listed(note), note.niss, note.total) for note in notes),
        services_total=recap.services_total,
        allowance_total=recap.allowance_total,
        total=recap.total,
        communication=recap.communication,
        due_on=recap.due_on,
        certified_by=said["signatory"],
        certified_on=recap.issued_on,
        language=said["project"]["language"],
        kind=_KINDS[RecapKind(recap.kind)],
        corrects=recap.corrects.number if recap.corrects else "",
    )
    return recap_order(words, key_of(recap))


# --- the papers of a closing, made by workers ---------------------------------------------------------------


def notes_of(closing: Closing | int) -> QuerySet[Note]:
    """The individual notes that a closing issued."""
    found: QuerySet[Note] = Note.objects.filter(recap__share__closing=closing)
    return found


def recaps_of(closing: Closing | int) -> QuerySet[Recap]:
    """The recapitulative notes that a closing issued."""
    found: QuerySet[Recap] = Recap.objects.filter(share__closing=closing)
    return found


def make_notes(closing_id: int, *, part: int, parts: int, after: int, at: datetime) -> int | None:
    """Makes the next papers of a part of a closing's notes; the last note looked at, None when none is left.

    Safe to repeat and to run beside each other: a document is ordered once and rendered once.
    """
    status = Closing.objects.values_list("status", flat=True).get(pk=closing_id)
    if status in _AT_REST:
        return None
    own = making.unmade(notes_of(closing_id), NOTE_KEY).annotate(part=Mod("pk", Value(parts)))
    next_ones = own.filter(part=part, pk__gt=after).order_by("pk")
    notes = list(_with_words(next_ones)[:MADE_TOGETHER])
    for document in making.ordered([note_paper(note) for note in notes], at=at):
        making.rendered(document, at=at)
    return notes[-1].pk if len(notes) == MADE_TOGETHER else None


def make_recap(recap: Recap, *, at: datetime) -> None:
    """Makes the paper of a recapitulative note; a second call finds it made."""
    paper_of(recap, at=at)


def unmade_recaps(closing_id: int) -> list[int]:
    """The recapitulative notes of a closing whose paper is still to be made."""
    return list(making.unmade(recaps_of(closing_id), RECAP_KEY).order_by("pk").values_list("pk", flat=True))


def standing_still(at: datetime) -> list[int]:
    """The closings with papers to be made that nobody has made any of for a minute."""
    waiting = Exists(making.unmade(Note.objects.filter(recap__share__closing=OuterRef("pk")), NOTE_KEY))
    waiting_recap = Exists(making.unmade(Recap.objects.filter(share__closing=OuterRef("pk")), RECAP_KEY))
    before = at - STANDS_STILL
    over = Closing.objects.filter(finished_at__lt=before).exclude(status__in=_AT_REST)
    closings = over.filter(waiting | waiting_recap).order_by("pk").values_list("pk", flat=True)
    return [closing for closing in closings if (last_made(closing) or before) <= before]


def made(closing: Closing | int) -> int:
    """How many papers of a closing are made."""
    return making.made(notes_of(closing), NOTE_KEY) + making.made(recaps_of(closing), RECAP_KEY)


def last_made(closing: Closing | int) -> datetime | None:
    """When the latest paper of a closing was made."""
    return making.last_made(notes_of(closing), NOTE_KEY)


def made_since(closing: Closing | int, since: datetime) -> int:
    """How many papers of notes of a closing were made since a moment."""
    return making.made(notes_of(closing), NOTE_KEY, since=since)


def take_away(*, closing: Closing, count: int, actor: User, at: datetime) -> None:
    """The line in the trail that says who took the papers of a whole month away."""
    record(action="month_papers_taken", subject=closing, actor=actor, at=at, changes={"files": [None, count]})


# --- inside -----------------------------------------------------------------------------------------------


def _with_words(notes: QuerySet[Note]) -> QuerySet[Note]:
    lines = Prefetch("lines", queryset=NoteLine.objects.order_by("position"), to_attr="ordered_lines")
    return notes.select_related("recap", "corrects").prefetch_related(lines)


def _lines(note: Note) -> Iterable[NoteLine]:
    loaded: Sequence[NoteLine] | None = getattr(note, "ordered_lines", None)
    return note.lines.order_by("position") if loaded is None else loaded


def _project(said: dict[str, Any]) -> ProjectWords:
    return msgspec.convert({**said["project"], "signatory": said["signatory"]}, ProjectWords)


def _line(line: NoteLine, language: str) -> LineWords:
    day: date = line.date
    return LineWords(
        date=day,
        pseudocode=line.pseudocode,
        units=line.units,
        unit_amount=line.unit_amount,
        amount=line.amount,
        what=service_name(line.pseudocode, language),
    )


def _reason(note: Note, language: str) -> str:
    with override(language):
        return ". ".join(filter(None, [str(note.get_reason_display()), note.explanation]))


def _listed(note: Note) -> str:
    """Last name first, as the model of the recapitulative note has it."""
    return f"{note.last_name} {note.first_name}"
