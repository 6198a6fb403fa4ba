"""A service before it is entered, in words: what is left with it, every rule looked at, what it pushes out, what would help."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from msgspec import Struct, structs

from partenamut.law import Reason
from partenamut.sentences import within
from protocol3.facts import file_of, with_services
from protocol3.messages import FAMILIES, condition, messages, remedy, source
from protocol3.models import Enrolment, Service
from protocol3.readings.ledgers import FamilyLine, LedgerView, Preview, SeriesLine, preview
from protocol3.rules import Service as Facts
from protocol3.rules import bill, parameters
from protocol3.rules.pseudocodes import PSEUDOCODES, Pseudocode


class Told(Struct, frozen=True):
    """A rule that was looked at, with its name, its sentence and its article."""

    code: str
    met: bool
    condition: str
    message: str
    source: str


class Figure(Struct, frozen=True):
    """Something that is counted, before and with the service."""

    label: str
    before: str
    after: str


class Pushed(Struct, frozen=True):
    """A service entered already that would not be billable any more; no row where it is another project's."""

    service: Service | None
    day: date
    text: str


class Check(Struct, frozen=True):
    """What a page says of a service before it is entered."""

    billable: bool
    headline: str
    amount: Decimal
    warnings: tuple[str, ...]
    figures: tuple[Figure, ...]
    reasons: tuple[Told, ...]
    pushed_out: tuple[Pushed, ...]
    remedies: tuple[str, ...]

    @property
    def stopped_by(self) -> tuple[Told, ...]:
        """The rules that are not met."""
        return tuple(reason for reason in self.reasons if not reason.met)


def told(reasons: Iterable[Reason]) -> tuple[Told, ...]:
    """Reasons in the active language, those not met first."""
    kept = tuple(sorted(reasons, key=lambda reason: reason.met))
    return tuple(
        Told(reason.code, reason.met, condition(reason.code), sentence, source(reason.article))
        for reason, sentence in zip(kept, messages(kept, get_language() or "fr"), strict=True)
    )


def check_of(enrolment: Enrolment, candidate: Facts, *, replacing: Service | None = None) -> Check:
    """A service looked at before it is entered or changed."""
    # Days left are those after the service: the page may be opened years later.
    seen = preview(enrolment, candidate, on=candidate.date, replacing=replacing)
    kind = PSEUDOCODES.get(candidate.pseudocode)
    billable = seen.verdict.billable
    return Check(
        billable=billable,
        headline=_headline(candidate, kind, seen),
        amount=seen.verdict.amount,
        warnings=tuple(_warnings(kind, seen)) if billable else (),
        figures=tuple(_figures(kind, seen)),
        reasons=told(seen.reasons),
        pushed_out=tuple(_pushed(enrolment, seen)),
        remedies=() if billable else tuple(_remedies(enrolment, candidate, replacing)),
    )


def units_text(units: int) -> str:
    """So many units, in words."""
    return ngettext("%(units)d unit", "%(units)d units", units) % {"units": units}


def share_text(line: FamilyLine) -> str:
    """The share of sessions of a family, and whether it is or can be reached."""
    if line.family == "case_management" and line.sessions >= parameters.CASE_MANAGEMENT_SESSIONS:
        done = _("the %(least)d units of sessions that are needed are reached") % {
            "least": parameters.CASE_MANAGEMENT_SESSIONS
        }
    elif line.family == "case_management":
        done = _("%(sessions)d of the %(least)d units of sessions that are needed") % {
            "sessions": line.sessions,
            "least": parameters.CASE_MANAGEMENT_SESSIONS,
        }
    else:
        done = _("share %(percent)d %%") % {"percent": line.percent}
    if line.kept:
        return done
    reach = _("still reachable") if line.reachable else _("out of reach")
    return f"{done}, {reach}"


# --- inside -----------------------------------------------------------------------------------------------


def _headline(candidate: Facts, kind: Pseudocode | None, seen: Preview) -> str:
    """With these 3 units: 14 left, share 58 %, still reachable."""
    if not seen.verdict.billable:
        count = len(seen.verdict.stopped_by)
        return ngettext(
            "This service is not billable: %(count)d rule is not met.",
            "This service is not billable: %(count)d rules are not met.",
            count,
        ) % {"count": count}
    if kind is None or kind.family == "initial_module":
        return _("The initial module is billable: it is billed once, over all projects.")
    parts = [_left_text(kind, seen), *filter(None, [_family_text(kind, seen)])]
    with_these = ngettext("With this %(units)d unit:", "With these %(units)d units:", candidate.units) % {
        "units": candidate.units
    }
    return f"{with_these} {', '.join(parts)}."


def _left_text(kind: Pseudocode, seen: Preview) -> str:
    left = _left(kind, seen.after, seen.verdict.series)
    return _("%(left)d left") % {"left": left} if left is not None else _("no limit")


def _family_text(kind: Pseudocode, seen: Preview) -> str:
    series = _series(seen.after, seen.verdict.series)
    if series is None:
        return ""
    line = _family_line(series, kind.family)
    return share_text(line) if line else ""


def _left(kind: Pseudocode, view: LedgerView, series: object) -> int | None:
    if kind.modality == "closing":
        return view.closing_left
    if kind.is_alternative:
        return next((line.left for line in view.alternatives if line.family == kind.family), None)
    line = _series(view, series)
    return line.left if line else None


def _series(view: LedgerView, number: object) -> SeriesLine | None:
    return next((line for line in view.series if line.number == number), None)


def _family_line(series: SeriesLine, family: str) -> FamilyLine | None:
    return next((line for line in series.families if line.family == family), None)


def _warnings(kind: Pseudocode | None, seen: Preview) -> Iterator[str]:
    series = _series(seen.after, seen.verdict.series)
    line = _family_line(series, kind.family) if series and kind else None
    if line is not None and not line.kept:
        least = (
            _("at least %(least)d units of sessions") % {"least": parameters.CASE_MANAGEMENT_SESSIONS}
            if line.family == "case_management"
            else _("at least %(percent)d %% of sessions or groups") % {"percent": parameters.SESSIONS_PERCENT}
        )
        yield _("%(family)s stands below its share: %(least)s are needed in the series (art. 12 §2).") % {
            "family": FAMILIES[line.family],
            "least": least,
        }
    if seen.verdict.series == 2 and not _series_began(seen.before):
        yield _("The units no longer fit in series 1: with this service the second series begins.")


def _series_began(view: LedgerView) -> bool:
    second = _series(view, 2)
    return second is not None and second.used > 0


def _figures(kind: Pseudocode | None, seen: Preview) -> Iterator[Figure]:
    before, after = seen.before, seen.after
    if kind is None:
        return
    if kind.modality == "closing":
        yield _moved(
            _("Units left of the closing series"),
            before.closing_left,
            after.closing_left,
            parameters.CLOSING_UNITS,
        )
    elif kind.is_alternative:
        yield from _alternative_figures(kind, before, after)
    elif kind.is_base:
        yield from _series_figures(kind, seen)
    if after.last_day is not None:
        label = _("Days left of the period")
        first = "–" if before.days_left is None else str(before.days_left)
        yield Figure(label, first, str(after.days_left))


def _series_figures(kind: Pseudocode, seen: Preview) -> Iterator[Figure]:
    number = seen.verdict.series or seen.after.current.number
    before, after = _series(seen.before, number), _series(seen.after, number)
    if after is None:
        return
    values = {"series": after.number}
    yield _moved(
        _("Units left of series %(series)d") % values,
        before.left if before else after.limit,
        after.left,
        after.limit,
    )
    if kind.modality == "group":
        yield _moved(
            _("Units of groups left of series %(series)d") % values,
            before.group_left if before else after.group_limit,
            after.group_left,
            after.group_limit,
        )
    was, now = (_family_line(line, kind.family) if line else None for line in (before, after))
    if now is not None:
        label = _("Sessions of %(family)s") % {"family": within(FAMILIES[kind.family])}
        yield Figure(label, share_text(was) if was else "–", share_text(now))


def _alternative_figures(kind: Pseudocode, before: LedgerView, after: LedgerView) -> Iterator[Figure]:
    limit = parameters.ALTERNATIVE_UNITS.get(kind.family)
    if limit is None:
        return
    left_before, left_after = (_left(kind, view, None) for view in (before, after))
    yield _moved(
        _("Units left of %(family)s") % {"family": within(FAMILIES[kind.family])},
        limit if left_before is None else left_before,
        limit if left_after is None else left_after,
        limit,
    )


def _moved(label: str, before: int, after: int, limit: int) -> Figure:
    of = _("%(left)d of %(limit)d")
    return Figure(label, of % {"left": before, "limit": limit}, of % {"left": after, "limit": limit})


def _pushed(enrolment: Enrolment, seen: Preview) -> Iterator[Pushed]:
    """Services of this project by their rows, those of another one only by what they are."""
    own = [one.pk for one in seen.pushed_out if one.project_id == enrolment.project_id]
    rows: dict[int, Service] = Service.objects.in_bulk(own) if own else {}
    for one in seen.pushed_out:
        yield Pushed(rows.get(one.pk), one.facts.date, _kind_text(one.facts))


def _kind_text(service: Facts) -> str:
    kind = PSEUDOCODES.get(service.pseudocode)
    name = str(FAMILIES[kind.family]) if kind else service.pseudocode
    return f"{name}, {units_text(service.units)}"


def _remedies(enrolment: Enrolment, candidate: Facts, replacing: Service | None) -> Iterator[str]:
    """Single changes that make it billable; each is proved at its place among the others."""
    file = file_of(enrolment.beneficiary, enrolment.project, also_on=[candidate.date])
    others = [one.facts for one in file.entered if replacing is None or one.pk != replacing.pk]
    fine = [one.service for one in bill(with_services(file, others)).services if one.verdict.billable]
    for change in bill(with_services(file, [*fine, candidate])).would_change:
        field = change.field.rpartition(".")[2]
        changed: Any = structs.replace(candidate, **{field: change.value})
        if preview(enrolment, changed, on=changed.date, replacing=replacing).verdict.billable:
            yield remedy(change)
