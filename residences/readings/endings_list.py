"""The notices, deaths and departures of a home as a list: what each is worth, its days, what is still to do."""

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.money import ZERO
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, SearchFilter, WorkList
from residences.models import Invoice, InvoiceKind, NoticeDecisionRecord, Occupancy, RestHome, Termination
from residences.workflow import ConventionStatus


class EndingState(TextChoices):
    """Where a notice, a death or a departure stands; written out as its words."""

    RUNNING = "running", _("Running")
    TO_END = "to_end", _("To be ended")
    VOID = "void", _("Not given")
    TO_SETTLE = "to_settle", _("Final account to issue")
    SETTLED = "settled", _("Settled")
    WITHDRAWN = "withdrawn", _("Taken back")

    def __str__(self) -> str:
        return str(self.label)


class EndingKind(TextChoices):
    """What brings an end about."""

    MANAGER = "manager", _("Notice of the manager")
    RESIDENT = "resident", _("Notice of the resident's side")
    DEATH = "death", _("Death")
    MEDICAL = "medical", _("Departure for medical reasons")


STATE_TONES = {
    EndingState.RUNNING: "info",
    EndingState.TO_END: "warning",
    EndingState.VOID: "neutral",
    EndingState.TO_SETTLE: "warning",
    EndingState.SETTLED: "success",
    EndingState.WITHDRAWN: "neutral",
}


def endings_of(home: RestHome, today: date) -> QuerySet[Termination]:
    """The notices, deaths and departures of a home, each with the decision in force and its state."""
    decided = NoticeDecisionRecord.objects.filter(termination=OuterRef("pk")).order_by("-pk")
    place = Occupancy.objects.given().filter(convention=OuterRef("convention"), first_day__lte=today)
    final = Invoice.objects.filter(convention=OuterRef("convention"), kind=InvoiceKind.FINAL)
    rows = Termination.objects.filter(convention__home=home).select_related(
        "convention__home", "convention__resident"
    )
    return rows.annotate(
        kind=Case(When(cause="none", then=F("given_by")), default=F("cause"), output_field=CharField()),
        outcome=Subquery(decided.values("outcome")[:1]),
        runs_from=_said(decided, "runs_from"),
        ends_on=_said(decided, "ends_on"),
        indemnity=_said(decided, "indemnity", DecimalField(max_digits=10, decimal_places=2)),
        room=Subquery(
            place.order_by("-first_day")
            .annotate(name=Concat("bed__room__number", Value("-"), "bed__label"))
            .values("name")[:1]
        ),
        due_until=F("convention__ended_on"),
        free_on=Coalesce("room_cleared_on", "left_on"),
        settled=Exists(final),
        state=_state(today, final),
    )


def counts_of(rows: Any) -> dict[str, int]:
    """How many there are in each state."""
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def ending_url(row: Termination) -> str:
    """The page of the end that a row belongs to."""
    convention = row.convention
    return reverse("residences:ending", args=[convention.home.public_id, convention.public_id])


class EndingFilter(ListFilter):
    """By resident, what happened, state and last day."""

    text = SearchFilter(
        label=_("Resident or number"),
        fields=["convention__resident__search_name", "convention__resident__last_name",
                "convention__resident__first_name", "convention__number"],
    )  # fmt: skip
    kind = ChoiceFilter(label=_("What"), choices=EndingKind.choices)
    state = ChoiceFilter(label=_("State"), choices=EndingState.choices)
    since = DayFilter(label=_("Price due until, from"), field_name="due_until", lookup_expr="gte")
    until = DayFilter(label=_("Price due until, to"), field_name="due_until", lookup_expr="lte")


class EndingList(WorkList):
    """The notices and departures of a home, the latest first."""

    columns = (
        Column(
            "resident",
            _("Resident"),
            lambda row: row.convention.resident.full_name,
            kind="link",
            sort="convention__resident__search_name",
            url=ending_url,
        ),
        Column("number", _("Convention"), "convention.number", table=False),
        Column("room", _("Room"), lambda row: row.room or "", sort="room"),
        Column("kind", _("What"), lambda row: EndingKind(row.kind).label, sort="kind"),
        Column("sent_on", _("Day"), "sent_on", kind="day", sort="sent_on"),
        Column(
            "runs_from", _("Runs from"), lambda row: row.runs_from, kind="day", sort="runs_from", table=False
        ),
        Column("ends_on", _("Last day of the notice"), lambda row: row.ends_on, kind="day", sort="ends_on"),
        Column("free_on", _("Left or cleared"), lambda row: row.free_on, kind="day", sort="free_on"),
        Column("due_until", _("Price due until"), lambda row: row.due_until, kind="day", sort="due_until"),
        Column(
            "indemnity",
            _("Indemnity"),
            lambda row: row.indemnity or ZERO,
            kind="euros",
            sort="indemnity",
        ),
        Column(
            "state",
            _("State"),
            lambda row: EndingState(row.state),
            kind="status",
            tones=STATE_TONES,
            sort="state",
        ),
        Column("channel", _("How the notice was given"), "channel", table=False),
        Column("reasons", _("Reasons of the manager"), "reasons", table=False),
    )
    filterset_class = EndingFilter
    ordering = ("-sent_on",)
    export_name = _("notices")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = _("No notice, death or departure is recorded: it is recorded on the page of the convention.")
    template_name = "residences/list.html"

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Leaves a trace of who took which list."""
        user = user_of(request)
        query = request.META.get("QUERY_STRING", "")[:500]
        changes = {"list": [type(self).__name__, kind], "query": [None, query]}
        record(action="export", subject=user, actor=user, at=now(), changes=changes)


# --- inside -----------------------------------------------------------------------------------------------


def _said(decided: QuerySet[Any], name: str, kind: Any = None) -> Subquery:
    """A figure of the decision in force."""
    figure = Cast(KeyTextTransform(name, "answer"), kind or DateField())
    return Subquery(decided.annotate(figure=figure).values("figure")[:1])


def _state(today: date, final: QuerySet[Any]) -> Case:
    ended = Q(convention__status=ConventionStatus.ENDED)
    free = Q(room_cleared_on__lte=today) | Q(left_on__lte=today)
    return Case(
        When(withdrawn_at__isnull=False, then=Value(EndingState.WITHDRAWN.value)),
        When(ended & Exists(final), then=Value(EndingState.SETTLED.value)),
        When(ended, then=Value(EndingState.TO_SETTLE.value)),
        When(Q(convention__ended_on__lt=today) | free, then=Value(EndingState.TO_END.value)),
        When(outcome="void", then=Value(EndingState.VOID.value)),
        default=Value(EndingState.RUNNING.value),
        output_field=CharField(),
    )
