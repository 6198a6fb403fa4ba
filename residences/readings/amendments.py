"""Amendments as pages show them: what differs word by word, who signed, what can be done, the list of a convention."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.accounts.models import User
from partenamut.casework.services import may_take
from partenamut.documents.models import Document
from partenamut.registry.history import Event, history_of
from partenamut.web.worklist import Column, WorkList
from residences.amending import ROOMS, content_of, words_of
from residences.difference import PARTIES, ArticleChange, differences
from residences.facts import NoPrice
from residences.models import Amendment, ArticleComment, Convention, Edition, Side, Signature
from residences.services.amendment_faults import gaps, late_fault
from residences.services.amendments import signed_key
from residences.text import from_data
from residences.workflow import AMENDMENT, AmendmentStatus

TONES: Mapping[str, str] = {
    AmendmentStatus.DRAFT: "neutral",
    AmendmentStatus.READY: "info",
    AmendmentStatus.SIGNED: "success",
    AmendmentStatus.DISCARDED: "neutral",
}


# --- what differs -----------------------------------------------------------------------------------------


def diff_of(edition: Edition) -> list[ArticleChange]:
    """The articles that an offered amendment changes, with the words put in and taken out marked."""
    return diff_of_text(edition.content)


def diff_of_text(content: Mapping[str, Any]) -> list[ArticleChange]:
    """The same of a text that was not offered yet."""
    return differences(from_data(content["before"]), from_data(content))


def article_name(number: int, title: str) -> str:
    """An article as pages name it; the parties stand above the articles."""
    return (
        title
        if number == PARTIES
        else _("Article %(number)d. %(title)s") % {"number": number, "title": title}
    )


def article_choices(edition: Edition) -> list[tuple[int, str]]:
    """The articles that an amendment changes, for a remark on one of them."""
    return [(change.number, article_name(change.number, change.title)) for change in diff_of(edition)]


# --- one amendment ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SideView:
    """Who signs on one side, and the signature under the text that is offered now."""

    side: str
    label: str
    who: str
    signature: Signature | None


@dataclass(frozen=True)
class Hub:
    """Everything the page of an amendment shows."""

    amendment: Amendment
    edition: Edition | None
    #: The text on offer or, for a draft, as it would be; None where it cannot be written yet.
    changes: list[ArticleChange] | None
    language: str
    missing: dict[str, str]
    #: Why it can no longer be signed today.
    late: str
    sides: list[SideView]
    remarks: list[ArticleComment]
    actions: set[str]
    signed_paper: Document | None
    history: list[Event]
    #: Euros a day before and after, of a change of room.
    price_before: Decimal | None
    price_after: Decimal | None

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES[self.amendment.status]

    @property
    def manager_signed(self) -> bool:
        """Whether the manager has signed the text on offer."""
        return any(side.side == Side.MANAGER and side.signature for side in self.sides)

    @property
    def open_remarks(self) -> list[ArticleComment]:
        """Those without an answer."""
        return [remark for remark in self.remarks if not remark.answer]


def hub_of(amendment: Amendment, user: User, today: date) -> Hub:
    """An amendment with its text, its remarks, its signatures and what the user can do with it."""
    edition = amendment.editions.select_related("document").order_by("turn").last()
    is_draft = amendment.status == AmendmentStatus.DRAFT
    content = _draft_content(amendment) if is_draft else edition.content if edition else None
    return Hub(
        amendment=amendment,
        edition=edition,
        changes=diff_of_text(content) if content else None,
        language=amendment.convention.language,
        missing=gaps(amendment, today) if is_draft else {},
        late=late_fault(amendment, today) if amendment.status == AmendmentStatus.READY else "",
        sides=_sides(edition, content) if edition and content and not is_draft else [],
        remarks=remarks_of(amendment),
        actions={
            step.action.value for step in AMENDMENT.possible(_status(amendment)) if may_take(user, step)
        },
        signed_paper=Document.objects.filter(key=signed_key(amendment)).first(),
        history=history_of(amendment),
        **_prices(amendment, content),
    )


def remarks_of(amendment: Amendment) -> list[ArticleComment]:
    """The remarks of the resident's side on every text of the amendment, the latest first."""
    rows = ArticleComment.objects.filter(edition__amendment=amendment)
    return list(rows.select_related("edition", "made_by", "answered_by").order_by("-made_at", "-pk"))


def signed_sides(edition: Edition) -> set[str]:
    """The sides that signed a text."""
    return set(edition.signatures.values_list("side", flat=True))


def what_it_sets(amendment: Amendment) -> str:
    """What an amendment sets, in a line."""
    return ", ".join(words_of(amendment))


# --- the list of a convention -----------------------------------------------------------------------------


def amendments_of(convention: Convention) -> "QuerySet[Amendment]":
    """The amendments of a convention with their offered texts, for the list."""
    texts = Edition.objects.select_related("document").order_by("-turn")
    rows = Amendment.objects.filter(convention=convention).select_related("convention__home")
    return rows.prefetch_related(Prefetch("editions", texts, "texts"))


class AmendmentList(WorkList):
    """The amendments of a convention, the latest first."""

    columns = (
        Column(
            "turn",
            gettext_lazy("Number"),
            lambda row: row.turn,
            kind="link",
            sort="turn",
            url=lambda row: reverse("residences:amendment", args=address(row)),
        ),
        Column("kind", gettext_lazy("What changes"), "get_kind_display", sort="kind"),
        Column("effective_on", gettext_lazy("From"), "effective_on", kind="day", sort="effective_on"),
        Column("status", gettext_lazy("Status"), "status", kind="status", tones=TONES),
        Column("signed_on", gettext_lazy("Signed on"), "signed_on", kind="day", sort="signed_on"),
        Column("explanation", gettext_lazy("Why"), "explanation", table=False),
        Column(
            "paper",
            gettext_lazy("Document"),
            lambda row: _("PDF") if row.texts else "",
            kind="link",
            export=False,
            url=lambda row: reverse("residences:amendment_pdf", args=address(row)) if row.texts else None,
        ),
    )
    template_name = "residences/amendments/list.html"
    ordering = ("-turn",)
    export_name = gettext_lazy("amendments")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = gettext_lazy(
        "The convention stands as it was signed. What both sides want to change is written in an amendment (art. 1)."
    )


def address(amendment: Amendment) -> tuple[Any, ...]:
    """What an address of an amendment names."""
    convention = amendment.convention
    return (convention.home.public_id, convention.public_id, amendment.public_id)


# --- inside -----------------------------------------------------------------------------------------------


def _status(amendment: Amendment) -> AmendmentStatus:
    return AmendmentStatus(amendment.status)


def _draft_content(amendment: Amendment) -> dict[str, Any] | None:
    """The text of a draft; None where a price is missing."""
    try:
        return content_of(amendment)
    except NoPrice:
        return None


def _prices(amendment: Amendment, content: Mapping[str, Any] | None) -> dict[str, Decimal | None]:
    if content is None or amendment.kind not in ROOMS:
        return {"price_before": None, "price_after": None}
    before, after = content["before"]["terms"], content["terms"]
    return {
        "price_before": Decimal(before["daily_price"]),
        "price_after": Decimal(after["daily_price"]),
    }


def _sides(edition: Edition, content: Mapping[str, Any]) -> list[SideView]:
    signed = {row.side: row for row in edition.signatures.select_related("upload")}
    terms = content["terms"]
    person = terms["representative"] or terms["resident"]
    home = terms["home"]
    who = {
        Side.RESIDENT: person["name"],
        Side.MANAGER: f"{home['manager_name']}, {home['manager_function']}",
    }
    return [SideView(side, str(side.label), who[side], signed.get(side)) for side in Side]
