"""The letters about the end of a stay: the manager's notice, what follows from the resident's, a death or a departure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec import Struct

from partenamut.documents.formats import euro
from partenamut.documents.services import Order
from residences.messages import day, messages, remedy
from residences.rules import Notice, NoticeDecision, NoticeOutcome
from residences.text import HomeTerms, Party

LETTER = "documents/residences_ending.html"


class LetterWords(Struct, frozen=True):
    """What a letter about the end of a stay tells, and in which language."""

    language: str
    issued_on: date
    home: HomeTerms
    addressee: Party
    resident: str
    room: str
    number: str
    signed_on: date
    cause: str
    given_by: str
    channel: str
    reasons: str
    facts: Notice
    decision: NoticeDecision
    #: The last day due and the indemnity, as all that is recorded of the convention makes them.
    due_until: date | None
    indemnity: Decimal

    @property
    def is_heirs(self) -> bool:
        """Whether nobody is known but the heirs."""
        return self.addressee.quality == "heirs"


def letter_order(words: LetterWords, *, key: str) -> Order:
    """The letter, with its words frozen."""
    with override(words.language):
        subject, paragraphs = _said(words)
        return Order(
            key=key,
            kind="rest-home-ending",
            template=LETTER,
            context={
                **sent_by(words.home),
                "addressee": {"lines": _addressee_lines(words)},
                "place": "",
                "issued_on": words.issued_on,
                "reference": words.number,
                "particulars": _particulars(words),
                "subject": subject,
                "salutation": _("Dear Sir or Madam,"),
                "paragraphs": list(paragraphs),
                "tables": [_dates(words)],
                "after": list(_after(words)),
                "closing": _("Kind regards,"),
                "signatory": {"name": words.home.manager_name, "role": words.home.manager_function},
                "receipt": _receipt(words),
            },
            language=words.language,
            title=subject,
            issued_on=words.issued_on,
        )


def sent_by(home: HomeTerms) -> dict[str, Any]:
    """The head of a letter of a home."""
    return {
        "sender": {
            "name": home.name,
            "service": home.operator,
            "lines": [*home.address_lines, _("Operating title %(title)s") % {"title": home.operating_title}],
            "phone": home.phone,
            "email": home.email,
        }
    }


# --- what it says ---------------------------------------------------------------------------------------------


def _said(words: LetterWords) -> tuple[str, Iterator[str]]:
    """The subject and the paragraphs of the case."""
    name = {"resident": words.resident}
    if words.cause == "death":
        return _("Death of %(resident)s") % name, _after_a_death(words)
    if words.cause == "medical":
        return _("Departure of %(resident)s for medical reasons") % name, _after_a_departure(words)
    if words.given_by == "manager":
        return _("Notice that ends the convention of %(resident)s") % name, _of_the_manager(words)
    if words.decision.outcome is NoticeOutcome.NOT_NEEDED:
        return _("Departure of %(resident)s during our notice") % name, _during_ours(words)
    if words.decision.outcome is NoticeOutcome.VOID:
        return _("The notice of %(resident)s does not count") % name, _not_given(words)
    return _("Receipt of the notice of %(resident)s") % name, _received(words)


def _of_the_manager(words: LetterWords) -> Iterator[str]:
    yield _(
        "By this letter we end the convention that we signed on %(signed)s for the stay of %(resident)s in room "
        "%(room)s of our home (art. 10)."
    ) % {"signed": day(words.signed_on), "resident": words.resident, "room": words.room}
    yield _("These are our reasons:")
    yield from (line.strip() for line in words.reasons.splitlines() if line.strip())
    yield from _spoken(words, "notice.length", "notice.start")
    yield _(
        "The price of the accommodation is due until %(day)s. Whoever leaves during this notice owes no notice: the "
        "price is then due until the day of the departure (art. 10)."
    ) % {"day": day(words.decision.price_due_until or words.issued_on)}


def _received(words: LetterWords) -> Iterator[str]:
    yield _("We received the notice of %(sent)s that ends the stay of %(resident)s in room %(room)s.") % {
        "sent": day(words.facts.sent_on),
        "resident": words.resident,
        "room": words.room,
    }
    yield from _spoken(words, "notice.length", "notice.start", "notice.observed")
    yield from _still_due(words)


def _during_ours(words: LetterWords) -> Iterator[str]:
    yield from _spoken(words, "notice.manager_notice_running")
    if words.due_until is not None:
        yield _("The price of the accommodation is due until %(day)s, and no indemnity is asked.") % {
            "day": day(words.due_until)
        }


def _not_given(words: LetterWords) -> Iterator[str]:
    yield _("On %(sent)s we were told that the stay of %(resident)s in room %(room)s should end.") % {
        "sent": day(words.facts.sent_on),
        "resident": words.resident,
        "room": words.room,
    }
    yield from _spoken(words, "notice.written", "notice.observed")
    if words.facts.left_on is None:
        yield _(
            "It therefore counts as not given: the convention goes on, and the price stays due (art. 10)."
        )
        yield from (remedy(change) for change in words.decision.would_change)
    else:
        yield from _still_due(words)


def _after_a_death(words: LetterWords) -> Iterator[str]:
    yield _("We offer you our condolences on the death of %(resident)s on %(day)s.") % {
        "resident": words.resident,
        "day": day(words.facts.sent_on),
    }
    yield from _until_cleared(words)


def _after_a_departure(words: LetterWords) -> Iterator[str]:
    yield _("On %(day)s %(resident)s left our home for medical reasons.") % {
        "resident": words.resident,
        "day": day(words.facts.sent_on),
    }
    yield from _until_cleared(words)


def _until_cleared(words: LetterWords) -> Iterator[str]:
    if words.facts.sent_on < words.facts.entry:
        yield _("The stay had not begun: no notice is needed, and nothing is due.")
        return
    cleared = words.facts.room_cleared_on
    if cleared is None:
        yield _(
            "No notice is needed. The price of the accommodation is due until the room is cleared (art. 10)."
        )
        yield _(
            "Please tell us on which day room %(room)s will be cleared. Until then the price of %(price)s a day stays "
            "due, absences included (art. 5 and 10)."
        ) % {"room": words.room, "price": euro(words.facts.daily_price, words.language)}
        return
    yield _(
        "No notice is needed. The price of the accommodation is due until the room is cleared, on %(day)s (art. 10)."
    ) % {"day": day(cleared)}
    if words.due_until is not None and words.due_until < cleared:
        yield _("The short stay ended on %(day)s: nothing is due after it (art. 2).") % {
            "day": day(words.due_until)
        }


def _still_due(words: LetterWords) -> Iterator[str]:
    """Until when the price is due, and the indemnity."""
    if words.due_until is not None:
        yield _(
            "The price of the accommodation is due until %(day)s, absences included (art. 5 and 10); supplements as "
            "they are taken."
        ) % {"day": day(words.due_until)}
    if words.indemnity:
        yield _(
            "In place of the notice that was not observed, %(amount)s is due, without supplements (art. 10)."
        ) % {"amount": euro(words.indemnity, words.language)}
    if words.indemnity < words.decision.indemnity:
        yield _("Leaving a short stay costs no more than staying to its last day: the amount stops there.")


def _after(words: LetterWords) -> Iterator[str]:
    goes_on = words.decision.outcome is NoticeOutcome.VOID and words.facts.left_on is None
    if goes_on:
        return
    if words.cause == "none":
        yield _("At the departure we look at the room together, with the inventory of fixtures (art. 3).")
    elif words.facts.sent_on >= words.facts.entry:
        yield _("Once the room is cleared we look at it together, with the inventory of fixtures (art. 3).")
    yield _(
        "The final account follows: days paid in advance after the last day due are paid back (art. 6 and 10)."
    )
    if words.given_by == "manager" and words.home.courts:
        yield _("These courts are competent for any dispute: %(courts)s (art. 11).") % {
            "courts": "; ".join(words.home.courts)
        }


def _spoken(words: LetterWords, *codes: str) -> list[str]:
    """The sentences of some rules, as the decision has them."""
    reasons = tuple(reason for reason in words.decision.reasons if reason.code in codes)
    return messages(reasons, words.language)


# --- its parts ------------------------------------------------------------------------------------------------


def _addressee_lines(words: LetterWords) -> list[str]:
    lines = [words.addressee.name, *words.addressee.address_lines]
    if words.is_heirs:
        return [_("To the heirs of"), *lines]
    return lines


def _particulars(words: LetterWords) -> list[dict[str, str]]:
    rows = [
        {"label": _("Resident:"), "value": words.resident},
        {"label": _("Room:"), "value": words.room},
    ]
    if words.cause == "none" and words.given_by == "manager":
        rows.append({"label": _("Sent:"), "value": _how(words.channel)})
    return rows


def _how(channel: str) -> str:
    return _("by registered letter") if channel == "registered" else _("with an acknowledgement of receipt")


def _dates(words: LetterWords) -> dict[str, object]:
    facts, decision = words.facts, words.decision
    found = [
        (_first_label(words), facts.sent_on),
        (_("Notice runs from"), decision.runs_from),
        (_("Last day of the notice"), decision.ends_on),
        (_("Departure of the resident"), facts.left_on),
        (_("Room cleared"), facts.room_cleared_on),
        (_("Price due until"), words.due_until),
    ]
    return {
        "caption": _("The dates"),
        "columns": [
            {"label": _("What"), "kind": "text", "width": 60},
            {"label": _("Day"), "kind": "day", "width": 40},
        ],
        "rows": [[label, when] for label, when in found if when is not None],
    }


def _first_label(words: LetterWords) -> str:
    if words.cause == "death":
        return _("Death")
    if words.cause == "medical":
        return _("Departure for medical reasons")
    if words.channel == "registered":
        return _("Notice sent")
    return _("Notice handed over") if words.channel == "acknowledged" else _("Told by word of mouth")


def _receipt(words: LetterWords) -> dict[str, object] | None:
    """The receipt under a notice that is handed over: its reader dates and signs it (art. 10)."""
    if words.given_by != "manager" or words.cause != "none" or words.channel != "acknowledged":
        return None
    return {
        "title": _("Acknowledgement of receipt"),
        "text": _("I received this notice on the day below, in two copies of which I keep one."),
        "fields": [_("Day"), _("Name"), _("Signature")],
    }
