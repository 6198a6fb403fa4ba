"""The account and the invoices as the resident's side reads them: entries, absences, lines with their articles."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.law import Article
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, WorkList
from residences.deciding.reasons import restored
from residences.messages import messages, source
from residences.models import (
    Absence,
    Convention,
    Dispute,
    DisputeStatus,
    Entry,
    EntryKind,
    InsurerIntervention,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    LineKind,
)
from residences.rules import articles

#: Where each kind of line is written.
WRITTEN: dict[str, Article] = {
    LineKind.ACCOMMODATION_CURRENT: articles.PRICE_DUE,
    LineKind.ACCOMMODATION_NEXT: articles.IN_ADVANCE,
    LineKind.ACCOMMODATION_CREDIT: articles.GIVEN_BACK,
    LineKind.DISCOUNT: articles.DISCOUNT,
    LineKind.REBATE: articles.REBATE,
    LineKind.SUPPLEMENT: articles.SUPPLEMENT,
    LineKind.ADVANCE: articles.ADVANCE,
    LineKind.CARE: articles.NOT_INSURED,
    LineKind.CORRECTION: articles.ACCOUNT,
    LineKind.INTEREST: articles.INTEREST,
    LineKind.INDEMNITY: articles.INDEMNITY,
    LineKind.CREDITED: articles.ACCOUNT,
}

#: What a kind of line is, in a sentence.
EXPLAINED: dict[str, Any] = {
    LineKind.ACCOMMODATION_CURRENT: gettext_lazy("The price of days that no invoice had charged yet."),
    LineKind.ACCOMMODATION_NEXT: gettext_lazy("The price of the coming month is paid in advance."),
    LineKind.ACCOMMODATION_CREDIT: gettext_lazy("Days that were charged before and are not due."),
    LineKind.DISCOUNT: gettext_lazy("The discount that the home gives to members of your mutuality."),
    LineKind.REBATE: gettext_lazy("A rebate for each day for which your insurer intervenes."),
    LineKind.SUPPLEMENT: gettext_lazy("A supplement of the convention that was chosen and taken."),
    LineKind.ADVANCE: gettext_lazy("What the home paid in your name, at its exact amount."),
    LineKind.CARE: gettext_lazy("Care that no insurer pays, at most what INAMI would have paid."),
    LineKind.CORRECTION: gettext_lazy("Something put right on the account."),
    LineKind.INTEREST: gettext_lazy("Interest on what was paid late, after a formal notice."),
    LineKind.INDEMNITY: gettext_lazy("The price of the days of notice that were not observed."),
    LineKind.CREDITED: gettext_lazy("A line of an earlier invoice that is taken back."),
}


class Explained(Struct, frozen=True):
    """A line of an invoice: what it is, how it is counted, and where that is written."""

    line: InvoiceLine
    counted: str
    text: str
    source: str


class Why(Struct, frozen=True):
    """A rule that the invoice was looked at by."""

    message: str
    source: str


# --- one invoice ------------------------------------------------------------------------------------------


def lines_of(invoice: Invoice) -> list[Explained]:
    """The lines of an invoice, each explained with its article."""
    rows = invoice.lines.select_related("entry__upload").order_by("position")
    return [
        Explained(row, _counted(row), str(EXPLAINED[row.kind]), source(WRITTEN[row.kind])) for row in rows
    ]


def reasons_of(invoice: Invoice) -> list[Why]:
    """The rules that the invoice was looked at by, in the active language."""
    reasons = restored(invoice.said.get("reasons", []))
    sentences = messages(reasons, (get_language() or "fr")[:2])
    return [
        Why(sentence, source(reason.article)) for reason, sentence in zip(reasons, sentences, strict=True)
    ]


def disputes_of(invoice: Invoice) -> list[Dispute]:
    """What was contested in an invoice, with the answers, the latest first."""
    return list(
        invoice.disputes.select_related("lodged_by", "upload", "credit_note").order_by("-lodged_on", "-pk")
    )


def may_contest(invoice: Invoice, on: date) -> bool:
    """Whether an invoice can be contested on a day: within a month of its receipt, and not twice at once."""
    is_open = invoice.disputes.filter(status=DisputeStatus.OPEN).exists()
    return invoice.kind != InvoiceKind.CREDIT and on <= invoice.dispute_until and not is_open


# --- the account ------------------------------------------------------------------------------------------


def entries_of(convention: Convention) -> QuerySet[Entry]:
    """What was entered on an account and not withdrawn."""
    rows: QuerySet[Entry] = Entry.objects.filter(convention=convention, withdrawn_at=None)
    return rows.select_related("line__invoice", "upload", "supplement", "convention")


def absences_of(convention: Convention) -> list[Absence]:
    """The absences, the latest first."""
    return list(convention.absences.order_by("-first_day"))


def interventions_of(convention: Convention) -> list[InsurerIntervention]:
    """On which days an insurer intervenes, and INAMI's amount a day, the latest first."""
    return list(convention.interventions.order_by("-first_day"))


class EntryFilter(ListFilter):
    """Entries by kind, and from a day on."""

    kind = ChoiceFilter(label=gettext_lazy("Kind"), choices=EntryKind.choices)
    since = DayFilter(field_name="date", lookup_expr="gte", label=gettext_lazy("From"))


class OwnEntries(WorkList):
    """The entries of one's account, the latest first."""

    columns = (
        Column("date", gettext_lazy("Date"), "date", kind="day", sort="date"),
        Column("label", gettext_lazy("What"), "label"),
        Column("kind", gettext_lazy("Kind"), "kind"),
        Column("quantity", gettext_lazy("Quantity"), lambda row: row.quantity.normalize(), kind="number"),
        Column("unit_price", gettext_lazy("Price of one"), "unit_price", kind="euros"),
        Column("amount", gettext_lazy("Amount"), "amount", kind="euros", sort="amount"),
        Column(
            "invoice",
            gettext_lazy("Invoice"),
            lambda row: row.line.invoice.number if _line(row) else _("on the next one"),
            kind="link",
            url=lambda row: (
                reverse("residences:own_invoice", args=[row.convention.public_id, row.line.invoice.public_id])
                if _line(row)
                else None
            ),
        ),
        Column(
            "document",
            gettext_lazy("Document"),
            lambda row: row.upload.original_name if row.upload else "",
            kind="link",
            export=False,
            url=lambda row: (
                reverse("residences:own_entry_document", args=[row.convention.public_id, row.public_id])
                if row.upload
                else None
            ),
        ),
    )
    filterset_class = EntryFilter
    ordering = ("-date",)
    page_size = 20
    export_name = gettext_lazy("my-account")
    empty_text = gettext_lazy("Nothing was entered on the account yet.")
    template_name = "residences/own/account.html"
    rows_template = "residences/own/entry_cards.html"

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        values = {"count": formats.number(count)}
        return ngettext("%(count)s entry", "%(count)s entries", count) % values


# --- inside -----------------------------------------------------------------------------------------------


def _line(row: Entry) -> InvoiceLine | None:
    found: InvoiceLine | None = getattr(row, "line", None)
    return found


def _counted(row: InvoiceLine) -> str:
    """How a line is counted: so many days or pieces at so much."""
    if row.days is not None:
        values = {"days": row.days, "price": formats.euros(row.unit_price)}
        return ngettext("%(days)d day at %(price)s", "%(days)d days at %(price)s", row.days) % values
    if row.quantity is None or row.quantity == Decimal(1):
        return ""
    values = {"quantity": formats.number(row.quantity.normalize()), "price": formats.euros(row.unit_price)}
    return _("%(quantity)s at %(price)s") % values
