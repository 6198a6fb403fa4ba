"""The queue of claims as a list: its filters, its columns, its tabs and its figures."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

import django_filters
from django.db.models import (
    Aggregate,
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from msgspec import Struct

from hospitalisation.messages import tier as tier_name
from hospitalisation.models import Certificate, Channel, Claim, ClaimKind, Decision
from hospitalisation.readings.states import TONES
from hospitalisation.readings.unsettled import Look, unlawful, unsettled, with_kinds, with_tier
from hospitalisation.rules import Tier
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import GRANTS, Permission
from partenamut.audit.services import record
from partenamut.registry.models import Tier as Insurance
from partenamut.registry.names import search_form
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, Tab, WorkList

#: States that wait for the service, or for the member's answer to it.
OPEN = (*TO_DECIDE, Status.SECOND_READING, Status.DECIDED, Status.APPEALED)
ALL = "all"
ME, NOBODY = "me", "nobody"
SENT = [(status.value, status.label) for status in Status if status != Status.DRAFT]
WORDS = 5

#: The law wants the original of a stay on paper.
NO_CERTIFICATE = Q(kind=ClaimKind.STAY, certificate=Certificate.NOT_YET)
UNLAWFUL, UNSETTLED, ABROAD, CERTIFICATE, DEPARTED = (
    "unlawful",
    "unsettled",
    "abroad",
    "certificate",
    "departed",
)
FLAGS = [
    (UNLAWFUL, _("Supplement that nobody owes")),
    (UNSETTLED, _("Figure or franchise list missing")),
    (ABROAD, _("Hospital abroad")),
    (CERTIFICATE, _("Original certificate missing")),
    (DEPARTED, _("Departs from the rules")),
]


def advisers() -> QuerySet[User]:
    """Those who handle claims, by name."""
    roles = [role for role, rights in GRANTS.items() if Permission.HANDLE_REQUESTS in rights]
    holders = User.objects.filter(
        is_active=True, role_assignments__role__in=roles, role_assignments__revoked_at=None
    )
    return holders.distinct().order_by("name", "pk")


def _assignees() -> list[tuple[str, Any]]:
    people = [(str(person.public_id), person.name) for person in advisers()]
    return [(ME, _("Me")), (NOBODY, _("Nobody")), *people]


# --- filters ----------------------------------------------------------------------------------------------


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


class FlagFilter(ChoiceFilter):
    """What is to be looked at twice."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows with that flag."""
        if not value:
            return qs
        if value == ABROAD:
            return qs.exclude(Q(country="BE") & (Q(stay=None) | Q(stay__country="BE")))
        if value == CERTIFICATE:
            return qs.filter(NO_CERTIFICATE)
        if value == DEPARTED:
            departed = Decision.objects.filter(claim=OuterRef("pk"), confirmed_by__isnull=False)
            return qs.filter(Exists(departed))
        return unlawful(qs) if value == UNLAWFUL else unsettled(qs)


class TextFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A number, or words of the member's name with or without accents."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows in which every word occurs."""
        for word in (value or "").split()[:WORDS]:
            named = search_form(word)
            by_name = Q(member__search_name__contains=named) if named else Q(pk=None)
            qs = qs.filter(Q(number__icontains=word) | by_name)
        return qs


class HospitalFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Words of the name or the place of a hospital, or of one that was typed; a deposit has that of its stay."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows in which every word occurs."""
        for word in (value or "").split()[:WORDS]:
            named = search_form(word)
            listed = (
                Q(hospital__search_text__contains=named) | Q(stay__hospital__search_text__contains=named)
                if named
                else Q(pk=None)
            )
            qs = qs.filter(listed | Q(place__icontains=word) | Q(stay__place__icontains=word))
        return qs


class QueueFilter(ListFilter):
    """What advisers narrow the queue by."""

    text = TextFilter(label=_("Number or member"), max_length=100)
    status = StatusFilter(
        label=_("State"),
        empty_label=_("All that wait for something"),
        choices=[(ALL, _("All, announced and closed ones too")), *SENT],
    )
    kind = ChoiceFilter(label=_("Claim"), choices=ClaimKind.choices)
    tier = ChoiceFilter(
        label=_("Insurance"), choices=[(Tier.NONE.value, _("No hospital insurance")), *Insurance.choices]
    )
    hospital = HospitalFilter(label=_("Hospital"), max_length=100)
    assignee = AssigneeFilter(label=_("Assigned to"), choices=_assignees)
    age = AgeFilter(
        label=_("Age"),
        choices=[("7", _("7 days or more")), ("14", _("14 days or more")), ("30", _("30 days or more"))],
    )
    flag = FlagFilter(label=_("To look at"), choices=FLAGS)
    channel = ChoiceFilter(label=_("Came in by"), choices=Channel.choices)


# --- the list ---------------------------------------------------------------------------------------------


class Flags(Look):
    """What is to be looked at on the claims of the queue, in words."""

    def __call__(self, row: Any) -> str:
        """The flags of a claim."""
        stands = {
            UNLAWFUL: self.unlawful(row),
            UNSETTLED: self.unsettled(row),
            ABROAD: row.abroad or (row.stay is not None and row.stay.abroad),
        }
        return ", ".join(str(label) for code, label in FLAGS if stands.get(code))


class QueueList(WorkList):
    """Claims, the oldest first."""

    filterset_class = QueueFilter
    ordering = ("submitted_on",)
    export_name = _("claims")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = _("No claim has been sent yet.")
    template_name = "hospitalisation/desk/queue.html"
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "number",
            _("Number"),
            "number",
            kind="link",
            sort="number",
            url=lambda row: reverse("hospitalisation:case", args=[row.public_id]),
        ),
        Column(
            "member",
            _("Member"),
            "member.full_name",
            sort="member__search_name",
            url=lambda row: reverse("hospitalisation:cover_on", args=[row.member.public_id]),
        ),
        Column("kind", _("Claim"), "kind", sort="kind"),
        Column("status", _("State"), "status", kind="status", sort="status", tones=TONES),
        Column("submitted_on", _("Sent on"), "submitted_on", kind="day", sort="submitted_on"),
        Column(
            "age", _("Age in days"), lambda row: row.age.days if row.age is not None else None, kind="number"
        ),
        Column("tier", _("Insurance"), lambda row: tier_name(row.tier)),
        Column("hospital", _("Hospital"), "place_name"),
        Column("admission", _("Admission"), "admission", kind="day", sort="admission", table=False),
        Column("discharge", _("Discharge"), "discharge", kind="day", table=False),
        Column("room", _("Room"), "room", table=False),
        Column("flags", _("To look at"), lambda _row: ""),
        Column("assignee", _("Assigned to"), "assignee.name", sort="assignee__name"),
        Column("certificate_on", _("Certificate received on"), "certificate_on", kind="day", table=False),
        Column("channel", _("Came in by"), "channel", table=False),
    )

    def __init__(self, queryset: QuerySet[Claim]) -> None:
        super().__init__(with_kinds(queryset))
        flags = Flags()
        self.columns = tuple(  # type: ignore[misc]
            replace(column, value=flags) if column.key == "flags" else column for column in self.columns
        )

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        user = user_of(request)
        record(
            action="export",
            subject=user,
            actor=user,
            at=timezone.now(),
            changes={"list": [None, "hospital claims"], "format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )


def queue_of(user: User, on: date) -> QuerySet[Claim]:
    """The claims that a user may see in the queue, each with its age on a day and its insurance."""
    age = ExpressionWrapper(
        Value(on, output_field=DateField()) - Coalesce("submitted_on", "announced_on"),
        output_field=DurationField(),
    )
    rows: QuerySet[Claim] = claims_of(user, on).annotate(age=age)
    return with_tier(rows).select_related("member", "hospital", "assignee", "stay__hospital")


def claims_of(user: User, on: date) -> QuerySet[Claim]:
    """The claims, announced or sent, that a user of the desk may see."""
    rows: QuerySet[Claim] = Claim.objects.visible_to(user, on).exclude(status=Status.DRAFT)
    return rows


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
    received: int
    examined: int
    waiting: int
    second_reading: int
    to_pay: int
    appeals: int
    certificates: int
    median_age: int | None


def figures(user: User, on: date) -> Figures:
    """The figures of the open claims, in one query."""
    counted = (
        Claim.objects.visible_to(user, on)
        .filter(status__in=OPEN)
        .aggregate(
            open=Count("pk"),
            mine=Count("pk", filter=Q(assignee=user)),
            unassigned=Count("pk", filter=Q(assignee=None)),
            received=Count("pk", filter=Q(status=Status.RECEIVED)),
            examined=Count("pk", filter=Q(status=Status.EXAMINED)),
            waiting=Count("pk", filter=Q(status=Status.INFORMATION_ASKED)),
            second_reading=Count("pk", filter=Q(status=Status.SECOND_READING)),
            to_pay=Count("pk", filter=Q(status=Status.DECIDED)),
            appeals=Count("pk", filter=Q(status=Status.APPEALED)),
            certificates=Count("pk", filter=NO_CERTIFICATE),
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
        (_("To look through"), f"status={Status.RECEIVED}", counted.received),
        (_("To decide"), f"status={Status.EXAMINED}", counted.examined),
        (_("Waiting for the member"), f"status={Status.INFORMATION_ASKED}", counted.waiting),
        (_("Second reading"), f"status={Status.SECOND_READING}", counted.second_reading),
        (_("To pay"), f"status={Status.DECIDED}", counted.to_pay),
        (_("Appeals"), f"status={Status.APPEALED}", counted.appeals),
        (_("Certificate missing"), f"flag={CERTIFICATE}", counted.certificates),
    ):
        yield Tab(label=label, query=own, count=count, current=own == query)
