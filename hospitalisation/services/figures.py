"""Use cases of the dated figures of the insurances and of the patient's share a day; nothing is ever deleted."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from hospitalisation.models import DayShareRow, TierFigure
from hospitalisation.rules import Measure, Name, Tier
from hospitalisation.rules.terms import MEASURES, WITHOUT_VALUE
from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.money import CENT
from partenamut.registry.services.rows import MEANWHILE, altered, described, locked, saved

FIELDS = ("tier", "name", "first_day", "measure", "value", "source", "to_confirm")
SHARE_FIELDS = ("first_day", "following_days", "from_day_91", "source")
#: What stands where nobody entered anything.
PUBLISHED = "published"

#: Beyond these a value is a slip of the keyboard; more than all of a line cannot be paid.
_MOST: dict[Measure, Decimal] = {
    Measure.PERCENT: Decimal(100),
    Measure.PERCENT_OF_TARIFF: Decimal(1_000),
    Measure.DAYS: Decimal(3_650),
}
_MOST_EUROS = Decimal(1_000_000)
#: A ceiling of nothing would pay nothing, a franchise or an option without limit would take or give everything.
_SENSELESS: dict[Name, tuple[Measure, ...]] = {
    Name.CEILING: (Measure.NOTHING,),
    Name.FRANCHISE: (Measure.UNLIMITED,),
    Name.SERIOUS_ILLNESS: (Measure.UNLIMITED,),
}


def measures_of(name: Name) -> tuple[Measure, ...]:
    """The measures that a figure may have, the usual ones first."""
    senseless = _SENSELESS.get(name, ())
    return (*MEASURES[name], *(measure for measure in WITHOUT_VALUE if measure not in senseless))


def version_on(tier: Tier, name: Name, day: date) -> TierFigure | None:
    """What was entered for a figure and stands on a day; None where that of the sources stands."""
    rows = TierFigure.objects.filter(tier=tier, name=name, withdrawn_at=None, first_day__lte=day)
    return rows.order_by("-first_day", "-pk").first()


def mark_of(version: TierFigure | None) -> str:
    """What says which version stood: to notice that another one was entered since."""
    return str(version.public_id) if version else PUBLISHED


def check(
    *,
    tier: Tier,
    name: Name,
    measure: str,
    value: Decimal,
    first_day: date,
    source: str,
    without: TierFigure | None = None,
) -> None:
    """ValidationError, by field, for a version that cannot be; `without` is the one it stands in place of."""
    faults = {
        "measure": _measure_fault(name, measure),
        "value": _value_fault(measure, value),
        "source": "" if source.strip() else _("Say where the figure is written."),
        "first_day": _day_fault(tier, name, first_day, without),
    }
    if found := {field: fault for field, fault in faults.items() if fault}:
        raise ValidationError(found)


@transaction.atomic
def enter(
    *,
    tier: Tier,
    name: Name,
    measure: str,
    value: Decimal,
    first_day: date,
    source: str,
    to_confirm: bool,
    stood: str = "",
    actor: User,
    at: datetime,
) -> TierFigure:
    """A figure from a day on; ValidationError where another one than `stood` (see `mark_of`) stands on that day by now."""
    check(tier=tier, name=name, measure=measure, value=value, first_day=first_day, source=source)
    if stood and stood != mark_of(version_on(tier, name, first_day)):
        raise ValidationError(MEANWHILE)
    row = _written(tier, name, measure, value, first_day, source, to_confirm, actor, at)
    record(action="figure", subject=row, actor=actor, at=at, changes=described(row, FIELDS))
    return row


@transaction.atomic
def correct(
    *,
    figure: TierFigure,
    measure: str,
    value: Decimal,
    first_day: date,
    source: str,
    to_confirm: bool,
    reason: str,
    actor: User,
    at: datetime,
) -> TierFigure:
    """The version that stands in place of one that was wrong from the start; the wrong one is kept as withdrawn."""
    tier, name = Tier(figure.tier), Name(figure.name)
    old = _standing(figure, reason)
    check(tier=tier, name=name, measure=measure, value=value, first_day=first_day, source=source, without=old)
    new = {
        "measure": measure,
        "value": value,
        "first_day": first_day,
        "source": source,
        "to_confirm": to_confirm,
    }
    if all(getattr(old, field) == wanted for field, wanted in new.items()):
        raise ValidationError(_("Nothing is different from what stands: there is nothing to correct."))
    _take_out(old, reason, actor, at)
    row = _written(tier, name, measure, value, first_day, source, to_confirm, actor, at)
    changes = {field: [getattr(old, field), getattr(row, field)] for field in FIELDS}
    record(action="figure", subject=row, actor=actor, at=at, changes=changes, note=reason)
    return row


@transaction.atomic
def withdraw(*, figure: TierFigure, reason: str, actor: User, at: datetime) -> TierFigure:
    """The version taken out of force; what stood before it stands again, decisions keep what they were taken on."""
    return _take_out(_standing(figure, reason), reason, actor, at)


# --- the patient's share a day ------------------------------------------------------------------------------


@transaction.atomic
def add_share(
    *,
    category: str,
    valid_from: date,
    first_day: Decimal,
    following_days: Decimal,
    from_day_91: Decimal,
    source: str,
    actor: User,
    at: datetime,
) -> DayShareRow:
    """The amounts a day of a category of patients from a day on, until the next ones."""
    if DayShareRow.objects.filter(category=category, valid_from=valid_from).exists():
        raise ValidationError(
            {"valid_from": _("This category already has amounts from that day on: correct those.")}
        )
    row = saved(
        DayShareRow(
            category=category,
            valid_from=valid_from,
            first_day=first_day,
            following_days=following_days,
            from_day_91=from_day_91,
            source=source,
        )
    )
    changes = described(row, ("category", "valid_from", *SHARE_FIELDS))
    record(action="day_share", subject=row, actor=actor, at=at, changes=changes)
    return row


@transaction.atomic
def correct_share(
    *, share: DayShareRow, changes: Mapping[str, Any], reason: str, actor: User, at: datetime
) -> DayShareRow:
    """The amounts put right, with why; only estimates rest on them."""
    if foreign := set(changes) - set(SHARE_FIELDS):
        raise ValueError(f"no correction changes {', '.join(sorted(foreign))}")
    _needs(reason)
    row = locked(share)
    trace = altered(row, changes)
    if not trace:
        raise ValidationError(_("Nothing is different from what stands: there is nothing to correct."))
    saved(row)
    record(action="day_share", subject=row, actor=actor, at=at, changes=trace, note=reason)
    return row


# --- parts --------------------------------------------------------------------------------------------------


def _measure_fault(name: Name, measure: str) -> str:
    if measure in measures_of(name):
        return ""
    return _("This figure is not measured in this way: choose one of the answers.")


def _value_fault(measure: str, value: Decimal) -> str:
    if measure in WITHOUT_VALUE:
        return _("This answer has no value: leave it empty.") if value else ""
    if value < 0:
        return _("A figure is zero or more.")
    if not value:
        return _("Fill in the value; where nothing is paid, or nobody knows, choose that answer instead.")
    if measure == Measure.DAYS and value != value.to_integral_value():
        return _("A number of days is a whole number.")
    most = _MOST.get(Measure(measure), _MOST_EUROS) if measure in list(Measure) else _MOST_EUROS
    if value > most:
        return _("This value is too high: %(most)s at most.") % {"most": f"{most:f}"}
    return ""


def _day_fault(tier: Tier, name: Name, first_day: date, without: TierFigure | None) -> str:
    rows = TierFigure.objects.filter(tier=tier, name=name, first_day=first_day, withdrawn_at=None)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    if not rows.exists():
        return ""
    return _("This figure already has a version from that day on: correct that one.")


def _written(
    tier: Tier,
    name: Name,
    measure: str,
    value: Decimal,
    first_day: date,
    source: str,
    to_confirm: bool,
    actor: User,
    at: datetime,
) -> TierFigure:
    row = TierFigure(
        tier=tier.value,
        name=name.value,
        first_day=first_day,
        measure=str(measure),
        value=_in_hundredths(value),
        source=source.strip(),
        to_confirm=to_confirm,
        entered_by=actor,
        entered_at=at,
    )
    return saved(row)


def _in_hundredths(value: Decimal) -> Decimal:
    """As it is stored, so that the trail writes each value alike; more decimals are left for the column to refuse."""
    rounded = value.quantize(CENT)
    return rounded if rounded == value else value


def _standing(figure: TierFigure, reason: str) -> TierFigure:
    _needs(reason)
    row = locked(figure)
    if row.withdrawn_at is not None:
        raise ValidationError(_("This version was withdrawn already."))
    return row


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Write why: it stays in the trail.")})


def _take_out(row: TierFigure, reason: str, actor: User, at: datetime) -> TierFigure:
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    kept = {field: [getattr(row, field)] * 2 for field in ("tier", "name", "first_day", "measure", "value")}
    record(action="figure_withdrawn", subject=row, actor=actor, at=at, changes=kept, note=reason)
    return row
