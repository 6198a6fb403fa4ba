"""Reason code -> full sentence with its figures, in the active language; also the words of families and modalities."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy, gettext_noop

from partenamut.documents.formats import euro
from partenamut.law import Remedy
from partenamut.sentences import Sentence, Sentences, day, gettext, language_of_now, ngettext, source
from protocol3.rules.pseudocodes import OPERATING_ALLOWANCE

F = dict[str, Any]

__all__ = [
    "FAMILIES",
    "MODALITIES",
    "PLACES",
    "PROFESSIONS",
    "RATES",
    "condition",
    "day",
    "message",
    "messages",
    "remedy",
    "said",
    "source",
]

#: The names as they stand in the catalogues, for sentences that are spoken fast.
_NAMES = {
    "initial_module": gettext_noop("Initial module"),
    "case_management": gettext_noop("Case management"),
    "occupational_therapy": gettext_noop("Occupational therapy"),
    "psychological_support": gettext_noop("Psychological support"),
    "caregiver_group": gettext_noop("Group for caregivers"),
    "night_visit": gettext_noop("Night visit"),
    "care_education": gettext_noop("Care education"),
}
_RATE_NAMES = {
    **_NAMES,
    "occupational_therapy_group": gettext_noop("Group session of occupational therapy"),
    "psychological_support_group": gettext_noop("Group session of psychological support"),
    "operating_allowance": gettext_noop("Operating allowance"),
}
FAMILIES = {code: gettext_lazy(name) for code, name in _NAMES.items()}
RATES = {code: gettext_lazy(name) for code, name in _RATE_NAMES.items()}
MODALITIES = {
    "module": gettext_lazy("Module"),
    "session": gettext_lazy("Session"),
    "session_in_hospital": gettext_lazy("Session in hospital"),
    "group": gettext_lazy("Group session"),
    "support": gettext_lazy("Support"),
    "closing": gettext_lazy("Closing series"),
}
PROFESSIONS = {
    "general_practitioner": gettext_lazy("General practitioner"),
    "nurse": gettext_lazy("Nurse"),
    "social_worker": gettext_lazy("Social worker"),
    "occupational_therapist": gettext_lazy("Occupational therapist"),
    "psychologist": gettext_lazy("Psychologist or clinical orthopedagogue"),
    "care_assistant": gettext_lazy("Care assistant"),
}
PLACES = {
    "home": gettext_lazy("At home, at the caregiver's or a relative's"),
    "remote": gettext_lazy("Remote"),
    "hospital": gettext_lazy("Hospital"),
    "collective": gettext_lazy("Collective room"),
}


def condition(code: str) -> str:
    """The name of a rule in the active language."""
    return gettext(_CONDITIONS[code])


def remedy(change: Remedy) -> str:
    """What can be changed, in a sentence of the active language."""
    field = change.field.rpartition(".")[2]
    return _REMEDIES[field](change.value)


def _family(code: object) -> str:
    """The name of a family in the language being spoken."""
    return gettext(_NAMES[str(code)])


def _euros(amount: object) -> str:
    """An amount as it is written in the language being spoken; a stored reason keeps it as text."""
    return euro(str(amount), language_of_now())


def _either(yes: Callable[[], str], no: Callable[[F], str]) -> Sentence:
    """The sentence of a rule; of a service in a list, its place and day first."""

    def sentence(met: bool, figures: F) -> str:
        if met:
            return yes()
        said = no(figures)
        if "service" not in figures:
            return said[:1].upper() + said[1:]
        where = {"place": figures["service"], "day": day(figures["service_day"]), "said": said}
        return gettext("Service %(place)d of %(day)s: %(said)s") % where

    return sentence


def _by_why(texts: dict[str, Callable[[F], str]]) -> Callable[[F], str]:
    return lambda figures: texts[figures["why"]](figures)


def _units(figures: F) -> str:
    least, most = figures["least"], figures["most"]
    values = {"units": figures["units"], "before": figures["before"], "least": least, "most": most}
    if most < least:
        return gettext("a service has one unit at least.")
    if figures["units"] < least or figures["units"] > most:
        if least == most:
            return (
                ngettext(
                    "it has %(units)d units; exactly %(most)d unit is billable a day.",
                    "it has %(units)d units; exactly %(most)d units are billable a day.",
                    most,
                )
                % values
            )
        return gettext("it has %(units)d units; it must have %(least)d to %(most)d.") % values
    return (
        gettext(
            "with these %(units)d units the day has more than the %(most)d that this service may have "
            "(%(before)d already counted)."
        )
        % values
    )


def _participants(figures: F) -> str:
    if figures["participants"] is None:
        return gettext("the number of participants is missing; a group has %(least)d to %(most)d.") % figures
    return gettext("%(participants)d people took part; a group has %(least)d to %(most)d.") % figures


def _place(figures: F) -> str:
    return {
        "home": lambda: gettext(
            "it takes place at the home of the beneficiary, of the caregiver or of a relative."
        ),
        "hospital": lambda: gettext("a session in hospital takes place in the hospital."),
        "collective": lambda: gettext("a group meets in a collective room."),
    }[figures["allowed"]]()


def _dates(figures: F) -> F:
    return {name: day(value) if hasattr(value, "year") else value for name, value in figures.items()}


_eligible = _by_why(
    {
        "family": lambda f: (
            gettext("the beneficiary is not eligible for this service: %(family)s.")
            % {"family": _family(f["family"])}
        ),
        "before": lambda f: (
            gettext("eligibility was decided from %(first)s on; %(day)s lies before it.") % _dates(f)
        ),
    }
)
_remote = _by_why(
    {
        "family": lambda f: (
            gettext("%(family)s cannot be done remotely: only case management and psychological support can.")
            % {"family": _family(f["family"])}
        ),
        "consent": lambda _f: gettext("the beneficiary's prior consent to a remote session is not recorded."),
    }
)
_hospital = _by_why(
    {
        "not_in_hospital": lambda f: gettext("no stay in hospital is recorded on %(day)s.") % _dates(f),
        "limit": lambda f: (
            ngettext(
                "%(family)s: %(limit)d session in hospital a period is billable, and it has been billed.",
                "%(family)s: %(limit)d sessions in hospital a period are billable, and they have been billed.",
                f["limit"],
            )
            % {**f, "family": _family(f["family"])}
        ),
        "referent": lambda _f: gettext(
            "the hospital's referent has not found that the AIVQ score is 3 or will be on leaving."
        ),
        "outside_first": lambda _f: gettext(
            "a session or group outside hospital must come before this session in hospital."
        ),
    }
)
_cumulation = _by_why(
    {
        "financed": lambda f: gettext("%(day)s is already financed in another way.") % _dates(f),
        "psychiatric": lambda f: (
            gettext("the beneficiary stays in a psychiatric care home on %(day)s.") % _dates(f)
        ),
        "rest_home": lambda f: (
            gettext("the beneficiary stays in a rest home on %(day)s, and not for a short stay.") % _dates(f)
        ),
        "hospital": lambda f: (
            gettext("the beneficiary is in hospital on %(day)s: only sessions in hospital are billable.")
            % _dates(f)
        ),
        "first_line": lambda f: (
            gettext("the beneficiary is in first-line psychological care on %(day)s.") % _dates(f)
        ),
    }
)
_period = _by_why(
    {
        "before": lambda f: (
            gettext("%(day)s lies before the first day of the period, %(first)s.") % _dates(f)
        ),
        "after": lambda f: gettext("%(day)s lies after the last day of the period, %(last)s.") % _dates(f),
        "no_end": lambda _f: gettext(
            "the closing series opens only after death or entry in a rest home; none is recorded."
        ),
        "closing": lambda f: (
            gettext("%(day)s lies outside the 30 days of the closing series, from %(first)s to %(last)s.")
            % _dates(f)
        ),
        "nothing_before": lambda _f: gettext(
            "nothing billable was done before: the closing series does not open."
        ),
    }
)
_series = _by_why(
    {
        "first": lambda f: (
            gettext(
                "%(units)d units do not fit in the %(left)d left of the %(limit)d of series 1, "
                "and no second series is granted."
            )
            % f
        ),
        "second_later": lambda f: (
            gettext(
                "%(units)d units do not fit in the %(left)d left of series 1; the second series begins "
                "on %(first)s."
            )
            % _dates(f)
        ),
        "second": lambda f: (
            gettext("%(units)d units do not fit in the %(left)d left of the %(limit)d of series 2.") % f
        ),
    }
)


def _share(figures: F) -> str:
    values = {**figures, "family": _family(figures["family"])}
    if figures["family"] == "case_management":
        return (
            gettext(
                "%(family)s: 4 units of sessions are needed in the series; %(sessions)d are done, and after "
                "these %(units)d units of support only %(left)d are left."
            )
            % values
        )
    return (
        gettext(
            "%(family)s: 60 %% of the units must be sessions or groups; %(sessions)d are, against %(support)d "
            "of support. After these %(units)d the %(left)d units left could not reach it."
        )
        % values
    )


def _minutes(figures: F) -> str:
    if not figures["minutes"]:
        return gettext("no act of this support is logged; %(needed)d minutes are billed.") % figures
    return gettext("the logged acts come to %(minutes)d minutes; %(needed)d minutes are billed.") % figures


def _rate(figures: F) -> str:
    values = {"rate": gettext(_RATE_NAMES[figures["rate"]]), "day": day(figures["day"])}
    return (
        gettext("no amount is known for “%(rate)s” on %(day)s: it must be entered, an old one is never used.")
        % values
    )


def _pseudocode(figures: F) -> str:
    if not figures["pseudocode"].strip():
        return gettext("the pseudocode is missing.")
    if figures["pseudocode"] == OPERATING_ALLOWANCE:
        return (
            gettext(
                "%(pseudocode)s is the operating allowance: it is billed beside a service, never entered."
            )
            % figures
        )
    return gettext("the pseudocode “%(pseudocode)s” is not one of a service of the convention.") % figures


_BILLING: dict[str, Sentence] = {
    "p3.convention": _either(
        lambda: gettext("The project's convention with INAMI is in force."),
        lambda f: (
            gettext("the project has no convention with INAMI on %(day)s: there is no legal basis.")
            % _dates(f)
        ),
    ),
    "p3.family": _either(
        lambda: gettext("The beneficiary is eligible for this service."),
        _eligible,
    ),
    "p3.initial_once": _either(
        lambda: gettext("No initial module was billed before."),
        lambda _f: gettext("the initial module was billed already; it is billable once, over all projects."),
    ),
    "p3.units_per_day": _either(lambda: gettext("The units of the day are within the limit."), _units),
    "p3.participants": _either(
        lambda: gettext("The number of participants is within the limits."), _participants
    ),
    "p3.place": _either(lambda: gettext("The place is one where this service is given."), _place),
    "p3.remote": _either(
        lambda: gettext("It is not remote, or remote with the beneficiary's consent."), _remote
    ),
    "p3.hospital_limit": _either(
        lambda: gettext("The conditions of a session in hospital are met."), _hospital
    ),
    "p3.cumulation": _either(
        lambda: gettext("Nothing else finances this day, and no stay stands against it."), _cumulation
    ),
    "p3.period": _either(lambda: gettext("The day lies within the period."), _period),
    "p3.closing_limit": _either(
        lambda: gettext("The units fit in the closing series."),
        lambda f: (
            gettext("%(units)d units do not fit in the %(left)d left of the %(limit)d of the closing series.")
            % f
        ),
    ),
    "p3.series_limit": _either(lambda: gettext("The units fit in the series."), _series),
    "p3.group_limit": _either(
        lambda: gettext("The units of groups are within the limit of the series."),
        lambda f: (
            gettext(
                "%(left)d of the %(limit)d units of groups are left in series %(series)d; "
                "they do not go to another series."
            )
            % f
        ),
    ),
    "p3.sessions_share": _either(
        lambda: gettext("The share of sessions is kept, or can still be reached."), _share
    ),
    "p3.support_log": _either(lambda: gettext("The logged minutes cover the billed units."), _minutes),
    "p3.alternative_limit": _either(
        lambda: gettext("The units fit in those of this alternative service."),
        lambda f: (
            gettext("%(family)s: %(left)d of %(limit)d units are left; %(units)d do not fit.")
            % {**f, "family": _family(f["family"])}
        ),
    ),
    "p3.rate_missing": _either(lambda: gettext("The amounts of the day are known."), _rate),
    "p3.insurer": _either(
        lambda: gettext("The insurer of the day is known."),
        lambda f: (
            gettext("no insurer of the beneficiary is recorded on %(day)s: add it, then close again.")
            % _dates(f)
        ),
    ),
    "p3.alternatives_maximum": _either(
        lambda: gettext("The project's yearly amount for night visits and care education is not passed."),
        lambda f: (
            gettext(
                "the project's yearly amount for night visits and care education is reached: "
                "%(left)s of it is left and %(amount)s is needed."
            )
            % {name: _euros(f[name]) for name in ("left", "amount")}
        ),
    ),
    "p3.pseudocode": _either(
        lambda: gettext("The pseudocode is one of the convention."),
        _pseudocode,
    ),
}


# --- eligibility ------------------------------------------------------------------------------------------


def _age(met: bool, figures: F) -> str:
    if met:
        return gettext("The person is %(age)d at the start of the period; %(limit)d is asked.") % figures
    return gettext("The person is %(age)d at the start of the period, younger than %(limit)d.") % figures


def _derogation(met: bool, _figures: F) -> str:
    if met:
        return gettext("A chronic degenerative or heavily disabling condition is recorded.")
    return gettext(
        "No chronic degenerative or heavily disabling condition is recorded: it is needed before 60."
    )


def _under_60(met: bool, figures: F) -> str:
    if met:
        return (
            gettext(
                "With this person, %(under_60)d of %(beneficiaries)d beneficiaries are under 60: "
                "within %(percent)d %%."
            )
            % figures
        )
    return (
        gettext(
            "With this person, %(under_60)d of %(beneficiaries)d beneficiaries would be under 60: "
            "more than %(percent)d %%."
        )
        % figures
    )


def _case_management(met: bool, figures: F) -> str:
    if met:
        return gettext(
            "Case management: AIVQ is 3 or more, care is not organised efficiently, and abilities are limited."
        )
    missing = []
    if not figures["aivq_met"]:
        missing.append(gettext("AIVQ of 3 or more"))
    if not figures["inefficient_care"]:
        missing.append(gettext("inefficient organisation of care"))
    if not figures["impaired"]:
        missing.append(gettext("neurodegenerative disease, or AVQ or CPS of 3 or more"))
    return gettext("Case management: this is missing: %(missing)s.") % {"missing": "; ".join(missing)}


def _occupational_therapy(met: bool, figures: F) -> str:
    if not met:
        return gettext(
            "Occupational therapy: one of these is needed: AIVQ or AVQ of 3, CPS2 of 2, a fall in the last "
            "30 days, a home to adapt, a diagnosis of dementia."
        )
    shown = {
        "scored": gettext("AIVQ or AVQ of 3 or more, or CPS2 of 2 or more"),
        "fall": gettext("a fall in the last 30 days"),
        "home": gettext("a home to be adapted, where the person can and wants to live on"),
        "dementia": gettext("a diagnosis of dementia"),
    }
    found = [text for name, text in shown.items() if figures[name]]
    return gettext("Occupational therapy: %(found)s.") % {"found": "; ".join(found)}


def _psychological_support(met: bool, figures: F) -> str:
    if met:
        return gettext("Psychological support: the scores open it, and it is asked for or care is refused.")
    missing = []
    if not figures["scored"]:
        missing.append(
            gettext("AIVQ of 3 or more, psychic troubles of 1.5 or more, or a behaviour item of 1 or more")
        )
    if not figures["asks"] and not figures["refuses"]:
        missing.append(gettext("it is asked for, or necessary care is refused"))
    return gettext("Psychological support: this is missing: %(missing)s.") % {"missing": "; ".join(missing)}


def _module(met: bool, _figures: F) -> str:
    if met:
        return gettext("Initial module: one of the three base services is open.")
    return gettext("Initial module: none of the three base services is open.")


def _caregiver_group(met: bool, figures: F) -> str:
    if met:
        return gettext("Group for caregivers: AIVQ, diagnosis of dementia and one base service are there.")
    missing = []
    if not figures["aivq_met"]:
        missing.append(gettext("AIVQ of 3 or more"))
    if not figures["assessed"]:
        missing.append(gettext("a specialised assessment of dementia (102933 or 102992)"))
    if not figures["base"]:
        missing.append(gettext("one of the three base services"))
    return gettext("Group for caregivers: this is missing: %(missing)s.") % {"missing": "; ".join(missing)}


def _aivq(yes: str, no: str) -> Sentence:
    return lambda met, _figures: gettext(yes) if met else gettext(no)


_ELIGIBILITY: dict[str, Sentence] = {
    "p3.age": _age,
    "p3.age_derogation": _derogation,
    "p3.under_60_share": _under_60,
    "p3.case_management": _case_management,
    "p3.occupational_therapy": _occupational_therapy,
    "p3.psychological_support": _psychological_support,
    "p3.initial_module": _module,
    "p3.caregiver_group": _caregiver_group,
    "p3.night_visit": _aivq(
        gettext_noop("Night visit: AIVQ is 3 or more."), gettext_noop("Night visit: AIVQ of 3 is needed.")
    ),
    "p3.care_education": _aivq(
        gettext_noop("Care education: AIVQ is 3 or more."),
        gettext_noop("Care education: AIVQ of 3 is needed."),
    ),
}

_said = Sentences({**_BILLING, **_ELIGIBILITY})
message, messages, said = _said.message, _said.messages, _said.said

_REMEDIES: dict[str, Callable[[Any], str]] = {
    "units": lambda value: (
        ngettext("Bill %(units)d unit.", "Bill %(units)d units.", value) % {"units": value}
    ),
    "place": lambda value: gettext("Give it at this place: %(place)s.") % {"place": PLACES[value]},
    "consent": lambda _value: gettext("Record the beneficiary's prior consent."),
    "documented_minutes": lambda value: (
        gettext("Log acts of %(minutes)d minutes in all.") % {"minutes": value}
    ),
    "derogation": lambda _value: gettext(
        "Record a chronic degenerative or heavily disabling condition, with its evidence."
    ),
    "period_start": lambda value: gettext("Start the period on %(day)s or later.") % {"day": day(value)},
    "aivq": lambda value: gettext("Assess AIVQ: a score of %(score)s opens services.") % {"score": value},
    "avq": lambda value: gettext("Assess AVQ: a score of %(score)s opens services.") % {"score": value},
    "cps2": lambda value: gettext("Assess CPS2: a score of %(score)s opens services.") % {"score": value},
}

_CONDITIONS = {
    "p3.convention": gettext_noop("Convention in force"),
    "p3.family": gettext_noop("Eligible for the service"),
    "p3.initial_once": gettext_noop("One initial module"),
    "p3.units_per_day": gettext_noop("Units a day"),
    "p3.participants": gettext_noop("Participants"),
    "p3.place": gettext_noop("Place"),
    "p3.remote": gettext_noop("Remote session"),
    "p3.hospital_limit": gettext_noop("Sessions in hospital"),
    "p3.cumulation": gettext_noop("Not financed twice"),
    "p3.period": gettext_noop("Period"),
    "p3.closing_limit": gettext_noop("Units of the closing series"),
    "p3.series_limit": gettext_noop("Units of the series"),
    "p3.group_limit": gettext_noop("Units of groups"),
    "p3.sessions_share": gettext_noop("Share of sessions"),
    "p3.support_log": gettext_noop("Log of support"),
    "p3.alternative_limit": gettext_noop("Units of the alternative service"),
    "p3.rate_missing": gettext_noop("Amount known"),
    "p3.insurer": gettext_noop("Insurer of the day"),
    "p3.alternatives_maximum": gettext_noop("Yearly amount of night visits and care education"),
    "p3.pseudocode": gettext_noop("Pseudocode"),
    "p3.age": gettext_noop("Age"),
    "p3.age_derogation": gettext_noop("Condition of younger people"),
    "p3.under_60_share": gettext_noop("Share of people under 60"),
    "p3.case_management": gettext_noop("Case management"),
    "p3.occupational_therapy": gettext_noop("Occupational therapy"),
    "p3.psychological_support": gettext_noop("Psychological support"),
    "p3.initial_module": gettext_noop("Initial module"),
    "p3.caregiver_group": gettext_noop("Group for caregivers"),
    "p3.night_visit": gettext_noop("Night visit"),
    "p3.care_education": gettext_noop("Care education"),
}
