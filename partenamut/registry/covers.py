"""What insures a member beside the compulsory insurance, with its days, as pages show it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partenamut.periods import Period
from partenamut.registry.models import DatedRow, HigherReimbursement, Member


@dataclass(frozen=True)
class Held:
    """Days of a cover: which one, and through whom."""

    first_day: date
    last_day: date | None
    about: str = ""
    through: str = ""


@dataclass(frozen=True)
class Cover:
    """A kind of cover with all its days, the latest first; none: the member never had it."""

    label: str | Promise
    held: list[Held]


def covers_of(member: Member) -> list[Cover]:
    """Hospital insurance, serious-illness option and higher reimbursement of a member."""
    insurances = member.hospital_insurances.all()
    return [
        Cover(_("Hospital insurance"), _latest(_held(row, row.get_tier_display()) for row in insurances)),
        Cover(
            _("Serious-illness option"), _latest(_held(row) for row in member.serious_illness_options.all())
        ),
        Cover(_("Higher reimbursement (BIM)"), _latest([*_own_rights(member), *_derived_rights(member)])),
    ]


# --- inside


def _held(row: DatedRow, about: str = "") -> Held:
    return Held(row.first_day, row.last_day, about)


def _latest(held: Iterable[Held]) -> list[Held]:
    return sorted(held, key=lambda one: one.first_day, reverse=True)


def _own_rights(member: Member) -> Iterator[Held]:
    return (_held(row) for row in member.higher_reimbursements.all())


def _derived_rights(member: Member) -> Iterator[Held]:
    """The days on which the member depends on somebody who has the right."""
    dependencies = list(member.dependencies.select_related("holder"))
    holders = [row.holder_id for row in dependencies]
    rights = list(HigherReimbursement.objects.filter(member__in=holders))
    for dependency in dependencies:
        for right in rights:
            both = _both(dependency.period, right.period)
            if right.member_id == dependency.holder_id and both is not None:
                yield Held(both.first, both.last, through=dependency.holder.full_name)


def _both(one: Period, other: Period) -> Period | None:
    """The days in both; None where they share none."""
    first = max(one.first, other.first)
    ends = [period.last for period in (one, other) if period.last is not None]
    last = min(ends) if ends else None
    return None if last is not None and last < first else Period(first, last)
