"""The adviser's queue as a list: its filters, its columns, its tabs and its figures."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import (
    Aggregate,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from msgspec import Struct

from convalescence.models import Benefit, Channel, Request
from convalescence.workflow import Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import GRANTS, Permission
from partenamut.audit.services import record
from partenamut.registry.names import search_form
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, Tab, WorkList

#: States that wait for the service, or for the member's answer to it.
OPEN = (
    Status.SUBMITTED,
    Status.INFORMATION_ASKED,
    Status.SECOND_READING,
    Status.INVOICE_RECEIVED,
    Status.APPEALED,
)
ALL = "all"
ME, NOBODY = "me", "nobody"
SENT = [(status.value, status.label) for status in Status if status != Status.DRAFT]
WORDS = 5

#: Colour of each state; its words say the same.
TONES: dict[str, str] = {
    Status.SUBMITTED: "info",
    Status.INFORMATION_ASKED: "warning",
    Status.SECOND_READING: "warning",
    Status.PENDING_INVOICE: "neutral",
    Status.GRANTED: "success",
    Status.PARTIALLY_GRANTED: "success",
    Status.REFUSED: "error",
    Status.STAY_CONFIRMED: "success",
    Status.INVOICE_RECEIVED: "info",
    Status.PAYMENT_PROPOSED: "neutral",
    Status.PAYMENT_APPROVED: "neutral",
    Status.PAID: "success",
    Status.WITHDRAWN: "neutral",
    Status.APPEALED: "warning",
}


def advisers() -> QuerySet[User]:
    """Those who handle requests, by name."""
    roles = [role for role, rights in GRANTS.items() if Permission.HANDLE_REQUESTS in rights]
    holders = User.objects.filter(
        is_active=True, role_assignments__role__in=roles, role_assignments__revoked_at=None
    )
    return holders.distinct().order_by("name", "pk")


def _assignees() -> list[tuple[str, Any]]:
    people = [(str(person.public_id), person.name) for person in advisers()]
    return [(ME, _("Me")), (NOBODY, _("Nobody")), *people]


class StatusFilter(ChoiceFilter):
    """One state; without a choice all that wait for something."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows in that state."""
        if value == ALL:
            return qs
        return qs.filter(status=value) if value else qs.filter(status__in=OPEN)


class AssigneeFilter(ChoiceFilter):
    """On whose desk: one's own, nobody's, or a colleague's."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows of that person."""
        if not value:
            return qs
        if value == NOBODY:
            return qs.filter(assignee=None)
        if value == ME:
            return qs.filter(assignee=self.parent.request.user)
        return qs.filter(assignee__public_id=uuid.UUID(value))


class AgeFilter(ChoiceFilter):
    """Sent so many days ago or more."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows of that age."""
        return qs.filter(submitted_on__lte=localdate() - timedelta(days=int(value))) if value else qs


class TextFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A number, or words of the member's name with or without accents."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows in which every word occurs."""
        for word in (value or "").split()[:WORDS]:
            named = search_form(word)
            by_name = Q(member__search_name__contains=named) if named else Q(pk=None)
            qs = qs.filter(Q(number__icontains=word) | by_name)
        return qs


class PlaceFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Words of the name or the place of a residence, or of one that the member has typed."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows in which every word occurs."""
        for word in (value or "").split()[:WORDS]:
            listed = (
                Q(residence__search_text__contains=search_form(word)) if search_form(word) else Q(pk=None)
            )
            qs = qs.filter(listed | Q(place__icontains=word))
        return qs


class QueueFilter(ListFilter):
    """What advisers narrow the queue by."""

    text = TextFilter(label=_("Number or member"), max_length=100)
    status = StatusFilter(
        label=_("State"),
        empty_label=_("All that wait for something"),
        choices=[(ALL, _("All, closed ones too")), *SENT],
    )
    benefit = ChoiceFilter(label=_("Benefit"), choices=Benefit.choices)
    assignee = AssigneeFilter(label=_("Assigned to"), choices=_assignees)
    age = AgeFilter(
        label=_("Age"),
        choices=[("7", _("7 days or more")), ("14", _("14 days or more")), ("30", _("30 days or more"))],
    )
    channel = ChoiceFilter(label=_("Came in by"), choices=Channel.choices)
    residence = PlaceFilter(label=_("Residence"), max_length=100)


class QueueList(WorkList):
    """Requests that were sent, the oldest first."""

    filterset_class = QueueFilter
    ordering = ("submitted_on",)
    export_name = _("requests")
    empty_text = _("No request has been sent yet.")
    template_name = "convalescence/desk/queue.html"
    columns = (
        Column(
            "number",
            _("Number"),
            "number",
            kind="link",
            sort="number",
            url=lambda row: reverse("convalescence:case", args=[row.public_id]),
        ),
        Column(
            "member",
            _("Member"),
            "member.full_name",
            sort="member__search_name",
            url=lambda row: reverse("convalescence:member", args=[row.member.public_id]),
        ),
        Column("benefit", _("Benefit"), "benefit", sort="benefit"),
        Column("status", _("State"), "status", kind="status", sort="status", tones=TONES),
        Column("submitted_on", _("Sent on"), "submitted_on", kind="day", sort="submitted_on"),
        Column("age", _("Age in days"), lambda row: row.age.days, kind="number"),
        Column("arrival", _("Arrival"), "arrival", kind="day", sort="arrival"),
        Column("departure", _("Departure"), "departure", kind="day", table=False),
        Column("residence", _("Residence"), "place_name"),
        Column("assignee", _("Assigned to"), "assignee.name", sort="assignee__name"),
        Column("channel", _("Came in by"), "channel", table=False),
    )

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        user = user_of(request)
        record(
            action="export_queue",
            subject=user,
            actor=user,
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )


def queue_of(user: User, on: date) -> QuerySet[Request]:
    """The requests that a user may see in the queue, each with its age on a day."""
    age = ExpressionWrapper(
        Value(on, output_field=DateField()) - F("submitted_on"), output_field=DurationField()
    )
    rows: QuerySet[Request] = Request.objects.visible_to(user, on).sent().annotate(age=age)
    return rows.select_related("member", "residence", "assignee")


# --- figures ----------------------------------------------------------------------------------------------


class MedianDay(Aggregate):
    """The day in the middle."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DateField()


class Figures(Struct, frozen=True):
    """How much waits in the queue, and for how long; the median age is None for an empty queue."""

    open: int
    mine: int
    unassigned: int
    to_decide: int
    waiting: int
    second_reading: int
    invoices: int
    appeals: int
    median_age: int | None


def figures(user: User, on: date) -> Figures:
    """The figures of the open requests, in one query."""
    counted = (
        Request.objects.visible_to(user, on)
        .filter(status__in=OPEN)
        .aggregate(
            open=Count("pk"),
            mine=Count("pk", filter=Q(assignee=user)),
            unassigned=Count("pk", filter=Q(assignee=None)),
            to_decide=Count("pk", filter=Q(status=Status.SUBMITTED)),
            waiting=Count("pk", filter=Q(status=Status.INFORMATION_ASKED)),
            second_reading=Count("pk", filter=Q(status=Status.SECOND_READING)),
            invoices=Count("pk", filter=Q(status=Status.INVOICE_RECEIVED)),
            appeals=Count("pk", filter=Q(status=Status.APPEALED)),
            median=MedianDay("submitted_on"),
        )
    )
    middle = counted.pop("median")
    return Figures(**counted, median_age=(on - middle).days if middle else None)


def tabs(request: HttpRequest, counted: Figures) -> Sequence[Tab]:
    """The ready-made lists with how much is in each."""
    return list(_tabs(request.GET.urlencode(), counted))


def _tabs(query: str, counted: Figures) -> Iterator[Tab]:
    for label, own, count in (
        (pgettext_lazy("queue", "All open"), "", counted.open),
        (_("Mine"), "assignee=me", counted.mine),
        (_("Unassigned"), "assignee=nobody", counted.unassigned),
        (_("To decide"), f"status={Status.SUBMITTED}", counted.to_decide),
        (_("Waiting for the member"), f"status={Status.INFORMATION_ASKED}", counted.waiting),
        (_("Second reading"), f"status={Status.SECOND_READING}", counted.second_reading),
        (_("Invoices to check"), f"status={Status.INVOICE_RECEIVED}", counted.invoices),
        (_("Appeals"), f"status={Status.APPEALED}", counted.appeals),
    ):
        yield Tab(label=label, query=own, count=count, current=own == query)


# --- the API ----------------------------------------------------------------------------------------------


class RequestApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What the API narrows requests by."""

    status = django_filters.ChoiceFilter(choices=SENT)
    benefit = django_filters.ChoiceFilter(choices=Benefit.choices)
    number = django_filters.CharFilter(max_length=24)
    member = django_filters.UUIDFilter(field_name="member__public_id")
    submitted_from = django_filters.DateFilter(field_name="submitted_on", lookup_expr="gte")
    submitted_until = django_filters.DateFilter(field_name="submitted_on", lookup_expr="lte")

    class Meta:
        model = Request
        fields: list[str] = []
