"""The letters of a rise: who got one, what it says, and whether its PDF is made; all of them as one file."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.documents.models import Rendered
from partenamut.documents.zipping import TOGETHER, Batch, zipped
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, SearchFilter, WorkList
from residences.models import AgreedPrice, PriceCampaign, PriceNotice
from residences.models.conventions import LANGUAGES
from residences.readings.prices import address

MADE = {True: gettext_lazy("PDF made"), False: gettext_lazy("Being made")}


class NoticeFilter(ListFilter):
    """Letters by name and language."""

    text = SearchFilter(
        label=gettext_lazy("Resident or recipient"),
        fields=["recipient", "convention__resident__last_name", "convention__resident__first_name"],
    )
    language = ChoiceFilter(
        label=gettext_lazy("Language"), field_name="document__language", choices=LANGUAGES
    )


class NoticeList(WorkList):
    """The letters of a rise, that to the administration first."""

    columns = (
        Column(
            "recipient",
            pgettext_lazy("letter", "To"),
            "recipient",
            sort="recipient",
            url=lambda row: address("price_notice", row.campaign, row.public_id),
        ),
        Column(
            "resident",
            gettext_lazy("Resident"),
            value=lambda row: row.convention.resident.full_name if row.convention else "",
            sort="convention__resident__search_name",
        ),
        Column("new_price", gettext_lazy("New price a day"), "new_price", kind="euros"),
        Column("issued_on", gettext_lazy("Letter of"), "document.issued_on", kind="day"),
        Column("language", gettext_lazy("Language"), "document.language"),
        Column(
            "made",
            gettext_lazy("State"),
            value=lambda row: str(MADE[row.made]),
            kind="status",
        ),
    )
    filterset_class = NoticeFilter
    ordering = ("-to_administration", "convention__resident__search_name")
    export_name = gettext_lazy("notices-of-prices")
    export_kinds = ("csv", "xlsx", "json")
    template_name = "residences/list.html"
    empty_text = gettext_lazy("No letter was sent.")

    def __init__(self, campaign: PriceCampaign, **kwargs: Any) -> None:
        super().__init__(notices_of(campaign), **kwargs)
        self.campaign = campaign

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="price_notices_exported",
            subject=self.campaign,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )


def notices_of(campaign: PriceCampaign) -> QuerySet[PriceNotice]:
    """The letters of a rise with the new price, and whether the PDF is made."""
    agreed = AgreedPrice.objects.filter(campaign=campaign, convention=OuterRef("convention"))
    rows: QuerySet[PriceNotice] = PriceNotice.objects.filter(campaign=campaign).annotate(
        made=Exists(Rendered.objects.filter(document=OuterRef("document"))),
        new_price=Subquery(agreed.order_by("first_day").values("daily_price")[:1]),
        to_administration=ExpressionWrapper(Q(convention=None), output_field=BooleanField()),
    )
    return rows.select_related("campaign__home", "convention__resident", "document")


def waiting(campaign: PriceCampaign) -> int:
    """How many letters of a rise have no PDF yet."""
    made = Rendered.objects.filter(document__in=campaign.notices.values("document")).count()
    return campaign.notices.count() - made


def zip_of(campaign: PriceCampaign) -> Iterator[bytes]:
    """The PDFs of all letters as one file, in pieces; those that are not made yet are named in a list."""
    assert campaign.notified_on is not None
    return zipped(_batches(campaign), day=campaign.notified_on)


# --- inside


def _batches(campaign: PriceCampaign) -> Iterator[Batch]:
    rows = notices_of(campaign).order_by(F("convention").asc(nulls_first=True))
    administration = slugify(_("administration"))
    source = iter(rows)
    while some := list(islice(source, TOGETHER)):
        yield {row.document.key: _place(row, administration) for row in some}, some[0].document.issued_on


def _place(notice: PriceNotice, administration: str) -> str:
    """A name in the file that no other letter has."""
    if notice.convention is None:
        return f"{administration}.pdf"
    resident = notice.convention.resident
    name = slugify(f"{resident.last_name} {resident.first_name}") or "x"
    return f"{name}-{notice.convention.number or notice.convention_id}.pdf"
