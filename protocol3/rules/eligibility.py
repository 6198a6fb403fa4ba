"""Who is a beneficiary, and for which services (art. 5): every condition looked at, met or not."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from msgspec import Struct, structs

from partenamut.law import Article, Figures, Reason, Remedy

from . import articles, parameters
from .pseudocodes import ALTERNATIVES, BASE_FAMILIES, Family
from .requests import Eligibility


class EligibilityOutcome(StrEnum):
    """What the question comes to."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"


class EligibilityDecision(Struct, frozen=True):
    """The answer: the services a person may get, every condition, and what would open them."""

    outcome: EligibilityOutcome
    families: tuple[Family, ...]
    reasons: tuple[Reason, ...]
    would_change: tuple[Remedy, ...]


def assess(facts: Eligibility) -> EligibilityDecision:
    """The decision on the facts at the start of the period."""
    outcome, families, reasons = _assessed(facts)
    remedies = () if outcome is EligibilityOutcome.ELIGIBLE else tuple(_remedies(facts))
    return EligibilityDecision(outcome, families, reasons, remedies)


def age_on(birth: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _assessed(facts: Eligibility) -> tuple[EligibilityOutcome, tuple[Family, ...], tuple[Reason, ...]]:
    ages = _age(facts)
    admitted = ages[0].met or all(reason.met for reason in ages[1:])
    base = [_case_management(facts), _occupational_therapy(facts), _psychological_support(facts)]
    some = any(reason.met for reason in base)
    module = Reason("p3.initial_module", some, articles.INITIAL_MODULE)
    reasons = (*ages, *base, module, *_alternatives(facts, some))
    families = [_FAMILIES[reason.code] for reason in reasons if reason.met and reason.code in _FAMILIES]
    granted: tuple[Family, ...] = tuple(sorted(families)) if admitted else ()
    outcome = EligibilityOutcome.ELIGIBLE if granted else EligibilityOutcome.NOT_ELIGIBLE
    return outcome, granted, reasons


def _age(facts: Eligibility) -> list[Reason]:
    """The age; for a younger person also the condition and the share of younger people in the project."""
    age = age_on(facts.birth_date, facts.period_start)
    reached = Reason(
        "p3.age", age >= parameters.FULL_AGE, articles.AGE, (("age", age), ("limit", parameters.FULL_AGE))
    )
    if reached.met:
        return [reached]
    under, all_of_them = facts.project_under_60 + 1, facts.project_beneficiaries + 1
    share_kept = 100 * under <= parameters.UNDER_60_PERCENT * all_of_them
    figures: Figures = (
        ("under_60", under),
        ("beneficiaries", all_of_them),
        ("percent", parameters.UNDER_60_PERCENT),
    )
    return [
        reached,
        Reason("p3.age_derogation", facts.derogation, articles.AGE),
        Reason("p3.under_60_share", share_kept, articles.UNDER_60_SHARE, figures),
    ]


def _reaches(score: float | None, threshold: float) -> bool:
    return score is not None and score >= threshold


def _case_management(facts: Eligibility) -> Reason:
    scores = facts.scores
    limited = _reaches(scores.avq, parameters.AVQ) or _reaches(scores.cps, parameters.CPS)
    aivq = _reaches(scores.aivq, parameters.AIVQ)
    impaired = facts.neurodegenerative or limited
    figures = (
        ("aivq", scores.aivq),
        ("aivq_met", aivq),
        ("inefficient_care", facts.inefficient_care),
        ("impaired", impaired),
    )
    met = aivq and facts.inefficient_care and impaired
    return Reason("p3.case_management", met, articles.CASE_MANAGEMENT, figures)


def _occupational_therapy(facts: Eligibility) -> Reason:
    scores = facts.scores
    scored = (
        _reaches(scores.aivq, parameters.AIVQ)
        or _reaches(scores.cps2, parameters.CPS2)
        or _reaches(scores.avq, parameters.AVQ)
    )
    figures = (
        ("scored", scored),
        ("fall", facts.fall_last_30_days),
        ("home", facts.home_adaptation),
        ("dementia", facts.dementia_diagnosis),
    )
    met = scored or facts.fall_last_30_days or facts.home_adaptation or facts.dementia_diagnosis
    return Reason("p3.occupational_therapy", met, articles.OCCUPATIONAL_THERAPY, figures)


def _psychological_support(facts: Eligibility) -> Reason:
    scores = facts.scores
    scored = (
        _reaches(scores.aivq, parameters.AIVQ)
        or _reaches(scores.psychic, parameters.PSYCHIC)
        or any(item >= parameters.BEHAVIOUR for item in scores.behaviour or ())
    )
    wanted = facts.asks_psychology or facts.refuses_care
    figures = (("scored", scored), ("asks", facts.asks_psychology), ("refuses", facts.refuses_care))
    return Reason("p3.psychological_support", scored and wanted, articles.PSYCHOLOGICAL_SUPPORT, figures)


def _alternatives(facts: Eligibility, some_base: bool) -> list[Reason]:
    """The three services of projects that offered them in 2022; looked at only where the project does."""
    aivq = _reaches(facts.scores.aivq, parameters.AIVQ)
    assessed = facts.dementia_assessment_code in parameters.DEMENTIA_ASSESSMENTS
    group: Figures = (("aivq_met", aivq), ("assessed", assessed), ("base", some_base))
    rows: tuple[tuple[str, bool, Article, Figures], ...] = (
        ("caregiver_group", aivq and assessed and some_base, articles.CAREGIVER_GROUP, group),
        ("night_visit", aivq, articles.NIGHT_VISIT, (("aivq_met", aivq),)),
        ("care_education", aivq, articles.CARE_EDUCATION, (("aivq_met", aivq),)),
    )
    return [
        Reason(f"p3.{family}", met, article, figures)
        for family, met, article, figures in rows
        if family in facts.project_alternatives
    ]


def _remedies(facts: Eligibility) -> Iterator[Remedy]:
    """What can still be shown or waited for; findings about the person are never invented."""
    for name, value in _proposals(facts):
        head, _, part = name.partition(".")
        changed = structs.replace(facts.scores, **{part: value}) if part else value
        if _assessed(structs.replace(facts, **{head: changed}))[0] is EligibilityOutcome.ELIGIBLE:
            yield Remedy(name, value, EligibilityOutcome.ELIGIBLE.value)


def _proposals(facts: Eligibility) -> Iterator[tuple[str, object]]:
    if not facts.derogation:
        yield "derogation", True
    birthday = _birthday(facts.birth_date, parameters.FULL_AGE)
    if birthday > facts.period_start:
        yield "period_start", birthday
    scores = facts.scores
    for name, threshold in (("aivq", parameters.AIVQ), ("avq", parameters.AVQ), ("cps2", parameters.CPS2)):
        if getattr(scores, name) is None:
            yield f"scores.{name}", threshold


def _birthday(birth: date, years: int) -> date:
    year = min(birth.year + years, date.max.year)
    try:
        return birth.replace(year=year)
    except ValueError:  # the 29th of February
        return date(year, 3, 1)


_FAMILIES: dict[str, Family] = {
    f"p3.{family}": family for family in ("initial_module", *BASE_FAMILIES, *ALTERNATIVES)
}
