"""The list of a member's requests."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from convalescence.models import Benefit
from convalescence.readings.timeline import tone
from convalescence.workflow import Status
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, WorkList


class RequestFilter(ListFilter):
    """By benefit, state and arrival."""

    benefit = ChoiceFilter(label=_("Benefit"), choices=Benefit.choices)
    status = ChoiceFilter(label=_("State"), choices=Status.choices)
    since = DayFilter(field_name="arrival", lookup_expr="gte", label=_("Arrival from"))


def _page(row: Any) -> str:
    return reverse("convalescence:request", args=[row.public_id])


class MyRequests(WorkList):
    """Requests of the user and of those they act for, the newest first."""

    columns = (
        Column(
            "request",
            _("Request"),
            lambda row: row.number or _("Draft"),
            kind="link",
            sort="number",
            url=_page,
        ),
        Column(
            "status",
            _("State"),
            "status",
            kind="status",
            tones={status.value: tone(status) for status in Status},
        ),
        Column("benefit", _("Benefit"), "benefit"),
        Column("member", _("For"), lambda row: row.member.full_name),
        Column("place", _("Residence"), lambda row: row.place_name),
        Column("arrival", _("Arrival"), "arrival", kind="day", sort="arrival"),
        Column("departure", _("Departure"), "departure", kind="day"),
        Column("sent", _("Sent on"), "submitted_on", kind="day", sort="submitted_on"),
    )
    filterset_class: ClassVar = RequestFilter
    ordering = ("-created_at",)
    page_size = 20
    export_name = _("my-requests")
    empty_text = _("You have no request yet.")
    template_name = "convalescence/member/requests.html"
    rows_template = "convalescence/member/request_cards.html"
