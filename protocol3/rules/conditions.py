"""The rules that can stop a service: each asks the ledger, and answers with figures where it is not met."""

from collections.abc import Callable
from datetime import date
from functools import cache

from msgspec import Struct

from partenamut.law import Article, Figures, Reason
from partenamut.periods import Days

from . import articles, parameters
from .ledger import Ledger, rate_on, shared_day
from .pseudocodes import Pseudocode
from .requests import Service

#: The figures of a rule that is not met; None where it is met.
Check = Callable[[Ledger, Service, Pseudocode], Figures | None]


class Rule(Struct, frozen=True):
    """One rule: its code, the article it rests on and its check."""

    code: str
    article: Article
    check: Check


def unknown_pseudocode(service: Service) -> Reason:
    """Nothing can be said of a pseudocode that the convention does not have."""
    figures = (("pseudocode", service.pseudocode),)
    return Reason("p3.pseudocode", False, articles.PSEUDOCODE, figures)


@cache
def rules_of(kind: Pseudocode) -> tuple[Rule, ...]:
    """The rules that a service of this kind is looked at by, in their order."""
    own = _alternative_rules(kind) if kind.is_alternative else _BY_MODALITY[kind.modality]
    rules = [*_ALWAYS_FIRST, *own, *_ALWAYS_LAST]
    return tuple(sorted(rules, key=lambda rule: ORDER.index(rule.code)))


# --- the checks -------------------------------------------------------------------------------------------


def _convention(ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    periods = ledger.facts.convention
    if periods is None or any(service.date in period for period in periods):
        return None
    return (("day", service.date),)


def _family(ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    if kind.family not in ledger.families:
        return (("why", "family"), ("family", kind.family))
    first = ledger.facts.eligible_from
    return (
        (("why", "before"), ("day", service.date), ("first", first))
        if first and service.date < first
        else None
    )


def _initial_once(ledger: Ledger, _service: Service, _kind: Pseudocode) -> Figures | None:
    return () if ledger.module_billed else None


def _units(least: int, most: int, *, a_day: bool = True) -> Check:
    """Units of a service, from and to; with those of the same day, unless only the service itself is limited."""

    def check(ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
        before = ledger.day_units.get((service.date, kind.family, shared_day(kind)), 0) if a_day else 0
        if least <= service.units and service.units + before <= most:
            return None
        return (
            ("kind", shared_day(kind)),
            ("family", kind.family),
            ("units", service.units),
            ("before", before),
            ("least", least),
            ("most", most),
        )

    return check


def _some_units(_ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    if service.units >= 1:
        return None
    return (
        ("kind", kind.modality),
        ("family", kind.family),
        ("units", 0),
        ("before", 0),
        ("least", 1),
        ("most", 0),
    )


def _participants(least: int, most: int) -> Check:
    def check(_ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
        if service.participants is not None and least <= service.participants <= most:
            return None
        return (("participants", service.participants), ("least", least), ("most", most))

    return check


def _place(*allowed: str) -> Check:
    def check(_ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
        return None if service.place in allowed else (("place", service.place), ("allowed", allowed[0]))

    return check


def _remote(_ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    if service.place != "remote":
        return None
    if kind.family not in ("case_management", "psychological_support"):
        return (("why", "family"), ("family", kind.family))
    return None if service.consent else (("why", "consent"),)


def _hospital_limit(ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    if not _holds(ledger.hospital_days, service.date):
        return (("why", "not_in_hospital"), ("day", service.date))
    limit, done = parameters.HOSPITAL_SESSIONS[kind.family], ledger.hospital_sessions[kind.family]
    if done >= limit:
        return (("why", "limit"), ("family", kind.family), ("limit", limit))
    if kind.family == "case_management":
        return None if ledger.facts.hospital_referent else (("why", "referent"),)
    return None if ledger.seen_outside_hospital else (("why", "outside_first"),)


def _cumulation(ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    day = service.date
    if day in ledger.financed_days:
        return (("why", "financed"), ("day", day))
    if _holds(ledger.psychiatric_days, day):
        return (("why", "psychiatric"), ("day", day))
    if kind.modality != "closing" and _holds(ledger.rest_home_days, day):
        return (("why", "rest_home"), ("day", day))
    if kind.modality != "session_in_hospital" and _holds(ledger.hospital_days, day):
        return (("why", "hospital"), ("day", day))
    if kind.family == "psychological_support" and any(
        day in period for period in ledger.facts.first_line_psychology
    ):
        return (("why", "first_line"), ("day", day))
    return None


def _period(ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    fixed = ledger.facts.period_start
    if fixed is not None and service.date < fixed:
        return (("why", "before"), ("day", service.date), ("first", fixed))
    last = ledger.last_day
    if last is not None and service.date > last:
        return (("why", "after"), ("day", service.date), ("last", last))
    return None


def _not_ended(ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    """Night visits are not bound to the period, but end with it by death or entry."""
    if ledger.end_event is not None and service.date > ledger.end_event:
        return (("why", "after"), ("day", service.date), ("last", ledger.end_event))
    return None


def _closing_period(ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    days = ledger.closing_days
    if days is None:
        return (("why", "no_end"), ("day", service.date))
    if not days[0] <= service.date <= days[1]:
        return (("why", "closing"), ("day", service.date), ("first", days[0]), ("last", days[1]))
    if ledger.first_day is None or ledger.first_day >= days[0]:
        return (("why", "nothing_before"), ("day", service.date))
    return None


def _closing_limit(ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    left = parameters.CLOSING_UNITS - ledger.closing_used
    if service.units <= left:
        return None
    return (("units", service.units), ("left", left), ("limit", parameters.CLOSING_UNITS))


def _series_limit(ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    if ledger.series_with_room(service) is not None:
        return None
    first, second, granted = ledger.series[1], ledger.series[2], ledger.facts.series2
    if granted is None:
        return (("why", "first"), ("units", service.units), ("left", first.left), ("limit", first.limit))
    if service.date < granted.first:
        return (
            ("why", "second_later"),
            ("units", service.units),
            ("left", first.left),
            ("first", granted.first),
        )
    return (("why", "second"), ("units", service.units), ("left", second.left), ("limit", second.limit))


def _group_limit(ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    number = ledger.series_with_room(service)
    if number is None:
        return None  # the series itself is full, and says so
    count = ledger.series[number]
    if count.group_used + service.units <= count.group_limit:
        return None
    return (
        ("units", service.units),
        ("left", count.group_left),
        ("limit", count.group_limit),
        ("series", number),
    )


def _sessions_share(ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    number = ledger.series_with_room(service)
    if number is None:
        return None
    count = ledger.series[number]
    units, left = count.of(kind.family), count.limit - count.used - service.units
    if units.share_kept(kind.family, left=left, more_support=service.units):
        return None
    return (
        ("family", kind.family),
        ("units", service.units),
        ("sessions", units.present(kind.family)),
        ("support", units.support),
        ("left", left),
    )


def _support_log(_ledger: Ledger, service: Service, _kind: Pseudocode) -> Figures | None:
    minutes, needed = service.documented_minutes or 0, service.units * parameters.UNIT_MINUTES
    return None if minutes >= needed else (("minutes", minutes), ("needed", needed))


def _alternative_limit(ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    limit = parameters.ALTERNATIVE_UNITS.get(kind.family)
    if limit is None:
        return None
    left = limit - ledger.alternative_used[kind.family]
    if service.units <= left:
        return None
    return (("family", kind.family), ("units", service.units), ("left", max(0, left)), ("limit", limit))


def _rate_missing(ledger: Ledger, service: Service, kind: Pseudocode) -> Figures | None:
    if rate_on(ledger.facts.rates, kind.rate_key, service.date) is not None:
        return None
    return (("rate", kind.rate_key), ("day", service.date))


def _holds(days: Days, day: date) -> bool:
    if not days.runs:
        return False
    ordinal = day.toordinal()
    return any(first <= ordinal <= last for first, last in days.runs)


# --- which rules a kind of service is looked at by --------------------------------------------------------

#: The order of the rules in answers.
ORDER = (
    "p3.convention",
    "p3.family",
    "p3.initial_once",
    "p3.units_per_day",
    "p3.participants",
    "p3.place",
    "p3.remote",
    "p3.hospital_limit",
    "p3.cumulation",
    "p3.period",
    "p3.closing_limit",
    "p3.series_limit",
    "p3.group_limit",
    "p3.sessions_share",
    "p3.support_log",
    "p3.alternative_limit",
    "p3.rate_missing",
    "p3.pseudocode",
)

_ALWAYS_FIRST = (
    Rule("p3.convention", articles.CONVENTION, _convention),
    Rule("p3.family", articles.FAMILY, _family),
)
_ALWAYS_LAST = (
    Rule("p3.cumulation", articles.CUMULATION, _cumulation),
    Rule("p3.rate_missing", articles.RATE, _rate_missing),
)
_PERIOD = Rule("p3.period", articles.PERIOD, _period)
_SERIES = Rule("p3.series_limit", articles.SERIES, _series_limit)
_REMOTE = Rule("p3.remote", articles.REMOTE, _remote)
_AT_LEAST_ONE = Rule("p3.units_per_day", articles.SUPPORT, _some_units)
_SESSION_UNITS = Rule("p3.units_per_day", articles.SESSION, _units(*parameters.SESSION_UNITS))


def _alternative_rules(kind: Pseudocode) -> tuple[Rule, ...]:
    limit = Rule("p3.alternative_limit", articles.ALTERNATIVE_LIMIT, _alternative_limit)
    if kind.family == "caregiver_group":
        return (
            Rule("p3.units_per_day", articles.ALTERNATIVE, _units(*parameters.CAREGIVER_GROUP_UNITS)),
            Rule(
                "p3.participants",
                articles.ALTERNATIVE,
                _participants(*parameters.CAREGIVER_GROUP_PARTICIPANTS),
            ),
            Rule("p3.place", articles.ALTERNATIVE, _place("collective")),
            _PERIOD,
            limit,
        )
    at_home = Rule("p3.place", articles.ALTERNATIVE, _place("home"))
    if kind.family == "night_visit":
        night = Rule("p3.units_per_day", articles.ALTERNATIVE, _units(*parameters.NIGHT_VISIT_UNITS))
        return (night, at_home, Rule("p3.period", articles.PERIOD, _not_ended))
    return (_SESSION_UNITS, at_home, _PERIOD, limit)


_BY_MODALITY: dict[str, tuple[Rule, ...]] = {
    "module": (
        Rule("p3.initial_once", articles.INITIAL_ONCE, _initial_once),
        Rule("p3.units_per_day", articles.INITIAL_ONCE, _units(*parameters.MODULE_UNITS, a_day=False)),
        _PERIOD,
    ),
    # A remote session is looked at by the rule on remote sessions alone.
    "session": (
        _SESSION_UNITS,
        Rule("p3.place", articles.SESSION, _place("home", "remote")),
        _REMOTE,
        _PERIOD,
        _SERIES,
    ),
    "session_in_hospital": (
        _SESSION_UNITS,
        Rule("p3.place", articles.HOSPITAL, _place("hospital")),
        Rule("p3.hospital_limit", articles.HOSPITAL, _hospital_limit),
        _PERIOD,
        _SERIES,
    ),
    "group": (
        Rule("p3.units_per_day", articles.GROUP, _units(*parameters.GROUP_UNITS)),
        Rule("p3.participants", articles.GROUP, _participants(*parameters.GROUP_PARTICIPANTS)),
        Rule("p3.place", articles.GROUP, _place("collective")),
        _PERIOD,
        _SERIES,
        Rule("p3.group_limit", articles.GROUP_SHARE, _group_limit),
    ),
    "support": (
        _AT_LEAST_ONE,
        _PERIOD,
        _SERIES,
        Rule("p3.sessions_share", articles.SESSIONS_SHARE, _sessions_share),
        Rule("p3.support_log", articles.SUPPORT_LOG, _support_log),
    ),
    "closing": (
        _AT_LEAST_ONE,
        Rule("p3.period", articles.PERIOD, _closing_period),
        Rule("p3.closing_limit", articles.CLOSING, _closing_limit),
    ),
}
