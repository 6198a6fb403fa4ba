"""The statement of a year: the days granted and what they bring, request by request."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import override
from msgspec import Struct

from convalescence import documents as letters
from convalescence.deciding import lines_of
from convalescence.models import Decision, GrantedDays, Request, StatementOfYear
from partenamut.accounts.models import User
from partenamut.documents.formats import euro
from partenamut.money import ZERO, to_cents, total
from partenamut.periods import Days
from partenamut.registry.models import Member
from partenamut.web import formats


class Line(Struct, frozen=True):
    """A request in the statement of a year: its days in that year and their euros."""

    request: Request
    days: int
    amount: Decimal


def lines_of_year(member: Member, year: int) -> list[Line]:
    """The requests with days granted in a calendar year, by arrival; three queries."""
    ends = {"first_day__lte": date(year, 12, 31), "last_day__gte": date(year, 1, 1)}
    granted = GrantedDays.objects.filter(member=member, **ends).values("request")
    requests = (
        Request.objects.filter(pk__in=granted).select_related("residence", "member").order_by("arrival", "pk")
    )
    decisions = _in_force(list(requests))
    return [_line(request, decisions[request.pk], year) for request in requests if request.pk in decisions]


def years_of(member: Member, today: date) -> list[int]:
    """The years with something to state, and the current one, the latest first."""
    runs = GrantedDays.objects.filter(member=member).values_list("first_day", "last_day")
    years = {year for first, last in runs for year in range(first.year, (last or first).year + 1)}
    return sorted(years | {today.year}, reverse=True)


@transaction.atomic
def issue(*, member: Member, year: int, actor: User, at: datetime) -> StatementOfYear:
    """The statement as a document; the same days and states give the same one."""
    lines = lines_of_year(member, year)
    with override(member.language):
        rows = [_words(line, member.language) for line in lines]
    version = hashlib.sha256(json.dumps([member.language, at.date().isoformat(), rows]).encode()).hexdigest()[
        :16
    ]
    document = letters.order_statement(
        member, year, rows, total(line.amount for line in lines), version=version, actor=actor, at=at
    )
    issued, _created = StatementOfYear.objects.get_or_create(
        member=member, year=year, document=document, defaults={"issued_at": at}
    )
    return issued


def _in_force(requests: list[Request]) -> dict[int, Decision]:
    found: dict[int, Decision] = {}
    for decision in Decision.objects.filter(request__in=requests).order_by("decided_at", "pk"):
        found[decision.request_id] = decision
    return found


def _line(request: Request, decision: Decision, year: int) -> Line:
    """The paid stretches of a decision, cut to the year."""
    whole = Days.between(date(year, 1, 1), date(year, 12, 31))
    days, amount = 0, ZERO
    for line in lines_of(decision):
        inside = len(Days.between(line.first, line.last) & whole)
        days += inside
        amount += to_cents(line.per_day * inside)
    return Line(request, days, amount)


def _words(line: Line, language: str) -> list[str]:
    request = line.request
    stay = formats.period(request.arrival, request.departure) if request.arrival else ""
    return [
        request.number or "",
        str(request.get_benefit_display()),
        stay,
        str(line.days),
        euro(line.amount, language),
        str(request.get_status_display()),
    ]
