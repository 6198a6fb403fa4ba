"""The services of a beneficiary billed: each with what stops it or its euros, the months, what would change it."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, structs

from partenamut.law import Reason, Remedy
from partenamut.money import ZERO

from . import articles, parameters
from .conditions import ORDER, rules_of
from .ledger import Ledger, allowance, rate_on
from .pseudocodes import PSEUDOCODES, Pseudocode
from .requests import Billing, Service
from .weighing import Verdict, take, weigh


class BillingOutcome(StrEnum):
    """What a billing comes to."""

    BILLABLE = "billable"
    PARTLY_BILLABLE = "partly_billable"
    NOT_BILLABLE = "not_billable"


class Billed(Struct, frozen=True):
    """A service with its verdict and the euros of the operating allowance billed with it."""

    service: Service
    verdict: Verdict
    allowance: Decimal


class MonthTotal(Struct):
    """Euros of a calendar month: services, operating allowance, both."""

    services: Decimal = ZERO
    allowance: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.services + self.allowance


class BillingDecision(Struct, frozen=True):
    """The answer to a billing: services in the order given, months, warnings, reasons and what would change it."""

    outcome: BillingOutcome
    services: tuple[Billed, ...]
    totals: dict[str, MonthTotal]
    warnings: list[str]
    reasons: tuple[Reason, ...]
    would_change: tuple[Remedy, ...]


def bill(facts: Billing) -> BillingDecision:
    """The services taken by date, and on one date in the order entered (house rule)."""
    ledger, billed = run(facts)
    return BillingDecision(
        outcome=_outcome(billed),
        services=tuple(billed),
        totals=_totals(billed),
        warnings=["p3.sessions_share"] if ledger.below_share() else [],
        reasons=_reasons(facts, billed),
        would_change=tuple(_remedies(facts, billed)),
    )


def taken_in_order(services: tuple[Service, ...]) -> list[int]:
    """The places of the services by date, and on one date in the order entered."""
    return sorted(range(len(services)), key=lambda place: services[place].date)


def run(facts: Billing) -> tuple[Ledger, list[Billed]]:
    """The ledger after all services, and each service with its verdict, in the order given."""
    ledger, left = Ledger(facts), facts.allowance_left
    billed: dict[int, Billed] = {}
    for index in taken_in_order(facts.services):
        service = facts.services[index]
        verdict = take(ledger, service)
        rate = rate_on(facts.rates, "operating_allowance", service.date)
        _units, amount = allowance(verdict.allowance_units, left, rate)
        left -= amount
        billed[index] = Billed(service, verdict, amount)
    return ledger, [billed[index] for index in range(len(facts.services))]


def _outcome(billed: list[Billed]) -> BillingOutcome:
    fine = sum(one.verdict.billable for one in billed)
    if fine == len(billed):
        return BillingOutcome.BILLABLE
    return BillingOutcome.PARTLY_BILLABLE if fine else BillingOutcome.NOT_BILLABLE


def _totals(billed: list[Billed]) -> dict[str, MonthTotal]:
    totals: dict[str, MonthTotal] = {}
    for one in sorted(billed, key=lambda each: each.service.date):
        if one.verdict.billable:
            month = totals.setdefault(one.service.date.isoformat()[:7], MonthTotal())
            month.services += one.verdict.amount
            month.allowance += one.allowance
    return totals


def _reasons(facts: Billing, billed: list[Billed]) -> tuple[Reason, ...]:
    """Every rule looked at, in their order: once where all services meet it, else for each that does not."""
    articles_of = {"p3.pseudocode": articles.PSEUDOCODE} if billed else {}
    for code in dict.fromkeys(one.service.pseudocode for one in billed):
        if code in PSEUDOCODES:
            articles_of |= {rule.code: rule.article for rule in rules_of(PSEUDOCODES[code])}
    if facts.convention is None:
        articles_of.pop("p3.convention", None)
    stopped: dict[str, list[Reason]] = {}
    for place, one in enumerate(billed):
        for reason in one.verdict.stopped_by:
            where = (("service", place + 1), ("service_day", one.service.date))
            stopped.setdefault(reason.code, []).append(
                structs.replace(reason, figures=(*reason.figures, *where))
            )
    return tuple(
        reason
        for code in ORDER
        if code in articles_of
        for reason in stopped.get(code) or [Reason(code, True, articles_of[code])]
    )


# --- what would change it ---------------------------------------------------------------------------------


def _remedies(facts: Billing, billed: list[Billed]) -> Iterator[Remedy]:
    """The single changes that make every service billable; each is proved by billing again."""
    refused = [place for place, one in enumerate(billed) if not one.verdict.billable]
    if len(refused) != 1:
        return
    place = refused[0]
    service, before = facts.services[place], _ledger_before(facts, place)
    for name, values in _proposals(service):
        for value in values:
            changed = structs.replace(service, **{name: value})
            if weigh(before, changed).billable and _all_billable(facts, place, changed):
                yield Remedy(f"services.{place}.{name}", value, BillingOutcome.BILLABLE.value)
                break


def _ledger_before(facts: Billing, place: int) -> Ledger:
    ledger, order = Ledger(facts), taken_in_order(facts.services)
    for index in order[: order.index(place)]:
        take(ledger, facts.services[index])
    return ledger


def _all_billable(facts: Billing, place: int, changed: Service) -> bool:
    services = (*facts.services[:place], changed, *facts.services[place + 1 :])
    ledger = Ledger(facts)
    return all(take(ledger, services[index]).billable for index in taken_in_order(services))


def _proposals(service: Service) -> Iterator[tuple[str, list[Any]]]:
    """The values of each field to try, the smallest change first; people, dates and what was done stay as they are."""
    kind = PSEUDOCODES.get(service.pseudocode)
    if kind is None:
        return
    yield "units", _other_units(service, kind)
    if kind.modality in ("session", "session_in_hospital", "group"):
        yield "place", [one for one in ("home", "hospital", "collective") if one != service.place]
    if service.place == "remote" and not service.consent:
        yield "consent", [True]
    if kind.modality == "support":
        yield "documented_minutes", [service.units * parameters.UNIT_MINUTES]


def _other_units(service: Service, kind: Pseudocode) -> list[int]:
    """Other numbers of units, the nearest first: what has no limit a day can only become less, or the one it lacks."""
    if kind.modality not in ("support", "closing"):
        day = set(range(1, parameters.SESSION_UNITS[1] + 1)) - {service.units}
        return sorted(day, key=lambda units: (abs(units - service.units), units))
    fewer = min(service.units - 1, parameters.SERIES_UNITS[1])
    return list(range(fewer, 0, -1)) if service.units else [1]
