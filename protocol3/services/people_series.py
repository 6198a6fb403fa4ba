"""The second series of a beneficiary: who may get one, and how many a project may grant in a year (art. 12 §3)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import described, locked
from protocol3.messages import message, source
from protocol3.models import Beneficiary, Enrolment, NoteLine, PriorUnits, Project, SecondSeries, Service
from protocol3.rules import articles
from protocol3.rules.parameters import SECOND_SERIES_PERCENT
from protocol3.rules.pseudocodes import BASE_FAMILIES, PSEUDOCODES
from protocol3.services.closing import hold
from protocol3.services.eligibility import preview
from protocol3.services.people_traces import hidden, needs_reason, written

BASE_CODES = tuple(
    code for code, kind in PSEUDOCODES.items() if kind.family in BASE_FAMILIES and kind.modality != "closing"
)
SECOND = ("project", "first_day", "event", "concertation_on", "taken_part")


class Quota(Struct, frozen=True):
    """Second series of a project in a calendar year, against those who started a first one in it."""

    year: int
    granted: int
    started: int

    @property
    def most(self) -> int:
        """How many may be granted: 30 %, whole people only."""
        return self.started * SECOND_SERIES_PERCENT // 100

    @property
    def left(self) -> int:
        """How many can still be granted."""
        return max(0, self.most - self.granted)


def quota(project: Project, year: int) -> Quota:
    """The quota of a project in a calendar year, as it stands."""
    granted = SecondSeries.objects.filter(project=project, first_day__year=year).count()
    prior = PriorUnits.objects.filter(beneficiary=OuterRef("beneficiary"), units__gt=0)
    standing = Q(services__withdrawn_at=None, services__pseudocode__in=BASE_CODES)
    started = (
        Enrolment.objects.filter(project=project)
        .annotate(began=Min("services__date", filter=standing), went_on=Exists(prior))
        .filter(began__year=year, went_on=False)
        .count()
    )
    return Quota(year, granted, started)


def quotas(project: Project, *, until: int) -> list[Quota]:
    """The quota of each year of the project's conventions, as far as a year."""
    years = {
        year
        for row in project.conventions.all()
        for year in range(row.first_day.year, min(row.last_day.year if row.last_day else until, until) + 1)
    }
    return [quota(project, year) for year in sorted(years)]


@transaction.atomic
def grant(
    *,
    enrolment: Enrolment,
    first_day: date,
    event: str,
    concertation_on: date,
    taken_part: str,
    actor: User,
    at: datetime,
) -> SecondSeries:
    """The second series, from a day on; ValidationError with the article where a condition is not met."""
    project = hold(enrolment.project)
    person = locked(enrolment.beneficiary)
    _not_granted_yet(person)
    _in_order(enrolment, first_day, concertation_on, on=localdate(at))
    _first_has_begun(person, first_day)
    _goes_on(person, first_day)
    _eligible_still(enrolment, first_day)
    _within_quota(quota(project, first_day.year))
    row = SecondSeries(
        beneficiary=person,
        project=project,
        first_day=first_day,
        event=event,
        concertation_on=concertation_on,
        taken_part=taken_part,
        granted_by=actor,
        granted_at=at,
    )
    return written(row, action="second_series_granted", owner=person, about=SECOND, actor=actor, at=at)


@transaction.atomic
def take_back(*, enrolment: Enrolment, reason: str, actor: User, at: datetime) -> None:
    """The second series undone, so that it can be granted rightly; ValidationError once a unit of it was billed."""
    hold(enrolment.project)
    person = locked(enrolment.beneficiary)
    row = SecondSeries.objects.select_for_update().filter(beneficiary=person).first()
    if row is None:
        raise ValidationError(_("No second series is granted."))
    needs_reason(reason)
    billed = NoteLine.objects.filter(
        service__enrolment__beneficiary=person, series="2", credits=None, credited_by=None
    )
    if billed.exists():
        raise ValidationError(
            _("Units of the second series stand on notes that were issued: correct those notes first.")
        )
    changes = {name: [value, None] for name, (_before, value) in hidden(described(row, SECOND)).items()}
    row.delete()
    record(
        action="second_series_taken_back", subject=person, actor=actor, at=at, changes=changes, note=reason
    )


# --- the conditions ---------------------------------------------------------------------------------------


def _refused(text: object, field: str | None = None, **params: object) -> ValidationError:
    error = ValidationError(
        _("%(text)s Source: %(source)s."),
        params={
            "text": str(text) % params if params else text,
            "source": source(articles.SECOND_SERIES_QUOTA),
        },
    )
    return ValidationError({field: error}) if field else error


def _not_granted_yet(person: Beneficiary) -> None:
    if SecondSeries.objects.filter(beneficiary=person).exists():
        raise _refused(_("A second series is granted already; a person gets one at most."))


def _in_order(enrolment: Enrolment, first_day: date, concertation_on: date, *, on: date) -> None:
    if concertation_on > on:
        raise ValidationError({"concertation_on": _("The concertation lies in the future.")})
    if concertation_on > first_day:
        raise _refused(
            _("The team consults first: the second series begins on the day of the concertation or later."),
            "first_day",
        )
    if concertation_on < enrolment.enrolled_on:
        raise ValidationError({"concertation_on": _("The person was not included yet on that day.")})


def _first_has_begun(person: Beneficiary, first_day: date) -> None:
    prior = PriorUnits.objects.filter(beneficiary=person, units__gt=0).exists()
    done = Service.objects.standing().filter(
        enrolment__beneficiary=person, pseudocode__in=BASE_CODES, date__lte=first_day
    )
    if not prior and not done.exists():
        raise _refused(_("No service of the first series is entered until that day."), "first_day")


def _goes_on(person: Beneficiary, first_day: date) -> None:
    ends = [day for day in (person.died_on, person.rest_home_entry) if day is not None]
    if ends and first_day > min(ends):
        raise _refused(
            _("The period has ended by death or entry in a rest home: only the closing series is left."),
            "first_day",
        )


def _eligible_still(enrolment: Enrolment, first_day: date) -> None:
    shown = preview(enrolment, period_start=first_day)
    if set(shown.decision.families) & set(BASE_FAMILIES):
        return
    unmet = [
        message(reason) for reason in shown.decision.reasons if not reason.met and reason.code in _LOOKED_AT
    ]
    raise _refused(
        _("The person must still meet the conditions of article 5 on that day: %(unmet)s"),
        unmet=" ".join(unmet),
    )


_LOOKED_AT = frozenset(
    {"p3.age_derogation", "p3.under_60_share", *(f"p3.{family}" for family in BASE_FAMILIES)}
)


def _within_quota(found: Quota) -> None:
    if found.left:
        return
    raise _refused(
        _(
            "In %(year)d, %(started)d people began a first series: %(percent)d %% of them is %(most)d, "
            "and %(granted)d second series are granted."
        ),
        year=found.year,
        started=found.started,
        percent=SECOND_SERIES_PERCENT,
        most=found.most,
        granted=found.granted,
    )
