"""The end of a convention as its page shows it: what is recorded, what the rules say, what comes next."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.web import formats
from residences.models import Convention, Inspection, Invoice, InvoiceKind, NoticeDecisionRecord, Termination
from residences.readings.notices import Happening, Told, told
from residences.rules import NoticeOutcome
from residences.services.ended import exit_inspection, refusal
from residences.services.notices import NO_END, End, end_of, kept, latest
from residences.workflow import RUNNING, ConventionStatus

CONVENTION_TONES = {
    ConventionStatus.DRAFT: "neutral",
    ConventionStatus.READY: "info",
    ConventionStatus.SIGNED: "info",
    ConventionStatus.IN_FORCE: "success",
    ConventionStatus.NOTICE_GIVEN: "warning",
    ConventionStatus.ENDED: "neutral",
    ConventionStatus.DISCARDED: "neutral",
}
TITLES = {
    ("none", "manager"): gettext_lazy("Notice of the manager"),
    ("none", "resident"): gettext_lazy("Notice of the resident's side"),
    ("death", "resident"): gettext_lazy("Death"),
    ("medical", "resident"): gettext_lazy("Departure for medical reasons"),
}


@dataclass(frozen=True)
class Recorded:
    """A notice, death or departure as it was recorded, with what the rules say of it."""

    row: Termination
    title: str
    facts: list[dict[str, Any]]
    told: Told
    #: How often the rules were asked anew, because a fact became known.
    decided: int
    #: Whether the end follows from it: its days stand on the line of the stay.
    leads: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is anything but void."""
        return self.told.tone != "error"


@dataclass(frozen=True)
class EndingPage:
    """All that the page of an end shows."""

    convention: Convention
    end: End
    rows: list[Recorded]
    withdrawn: list[Recorded]
    #: Why it cannot be ended today; empty where it can.
    refusal: str
    events: list[Happening]
    figures: list[dict[str, str]]
    inspection: Inspection | None
    final: Invoice | None
    tone: str = "neutral"

    @property
    def runs(self) -> bool:
        """Whether something can still be recorded."""
        return self.convention.status in RUNNING

    @property
    def asks(self) -> str:
        """What is still to be said before it can end, or can be corrected: "", "left_on" or "room_cleared_on"."""
        if not self.runs or not self.rows:
            return ""
        last = self.rows[-1]
        if any(one.row.cause != "none" for one in self.rows):
            return "room_cleared_on"
        return "left_on" if last.counts or last.row.given_by == "resident" else ""

    @property
    def needs_inspection(self) -> bool:
        """Whether the room is still to be looked at together (art. 3)."""
        return self.inspection is None and (
            self.end.free_on is not None or self.convention.status == ConventionStatus.ENDED
        )

    @property
    def inventories_url(self) -> str:
        """Where the inventory of fixtures is made."""
        return address("residences:inventories", self.convention.home.public_id, self.convention.public_id)


def ending_page(convention: Convention, today: date) -> EndingPage:
    """The end of a convention as things stand today."""
    rows = list(
        convention.terminations.select_related("convention", "letter", "upload", "recorded_by")
        .prefetch_related("decisions")
        .order_by("pk")
    )
    recorded = [_recorded(row, today) for row in rows]
    standing = [one for one in recorded if one.row.withdrawn_at is None]
    end = end_of(convention, [kept(latest(one.row)) for one in standing])
    standing = [replace(one, leads=end.by is not None and one.row.pk == end.by.row.pk) for one in standing]
    return EndingPage(
        convention=convention,
        end=end,
        rows=standing,
        withdrawn=[one for one in recorded if one.row.withdrawn_at is not None],
        refusal=refusal(convention, end, today),
        events=_events(convention, end, standing, today),
        figures=_figures(convention, end),
        inspection=exit_inspection(convention),
        final=convention.invoices.filter(kind=InvoiceKind.FINAL).last(),
        tone=CONVENTION_TONES[ConventionStatus(convention.status)],
    )


def title_of(row: Termination) -> str:
    """What a recorded row is called."""
    if row.cause == "none" and row.given_by == "resident" and row.channel == "oral" and row.left_on:
        return _("Departure of the resident")
    return str(TITLES[row.cause, row.given_by])


def facts_of(row: Termination) -> list[dict[str, Any]]:
    """What was recorded, as label and value."""
    found = [
        (_("Day of the notice") if row.cause == "none" else _("Day"), formats.day(row.sent_on)),
        (_("How the notice was given"), row.get_channel_display() if row.cause == "none" else ""),
        (_("First day that the letter names"), formats.day(row.starts_on) if row.starts_on else ""),
        (_("Reasons of the manager"), row.reasons),
        (_("Rules were broken"), _("yes") if row.breach else ""),
        (_("Left on"), formats.day(row.left_on) if row.left_on else ""),
        (_("Room cleared on"), formats.day(row.room_cleared_on) if row.room_cleared_on else ""),
    ]
    return [{"label": label, "value": value} for label, value in found if value]


def follows(
    convention: Convention, row: Termination, outcome: NoticeOutcome, due_until: date | None
) -> list[str]:
    """What recording a notice, death or departure brings about, before anything is written."""
    if outcome is NoticeOutcome.VOID:
        said = [_("It is kept with its reasons, and the convention stays in force.")]
        if row.given_by == "resident" and row.left_on is not None:
            said = [_("It is kept as void; the convention can then be ended on the day of leaving.")]
        return said
    said = []
    if due_until is not None:
        said.append(
            _(
                "The price is due until %(day)s, and the bed can be promised to somebody else from the day after."
            )
            % {"day": formats.day(due_until)}
        )
    elif row.cause != "none":
        said.append(_("The price stays due until you enter the day on which the room was cleared."))
    said.append(_("A letter is made in the language of the convention: download it, sign it and send it."))
    if convention.status != ConventionStatus.NOTICE_GIVEN:
        said.append(
            _("The convention is shown as one whose notice is given. It can be taken back with a reason.")
        )
    return said


def address(name: str, *args: object) -> str:
    """The address of a page, or nothing where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# --- inside -----------------------------------------------------------------------------------------------


def _recorded(row: Termination, today: date) -> Recorded:
    record: NoticeDecisionRecord = latest(row)
    ruling = kept(record)
    return Recorded(
        row=row,
        title=title_of(row),
        facts=facts_of(row),
        told=told(ruling.facts, ruling.decision, today=today),
        decided=len(row.decisions.all()),
    )


def _figures(convention: Convention, end: End) -> list[dict[str, str]]:
    if end is NO_END:
        return []
    rows = [(_("Price due until"), formats.day(end.due_until) if end.due_until else _("not known yet"))]
    if (
        convention.ended_on is not None
        and convention.entry is not None
        and convention.ended_on < convention.entry
    ):
        rows = [(_("Price due until"), _("no day is due: it ended before the entry"))]
    if end.indemnity:
        rows.append((_("Indemnity in place of notice"), formats.euros(end.indemnity)))
    if end.free_on is not None:
        rows.append((_("Room free since"), formats.day(end.free_on)))
    return [{"label": label, "value": value} for label, value in rows]


def _events(convention: Convention, end: End, rows: list[Recorded], today: date) -> list[Happening]:
    """The line of the convention: entry, what ends it, its last day."""
    assert convention.entry is not None
    first = Happening(
        formats.day(convention.entry), _("Entry"), "past" if convention.entry <= today else "next"
    )
    own = next((one.told.events for one in rows if one.leads), [])
    events = [first, *own]
    if end.due_until is not None:
        over = convention.status == ConventionStatus.ENDED
        state = "past" if over else "now" if end.due_until <= today else "next"
        title = _("Convention ended") if over else _("The convention ends")
        events.append(
            Happening(formats.day(end.due_until), title, state, _("The price is due until this day."))
        )
    return events
