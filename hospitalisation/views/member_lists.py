"""The list of a member's claims."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from hospitalisation.models import ClaimKind
from hospitalisation.readings.states import TONES
from hospitalisation.workflow import Status
from partenamut.accounts.permissions import user_of
from partenamut.registry.models import Member
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, ModelChoiceFilter, WorkList

#: Years that the list can be narrowed to.
YEARS = 6


def _years() -> list[tuple[str, str]]:
    year = localdate().year
    return [(str(each), str(each)) for each in range(year + 1, year + 1 - YEARS, -1)]


def _own(request: Any) -> Any:
    """The user and the people they act for."""
    if request is None:
        return Member.objects.none()
    return Member.objects.on_the_side_of(user_of(request), localdate()).order_by("last_name", "pk")


class ClaimFilter(ListFilter):
    """By kind, state, year and person."""

    kind = ChoiceFilter(label=_("Kind"), choices=ClaimKind.choices)
    status = ChoiceFilter(label=_("State"), choices=Status.choices)
    year = ChoiceFilter(label=_("Year"), choices=_years, method="of_year")
    member = ModelChoiceFilter(label=_("For"), queryset=_own, to_field_name="public_id")

    def of_year(self, rows: Any, _name: str, value: str) -> Any:
        """Those of an admission, or of care, in a calendar year; a deposit has that of its stay."""
        year = int(value)
        days = (date(year, 1, 1), date(year, 12, 31))
        return rows.filter(
            Q(year=year) | Q(admission__range=days) | Q(stay__admission__range=days, kind=ClaimKind.DEPOSIT)
        )


def _page(row: Any) -> str:
    return reverse("hospitalisation:claim", args=[row.public_id])


class MyClaims(WorkList):
    """Claims of the user and of those they act for: what waits for them first, then the newest."""

    columns = (
        Column(
            "claim", _("Claim"), lambda row: row.number or _("Draft"), kind="link", sort="number", url=_page
        ),
        Column("status", _("State"), "status", kind="status", tones=dict(TONES)),
        Column("kind", _("Kind"), "kind"),
        Column("member", _("For"), lambda row: row.member.full_name),
        Column("place", _("Hospital"), lambda row: row.place_name),
        Column("admission", _("Admission"), lambda row: (row.stay or row).admission, kind="day"),
        Column("discharge", _("Discharge"), lambda row: (row.stay or row).discharge, kind="day"),
        Column("sent", _("Sent on"), "submitted_on", kind="day", sort="submitted_on"),
    )
    filterset_class: ClassVar = ClaimFilter
    ordering = ("waits", "-created_at")
    page_size = 20
    export_name = _("my-hospital-claims")
    empty_text = _("You have no hospital claim yet.")
    template_name = "hospitalisation/member/claims.html"
    rows_template = "hospitalisation/member/claim_cards.html"
