"""What the pages of months show: closings, months that are ready, sums by insurer, what is not billable and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.casework.services import may_take
from partenamut.law import Article, Reason
from partenamut.money import ZERO
from partenamut.periods import add_months
from partenamut.registry.models import Insurer
from partenamut.web.worklist import ChoiceFilter, Column, Link, ListFilter, SearchFilter, WorkList
from protocol3.deciding import month_end
from protocol3.messages import RATES, condition, message, source
from protocol3.models import (
    Closing,
    ClosingShare,
    Enrolment,
    Project,
    Recap,
    RecapKind,
    Refusal,
    Service,
    ShareStatus,
)
from protocol3.rules import articles
from protocol3.rules.conditions import ORDER, rules_of
from protocol3.rules.pseudocodes import PSEUDOCODES
from protocol3.services.closing import missing_rates, months_ready
from protocol3.services.issuing import due_on, sent_by
from protocol3.workflow import CLOSING, SETTLED, ClosingAction, ClosingStatus

TONES = {
    ClosingStatus.CHECKED: "info",
    ClosingStatus.ISSUING: "info",
    ClosingStatus.INTERRUPTED: "warning",
    ClosingStatus.PARTLY_ISSUED: "warning",
    ClosingStatus.ISSUED: "success",
    ClosingStatus.DISCARDED: "neutral",
}
SHARE_TONES = {ShareStatus.PENDING: "info", ShareStatus.REFUSED: "error", ShareStatus.ISSUED: "success"}
#: What the trail calls what is done with closings.
DEEDS = {
    "closing_prepared": gettext_lazy("Closing of a month prepared"),
    "issue": gettext_lazy("Notes of a month certified and handed over"),
    "interrupt": gettext_lazy("Issue of notes interrupted"),
    "resume": gettext_lazy("Issue of notes resumed"),
    "finish": gettext_lazy("Issue of notes finished"),
    "closing_checked": gettext_lazy("Closing of a month checked again"),
    "recap_issued": gettext_lazy("Notes of an insurer issued"),
    "refusals_exported": gettext_lazy("Services not billable downloaded"),
    "month_papers_taken": gettext_lazy("PDFs of a month downloaded"),
}
#: Months shown before the one that is closed.
MONTHS_BEFORE = 6

_RULES = [code for code in (*ORDER, "p3.insurer", "p3.alternatives_maximum") if code != "p3.pseudocode"]


def month_name(month: date) -> str:
    """A month in words: May 2023."""
    return date_format(month, "F Y")


# --- the list


class ClosingFilter(ListFilter):
    """Closings by state and year of the month."""

    status = ChoiceFilter(label=gettext_lazy("Status"), choices=ClosingStatus.choices)
    year = django_filters.NumberFilter(
        label=gettext_lazy("Year"), field_name="month__year", min_value=2000, max_value=2100
    )


class ClosingList(WorkList):
    """The closings of a project, the latest month first."""

    columns = (
        Column(
            "month",
            gettext_lazy("Month"),
            value=lambda row: month_name(row.month),
            sort="month",
            url=lambda row: address("closing", row),
        ),
        Column("turn", pgettext_lazy("closing of a month", "Turn"), "turn", kind="number"),
        Column("status", gettext_lazy("Status"), "status", kind="status", sort="status", tones=TONES),
        Column("notes", gettext_lazy("Individual notes"), "notes", kind="number"),
        Column("services", gettext_lazy("Services"), "services", kind="euros"),
        Column("allowances", gettext_lazy("Operating allowance"), "allowances", kind="euros"),
        Column("total", gettext_lazy("Total"), "total", kind="euros", sort="total"),
        Column("open_insurers", gettext_lazy("Insurers still open"), "open_insurers", kind="number"),
        Column("not_billed", gettext_lazy("Services not billable"), "not_billed", kind="number"),
        Column("due_on", gettext_lazy("Payment due on"), value=lambda row: due_of(row), kind="day"),  # noqa: PLW0108 (defined below)
    )
    filterset_class = ClosingFilter
    ordering = ("-month", "-turn")
    export_name = gettext_lazy("months")
    template_name = "protocol3/months/closings.html"
    empty_text = gettext_lazy(
        "No month has been closed yet. A month can be closed once it is over and services are entered in it."
    )

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        return ngettext("%(count)d closing", "%(count)d closings", count) % {"count": count}


def closings_of(project: Project) -> QuerySet[Any]:
    """The closings of a project with their sums, in one query."""
    shares = ClosingShare.objects.filter(closing=OuterRef("pk")).order_by().values("closing")
    refusals = Refusal.objects.filter(closing=OuterRef("pk")).order_by().values("closing")

    def sum_of(expression: Any) -> Coalesce:
        return Coalesce(Subquery(shares.annotate(sum=Sum(expression)).values("sum")), ZERO)

    rows: QuerySet[Any] = Closing.objects.filter(project=project).select_related("project")
    summed: QuerySet[Any] = rows.annotate(
        notes=Coalesce(Subquery(shares.annotate(sum=Sum("notes")).values("sum")), 0),
        services=sum_of("services_total"),
        allowances=sum_of("allowance_total"),
        total=sum_of(F("services_total") + F("allowance_total")),
        open_insurers=Coalesce(
            Subquery(
                shares.annotate(count=Count("pk", filter=~Q(status=ShareStatus.ISSUED))).values("count")
            ),
            0,
        ),
        not_billed=Coalesce(Subquery(refusals.annotate(count=Count("pk")).values("count")), 0),
    )
    return summed


@dataclass(frozen=True, slots=True)
class ReadyMonth:
    """A month that is over, with services that no closing has looked at."""

    month: date
    services: int
    sent_by: date
    is_late: bool
    #: The amounts that must be entered first.
    missing: Sequence[str]

    @property
    def code(self) -> str:
        """As it stands in a form: 2023-05."""
        return f"{self.month:%Y-%m}"

    @property
    def name(self) -> str:
        """In words."""
        return month_name(self.month)


def ready_months(project: Project, today: date) -> list[ReadyMonth]:
    """The months that can be closed, the oldest first."""
    return [
        ReadyMonth(
            month,
            _open_services(project, month).count(),
            sent_by(month),
            today > sent_by(month),
            [str(RATES[key]) for key in missing_rates(project, month)],
        )
        for month in months_ready(project, today)
    ]


def late_closings(project: Project, today: date) -> list[Closing]:
    """The closings that are not over although their notes were to be sent by now (art. 24)."""
    unfinished = Closing.objects.filter(project=project).exclude(
        status__in=(ClosingStatus.ISSUED, ClosingStatus.DISCARDED)
    )
    return [closing for closing in unfinished.order_by("month") if today > sent_by(closing.month)]


def _open_services(project: Project, month: date) -> QuerySet[Any]:
    rows: QuerySet[Any] = Service.objects.open().filter(
        enrolment__project=project, date__range=(month, month_end(month)), refusals=None
    )
    return rows


# --- one closing


@dataclass(frozen=True, slots=True)
class InsurerLine:
    """What a closing bills to one insurer, beside the month before."""

    insurer: Insurer
    share: ClosingShare | None
    before: Decimal
    recap: Recap | None

    @property
    def total(self) -> Decimal:
        """Euros of services and operating allowance; nothing where nothing is billed this month."""
        return self.share.services_total + self.share.allowance_total if self.share else ZERO

    @property
    def change(self) -> Decimal:
        """Euros more than in the month before, less where negative."""
        return self.total - self.before

    @property
    def status(self) -> str:
        """What became of the share, in words."""
        if self.share is None:
            return _("Nothing this month")
        return _("Held up") if self.is_held_up else str(self.share.get_status_display())

    @property
    def is_held_up(self) -> bool:
        """Whether something stands against its notes before they are issued."""
        return bool(self.share and self.share.problems and self.share.status == ShareStatus.PENDING)

    @property
    def tone(self) -> str:
        """The colour of its state."""
        if self.share is None:
            return "neutral"
        return "error" if self.is_held_up else SHARE_TONES[ShareStatus(self.share.status)]


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands against the notes of an insurer, and who can mend it."""

    insurer: Insurer | None
    text: str
    advice: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule that stops services of the month, and how many."""

    code: str
    name: str
    count: int
    url: str


def insurer_lines(closing: Closing) -> list[InsurerLine]:
    """The insurers of a closing and those of the month before, by their codes."""
    shares = {share.insurer_id: share for share in closing.shares.select_related("insurer")}
    recaps = {recap.insurer_id: recap for recap in Recap.objects.filter(share__closing=closing)}
    before = _billed_by_insurer(closing.project, add_months(closing.month, -1))
    found = Insurer.objects.filter(pk__in={*shares, *before}).order_by("code")
    return [
        InsurerLine(insurer, shares.get(insurer.pk), before.get(insurer.pk, ZERO), recaps.get(insurer.pk))
        for insurer in found
    ]


def months_chart(closing: Closing) -> list[dict[str, Any]]:
    """Euros billed in the months before, and what this closing comes to with what was billed of its month already."""
    first = add_months(closing.month, -MONTHS_BEFORE)
    rows = (
        _billed(closing.project)
        .filter(month__gte=first, month__lte=closing.month)
        .exclude(share__closing=closing)
        .values_list("month")
        .annotate(sum=Sum("total"))
    )
    billed = dict(rows)
    own = sum((share.services_total + share.allowance_total for share in closing.shares.all()), ZERO)
    billed[closing.month] = billed.get(closing.month, ZERO) + own
    months = [add_months(first, place) for place in range(MONTHS_BEFORE + 1)]
    begun = min(billed)
    return [
        {"label": month_name(month), "value": billed.get(month, ZERO)} for month in months if month >= begun
    ]


def rule_counts(closing: Closing) -> list[RuleCount]:
    """The rules that stop services of the month, the most frequent first."""
    counts: dict[str, int] = {}
    for codes in closing.refusals.values_list("codes", flat=True):
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    page = address("closing_refusals", closing)
    return [
        RuleCount(code, condition(code), count, f"{page}?rule={code}")
        for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def problems_of(closing: Closing, user: User) -> list[Problem]:
    """What stands against the notes of insurers, with who can mend it."""
    found = []
    for share in closing.shares.exclude(problems=[]).select_related("insurer").order_by("insurer__code"):
        found += [_problem(closing, share, code, whom) for code, whom in share.problems]
    return found


def _problem(closing: Closing, share: ClosingShare, code: str, whom: str) -> Problem:
    insurer = share.insurer
    if code == "address":
        return Problem(
            insurer,
            _("The address of the insurer is not known: a note must bear it (art. 24)."),
            _(
                "The mutuality's administrator enters it in the register of insurers. The other insurers are issued."
            ),
        )
    if code == "registration_number":
        row = _named(closing.project, whom)
        return Problem(
            insurer,
            _("The registration number of %(name)s with the insurer is missing.") % {"name": whom},
            _("Enter it on the beneficiary's page, then resume."),
            reverse("protocol3:beneficiary", args=[row.public_id]) if row else "",
            whom,
        )
    if code == "nothing":
        return Problem(insurer, _("Nothing is billed to this insurer any more."), _("Check the month again."))
    return Problem(
        insurer,
        _("The notes could not be written: a record of this insurer's beneficiaries is damaged."),
        _(
            "Nothing of this insurer was issued. Tell the mutuality's administrator; the log of the portal names the record."
        ),
    )


def _named(project: Project, name: str) -> Enrolment | None:
    first, _blank, _last = name.partition(" ")
    people = Enrolment.objects.filter(project=project).select_related("beneficiary")
    found: Enrolment | None = next(
        (
            one
            for one in people.filter(beneficiary__first_name__startswith=first)
            if one.beneficiary.full_name == name
        ),
        None,
    )
    return found


def excess_of(closing: Closing) -> QuerySet[Any]:
    """The services billed earlier that are not billable as the facts stood at the last check."""
    rows: QuerySet[Any] = Service.objects.filter(pk__in=closing.excess or []).order_by("date", "pk")
    return rows.select_related("enrolment__beneficiary")


def came_late(closing: Closing) -> int:
    """The services of the month that came after an insurer was issued: for the next closing of the month."""
    if closing.status not in SETTLED:
        return 0
    waiting = closing.shares.exclude(status=ShareStatus.ISSUED).values("insurer")
    fresh = _open_services(closing.project, closing.month)
    if waiting.exists():
        fresh = fresh.exclude(enrolment__beneficiary__affiliations__insurer__in=waiting)
    return fresh.count()


def actions_of(closing: Closing, user: User) -> set[str]:
    """What the user can do with the closing now, by the table of steps."""
    open_now = CLOSING.possible(ClosingStatus(closing.status))
    return {step.action.value for step in open_now if may_take(user, step)}


def may(closing: Closing, user: User, action: ClosingAction) -> bool:
    """Whether an action is open."""
    return action.value in actions_of(closing, user)


def due_of(closing: Closing, today: date | None = None) -> date:
    """When the notes of a closing are to be paid, as of the day they were issued, else of today."""
    return due_on(closing.month, timezone.localdate(closing.started_at) if closing.started_at else today)


def address(name: str, closing: Closing) -> str:
    """The address of a page of a closing."""
    return reverse(f"protocol3:{name}", args=[closing.project.public_id, closing.public_id])


def _billed(project: Project) -> QuerySet[Recap]:
    found: QuerySet[Recap] = Recap.objects.filter(project=project).exclude(kind=RecapKind.REPAYMENT)
    return found


def _billed_by_insurer(project: Project, month: date) -> dict[int, Decimal]:
    rows = _billed(project).filter(month=month).values_list("insurer").annotate(sum=Sum("total"))
    return {insurer: amount for insurer, amount in rows if insurer is not None}


# --- what is not billable


class RefusalFilter(ListFilter):
    """Services not billed, by rule and by name."""

    text = SearchFilter(
        label=gettext_lazy("Beneficiary"), fields=["service__enrolment__beneficiary__search_name"]
    )
    rule = django_filters.ChoiceFilter(
        label=gettext_lazy("Rule"), empty_label=gettext_lazy("All"), method="of_rule"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["rule"].extra["choices"] = [(code, condition(code)) for code in _RULES]

    def of_rule(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that a rule stops."""
        return rows.filter(codes__contains=[value])


class RefusalList(WorkList):
    """The services that a closing does not bill, each with the sentence and the article of every rule."""

    columns = (
        Column(
            "date",
            gettext_lazy("Date"),
            value="service.date",
            kind="day",
            sort="service__date",
            url=lambda row: reverse("protocol3:service", args=[row.service.public_id]),
        ),
        Column(
            "person",
            gettext_lazy("Beneficiary"),
            value=lambda row: row.service.enrolment.beneficiary.full_name,
            sort="service__enrolment__beneficiary__search_name",
            url=lambda row: reverse("protocol3:beneficiary", args=[row.service.enrolment.public_id]),
        ),
        Column("service", gettext_lazy("Service"), value=lambda row: row.service.kind_text),
        Column(
            "pseudocode", gettext_lazy("Pseudocode"), value="service.pseudocode", sort="service__pseudocode"
        ),
        Column("units", gettext_lazy("Units"), value="service.units", kind="number"),
        Column(
            "practitioner", gettext_lazy("Practitioner"), value=lambda row: row.service.practitioner.full_name
        ),
        Column("why", gettext_lazy("Why it is not billable"), value=lambda row: " ".join(sentences(row))),
        Column("article", gettext_lazy("Article"), value=lambda row: "; ".join(sources(row))),
    )
    filterset_class = RefusalFilter
    ordering = ("service__date",)
    export_name = gettext_lazy("not-billable")
    template_name = "protocol3/months/refusals.html"
    empty_text = gettext_lazy("Every service of the month is billable.")

    def __init__(self, closing: Closing) -> None:
        super().__init__(refusals_of(closing), empty_action=back_to(closing))
        self.closing = closing

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Keeps who took the list, and with which filters."""
        record(
            action="refusals_exported",
            subject=self.closing,
            actor=user_of(request),
            at=timezone.now(),
            changes={"format": [None, kind]},
            note=request.GET.urlencode()[:500],
        )

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        return ngettext("%(count)d service is not billable", "%(count)d services are not billable", count) % {
            "count": count
        }


def refusals_of(closing: Closing) -> QuerySet[Any]:
    """The services that a closing does not bill."""
    rows: QuerySet[Any] = closing.refusals.select_related(
        "service__enrolment__beneficiary", "service__practitioner"
    )
    return rows


def sentences(refusal: Refusal) -> list[str]:
    """Why a service is not billable, in the language of the page."""
    return [message(reason) for reason in reasons_of(refusal)]


def sources(refusal: Refusal) -> list[str]:
    """The articles of the rules that stop a service, each once."""
    return list(dict.fromkeys(source(reason.article) for reason in reasons_of(refusal)))


def reasons_of(refusal: Refusal) -> list[Reason]:
    """The stored reasons as the rules gave them, with their articles."""
    known = articles_of(refusal.service.pseudocode)
    return [
        Reason(code, False, known[code], tuple((name, _figure(value)) for name, value in figures.items()))
        for code, figures in refusal.reasons
    ]


def articles_of(pseudocode: str) -> dict[str, Article]:
    """The article of each rule that a service of this pseudocode is looked at by."""
    kind = PSEUDOCODES.get(pseudocode)
    rules: Iterable[Any] = rules_of(kind) if kind else ()
    return {
        "p3.insurer": articles.INSURER,
        "p3.alternatives_maximum": articles.ALTERNATIVES_MAXIMUM,
        "p3.pseudocode": articles.PSEUDOCODE,
        **{rule.code: rule.article for rule in rules},
    }


def _figure(value: object) -> object:
    """A figure as it was before it was stored: days come back as days."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == len("2023-05-08") else value
        except ValueError:
            return value
    return value


def back_to(closing: Closing) -> Link:
    """The way back to a closing."""
    return Link(label=month_name(closing.month), url=address("closing", closing))
