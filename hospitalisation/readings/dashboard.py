"""The claims of a period in figures: states, amounts, delays, supplements that nobody owes. Never a person."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth, TruncYear
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from hospitalisation import messages
from hospitalisation.models import Claim, ClaimKind, ClaimLine
from hospitalisation.readings.unsettled import unlawful_lines
from hospitalisation.rules import KINDS, Tier
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.money import total
from partenamut.web import formats
from partenamut.web.exports import Column

#: More months than these are drawn by year.
MOST_MONTHS = 24
#: Hospitals on the page; the file has them all.
SHOWN = 20

#: The states as the chart gathers them.
GROUPS: tuple[tuple[Any, tuple[Status, ...]], ...] = (
    (gettext_lazy("To handle"), TO_DECIDE),
    (gettext_lazy("Second reading or appeal"), (Status.SECOND_READING, Status.APPEALED)),
    (
        gettext_lazy("Decided, payment under way"),
        (Status.DECIDED, Status.PAYMENT_PROPOSED, Status.PAYMENT_APPROVED),
    ),
    (gettext_lazy("Paid"), (Status.PAID,)),
    (gettext_lazy("Nothing to pay, or refused"), (Status.NOTHING_DUE, Status.REFUSED)),
    (gettext_lazy("Withdrawn"), (Status.WITHDRAWN,)),
)


class Asked(Struct, frozen=True):
    """Which claims are counted: sent on these days, of one kind or of all."""

    first: date
    last: date
    kind: str = ""

    @property
    def months(self) -> int:
        """How many calendar months the days touch."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def by_year(self) -> bool:
        """Whether the period is too long for a column a month."""
        return self.months > MOST_MONTHS

    @property
    def values(self) -> dict[str, Any]:
        """The same for a query."""
        return {"first": self.first, "last": self.last, "kind": self.kind, "zone": settings.TIME_ZONE}


class State(Struct, frozen=True):
    """How many claims of a month stand in a state."""

    month: date
    status: str
    count: int


class Amount(Struct, frozen=True):
    """What became of the lines of a kind under an insurance, before franchise and ceiling."""

    tier: str
    kind: str
    lines: int
    billed: Decimal
    mandatory: Decimal
    insurance: Decimal
    patient: Decimal
    unlawful: Decimal


class Whole(Struct, frozen=True):
    """The bills, or the deposits, decided under an insurance, after franchise and ceiling."""

    tier: str
    is_deposit: bool
    claims: int
    billed: Decimal
    mandatory: Decimal
    insurance: Decimal
    franchise: Decimal
    over_ceiling: Decimal
    patient: Decimal
    unlawful: Decimal


class Delay(Struct, frozen=True):
    """Days from the sending of claims of a kind to something; `kind` is empty for all together."""

    until: str
    kind: str
    claims: int
    median: int
    ninth_decile: int


class Flagged(Struct, frozen=True):
    """The supplements of a hospital that nobody owes, among the claims of its stays."""

    hospital: str
    claims: int
    lines: int
    euros: Decimal
    of: int


# --- asked of the database --------------------------------------------------------------------------------


def claims_in(asked: Asked) -> QuerySet[Claim]:
    """The claims that were sent in the period."""
    rows: QuerySet[Claim] = Claim.objects.sent().filter(submitted_on__range=(asked.first, asked.last))
    return rows.filter(kind=asked.kind) if asked.kind else rows


def states(asked: Asked) -> list[State]:
    """The claims by month, or year of a long period, and state; one query."""
    cut = TruncYear("submitted_on") if asked.by_year else TruncMonth("submitted_on")
    rows = (
        claims_in(asked)
        .order_by()
        .annotate(month=cut)
        .values_list("month", "status")
        .annotate(count=Count("pk"))
        .order_by("month", "status")
    )
    return [State(*row) for row in rows]


#: The decision in force on each claim of the period: the latest one.
_IN_FORCE = """
    SELECT DISTINCT ON (decision.claim_id) decision.facts, decision.answer, decision.amount, decision.ruleset
    FROM hospitalisation_decision decision
    JOIN hospitalisation_claim claim ON claim.id = decision.claim_id
    WHERE claim.submitted_on BETWEEN %(first)s AND %(last)s
      AND claim.status NOT IN ('draft', 'announced', 'withdrawn')
      AND (%(kind)s = '' OR claim.kind = %(kind)s)
    ORDER BY decision.claim_id, decision.decided_at DESC, decision.id DESC
"""
_AMOUNTS = """
    SELECT decided.facts ->> 'tier', line.fact ->> 'kind', COUNT(*),
        SUM((line.fact ->> 'billed')::numeric),
        SUM((line.answer ->> 'mandatory')::numeric),
        SUM((line.answer ->> 'insurance')::numeric),
        SUM((line.answer ->> 'patient')::numeric),
        SUM((line.answer ->> 'unlawful')::numeric)
    FROM decided
    CROSS JOIN LATERAL ROWS FROM (
        jsonb_array_elements(decided.facts -> 'lines'), jsonb_array_elements(decided.answer -> 'lines')
    ) AS line(fact, answer)
    WHERE decided.ruleset = 'hospital_cover'
    GROUP BY 1, 2
"""
_WHOLES = """
    SELECT facts ->> 'tier', ruleset = 'hospital_deposit', COUNT(*),
        SUM(COALESCE((answer #>> '{totals,billed}')::numeric, (facts ->> 'paid')::numeric)),
        SUM(COALESCE((answer #>> '{totals,mandatory}')::numeric, 0)),
        SUM(amount),
        SUM(COALESCE((answer #>> '{totals,franchise}')::numeric, 0)),
        SUM(COALESCE((answer #>> '{totals,over_ceiling}')::numeric, 0)),
        SUM(COALESCE((answer #>> '{totals,patient}')::numeric, (facts ->> 'paid')::numeric - amount)),
        SUM(COALESCE((answer #>> '{totals,unlawful}')::numeric, 0))
    FROM decided
    GROUP BY 1, 2
"""
_DELAYS = """
    WITH sent AS (
        SELECT id, public_id, kind, submitted_on FROM hospitalisation_claim
        WHERE submitted_on BETWEEN %(first)s AND %(last)s AND status NOT IN ('draft', 'announced')
          AND (%(kind)s = '' OR kind = %(kind)s)
    ), passed AS (
        SELECT 'decision' AS until, sent.kind,
            (MIN(decision.decided_at) AT TIME ZONE %(zone)s)::date - sent.submitted_on AS days
        FROM sent JOIN hospitalisation_decision decision ON decision.claim_id = sent.id
        GROUP BY sent.id, sent.kind, sent.submitted_on
        UNION ALL
        SELECT 'payment', sent.kind, MIN(payable.paid_on) - sent.submitted_on
        FROM sent JOIN payments_payable payable ON payable.origin_id = sent.public_id
        WHERE payable.status = 'paid' AND payable.paid_on IS NOT NULL
        GROUP BY sent.id, sent.kind, sent.submitted_on
    )
    SELECT until, COALESCE(kind, ''), COUNT(*),
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY days),
        PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY days)
    FROM passed
    GROUP BY GROUPING SETS ((until), (until, kind))
    ORDER BY until, GROUPING(kind) DESC, kind
"""


def amounts(asked: Asked) -> list[Amount]:
    """What became of the lines of the bills decided, by insurance and kind of line; one query."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    rows = [Amount(*row) for row in _rows(_of_decided(_AMOUNTS), asked)]
    return sorted(rows, key=lambda row: (_TIERS[row.tier], order.get(row.kind, len(order))))  # type: ignore[call-overload]


def wholes(asked: Asked) -> list[Whole]:
    """The bills and the deposits decided, by insurance; one query."""
    rows = [Whole(*row) for row in _rows(_of_decided(_WHOLES), asked)]
    return sorted(rows, key=lambda row: (row.is_deposit, _TIERS[row.tier]))


def delays(asked: Asked) -> list[Delay]:
    """Days from the sending to the first decision and to the payment: median and ninth decile; one query."""
    return [Delay(*row) for row in _rows(_DELAYS, asked)]


def flagged(asked: Asked) -> list[Flagged]:
    """The supplements that nobody owes by hospital, the most euros first; two queries."""
    stays = claims_in(asked).filter(kind=ClaimKind.STAY).exclude(status=Status.WITHDRAWN)
    sent = {
        (hospital, place): count
        for hospital, place, count in stays.order_by()
        .values_list("hospital", "place")
        .annotate(count=Count("pk"))
    }
    rows = (
        ClaimLine.objects.filter(unlawful_lines(), claim__in=stays)
        .order_by()
        .values_list("claim__hospital", "claim__place", "claim__hospital__name")
        .annotate(
            claims=Count("claim", distinct=True),
            lines=Count("pk"),
            euros=Sum(F("billed") - F("mandatory")),
        )
        .order_by("-euros", "claim__hospital__name", "claim__place")
    )
    return [
        Flagged(name or place, claims, lines, euros, sent.get((hospital, place), 0))
        for hospital, place, name, claims, lines, euros in rows
    ]


def _of_decided(query: str) -> str:
    """A query over the decisions in force."""
    return f"WITH decided AS (\n{_IN_FORCE}\n)\n{query}"


def _rows(sql: str, asked: Asked) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked.values)
        return list(cursor.fetchall())


_TIERS = {tier.value: place for place, tier in enumerate(Tier)}


# --- as the page shows it ---------------------------------------------------------------------------------


def dashboard(asked: Asked) -> dict[str, Any]:
    """Everything on the page of the figures; a fixed number of queries."""
    by_state, by_line, by_tier = states(asked), amounts(asked), wholes(asked)
    supplements = flagged(asked)
    bills = [row for row in by_tier if not row.is_deposit]
    return {
        "count": sum(row.count for row in by_state),
        "paid_by_insurance": total(row.insurance for row in bills),
        "left_to_patients": total(row.patient for row in bills),
        "unlawful": total(row.euros for row in supplements),
        "states": _states(by_state),
        "state_series": [str(label) for label, _statuses in GROUPS],
        "state_months": _by_month(by_state, asked),
        "tier_series": [
            _("Compulsory insurance"),
            _("Hospital insurance"),
            _("Patients"),
            _("Nobody owes"),
        ],
        "tiers": [
            {
                "label": messages.tier(row.tier),
                # Each is told apart by its last word.
                "short": messages.tier(row.tier).split()[-1],
                "values": [row.mandatory, row.insurance, row.patient, row.unlawful],
            }
            for row in bills
        ],
        "whole_columns": _heads(WHOLES),
        "wholes": _cells(WHOLES, by_tier),
        "amount_columns": _heads(AMOUNTS),
        "amounts": _cells(AMOUNTS, by_line),
        "delay_columns": _heads(DELAYS),
        "delays": _cells(DELAYS, delays(asked)),
        "flag_columns": _heads(FLAGS),
        "flags": _cells(FLAGS, supplements[:SHOWN]),
        "flag_chart": [{"label": row.hospital, "value": row.euros} for row in supplements[:10]],
        "hidden": max(0, len(supplements) - SHOWN),
    }


def _states(rows: Iterable[State]) -> list[dict[str, Any]]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.status] += row.count
    return [
        {"label": str(status.label), "value": counts[status.value]}
        for status in Status
        if counts[status.value]
    ]


def _by_month(rows: Iterable[State], asked: Asked) -> list[dict[str, Any]]:
    found = {(row.month, row.status): row.count for row in rows}
    return [
        {
            "label": _month_name(month, asked),
            "short": f"{month:%Y}" if asked.by_year else f"{month:%m/%y}",
            "values": [
                sum(found.get((month, status.value), 0) for status in statuses) for _label, statuses in GROUPS
            ],
        }
        for month in _months(asked)
    ]


def _months(asked: Asked) -> list[date]:
    if asked.by_year:
        return [date(year, 1, 1) for year in range(asked.first.year, asked.last.year + 1)]
    start = asked.first.year * 12 + asked.first.month - 1
    return [date(*_year_month(start + step), 1) for step in range(asked.months)]


def _year_month(count: int) -> tuple[int, int]:
    """The year and the month of a count of months."""
    year, month = divmod(count, 12)
    return year, month + 1


def _month_name(month: date, asked: Asked) -> str:
    return f"{month:%Y}" if asked.by_year else formats.month(month)


# --- the files --------------------------------------------------------------------------------------------

_UNTIL = {"decision": gettext_lazy("Decision"), "payment": gettext_lazy("Payment")}


def _kind_name(code: str) -> str:
    return str(dict(ClaimKind.choices)[code]) if code else _("All claims")


STATES = (
    Column("month", gettext_lazy("Month"), lambda row: f"{row.month:%Y-%m}"),
    Column("status", gettext_lazy("State"), lambda row: str(Status(row.status).label)),
    Column("claims", gettext_lazy("Claims"), lambda row: row.count, kind="number"),
)
WHOLES = (
    Column("tier", gettext_lazy("Insurance"), lambda row: messages.tier(row.tier)),
    Column(
        "what",
        gettext_lazy("Decided"),
        lambda row: _("Deposits") if row.is_deposit else _("Bills"),
    ),
    Column("claims", gettext_lazy("Claims"), lambda row: row.claims, kind="number"),
    Column("billed", gettext_lazy("Billed"), lambda row: row.billed, kind="euros"),
    Column("mandatory", gettext_lazy("Compulsory insurance"), lambda row: row.mandatory, kind="euros"),
    Column("insurance", gettext_lazy("Hospital insurance"), lambda row: row.insurance, kind="euros"),
    Column("franchise", gettext_lazy("Franchise"), lambda row: row.franchise, kind="euros"),
    Column("over_ceiling", gettext_lazy("Beyond the ceiling"), lambda row: row.over_ceiling, kind="euros"),
    Column("patient", gettext_lazy("Patients"), lambda row: row.patient, kind="euros"),
    Column("unlawful", gettext_lazy("Nobody owes"), lambda row: row.unlawful, kind="euros"),
)
AMOUNTS = (
    Column("tier", gettext_lazy("Insurance"), lambda row: messages.tier(row.tier)),
    Column("kind", gettext_lazy("Kind of line"), lambda row: messages.kind(row.kind)),
    Column("lines", gettext_lazy("Lines"), lambda row: row.lines, kind="number"),
    Column("billed", gettext_lazy("Billed"), lambda row: row.billed, kind="euros"),
    Column("mandatory", gettext_lazy("Compulsory insurance"), lambda row: row.mandatory, kind="euros"),
    Column("insurance", gettext_lazy("Hospital insurance"), lambda row: row.insurance, kind="euros"),
    Column("patient", gettext_lazy("Patients"), lambda row: row.patient, kind="euros"),
    Column("unlawful", gettext_lazy("Nobody owes"), lambda row: row.unlawful, kind="euros"),
)
DELAYS = (
    Column("until", gettext_lazy("From the sending to"), lambda row: str(_UNTIL[row.until])),
    Column("kind", gettext_lazy("Claim"), lambda row: _kind_name(row.kind)),
    Column("claims", gettext_lazy("Claims"), lambda row: row.claims, kind="number"),
    Column("median", gettext_lazy("Median (days)"), lambda row: row.median, kind="number"),
    Column("ninth_decile", gettext_lazy("Ninth decile (days)"), lambda row: row.ninth_decile, kind="number"),
)
FLAGS = (
    Column("hospital", gettext_lazy("Hospital"), lambda row: row.hospital),
    Column("stays", gettext_lazy("Stays claimed"), lambda row: row.of, kind="number"),
    Column("claims", gettext_lazy("With such a supplement"), lambda row: row.claims, kind="number"),
    Column("lines", gettext_lazy("Lines"), lambda row: row.lines, kind="number"),
    Column("euros", gettext_lazy("Nobody owes"), lambda row: row.euros, kind="euros"),
)
#: What can be taken as a file: its columns, and what gives its rows.
FILES: dict[str, tuple[Sequence[Column], Any]] = {
    "states": (STATES, states),
    "wholes": (WHOLES, wholes),
    "amounts": (AMOUNTS, amounts),
    "delays": (DELAYS, delays),
    "hospitals": (FLAGS, flagged),
}


def _heads(columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [{"label": column.label, "numeric": column.is_numeric} for column in columns]


def _cells(columns: Sequence[Column], rows: Iterable[Any]) -> list[list[dict[str, Any]]]:
    return [[_cell(column, row) for column in columns] for row in rows]


def _cell(column: Column, row: Any) -> dict[str, Any]:
    value = column.read(row)
    if isinstance(value, Decimal):
        return {"text": formats.euros(value), "nowrap": True}
    return {"text": formats.number(value) if isinstance(value, int) else value}
