"""The page of one convention: where it stands, what comes next, who signs, remarks, what happened, its papers."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.audit import words
from partenamut.audit.models import Entry
from partenamut.casework.services import may_take
from partenamut.documents.models import Document, Upload
from partenamut.web import formats
from residences.facts import agreed_on, kept_price, occupancy_on
from residences.models import ArticleComment, Convention, Edition, InspectionKind, Side, Signature, StayKind
from residences.readings.convention_list import STATUS_TONES
from residences.readings.own_text import Article, articles_in
from residences.services.signing import signatures_key
from residences.text import from_data
from residences.workflow import CONVENTION, RUNNING, UNSIGNED, ConventionAction, ConventionStatus

S, A = ConventionStatus, ConventionAction
#: What the steps of the table are called once they were taken.
_DONE = {
    A.PREPARE.value: gettext_lazy("Offered for signature"),
    A.REOPEN.value: gettext_lazy("Taken back to the draft"),
    A.COMMENT.value: gettext_lazy("Remark of the resident's side"),
    A.SIGN.value: gettext_lazy("Signed by both sides"),
    A.START.value: gettext_lazy("In force"),
    A.GIVE_NOTICE.value: gettext_lazy("Notice given"),
    A.WITHDRAW_NOTICE.value: gettext_lazy("Notice withdrawn"),
    A.END.value: gettext_lazy("Ended"),
    A.DISCARD.value: gettext_lazy("Discarded"),
}
#: Entries of the trail that the timeline shows.
MOST_EVENTS = 60


class SideView(Struct, frozen=True):
    """Who signs on one side, and the signature under the text on offer."""

    side: str
    label: str
    who: str
    signature: Signature | None


class Paper(Struct, frozen=True):
    """Something to download."""

    label: str
    url: str
    details: str = ""


def hub_of(convention: Convention, user: User, today: date) -> dict[str, Any]:
    """Everything that the page shows."""
    edition = latest_text(convention)
    remarks = remarks_of(convention)
    sides = sides_of(convention, edition)
    actions = actions_of(convention, user)
    return {
        "convention": convention,
        "tone": STATUS_TONES[convention.status],
        "edition": edition,
        "sides": sides if convention.status != S.DRAFT else [],
        "remarks": remarks,
        "waiting": [remark for remark in remarks if not remark.answer],
        "actions": actions,
        "next": _next(convention, sides, remarks, today),
        "facts": facts_of(convention, today),
        "events": timeline_of(convention),
        "papers": papers_of(convention, edition),
        "here": "text",
        "back": reverse("residences:conventions", args=[convention.home.public_id]),
        "back_label": _("Conventions"),
    }


def latest_text(convention: Convention) -> Edition | None:
    """The text that was offered last, with its paper."""
    rows = Edition.objects.filter(convention=convention, amendment=None).select_related("document")
    return rows.order_by("turn").last()


def articles_of(edition: Edition) -> list[Article]:
    """The articles of an offered text, for whoever signs it."""
    return articles_in(from_data(edition.content))


def remarks_of(convention: Convention) -> list[ArticleComment]:
    """The remarks of the resident's side on the texts of the convention, the latest first."""
    rows = ArticleComment.objects.filter(edition__convention=convention, edition__amendment=None)
    return list(rows.select_related("edition", "made_by", "answered_by").order_by("-made_at", "-pk"))


def actions_of(convention: Convention, user: User) -> set[str]:
    """What the table lets the user do with the convention as it stands."""
    steps = CONVENTION.possible(ConventionStatus(convention.status))
    return {step.action.value for step in steps if may_take(user, step)}


def sides_of(convention: Convention, edition: Edition | None) -> list[SideView]:
    """Both sides, with their signatures under the latest text."""
    signed = {row.side: row for row in edition.signatures.all()} if edition else {}
    resident = (convention.representative or convention.resident).__str__()
    return [
        SideView(Side.RESIDENT, str(Side.RESIDENT.label), resident, signed.get(Side.RESIDENT)),
        SideView(
            Side.MANAGER, str(Side.MANAGER.label), convention.home.manager_name, signed.get(Side.MANAGER)
        ),
    ]


# --- facts ------------------------------------------------------------------------------------------------


def facts_of(convention: Convention, today: date) -> list[dict[str, Any]]:
    """The stay in a few lines: who, how long, where, at what price."""
    person = convention.resident
    url = reverse("residences:resident", args=[convention.home.public_id, person.public_id])
    rows = [
        {"label": _("Resident"), "value": person.full_name, "url": url},
        {"label": _("NISS"), "value": formats.masked_niss(person.niss)},
        {"label": _("Duration"), "value": _duration(convention)},
        {"label": _("Room and bed"), "value": _place(convention, today)},
    ]
    if price := agreed_on(convention, today):
        rows.append({"label": _("Price a day"), "value": formats.euros(price.daily_price)})
    if kept := kept_price(convention, today):
        rows.append({"label": _("Price kept"), "value": kept.get_because_display()})
    if convention.representative:
        rows.append({"label": _("The representative"), "value": convention.representative.name})
    if convention.signed_on:
        rows.append({"label": _("Signed on"), "value": formats.day(convention.signed_on)})
        received = formats.day(convention.receipt_on) if convention.receipt_on else _("not recorded yet")
        rows.append({"label": _("Copy received on"), "value": received})
    return rows


def _duration(convention: Convention) -> str:
    if convention.entry is None:
        return str(convention.get_kind_display())
    last = convention.until if convention.kind == StayKind.SHORT else None
    return _("%(kind)s, %(days)s") % {
        "kind": convention.get_kind_display(),
        "days": formats.period(convention.entry, convention.ended_on or last),
    }


def _place(convention: Convention, today: date) -> str:
    occupancy = occupancy_on(convention, today) if convention.status not in UNSIGNED else None
    bed = occupancy.bed if occupancy else convention.bed
    if bed is None:
        return _("not chosen yet")
    return _("%(bed)s, %(type)s") % {"bed": bed, "type": bed.room.room_type}


# --- what comes next --------------------------------------------------------------------------------------


def _next(
    convention: Convention, sides: list[SideView], remarks: list[ArticleComment], today: date
) -> list[str]:
    """What is to be done now, in sentences."""
    waiting = [remark for remark in remarks if not remark.answer]
    if convention.status == S.DRAFT:
        said = [_("Answer the remark of the resident's side.")] if waiting else []
        return [*said, _("Finish the draft, check it, and offer it for signature.")]
    if convention.status == S.READY:
        return [*_signatures_next(sides), *_inventory_next(convention, today)]
    said = _inventory_next(convention, today) if convention.status in RUNNING else []
    if convention.signed_on and not convention.receipt_on:
        said.append(_("Hand the resident's copy over and record the receipt."))
    if convention.status == S.SIGNED and convention.entry and convention.entry > today:
        said.append(_("The stay begins on %(day)s.") % {"day": formats.day(convention.entry)})
    return said


def _signatures_next(sides: list[SideView]) -> list[str]:
    missing = {one.side for one in sides if one.signature is None}
    said = []
    if Side.RESIDENT in missing:
        said.append(
            _("The resident's side reads the text in the portal and signs it there, or signs a paper copy.")
        )
    if Side.MANAGER in missing:
        said.append(_("The manager signs on screen, or on the same paper copy."))
    return said


def _inventory_next(convention: Convention, today: date) -> list[str]:
    if convention.inspections.filter(kind=InspectionKind.ENTRY).exclude(signed_on=None).exists():
        return []
    if convention.entry is not None and convention.entry < today:
        return [
            _(
                "There is no signed inventory of fixtures of the entry: the resident answers for no damage (art. 3)."
            )
        ]
    return [
        _(
            "Make the inventory of fixtures before the entry: without it the resident answers for no damage (art. 3)."
        )
    ]


# --- what happened ----------------------------------------------------------------------------------------


def timeline_of(convention: Convention) -> list[dict[str, str]]:
    """What was done, from the trail, then what comes."""
    entries = Entry.objects.filter(subject_id=convention.public_id).select_related("actor")
    done = list(entries.order_by("-at", "-pk")[:MOST_EVENTS])[::-1]
    # A draft is saved at every step: the last save of a run of them tells it all.
    told = [
        entry
        for entry, after in zip(done, [*done[1:], None], strict=True)
        if after is None
        or (entry.action, entry.actor_id, entry.note) != (after.action, after.actor_id, after.note)
    ]
    return [*(_past(entry) for entry in told), *_coming(convention)]


def _past(entry: Entry) -> dict[str, str]:
    who = entry.actor.name if entry.actor else _("the portal")
    return {
        "state": "past",
        "title": str(_DONE.get(entry.action) or words.action(entry.action, entry.subject_type)),
        "when": _("%(moment)s, %(who)s") % {"moment": formats.moment(entry.at), "who": who},
        "text": entry.note,
    }


def _coming(convention: Convention) -> list[dict[str, str]]:
    now = {
        S.DRAFT: _("Draft"),
        S.READY: _("Both sides sign"),
        S.SIGNED: _("Entry of the resident"),
        S.NOTICE_GIVEN: _("End of the notice"),
    }.get(ConventionStatus(convention.status))
    if now is None:
        return []
    days = {S.SIGNED: convention.entry, S.NOTICE_GIVEN: convention.ended_on}
    day = days.get(ConventionStatus(convention.status))
    events = [{"state": "now", "title": now, "when": formats.day(day) if day else "", "text": ""}]
    if convention.status in UNSIGNED and convention.entry:
        entry = formats.day(convention.entry)
        events.append({"state": "next", "title": _("Entry of the resident"), "when": entry, "text": ""})
    return events


# --- papers -----------------------------------------------------------------------------------------------


def papers_of(convention: Convention, edition: Edition | None) -> list[Paper]:
    """The texts that were offered, the page of signatures, the signed copies and the receipt."""
    papers: list[Paper] = []
    texts = Edition.objects.filter(convention=convention, amendment=None).order_by("-turn")
    for text in texts:
        label = (
            _("The convention, both copies (PDF)")
            if edition and text.pk == edition.pk
            else _("Text %(turn)d, offered before (PDF)") % {"turn": text.turn}
        )
        details = _("offered on %(day)s") % {"day": formats.day(text.made_at)}
        papers.append(Paper(label, _text_url(convention, text), details))
    if Document.objects.filter(key=signatures_key(convention)).exists():
        address = reverse("residences:convention_signatures", args=_address(convention))
        papers.append(Paper(_("Page of signatures (PDF)"), address))
    papers += [
        Paper(_("Copy signed on paper"), upload_url(convention, upload))
        for upload in signed_copies(convention)
    ]
    if convention.receipt:
        papers.append(Paper(_("Signed receipt"), upload_url(convention, convention.receipt)))
    return papers


def signed_copies(convention: Convention) -> list[Upload]:
    """The copies signed on paper, each once."""
    rows = Signature.objects.filter(edition__convention=convention, edition__amendment=None)
    ids = rows.exclude(upload=None).values("upload")
    return list(Upload.objects.kept().filter(pk__in=ids).order_by("pk"))


def upload_url(convention: Convention, upload: Upload) -> str:
    """Where a received file of the convention is read."""
    return reverse("residences:convention_file", args=[*_address(convention), upload.public_id])


def _text_url(convention: Convention, edition: Edition) -> str:
    return reverse("residences:convention_pdf", args=[*_address(convention), edition.public_id])


def _address(convention: Convention) -> list[Any]:
    return [convention.home.public_id, convention.public_id]
