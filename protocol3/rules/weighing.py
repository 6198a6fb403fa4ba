"""Services taken one by one: a service is billable whole or not at all, and only what is billable counts."""

from decimal import Decimal

from msgspec import Struct

from partenamut.law import Reason
from partenamut.money import ZERO, to_cents

from .conditions import rules_of, unknown_pseudocode
from .ledger import Ledger, Series, rate_on
from .pseudocodes import PSEUDOCODES
from .requests import Service


class Verdict(Struct, frozen=True):
    """What the rules say of a service: those that stop it, else its series and its euros."""

    stopped_by: tuple[Reason, ...]
    series: Series | None = None
    amount: Decimal = ZERO
    #: Units that may bring an operating allowance (art. 23).
    allowance_units: int = 0

    @property
    def billable(self) -> bool:
        """Whether nothing stops it."""
        return not self.stopped_by

    @property
    def codes(self) -> list[str]:
        """The codes of the rules that stop it, each once, in the order of the alphabet."""
        return sorted({reason.code for reason in self.stopped_by})


def weigh(ledger: Ledger, service: Service) -> Verdict:
    """What the rules say of a service as the next one of a ledger; nothing is counted."""
    kind = PSEUDOCODES.get(service.pseudocode)
    if kind is None:
        return Verdict((unknown_pseudocode(service),))
    stopped = [
        Reason(rule.code, False, rule.article, figures)
        for rule in rules_of(kind)
        if (figures := rule.check(ledger, service, kind)) is not None
    ]
    if stopped:
        return Verdict(tuple(stopped))
    rate = rate_on(ledger.facts.rates, kind.rate_key, service.date) or ZERO
    series = ledger.series_for(service, kind)
    return Verdict((), series, to_cents(rate * service.units), service.units if kind.is_base else 0)


def take(ledger: Ledger, service: Service) -> Verdict:
    """What the rules say of a service; counted where it is billable."""
    verdict = weigh(ledger, service)
    if verdict.billable:
        ledger.count(service, PSEUDOCODES[service.pseudocode], verdict.series)
    return verdict


def looked_at(ledger: Ledger, service: Service) -> tuple[Reason, ...]:
    """Every rule that a service is looked at by, met or not, in their order; nothing is counted."""
    kind = PSEUDOCODES.get(service.pseudocode)
    if kind is None:
        return (unknown_pseudocode(service),)
    return tuple(
        Reason(rule.code, figures is None, rule.article, figures or ())
        for rule in rules_of(kind)
        for figures in (rule.check(ledger, service, kind),)
    )
