"""The letter by which a patient asks a hospital for a corrected bill; made at once, nothing of it is kept."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext
from msgspec import Struct

from hospitalisation import messages
from hospitalisation.documents import DEFENCE
from partenamut.documents import rendering
from partenamut.law import Article
from partenamut.money import total

#: A letter lists so many lines; the others are summed up in one.
MOST_LINES = 200


class ContestedLine(Struct, frozen=True):
    """A line of the bill that nobody owes."""

    number: int
    kind: str
    label: str
    amount: Decimal
    agreed_doctor: bool


class Contest(Struct, frozen=True):
    """What the letter says: who writes, to which hospital, about which bill."""

    name: str
    street: str
    city: str
    hospital: str
    hospital_address: str
    number: str
    language: str
    admission: date
    discharge: date
    room: str
    lines: tuple[ContestedLine, ...]
    articles: tuple[Article, ...]


def contest_letter(contest: Contest, *, on: date) -> bytes:
    """The letter as PDF/UA-1, in its language."""
    words = contest_words(contest)
    return rendering.render(
        "documents/letter.html",
        {**words, "issued_on": on},
        language=contest.language,
        title=str(words["subject"]),
        issued_on=on,
    )


def contest_words(contest: Contest) -> dict[str, object]:
    """What the letter says, in its language."""
    with override(contest.language):
        return {
            "sender": {"name": contest.name, "lines": [contest.street, contest.city]},
            "addressee": {"lines": [text for text in (contest.hospital, contest.hospital_address) if text]},
            "particulars": _particulars(contest),
            "subject": _("Request for a corrected bill"),
            "salutation": _("Dear Sir or Madam,"),
            "paragraphs": _paragraphs(contest),
            "tables": [_table(contest)],
            "after": _after(contest),
            "closing": _("Kind regards,"),
            "signatory": {"name": contest.name, "role": ""},
        }


# --- inside


def _particulars(contest: Contest) -> list[dict[str, str]]:
    stay = _("from %(admission)s to %(discharge)s") % {
        "admission": messages.day(contest.admission),
        "discharge": messages.day(contest.discharge),
    }
    rows = [{"label": pgettext("letter", "Stay:"), "value": stay}]
    if contest.number:
        rows.insert(0, {"label": pgettext("letter", "Bill:"), "value": contest.number})
    return rows


def _paragraphs(contest: Contest) -> list[str]:
    found = [
        ngettext(
            "Your bill of my stay in %(room)s has a line that I do not owe. I contest it.",
            "Your bill of my stay in %(room)s has %(count)d lines that I do not owe. I contest them.",
            len(contest.lines),
        )
        % {"room": messages.room(contest.room), "count": len(contest.lines)}
    ]
    if any(not line.agreed_doctor for line in contest.lines):
        found.append(
            _(
                "In a common or double room neither the room nor a doctor may cost a supplement, "
                "whether or not the doctor has agreed to the tariffs."
            )
        )
    if any(line.agreed_doctor for line in contest.lines):
        found.append(
            _("A doctor who has agreed to the tariffs asks no fee supplement, in an individual room either.")
        )
    return found


def _table(contest: Contest) -> dict[str, object]:
    rows: list[list[object]] = [
        [
            str(line.number),
            ": ".join(filter(None, (messages.kind(line.kind), line.label))),
            messages.flag("agreed_doctor_supplement" if line.agreed_doctor else "unlawful_supplement"),
            line.amount,
        ]
        for line in contest.lines[:MOST_LINES]
    ]
    further: Sequence[ContestedLine] = contest.lines[MOST_LINES:]
    if further:
        text = ngettext("%(count)d further line", "%(count)d further lines", len(further))
        rows.append(["", text % {"count": len(further)}, "", total(line.amount for line in further)])
    return {
        "caption": _("Lines that are not owed"),
        "columns": [
            {"label": _("Line"), "kind": "text", "width": 10},
            {"label": _("What was billed"), "kind": "text", "width": 40},
            {"label": _("Why it is not owed"), "kind": "text", "width": 30},
            {"label": _("Amount"), "kind": "amount", "width": 20},
        ],
        "rows": rows,
        "total": [_("Together"), total(line.amount for line in contest.lines)],
    }


def _after(contest: Contest) -> list[str]:
    sources = dict.fromkeys(messages.source(article) for article in contest.articles)
    return [
        _("Source: %(source)s.") % {"source": "; ".join(sources)},
        _(
            "Please send me a corrected bill without these lines. I pay what I owe once I have it; "
            "if I have paid more already, please give it back to me."
        ),
        _("If you do not agree, please write to me which rule you rest on."),
        _(
            "The members' defence service of my mutuality can be reached at %(phone)s or %(email)s about this bill."
        )
        % {"phone": DEFENCE.phone, "email": DEFENCE.email},
    ]
