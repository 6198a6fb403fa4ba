"""The yearly list of practitioners for INAMI (art. 28 §1): who had which function in a year, and how much time."""

from datetime import date
from decimal import Decimal

from django.db.models import Max, Min, Q
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from partenamut.web import formats
from partenamut.web.exports import Column
from protocol3.models import Assignment, Function, Project
from protocol3.rules.staffing import LEAST_HOURS


class Post(Struct, frozen=True):
    """A function of a practitioner within a year; hours of the year are those a week over its days."""

    assignment: Assignment
    first_day: date
    last_day: date

    @property
    def hours(self) -> Decimal:
        """Hours in the year: the hours a week for each of its days, a seventh (house rule)."""
        days = (self.last_day - self.first_day).days + 1
        return (self.assignment.hours_per_week * days / 7).quantize(Decimal("0.1"))

    @property
    def is_short(self) -> bool:
        """Whether it stays under the eight hours of art. 17 §2; leaders of groups are not meant there."""
        return self.assignment.function != Function.EDUCATOR and self.assignment.hours_per_week < LEAST_HOURS


def staff_of(project: Project, year: int) -> list[Post]:
    """The functions of a year by name; each with its days within the year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = (
        Assignment.objects.filter(
            Q(last_day=None) | Q(last_day__gte=first), project=project, first_day__lte=last
        )
        .select_related("practitioner", "project")
        .order_by("practitioner__last_name", "practitioner__first_name", "first_day", "pk")
    )
    return [Post(row, max(row.first_day, first), min(row.last_day or last, last)) for row in rows]


def due(year: int) -> date:
    """The last day on which the list of a year can be sent: in the first quarter after it."""
    return date(year + 1, 3, 31)


def last_year(project: Project, on: date) -> int | None:
    """The last year that is over and in which the convention ran; None where there is none."""
    ran = [row.period for row in project.conventions.all()]
    years = [
        min(period.last.year if period.last else on.year - 1, on.year - 1)
        for period in ran
        if period.first.year < on.year
    ]
    return max(years, default=None)


def staff_years(project: Project, on: date) -> list[int]:
    """The years in which somebody had a function, up to this one; the latest first."""
    days = Assignment.objects.filter(project=project).aggregate(first=Min("first_day"), last=Max("first_day"))
    first: date = days["first"] or on
    return list(range(on.year, min(first.year, on.year) - 1, -1))


COLUMNS = (
    Column("project", _("INAMI number of the project"), "assignment.project.inami_number", table=False),
    Column("last_name", _("Last name"), "assignment.practitioner.last_name"),
    Column("first_name", _("First name"), "assignment.practitioner.first_name"),
    Column("profession", _("Profession"), "assignment.practitioner.get_profession_display"),
    Column(
        "inami_number",
        _("INAMI number"),
        lambda post: formats.inami(post.assignment.practitioner.inami_number),
    ),
    Column("visa", _("Visa number"), "assignment.practitioner.visa"),
    Column("function", _("Function"), "assignment.get_function_display"),
    Column("hours_per_week", _("Hours a week"), "assignment.hours_per_week", kind="number"),
    Column("first_day", _("From"), "first_day", kind="day"),
    Column("last_day", _("Until"), "last_day", kind="day"),
    Column("hours", _("Hours in the year"), "hours", kind="number"),
)
