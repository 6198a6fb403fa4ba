"""Reason code -> full sentence with its figures, in the active language; also the words of outcomes and remedies."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop, pgettext

from convalescence.rules.allotment import YearShare
from partenamut.law import Remedy
from partenamut.periods import Period
from partenamut.sentences import Sentence, Sentences, day, gettext, ngettext, source

F = dict[str, Any]

__all__ = ["condition", "criterion", "day", "message", "messages", "outcome", "remedy", "said", "source"]


def remedy(change: Remedy) -> str:
    """What the person can do, in a sentence of the active language."""
    return _REMEDIES[change.field](change.value)


def outcome(code: str) -> str:
    """The words for an outcome in the active language."""
    return {
        "granted": pgettext("outcome", "granted"),
        "partially_granted": pgettext("outcome", "partially granted"),
        "refused": pgettext("outcome", "refused"),
        "pending": pgettext("outcome", "waiting for the invoice"),
    }[code]


def criterion(code: str) -> str:
    """The words for a medical criterion in the active language."""
    return {
        "recent_hospitalisation": gettext("a recent stay in hospital"),
        "heavy_treatment": gettext("a recent heavy treatment (chemotherapy, radiotherapy, rays or dialysis)"),
        "daily_living_help": gettext("a need for help in the acts of daily life"),
    }[code]


def condition(code: str) -> str:
    """The name of a rule in the active language."""
    return gettext(_CONDITIONS[code])


def _prior_request(met: bool, figures: F) -> str:
    dates = {"submitted": day(figures["submitted_on"]), "arrival": day(figures["arrival"])}
    if met:
        return (
            gettext("The request came in on %(submitted)s, before the arrival of %(arrival)s or on that day.")
            % dates
        )
    return (
        gettext(
            "The request came in on %(submitted)s, after the arrival of %(arrival)s. "
            "It must come in on the day of arrival at the latest."
        )
        % dates
    )


def _medical_criterion(met: bool, figures: F) -> str:
    if met:
        return gettext("A medical criterion is met: %(criteria)s.") % {
            "criteria": "; ".join(criterion(code) for code in figures["criteria"])
        }
    return gettext(
        "No medical criterion is met. One is needed: a recent stay in hospital, a recent heavy treatment, "
        "or a need for help in the acts of daily life."
    )


def _each_day(
    whole: str, none_lost: Callable[[F], str], some_lost: Callable[[F], str]
) -> Callable[[bool, F], str]:
    def sentence(met: bool, figures: F) -> str:
        if met:
            return none_lost(figures)
        dates = {**figures, "first": day(figures["first"]), "last": day(figures["last"])}
        return some_lost(dates)

    sentence.__doc__ = whole
    return sentence


def _all_days(figures: F) -> str:
    return (
        ngettext("on the %(nights)d day of the stay", "on all %(nights)d days of the stay", figures["nights"])
        % figures
    )


def _lost_days(figures: F) -> str:
    return (
        ngettext(
            "on %(days)d day of %(nights)d (from %(first)s to %(last)s)",
            "on %(days)d days of %(nights)d (between %(first)s and %(last)s)",
            figures["days"],
        )
        % figures
    )


_partner = _each_day(
    "partner residence",
    lambda f: gettext("The residence is a partner of the mutuality %(days)s.") % {"days": _all_days(f)},
    lambda f: gettext("The residence is not a partner of the mutuality %(days)s.") % {"days": _lost_days(f)},
)
_contributions = _each_day(
    "contributions",
    lambda f: gettext("Contributions are in order %(days)s.") % {"days": _all_days(f)},
    lambda f: gettext("Contributions are not in order %(days)s.") % {"days": _lost_days(f)},
)
_paid_once = _each_day(
    "paid once",
    lambda _f: gettext("No day of the stay is paid under another benefit."),
    lambda f: (
        gettext("Another benefit is already paid %(days)s; a day is paid only once.")
        % {"days": _lost_days(f)}
    ),
)
_inami = _each_day(
    "INAMI approval",
    lambda f: gettext("The rest home is approved by INAMI %(days)s.") % {"days": _all_days(f)},
    lambda f: gettext("The rest home is not approved by INAMI %(days)s.") % {"days": _lost_days(f)},
)
_recognised = _each_day(
    "recognition",
    lambda f: gettext("The caregiver is recognised by the mutuality %(days)s.") % {"days": _all_days(f)},
    lambda f: gettext("The caregiver is not recognised by the mutuality %(days)s.") % {"days": _lost_days(f)},
)
_caregiver_contributions = _each_day(
    "caregiver's contributions",
    lambda f: gettext("The caregiver's own contributions are in order %(days)s.") % {"days": _all_days(f)},
    lambda f: (
        gettext("The caregiver's own contributions are not in order %(days)s.") % {"days": _lost_days(f)}
    ),
)
_within_stay = _each_day(
    "within the stay",
    lambda _f: gettext("All days lie within the stay of the person cared for."),
    lambda f: (
        gettext("The caregiver is there %(days)s outside the stay of the person cared for.")
        % {"days": _lost_days(f)}
    ),
)


def _yearly_limit(_met: bool, figures: F) -> str:
    return " ".join(_year(share) for share in figures["shares"])


def _year(share: YearShare) -> str:
    values = {
        "year": share.year,
        "limit": share.limit,
        "used": share.used,
        "left": share.left_before,
        "asked": share.asked,
    }
    if share.asked <= share.left_before:
        return (
            gettext("In %(year)d, %(left)d of %(limit)d days were left and %(asked)d are counted.") % values
        )
    return (
        gettext(
            "In %(year)d, only %(left)d of %(limit)d days were left (%(used)d used) and %(asked)d were asked: "
            "the days beyond the limit are not paid."
        )
        % values
    )


def _stay_limit(met: bool, figures: F) -> str:
    values = {**figures, "left": max(0, figures["limit"] - figures["used"])}
    if met:
        return gettext("%(asked)d days are counted, within the limit of %(limit)d days a stay.") % values
    if figures["extension"]:
        return (
            gettext(
                "%(asked)d days were asked and %(left)d are left of the %(limit)d days a stay, "
                "the exceptional extension included."
            )
            % values
        )
    return (
        gettext(
            "%(asked)d days were asked and %(left)d are left of the %(limit)d days a stay. "
            "An adviser can grant an exceptional extension."
        )
        % values
    )


def _either(yes: Callable[[], str], no: Callable[[], str]) -> Callable[[bool, F], str]:
    return lambda met, _figures: yes() if met else no()


def _max_duration(met: bool, figures: F) -> str:
    dates = {"departure": day(figures["departure"]), "latest": day(figures["latest"])}
    if met:
        return (
            gettext("The stay ends on %(departure)s, within three months of its start (%(latest)s).") % dates
        )
    return (
        gettext("The stay ends on %(departure)s; at three months it had to end on %(latest)s at the latest.")
        % dates
    )


_SENTENCES: dict[str, Sentence] = {
    "convalescence.prior_request": _prior_request,
    "convalescence.medical_criterion": _medical_criterion,
    "convalescence.partner_residence": _partner,
    "convalescence.contributions": _contributions,
    "convalescence.yearly_limit": _yearly_limit,
    "short_stay.rest_home": _either(
        lambda: gettext("The residence is a rest home."),
        lambda: gettext("The residence is not a rest home: a short stay is paid in a rest home only."),
    ),
    "short_stay.inami_approved": _inami,
    "short_stay.max_duration": _max_duration,
    "short_stay.contributions": _contributions,
    "short_stay.yearly_limit": _yearly_limit,
    "short_stay.invoice": _either(
        lambda: gettext("The invoice of the rest home has come in."),
        lambda: gettext("The invoice of the rest home has not come in yet; it is needed after the stay."),
    ),
    "caregiver.granted_stay": _either(
        lambda: gettext("The convalescence stay of the person cared for is granted."),
        lambda: gettext("The convalescence stay of the person cared for is not granted."),
    ),
    "caregiver.recognised": _recognised,
    "caregiver.contributions": _caregiver_contributions,
    "caregiver.within_stay": _within_stay,
    "caregiver.stay_limit": _stay_limit,
    "common.paid_once": _paid_once,
}

_said = Sentences(_SENTENCES)
message, messages, said = _said.message, _said.messages, _said.said


def _covered(value: object) -> F:
    periods: tuple[Period, ...] = value  # type: ignore[assignment]
    last = periods[-1]
    return {"first": day(last.first), "last": day(last.last or last.first)}


_REMEDIES: dict[str, Callable[[Any], str]] = {
    "stay.departure": lambda value: gettext("Leave on %(day)s at the latest.") % {"day": day(value)},
    "stay.arrival": lambda value: gettext("Arrive on %(day)s or later.") % {"day": day(value)},
    "criteria": lambda _value: gettext(
        "Send a doctor's statement that you need help in the acts of daily life."
    ),
    "partner": lambda value: (
        gettext("Choose a residence that is a partner from %(first)s to %(last)s.") % _covered(value)
    ),
    "contributions": lambda value: (
        gettext("Settle your contributions for the days from %(first)s to %(last)s.") % _covered(value)
    ),
    "invoice_received": lambda _value: gettext("Send the invoice of the rest home."),
    "extension": lambda _value: gettext("Ask an adviser for the exceptional extension to 28 days."),
}

_CONDITIONS = {
    "convalescence.prior_request": gettext_noop("Asked for in time"),
    "convalescence.medical_criterion": gettext_noop("Medical criterion"),
    "convalescence.partner_residence": gettext_noop("Partner residence"),
    "convalescence.contributions": gettext_noop("Contributions in order"),
    "convalescence.yearly_limit": gettext_noop("Days of the year"),
    "short_stay.rest_home": gettext_noop("Rest home"),
    "short_stay.inami_approved": gettext_noop("Approved by INAMI"),
    "short_stay.max_duration": gettext_noop("Three months at most"),
    "short_stay.contributions": gettext_noop("Contributions in order"),
    "short_stay.yearly_limit": gettext_noop("Days of the year"),
    "short_stay.invoice": gettext_noop("Invoice received"),
    "caregiver.granted_stay": gettext_noop("Stay of the person cared for"),
    "caregiver.recognised": gettext_noop("Recognised caregiver"),
    "caregiver.contributions": gettext_noop("Contributions in order"),
    "caregiver.within_stay": gettext_noop("Within the stay"),
    "caregiver.stay_limit": gettext_noop("Days of the stay"),
    "common.paid_once": gettext_noop("Paid once"),
}
